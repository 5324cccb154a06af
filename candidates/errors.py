"""Every error that the gallery raises on purpose.

    CandidatesError
    ├── GalleryError                      the gallery file as a whole
    │   ├── GalleryNotFoundError          gallery.not_found
    │   ├── GalleryUnreadableError        gallery.unreadable
    │   ├── GalleryBusyError              gallery.busy
    │   ├── GalleryReadOnlyError          gallery.read_only
    │   ├── GalleryFullError              gallery.full
    │   ├── GalleryStorageError           gallery.storage
    │   └── GalleryModelMismatchError     gallery.model_mismatch
    ├── CalibrationError                  calibration.invalid
    │   ├── UncalibratedModelError        calibration.missing
    │   ├── TooFewStrangersError          calibration.too_few
    │   └── UnsupportedRateError          calibration.unsupported
    ├── CandidateError                    one person in it
    │   ├── UnknownCandidateError         candidate.unknown
    │   ├── DuplicateCandidateError       candidate.duplicate
    │   ├── AmbiguousCandidateError       candidate.ambiguous
    │   ├── InvalidCandidateError         candidate.invalid
    │   └── CandidateHasRelativesError    candidate.has_relatives
    ├── ElectionError                     election.invalid
    ├── RegionError                       what is written for a region
    │   ├── UnknownRegionError            region.unknown
    │   └── AmbiguousRegionError          region.ambiguous
    ├── PhotoListError                    what a row says about its photos
    │   ├── PhotoMissingError             photos.no_match
    │   ├── PhotoLostError                photos.lost
    │   ├── LoosePhotoError               photos.loose
    │   ├── PhotoOfAnotherError           photos.of_another
    │   └── PhotoFailedError              photos.failed
    ├── TableError                        a table somebody wrote, in whatever form
    │   ├── TableUnreadableError          table.unreadable
    │   ├── SpreadsheetUnreadableError    table.spreadsheet
    │   ├── PeopleFolderUnreadableError   table.folder
    │   └── BadRowError                   table.bad_row
    └── GalleryCopyError                  a copy that `candidates export` made
        ├── ArchiveUnreadableError        export.unreadable
        ├── ArchiveUnsafeError            archive.unsafe
        ├── ArchiveTooLargeError          export.too_large
        ├── ArchiveOverSourceError        archive.over_source
        ├── PassphraseNeededError         archive.passphrase_needed
        └── WrongPassphraseError          archive.wrong_passphrase

Codes are a contract. Every error says what was expected and what came (`message`), and what to do (`advice`), in
Indonesian and English. No message holds an embedding.
"""

from __future__ import annotations

from typing import ClassVar

from candidates.messages import Language as Language
from candidates.messages.errors import CodedError


class CandidatesError(CodedError):
    """Base of all errors. `code` is stable; `message` says what is wrong, `advice` what to do, `text` both."""

    code: ClassVar[str] = "candidates.failed"
    book: ClassVar[str] = "candidates.messages"


class GalleryError(CandidatesError):
    """The gallery file as a whole cannot be used."""

    code = "gallery.unreadable"


class GalleryNotFoundError(GalleryError):
    """There is no gallery at the path, and none was to be made."""

    code = "gallery.not_found"


class GalleryUnreadableError(GalleryError):
    """The file is not a gallery, is damaged, or was written by a newer version."""

    code = "gallery.unreadable"


class GalleryBusyError(GalleryError):
    """Another program holds the gallery for longer than we wait."""

    code = "gallery.busy"


class GalleryReadOnlyError(GalleryError):
    """A change was asked of a gallery that may only be read."""

    code = "gallery.read_only"


class GalleryFullError(GalleryError):
    """The disk is full; the gallery is as it was before the change."""

    code = "gallery.full"


class GalleryStorageError(GalleryError):
    """The disk, stick or network drive failed."""

    code = "gallery.storage"


class GalleryModelMismatchError(GalleryError):
    """The gallery's templates come from another face model: distances to them mean nothing."""

    code = "gallery.model_mismatch"


class CalibrationError(CandidatesError):
    """The error-rate table is damaged or was measured for another face model."""

    code = "calibration.invalid"


class UncalibratedModelError(CalibrationError):
    """Nobody has measured the error rates of this face model yet, so no match would mean anything."""

    code = "calibration.missing"


class TooFewStrangersError(CalibrationError):
    """The photos show too few different people to measure anything."""

    code = "calibration.too_few"


class UnsupportedRateError(CalibrationError):
    """So few false alarms cannot be promised from the sample that the rates were measured with."""

    code = "calibration.unsupported"


class CandidateError(CandidatesError):
    """Something about one registered person."""

    code = "candidate.invalid"


class UnknownCandidateError(CandidateError):
    """Nobody is registered under this id or name."""

    code = "candidate.unknown"


class DuplicateCandidateError(CandidateError):
    """Somebody else is already registered under this id, or under this name in this election."""

    code = "candidate.duplicate"


class AmbiguousCandidateError(CandidateError):
    """Several people have this name."""

    code = "candidate.ambiguous"


class InvalidCandidateError(CandidateError):
    """A field of a person holds something that cannot be."""

    code = "candidate.invalid"


class CandidateHasRelativesError(CandidateError):
    """A person cannot go while relatives that name them stay."""

    code = "candidate.has_relatives"


class ElectionError(CandidatesError):
    """An election's dates contradict each other, or it is still named by people."""

    code = "election.invalid"


class RegionError(CandidatesError):
    """What is written for a region cannot be used."""

    code = "region.unknown"


class UnknownRegionError(RegionError):
    """There is no region of this code or name; the message names the nearest ones."""

    code = "region.unknown"


class AmbiguousRegionError(RegionError):
    """The name is that of several regions, or code and name contradict each other."""

    code = "region.ambiguous"


class PhotoListError(CandidatesError):
    """What a row says about its photos cannot be used."""

    code = "photos.no_match"


class PhotoMissingError(PhotoListError):
    """A file name or pattern matches no file."""

    code = "photos.no_match"


class LoosePhotoError(PhotoListError):
    """A photo lies among the folders of people, in none of them."""

    code = "photos.loose"


class PhotoLostError(PhotoListError):
    """The photo that a template came from is not where it was looked for."""

    code = "photos.lost"


class PhotoOfAnotherError(PhotoListError):
    """The very same photo is registered for a person with another name."""

    code = "photos.of_another"


class PhotoFailedError(PhotoListError):
    """Reading the photo failed in a way nobody foresaw."""

    code = "photos.failed"


class TableError(CandidatesError):
    """A table somebody wrote cannot be used."""

    code = "table.unreadable"


class TableUnreadableError(TableError):
    """The table as a whole: no file, not UTF-8, no header."""

    code = "table.unreadable"


class SpreadsheetUnreadableError(TableError):
    """The spreadsheet as a whole: damaged, with a password, of another format, absurdly large, or without a header."""

    code = "table.spreadsheet"


class PeopleFolderUnreadableError(TableError):
    """A folder that holds no folder of a person, or cannot be listed."""

    code = "table.folder"


class BadRowError(TableError):
    """One row cannot be used; names the column and what stood there."""

    code = "table.bad_row"
    has_advice = False


class GalleryCopyError(CandidatesError):
    """A copy that `candidates export` made cannot be used, or not be made."""

    code = "export.unreadable"


class ArchiveUnreadableError(GalleryCopyError):
    """The file was not made by `candidates export`, or is damaged."""

    code = "export.unreadable"


class ArchiveUnsafeError(GalleryCopyError):
    """The archive holds what no export writes: names that lead elsewhere, members twice, absurd sizes."""

    code = "archive.unsafe"


class ArchiveTooLargeError(GalleryCopyError):
    """More than can be encrypted or decrypted in memory."""

    code = "export.too_large"


class ArchiveOverSourceError(GalleryCopyError):
    """The copy would lie on the gallery or on a photo that it is made of."""

    code = "archive.over_source"


class PassphraseNeededError(GalleryCopyError):
    """The archive is encrypted, or is to be, and no passphrase was given."""

    code = "archive.passphrase_needed"


class WrongPassphraseError(GalleryCopyError):
    """The passphrase does not open the archive."""

    code = "archive.wrong_passphrase"

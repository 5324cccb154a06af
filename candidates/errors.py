"""Every error that the gallery raises on purpose.

    CandidatesError
    ├── GalleryError                      the gallery file as a whole
    │   ├── GalleryNotFoundError          gallery.not_found
    │   ├── GalleryUnreadableError        gallery.unreadable
    │   ├── GalleryBusyError              gallery.busy
    │   ├── GalleryReadOnlyError          gallery.read_only
    │   └── GalleryModelMismatchError     gallery.model_mismatch
    ├── CalibrationError                  calibration.invalid
    ├── CandidateError                    one person in it
    │   ├── UnknownCandidateError         candidate.unknown
    │   ├── DuplicateCandidateError       candidate.duplicate
    │   ├── AmbiguousCandidateError       candidate.ambiguous
    │   ├── InvalidCandidateError         candidate.invalid
    │   └── CandidateHasRelativesError    candidate.has_relatives
    ├── ElectionError                     election.invalid
    ├── PhotoListError                    what a row says about its photos
    │   ├── PhotoMissingError             photos.no_match
    │   ├── PhotoOfAnotherError           photos.of_another
    │   └── PhotoFailedError              photos.failed
    └── TableError                        a table somebody wrote
        ├── TableUnreadableError          table.unreadable
        └── BadRowError                   table.bad_row

Codes are a contract. Every error says what was expected and what came (`message`), and what to do (`advice`), in
Indonesian and English. No message holds an embedding.
"""

from __future__ import annotations

from typing import ClassVar, Literal

Language = Literal["id", "en"]
"""The languages of everything people read: Indonesian and English."""


class CandidatesError(Exception):
    """Base of all errors. `code` is stable; `message_id`/`message_en` say what is wrong, `advice_*` what to do."""

    code: ClassVar[str] = "candidates.failed"
    advice_id: ClassVar[str] = ""
    advice_en: ClassVar[str] = ""

    def __init__(self, message_id: str, message_en: str) -> None:
        super().__init__(message_en)
        self.message_id = message_id
        self.message_en = message_en

    def text(self, language: Language = "id") -> str:
        """Return message and advice in one line."""
        parts = (self.message_id, self.advice_id) if language == "id" else (self.message_en, self.advice_en)
        return " ".join(part for part in parts if part)


class GalleryError(CandidatesError):
    """The gallery file as a whole cannot be used."""

    code = "gallery.unreadable"


class GalleryNotFoundError(GalleryError):
    """There is no gallery at the path, and none was to be made."""

    code = "gallery.not_found"
    advice_id = "Periksa letaknya, atau buat dengan «fotonetral candidates import TABEL.csv»."
    advice_en = "Check its place, or make one with “fotonetral candidates import TABLE.csv”."


class GalleryUnreadableError(GalleryError):
    """The file is not a gallery, is damaged, or was written by a newer version."""

    code = "gallery.unreadable"
    advice_id = "Pilih berkas galeri yang benar, atau daftarkan ulang dari tabelnya."
    advice_en = "Choose the right gallery file, or register again from the table."


class GalleryBusyError(GalleryError):
    """Another program holds the gallery for longer than we wait."""

    code = "gallery.busy"
    advice_id = "Tutup program lain yang memakainya, lalu jalankan lagi."
    advice_en = "Close the other program that uses it, then run this again."


class GalleryReadOnlyError(GalleryError):
    """A change was asked of a gallery that may only be read."""

    code = "gallery.read_only"
    advice_id = "Periksa izin berkas dan foldernya."
    advice_en = "Check the permissions of the file and its folder."


class GalleryModelMismatchError(GalleryError):
    """The gallery's templates come from another face model: distances to them mean nothing."""

    code = "gallery.model_mismatch"
    advice_id = "Daftarkan ulang dari fotonya dengan «fotonetral candidates import TABEL.csv»."
    advice_en = "Register again from the photos with “fotonetral candidates import TABLE.csv”."


class CalibrationError(CandidatesError):
    """The error-rate table is damaged or was measured for another face model."""

    code = "calibration.invalid"
    advice_id = "Pasang ulang FotoNetral, atau kalibrasi ulang untuk model ini."
    advice_en = "Install FotoNetral again, or calibrate again for this model."


class CandidateError(CandidatesError):
    """Something about one registered person."""

    code = "candidate.invalid"


class UnknownCandidateError(CandidateError):
    """Nobody is registered under this id or name."""

    code = "candidate.unknown"
    advice_id = "Lihat daftar dengan «fotonetral candidates list»."
    advice_en = "See who is registered with “fotonetral candidates list”."


class DuplicateCandidateError(CandidateError):
    """Somebody else is already registered under this id, or under this name in this election."""

    code = "candidate.duplicate"
    advice_id = "Bedakan namanya, misalnya dengan gelar atau partai."
    advice_en = "Make the names different, for instance with a title or the party."


class AmbiguousCandidateError(CandidateError):
    """Several people have this name."""

    code = "candidate.ambiguous"
    advice_id = "Gunakan id, bukan nama."
    advice_en = "Use the id, not the name."


class InvalidCandidateError(CandidateError):
    """A field of a person holds something that cannot be."""

    code = "candidate.invalid"


class CandidateHasRelativesError(CandidateError):
    """A person cannot go while relatives that name them stay."""

    code = "candidate.has_relatives"
    advice_id = "Hapus keluarganya juga dengan --with-family."
    advice_en = "Remove the relatives as well with --with-family."


class ElectionError(CandidatesError):
    """An election's dates contradict each other, or it is still named by people."""

    code = "election.invalid"


class PhotoListError(CandidatesError):
    """What a row says about its photos cannot be used."""

    code = "photos.no_match"


class PhotoMissingError(PhotoListError):
    """A file name or pattern matches no file."""

    code = "photos.no_match"
    advice_id = "Nama berkas dihitung dari folder tabel."
    advice_en = "File names are looked up from the table's folder."


class PhotoOfAnotherError(PhotoListError):
    """The very same photo is registered for a person with another name."""

    code = "photos.of_another"
    advice_id = "Pastikan foto milik siapa."
    advice_en = "Make sure whose photo it is."


class PhotoFailedError(PhotoListError):
    """Reading the photo failed in a way nobody foresaw."""

    code = "photos.failed"
    advice_id = "Coba foto lain, dan laporkan kesalahan ini."
    advice_en = "Try another photo, and report this error."


class TableError(CandidatesError):
    """A table somebody wrote cannot be used."""

    code = "table.unreadable"


class TableUnreadableError(TableError):
    """The table as a whole: no file, not UTF-8, no header."""

    code = "table.unreadable"
    advice_id = "Simpan sebagai «CSV UTF-8» dengan baris judul: name, role, election, ..., photos."
    advice_en = "Save it as “CSV UTF-8” with a header row: name, role, election, ..., photos."


class BadRowError(TableError):
    """One row cannot be used; names the column and what stood there."""

    code = "table.bad_row"

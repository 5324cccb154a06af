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
    │   ├── FolderUnreadableError         table.folder
    │   └── BadRowError                   table.bad_row
    └── ArchiveError                      a copy that `candidates export` made
        ├── ArchiveUnreadableError        archive.unreadable
        ├── ArchiveUnsafeError            archive.unsafe
        ├── ArchiveTooLargeError          archive.too_large
        ├── ArchiveOverSourceError        archive.over_source
        ├── PassphraseNeededError         archive.passphrase_needed
        └── WrongPassphraseError          archive.wrong_passphrase

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
    advice_id: str = ""
    advice_en: str = ""

    def __init__(self, message_id: str, message_en: str, advice: tuple[str, str] | None = None) -> None:
        """Take what is wrong, and what to do (Indonesian, English) where the kind's own advice does not fit."""
        super().__init__(message_en)
        self.message_id = message_id
        self.message_en = message_en
        if advice is not None:
            self.advice_id, self.advice_en = advice

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


class GalleryFullError(GalleryError):
    """The disk is full; the gallery is as it was before the change."""

    code = "gallery.full"
    advice_id = "Kosongkan ruang di disk itu, lalu jalankan lagi: yang sudah tersimpan tidak hilang."
    advice_en = "Free some space on that disk, then run this again: what was kept is not lost."


class GalleryStorageError(GalleryError):
    """The disk, stick or network drive failed."""

    code = "gallery.storage"
    advice_id = "Periksa disk atau sambungannya, lalu jalankan lagi."
    advice_en = "Check the disk or its connection, then run this again."


class GalleryModelMismatchError(GalleryError):
    """The gallery's templates come from another face model: distances to them mean nothing."""

    code = "gallery.model_mismatch"
    advice_id = (
        "Buat ulang templatnya dari foto dengan «fotonetral candidates re-embed --photos FOLDER [--face-model BERKAS]»,"
        " atau pakai model yang sama."
    )
    advice_en = (
        "Make the templates again from the photos with"
        " “fotonetral candidates re-embed --photos FOLDER [--face-model FILE]”, or use the same model."
    )


class CalibrationError(CandidatesError):
    """The error-rate table is damaged or was measured for another face model."""

    code = "calibration.invalid"
    advice_id = "Pasang ulang FotoNetral, atau kalibrasi ulang untuk model ini."
    advice_en = "Install FotoNetral again, or calibrate again for this model."


class UncalibratedModelError(CalibrationError):
    """Nobody has measured the error rates of this face model yet, so no match would mean anything."""

    code = "calibration.missing"
    advice_id = "Jalankan «fotonetral candidates calibrate --strangers FOLDER» dengan foto orang di luar galeri."
    advice_en = "Run “fotonetral candidates calibrate --strangers FOLDER” with photos of people outside the gallery."


class TooFewStrangersError(CalibrationError):
    """The photos show too few different people to measure anything."""

    code = "calibration.too_few"
    advice_id = "Kumpulkan foto lebih banyak orang: satu folder per orang, atau satu foto per orang."
    advice_en = "Collect photos of more people: a folder a person, or one photo a person."


class UnsupportedRateError(CalibrationError):
    """So few false alarms cannot be promised from the sample that the rates were measured with."""

    code = "calibration.unsupported"
    advice_id = "Minta angka yang lebih besar, persempit wilayahnya, atau kalibrasi dengan lebih banyak orang."
    advice_en = "Ask for a larger number, narrow the region, or calibrate with more people."


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


class RegionError(CandidatesError):
    """What is written for a region cannot be used."""

    code = "region.unknown"


class UnknownRegionError(RegionError):
    """There is no region of this code or name; the message names the nearest ones."""

    code = "region.unknown"
    advice_id = "Tulis kode Kemendagri seperti 34.01, atau nama seperti Kabupaten Kulon Progo."
    advice_en = "Write a Kemendagri code such as 34.01, or a name such as Kabupaten Kulon Progo."


class AmbiguousRegionError(RegionError):
    """The name is that of several regions, or code and name contradict each other."""

    code = "region.ambiguous"
    advice_id = "Tulis kodenya saja."
    advice_en = "Write just the code."


class PhotoListError(CandidatesError):
    """What a row says about its photos cannot be used."""

    code = "photos.no_match"


class PhotoMissingError(PhotoListError):
    """A file name or pattern matches no file."""

    code = "photos.no_match"
    advice_id = "Nama berkas dihitung dari folder tabel."
    advice_en = "File names are looked up from the table's folder."


class LoosePhotoError(PhotoListError):
    """A photo lies among the folders of people, in none of them."""

    code = "photos.loose"
    advice_id = "Pindahkan ke folder orangnya."
    advice_en = "Move it into its person's folder."


class PhotoLostError(PhotoListError):
    """The photo that a template came from is not where it was looked for."""

    code = "photos.lost"
    advice_id = "Sebutkan folder fotonya dengan --photos."
    advice_en = "Name the photo's folder with --photos."


class PhotoOfAnotherError(PhotoListError):
    """The very same photo is registered for a person with another name."""

    code = "photos.of_another"
    advice_id = (
        "Pastikan foto milik siapa. Bila foto memuat keduanya, sebutkan wajah masing-masing (kiri, kanan, nomor)."
    )
    advice_en = "Make sure whose photo it is. If it shows both, say which face is whose (left, right, a number)."


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


class SpreadsheetUnreadableError(TableError):
    """The spreadsheet as a whole: damaged, with a password, of another format, absurdly large, or without a header."""

    code = "table.spreadsheet"
    advice_id = (
        "Simpan dari Excel atau LibreOffice sebagai .xlsx tanpa sandi, dengan baris judul: name, role, ..., photos."
    )
    advice_en = (
        "Save it from Excel or LibreOffice as .xlsx without a password, with a header row: name, role, ..., photos."
    )


class FolderUnreadableError(TableError):
    """A folder that holds no folder of a person, or cannot be listed."""

    code = "table.folder"
    advice_id = "Susun satu folder untuk setiap orang, dinamai menurut orangnya, dengan fotonya di dalam."
    advice_en = "Make one folder for each person, named after them, with their photos inside."


class BadRowError(TableError):
    """One row cannot be used; names the column and what stood there."""

    code = "table.bad_row"


class ArchiveError(CandidatesError):
    """A copy that `candidates export` made cannot be used, or not be made."""

    code = "archive.unreadable"


class ArchiveUnreadableError(ArchiveError):
    """The file was not made by `candidates export`, or is damaged."""

    code = "archive.unreadable"
    advice_id = "Salin ulang berkasnya, atau buat lagi dengan «fotonetral candidates export»."
    advice_en = "Copy the file again, or make it again with “fotonetral candidates export”."


class ArchiveUnsafeError(ArchiveError):
    """The archive holds what no export writes: names that lead elsewhere, members twice, absurd sizes."""

    code = "archive.unsafe"
    advice_id = "Jangan gunakan berkas ini; minta salinan baru dari pengirimnya."
    advice_en = "Do not use this file; ask its sender for a new copy."


class ArchiveTooLargeError(ArchiveError):
    """More than can be encrypted or decrypted in memory."""

    code = "archive.too_large"
    advice_id = "Ekspor tanpa --photos, atau tanpa sandi lalu enkripsi dengan alat age (age -p; membuka: age -d)."
    advice_en = "Export without --photos, or without a passphrase and use the age tool (age -p; to open: age -d)."


class ArchiveOverSourceError(ArchiveError):
    """The copy would lie on the gallery or on a photo that it is made of."""

    code = "archive.over_source"
    advice_id = "Pilih nama lain; galeri dan foto tidak pernah ditimpa."
    advice_en = "Choose another name; the gallery and photos are never written over."


class PassphraseNeededError(ArchiveError):
    """The archive is encrypted, or is to be, and no passphrase was given."""

    code = "archive.passphrase_needed"
    advice_id = "Jalankan di terminal, atau beri sandi lewat --passphrase-file atau FOTONETRAL_PASSPHRASE."
    advice_en = "Run it at a terminal, or give the passphrase by --passphrase-file or FOTONETRAL_PASSPHRASE."


class WrongPassphraseError(ArchiveError):
    """The passphrase does not open the archive."""

    code = "archive.wrong_passphrase"
    advice_id = "Periksa huruf besar, spasi, dan ejaannya, lalu coba lagi; tanpa sandi yang benar isinya tidak terbaca."
    advice_en = "Check capitals, spaces and spelling, then try again; nothing opens it without the right passphrase."

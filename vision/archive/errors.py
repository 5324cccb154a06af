"""What can go wrong with an archive, besides what can go wrong with a photo.

FotoNetralError
└── ArchiveError
    ├── EmptyFolderError              archive.empty_folder
    ├── FolderUnreadableError         archive.folder
    ├── NotAFileError                 archive.not_a_file
    ├── ListUnreadableError           archive.list
    ├── ContainerError                a container (a zip, a tar), or a member of one
    │   ├── ContainerUnreadableError  archive.unreadable
    │   ├── ContainerUnsupportedError archive.unsupported
    │   ├── ContainerMisnamedError    archive.misnamed
    │   ├── ContainerTooLargeError    archive.too_large
    │   ├── NestedContainerError      archive.nested
    │   ├── EncryptedError            archive.encrypted
    │   └── MemberUnreadableError     archive.member
    ├── AddressError                  archive.address
    │   └── NoExtraError              archive.no_extra
    └── JournalError                  journal.unreadable
        ├── JournalNotFoundError      journal.not_found
        ├── JournalBusyError          journal.busy
        ├── JournalFullError          journal.full
        ├── JournalReadOnlyError      journal.read_only
        ├── JournalStorageError       journal.storage
        └── JournalUnfinishedError    journal.unfinished
"""

from __future__ import annotations

from typing import TypeVar

from vision.errors import FotoNetralError

E = TypeVar("E", bound=FotoNetralError)


def bare(error: E) -> E:
    """Return the error without the frames that it came through: these would hold on to whatever was read there."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


class ArchiveError(FotoNetralError):
    """Something of an archive could not be looked into."""

    code = "archive.unreadable"


class EmptyFolderError(ArchiveError):
    """A folder that was given holds nothing."""

    code = "archive.empty_folder"
    advice_id = "Periksa nama foldernya, atau apakah drive atau folder bersama itu sudah terpasang."
    advice_en = "Check the folder's name, or whether the drive or shared folder is mounted."


class FolderUnreadableError(ArchiveError):
    """A folder cannot be listed; what lies in it was not looked at."""

    code = "archive.folder"
    advice_id = "Beri izin membaca folder ini, lalu pindai lagi."
    advice_en = "Give permission to read this folder, then scan again."


class NotAFileError(ArchiveError):
    """A device, a pipe, a socket, or a link inside a container; such are never opened."""

    code = "archive.not_a_file"
    advice_id = "Bila seharusnya ini foto, salin berkas aslinya ke sini."
    advice_en = "If this was meant to be a photo, copy the original file here."


class ListUnreadableError(ArchiveError):
    """The list of names cannot be read."""

    code = "archive.list"
    advice_id = "Berikan berkas teks dengan satu nama per baris."
    advice_en = "Give a text file with one name a line."


class ContainerError(ArchiveError):
    """A container, or one of its members, cannot be read."""

    code = "archive.unreadable"


class ContainerUnreadableError(ContainerError):
    """A container is damaged or cut off; the members named before the damage were looked at."""

    code = "archive.unreadable"
    kind = "archive"
    advice_id = "Salin arsip ini lagi dari sumbernya, atau ekstrak dan pindai folder hasilnya."
    advice_en = "Copy this archive again from its source, or unpack it and scan the folder."


class ContainerUnsupportedError(ContainerError):
    """A container, or a member, is packed in a way that is not read."""

    code = "archive.unsupported"
    kind = "archive"
    advice_id = "Ekstrak arsip ini dan pindai folder hasilnya."
    advice_en = "Unpack this archive and scan the folder."


class ContainerMisnamedError(ContainerError):
    """A file is a container, but is not named like one, and so was not opened."""

    code = "archive.misnamed"
    kind = "archive"
    advice_id = "Ubah akhiran namanya menjadi .zip atau .tar (atau .tar.gz), lalu pindai lagi."
    advice_en = "Change the end of its name to .zip or .tar (or .tar.gz), then scan again."


class ContainerTooLargeError(ContainerError):
    """A container grows beyond all measure when it is unpacked, or has too many members."""

    code = "archive.too_large"
    kind = "archive"
    advice_id = "Bila arsip ini dapat dipercaya, ekstrak dan pindai folder hasilnya."
    advice_en = "If this archive can be trusted, unpack it and scan the folder."


class NestedContainerError(ContainerError):
    """A container lies inside another one; it is not opened."""

    code = "archive.nested"
    kind = "archive"
    advice_id = "Ekstrak arsip luarnya dan pindai folder hasilnya."
    advice_en = "Unpack the outer archive and scan the folder."


class EncryptedError(ContainerError):
    """A container or a member is locked with a password."""

    code = "archive.encrypted"
    kind = "archive"
    advice_id = "Ekstrak arsip ini dengan kata sandinya dan pindai folder hasilnya."
    advice_en = "Unpack this archive with its password and scan the folder."


class MemberUnreadableError(ContainerError):
    """One member of a container is damaged, or is gone since the container was listed."""

    code = "archive.member"
    advice_id = "Salin arsip ini lagi dari sumbernya, lalu pindai lagi."
    advice_en = "Copy this archive again from its source, then scan again."


class AddressError(ArchiveError):
    """An object store or web server could not be asked, or did not give what was asked for."""

    code = "archive.address"
    advice_id = "Periksa alamat, jaringan, dan hak akses, lalu pindai lagi."
    advice_en = "Check the address, the network and the access rights, then scan again."


class NoExtraError(AddressError):
    """What reads such addresses is not installed."""

    code = "archive.no_extra"
    advice_id = 'Jalankan: pip install "fotonetral[cloud]"'
    advice_en = 'Run: pip install "fotonetral[cloud]"'


class JournalError(ArchiveError):
    """The scan's journal cannot be used; what is in it is as it was."""

    code = "journal.unreadable"
    advice_id = "Pilih folder keluaran lain, atau kembalikan journal.db dari cadangan."
    advice_en = "Choose another output folder, or bring back journal.db from a backup."


class JournalNotFoundError(JournalError):
    """There is no scan in the folder."""

    code = "journal.not_found"
    advice_id = "Berikan folder keluaran sebuah pindaian: «fotonetral scan SUMBER --out FOLDER» membuatnya."
    advice_en = "Give the output folder of a scan: “fotonetral scan SOURCE --out FOLDER” makes one."


class JournalBusyError(JournalError):
    """Another scan writes into the same folder."""

    code = "journal.busy"
    advice_id = "Tunggu pindaian itu selesai atau hentikan dahulu."
    advice_en = "Wait for that scan to end, or stop it first."


class JournalFullError(JournalError):
    """The disk is full; everything judged until then is kept."""

    code = "journal.full"
    advice_id = "Kosongkan ruang di disk, lalu jalankan perintah yang sama lagi: pindaian berlanjut."
    advice_en = "Free some disk space, then run the same command again: the scan goes on."


class JournalReadOnlyError(JournalError):
    """The output folder, or the journal in it, may not be written to."""

    code = "journal.read_only"
    advice_id = "Minta izin menulis pada folder itu, atau pilih folder keluaran lain."
    advice_en = "Get permission to write into that folder, or choose another output folder."


class JournalStorageError(JournalError):
    """The disk, stick or network drive failed; everything judged until then is kept."""

    code = "journal.storage"
    advice_id = "Periksa disk atau sambungannya, lalu jalankan perintah yang sama lagi: pindaian berlanjut."
    advice_en = "Check the disk or its connection, then run the same command again: the scan goes on."


class JournalUnfinishedError(JournalError):
    """An unfinished scan in the folder was judged by something else: the two must not be mixed."""

    code = "journal.unfinished"
    advice_id = (
        "Lanjutkan dengan perintah yang sama seperti semula, pilih folder keluaran lain, atau pakai --abandon untuk "
        "menilai semuanya dengan yang baru."
    )
    advice_en = (
        "Go on with the same command as before, choose another output folder, or use --abandon to judge everything "
        "by the new one."
    )

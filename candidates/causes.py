"""Why the system or SQLite refused, told apart by error number rather than by wording: one table for every room.

A full disk, a folder without permission, a locked or a damaged database and too little memory reach us as `OSError`,
`sqlite3.Error`, `MemoryError` or a library's own exception. `cause_of` says which of these it is; rooms make their own
typed errors of it.
"""

from __future__ import annotations

import errno
import os
import re
import tempfile
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final


class Kind(Enum):
    """What stood in the way; the value is the last part of an error's stable code."""

    DISK_FULL = "disk_full"
    READ_ONLY = "read_only"
    NO_PERMISSION = "no_permission"
    MISSING = "not_found"
    IS_FOLDER = "is_folder"
    NOT_FOLDER = "not_folder"
    EXISTS = "exists"
    BAD_NAME = "bad_name"
    TOO_MANY_FILES = "too_many_files"
    STORAGE = "storage"
    MEMORY = "memory"
    BUSY = "busy"
    DAMAGED = "damaged"
    NOT_A_DATABASE = "not_a_database"
    CLOSED = "closed"
    OTHER = "failed"


_REASONS: Final[dict[Kind, tuple[str, str]]] = {
    Kind.DISK_FULL: ("disk penuh", "the disk is full"),
    Kind.READ_ONLY: ("disk ini hanya dapat dibaca", "this disk may only be read"),
    Kind.NO_PERMISSION: ("tidak ada izin", "no permission"),
    Kind.MISSING: ("berkas atau foldernya tidak ada", "the file or its folder does not exist"),
    Kind.IS_FOLDER: ("ini folder, padahal perlu berkas", "this is a folder where a file is needed"),
    Kind.NOT_FOLDER: ("ini berkas, padahal perlu folder", "this is a file where a folder is needed"),
    Kind.EXISTS: ("sudah ada berkas dengan nama itu", "there is a file of that name already"),
    Kind.BAD_NAME: ("nama seperti itu tidak dapat dipakai", "such a name cannot be used"),
    Kind.TOO_MANY_FILES: ("terlalu banyak berkas terbuka", "too many files are open"),
    Kind.STORAGE: ("penyimpanan gagal membaca atau menulis", "the storage failed to read or write"),
    Kind.MEMORY: ("memori tidak cukup", "there is not enough memory"),
    Kind.BUSY: ("sedang dipakai program lain", "another program is using it"),
    Kind.DAMAGED: ("isinya rusak", "its contents are damaged"),
    Kind.NOT_A_DATABASE: ("ini bukan basis data", "this is no database"),
    Kind.CLOSED: ("sudah ditutup", "it is closed"),
}

_ADVICE: Final[dict[Kind, tuple[str, str]]] = {
    Kind.DISK_FULL: (
        "Kosongkan ruang di disk itu atau pilih disk lain, lalu jalankan lagi.",
        "Free some space on that disk or choose another, then run this again.",
    ),
    Kind.READ_ONLY: (
        "Pilih folder di disk yang dapat ditulisi.",
        "Choose a folder on a disk that can be written to.",
    ),
    Kind.NO_PERMISSION: (
        "Minta izin pada berkas dan foldernya, atau pilih tempat lain.",
        "Get permission for the file and its folder, or choose another place.",
    ),
    Kind.MISSING: (
        "Periksa namanya, dan buat foldernya lebih dahulu.",
        "Check the name, and make the folder first.",
    ),
    Kind.IS_FOLDER: ("Sebutkan nama berkas, bukan folder.", "Name a file, not a folder."),
    Kind.NOT_FOLDER: ("Sebutkan folder, bukan berkas.", "Name a folder, not a file."),
    Kind.EXISTS: ("Pilih nama lain.", "Choose another name."),
    Kind.BAD_NAME: (
        "Pilih nama yang lebih pendek dan tanpa tautan berputar.",
        "Choose a shorter name, without links that go in a circle.",
    ),
    Kind.TOO_MANY_FILES: (
        "Tutup program lain, atau naikkan batasnya (ulimit -n).",
        "Close other programs, or raise the limit (ulimit -n).",
    ),
    Kind.STORAGE: (
        "Periksa disk atau sambungannya, lalu jalankan lagi.",
        "Check the disk or its connection, then run this again.",
    ),
    Kind.MEMORY: (
        "Tutup program lain, lalu jalankan lagi.",
        "Close other programs, then run this again.",
    ),
    Kind.BUSY: (
        "Tutup program lain yang memakainya, lalu jalankan lagi.",
        "Close the other program that uses it, then run this again.",
    ),
}

_ERRNO: Final[dict[int, Kind]] = {
    errno.ENOSPC: Kind.DISK_FULL,
    errno.EDQUOT: Kind.DISK_FULL,
    errno.EFBIG: Kind.DISK_FULL,
    errno.EROFS: Kind.READ_ONLY,
    errno.EACCES: Kind.NO_PERMISSION,
    errno.EPERM: Kind.NO_PERMISSION,
    errno.ENOENT: Kind.MISSING,
    errno.EISDIR: Kind.IS_FOLDER,
    errno.ENOTDIR: Kind.NOT_FOLDER,
    errno.EEXIST: Kind.EXISTS,
    errno.ENAMETOOLONG: Kind.BAD_NAME,
    errno.ELOOP: Kind.BAD_NAME,
    errno.EMFILE: Kind.TOO_MANY_FILES,
    errno.ENFILE: Kind.TOO_MANY_FILES,
    errno.EIO: Kind.STORAGE,
    errno.ENODEV: Kind.STORAGE,
    errno.ENXIO: Kind.STORAGE,
    errno.ESTALE: Kind.STORAGE,
    errno.ENOMEM: Kind.MEMORY,
    errno.EBUSY: Kind.BUSY,
    errno.ETXTBSY: Kind.BUSY,
    errno.EADDRINUSE: Kind.BUSY,
    errno.EBADF: Kind.CLOSED,
    errno.EPIPE: Kind.CLOSED,
}

# By the primary result code: SQLite hides the system's own number behind these.
_SQLITE: Final[dict[str, Kind]] = {
    "SQLITE_FULL": Kind.DISK_FULL,
    "SQLITE_BUSY": Kind.BUSY,
    "SQLITE_LOCKED": Kind.BUSY,
    "SQLITE_PROTOCOL": Kind.BUSY,
    "SQLITE_CORRUPT": Kind.DAMAGED,
    "SQLITE_FORMAT": Kind.DAMAGED,
    "SQLITE_NOTADB": Kind.NOT_A_DATABASE,
    "SQLITE_NOMEM": Kind.MEMORY,
    "SQLITE_READONLY": Kind.NO_PERMISSION,
    "SQLITE_PERM": Kind.NO_PERMISSION,
    "SQLITE_AUTH": Kind.NO_PERMISSION,
    "SQLITE_IOERR": Kind.STORAGE,
    "SQLITE_CANTOPEN": Kind.OTHER,
}
_UNCLEAR: Final = ("SQLITE_READONLY", "SQLITE_IOERR", "SQLITE_CANTOPEN")
"""Codes behind which any error of the system may stand; it is asked once more."""

_MISSING_PARTS: Final = ("no such table", "no such column")  # they were there when the file was made
_PROBE_BYTES: Final = 1 << 16
_LONGEST: Final = 200  # letters of what a library says; ONNX Runtime's can be a page

# What libraries say that have no type for it: ONNX Runtime, OpenCV, TensorFlow Lite, the dynamic linker, threads.
_MEMORY_WORDS: Final = re.compile(
    r"bad_alloc|cannot allocate memory|failed to allocate|unable to allocate|insufficient memory|out of memory"
    r"|not enough memory|failed to map segment|can't start new thread|thread creation failed|pthread_create",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something was refused. `said` is what the system or the library said, empty where it said no more."""

    kind: Kind
    said: str = ""

    @property
    def reason_id(self) -> str:
        """The reason in a few Indonesian words, with the system's own behind it: administrators look for these."""
        return self._reason(0)

    @property
    def reason_en(self) -> str:
        """The reason in a few English words, with the system's own behind it."""
        return self._reason(1)

    @property
    def advice(self) -> tuple[str, str] | None:
        """What to do about it, in Indonesian and English; None where that depends on what the file is for."""
        return _ADVICE.get(self.kind)

    def _reason(self, language: int) -> str:
        words = _REASONS.get(self.kind)
        if words is None:
            return self.said or "?"
        return f"{words[language]} ({self.said})" if self.said else words[language]


def cause_of(error: BaseException, path: Path | None = None) -> Cause:
    """Tell why something was refused, by the error and what it came from.

    `path` is the database that SQLite complained about: where its code says little, the system is asked again by
    opening the file and writing a little beside it.
    """
    seen: BaseException | None = error
    while seen is not None:
        if _is_memory_short(seen):
            return Cause(Kind.MEMORY, _words_of(seen))
        seen = seen.__cause__
    if isinstance(error, OSError):
        return Cause(_ERRNO.get(error.errno or 0, Kind.OTHER), error.strerror or _words_of(error))
    name = getattr(error, "sqlite_errorname", None)
    if isinstance(name, str):
        return _cause_of_sqlite(error, name, path)
    return Cause(Kind.OTHER, _words_of(error))


def is_memory_short(error: BaseException) -> bool:
    """Tell whether an error, or what it came from, is for want of memory."""
    return cause_of(error).kind is Kind.MEMORY


def _cause_of_sqlite(error: BaseException, name: str, path: Path | None) -> Cause:
    primary = "_".join(name.split("_")[:2])
    kind, said = _SQLITE.get(primary, Kind.OTHER), _words_of(error)
    if primary == "SQLITE_ERROR" and said.startswith(_MISSING_PARTS):
        return Cause(Kind.DAMAGED, said)
    if primary in _UNCLEAR and path is not None and (refusal := _asked_again(path)) is not None:
        asked = cause_of(refusal)
        return Cause(asked.kind, "; ".join(filter(None, (asked.said, said))))
    return Cause(kind, said)


def _asked_again(path: Path) -> OSError | None:
    """Return what the system says when the file is opened for writing, and a little is written beside it."""
    try:
        os.close(os.open(path, os.O_RDWR | getattr(os, "O_CLOEXEC", 0)))
        with tempfile.TemporaryFile(dir=path.parent) as file:
            file.write(bytes(_PROBE_BYTES))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return error
    return None


def _is_memory_short(error: BaseException) -> bool:
    if isinstance(error, MemoryError):
        return True
    if isinstance(error, RuntimeError | ImportError | ValueError) or _is_native(error):
        return _MEMORY_WORDS.search(str(error)) is not None
    return isinstance(error, OSError) and _ERRNO.get(error.errno or 0) is Kind.MEMORY


def _is_native(error: BaseException) -> bool:
    """Tell whether a library of networks or pictures made the error; these are of no type but `Exception`."""
    return type(error).__module__.partition(".")[0] in ("cv2", "onnxruntime", "mediapipe")


def _words_of(error: BaseException) -> str:
    """Return what an error says, on one line of bearable length."""
    said = " ".join(str(error).split())
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"

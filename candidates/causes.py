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

from candidates.messages import Message, Written, say


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


_ADVISED: Final = frozenset(Kind) - {Kind.DAMAGED, Kind.NOT_A_DATABASE, Kind.CLOSED, Kind.OTHER}
"""Kinds with advice of their own; what to do about the others depends on what the file is for."""

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
    def reason(self) -> Message:
        """The reason in a few words, with the system's own behind it: administrators look for these."""
        if self.kind is Kind.OTHER:
            return Written(self.said or "?", self.said or "?")
        reason = say(f"causes.reason.{self.kind.value}")
        return say("causes.reason.with_words", reason=reason, said=self.said) if self.said else reason

    @property
    def advice(self) -> Message | None:
        """What to do about it; None where that depends on what the file is for."""
        return say(f"causes.advice.{self.kind.value}") if self.kind in _ADVISED else None


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

"""Classifies errors of the system and of SQLite by their number, not their wording: one table for every room.

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

from candidates.messages import LiteralText, Message, say


class CauseKind(Enum):
    """The kind of a cause; the value is the last part of an error's stable code."""

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


_ADVISED: Final = frozenset(CauseKind) - {
    CauseKind.DAMAGED,
    CauseKind.NOT_A_DATABASE,
    CauseKind.CLOSED,
    CauseKind.OTHER,
}
"""Kinds with advice of their own; what to do about the others depends on what the file is for."""

_ERRNO: Final[dict[int, CauseKind]] = {
    errno.ENOSPC: CauseKind.DISK_FULL,
    errno.EDQUOT: CauseKind.DISK_FULL,
    errno.EFBIG: CauseKind.DISK_FULL,
    errno.EROFS: CauseKind.READ_ONLY,
    errno.EACCES: CauseKind.NO_PERMISSION,
    errno.EPERM: CauseKind.NO_PERMISSION,
    errno.ENOENT: CauseKind.MISSING,
    errno.EISDIR: CauseKind.IS_FOLDER,
    errno.ENOTDIR: CauseKind.NOT_FOLDER,
    errno.EEXIST: CauseKind.EXISTS,
    errno.ENAMETOOLONG: CauseKind.BAD_NAME,
    errno.ELOOP: CauseKind.BAD_NAME,
    errno.EMFILE: CauseKind.TOO_MANY_FILES,
    errno.ENFILE: CauseKind.TOO_MANY_FILES,
    errno.EIO: CauseKind.STORAGE,
    errno.ENODEV: CauseKind.STORAGE,
    errno.ENXIO: CauseKind.STORAGE,
    errno.ESTALE: CauseKind.STORAGE,
    errno.ENOMEM: CauseKind.MEMORY,
    errno.EBUSY: CauseKind.BUSY,
    errno.ETXTBSY: CauseKind.BUSY,
    errno.EADDRINUSE: CauseKind.BUSY,
    errno.EBADF: CauseKind.CLOSED,
    errno.EPIPE: CauseKind.CLOSED,
}

# By the primary result code: SQLite hides the system's own number behind these.
_SQLITE: Final[dict[str, CauseKind]] = {
    "SQLITE_FULL": CauseKind.DISK_FULL,
    "SQLITE_BUSY": CauseKind.BUSY,
    "SQLITE_LOCKED": CauseKind.BUSY,
    "SQLITE_PROTOCOL": CauseKind.BUSY,
    "SQLITE_CORRUPT": CauseKind.DAMAGED,
    "SQLITE_FORMAT": CauseKind.DAMAGED,
    "SQLITE_NOTADB": CauseKind.NOT_A_DATABASE,
    "SQLITE_NOMEM": CauseKind.MEMORY,
    "SQLITE_READONLY": CauseKind.NO_PERMISSION,
    "SQLITE_PERM": CauseKind.NO_PERMISSION,
    "SQLITE_AUTH": CauseKind.NO_PERMISSION,
    "SQLITE_IOERR": CauseKind.STORAGE,
    "SQLITE_CANTOPEN": CauseKind.OTHER,
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

    kind: CauseKind
    said: str = ""

    @property
    def reason(self) -> Message:
        """The reason in a few words, with the system's own behind it: administrators look for these."""
        if self.kind is CauseKind.OTHER:
            return LiteralText(self.said or "?", self.said or "?")
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
            return Cause(CauseKind.MEMORY, _words_of(seen))
        seen = seen.__cause__
    if isinstance(error, OSError):
        return Cause(_ERRNO.get(error.errno or 0, CauseKind.OTHER), error.strerror or _words_of(error))
    name = getattr(error, "sqlite_errorname", None)
    if isinstance(name, str):
        return _cause_of_sqlite(error, name, path)
    return Cause(CauseKind.OTHER, _words_of(error))


def is_memory_short(error: BaseException) -> bool:
    """Tell whether an error, or what it came from, is for want of memory."""
    return cause_of(error).kind is CauseKind.MEMORY


def _cause_of_sqlite(error: BaseException, name: str, path: Path | None) -> Cause:
    primary = "_".join(name.split("_")[:2])
    kind, said = _SQLITE.get(primary, CauseKind.OTHER), _words_of(error)
    if primary == "SQLITE_ERROR" and said.startswith(_MISSING_PARTS):
        return Cause(CauseKind.DAMAGED, said)
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
    return isinstance(error, OSError) and _ERRNO.get(error.errno or 0) is CauseKind.MEMORY


def _is_native(error: BaseException) -> bool:
    """Tell whether a library of networks or pictures made the error; these are of no type but `Exception`."""
    return type(error).__module__.partition(".")[0] in ("cv2", "onnxruntime", "mediapipe")


def _words_of(error: BaseException) -> str:
    """Return what an error says, on one line of bearable length."""
    said = " ".join(str(error).split())
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"

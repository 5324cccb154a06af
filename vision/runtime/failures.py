"""What the system refuses, as typed errors: full disks, folders without permission, names that are taken, no memory.

FotoNetralError
├── SystemRefusalError            system.failed
│   ├── DiskFullError             system.disk_full
│   ├── ReadOnlyDiskError         system.read_only
│   ├── NoPermissionError         system.no_permission
│   ├── MissingError              system.not_found
│   ├── IsFolderError             system.is_folder
│   ├── NotFolderError            system.not_folder
│   ├── TakenNameError            system.exists
│   ├── BadNameError              system.bad_name
│   ├── TooManyFilesError         system.too_many_files
│   ├── StorageError              system.storage
│   ├── InUseError                system.busy
│   └── OutputLostError           system.output
└── EngineError
    └── OutOfMemoryError          engine.memory     (`vision.errors`: networks run short of it as well)

`failure_of` is where an `OSError`, a `MemoryError` or a library's word for it becomes one of these.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from candidates.causes import Cause as Cause
from candidates.causes import CauseKind as CauseKind
from candidates.causes import cause_of as cause_of
from candidates.errors import CandidatesError
from vision.errors import FotoNetralError, Language, OutOfMemoryError
from vision.messages import say


class SystemRefusalError(FotoNetralError):
    """The system did not let a file be read or written."""

    code = "system.failed"


class DiskFullError(SystemRefusalError):
    """There is no room left on the disk, or no more is allowed to this user."""

    code = "system.disk_full"


class ReadOnlyDiskError(SystemRefusalError):
    """The disk or share is mounted for reading only."""

    code = "system.read_only"


class NoPermissionError(SystemRefusalError):
    """The user has no permission for this on the file or folder."""

    code = "system.no_permission"


class MissingError(SystemRefusalError):
    """The file, or the folder that it should be in, does not exist."""

    code = "system.not_found"


class IsFolderError(SystemRefusalError):
    """A folder was given where a file is needed."""

    code = "system.is_folder"


class NotFolderError(SystemRefusalError):
    """A file was given where a folder is needed."""

    code = "system.not_folder"


class TakenNameError(SystemRefusalError):
    """A file of the name is there already, and is not written over."""

    code = "system.exists"


class BadNameError(SystemRefusalError):
    """The name is too long, or its links go in a circle."""

    code = "system.bad_name"


class TooManyFilesError(SystemRefusalError):
    """The system lets this process, or everybody, open no more files."""

    code = "system.too_many_files"


class StorageError(SystemRefusalError):
    """The disk, stick or network drive failed."""

    code = "system.storage"


class InUseError(SystemRefusalError):
    """Another program holds the file."""

    code = "system.busy"


class OutputLostError(SystemRefusalError):
    """What was to be printed could not be; files that were asked for are written all the same."""

    code = "system.output"


_ERRORS: Mapping[CauseKind, type[SystemRefusalError]] = {
    CauseKind.DISK_FULL: DiskFullError,
    CauseKind.READ_ONLY: ReadOnlyDiskError,
    CauseKind.NO_PERMISSION: NoPermissionError,
    CauseKind.MISSING: MissingError,
    CauseKind.IS_FOLDER: IsFolderError,
    CauseKind.NOT_FOLDER: NotFolderError,
    CauseKind.EXISTS: TakenNameError,
    CauseKind.BAD_NAME: BadNameError,
    CauseKind.TOO_MANY_FILES: TooManyFilesError,
    CauseKind.STORAGE: StorageError,
    CauseKind.BUSY: InUseError,
}


def failure_of(
    error: BaseException, place: str | os.PathLike[str] | None = None
) -> FotoNetralError | CandidatesError | None:
    """Return the typed error for what the system refused; None for what it had no part in.

    `place` is the file or folder it is about; without it the error's own. Typed errors come back as they are.
    """
    cause = cause_of(error)
    if isinstance(error, CandidatesError) or (
        isinstance(error, FotoNetralError) and cause.kind is not CauseKind.MEMORY
    ):
        return error
    if not isinstance(error, OSError) and cause.kind is not CauseKind.MEMORY:
        return None
    if cause.kind is CauseKind.MEMORY:
        return out_of_memory(cause)
    given = error.filename if isinstance(error, OSError) and place is None else place
    kind = _ERRORS.get(cause.kind, SystemRefusalError)
    if given is None:
        return kind(say("runtime.failures.refused", reason=cause.reason), advice=cause.advice)
    about = given if isinstance(given, int) else os.fsdecode(given)
    return kind(say("runtime.failures.refused_about", about=about, reason=cause.reason), advice=cause.advice)


def out_of_memory(cause: Cause) -> OutOfMemoryError:
    """Return the error for too little memory."""
    said = f" ({cause.said})" if cause.said else ""
    return OutOfMemoryError(say("runtime.failures.memory", said=said))


def told(error: BaseException, place: str | os.PathLike[str] | None, language: Language) -> str:
    """Return reason, advice and code in one line, for unexpected exceptions too."""
    failure = failure_of(error, place)
    if failure is None:
        return " ".join(f"{type(error).__name__}: {error}".split()) + " [engine.failed]"
    return f"{failure.text(language)} [{failure.code}]"

"""Opening files of this machine: never a device, a pipe or a socket, and always with a typed error."""

from __future__ import annotations

import errno
import io
import os
import stat

from vision.archive.sources.packed import BUFFER_BYTES, not_a_file
from vision.errors import PhotoError, PhotoNotFoundError, PhotoUnreadableError


def stamp_of(status: os.stat_result) -> str:
    """Return what changes when a file's contents do.

    The time of the last change of the file's entry is part of it: programs that turn or rename photos keep size and
    time of writing, but cannot keep that one.
    """
    return f"{status.st_size}-{status.st_mtime_ns}-{status.st_ctime_ns}"


def open_file(path: str) -> io.BufferedReader:
    """Open a regular file; raises NotAFileError, PhotoNotFoundError or PhotoUnreadableError."""
    try:
        status = os.stat(path)  # noqa: PTH116  a Path cannot hold every name that the system can
        if not stat.S_ISREG(status.st_mode):
            raise not_a_file(status.st_mode)
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
        file: io.BufferedReader = io.BufferedReader(io.FileIO(descriptor), BUFFER_BYTES)
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):  # the name was given to something else meanwhile
            file.close()
            raise not_a_file(status.st_mode)
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    return file


def unreadable(path: str, error: OSError | ValueError) -> PhotoError:
    """Return the typed error for what the system said about a file."""
    if isinstance(error, OSError) and error.errno == errno.EIO:
        return PhotoUnreadableError(f"Penyimpanan gagal membaca «{path}».", f"The storage failed to read “{path}”.")
    reason_id, reason_en = reasons(error)
    return PhotoNotFoundError(
        f"«{path}» tidak dapat dibuka: {reason_id}.", f"“{path}” could not be opened: {reason_en}."
    )


def reasons(error: OSError | ValueError) -> tuple[str, str]:
    """Say what the system said, in Indonesian and English."""
    if isinstance(error, ValueError):  # a NUL in the name
        return "nama tidak sah", "invalid name"
    told = error.strerror or type(error).__name__
    known = {
        errno.ENOENT: ("tidak ada", "it does not exist"),
        errno.EACCES: ("tidak ada izin membaca", "no permission to read it"),
        errno.EPERM: ("tidak ada izin membaca", "no permission to read it"),
        errno.ENAMETOOLONG: ("namanya terlalu panjang", "its name is too long"),
        errno.ELOOP: ("tautannya berputar", "its links go in a circle"),
        errno.EIO: ("penyimpanan gagal membacanya", "the storage failed to read it"),
    }
    return known.get(error.errno or 0, (told, told))

"""Opening files of this machine: never a device, a pipe or a socket, and always with a typed error."""

from __future__ import annotations

import errno
import io
import os
import stat

from vision.archive.sources.packed import BUFFER_BYTES, not_a_file
from vision.errors import PhotoError, PhotoNotFoundError, PhotoUnreadableError
from vision.messages import LiteralText, Message, say


def stamp_of(status: os.stat_result) -> str:
    """Return a stamp that changes whenever the file's contents do.

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
        return PhotoUnreadableError(say("archive.files.storage_failed_to_read", path=path))
    return PhotoNotFoundError(say("archive.files.could_not_be_opened", path=path, reason=reason_of(error)))


def reason_of(error: OSError | ValueError) -> Message:
    """Say what the system said."""
    if isinstance(error, ValueError):  # a NUL in the name
        return say("archive.files.invalid_name")
    told = error.strerror or type(error).__name__
    known = {
        errno.ENOENT: say("archive.files.it_does_not_exist"),
        errno.EACCES: say("archive.files.no_permission_to_read_it"),
        errno.EPERM: say("archive.files.no_permission_to_read_it"),
        errno.ENAMETOOLONG: say("archive.files.its_name_is_too_long"),
        errno.ELOOP: say("archive.files.its_links_go_in_circle"),
        errno.EIO: say("archive.files.storage_failed_to_read_it"),
    }
    return known.get(error.errno or 0) or LiteralText(told, told)

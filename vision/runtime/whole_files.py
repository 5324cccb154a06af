"""Writing files that are there whole or not at all."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


def write_whole(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file into a temporary one beside `path`, then rename it. Raises OSError, leaving nothing behind."""
    with writing_whole(path) as file:
        file.write(data)


@contextmanager
def writing_whole(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """Open a temporary file beside `path` for as much as is to come; it takes the name when the block ends well.

    Raises OSError, which names `path`; whatever is raised inside, nothing is left behind.
    """
    target = Path(path)
    hidden, half = f".{target.name[:40]}.", None
    try:
        descriptor, name = tempfile.mkstemp(prefix=hidden, suffix=".tmp", dir=target.parent)
        half = Path(name)
        with os.fdopen(descriptor, "w+b") as file:
            yield file
        half.replace(target)
    except BaseException as error:
        if half is not None:
            half.unlink(missing_ok=True)
        if isinstance(error, OSError) and (error.filename is None or Path(error.filename).name.startswith(hidden)):
            error.filename = str(target)  # the system names the temporary file, or nothing
        raise


def make_folder(path: str | os.PathLike[str]) -> Path:
    """Make a folder with its parents, unless it is there. Raises OSError: NotADirectoryError where a file lies."""
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder)) from error
    return folder

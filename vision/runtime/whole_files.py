"""Atomic file writes, and making folders."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from candidates.whole_files import writing_whole as writing_whole


def write_whole(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file into a temporary one beside `path`, then rename it. Raises OSError, leaving nothing behind."""
    with writing_whole(path) as file:
        file.write(data)


def make_folder(path: str | os.PathLike[str]) -> Path:
    """Make a folder with its parents, unless it is there. Raises OSError: NotADirectoryError where a file lies."""
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder)) from error
    return folder

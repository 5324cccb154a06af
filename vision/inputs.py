"""Which photos are meant by the paths that a user gives."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vision._sniff import sniff

PHOTO_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".heic", ".heif", ".avif", ".tif", ".tiff", ".bmp", ".gif"}
)
"""Files named like photos are tried even when their header is not one's: a damaged photo must not go unnoticed."""

_HEADER_BYTES = 512


@dataclass(frozen=True, slots=True)
class EmptyFolder:
    """A folder that was given, or lies under one, and cannot be listed (`reason`), or holds no photo at all."""

    path: str
    reason: str | None = None


def photos_of(paths: Sequence[str], leave_out: str | None = None) -> Iterator[str | EmptyFolder]:
    """Yield the photos in the order given; a folder's photos sorted, before those of its subfolders.

    Files that are named are always yielded, existing or not. In folders, hidden files, hidden folders and the
    folder `leave_out` (of marked pictures) are left out, links to folders are not followed, and a file counts as a
    photo by its header or its suffix.
    """
    for path in paths:
        if os.path.isdir(path):  # noqa: PTH112  a Path would rewrite the name as it was given
            yield from _photos_under(path, None if leave_out is None else os.path.realpath(leave_out))
        else:
            yield path


def _photos_under(folder: str, leave_out: str | None) -> Iterator[str | EmptyFolder]:
    failures: list[EmptyFolder] = []

    def note(error: OSError) -> None:
        failures.append(EmptyFolder(str(error.filename), error.strerror or type(error).__name__))

    found = False
    for parent, subfolders, files in os.walk(folder, onerror=note):
        subfolders[:] = sorted(
            name
            for name in subfolders
            if not name.startswith(".") and os.path.realpath(os.path.join(parent, name)) != leave_out  # noqa: PTH118
        )
        for name in sorted(files):
            path = os.path.join(parent, name)  # noqa: PTH118
            if not name.startswith(".") and _is_photo(path):
                found = True
                yield path
    yield from failures
    if not found and not failures:
        yield EmptyFolder(folder)


def _is_photo(path: str) -> bool:
    if Path(path).suffix.lower() in PHOTO_SUFFIXES:
        return True
    try:
        # A pipe would block until somebody writes into it.
        if not os.path.isfile(path):  # noqa: PTH113
            return False
        with open(path, "rb") as file:  # noqa: PTH123
            return sniff(file.read(_HEADER_BYTES)) is not None
    except OSError:
        return False

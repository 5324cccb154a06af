"""Where a photo of an archive lies, and the bytes that were found there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vision.errors import FotoNetralError


@dataclass(frozen=True, slots=True)
class Place:
    """One place that holds a photo, or something that passes for one.

    `name` tells it apart from every other place of the scan and is what people read: a path, `archive.zip!/member`, or
    an address. Paths that are no Unicode text hold surrogate escapes, as `os.fsdecode` makes them. `stamp` changes when
    the contents do, as far as that can be told without reading them (size, time of change, a store's ETag); None: it
    must be read to know.
    """

    name: str
    stamp: str | None = None
    modified: float | None = None
    """Seconds since 1970, when the file was last changed, as the source tells; None where it does not."""


@dataclass(frozen=True, slots=True)
class Found:
    """A place with a way to its bytes. `read` raises a FotoNetralError where they cannot be had."""

    place: Place
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something that was to be looked into and could not be: a folder, an archive, an address, a line of a list."""

    name: str
    error: FotoNetralError

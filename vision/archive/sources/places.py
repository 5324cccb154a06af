"""Where the photos of an archive lie, and what was found there: the values that pass between listing, reading, journal.

Names tell places apart and are what people read: a path, `archive.zip!/member`, or an address. Paths that are no
Unicode text hold surrogate escapes, as `os.fsdecode` makes them.
"""

from __future__ import annotations

from dataclasses import dataclass

from vision.errors import FotoNetralError
from vision.media.unseen import NotLookedAtError


@dataclass(frozen=True, slots=True)
class PhotoPlace:
    """One place that may hold a photo: a file, an address, or a member of a container (a zip, a tar).

    `stamp` changes when the contents do, as far as that can be told without reading them (size, time of change, ETag,
    CRC); None: it must be read to know. `modified` is when it was last changed, seconds since 1970, None where the
    source does not tell. `container` is the name of the container that it is a member of. `size` is how many bytes the
    source says there are, None where it does not: good for planning, never to be trusted.
    """

    name: str
    stamp: str | None = None
    modified: float | None = None
    container: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Container:
    """A container that was listed to its end: told after the last of its members.

    `unchanged` says that it was known with this stamp and so was not opened: its members are those of last time.
    """

    name: str
    stamp: str | None
    unchanged: bool = False


@dataclass(frozen=True, slots=True)
class UnreadablePlace:
    """A source that could not be read: a folder, a container, an address, a line of a list."""

    name: str
    error: FotoNetralError


@dataclass(frozen=True, slots=True)
class UnseenPlace:
    """Something hidden that holds photos or files with pictures, in `container` if any: told, and not looked at."""

    name: str
    error: NotLookedAtError
    container: str | None = None


@dataclass(frozen=True, slots=True)
class ExcludedPlace:
    """A file or folder that the user excluded, in `container` if any."""

    name: str
    container: str | None = None


Listed = PhotoPlace | Container | UnreadablePlace | UnseenPlace | ExcludedPlace
"""What listing yields, in an order that is the same every time."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What was found at a place: its bytes, or why they could not be had, or neither: then it is no photo.

    What is no photo by its first bytes nor by its name is not read further.
    """

    place: PhotoPlace
    data: bytes | None = None
    error: FotoNetralError | None = None

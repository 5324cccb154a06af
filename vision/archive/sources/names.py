"""What a name alone says: photo, container, address, or a file to leave out."""

from __future__ import annotations

import re

from vision.media.folders import is_hidden, is_rubbish
from vision.media.kinds import PHOTO_SUFFIXES, suffix_of

CONTAINER_SUFFIXES = (
    *(".zip", ".tar"),
    *(".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst"),
    *(".tgz", ".tbz", ".tbz2", ".txz", ".tzst"),
)
INSIDE = "!/"
"""Stands between the name of a container and that of its member."""

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def is_named_photo(name: str) -> bool:
    """Tell whether the name says that this is a photo."""
    return suffix_of(name) in PHOTO_SUFFIXES


def is_named_container(name: str) -> bool:
    """Tell whether the name says that this is a zip or a tar."""
    return name.lower().endswith(CONTAINER_SUFFIXES)


def is_address(name: str) -> bool:
    """Tell whether this is an address (`s3://…`), not a path."""
    return _ADDRESS.match(name) is not None


def is_left_out(part: str, *, hidden: bool) -> bool:
    """Tell whether a file or folder of this name is left out: rubbish always, hidden ones unless asked for."""
    return is_rubbish(part) or (is_hidden(part) and not hidden)


def is_member_left_out(member: str, *, hidden: bool) -> bool:
    """Tell whether a member of a container is left out, by all parts of its name; `.` and `..` are not hidden names."""
    parts = (part for part in member.replace("\\", "/").split("/") if part not in (".", ".."))
    return any(is_left_out(part, hidden=hidden) for part in parts)


def is_named_unlike_a_container(name: str) -> bool:
    """Tell whether a name hides what a container is: no suffix at all, a photo's, or one before the last (`a.jpg.gz`).

    Other suffixes are those of formats that happen to be zips inside: documents, programs.
    """
    suffix = suffix_of(name)
    return not suffix or suffix in PHOTO_SUFFIXES or is_named_photo(name[: -len(suffix)]) or is_named_container(name)

"""What names tell: photos, containers, addresses, and what is left out because nobody means it."""

from __future__ import annotations

import re

from vision.inputs import PHOTO_SUFFIXES

CONTAINER_SUFFIXES = (
    *(".zip", ".tar"),
    *(".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst"),
    *(".tgz", ".tbz", ".tbz2", ".txz", ".tzst"),
)
INSIDE = "!/"
"""Stands between the name of a container and that of its member."""

_JUNK = frozenset({"__MACOSX", "@eaDir"})  # what macOS and Synology servers add to folders: copies, thumbnails
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_SUFFIX = re.compile(r"\.(?=\w*[A-Za-z])\w{1,10}\Z")


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
    """Tell whether a file or folder of this name is left out: junk always, hidden ones unless asked for."""
    return part in _JUNK or part.startswith("._") or (part.startswith(".") and not hidden)


def is_member_left_out(member: str, *, hidden: bool) -> bool:
    """Tell the same of a member of a container, by all parts of its name; `.` and `..` hide nothing."""
    parts = (part for part in member.replace("\\", "/").split("/") if part not in (".", ".."))
    return any(is_left_out(part, hidden=hidden) for part in parts)


def is_named_unlike_a_container(name: str) -> bool:
    """Tell whether a name hides what a container is: no suffix at all, a photo's, or one before the last (`a.jpg.gz`).

    Other suffixes are those of formats that happen to be zips inside: documents, programs.
    """
    suffix = suffix_of(name)
    return not suffix or suffix in PHOTO_SUFFIXES or is_named_photo(name[: -len(suffix)]) or is_named_container(name)


def suffix_of(name: str) -> str:
    """Return the suffix in small letters; empty without one, and for what is a date or a number (`17.08.2019`)."""
    found = _SUFFIX.search(name.rpartition("/")[2])
    return found.group().lower() if found else ""

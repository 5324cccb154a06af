"""Containers of photos, told by their first bytes, and their members as places."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from vision.archive.errors import (
    ContainerTooLargeError,
    ContainerUnreadableError,
    ContainerUnsupportedError,
)
from vision.archive.sources.names import INSIDE
from vision.archive.sources.packed import (
    FIRST_BYTES,
    Allowance,
    ArchiveEntry,
    BrokenError,
    Packing,
    UnpackingStream,
    buffered,
)
from vision.archive.sources.places import PhotoPlace
from vision.archive.sources.tars import is_tar, tar_entries
from vision.archive.sources.zips import zip_entries
from vision.messages import LiteralText, Message, say

MOST_MEMBERS = 1_000_000
"""Containers with more members are read so far and told; each takes some 60 bytes of memory, to tell doubles."""

_LONGEST_EMPTY_TAR = 2**20
"""An empty tar is zeros as well: 10 KB of them, more with large blocks."""

Kind = Literal["zip", "tar", "gzip", "bzip2", "xz", "zstd", "7z", "rar"]

_STARTS: tuple[tuple[bytes, Kind], ...] = (
    (b"PK\3\4", "zip"),
    (b"PK\5\6", "zip"),
    (b"PK\7\x08", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
)
_PACKINGS: dict[Kind, Packing] = {"gzip": "gzip", "bzip2": "bzip2", "xz": "xz"}


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a container: its place, and how it is read."""

    place: PhotoPlace
    entry: ArchiveEntry


def container_kind(head: bytes) -> Kind | None:
    """Return which container the first bytes announce; None for anything else."""
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    return "tar" if is_tar(head) else None


def members_of(name: str, file: io.BufferedReader) -> Iterator[Member]:
    """Yield the members of a container, in an order and with names that are the same every time.

    Members that share a name are told apart by a number: `a.zip!/b.jpg`, `a.zip!/b.jpg#2`. Raises a ContainerError
    where the container cannot be read (any further), after the members before.
    """
    taken: set[int] = set()
    try:
        for entry in _entries(name, file):
            if len(taken) >= MOST_MEMBERS:
                raise ContainerTooLargeError(
                    say("archive.containers.archive_holds_more_than_files", name=name, most_members=MOST_MEMBERS)
                )
            # A NUL is legal in no file's name, and cuts names short in many programs.
            full = f"{name}{INSIDE}{entry.name}".replace("\0", "\ufffd")
            unique, number = full, 1
            while hash(unique) in taken:
                number += 1
                unique = f"{full}#{number}"
            taken.add(hash(unique))
            yield Member(PhotoPlace(unique, entry.stamp, entry.modified, name, entry.size), entry)
    except BrokenError as error:
        raise _unreadable(name, error.reason) from error
    except OSError as error:
        told = error.strerror or str(error) or type(error).__name__
        raise _unreadable(name, LiteralText(told, told)) from error


def _entries(name: str, file: io.BufferedReader) -> Iterator[ArchiveEntry]:
    head = first_bytes(file)
    kind = container_kind(head)
    allowance = Allowance()
    if head and not any(head) and (name.lower().endswith(".zip") or (_size(file) or 0) > _LONGEST_EMPTY_TAR):
        raise BrokenError(say("archive.containers.it_is_all_zeros_maybe"))
    if kind in _PACKINGS:
        stream = buffered(UnpackingStream(file.read, _PACKINGS[kind], allowance, whole=True))
        if not is_tar(first_bytes(stream)):
            raise BrokenError(say("archive.containers.there_is_no_tar_in", kind=kind))
        yield from tar_entries(stream)
    elif kind == "tar" or head == bytes(FIRST_BYTES):  # an empty tar is its end mark
        yield from tar_entries(file, _size(file))
    elif kind in ("zstd", "7z", "rar"):
        raise ContainerUnsupportedError(say("archive.containers.archive_is_of_kind_which", name=name, kind=kind))
    elif not head:
        raise BrokenError(say("archive.containers.it_is_empty_bytes"))
    elif kind == "zip" and not file.seekable():
        raise ContainerUnsupportedError(say("archive.containers.server_does_not_give_parts", name=name))
    elif kind == "zip" or name.lower().endswith(".zip"):  # a zip may follow other bytes, so that only its end tells
        yield from zip_entries(file, allowance)
    else:
        raise BrokenError(say("archive.containers.it_is_no_zip_and"))


def first_bytes(file: io.BufferedReader) -> bytes:
    """Return the first bytes of a stream that was not read from yet, and leave them there."""
    return file.peek(FIRST_BYTES)[:FIRST_BYTES]


def _size(file: io.BufferedReader) -> int | None:
    """Return the length of a file that can be sought in."""
    if not file.seekable():
        return None
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return size


def _unreadable(name: str, reason: Message) -> ContainerUnreadableError:
    return ContainerUnreadableError(say("archive.containers.archive_could_not_be_read", name=name, reason=reason))

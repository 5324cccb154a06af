"""Opening a place and telling whether a photo is there: files, objects and members of containers alike."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from candidates.closing import Closing
from vision.archive.errors import (
    ContainerMisnamedError,
    ContainerUnsupportedError,
    MemberUnreadableError,
    NestedContainerError,
)
from vision.archive.sources import remote
from vision.archive.sources.containers import container_kind, members_of
from vision.archive.sources.files import open_file
from vision.archive.sources.names import is_address, is_named_unlike_a_container
from vision.archive.sources.packed import FIRST_BYTES, ArchiveEntry
from vision.archive.sources.places import PhotoPlace
from vision.errors import FotoNetralError, PhotoTooLargeError
from vision.media.kinds import FileKind, kind_of
from vision.media.photo import PhotoLimits, read_photo
from vision.media.unseen import NotLookedAtError
from vision.messages import Message, say


@dataclass(frozen=True, slots=True)
class OpenSource(Closing):
    """Something that can be read once, from its beginning. `size` is what is said to be there."""

    name: str
    size: int | None
    read: Callable[[int], bytes]
    close: Callable[[], None]
    inside: bool = False

    def photo(self, limits: PhotoLimits, take: Callable[[int], None]) -> bytes | None:
        """Return the bytes of a photo, None for what holds no picture by its first bytes nor its name.

        What may hold pictures and is no photo is a NotLookedAtError: only its first bytes are read. `take` is told how
        many bytes there will be before they are read. Raises typed errors, BrokenError and OSError; never more than one
        byte over the limit is read.
        """
        most = limits.max_bytes
        head = self.read(FIRST_BYTES)
        kind = kind_of(head, self.name)
        if kind in (None, FileKind.PHOTO, FileKind.ARCHIVE):
            self._refuse_container(head)
        if kind is None:
            return None
        if kind is not FileKind.PHOTO:
            raise NotLookedAtError(kind)
        if self.size is not None and self.size > most:
            raise PhotoTooLargeError(say("archive.opening.photo_is_too_large_bytes", size=self.size, most=most))
        size = most if self.size is None else self.size
        take(size)
        data = head + self.read(max(size + 1 - len(head), 0))
        if len(data) > size:  # it has grown since it was listed
            data += self.read(max(most + 1 - len(data), 0))
        return read_photo(data, limits=limits)

    def _refuse_container(self, head: bytes) -> None:
        """Raise for a container where a photo was looked for."""
        kind = container_kind(head)
        is_unread = kind in ("7z", "rar")
        if kind is None or not (is_unread or is_named_unlike_a_container(self.name)):
            return
        if self.inside:
            raise NestedContainerError(say("archive.opening.this_is_archive_in_archive", kind=kind))
        if is_unread:
            raise ContainerUnsupportedError(say("archive.opening.this_is_archive_of_kind", kind=kind))
        raise ContainerMisnamedError(say("archive.opening.it_is_archive_but_not", kind=kind))


def open_alone(place: PhotoPlace) -> OpenSource:
    """Open a file or an object; raises typed errors."""
    if is_address(place.name):
        reading = remote.RemoteStream(place.name, place.size)
        return OpenSource(place.name, reading.size, reading.read, reading.close)
    file = open_file(place.name)
    return OpenSource(place.name, os.fstat(file.fileno()).st_size, file.read, file.close)


class OpenedContainer(Closing):
    """A container that is opened when its first member is asked for, and read forward."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._file: io.BufferedReader | None = None
        self._entries: Iterator[tuple[str, ArchiveEntry]] = iter(())
        self._failure: FotoNetralError | None = None

    def close(self) -> None:
        """Close the container's file."""
        if self._file is not None:
            with suppress(Exception):  # everything wanted was read
                self._file.close()

    def open_member(self, place: PhotoPlace) -> OpenSource:
        """Go on to a member and open it; raises what is wrong with it, or with the container from here on."""
        if self._failure is None:
            try:
                entry = self._find(place)
            except FotoNetralError as error:
                self._failure = error
        if self._failure is not None:
            raise self._failure
        if entry.fault is not None:
            raise entry.fault
        stream = entry.open()
        return OpenSource(entry.name, entry.size, stream.read, stream.close, inside=True)

    def _find(self, place: PhotoPlace) -> ArchiveEntry:
        if self._file is None:
            self._file = (remote.open_container if is_address(self._name) else open_file)(self._name)
            self._entries = ((member.place.name, member.entry) for member in members_of(self._name, self._file))
        for name, entry in self._entries:
            if name == place.name:
                return entry
        raise member_unreadable(say("archive.opening.it_is_not_in_archive"))


def member_unreadable(reason: Message) -> MemberUnreadableError:
    """Return the typed error for a member that cannot be read."""
    return MemberUnreadableError(say("archive.opening.this_member_could_not_be", reason=reason))

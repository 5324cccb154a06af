"""Which places are meant by the sources that a user gives: files, folders, patterns, containers, addresses.

Listing opens no file but containers. Whether a file is a photo shows when `reading` reads it.
"""

from __future__ import annotations

import hashlib
import io
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from urllib.parse import unquote, urlsplit

from vision.archive.errors import AddressError, EmptyFolderError, bare
from vision.archive.sources import remote
from vision.archive.sources.containers import Member, first_bytes, members_of
from vision.archive.sources.files import open_file, stamp_of, unreadable
from vision.archive.sources.folders import Walker, has_magic, inner
from vision.archive.sources.names import is_address, is_left_out, is_member_left_out, is_named_container
from vision.archive.sources.places import Container, ExcludedPlace, Listed, PhotoPlace, UnreadablePlace, UnseenPlace
from vision.errors import FotoNetralError, PhotoNotFoundError
from vision.media.folders import NOTHING_EXCLUDED, Exclusions
from vision.media.kinds import FileKind, named_kind
from vision.media.sniff import sniff
from vision.media.unseen import NotLookedAtError
from vision.messages import say

Known = Callable[[str, str], bool]
"""Tells whether the container of this name was listed to its end when it had this stamp."""


def _never(name: str, stamp: str) -> bool:  # noqa: ARG001
    return False


def list_places(
    sources: Iterable[str],
    *,
    known: Known = _never,
    leave_out: Sequence[str] = (),
    follow_links: bool = False,
    hidden: bool = False,
    excluded: Exclusions = NOTHING_EXCLUDED,
) -> Iterator[Listed]:
    """Yield every place of the sources once, in an order that is the same every time.

    A source is a file, a folder (with all folders in it), a pattern (`foto/**/*.jpg`; a file of that very name goes
    first), a container, or an address that fsspec knows (`s3://bucket/folder`). Of a folder, its own files come first,
    sorted, then those of its subfolders; what two sources share comes with the first.

    Members of a container follow each other, then comes a Container; what `known` knows is not opened, and only its
    Container comes. `leave_out` are folders that are left out, wherever they are met. Links to folders are followed
    only with `follow_links`; hidden files and folders that are not named themselves are listed only with `hidden`, and
    told otherwise where they hold pictures. What is `excluded` is told and not listed, also where it is named itself.
    """
    listing = _Listing(known, Walker(frozenset(map(os.path.realpath, leave_out)), follow_links, hidden, excluded))
    for source in sources:
        yield from listing.of(source)


class _Listing:
    """What was listed so far, so that nothing is listed twice."""

    def __init__(self, known: Known, walker: Walker) -> None:
        self._known = known
        self._walker = walker
        self._hidden = walker.hidden
        self._excluded = walker.excluded
        self._choice = _choice_of(walker.hidden, walker.excluded)
        """Goes into the stamps of containers: other members are listed where something else is left out."""
        self._files: set[str] = set()
        """Real places of the files that did not come out of folders."""
        self._folder_above = "", os.path.realpath("")
        """The folder of the last of them, as given and as it is: lists name many files of the same folder."""
        self._addresses: set[str] = set()
        self._above: list[str] = []
        """Addresses everything below which was listed."""

    def of(self, source: str) -> Iterator[Listed]:
        """List one source."""
        if is_address(source):
            if source.lower().startswith(("file://", "local://")):
                yield from self._path(unquote(urlsplit(source).path))
            else:
                yield from self._address(source)
        else:
            yield from self._path(source)

    def _path(self, path: str) -> Iterator[Listed]:
        try:
            status = os.stat(path)  # noqa: PTH116  a Path cannot hold every name that the system can
        except (OSError, ValueError) as error:
            if isinstance(error, FileNotFoundError) and has_magic(path):
                yield from self._pattern(path)
            else:
                yield UnreadablePlace(path, unreadable(path, error))
            return
        if stat.S_ISDIR(status.st_mode):
            yield from self._folder(path, given=True)
        else:
            yield from self._given_file(path, status)

    def _pattern(self, pattern: str) -> Iterator[Listed]:
        found = False
        for path in self._walker.matches(pattern):
            found = True
            if isinstance(path, UnreadablePlace):
                yield path
            elif os.path.isdir(path):  # noqa: PTH112
                yield from self._folder(path, given=False)
            elif not self._walker.is_left_out(os.path.realpath(os.path.dirname(path))):  # noqa: PTH120
                yield from self._given_file(path, None)
        if not found:
            yield UnreadablePlace(
                pattern,
                PhotoNotFoundError(say("archive.listing.no_file_fits_pattern", pattern=pattern)),
            )

    def _folder(self, folder: str, *, given: bool) -> Iterator[Listed]:
        is_empty = os.path.realpath(folder) not in self._walker.walked
        for found in self._walker.files_under(folder):
            is_empty = is_empty and isinstance(found, UnseenPlace)  # what is hidden is not looked at
            if not isinstance(found, tuple):
                yield found
                continue
            entry, real = found
            if self._files and inner(real, entry.name) in self._files:
                continue
            try:
                status = entry.stat()
            except OSError:  # it is gone, or its link leads nowhere: reading tells
                yield PhotoPlace(entry.path)
            else:
                yield from self._file(entry.path, status)
        if is_empty and given:
            yield UnreadablePlace(folder, _empty(folder))

    def _given_file(self, path: str, status: os.stat_result | None) -> Iterator[Listed]:
        """List a file that was named itself, unless it was listed before."""
        above, name = os.path.split(path)
        if above != self._folder_above[0]:
            self._folder_above = above, os.path.realpath(above)
        folder = self._folder_above[1]
        real = inner(folder, name)
        listed_there = folder in self._walker.walked and not is_left_out(name, hidden=self._hidden)
        if real in self._files or listed_there:
            return
        self._files.add(real)
        if path in self._excluded:
            yield ExcludedPlace(path)
            return
        try:
            status = status or os.stat(path)  # noqa: PTH116
        except OSError:
            yield PhotoPlace(path)
            return
        yield from self._file(path, status)

    def _file(self, path: str, status: os.stat_result) -> Iterator[Listed]:
        if not stat.S_ISREG(status.st_mode):  # a device, a pipe: reading tells
            yield PhotoPlace(path)
            return
        place = PhotoPlace(path, stamp_of(status), status.st_mtime, size=status.st_size)
        if is_named_container(path):
            yield from self._container(place, partial(open_file, path))
        else:
            yield place

    def _container(self, place: PhotoPlace, open_it: Callable[[], io.BufferedReader]) -> Iterator[Listed]:
        """List the members of a container; what is a photo by its first bytes, whatever its name, is its own place."""
        stamp = None if place.stamp is None else place.stamp + self._choice
        if stamp is not None and self._known(place.name, stamp):
            yield Container(place.name, stamp, unchanged=True)
            return
        try:
            with open_it() as file:
                if sniff(first_bytes(file)) is not None:
                    yield place
                    return
                for member in members_of(place.name, file):
                    aside = self._member_aside(member)
                    if aside is not None:
                        yield aside
                    elif not is_member_left_out(member.entry.name, hidden=self._hidden):
                        yield member.place
        except FotoNetralError as error:
            yield UnreadablePlace(place.name, bare(error))
        except OSError as error:
            yield UnreadablePlace(place.name, unreadable(place.name, error))
        else:
            yield Container(place.name, stamp)

    def _member_aside(self, member: Member) -> UnseenPlace | ExcludedPlace | None:
        """Return what is to be told of a member that is not listed; whether it holds pictures is told by its name."""
        name, place = member.entry.name, member.place
        if is_member_left_out(name, hidden=True):  # rubbish
            return None
        if place.name in self._excluded:
            return ExcludedPlace(place.name, place.container)
        if is_member_left_out(name, hidden=self._hidden) and named_kind(name) is not None:
            return UnseenPlace(place.name, NotLookedAtError(FileKind.HIDDEN), place.container)
        return None

    def _address(self, address: str) -> Iterator[Listed]:
        safe = remote.without_password(address)
        if safe is not None:
            yield UnreadablePlace(
                safe,
                AddressError(say("archive.listing.address_came_with_password_addresses", safe=safe)),
            )
            return
        is_whole, count = True, 0
        for found in remote.files_at(address, hidden=self._hidden):
            count += 1
            if isinstance(found, UnreadablePlace):
                is_whole = False
                yield found
            elif found.address not in self._addresses and not found.address.startswith(tuple(self._above)):
                if found.address == address:
                    self._addresses.add(address)
                if found.address in self._excluded:
                    yield ExcludedPlace(found.address)
                    continue
                place = PhotoPlace(found.address, found.stamp, found.modified, size=found.size)
                if is_named_container(found.address):
                    yield from self._container(place, partial(remote.open_container, found.address))
                else:
                    yield place
        if is_whole and address not in self._addresses:
            self._above.append(f"{address.rstrip('/')}/")
        if not count:
            yield UnreadablePlace(address, _empty(address))


def _choice_of(hidden: bool, excluded: Exclusions) -> str:
    """Return what tells choices of members apart; nothing where there is no choice, as in journals of old."""
    if not hidden and not excluded.patterns:
        return ""
    digest = hashlib.sha256("\0".join(sorted(excluded.patterns)).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return f"-{'hidden-' if hidden else ''}{digest}"


def _empty(folder: str) -> EmptyFolderError:
    return EmptyFolderError(say("archive.listing.folder_holds_no_files", folder=folder))

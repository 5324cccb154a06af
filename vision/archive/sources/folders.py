"""Walking folders: every file once, in the same order every time, whatever is wrong with some of them."""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from vision.archive.errors import FolderUnreadableError
from vision.archive.sources.files import reason_of
from vision.archive.sources.names import is_left_out
from vision.archive.sources.places import ExcludedPlace, UnreadablePlace, UnseenPlace
from vision.media.folders import NOTHING_EXCLUDED, Exclusions, is_hidden, is_rubbish, kind_of_file, pictures_in
from vision.media.kinds import FileKind
from vision.media.unseen import NotLookedAtError
from vision.messages import say

_MAGIC = re.compile(r"[*?[]")
_ANY_FOLDERS = "**"


@dataclass(slots=True)
class Walker:
    """Walks folders for one listing; a folder that was walked is not walked again, under whichever name it comes.

    `leave_out` are real paths. Folders are told apart by their real paths, so that links in a circle end.
    """

    leave_out: frozenset[str]
    follow_links: bool
    hidden: bool
    excluded: Exclusions = NOTHING_EXCLUDED
    walked: set[str] = field(default_factory=set)

    def files_under(
        self, folder: str
    ) -> Iterator[tuple[os.DirEntry[str], str] | UnreadablePlace | UnseenPlace | ExcludedPlace]:
        """Yield (file, real path of its folder): a folder's own files first, sorted, then those of its subfolders.

        What is hidden and holds pictures, and what is excluded, is told in its place.
        """
        waiting = [(folder, os.path.realpath(folder))]
        while waiting:
            path, real = waiting.pop()
            if real in self.walked or self.is_left_out(real):
                continue
            self.walked.add(real)
            entries, trouble = _entries(path)
            below = []
            for entry in entries:
                aside = self._aside(entry, real)
                if aside is not None:
                    yield aside
                if aside is not None or is_left_out(entry.name, hidden=self.hidden):
                    continue
                if not _is_folder(entry):
                    yield entry, real
                elif not entry.is_symlink():
                    below.append((entry.path, inner(real, entry.name)))
                elif self.follow_links:
                    below.append((entry.path, os.path.realpath(entry.path)))
            waiting.extend(reversed(below))
            if trouble is not None:
                yield trouble

    def _aside(self, entry: os.DirEntry[str], real: str) -> UnseenPlace | ExcludedPlace | None:
        """Return what is to be told of something that is not listed."""
        if is_rubbish(entry.name) or self.is_left_out(inner(real, entry.name)):
            return None
        if entry.path in self.excluded:
            return ExcludedPlace(entry.path)
        if self.hidden or not is_hidden(entry.name):
            return None
        count = None
        if _is_folder(entry):
            if entry.is_symlink() or not (count := pictures_in(entry.path, self.excluded)):
                return None
        elif kind_of_file(entry.path) is None:
            return None
        return UnseenPlace(entry.path, NotLookedAtError(FileKind.HIDDEN, count))

    def is_left_out(self, real: str) -> bool:
        """Tell whether a folder, given by its real path, is to be left out, or lies in one that is."""
        return any(real == out or real.startswith(inner(out, "")) for out in self.leave_out)

    def matches(self, pattern: str) -> Iterator[str | UnreadablePlace]:
        """Yield the paths that fit a pattern, sorted folder by folder.

        `**` stands for any number of folders, none of them a link; links to folders fit nothing else either unless they
        are to be followed. Hidden names fit only patterns that begin with a dot, unless hidden ones were asked for.
        """
        parts = [part for part in pattern.split("/") if part]
        waiting = [("/" if pattern.startswith("/") else "", 0)]
        done = set()  # `**` comes to the same folder in several ways
        while waiting:
            path, at = step = waiting.pop()
            if step in done:
                continue
            done.add(step)
            if at == len(parts):
                yield path or os.curdir
                continue
            found, trouble = self._steps(path, parts, at)
            waiting.extend(reversed(found))
            if trouble is not None:
                yield trouble

    def _steps(self, path: str, parts: Sequence[str], at: int) -> tuple[list[tuple[str, int]], UnreadablePlace | None]:
        """Return what fits the part `at` under a folder, as (path, which part is next)."""
        part = parts[at]
        if not has_magic(part):
            literal = inner(path, part)
            return [(literal, at + 1)] if os.path.lexists(literal) else [], None
        if not os.path.isdir(path or os.curdir):  # noqa: PTH112
            return [], None
        entries, trouble = _entries(path or os.curdir)
        found = [(path, at + 1)] if part == _ANY_FOLDERS else []
        for entry in entries:
            if is_left_out(entry.name, hidden=self.hidden or part.startswith(".")):
                continue
            is_folder = _is_folder(entry)
            if part == _ANY_FOLDERS:
                if is_folder and not entry.is_symlink():
                    found.append((inner(path, entry.name), at))
            elif fnmatch.fnmatchcase(entry.name, part) and (not is_folder or self._is_followed(entry)):
                found.append((inner(path, entry.name), at + 1))
        return found, trouble

    def _is_followed(self, entry: os.DirEntry[str]) -> bool:
        return self.follow_links or not entry.is_symlink()


def inner(folder: str, name: str) -> str:
    """Return the path of what lies in a folder."""
    return os.path.join(folder, name)  # noqa: PTH118  a Path would rewrite the name as it was given


def has_magic(path: str) -> bool:
    """Tell whether a path may be a pattern."""
    return _MAGIC.search(path) is not None


def _entries(folder: str) -> tuple[list[os.DirEntry[str]], UnreadablePlace | None]:
    """Return what a folder holds, sorted, and what went wrong; where a disk fails half-way, both."""
    found: list[os.DirEntry[str]] = []
    trouble = None
    try:
        with os.scandir(folder) as entries:
            found.extend(entries)
    except (OSError, ValueError) as error:
        trouble = UnreadablePlace(folder, folder_unreadable(folder, error))
    found.sort(key=lambda entry: entry.name)
    return found, trouble


def folder_unreadable(folder: str, error: OSError | ValueError) -> FolderUnreadableError:
    """Return the typed error for what the system said about a folder."""
    return FolderUnreadableError(
        say("archive.folders.folder_could_not_be_opened", folder=folder, reason=reason_of(error))
    )


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle: reading tells
        return False

"""Which photos are meant by the paths that a user gives, and what beside them is not looked at."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vision.media.folders import NOTHING_EXCLUDED, Exclusions, is_hidden, is_rubbish, kind_of_file, pictures_in
from vision.media.kinds import FileKind
from vision.media.unseen import NotLookedAtError


@dataclass(frozen=True, slots=True)
class EmptyFolder:
    """A folder that was given, or lies under one, and cannot be listed (`reason`), or holds no photo at all."""

    path: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class UnseenFile:
    """A file that may hold pictures and is not looked at, or something hidden that holds photos or such files."""

    path: str
    error: NotLookedAtError


@dataclass(frozen=True, slots=True)
class ExcludedFile:
    """A file or folder that the user excluded."""

    path: str


Found = str | EmptyFolder | UnseenFile | ExcludedFile


def photos_of(paths: Sequence[str], leave_out: str | None = None) -> Iterator[str | EmptyFolder]:
    """Yield the photos of `files_of` alone, and every file that is named itself."""
    given = set(paths)
    for found in files_of(paths, leave_out):
        if isinstance(found, str | EmptyFolder):
            yield found
        elif found.path in given:
            yield found.path


def files_of(
    paths: Sequence[str],
    leave_out: str | None = None,
    excluded: Exclusions = NOTHING_EXCLUDED,
    *,
    tell_hidden: bool = True,
) -> Iterator[Found]:
    """Yield the photos in the order given; a folder's photos sorted, before those of its subfolders.

    Files that are named are always yielded, existing or not; what is no photo and may hold pictures as `UnseenFile`,
    in its place. In folders, machines' own files and folders and the folder `leave_out` (of marked pictures) are left
    out, links to folders are not followed, and a file counts as a photo by its header or its suffix. Hidden files and
    folders are not looked at; with `tell_hidden` they are `UnseenFile` where they hold photos.
    """
    walk = _Walk(None if leave_out is None else os.path.realpath(leave_out), excluded, tell_hidden)
    for path in paths:
        if os.path.isdir(path):  # noqa: PTH112  a Path would rewrite the name as it was given
            yield from walk.files_under(path)
        elif path in excluded:
            yield ExcludedFile(path)
        else:
            kind = kind_of_file(path)
            yield path if kind in (None, FileKind.PHOTO) else UnseenFile(path, NotLookedAtError(kind))


@dataclass(frozen=True, slots=True)
class _Walk:
    """How folders are walked: the real path of one that is left out, what is excluded, whether hidden ones are told."""

    leave_out: str | None
    excluded: Exclusions
    tell_hidden: bool

    def files_under(self, folder: str) -> Iterator[Found]:
        failures: list[EmptyFolder] = []

        def note(error: OSError) -> None:
            failures.append(EmptyFolder(str(error.filename), error.strerror or type(error).__name__))

        found = False
        for parent, subfolders, files in os.walk(folder, onerror=note):
            aside: list[Found] = []
            below = sorted(os.path.join(parent, name) for name in subfolders)  # noqa: PTH118
            subfolders[:] = [os.path.basename(path) for path in below if self._is_entered(path, aside)]  # noqa: PTH119
            for name in sorted(files):
                one = self._file(os.path.join(parent, name), name)  # noqa: PTH118
                if one is not None:
                    found = found or isinstance(one, str)
                    yield one
            yield from aside
        yield from failures
        if not found and not failures:
            yield EmptyFolder(folder)

    def _file(self, path: str, name: str) -> Found | None:
        """Return what a file of a folder is; None for what holds no pictures."""
        if is_rubbish(name) or (is_hidden(name) and not self.tell_hidden):
            return None
        if path in self.excluded:
            return ExcludedFile(path)
        kind = kind_of_file(path)
        if kind is None:
            return None
        if is_hidden(name):
            return UnseenFile(path, NotLookedAtError(FileKind.HIDDEN))
        return path if kind is FileKind.PHOTO else UnseenFile(path, NotLookedAtError(kind))

    def _is_entered(self, path: str, aside: list[Found]) -> bool:
        """Tell whether a subfolder is looked into; puts `aside` what is to be told of one that is not."""
        name = os.path.basename(path)  # noqa: PTH119
        if is_rubbish(name) or (self.leave_out is not None and os.path.realpath(path) == self.leave_out):
            return False
        if path in self.excluded:
            aside.append(ExcludedFile(path))
            return False
        if not is_hidden(name):
            return True
        if self.tell_hidden and not os.path.islink(path) and (count := pictures_in(path, self.excluded)):  # noqa: PTH114
            aside.append(UnseenFile(path, NotLookedAtError(FileKind.HIDDEN, count)))
        return False

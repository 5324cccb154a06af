"""Files and folders as the system has them: their kind, what is hidden, what is a machine's own, what is excluded."""

from __future__ import annotations

import fnmatch
import os
from dataclasses import dataclass

from vision.media.kinds import HEAD_BYTES, FileKind, kind_of, named_kind

_RUBBISH = frozenset(
    {
        # Copies, thumbnails and indexes that macOS, Synology, Android and desktops add to folders,
        *("__MACOSX", "@eaDir", ".thumbnails", ".thumbs", ".thumbdata", ".AppleDouble", ".AppleDB", ".Spotlight-V100"),
        *(".fseventsd", ".TemporaryItems", ".DocumentRevisions-V100"),
        # and what programs keep for themselves.
        *(".git", ".svn", ".hg", ".bzr", ".cache", ".npm", ".venv", ".tox", ".mypy_cache", ".ruff_cache"),
    }
)
_RUBBISH_FILES = frozenset({".DS_Store", "Thumbs.db", "ehthumbs.db", "desktop.ini"})

MOST_LOOKED_AT = 10_000
"""So many files of a hidden folder are looked at, to tell how many hold pictures."""


def is_rubbish(part: str) -> bool:
    """Tell whether a file or folder of this name is a machine's own: copies, thumbnails, indexes, version control."""
    return part in _RUBBISH or part in _RUBBISH_FILES or part.startswith("._")


def is_hidden(part: str) -> bool:
    """Tell whether people do not see a file or folder of this name unless they ask to."""
    return part.startswith(".")


@dataclass(frozen=True, slots=True)
class Exclusions:
    """What the user does not want looked at: patterns of names (`*.mp4`, `arsip lama`) or paths (`*/tmp/*`)."""

    patterns: tuple[str, ...] = ()

    def __contains__(self, path: str) -> bool:
        """Tell whether a file or folder is excluded; small and large letters are the same."""
        if not self.patterns:
            return False
        whole = path.lower()
        name = whole.rstrip("/").rpartition("/")[2]
        return any(
            fnmatch.fnmatchcase(whole if "/" in pattern else name, pattern.lower().rstrip("/"))
            for pattern in self.patterns
        )


NOTHING_EXCLUDED = Exclusions()


def kind_of_file(path: str) -> FileKind | None:
    """Return what a file is; by its name alone where it cannot be read.

    What is named like a photo counts as one, unread: whoever decodes it sees what it is. None for what holds no picture
    and for what is no regular file.
    """
    named = named_kind(path)
    if named is FileKind.PHOTO:
        return named
    try:
        # A pipe would block until somebody writes into it.
        if not os.path.isfile(path):  # noqa: PTH113
            return None
        with open(path, "rb") as file:  # noqa: PTH123
            return kind_of(file.read(HEAD_BYTES), path)
    except (OSError, ValueError):
        return named


def pictures_in(folder: str, excluded: Exclusions = NOTHING_EXCLUDED) -> int:
    """Return how many files under a folder are photos or may hold pictures; negative for more than were looked at."""
    found = looked_at = 0
    for parent, subfolders, files in os.walk(folder):
        subfolders[:] = sorted(name for name in subfolders if not is_rubbish(name))
        for name in files:
            path = os.path.join(parent, name)  # noqa: PTH118
            if is_rubbish(name) or path in excluded:
                continue
            if looked_at >= MOST_LOOKED_AT:
                return -found
            looked_at += 1
            found += kind_of_file(path) is not None
    return found

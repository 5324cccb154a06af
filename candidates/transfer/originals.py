"""Finding the photos that templates came from: a gallery knows a photo by its sha256 alone, never by its place."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterable, Iterator, Set
from pathlib import Path


def originals(folders: Iterable[Path], wanted: Set[str]) -> dict[str, Path]:
    """Return photo sha256 → a file with that content under the folders, for those of `wanted` that are there.

    `wanted` holds sha256 digests in lower-case hexadecimal. Folders are searched with everything below them, in the
    order given, names sorted, linked folders too (each folder once, so that links in a circle end); a file among
    `folders` stands for itself. What cannot be read is passed over. Every file met is read once, in pieces, until
    all are found: sizes are not stored, so nothing shorter than reading tells one photo from another.
    """
    found: dict[str, Path] = {}
    missing = set(wanted)
    files = _files(folders)
    while missing and (path := next(files, None)):
        digest = _sha256(path)
        if digest in missing:
            missing.discard(digest)
            found[digest] = path
    return found


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    """Yield regular files, each folder and each file once however many links lead to it."""
    seen: set[tuple[int, int]] = set()
    for start in folders:
        waiting = [Path(start)]
        while waiting:
            path = waiting.pop()
            try:
                status = path.stat()
                identity = (status.st_dev, status.st_ino)
                is_folder = stat.S_ISDIR(status.st_mode)
                if identity in seen or not (is_folder or stat.S_ISREG(status.st_mode)):
                    continue
                seen.add(identity)
                if is_folder:
                    waiting += sorted(path.iterdir(), reverse=True)
                    continue
            except OSError:
                continue
            yield path


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None

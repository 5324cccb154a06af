"""Writing marked pictures of checked photos into a folder."""

from __future__ import annotations

import os
from pathlib import Path

from vision.contract.result import CheckResult
from vision.media.photo import Picture
from vision.report.annotate import LONGEST_SIDE, annotate, save_annotated
from vision.runtime.whole_files import make_folder

_LONGEST_STEM = 230  # bytes; file systems allow names of 255


class MarkedPictures:
    """A folder of marked pictures. Never writes over a file that is already there."""

    def __init__(self, folder: str | Path) -> None:
        """Make the folder if there is none. Raises OSError."""
        self.folder = make_folder(folder)

    def write(self, path: str, picture: Picture, result: CheckResult) -> Path:
        """Mark the picture that was judged and return where the copy lies, named after `path`. Raises OSError."""
        target = free_name(self.folder, path, ".jpg")
        save_annotated(target, annotate(picture.shown(LONGEST_SIDE), result.to_answer(), result.language))
        return target


def free_name(folder: Path, path: str, suffix: str) -> Path:
    """Return a file in `folder`, named after the photo, that is not there yet; names too long for one are cut."""
    stem = os.fsdecode(os.fsencode(Path(path).stem)[:_LONGEST_STEM])
    target, number = folder / f"{stem}{suffix}", 1
    while target.exists():
        number += 1
        target = folder / f"{stem}-{number}{suffix}"
    return target

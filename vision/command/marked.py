"""Writing marked pictures of checked photos into a folder."""

from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.contract.result import CheckResult
from vision.errors import PhotoTooLargeError
from vision.media.photo import decode_full, open_photo
from vision.report.annotate import annotate, save_annotated
from vision.runtime.whole_files import make_folder

LONGEST_SIDE = 4000
"""Pixels; larger photos are reduced, since nobody looks at marks from that near."""

_LONGEST_STEM = 230  # bytes; file systems allow names of 255


class MarkedPictures:
    """A folder of marked pictures. Never writes over a file that is already there."""

    def __init__(self, folder: str | Path) -> None:
        """Make the folder if there is none. Raises OSError."""
        self.folder = make_folder(folder)

    def write(self, path: str, result: CheckResult) -> Path:
        """Mark the photo at `path` and return where the picture lies. Raises OSError, or PhotoError."""
        target = free_name(self.folder, path, ".jpg")
        save_annotated(target, annotate(reduced(path, LONGEST_SIDE), result.to_answer(), result.language))
        return target


def free_name(folder: Path, path: str, suffix: str) -> Path:
    """Return a file in `folder`, named after the photo, that is not there yet; names too long for one are cut."""
    stem = os.fsdecode(os.fsencode(Path(path).stem)[:_LONGEST_STEM])
    target, number = folder / f"{stem}{suffix}", 1
    while target.exists():
        number += 1
        target = folder / f"{stem}-{number}{suffix}"
    return target


def reduced(path: str, longest_side: int) -> NDArray[np.uint8]:
    """Return the photo, (height, width, 3) uint8 RGB, at full size or with a long side of `longest_side` at most."""
    try:
        pixels = decode_full(path)
    except PhotoTooLargeError:
        pixels = open_photo(path).pixels
    scale = longest_side / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    size_wh = max(round(pixels.shape[1] * scale), 1), max(round(pixels.shape[0] * scale), 1)
    return np.asarray(cv2.resize(pixels, size_wh, interpolation=cv2.INTER_AREA), dtype=np.uint8)

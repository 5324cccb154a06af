"""The photos and the gallery that checks are timed on."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from candidates import Candidate, Gallery, Reference
from scripts import ROOT
from vision.stages.engines import face_model_id

PHOTOS = ROOT / "fixtures" / "photos"
TWELVE_MEGAPIXELS = (4000, 3000)
_TWO_MEGAPIXELS = (1732, 1155)
_GRADUATION = "groups/scenes/graduation.jpg"
_THIRTY_THREE = (0, 130, 1150, 1154)
"""Left, top, right, bottom of a part with 33 of the 47 graduates: 1.2 megapixels with the photo's own pixels."""


def make_photo(target: Path, source: Path = PHOTOS / "collins_peace.jpg") -> Path:
    """Write a 12-megapixel JPEG of a photo: enlarged, cut to 4:3, with a camera's noise so that it decodes like one."""
    return _enlarged(source, target, TWELVE_MEGAPIXELS)


def make_empty_photo(target: Path) -> Path:
    """Write a 2-megapixel JPEG without people."""
    return _enlarged(PHOTOS / "no_people.jpg", target, _TWO_MEGAPIXELS)


def cut_group(data: Path, target: Path) -> Path | None:
    """Write 1.2 megapixels of 33 graduates, most with raised thumbs; None without the labelled pictures."""
    if not (data / _GRADUATION).is_file():
        return None
    with Image.open(data / _GRADUATION) as photo:
        left, top, right, bottom = _THIRTY_THREE
        photo.convert("RGB").crop((left, top, right, bottom)).save(target, quality=95)
    return target


def resized(pixels: NDArray[np.uint8], megapixels: float) -> NDArray[np.uint8]:
    """Return the picture with about so many megapixels."""
    scale = float(np.sqrt(megapixels * 1e6 / (pixels.shape[0] * pixels.shape[1])))
    how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    return np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=how), dtype=np.uint8)


def make_gallery(target: Path) -> Path:
    """Write a gallery of one person who looks like nobody, so that faces are turned into vectors and compared."""
    nobody = np.zeros(128, np.float32)
    nobody[0] = 1
    with Gallery.open(target, create=True) as gallery:
        gallery.put(
            Candidate("nobody", "Nobody"), [Reference(0, "nobody", "n", "0" * 64, face_model_id(), nobody, 99.0)]
        )
    return target


def _enlarged(source: Path, target: Path, size_wh: tuple[int, int]) -> Path:
    width, height = size_wh
    with Image.open(source) as small:
        high = max(round(small.height * width / small.width), height)
        enlarged = small.convert("RGB").resize((width, high), Image.Resampling.BICUBIC)
    pixels = np.asarray(enlarged.crop((0, 0, width, height)), dtype=np.float32)
    noise = np.random.default_rng(0).normal(0, 4, pixels.shape)
    Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8)).save(target, quality=92)
    return target

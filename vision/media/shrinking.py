"""Making pictures smaller by areas, so that nothing is skipped and nothing aliases."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def resized(pixels: Pixels, size_wh: tuple[int, int]) -> Pixels:
    """Return (height, width, 3) uint8 pixels at a smaller size (width, height), area-averaged."""
    return np.asarray(cv2.resize(pixels, size_wh, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def scaled_wh(pixels: Pixels, scale: float) -> tuple[int, int]:
    """Return the size (width, height) of pixels at a scale, of one pixel at least."""
    return max(round(pixels.shape[1] * scale), 1), max(round(pixels.shape[0] * scale), 1)


def reduced(pixels: Pixels, longest_side: int) -> Pixels:
    """Return pixels as they are, or with a long side of `longest_side` where it is larger."""
    scale = longest_side / max(pixels.shape[:2])
    return pixels if scale >= 1 else resized(pixels, scaled_wh(pixels, scale))


def halved(pixels: Pixels, scale: float) -> tuple[Pixels, int]:
    """Return (height, width, 3) uint8 pixels halved as often as a picture at `scale` (0..1) allows, and how often.

    The mean of four pixels, again and again, is many times faster than any other factor. What is left to do is a factor
    of a half or more. Odd rows and columns at the end are left out.
    """
    times = 0
    while scale * 2 ** (times + 1) <= 1 and min(pixels.shape[:2]) > 1:
        height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
        pixels = resized(pixels[: 2 * height, : 2 * width], (width, height))
        times += 1
    return pixels, times


def shrunk(pixels: Pixels, scale: float) -> Pixels:
    """Return (height, width, 3) uint8 pixels at a scale under 1, by halves first; from 1 on as they are."""
    return pixels if scale >= 1.0 else resized(halved(pixels, scale)[0], scaled_wh(pixels, scale))

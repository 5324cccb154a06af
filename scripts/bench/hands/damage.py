"""What happens to photos: compression, shaking, little light, light from behind, a small copy. (h, w, 3) uint8 RGB."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.bench.hands.bench import Pixels
from scripts.bench.hands.hosts import as_jpeg

_GAMMA = 2.2
_ELECTRONS = 4000.0
"""What a small sensor's pixel holds in full light: sets how much a dark photo rustles."""

_READ_NOISE = 3.0

Damage = Callable[[Pixels, np.random.Generator], Pixels]


def jpeg_30(pixels: Pixels, _rng: np.random.Generator) -> Pixels:
    """Compress at quality 30, as after a few messengers."""
    return as_jpeg(pixels, 30)


def motion_blur(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Shake along a drawn direction by 1.5% of the longer side."""
    length = max(round(0.015 * max(pixels.shape)), 3) | 1
    line = np.zeros((length, length), np.float32)
    line[length // 2] = 1
    turn = cv2.getRotationMatrix2D((length // 2, length // 2), float(rng.uniform(0, 180)), 1)
    kernel = np.asarray(cv2.warpAffine(line, turn, (length, length)))
    return np.asarray(cv2.filter2D(pixels, -1, kernel / kernel.sum(), borderType=cv2.BORDER_REPLICATE), np.uint8)


def dark(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """A tenth of the light: shot and read noise of a small sensor, then eight bits."""
    electrons = rng.poisson(_ELECTRONS * 0.1 * _linear(pixels)) + rng.normal(0, _READ_NOISE, pixels.shape)
    return _photo(electrons / _ELECTRONS)


def back_light(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """The light comes from behind: what faces the camera gets a quarter of it, and a veil lies over the picture.

    The veil (stray light in the lens) is white, from 0.35 of full light at a drawn place of the upper edge to 0.08 far
    from it, so hands are dark, of low contrast, and more so toward the light. Pictures have no depth, so the background
    is not lightened by itself.
    """
    height, width = pixels.shape[:2]
    rows, columns = np.mgrid[:height, :width]
    far = np.hypot(columns - rng.uniform(0, width), rows) / max(height, width)
    veil = 0.08 + 0.27 * np.exp(-((far / 0.5) ** 2))
    return _photo(0.25 * _linear(pixels) + veil[..., None])


def half_size(pixels: Pixels, _rng: np.random.Generator) -> Pixels:
    """Half the width and height."""
    size = max(pixels.shape[1] // 2, 1), max(pixels.shape[0] // 2, 1)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


DAMAGES: dict[str, Damage] = {
    "as is": lambda pixels, _rng: pixels,
    "JPEG quality 30": jpeg_30,
    "motion blur": motion_blur,
    "a tenth of the light": dark,
    "back light": back_light,
    "half size": half_size,
}


def _linear(pixels: Pixels) -> NDArray[np.float64]:
    linear: NDArray[np.float64] = (pixels / 255.0) ** _GAMMA
    return linear


def _photo(linear: NDArray[np.float64]) -> Pixels:
    return (np.clip(linear, 0, 1) ** (1 / _GAMMA) * 255 + 0.5).astype(np.uint8)

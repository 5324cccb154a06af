"""Cutting a square out of a picture, turned and scaled, for a network to look at.

One rule for half pixels: the middle of a pixel lies at a whole number, as OpenCV and dlib count. The corner of the
picture is then at (-0.5, -0.5), and a pixel that `f` others were averaged to has its middle at `(f - 1) / 2` of theirs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.geometry import Box
from vision.media.shrinking import Pixels, halved, resized, scaled_wh


@dataclass(frozen=True, slots=True)
class Shrinking:
    """When and how a part is shrunk by areas before it is warped: a warp reads four neighbours, and would skip pixels.

    below : the scale under which it is. by_halves : by halves first, which is many times quicker; where a network's
    answers are kept and compared, the grey levels have to stay what they were. centred : whether the half-pixel rule is
    kept; numbers that were measured without it need the offset that they were measured with.
    """

    below: float
    by_halves: bool = False
    centred: bool = True


def cut_square(
    pixels: Pixels,
    to_square: NDArray[np.float64],
    side: int,
    part: Box,
    shrinking: Shrinking,
    *,
    grey: int | None = None,
    cubic: bool = False,
) -> Pixels:
    """Cut the square that `to_square` brings to the pixels 0 to `side` - 1: (side, side, 3) uint8, contiguous.

    pixels : (height, width, 3) uint8. to_square : (2, 3) float64, a turn, scale and shift from picture to square, may
    mirror. part : what is read of the picture, the square and a little around it. grey : what lies outside of the
    picture, None for its edge repeated.
    """
    inside = part.clipped((pixels.shape[1], pixels.shape[0]))
    left, top = math.floor(inside.left), math.floor(inside.top)
    source = pixels[top : math.ceil(inside.bottom), left : math.ceil(inside.right)]
    if source.size == 0:
        return np.full((side, side, 3), grey or 0, np.uint8)
    matrix = to_square.copy()
    matrix[:, 2] += matrix[:, :2] @ (left, top)
    scale = math.hypot(matrix[0, 0], matrix[0, 1])
    if scale < shrinking.below:
        whole, times = halved(source, scale) if shrinking.by_halves else (source, 0)
        source = resized(whole, scaled_wh(whole, scale * 2**times))
        lengths_wh = whole.shape[1] * 2**times, whole.shape[0] * 2**times
        factors = np.array([lengths_wh[0] / source.shape[1], lengths_wh[1] / source.shape[0]])
        if shrinking.centred:
            matrix[:, 2] += matrix[:, :2] @ ((factors - 1) / 2)
        matrix[:, :2] *= factors
    cut = cv2.warpAffine(
        source,
        matrix,
        (side, side),
        flags=cv2.INTER_CUBIC if cubic else cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE if grey is None else cv2.BORDER_CONSTANT,
        borderValue=(grey or 0,) * 3,
    )
    return np.ascontiguousarray(cut, dtype=np.uint8)

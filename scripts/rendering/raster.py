"""Turning triangles into pixels: a z-buffer in numpy, without a loop over triangles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .rig import Floats

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Fragments:
    """What is visible: `mask` (h, w) bool and, for its true pixels in row order, triangle, weights (n, 3) and depth."""

    mask: NDArray[np.bool_]
    triangle: Ints
    weights: Floats
    depth: Floats


def rasterize(points_xy: Floats, depth: Floats, faces: Ints, size_wh: tuple[int, int]) -> Fragments:
    """Draw `faces` (f, 3) of projected vertices (v, 2); of several at a pixel the one with the least depth stays."""
    width, height = size_wh
    a, b, c = points_xy[faces[:, 0]], points_xy[faces[:, 1]], points_xy[faces[:, 2]]
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    low = np.maximum(np.floor(np.minimum(np.minimum(a, b), c)).astype(int), 0)
    high = np.ceil(np.maximum(np.maximum(a, b), c)).astype(int)
    high = np.minimum(high, [width - 1, height - 1])
    extent = high - low + 1
    drawn = np.nonzero((np.abs(area) > 1e-9) & (extent > 0).all(1))[0]
    extent = extent[drawn]
    counts = extent[:, 0] * extent[:, 1]
    slot = np.repeat(np.arange(len(drawn)), counts)
    offset = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    triangle = drawn[slot]
    x = low[triangle, 0] + offset % extent[slot, 0]
    y = low[triangle, 1] + offset // extent[slot, 0]
    pa, pb, pc, whole = a[triangle], b[triangle], c[triangle], area[triangle]
    w0 = ((pb[:, 0] - x) * (pc[:, 1] - y) - (pb[:, 1] - y) * (pc[:, 0] - x)) / whole
    w1 = ((pc[:, 0] - x) * (pa[:, 1] - y) - (pc[:, 1] - y) * (pa[:, 0] - x)) / whole
    weights = np.stack([w0, w1, 1 - w0 - w1], 1)
    inside = (weights >= -1e-6).all(1)
    x, y, triangle, weights = x[inside], y[inside], triangle[inside], weights[inside]
    near = (weights * depth[faces[triangle]]).sum(1)
    # Far to near, so that the nearest is written last and wins.
    order = np.argsort(-near, kind="stable")
    winner = np.full(width * height, -1)
    winner[(y * width + x)[order]] = order
    mask = winner >= 0
    chosen = winner[mask]
    return Fragments(mask.reshape(height, width), triangle[chosen], weights[chosen], near[chosen])

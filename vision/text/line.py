"""A line of text in a picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vision.geometry import Box

Quad = NDArray[np.float32]
"""(4, 2) pixels of the picture: upper left, upper right, lower right, lower left corner of a line as it is read."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line that was read: `box` around it and `height` of its letters in pixels of the picture, `score` 0..1."""

    box: Box
    text: str
    score: float
    height: float


def box_around(quad: Quad) -> Box:
    """Return the upright box around a line."""
    left, top = quad.min(axis=0)
    right, bottom = quad.max(axis=0)
    return Box(float(left), float(top), float(right - left), float(bottom - top))


def sides(quad: Quad) -> tuple[float, float]:
    """Return a line's width and height in pixels: along it, and across it."""
    return float(np.linalg.norm(quad[1] - quad[0])), float(np.linalg.norm(quad[3] - quad[0]))

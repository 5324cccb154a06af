"""The answer of a face detector."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vision.geometry import Box


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """A face as the detector sees it.

    `box` in pixels, `score` 0..1, `points_xy` (5, 2) float64 in pixels, as `vision.faces.face.FIVE_POINTS` has them.
    """

    box: Box
    score: float
    points_xy: NDArray[np.float64]

    @property
    def roll_degrees(self) -> float:
        """How far the line from the picture's left to its right eye leans, clockwise positive."""
        across, down = self.points_xy[1] - self.points_xy[0]
        return math.degrees(math.atan2(down, across))

    def moved(self, dx: float, dy: float) -> Detection:
        """Shift the detection by (dx, dy) pixels."""
        return Detection(self.box.moved(dx, dy), self.score, self.points_xy + np.array([dx, dy]))

    def scaled(self, scale_xy: tuple[float, float]) -> Detection:
        """Multiply everything by (x, y) factors."""
        return Detection(self.box.scaled(scale_xy), self.score, self.points_xy * scale_xy)

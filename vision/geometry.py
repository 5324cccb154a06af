"""Boxes, and the one coordinate rule of the project.

Coordinates are pixels of the upright photo, floats, origin at the top left corner, x to the right, y down.
Stages before the result (faces, hands) work in *analysis* pixels, those of `Photo.pixels`; the checker turns them
into pixels of the full-size upright photo once, when it builds the result.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """An axis-parallel box in pixels: `left`, `top`, `width`, `height` (floats, width and height >= 0)."""

    left: float
    top: float
    width: float
    height: float

    def __post_init__(self) -> None:
        if self.width < 0 or self.height < 0:
            raise ValueError(f"a box needs width and height >= 0, got {self.width} x {self.height}")

    @classmethod
    def from_corners(cls, left: float, top: float, right: float, bottom: float) -> Box:
        """Build a box from its edges in pixels."""
        return cls(left, top, right - left, bottom - top)

    @classmethod
    def around(cls, points_xy: Iterable[tuple[float, float]]) -> Box:
        """Return the smallest box that holds every (x, y) point."""
        xs, ys = zip(*points_xy, strict=True)
        return cls.from_corners(float(min(xs)), float(min(ys)), float(max(xs)), float(max(ys)))

    @property
    def right(self) -> float:
        """The right edge in pixels."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower edge in pixels."""
        return self.top + self.height

    @property
    def center_xy(self) -> tuple[float, float]:
        """The middle of the box, (x, y) in pixels."""
        return self.left + self.width / 2, self.top + self.height / 2

    @property
    def area(self) -> float:
        """The area in square pixels."""
        return self.width * self.height

    def scaled(self, scale_xy: tuple[float, float]) -> Box:
        """Multiply all coordinates by (x, y) factors."""
        sx, sy = scale_xy
        return Box(self.left * sx, self.top * sy, self.width * sx, self.height * sy)

    def moved(self, dx: float, dy: float) -> Box:
        """Shift the box by (dx, dy) pixels."""
        return Box(self.left + dx, self.top + dy, self.width, self.height)

    def expanded(self, factor: float) -> Box:
        """Grow (or shrink) the box about its centre by `factor`."""
        cx, cy = self.center_xy
        w, h = self.width * factor, self.height * factor
        return Box(cx - w / 2, cy - h / 2, w, h)

    def clipped(self, size_wh: tuple[int, int]) -> Box:
        """Cut the box to a photo of `size_wh` pixels; outside of it the box is empty."""
        width, height = size_wh
        left, top = min(max(self.left, 0.0), width), min(max(self.top, 0.0), height)
        right, bottom = max(min(self.right, width), left), max(min(self.bottom, height), top)
        return Box.from_corners(left, top, right, bottom)

    def intersection(self, other: Box) -> float:
        """Return the shared area in square pixels."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(width, 0.0) * max(height, 0.0)

    def iou(self, other: Box) -> float:
        """Return intersection over union, 0..1."""
        shared = self.intersection(other)
        union = self.area + other.area - shared
        return shared / union if union > 0 else 0.0

    def overlap(self, other: Box) -> float:
        """Return the shared area as a part of the smaller box, 0..1."""
        smaller = min(self.area, other.area)
        return self.intersection(other) / smaller if smaller > 0 else 0.0

    def contains(self, x: float, y: float) -> bool:
        """Tell whether the point lies in the box."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    def as_ltwh(self) -> tuple[float, float, float, float]:
        """Return left, top, width, height rounded to a tenth of a pixel, as in the JSON contract."""
        return round(self.left, 1), round(self.top, 1), round(self.width, 1), round(self.height, 1)

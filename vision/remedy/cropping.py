"""The best cut: the rectangle that leaves boxes out and keeps people, whole, and picture. Pure geometry.

An exact search: a rectangle that cannot grow has each side on the photo's rim, on a box that is left out, or on a head
that is left out. So for every pair of such upper and lower sides, what is in the way is marked on the line between the
photo's left and right rim, and every gap is a rectangle that cannot grow.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from vision.geometry import Box
from vision.remedy.remedy import whole

SLENDEREST = 3.0
"""No cut is longer than this many times its width, or wider than this many times its height: feeds show no strips."""

LEAST_SIDE_PX = 320
"""A cut's short side has so many pixels at least, and a quarter of the photo's; a third of the photo's always does."""

LEAST_KEPT = 0.1
"""A cut that leaves less of the picture than this is no photo of the occasion any more."""

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Head:
    """A person whom a cut keeps whole or leaves out.

    `box` holds head and hair, whole pixels. A person left out takes `chest` along: nobody stands in a picture without
    a head. `weight` says how much of the photo's people the person is.
    """

    box: Box
    chest: Box
    weight: float

    @classmethod
    def of(cls, face: Box, widest: float, size_wh: tuple[int, int]) -> Head:
        """Make it from a face's box (brow to chin); people count by the width of their faces over the `widest`.

        The face detector's boxes leave out 0.3 to 0.5 of their height of hair or cap, and ears by a sixth of their
        width (looked up on the sample photos). A chest reaches two face heights down.
        """
        w, h = face.width, face.height
        left, right = face.left - 0.17 * w, face.right + 0.17 * w
        head = whole(Box.from_corners(left, face.top - 0.5 * h, right, face.bottom + 0.2 * h)).clipped(size_wh)
        chest = whole(Box.from_corners(left, face.top - 0.5 * h, right, face.bottom + 2 * h)).clipped(size_wh)
        return cls(head, chest, face.width / widest)


@dataclass(frozen=True, slots=True)
class Cut:
    """A rectangle of whole pixels and the weight of the people it keeps."""

    box: Box
    people: float

    @property
    def rank(self) -> tuple[float, float, float, float]:
        """What makes a cut better: more people, more picture; then the place, so that the answer is one."""
        return round(self.people, 6), self.box.area, -self.box.top, -self.box.left


def best_cut(size_wh: tuple[int, int], avoid: Sequence[Box], heads: Sequence[Head]) -> Cut | None:
    """Return the cut that shares no pixel with the boxes of `avoid`, keeps most people, and then most of the picture.

    Each head is in it whole or not at all. None when no cut is large enough, or when all people would be lost.
    """
    avoid = [box for box in (whole(box).clipped(size_wh) for box in avoid) if box.area > 0]
    long, short = max(size_wh), min(size_wh)
    search = _Search(
        avoid=avoid,
        heads=heads,
        size_wh=size_wh,
        slenderest=max(SLENDEREST, long / short),
        least_side=min(max(LEAST_SIDE_PX, short / 4), short / 3),
    )
    cuts = [cut for cut in search.cuts() if not heads or cut.people > 0]
    return max(cuts, key=lambda cut: cut.rank, default=None)


@dataclass(frozen=True, slots=True)
class _Search:
    avoid: Sequence[Box]
    heads: Sequence[Head]
    size_wh: tuple[int, int]
    slenderest: float
    least_side: float

    def cuts(self) -> Iterator[Cut]:
        width, height = self.size_wh
        chests = [head.chest for head in self.heads]
        tops = {0.0, *(box.bottom for box in self.avoid), *(chest.bottom for chest in chests)}
        bottoms = {float(height), *(box.top for box in self.avoid), *(head.box.top for head in self.heads)}
        for top in sorted(tops):
            for bottom in sorted(bottoms):
                if bottom - top >= self.least_side:
                    for left, right in self._gaps(top, bottom, (0.0, float(width))):
                        for box in self._in_shape(Box.from_corners(left, top, right, bottom)):
                            yield Cut(box, sum(head.weight for head in self.heads if _holds(box, head.box)))

    def _gaps(self, top: float, bottom: float, within: Interval) -> Iterator[Interval]:
        """Yield the widest (left, right) in which nothing between `top` and `bottom` is in the way."""
        inside = [head.box for head in self.heads if top <= head.box.top and head.box.bottom <= bottom]
        outside = [head.chest for head in self.heads if not (top <= head.box.top and head.box.bottom <= bottom)]
        blocking = [(box.left, box.right) for box in (*self.avoid, *outside) if box.top < bottom and box.bottom > top]
        for left, right in _free(within, blocking):
            gap = _without_halves((left, right), [(box.left, box.right) for box in inside])
            if gap[1] - gap[0] >= self.least_side:
                yield gap

    def _in_shape(self, box: Box) -> Iterator[Box]:
        """Yield the rectangle, or the largest parts of it that are not too slender."""
        if box.width > self.slenderest * box.height:
            length = math.floor(self.slenderest * box.height)
            sides = [side for head in self.heads for side in (head.box.left, head.box.right)]
            for left, right in _windows((box.left, box.right), length, sides):
                for gap in self._gaps(box.top, box.bottom, (left, right)):
                    yield from self._large_enough(Box.from_corners(gap[0], box.top, gap[1], box.bottom))
        elif box.height > self.slenderest * box.width:
            length = math.floor(self.slenderest * box.width)
            sides = [side for head in self.heads for side in (head.box.top, head.box.bottom, head.chest.bottom)]
            for top, bottom in _windows((box.top, box.bottom), length, sides):
                for gap in self._gaps(top, bottom, (box.left, box.right)):
                    yield from self._large_enough(Box.from_corners(gap[0], top, gap[1], bottom))
        else:
            yield from self._large_enough(box)

    def _large_enough(self, box: Box) -> Iterator[Box]:
        width, height = self.size_wh
        long, short = max(box.width, box.height), min(box.width, box.height)
        if short >= self.least_side and long <= self.slenderest * short and box.area >= LEAST_KEPT * width * height:
            yield box


def _holds(outer: Box, inner: Box) -> bool:
    sides = outer.left <= inner.left and inner.right <= outer.right
    return sides and outer.top <= inner.top and inner.bottom <= outer.bottom


def _free(within: Interval, blocking: Iterable[Interval]) -> Iterator[Interval]:
    """Yield the parts of `within` that no blocking interval touches, from left to right."""
    at, end = within
    for start, stop in sorted(blocking):
        if min(start, end) > at:
            yield at, min(start, end)
        at = max(at, stop)
    if at < end:
        yield at, end


def _without_halves(gap: Interval, heads: Sequence[Interval]) -> Interval:
    """Move the ends of a gap inward until no head sticks out of it: what sticks out can only be left out."""
    left, right = gap
    moved = True
    while moved and left < right:
        moved = False
        for start, stop in heads:
            if start < left < stop:
                left, moved = stop, True
            elif start < right < stop:
                right, moved = start, True
    return left, max(left, right)


def _windows(span: Interval, length: float, sides: Iterable[float]) -> Iterator[Interval]:
    """Yield the parts of `span` of a length that begin or end at its ends or at one of the sides."""
    low, high = span
    starts = {low, high - length, *sides, *(side - length for side in sides)}
    for start in sorted(starts):
        if low <= start and start + length <= high:
            yield start, start + length

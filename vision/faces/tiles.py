"""Tiles for finding small faces, and merging the detections of overlapping tiles."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from vision.faces.detection import Detection
from vision.geometry import Box
from vision.suppression import best_of_each

BAND, OVERLAP = 704, 128
"""Pixels of a band's length, and of what two of them share: two bands hold a picture of 1280 x 960.

A face that is larger than the overlap and lies across the edge of a band is seen whole from afar.
"""

_BORDER_PX = 8
_SAME_FACE_OVERLAP = 0.5
_SAME_FACE_IOU = 0.3


@dataclass(frozen=True, slots=True)
class Tile:
    """A cut-out of a picture, in whole pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def box(self) -> Box:
        """The tile as a box."""
        return Box(self.left, self.top, self.width, self.height)


def plan_bands(size_wh: tuple[int, int], within: Box | None = None) -> tuple[Tile, ...]:
    """Cut a picture, or the part of it in `within`, across its longer side into overlapping bands, in reading order."""
    area = Box(0, 0, *size_wh) if within is None else within.clipped(size_wh)
    left, top, right, below = (
        math.floor(area.left),
        math.floor(area.top),
        math.ceil(area.right),
        math.ceil(area.bottom),
    )
    width, height = right - left, below - top
    if width < 1 or height < 1:
        return ()
    if width >= height:
        return tuple(Tile(left + start, top, min(BAND, width), height) for start in _starts(width))
    return tuple(Tile(left, top + start, width, min(BAND, height)) for start in _starts(height))


def _starts(length: int) -> list[int]:
    if length <= BAND:
        return [0]
    steps = math.ceil((length - BAND) / (BAND - OVERLAP))
    return [round(step * (length - BAND) / steps) for step in range(steps + 1)]


def belongs_to_tile(box: Box, tile: Tile, size_wh: tuple[int, int]) -> bool:
    """Tell whether a box found in a tile is whole there (both in pixels of the picture of `size_wh`).

    A face cut by an inner border of the tile is whole in the next tile, or from afar.
    """
    right, bottom = tile.left + tile.width, tile.top + tile.height
    cut = (
        (tile.left > 0 and box.left < tile.left + _BORDER_PX)
        or (tile.top > 0 and box.top < tile.top + _BORDER_PX)
        or (right < size_wh[0] and box.right > right - _BORDER_PX)
        or (bottom < size_wh[1] and box.bottom > bottom - _BORDER_PX)
    )
    return not cut


def merge(detections: Iterable[Detection]) -> list[Detection]:
    """Keep the best-scored detection of each face. Ties go to the upper, then the left one."""
    ranked = sorted(detections, key=lambda one: (-one.score, one.box.top, one.box.left, one.box.width))
    return best_of_each(ranked, lambda one, other: _same_face(one.box, other.box))


def _same_face(first: Box, second: Box) -> bool:
    return first.overlap(second) > _SAME_FACE_OVERLAP or first.iou(second) > _SAME_FACE_IOU


def reading_order(boxes: Iterable[Box]) -> list[int]:
    """Return the indices of the boxes in reading order: rows from the top, each from left to right.

    A box belongs to a row when its centre lies less than half its height under the centre that opened the row.
    """
    listed = list(boxes)
    by_height = sorted(range(len(listed)), key=lambda index: (listed[index].center_xy[1], listed[index].left))
    rows: list[list[int]] = []
    for index in by_height:
        box = listed[index]
        opener = listed[rows[-1][0]] if rows else None
        if opener is not None and box.center_xy[1] - opener.center_xy[1] < opener.height / 2:
            rows[-1].append(index)
        else:
            rows.append([index])
    return [index for row in rows for index in sorted(row, key=lambda one: (listed[one].left, listed[one].top))]

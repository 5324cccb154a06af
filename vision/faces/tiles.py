"""Where to look for small faces, and what to make of faces found in overlapping cut-outs."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from vision.faces.detector import Detection
from vision.geometry import Box

_BORDER = 0.02
_LARGEST_PART = 0.5
_SAME_FACE_OVERLAP = 0.5
_SAME_FACE_IOU = 0.3


@dataclass(frozen=True, slots=True)
class Tile:
    """A square cut-out of the photo, in whole pixels; at the photo's edge it may be narrower than `side`."""

    left: int
    top: int
    width: int
    height: int

    @property
    def box(self) -> Box:
        """The tile as a box."""
        return Box(self.left, self.top, self.width, self.height)


def plan_tiles(size_wh: tuple[int, int], side: int, overlap: float, within: Box | None = None) -> tuple[Tile, ...]:
    """Cover a photo with tiles of `side` pixels that overlap by at least `overlap` (a part of the side, 0..1).

    `within` keeps only the tiles that touch that box. Tiles run in reading order.
    """
    if side < 1 or not 0.0 <= overlap < 1.0:
        raise ValueError(f"expected a side of 1 or more and an overlap in 0..1, got {side} and {overlap}")
    width, height = size_wh
    tiles = (
        Tile(left, top, min(side, width), min(side, height))
        for top in _starts(height, side, overlap)
        for left in _starts(width, side, overlap)
    )
    return tuple(tile for tile in tiles if within is None or tile.box.intersection(within) > 0)


def _starts(length: int, side: int, overlap: float) -> list[int]:
    if length <= side:
        return [0]
    steps = math.ceil((length - side) / (side * (1.0 - overlap)))
    return [round(step * (length - side) / steps) for step in range(steps + 1)]


def belongs_to_tile(box: Box, tile: Tile, size_wh: tuple[int, int]) -> bool:
    """Tell whether a box (photo pixels) found in a tile is one that this tile can see well.

    A face cut by an inner border of the tile is whole in the next tile, and one that fills more than half of the tile
    is whole at the scale before.
    """
    margin = _BORDER * tile.width
    right, bottom = tile.left + tile.width, tile.top + tile.height
    cut = (
        (tile.left > 0 and box.left < tile.left + margin)
        or (tile.top > 0 and box.top < tile.top + margin)
        or (right < size_wh[0] and box.right > right - margin)
        or (bottom < size_wh[1] and box.bottom > bottom - margin)
    )
    return not cut and box.width <= _LARGEST_PART * tile.width


def merge(detections: Iterable[Detection]) -> list[Detection]:
    """Keep the best-scored detection of each face. Ties go to the upper, then the left one."""
    kept: list[Detection] = []
    for detection in sorted(detections, key=lambda one: (-one.score, one.box.top, one.box.left, one.box.width)):
        if not any(_same_face(detection.box, other.box) for other in kept):
            kept.append(detection)
    return kept


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

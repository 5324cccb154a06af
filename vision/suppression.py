"""Which of many detections are the same (non-maximum suppression)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Item = TypeVar("Item")


def suppressed(count: int, same_as: Callable[[int, NDArray[np.intp]], NDArray[np.bool_]]) -> list[NDArray[np.intp]]:
    """Group detections that are the same (non-maximum suppression), from 0, the best, to `count` - 1, the least.

    `same_as(best, others)` tells which of the others are the same as one that is better than they. Each group begins
    with its best, ascending; the groups come in the order of their bests.
    """
    left, groups = np.arange(count), []
    while len(left):
        best, others = left[0], left[1:]
        same = same_as(int(best), others)
        groups.append(np.concatenate([left[:1], others[same]]))
        left = others[~same]
    return groups


def best_of_each(items: Iterable[Item], is_same: Callable[[Item, Item], bool]) -> list[Item]:
    """Return the best of all that are the same; `items` come the best first."""
    listed = list(items)
    groups = suppressed(
        len(listed),
        lambda best, others: np.array([is_same(listed[best], listed[other]) for other in others], dtype=bool),
    )
    return [listed[group[0]] for group in groups]


def overlapping(
    corners_xy: NDArray[np.floating], sizes_wh: NDArray[np.floating], most_iou: float
) -> list[NDArray[np.intp]]:
    """Group boxes, best first, that overlap by more than `most_iou` (0..1): indices, each group's best first.

    corners_xy : (n, 2), left and top. sizes_wh : (n, 2); a box without an extent is a group of its own.
    """
    ends, areas = corners_xy + sizes_wh, np.maximum(sizes_wh, 0).prod(axis=1)

    def same_as(best: int, others: NDArray[np.intp]) -> NDArray[np.bool_]:
        shared_wh = np.minimum(ends[best], ends[others]) - np.maximum(corners_xy[best], corners_xy[others])
        shared = np.maximum(shared_wh, 0).prod(axis=1)
        same: NDArray[np.bool_] = shared > most_iou * np.maximum(areas[best] + areas[others] - shared, 1e-9)
        return same

    return suppressed(len(areas), same_as)

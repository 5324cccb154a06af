"""Comparing the templates of a gallery with one another: who comes near whom, and whose photos do not belong together.

Everything here is numbers; `candidates.health.likeness` says what they mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from candidates.matching.calibration import Calibration
from candidates.search.distances import distances_between

SAME_PERSON_ALARMS = 0.025
"""Share (0..1) of people without a double who may be told to have one, whatever the gallery's size.

`python -m scripts.bench health --choose` prints what this and the other limits of this module find, and what others
would.
"""

SAME_PERSON_RATE = 1e-3
"""The largest false match rate at which two are told to be one, or to look alike; it rules below some 20 people."""

SPELLED_RATE = 0.005
"""The false match rate at which two are told to be one whose names are spelled alike: few such pairs are compared."""

LOOKALIKE_ALARMS = 0.03
"""The same for two people who are told to look alike, by their nearest photos.

It is more than the matcher puts up with: photos outside the gallery come nearer than those in it.
"""

FAMILY_RATE = 0.01
"""The largest false match rate (0..1) at which relatives are told to look alike: few are compared, and it is a hint."""

MIXED_RATE = 0.005
"""A photo is not its person's when so many strangers (0..1) come nearer to one than it does to the others."""

SAME_PICTURE = 0.24
"""Largest plain distance (L2) of two templates of one picture: resized, recompressed, cropped a little."""

POOR_SIZE_PX, POOR_SHARPNESS = 46.0, 8.5
"""Smaller or less sharp faces are found again less often: `vision.enrolment.reference` has the measured shares."""

_CELLS_AT_ONCE = 1 << 21  # distances held at a time: 16 MB, and as much again for each step of the arithmetic


@dataclass(frozen=True, slots=True)
class NearPhotos:
    """Two sets of photos that come near each other.

    `first` < `second` : their numbers. `least` : the smallest distance of a photo of one to a photo of the other.
    `typical` : how far each photo is from the nearest of the other set, on average within each set and then of both:
    one chance resemblance among many photos counts little.
    """

    first: int
    second: int
    least: float
    typical: float


@dataclass(frozen=True, slots=True)
class HealthLimits:
    """Distances under which things are told, for a gallery of one size and one calibration.

    same : for two people who may be one (`NearPhotos.typical`).
    spelled : the same where their names are spelled alike.
    alike : for two people whose photos may be mixed up (`NearPhotos.least`).
    kin : the same for relatives, of whom few are compared.
    apart : photos of one person that are farther apart do not belong together.
    """

    same: float
    spelled: float
    alike: float
    kin: float
    apart: float

    @classmethod
    def of(cls, calibration: Calibration, references: Sequence[int]) -> HealthLimits:
        """Return the limits for people with so many `references` each, who are compared with one another."""
        # Colleagues of one office come nearer to one another than the rates of people at large tell.
        most = min(calibration.cut(SAME_PERSON_RATE, 1), calibration.farthest)
        alike = calibration.cut(LOOKALIKE_ALARMS, calibration.comparisons(references))
        return cls(
            same=min(calibration.cut(SAME_PERSON_ALARMS, max(len(references) - 1, 1)), most),
            spelled=calibration.cut(SPELLED_RATE, 1),
            alike=min(alike, most),
            kin=calibration.cut(FAMILY_RATE, 1),
            apart=calibration.cut(MIXED_RATE, 1),
        )


def groups_within(distances: NDArray[np.float64], limit: float) -> list[list[int]]:
    """Return the rows of an (n, n) matrix in groups: within one, each is at most `limit` from some other.

    Largest group first, of equal ones the one with the earliest row.
    """
    left = set(range(len(distances)))
    groups = []
    while left:
        waiting = [min(left)]
        left.remove(waiting[0])
        group = []
        while waiting:
            group.append(waiting.pop())
            near = [row for row in left if distances[group[-1], row] <= limit]
            left.difference_update(near)
            waiting += near
        groups.append(sorted(group))
    return sorted(groups, key=lambda group: (-len(group), group))


def same_pictures(embeddings: NDArray[np.float32]) -> list[list[int]]:
    """Return the groups of (n, d) embeddings of one person that come from one picture, those of two and more.

    Within a group every two are alike (complete linkage): a chain of portraits, each a little like the next, is no
    picture, and its members are all worth keeping.
    """
    distances = distances_between(embeddings, embeddings)
    return [group for group in _all_alike(distances, SAME_PICTURE) if group[1:]]


def _all_alike(distances: NDArray[np.float64], limit: float) -> list[list[int]]:
    """Return the rows of an (n, n) matrix in groups in which all are within `limit`, the nearest joined first."""
    groups = [[row] for row in range(len(distances))]
    while True:
        joined = [
            (float(distances[np.ix_(one, other)].max()), first, second)
            for first, one in enumerate(groups)
            for second, other in enumerate(groups[first + 1 :], start=first + 1)
        ]
        farthest, first, second = min(joined, default=(np.inf, 0, 0))
        if farthest > limit:
            return groups
        groups[first] = sorted(groups[first] + groups.pop(second))


def near_pairs(
    sets: Sequence[NDArray[np.float32]],
    limits: HealthLimits,
    spelled_alike: Callable[[int, int], bool],
) -> Iterator[NearPhotos]:
    """Yield every two of the sets of (n, d) embeddings (n >= 1) whose nearest photos are within the limits.

    `spelled_alike` tells whether the names of two are, by their numbers. All sets are compared, block by block, so that
    the memory grows with their number and not with its square.
    """
    if len(sets) < 2:
        return
    matrix = np.concatenate(sets)
    starts = np.cumsum([0, *(len(own) for own in sets)])
    usual = max(limits.same, limits.alike)

    def distances(rows: slice, columns: slice) -> NDArray[np.float64]:
        return distances_between(matrix[rows], matrix[columns])

    for first, last in _blocks(starts):
        # Every pair once: a block meets itself and what comes after it.
        block = distances(slice(starts[first], starts[last]), slice(starts[first], None))
        least = np.minimum.reduceat(block, starts[first:last] - starts[first], axis=0)
        least = np.minimum.reduceat(least, starts[first:-1] - starts[first], axis=1)
        for row, column in np.argwhere(least <= max(usual, limits.spelled)).tolist():
            one, other = first + row, first + column
            if column > row and (least[row, column] <= usual or spelled_alike(one, other)):
                yield summed_up(one, other, distances(_of(starts, one), _of(starts, other)))


def summed_up(first: int, second: int, distances: NDArray[np.float64]) -> NearPhotos:
    """Return what the (n, m) distances between the photos of two sets say."""
    typical = (distances.min(axis=0).mean() + distances.min(axis=1).mean()) / 2
    return NearPhotos(first, second, float(distances.min()), float(typical))


def _of(starts: NDArray[np.int64], number: int) -> slice:
    return slice(int(starts[number]), int(starts[number + 1]))


def _blocks(starts: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Yield (first, last) of runs of whole sets whose rows, beside all columns, make about `_CELLS_AT_ONCE` cells."""
    first, sets = 0, len(starts) - 1
    rows = max(_CELLS_AT_ONCE // int(starts[-1]), 1)
    while first < sets:
        last = int(np.searchsorted(starts, starts[first] + rows, side="right")) - 1
        last = min(max(last, first + 1), sets)
        yield first, last
        first = last

"""Distances made comparable between faces: some faces are near everybody, and so say less when they are near.

Symmetric score normalisation (s-norm) against a cohort of strangers: a distance is measured in the spread of both
faces' distances to their nearest cohort members. A member is the mean of `GROUP` people who share no member with any
other: nobody's face can be had back from it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GROUP = 4
"""People behind one cohort member. Groups of 3, 4 and 5 miss own faces equally often (scripts/fit_matching.py)."""

LIKE_PART, LIKE_TIMES = 0.15, 3
"""The part of the members nearest to the people whom the product is for, and how often each of these counts.

dlib's network was trained on few Asian faces and places them close together. Counted three times, 6 pairs in 1,000 come
as near as 1 should (East Asian students and Indonesian public figures), far fewer than counted once, and own faces are
missed no more often. `scripts/bench_faces.py`, "politicians".
"""

NEAREST_PART, LEAST_NEAREST = 0.09, 8
"""How many members a face is compared with: this part of them, and no fewer. 20 to 80 of 600 made no difference."""

_AT_ONCE = 1024
_LEAST_DEVIATION = 0.01  # a face as far from every member would divide by nothing; real ones have some 0.04


@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """Means of small groups of strangers, for the embeddings of one model.

    `centroids` : (k, d) float64; one that counts several times stands there several times. `nearest` : how many of
    them a face is compared with. `middle`, `spread` : the mean and the deviation (L2) that a typical face has to its
    nearest ones; they bring normalised distances back to the scale of plain ones, so that for a typical pair of faces
    the two are the same.
    """

    centroids: NDArray[np.float64]
    nearest: int
    middle: float = 0.0
    spread: float = 1.0

    def __post_init__(self) -> None:
        if self.centroids.ndim != 2 or not np.all(np.isfinite(self.centroids)):
            raise ValueError(f"centroids are (k, d) finite numbers, got {self.centroids.shape}")
        if not 0 < self.nearest <= len(self.centroids) or self.spread <= 0:
            raise ValueError(f"nearest is 1 to {len(self.centroids)}, spread over 0; got {self.nearest}, {self.spread}")

    def statistics(self, embeddings: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return mean and deviation of each embedding's distances to its nearest centroids, (n, 2) float64."""
        parts = [np.empty((0, 2))]
        lengths = (self.centroids**2).sum(axis=1)
        for first in range(0, len(embeddings), _AT_ONCE):
            some = embeddings[first : first + _AT_ONCE].astype(np.float64)
            squares = (some**2).sum(axis=1)[:, None] + lengths - 2 * some @ self.centroids.T
            nearest = np.partition(squares, self.nearest - 1, axis=1)[:, : self.nearest]
            near = np.sqrt(np.maximum(np.sort(nearest, axis=1), 0))
            parts.append(np.column_stack([near.mean(axis=1), np.maximum(near.std(axis=1), _LEAST_DEVIATION)]))
        return np.concatenate(parts)

    def normalised(
        self, distances: NDArray[np.floating], probes: NDArray[np.float64], references: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return (n, m) normalised distances (>= 0) from (n, m) plain ones and both sides' `statistics`."""
        from_probes = (distances - probes[:, :1]) / probes[:, 1:]
        from_references = (distances - references[:, 0]) / references[:, 1]
        both: NDArray[np.float64] = self.middle + self.spread * (from_probes + from_references) / 2
        return np.maximum(both, 0.0)


def distances_between(
    first: NDArray[np.floating], second: NDArray[np.floating], cohort: Cohort | None
) -> NDArray[np.float64]:
    """Return the (n, m) distances of (n, d) to (m, d) embeddings: L2, normalised where a cohort is given."""
    a, b = first.astype(np.float64), second.astype(np.float64)
    squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    plain: NDArray[np.float64] = np.sqrt(np.maximum(squares, 0.0))
    if cohort is None:
        return plain
    return cohort.normalised(plain, cohort.statistics(a), cohort.statistics(b))


def fit_cohort(people: NDArray[np.floating], like: NDArray[np.floating] | None = None) -> Cohort:
    """Make a cohort of (n, d) embeddings, one a person; `like` is the mean (d,) of people whom the product is for.

    Its scale (`middle`, `spread`) is left at 0 and 1. Raises `ValueError` for fewer than two groups.
    """
    vectors = people.astype(np.float64)
    groups = disjoint_groups(vectors, GROUP)
    centroids = np.stack([vectors[group].mean(axis=0) for group in groups])
    if like is not None:
        order = np.argsort(((centroids - like) ** 2).sum(axis=1), kind="stable")
        near = centroids[order[: round(LIKE_PART * len(centroids))]]
        centroids = np.concatenate([centroids, *[near] * (LIKE_TIMES - 1)])
    return Cohort(centroids, min(max(round(NEAREST_PART * len(centroids)), LEAST_NEAREST), len(centroids)))


def disjoint_groups(vectors: NDArray[np.float64], size: int) -> list[NDArray[np.int64]]:
    """Split (n, d) vectors into groups of near neighbours, each of at least `size` and nobody in two (MDAV).

    From Domingo-Ferrer and Torra, "Ordinal, continuous and heterogeneous k-anonymity through microaggregation"
    (2005), in its one-sided form: the group about the vector farthest from the middle is taken out, and so on.
    """
    if len(vectors) < 2 * size:
        raise ValueError(f"two groups of {size} need {2 * size} vectors, got {len(vectors)}")
    left = np.arange(len(vectors))
    groups: list[NDArray[np.int64]] = []
    while len(left) >= 2 * size:
        own = vectors[left]
        outermost = int(np.argmax(((own - own.mean(axis=0)) ** 2).sum(axis=1)))
        order = np.argsort(((own - own[outermost]) ** 2).sum(axis=1), kind="stable")
        groups.append(left[np.sort(order[:size])])
        left = left[np.sort(order[size:])]
    return [*groups, left]

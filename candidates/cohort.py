"""Distances made comparable between faces: some faces are near everybody, and so say less when they are near.

Symmetric score normalisation (s-norm) against a cohort of strangers: a distance is measured in the spread of both
faces' distances to their nearest cohort members. The cohort is k-means centroids of strangers' embeddings, so it holds
nobody's face.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from candidates.errors import CalibrationError
from candidates.people import EMBEDDING_SIZE

SHIPPED = files("candidates") / "cohort.npz"

_AT_ONCE = 1024
_LEAST_DEVIATION = 0.01  # a face as far from every centroid would divide by nothing; real ones have some 0.04


@dataclass(frozen=True, slots=True, eq=False)
class Cohort:
    """Centroids of strangers' embeddings of one model.

    `centroids` : (k, 128) float64. `nearest` : how many of them a face is compared with. `middle`, `spread` : the mean
    and the deviation (L2) that a typical face has to its nearest ones; they bring normalised distances back to the
    scale of plain ones, so that for a typical pair of faces the two are the same. Fitted by `scripts/fit_cohort.py`.
    """

    model_id: str
    centroids: NDArray[np.float64]
    nearest: int
    middle: float
    spread: float

    @classmethod
    def shipped(cls, model_id: str) -> Cohort:
        """Return the package's cohort. Raises `CalibrationError` when it is damaged or of another model."""
        cohort = _shipped()
        if cohort.model_id != model_id:
            raise CalibrationError(
                f"cohort.npz untuk model wajah «{cohort.model_id}», yang dipakai «{model_id}».",
                f"cohort.npz is for the face model “{cohort.model_id}”, in use is “{model_id}”.",
            )
        return cohort

    def statistics(self, embeddings: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return mean and deviation of each embedding's distances to its nearest centroids, (n, 2) float64."""
        parts = [np.empty((0, 2))]
        for first in range(0, len(embeddings), _AT_ONCE):
            some = embeddings[first : first + _AT_ONCE].astype(np.float64)
            squares = (some**2).sum(axis=1)[:, None] + (self.centroids**2).sum(axis=1) - 2 * some @ self.centroids.T
            near = np.sort(np.sqrt(np.maximum(squares, 0)), axis=1)[:, : self.nearest]
            parts.append(np.column_stack([near.mean(axis=1), np.maximum(near.std(axis=1), _LEAST_DEVIATION)]))
        return np.concatenate(parts)

    def normalised(
        self, distances: NDArray[np.floating], probes: NDArray[np.float64], references: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Return (n, m) normalised distances (>= 0) from (n, m) plain ones and both sides' `statistics`."""
        from_probes = (distances - probes[:, :1]) / probes[:, 1:]
        from_references = (distances - references[:, 0]) / references[:, 1]
        return np.maximum(self.middle + self.spread * (from_probes + from_references) / 2, 0.0)


def distances_between(
    first: NDArray[np.floating], second: NDArray[np.floating], cohort: Cohort | None
) -> NDArray[np.float64]:
    """Return the (n, m) distances of (n, d) to (m, d) embeddings: L2, normalised where a cohort is given."""
    a, b = first.astype(np.float64), second.astype(np.float64)
    plain = np.sqrt(np.maximum((a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T, 0.0))
    if cohort is None:
        return plain
    return cohort.normalised(plain, cohort.statistics(a), cohort.statistics(b))


@cache
def _shipped() -> Cohort:
    try:
        with np.load(BytesIO(SHIPPED.read_bytes()), allow_pickle=False) as arrays:
            centroids = np.asarray(arrays["centroids"], np.float64)
            scale = float(arrays["middle"]), float(arrays["spread"])
            cohort = Cohort(str(arrays["model_id"]), centroids, int(arrays["nearest"]), *scale)
        if centroids.ndim != 2 or centroids.shape[1] != EMBEDDING_SIZE or not 0 < cohort.nearest <= len(centroids):
            raise ValueError(centroids.shape)
    except (OSError, ValueError, KeyError) as error:
        raise CalibrationError("Berkas cohort.npz hilang atau rusak.", "cohort.npz is missing or damaged.") from error
    return cohort

"""Distances between embeddings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def distances_between(first: NDArray[np.floating], second: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the (n, m) float64 L2 distances of (n, d) to (m, d) embeddings."""
    a, b = first.astype(np.float64), second.astype(np.float64)
    squares = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    distances: NDArray[np.float64] = np.sqrt(np.maximum(squares, 0.0))
    return distances

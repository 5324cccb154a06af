"""Samples as a training gathers them from pictures, without a picture."""

from __future__ import annotations

import numpy as np

from scripts.training.samples import Samples
from vision.hands.landmarker import FEATURES


def gathered(*labels: str, source: str = "photographs", views: int = 1, seed: int = 0) -> Samples:
    """Make `views` samples of each label; features and presence are noise, the wrist's x counts the samples."""
    count, rng = len(labels) * views, np.random.default_rng(seed)
    points = np.zeros((count, 21, 3), np.float32)
    points[:, 0, 0] = np.arange(count)
    return Samples(
        points,
        np.repeat(np.array(labels, dtype=str), views),
        np.array([source] * count, dtype=str),
        rng.normal(size=(count, FEATURES)).astype(np.float16),
        rng.random(count, np.float32),
        np.repeat(np.arange(len(labels)), views),
    )

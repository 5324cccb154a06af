"""Labelled landmarks: from photographs, from renders, and made up by the hundred thousand."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from scripts.rendering import POSES, pose_landmarks_batch
from vision.hands.naming import CLUTTER, SHAPES

COUNTS = {
    "count_1": ("one_index", "thumb_up", "pinky"),
    "count_2": ("peace_two", "l_two", "call", "rock"),
    "count_3": ("three_imr", "three_tim", "three_mrp", "ok", "ily"),
    "count_4": ("four",),
    "count_5": ("palm_five",),
}
"""Labels that say how many fingers are shown but not which: the fit finds out which of the shapes it is."""

MADE_UP = "made up"
"""The source of hands that no picture shows."""

_MORE = {"none": 4, "fist": 3}
"""The quiet shapes have more faces than any sign, and a sign seen in them accuses somebody."""

_ALIASES = {"thumb_down": "thumb_up", "four_closed": "four"}


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Landmarks with labels.

    points_xyz : (n, 21, 3) float32, pixels; labels : (n,) names of SHAPES or COUNTS; sources : (n,) where from.
    """

    points_xyz: NDArray[np.float32]
    labels: NDArray[np.str_]
    sources: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.labels)

    def only(self, mask: NDArray[np.bool_]) -> Samples:
        """Return the samples that the boolean mask selects."""
        return Samples(self.points_xyz[mask], self.labels[mask], self.sources[mask])

    def save(self, path: Path) -> None:
        """Write the samples, to be gathered once and fitted often."""
        np.savez_compressed(path, points_xyz=self.points_xyz, labels=self.labels, sources=self.sources)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            return cls(stored["points_xyz"], stored["labels"], stored["sources"])

    @classmethod
    def join(cls, *parts: Samples) -> Samples:
        """Return all parts in one."""
        return Samples(
            np.concatenate([part.points_xyz for part in parts]),
            np.concatenate([part.labels for part in parts]),
            np.concatenate([part.sources for part in parts]),
        )


def shape_label(label: str, source: str) -> str | None:
    """Return the shape (or count) that a picture's label stands for, None when it says nothing about one hand."""
    if label == "fist" and source == "sign_digits":
        return "none"  # the digit zero: a round O, not a fist
    label = _ALIASES.get(label, label)
    return label if label in SHAPES or label in COUNTS else None


def made_up(per_shape: int, seed: int) -> Samples:
    """Make landmarks of every shape from the posed skeleton, with errors like the landmark network's."""
    rng = np.random.default_rng(seed)
    points, labels = [], []
    for pose in POSES:
        count = per_shape * _MORE.get(pose, 1)
        points.append(_with_errors(pose_landmarks_batch(pose, count, seed=seed), rng))
        labels += [_ALIASES.get(pose, pose)] * count
    every = np.concatenate(points)
    messy = _messed_up(every[rng.permutation(len(every))[: 2 * per_shape]], rng)
    return Samples(
        np.concatenate([every, messy]).astype(np.float32),
        np.array(labels + [CLUTTER] * len(messy)),
        np.array([MADE_UP] * (len(every) + len(messy))),
    )


def _with_errors(points: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Add what the network gets wrong: whole fingers drift (more toward the tip), points jitter, depth is weak."""
    count = len(points)
    palm = (np.linalg.norm(points[:, 9] - points[:, 0], axis=-1) + 0.2)[:, None, None]
    size = rng.uniform(0.005, 0.06, (count, 1, 1)) * palm
    toward_tip = np.tile(np.linspace(0.3, 1, 4), 5)[None, :, None]
    noisy = points.copy()
    noisy[:, 1:] += np.repeat(rng.normal(size=(count, 5, 3)), 4, axis=1) * toward_tip * size
    noisy += rng.normal(size=points.shape) * size * 0.7
    noisy[..., 2] = noisy[..., 2] * rng.uniform(0.3, 1.2, (count, 1))
    noisy[..., 2] += rng.normal(size=points.shape[:2]) * 0.05 * palm[..., 0]
    return noisy


def _messed_up(points: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Disturb hands until they are none any more."""
    palm = np.linalg.norm(points[:, 9] - points[:, 0], axis=-1)[:, None, None]
    return points + rng.normal(size=points.shape) * palm * rng.uniform(0.25, 0.7, (len(points), 1, 1))

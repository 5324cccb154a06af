"""Labelled landmarks: from photographs, from renders, and made up by the hundred thousand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from scripts.fixtures.rendering import POSES, pose_landmarks_batch
from vision.hands.shapes import CLUTTER, SHAPES

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
    """Hands as the landmark network sees them, with labels.

    points_xyz : (n, 21, 3) float32, pixels; labels : (n,) names of SHAPES or COUNTS; sources : (n,) where from;
    features : (n, FEATURES) float16, what the network saw, or (n, 0) where no picture was; presence : (n,) its own
    score that there is a hand; hands : (n,) a number that views of one hand in one picture share.
    """

    points_xyz: NDArray[np.float32]
    labels: NDArray[np.str_]
    sources: NDArray[np.str_]
    features: NDArray[np.float16]
    presence: NDArray[np.float32]
    hands: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)

    def only(self, mask: NDArray[np.bool_]) -> Samples:
        """Return the samples that the boolean mask selects."""
        return Samples(*(getattr(self, name)[mask] for name in _COLUMNS))

    def save(self, path: Path) -> None:
        """Write the samples, to be gathered once and fitted often."""
        np.savez(path, **{name: getattr(self, name) for name in _COLUMNS})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            return cls(*(stored[name] for name in _COLUMNS))

    @classmethod
    def join(cls, *parts: Samples) -> Samples:
        """Return all parts in one; parts without features leave the whole without."""
        if any(part.features.shape[1] == 0 for part in parts):
            parts = tuple(replace(part, features=part.features[:, :0]) for part in parts)
        starts = np.cumsum([0, *(part.hands.max(initial=-1) + 1 for part in parts)])
        parts = tuple(replace(part, hands=part.hands + start) for part, start in zip(parts, starts, strict=False))
        return Samples(*(np.concatenate([getattr(part, name) for part in parts]) for name in _COLUMNS))


_COLUMNS = ("points_xyz", "labels", "sources", "features", "presence", "hands")


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
    count = len(every) + len(messy)
    return Samples(
        np.concatenate([every, messy]).astype(np.float32),
        np.array(labels + [CLUTTER] * len(messy)),
        np.array([MADE_UP] * count),
        np.zeros((count, 0), np.float16),
        np.ones(count, np.float32),
        np.arange(count),
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
    return np.asarray(points + rng.normal(size=points.shape) * palm * rng.uniform(0.25, 0.7, (len(points), 1, 1)))

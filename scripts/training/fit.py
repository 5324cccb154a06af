"""Fitting the voter on landmarks: a few small perceptrons over the features of `vision.hands.features`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.neural_network import MLPClassifier

from scripts.training.samples import COUNTS, MADE_UP, Samples
from vision.hands.features import describe
from vision.hands.shapes import CLUTTER, SHAPES

_LAYERS = (160, 80)
_PENALTY = 1e-3
_SHOWN = 0.05
"""Gathered landmarks that a network of made-up hands gives their label less than this are left out. On sets never
trained on: wrong signs 5.6% without, 4.8% at 0.01, 3.2% at 0.05, 4.6% at 0.2."""
_INDEX = {shape: index for index, shape in enumerate(SHAPES)}


class Fitted:
    """Standardisation and networks; `probabilities` is what `vision.hands.perceptron` computes from the saved file."""

    def __init__(self, mean: NDArray[np.float32], scale: NDArray[np.float32], networks: list[MLPClassifier]) -> None:
        self._mean, self._scale, self._networks = mean, scale, networks

    def probabilities(self, points_xyz: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return (n, len(SHAPES)) for landmarks (n, 21, 3)."""
        features = (describe(points_xyz.astype(np.float64)) - self._mean) / self._scale
        answers: NDArray[np.float64] = np.mean([net.predict_proba(features) for net in self._networks], axis=0)
        return answers

    def save(self, path: Path) -> None:
        """Write the weights as float16: a third of a megabyte, and no different in any answer's third decimal."""
        stored: dict[str, NDArray[np.generic]] = {
            "shapes": np.array(SHAPES),
            "mean": self._mean.astype(np.float32),
            "scale": self._scale.astype(np.float32),
            "members": np.array(len(self._networks)),
        }
        for member, network in enumerate(self._networks):
            for layer, (weight, bias) in enumerate(zip(network.coefs_, network.intercepts_, strict=True)):
                stored[f"w{member}_{layer}"] = weight.astype(np.float16)
                stored[f"b{member}_{layer}"] = bias.astype(np.float16)
        np.savez(path, **stored)  # type: ignore[arg-type]


def fit(samples: Samples, *, members: int, rounds: int, seed: int) -> Fitted:
    """Fit `members` networks for `rounds` passes.

    samples : gathered and made-up hands; the made-up ones are sure to show what their label says.

    Landmarks of small or turned hands are often those of another shape: a network fitted on made-up hands alone says
    so, and such samples are left out, or mush would be taught as signs. The same network settles counts ("three
    fingers"): of the shapes that the count allows it takes the likeliest.
    """
    sure = samples.only(samples.sources == MADE_UP)
    gathered = settled(samples.only(samples.sources != MADE_UP), guess(samples, rounds=rounds, seed=seed))
    return _fit(Samples.join(sure, gathered), members=members, rounds=rounds, seed=seed)


def guess(samples: Samples, *, rounds: int, seed: int) -> Fitted:
    """Fit on made-up hands alone."""
    return _fit(samples.only(samples.sources == MADE_UP), members=2, rounds=rounds, seed=seed)


def settled(samples: Samples, knows: Fitted, *, keep_mush: bool = False) -> Samples:
    """Return the samples whose landmarks show their label, counts replaced by shapes; clutter stays as it is.

    keep_mush : keep those as well whose landmarks do not, unless the label is a count.
    """
    labels, kept = [], []
    for label, row in zip(samples.labels, knows.probabilities(samples.points_xyz), strict=True):
        allowed = COUNTS.get(str(label), (str(label),))
        best = max(allowed, key=lambda shape: row[_INDEX[shape]])
        labels.append(best)
        sure = best == CLUTTER or row[_INDEX[best]] > _SHOWN
        kept.append(sure or (keep_mush and len(allowed) == 1))
    return replace(samples, labels=np.array(labels)).only(np.array(kept))


def _fit(samples: Samples, *, members: int, rounds: int, seed: int) -> Fitted:
    features = describe(samples.points_xyz.astype(np.float64))
    targets = np.array([_INDEX[str(label)] for label in samples.labels])
    mean, scale = features.mean(0), features.std(0) + 0.05
    scaled = ((features - mean) / scale).astype(np.float32)
    networks = []
    for member in range(members):
        network = MLPClassifier(
            _LAYERS,
            alpha=_PENALTY,
            batch_size=256,
            random_state=seed + member,
            max_iter=rounds,
            tol=0,
            n_iter_no_change=rounds,
        )
        networks.append(network.fit(scaled, targets))
    return Fitted(mean, scale, networks)

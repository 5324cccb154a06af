"""Fitting the weights of the two voters on hands that neither was trained on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from scripts.training.samples import Samples
from vision.hands.features import describe
from vision.hands.perceptron import Perceptrons
from vision.hands.shapes import SHAPES
from vision.hands.weighing import COUNT, KNOTS_PX, Evidence, Terms, Weights, probabilities, terms

_INDEX = {shape: index for index, shape in enumerate(SHAPES)}
_PULL = 0.05
"""How strongly the weights are held near the start: each voter by half, no bias."""


def evidence(samples: Samples, landmarks: Perceptrons, pixels: Perceptrons) -> tuple[list[Evidence], list[str]]:
    """Return what the two voters say of every hand, and its label."""
    by_landmarks = landmarks.probabilities(describe(samples.points_xyz.astype(np.float64)))
    by_pixels = pixels.probabilities(samples.features.astype(np.float32))
    first = np.flatnonzero(np.diff(samples.hands, prepend=-1))
    ends = np.append(first[1:], len(samples))
    hands = []
    for start, end in zip(first, ends, strict=True):
        # The second look, the last of the samples, is the one whose size the product goes by.
        span = np.ptp(samples.points_xyz[end - 1, :, :2], axis=0).max()
        hands.append(Evidence(by_landmarks[start:end], by_pixels[start:end], float(span)))
    return hands, [str(label) for label in samples.labels[first]]


def start() -> NDArray[np.float64]:
    """Return the weights that the fit starts from."""
    numbers = np.zeros(COUNT)
    numbers[: 2 * len(KNOTS_PX)] = 0.5
    return numbers


def fit(hands: list[Evidence], labels: list[str], importance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weights (COUNT,) that make the labels likeliest."""
    known, targets = terms(hands), np.array([_INDEX[label] for label in labels])
    before = start()

    def cost(numbers: NDArray[np.float64]) -> float:
        return surprise(known, targets, numbers, importance) + _PULL * float(((numbers - before) ** 2).sum())

    answer: NDArray[np.float64] = minimize(cost, before, method="L-BFGS-B", options={"maxiter": 200}).x
    return answer


def surprise(
    known: Terms, targets: NDArray[np.int64], numbers: NDArray[np.float64], importance: NDArray[np.float64]
) -> float:
    """Return the mean negative logarithm of the labels' probabilities."""
    likely = probabilities(known, Weights.of(numbers))[np.arange(len(targets)), targets]
    return float(np.average(-np.log(np.maximum(likely, 1e-6)), weights=importance))

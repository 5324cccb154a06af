"""Fusion of the landmark and the pixel classifier into calibrated probabilities.

Both networks vote with a weight that follows the hand's size. The weights are fitted on pictures that neither network
was trained on (`python -m scripts.training hands fit`); how far the probabilities can be trusted is in
docs/accuracy.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vision.errors import EngineError
from vision.hands.shapes import CLUTTER, SHAPES
from vision.messages import say
from vision.models import model_path

KNOTS_PX = (20.0, 32.0, 48.0, 96.0)
"""Hand sizes between which a network's weight changes (evenly in the logarithm)."""

_LEAST = 1e-4
_CLUTTER = SHAPES.index(CLUTTER)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """The answers of both classifiers about one hand.

    landmarks, pixels : (views, len(SHAPES)), each classifier's probabilities; size : the hand's longer side, pixels.
    """

    landmarks: NDArray[np.float64]
    pixels: NDArray[np.float64]
    size: float


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """The fitted numbers.

    landmarks, pixels : a weight for each of KNOTS_PX; clutter : what clutter gains in the logarithm.
    """

    landmarks: NDArray[np.float64]
    pixels: NDArray[np.float64]
    clutter: float

    @classmethod
    def of(cls, numbers: NDArray[np.float64]) -> Weights:
        """Build from one row of numbers, as it is stored."""
        knots = len(KNOTS_PX)
        return cls(numbers[:knots], numbers[knots : 2 * knots], float(numbers[2 * knots]))


COUNT = 2 * len(KNOTS_PX) + 1
"""How many numbers there are."""


def load_weights() -> Weights:
    """Return the weights that ship with the product.

    Raises EngineError when their file is missing or does not hold COUNT numbers.
    """
    with np.load(model_path("hand_weights.npz"), allow_pickle=False) as stored:
        numbers = stored["numbers"].astype(np.float64)
    if numbers.shape != (COUNT,):
        raise EngineError(
            say("checking.weighing.hand_naming_weights_have_shape", shape=str(numbers.shape), expected=str((COUNT,)))
        )
    return Weights.of(numbers)


def weigh(hands: list[Evidence], weights: Weights) -> NDArray[np.float64]:
    """Return the probability of each of SHAPES for each hand: (n, len(SHAPES))."""
    if not hands:
        return np.zeros((0, len(SHAPES)))
    return probabilities(terms(hands), weights)


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """The evidence of n hands as the sums that the weights multiply: (n, len(SHAPES)) logarithms, (n, knots) shares."""

    landmarks: NDArray[np.float64]
    pixels: NDArray[np.float64]
    knots: NDArray[np.float64]


def terms(hands: list[Evidence]) -> Terms:
    """Gather the evidence."""
    where = np.log(np.clip([hand.size for hand in hands], KNOTS_PX[0], KNOTS_PX[-1]))
    places = np.interp(where, np.log(KNOTS_PX), np.arange(len(KNOTS_PX)))
    knots = np.maximum(0, 1 - np.abs(places[:, None] - np.arange(len(KNOTS_PX))))
    return Terms(
        np.stack([np.log(np.maximum(hand.landmarks, _LEAST)).mean(0) for hand in hands]),
        np.stack([np.log(np.maximum(hand.pixels, _LEAST)).mean(0) for hand in hands]),
        knots,
    )


def probabilities(known: Terms, weights: Weights) -> NDArray[np.float64]:
    """Apply the weights."""
    logits = (known.knots @ weights.landmarks)[:, None] * known.landmarks
    logits += (known.knots @ weights.pixels)[:, None] * known.pixels
    logits[:, _CLUTTER] += weights.clutter
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    answer: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return answer

"""A few small perceptrons whose answers are averaged, in plain numpy: a hand costs less than calling a runtime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vision.errors import EngineError
from vision.hands.shapes import SHAPES
from vision.messages import say

Floats = NDArray[np.float32]


class Perceptrons:
    """The networks of one model file: rows of numbers in, a probability for each of SHAPES out."""

    def __init__(self, model: Path) -> None:
        with np.load(model, allow_pickle=False) as stored:
            if tuple(stored["shapes"]) != SHAPES:
                raise EngineError(
                    say(
                        "checking.perceptron.hand_naming_model_knows_expected",
                        shapes=list(stored["shapes"]),
                        expected=list(SHAPES),
                    )
                )
            self._mean: Floats = stored["mean"].astype(np.float32)
            self._scale: Floats = stored["scale"].astype(np.float32)
            self._networks = [
                [
                    (stored[f"w{member}_{layer}"].astype(np.float32), stored[f"b{member}_{layer}"].astype(np.float32))
                    for layer in range(sum(name.startswith(f"w{member}_") for name in stored.files))
                ]
                for member in range(int(stored["members"]))
            ]

    def probabilities(self, rows: Floats) -> NDArray[np.float64]:
        """Return the mean answer: (n, numbers) → (n, len(SHAPES))."""
        scaled = (rows - self._mean) / self._scale
        mean: NDArray[np.float64] = np.mean([_softmax(scaled, layers) for layers in self._networks], 0, np.float64)
        return mean


def _softmax(values: Floats, layers: list[tuple[Floats, Floats]]) -> Floats:
    for weight, bias in layers[:-1]:
        values = np.maximum(values @ weight + bias, 0)
    weight, bias = layers[-1]
    logits = values @ weight + bias
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    softmax: Floats = powers / powers.sum(axis=1, keepdims=True)
    return softmax

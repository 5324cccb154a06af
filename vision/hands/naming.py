"""Names what a hand shows from its landmarks: a small trained network over the features of `features`.

Trained by `scripts/train_hands.py` on rendered hands and on photographs whose licences allow it (NOTICE); the record
is in docs/accuracy.md. It tells seventeen shapes, a hand that shows nothing in particular, and clutter: what the
landmark network took for a hand and is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vision.errors import EngineError
from vision.hands.features import describe
from vision.models import model_path
from vision.poses import FingerState, Pose

CLUTTER = "clutter"
SHAPES: tuple[str, ...] = (
    Pose.THUMB_UP,
    Pose.ONE_INDEX,
    Pose.PINKY,
    Pose.PEACE_TWO,
    Pose.L_TWO,
    Pose.CALL,
    Pose.FINGER_HEART,
    Pose.THREE_IMR,
    Pose.THREE_MRP,
    Pose.THREE_TIM,
    Pose.OK,
    Pose.ILY,
    Pose.ROCK,
    Pose.FOUR,
    Pose.PALM_FIVE,
    Pose.FIST,
    Pose.NONE,
    CLUTTER,
)
"""The network's answers, in order. A lone thumb is one shape; where it points makes it up or down."""

_FINGERS = "TIMRP"
_EXTENDED = np.array(
    [
        [finger in shown for finger in _FINGERS]
        for shown in ("T", "I", "P", "IM", "TI", "TP", "", "IMR", "MRP", "TIM", "MRP", "TIP", "IP", "IMRP", "TIMRP", "")
    ],
    dtype=float,
)
"""Which fingers (thumb to pinky) each shape but the last two extends, in the order of SHAPES."""

_QUIET = [SHAPES.index(shape) for shape in (Pose.FIST, Pose.NONE, CLUTTER)]
_DOWN_BEYOND = np.deg2rad(115)
"""A lone thumb further than this from upright points down; sideways it is still read as a thumb."""


@dataclass(frozen=True, slots=True)
class Naming:
    """What one hand shows.

    pose_score : how sure the name is, 0..1: for a sign the probability that it is this one; for a hand without a sign
        that it is none.
    hand_score : the probability that it is a hand at all.
    """

    pose: Pose
    pose_score: float
    hand_score: float
    fingers: FingerState


class HandNamer:
    """The trained network: a few small perceptrons whose answers are averaged."""

    def __init__(self) -> None:
        with np.load(model_path("hand_naming.npz"), allow_pickle=False) as stored:
            if tuple(stored["shapes"]) != SHAPES:
                raise EngineError(
                    "Model penamaan tangan tidak cocok dengan versi ini.",
                    f"The hand naming model knows {list(stored['shapes'])}, expected {list(SHAPES)}.",
                )
            self._mean: NDArray[np.float32] = stored["mean"].astype(np.float32)
            self._scale: NDArray[np.float32] = stored["scale"].astype(np.float32)
            self._networks = [_layers(stored, member) for member in range(int(stored["members"]))]

    def probabilities(self, points_xyz: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the probability of each of SHAPES: (n, 21, 3) landmarks in pixels → (n, len(SHAPES))."""
        features = (describe(points_xyz) - self._mean) / self._scale
        answers = [_forward(features, layers) for layers in self._networks]
        mean: NDArray[np.float64] = np.mean(answers, axis=0, dtype=np.float64)
        return mean

    def hand_scores(self, points_xyz: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
        """Return for each of the landmarks (21, 3) the probability that they are a hand's at all."""
        if not points_xyz:
            return np.zeros(0)
        scores: NDArray[np.float64] = 1.0 - self.probabilities(np.stack(points_xyz))[:, SHAPES.index(CLUTTER)]
        return scores

    def name(self, views: Sequence[NDArray[np.float64]], weights: Sequence[float]) -> Naming:
        """Name one hand seen in one or more views, each (21, 3) landmarks in photo pixels, first the most trusted."""
        each = self.probabilities(np.stack(views))
        probability = np.average(each, axis=0, weights=np.asarray(weights))
        sign = 1.0 - probability[_QUIET].sum()
        hand_score = float(1.0 - probability[SHAPES.index(CLUTTER)])
        fingers = _finger_state(probability, views[0])
        if sign >= 0.5:
            among_signs = probability.copy()
            among_signs[_QUIET] = 0.0
            best = int(among_signs.argmax())
            pose, score = _upright_or_down(Pose(SHAPES[best]), views[0]), float(probability[best])
        else:
            fist = probability[SHAPES.index(Pose.FIST)]
            pose = Pose.FIST if fist > 1.0 - sign - fist else Pose.NONE
            score = float(1.0 - sign)
        return Naming(pose, score, hand_score, fingers)


def _layers(stored: Any, member: int) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    layers: list[tuple[NDArray[np.float32], NDArray[np.float32]]] = []
    while f"w{member}_{len(layers)}" in stored:
        layer = len(layers)
        layers.append(
            (stored[f"w{member}_{layer}"].astype(np.float32), stored[f"b{member}_{layer}"].astype(np.float32))
        )
    return layers


def _forward(
    values: NDArray[np.float32], layers: list[tuple[NDArray[np.float32], NDArray[np.float32]]]
) -> NDArray[np.float32]:
    for weight, bias in layers[:-1]:
        values = np.maximum(values @ weight + bias, 0)
    weight, bias = layers[-1]
    logits = values @ weight + bias
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    softmax: NDArray[np.float32] = powers / powers.sum(axis=1, keepdims=True)
    return softmax


def _upright_or_down(pose: Pose, points_xyz: NDArray[np.float64]) -> Pose:
    if pose is not Pose.THUMB_UP:
        return pose
    x, y = points_xyz[4, :2] - points_xyz[2, :2]
    return Pose.THUMB_DOWN if abs(np.arctan2(x, -y)) > _DOWN_BEYOND else Pose.THUMB_UP


def _finger_state(probability: NDArray[np.float64], points_xyz: NDArray[np.float64]) -> FingerState:
    """Mix the named shapes' fingers with, for an unnamed hand, how straight each finger looks."""
    named = probability[: len(_EXTENDED)] @ _EXTENDED
    unnamed = probability[len(_EXTENDED) :].sum()
    return FingerState(*(float(value) for value in np.clip(named + unnamed * _straightness(points_xyz), 0, 1)))


def _straightness(points_xyz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 0..1 a finger (thumb to pinky): its chord over its length in the photo, 0.75 curled to 0.95 straight."""
    fingers = points_xyz[1:].reshape(5, 4, 3)[..., :2]
    bones = np.linalg.norm(np.diff(fingers, axis=1), axis=-1).sum(axis=1)
    chord = np.linalg.norm(fingers[:, 3] - fingers[:, 0], axis=-1)
    straight: NDArray[np.float64] = np.clip((chord / np.maximum(bones, 1e-6) - 0.75) / 0.2, 0, 1)
    return straight

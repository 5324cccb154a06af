"""Names the pose of a hand: two classifiers, one on landmarks and one on pixels, fused.

The first reads the features of `features`, made of landmarks alone; the second what MediaPipe's landmark network saw in
the crop before it settled on landmarks. Both are small networks trained by `python -m scripts.training hands` on
rendered hands and on photographs whose licences allow it (NOTICE); the record is in docs/accuracy.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vision.hands.features import describe
from vision.hands.hand import FoundHand
from vision.hands.people import LOOSE
from vision.hands.perceptron import Perceptrons
from vision.hands.shapes import CLUTTER, EXTENDED, QUIET, SHAPES
from vision.hands.weighing import Evidence, load_weights, weigh
from vision.models import model_path
from vision.poses import FingerState, Landmark, Pose

_SIGN = 0.45
"""A hand is given a sign's name when it is this one with at least this probability. On a group photo with 44 thumbs a
bar of 0.5 loses none of the 27 named at any; of 322 photos of people without a sign, 22 have one named without a bar,
13 at 0.4, 7 at 0.5."""

_LOOSE_SIGN = 0.65
"""The same for shapes that hands take at rest, at work and in talk as well. Of 30 selfies of an open palm and 38 finger
hearts (hagrid_sample, web_finger_hearts) none has its name with less; 8 of 600 strangers lose a false sign."""

_LEAST_HEART_PX = 28
"""A smaller finger heart is not told from a hand that holds a card or a pen: of 9 in 56 group photos none was one."""

_DOWN_BEYOND = np.deg2rad(115)
"""A lone thumb further than this from upright points down; sideways it is still read as a thumb."""

_NONE, _HEART = SHAPES.index(Pose.NONE), SHAPES.index(Pose.FINGER_HEART)


@dataclass(frozen=True, slots=True)
class PoseEstimate:
    """The pose that one hand shows, with its probabilities.

    pose_score : the probability of the name: for a sign that it is this one; for a hand without one that it shows none
        (low where it may well be a sign, but nobody can tell which).
    hand_score : the probability that it is a hand at all.
    """

    pose: Pose
    pose_score: float
    hand_score: float
    fingers: FingerState


class HandNamer:
    """Both classifiers and the weights of their fusion, loaded."""

    def __init__(self) -> None:
        self._landmarks = Perceptrons(model_path("hand_naming.npz"))
        self._pixels = Perceptrons(model_path("hand_pixels.npz"))
        self._weights = load_weights()

    def evidence(self, hands: Sequence[FoundHand]) -> list[Evidence]:
        """Run both classifiers on every hand."""
        views = [view for hand in hands for view in hand.views]
        if not views:
            return []
        ends = np.cumsum([len(hand.views) for hand in hands])[:-1]
        landmarks = self._landmarks.probabilities(describe(np.stack([view.points_xyz for view in views])))
        pixels = self._pixels.probabilities(np.stack([view.features for view in views]))
        return [
            Evidence(mine, seen, hand.size)
            for hand, mine, seen in zip(hands, np.split(landmarks, ends), np.split(pixels, ends), strict=True)
        ]

    def probabilities(self, hands: Sequence[FoundHand]) -> NDArray[np.float64]:
        """Return how likely each of SHAPES is for every hand by itself, (n, len(SHAPES))."""
        likely = weigh(self.evidence(hands), self._weights)
        tiny = np.array([hand.size < _LEAST_HEART_PX for hand in hands], dtype=bool)
        likely[tiny, _NONE] += likely[tiny, _HEART]
        likely[tiny, _HEART] = 0.0
        return likely

    def name(self, hands: Sequence[FoundHand]) -> list[PoseEstimate]:
        """Name every hand by itself, in the same order."""
        return names_of(hands, self.probabilities(hands))


def names_of(
    hands: Sequence[FoundHand], probabilities: NDArray[np.float64], gains: NDArray[np.float64] | None = None
) -> list[PoseEstimate]:
    """Name hands whose probabilities are known, (n, len(SHAPES)).

    gains : what their company multiplies them by; it says what a hand shows, not whether it is one.
    """
    weighed = probabilities if gains is None else probabilities * gains
    weighed = weighed / weighed.sum(axis=1, keepdims=True)
    scores = 1.0 - probabilities[:, SHAPES.index(CLUTTER)]
    return [
        _named(row, hand.views[0].points_xyz, float(score))
        for row, hand, score in zip(weighed, hands, scores, strict=True)
    ]


def _named(probability: NDArray[np.float64], points_xyz: NDArray[np.float64], hand_score: float) -> PoseEstimate:
    sign = 1.0 - probability[QUIET].sum()
    among_signs = probability.copy()
    among_signs[QUIET] = 0.0
    best = int(among_signs.argmax())
    if probability[best] >= (_LOOSE_SIGN if Pose(SHAPES[best]) in LOOSE else _SIGN):
        pose, score = _upright_or_down(Pose(SHAPES[best]), points_xyz), float(probability[best])
    else:
        fist = probability[SHAPES.index(Pose.FIST)]
        pose = Pose.FIST if fist > 1.0 - sign - fist else Pose.NONE
        score = float(1.0 - sign)
    return PoseEstimate(pose, score, hand_score, _finger_state(probability, points_xyz))


def _upright_or_down(pose: Pose, points_xyz: NDArray[np.float64]) -> Pose:
    if pose is not Pose.THUMB_UP:
        return pose
    x, y = points_xyz[Landmark.THUMB_TIP, :2] - points_xyz[Landmark.THUMB_MCP, :2]
    return Pose.THUMB_DOWN if abs(np.arctan2(x, -y)) > _DOWN_BEYOND else Pose.THUMB_UP


def _finger_state(probability: NDArray[np.float64], points_xyz: NDArray[np.float64]) -> FingerState:
    """Mix the named shapes' fingers with, for an unnamed hand, how straight each finger looks."""
    named = probability[: len(EXTENDED)] @ EXTENDED
    unnamed = probability[len(EXTENDED) :].sum()
    return FingerState(*(float(value) for value in np.clip(named + unnamed * _straightness(points_xyz), 0, 1)))


def _straightness(points_xyz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 0..1 a finger (thumb to pinky): its chord over its length in the photo, 0.75 curled to 0.95 straight."""
    fingers = points_xyz[1:].reshape(5, 4, 3)[..., :2]
    bones = np.linalg.norm(np.diff(fingers, axis=1), axis=-1).sum(axis=1)
    chord = np.linalg.norm(fingers[:, 3] - fingers[:, 0], axis=-1)
    straight: NDArray[np.float64] = np.clip((chord / np.maximum(bones, 1e-6) - 0.75) / 0.2, 0, 1)
    return straight

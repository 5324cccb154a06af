"""What two hands of one person show together: what they form, or the sum of the fingers that both hold up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from vision.poses import Pose
from vision.rules.evidence import SeenHand, SeenPair

_FINGERS = {
    Pose.THUMB_UP: 1,
    Pose.ONE_INDEX: 1,
    Pose.PINKY: 1,
    Pose.PEACE_TWO: 2,
    Pose.L_TWO: 2,
    Pose.THREE_IMR: 3,
    Pose.THREE_MRP: 3,
    Pose.THREE_TIM: 3,
    Pose.FOUR: 4,
    Pose.PALM_FIVE: 5,
}
"""Fingers that a hand adds to a number shown with both hands."""

_ONE_HANDS_MOST = 5
"""Up to here a number is shown with one hand, and the other one says something else."""


def signs_of_two(hands: Sequence[SeenHand], pairs: Sequence[SeenPair]) -> Iterator[SeenPair]:
    """Yield the pairs that show something together, those that show a number with it; a hand counts in one pair."""
    poses = {hand.index: hand.pose for hand in hands}
    taken: set[int] = set()
    for pair in sorted(pairs, key=lambda one: one.pose is None):
        if taken.isdisjoint(pair.hands):
            sign = pair if pair.pose is not None else _number_of(pair, poses[pair.hands[0]], poses[pair.hands[1]])
            if sign is not None:
                taken.update(pair.hands)
                yield sign


def _number_of(pair: SeenPair, one: Pose, other: Pose) -> SeenPair | None:
    if one not in _FINGERS or other not in _FINGERS:
        return None
    total = _FINGERS[one] + _FINGERS[other]
    return replace(pair, pose=Pose.TWO_HAND_NUMBER, numbers=(total,)) if total > _ONE_HANDS_MOST else None

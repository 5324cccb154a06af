"""Raised hands that nobody could name, on made hands: fingers up or not, near the face or not, sure or not."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from vision.geometry import Box
from vision.poses import Pose
from vision.rules import Policy, unnamed_hands

POLICY = Policy.load("skb-2-2022")
FACE = Box(400, 100, 100, 120)  # the chin at 220
ON = 1


@dataclass(frozen=True)
class Hand:
    box: Box
    landmarks_xy: tuple[tuple[float, float], ...]
    pose: Pose = Pose.NONE
    pose_score: float = 0.7
    person: int | None = 0


def a_hand(length: float = 80, *, x: float = 550, wrist_y: float = 300, up: bool = True, **facts: object) -> Hand:
    """Make a hand with two fingers stretched, from the wrist up or down; palm and fingers are half of it each."""
    way = -1 if up else 1
    points = [(x, wrist_y)] * 21
    for at in (5, 9, 13, 17):
        points[at] = (x + (at - 9) * length / 40, wrist_y + way * length / 2)
    points[8] = points[12] = (x, wrist_y + way * length)
    hand = Hand(Box.around(points), tuple(points))
    return replace(hand, **facts)


@pytest.mark.parametrize(
    ("hand", "is_told"),
    [
        pytest.param(a_hand(), True, id="raised and unsure"),
        pytest.param(a_hand(pose_score=0.95), False, id="surely without a pose"),
        pytest.param(a_hand(up=False), False, id="fingers down"),
        pytest.param(a_hand(wrist_y=500), False, id="at the belt"),
        pytest.param(a_hand(wrist_y=100), True, id="above the head"),
        pytest.param(a_hand(40), False, id="too small beside this face"),
        pytest.param(a_hand(pose=Pose.PEACE_TWO, pose_score=0.3), True, id="a sign below what is mentioned"),
        pytest.param(a_hand(pose=Pose.PEACE_TWO, pose_score=0.5), False, id="a sign that has a finding"),
        pytest.param(a_hand(pose=Pose.FIST, pose_score=0.3), False, id="a fist, which is allowed"),
        pytest.param(a_hand(pose=Pose.HAND_ON_CHEST, pose_score=0.3), False, id="a hand on the chest"),
        pytest.param(a_hand(person=None), True, id="of nobody known: the nearest face measures it"),
    ],
)
def test_raised_and_unnamed(hand: Hand, is_told: bool) -> None:
    assert unnamed_hands([hand], [FACE], POLICY) == ((0,) if is_told else ())


def test_a_hand_lying_across_is_not_raised() -> None:
    points = [(550 + (y - 300), 300.0) for _, y in a_hand().landmarks_xy]
    assert unnamed_hands([Hand(Box.around(points), tuple(points))], [FACE], POLICY) == ()


def test_a_hand_of_a_finding_is_told_already() -> None:
    assert unnamed_hands([a_hand(), a_hand(x=300)], [FACE], POLICY, told={0}) == (ON,)


def test_the_owner_of_a_hand_measures_it_not_the_nearest() -> None:
    hand = a_hand(60, person=0)
    small = Box(540, 230, 30, 36)
    assert unnamed_hands([hand], [FACE, small], POLICY) == (0,)
    assert unnamed_hands([hand], [replace(FACE, height=200), small], POLICY) == ()
    assert unnamed_hands([replace(hand, person=None)], [replace(FACE, height=200), small], POLICY) == (0,)


def test_without_a_face_nothing_says_how_large_a_hand_has_to_be() -> None:
    assert unnamed_hands([a_hand(person=None)], [], POLICY) == ()

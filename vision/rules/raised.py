"""Raised hands whose pose nobody could name: what is silent about them must not look like "there is nothing"."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import dist
from typing import Protocol

from vision.geometry import Box
from vision.poses import TIPS, Landmark, Pose
from vision.rules.policy import Policy

_SURE_OF_NONE = 0.9
"""From this score on, a hand that shows no pose shows none: in a photo of 55 hands 11
of the 12 that were raised and had no name were under it."""

_UP = 0.5
"""So much of the hand's length a finger's tip stands above the wrist when the hand is raised."""

_LOWEST = 1.5
"""So far below the chin, in face heights, the middle of a raised hand lies at most: at the chest."""

_LEAST_LENGTH = 0.4
"""A hand is about 0.7 faces long; one that is shorter than this, in face heights, is another person's or none."""

Point = tuple[float, float]


class HandFacts(Protocol):
    """A hand as a result has it (fits `vision.contract.result.HandResult`), in the pixels of the faces."""

    @property
    def box(self) -> Box:
        """Where it is."""

    @property
    def landmarks_xy(self) -> tuple[Point, ...]:
        """Its 21 points: wrist, then four a finger from thumb to pinky."""

    @property
    def pose(self) -> Pose:
        """What it was named."""

    @property
    def pose_score(self) -> float:
        """How sure that is, 0..1."""

    @property
    def person(self) -> int | None:
        """Whose it is: the index of a face, None when unknown."""


def unnamed_hands(
    hands: Sequence[HandFacts], faces: Sequence[Box], policy: Policy, told: Collection[int] = ()
) -> tuple[int, ...]:
    """Return the indices of hands that are raised, are in no finding (`told`), and whose pose could not be told.

    hands, faces : in the same pixels, y down. A hand of nobody known is measured by the nearest face; where there is
    no face at all, nothing says how large a hand has to be, and none is returned.
    """
    return tuple(
        at
        for at, hand in enumerate(hands)
        if at not in told and faces and _is_in_doubt(hand, policy) and _is_raised(hand, _face_of(hand, faces))
    )


def _is_in_doubt(hand: HandFacts, policy: Policy) -> bool:
    if hand.pose is Pose.NONE:
        return hand.pose_score < _SURE_OF_NONE
    return policy.poses[hand.pose].severity.makes_finding and hand.pose_score < policy.thresholds.review


def _is_raised(hand: HandFacts, face: Box) -> bool:
    wrist, knuckle = hand.landmarks_xy[Landmark.WRIST], hand.landmarks_xy[Landmark.MIDDLE_FINGER_MCP]
    # A palm is half a hand long; one seen from the front of the fingers is still as long as it is broad.
    across = dist(hand.landmarks_xy[Landmark.INDEX_FINGER_MCP], hand.landmarks_xy[Landmark.PINKY_MCP])
    length = max(2 * dist(wrist, knuckle), 2.4 * across, hand.box.width, hand.box.height)
    above = wrist[1] - min(hand.landmarks_xy[tip][1] for tip in TIPS)
    return (
        length >= _LEAST_LENGTH * face.height
        and above >= _UP * length
        and hand.box.center_xy[1] <= face.bottom + _LOWEST * face.height
    )


def _face_of(hand: HandFacts, faces: Sequence[Box]) -> Box:
    if hand.person is not None:
        return faces[hand.person]
    return min(faces, key=lambda face: dist(face.center_xy, hand.box.center_xy))

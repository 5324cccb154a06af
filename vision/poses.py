"""The fixed vocabulary of hands: poses, fingers, landmarks.

The ids of poses are a contract: results, policies and tests name poses by them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Pose(StrEnum):
    """A named hand pose; the value is the id in the JSON contract."""

    THUMB_UP = "thumb_up"
    THUMB_DOWN = "thumb_down"
    ONE_INDEX = "one_index"
    PINKY = "pinky"
    PEACE_TWO = "peace_two"
    L_TWO = "l_two"
    CALL = "call"
    FINGER_HEART = "finger_heart"
    THREE_IMR = "three_imr"
    THREE_MRP = "three_mrp"
    THREE_TIM = "three_tim"
    OK = "ok"
    ILY = "ily"
    ROCK = "rock"
    FOUR = "four"
    PALM_FIVE = "palm_five"
    TWO_HAND_NUMBER = "two_hand_number"
    FIST = "fist"
    TWO_HAND_HEART = "two_hand_heart"
    PALMS_TOGETHER = "palms_together"
    HAND_ON_CHEST = "hand_on_chest"
    NONE = "none"


ALLOWED_POSES = frozenset({Pose.FIST, Pose.TWO_HAND_HEART, Pose.PALMS_TOGETHER, Pose.HAND_ON_CHEST})
"""Poses that every published list allows (domain brief, section 2)."""

QUIET_POSES = ALLOWED_POSES | {Pose.NONE}
"""Poses that never make a finding."""


@dataclass(frozen=True, slots=True)
class FingerState:
    """Which fingers are extended, each with the probability (0..1) that it is."""

    thumb: float
    index: float
    middle: float
    ring: float
    pinky: float

    def extended(self) -> dict[str, bool]:
        """Return the five fingers as booleans, in the order thumb to pinky."""
        return {name: getattr(self, name) >= 0.5 for name in ("thumb", "index", "middle", "ring", "pinky")}


class Landmark(IntEnum):
    """MediaPipe's 21 points of a hand: the row of each in an array of landmarks."""

    WRIST = 0
    THUMB_CMC = 1
    THUMB_MCP = 2
    THUMB_IP = 3
    THUMB_TIP = 4
    INDEX_FINGER_MCP = 5
    INDEX_FINGER_PIP = 6
    INDEX_FINGER_DIP = 7
    INDEX_FINGER_TIP = 8
    MIDDLE_FINGER_MCP = 9
    MIDDLE_FINGER_PIP = 10
    MIDDLE_FINGER_DIP = 11
    MIDDLE_FINGER_TIP = 12
    RING_FINGER_MCP = 13
    RING_FINGER_PIP = 14
    RING_FINGER_DIP = 15
    RING_FINGER_TIP = 16
    PINKY_MCP = 17
    PINKY_PIP = 18
    PINKY_DIP = 19
    PINKY_TIP = 20


FINGERS = tuple(tuple(list(Landmark)[1 + 4 * finger : 5 + 4 * finger]) for finger in range(5))
"""The four landmarks of each finger, thumb to pinky, from base to tip."""

TIPS = tuple(finger[-1] for finger in FINGERS)
"""The tips of the five fingers, thumb to pinky."""

KNUCKLES = tuple(finger[0] for finger in FINGERS[1:])
"""The knuckles (MCP) of the four fingers beside the thumb, index to pinky."""

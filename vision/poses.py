"""The fixed vocabulary of hand poses. The ids are a contract: results, policies and tests name poses by them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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

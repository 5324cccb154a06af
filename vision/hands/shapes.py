"""The classes of the hand classifiers: seventeen shapes, and clutter, which is no hand."""

from __future__ import annotations

import numpy as np

from vision.poses import Pose

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
"""The networks' answers, in order. A lone thumb is one shape; where it points makes it up or down."""

_FINGERS = "TIMRP"
EXTENDED = np.array(
    [
        [finger in shown for finger in _FINGERS]
        for shown in ("T", "I", "P", "IM", "TI", "TP", "", "IMR", "MRP", "TIM", "MRP", "TIP", "IP", "IMRP", "TIMRP", "")
    ],
    dtype=float,
)
"""Which fingers (thumb to pinky) each shape but the last two extends, in the order of SHAPES."""

QUIET = [SHAPES.index(shape) for shape in (Pose.FIST, Pose.NONE, CLUTTER)]
"""The shapes that are no sign."""

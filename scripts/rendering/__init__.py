"""A posed, rendered hand, for fixtures, for training and for tests: numpy and OpenCV only.

The mesh is the WebXR Input Profiles' generic hand (MIT licence, `fixtures/rig`).
"""

from .landmarks import pose_landmarks, pose_landmarks_batch
from .poses import NONE_SHAPES, POSES, truth
from .scene import RenderedHand, render_hand
from .view import BACK, PALM, View

__all__ = [
    "BACK",
    "NONE_SHAPES",
    "PALM",
    "POSES",
    "RenderedHand",
    "View",
    "pose_landmarks",
    "pose_landmarks_batch",
    "render_hand",
    "truth",
]

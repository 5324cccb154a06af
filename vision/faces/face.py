"""What the face room hands on: a found face and how well it shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vision.geometry import Box

KEYPOINT_COUNT = 6
"""The detector's points: right and left eye of the person, tip of the nose, middle of the mouth, right and left ear."""

LANDMARK_COUNT = 5
"""dlib's 5 points: right eye of the picture (outer, inner corner), left eye (outer, inner corner), base of the nose."""


@dataclass(frozen=True, slots=True)
class FaceQuality:
    """How well a face shows, for whoever must decide whether to compare with it.

    `size_px` is the side of the face box in analysis pixels; `sharpness` is 0 or more (see `vision.faces.quality`).
    """

    size_px: float
    sharpness: float


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face of a photo, in analysis pixels.

    `score` is 0..1; `landmarks_xy` is (5, 2) float64 in dlib's 5-point order (`LANDMARK_COUNT`) and `keypoints_xy`
    (6, 2) float64 the detector's coarser points (`KEYPOINT_COUNT`); both read-only.
    """

    box: Box
    score: float
    landmarks_xy: NDArray[np.float64]
    keypoints_xy: NDArray[np.float64]
    quality: FaceQuality

    def __post_init__(self) -> None:
        if self.landmarks_xy.shape != (LANDMARK_COUNT, 2):
            raise ValueError(f"a face needs landmarks of shape (5, 2), got {self.landmarks_xy.shape}")
        if self.keypoints_xy.shape != (KEYPOINT_COUNT, 2):
            raise ValueError(f"a face needs keypoints of shape (6, 2), got {self.keypoints_xy.shape}")
        if not 0.0 <= self.score <= 1.0:
            raise ValueError(f"a face score lies between 0 and 1, got {self.score}")
        self.landmarks_xy.setflags(write=False)
        self.keypoints_xy.setflags(write=False)

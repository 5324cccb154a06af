"""A found face and its quality, as later stages get them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from vision.geometry import Box

FIVE_POINTS = 5
"""The detectors' points, in the order of ArcFace: eye at the picture's left, eye at its right, tip of the nose, left
and right corner of the mouth in the picture. Of an upright face, that is: the person's right eye comes first."""

LANDMARK_COUNT = 5
"""dlib's 5 points: right eye of the picture (outer, inner corner), left eye (outer, inner corner), base of the nose."""


class Flaw(StrEnum):
    """Why a face shows poorly; the value is its id in the JSON contract."""

    SMALL = "small"
    BLURRED = "blurred"
    TURNED = "turned"
    COVERED = "covered"


# python -m scripts.bench faces, "quality": beyond the cut for 20 people lie 14% of the faces of 24 px, 32% of 20 px,
# 59% of 16 px; 6% of those blurred by 1.5 px (sharpness 6), 34% by 2 px (4), 87% by 3 px; 31% of those with dark
# glasses, 19% with a mask, 81% with a mask and a headscarf. How far a face may be turned could not be measured, for
# want of photos: in group photos 0.6 is where the farther eye begins to disappear.
_SMALL_PX, _TOO_SMALL_PX = 21.0, 17.0
_BLURRED = 5.0
_TURNED, _PROFILE = 0.6, 1.0
_COVERED = 0.6


@dataclass(frozen=True, slots=True)
class FaceQuality:
    """The quality of a face image, to decide whether it may be compared.

    `size_px` is the side of the face box in analysis pixels; `sharpness` is 0 or more, `turned` 0 or more, `covered`
    0..1 (see `vision.faces.quality`).
    """

    size_px: float
    sharpness: float
    turned: float = 0.0
    covered: float = 0.0

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """The flaws with which a face is missed at least one time in four."""
        told = {
            Flaw.SMALL: self.size_px < _SMALL_PX,
            Flaw.BLURRED: self.sharpness < _BLURRED,
            Flaw.TURNED: self.turned > _TURNED,
            Flaw.COVERED: self.covered > _COVERED,
        }
        return tuple(flaw for flaw, is_so in told.items() if is_so)

    @property
    def is_too_poor(self) -> bool:
        """Tell whether the quality is too poor to rule anybody out: far more such faces are missed than clear ones."""
        flaws = self.flaws
        return self.size_px < _TOO_SMALL_PX or self.turned > _PROFILE or Flaw.COVERED in flaws or len(flaws) > 1


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face of a photo, in analysis pixels.

    `score` is 0..1; `landmarks_xy` is (5, 2) float64 in dlib's 5-point order (`LANDMARK_COUNT`) and
    `five_points_xy` (5, 2) float64 eyes, nose and mouth (`FIVE_POINTS`); both read-only.
    """

    box: Box
    score: float
    landmarks_xy: NDArray[np.float64]
    five_points_xy: NDArray[np.float64]
    quality: FaceQuality

    def __post_init__(self) -> None:
        if self.landmarks_xy.shape != (LANDMARK_COUNT, 2):
            raise ValueError(f"a face needs landmarks of shape (5, 2), got {self.landmarks_xy.shape}")
        if self.five_points_xy.shape != (FIVE_POINTS, 2):
            raise ValueError(f"a face needs five points of shape (5, 2), got {self.five_points_xy.shape}")
        if not 0.0 <= self.score <= 1.0:
            raise ValueError(f"a face score lies between 0 and 1, got {self.score}")
        self.landmarks_xy.setflags(write=False)
        self.five_points_xy.setflags(write=False)

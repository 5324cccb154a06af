"""One hand of a photo, with everything later stages may know of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vision.geometry import Box
from vision.poses import FingerState, Pose


@dataclass(frozen=True, slots=True, eq=False)
class Hand:
    """A hand, in analysis pixels of the upright photo.

    points_xyz : (21, 3) float64, MediaPipe's landmarks; z in the same pixels, toward the camera negative.
    world_xyz : (21, 3) float64, metres about the hand's middle.
    score : how sure it is that there is a hand, 0..1.
    handedness : of the person, not of the picture; None when the network cannot tell.
    pose_score : how sure the pose is, 0..1.
    posed : for an open palm, whether it is held up toward the camera; None where that says nothing.
    person : index of the face (in the faces given) that it belongs to, None when unknown.
    partner : index of the other hand of a two-hand sign, in the same answer.
    numbers : the sum that it shows together with `partner`, beside its own pose; empty for hands that show no number
        together. What one hand's pose means is policy.
    """

    points_xyz: NDArray[np.float64]
    world_xyz: NDArray[np.float64]
    score: float
    handedness: Literal["left", "right"] | None
    fingers: FingerState
    pose: Pose
    pose_score: float
    posed: bool | None = None
    person: int | None = None
    partner: int | None = None
    numbers: tuple[int, ...] = ()

    @property
    def box(self) -> Box:
        """The box around the 21 landmarks, analysis pixels."""
        return Box.around((float(x), float(y)) for x, y in self.points_xyz[:, :2])

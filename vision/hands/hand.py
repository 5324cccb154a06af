"""The hands of a photo: as the search finds them, as later stages know them, and two that belong together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from vision.geometry import Box
from vision.poses import FingerState, Pose

if TYPE_CHECKING:
    from vision.hands.landmarker import View


@dataclass(frozen=True, slots=True, eq=False)
class FoundHand:
    """One hand of the photo; `views` is what the landmark network saw of it, the most trusted first."""

    views: tuple[View, ...]

    @property
    def box(self) -> Box:
        """The box around the landmarks of the most trusted view, analysis pixels."""
        return self.views[0].box

    @property
    def size(self) -> float:
        """The longer side of the box, analysis pixels."""
        return self.views[0].size


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

    @property
    def box(self) -> Box:
        """The box around the 21 landmarks, analysis pixels."""
        return Box.around((float(x), float(y)) for x, y in self.points_xyz[:, :2])


@dataclass(frozen=True, slots=True)
class HandPair:
    """Two hands of one person.

    first, second : their places in the same answer, ascending.
    pose : what they form together, which is then the pose of each; None where each shows its own.
    """

    first: int
    second: int
    pose: Pose | None = None

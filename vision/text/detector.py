"""Where lines of text are: PP-OCRv6's detector, which marks the core of each line, and the boxes around those cores.

The method is Differentiable Binarization (https://arxiv.org/abs/1911.08947): what the network marks is a line shrunk by
a known part of its height, so each mark is grown again by the same rule.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.geometry import Box
from vision.models import model_path
from vision.runtime.session import open_session, run_session
from vision.text.line import Quad

_MULTIPLE = 32
# PaddleOCR's own numbers for this network.
_LEAST_MARK, _LEAST_SCORE, _GROWN = 0.3, 0.5, 1.6
_LEAST_SIDE_PX, _MOST_LINES = 3.0, 200
_LEAST_HINT, _HINT_MARGIN = 0.2, 0.05
"""What counts in a first look, and the margin around it as a part of that look's long side."""
_DILATION = np.ones((2, 2), np.uint8)


class TextDetector:
    """A detector that threads may share; the same pixels get the same answer."""

    def __init__(self, model: Path | None = None, *, threads: int = 1) -> None:
        """Load the network. Raises EngineError."""
        self._session = open_session(model or model_path("text_detector.onnx"), threads=threads)

    def find(self, pixels: NDArray[np.uint8], side: int) -> list[Quad]:
        """Find lines in (height, width, 3) uint8 RGB pixels, looked at with a long side of about `side` pixels.

        Returns their corners in pixels of the picture. A line is seen whole from about 10 pixels of height in that
        look. Raises EngineError.
        """
        marks = self._marks(pixels, side)
        return [quad * _back(pixels, marks) for quad in _quads(marks)]

    def area(self, pixels: NDArray[np.uint8], side: int) -> Box | None:
        """Return the part of the picture in which there may be text, None where there is none: a first, cheap look."""
        marks = self._marks(pixels, side)
        rows, columns = np.nonzero(marks > _LEAST_HINT)
        if not rows.size:
            return None
        across, down = map(float, _back(pixels, marks))
        left, top, right, bottom = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
        margin = _HINT_MARGIN * side
        around = Box.from_corners(left - margin, top - margin, right + margin, bottom + margin)
        return around.scaled((across, down)).clipped((pixels.shape[1], pixels.shape[0]))

    def _marks(self, pixels: NDArray[np.uint8], side: int) -> NDArray[np.float32]:
        height, width = pixels.shape[:2]
        ratio = side / max(height, width)
        wide, tall = (max(_MULTIPLE, round(ratio * one / _MULTIPLE) * _MULTIPLE) for one in (width, height))
        shrinks = wide * tall < width * height
        small = cv2.resize(pixels, (wide, tall), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
        (marks,) = run_session(self._session, ["text"], {"pixels": small[None]})
        first: NDArray[np.float32] = marks[0]
        return first


def _back(pixels: NDArray[np.uint8], marks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return pixels of the picture per pixel of its marks, (x, y)."""
    return np.array([pixels.shape[1] / marks.shape[1], pixels.shape[0] / marks.shape[0]], np.float32)


def _quads(marks: NDArray[np.float32]) -> list[Quad]:
    """Return the corners of the lines in a map of marks (height, width), in its pixels."""
    cores = cv2.dilate((marks > _LEAST_MARK).astype(np.uint8), _DILATION)
    contours, _ = cv2.findContours(cores, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for contour in sorted(contours, key=cv2.contourArea, reverse=True)[:_MOST_LINES]:
        middle, (width, height), degrees = cv2.minAreaRect(contour)
        if min(width, height) < _LEAST_SIDE_PX or _mean_mark(marks, contour) < _LEAST_SCORE:
            continue
        grown = _GROWN * width * height / (2 * (width + height))
        corners = cv2.boxPoints((middle, (width + 2 * grown, height + 2 * grown), degrees))
        found.append(_in_reading_order(corners.astype(np.float32)))
    return found


def _mean_mark(marks: NDArray[np.float32], contour: NDArray[np.int32]) -> float:
    left, top, width, height = cv2.boundingRect(contour)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [contour - (left, top)], 1)
    return float(cv2.mean(marks[top : top + height, left : left + width], mask)[0])


def _in_reading_order(corners: Quad) -> Quad:
    """Return the corners from the upper left one on, the way round that a line is read (its longer side across)."""
    by_x = corners[np.argsort(corners[:, 0], kind="stable")]
    left, right = by_x[:2], by_x[2:]
    left, right = left[np.argsort(left[:, 1])], right[np.argsort(right[:, 1])]
    return np.array([left[0], right[0], right[1], left[1]], np.float32)

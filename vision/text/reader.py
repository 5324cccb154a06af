"""What a line says: PP-OCRv6's reader, letter by letter (CTC), for Latin letters, digits and their signs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.models import model_path
from vision.runtime.session import open_session, run_session
from vision.text.line import Quad, sides

HEIGHT = 48
"""Pixels of height at which the network reads a line."""

_LEAST_WIDTH, _MOST_WIDTH, _STEP = 64, 1280, 64
_ALPHABET = "alphabet"
_UPRIGHT = 1.5
"""A box that is so many times as tall as it is wide holds a line that is read from below or from above."""

Line = NDArray[np.float32]
"""(3, 48, width) RGB of -1..1."""


class TextReader:
    """A reader that threads may share; the same pixels get the same answer."""

    def __init__(self, model: Path | None = None) -> None:
        """Load the network. Raises EngineError."""
        self._session = open_session(model or model_path("text_reader.onnx"))
        self._alphabet: str = self._session.get_modelmeta().custom_metadata_map[_ALPHABET]

    def read(self, line: Line) -> tuple[str, float]:
        """Return what a line says and how sure its letters are on the mean, 0..1. Raises EngineError."""
        (classes,) = run_session(self._session, ["characters"], {"lines": line[None]})
        best = classes[0].argmax(axis=1)
        kept = best != 0
        kept[1:] &= best[1:] != best[:-1]
        if not kept.any():
            return "", 0.0
        text = "".join(self._alphabet[at - 1] for at in best[kept])
        return text, float(classes[0].max(axis=1)[kept].mean())


def cut_line(pixels: NDArray[np.uint8], quad: Quad) -> Line:
    """Cut a line out of (height, width, 3) uint8 RGB pixels, levelled, at the reader's height."""
    across, high = sides(quad)
    if high > _UPRIGHT * across:
        quad, across, high = np.roll(quad, 1, axis=0), high, across
    width = min(_MOST_WIDTH, max(1, math.ceil(HEIGHT * across / max(high, 1.0))))
    target = np.array([[0, 0], [width, 0], [width, HEIGHT], [0, HEIGHT]], np.float32)
    matrix = cv2.getPerspectiveTransform(quad, target)
    # A large line is shrunk by whole steps first: a warp alone would skip over most of its pixels.
    level = cv2.warpPerspective(*_nearer(pixels, quad, matrix, high), (width, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
    return padded([level])[0]


def padded(levels: Sequence[NDArray[np.uint8]]) -> list[Line]:
    """Return pictures of lines, each (48, width, 3) uint8 RGB, as the reader takes them: grey after their end."""
    lines = []
    for level in levels:
        width = max(_LEAST_WIDTH, -(-level.shape[1] // _STEP) * _STEP)
        line = np.zeros((3, HEIGHT, width), np.float32)
        line[:, :, : level.shape[1]] = level.transpose(2, 0, 1).astype(np.float32) / 127.5 - 1
        lines.append(line)
    return lines


def _nearer(
    pixels: NDArray[np.uint8], quad: Quad, matrix: NDArray[np.float64], high: float
) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Return the part of the picture around a line, shrunk where it is much taller than the reader's, and its warp."""
    height, width = pixels.shape[:2]
    left, top = np.clip(np.floor(quad.min(axis=0)) - 1, 0, (width - 1, height - 1)).astype(int)
    right, bottom = np.clip(np.ceil(quad.max(axis=0)) + 1, (left + 1, top + 1), (width, height)).astype(int)
    part = pixels[top:bottom, left:right]
    factor = max(1.0, high / (2 * HEIGHT))
    small_wh = max(1, round(part.shape[1] / factor)), max(1, round(part.shape[0] / factor))
    scale_xy = small_wh[0] / part.shape[1], small_wh[1] / part.shape[0]
    small = part if factor == 1.0 else cv2.resize(part, small_wh, interpolation=cv2.INTER_AREA)
    back = np.array([[1 / scale_xy[0], 0, left], [0, 1 / scale_xy[1], top], [0, 0, 1]], np.float64)
    return small, matrix @ back

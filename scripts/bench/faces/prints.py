"""Pictures of faces as they look in print: a sun-bleached banner seen from the side, a newspaper, a ballot paper.

Drawn in memory, and the same for the same picture. A screen of dots is what a press prints; what a camera sees of it is
the dots run together, with what is left of them as noise.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.bench.hands.bench import Pixels

_FINE = 6
"""Dots are drawn at so many times the picture's size, and shrunk: a camera's pixel sees the mean of what it covers."""

_FACE_PX = 66.0
"""Side of a face in a picture of Labeled Faces in the Wild."""

_ANGLES = {"cyan": 15.0, "magenta": 75.0, "yellow": 0.0, "black": 45.0}
"""Degrees by which a press turns the screens of its inks, so that the dots do not fall on one another."""


def banner(degrees: float) -> Callable[[Pixels, np.random.Generator], Pixels]:
    """Return what hangs a picture up as a bleached banner and looks at it from so far to the side."""

    def hang(pixels: Pixels, rng: np.random.Generator) -> Pixels:
        bleached = 255 - (255 - pixels.astype(np.float32)) * np.array((0.62, 0.72, 0.8), np.float32)
        height, width = pixels.shape[:2]
        lines = 1 + 0.02 * np.sin(np.arange(height) * 2 * np.pi / 3 + rng.uniform(0, 6))[:, None, None]
        return _seen_from_the_side(_clipped(bleached * lines), degrees if rng.integers(2) else -degrees, width)

    return hang


def newspaper(dots: float) -> Callable[[Pixels, np.random.Generator], Pixels]:
    """Return what prints a picture in black on grey paper, with so many dots across a face."""

    def print_it(pixels: Pixels, rng: np.random.Generator) -> Pixels:
        ink = 1 - cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
        printed = _screened(ink, _FACE_PX / dots, _ANGLES["black"], rng)
        paper = np.array((214, 208, 194), np.float32)
        return _clipped(paper * (1 - 0.85 * printed[..., None]))

    return print_it


def ballot(dots: float) -> Callable[[Pixels, np.random.Generator], Pixels]:
    """Return what prints a picture in four colours on white paper, with so many dots across a face."""

    def print_it(pixels: Pixels, rng: np.random.Generator) -> Pixels:
        inks = 1 - pixels.astype(np.float32) / 255
        black = 0.6 * inks.min(axis=-1)
        paper = np.full(pixels.shape, 250, np.float32)
        for at, name in enumerate(("cyan", "magenta", "yellow")):
            dotted = _screened(inks[..., at] - black, _FACE_PX / dots, _ANGLES[name], rng)
            paper[..., at] *= 1 - 0.92 * dotted
        return _clipped(paper * (1 - 0.92 * _screened(black, _FACE_PX / dots, _ANGLES["black"], rng))[..., None])

    return print_it


PRINTS: dict[str, Callable[[Pixels, np.random.Generator], Pixels]] = {
    "banner, 20 degrees": banner(20),
    "banner, 45 degrees": banner(45),
    "four colours, 60": ballot(60),
    "four colours, 30": ballot(30),
    "newspaper, 60 dots": newspaper(60),
    "newspaper, 40 dots": newspaper(40),
    "newspaper, 25 dots": newspaper(25),
}
"""By name; the number is of dots across the face."""


def _screened(ink: NDArray[np.float32], pitch: float, degrees: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Print an amount of ink, (height, width) 0..1, as dots of one darkness that lie `pitch` pixels apart."""
    height, width = ink.shape
    fine = cv2.resize(ink, (width * _FINE, height * _FINE), interpolation=cv2.INTER_CUBIC)
    rows, columns = np.mgrid[: height * _FINE, : width * _FINE].astype(np.float32)
    turn, step = math.radians(degrees), 2 * math.pi / (pitch * _FINE)
    along = step * (columns * math.cos(turn) + rows * math.sin(turn)) + rng.uniform(0, 2 * math.pi)
    across = step * (rows * math.cos(turn) - columns * math.sin(turn)) + rng.uniform(0, 2 * math.pi)
    # The share of a cell that lies under the threshold grows as the ink does.
    threshold = (np.cos(along) + np.cos(across)) / 4 + 0.5
    dots = (fine > threshold).astype(np.float32)
    return np.asarray(cv2.resize(dots, (width, height), interpolation=cv2.INTER_AREA), np.float32)


def _seen_from_the_side(pixels: Pixels, degrees: float, focal: float) -> Pixels:
    """Turn the plane of a picture about its upright middle line, before a camera two widths away."""
    height, width = pixels.shape[:2]
    away = 2 * focal
    corners = np.array([(x, y) for y in (0, height) for x in (0, width)], np.float32)
    turn = math.radians(degrees)
    x, y = corners[:, 0] - width / 2, corners[:, 1] - height / 2
    depth = away + x * math.sin(turn)
    seen = np.stack([x * math.cos(turn) * away / depth + width / 2, y * away / depth + height / 2], axis=1)
    matrix = cv2.getPerspectiveTransform(corners, seen.astype(np.float32))
    return np.asarray(cv2.warpPerspective(pixels, matrix, (width, height), borderValue=(120, 140, 150)), np.uint8)


def _clipped(pixels: NDArray[np.floating]) -> Pixels:
    return np.asarray(np.clip(pixels + 0.5, 0, 255).astype(np.uint8))

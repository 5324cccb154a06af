"""Flat things in rendered hands: cards, sheets, telephones. A hand that holds one by its edge is much like a heart."""

from __future__ import annotations

import cv2
import numpy as np

from .rig import Floats
from .scene import Image

_FINE = 8
"""The thing is drawn to an eighth of a pixel."""

_PALM, _THUMB, _TIPS = [0, 5, 9, 17], [2, 3, 4], [4, 8]


def with_thing(image: Image, landmarks_xy: Floats, rng: np.random.Generator) -> Image:
    """Return the picture with a flat thing between thumb and index finger, the thumb before it.

    image : (height, width, 3) uint8 RGB; landmarks_xy : (21, 2), the hand's, pixels. The picture given stays as it is.
    """
    palm = landmarks_xy[_PALM].mean(axis=0)
    tips = landmarks_xy[_TIPS].mean(axis=0)
    unit = max(float(np.linalg.norm(landmarks_xy[9] - landmarks_xy[0])), 4.0)
    way = (tips - palm) / max(float(np.linalg.norm(tips - palm)), 1e-6)
    turn = np.radians(rng.normal(0, 35))
    along = np.array([way[0] * np.cos(turn) - way[1] * np.sin(turn), way[0] * np.sin(turn) + way[1] * np.cos(turn)])
    across = np.array([-along[1], along[0]])
    length, breadth = unit * rng.uniform(0.7, 2.2), unit * rng.uniform(0.5, 1.6)
    start = tips - along * unit * rng.uniform(0.0, 0.35) + across * breadth * rng.uniform(-0.35, 0.35)
    corners = [
        start + across * side * breadth / 2 + along * far for side, far in ((-1, 0), (1, 0), (1, length), (-1, length))
    ]
    cover = _polygon(image, np.array(corners))
    cover *= 1.0 - _stroke(image, landmarks_xy[_THUMB], 0.3 * unit)
    return np.clip(image + (_face(image, along, rng) - image) * cover[..., None], 0, 255).astype(np.uint8)


def _polygon(image: Image, corners: Floats) -> Floats:
    mask = np.zeros(image.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.round(corners * _FINE).astype(np.int32), 255, cv2.LINE_AA, 3)
    return mask / 255.0


def _stroke(image: Image, points: Floats, width: float) -> Floats:
    mask = np.zeros(image.shape[:2], np.uint8)
    line = np.round(points * _FINE).astype(np.int32)
    cv2.polylines(mask, [line], False, 255, max(round(width), 1), cv2.LINE_AA, 3)
    return mask / 255.0


def _face(image: Image, along: Floats, rng: np.random.Generator) -> Floats:
    """Return the thing's surface over the whole picture: mostly white paper, with lines of writing or a plain cover."""
    light = rng.uniform(170, 255) if rng.random() < 0.65 else rng.uniform(10, 170)
    colour = light + rng.normal(0, 8 if light > 170 else 40, 3)
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    surface = np.broadcast_to(colour, image.shape).astype(float)
    if rng.random() < 0.6:
        place = columns * along[0] + rows * along[1]
        lines = 0.5 + 0.5 * np.sin(place / rng.uniform(0.5, 2.0) + rng.uniform(0, 6))
        surface = surface * (1 - rng.uniform(0.1, 0.5) * lines[..., None])
    return surface + rng.normal(0, 4, image.shape)

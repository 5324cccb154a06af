"""Applying a remedy to pixels. What is covered cannot be had back: a few mean colours are all that is left of it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.geometry import Box
from vision.remedy.remedy import Cover, Remedy

Pixels = NDArray[np.uint8]


def apply(pixels: NDArray[np.uint8], remedy: Remedy) -> NDArray[np.uint8]:
    """Return the photo with the remedy done: covers first, then the cut.

    pixels : (height, width, 3) uint8 RGB, upright, of the size the remedy was made for; it is not changed, but where
    nothing is covered the answer may be a view of it. Pixels outside of `remedy.boxes_ltwh` keep their values. Raises
    ValueError for another size.
    """
    height, width = pixels.shape[:2]
    if (width, height) != remedy.size_wh:
        raise ValueError(f"the remedy is for a photo of {remedy.size_wh}, the photo has {(width, height)}")
    done = pixels.copy() if remedy.covers else pixels
    for cover, box in zip(remedy.covers, remedy.boxes_ltwh, strict=True):
        if box.area > 0:
            _cover(done, cover, box)
    return done if remedy.crop is None else np.ascontiguousarray(done[_rows_columns(remedy.crop)])


def _cover(pixels: Pixels, cover: Cover, box: Box) -> None:
    window = pixels[_rows_columns(box)]
    opaque = _opacity(cover, box)[:, :, None]
    hidden = _coarse(window, cover.cell)
    mixed = window * (1 - opaque) + hidden * opaque
    window[:] = np.where(opaque > 0, np.clip(mixed + 0.5, 0, 255), window).astype(np.uint8)


def _coarse(window: Pixels, cell: float) -> NDArray[np.float32]:
    """Return the window as its mean colours over squares of about `cell` pixels, drawn smoothly: (h, w, 3) float32.

    Nothing finer goes into the answer: pixels that change places within a square leave it as it is.
    """
    height, width = window.shape[:2]
    across = max(round(width / cell), 1), max(round(height / cell), 1)
    means = cv2.resize(window.astype(np.float32), across, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(means, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.float32)


def _opacity(cover: Cover, box: Box) -> NDArray[np.float32]:
    """Return how much of the photo is hidden, (h, w) float32, 0..1: 1 within reach, 0 where the soft edge ends."""
    outside = np.full((int(box.height), int(box.width)), 255, np.uint8)
    corners = np.round(np.array(cover.outline_xy) - (box.left, box.top)).astype(np.int32)
    # A hand seen edge-on has an outline without an inside: its line is drawn as well.
    cv2.fillConvexPoly(outside, corners, 0)
    cv2.polylines(outside, [corners], True, 0)
    away = cv2.distanceTransform(outside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    left = np.clip((cover.reach + cover.feather - away) / cover.feather, 0.0, 1.0)
    return np.asarray(left * left * (3 - 2 * left), dtype=np.float32)


def _rows_columns(box: Box) -> tuple[slice, slice]:
    return slice(int(box.top), int(box.bottom)), slice(int(box.left), int(box.right))

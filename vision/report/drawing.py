"""Boxes, hand skeletons and numbered tags on a picture. Private to `vision.report.annotate`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.geometry import Box
from vision.poses import FINGERS, KNUCKLES, Landmark
from vision.report.marks import Mark, Strength

Color = tuple[int, int, int]
Picture = NDArray[np.uint8]
Corners = NDArray[np.float64]

VERMILLION: Color = (213, 94, 0)
YELLOW: Color = (240, 228, 66)
GREEN: Color = (0, 158, 115)
WHITE: Color = (255, 255, 255)
BLACK: Color = (0, 0, 0)
# Okabe and Ito's palette, told apart with every kind of colour vision; shape and dashes say the same once more.
COLORS: dict[Strength, Color] = {"flag": VERMILLION, "review": YELLOW, "quiet": GREEN}
INK: dict[Strength, Color] = {"flag": WHITE, "review": BLACK, "quiet": WHITE}

_PALM = (Landmark.WRIST, *KNUCKLES, Landmark.WRIST)
_BONES = tuple(pair for chain in ((Landmark.WRIST, *FINGERS[0]), *FINGERS[1:], _PALM) for pair in pairwise(chain))
_SUBPIXEL_BITS = 4


@dataclass(frozen=True, slots=True)
class Tag:
    """Where the number of a mark stands: centre and radius in pixels of the picture."""

    mark: Mark
    center_xy: tuple[float, float]
    radius: float


def outlined(box: Box, unit: float, size_wh: tuple[int, int]) -> Box:
    """Return the frame drawn for a box: a little larger, never tiny, inside the picture."""
    grown = box.expanded(1.15)
    least = 2.6 * unit
    width, height = max(grown.width, least), max(grown.height, least)
    cx, cy = box.center_xy
    return Box(cx - width / 2, cy - height / 2, width, height).clipped(size_wh)


def draw_mark(picture: Picture, mark: Mark, unit: float, boldness: float = 1.0) -> None:
    """Draw frame and skeleton; solid and thick for flag, dashed for review, a hair's breadth for quiet hands.

    `boldness` (0..1) thins the frames where many stand close together.
    """
    color = COLORS[mark.severity]
    frame = outlined(mark.box, unit, (picture.shape[1], picture.shape[0]))
    if mark.severity == "quiet":
        corners = _corner_ticks(frame)
        _strokes(picture, corners, color, 0.2 * unit, 0.1 * unit)
        return
    if mark.landmarks_xy is not None and max(mark.box.width, mark.box.height) > 7 * unit:
        bones = [(mark.landmarks_xy[a], mark.landmarks_xy[b]) for a, b in _BONES]
        _strokes(picture, bones, color, 0.25 * unit, 0.12 * unit)
    sides = _sides(frame)
    if mark.severity == "review":
        sides = [dash for side in sides for dash in _dashes(side, 1.3 * unit, 0.9 * unit)]
    _strokes(picture, sides, color, 0.55 * unit * boldness, 0.18 * unit * boldness)


def draw_tag(picture: Picture, tag: Tag, unit: float) -> None:
    """Draw the plate of a tag, round for flag and square for review, and the line to its box when it stands apart."""
    frame = outlined(tag.mark.box, unit, (picture.shape[1], picture.shape[0]))
    x, y = tag.center_xy
    nearest = (min(max(x, frame.left), frame.right), min(max(y, frame.top), frame.bottom))
    color = COLORS[tag.mark.severity]
    if math.dist(nearest, (x, y)) > 1.5 * tag.radius:
        _strokes(picture, [((x, y), nearest)], color, 0.4 * unit, 0.15 * unit)
    draw_plate(picture, (x, y), tag.radius, tag.mark.severity, 0.22 * unit)


def draw_plate(picture: Picture, center_xy: tuple[float, float], radius: float, kind: Strength, rim: float) -> None:
    """Draw the disc (flag) or square (review) that a number stands on, with a rim that parts it from the photo."""
    for reach, color in ((radius + rim, BLACK if kind == "review" else WHITE), (radius, COLORS[kind])):
        if kind == "review":
            half = reach * 0.92
            points = [(-half, -half), (half, -half), (half, half), (-half, half)]
            corners = _fixed(np.array(points) + np.array(center_xy))
            cv2.fillPoly(picture, [corners], color, cv2.LINE_AA, _SUBPIXEL_BITS)
        else:
            center = tuple(int(v) for v in _fixed(np.array(center_xy)))
            cv2.circle(picture, center, int(reach * 2**_SUBPIXEL_BITS), color, -1, cv2.LINE_AA, _SUBPIXEL_BITS)


def place_tags(marks: Sequence[Mark], unit: float, radius: float, size_wh: tuple[int, int]) -> list[Tag]:
    """Find a place for every numbered mark's tag: near its box, on no other tag, on few other marks, in the picture."""
    numbered = [mark for mark in marks if mark.severity != "quiet"]
    frames = np.array([_corners(outlined(mark.box, unit, size_wh)) for mark in numbered]).reshape(-1, 4)
    picture = np.array([[0.0, 0.0, *size_wh]])
    taken = np.empty((0, 4))
    tags: list[Tag] = []
    for at, mark in enumerate(numbered):
        spots = _spots(frames[at], radius)
        squares = np.hstack([spots - radius, spots + radius])
        weights = np.full(len(frames), 3.0)
        weights[at] = 1.2
        middle = (frames[at, :2] + frames[at, 2:]) / 2
        cost = 0.08 * np.hypot(*(spots - middle).T) / radius
        cost += 20 * (1 - _covered(squares, picture)[:, 0]) + 12 * _covered(squares, taken).sum(axis=1)
        cost += _covered(squares, frames) @ weights
        low, high = np.full(2, radius), np.maximum(np.array(size_wh) - radius, radius)
        center = np.clip(spots[int(np.argmin(cost))], low, high)
        taken = np.vstack([taken, [*(center - 1.1 * radius), *(center + 1.1 * radius)]])
        tags.append(Tag(mark, (float(center[0]), float(center[1])), radius))
    return tags


def _spots(frame: Corners, radius: float) -> Corners:
    """Return tag centres around a frame, (n, 2), the preferred and nearest first."""
    cx, cy = (frame[:2] + frame[2:]) / 2
    spots: list[tuple[float, float]] = []
    for ring in (0.6, 1.4, 2.8, 4.4, 6.2):
        left, top, right, bottom = frame + np.array([-1, -1, 1, 1]) * ring * radius
        spots += [(left, top), (right, top), (cx, top), (left, bottom), (right, bottom), (cx, bottom)]
        spots += [(left, cy), (right, cy)]
    return np.array(spots)


def _covered(squares: Corners, others: Corners) -> Corners:
    """Return the shared area of each square with each other box, as a part of the smaller one: (squares, others)."""
    low = np.maximum(squares[:, None, :2], others[None, :, :2])
    high = np.minimum(squares[:, None, 2:], others[None, :, 2:])
    areas = [np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) for boxes in (squares, others)]
    smaller = np.minimum(areas[0][:, None], areas[1][None, :])
    return np.asarray(np.prod(np.maximum(high - low, 0), axis=2) / np.maximum(smaller, 1e-9))


def _corners(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right, box.bottom


Stroke = tuple[tuple[float, float], tuple[float, float]]


def _sides(box: Box) -> list[Stroke]:
    a, b = (box.left, box.top), (box.right, box.top)
    c, d = (box.right, box.bottom), (box.left, box.bottom)
    return [(a, b), (b, c), (c, d), (d, a)]


def _corner_ticks(box: Box) -> list[Stroke]:
    ticks: list[Stroke] = []
    for (x0, y0), (x1, y1) in _sides(box):
        dx, dy = (x1 - x0) / 4, (y1 - y0) / 4
        ticks += [((x0, y0), (x0 + dx, y0 + dy)), ((x1, y1), (x1 - dx, y1 - dy))]
    return ticks


def _dashes(side: Stroke, dash: float, gap: float) -> list[Stroke]:
    (x0, y0), (x1, y1) = side
    length = math.dist(*side)
    count = max(round((length + gap) / (dash + gap)), 2)
    step, share = 1 / count, dash / (dash + gap)
    parts = ((n * step, (n + share) * step) for n in range(count))
    return [((x0 + (x1 - x0) * a, y0 + (y1 - y0) * a), (x0 + (x1 - x0) * b, y0 + (y1 - y0) * b)) for a, b in parts]


def _strokes(picture: Picture, strokes: Sequence[Stroke], color: Color, width: float, casing: float) -> None:
    """Draw lines with a dark casing, so that they stand out on light and dark ground."""
    lines = [_fixed(np.array(stroke)) for stroke in strokes]
    for thickness, shade in ((width + 2 * casing, BLACK), (width, color)):
        cv2.polylines(picture, lines, False, shade, max(round(thickness), 1), cv2.LINE_AA, _SUBPIXEL_BITS)


def _fixed(points: NDArray[np.float64]) -> NDArray[np.int32]:
    fixed: NDArray[np.int32] = np.round(points * 2**_SUBPIXEL_BITS).astype(np.int32)
    return fixed

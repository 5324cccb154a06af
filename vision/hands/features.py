"""Features of a hand's shape for the landmark classifier, independent of place, size and turn.

Landmarks are MediaPipe's 21 (`vision.poses.Landmark`). Image landmarks are used; the network's world landmarks are
unreliable when the back of the hand faces the camera. Depth enters by the joints' turns alone: with it in plain, flat
hands seen from the back were named `ok`.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from vision.poses import FINGERS, KNUCKLES, TIPS, Landmark

Floats = NDArray[np.float64]


def _rows(landmarks: Iterable[Landmark]) -> list[int]:
    """Return plain numbers, by which arrays are indexed fastest."""
    return [int(landmark) for landmark in landmarks]


_WRIST, _INDEX_KNUCKLE, _MIDDLE_KNUCKLE, _, _PINKY_KNUCKLE = _rows([Landmark.WRIST, *KNUCKLES])
_KNUCKLES, _TIPS, _BASES = _rows(KNUCKLES), _rows(TIPS), _rows([Landmark.THUMB_MCP, *KNUCKLES])
_CHAINS = [_rows([Landmark.WRIST, *finger]) for finger in FINGERS]
_BENDS = [(a, b, c) for chain in _CHAINS for a, b, c in zip(chain, chain[1:], chain[2:], strict=False)]
_THUMB_TIP, _INDEX_TIP, _MIDDLE_TIP, _RING_TIP, _PINKY_TIP = _TIPS
_RING = _rows([Landmark.RING_FINGER_MCP, Landmark.RING_FINGER_PIP, Landmark.RING_FINGER_TIP])
_PINKY = _rows([Landmark.PINKY_MCP, Landmark.PINKY_TIP])
_PAIRS = [
    *((_THUMB_TIP, row) for row in (*_rows(FINGERS[1]), *_rows(FINGERS[2]), *_RING, *_PINKY)),
    *((_INDEX_TIP, row) for row in (_MIDDLE_TIP, _RING_TIP, _PINKY_TIP, _WRIST, _INDEX_KNUCKLE, _MIDDLE_KNUCKLE)),
    *((_MIDDLE_TIP, row) for row in (_RING_TIP, _PINKY_TIP, _WRIST, _MIDDLE_KNUCKLE, _INDEX_KNUCKLE)),
    *((_RING_TIP, row) for row in (_PINKY_TIP, _WRIST, _RING[0])),
    *((_PINKY_TIP, row) for row in (_WRIST, _PINKY_KNUCKLE, _RING[0])),
    (_INDEX_KNUCKLE, _PINKY_KNUCKLE),
    (_WRIST, _MIDDLE_KNUCKLE),
]


def upright(points_xyz: Floats) -> Floats:
    """Turn, mirror and scale hands to one standing.

    points_xyz : (n, 21, 3), pixels, y down. Returns (n, 21, 3): the wrist at the origin, the middle knuckle straight
    up (negative y), the index knuckle left of the pinky's, the palm about one unit long. Hands whose landmarks lie
    in one point come out as zeros.
    """
    points = points_xyz - points_xyz[:, :1]
    axis = points[:, _MIDDLE_KNUCKLE, :2] + 1e-9
    angle = np.arctan2(axis[:, 0], -axis[:, 1])
    cosine, sine = np.cos(angle), np.sin(angle)
    x = points[..., 0] * cosine[:, None] + points[..., 1] * sine[:, None]
    y = -points[..., 0] * sine[:, None] + points[..., 1] * cosine[:, None]
    side = np.where(x[:, _INDEX_KNUCKLE] > x[:, _PINKY_KNUCKLE], -1.0, 1.0)
    turned = np.stack([x * side[:, None], y, points[..., 2]], axis=-1)
    return turned / _palm_length(turned)[:, None, None]


def describe(points_xyz: Floats) -> NDArray[np.float32]:
    """Return the features of hands, (n, 21, 3) pixels → (n, FEATURES) float32, all of order one."""
    hands = upright(np.asarray(points_xyz, dtype=np.float64))
    flat = hands[..., :2]
    parts = [
        flat[:, 1:].reshape(-1, 2 * 20),
        _bend_cosines(flat),
        _bend_cosines(hands),
        _lengths(flat, _PAIRS),
        _reach(flat),
        _directions(flat),
    ]
    return np.clip(np.concatenate(parts, axis=1), -4, 4).astype(np.float32)


def _palm_length(hands: Floats) -> Floats:
    """The palm's length (n,) in the hands' own unit.

    Knuckles from the wrist, with depth and the palm's width, so that a foreshortened palm does not blow the hand up.
    """
    flat = np.linalg.norm(hands[:, _KNUCKLES, :2], axis=-1).mean(1)
    deep = np.linalg.norm(hands[:, _KNUCKLES], axis=-1).mean(1)
    width = np.linalg.norm(hands[:, _INDEX_KNUCKLE, :2] - hands[:, _PINKY_KNUCKLE, :2], axis=-1)
    length: Floats = np.maximum.reduce([flat, 0.75 * deep, 1.1 * width, np.full(len(hands), 1e-6)])
    return length


def _bend_cosines(points: Floats) -> Floats:
    """Cosine of the turn at each joint, 1 when straight: (n, 15)."""
    columns = []
    for before, joint, after in _BENDS:
        first, second = points[:, joint] - points[:, before], points[:, after] - points[:, joint]
        norm = np.linalg.norm(first, axis=-1) * np.linalg.norm(second, axis=-1)
        columns.append((first * second).sum(-1) / np.maximum(norm, 1e-6))
    return np.stack(columns, axis=1)


def _lengths(points: Floats, pairs: list[tuple[int, int]]) -> Floats:
    first, second = zip(*pairs, strict=True)
    lengths: Floats = np.linalg.norm(points[:, list(first)] - points[:, list(second)], axis=-1)
    return lengths


def _reach(points: Floats) -> Floats:
    """How straight each finger is (its chord over its length), and how far the tip is beyond its middle joint."""
    columns = []
    for chain in _CHAINS:
        bones = np.linalg.norm(np.diff(points[:, chain[1:]], axis=1), axis=-1).sum(1)
        chord = np.linalg.norm(points[:, chain[4]] - points[:, chain[1]], axis=-1)
        tip, joint = np.linalg.norm(points[:, chain[4]], axis=-1), np.linalg.norm(points[:, chain[2]], axis=-1)
        columns += [chord / np.maximum(bones, 1e-6), tip - joint]
    return np.stack(columns, axis=1)


def _directions(points: Floats) -> Floats:
    """Unit direction of each finger from base to tip: (n, 10)."""
    way = points[:, _TIPS] - points[:, _BASES]
    units: Floats = way / np.maximum(np.linalg.norm(way, axis=-1, keepdims=True), 1e-6)
    return units.reshape(-1, 2 * len(_TIPS))


FEATURES = describe(np.zeros((1, 21, 3))).shape[1]

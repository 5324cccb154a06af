"""Assigns hands to people, and finds the pairs of hands that form something together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from vision.geometry import Box
from vision.hands.hand import Hand, HandPair
from vision.poses import Landmark, Pose

_REACH = 4.5
"""How far a hand can be from its person's breastbone, in face widths: an arm's length and a hand."""

_SIZE_RATIO = (0.25, 3.0)
"""Hand size over face width: from a fist at the back to an open hand held toward the camera."""

_BELT = 2.0
"""How far below the chin a hand is low, in face heights."""

LOOSE = (Pose.PALM_FIVE, Pose.FOUR, Pose.FINGER_HEART, Pose.OK)
"""Shapes that hands at rest take as well: open on a knee, folded, round a glass."""

_LEGS_BEYOND = np.deg2rad(150)
"""A V of nobody's whose fingers point down further than this from upright: the legs of somebody seen from behind."""

_FLAT = (Pose.PALM_FIVE, Pose.FOUR, Pose.NONE)


def owners(boxes: Sequence[Box], faces: Sequence[Box]) -> list[int | None]:
    """Return for each hand the index of the face whose person it belongs to, None when nobody is near.

    At most two hands a person; the nearest pairs are settled first. All boxes in analysis pixels.
    """
    pairs = []
    for hand_index, hand in enumerate(boxes):
        for face_index, face in enumerate(faces):
            width = max(face.width, 1.0)
            x, y = face.center_xy
            breastbone = np.array([x, y + 1.6 * width])
            away = float(np.linalg.norm(np.array(hand.center_xy) - breastbone)) / width
            ratio = max(hand.width, hand.height) / width
            if away < _REACH and _SIZE_RATIO[0] < ratio < _SIZE_RATIO[1]:
                pairs.append((away, hand_index, face_index))
    owner: list[int | None] = [None] * len(boxes)
    count = [0] * len(faces)
    for _, hand_index, face_index in sorted(pairs):
        if owner[hand_index] is None and count[face_index] < 2:
            owner[hand_index] = face_index
            count[face_index] += 1
    return owner


def raised(boxes: Sequence[Box], faces: Sequence[Box]) -> NDArray[np.bool_]:
    """Tell for each hand whether it is held above its person's belt; a hand of nobody known counts as raised."""
    below = [
        0.0 if face is None else (box.center_xy[1] - faces[face].bottom) / max(faces[face].height, 1.0)
        for box, face in zip(boxes, owners(boxes, faces), strict=True)
    ]
    return np.array(below) < _BELT


def with_posture(hands: Sequence[Hand], faces: Sequence[Box]) -> tuple[tuple[Hand, ...], tuple[HandPair, ...]]:
    """Return the hands with what their place and their partner say (posed palms, hands on chests), and who are pairs.

    A hand forms something with one other at most. Where nobody's face is seen, a hand that forms nothing may be of
    several pairs: nobody knows whose it is.
    """
    placed = [_placed(hand, None if hand.person is None else faces[hand.person]) for hand in hands]
    couples = [
        (one, two) for one, two in combinations(range(len(placed)), 2) if _are_of_one(placed[one], placed[two], faces)
    ]
    formed: list[HandPair] = []
    taken: set[int] = set()
    for first, second in couples:
        pose = None if taken & {first, second} else _formed(placed[first], placed[second])
        if pose is not None:
            taken |= {first, second}
            formed.append(HandPair(first, second, pose))
            sure = min(placed[first].score, placed[second].score)
            for at in (first, second):
                placed[at] = replace(placed[at], pose=pose, pose_score=sure, posed=None)
    others = [HandPair(first, second) for first, second in couples if not taken & {first, second}]
    return tuple(placed), (*formed, *others)


def _placed(hand: Hand, face: Box | None) -> Hand:
    if hand.pose in LOOSE and _is_at_rest(hand, face):
        return replace(hand, pose=Pose.NONE)
    if hand.pose is Pose.PEACE_TWO and face is None and _lean(hand) > _LEGS_BEYOND:
        return replace(hand, pose=Pose.NONE)
    if hand.pose is Pose.ONE_INDEX and face is not None and _is_on_lips(hand, face):
        return replace(hand, pose=Pose.NONE)
    if hand.pose not in (Pose.PALM_FIVE, Pose.NONE):
        return hand
    if face is not None and _is_on_chest(hand, face):
        return replace(hand, pose=Pose.HAND_ON_CHEST)
    if face is not None and _is_laid_on_another(hand, face):
        return replace(hand, pose=Pose.NONE)
    return replace(hand, posed=_is_posed(hand, face)) if hand.pose is Pose.PALM_FIVE else hand


def _is_at_rest(hand: Hand, face: Box | None) -> bool:
    """Tell whether the hand hangs, lies in a lap or is folded before the belt: low, or low-ish with fingers down."""
    if face is None:
        return hand.pose is Pose.PALM_FIVE and _lean(hand) > np.deg2rad(120)
    below_chin = (hand.box.center_xy[1] - face.bottom) / max(face.height, 1.0)
    return below_chin > 2.8 or (below_chin > 1.5 and _lean(hand) > np.deg2rad(100))


def _is_posed(hand: Hand, face: Box | None) -> bool:
    """Tell whether an open palm is held up toward the camera: fingers up, palm seen broad, not hanging low."""
    fingers_up = _lean(hand) < np.deg2rad(50)
    # Broader than long is a palm whose fingers point at the camera: it claps, holds or explains something.
    broad = 0.45 < _breadth(hand) < 1.1
    high = face is None or hand.box.center_xy[1] < face.bottom + _BELT * face.height
    return bool(fingers_up and broad and high)


def _is_laid_on_another(hand: Hand, face: Box) -> bool:
    """Tell whether it is one of two joined palms, the other hidden behind it: upright before the chest, seen edge on.

    Ten selfies of an open palm (hagrid_sample) show it from 0.56 to 0.86 as broad as long.
    """
    x, y = hand.box.center_xy
    before_chest = abs(x - face.center_xy[0]) < 0.6 * face.width and 0 < (y - face.bottom) / face.height < 1.6
    return before_chest and _lean(hand) < np.deg2rad(35) and _breadth(hand) < 0.55


def _is_on_lips(hand: Hand, face: Box) -> bool:
    """Tell whether the index finger lies upright on the lips: its tip at the nose, its middle joint at the chin."""
    middle, top = face.center_xy[0], face.top
    (tip_x, tip_y), (joint_x, joint_y) = (
        hand.points_xyz[point, :2] for point in (Landmark.INDEX_FINGER_TIP, Landmark.INDEX_FINGER_PIP)
    )
    straight = abs(tip_x - middle) < 0.15 * face.width and abs(joint_x - middle) < 0.2 * face.width
    on_lips = 0.45 < (tip_y - top) / face.height < 0.7 < (joint_y - top) / face.height < 1.0
    return bool(straight and on_lips)


def _is_on_chest(hand: Hand, face: Box) -> bool:
    """Tell whether a flat hand lies across its person's chest."""
    x, y = hand.box.center_xy
    face_x, face_y = face.center_xy
    across = np.deg2rad(45) < _lean(hand) < np.deg2rad(135)
    extended = sum(hand.fingers.extended().values()) >= 4
    return bool(across and extended and abs(x - face_x) < face.width and 1.1 < (y - face_y) / face.height < 2.6)


def _are_of_one(one: Hand, other: Hand, faces: Sequence[Box]) -> bool:
    if one.person is not None or other.person is not None:
        return one.person == other.person
    # Nobody's face is seen at all: two hands of about one size, near each other, are one person's.
    return not faces and 0.5 < _size(one) / _size(other) < 2 and _apart(one, other, Landmark.WRIST) < 5 * _size(one)


def _formed(one: Hand, other: Hand) -> Pose | None:
    if _is_heart(one, other):
        return Pose.TWO_HAND_HEART
    return Pose.PALMS_TOGETHER if _is_palms_together(one, other) else None


def _is_heart(one: Hand, other: Hand) -> bool:
    """Tell whether fingers meet above and thumbs below, with room between: a heart of two hands.

    Where the wrists are far apart, the fingers alone meet, and the thumbs hide behind them.
    """
    size = min(_size(one), _size(other))
    fingertip = min(_apart(one, other, Landmark.INDEX_FINGER_TIP), _apart(one, other, Landmark.MIDDLE_FINGER_TIP))
    thumbs = _apart(one, other, Landmark.THUMB_TIP)
    tops = (one.points_xyz[Landmark.INDEX_FINGER_TIP, 1] + other.points_xyz[Landmark.INDEX_FINGER_TIP, 1]) / 2
    bottoms = (one.points_xyz[Landmark.THUMB_TIP, 1] + other.points_xyz[Landmark.THUMB_TIP, 1]) / 2
    wrists = _apart(one, other, Landmark.WRIST)
    closed = thumbs < 0.4 * size and wrists > 0.5 * size
    return bool(fingertip < 0.35 * size and bottoms - tops > 0.25 * size and (closed or wrists > 1.5 * size))


def _is_palms_together(one: Hand, other: Hand) -> bool:
    """Tell whether two flat hands lie against each other, fingers the same way."""
    if one.pose not in _FLAT or other.pose not in _FLAT:
        return False
    size = min(_size(one), _size(other))
    near = max(_apart(one, other, Landmark.MIDDLE_FINGER_TIP), _apart(one, other, Landmark.WRIST)) < 0.5 * size
    return bool(near and float(_way(one) @ _way(other)) > 0.8)


def _size(hand: Hand) -> float:
    return max(hand.box.width, hand.box.height, 1.0)


def _apart(one: Hand, other: Hand, point: Landmark) -> float:
    return float(np.linalg.norm(one.points_xyz[point, :2] - other.points_xyz[point, :2]))


def _way(hand: Hand) -> NDArray[np.float64]:
    """Unit direction from the wrist to the middle knuckle."""
    way = hand.points_xyz[Landmark.MIDDLE_FINGER_MCP, :2] - hand.points_xyz[Landmark.WRIST, :2]
    unit: NDArray[np.float64] = way / max(float(np.linalg.norm(way)), 1e-6)
    return unit


def _breadth(hand: Hand) -> float:
    """The palm's breadth over its length, as seen: about 0.7 from the front."""
    length = np.linalg.norm(hand.points_xyz[Landmark.MIDDLE_FINGER_MCP, :2] - hand.points_xyz[Landmark.WRIST, :2])
    breadth = np.linalg.norm(hand.points_xyz[Landmark.INDEX_FINGER_MCP, :2] - hand.points_xyz[Landmark.PINKY_MCP, :2])
    return float(breadth / max(float(length), 1e-6))


def _lean(hand: Hand) -> float:
    """Angle in radians between the hand and straight up, 0..pi."""
    return float(np.arccos(np.clip(-_way(hand)[1], -1, 1)))

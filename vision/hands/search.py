"""The search for hands: a look at every planned square, one answer a hand, then closer views of each.

The first look asks little of the palm detector (it must not miss). What it brings up too easily, a collar or a knee,
is for the namer to drop, who knows clutter from a hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from vision.geometry import Box
from vision.hands.landmarker import MIDDLE_MCP, WRIST, HandLandmarker, Patch, RawHand
from vision.hands.regions import plan, without_faces

_CONFIDENCE = 0.05
_PRESENCE = 0.05
"""Low on purpose: at 0.3 the first look finds 25 of 44 thumbs of 22-30 px in a group photo, at 0.05 38. The namer
then drops clutter, and five of these with it."""

_FIRST_HANDS = 5
_FIRST_PIXELS = 256
"""Half the cost of ten hands in 384 pixels, and no hand fewer on the same photo."""

_CLOSE_FACTORS = (2.2, 2.2)
_CLOSE_FACTORS_SMALL = (4.5, 3.5)
_SMALL_PX = 48
"""Sides of the two close views in hand sizes. Hands under 48 px are blurred from near: of 41 found at 22-40 px, the
palm detector finds 16 again at 2.2 hand sizes and 26 at 4.5."""

_LEAST_PX = 14
"""Landmarks of anything smaller are noise: in crowds, signs named under 14 px were faces and collars."""

_SAME_PLACE = 0.45
"""Two finds whose middles are nearer than this part of the smaller one's size are the same hand."""


@dataclass(frozen=True, slots=True, eq=False)
class FoundHand:
    """One hand of the photo, as seen in one to three views.

    views : landmarks (21, 3) float64 in analysis pixels, the most trusted view first, the first look's last.
    steadiness : the part (0..1) of the close views in which the hand was found again.
    """

    views: tuple[NDArray[np.float64], ...]
    world_xyz: NDArray[np.float64]
    right: float
    steadiness: float

    @property
    def box(self) -> Box:
        """The box around the landmarks of the most trusted view, analysis pixels."""
        return Box.around((float(x), float(y)) for x, y in self.views[0][:, :2])

    @property
    def size(self) -> float:
        """The longer side of the box, analysis pixels."""
        return max(self.box.width, self.box.height)


class HandSearch:
    """Finds the hands of a photo. Holds two network instances; close it."""

    def __init__(self) -> None:
        self._first = HandLandmarker(hands=_FIRST_HANDS, confidence=_CONFIDENCE, presence=_PRESENCE)
        self._close = HandLandmarker(hands=2, confidence=_CONFIDENCE, presence=_PRESENCE)

    def look(self, pixels: NDArray[np.uint8], faces: Sequence[Box]) -> list[RawHand]:
        """Look at every planned square; each hand comes once, from the square that shows it largest.

        pixels : (height, width, 3) uint8 RGB at analysis size.
        faces : the faces' boxes in the same pixels; they say where to look.
        """
        size_wh = pixels.shape[1], pixels.shape[0]
        hands = self._look(pixels, plan(size_wh, faces), faces)
        return hands if hands or faces else self._look(pixels, without_faces(size_wh), faces)

    def closer(self, pixels: NDArray[np.uint8], hands: Sequence[RawHand]) -> tuple[FoundHand, ...]:
        """See each hand again from near, upright and turned fingers-up in the mirror; reading order.

        Hands that turn out to be one come once.
        """
        found = _one_each([self._view(pixels, hand) for hand in hands])
        return tuple(sorted(found, key=lambda hand: (round(hand.box.top), round(hand.box.left))))

    def _look(self, pixels: NDArray[np.uint8], patches: Sequence[Patch], faces: Sequence[Box]) -> list[RawHand]:
        finds = [
            (hand.size / patch.side, hand)
            for patch in patches
            for hand in self._first.detect(pixels, replace(patch, pixels_side=_FIRST_PIXELS))
        ]
        kept: list[RawHand] = []
        for _, hand in sorted(finds, key=lambda find: -find[0]):
            if _plausible(hand, faces, pixels) and not any(_same(hand.box, other.box) for other in kept):
                kept.append(hand)
        return kept

    def _view(self, pixels: NDArray[np.uint8], hand: RawHand) -> FoundHand:
        toward = hand.points_xyz[MIDDLE_MCP, :2] - hand.points_xyz[WRIST, :2]
        turn = float(np.arctan2(toward[0], -toward[1]))
        factors = _CLOSE_FACTORS if hand.size >= _SMALL_PX else _CLOSE_FACTORS_SMALL
        center = hand.box.center_xy
        looks = (Patch(center, hand.size * factors[0]), Patch(center, hand.size * factors[1], turn, mirrored=True))
        seen = []
        for look in looks:
            again = [other for other in self._close.detect(pixels, look) if _same(other.box, hand.box)]
            if again:
                seen.append(min(again, key=lambda other: _apart(other.box, hand.box)))
        best = seen[0] if seen else hand
        return FoundHand(
            views=tuple(other.points_xyz for other in (*seen, hand)),
            world_xyz=best.world_xyz,
            right=best.right,
            steadiness=len(seen) / len(looks),
        )

    def close(self) -> None:
        """Free the networks."""
        self._first.close()
        self._close.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _apart(one: Box, other: Box) -> float:
    (x1, y1), (x2, y2) = one.center_xy, other.center_xy
    return float(np.hypot(x1 - x2, y1 - y2))


def _same(one: Box, other: Box) -> bool:
    """Tell whether two boxes hold the same hand: middles close together, sizes alike."""
    sizes = max(one.width, one.height, 1e-6), max(other.width, other.height, 1e-6)
    return _apart(one, other) < _SAME_PLACE * min(sizes) and max(sizes) < 2.5 * min(sizes)


def _within(one: Box, other: Box) -> bool:
    """Tell whether one box is a part of the other hand: its fingers taken for a hand of their own."""
    return one.overlap(other) > 0.8 and max(one.area, other.area) < 9 * min(one.area, other.area)


def _one_each(hands: Sequence[FoundHand]) -> list[FoundHand]:
    """Drop hands that closer views drew together; the steadier one stays."""
    kept: list[FoundHand] = []
    for hand in sorted(hands, key=lambda found: (-found.steadiness, -found.size, found.box.left, found.box.top)):
        if not any(_same(hand.box, other.box) or _within(hand.box, other.box) for other in kept):
            kept.append(hand)
    return kept


def _plausible(hand: RawHand, faces: Sequence[Box], pixels: NDArray[np.uint8]) -> bool:
    """Tell whether it can be a hand of somebody here: in the photo, not a face, of a size that fits the faces near."""
    height, width = pixels.shape[:2]
    if hand.size < _LEAST_PX or not hand.box.expanded(0.5).intersection(Box(0, 0, width, height)):
        return False
    if any(_is_face(hand.box, face) for face in faces):
        return False
    if not faces:
        return True
    nearest = min(faces, key=lambda face: _apart(face, hand.box) / max(face.width, 1.0))
    within_reach = _apart(nearest, hand.box) < 6 * nearest.width
    return not within_reach or 0.2 < hand.size / max(nearest.width, 1.0) < 3.5


def _is_face(hand: Box, face: Box) -> bool:
    """Tell whether the network took a face (a chin, a cheek) for a hand."""
    ratio = max(hand.width, hand.height) / max(face.width, 1.0)
    return face.expanded(0.8).contains(*hand.center_xy) and ratio < 2

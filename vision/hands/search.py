"""The search for hands: palms in every planned square, one answer a palm, then the landmarks of each.

The palm detector is asked for little (it must not miss). What it brings up too easily, a collar or a knee, is for the
landmark network, which doubts it, and for the namer to drop, who knows clutter from a hand.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vision.geometry import Box
from vision.hands.hand import FoundHand
from vision.hands.landmarker import HandLandmarker, View
from vision.hands.palms import Palm, PalmFinder
from vision.hands.patch import Patch
from vision.hands.regions import closer, plan, without_faces
from vision.suppression import best_of_each

_LEAST_PALM = 0.05
_LEAST_TWICE_SEEN = 0.1
_SURE_PALM = 0.5
"""Palms under the first are not followed up; a person with one over the last needs no second square.

On a photo of 47 people with 44 thumbs of 22-30 px, 0.05 / 0.1 / 0.2 bring up 39 / 38 / 36 of them among 249 / 137 / 84
palms, with the nearer squares 41 / 40 / 39 among 335 / 184 / 105. The second bar is for squares that show again what
people's own squares show: the whole photo, and the nearer ones. In 51 group photos it saves 11% of the looks for two of
279 hands, neither a sign.
"""

_LEAST_PALM_PX = 7
"""Palms of a smaller side are not followed up: of 299 in 51 group photos none became a hand."""

_MOST_WITHOUT_FACES = 4
"""So many palms of a photo without faces are followed up at each look, the surest and largest: on patterns there are
dozens. In 574 such photos, close-ups of hands most of them, none of 507 signs is lost by it."""

_LEAST_PRESENCE = 0.05
_LEAST_PX = 14
"""Landmarks of anything smaller are noise: in crowds, signs named under 14 px were faces and collars."""

_PALM_FACTOR = 2.6
"""Side of the first crop in palm sides, and how far it lies toward the fingers: MediaPipe's own."""
_PALM_SHIFT = 0.5

_FACE_MIDDLE = 0.8
"""The part of a face's box in which what is smaller than the face is more likely a part of it: an eye, a chin, a cheek.
"""
_LEAST_PALM_IN_FACE = 0.2
_LEAST_PRESENCE_IN_FACE = 0.5
"""A hand before a face shows as a palm, and to the landmark network, at least this surely. Of 378 palms in faces of 56
group photos 111 are over the first; of the 29 hands over the second, signs at the cheek and the mouth are over both,
and no sign is named that nobody makes."""

_SAME_PLACE = 0.45
"""Two finds whose middles are nearer than this part of the smaller one's size are the same hand."""


class HandSearch:
    """Finds the hands of a photo. Holds two networks."""

    def __init__(self, threads: int = 2) -> None:
        self._palms = PalmFinder(threads)
        self._landmarks = HandLandmarker(threads)

    def close(self) -> None:
        """End the threads of both."""
        self._palms.close()
        self._landmarks.close()

    def look(self, pixels: NDArray[np.uint8], faces: Sequence[Box]) -> list[FoundHand]:
        """Look at every planned square; each hand comes once, seen once.

        pixels : (height, width, 3) uint8 RGB at analysis size.
        faces : the faces' boxes in the same pixels; they say where to look.
        """
        size_wh = pixels.shape[1], pixels.shape[0]
        frame, *of_people = plan(size_wh, faces)
        least = [_LEAST_TWICE_SEEN if faces else _LEAST_PALM, *([_LEAST_PALM] * len(of_people))]
        palms = self._palms.find(pixels, [frame, *of_people], least)
        sure = [palm.center_xy for palm in palms if palm.score >= _SURE_PALM]
        palms += self._palms.find(pixels, closer(size_wh, faces, sure), _LEAST_TWICE_SEEN)
        return self._seen(pixels, _worth_a_look(palms, faces), faces)

    def look_in_parts(self, pixels: NDArray[np.uint8]) -> list[FoundHand]:
        """Look again at a photo that shows no face, from farther, from nearer and piece by piece."""
        size_wh = pixels.shape[1], pixels.shape[0]
        palms = self._palms.find(pixels, without_faces(size_wh), _LEAST_PALM)
        return self._seen(pixels, _worth_a_look(palms, ()), ())

    def again(self, pixels: NDArray[np.uint8], hands: Sequence[FoundHand]) -> tuple[FoundHand, ...]:
        """See each hand again, upright and in the mirror; hands that turn out to be one come once, in reading order."""
        seconds = self._landmarks.look(pixels, [hand.views[0].crop(mirrored=True) for hand in hands])
        seen = [
            replace(hand, views=(second, *hand.views)) if second.presence >= _LEAST_PRESENCE else hand
            for hand, second in zip(hands, seconds, strict=True)
        ]
        return tuple(sorted(_without_doubles(seen), key=lambda hand: (round(hand.box.top), round(hand.box.left))))

    def _seen(self, pixels: NDArray[np.uint8], palms: Sequence[Palm], faces: Sequence[Box]) -> list[FoundHand]:
        views = self._landmarks.look(pixels, [palm_crop(palm) for palm in palms])
        return _without_doubles([FoundHand((view,)) for view in views if _plausible(view, faces, pixels)])


def palm_crop(palm: Palm) -> Patch:
    """Return the square about the whole hand of a palm, fingers up."""
    x, y = palm.center_xy
    up = np.sin(palm.turn), -np.cos(palm.turn)
    shift = _PALM_SHIFT * palm.side
    return Patch((x + shift * up[0], y + shift * up[1]), max(_PALM_FACTOR * palm.side, 1.0), palm.turn)


def _worth_a_look(palms: Sequence[Palm], faces: Sequence[Box]) -> list[Palm]:
    """Return each palm once, without those too small for a hand and those that are eyes, chins, cheeks."""
    worth = [
        palm
        for palm in _one_each(palms)
        if palm.side >= _LEAST_PALM_PX
        and (palm.score >= _LEAST_PALM_IN_FACE or not any(_is_part_of(face, palm) for face in faces))
    ]
    return worth if faces else sorted(worth, key=lambda palm: -palm.score * palm.side**2)[:_MOST_WITHOUT_FACES]


def _is_part_of(face: Box, palm: Palm) -> bool:
    return palm.side < face.width and face.expanded(_FACE_MIDDLE).contains(*palm.center_xy)


def _one_each(palms: Sequence[Palm]) -> list[Palm]:
    """Drop palms that overlapping squares bring up again; the surest stays."""
    return best_of_each(sorted(palms, key=lambda one: (-one.score, one.center_xy)), _same_palm)


def _same_palm(one: Palm, other: Palm) -> bool:
    sides = sorted((one.side, other.side))
    away = math.dist(one.center_xy, other.center_xy)
    return away < 0.5 * sides[0] and sides[1] < 2 * sides[0]


def _without_doubles(hands: Sequence[FoundHand]) -> list[FoundHand]:
    """Drop hands whose landmarks drew together; the one that the network doubts least stays."""
    ranked = sorted(hands, key=lambda one: (-one.views[0].presence, -one.size, one.box.left, one.box.top))
    return best_of_each(ranked, lambda one, other: _same(one.box, other.box) or _within(one.box, other.box))


def _apart(one: Box, other: Box) -> float:
    return math.dist(one.center_xy, other.center_xy)


def _same(one: Box, other: Box) -> bool:
    """Tell whether two boxes hold the same hand: middles close together, sizes alike."""
    sizes = max(one.width, one.height, 1e-6), max(other.width, other.height, 1e-6)
    return _apart(one, other) < _SAME_PLACE * min(sizes) and max(sizes) < 2.5 * min(sizes)


def _within(one: Box, other: Box) -> bool:
    """Tell whether one box is a part of the other hand: its fingers taken for a hand of their own."""
    return one.overlap(other) > 0.8 and max(one.area, other.area) < 9 * min(one.area, other.area)


def _plausible(hand: View, faces: Sequence[Box], pixels: NDArray[np.uint8]) -> bool:
    """Tell whether it can be a hand of somebody here: in the photo, not a face, of a size that fits the faces near."""
    height, width = pixels.shape[:2]
    if hand.presence < _LEAST_PRESENCE or hand.size < _LEAST_PX:
        return False
    if not hand.box.expanded(0.5).intersection(Box(0, 0, width, height)):
        return False
    if hand.presence < _LEAST_PRESENCE_IN_FACE and any(_is_face(hand.box, face) for face in faces):
        return False
    if not faces:
        return True
    nearest = min(faces, key=lambda face: _apart(face, hand.box) / max(face.width, 1.0))
    within_reach = _apart(nearest, hand.box) < 6 * nearest.width
    return not within_reach or 0.2 < hand.size / max(nearest.width, 1.0) < 3.5


def _is_face(hand: Box, face: Box) -> bool:
    """Tell whether it lies where the network takes a face (a chin, a cheek) for a hand."""
    ratio = max(hand.width, hand.height) / max(face.width, 1.0)
    return face.expanded(_FACE_MIDDLE).contains(*hand.center_xy) and ratio < 2

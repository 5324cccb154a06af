"""Where to look for hands, and how large.

The palm detector needs a hand to fill a tenth to a third of the square it is shown. A face tells both how large a
hand of the same person is (about 0.7 face boxes) and where arms can reach. In a group the neighbours' squares
overlap: a square that adds little to those already planned is left out, so cost grows with the ground that people
cover and not with every person's own reach.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from vision.geometry import Box
from vision.hands.patch import Patch

_NEAR = (0.0, 1.5, 4.0)
"""Chest, chin and both shoulders: where most signs are shown. Offsets and side in face widths: right, down, side.

Alone, on a photo of 47 people with 44 thumbs of 22-30 px and before clutter is dropped, this square finds 38; a side of
six widths finds 37 at a higher cost, three find 30.
"""
_NEARER = (0.0, 1.2, 3.0)
_REACH = ((-2.4, 0.4, 4.0), (2.4, 0.4, 4.0), (0.0, 4.0, 4.0), (0.0, 1.5, 8.0))
"""Raised arms at either side, hands at the belt, and the whole person once at half the scale."""

_COVERED = 0.6
"""A reach square is left out when so much of it lies in planned squares of about its size."""

_GRID = 5


def plan(size_wh: tuple[int, int], faces: Sequence[Box]) -> tuple[Patch, ...]:
    """Return the squares to search, in a fixed order: the whole photo, then every person's.

    size_wh : width and height of the photo, analysis pixels.
    faces : the faces' boxes, analysis pixels.
    """
    frame = whole(size_wh, margin=0.3)
    nearest_first = sorted(faces, key=lambda box: (-box.width, box.left, box.top))
    patches = [frame, *(_square(face, _NEAR) for face in nearest_first)]
    for face in nearest_first:
        for place in _REACH:
            square = _square(face, place)
            if _fresh(square, patches, size_wh):
                patches.append(square)
    return tuple(patch for patch in patches if patch is frame or patch.side < 0.9 * frame.side)


def closer(size_wh: tuple[int, int], faces: Sequence[Box], found: Sequence[tuple[float, float]]) -> tuple[Patch, ...]:
    """Return a second square, from nearer, for every person who is nearest to none of the palms found for sure.

    found : where (x, y) palms were found for sure, analysis pixels.
    """
    frame = whole(size_wh, margin=0.3)
    with_palm = {min(range(len(faces)), key=lambda index: _away(faces[index], place)) for place in found if faces}
    squares = [_square(face, _NEARER) for index, face in enumerate(faces) if index not in with_palm]
    return tuple(patch for patch in squares if patch.side < 0.6 * frame.side)


def whole(size_wh: tuple[int, int], margin: float) -> Patch:
    """Return the photo as one square with a grey margin (a part of its longer side) all around."""
    width, height = size_wh
    return Patch((width / 2, height / 2), max(width, height) * (1 + 2 * margin))


def without_faces(size_wh: tuple[int, int]) -> tuple[Patch, ...]:
    """Return squares for a photo in which nothing sure was found: more margin, none, and overlapping quarters.

    Of 93 close-ups of hands that the first look missed, these find all but three; a third row of quarters where two
    overlap by half finds no sign more, in 574 photos without faces.
    """
    width, height = size_wh
    side = max(width, height) / 2
    quarters = [Patch((x, y), side) for y in _middles(height, side) for x in _middles(width, side)]
    return (whole(size_wh, 0.8), whole(size_wh, 0.0), *quarters)


def _middles(length: float, side: float) -> list[float]:
    """Return the middles of as few stretches of `side` as cover the length and overlap by half or more."""
    steps = max(math.ceil((length - side) / (side / 2)), 0)
    return [side / 2 + step * (length - side) / steps for step in range(steps + 1)] if steps else [length / 2]


def _square(face: Box, place: tuple[float, float, float]) -> Patch:
    right, down, side = place
    x, y = face.center_xy
    return Patch((x + right * face.width, y + down * face.width), side * face.width)


def _away(face: Box, place: tuple[float, float]) -> float:
    """Return how far a place is from a face's chin, in face widths."""
    x, y = face.center_xy[0], face.bottom
    return math.hypot(place[0] - x, place[1] - y) / max(face.width, 1.0)


def _fresh(square: Patch, planned: Sequence[Patch], size_wh: tuple[int, int]) -> bool:
    """Tell whether enough of the square lies in the photo and in no planned square of about its size."""
    box = square.box
    alike = [other.box for other in planned if 0.6 < other.side / square.side < 1.7]
    steps = [(index + 0.5) / _GRID for index in range(_GRID)]
    points = [(box.left + box.width * x, box.top + box.height * y) for x in steps for y in steps]
    inside = [(x, y) for x, y in points if 0 <= x < size_wh[0] and 0 <= y < size_wh[1]]
    free = [point for point in inside if not any(other.contains(*point) for other in alike)]
    return len(free) > (1 - _COVERED) * len(points)

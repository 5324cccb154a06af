"""Every face of a photo, from a portrait to a crowd.

The photo is looked at twice: from a step back, small and with a border around, for faces that fill it, and at about
1.2 megapixels for all others down to a hundredth of its width. Where that shows small faces, or nobody, the photo's own
pixels are looked at. Every face found is then shown once more, alone and at one size: what counts as a face does not
depend on the frame around it, and the five points are as fine for a small face as for a large one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from candidates.closing import Closing
from vision.faces.alignment import eyes_roll_degrees, face_chip, find_landmarks
from vision.faces.detection import Detection
from vision.faces.face import Face, FaceQuality
from vision.faces.quality import covered, sharpness, turned
from vision.faces.tiles import Tile, belongs_to_tile, merge, plan_bands, reading_order
from vision.faces.yunet import YuNet
from vision.geometry import Box
from vision.media.shrinking import shrunk
from vision.runtime.crew import Crew

_AFAR_SIDE, _AFAR_BORDER = 320, 0.375
_GREY = (127, 127, 127)
_WHOLE_PIXELS = 1280 * 960
# A closer look at the photo's own pixels pays from this many of them for one of the first look, side by side.
_WORTHWHILE = 1.4
# A face under so many pixels of the first look may have smaller neighbours that it misses.
_SMALL_PX = 16.0
_REACH = 8.0
# dlib tells how a head leans; YuNet does not.
_LEVEL_FROM_DEGREES = 4.0
# MediaPipe's squares of portraits, by which dlib's points came out best, are so much larger and lower than these. With
# the face's own square more Indonesian strangers are named (python -m scripts.bench faces, "openset").
_POINTS_PART, _POINTS_DROP = 1.05, 0.025
# Group photos with 819 faces that MediaPipe's detector finds, and 103 photos of masked faces with 96: none and 1 are
# lost. Of 70 further ones that pass, in photos of hands and everyday life, a knee and a hand are no faces; what the
# second look refuses is shelves, hands and collars, and some people that blur or hands hide.
_SEEN_FROM, _SURE_FROM = 0.5, 0.6
_FACE_FROM, _DOUBTED_FACE_FROM = 0.6, 0.7
# Of 69 heads that lean by 40 degrees 11 are refused by the level look; the one that leans with them gives ten 0.89.
_LEANING_DEGREES, _LEANING_FROM, _LEANING_AWAY = 30.0, 0.85, 0.25


# Of 95 photos of all kinds, turned at random, 92 are told so (the others: masked faces); no upright one is turned by
# mistake. In an upright photo the surest face has 0.9 and more unless it is masked; in a turned one in 1 of 95.
_UPRIGHT_FROM = 0.9
_TURN_SIDE, _TURN_GAIN, _TURN_FROM = 640, 0.04, 0.8


class FaceFinder(Closing):
    """Finds faces. Not safe to share between threads; close it, or use it in a `with` block."""

    def __init__(self, *, threads: int = 2) -> None:
        """Load the network; `threads` is how many may look at once. Raises EngineError without a file."""
        self._crew = Crew(threads)
        self._network = YuNet(least_score=_SEEN_FROM)

    def find(self, pixels: NDArray[np.uint8]) -> tuple[Face, ...]:
        """Find the faces of a photo of (height, width, 3) uint8 RGB, in reading order (rows, then left to right).

        Raises EngineError when the detector fails.
        """
        if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8:
            raise ValueError(f"expected pixels of (height, width, 3) uint8, got {pixels.shape} {pixels.dtype}")
        faces = self._crew.map(lambda detection: self._face(pixels, detection), self._search(pixels))
        return tuple(faces[index] for index in reading_order(face.box for face in faces))

    def turn(self, pixels: NDArray[np.uint8], faces: Sequence[Face]) -> int:
        """Return by how many quarters, counterclockwise, a photo must be turned for its faces to stand upright.

        `pixels` is (height, width, 3) uint8 RGB, `faces` are what was found in it: a sure one stands upright. Faces
        under about 1.5% of the long side are not seen. Raises EngineError when the detector fails.
        """
        if any(face.score >= _UPRIGHT_FROM for face in faces):
            return 0
        small = shrunk(pixels, min(_TURN_SIDE / max(pixels.shape[:2]), 1.0))
        # Where nobody was found the photo as it is has been looked at in vain.
        ways = {quarters: np.ascontiguousarray(np.rot90(small, quarters)) for quarters in range(0 if faces else 1, 4)}
        seen = self._crew.map(self._network.detect, ways.values())
        # Turned faces are found as well, with a score that is some 0.08 lower, and points as if they stood upright.
        scores = {
            quarters: [one.score for one in self._accepted(way, found)]
            for (quarters, way), found in zip(ways.items(), seen, strict=True)
        }
        best = max(scores, key=lambda quarters: sum(scores[quarters]))
        is_better = sum(scores[best]) > sum(scores.get(0, ())) + _TURN_GAIN and max(scores[best]) >= _TURN_FROM
        return best if is_better else 0

    def _face(self, pixels: NDArray[np.uint8], detection: Detection) -> Face:
        around = _around_points(detection.box)
        landmarks = find_landmarks(pixels, around, detection.roll_degrees)
        roll = eyes_roll_degrees(landmarks)
        closer = self._network.look_at(pixels, around, roll if abs(roll) > _LEVEL_FROM_DEGREES else 0.0)
        points = closer[1] if closer else detection.points_xy
        chip = face_chip(pixels, landmarks)
        quality = FaceQuality(detection.box.width, sharpness(chip), turned(points), covered(chip))
        return Face(detection.box, detection.score, landmarks, points, quality)

    def _search(self, pixels: NDArray[np.uint8]) -> list[Detection]:
        size_wh = pixels.shape[1], pixels.shape[0]
        scale = min(math.sqrt(_WHOLE_PIXELS / (size_wh[0] * size_wh[1])), 1.0)
        whole = shrunk(pixels, scale)
        found = self._accepted(pixels, [*self._from_afar(pixels), *self._in_bands(whole, size_wh)])
        if scale * _WORTHWHILE > 1.0:
            return found
        within = _around_small(found, _SMALL_PX / scale) if found else Box(0, 0, *size_wh)
        if within is None:
            return found
        return merge([*found, *self._accepted(pixels, self._in_bands(pixels, size_wh, within))])

    def _from_afar(self, pixels: NDArray[np.uint8]) -> list[Detection]:
        """Find faces that fill the photo: look at it small, in the middle of a grey picture."""
        height, width = pixels.shape[:2]
        small = shrunk(pixels, min(_AFAR_SIDE / max(height, width), 1.0))
        border = round(_AFAR_BORDER * max(small.shape[:2]))
        framed = cv2.copyMakeBorder(small, border, border, border, border, cv2.BORDER_CONSTANT, value=_GREY)
        back_xy = width / small.shape[1], height / small.shape[0]
        return [one.moved(-border, -border).scaled(back_xy) for one in self._network.detect(framed)]

    def _in_bands(
        self, picture: NDArray[np.uint8], size_wh: tuple[int, int], within: Box | None = None
    ) -> list[Detection]:
        """Look at a picture of the photo, piece by piece; the detections are in the photo's pixels."""
        picture_wh = picture.shape[1], picture.shape[0]
        back_xy = size_wh[0] / picture_wh[0], size_wh[1] / picture_wh[1]
        bands = plan_bands(picture_wh, within)
        found = []
        for band, seen in zip(bands, self._crew.map(lambda band: self._seen_in(picture, band), bands), strict=True):
            found += [one.scaled(back_xy) for one in seen if belongs_to_tile(one.box, band, picture_wh)]
        return found

    def _seen_in(self, picture: NDArray[np.uint8], band: Tile) -> list[Detection]:
        cut = picture[band.top : band.top + band.height, band.left : band.left + band.width]
        return [one.moved(band.left, band.top) for one in self._network.detect(cut)]

    def _accepted(self, pixels: NDArray[np.uint8], seen: Sequence[Detection]) -> list[Detection]:
        """Return the detections that are faces at a second look, each face once, with that look's points."""
        candidates = merge(seen)
        points = self._crew.map(lambda one: self._points_of(pixels, one), candidates)
        return [
            Detection(one.box, one.score, points_xy)
            for one, points_xy in zip(candidates, points, strict=True)
            if points_xy is not None
        ]

    def _points_of(self, pixels: NDArray[np.uint8], one: Detection) -> NDArray[np.float64] | None:
        """Return the five points of a face, level or leaning, that stands a second look; None where it does not."""
        level = self._network.look_at(pixels, one.box)
        if level is not None and level[0] >= (_FACE_FROM if one.score >= _SURE_FROM else _DOUBTED_FACE_FROM):
            return level[1]
        for roll_degrees in (-_LEANING_DEGREES, _LEANING_DEGREES):
            look = self._network.look_at(pixels, one.box, roll_degrees)
            if look is not None and look[0] >= _LEANING_FROM:
                away = float(np.hypot(*(look[1].mean(axis=0) - one.box.center_xy)))
                if away < _LEANING_AWAY * one.box.width:  # else it is a neighbour's
                    return look[1]
        return None

    def close(self) -> None:
        """End the network's threads; closing twice is fine."""
        self._crew.close()


def _around_points(box: Box) -> Box:
    """Return the square by which a face's points are sought: a little larger than the face's own, and lower."""
    side = _POINTS_PART * box.width
    left, top = box.center_xy[0] - side / 2, box.center_xy[1] - side / 2 + _POINTS_DROP * box.width
    return Box(left, top, side, side)


def _around_small(found: Sequence[Detection], small_px: float) -> Box | None:
    """Return the region around every face under `small_px`, some faces beyond, or None without such a face."""
    small = [one.box for one in found if one.box.width < small_px]
    if not small:
        return None
    reach = _REACH * small_px
    return Box.from_corners(
        min(box.left for box in small) - reach,
        min(box.top for box in small) - reach,
        max(box.right for box in small) + reach,
        max(box.bottom for box in small) + reach,
    )

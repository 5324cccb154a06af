"""Landmarks of pictures as the product would see them: shrunk to many sizes, degraded, found in a square, seen again.

Each picture gives up to six variants (the hand 22 to 84 px tall, and as it is), each variant up to three views. What
a careless search of the whole picture brings up away from any sure hand (faces, collars, knees) is clutter: that, too,
is what the product will see.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.training.samples import Samples, shape_label
from vision.geometry import Box
from vision.hands.features import upright
from vision.hands.landmarker import MIDDLE_MCP, WRIST, HandLandmarker, Patch, RawHand
from vision.hands.naming import CLUTTER
from vision.hands.regions import whole

_SIZES_PX = (22, 30, 40, 56, 84)
_LARGEST_PX = 300
_SAME_SHAPE = 0.3
"""Palm lengths by which a small variant's landmarks may differ from the largest one's: beyond, they are mush."""

_CLUTTER_SIDES_PX = (160, 300, 520)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A labelled picture; `hand` is where the hand is, None to find out."""

    pixels: NDArray[np.uint8]
    label: str
    source: str
    hand: Box | None = None


class Gatherer:
    """Looks at pictures with low thresholds, as the search does."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._sure = HandLandmarker(hands=2, confidence=0.1, presence=0.3)
        self._first = HandLandmarker(hands=8, confidence=0.05, presence=0.05)
        self._close = HandLandmarker(hands=2, confidence=0.05, presence=0.05)

    def gather(self, pictures: Iterable[Picture]) -> Samples:
        """Return the landmarks of all pictures in which a hand was found."""
        points: list[NDArray[np.float64]] = []
        labels: list[str] = []
        sources: list[str] = []
        for picture in pictures:
            label = shape_label(picture.label, picture.source)
            hand = picture.hand or self._where(picture.pixels)
            if label is None or hand is None:
                continue
            size = max(hand.width, hand.height)
            reference: NDArray[np.float64] | None = None
            for target in (min(size, _LARGEST_PX), *(px for px in _SIZES_PX if px < size)):
                views, clutter = self._look(picture.pixels, hand, target / size * self._rng.uniform(0.85, 1.15))
                if reference is None and views:
                    reference = upright(views[-1][None])[0]
                views = [view for view in views if reference is not None and _unlike(view, reference) < _SAME_SHAPE]
                points += [*views, *clutter]
                labels += [label] * len(views) + [CLUTTER] * len(clutter)
                sources += [picture.source] * (len(views) + len(clutter))
        return Samples(
            np.array(points, dtype=np.float32).reshape(-1, 21, 3), np.array(labels, dtype=str), np.array(sources)
        )

    def gather_clutter(self, pictures: Iterable[Picture]) -> Samples:
        """Return what is taken for a hand, at a low threshold and several scales, where no hand is."""
        points: list[NDArray[np.float64]] = []
        for picture in pictures:
            height, width = picture.pixels.shape[:2]
            hands = [hand.box for margin in (0.0, 0.3, 0.8) for hand in self._sure_hands(picture.pixels, margin)]
            for side in _CLUTTER_SIDES_PX:
                scale = side * self._rng.uniform(0.85, 1.15) / max(width, height)
                if scale > 1.2:
                    continue
                small = cv2.resize(picture.pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
                found = self._all_over(np.ascontiguousarray(small, dtype=np.uint8))
                known = [hand.scaled((scale, scale)).expanded(1.25) for hand in hands]
                points += [hand.points_xyz for hand in found if all(hand.box.overlap(other) < 0.05 for other in known)]
        labels = np.array([CLUTTER] * len(points), dtype=str)
        return Samples(np.array(points, dtype=np.float32).reshape(-1, 21, 3), labels, labels)

    def _sure_hands(self, pixels: NDArray[np.uint8], margin: float) -> list[RawHand]:
        return self._sure.detect(pixels, whole((pixels.shape[1], pixels.shape[0]), margin))

    def _all_over(self, pixels: NDArray[np.uint8]) -> list[RawHand]:
        """Look at the whole picture and at four squares anywhere in it."""
        height, width = pixels.shape[:2]
        side = max(height, width) * self._rng.uniform(0.3, 0.6)
        places = self._rng.uniform(0.1, 0.9, (4, 2)) * (width, height)
        patches = [whole((width, height), 0.15), *(Patch((float(x), float(y)), side) for x, y in places)]
        return [hand for patch in patches for hand in self._first.detect(pixels, patch)]

    def close(self) -> None:
        """Free the networks."""
        for landmarker in (self._sure, self._first, self._close):
            landmarker.close()

    def _where(self, pixels: NDArray[np.uint8]) -> Box | None:
        for margin in (0.3, 0.8, 0.0):
            hands = self._sure_hands(pixels, margin)
            if hands:
                return max(hands, key=lambda hand: hand.size).box
        return None

    def _look(
        self, pixels: NDArray[np.uint8], hand: Box, scale: float
    ) -> tuple[list[NDArray[np.float64]], list[NDArray[np.float64]]]:
        """Return the views of the hand and the clutter around it, in the pixels of the degraded variant."""
        rng = self._rng
        small = _degraded(pixels, hand, scale, rng)
        where = hand.scaled((scale, scale))
        size = max(where.width, where.height)
        center = np.array(where.center_xy) + rng.uniform(-1, 1, 2) * size
        found = self._first.detect(small, Patch((float(center[0]), float(center[1])), size * rng.uniform(3.2, 6)))
        clutter = [other.points_xyz for other in found if other.box.overlap(where.expanded(1.2)) < 0.05]
        near = _nearest(found, where)
        if near is None:
            return [], clutter
        views = [near.points_xyz]
        way = near.points_xyz[MIDDLE_MCP, :2] - near.points_xyz[WRIST, :2]
        side = near.size * 2.2
        for turn, mirrored in ((0.0, False), (float(np.arctan2(way[0], -way[1])), True)):
            patch = Patch(near.box.center_xy, side, turn=turn, mirrored=mirrored)
            again = _nearest(self._close.detect(small, patch), near.box)
            if again is not None:
                views.append(again.points_xyz)
        return views, clutter


def _degraded(pixels: NDArray[np.uint8], hand: Box, scale: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Shrink the picture, sometimes turned, blurred, badly compressed, darker or lighter."""
    height, width = pixels.shape[:2]
    if rng.random() < 0.5:
        turn = cv2.getRotationMatrix2D(hand.center_xy, rng.normal() * 15, 1)
        pixels = cv2.warpAffine(pixels, turn, (width, height), borderMode=cv2.BORDER_REFLECT_101)  # type: ignore[assignment]
    size_wh = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(pixels, size_wh, interpolation=cv2.INTER_AREA)
    if rng.random() < 0.3:
        small = cv2.GaussianBlur(small, (0, 0), rng.uniform(0.3, 0.9))
    if rng.random() < 0.5:
        packed = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(50, 95))])[1]
        small = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    if rng.random() < 0.3:
        small = np.clip((small / 255.0) ** rng.uniform(0.6, 1.7) * 255 * rng.uniform(0.6, 1.1), 0, 255)
    return np.ascontiguousarray(small, dtype=np.uint8)


def _nearest(hands: list[RawHand], where: Box) -> RawHand | None:
    size = max(where.width, where.height)

    def away(hand: RawHand) -> float:
        return float(np.hypot(*(np.array(hand.box.center_xy) - np.array(where.center_xy))))

    close = [hand for hand in hands if away(hand) < 0.5 * size and 0.4 < hand.size / size < 2.5]
    return min(close, key=away) if close else None


def _unlike(view: NDArray[np.float64], reference: NDArray[np.float64]) -> float:
    """Return how far a view's landmarks lie from the reference's on the whole, in palm lengths, both upright."""
    return float(np.linalg.norm((upright(view[None])[0] - reference)[:, :2], axis=-1).mean())


def read_pictures(root: Path, source: str) -> Iterable[Picture]:
    """Yield the labelled pictures `<root>/<source>/<label>/*`."""
    for path in sorted((root / source).glob("*/*")):
        pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if pixels is not None:
            yield Picture(np.ascontiguousarray(pixels[..., ::-1], dtype=np.uint8), path.parent.name, source)

"""What the landmark network makes of pictures, as the product would see them: shrunk, degraded, found, seen twice.

Each photograph is seen as it is and shrunk to hands of 18 to 100 px; each time it gives up to two views.
"""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.training.crops import CROP_FACTOR, WIDER, Crops, surest
from scripts.training.samples import Samples, shape_label
from vision.geometry import Box
from vision.hands.features import upright
from vision.hands.landmarker import FEATURES, HandLandmarker, View
from vision.hands.palms import PalmFinder
from vision.hands.patch import Patch
from vision.hands.search import palm_crop

_SIZES_PX = (18, 24, 32, 44, 64, 100)
_LARGEST_PX = 300
_SAME_SHAPE = 0.3
"""Palm lengths by which a small variant's landmarks may differ from the largest one's: beyond, they are mush."""

_LEAST_PALM = 0.02
_LEAST_PRESENCE = 0.02
_BANK_SCALES = (0.35, 1.2)
_MUSH_PX = 60
"""Hands smaller than this are kept whatever their landmarks: their pixels still show their label."""


class Gatherer:
    """Looks at pictures with low thresholds, as the search does."""

    def __init__(self, seed: int, threads: int = 1) -> None:
        self._rng = np.random.default_rng(seed)
        self._palms, self._landmarks = PalmFinder(threads), HandLandmarker(threads)

    def photographs(self, pictures: Iterable[tuple[NDArray[np.uint8], str]], source: str, variants: int) -> Samples:
        """Return the views of pictures in which a hand was found: as it is, and `variants` times a smaller size."""
        hands: list[list[View]] = []
        labels: list[str] = []
        for pixels, label in pictures:
            shape = shape_label(label, source)
            sure = surest(pixels, self._palms, self._landmarks) if shape is not None else None
            if shape is None or sure is None:
                continue
            reference = upright(sure.points_xyz[None])[0]
            targets = [px for px in _SIZES_PX if px < sure.size] * variants
            for target in (min(sure.size, _LARGEST_PX), *targets):
                scale = target / sure.size * self._rng.uniform(0.85, 1.15)
                small = degraded(pixels, sure.box, scale, self._rng)
                seen = self._look(small, sure.box.scaled((scale, scale)))
                kept = [view for view in seen if _unlike(view.points_xyz, reference) < _SAME_SHAPE or target < _MUSH_PX]
                hands.append(kept)
                labels.append(shape)
        return _samples(hands, labels, source)

    def bank(self, crops: Crops, variants: int) -> Samples:
        """Return crops of one source as views, each shrunk or enlarged and looked at a bit askew `variants` times."""
        hands: list[list[View]] = []
        labels: list[str] = []
        for image, label in zip(crops.images, crops.labels, strict=True):
            side = image.shape[0]
            middle = Box(side / 2 - 20, side / 2 - 20, 40, 40)
            for _ in range(variants):
                small = degraded(image, middle, float(np.exp(self._rng.uniform(*np.log(_BANK_SCALES)))), self._rng)
                hands.append(self._askew(small))
                labels.append(str(label))
        return _samples(hands, labels, str(crops.sources[0]))

    def _look(self, pixels: NDArray[np.uint8], where: Box) -> list[View]:
        """Return the two views of the hand at `where`, none when the palm detector does not bring it up."""
        rng, size = self._rng, max(where.width, where.height)
        x, y = np.array(where.center_xy) + rng.uniform(-0.8, 0.8, 2) * size
        palms = self._palms.find(pixels, [Patch((float(x), float(y)), size * rng.uniform(3.2, 6))], _LEAST_PALM)
        views = self._landmarks.look(pixels, [palm_crop(palm) for palm in palms[:4]])
        near = [view for view in views if view.presence >= _LEAST_PRESENCE and _at(view, where)]
        if not near:
            return []
        first = max(near, key=lambda view: view.presence)
        return [first, *self._landmarks.look(pixels, [first.crop(mirrored=True)])]

    def _askew(self, pixels: NDArray[np.uint8]) -> list[View]:
        """Return two views of the middle of a bank crop, the first as far off as the palm detector's are."""
        rng, side = self._rng, pixels.shape[0]
        x, y = np.full(2, side / 2) + rng.normal(0, 0.03, 2) * side
        crop = side / WIDER * 2 / CROP_FACTOR * float(np.exp(rng.normal(0, 0.15)))
        patch = Patch((float(x), float(y)), crop, float(rng.normal(0, 0.25)), mirrored=bool(rng.random() < 0.5))
        (first,) = self._landmarks.look(pixels, [patch])
        if first.presence < _LEAST_PRESENCE:
            return []
        return [first, *self._landmarks.look(pixels, [first.crop(mirrored=True)])]


def degraded(pixels: NDArray[np.uint8], hand: Box, scale: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Shrink the picture, sometimes turned, blurred, badly compressed, darker or lighter."""
    height, width = pixels.shape[:2]
    if rng.random() < 0.5:
        turn = cv2.getRotationMatrix2D(hand.center_xy, rng.normal() * 15, 1)
        pixels = cv2.warpAffine(pixels, turn, (width, height), borderMode=cv2.BORDER_REFLECT_101)
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


def _samples(hands: list[list[View]], labels: list[str], source: str) -> Samples:
    views = [view for hand in hands for view in hand]
    number = np.repeat(np.arange(len(hands)), [len(hand) for hand in hands])
    return Samples(
        np.array([view.points_xyz for view in views], dtype=np.float32).reshape(-1, 21, 3),
        np.array(labels, dtype=str)[number],
        np.array([source] * len(views), dtype=str),
        np.array([view.features for view in views], dtype=np.float16).reshape(-1, FEATURES),
        np.array([view.presence for view in views], dtype=np.float32),
        number,
    )


def _at(view: View, where: Box) -> bool:
    size = max(where.width, where.height)
    away = np.hypot(*(np.array(view.box.center_xy) - np.array(where.center_xy)))
    return bool(away < 0.5 * size and 0.4 < view.size / size < 2.5)


def _unlike(points: NDArray[np.float64], reference: NDArray[np.float64]) -> float:
    """Return how far landmarks lie from the reference's on the whole, in palm lengths, both upright."""
    return float(np.linalg.norm((upright(points[None])[0] - reference)[:, :2], axis=-1).mean())

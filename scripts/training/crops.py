"""A bank of upright crops: rendered hands before pieces of photographs, and clutter, which is no hand.

A crop of the bank is wider than what the landmark network reads, so that `gather` can turn, shift and shrink it afresh
each time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.fixtures.rendering import View as CameraView
from scripts.fixtures.rendering import render_hand
from scripts.fixtures.rendering.held import with_thing
from scripts.fixtures.rendering.view import LEAN, any_view, is_seen
from scripts.training.hearts import HEARTS, is_trained_on
from vision.hands.landmarker import HandLandmarker, View, crop_about
from vision.hands.palms import Palm, PalmFinder
from vision.hands.patch import Patch
from vision.hands.regions import whole
from vision.hands.search import palm_crop
from vision.hands.shapes import CLUTTER

SIDE_PX = 112
CROP_FACTOR, WIDER = 2.2, 1.6
"""Side of a bank crop: in pixels, and (the two multiplied) in palm boxes."""

_SURE_PRESENCE = 0.7
_CLUTTER_SCORE = 0.03
_CLUTTER_SIDES_PX = (200, 320, 520)
_CLUTTER_EACH = 12
_ROUND_PX = 60

HELD = ("flat_grip", "pinch")
"""Shapes of a hand that holds something flat."""
_HOLDS = 0.8
"""How many of these do hold it."""


@dataclass(frozen=True, slots=True, eq=False)
class Crops:
    """Crops with labels: images (n, SIDE_PX, SIDE_PX, 3) uint8 RGB; labels and sources (n,), one source for all."""

    images: NDArray[np.uint8]
    labels: NDArray[np.str_]
    sources: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.labels)

    @classmethod
    def of(cls, images: list[NDArray[np.uint8]], labels: list[str], source: str) -> Self:
        """Build from lists."""
        stacked = np.array(images, dtype=np.uint8).reshape(-1, SIDE_PX, SIDE_PX, 3)
        return cls(stacked, np.array(labels, dtype=str), np.array([source] * len(labels), dtype=str))

    def save(self, path: Path) -> None:
        """Write the crops, to be made once and looked at often."""
        np.savez(path, images=self.images, labels=self.labels, sources=self.sources)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `save` wrote."""
        with np.load(path, allow_pickle=False) as stored:
            return cls(stored["images"], stored["labels"], stored["sources"])


class Cropper:
    """Cuts clutter out of pictures, with the product's own palm detector."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._palms = PalmFinder()

    def clutter(self, pictures: Iterable[NDArray[np.uint8]]) -> Crops:
        """Return what the palm detector brings up, asked for little, where no hand is; each picture at three scales."""
        images = []
        for pixels in pictures:
            height, width = pixels.shape[:2]
            hands = [palm for margin in (0.0, 0.3, 0.8) for palm in self._everywhere(pixels, margin, 0.25)]
            for side in _CLUTTER_SIDES_PX:
                palms = [
                    palm
                    for patch in _squares((width, height), side, self._rng)
                    for palm in self._palms.find(pixels, [patch], _CLUTTER_SCORE)
                    if all(_apart(palm, hand) > 1.5 * (palm.side + hand.side) for hand in hands)
                ]
                for palm in palms[:_CLUTTER_EACH]:
                    crop = palm_crop(palm)
                    images.append(_cut(pixels, Patch(crop.center_xy, crop.side * CROP_FACTOR / 2, crop.turn)))
        return Crops.of(images, [CLUTTER] * len(images), CLUTTER)

    def _everywhere(self, pixels: NDArray[np.uint8], margin: float, least: float) -> list[Palm]:
        return self._palms.find(pixels, [whole((pixels.shape[1], pixels.shape[0]), margin)], least)


def surest(pixels: NDArray[np.uint8], palms: PalmFinder, landmarks: HandLandmarker) -> View | None:
    """Return the largest hand of a picture that the networks are sure of, at three scales."""
    margins = [whole((pixels.shape[1], pixels.shape[0]), margin) for margin in (0.3, 0.8, 0.0)]
    views = landmarks.look(pixels, [palm_crop(palm) for palm in palms.find(pixels, margins, 0.3)])
    views = landmarks.look(pixels, [view.crop() for view in views])
    return max((view for view in views if view.presence > _SURE_PRESENCE), key=lambda view: view.size, default=None)


def bank_crop(pixels: NDArray[np.uint8], points_xy: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Cut the bank's crop of a hand whose landmarks (21, 2) are known."""
    return _cut(pixels, crop_about(points_xy, CROP_FACTOR))


def renders(poses: Iterable[tuple[str, str, int]], backgrounds: list[NDArray[np.uint8]]) -> Crops:
    """Return rendered hands before pieces of photographs; `poses` are (shape to render, label, seed)."""
    images, labels = [], []
    for pose, label, seed in poses:
        rng = np.random.default_rng([seed, len(pose)])
        view = _drawn_view(pose, rng)
        while not is_seen(pose, view):
            view = _drawn_view(pose, rng)
        scene = backgrounds[int(rng.integers(len(backgrounds)))]
        hand = render_hand(pose, seed=seed, view=view, size_wh=(160, 160), background=_piece(scene, rng))
        image = hand.image
        if pose in HELD and rng.random() < _HOLDS:
            image = with_thing(image, hand.landmarks_xy, rng)
        image = np.pad(image, ((_ROUND_PX, _ROUND_PX), (_ROUND_PX, _ROUND_PX), (0, 0)), mode="reflect")
        images.append(bank_crop(image, hand.landmarks_xy + _ROUND_PX))
        labels.append(label)
    return Crops.of(images, labels, "renders")


def read(root: Path, source: str) -> Iterator[tuple[NDArray[np.uint8], str]]:
    """Yield the pictures `<root>/<source>/<label>/*` (RGB) with their label; of HEARTS those that may be trained on."""
    for path in sorted((root / source).glob("*/*")):
        if source == HEARTS and not is_trained_on(path):
            continue
        pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if pixels is not None:
            yield np.ascontiguousarray(pixels[..., ::-1], dtype=np.uint8), path.parent.name


def _cut(pixels: NDArray[np.uint8], patch: Patch) -> NDArray[np.uint8]:
    return Patch(patch.center_xy, patch.side * WIDER, patch.turn).cut(pixels, SIDE_PX)


def _drawn_view(pose: str, rng: np.random.Generator) -> CameraView:
    return any_view(pose, rng) if rng.random() < 0.35 else _as_shown(pose, rng)


def _as_shown(pose: str, rng: np.random.Generator) -> CameraView:
    yaw = 180.0 if rng.random() < 0.2 else 0.0
    pitch = rng.normal(LEAN.get(pose, 0.0), 18)
    return CameraView(float(rng.normal(0, 30)), yaw + float(rng.normal(0, 25)), float(pitch))


def _piece(scene: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    height, width = scene.shape[:2]
    side = int(min(height, width) * rng.uniform(0.15, 0.6))
    top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
    return scene[top : top + side, left : left + side]


def _squares(size_wh: tuple[int, int], side: float, rng: np.random.Generator) -> list[Patch]:
    """Return squares all over a picture that show it as if its longer side had `side` pixels, four times enlarged."""
    width, height = size_wh
    edge = max(width, height) * 192 / side / rng.uniform(0.8, 1.25)
    places = rng.uniform(0.1, 0.9, (4, 2)) * (width, height)
    return [whole(size_wh, 0.15), *(Patch((float(x), float(y)), edge) for x, y in places)]


def _apart(one: Palm, other: Palm) -> float:
    return float(np.hypot(one.center_xy[0] - other.center_xy[0], one.center_xy[1] - other.center_xy[1]))

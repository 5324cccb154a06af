"""MediaPipe's palm detector: squares of the photo in, palms with their score and direction out.

The network is MediaPipe's own (`palm_detection_full`), run in ONNX Runtime: that gives a score for every palm, takes
several squares at once and leaves the choice of the landmarks' crop to the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from vision._session import open_session, run_session
from vision.hands.patch import Patch
from vision.models import model_path

PIXELS_SIDE = 192
"""The side of the square that the network was trained on; a palm should fill a tenth to a half of it."""

_STEPS = ((8, 2), (16, 6))
"""The network's grids: pixels from place to place, and answers a place (MediaPipe's SSD anchors)."""

_SAME_PALM_IOU = 0.3
_BATCH = 6
_WRIST, _MIDDLE_KNUCKLE = 0, 2


@dataclass(frozen=True, slots=True, eq=False)
class Palm:
    """A palm as the detector gives it.

    score : 0..1. center_xy, side : the middle and the longer side of the palm's box, analysis pixels.
    points_xy : (7, 2) float64 analysis pixels: wrist, knuckles of index, middle, ring, pinky, two joints of the thumb.
    seen_px : `side` in pixels of the network, how large it was seen.
    """

    score: float
    center_xy: tuple[float, float]
    side: float
    points_xy: NDArray[np.float64]
    seen_px: float

    @property
    def turn(self) -> float:
        """The angle in radians of the direction from the wrist to the middle knuckle, 0 up, clockwise."""
        x, y = self.points_xy[_MIDDLE_KNUCKLE] - self.points_xy[_WRIST]
        return float(np.arctan2(x, -y))


class PalmFinder:
    """The network, loaded; EngineError when it cannot be. threads : how many it may use."""

    def __init__(self, threads: int = 2) -> None:
        self._session: onnxruntime.InferenceSession = open_session(model_path("palm_detector.onnx"), threads)
        self._places = _places(PIXELS_SIDE)

    def find(self, pixels: NDArray[np.uint8], patches: Sequence[Patch], least_score: float) -> list[Palm]:
        """Return the palms of all patches, each patch's best first; overlapping patches give a palm more than once.

        pixels : (height, width, 3) uint8 RGB, the whole photo at analysis size. least_score : 0..1, palms under it are
        left out. Raises EngineError when the network fails.
        """
        palms: list[Palm] = []
        for start in range(0, len(patches), _BATCH):
            some = patches[start : start + _BATCH]
            images = np.stack([patch.cut(pixels, PIXELS_SIDE) for patch in some])
            inputs = {"image": images.astype(np.float32) / 255}
            boxes, logits = run_session(self._session, ["boxes", "scores"], inputs)
            for patch, box, logit in zip(some, boxes, logits[..., 0], strict=True):
                palms += self._of_patch(patch, box.astype(np.float64), logit.astype(np.float64), least_score)
        return palms

    def _of_patch(
        self, patch: Patch, rows: NDArray[np.float64], logits: NDArray[np.float64], least_score: float
    ) -> list[Palm]:
        scores = 1 / (1 + np.exp(-np.clip(logits, -50, 50)))
        order = np.argsort(-scores, kind="stable")
        order = order[scores[order] >= least_score]
        rows, scores, places = rows[order], scores[order], self._places[order]
        centers, sizes = rows[:, :2] + places, rows[:, 2:4]
        points = rows[:, 4:18].reshape(-1, 7, 2) + places[:, None]
        palms = []
        for members in _grouped(centers, sizes):
            weight = scores[members] / scores[members].sum()
            center = patch.to_photo(weight @ centers[members], PIXELS_SIDE)
            seen = float((weight @ sizes[members]).max())
            palms.append(
                Palm(
                    score=float(scores[members[0]]),
                    center_xy=(float(center[0]), float(center[1])),
                    side=seen * patch.side / PIXELS_SIDE,
                    points_xy=patch.to_photo(np.tensordot(weight, points[members], 1), PIXELS_SIDE),
                    seen_px=seen,
                )
            )
        return palms


def _grouped(centers: NDArray[np.float64], sizes: NDArray[np.float64]) -> list[NDArray[np.intp]]:
    """Group answers, best first, whose boxes overlap; each group begins with its best."""
    low, high = centers - sizes / 2, centers + sizes / 2
    area = np.maximum(sizes, 0).prod(1)
    free = np.ones(len(centers), dtype=bool)
    groups = []
    for best in range(len(centers)):
        if not free[best]:
            continue
        shared = np.maximum(np.minimum(high[best], high) - np.maximum(low[best], low), 0).prod(1)
        iou = shared / np.maximum(area[best] + area - shared, 1e-9)
        members = np.flatnonzero(free & ((iou > _SAME_PALM_IOU) | (np.arange(len(centers)) == best)))
        free[members] = False
        groups.append(members)
    return groups


def _places(side: int) -> NDArray[np.float64]:
    """The place (x, y) in network pixels that each of the network's answers counts from."""
    grids = []
    for step, answers in _STEPS:
        middles = (np.arange(side // step) + 0.5) * step
        grid = np.stack(np.meshgrid(middles, middles), axis=-1).reshape(-1, 2)
        grids.append(np.repeat(grid, answers, axis=0))
    return np.concatenate(grids)

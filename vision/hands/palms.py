"""MediaPipe's palm detector: squares of the photo in, palms with their score and direction out.

The network is MediaPipe's own (`palm_detection_full`), run in ONNX Runtime: that gives a score for every palm and
leaves the choice of the landmarks' crop to the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from vision.hands.patch import Patch
from vision.models import model_path
from vision.runtime.crew import Crew
from vision.runtime.session import open_session, run_session
from vision.suppression import overlapping

PIXELS_SIDE = 192
"""The side of the square that the network was trained on; a palm should fill a tenth to a half of it."""

_STEPS = ((8, 2), (16, 6))
"""The network's grids: pixels from place to place, and answers a place (MediaPipe's SSD anchors)."""

_SAME_PALM_IOU = 0.3
_WRIST, _MIDDLE_KNUCKLE = 0, 2


@dataclass(frozen=True, slots=True, eq=False)
class Palm:
    """A palm as the detector gives it.

    score : 0..1. center_xy, side : the middle and the longer side of the palm's box, analysis pixels.
    points_xy : (7, 2) float64 analysis pixels: wrist, knuckles of index, middle, ring, pinky, two joints of the thumb.
    """

    score: float
    center_xy: tuple[float, float]
    side: float
    points_xy: NDArray[np.float64]

    @property
    def turn(self) -> float:
        """The angle in radians of the direction from the wrist to the middle knuckle, 0 up, clockwise."""
        x, y = self.points_xy[_MIDDLE_KNUCKLE] - self.points_xy[_WRIST]
        return float(np.arctan2(x, -y))


class PalmFinder:
    """The network, loaded; EngineError when it cannot be. threads : how many it may use."""

    def __init__(self, threads: int = 2) -> None:
        self._session: onnxruntime.InferenceSession = open_session(model_path("palm_detector.onnx"))
        self._crew = Crew(threads)
        self._places = _places(PIXELS_SIDE)

    def close(self) -> None:
        """End its threads."""
        self._crew.close()

    def find(
        self, pixels: NDArray[np.uint8], patches: Sequence[Patch], least_score: float | Sequence[float]
    ) -> list[Palm]:
        """Return the palms of all patches, each patch's best first; overlapping patches give a palm more than once.

        pixels : (height, width, 3) uint8 RGB, the whole photo at analysis size. least_score : 0..1, palms under it are
        left out; one for all patches or one for each. Raises EngineError when the network fails.
        """
        least = [least_score] * len(patches) if isinstance(least_score, float) else least_score
        found = self._crew.map(lambda work: self._of_patch(pixels, *work), zip(patches, least, strict=True))
        return [palm for palms in found for palm in palms]

    def _of_patch(self, pixels: NDArray[np.uint8], patch: Patch, least_score: float) -> list[Palm]:
        image = patch.cut(pixels, PIXELS_SIDE).astype(np.float32) / 255
        (boxes,), (logits,) = run_session(self._session, ["boxes", "scores"], {"image": image[None]})
        every = 1 / (1 + np.exp(-np.clip(logits[:, 0].astype(np.float64), -50, 50)))
        likely = np.flatnonzero(every >= least_score)
        if not len(likely):
            return []
        order = likely[np.argsort(-every[likely], kind="stable")]
        scores, rows, places = every[order], boxes[order].astype(np.float64), self._places[order]
        centers, sizes = rows[:, :2] + places, rows[:, 2:4]
        points = rows[:, 4:18].reshape(-1, 7, 2) + places[:, None]
        shares = _shares(centers, sizes, scores)
        middles = patch.to_photo(shares @ centers, PIXELS_SIDE)
        seen = (shares @ sizes).max(axis=1)
        marks = patch.to_photo(np.tensordot(shares, points, 1), PIXELS_SIDE)
        return [
            Palm(
                score=float(scores[share.argmax()]),
                center_xy=(float(middle[0]), float(middle[1])),
                side=float(across) * patch.side / PIXELS_SIDE,
                points_xy=mark,
            )
            for share, middle, across, mark in zip(shares, middles, seen, marks, strict=True)
        ]


def _shares(
    centers: NDArray[np.float64], sizes: NDArray[np.float64], scores: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return (palms, answers), the part of each answer in each palm: answers that overlap, best first, are one."""
    groups = overlapping(centers - sizes / 2, sizes, _SAME_PALM_IOU)
    shares = np.zeros((len(groups), len(scores)))
    for share, members in zip(shares, groups, strict=True):
        share[members] = scores[members] / scores[members].sum()
    return shares


def _places(side: int) -> NDArray[np.float64]:
    """The place (x, y) in network pixels that each of the network's answers counts from."""
    grids = []
    for step, answers in _STEPS:
        middles = (np.arange(side // step) + 0.5) * step
        grid = np.stack(np.meshgrid(middles, middles), axis=-1).reshape(-1, 2)
        grids.append(np.repeat(grid, answers, axis=0))
    return np.concatenate(grids)

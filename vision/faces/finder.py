"""Every face of a photo, from a portrait to a crowd.

The detector sees 192 x 192 pixels, so one look at the whole photo finds only faces wider than about 6% of its longer
side. Smaller ones are sought in tiles, at growing zoom: the first level nearly always, the next ones only around
places where small faces were found. Faces that fill the photo are found from a step back, with a border around.
Doubtful detections are shown to a second network.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from vision._crew import Crew
from vision._halving import halved
from vision.faces.alignment import face_chip, find_landmarks
from vision.faces.detector import BlazeFace, Detection
from vision.faces.face import Face, FaceQuality
from vision.faces.quality import covered, sharpness, turned
from vision.faces.tiles import Tile, belongs_to_tile, merge, plan_tiles, reading_order
from vision.faces.verifier import LEAST_SCORE, FaceVerifier
from vision.geometry import Box

# Chosen with scripts/bench_faces.py on the group photos: of 297 faces, zoom 3 with a quarter of overlap misses 4,
# zoom 2.5 misses 8 and zoom 2 misses 19; another third of overlap finds none more.
_ZOOM = 3.0
_OVERLAP = 0.25
_LEAST_TILE_SIDE = 160
_MOST_LEVELS = 3
# 40 portraits cut close to the face (150 px): found 9 as they are, 31 with a border of 1/8, 38 of 1/4, 40 of 3/8.
_AFAR_BORDER = 0.375
_AFAR_SIDE = 320
_GREY = (127, 127, 127)
# A face under this part of a tile's side may have still smaller neighbours that this level misses.
_SMALL_IN_TILE = 0.12
# A face over this part of the longer side makes the photo a portrait, with nobody else worth a search.
_PORTRAIT_PART = 0.35
_DOUBTFUL_FROM, _SURE_FROM = 0.5, 0.85


class FaceFinder:
    """Finds faces. Holds native memory: use it in a `with` block or close it. Not safe to share between threads."""

    def __init__(self, *, threads: int = 2) -> None:
        """Load the models; `threads` is how many may look at once. Raises EngineError without a file."""
        self._crew = Crew(threads)
        self._verifier = FaceVerifier(threads=threads)
        self._detector = BlazeFace(least_score=_DOUBTFUL_FROM, threads=threads)

    def find(self, pixels: NDArray[np.uint8]) -> tuple[Face, ...]:
        """Find the faces of a photo of (height, width, 3) uint8 RGB, in reading order (rows, then left to right).

        Raises EngineError when the detector fails.
        """
        if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8:
            raise ValueError(f"expected pixels of (height, width, 3) uint8, got {pixels.shape} {pixels.dtype}")
        faces = self._crew.map(lambda detection: self._face(pixels, detection), self._search(pixels))
        return tuple(faces[index] for index in reading_order(face.box for face in faces))

    def _search(self, pixels: NDArray[np.uint8]) -> list[Detection]:
        size_wh = pixels.shape[1], pixels.shape[0]
        near, afar = self._crew.map(lambda search: search(pixels), (self._detector.detect, self._search_from_afar))
        found = self._verified(pixels, [*near, *afar])
        longer = max(size_wh)
        if any(one.box.width > _PORTRAIT_PART * longer for one in found):
            return found
        side, within = float(longer), None
        for _ in range(_MOST_LEVELS):
            finer = max(side / _ZOOM, _LEAST_TILE_SIDE)
            if finer > 0.75 * side:
                break
            side = finer
            fresh = self._search_tiles(pixels, round(side), within)
            found = self._verified(pixels, [*found, *fresh], known=found)
            within = _around_small(found, side)
            if within is None:
                break
        return found

    def _search_from_afar(self, pixels: NDArray[np.uint8]) -> list[Detection]:
        """Find faces that fill the photo: look at it small, in the middle of a grey picture."""
        height, width = pixels.shape[:2]
        scale = min(_AFAR_SIDE / max(height, width), 1.0)
        small = pixels
        if scale < 1.0:
            size_wh = max(round(width * scale), 1), max(round(height * scale), 1)
            small = cv2.resize(halved(pixels, scale)[0], size_wh, interpolation=cv2.INTER_AREA)
        border = round(_AFAR_BORDER * max(small.shape[:2]))
        framed = cv2.copyMakeBorder(small, border, border, border, border, cv2.BORDER_CONSTANT, value=_GREY)
        back_xy = width / small.shape[1], height / small.shape[0]
        return [one.moved(-border, -border).scaled(back_xy) for one in self._detector.detect(framed)]

    def _search_tiles(self, pixels: NDArray[np.uint8], side: int, within: Box | None) -> list[Detection]:
        size_wh = pixels.shape[1], pixels.shape[0]
        tiles = plan_tiles(size_wh, side, _OVERLAP, within)
        found = []
        for tile, seen in zip(tiles, self._crew.map(lambda tile: self._seen_in(pixels, tile), tiles), strict=True):
            found += [one for one in seen if belongs_to_tile(one.box, tile, size_wh)]
        return found

    def _seen_in(self, pixels: NDArray[np.uint8], tile: Tile) -> list[Detection]:
        cut = pixels[tile.top : tile.top + tile.height, tile.left : tile.left + tile.width]
        return [one.moved(tile.left, tile.top) for one in self._detector.detect(cut)]

    def _verified(
        self, pixels: NDArray[np.uint8], detections: Sequence[Detection], known: Sequence[Detection] = ()
    ) -> list[Detection]:
        """Merge the detections and drop the doubtful ones that the second network takes for something else."""
        merged = merge(detections)
        doubtful = [one for one in merged if one.score < _SURE_FROM and one not in known]
        scores = self._verifier.scores(pixels, [one.box for one in doubtful])
        refused = [one for one, score in zip(doubtful, scores, strict=True) if score < LEAST_SCORE]
        return [one for one in merged if one not in refused]

    def _face(self, pixels: NDArray[np.uint8], detection: Detection) -> Face:
        landmarks = find_landmarks(pixels, detection.box, detection.roll_degrees)
        chip = face_chip(pixels, landmarks)
        quality = FaceQuality(detection.box.width, sharpness(chip), turned(detection.keypoints_xy), covered(chip))
        return Face(detection.box, detection.score, landmarks, detection.keypoints_xy, quality)

    def close(self) -> None:
        """Free the detector; closing twice is fine."""
        self._detector.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()


def _around_small(found: Sequence[Detection], tile_side: float) -> Box | None:
    """Return the region, one finer tile beyond every face that is small for its tile, or None without such a face."""
    small = [one.box for one in found if one.box.width < _SMALL_IN_TILE * tile_side]
    if not small:
        return None
    reach = tile_side / _ZOOM
    return Box.from_corners(
        min(box.left for box in small) - reach,
        min(box.top for box in small) - reach,
        max(box.right for box in small) + reach,
        max(box.bottom for box in small) + reach,
    )

"""Photos that are stored lying on their side or upside down: turned for the look, and the answer turned back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from vision.contract.result import CheckResult, Point
from vision.geometry import Box
from vision.media.photo import Photo

if TYPE_CHECKING:
    from vision.faces import Face
    from vision.stages.engines import FindsFaces


@dataclass(frozen=True, slots=True)
class Turn:
    """By how many quarters (1..3), counterclockwise, a photo of `size_wh` pixels is turned to stand upright."""

    quarters: int
    size_wh: tuple[int, int]

    def photo(self, photo: Photo) -> Photo:
        """Return the photo turned."""
        width, height = photo.size_wh
        pixels = np.ascontiguousarray(np.rot90(photo.pixels, self.quarters))
        pixels.setflags(write=False)
        return replace(photo, pixels=pixels, size_wh=(height, width) if self.quarters % 2 else (width, height))

    def back(self, result: CheckResult) -> CheckResult:
        """Return the answer to the turned photo in pixels of the photo as it is stored."""
        return replace(
            result,
            photo=replace(result.photo, size_wh=self.size_wh),
            hands=tuple(
                replace(hand, box=self.box(hand.box), landmarks_xy=tuple(map(self.point, hand.landmarks_xy)))
                for hand in result.hands
            ),
            faces=tuple(replace(face, box=self.box(face.box)) for face in result.faces),
            texts=tuple(replace(words, box=self.box(words.box)) for words in result.texts),
            turned_quarters=self.quarters,
        )

    def point(self, point_xy: Point) -> Point:
        """Return a point of the turned photo in pixels of the photo as it is stored."""
        x, y = point_xy
        width, height = self.size_wh
        return {1: (width - y, x), 2: (width - x, height - y), 3: (y, height - x)}[self.quarters]

    def box(self, box: Box) -> Box:
        """Return a box of the turned photo in pixels of the photo as it is stored."""
        return Box.around([self.point((box.left, box.top)), self.point((box.right, box.bottom))])


def look_upright(finder: FindsFaces, photo: Photo) -> tuple[Photo, tuple[Face, ...], Turn | None]:
    """Find the faces, the other ways round too where none is sure; return the photo as it was looked at.

    Raises EngineError when the detector fails.
    """
    faces = finder.find(photo.pixels)
    quarters = finder.turn(photo.pixels, faces)
    if not quarters:
        return photo, faces, None
    turn = Turn(quarters, photo.size_wh)
    photo = turn.photo(photo)
    return photo, finder.find(photo.pixels), turn


def stood_up(result: CheckResult, quarters: int) -> CheckResult:
    """Return an answer in pixels of its photo turned by `quarters` (0..3), counterclockwise."""
    if not quarters:
        return result
    width, height = result.photo.size_wh
    size_wh = (height, width) if quarters % 2 else (width, height)
    return Turn(4 - quarters, size_wh).back(result)

"""A square of the photo, cut out, turned upright and scaled for a network, and the way back to photo pixels."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.geometry import Box
from vision.media.cutting import Shrinking, cut_square

_SHRINKING = Shrinking(below=0.6, by_halves=True)
_TURNED_ROOM, _UPRIGHT_ROOM = 1.5, 1.2
"""What is shrunk of the photo, in the patch's sides: its corners when it is turned, else a little around it."""

_GREY = 127


@dataclass(frozen=True, slots=True)
class Patch:
    """A square of the photo, perhaps turned or mirrored.

    center_xy and side are in analysis pixels; `turn` is the angle in radians that is turned upright: the direction
    (sin turn, -cos turn) of the photo points up in the patch.
    """

    center_xy: tuple[float, float]
    side: float
    turn: float = 0.0
    mirrored: bool = False

    def __post_init__(self) -> None:
        if not self.side > 0:
            raise ValueError(f"a patch needs a side > 0, got {self.side}")

    @classmethod
    def around(cls, box: Box, factor: float = 1.0) -> Patch:
        """Return the square about a box's centre, `factor` times its longer side."""
        return cls(box.center_xy, max(box.width, box.height, 1.0) * factor)

    @property
    def box(self) -> Box:
        """The square without its turn, analysis pixels."""
        x, y = self.center_xy
        return Box(x - self.side / 2, y - self.side / 2, self.side, self.side)

    @property
    def rotation(self) -> NDArray[np.float64]:
        """The (2, 2) matrix that turns (and mirrors) photo directions into patch directions."""
        cosine, sine = np.cos(self.turn), np.sin(self.turn)
        matrix = np.array([[cosine, sine], [-sine, cosine]])
        return np.diag([-1.0, 1.0]) @ matrix if self.mirrored else matrix

    def matrix(self, pixels_side: int) -> NDArray[np.float64]:
        """Return the (2, 3) matrix from photo to patch coordinates, (0, 0) the corner of the first pixel in both."""
        linear = self.rotation * (pixels_side / self.side)
        middle = np.full(2, pixels_side / 2)
        return np.column_stack([linear, middle - linear @ np.array(self.center_xy)])

    def to_photo(self, points: NDArray[np.float64], pixels_side: int) -> NDArray[np.float64]:
        """Bring (..., 2) points of the cut patch back to analysis pixels."""
        back = cv2.invertAffineTransform(self.matrix(pixels_side))
        there: NDArray[np.float64] = points @ back[:, :2].T + back[:, 2]
        return there

    def cut(self, pixels: NDArray[np.uint8], pixels_side: int) -> NDArray[np.uint8]:
        """Cut the patch out of (height, width, 3) uint8 `pixels`, `pixels_side` squared; mid-grey outside the photo."""
        to_square = self.matrix(pixels_side)
        # From corners of pixels to middles, in both.
        to_square[:, 2] += to_square[:, :2] @ (0.5, 0.5) - 0.5
        part = Box(0, 0, pixels.shape[1], pixels.shape[0])
        if pixels_side / self.side < _SHRINKING.below:
            part = self.box.expanded(_TURNED_ROOM if self.turn else _UPRIGHT_ROOM)
        return cut_square(pixels, to_square, pixels_side, part, _SHRINKING, grey=_GREY, cubic=pixels_side > self.side)

"""A square of the photo, cut out, turned upright and scaled for a network, and the way back to photo pixels."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.geometry import Box
from vision.media.shrinking import halved

_SHRINK_BELOW = 0.6
"""Under this scale a warp, which reads four neighbours a pixel, would skip pixels."""

_TURNED_ROOM, _UPRIGHT_ROOM = 1.5, 1.2
"""What a patch reads of the photo, in its sides: its corners when it is turned, else a little around it."""


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
        matrix = np.vstack([self.matrix(pixels_side), [0, 0, 1]])
        source, from_photo = pixels, np.eye(3)
        if pixels_side / self.side < _SHRINK_BELOW:
            around = _TURNED_ROOM if self.turn else _UPRIGHT_ROOM
            source, from_photo = _shrunk(pixels, self.box.expanded(around), pixels_side / self.side)
        # OpenCV counts from the middle of the first pixel.
        drawing = _MOVED_BACK @ matrix @ np.linalg.inv(from_photo) @ _MOVED
        image = cv2.warpAffine(
            source,
            drawing[:2],
            (pixels_side, pixels_side),
            flags=cv2.INTER_CUBIC if pixels_side > self.side else cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(127, 127, 127),
        )
        return np.ascontiguousarray(image, dtype=np.uint8)


_MOVED = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
_MOVED_BACK = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])


def _shrunk(pixels: NDArray[np.uint8], part: Box, scale: float) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Shrink the photo's `part` by areas; returns it with the (3, 3) matrix from photo to shrunk coordinates."""
    inside = part.clipped((pixels.shape[1], pixels.shape[0]))
    left, top = int(inside.left), int(inside.top)
    piece = pixels[top : int(np.ceil(inside.bottom)), left : int(np.ceil(inside.right))]
    if piece.size == 0:
        return pixels[:1, :1], np.eye(3)
    half, times = halved(piece, scale)
    half_wh = half.shape[1], half.shape[0]
    size_wh = [max(1, round(length * 2**times * scale)) for length in half_wh]
    small = np.asarray(cv2.resize(half, size_wh, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    step_x, step_y = (size / (length * 2**times) for size, length in zip(size_wh, half_wh, strict=True))
    return small, np.array([[step_x, 0, -left * step_x], [0, step_y, -top * step_y], [0, 0, 1]])

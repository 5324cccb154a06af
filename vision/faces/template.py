"""The 112 x 112 chip that ArcFace-style networks read: eyes, nose tip and mouth at fixed places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.faces.face import Face
from vision.geometry import Box
from vision.media.cutting import Shrinking, cut_square

SIDE: Final = 112
"""Side in pixels of the chip."""

TEMPLATE_XY: Final[NDArray[np.float64]] = np.array(
    [(38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)]
)
"""Where the left and right eye of the picture, the tip of the nose and the corners of the mouth belong, in chip pixels:
InsightFace's `arcface_dst`, with which ArcFace, CosFace, AdaFace, MagFace and SFace networks are trained."""

_SHRINKING = Shrinking(below=0.7)
"""Not by halves: galleries hold vectors of chips that were shrunk at once."""

_FACE_MIDDLE_XY = 56.0, 60.0


@dataclass(frozen=True, slots=True)
class ChipView:
    """One way to cut a chip: the face `scale` times as large as the template has it, turned, and `mirrored` or not."""

    scale: float = 1.0
    degrees: float = 0.0
    mirrored: bool = False

    def of(self, to_chip: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the transform (2, 3) to the chip with this look's scale and turn about the middle of the face."""
        own = cv2.getRotationMatrix2D(_FACE_MIDDLE_XY, self.degrees, self.scale)
        looked: NDArray[np.float64] = own[:, :2] @ to_chip
        looked[:, 2] += own[:, 2]
        return looked


STRAIGHT: Final = ChipView()
"""The chip as the template has it."""


def chip_points(face: Face) -> NDArray[np.float64]:
    """Return where the template's five points lie in the photo, (5, 2) float64.

    The eyes are the mean of dlib's and the detector's; the tip of the nose and the mouth are the detector's. With the
    detector's eyes alone a fifth more own faces are missed, with dlib's alone some of those turned half away
    (`python -m scripts.bench faces`, "openset").
    """
    dlibs = np.array([face.landmarks_xy[2:4].mean(axis=0), face.landmarks_xy[0:2].mean(axis=0)])
    return np.array([*(dlibs + face.five_points_xy[:2]) / 2, *face.five_points_xy[2:]])


def similarity(source_xy: NDArray[np.float64], target_xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the turn, scale and shift (2, 3) float64 that bring (n, 2) points nearest to others in the least squares.

    Never a mirror image. As complex numbers the transform is `turn * z + shift`, and the best `turn` is a quotient.
    """
    source, target = source_xy @ (1, 1j), target_xy @ (1, 1j)
    middle = source.mean()
    around = source - middle
    # Points that all lie in one place have no best turn; a face of less than a pixel gets a chip of one colour.
    turn = (around.conj() @ target) / max(float((around.conj() @ around).real), 1.0)
    shift = target.mean() - turn * middle
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])


def template_chip(pixels: NDArray[np.uint8], face: Face, look: ChipView = STRAIGHT) -> NDArray[np.uint8]:
    """Cut the chip, (112, 112, 3) uint8 RGB, of a face of the photo (height, width, 3) uint8 RGB; black outside of it.

    A face larger than the chip is first shrunk by area, so that it does not alias.
    """
    to_chip = similarity(chip_points(face), TEMPLATE_XY)
    if look != STRAIGHT:
        to_chip = look.of(to_chip)
    corners = np.array([(x, y, 1.0) for x in (-1.0, SIDE) for y in (-1.0, SIDE)]) @ cv2.invertAffineTransform(to_chip).T
    part = Box.from_corners(*np.floor(corners.min(axis=0)), *(np.ceil(corners.max(axis=0)) + 1))
    chip = cut_square(pixels, to_chip, SIDE, part, _SHRINKING, grey=0)
    return np.ascontiguousarray(chip[:, ::-1]) if look.mirrored else chip

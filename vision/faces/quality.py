"""How well a face shows: how sharp, how far turned away, how much of it covered."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.errors import EngineError
from vision.messages import say

_SIDE, _CELLS = 48, 6
_COVERING = files("vision.faces") / "covering.npz"
_RIGHT_EYE, _LEFT_EYE, _NOSE = 0, 1, 2


def sharpness(chip: NDArray[np.uint8]) -> float:
    """Return the sharpness of an aligned chip, (150, 150, 3) uint8 RGB: the variance of its Laplacian, 0 or more."""
    grey = cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())


def turned(five_points_xy: NDArray[np.float64]) -> float:
    """Return how far a face is turned to a side: the tip of the nose from between the eyes, in distances of the eyes.

    `five_points_xy` is (5, 2), see `vision.faces.face`. 0 is straight ahead, 0.5 about halfway to a profile; a profile
    is over 1.
    """
    across = five_points_xy[_LEFT_EYE] - five_points_xy[_RIGHT_EYE]
    middle = (five_points_xy[_LEFT_EYE] + five_points_xy[_RIGHT_EYE]) / 2
    length = float(np.linalg.norm(across))
    return abs(float((five_points_xy[_NOSE] - middle) @ across)) / length**2 if length > 0 else 0.0


def covered(chip: NDArray[np.uint8]) -> float:
    """Return how surely a mask, a veil or dark glasses cover an aligned chip, (150, 150, 3) uint8 RGB: 0..1.

    A linear model on `traits`, fitted by `python -m scripts.training covering`. Raises EngineError without its file.
    """
    weights, offset = _model()
    return float(1 / (1 + np.exp(-(traits(chip) @ weights + offset))))


def traits(chip: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Return what a chip shows in 6 x 6 cells, left and right taken together, (108,) float64.

    Brightness and detail of each cell against the whole chip's contrast, and how far its colour is from the middle's:
    cloth and dark glass are even, and of another colour than the skin beside them.
    """
    small = cv2.resize(chip, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float64)
    grey = (grey - grey.mean()) / (grey.std() + 1e-3)
    steps = np.abs(np.diff(grey, axis=1, prepend=grey[:, :1])) + np.abs(np.diff(grey, axis=0, prepend=grey[:1]))
    colour = _cells(cv2.cvtColor(small, cv2.COLOR_RGB2LAB)[..., 1:].astype(np.float64))
    middle = colour[2:4, 2:4].mean(axis=(0, 1))
    grids = (
        _cells(grey[..., None])[..., 0],
        np.log(_cells(steps[..., None])[..., 0] + 0.02),
        np.linalg.norm(colour - middle, axis=-1) / 20,
    )
    return np.concatenate([((grid + grid[:, ::-1]) / 2).ravel() for grid in grids])


def _cells(picture: NDArray[np.float64]) -> NDArray[np.float64]:
    side = _SIDE // _CELLS
    means: NDArray[np.float64] = picture.reshape(_CELLS, side, _CELLS, side, -1).mean(axis=(1, 3))
    return means


@cache
def _model() -> tuple[NDArray[np.float64], float]:
    try:
        with np.load(BytesIO(_COVERING.read_bytes()), allow_pickle=False) as arrays:
            return np.asarray(arrays["weights"], np.float64), float(arrays["offset"])
    except (OSError, ValueError, KeyError) as error:
        raise EngineError(say("faces.quality.covering_npz_is_missing_or")) from error

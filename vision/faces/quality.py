"""How well a face shows."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray


def sharpness(chip: NDArray[np.uint8]) -> float:
    """Return the sharpness of an aligned chip, (150, 150, 3) uint8 RGB: the variance of its Laplacian, 0 or more."""
    grey = cv2.cvtColor(chip, cv2.COLOR_RGB2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var())

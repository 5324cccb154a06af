"""A quick test of a face network on two portraits, since wrong pixel levels raise no error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.resources import files
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.errors import FaceModelError
from vision.messages import say

_PORTRAITS = files("vision.faces") / "portraits.npz"
_LEAST_GAP = 0.3
"""A network that works puts two pictures of one of them over 0.9 alike (cosine) and the two people under 0.3. At wrong
levels it sees next to nothing, and all pictures are 0.6 to 1.0 alike."""

_ALTERED_DEGREES, _ALTERED_SCALE, _ALTERED_LIGHT = 6.0, 0.95, 0.7

Embed = Callable[[Sequence[NDArray[np.uint8]]], NDArray[np.float32]]


def require_recognition(embed: Embed, name: str) -> None:
    """Show two people, each twice, to a network; `name` is its file's.

    `embed` turns chips of (112, 112, 3) uint8 RGB into vectors of length 1. Raises FaceModelError when the network
    does not tell the people apart.
    """
    portraits = sample_portraits()
    vectors = embed([*portraits, *map(altered, portraits)])
    alike = vectors @ vectors.T
    same, different = float(min(alike[0, 2], alike[1, 3])), float(max(alike[0, 1], alike[2, 3]))
    if not same - different >= _LEAST_GAP:
        raise FaceModelError(
            say(
                "faces.trial.this_network_does_not_tell",
                name=name,
                same=same,
                different=different,
                least_gap=_LEAST_GAP,
            )
        )


def sample_portraits() -> list[NDArray[np.uint8]]:
    """Return the chips, (112, 112, 3) uint8 RGB, of the sample portraits of Eileen Collins and Grace Hopper."""
    with np.load(BytesIO(_PORTRAITS.read_bytes()), allow_pickle=False) as chips:
        return [chips["collins"], chips["hopper"]]


def altered(chip: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the same face darker, mirrored, a little smaller and turned."""
    side = chip.shape[0]
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), _ALTERED_DEGREES, _ALTERED_SCALE)
    turned = cv2.warpAffine(chip, turn, (side, side), borderMode=cv2.BORDER_REPLICATE)
    return np.ascontiguousarray((turned[:, ::-1] * _ALTERED_LIGHT).astype(np.uint8))

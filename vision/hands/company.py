"""Context of a group photo: how the other hands make a doubtful sign, or a thumb, more or less likely.

In a group nearly everybody makes the same sign, or nobody makes any. So one hand that may or may not show a sign is
believed less where no other surely shows the same, and more the more do; and where many clench a fist, a doubtful thumb
is one of theirs. What speaks for a hand at rest, or for no hand at all, is left alone: hands at rest do not follow the
crowd.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vision.hands.people import LOOSE
from vision.hands.shapes import QUIET, SHAPES
from vision.poses import Pose

_GROUP = 3
"""So many faces make a group: among fewer people one hand says little of another."""

_SURE_SIGN, _SURE_FIST = 0.7, 0.5
"""A raised hand that shows a sign, or a fist, with this probability counts for the others."""

_ALONE = -1.5
_FIST_FIRST = 0.5
_EACH_DOUBLING = 1.8
_MOST = 2.0
"""In the logarithm of the odds: what a sign loses that nobody else shows, what a fist gains in every group, what each
doubling of one and those who surely show the same is worth, and the most that is gained. Alone, a sign is named from a
probability of 0.79 on, beside three others from 0.10.

Chosen on the tuning half of `python -m scripts.bench hands scenes`: of its 13 quiet photos and 115 signs, 13 are clear
and 88 named, with 3 false signs; -1.2 and 1.6 name 89 with 4 false ones, -1.5 and 1.6 name 87 with 3. A fist's first
gain was free up to 0.5 on both halves, and fists are what is taken for a sign most often.
"""

_SIGNS = np.array([shape not in QUIET for shape in range(len(SHAPES))])
_FIST = SHAPES.index(Pose.FIST)
_LOOSE = [SHAPES.index(pose) for pose in LOOSE]
"""Signs that nobody's company makes likelier: the hands of a group that rest or hold something take these shapes."""


def gains(probabilities: NDArray[np.float64], raised: NDArray[np.bool_], people: int) -> NDArray[np.float64]:
    """Return by how much each hand's probabilities are to be multiplied, (n, len(SHAPES)), for what the others show.

    probabilities : (n, len(SHAPES)), what each hand shows by itself; raised : (n,), whether it is held up; a low one
    counts for nobody and no company makes it likelier; people : how many faces the photo shows.
    """
    gain = np.zeros(probabilities.shape)
    if people < _GROUP or not len(gain):
        return np.exp(gain)
    fists = _others((probabilities[:, _FIST] >= _SURE_FIST) & raised)
    gain[:, _FIST] = np.minimum(_FIST_FIRST + fists, _MOST)
    among_fists = probabilities * np.exp(gain)
    among_fists /= among_fists.sum(axis=1, keepdims=True)
    shown = _others((among_fists[:, _SIGNS] >= _SURE_SIGN) & raised[:, None])
    gain[:, _SIGNS] = np.minimum(_ALONE + shown, _MOST)
    gain[:, _LOOSE] = np.minimum(gain[:, _LOOSE], 0.0)
    gain[~raised] = np.minimum(gain[~raised], 0.0)
    return np.exp(gain)


def _others(sure: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return what the others who surely show a shape, (n,) or (n, shapes), are worth to each of the n hands."""
    return np.asarray(np.log2(1.0 + sure.sum(axis=0) - sure) * _EACH_DOUBLING, dtype=np.float64)

"""Photos that look alike: copies in another size, saved again, brightened, cut a little, and shots of one moment.

A perceptual hash (pHash): the 64 slowest waves of the photo, each one bit, above or below their median. Two photos look
alike when few bits differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

MOST_BITS = 8
"""Bits in which photos that look alike differ at most.

Chosen with `python -m scripts.bench likeness`: of copies that were shrunk, saved again, brightened, turned by a degree,
written on or cut by 2%, 99.5% or more are within it; of those cut by 4%, 96%. Of 1.1 million pairs of different photos
two are, all four of them portraits that were cut so that the face is in the middle.
"""

FLAT = 0
"""The hash of a photo that shows nothing but one even area: there is nothing to recognise it by."""

_SIDE = 32
_LEAST_SPREAD = 1.0  # standard deviation of the grey levels (0..255) under which noise would decide the bits
_BANDS = 4
_BAND_BITS = 64 // _BANDS
_BAND = (1 << _BAND_BITS) - 1
_LARGEST_MOST_BITS = 3 * _BANDS - 1  # more would ask for so many look-ups that going through all is quicker


def likeness(pixels: NDArray[np.uint8]) -> int:
    """Return the hash of a photo, 0 <= hash < 2**64; `FLAT` for one that shows nothing.

    `pixels` is uint8 (height, width, 3) RGB, upright, of any size from 1 x 1.
    """
    small = cv2.resize(pixels, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    if grey.std() < _LEAST_SPREAD:
        return FLAT
    # Rounded, because waves that are not there at all (of a drawn gradient) are not exactly 0 otherwise.
    waves = np.round(cv2.dct(grey)[_slowest()], 1)
    bits = np.packbits(waves > np.median(waves))
    return int.from_bytes(bits.tobytes(), "big")


def fold(hashes: Sequence[int | None], *, most_bits: int = MOST_BITS) -> list[int]:
    """Group photos that look alike: return for each the index of its leader, the first of its group.

    In the order given, a photo joins the leader that it is nearest to (of several the first) when at most `most_bits`
    differ, and leads otherwise. So every member is like its leader, whatever is between the members, and a leader comes
    before its members. None and `FLAT` are like nothing. Raises ValueError when `most_bits` is not within 0..11.
    """
    folds = SimilarPhotos(most_bits)
    return [folds.add(value) for value in hashes]


class SimilarPhotos:
    """Groups photos that look alike, one by one as they come (see `fold`); only the leaders are kept.

    Takes under a tenth of a millisecond a photo with 100,000 leaders (multi-index hashing, Norouzi and others 2012):
    hashes that differ in few bits differ in very few of one of four parts, so that looking up the neighbours of each
    part finds it.
    """

    def __init__(self, most_bits: int = MOST_BITS) -> None:
        if not 0 <= most_bits <= _LARGEST_MOST_BITS:
            raise ValueError(f"most_bits is 0..{_LARGEST_MOST_BITS}, not {most_bits}")
        self._most_bits = most_bits
        # Bits that may differ in each part: were all parts beyond theirs, more than `most_bits` would differ in all.
        share, rest = divmod(most_bits + 1, _BANDS)
        flips = (share - (band >= rest) for band in range(_BANDS))
        self._bands = tuple((band * _BAND_BITS, _neighbours(few)) for band, few in enumerate(flips) if few >= 0)
        # By part: the leaders that have it. Lists, where a dictionary would take twice the time of all this.
        self._known: tuple[list[list[tuple[int, int]] | None], ...] = tuple([None] * (_BAND + 1) for _ in self._bands)
        self._count = 0

    def add(self, value: int | None) -> int:
        """Take the next photo's hash; return the index of its leader, which may be its own."""
        index = self._count
        self._count += 1
        if value is None or value == FLAT:
            return index
        leader = self._nearest(value)
        if leader is not None:
            return leader
        for (shift, _), known in zip(self._bands, self._known, strict=True):
            part = value >> shift & _BAND
            leaders = known[part] = known[part] or []
            leaders.append((value, index))
        return index

    def _nearest(self, value: int) -> int | None:
        best: tuple[int, int] | None = None
        for (shift, neighbours), known in zip(self._bands, self._known, strict=True):
            part = value >> shift & _BAND
            for flipped in neighbours:
                leaders = known[part ^ flipped]
                if leaders is None:
                    continue
                for other, index in leaders:
                    apart = (value ^ other).bit_count()
                    if apart == 0:
                        return index
                    if apart <= self._most_bits and (best is None or (apart, index) < best):
                        best = (apart, index)
        return None if best is None else best[1]


@cache
def _slowest() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return rows and columns of the 64 slowest waves, those of the mean brightness left out."""
    waves = sorted(((r, c) for r in range(_SIDE) for c in range(_SIDE)), key=lambda at: (at[0] ** 2 + at[1] ** 2, at))
    rows, columns = np.array(waves[1:65]).T
    return rows, columns


@cache
def _neighbours(most: int) -> tuple[int, ...]:
    """Return what to flip in a part of a hash, up to `most` bits, the fewest first."""

    def flips() -> Iterator[int]:
        for count in range(most + 1):
            for bits in combinations(range(_BAND_BITS), count):
                yield sum(1 << bit for bit in bits)

    return tuple(flips())

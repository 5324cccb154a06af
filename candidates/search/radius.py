"""Which of a million vectors lie within a radius of a face: exact, on two cores, without comparing all of them in full.

A cheap look at every row throws out nearly all: the vectors are turned so that their first few coordinates hold most of
what tells them apart (principal axes), and a distance in those alone is never longer than the whole one. What is left
is settled with all coordinates in float64. Measured by `python -m scripts.bench gallery`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import onnxruntime

BLOCK = 4096
"""Rows that are looked at in one step: they and their products stay in the processor's cache."""

EXPLAINED, LEAST_KEPT = 0.67, 46
"""Part of the variance that the first look sees, and how many coordinates it sees at least.

46 coordinates are two thirds of SFace's spread, and seven eighths of dlib's. With 38 of SFace's, three times as many
rows must be settled in 300,000 people; with 62, the look itself takes a third longer."""

_GRAPH = files("candidates") / "least.onnx"
_SHARED_FROM = 20_000  # fewer rows are looked at before another thread has started
_TURNED_FROM = 8192  # fewer rows are looked at in full: turning them would take longer than it saves
_SAMPLE = 10_000  # rows that the axes are computed from
_PROBES_AT_ONCE = 64
_PAIRS_AT_ONCE = 4096
_AUXILIARY = 2  # columns beside the coordinates: squared length, one
_UNIT = 2.0**-24  # of float32: half the gap at 1

Matrix = NDArray[np.float32]
Allocate = Callable[[tuple[int, int]], Matrix]


class NearPairs(NamedTuple):
    """Pairs within the radius by probe, then row: index of the probe, row of the matrix, L2 distance."""

    probe: NDArray[np.int64]
    row: NDArray[np.int64]
    distance: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Screen:
    """What the first look needs of a matrix (n, d).

    `middle` : (d,) float64. `axes` : (d, k) float64, orthonormal columns. `columns` : (n, k + 2) float32, the rows'
    coordinates on the axes from the middle, their squared length less what rounding may add, and 1.
    """

    middle: NDArray[np.float64]
    axes: NDArray[np.float64]
    columns: Matrix

    @classmethod
    def build(cls, matrix: Matrix, allocate: Allocate | None = None) -> Screen:
        """Turn a matrix (n, d); `allocate` gives the (n, k + 2) float32 array to fill, for one larger than memory."""
        middle, axes = _principal_axes(matrix)
        shape = (len(matrix), axes.shape[1] + _AUXILIARY)
        columns = np.empty(shape, np.float32) if allocate is None else allocate(shape)
        for first in range(0, len(matrix), BLOCK):
            block = slice(first, first + BLOCK)
            with np.errstate(over="ignore", invalid="ignore"):
                turned = (matrix[block] - middle) @ axes
                columns[block, :-_AUXILIARY] = turned
                columns[block, -2] = (turned * turned).sum(axis=1) * (1 - _slack(axes.shape[1]))
            columns[block, -1] = 1.0
        return cls(middle, axes, columns)


@dataclass(frozen=True, slots=True, eq=False)
class RangeSearch:
    """A matrix of vectors, (n, d) float32, C-contiguous, and its screen. Read-only, so threads may share it."""

    matrix: Matrix
    screen: Screen

    @classmethod
    def build(cls, matrix: Matrix) -> RangeSearch:
        """Get a matrix (n, d) ready."""
        return cls(matrix, Screen.build(matrix))

    def within(
        self,
        probes: NDArray[np.float32],
        radius: NDArray[np.float64],
        *,
        allowed: NDArray[np.bool_] | None = None,
    ) -> NearPairs:
        """Return all rows at most the radius (L2) away from the probes, (m, d) float32.

        `radius` : (m,) float64. `allowed` : (n,), False for rows that are not to be found. The distances are computed
        in float64 and do not depend on what other probes there are; a probe or a row that is not a number finds
        nothing.
        """
        if probes.ndim != 2 or probes.shape[1] != self.matrix.shape[1]:
            raise ValueError(f"probes must be (m, {self.matrix.shape[1]}), got {probes.shape}")
        # Negative and NaN: nothing lies so near.
        radii = np.where(radius >= 0, radius, -1.0)
        blocks = np.arange(-(-len(self.matrix) // BLOCK))
        found = [NearPairs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))]
        for first in range(0, len(probes), _PROBES_AT_ONCE):
            some = slice(first, first + _PROBES_AT_ONCE)
            search = partial(self._within_blocks, probes[some], radii[some], allowed)
            near = _joined(_on_all_cores(search, blocks) if len(self.matrix) >= _SHARED_FROM else [search(blocks)])
            order = np.lexsort((near.row, near.probe))
            found.append(NearPairs(near.probe[order] + first, near.row[order], near.distance[order]))
        return _joined(found)

    def _within_blocks(
        self,
        probes: NDArray[np.float32],
        radii: NDArray[np.float64],
        allowed: NDArray[np.bool_] | None,
        blocks: NDArray[np.int64],
    ) -> NearPairs:
        # What is not a number, or too large for float32, is sorted out by the comparisons.
        with np.errstate(over="ignore", invalid="ignore"):
            probe, row = self._screened(probes, radii, blocks)
            if allowed is not None:
                wanted = allowed[row]
                probe, row = probe[wanted], row[wanted]
            return self._settled(probes, probe, row, radii[probe])

    def _screened(
        self, probes: NDArray[np.float32], radii: NDArray[np.float64], blocks: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return probe and row of all pairs of the blocks that may lie within the radius."""
        screen, run = self.screen, _session().run
        sound = np.flatnonzero(np.isfinite(probes).all(axis=1) & (radii >= 0))
        turned = (probes[sound] - screen.middle) @ screen.axes
        slack = _slack(turned.shape[1])
        # Row times column is |row|² - 2 row·probe + |probe|² - radius²: at most 0 within the radius.
        columns = np.empty((turned.shape[1] + _AUXILIARY, len(sound)), np.float32)
        columns[:-_AUXILIARY] = -2 * turned.T
        columns[-2] = 1.0
        reach = radii[sound] ** 2 * (1 + slack)
        columns[-1] = (turned * turned).sum(axis=1) * (1 - slack) - reach
        found = [(np.empty(0, np.int64), np.empty(0, np.int64))]
        for block in blocks if len(sound) else ():
            rows = screen.columns[block * BLOCK : (block + 1) * BLOCK]
            (least,) = run(["least"], {"rows": rows, "probes": columns})
            # Not "<= 0": what is not a number is for the settling to refuse.
            near = np.flatnonzero(~(least > 0))
            if len(near):
                (products,) = run(["products"], {"rows": rows[near], "probes": columns})
                # Flat: NumPy looks through two dimensions several times as slowly.
                which, probe = np.divmod(np.flatnonzero(~(products.reshape(-1) > 0)), len(sound))
                found.append((sound[probe], near[which] + block * BLOCK))
        return np.concatenate([probe for probe, _ in found]), np.concatenate([row for _, row in found])

    def _settled(
        self,
        probes: NDArray[np.float32],
        probe: NDArray[np.int64],
        row: NDArray[np.int64],
        limit: NDArray[np.float64],
    ) -> NearPairs:
        """Return those of the pairs whose distance in full is within the limit."""
        found = [NearPairs(probe[:0], row[:0], limit[:0])]
        slack = _slack(self.matrix.shape[1])
        for first in range(0, len(probe), _PAIRS_AT_ONCE):
            some = slice(first, first + _PAIRS_AT_ONCE)
            one, other, most = probe[some], row[some], limit[some]
            gap = self.matrix[other] - probes[one]
            # First in float32, in half the time: most of what the screen let through goes here.
            near = ~(np.einsum("ij,ij->i", gap, gap) > most * most * (1 + slack))
            one, other, most = one[near], other[near], most[near]
            exact = self.matrix[other].astype(np.float64) - probes[one]
            distance = np.sqrt((exact * exact).sum(axis=1))
            near = distance <= most
            found.append(NearPairs(one[near], other[near], distance[near]))
        return _joined(found)


def _joined(parts: Sequence[NearPairs]) -> NearPairs:
    return NearPairs(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def _on_all_cores(search: Callable[[NDArray[np.int64]], NearPairs], blocks: NDArray[np.int64]) -> list[NearPairs]:
    """Search the blocks, each thread its share of them: NumPy and ONNX Runtime let other threads run meanwhile."""
    cores = len(os.sched_getaffinity(0))
    shares = [blocks[core::cores] for core in range(cores)]
    with ThreadPoolExecutor(len(shares)) as threads:
        return list(threads.map(search, shares))


def _slack(coordinates: int) -> float:
    """Return how far, relative to the squared lengths, the first look's float32 sums may be off."""
    return 4 * (coordinates + 8) * _UNIT


def _principal_axes(matrix: Matrix) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    size = matrix.shape[1]
    sample = np.asarray(matrix[:: max(1, len(matrix) // _SAMPLE)], np.float64)
    sample = sample[np.isfinite(sample).all(axis=1)]
    if len(matrix) < _TURNED_FROM or len(sample) < 2:
        return np.zeros(size), np.eye(size)
    middle = sample.mean(axis=0)
    centred = sample - middle
    variances, axes = np.linalg.eigh(centred.T @ centred)
    share = np.cumsum(variances[::-1]) / max(variances.sum(), np.finfo(float).tiny)
    kept = max(int(np.searchsorted(share, EXPLAINED)) + 1, LEAST_KEPT)
    # The columns fill whole registers of 8 numbers.
    kept = min(-(-(kept + _AUXILIARY) // 8) * 8 - _AUXILIARY, size)
    return middle, np.ascontiguousarray(axes[:, ::-1][:, :kept])


@cache
def _session() -> onnxruntime.InferenceSession:
    # Imported here: galleries are also opened where nobody is looked for.
    import onnxruntime

    options: Any = onnxruntime.SessionOptions()
    # The threads are ours, so that all that is done with a block is shared among them.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(_GRAPH.read_bytes(), options, providers=["CPUExecutionProvider"])

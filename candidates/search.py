"""Which of a million vectors lie within a radius of a face: exact, on two cores, without comparing all of them in full.

A cheap look at every row throws out nearly all: the vectors are turned so that their first few coordinates hold most of
what tells them apart (principal axes), and a distance in those alone is never longer than the whole one. What is left
is settled with all coordinates in float64. Measured by `scripts/bench_gallery.py`.
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
"""Rows that are looked at in one step, fewer of a small matrix (`block_of`). With 16,384 the traits of a block are less
alike and half as many rows more must be settled; with 2,048 the steps themselves cost as much as that saves."""

EXPLAINED = 0.88
"""Part of the variance that the first look sees: 46 of dlib's 128 coordinates. With 38, three to six times as many rows
must be settled; with 62, the look itself takes a third longer."""

_GRAPH = files("candidates") / "least.onnx"
_LEAST_BLOCK, _BLOCKS = 256, 32
_SHARED_FROM = 20_000  # fewer rows are looked at before another thread has started
_TURNED_FROM = 8192  # fewer rows are looked at in full: turning them would take longer than it saves
_SAMPLE = 10_000  # rows that the axes are computed from
_PROBES_AT_ONCE = 64
_PAIRS_AT_ONCE = 4096
_AUXILIARY = 2  # columns beside the coordinates: squared length, one
_UNIT = 2.0**-24  # of float32: half the gap at 1

Matrix = NDArray[np.float32]
Allocate = Callable[[tuple[int, int]], Matrix]


class Near(NamedTuple):
    """Pairs within the radius by probe, then row: index of the probe, row of the matrix, L2 distance."""

    probe: NDArray[np.int64]
    row: NDArray[np.int64]
    distance: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Screen:
    """What the first look needs of a matrix (n, d).

    `middle` : (d,) float64. `axes` : (d, k) float64, orthonormal columns. `columns` : (n, k + 2) float32, the rows'
    coordinates on the axes from the middle, their squared length less what rounding may add, and 1; in the order of
    `order` : (n,) int64, the matrix's rows so arranged that those of one block have traits alike.
    `low`, `high` : (blocks, t) float64, the bounds of the traits in each block.
    """

    middle: NDArray[np.float64]
    axes: NDArray[np.float64]
    columns: Matrix
    order: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @classmethod
    def build(cls, matrix: Matrix, traits: NDArray[np.float64], allocate: Allocate | None = None) -> Screen:
        """Turn a matrix (n, d) whose rows have `traits` (n, t): numbers on which a row's radius will depend.

        `allocate` gives the (n, k + 2) float32 array to fill, for one larger than memory.
        """
        if not np.all(np.isfinite(traits)):
            raise ValueError("traits are finite numbers")
        middle, axes = _principal_axes(matrix)
        order = _arranged(traits)
        shape = (len(matrix), axes.shape[1] + _AUXILIARY)
        columns = np.empty(shape, np.float32) if allocate is None else allocate(shape)
        size = block_of(len(matrix))
        blocks = [slice(first, first + size) for first in range(0, len(matrix), size)]
        for block in blocks:
            with np.errstate(over="ignore", invalid="ignore"):
                turned = (matrix[order[block]] - middle) @ axes
                columns[block, :-_AUXILIARY] = turned
                columns[block, -2] = (turned * turned).sum(axis=1) * (1 - _slack(axes.shape[1]))
            columns[block, -1] = 1.0
        bounds = [(traits[order[block]].min(axis=0), traits[order[block]].max(axis=0)) for block in blocks]
        low, high = np.array(bounds, np.float64).reshape(len(blocks), 2, traits.shape[1]).swapaxes(0, 1)
        return cls(middle, axes, columns, order, low, high)


@dataclass(frozen=True, slots=True, eq=False)
class RangeSearch:
    """A matrix of vectors, (n, d) float32, C-contiguous, and its screen. Read-only, so threads may share it."""

    matrix: Matrix
    screen: Screen

    @classmethod
    def build(cls, matrix: Matrix, traits: NDArray[np.float64] | None = None) -> RangeSearch:
        """Get a matrix (n, d) ready; `traits` (n, t) as in `Screen.build`."""
        return cls(matrix, Screen.build(matrix, np.empty((len(matrix), 0)) if traits is None else traits))

    @property
    def block(self) -> int:
        """How many rows of `Screen.order` are one block; the last may have fewer."""
        return block_of(len(self.matrix))

    @property
    def bounds(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The lowest and the highest trait in each block, (blocks, t) both: for a radius of each block."""
        return self.screen.low, self.screen.high

    def within(
        self,
        probes: NDArray[np.float32],
        radius: NDArray[np.float64],
        *,
        allowed: NDArray[np.bool_] | None = None,
    ) -> Near:
        """Return all rows at most the radius (L2) away from the probes, (m, d) float32.

        `radius` : (m,) float64, or (m, blocks) for one of each block of `bounds`. `allowed` : (n,), False for rows that
        are not to be found. The distances are computed in float64 and do not depend on what other probes there are; a
        probe or a row that is not a number finds nothing.
        """
        if probes.ndim != 2 or probes.shape[1] != self.matrix.shape[1]:
            raise ValueError(f"probes must be (m, {self.matrix.shape[1]}), got {probes.shape}")
        radii = radius[:, None] if radius.ndim == 1 else radius
        # Negative and NaN: nothing lies so near.
        radii = np.where(radii >= 0, radii, -1.0) + np.zeros((len(probes), len(self.screen.low)))
        found = [Near(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))]
        blocks = np.arange(len(self.screen.low))
        found = [Near(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))]
        for first in range(0, len(probes), _PROBES_AT_ONCE):
            some = slice(first, first + _PROBES_AT_ONCE)
            search = partial(self._within_blocks, probes[some], radii[some], allowed)
            near = _joined(_on_all_cores(search, blocks) if len(self.matrix) >= _SHARED_FROM else [search(blocks)])
            order = np.lexsort((near.row, near.probe))
            found.append(Near(near.probe[order] + first, near.row[order], near.distance[order]))
        return _joined(found)

    def _within_blocks(
        self,
        probes: NDArray[np.float32],
        radii: NDArray[np.float64],
        allowed: NDArray[np.bool_] | None,
        blocks: NDArray[np.int64],
    ) -> Near:
        # What is not a number, or too large for float32, is sorted out by the comparisons.
        with np.errstate(over="ignore", invalid="ignore"):
            probe, place = self._screened(probes, radii, blocks)
            row, limit = self.screen.order[place], radii[probe, place // self.block]
            if allowed is not None:
                wanted = allowed[row]
                probe, row, limit = probe[wanted], row[wanted], limit[wanted]
            return self._settled(probes, probe, row, limit)

    def _screened(
        self, probes: NDArray[np.float32], radii: NDArray[np.float64], blocks: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return probe and place (in `Screen.order`) of all pairs of the blocks that may lie within the radius."""
        screen, size, run = self.screen, self.block, _session().run
        sound = np.flatnonzero(np.isfinite(probes).all(axis=1))
        turned = (probes[sound] - screen.middle) @ screen.axes
        slack = _slack(turned.shape[1])
        # Row times column is |row|² - 2 row·probe + |probe|² - radius²: at most 0 within the radius.
        columns = np.empty((turned.shape[1] + _AUXILIARY, len(sound)), np.float32)
        columns[:-_AUXILIARY] = -2 * turned.T
        columns[-2] = 1.0
        reach = np.where(radii >= 0, radii * radii * (1 + slack), -np.inf)[sound]
        offsets = ((turned * turned).sum(axis=1)[:, None] * (1 - slack) - reach).T.astype(np.float32)
        found = [(np.empty(0, np.int64), np.empty(0, np.int64))]
        for block in blocks[(reach[:, blocks] >= 0).any(axis=0)]:
            columns[-1] = offsets[block]
            rows = screen.columns[block * size : (block + 1) * size]
            (least,) = run(["least"], {"rows": rows, "probes": columns})
            # Not "<= 0": what is not a number is for the settling to refuse.
            near = np.flatnonzero(~(least > 0))
            if len(near):
                (products,) = run(["products"], {"rows": rows[near], "probes": columns})
                # Flat: NumPy looks through two dimensions several times as slowly.
                which, probe = np.divmod(np.flatnonzero(~(products.reshape(-1) > 0)), len(sound))
                found.append((sound[probe], near[which] + block * size))
        return np.concatenate([probe for probe, _ in found]), np.concatenate([place for _, place in found])

    def _settled(
        self,
        probes: NDArray[np.float32],
        probe: NDArray[np.int64],
        row: NDArray[np.int64],
        limit: NDArray[np.float64],
    ) -> Near:
        """Return those of the pairs whose distance in full is within the limit."""
        found = [Near(probe[:0], row[:0], limit[:0])]
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
            found.append(Near(one[near], other[near], distance[near]))
        return _joined(found)


def _joined(parts: Sequence[Near]) -> Near:
    return Near(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def _on_all_cores(search: Callable[[NDArray[np.int64]], Near], blocks: NDArray[np.int64]) -> list[Near]:
    """Search the blocks, each thread its share of them: NumPy and ONNX Runtime let other threads run meanwhile."""
    cores = len(os.sched_getaffinity(0))
    # In turn, since neighbouring blocks have radii alike, and so as much to settle.
    shares = [blocks[core::cores] for core in range(cores)]
    with ThreadPoolExecutor(len(shares)) as threads:
        return list(threads.map(search, shares))


def block_of(rows: int) -> int:
    """Return the size of the blocks of a matrix with so many rows."""
    return min(max(_LEAST_BLOCK, -(-rows // _BLOCKS)), BLOCK)


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
    kept = int(np.searchsorted(share, EXPLAINED)) + 1
    # The columns fill whole registers of 8 numbers.
    kept = min(-(-(kept + _AUXILIARY) // 8) * 8 - _AUXILIARY, size)
    return middle, np.ascontiguousarray(axes[:, ::-1][:, :kept])


def _arranged(traits: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return an order of the rows in which those of one block have traits alike (a k-d tree's leaves)."""
    order = np.arange(len(traits))
    if not traits.size:
        return order
    scale = np.maximum(traits.std(axis=0), np.finfo(float).tiny)
    parts = [(0, len(traits))]
    size = block_of(len(traits))
    while parts:
        first, last = parts.pop()
        blocks = -(-(last - first) // size)
        if blocks <= 1:
            order[first:last].sort()
            continue
        own = traits[order[first:last]]
        widest = int(np.argmax((own.max(axis=0) - own.min(axis=0)) / scale))
        half = blocks // 2 * size
        order[first:last] = order[first:last][np.argpartition(own[:, widest], half)]
        parts += [(first, first + half), (first + half, last)]
    return order


@cache
def _session() -> onnxruntime.InferenceSession:
    # Imported here: galleries are also opened where nobody is looked for.
    import onnxruntime

    options: Any = onnxruntime.SessionOptions()
    # The threads are ours, so that all that is done with a block is shared among them.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(_GRAPH.read_bytes(), options, providers=["CPUExecutionProvider"])

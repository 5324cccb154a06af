"""Range search: exact whatever the screen does, against the plain way of computing every distance."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from candidates.search import radius as search
from candidates.search.radius import BLOCK, RangeSearch, Screen

ROOT = Path(__file__).resolve().parents[2]
SIZE = 64


def vectors(count: int, seed: int) -> Any:
    """Make vectors that differ mostly along a few directions, as faces do."""
    rng = np.random.default_rng(seed)
    turn, _ = np.linalg.qr(rng.normal(size=(SIZE, SIZE)))
    spread = np.exp(-np.arange(SIZE) / 4)
    return (np.random.default_rng([seed, 1]).normal(size=(count, SIZE)) * spread @ turn + 0.3).astype(np.float32)


@pytest.fixture(scope="module")
def many() -> Any:
    return vectors(2 * BLOCK + 500, 1)


@pytest.fixture(scope="module")
def probes(many: Any) -> Any:
    """Some of the rows, points between rows, the middle of all, and far away."""
    return np.concatenate([many[:2], (many[2:6] + many[6:10]) / 2, many.mean(axis=0)[None], many[:1] + 9])


def distances(matrix: Any, probes: Any) -> Any:
    gaps = matrix.astype(np.float64)[None] - probes.astype(np.float64)[:, None]
    return np.sqrt((gaps * gaps).sum(axis=2))


def test_a_handful_by_hand() -> None:
    matrix = np.array([[0, 0], [3, 4], [0, 1], [6, 8]], np.float32)
    near = RangeSearch.build(matrix).within(np.array([[0, 0], [3, 4]], np.float32), np.array([5.0, 4.9]))
    assert near.probe.tolist() == [0, 0, 0, 1, 1]
    assert near.row.tolist() == [0, 1, 2, 1, 2]
    np.testing.assert_array_equal(near.distance, [0, 5, 1, 0, np.sqrt(18)])


@pytest.mark.parametrize("quantile", [0, 1e-4, 0.003, 0.1, 1], ids=lambda part: f"nearest {part:%}")
def test_equal_to_computing_every_distance(many: Any, probes: Any, quantile: float) -> None:
    every = distances(many, probes)
    radius = np.quantile(every, quantile, axis=1)
    near = RangeSearch.build(many).within(probes, radius)
    probe, row = np.nonzero(every <= radius[:, None])
    np.testing.assert_array_equal(near.probe, probe)
    np.testing.assert_array_equal(near.row, row)
    np.testing.assert_array_equal(near.distance, every[probe, row])


def test_fewer_coordinates_are_looked_at_first(many: Any) -> None:
    screen = RangeSearch.build(many).screen
    assert screen.axes.shape[1] < SIZE
    np.testing.assert_allclose(screen.axes.T @ screen.axes, np.eye(screen.axes.shape[1]), atol=1e-12)


def test_alone_or_in_company_the_same(many: Any, probes: Any) -> None:
    index = RangeSearch.build(many)
    crowd = np.concatenate([probes] * 20)  # more than are looked for at once
    together = index.within(crowd, np.full(len(crowd), 1.5))
    for which in (0, len(probes), len(crowd) - 1):
        alone = index.within(crowd[which : which + 1], np.array([1.5]))
        own = together.probe == which
        np.testing.assert_array_equal(together.row[own], alone.row)
        np.testing.assert_array_equal(together.distance[own], alone.distance)


def test_ties_and_copies_are_all_found(many: Any) -> None:
    matrix = np.concatenate([many, many[:3], many[:1]])
    near = RangeSearch.build(matrix).within(matrix[:1], np.array([0.0]))
    assert near.row.tolist() == [0, len(many), len(many) + 3]
    assert near.distance.tolist() == [0, 0, 0]


def test_the_edge_belongs_to_it(many: Any, probes: Any) -> None:
    index, every = RangeSearch.build(many), distances(many, probes)
    nearest = every.min(axis=1)
    assert len(index.within(probes, nearest).row) == len(probes)
    assert not len(index.within(probes[2:], np.nextafter(nearest[2:], 0)).row)


@pytest.mark.parametrize("radius", [np.nan, -0.1, -np.inf])
def test_nothing_lies_so_near(many: Any, probes: Any, radius: float) -> None:
    assert not len(RangeSearch.build(many).within(probes, np.full(len(probes), radius)).row)


def test_everything_lies_within_no_bound(many: Any, probes: Any) -> None:
    assert len(RangeSearch.build(many[:50]).within(probes, np.full(len(probes), np.inf)).row) == 50 * len(probes)


def test_what_is_not_a_number_finds_nothing_and_disturbs_nobody(many: Any, probes: Any) -> None:
    damaged = many.copy()
    damaged[10], damaged[11] = np.nan, np.inf
    broken = probes.copy()
    broken[1, 3], broken[2, 0] = np.nan, np.inf
    radius = np.full(len(probes), 1.5)
    whole, partly = RangeSearch.build(many).within(probes, radius), RangeSearch.build(damaged).within(broken, radius)
    kept = ~np.isin(whole.probe, [1, 2]) & ~np.isin(whole.row, [10, 11])
    np.testing.assert_array_equal(partly.probe, whole.probe[kept])
    np.testing.assert_array_equal(partly.row, whole.row[kept])


def test_numbers_too_large_to_square(many: Any) -> None:
    matrix = np.concatenate([many, np.full((1, SIZE), 1e30, np.float32)])
    index = RangeSearch.build(matrix)
    assert index.within(matrix[-1:], np.array([0.5])).row.tolist() == [len(many)]
    assert index.within(many[:1], np.array([0.0])).row.tolist() == [0]


@pytest.mark.parametrize(("rows", "faces"), [(0, 3), (5, 0), (0, 0), (1, 1)])
def test_nobody_enrolled_or_nobody_in_the_photo(rows: int, faces: int) -> None:
    near = RangeSearch.build(vectors(rows, 1)).within(vectors(faces, 1), np.full(faces, 1.0))
    assert len(near.row) == rows * faces
    assert [part.dtype.name for part in near] == ["int64", "int64", "float64"]


def test_only_rows_that_are_allowed(many: Any, probes: Any) -> None:
    allowed = np.arange(len(many)) % 3 == 0
    index, radius = RangeSearch.build(many), np.full(len(probes), 1.5)
    near, some = index.within(probes, radius), index.within(probes, radius, allowed=allowed)
    np.testing.assert_array_equal(some.row, near.row[allowed[near.row]])


def test_read_only_arrays_will_do(many: Any, probes: Any) -> None:
    frozen = many.copy()
    frozen.flags.writeable = False
    screen = Screen.build(frozen)
    screen.columns.flags.writeable = False
    assert len(RangeSearch(frozen, screen).within(probes, np.full(len(probes), 1.0)).row)


def test_one_core_or_several_the_same(many: Any, probes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    index, radius = RangeSearch.build(many), np.full(len(probes), 1.5)
    monkeypatch.setattr(search, "_SHARED_FROM", 1)
    answers = []
    for cores in (1, 2, 5):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _pid, cores=cores: set(range(cores)))
        answers.append(index.within(probes, radius))
    for other in answers[1:]:
        np.testing.assert_array_equal(other.row, answers[0].row)
        np.testing.assert_array_equal(other.distance, answers[0].distance)


@pytest.mark.parametrize("shape", [(SIZE,), (2, SIZE - 1), (2, SIZE, 1)])
def test_embeddings_of_another_length_are_refused(many: Any, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=f"probes must be \\(m, {SIZE}\\)"):
        RangeSearch.build(many).within(np.zeros(shape, np.float32), np.ones(shape[0]))


@pytest.mark.slow
def test_the_graph_is_what_its_script_makes(tmp_path: Path) -> None:
    made = tmp_path / "least.onnx"
    command = [sys.executable, "-m", "scripts.training", "search-graph", "--out", str(made)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    assert made.read_bytes() == (ROOT / "candidates" / "least.onnx").read_bytes()

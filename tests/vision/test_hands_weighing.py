"""How two voters are weighed: by hand size, view by view, with a bias for clutter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vision import models
from vision.errors import EngineError
from vision.hands.shapes import CLUTTER, SHAPES
from vision.hands.weighing import COUNT, KNOTS_PX, Evidence, Weights, load_weights, weigh

EVEN = np.full(len(SHAPES), 1 / len(SHAPES))


def vote(shape: str, share: float = 0.75) -> np.ndarray:
    """One view's probabilities: a share for one shape, the rest even."""
    row = np.full(len(SHAPES), (1 - share) / (len(SHAPES) - 1))
    row[SHAPES.index(shape)] = share
    return row


def evidence(landmarks: np.ndarray, pixels: np.ndarray = EVEN, *, size: float = 50.0) -> Evidence:
    """One hand; a row stands for a single view."""
    return Evidence(np.atleast_2d(landmarks), np.atleast_2d(pixels), size)


def weights(
    landmarks: float | list[float] = 1.0,
    pixels: float | list[float] = 0.0,
    clutter: float = 0.0,
) -> Weights:
    """A number stands for the same weight at every size."""
    knots = np.ones(len(KNOTS_PX))
    return Weights(knots * landmarks, knots * pixels, clutter)


def answer(hand: Evidence, by: Weights) -> np.ndarray:
    return weigh([hand], by)[0]


def test_one_voter_of_weight_one_is_believed_as_it_is() -> None:
    row = vote("ok", 0.6)
    assert answer(evidence(row), weights()) == pytest.approx(row)
    assert answer(evidence(EVEN, row), weights(0.0, 1.0)) == pytest.approx(row)


@pytest.mark.parametrize(
    ("size", "weight"),
    [
        pytest.param(0.0, 0.2, id="no size at all"),
        pytest.param(5.0, 0.2, id="under the first knot"),
        pytest.param(KNOTS_PX[0], 0.2, id="first knot"),
        pytest.param(np.sqrt(KNOTS_PX[0] * KNOTS_PX[1]), 0.3, id="half way, in the logarithm"),
        pytest.param(KNOTS_PX[1], 0.4, id="second knot"),
        pytest.param(KNOTS_PX[2], 0.8, id="third knot"),
        pytest.param(KNOTS_PX[2] * (KNOTS_PX[3] / KNOTS_PX[2]) ** 0.25, 0.85, id="a quarter of the way"),
        pytest.param(KNOTS_PX[3], 1.0, id="last knot"),
        pytest.param(900.0, 1.0, id="beyond"),
    ],
)
@pytest.mark.parametrize("voter", ["landmarks", "pixels"])
def test_the_weight_follows_the_size(voter: str, size: float, weight: float) -> None:
    """A weight of w makes of odds of 12 to 1 odds of 12^w to 1."""
    row = vote("four", 12 / 29)
    by_size = [0.2, 0.4, 0.8, 1.0]
    if voter == "landmarks":
        told = answer(evidence(row, EVEN, size=size), weights(by_size, 0.0))
    else:
        told = answer(evidence(EVEN, row, size=size), weights(0.0, by_size))
    odds = told[SHAPES.index("four")] / told[SHAPES.index("ok")]
    assert np.log(odds) / np.log(12) == pytest.approx(weight)


def test_more_weight_on_a_voter_follows_that_voter() -> None:
    hand = evidence(vote("ok"), vote("four"))
    ok, four = SHAPES.index("ok"), SHAPES.index("four")
    told = np.array([answer(hand, weights(share, 1 - share)) for share in (0.9, 0.7, 0.5, 0.3, 0.1)])
    assert (np.diff(told[:, ok]) < 0).all() and (np.diff(told[:, four]) > 0).all()
    assert told[2, ok] == pytest.approx(told[2, four])
    assert told[0].argmax() == ok and told[-1].argmax() == four


def test_agreeing_voters_make_each_other_surer() -> None:
    both, one = (answer(evidence(vote("ok"), row), weights(1.0, 1.0)) for row in (vote("ok"), EVEN))
    assert both[SHAPES.index("ok")] > one[SHAPES.index("ok")] == pytest.approx(0.75)


def test_a_view_seen_twice_counts_once() -> None:
    row, other, by = vote("ok"), vote("fist", 0.3), weights(0.7, 0.6)
    once = answer(evidence(row, other), by)
    twice = answer(evidence(np.stack([row, row]), np.stack([other, other])), by)
    assert twice == pytest.approx(once)


def test_the_order_of_views_does_not_matter_and_both_count() -> None:
    views = np.stack([vote("ok", 0.8), vote("four", 0.6)])
    told, turned = (answer(evidence(rows), weights()) for rows in (views, views[::-1]))
    assert told == pytest.approx(turned)
    assert told[SHAPES.index("ok")] > told[SHAPES.index("four")] > 3 * told[SHAPES.index("fist")]


def test_a_view_that_rules_a_shape_out_does_not_forbid_it() -> None:
    never = vote("four", 1.0)
    told = answer(evidence(np.stack([never, vote("ok", 0.99)]), vote("ok", 0.99)), weights(0.6, 0.8))
    assert np.isfinite(told).all() and told.argmax() == SHAPES.index("ok")


def test_the_bias_moves_clutter_alone() -> None:
    row = vote("ok")
    told = answer(evidence(row), weights(clutter=np.log(3))) / row
    assert told[SHAPES.index(CLUTTER)] == pytest.approx(3 * told[0])
    assert np.delete(told, SHAPES.index(CLUTTER)) == pytest.approx(np.full(len(SHAPES) - 1, told[0]))


def test_rows_are_probabilities_whatever_comes_in() -> None:
    rng = np.random.default_rng(2)
    hands = [
        evidence(rng.dirichlet(EVEN, views), rng.dirichlet(EVEN, views), size=rng.uniform(1, 400))
        for views in (1, 2, 3, 1, 2)
    ]
    told = weigh(hands, Weights.of(rng.normal(size=COUNT) * 3))
    assert told.shape == (5, len(SHAPES))
    assert (told >= 0).all()
    assert told.sum(axis=1) == pytest.approx(np.ones(5))


def test_many_hands_are_answered_as_one_by_one() -> None:
    hands = [evidence(vote("ok"), size=20), evidence(vote("four"), vote("ok"), size=70), evidence(EVEN, size=200)]
    by = Weights.of(np.linspace(0.1, 1, COUNT))
    assert weigh(hands, by) == pytest.approx(np.stack([answer(hand, by) for hand in hands]))


def test_no_hands_no_rows() -> None:
    assert weigh([], weights()).shape == (0, len(SHAPES))


def test_how_the_numbers_are_stored() -> None:
    stored = Weights.of(np.arange(COUNT, dtype=float))
    assert stored.landmarks.tolist() == [0, 1, 2, 3] and stored.pixels.tolist() == [4, 5, 6, 7]
    assert stored.clutter == 8


def test_the_shipped_weights() -> None:
    """At every size somebody is heard, and what both are sure of is named."""
    shipped = load_weights()
    numbers = np.array([*shipped.landmarks, *shipped.pixels, shipped.clutter])
    assert len(numbers) == COUNT and np.isfinite(numbers).all()
    assert (shipped.landmarks + shipped.pixels > 0.5).all()
    assert answer(evidence(vote("ok", 0.99), vote("ok", 0.99)), shipped).argmax() == SHAPES.index("ok")


def test_missing_weights_are_an_engine_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(models, "_DIRECTORY", tmp_path)
    with pytest.raises(EngineError, match=r"hand_weights\.npz is missing") as caught:
        load_weights()
    assert caught.value.code == "engine.failed"


@pytest.mark.parametrize(
    "numbers",
    [
        pytest.param(np.zeros(0), id="none"),
        pytest.param(np.zeros(COUNT - 1), id="one too few"),
        pytest.param(np.zeros(COUNT + 1), id="one too many"),
        pytest.param(np.zeros((1, COUNT)), id="a table of one row"),
    ],
)
def test_weights_of_another_version_are_an_engine_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, numbers: np.ndarray
) -> None:
    np.savez(tmp_path / "hand_weights.npz", numbers=numbers)
    monkeypatch.setattr(models, "_DIRECTORY", tmp_path)
    with pytest.raises(EngineError, match=r"weights have the shape .*, expected \(9,\)") as caught:
        load_weights()
    assert caught.value.code == "engine.failed"

"""How the naming network is trained: labels, made-up hands, which samples are left out, and a model that comes back."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from scripts.training.fit import _settled, fit
from scripts.training.samples import COUNTS, MADE_UP, Samples, made_up, shape_label
from vision.hands import naming
from vision.hands.naming import CLUTTER, SHAPES, HandNamer


@pytest.mark.parametrize(
    ("label", "source", "shape"),
    [
        pytest.param("peace_two", "rendered", "peace_two", id="a pose"),
        pytest.param("thumb_down", "rendered", "thumb_up", id="a thumb is one shape, wherever it points"),
        pytest.param("four_closed", "sign_digits", "four", id="fingers together"),
        pytest.param("count_3", "finger_counting", "count_3", id="a count is settled later"),
        pytest.param("fist", "sign_digits", "none", id="the digit zero is a round O"),
        pytest.param("fist", "subhih_hands", "fist", id="elsewhere a fist is a fist"),
        pytest.param("both_hands", "finger_counting", None, id="says nothing about one hand"),
        pytest.param("fist_thumbside", "massey_asl_segmented", None, id="no pose of the vocabulary"),
    ],
)
def test_labels(label: str, source: str, shape: str | None) -> None:
    assert shape_label(label, source) == shape


def test_counts_are_made_of_shapes() -> None:
    assert set().union(*COUNTS.values()) <= set(SHAPES)


@pytest.fixture(scope="module")
def hands() -> Samples:
    return made_up(30, seed=4)


def test_made_up_hands_show_every_shape(hands: Samples) -> None:
    assert hands.points_xyz.shape == (len(hands), 21, 3) and hands.points_xyz.dtype == np.float32
    assert np.isfinite(hands.points_xyz).all()
    assert set(hands.labels) == set(SHAPES)
    assert set(hands.sources) == {MADE_UP}
    assert (hands.labels == "peace_two").sum() == 30
    assert (hands.labels == "none").sum() > (hands.labels == "fist").sum() > 30, "quiet shapes have more faces"
    assert (hands.labels == "thumb_up").sum() == 60, "up and down"


def test_the_seed_decides_everything(hands: Samples) -> None:
    again, other = made_up(30, seed=4), made_up(30, seed=5)
    assert np.array_equal(again.points_xyz, hands.points_xyz)
    assert not np.array_equal(other.points_xyz, hands.points_xyz)


def test_samples_are_chosen_joined_and_kept(hands: Samples, tmp_path: Path) -> None:
    some = hands.only(hands.labels == "ok")
    both = Samples.join(some, hands.only(hands.labels == "four"))
    assert len(both) == 60 and set(both.labels) == {"ok", "four"}
    both.save(tmp_path / "kept.npz")
    loaded = Samples.load(tmp_path / "kept.npz")
    assert np.array_equal(loaded.points_xyz, both.points_xyz)
    assert loaded.labels.tolist() == both.labels.tolist() and loaded.sources.tolist() == both.sources.tolist()


class Guess:
    """Says of each sample what a test tells it, by the x of the wrist: an index into `rows`."""

    def __init__(self, *rows: dict[str, float]) -> None:
        self._rows = np.array([[row.get(shape, 0.0) for shape in SHAPES] for row in rows])

    def probabilities(self, points_xyz: np.ndarray) -> np.ndarray:
        return self._rows[points_xyz[:, 0, 0].astype(int)]


def gathered(*labels: str) -> Samples:
    points = np.zeros((len(labels), 21, 3), np.float32)
    points[:, 0, 0] = np.arange(len(labels))
    return Samples(points, np.array(labels), np.array(["photos"] * len(labels)))


@pytest.mark.parametrize(
    ("label", "row", "kept"),
    [
        pytest.param("ok", {"ok": 0.9}, "ok", id="landmarks show the label"),
        pytest.param("ok", {"ok": 0.04, "four": 0.96}, None, id="landmarks show something else"),
        pytest.param("count_3", {"three_tim": 0.3, "ok": 0.2, "four": 0.5}, "three_tim", id="the likeliest of three"),
        pytest.param("count_3", {"four": 1.0}, None, id="no three at all"),
        pytest.param(CLUTTER, {"four": 1.0}, CLUTTER, id="clutter stays, whatever it looks like"),
    ],
)
def test_gathered_samples_are_settled(label: str, row: dict[str, float], kept: str | None) -> None:
    settled = _settled(gathered(label), Guess(row))  # type: ignore[arg-type]
    assert settled.labels.tolist() == ([] if kept is None else [kept])


def test_a_fitted_network_is_what_the_product_reads(
    hands: Samples, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A small fit, from samples to a file that names hands the same way."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # eight rounds converge nowhere
        fitted = fit(Samples.join(hands, gathered("ok", CLUTTER)), members=2, rounds=8, seed=0)
    path = tmp_path / "hand_naming.npz"
    fitted.save(path)
    monkeypatch.setattr(naming, "model_path", lambda name: path)
    namer = HandNamer()
    mine, told = fitted.probabilities(hands.points_xyz), namer.probabilities(hands.points_xyz)
    assert mine.shape == told.shape == (len(hands), len(SHAPES))
    assert np.abs(mine - told).max() < 0.02, "float16 weights"
    named = np.array(SHAPES)[told.argmax(axis=1)]
    assert (named == hands.labels).mean() > 0.6

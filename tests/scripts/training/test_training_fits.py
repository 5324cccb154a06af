"""How the voter on pixels and the weights of both are fitted, and a whole training in small."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from scripts.fixtures.rendering import pose_landmarks_batch
from scripts.training import hands as train_hands
from scripts.training import weigh_fit
from scripts.training.samples import Samples
from tests.hand_samples import gathered
from vision.hands.features import describe
from vision.hands.landmarker import FEATURES
from vision.hands.perceptron import Perceptrons
from vision.hands.shapes import CLUTTER, SHAPES
from vision.hands.weighing import COUNT, Evidence, Weights, load_weights, terms, weigh
from vision.models import model_path

pytestmark = pytest.mark.slow

EVEN = np.full(len(SHAPES), 1 / len(SHAPES))


@pytest.fixture(scope="module")
def pixel_fit() -> Iterator[ModuleType]:
    """Give the module that needs PyTorch, on one thread; skip without."""
    torch = pytest.importorskip("torch", reason="fitting the voter on pixels needs PyTorch")
    from scripts.training import pixel_fit

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield pixel_fit
    torch.set_num_threads(threads)


def seen(label: str, count: int, source: str, features: dict[int, float]) -> Samples:
    """Samples of one label with a value for some blocks of features, and a little noise."""
    samples = gathered(*[label] * count, source=source, seed=len(label) + count)
    shown = 0.02 * samples.features
    for block, value in features.items():
        shown[:, 20 * block : 20 * block + 20] += np.float16(value)
    return replace(samples, features=shown)


def fitted(pixel_fit: ModuleType, samples: Samples, path: Path) -> Perceptrons:
    """Fit, store as the training does, and load as the product does."""
    networks = pixel_fit.fit(samples, members=2, steps=60, seed=1)
    np.savez(path, shapes=np.array(SHAPES), **pixel_fit.arrays(networks))
    return Perceptrons(path)


def named(voter: Perceptrons, samples: Samples) -> list[str]:
    return [SHAPES[index] for index in voter.probabilities(samples.features.astype(np.float32)).argmax(axis=1)]


OK, FOUR, ROCK, REAL = range(4)
"""Blocks of features: three of shapes, and one of what looks like a photograph."""


def test_the_voter_on_pixels_learns_what_features_tell_apart(pixel_fit: ModuleType, tmp_path: Path) -> None:
    kinds = {"ok": {OK: 2.0}, "four": {FOUR: 2.0}, CLUTTER: {OK: -2.0, FOUR: -2.0}}
    parts = [seen(label, 100, CLUTTER if label == CLUTTER else "photographs", kinds[label]) for label in kinds]
    voter = fitted(pixel_fit, Samples.join(*parts), tmp_path / "hand_pixels.npz")
    for label, features in kinds.items():
        assert set(named(voter, seen(label, 30, "fresh", features))) == {label}


def test_the_seed_decides_the_fit(pixel_fit: ModuleType) -> None:
    samples = Samples.join(seen("ok", 80, "photographs", {OK: 2.0}), seen("four", 80, "photographs", {FOUR: 2.0}))
    once, twice, other = (
        pixel_fit.arrays(pixel_fit.fit(samples, members=1, steps=20, seed=seed)) for seed in (1, 1, 2)
    )
    assert all(np.array_equal(once[name], twice[name]) for name in once)
    assert not np.array_equal(once["w0_0"], other["w0_0"])


def test_photographs_do_not_speak_against_shapes_that_they_do_not_show(pixel_fit: ModuleType, tmp_path: Path) -> None:
    """`rock` is only rendered. A photograph of it is named all the same: that it looks real says nothing."""
    photographs = (
        seen("ok", 100, "photographs", {OK: 2.0, REAL: 2.0}),
        seen("four", 100, "photographs", {FOUR: 2.0, REAL: 2.0}),
    )
    rendered = (
        seen(shape, 60, "renders", {which: 2.0}) for shape, which in (("ok", OK), ("four", FOUR), ("rock", ROCK))
    )
    voter = fitted(pixel_fit, Samples.join(*photographs, *rendered), tmp_path / "hand_pixels.npz")
    told = named(voter, seen("rock", 30, "fresh", {ROCK: 1.5, REAL: 4.0}))
    assert told.count("rock") >= 0.9 * len(told)


def test_which_shapes_are_weighed_against_each_other(pixel_fit: ModuleType) -> None:
    samples = Samples.join(
        gathered(*["ok"] * pixel_fit._ENOUGH_VIEWS, *["four"] * (pixel_fit._ENOUGH_VIEWS - 1), "rock"),
        gathered("four", source="renders"),
        gathered("four", source="rendered"),
        gathered(CLUTTER, source=CLUTTER),
    )
    allowed = [{SHAPES[index] for index in np.flatnonzero(row)} for row in pixel_fit._allowed(samples)]
    assert allowed[0] == {"ok", CLUTTER}, "photographs show enough of these"
    assert allowed[-4] == {"ok", CLUTTER, "rock"}, "its own label always"
    assert allowed[-3] == allowed[-2] == allowed[-1] == set(SHAPES), "what is no photograph, against everything"


def test_sources_are_drawn_by_their_shares(pixel_fit: ModuleType) -> None:
    samples = Samples.join(
        gathered(*["ok"] * 90, *["four"] * 10, source="one set"),
        gathered("ok", "four", source="renders"),
        gathered("ok", source="rendered"),
        gathered(CLUTTER, source=CLUTTER),
    )
    chances = pixel_fit._chances(samples)
    assert chances.sum() == pytest.approx(1)
    for source, share in pixel_fit._SHARES.items():
        assert chances[samples.sources == source].sum() == pytest.approx(share)
    real = samples.sources == "one set"
    common, rare = (chances[real & (samples.labels == label)].sum() for label in ("ok", "four"))
    assert common / rare == pytest.approx(3), "of nine times as many, three times as many are drawn"


def votes(labels: list[str], right: float, rng: np.random.Generator) -> list[np.ndarray]:
    """Probabilities of one view a hand: for its label in a part of the cases, else for any shape."""
    rows = []
    for label in labels:
        shape = label if rng.random() < right else SHAPES[rng.integers(len(SHAPES))]
        rows.append((0.4 * EVEN + 0.6 * np.eye(len(SHAPES))[SHAPES.index(shape)])[None])
    return rows


@pytest.mark.parametrize("useful", ["landmarks", "pixels"])
def test_the_fit_finds_out_which_voter_is_noise(useful: str) -> None:
    rng = np.random.default_rng(3)
    labels = [str(label) for label in rng.choice(SHAPES, 1500)]
    good, noise = votes(labels, 0.9, rng), votes(labels, 0.0, rng)
    first, second = (good, noise) if useful == "landmarks" else (noise, good)
    sizes = np.exp(rng.uniform(np.log(15), np.log(120), len(labels)))
    hands = [Evidence(one, other, float(size)) for one, other, size in zip(first, second, sizes, strict=True)]
    weights = Weights.of(weigh_fit.fit(hands, labels, np.ones(len(labels))))
    heard, ignored = (weights.landmarks, weights.pixels)[:: 1 if useful == "landmarks" else -1]
    assert heard.min() > 1 and np.abs(ignored).max() < heard.min() / 3
    told = weigh(hands, weights).argmax(axis=1)
    assert np.mean([SHAPES[one] == label for one, label in zip(told, labels, strict=True)]) > 0.88


def test_the_fit_hears_a_voter_where_it_is_good() -> None:
    """Landmarks are right on large hands only, pixels on small ones only."""
    rng = np.random.default_rng(5)
    labels = [str(label) for label in rng.choice(SHAPES, 1500)]
    small = rng.random(len(labels)) < 0.5
    good, noise = votes(labels, 0.9, rng), votes(labels, 0.0, rng)
    hands = [
        Evidence(noise[index], good[index], 16.0) if small[index] else Evidence(good[index], noise[index], 200.0)
        for index in range(len(labels))
    ]
    weights = Weights.of(weigh_fit.fit(hands, labels, np.ones(len(labels))))
    assert weights.pixels[0] > 1 > 0.3 > abs(weights.landmarks[0])
    assert weights.landmarks[-1] > 1 > 0.3 > abs(weights.pixels[-1])
    assert weights.landmarks[1:-1] == pytest.approx(0.5), "of sizes that do not occur nothing is learnt"


def test_the_fit_learns_how_common_clutter_is() -> None:
    """Neither voter knows anything, half of the hands are clutter."""
    labels = [*["ok"] * 100, *[CLUTTER] * 100]
    hands = [Evidence(EVEN[None], EVEN[None], 50.0)] * len(labels)
    alike = np.ones(len(labels))
    numbers = weigh_fit.fit(hands, labels, alike)
    assert 0.2 < weigh(hands[:1], Weights.of(numbers))[0, SHAPES.index(CLUTTER)] < 0.5, "held near the start"
    known, targets = terms(hands), np.array([SHAPES.index(label) for label in labels])
    before, after = (weigh_fit.surprise(known, targets, row, alike) for row in (weigh_fit.start(), numbers))
    assert before == pytest.approx(np.log(len(SHAPES)))
    assert after < 0.8 * before


def test_hands_count_as_much_as_told() -> None:
    """The same hand under two labels: the one that is said to matter more is believed."""
    hand, labels = Evidence(EVEN[None], EVEN[None], 50.0), ["ok"] * 10 + [CLUTTER] * 10
    told = []
    for ok, clutter in ((9.0, 1.0), (1.0, 9.0)):
        numbers = weigh_fit.fit([hand] * 20, labels, np.array([ok] * 10 + [clutter] * 10))
        told.append(weigh([hand], Weights.of(numbers))[0, SHAPES.index(CLUTTER)])
    assert told[0] < 0.5 < told[1]


class Counting:
    """A voter that tells of each row which one it is."""

    def probabilities(self, rows: np.ndarray) -> np.ndarray:
        return np.arange(len(rows))[:, None] * np.ones(len(SHAPES))


def test_the_evidence_of_a_hand_is_that_of_all_its_views() -> None:
    samples = gathered("ok", "four", "fist", views=2)
    samples = samples.only(np.arange(6) != 3)
    samples.points_xyz[:, 5, :2] = samples.points_xyz[:, 0, :2] + [[10, 3], [20, 3], [3, 30], [40, 3], [3, 50]]
    hands, labels = weigh_fit.evidence(samples, Counting(), Counting())
    assert labels == ["ok", "four", "fist"]
    for hand, views in zip(hands, ([0, 1], [2], [3, 4]), strict=True):
        assert hand.landmarks[:, 0].tolist() == hand.pixels[:, 0].tolist() == views


def test_a_training_from_samples_to_files(
    pixel_fit: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The product can load what comes out; its own files stay as they are."""
    for name, value in {"_MADE_UP": 12, "_ROUNDS": 2, "_PIXEL_STEPS": 30, "_MEMBERS": 1}.items():
        monkeypatch.setattr(train_hands, name, value)
    cache, out = tmp_path / "cache", tmp_path / "models"
    for folder in (cache, out):
        folder.mkdir()
    for seed, source in enumerate((*train_hands.PICTURES, *train_hands.RENDERS, *train_hands.CLUTTERS)):
        kind = source.rstrip("01")
        labels = [CLUTTER] * 8 if kind == CLUTTER else ["ok"] * 4 + ["count_4"] * 4
        points = 40 * pose_landmarks_batch("ok", 8, seed=seed).astype(np.float32)
        replace(gathered(*labels, source=kind, seed=seed), points_xyz=points).save(cache / f"{source}.npz")
    shipped = {path.name: path.read_bytes() for path in model_path("hand_naming.npz").parent.glob("hand_*.npz")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # two rounds converge nowhere
        train_hands.fit(cache, out)
    for name, rows in (
        ("hand_naming.npz", describe(np.zeros((1, 21, 3)))),
        ("hand_pixels.npz", np.zeros((1, FEATURES))),
    ):
        assert Perceptrons(out / name).probabilities(rows.astype(np.float32)).sum() == pytest.approx(1)
    monkeypatch.setattr("vision.hands.weighing.model_path", lambda name: out / name)
    weights = load_weights()
    numbers = np.array([*weights.landmarks, *weights.pixels, weights.clutter])
    assert len(numbers) == COUNT and np.isfinite(numbers).all()
    assert {path.name: path.read_bytes() for path in model_path("hand_naming.npz").parent.glob("hand_*.npz")} == shipped

"""What the naming networks are trained on: labels, samples, pictures; and the voter on landmarks, fitted."""

from __future__ import annotations

import warnings
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from scripts.fixtures.rendering import NONE_SHAPES, POSES
from scripts.training import hands as train_hands
from scripts.training.crops import SIDE_PX, Cropper, Crops, read, renders
from scripts.training.fit import fit, settled
from scripts.training.gather import Gatherer
from scripts.training.samples import COUNTS, MADE_UP, Samples, made_up, shape_label
from tests.hand_samples import gathered
from vision.hands.features import describe
from vision.hands.landmarker import FEATURES
from vision.hands.perceptron import Perceptrons
from vision.hands.shapes import CLUTTER, SHAPES

pytestmark = pytest.mark.slow


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
    members = [shape for shapes in COUNTS.values() for shape in shapes]
    assert set(members) <= set(SHAPES) and len(members) == len(set(members))


@pytest.fixture(scope="module")
def invented() -> Samples:
    return made_up(30, seed=4)


def test_made_up_hands_show_every_shape(invented: Samples) -> None:
    assert invented.points_xyz.shape == (len(invented), 21, 3) and invented.points_xyz.dtype == np.float32
    assert np.isfinite(invented.points_xyz).all()
    assert set(invented.labels) == set(SHAPES)
    assert set(invented.sources) == {MADE_UP}
    assert invented.features.shape == (len(invented), 0), "no picture was"
    assert len(set(invented.hands)) == len(invented)
    assert (invented.labels == "peace_two").sum() == 30
    assert (invented.labels == "none").sum() > (invented.labels == "fist").sum() > 30, "quiet shapes have more faces"
    assert (invented.labels == "thumb_up").sum() == 60, "up and down"


def test_the_seed_decides_what_is_made_up(invented: Samples) -> None:
    again, other = made_up(30, seed=4), made_up(30, seed=5)
    assert np.array_equal(again.points_xyz, invented.points_xyz)
    assert not np.array_equal(other.points_xyz, invented.points_xyz)


def test_samples_are_chosen_with_all_they_know() -> None:
    samples = gathered("ok", "four", "ok")
    some = samples.only(samples.labels == "ok")
    assert some.labels.tolist() == ["ok", "ok"] and some.hands.tolist() == [0, 2]
    for name in ("points_xyz", "sources", "features", "presence"):
        assert np.array_equal(getattr(some, name), getattr(samples, name)[[0, 2]]), name


def test_hands_stay_apart_when_joined() -> None:
    one, nothing, other = gathered("ok", "four", views=2), gathered(), gathered("fist", "ok", "none", seed=1)
    both = Samples.join(one, nothing, other.only(other.labels != "ok"))
    assert both.labels.tolist() == ["ok", "ok", "four", "four", "fist", "none"]
    first, second, third = both.hands[:2], both.hands[2:4], both.hands[4:]
    assert len(set(first)) == len(set(second)) == 1 and len(set(third)) == 2
    assert len(set(both.hands)) == 4
    assert (np.diff(both.hands) >= 0).all(), "a hand's views stay neighbours"
    assert np.array_equal(both.features[:4], one.features) and np.array_equal(both.presence[:4], one.presence)


def test_parts_without_features_leave_the_whole_without(invented: Samples) -> None:
    whole = Samples.join(gathered("ok"), invented)
    assert whole.features.shape == (1 + len(invented), 0)
    assert len(whole.presence) == len(set(whole.hands)) == len(whole)


def test_samples_are_kept(tmp_path: Path) -> None:
    samples = gathered("ok", "count_3", views=2)
    samples.save(tmp_path / "kept.npz")
    loaded = Samples.load(tmp_path / "kept.npz")
    for name in ("points_xyz", "labels", "sources", "features", "presence", "hands"):
        before, after = getattr(samples, name), getattr(loaded, name)
        assert np.array_equal(before, after) and before.dtype == after.dtype, name


class Guess:
    """Says of each sample what a test tells it, by the x of the wrist: an index into `rows`."""

    def __init__(self, *rows: dict[str, float]) -> None:
        self._rows = np.array([[row.get(shape, 0.0) for shape in SHAPES] for row in rows])

    def probabilities(self, points_xyz: np.ndarray) -> np.ndarray:
        return self._rows[points_xyz[:, 0, 0].astype(int)]


@pytest.mark.parametrize(
    ("label", "row", "kept", "kept_with_mush"),
    [
        pytest.param("ok", {"ok": 0.9}, "ok", "ok", id="landmarks show the label"),
        pytest.param("ok", {"ok": 0.04, "four": 0.96}, None, "ok", id="landmarks are mush, pixels need not be"),
        pytest.param(
            "count_3", {"three_tim": 0.3, "ok": 0.2, "four": 0.5}, "three_tim", "three_tim", id="likeliest of three"
        ),
        pytest.param("count_3", {"four": 1.0}, None, None, id="no three at all: which of them nobody knows"),
        pytest.param("count_5", {"palm_five": 0.01, "four": 0.99}, None, "palm_five", id="there is one five only"),
        pytest.param(CLUTTER, {"four": 1.0}, CLUTTER, CLUTTER, id="clutter stays, whatever it looks like"),
    ],
)
def test_gathered_samples_are_settled(
    label: str, row: dict[str, float], kept: str | None, kept_with_mush: str | None
) -> None:
    knows = Guess(row)
    for keep_mush, expected in ((False, kept), (True, kept_with_mush)):
        told = settled(gathered(label), knows, keep_mush=keep_mush)
        assert told.labels.tolist() == ([] if expected is None else [expected])


def test_settled_samples_keep_their_own_features() -> None:
    samples = gathered("ok", "count_4", "four")
    told = settled(samples, Guess({"ok": 1.0}, {"ok": 1.0}, {"four": 1.0}))
    assert told.labels.tolist() == ["ok", "four"] and told.hands.tolist() == [0, 2]
    assert np.array_equal(told.features, samples.features[[0, 2]])


def test_every_pose_is_rendered_under_its_shape() -> None:
    jobs = train_hands.render_jobs()
    assert jobs == train_hands.render_jobs() and len(set(jobs)) == len(jobs)
    assert {pose for pose, _, _ in jobs} == {*POSES, *NONE_SHAPES}
    assert {label for _, label, _ in jobs} == set(SHAPES) - {CLUTTER}
    assert {label for pose, label, _ in jobs if pose == "thumb_down"} == {"thumb_up"}
    assert {label for pose, label, _ in jobs if pose in NONE_SHAPES} == {"none"}
    halves = [{label for _, label, _ in jobs[part :: len(train_hands.RENDERS)]} for part in (0, 1)]
    assert halves[0] == halves[1], "the half that the weights are fitted on shows everything"


def test_what_the_weights_are_fitted_on_is_part_of_the_whole() -> None:
    assert set(train_hands.LEFT_OUT) < {*train_hands.PICTURES, *train_hands.RENDERS, *train_hands.CLUTTERS}
    assert {source.rstrip("01") for source in train_hands.LEFT_OUT} == set(train_hands._COUNTS_FOR)
    assert set(train_hands.CLUTTERED) < set(train_hands.PICTURES)


@pytest.fixture(scope="module")
def bank() -> Crops:
    """Two rendered hands before a plain photograph."""
    return renders(
        [("palm_five", "palm_five", 5), ("thumb_down", "thumb_up", 6)], [np.full((300, 400, 3), 120, np.uint8)]
    )


def test_renders_are_crops_with_their_label(bank: Crops, tmp_path: Path) -> None:
    assert bank.images.shape == (2, SIDE_PX, SIDE_PX, 3) and bank.images.dtype == np.uint8
    assert bank.labels.tolist() == ["palm_five", "thumb_up"] and set(bank.sources) == {"renders"}
    bank.save(tmp_path / "bank.npz")
    loaded = Crops.load(tmp_path / "bank.npz")
    assert np.array_equal(loaded.images, bank.images) and loaded.labels.tolist() == bank.labels.tolist()


def test_a_bank_is_looked_at_as_hands_of_two_views(bank: Crops) -> None:
    samples, again = (Gatherer(seed=3).bank(bank, variants=2) for _ in range(2))
    assert set(samples.labels) == {"palm_five", "thumb_up"} and set(samples.sources) == {"renders"}
    assert samples.points_xyz.shape == (len(samples), 21, 3)
    assert samples.features.shape == (len(samples), FEATURES) and samples.features.any(axis=1).all()
    hands, views = np.unique(samples.hands, return_counts=True)
    assert 3 <= len(hands) <= 4 and set(views) == {2}
    for name in ("points_xyz", "labels", "features", "presence", "hands"):
        assert np.array_equal(getattr(samples, name), getattr(again, name)), name


def test_a_photograph_is_seen_in_several_sizes(fixtures: Path) -> None:
    """Pictures that say nothing about one hand, or show none, give nothing."""
    hand = np.array(Image.open(fixtures / "hands" / "peace_two.jpg"))
    plain = np.full((120, 160, 3), 90, np.uint8)
    pictures = [(plain, "ok"), (hand, "peace_two"), (hand, "both_hands")]
    samples = Gatherer(seed=1).photographs(pictures, "a set", variants=1)
    assert set(samples.labels) == {"peace_two"} and set(samples.sources) == {"a set"}
    sizes = np.ptp(samples.points_xyz[..., :2], axis=1).max(axis=1)
    assert sizes.min() < 35 and sizes.max() > 80
    hands, views = np.unique(samples.hands, return_counts=True)
    assert 5 <= len(hands) <= 7 and set(views) <= {1, 2}
    assert (samples.presence > 0).all() and samples.features.any(axis=1).all()


def test_clutter_is_what_the_palm_detector_brings_up_where_no_hand_is(fixtures: Path) -> None:
    face = np.array(Image.open(fixtures / "photos" / "collins_plain.jpg"))
    crops, again = (Cropper(seed=2).clutter([face]) for _ in range(2))
    assert len(crops) >= 1 and set(crops.labels) == set(crops.sources) == {CLUTTER}
    assert crops.images.shape == (len(crops), SIDE_PX, SIDE_PX, 3)
    assert np.array_equal(crops.images, again.images)


def test_pictures_are_read_by_folder(tmp_path: Path) -> None:
    for label, grey in (("ok", 10), ("four", 20)):
        folder = tmp_path / "a_set" / label
        folder.mkdir(parents=True)
        cv2.imwrite(str(folder / "1.png"), np.full((4, 6, 3), (grey, 0, 0), np.uint8))
        (folder / "LICENSE").write_text("not a picture")
    told = list(read(tmp_path, "a_set"))
    assert [label for _, label in told] == ["four", "ok"]
    assert told[0][0].shape == (4, 6, 3) and told[0][0][0, 0].tolist() == [0, 0, 20], "RGB"


def test_a_fitted_network_is_what_the_product_reads(invented: Samples, tmp_path: Path) -> None:
    """A small fit, from samples to a file that tells shapes the same way."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # eight rounds converge nowhere
        fitted = fit(Samples.join(invented, gathered("ok", CLUTTER)), members=2, rounds=8, seed=0)
    path = tmp_path / "hand_naming.npz"
    fitted.save(path)
    mine = fitted.probabilities(invented.points_xyz)
    told = Perceptrons(path).probabilities(describe(invented.points_xyz.astype(np.float64)))
    assert mine.shape == told.shape == (len(invented), len(SHAPES))
    assert np.abs(mine - told).max() < 0.02, "float16 weights"
    named = np.array(SHAPES)[told.argmax(axis=1)]
    assert (named == invented.labels).mean() > 0.6

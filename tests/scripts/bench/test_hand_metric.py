"""The metric itself, on answers made up for it: what counts as right, as wrong, and as quiet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scripts.bench.hands.metric import (
    ACCEPTED,
    NEGATIVE,
    QUIET,
    REPORT_SETS,
    SIZE_NAMES,
    PlacedSign,
    Score,
    judge,
    labelled_pictures,
    reliability,
    size_class,
)
from scripts.training.hands import PICTURES
from vision.geometry import Box
from vision.poses import Pose


@pytest.mark.parametrize(
    ("label", "poses", "found", "right", "wrong"),
    [
        pytest.param("peace_two", ["peace_two"], 1, 1, 0, id="right"),
        pytest.param("peace_two", [], 0, 0, 0, id="no hand found"),
        pytest.param("peace_two", ["none"], 1, 0, 0, id="a miss is not wrong"),
        pytest.param("peace_two", ["four"], 1, 0, 1, id="another sign"),
        pytest.param("peace_two", ["peace_two", "four"], 1, 1, 1, id="one hand right, the other wrong"),
        pytest.param("peace_two", ["none", "peace_two"], 1, 1, 0, id="the second hand is quiet"),
        pytest.param("peace_two", ["four", "ok"], 1, 0, 1, id="a picture is wrong once"),
        pytest.param("fist", ["none"], 1, 1, 0, id="a quiet hand is a fist well enough"),
        pytest.param("palm_side", ["none"], 1, 1, 0, id="a palm from the side may be nothing"),
        pytest.param("four_closed", ["four"], 1, 1, 0, id="fingers together are four"),
        pytest.param("count_3", ["ok"], 1, 1, 0, id="three fingers, whichever"),
        pytest.param("count_3", ["peace_two"], 1, 0, 1, id="two are not three"),
        pytest.param("ok", ["three_mrp"], 1, 1, 0, id="the ring may be open"),
    ],
)
def test_one_picture(label: str, poses: list[str], found: int, right: int, wrong: int) -> None:
    score = Score()
    score.add(f"some_set/{label}/1.jpg", iter(poses))
    for tally in (score.sets["some_set"], score.labels[label]):
        assert (tally.pictures, tally.found, tally.right, tally.wrong) == (1, found, right, wrong)
    assert score.negatives == 0


def test_macro_recall_weighs_labels_and_wrong_signs_weigh_pictures() -> None:
    score = Score()
    for index in range(3):
        score.add(f"a/four/{index}.jpg", ["four"])
    score.add("b/ok/1.jpg", ["peace_two"])
    assert score.macro_recall == pytest.approx(0.5)
    assert score.wrong_signs == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("poses", "quiet"),
    [
        pytest.param([], 1, id="no hands"),
        pytest.param(["none", "fist", "hand_on_chest"], 1, id="quiet hands"),
        pytest.param(["none", "palm_five"], 0, id="an open palm is a sign"),
    ],
)
def test_negatives(poses: list[str], quiet: int) -> None:
    score = Score()
    score.add(f"a/{NEGATIVE}/1.jpg", poses)
    assert (score.negatives, score.quiet, score.sets) == (1, quiet, {})


def test_what_is_not_counted() -> None:
    score = Score()
    score.add("a/both_hands/1.jpg", ["four"])
    score.add(f"laptop_selfies/{NEGATIVE}/1.jpg", ["four"])
    assert (score.sets, score.labels, score.negatives) == ({}, {}, 0)
    assert (score.macro_recall, score.wrong_signs) == (0, 0), "nothing counted is nothing to divide by"


def test_the_report_says_it_all() -> None:
    score = Score()
    score.add("a/four/1.jpg", ["four"])
    score.add(f"a/{NEGATIVE}/1.jpg", [])
    assert [line.split() for line in score.lines()] == [
        ["a", "1", "found", "1.000", "right", "1.000", "wrong", "sign", "0.000"],
        ["four", "1", "found", "1.000", "right", "1.000", "wrong", "sign", "0.000"],
        ["macro", "recall", "1.000", "wrong", "signs", "0.000"],
        ["quiet", "negatives", "1/1"],
    ]


def test_labels_allow_poses_of_the_vocabulary_only() -> None:
    assert set().union(*ACCEPTED.values()) <= set(Pose)
    assert set(Pose) >= QUIET


def test_what_is_reported_was_not_trained_on() -> None:
    assert not set(REPORT_SETS) & set(PICTURES)


def test_pictures_are_chosen_by_set_and_label(tmp_path: Path) -> None:
    for set_name, label, count in (("b", "four", 5), ("a", "ok", 2), ("a", "both_hands", 3), ("a", NEGATIVE, 1)):
        folder = tmp_path / set_name / label
        folder.mkdir(parents=True)
        for index in range(count):
            (folder / f"{index}.jpg").touch()
    (tmp_path / "README.md").touch()

    def chosen(*arguments: object) -> list[str]:
        return [path.relative_to(tmp_path).as_posix() for path in labelled_pictures(tmp_path, *arguments)]

    assert chosen(("a",)) == ["a/ok/0.jpg", "a/ok/1.jpg", f"a/{NEGATIVE}/0.jpg"]
    assert len(chosen()) == 8
    assert chosen(("b",), 2) == ["b/four/0.jpg", "b/four/2.jpg", "b/four/4.jpg"]
    assert chosen(("nowhere",)) == []


def hand(pose: str, box: tuple[float, float, float, float], pose_score: float = 0.9) -> dict[str, object]:
    return {"pose": pose, "box": list(box), "pose_score": pose_score, "score": 1.0}


SIGN = PlacedSign(Box(100, 100, 20, 40), frozenset({"ok", "three_mrp"}), "ok", "here")
OWN_BOX = (100.0, 100.0, 20.0, 40.0)


@pytest.mark.parametrize(
    ("hands", "found", "right", "wrong"),
    [
        pytest.param([], False, False, False, id="nothing seen"),
        pytest.param([hand("ok", OWN_BOX)], True, True, False, id="seen and named"),
        pytest.param([hand("three_mrp", OWN_BOX)], True, True, False, id="the other allowed name"),
        pytest.param([hand("none", OWN_BOX)], True, False, False, id="seen, no sign"),
        pytest.param([hand("four", OWN_BOX)], True, False, True, id="another sign"),
        pytest.param([hand("ok", (123, 100, 20, 40))], True, True, False, id="23 px off, reach is 24"),
        pytest.param([hand("ok", (125, 100, 20, 40))], False, False, False, id="25 px off"),
        pytest.param([hand("four", (300, 100, 20, 40))], False, False, False, id="somebody else's"),
    ],
)
def test_a_sign_at_a_known_place(hands: list[dict[str, object]], found: bool, right: bool, wrong: bool) -> None:
    outcome = judge(SIGN, hands)
    assert (outcome.found, outcome.right, outcome.wrong) == (found, right, wrong)


def test_only_hands_with_a_sign_have_a_score_to_be_checked() -> None:
    hands = [hand("ok", OWN_BOX, 0.8), hand("none", OWN_BOX, 0.7), hand("four", OWN_BOX, 0.6)]
    assert judge(SIGN, hands).named == ((0.8, True), (0.6, False))


@pytest.mark.parametrize(
    ("size", "name"),
    [(0, "under 24"), (23.9, "under 24"), (24, "24-32"), (48, "48-96"), (96, "over 96"), (500, "over 96")],
)
def test_size_classes(size: float, name: str) -> None:
    assert size_class(size) == name
    assert name in SIZE_NAMES


def test_scores_that_say_how_often_they_are_right() -> None:
    result = reliability([(0.75, True), (0.75, True), (0.75, True), (0.75, False)])
    assert result.count.tolist() == [0, 0, 0, 0, 0, 0, 0, 4, 0, 0]
    assert (result.mean_score[7], result.share_right[7]) == (0.75, 0.75)
    assert result.error == pytest.approx(0)
    assert result.brier == pytest.approx(0.1875)


def test_scores_that_are_too_sure() -> None:
    result = reliability([(1.0, True), (1.0, False), (0.05, False), (0.05, False)])
    assert result.count[[0, 9]].tolist() == [2, 2], "a score of 1 belongs to the last bin"
    assert result.error == pytest.approx((2 * 0.05 + 2 * 0.5) / 4)
    assert result.brier == pytest.approx((1 + 2 * 0.05**2) / 4)


def test_no_scores_at_all() -> None:
    result = reliability([])
    assert result.count.sum() == 0
    assert np.isnan([result.error, result.brier]).all()

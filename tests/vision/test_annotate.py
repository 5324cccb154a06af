"""The drawn photo: what is marked, in which words, and that nothing else of the photo changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image

from vision.contract.answers.check import KeptPhoto
from vision.errors import Language
from vision.geometry import Box
from vision.report.annotate import annotate, draw, save_annotated
from vision.report.drawing import VERMILLION, YELLOW, place_tags
from vision.report.lettering import font
from vision.report.marks import Banner, Mark, marks_of, numbers_by_finding, ranges
from vision.report.strips import wrapped
from vision.rules import Verdict


def hand(left: float, pose: str = "peace_two", numbers: tuple[int, ...] = (2,), **extra: Any) -> dict[str, Any]:
    fingers = dict.fromkeys(("thumb", "index", "middle", "ring", "pinky"), False)
    known = {"score": 1.0, "handedness": None, "fingers": fingers, "pose_score": 1.0, "person": None}
    return known | {"box": [left, 300.0, 80.0, 90.0], "pose": pose, "numbers": list(numbers), **extra}


def face(left: float, **match: Any) -> dict[str, Any]:
    known = {"candidate": "x", "name": "Sri Wahyuni", "role": "candidate", "ballot_number": 2, "strength": "strong"}
    known |= {"distance": 0.4, "threshold": 0.5, "false_alarm_rate": 0.001}
    shown = {"box": [left, 100.0, 60.0, 70.0], "score": 1.0, "person": 0}
    return shown | {"match": known | match if match or left == 0 else None}


def finding(
    severity: str,
    hands: tuple[int, ...] = (),
    faces: tuple[int, ...] = (),
    pose: str = "peace_two",
    numbers: tuple[int, ...] = (2,),
) -> dict[str, Any]:
    kind, code = ("candidate", "candidate.match_with_sign") if faces else ("pose", f"pose.{pose}")
    where = {"hands": list(hands), "faces": list(faces), "rule": "r", "candidates": [], "message": "…"}
    return {"kind": kind, "severity": severity, "code": code, "numbers": list(numbers), **where}


def result(
    verdict: str = "flag", findings: tuple[Any, ...] = (), hands: tuple[Any, ...] = (), faces: tuple[Any, ...] = ()
) -> KeptPhoto:
    told = {
        "photo": {"name": "a.jpg", "sha256": "0" * 64, "width": 1000, "height": 600},
        "verdict": verdict,
        "findings": list(findings),
        "hands": list(hands),
        "faces": list(faces),
        "engine": {"version": "0", "models": {}, "gallery": None, "policy": "r"},
    }
    return msgspec.convert(told, KeptPhoto)


PLAIN = np.full((600, 1000, 3), 90, np.uint8)


def test_marks_are_numbered_as_the_findings_go_and_from_left_to_right() -> None:
    judged = result(
        findings=(finding("flag", (0,), (0,)), finding("review", (1,), (), "palm_five", (5,)), finding("flag", (0, 2))),
        hands=(hand(700), hand(400, "palm_five", (5,)), hand(100), hand(850, "none", ())),
        faces=(face(0), face(500)),
    )
    banner, marks = marks_of(judged, "id")
    assert [(m.number, m.severity, m.label, m.box.left) for m in marks] == [
        (1, "flag", "Sri Wahyuni (2)", 0),
        (2, "flag", "dua jari (2)", 100),
        (3, "flag", "dua jari (2)", 700),
        (4, "review", "lima jari (5)", 400),
        (0, "quiet", "", 850),
    ]
    assert banner == Banner(Verdict.FLAG, "Ditandai: 3 tangan, 1 wajah.")
    assert numbers_by_finding(judged, "id") == ((1,), (4,), (2, 3))


@pytest.mark.parametrize(
    ("language", "label"), [("id", "mirip Sri Wahyuni atau Dewi"), ("en", "like Sri Wahyuni or Dewi")]
)
def test_a_face_that_may_be_either_has_both_names_and_no_number(language: Language, label: str) -> None:
    others = [{"candidate": "y", "name": "Dewi", "role": "candidate", "ballot_number": 1}]
    judged = result("review", (finding("review", (), (0,)),), (), (face(0, strength="possible", alternatives=others),))
    assert [mark.label for mark in marks_of(judged, language)[1]] == [label]


def test_a_hand_of_two_findings_keeps_one_number() -> None:
    judged = result(
        findings=(finding("review", (0,)), finding("flag", (0, 1), (), "two_hand_number", (7,))),
        hands=(hand(100), hand(200)),
    )
    assert numbers_by_finding(judged, "en") == ((1,), (1, 2))


@pytest.mark.parametrize(
    ("match", "label"),
    [
        pytest.param({"name": "Budi", "ballot_number": None}, "Budi", id="no ballot number yet"),
        pytest.param({"name": "Budi", "strength": "possible"}, "like Budi (2)", id="not sure: said so"),
        pytest.param({"name": "Ani", "role": "family"}, "Ani (candidate's family)", id="family"),
    ],
)
def test_face_labels(match: dict[str, Any], label: str) -> None:
    judged = result(findings=(finding("review", (), (0,)),), faces=(face(0, **match),))
    banner, (mark,) = marks_of(judged, "en")
    assert mark.label == label
    assert banner.text == "Marked: 1 face."


def test_the_worst_of_two_findings_counts_and_boxes_are_scaled() -> None:
    judged = result(findings=(finding("review", (0,)), finding("flag", (0,))), hands=(hand(100),))
    _, (mark,) = marks_of(judged, "id", (0.5, 0.25))
    assert (mark.severity, mark.box) == ("flag", Box(50, 75, 40, 22.5))


def test_hands_that_count_together_are_named_so() -> None:
    judged = result(
        findings=(finding("review", (0, 1), (), "two_hand_number", (6,)),),
        hands=(hand(100, "palm_five", (6,)), hand(200, "none", (6,))),
    )
    assert [mark.label for mark in marks_of(judged, "en")[1]] == ["fingers of both hands (6)"] * 2


def test_many_quiet_hands_are_left_unmarked() -> None:
    few, many = ([Mark(Box(60 * n, 300, 40, 40), "quiet") for n in range(count)] for count in (2, 12))
    banner = Banner(Verdict.CLEAR, "ok")
    assert (draw(PLAIN, few, banner)[-600:] != 90).any()
    assert (draw(PLAIN, many, banner)[-600:] == 90).all()


def test_bystanders_are_not_touched() -> None:
    """Only banner and photo: the picture under the banner equals the photo where nothing is marked."""
    picture = annotate(PLAIN, result("clear", faces=(face(500), face(700))))
    assert (picture[-600:] == 90).all()


def test_without_strips_there_is_the_photo_alone() -> None:
    picture = annotate(PLAIN, result(findings=(finding("flag", (0,)),), hands=(hand(400),)), strips=False)
    assert picture.shape == PLAIN.shape
    assert (picture == VERMILLION).all(axis=2).any()


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(("verdict", "color"), [("flag", VERMILLION), ("review", YELLOW), ("clear", (0, 158, 115))])
def test_the_banner_has_the_verdicts_colour(verdict: str, color: tuple[int, int, int], language: Any) -> None:
    assert tuple(annotate(PLAIN, result(verdict), language)[0, 0]) == color


def test_marks_are_drawn_where_they_are_and_the_photo_is_not_changed() -> None:
    photo = PLAIN.copy()
    picture = annotate(photo, result(findings=(finding("flag", (0,)),), hands=(hand(400),)))
    assert (photo == 90).all()
    banner = 151  # 15.1 hundredths of the width
    ys, xs = np.nonzero((picture[banner : banner + 600] == VERMILLION).all(axis=2))
    assert 300 < xs.min() < 400
    assert 480 < xs.max() < 520
    assert 240 < ys.min() < 300
    assert 390 < ys.max() < 440


def test_a_reduced_picture_takes_the_same_result() -> None:
    judged = result(findings=(finding("flag", (0,)),), hands=(hand(400, landmarks=[[420, 330]] * 21),))
    half = annotate(np.full((300, 500, 3), 90, np.uint8), judged)
    assert half.shape[1] == 800  # small photos are enlarged so that words can be read


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1, 1), (450, 300), (20, 3000), (3000, 20), (4000, 3000)], ids=str)
@pytest.mark.parametrize("count", [0, 1, 45])
def test_any_size_and_any_number_of_marks(size: tuple[int, int], count: int) -> None:
    width, height = size
    rng = np.random.default_rng(1)
    marks = [
        Mark(Box(x * width, y * height, width / 20, height / 20), "flag" if at % 2 else "review", at + 1, f"pose {at}")
        for at, (x, y) in enumerate(rng.random((count, 2)))
    ]
    marks.append(Mark(Box(0, 0, width, height), "quiet"))
    picture = draw(np.zeros((height, width, 3), np.uint8), marks, Banner(Verdict.FLAG, "kata " * 30))
    assert picture.shape[1] == max(width, 800)
    assert picture.dtype == np.uint8


def test_tags_do_not_cover_each_other() -> None:
    marks = [Mark(Box(60 * n, 400 + 40 * (n % 2), 40, 40), "flag", n + 1, "x") for n in range(15)]
    tags = place_tags(marks, 10, 19, (1000, 800))
    distances = [np.hypot(*np.subtract(a.center_xy, b.center_xy)) for a in tags for b in tags if a is not b]
    assert min(distances) >= 36
    assert all(19 <= x <= 981 and 19 <= y <= 781 for x, y in (tag.center_xy for tag in tags))


def test_wrong_input_is_refused() -> None:
    with pytest.raises(ValueError, match="21 landmarks"):
        Mark(Box(0, 0, 1, 1), "flag", 1, "x", ((0.0, 0.0),))
    with pytest.raises(ValueError, match="number"):
        Mark(Box(0, 0, 1, 1), "flag")


def test_words_are_wrapped_and_numbers_gathered() -> None:
    assert ranges([1, 2, 3, 7, 9, 10]) == "1-3, 7, 9-10"
    lines = wrapped("satu dua tiga " + "x" * 80, font(20, False), 150)
    assert lines[0] == "satu dua tiga"
    assert lines[1].endswith("…")
    assert all(font(20, False).getlength(line) <= 150 for line in lines)


def test_saved_whole_without_metadata_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "ditandai.jpg"
    save_annotated(path, PLAIN)
    with Image.open(path) as saved:
        assert (saved.format, saved.size) == ("JPEG", (1000, 600))
        assert not saved.getexif()
    with pytest.raises(TypeError):
        save_annotated(tmp_path / "b.jpg", np.zeros((4, 4, 9), np.uint8))
    assert [entry.name for entry in tmp_path.iterdir()] == ["ditandai.jpg"]

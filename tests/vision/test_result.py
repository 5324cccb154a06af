"""The result as JSON: exactly the contract, and nothing that could link a stranger's face."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pytest

from vision.contract.result import CheckError, CheckResult, EngineFacts, FaceResult, HandResult, PhotoFacts
from vision.errors import PhotoNotFoundError, PhotoTruncatedError
from vision.geometry import Box
from vision.poses import FingerState, Pose
from vision.rules import Policy, SeenFace, SeenHand, judge

POLICY = Policy.load()
HAND = HandResult(
    box=Box(10.04, 20.06, 30.123, 40),
    landmarks_xy=tuple((float(i), 2.25 * i) for i in range(21)),
    score=0.98765,
    handedness="right",
    fingers=FingerState(0.1, 0.9, 0.8, 0.49, 0.5),
    pose=Pose.PEACE_TWO,
    pose_score=0.97111,
    numbers=(2,),
    person=0,
)


def a_result(hands: tuple[HandResult, ...] = (HAND,)) -> CheckResult:
    seen = [SeenHand(at, hand.pose, hand.pose_score, hand.person) for at, hand in enumerate(hands)]
    judgment = judge(seen, [], [SeenFace(0)], POLICY)
    return CheckResult(
        photo=PhotoFacts("a.jpg", "0" * 64, (4000, 3000), datetime(2026, 11, 22, 8, 30)),
        verdict=judgment.verdict,
        findings=judgment.findings,
        hands=hands,
        faces=(FaceResult(Box(1, 2, 3, 4), 0.91234, 0),),
        engine=EngineFacts("0.1.0", {"hands": "a" * 64, "faces": "b" * 64}, None, "skb-2-2022"),
        timings_ms={"decode": 1.26, "judge": 0.0},
    )


def test_hand_as_in_the_contract() -> None:
    assert HAND.to_answer().to_dict() == {
        "box": [10.0, 20.1, 30.1, 40],
        "score": 0.988,
        "handedness": "right",
        "fingers": {"thumb": False, "index": True, "middle": True, "ring": False, "pinky": True},
        "pose": "peace_two",
        "pose_score": 0.971,
        "numbers": [2],
        "person": 0,
        "partner": None,
        "posed": None,
        "landmarks": [[float(i), round(2.25 * i, 1)] for i in range(21)],
    }


def test_stranger_has_no_match_and_nothing_else() -> None:
    (face,) = a_result().to_dict()["faces"]
    assert face == {
        "box": [1, 2, 3, 4],
        "score": 0.912,
        "person": 0,
        "flaws": [],
        "recognisable": True,
        "match": None,
    }


def test_whole_result() -> None:
    told = a_result().to_dict()
    assert told["schema"] == "fotonetral.check/1"
    assert told["photo"] == {
        "name": "a.jpg",
        "sha256": "0" * 64,
        "width": 4000,
        "height": 3000,
        "taken_at": "2026-11-22T08:30:00",
    }
    assert told["verdict"] == "flag"
    assert told["headline"] == "Sebaiknya jangan diunggah dulu."
    (finding,) = told["findings"]
    message = finding.pop("message")
    assert "berisiko" in message and "kiri" not in message  # the only person in the photo needs no place
    assert finding == {
        "kind": "pose",
        "severity": "flag",
        "code": "pose.peace_two",
        "rule": "skb-2-2022",
        "hands": [0],
        "faces": [],
        "texts": [],
        "candidates": [],
        "numbers": [2],
    }
    assert told["timings_ms"] == {"decode": 1.3, "judge": 0.0}
    assert json.loads(json.dumps(told)) == told, "only plain JSON values"


def test_a_hand_of_nobody_is_placed_in_the_photo() -> None:
    result = a_result((replace(HAND, person=None),))
    assert "kiri atas foto" in result.messages[0]


def test_the_same_result_speaks_english() -> None:
    told = replace(a_result(), language="en").to_dict()
    assert told["headline"] != a_result().headline
    assert told["findings"][0]["message"] != a_result().messages[0]
    assert told["next_step"] != a_result().next_step


def test_without_findings_it_is_clear() -> None:
    told = a_result(()).to_dict()
    assert (told["verdict"], told["findings"]) == ("clear", [])


@pytest.mark.parametrize(("language", "start"), [("id", "Berkas"), ("en", "The file")], ids=["Indonesian", "English"])
def test_an_error_has_no_verdict(language: str, start: str) -> None:
    error = CheckError("b.jpg", PhotoTruncatedError("Berkas terpotong.", "The file is cut."), language)
    told = error.to_dict()
    assert set(told) == {"schema", "photo", "error"}
    assert told["photo"] == {"name": "b.jpg"}
    assert told["error"]["code"] == "photo.truncated"
    assert told["error"]["message"].startswith(start)
    assert not hasattr(error, "verdict"), "an error must never pass for a clear photo"


def test_names_that_are_no_unicode_can_be_written() -> None:
    name = "foto\udcff.jpg"
    told = CheckError(name, PhotoNotFoundError(f"«{name}» tidak ada.", f"No {name}.")).to_dict()
    assert told["photo"]["name"] == "foto?.jpg"
    json.dumps(told, ensure_ascii=False).encode()

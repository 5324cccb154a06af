"""From pixels to named hands, on the committed pictures."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from vision.faces import FaceFinder
from vision.geometry import Box
from vision.hands import Hand, HandReader
from vision.media.photo import open_photo
from vision.poses import QUIET_POSES, Pose

pytestmark = pytest.mark.slow

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
EXPECTED = json.loads((FIXTURES / "expected.json").read_text("utf-8"))
QUIET_PHOTOS = [
    name for name, facts in EXPECTED["photos"].items() if all(hand["pose"] in QUIET_POSES for hand in facts["hands"])
]
FINGERS_KNOWN = [name for name, facts in EXPECTED["hands"].items() if facts["fingers"] is not None]


@pytest.fixture(scope="module")
def reader() -> Iterator[HandReader]:
    with HandReader() as opened:
        yield opened


@pytest.fixture(scope="module")
def faces() -> dict[str, list[Box]]:
    """Give the boxes of the faces of every committed photo and hand picture."""
    with FaceFinder() as finder:
        return {
            name: [face.box for face in finder.find(open_photo(FIXTURES / name).pixels)]
            for name in (*EXPECTED["hands"], *EXPECTED["photos"])
        }


@pytest.fixture(scope="module")
def read(reader: HandReader, faces: dict[str, list[Box]]) -> dict[str, tuple[Hand, ...]]:
    """Give the hands of every committed photo and hand picture."""
    return {name: reader.read(open_photo(FIXTURES / name).pixels, boxes)[0] for name, boxes in faces.items()}


def _apart(one: Box, other: Box) -> float:
    return math.dist(one.center_xy, other.center_xy)


@pytest.mark.parametrize("name", EXPECTED["hands"])
def test_each_pose_is_named(read: dict[str, tuple[Hand, ...]], name: str) -> None:
    """All of them, 21 of 21, each as the only hand of its picture and where it is."""
    (hand,) = read[name]
    assert hand.pose == EXPECTED["hands"][name]["pose"]
    assert hand.box.iou(Box(*EXPECTED["hands"][name]["box"])) > 0.6
    assert hand.pose_score > 0.5 and hand.score > 0.5
    assert hand.person is None


@pytest.mark.parametrize("name", FINGERS_KNOWN)
def test_fingers_are_told(read: dict[str, tuple[Hand, ...]], name: str) -> None:
    assert read[name][0].fingers.extended() == EXPECTED["hands"][name]["fingers"]


@pytest.mark.parametrize("name", QUIET_PHOTOS)
def test_quiet_photos_give_no_sign(read: dict[str, tuple[Hand, ...]], name: str) -> None:
    assert [hand.pose for hand in read[name] if hand.pose not in QUIET_POSES] == []


@pytest.mark.parametrize("name", [name for name in EXPECTED["photos"] if name not in QUIET_PHOTOS])
def test_signs_of_photos_are_named(read: dict[str, tuple[Hand, ...]], name: str) -> None:
    for sign in EXPECTED["photos"][name]["hands"]:
        if sign["pose"] in QUIET_POSES:
            continue
        there = [hand for hand in read[name] if hand.box.iou(Box(*sign["box"])) > 0.4]
        assert [hand.pose for hand in there] == [sign["pose"]], "found once, under its name"


@pytest.mark.parametrize("name", [name for name in EXPECTED["photos"] if name not in QUIET_PHOTOS])
def test_no_other_sign_is_named(read: dict[str, tuple[Hand, ...]], name: str) -> None:
    """What is found besides, a tie or a fold, shows nothing."""
    boxes = [Box(*hand["box"]) for hand in EXPECTED["photos"][name]["hands"]]
    others = [hand for hand in read[name] if not any(hand.box.iou(box) > 0.4 for box in boxes)]
    assert [hand.pose for hand in others if hand.pose not in QUIET_POSES] == []


@pytest.mark.parametrize("name", EXPECTED["photos"])
def test_hands_come_in_reading_order(read: dict[str, tuple[Hand, ...]], name: str) -> None:
    tops = [round(hand.box.top) for hand in read[name]]
    assert tops == sorted(tops)


def test_a_face_alone_has_no_hand(read: dict[str, tuple[Hand, ...]]) -> None:
    assert read["photos/collins_plain.jpg"] == ()


@pytest.mark.parametrize("name", ["photos/hopper_thumb_up.jpg", "photos/collins_peace.jpg", "photos/pair_sign.jpg"])
def test_a_hand_belongs_to_the_person_beside_it(
    read: dict[str, tuple[Hand, ...]], faces: dict[str, list[Box]], name: str
) -> None:
    (hand,) = [hand for hand in read[name] if hand.pose not in QUIET_POSES]
    nearest = min(range(len(faces[name])), key=lambda index: _apart(faces[name][index], hand.box))
    assert hand.person == nearest


def test_without_faces_a_hand_is_nobodys(reader: HandReader) -> None:
    (hand,), _ = reader.read(open_photo(FIXTURES / "hands/rock.jpg").pixels, [])
    assert hand.person is None


def test_hands_are_in_pixels_of_the_array(reader: HandReader) -> None:
    pixels = open_photo(FIXTURES / "hands/peace_two.jpg").pixels
    (hand,), _ = reader.read(pixels, [])
    padded = np.full((pixels.shape[0] + 200, pixels.shape[1] + 300, 3), 127, np.uint8)
    padded[200:, 300:] = pixels
    (moved,), _ = reader.read(padded, [])
    assert moved.pose is hand.pose is Pose.PEACE_TWO
    assert moved.box.iou(hand.box.moved(300, 200)) > 0.7
    assert hand.points_xyz.shape == hand.world_xyz.shape == (21, 3)


@pytest.mark.parametrize(
    "pixels",
    [
        pytest.param(np.zeros((1, 1, 3), np.uint8), id="one pixel"),
        pytest.param(np.full((1, 500, 3), 80, np.uint8), id="a row"),
        pytest.param(np.full((500, 1, 3), 80, np.uint8), id="a column"),
        pytest.param(np.zeros((300, 400, 3), np.uint8), id="black"),
        pytest.param(np.full((300, 400, 3), 255, np.uint8), id="white"),
        pytest.param(np.tile(np.arange(400, dtype=np.uint8)[None, :, None], (300, 1, 3)), id="a ramp"),
    ],
)
@pytest.mark.parametrize("faces", [[], [Box(0, 0, 1, 1)]], ids=["nobody", "a face of one pixel"])
def test_photos_of_nothing_have_no_hands(reader: HandReader, pixels: np.ndarray, faces: list[Box]) -> None:
    assert reader.read(pixels, faces) == ((), ())


def test_read_only_pixels_are_fine_and_the_answer_repeats(reader: HandReader) -> None:
    pixels = open_photo(FIXTURES / "hands/ok.jpg").pixels.copy()
    pixels.setflags(write=False)
    first, second = (reader.read(pixels, [])[0] for _ in range(2))
    assert [hand.points_xyz.tobytes() for hand in first] == [hand.points_xyz.tobytes() for hand in second]
    assert [(hand.pose, hand.pose_score, hand.fingers) for hand in first] == [
        (hand.pose, hand.pose_score, hand.fingers) for hand in second
    ]


def test_closing_twice_is_fine() -> None:
    with HandReader() as reader:
        reader.close()

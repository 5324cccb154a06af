"""The search: every hand once, no face for a hand, and the same photo the same answer."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from scripts.fixtures.rendering import PALM, render_hand
from vision.geometry import Box
from vision.hands.hand import FoundHand
from vision.hands.landmarker import LANDMARKS
from vision.hands.palms import Palm
from vision.hands.search import HandSearch, _worth_a_look

pytestmark = pytest.mark.slow

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
EXPECTED = json.loads((FIXTURES / "expected.json").read_text("utf-8"))
GREY = (112, 116, 120)


@cache
def a_hand(pose: str, seed: int, side: int) -> tuple[np.ndarray, np.ndarray]:
    """A rendered palm before grey, (side, side, 3), and where its landmarks lie."""
    background = np.full((8, 8, 3), GREY, np.uint8)
    hand = render_hand(pose, seed=seed, view=PALM, size_wh=(side, side), background=background, clean=True)
    return hand.image, hand.landmarks_xy


def scene(size_wh: tuple[int, int], *hands: tuple[str, int, int, tuple[int, int]]) -> tuple[np.ndarray, list[Box]]:
    """Grey with hands (pose, seed, side, place of the left top corner), and the hands' boxes."""
    pixels, boxes = np.full((size_wh[1], size_wh[0], 3), GREY, np.uint8), []
    for pose, seed, side, (left, top) in hands:
        image, landmarks = a_hand(pose, seed, side)
        pixels[top : top + side, left : left + side] = image
        boxes.append(Box.around((float(x), float(y)) for x, y in np.add(landmarks, (left, top))))
    return pixels, boxes


def read(name: str) -> np.ndarray:
    with Image.open(FIXTURES / name) as opened:
        return np.array(opened.convert("RGB"))


def at(found: tuple[FoundHand, ...], box: Box) -> list[FoundHand]:
    """The finds that lie where a hand is."""
    return [hand for hand in found if hand.box.overlap(box) > 0.5]


def told(found: tuple[FoundHand, ...]) -> list[tuple[object, ...]]:
    """Everything about the finds, in bytes."""
    return [tuple(view.points_xyz.tobytes() + view.world_xyz.tobytes() for view in hand.views) for hand in found]


class Searcher:
    """The search as a reader uses it: a first look, then a second at everything it found."""

    def __init__(self) -> None:
        self._search = HandSearch()

    def look(self, pixels: np.ndarray, faces: list[Box]) -> tuple[FoundHand, ...]:
        return self._search.again(pixels, self._search.look(pixels, faces))


@pytest.fixture(scope="module")
def search() -> Searcher:
    return Searcher()


@pytest.mark.parametrize("name", EXPECTED["hands"])
def test_a_close_up_is_found_once(search: Searcher, name: str) -> None:
    (hand,) = search.look(read(name), [])
    assert hand.box.iou(Box(*EXPECTED["hands"][name]["box"])) > 0.6


def test_a_find_says_what_was_seen(search: Searcher) -> None:
    (hand,) = search.look(read("hands/palm_five.jpg"), [])
    first, *others = hand.views
    assert (hand.box, hand.size) == (first.box, first.size)
    assert others, "a hand is looked at more than once"
    for view in hand.views:
        assert view.points_xyz.shape == view.world_xyz.shape == (LANDMARKS, 3)
        assert view.presence > 0.5
        assert view.box.iou(hand.box) > 0.7, "all views are of the same hand"


ROW = scene(
    (640, 560),
    ("four", 2, 240, (30, 290)),
    ("palm_five", 1, 240, (380, 10)),
    ("palm_five", 3, 240, (20, 20)),
    ("l_two", 1, 260, (360, 295)),
)
FACES = [Box(270, 60, 60, 70), Box(320, 240, 60, 70), Box(265, 330, 55, 65)]
"""Boxes between the hands, none over one: squares about them overlap all over the scene."""


@pytest.mark.parametrize("faces", [FACES[:2], FACES[1:], FACES], ids=["the first two", "the last two", "all"])
def test_every_hand_comes_once_in_reading_order(search: Searcher, faces: list[Box]) -> None:
    pixels, boxes = ROW
    found = search.look(pixels, faces)
    assert [len(at(found, box)) for box in boxes] == [1, 1, 1, 1]
    assert len(found) == 4
    tops = [hand.box.top for hand in found]
    assert tops == sorted(tops)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_order_of_the_faces_does_not_matter(search: Searcher, seed: int) -> None:
    faces = [FACES[index] for index in np.random.default_rng(seed).permutation(len(FACES))]
    assert told(search.look(ROW[0], faces)) == told(search.look(ROW[0], FACES))


def test_the_same_photo_gives_the_same_bytes(search: Searcher) -> None:
    pixels = read("photos/hopper_thumb_up.jpg")
    once, twice = (search.look(pixels, [Box(250, 200, 240, 240)]) for _ in range(2))
    assert once
    assert told(once) == told(twice)


def test_what_was_looked_at_before_does_not_matter(search: Searcher) -> None:
    pixels = read("hands/ok.jpg")
    assert told(search.look(pixels, [])) == told(Searcher().look(pixels, []))


def test_neighbours_are_two(search: Searcher) -> None:
    """Two hands that nearly touch, as in a row of people who hold them up."""
    pixels, boxes = scene((700, 420), ("palm_five", 1, 220, (130, 90)), ("four", 2, 220, (330, 100)))
    found = search.look(pixels, [])
    assert [len(at(found, box)) for box in boxes] == [1, 1]
    assert len(found) == 2


def test_a_small_hand_beside_a_face_is_found_in_a_large_photo(search: Searcher) -> None:
    """The face says where to look and how large: seen as a whole, the photo shows the hand in a few pixels."""
    pixels, (box,) = scene((1600, 1200), ("palm_five", 1, 90, (820, 640)))
    assert max(box.width, box.height) < 70
    (hand,) = search.look(pixels, [Box(740, 560, 64, 72)])
    assert hand.box.iou(box) > 0.6


@pytest.mark.parametrize("place", ["left top", "right top", "left bottom", "right bottom"])
def test_a_raised_hand_is_found_on_either_side_and_at_the_belt(search: Searcher, place: str) -> None:
    left, top = 560 if "left" in place else 850, 480 if "top" in place else 700
    pixels, (box,) = scene((1600, 1200), ("four", 2, 100, (left, top)))
    (hand,) = search.look(pixels, [Box(720, 520, 70, 80)])
    assert hand.box.iou(box) > 0.6


@pytest.mark.parametrize("pose", ["call", "peace_two", "l_two"])
def test_a_hand_before_a_face_is_found(search: Searcher, pose: str) -> None:
    """At the cheek or the eye, half of the face behind it."""
    pixels, (box,) = scene((1200, 900), (pose, 1, 150, (560, 400)))
    x, y = box.center_xy
    (hand,) = search.look(pixels, [Box(x - 70, y - 85, 130, 150)])
    assert hand.box.iou(box) > 0.6


def test_a_face_alone_has_no_hand(search: Searcher) -> None:
    assert search.look(read("photos/collins_plain.jpg"), [Box(370, 130, 190, 190)]) == ()


def a_palm(x: float, y: float, side: float, score: float) -> Palm:
    return Palm(score, (x, y), side, np.zeros((7, 2)))


def test_what_is_part_of_a_face_or_tiny_is_not_looked_at() -> None:
    face = Box(100, 100, 50, 50)
    in_the_face, before_the_face = a_palm(120, 125, 30, 0.1), a_palm(125, 125, 60, 0.9)
    beside, tiny = a_palm(170, 125, 30, 0.1), a_palm(300, 300, 6, 0.9)
    kept = _worth_a_look([in_the_face, beside, tiny], [face])
    assert kept == [beside]
    assert _worth_a_look([before_the_face, beside], [face]) == [before_the_face, beside]
    at_the_cheek = a_palm(120, 125, 30, 0.3)
    assert _worth_a_look([at_the_cheek, tiny], [face]) == [at_the_cheek]


def test_without_faces_the_surest_and_largest_are_looked_at() -> None:
    small = [a_palm(40.0 * n, 10, 12, 0.9) for n in range(6)]
    large = a_palm(500, 500, 200, 0.06)
    kept = _worth_a_look([*small, large], [])
    assert len(kept) == 4
    assert kept[0] == large
    assert len(_worth_a_look([*small, large], [Box(900, 900, 40, 40)])) == 7, "people's hands are all looked at"


def test_hands_are_in_pixels_of_the_array(search: Searcher) -> None:
    pixels = read("hands/peace_two.jpg")
    padded = np.full((pixels.shape[0] + 200, pixels.shape[1] + 300, 3), 127, np.uint8)
    padded[200:, 300:] = pixels
    (plain,), (moved,) = search.look(pixels, []), search.look(padded, [])
    assert moved.box.iou(plain.box.moved(300, 200)) > 0.8


@pytest.mark.parametrize(
    "shape", [(1, 1, 3), (1, 500, 3), (500, 1, 3), (300, 400, 3)], ids=["a pixel", "a row", "a column", "blank"]
)
@pytest.mark.parametrize("faces", [[], [Box(0, 0, 1, 1)]], ids=["nobody", "a face of one pixel"])
def test_nothing_is_found_in_nothing(search: Searcher, shape: tuple[int, int, int], faces: list[Box]) -> None:
    assert search.look(np.full(shape, 90, np.uint8), faces) == ()


def test_pixels_stay_as_they_are(search: Searcher) -> None:
    pixels = read("hands/rock.jpg")
    before = pixels.copy()
    pixels.setflags(write=False)
    assert search.look(pixels, [])
    assert np.array_equal(pixels, before)

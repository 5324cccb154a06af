"""The search: one answer a hand, no faces for hands, and the same photo the same answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vision.geometry import Box
from vision.hands.landmarker import RawHand
from vision.hands.search import FoundHand, HandSearch, _one_each, _plausible, _same

PIXELS = np.zeros((600, 800, 3), np.uint8)


def points_in(box: Box) -> np.ndarray:
    points = np.zeros((21, 3))
    points[:, :2] = box.center_xy
    points[0, :2], points[20, :2] = (box.left, box.top), (box.right, box.bottom)
    return points


def raw(box: Box) -> RawHand:
    return RawHand(points_in(box), np.zeros((21, 3)), 0.5)


def found(box: Box, steadiness: float) -> FoundHand:
    return FoundHand((points_in(box),), np.zeros((21, 3)), 0.5, steadiness)


def square(x: float, y: float, side: float) -> Box:
    return Box(x - side / 2, y - side / 2, side, side)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        pytest.param(square(100, 100, 40), square(100, 100, 40), True, id="itself"),
        pytest.param(square(100, 100, 40), square(115, 100, 44), True, id="landmarks of two squares differ a little"),
        pytest.param(square(100, 100, 40), square(120, 100, 40), False, id="half a hand away: two hands"),
        pytest.param(square(100, 100, 40), square(100, 100, 90), True, id="about twice as large"),
        pytest.param(square(100, 100, 40), square(100, 100, 101), False, id="no hand holds another of its place"),
        pytest.param(square(100, 100, 100), square(125, 100, 40), False, id="the smaller one's size counts"),
        pytest.param(Box(100, 100, 0, 0), Box(100, 100, 0, 0), True, id="points"),
        pytest.param(Box(100, 100, 0, 0), square(100, 100, 40), False, id="a point and a hand"),
    ],
)
def test_the_same_hand(one: Box, other: Box, same: bool) -> None:
    assert _same(one, other) is same
    assert _same(other, one) is same


def test_duplicates_are_merged_and_the_steadier_stays() -> None:
    shaky, steady = found(square(104, 100, 40), 0.5), found(square(100, 100, 38), 1.0)
    elsewhere = found(square(300, 100, 40), 0.0)
    for order in ([shaky, steady, elsewhere], [elsewhere, steady, shaky]):
        assert _one_each(order) == [steady, elsewhere]


def test_of_two_as_steady_the_larger_stays() -> None:
    small, large = found(square(100, 100, 30), 0.5), found(square(104, 100, 44), 0.5)
    assert _one_each([small, large]) == [large]


def test_neighbours_are_not_merged() -> None:
    hands = [found(square(x, 100, 40), 1.0) for x in (100, 130, 160)]
    assert _one_each(hands) == hands
    assert _one_each([]) == []


@pytest.mark.parametrize(
    ("box", "faces", "plausible"),
    [
        pytest.param(square(100, 100, 40), [], True, id="no face to compare with"),
        pytest.param(square(100, 100, 13), [], False, id="too small for landmarks"),
        pytest.param(square(850, 100, 60), [], False, id="outside of the photo"),
        pytest.param(square(805, 100, 60), [], True, id="cut by the edge"),
        pytest.param(square(200, 200, 50), [square(200, 200, 60)], False, id="a face"),
        pytest.param(square(200, 222, 30), [square(200, 200, 60)], False, id="a chin"),
        pytest.param(square(200, 260, 40), [square(200, 200, 60)], True, id="below the chin"),
        pytest.param(square(200, 200, 130), [square(200, 200, 60)], True, id="held before the face"),
        pytest.param(square(260, 300, 20), [square(200, 200, 120)], False, id="too small beside a large face"),
        pytest.param(square(300, 300, 220), [square(200, 200, 60)], False, id="too large beside a small face"),
        pytest.param(square(700, 500, 220), [square(200, 200, 60)], True, id="far from everybody: nothing is said"),
        pytest.param(
            square(260, 275, 23),
            [square(200, 200, 120), square(250, 250, 40)],
            True,
            id="it fits the face that is nearest, in widths of that face",
        ),
    ],
)
def test_what_can_be_a_hand(box: Box, faces: list[Box], plausible: bool) -> None:
    assert _plausible(raw(box), faces, PIXELS) is plausible


@pytest.fixture(scope="module")
def search() -> Iterator[HandSearch]:
    with HandSearch() as opened:
        yield opened


def read(path: Path) -> np.ndarray:
    with Image.open(path) as opened:
        return np.asarray(opened.convert("RGB"))


def test_the_same_photo_gives_the_same_bytes(search: HandSearch, fixtures: Path) -> None:
    pixels = read(fixtures / "photos/hopper_thumb_up.jpg")
    once, twice = (search.closer(pixels, search.look(pixels, [])) for _ in range(2))
    assert once
    for one, other in zip(once, twice, strict=True):
        assert [view.tobytes() for view in one.views] == [view.tobytes() for view in other.views]
        assert one.world_xyz.tobytes() == other.world_xyz.tobytes()
        assert (one.right, one.steadiness) == (other.right, other.steadiness)


def test_a_close_up_is_found_once_and_steadily(search: HandSearch, fixtures: Path) -> None:
    pixels = read(fixtures / "hands/peace_two.jpg")
    (first,) = search.look(pixels, [])
    (hand,) = search.closer(pixels, [first])
    assert hand.steadiness == 1.0
    assert len(hand.views) == 3
    assert hand.views[-1] is first.points_xyz, "the first look's landmarks come last"
    assert hand.box.iou(first.box) > 0.6
    assert hand.size == max(hand.box.width, hand.box.height)


def test_finds_that_closer_views_draw_together_come_once(search: HandSearch, fixtures: Path) -> None:
    pixels = read(fixtures / "hands/four.jpg")
    (first,) = search.look(pixels, [])
    moved = RawHand(first.points_xyz + np.array((12, 9, 0)), first.world_xyz, first.right)
    assert len(search.closer(pixels, [first, moved])) == 1


def test_a_hand_that_is_not_found_again_keeps_its_first_look(search: HandSearch) -> None:
    ghost = raw(square(300, 300, 80))
    (hand,) = search.closer(np.full((600, 600, 3), 100, np.uint8), [ghost])
    assert hand.steadiness == 0
    assert [view.tobytes() for view in hand.views] == [ghost.points_xyz.tobytes()]


def test_hands_come_in_reading_order(search: HandSearch) -> None:
    blank = np.full((600, 800, 3), 100, np.uint8)
    places = [(400, 300), (100, 300), (250, 100)]
    hands = search.closer(blank, [raw(square(x, y, 60)) for x, y in places])
    assert [hand.box.center_xy for hand in hands] == [(250, 100), (100, 300), (400, 300)]


def test_a_face_over_the_hand_drops_it(search: HandSearch, fixtures: Path) -> None:
    pixels = read(fixtures / "hands/fist.jpg")
    (hand,) = search.look(pixels, [])
    assert search.look(pixels, [hand.box]) == []

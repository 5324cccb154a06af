"""Where hands are looked for: the whole photo, then every person's surroundings, none of them twice."""

from __future__ import annotations

import random

import pytest

from vision.geometry import Box
from vision.hands.regions import closer, plan, whole, without_faces

SIZE_WH = (1600, 1200)
FACE = Box(780, 500, 40, 50)


def crowd(rows: int, columns: int, face: int, gap: int, left: int = 150, top: int = 150) -> list[Box]:
    return [Box(left + column * gap, top + row * gap, face, face) for row in range(rows) for column in range(columns)]


def test_without_faces_the_photo_is_looked_at_as_a_whole() -> None:
    assert plan(SIZE_WH, []) == (whole(SIZE_WH, 0.3),)


def test_the_whole_photo_is_a_square_with_a_margin() -> None:
    patch = whole((400, 300), margin=0.25)
    assert (patch.center_xy, patch.side) == ((200, 150), 600)
    assert (patch.turn, patch.mirrored) == (0.0, False)


def test_a_person_is_searched_near_and_within_reach() -> None:
    patches = plan(SIZE_WH, [FACE])
    assert patches[0] == whole(SIZE_WH, 0.3)
    near, *reach = patches[1:]
    assert (near.center_xy, near.side) == ((800, 525 + 60), 160)
    assert 1 <= len(reach) <= 4
    assert all(patch.side in (160, 320) for patch in reach)


def test_a_raised_arm_and_a_hand_at_the_belt_are_in_a_square() -> None:
    """Where hands are shown, in face widths from the face's middle, some square of a near scale looks."""
    patches = [patch.box for patch in plan(SIZE_WH, [FACE])[1:]]
    for right, down in [(0, 1.5), (-1.5, 1), (1.5, 1), (-2.5, 0), (2.5, 0), (0, 4), (-1.5, 4.5), (3, 2)]:
        assert any(box.contains(800 + right * 40, 525 + down * 40) for box in patches), (right, down)


@pytest.mark.parametrize("face", [Box(2, 2, 60, 60), Box(1500, 1120, 60, 60)], ids=["top left", "bottom right"])
def test_squares_off_the_photo_are_left_out(face: Box) -> None:
    in_the_middle = plan(SIZE_WH, [Box(770, 570, 60, 60)])
    assert len(plan(SIZE_WH, [face])) < len(in_the_middle)


def test_neighbours_share_their_squares() -> None:
    apart, together = (plan(SIZE_WH, [FACE, FACE.moved(shift, 0)]) for shift in (600, 50))
    assert len(together) < len(apart)


def test_a_square_as_large_as_the_photo_is_not_looked_at_again() -> None:
    close_up = Box(200, 100, 700, 700)
    assert plan((1000, 1000), [close_up]) == (whole((1000, 1000), 0.3),)


@pytest.mark.parametrize(
    ("faces", "most"),
    [
        pytest.param(crowd(5, 8, face=30, gap=90), 3.0, id="40 people at arm's length"),
        pytest.param(crowd(5, 8, face=30, gap=45), 2.0, id="40 people shoulder to shoulder"),
        pytest.param(crowd(4, 10, face=40, gap=130), 4.0, id="40 people with room around them"),
    ],
)
def test_a_crowd_costs_its_ground_and_not_everybodys_reach(faces: list[Box], most: float) -> None:
    patches = plan(SIZE_WH, faces)
    assert len(faces) < len(patches) <= most * len(faces) + 1


def test_everybody_has_a_square_of_their_own() -> None:
    faces = crowd(5, 8, face=30, gap=45)
    boxes = [patch.box for patch in plan(SIZE_WH, faces)[1:]]
    for face in faces:
        assert any(box.contains(*face.center_xy) and box.width == 4 * face.width for box in boxes)


def test_the_order_of_the_faces_does_not_matter() -> None:
    faces = [Box(x * 1.7 + 3, 200 + (x * 37) % 500, 20 + x % 31, 30) for x in range(0, 900, 60)]
    shuffled = random.Random(1).sample(faces, len(faces))
    assert plan(SIZE_WH, shuffled) == plan(SIZE_WH, faces) == plan(SIZE_WH, faces)
    sides = [patch.side for patch in plan(SIZE_WH, faces)[1 : len(faces) + 1]]
    assert sides == sorted(sides, reverse=True), "the nearest people first"


@pytest.mark.parametrize(
    ("size_wh", "quarters"),
    [
        pytest.param((800, 800), 9, id="square"),
        pytest.param((1200, 800), 6, id="landscape: two rows overlap by half"),
        pytest.param((1200, 500), 3, id="panorama: one row is enough"),
        pytest.param((500, 1200), 3, id="a strip upright: one column"),
        pytest.param((1, 1), 9, id="a pixel"),
    ],
)
def test_without_faces_looks_wider_closer_and_in_quarters(size_wh: tuple[int, int], quarters: int) -> None:
    wide, tight, *rest = without_faces(size_wh)
    assert wide == whole(size_wh, 0.8)
    assert tight.side == max(size_wh)
    assert len(rest) == quarters
    assert {patch.side for patch in rest} == {max(size_wh) / 2}


def test_quarters_leave_nothing_out() -> None:
    boxes = [patch.box for patch in without_faces((1200, 900))[2:]]
    places = [(x, y) for x in range(5, 1200, 50) for y in range(5, 900, 50)]
    assert all(any(box.contains(*place) for box in boxes) for place in places)


CLOSE_BY = (800.0, 580.0)
"""Before the chest of whoever has FACE."""


def test_who_shows_nothing_is_looked_at_again_from_nearer() -> None:
    near = plan(SIZE_WH, [FACE])[1]
    (nearer,) = closer(SIZE_WH, [FACE], [])
    assert nearer.side < near.side
    assert nearer.box.contains(*CLOSE_BY) and near.box.overlap(nearer.box) > 0.8


def test_who_surely_shows_a_hand_is_not() -> None:
    neighbour = FACE.moved(500, 0)
    assert closer(SIZE_WH, [FACE], [CLOSE_BY]) == ()
    assert closer(SIZE_WH, [FACE, neighbour], [CLOSE_BY]) == closer(SIZE_WH, [neighbour], [])


def test_a_close_up_has_no_nearer_square() -> None:
    assert closer((1000, 1000), [Box(200, 100, 400, 400)], []) == ()
    assert closer(SIZE_WH, [], [CLOSE_BY]) == ()

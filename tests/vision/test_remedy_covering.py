"""Pixels of a remedy: nothing outside changes, nothing of what was inside can be had back."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from vision.geometry import Box
from vision.remedy import Cover, Remedy, apply

SIZE_WH = (200, 160)
SQUARE = ((80.0, 60.0), (120.0, 60.0), (120.0, 100.0), (80.0, 100.0))
COVER = Cover(SQUARE, reach=10.0, feather=5.0, cell=30.0)
PHOTO = np.random.default_rng(0).integers(0, 256, (160, 200, 3), np.uint8)


def painted(inside: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a grey photo that shows `inside` where the cover hides all."""
    photo = np.full((160, 200, 3), 100, np.uint8)
    photo[60:100, 80:120] = inside
    return photo


def test_no_pixel_outside_of_the_boxes_changes() -> None:
    remedy = Remedy(SIZE_WH, None, (COVER, Cover(((5.0, 5.0), (9.0, 8.0)), 3.0, 2.0, 4.0)))
    done = apply(PHOTO, remedy)
    changed = (done != PHOTO).any(axis=2)
    for box in remedy.boxes_ltwh:
        assert changed[int(box.top) : int(box.bottom), int(box.left) : int(box.right)].any()
        changed[int(box.top) : int(box.bottom), int(box.left) : int(box.right)] = False
    assert not changed.any()


def test_the_given_pixels_are_not_changed() -> None:
    before = PHOTO.copy()
    before.setflags(write=False)
    apply(before, Remedy(SIZE_WH, None, (COVER,)))
    assert (before == PHOTO).all()


def test_the_soft_edge_ends_where_it_says() -> None:
    done = apply(PHOTO, Remedy(SIZE_WH, None, (COVER,)))
    changed = (done != PHOTO).any(axis=2)
    assert changed[80, 70:131].all(), "within reach everything is covered"
    assert not changed[80, :64].any() and not changed[80, 136:].any()


def test_corners_are_round() -> None:
    changed = (apply(PHOTO, Remedy(SIZE_WH, None, (COVER,))) != PHOTO).any(axis=2)
    assert not changed[46, 66] and changed[54, 74]


@pytest.mark.parametrize("period", [1, 2, 5, 10])
def test_what_is_finer_than_a_cell_leaves_no_trace(period: int) -> None:
    """Stripes, squares and plain grey of one mean give the same pixels, to the last bit."""
    # the window of the cover is 72 x 72: two cells of 36 each way, meeting in the middle of the square
    cover = Cover(SQUARE, reach=10.0, feather=5.0, cell=36.0)
    (box,) = Remedy(SIZE_WH, None, (cover,)).boxes_ltwh
    assert (box.width, box.height) == (72, 72)
    rows, columns = np.indices((40, 40))
    stripes = np.where((rows // period) % 2 == 0, 60, 140)
    squares = np.where((rows // period + columns // period) % 2 == 0, 60, 140)
    plain = np.full((40, 40), 100)
    outcomes = [
        apply(painted(np.repeat(one[:, :, None], 3, axis=2).astype(np.uint8)), Remedy(SIZE_WH, None, (cover,)))
        for one in (stripes, squares, plain)
    ]
    assert all((one == outcomes[0]).all() for one in outcomes)


def test_a_finger_is_not_told_from_a_gap() -> None:
    """What is left inside varies by less than an eye sees, however strong the stripes were."""
    columns = np.indices((40, 40))[1]
    stripes = np.where((columns // 5) % 2 == 0, 0, 255)
    done = apply(painted(np.repeat(stripes[:, :, None], 3, axis=2).astype(np.uint8)), Remedy(SIZE_WH, None, (COVER,)))
    steps = np.abs(np.diff(done[80, 80:120, 0].astype(int)))
    assert steps.max() <= 2


def test_colours_stay_those_of_the_place() -> None:
    photo = np.full((160, 200, 3), (200, 120, 40), np.uint8)
    assert (apply(photo, Remedy(SIZE_WH, None, (COVER,))) == photo).all()


def test_cutting_keeps_pixels_as_they_are() -> None:
    crop = Box(30, 20, 100, 90)
    done = apply(PHOTO, Remedy(SIZE_WH, crop))
    assert (done == PHOTO[20:110, 30:130]).all()
    assert done.flags.c_contiguous


def test_covered_first_then_cut() -> None:
    crop = Box(60, 40, 100, 90)
    whole = apply(PHOTO, Remedy(SIZE_WH, None, (COVER,)))
    assert (apply(PHOTO, Remedy(SIZE_WH, crop, (COVER,))) == whole[40:130, 60:160]).all()


@pytest.mark.parametrize(
    "outline",
    [
        ((-20.0, -20.0), (10.0, -20.0), (10.0, 10.0)),
        ((195.0, 155.0), (260.0, 155.0), (260.0, 200.0)),
        ((400.0, 400.0), (410.0, 400.0), (410.0, 410.0)),
        ((50.0, 50.0), (50.0, 90.0)),
        ((50.0, 50.0),),
    ],
    ids=["beyond the corner", "beyond the other corner", "beside the photo", "a line", "a point"],
)
def test_odd_outlines(outline: tuple[tuple[float, float], ...]) -> None:
    remedy = Remedy(SIZE_WH, None, (Cover(outline, 10.0, 5.0, 20.0),))
    done = apply(PHOTO, remedy)
    changed = (done != PHOTO).any(axis=2)
    inside = sum(box.area for box in remedy.boxes_ltwh) > 0
    assert changed.any() == inside


def test_a_remedy_is_for_one_size() -> None:
    with pytest.raises(ValueError, match=r"\(200, 160\)"):
        apply(PHOTO[:100], Remedy(SIZE_WH))

from itertools import pairwise

import numpy as np
import pytest

from vision.faces.detection import Detection
from vision.faces.tiles import BAND, OVERLAP, Tile, belongs_to_tile, merge, plan_bands, reading_order
from vision.geometry import Box

POINTS = np.zeros((5, 2))


@pytest.mark.parametrize(
    ("size_wh", "bands"),
    [
        pytest.param((704, 500), [(0, 0, 704, 500)], id="one band holds the picture"),
        pytest.param((1280, 960), [(0, 0, 704, 960), (576, 0, 704, 960)], id="two across the longer side"),
        pytest.param((300, 1281), [(0, 0, 300, 704), (0, 288, 300, 704), (0, 577, 300, 704)], id="one pixel more"),
    ],
)
def test_bands_cover_the_picture(size_wh: tuple[int, int], bands: int) -> None:
    planned = plan_bands(size_wh)
    assert [(one.left, one.top, one.width, one.height) for one in planned] == bands
    assert all(
        second.left + second.top - first.left - first.top <= BAND - OVERLAP for first, second in pairwise(planned)
    )


def test_bands_can_be_kept_to_a_region() -> None:
    assert plan_bands((3000, 1000), within=Box(2099.5, -50, 5000, 300)) == (
        Tile(2099, 0, 704, 250),
        Tile(2296, 0, 704, 250),
    )
    assert plan_bands((300, 100), within=Box(400, 0, 10, 10)) == ()


@pytest.mark.parametrize(
    ("box", "belongs"),
    [
        pytest.param(Box(120, 20, 20, 20), True, id="inside"),
        pytest.param(Box(107, 20, 20, 20), False, id="cut by the inner left border"),
        pytest.param(Box(173, 20, 20, 20), False, id="cut by the inner right border"),
        pytest.param(Box(120, 0, 20, 20), True, id="cut by the edge of the photo itself"),
    ],
)
def test_which_tile_a_face_belongs_to(box: Box, belongs: bool) -> None:
    assert belongs_to_tile(box, Tile(100, 0, 100, 100), (300, 100)) is belongs


def test_merging_keeps_the_best_of_each_face() -> None:
    weak, best = Detection(Box(0, 0, 10, 10), 0.6, POINTS), Detection(Box(1, 1, 10, 10), 0.9, POINTS)
    part = Detection(Box(2, 2, 4, 4), 0.7, POINTS)
    other = Detection(Box(9, 0, 10, 10), 0.5, POINTS)
    assert merge([weak, other, part, best]) == [best, other]


def test_merging_does_not_depend_on_the_order() -> None:
    twins = [Detection(Box(left, 0, 10, 10), 0.8, POINTS) for left in (0, 2, 4)]
    assert merge(twins) == merge(reversed(twins)) == [twins[0]]


def test_reading_order_goes_row_by_row() -> None:
    boxes = [Box(50, 0, 10, 10), Box(0, 3, 10, 10), Box(0, 30, 10, 10), Box(20, 28, 10, 10)]
    assert reading_order(boxes) == [1, 0, 2, 3]
    assert reading_order([]) == []

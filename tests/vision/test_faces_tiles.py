import numpy as np
import pytest

from vision.faces.detector import Detection
from vision.faces.tiles import Tile, belongs_to_tile, merge, plan_tiles, reading_order
from vision.geometry import Box

POINTS = np.zeros((6, 2))


@pytest.mark.parametrize(
    ("size_wh", "side", "overlap", "lefts", "tops"),
    [
        pytest.param((100, 50), 100, 0.25, [0], [0], id="one tile holds the photo"),
        pytest.param((100, 100), 60, 0.25, [0, 40], [0, 40], id="two a side, pushed back to the edge"),
        pytest.param((200, 80), 80, 0.25, [0, 60, 120], [0], id="exactly a quarter of overlap"),
        pytest.param((201, 80), 80, 0.25, [0, 40, 81, 121], [0], id="one pixel more needs one more tile"),
    ],
)
def test_tiles_cover_the_photo(size_wh, side, overlap, lefts, tops):
    tiles = plan_tiles(size_wh, side, overlap)
    assert [(tile.left, tile.top) for tile in tiles] == [(left, top) for top in tops for left in lefts]
    assert all(tile.left + tile.width <= size_wh[0] and tile.top + tile.height <= size_wh[1] for tile in tiles)
    assert max(tile.left + tile.width for tile in tiles) == size_wh[0]


def test_tiles_can_be_kept_to_a_region():
    assert plan_tiles((300, 100), 100, 0.0, within=Box(210, 0, 10, 10)) == (Tile(200, 0, 100, 100),)


@pytest.mark.parametrize(("side", "overlap"), [(0, 0.2), (10, 1.0), (10, -0.1)])
def test_impossible_plans_are_refused(side, overlap):
    with pytest.raises(ValueError, match="overlap"):
        plan_tiles((100, 100), side, overlap)


@pytest.mark.parametrize(
    ("box", "belongs"),
    [
        pytest.param(Box(120, 20, 20, 20), True, id="inside"),
        pytest.param(Box(101, 20, 20, 20), False, id="cut by the inner left border"),
        pytest.param(Box(179, 20, 20, 20), False, id="cut by the inner right border"),
        pytest.param(Box(120, 0, 20, 20), True, id="cut by the edge of the photo itself"),
        pytest.param(Box(120, 20, 51, 51), False, id="fills the tile: the scale before sees it better"),
    ],
)
def test_which_tile_a_face_belongs_to(box, belongs):
    assert belongs_to_tile(box, Tile(100, 0, 100, 100), (300, 100)) is belongs


def test_merging_keeps_the_best_of_each_face():
    weak, best = Detection(Box(0, 0, 10, 10), 0.6, 0.0, POINTS), Detection(Box(1, 1, 10, 10), 0.9, 0.0, POINTS)
    part = Detection(Box(2, 2, 4, 4), 0.7, 0.0, POINTS)
    other = Detection(Box(9, 0, 10, 10), 0.5, 0.0, POINTS)
    assert merge([weak, other, part, best]) == [best, other]


def test_merging_does_not_depend_on_the_order():
    twins = [Detection(Box(left, 0, 10, 10), 0.8, 0.0, POINTS) for left in (0, 2, 4)]
    assert merge(twins) == merge(reversed(twins)) == [twins[0]]


def test_reading_order_goes_row_by_row():
    boxes = [Box(50, 0, 10, 10), Box(0, 3, 10, 10), Box(0, 30, 10, 10), Box(20, 28, 10, 10)]
    assert reading_order(boxes) == [1, 0, 2, 3]
    assert reading_order([]) == []

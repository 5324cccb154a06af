"""Patches of a photo, exact on tiny arrays: what is cut, and where its places lie in the photo."""

from __future__ import annotations

import math

import numpy as np
import pytest

from vision.geometry import Box
from vision.hands.patch import Patch

GREY = 127


def picture(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def blot(height: int, width: int, x: float, y: float, radius: float) -> np.ndarray:
    """A soft white spot about (x, y) on black, (0, 0) the corner of the first pixel."""
    rows, columns = np.indices((height, width)) + 0.5
    light = 255 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * radius**2))
    return np.repeat(light.round().astype(np.uint8)[..., None], 3, axis=2)


def middle_of_light(image: np.ndarray) -> np.ndarray:
    """The (x, y) about which an image's light lies, (0, 0) the corner of the first pixel."""
    light = image[..., 0].astype(float)
    rows, columns = np.indices(light.shape) + 0.5
    return np.array([(columns * light).sum(), (rows * light).sum()]) / light.sum()


def test_around_takes_the_longer_side() -> None:
    patch = Patch.around(Box(10, 20, 30, 50), factor=2)
    assert (patch.center_xy, patch.side) == ((25, 45), 100)
    assert patch.box == Box(-25, -5, 100, 100)
    assert Patch.around(Box(3, 4, 0, 0)).side == 1, "a point still has a square about it"


@pytest.mark.parametrize("side", [0.0, -3.0, math.nan], ids=["none", "negative", "no number"])
def test_a_patch_without_a_side_is_refused(side: float) -> None:
    with pytest.raises(ValueError, match="side > 0"):
        Patch((5, 5), side)


@pytest.mark.parametrize(
    ("turn", "mirrored", "photo_way", "patch_way"),
    [
        pytest.param(0.0, False, (1, 0), (1, 0), id="nothing turned"),
        pytest.param(0.0, True, (1, 0), (-1, 0), id="mirrored left to right"),
        pytest.param(0.0, True, (0, -1), (0, -1), id="mirrored, up stays up"),
        pytest.param(np.pi / 2, False, (1, 0), (0, -1), id="what points right is turned up"),
        pytest.param(-np.pi / 2, False, (-1, 0), (0, -1), id="what points left is turned up"),
        pytest.param(np.pi, False, (0, 1), (0, -1), id="upside down"),
        pytest.param(0.3, False, (np.sin(0.3), -np.cos(0.3)), (0, -1), id="any angle, clockwise"),
        pytest.param(np.pi / 2, True, (1, 0), (0, -1), id="turned first, then mirrored"),
        pytest.param(np.pi / 2, True, (0, 1), (-1, 0), id="the other axis of it"),
    ],
)
def test_rotation(turn: float, mirrored: bool, photo_way: tuple[float, float], patch_way: tuple[float, float]) -> None:
    rotation = Patch((0, 0), 1, turn, mirrored).rotation
    assert rotation @ np.array(photo_way) == pytest.approx(np.array(patch_way))
    assert np.linalg.det(rotation) == pytest.approx(-1 if mirrored else 1)
    assert rotation @ rotation.T == pytest.approx(np.eye(2))


def test_the_matrix_counts_from_corners() -> None:
    """A square of 4 in the photo becomes one of 8: its corner is the patch's corner, whatever the scale."""
    patch = Patch((12, 5), 4)
    assert patch.matrix(8) == pytest.approx(np.array([[2, 0, -20], [0, 2, -6]]))
    assert patch.to_photo(np.array([[0.0, 0.0], [8.0, 8.0], [4.0, 4.0]]), 8) == pytest.approx(
        np.array([[10, 3], [14, 7], [12, 5]])
    )


def test_the_way_back_keeps_the_shape() -> None:
    patch = Patch((30, 20), 17, 0.4, mirrored=True)
    points = np.random.default_rng(1).uniform(-20, 80, (2, 7, 2))
    there = np.concatenate([points, np.ones((2, 7, 1))], axis=-1) @ patch.matrix(64).T
    assert patch.to_photo(there, 64) == pytest.approx(points, abs=1e-9)
    assert patch.to_photo(there[0, 0], 64).shape == (2,)


def test_the_whole_of_a_square_is_cut_as_it_is() -> None:
    pixels = picture(8, 8)
    image = Patch((4, 4), 8).cut(pixels, 8)
    assert np.array_equal(image, pixels)
    assert image.dtype == np.uint8 and image.flags["C_CONTIGUOUS"]


def test_a_part_is_cut_from_its_place() -> None:
    pixels = picture(10, 20)
    assert np.array_equal(Patch((12, 5), 4).cut(pixels, 4), pixels[3:7, 10:14])


def test_mirrored_is_the_mirror_image() -> None:
    pixels = picture(8, 8)
    assert np.array_equal(Patch((4, 4), 8, mirrored=True).cut(pixels, 8), pixels[:, ::-1])


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_quarter_turns_are_exact(quarters: int) -> None:
    """A turn of a quarter takes what points right up: the picture turns anticlockwise."""
    pixels = picture(8, 8)
    image = Patch((4, 4), 8, quarters * np.pi / 2).cut(pixels, 8)
    assert np.array_equal(image, np.rot90(pixels, quarters))


def test_outside_of_the_photo_is_mid_grey() -> None:
    pixels = picture(4, 4)
    image = Patch((2, 2), 8).cut(pixels, 8)
    assert np.array_equal(image[2:6, 2:6], pixels)
    outside = np.ones((8, 8), bool)
    outside[2:6, 2:6] = False
    assert (image[outside] == GREY).all()


@pytest.mark.parametrize("side", [8, 400], ids=["as it is", "shrunk"])
@pytest.mark.parametrize("place", [(5000, 5000), (-5000, 3), (3, -5000)], ids=["beyond", "left", "above"])
def test_a_patch_beside_the_photo_is_all_grey(side: int, place: tuple[int, int]) -> None:
    assert (Patch(place, side, 0.5).cut(np.full((6, 6, 3), 255, np.uint8), 8) == GREY).all()


@pytest.mark.parametrize(
    ("side", "pixels_side"),
    [
        pytest.param(100.0, 100, id="as it is"),
        pytest.param(60.0, 224, id="enlarged"),
        pytest.param(130.0, 100, id="shrunk a little: the warp alone"),
        pytest.param(173.0, 100, id="just shrunk by areas"),
        pytest.param(170.0, 32, id="shrunk to a fifth"),
        pytest.param(171.3, 17, id="shrunk to a tenth"),
    ],
)
@pytest.mark.parametrize("mirrored", [False, True], ids=["plain", "mirrored"])
@pytest.mark.parametrize("turn", [0.0, 0.7, -2.0, np.pi], ids=["upright", "40", "-115", "180"])
def test_a_spot_comes_back_to_its_place(side: float, pixels_side: int, turn: float, mirrored: bool) -> None:
    """Where the light lies in the patch, brought back to the photo, is where it was painted: to a tenth of a pixel or
    to a fiftieth of a shrunk patch's own."""
    place = np.array([151.3, 126.8])
    across, down = place
    pixels = blot(260, 300, across, down, radius=max(2.0, 1.2 * side / pixels_side))
    patch = Patch((143.7, 131.2), side, turn, mirrored)
    image = patch.cut(pixels, pixels_side)
    assert image.shape == (pixels_side, pixels_side, 3)
    fine = max(0.1, 0.02 * side / pixels_side)
    assert patch.to_photo(middle_of_light(image), pixels_side) == pytest.approx(place, abs=fine)


def test_a_spot_at_the_photos_edge_comes_back_too() -> None:
    """Shrinking reads the part of the photo about the patch: cut off at the edge, it still lies where it lay."""
    for x, y in [(18.0, 17.0), (283.0, 16.0), (282.5, 243.0)]:
        pixels = blot(260, 300, x, y, radius=3.5)
        patch = Patch((x + 3, y - 2), 120, 0.4)
        image = patch.cut(pixels, 40)
        # The grey outside of the photo is no light of the spot.
        rows, columns = np.indices((40, 40)) + 0.5
        there = patch.to_photo(np.stack([columns, rows], axis=-1), 40)
        inside = ((there > 3) & (there < (297, 257))).all(axis=-1)
        assert patch.to_photo(middle_of_light(image * inside[..., None]), 40) == pytest.approx((x, y), abs=0.1)


def test_shrinking_averages() -> None:
    stripes = np.zeros((160, 160, 3), np.uint8)
    stripes[:, ::4] = 200
    image = Patch((80, 80), 160).cut(stripes, 20)
    assert np.abs(image[2:-2, 2:-2].astype(int) - 50).max() <= 2


def test_shrinking_loses_no_dot() -> None:
    """A warp that reads four neighbours would pass between these; by areas each leaves its part of the light."""
    pixels = np.zeros((400, 400, 3), np.uint8)
    pixels[13::50, 17::50] = 255
    image = Patch((200, 200), 400, 0.1).cut(pixels, 40)
    inner = image[8:-8, 8:-8].astype(float)
    assert inner.mean() == pytest.approx(255 / 2500, rel=0.35)
    assert inner.max() < 10


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 300, 3), (300, 1, 3)], ids=["a pixel", "a row", "a column"])
@pytest.mark.parametrize("pixels_side", [4, 384], ids=["shrunk", "enlarged"])
def test_slivers_can_be_cut(shape: tuple[int, int, int], pixels_side: int) -> None:
    patch = Patch((shape[1] / 2, shape[0] / 2), max(shape[:2]))
    assert patch.cut(np.zeros(shape, np.uint8), pixels_side).shape == (pixels_side, pixels_side, 3)


@pytest.mark.parametrize("pixels_side", [16, 40, 90], ids=["shrunk", "as it is", "enlarged"])
def test_pixels_may_be_read_only_and_any_part_of_memory_and_stay_as_they_are(pixels_side: int) -> None:
    whole = picture(80, 80)
    pixels = whole[::2, ::-2]
    before = pixels.copy()
    whole.setflags(write=False)
    image = Patch((20, 20), 40, 1.0).cut(pixels, pixels_side)
    assert np.array_equal(pixels, before)
    assert np.array_equal(image, Patch((20, 20), 40, 1.0).cut(before, pixels_side))

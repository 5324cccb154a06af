"""Patches of a photo, exact on tiny arrays, and the landmark network behind them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vision.errors import EngineError
from vision.geometry import Box
from vision.hands import landmarker
from vision.hands.landmarker import LANDMARKS, HandLandmarker, Patch

GREY = 127


def picture(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def one_dot(height: int, width: int, x: int, y: int) -> np.ndarray:
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[y, x] = 255
    return pixels


def test_around_takes_the_longer_side() -> None:
    patch = Patch.around(Box(10, 20, 30, 50), factor=2)
    assert (patch.center_xy, patch.side) == ((25, 45), 100)
    assert patch.box == Box(-25, -5, 100, 100)
    assert Patch.around(Box(3, 4, 0, 0)).side == 1, "a point still has a square about it"


@pytest.mark.parametrize(
    ("turn", "mirrored", "photo_way", "patch_way"),
    [
        pytest.param(0.0, False, (1, 0), (1, 0), id="nothing turned"),
        pytest.param(0.0, True, (1, 0), (-1, 0), id="mirrored left to right"),
        pytest.param(0.0, True, (0, -1), (0, -1), id="mirrored, up stays up"),
        pytest.param(np.pi / 2, False, (1, 0), (0, -1), id="what points right is turned up"),
        pytest.param(-np.pi / 2, False, (-1, 0), (0, -1), id="what points left is turned up"),
        pytest.param(np.pi, False, (0, 1), (0, -1), id="upside down"),
        pytest.param(np.pi / 2, True, (1, 0), (0, -1), id="turned first, then mirrored"),
        pytest.param(np.pi / 2, True, (0, 1), (-1, 0), id="the other axis of it"),
    ],
)
def test_rotation(turn: float, mirrored: bool, photo_way: tuple[int, int], patch_way: tuple[int, int]) -> None:
    rotation = Patch((0, 0), 1, turn, mirrored).rotation
    assert rotation @ np.array(photo_way) == pytest.approx(patch_way)
    assert np.linalg.det(rotation) == pytest.approx(-1 if mirrored else 1)
    assert rotation @ rotation.T == pytest.approx(np.eye(2))


def test_the_whole_of_a_square_is_cut_as_it_is() -> None:
    pixels = picture(8, 8)
    image, matrix = Patch((4, 4), 8, pixels_side=8).cut(pixels)
    assert np.array_equal(image, pixels)
    assert matrix == pytest.approx(np.array([[1, 0, 0], [0, 1, 0]]))
    assert image.dtype == np.uint8 and image.flags["C_CONTIGUOUS"]


def test_a_part_is_cut_from_its_place() -> None:
    pixels = picture(10, 20)
    image, matrix = Patch((12, 5), 4, pixels_side=4).cut(pixels)
    assert np.array_equal(image, pixels[3:7, 10:14])
    assert matrix == pytest.approx(np.array([[1, 0, -10], [0, 1, -3]]))


def test_outside_of_the_photo_is_mid_grey() -> None:
    pixels = picture(4, 4)
    image, _ = Patch((2, 2), 8, pixels_side=8).cut(pixels)
    assert np.array_equal(image[2:6, 2:6], pixels)
    outside = np.ones((8, 8), bool)
    outside[2:6, 2:6] = False
    assert (image[outside] == GREY).all()


@pytest.mark.parametrize("side", [8, 400], ids=["as it is", "shrunk"])
def test_a_patch_beside_the_photo_is_all_grey_or_its_edge(side: int) -> None:
    image, _ = Patch((5000, 5000), side, pixels_side=8).cut(np.full((6, 6, 3), GREY, np.uint8))
    assert (image == GREY).all()


@pytest.mark.parametrize("turn", [0.0, np.pi / 2, np.pi, -np.pi / 2], ids=["0", "90", "180", "-90"])
@pytest.mark.parametrize("mirrored", [False, True], ids=["plain", "mirrored"])
def test_a_dot_lands_where_the_matrix_says(turn: float, mirrored: bool) -> None:
    image, matrix = Patch((5, 5), 10, turn, mirrored, pixels_side=10).cut(one_dot(11, 11, x=7, y=4))
    x, y = np.rint(matrix @ (7, 4, 1)).astype(int)
    assert image[y, x].tolist() == [255, 255, 255]


@pytest.mark.parametrize("times", [2, 3], ids=["2", "3"])
def test_enlarging_keeps_places(times: int) -> None:
    image, matrix = Patch((4, 4), 8, pixels_side=8 * times).cut(one_dot(8, 8, x=5, y=2))
    assert matrix == pytest.approx(np.array([[times, 0, 0], [0, times, 0]]))
    assert np.unravel_index(image[..., 0].argmax(), image.shape[:2]) == (2 * times, 5 * times)


@pytest.mark.parametrize("times", [2, 4, 5], ids=["2", "4", "5"])
@pytest.mark.parametrize(("turn", "mirrored"), [(0.0, False), (0.7, False), (-2.0, True)], ids=["0", "40", "mirrored"])
def test_shrinking_keeps_places_and_skips_no_pixel(times: int, turn: float, mirrored: bool) -> None:
    """A blot of the photo is found, within a patch pixel, where the matrix puts it; thin lines do not get lost."""
    pixels = np.zeros((240, 320, 3), np.uint8)
    pixels[90:110, 150:170] = 255
    image, matrix = Patch((140, 120), 200, turn, mirrored, pixels_side=200 // times).cut(pixels)
    # The grey outside of the photo is no part of the blot.
    weight = np.where(image[..., 0] > 180, image[..., 0].astype(float), 0.0)
    rows, columns = np.indices(weight.shape)
    middle = (columns * weight).sum() / weight.sum(), (rows * weight).sum() / weight.sum()
    assert middle == pytest.approx(matrix @ (159.5, 99.5, 1), abs=1.0)


def test_shrinking_averages() -> None:
    stripes = np.zeros((160, 160, 3), np.uint8)
    stripes[:, ::4] = 200
    image, _ = Patch((80, 80), 160, pixels_side=20).cut(stripes)
    assert np.abs(image[2:-2, 2:-2].astype(int) - 50).max() <= 2


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 300, 3), (300, 1, 3)], ids=["a pixel", "a row", "a column"])
@pytest.mark.parametrize("pixels_side", [4, 384], ids=["shrunk", "enlarged"])
def test_slivers_can_be_cut(shape: tuple[int, int, int], pixels_side: int) -> None:
    patch = Patch((shape[1] / 2, shape[0] / 2), max(shape), pixels_side=pixels_side)
    assert patch.cut(np.zeros(shape, np.uint8))[0].shape == (pixels_side, pixels_side, 3)


def test_read_only_pixels_are_fine_and_stay_as_they_are() -> None:
    pixels = picture(40, 40)
    before = pixels.copy()
    pixels.setflags(write=False)
    Patch((20, 20), 40, 1.0, pixels_side=16).cut(pixels)
    assert np.array_equal(pixels, before)


@pytest.fixture(scope="module")
def network() -> Iterator[HandLandmarker]:
    with HandLandmarker(hands=2, confidence=0.3, presence=0.3) as opened:
        yield opened


def read(path: Path) -> np.ndarray:
    with Image.open(path) as opened:
        return np.asarray(opened.convert("RGB"))


@pytest.mark.parametrize("name", ["peace_two", "palm_five", "l_two", "thumb_up", "three_imr"])
def test_landmarks_are_the_photos_whatever_the_patch(network: HandLandmarker, fixtures: Path, name: str) -> None:
    """Turned, mirrored and enlarged otherwise, the same hand has its landmarks in the same places."""
    facts = json.loads((fixtures / "expected.json").read_text("utf-8"))["hands"][f"hands/{name}.jpg"]
    pixels, where = read(fixtures / f"hands/{name}.jpg"), Box(*facts["box"])
    plain = Patch.around(where, 2.2)
    views = [
        plain,
        replace(plain, turn=0.5),
        replace(plain, mirrored=True),
        replace(plain, turn=-0.4, mirrored=True, pixels_side=256),
    ]
    hands = [network.detect(pixels, patch)[0] for patch in views]
    for hand in hands:
        assert hand.points_xyz.shape == hand.world_xyz.shape == (LANDMARKS, 3)
        assert hand.box.iou(where) > 0.6
        assert hand.size == max(hand.box.width, hand.box.height)
        away = np.linalg.norm(hand.points_xyz[:, :2] - hands[0].points_xyz[:, :2], axis=1)
        assert np.median(away) < 0.06 * hands[0].size
        depth = hand.points_xyz[:, 2] - hands[0].points_xyz[:, 2]
        assert np.median(np.abs(depth)) < 0.15 * hands[0].size
        # Metres are turned back with the pixels: the way from wrist to middle knuckle is the same in both.
        for way in (hand.points_xyz[9] - hand.points_xyz[0], hand.world_xyz[9] - hand.world_xyz[0]):
            first = hands[0].points_xyz[9, :2] - hands[0].points_xyz[0, :2]
            assert way[:2] @ first / np.linalg.norm(way[:2]) / np.linalg.norm(first) > 0.9


@pytest.mark.parametrize("name", ["peace_two", "palm_five", "three_imr", "four"])
def test_the_side_is_the_persons_whatever_the_patch(network: HandLandmarker, fixtures: Path, name: str) -> None:
    facts = json.loads((fixtures / "expected.json").read_text("utf-8"))["hands"][f"hands/{name}.jpg"]
    pixels = read(fixtures / f"hands/{name}.jpg")
    for mirrored in (False, True):
        (hand,) = network.detect(pixels, replace(Patch.around(Box(*facts["box"]), 2.2), mirrored=mirrored))
        assert (hand.right > 0.5) is (facts["handedness"] == "right")


def test_the_same_patch_gives_the_same_landmarks(network: HandLandmarker, fixtures: Path) -> None:
    pixels = read(fixtures / "hands/call.jpg")
    patch = Patch((pixels.shape[1] / 2, pixels.shape[0] / 2), max(pixels.shape) * 1.2, turn=0.1)
    first, second = (network.detect(pixels, patch) for _ in range(2))
    assert [hand.points_xyz.tobytes() for hand in first] == [hand.points_xyz.tobytes() for hand in second]
    assert first


def test_a_blank_patch_has_no_hand(network: HandLandmarker) -> None:
    assert network.detect(np.full((50, 50, 3), 90, np.uint8), Patch((25, 25), 50)) == []


def test_a_model_that_cannot_be_loaded_is_an_engine_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    broken = tmp_path / "hand_landmarker.task"
    broken.write_bytes(b"no model")
    monkeypatch.setattr(landmarker, "model_path", lambda name: broken)
    with pytest.raises(EngineError, match="cannot be loaded"):
        HandLandmarker(hands=1, confidence=0.5, presence=0.5)


def test_closing_twice_is_fine() -> None:
    network = HandLandmarker(hands=1, confidence=0.5, presence=0.5)
    network.close()
    network.close()

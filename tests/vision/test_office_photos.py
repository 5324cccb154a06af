"""Office pictures in which nobody shows anything: crossed arms, hands on a desk, legs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from scripts.fixtures.rendering import View
from scripts.fixtures.rendering.mesh import Sleeve
from scripts.fixtures.rendering.staff import RaisedHand, raise_hand
from vision import PhotoChecker

pytestmark = pytest.mark.slow

Pixels = NDArray[np.uint8]
Colour = tuple[float, float, float]

PHOTOS = Path(__file__).resolve().parents[2] / "fixtures" / "photos"
DESK = (112, 82, 58)
SIDES = {"right": 1.0, "left": -1.0}


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody at an office: a portrait without hands, the skin and the cloth that their hands get."""

    photo: str
    skin: Colour
    cloth: Colour


WORKERS = (
    Worker("collins_plain.jpg", (234, 186, 158), (226, 108, 70)),
    Worker("hopper_plain.jpg", (218, 138, 103), (24, 23, 28)),
)


@pytest.fixture(scope="module")
def checker() -> Iterator[PhotoChecker]:
    with PhotoChecker.open() as opened:
        yield opened


def with_space_below(worker: Worker, colour: Colour) -> Pixels:
    """The worker's portrait, its lowest seventh and some more covered by one colour: a desk or a shirt."""
    with Image.open(PHOTOS / worker.photo) as photo:
        pixels = np.asarray(photo.convert("RGB"))
    height, width = pixels.shape[:2]
    space = np.full((round(0.29 * height), width, 3), colour, np.uint8)
    return np.concatenate([pixels[: round(0.86 * height)], space])


def with_arm(
    pixels: Pixels, worker: Worker, shape: str, side: str, place_xy: tuple[float, float], roll: float
) -> Pixels:
    """Lay a forearm, seen from the back of its hand, over the photo; `place_xy` in parts of its width and height."""
    height, width = pixels.shape[:2]
    arm = RaisedHand(
        shape,
        right=side == "right",
        center_xy=(place_xy[0] * width, place_xy[1] * height),
        hand_px=230,
        skin=worker.skin,
        sleeve=Sleeve(worker.cloth, 0.03, 1.35),
        view=View(roll=roll, yaw=180),
        softness=1.0,
        grain=4,
        seed=2,
    )
    return raise_hand(pixels, arm)[0]


@pytest.mark.parametrize(
    ("worker", "shape"), [(WORKERS[0], "relaxed_hang"), (WORKERS[1], "half_curl")], ids=["stretched", "curled"]
)
def test_hands_that_lie_on_the_desk_are_no_sign(checker: PhotoChecker, worker: Worker, shape: str) -> None:
    pixels = with_space_below(worker, DESK)
    for side, sign in SIDES.items():
        pixels = with_arm(pixels, worker, shape, side, (0.5 - 0.18 * sign, 0.75), 60 * sign)
    result = checker.check(pixels)
    assert len(result.faces) == 1
    assert result.verdict == "clear", [hand.pose for hand in result.hands]


@pytest.mark.parametrize(
    ("worker", "shape"), [(WORKERS[0], "pinch"), (WORKERS[1], "holding")], ids=["a pen", "a glass"]
)
def test_the_grip_of_a_hand_at_the_desk_is_no_sign(checker: PhotoChecker, worker: Worker, shape: str) -> None:
    result = checker.check(with_arm(with_space_below(worker, DESK), worker, shape, "right", (0.35, 0.75), 60))
    assert result.verdict == "clear", [hand.pose for hand in result.hands]


@pytest.mark.parametrize("worker", WORKERS, ids=["in orange", "in black"])
def test_crossed_arms_are_no_sign(checker: PhotoChecker, worker: Worker) -> None:
    """The pose that the product itself advises."""
    pixels = with_space_below(worker, worker.cloth)
    for side, sign in SIDES.items():
        pixels = with_arm(pixels, worker, "flat_grip", side, (0.5 - 0.14 * sign, 0.8), 75 * sign)
    result = checker.check(pixels)
    assert result.verdict == "clear", [hand.pose for hand in result.hands]


def from_behind(figure_px: int, spread: int, clothes: tuple[int, int, int]) -> Pixels:
    """Somebody who walks away over a square, far from the camera: a silhouette with two legs."""
    ground = np.where(np.arange(1800)[:, None, None] < 1100, 190, 90) + np.zeros((1, 1200, 3))
    noisy = np.clip(ground + np.random.default_rng(5).normal(0, 10, ground.shape), 0, 255).astype(np.uint8)
    picture = Image.fromarray(cv2.GaussianBlur(noisy, (0, 0), 1))
    drawn = Image.new("L", (400, 800), 0)
    pen = ImageDraw.Draw(drawn)
    pen.ellipse((152, 16, 248, 136), fill=255)
    pen.polygon([(136, 136), (264, 136), (304, 176), (312, 400), (88, 400), (96, 176)], fill=255)
    for side in (-1, 1):
        foot = 200 + side * (44 + 4 * spread)
        pen.polygon([(200, 400), (200 + side * 64, 400), (foot + side * 20, 780), (foot - side * 24, 780)], fill=255)
    mask = drawn.resize((figure_px, 2 * figure_px), Image.Resampling.LANCZOS)
    picture.paste(Image.new("RGB", mask.size, clothes), (500, 1050), mask)
    return np.asarray(picture)


@pytest.mark.parametrize("spread", [2, 6, 10])
@pytest.mark.parametrize("figure_px", [140, 220])
def test_the_legs_of_somebody_who_walks_away_are_no_sign(checker: PhotoChecker, figure_px: int, spread: int) -> None:
    pixels = from_behind(figure_px, spread, (28, 28, 34))
    for picture in (pixels, np.ascontiguousarray(pixels[1000:1700, 400:900])):
        result = checker.check(picture)
        assert (result.verdict, result.findings) == ("clear", ())

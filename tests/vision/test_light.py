"""Light of one colour: hands are seen in it, and ordinary photos are left as they are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from vision import PhotoChecker
from vision.geometry import Box
from vision.hands.light import in_plain_light
from vision.media.photo import open_photo
from vision.poses import Pose

FACE = Box(2, 2, 6, 6)
SKINS = {"pale": (236, 205, 185), "tan": (198, 140, 105), "dark": (92, 60, 48), "grey": (120, 120, 120)}
LIGHTS = {
    "cyan": (0.3, 1.0, 1.05),
    "green": (0.3, 0.9, 0.3),
    "blue": (0.25, 0.35, 1.0),
    "red": (1.1, 0.35, 0.3),
    "magenta": (1.0, 0.2, 1.0),
}


@pytest.fixture(scope="module")
def checker() -> Iterator[PhotoChecker]:
    with PhotoChecker.open() as opened:
        yield opened


@pytest.mark.parametrize("skin", SKINS)
def test_ordinary_photos_are_left_alone(skin: str) -> None:
    pixels = np.full((10, 10, 3), SKINS[skin], np.uint8)
    assert in_plain_light(pixels, [FACE]) is pixels
    # Sunset, lamps and shade.
    for light in ((1.0, 0.85, 0.6), (0.95, 1.0, 1.05)):
        lit = (pixels * light).clip(0, 255).astype(np.uint8)
        assert in_plain_light(lit, [FACE]) is lit


def test_without_a_face_nobody_can_tell() -> None:
    blue = np.full((10, 10, 3), (10, 40, 200), np.uint8)
    assert in_plain_light(blue, []) is blue
    assert in_plain_light(blue, [Box(20, 20, 4, 4)]) is blue, "outside of the photo"


def test_people_in_blue_light_become_grey() -> None:
    pixels = np.random.default_rng(0).integers(0, 200, (10, 10, 3), np.uint8) // np.array((6, 2, 1), np.uint8)
    plain = in_plain_light(pixels, [FACE])
    assert plain.shape == pixels.shape and np.ptp(plain, axis=2).max() == 0 and plain.max() == 255


@pytest.mark.slow
@pytest.mark.parametrize("light", LIGHTS)
@pytest.mark.parametrize("name", ["collins_peace.jpg", "hopper_thumb_up.jpg"])
def test_signs_are_seen_in_every_light(checker: PhotoChecker, fixtures: Path, name: str, light: str) -> None:
    pixels = open_photo(fixtures / "photos" / name).pixels
    lit = (pixels * np.array(LIGHTS[light])).clip(0, 255).astype(np.uint8)
    expected = Pose.PEACE_TWO if "peace" in name else Pose.THUMB_UP
    assert expected in [hand.pose for hand in checker.check(lit).hands]

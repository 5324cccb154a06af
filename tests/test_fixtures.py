"""The committed sample pictures and tables are complete, small, licensed, and say the truth about themselves."""

import csv
import json
import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageOps

from vision.errors import PhotoError
from vision.media.photo import open_photo
from vision.poses import Pose

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
FILES = sorted(path.relative_to(FIXTURES).as_posix() for path in FIXTURES.rglob("*") if path.is_file())
EXPECTED = json.loads((FIXTURES / "expected.json").read_text(encoding="utf-8"))
SIDES = {"top_left": (0, 0), "top_right": (1, 0), "bottom_left": (0, 1), "bottom_right": (1, 1)}
COLOURS = {
    "top_left": (220, 40, 40),
    "top_right": (40, 180, 60),
    "bottom_left": (40, 80, 220),
    "bottom_right": (235, 200, 40),
}


def test_the_folder_is_small() -> None:
    """But for the 8 MB of networks that the product's own are tested against."""
    names = [name for name in FILES if name != "hand_landmarker.task"]
    assert sum((FIXTURES / name).stat().st_size for name in names) < 10_000_000


def test_every_file_has_its_licence_listed() -> None:
    listed = re.findall(r"`([^`]+)`", (FIXTURES / "LICENSES.md").read_text(encoding="utf-8"))
    unlisted = [name for name in FILES if not any(fnmatch(name, pattern) for pattern in listed)]
    assert unlisted == []


def test_expected_names_exactly_the_pictures_that_are_there() -> None:
    there = {name for name in FILES if name.startswith(("photos/", "hands/"))}
    assert set(EXPECTED["photos"]) | set(EXPECTED["hands"]) == there


@pytest.mark.parametrize("name", sorted(EXPECTED["photos"]))
def test_a_photo_is_as_expected_says(name: str) -> None:
    facts = EXPECTED["photos"][name]
    with Image.open(FIXTURES / name) as photo:
        assert list(photo.size) == facts["size_wh"]
        assert len(photo.getexif()) == 0
    width, height = facts["size_wh"]
    for hand in facts["hands"]:
        left, top, w, h = hand["box"]
        assert hand["pose"] in set(Pose)
        assert 0 <= left < left + w <= width and 0 <= top < top + h <= height
    assert len(facts["people"]) <= facts["faces"]
    assert set(facts["candidates"]) <= set(facts["people"])


def test_there_is_a_picture_of_every_pose_that_one_hand_shows() -> None:
    shown = {facts["pose"] for facts in EXPECTED["hands"].values()}
    two_hands_or_body = {Pose.TWO_HAND_NUMBER, Pose.TWO_HAND_HEART, Pose.PALMS_TOGETHER, Pose.HAND_ON_CHEST}
    assert shown == set(Pose) - two_hands_or_body


def test_every_broken_file_has_its_error_listed() -> None:
    assert set(EXPECTED["broken"]) == {name for name in FILES if name.startswith("broken/")}


def test_the_photos_cover_what_the_tests_of_the_whole_need() -> None:
    photos = EXPECTED["photos"].values()
    assert any(not photo["faces"] for photo in photos), "nobody"
    assert any(photo["faces"] >= 12 for photo in photos), "a group"
    assert any(photo["faces"] and not photo["hands"] for photo in photos), "a face without hands"
    assert any(photo["verdict"]["without_gallery"] == "clear" and photo["hands"] for photo in photos), "a quiet hand"
    assert any(photo["verdict"] == {"without_gallery": "clear", "with_gallery": "flag"} for photo in photos)


def corner_colours(path: Path) -> Any:
    pillow_heif.register_heif_opener()
    with Image.open(path) as stored:
        upright = np.asarray(ImageOps.exif_transpose(stored).convert("RGB")).astype(int)
    assert upright.shape == (32, 48, 3)
    return {name: upright[8 + 16 * down, 12 + 24 * right] for name, (right, down) in SIDES.items()}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_all_orientations_are_one_picture_once_upright(orientation: int) -> None:
    for name, colour in corner_colours(FIXTURES / f"exif/orientation_{orientation}.jpg").items():
        assert np.abs(colour - COLOURS[name]).max() <= 6, name


def test_orientations_differ_as_stored() -> None:
    with Image.open(FIXTURES / "exif/orientation_6.jpg") as stored:
        assert stored.size == (32, 48)


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("formats/") and "grey" not in name])
def test_every_format_holds_the_same_picture(name: str) -> None:
    for corner, colour in corner_colours(FIXTURES / name).items():
        assert np.abs(colour - COLOURS[corner]).max() <= 40, corner


@pytest.mark.parametrize(("name", "code"), EXPECTED["broken"].items())
def test_broken_files_end_in_the_expected_error(name: str, code: str) -> None:
    with pytest.raises(PhotoError) as caught:
        open_photo(str(FIXTURES / name))
    assert caught.value.code == code


@pytest.mark.parametrize("table", ["candidates.csv", "candidates-family.csv"])
def test_the_tables_name_portraits_that_exist(table: str) -> None:
    with (FIXTURES / table).open(encoding="utf-8", newline="") as rows:
        people = list(csv.DictReader(rows))
    with (FIXTURES / "elections.csv").open(encoding="utf-8", newline="") as rows:
        elections = {row["id"] for row in csv.DictReader(rows)}
    for person in people:
        assert person["election"] in elections
        assert all(list(FIXTURES.glob(pattern)) for pattern in person["photos"].split("|"))


def test_a_large_photo_can_be_made_for_a_test(tmp_path: Path) -> None:
    from scripts.fixtures.make import twelve_megapixel

    with Image.open(twelve_megapixel(tmp_path / "large.jpg")) as photo:
        assert photo.size == (4000, 3000)

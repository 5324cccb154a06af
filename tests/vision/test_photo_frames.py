"""The same people get the same answer in whatever frame they stand: vast photos, panoramas, long screenshots."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from candidates import Gallery, import_source
from vision import CheckResult, PhotoChecker
from vision.enrolment.reference import Enroller
from vision.poses import Pose
from vision.rules import FindingKind

pytestmark = pytest.mark.slow

Pixels = NDArray[np.uint8]

PHOTOS = Path(__file__).resolve().parents[2] / "fixtures" / "photos"
FACE_PX = {"collins": 209, "hopper": 312}
"""How wide the face is in the photos of each, by the first word of their names."""

QUIET, THUMB, THREE, PEACE = "collins_plain", "hopper_thumb_up", "collins_three", "collins_peace"
SIGNS = {THUMB: Pose.THUMB_UP, THREE: Pose.THREE_IMR, PEACE: Pose.PEACE_TWO}


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory, fixtures: Path) -> Iterator[PhotoChecker]:
    """Give the real models, with a gallery of Grace Hopper."""
    path = tmp_path_factory.mktemp("gallery") / "gallery.db"
    with Gallery.open(path, create=True) as gallery, Enroller() as enroller:
        import_source(gallery, fixtures / "candidates.csv", enroller.describe)
    with PhotoChecker.open(gallery=path) as opened:
        yield opened


@cache
def person(name: str, face_px: int) -> Pixels:
    """A photo of one person, as large as makes the face `face_px` wide."""
    with Image.open(PHOTOS / f"{name}.jpg") as photo:
        scale = face_px / FACE_PX[name.split("_")[0]]
        size_wh = round(photo.width * scale), round(photo.height * scale)
        return np.asarray(photo.convert("RGB").resize(size_wh, Image.Resampling.LANCZOS))


def outdoors(size_wh: tuple[int, int]) -> Pixels:
    """A hazy sky over the ground, without detail."""
    down = np.linspace(0, 1, size_wh[1])[:, None, None]
    colours = np.array((170, 190, 215)) * (1 - down) + np.array((110, 105, 90)) * down
    return np.broadcast_to(colours, (size_wh[1], size_wh[0], 3)).astype(np.uint8)


def indoors(size_wh: tuple[int, int]) -> Pixels:
    """A table with a cup, enlarged: edges and colours, and nobody."""
    with Image.open(PHOTOS / "no_people.jpg") as photo:
        return np.array(photo.convert("RGB").resize(size_wh))


def placed(frame: Pixels, face_px: int, *names: str) -> Pixels:
    """Put people side by side into the middle of a frame."""
    people = [person(name, face_px) for name in names]
    top, left = frame.shape[0] * 2 // 5, (frame.shape[1] - sum(pixels.shape[1] for pixels in people)) // 2
    for pixels in people:
        frame[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
        left += pixels.shape[1]
    return frame


def jpeg(pixels: Pixels) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=85)
    return stream.getvalue()


def poses(result: CheckResult) -> set[Pose]:
    return {hand.pose for hand in result.hands}


def names_hopper(result: CheckResult) -> bool:
    return any(finding.kind is FindingKind.CANDIDATE for finding in result.findings)


@pytest.mark.parametrize(
    ("frame", "size_wh", "face_px"),
    [
        pytest.param(outdoors, (4000, 3000), 60, id="12 megapixels, faces of 60 px"),
        pytest.param(indoors, (4000, 3000), 100, id="12 megapixels, faces of 100 px"),
        pytest.param(indoors, (6000, 4000), 80, id="24 megapixels, faces of 80 px"),
        pytest.param(outdoors, (8000, 6000), 80, id="48 megapixels, faces of 80 px"),
        pytest.param(indoors, (8000, 6000), 100, id="48 megapixels, faces of 100 px"),
    ],
)
def test_three_people_far_away(
    checker: PhotoChecker, frame: Callable[[tuple[int, int]], Pixels], size_wh: tuple[int, int], face_px: int
) -> None:
    result = checker.check(jpeg(placed(frame(size_wh), face_px, QUIET, THUMB, THREE)))
    assert result.photo.size_wh == size_wh
    assert len(result.faces) == 3
    assert all(0.7 < face.box.width / face_px < 1.4 for face in result.faces)
    assert {Pose.THUMB_UP, Pose.THREE_IMR} <= poses(result)
    assert result.verdict == "flag"


@pytest.mark.parametrize(
    ("size_wh", "face_px"),
    [
        pytest.param((4000, 3000), 60, id="12 megapixels"),
        pytest.param((6000, 4000), 80, id="24 megapixels"),
        pytest.param((8000, 6000), 100, id="48 megapixels"),
    ],
)
def test_one_person_far_away(checker: PhotoChecker, size_wh: tuple[int, int], face_px: int) -> None:
    result = checker.check(jpeg(placed(outdoors(size_wh), face_px, PEACE)))
    assert len(result.faces) == 1
    assert Pose.PEACE_TWO in poses(result)


def test_a_vast_photo_and_its_part_get_one_answer(checker: PhotoChecker) -> None:
    """Ten people in a row, six of them with a sign, the candidate twice."""
    whole = placed(indoors((4000, 3000)), 60, *[PEACE, THUMB, THREE, QUIET, "collins_relaxed"] * 2)
    part = np.ascontiguousarray(whole[700:2200, 650:3350])
    for result in (checker.check(jpeg(whole)), checker.check(jpeg(part))):
        assert len(result.faces) == 10
        assert set(SIGNS.values()) <= poses(result)
        assert names_hopper(result)
        assert result.verdict == "flag"


@pytest.mark.parametrize(
    ("size_wh", "face_px"),
    [
        pytest.param((10_000, 2500), 120, id="panorama"),
        pytest.param((9000, 1200), 80, id="slender panorama"),
        pytest.param((3000, 9000), 100, id="panorama from the ground up"),
    ],
)
def test_a_panorama(checker: PhotoChecker, size_wh: tuple[int, int], face_px: int) -> None:
    result = checker.check(jpeg(placed(outdoors(size_wh), face_px, QUIET, THUMB, PEACE)))
    assert len(result.faces) == 3
    assert {Pose.THUMB_UP, Pose.PEACE_TWO} <= poses(result)
    assert names_hopper(result)


@pytest.mark.parametrize("top", [300, 5200, 11_000], ids=["at the top", "in the middle", "at the end"])
@pytest.mark.parametrize("name", [THUMB, PEACE])
def test_a_long_screenshot_with_a_photo_in_it(checker: PhotoChecker, name: str, top: int) -> None:
    page = Image.new("RGB", (1080, 12_000), (250, 250, 250))
    pen = ImageDraw.Draw(page)
    for line in range(150):
        pen.rectangle((60, 80 * line + 20, 360 + 97 * line % 600, 80 * line + 44), fill=(70, 74, 80))
    page.paste(Image.fromarray(person(name, 140)), (190, top))
    result = checker.check(np.asarray(page))
    assert len(result.faces) == 1
    assert SIGNS[name] in poses(result)
    assert result.verdict == "flag"
    assert names_hopper(result) is (name == THUMB)


def test_a_long_screenshot_without_people_is_quiet(checker: PhotoChecker) -> None:
    page = Image.new("RGB", (1080, 12_000), (250, 250, 250))
    page.paste(Image.fromarray(indoors((900, 600))), (90, 5000))
    result = checker.check(np.asarray(page))
    assert (result.verdict, result.faces, result.findings) == ("clear", (), ())

"""Photos that are stored on their side or upside down, without a word of it in the file: seen all the same."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from candidates import Gallery, import_source
from vision import PhotoChecker
from vision.contract.result import CheckResult, EngineFacts, FaceResult, HandResult, PhotoFacts
from vision.enrolment.reference import Enroller
from vision.geometry import Box
from vision.media.photo import open_photo
from vision.poses import FingerState, Pose
from vision.rules import RemarkKind, Verdict
from vision.stages.turning import Turn, stood_up

QUARTERS = (1, 2, 3)


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory, fixtures: Path) -> Iterator[PhotoChecker]:
    path = tmp_path_factory.mktemp("gallery") / "gallery.db"
    with Gallery.open(path, create=True) as gallery, Enroller() as enroller:
        import_source(gallery, fixtures / "candidates.csv", enroller.describe)
    with PhotoChecker.open(gallery=path) as opened:
        yield opened


@pytest.mark.parametrize("quarters", QUARTERS)
def test_points_come_back_to_where_they_were(quarters: int) -> None:
    pixels = np.zeros((6, 9, 3), np.uint8)
    pixels[1, 7] = 255
    photo = replace(open_photo(pixels), size_wh=(18, 12))
    turn = Turn(quarters, photo.size_wh)
    turned = turn.photo(photo)
    assert turned.size_wh == ((18, 12) if quarters == 2 else (12, 18)) and turned.scale_xy == (2, 2)
    ((row, column),) = np.argwhere(turned.pixels[..., 0])
    box = Box(2.0 * column, 2.0 * row, 2, 2)
    corners = ((box.left, box.top), (box.right, box.bottom))
    hand = HandResult(box, corners, 0.9, "right", FingerState(0, 1, 0, 0, 0), Pose.ONE_INDEX, 0.9)
    result = CheckResult(
        photo=PhotoFacts("a.jpg", "0" * 64, turned.size_wh),
        verdict=Verdict.CLEAR,
        findings=(),
        hands=(hand,),
        faces=(FaceResult(box, 0.9, 0),),
        engine=EngineFacts("0", {}, None, "skb-2-2022"),
        timings_ms={},
    )
    back = turn.back(result)
    assert back.photo.size_wh == (18, 12)
    assert back.faces[0].box == back.hands[0].box == Box(14, 2, 2, 2)
    assert Box.around(back.hands[0].landmarks_xy) == Box(14, 2, 2, 2)
    again = stood_up(back, back.turned_quarters)
    assert (again.hands, again.faces, again.photo) == (result.hands, result.faces, result.photo)


@pytest.mark.parametrize("quarters", QUARTERS)
@pytest.mark.parametrize("name", ["collins_peace.jpg", "collins_plain.jpg", "pair_sign.jpg"])
def test_a_turned_photo_gets_the_answer_of_the_upright_one(
    checker: PhotoChecker, fixtures: Path, name: str, quarters: int
) -> None:
    pixels = np.array(open_photo(fixtures / "photos" / name).pixels)
    upright = checker.check(pixels)
    turned = checker.check(np.ascontiguousarray(np.rot90(pixels, -quarters)))
    assert [hand.pose for hand in turned.hands] == [hand.pose for hand in upright.hands]
    assert [finding.code for finding in turned.findings] == [finding.code for finding in upright.findings]
    assert turned.verdict is upright.verdict
    assert any(one.kind is RemarkKind.TURNED for one in turned.remarks)
    expected = Turn(quarters, turned.photo.size_wh).back(upright)
    assert turned.photo.size_wh == expected.photo.size_wh
    boxes = [[*(one.box for one in result.faces), *(one.box for one in result.hands)] for result in (turned, expected)]
    assert all(got.iou(wanted) > 0.99 for got, wanted in zip(*boxes, strict=True))
    assert not any(one.kind is RemarkKind.TURNED for one in upright.remarks)


@pytest.fixture(scope="module")
def without_gallery() -> Iterator[PhotoChecker]:
    with PhotoChecker.open() as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.parametrize("quarters", QUARTERS)
def test_a_turned_photo_is_seen_without_a_gallery(without_gallery: PhotoChecker, fixtures: Path, quarters: int) -> None:
    """As a phone's gallery writes it: 12 megapixels, no word of how it lies, two people and a sign."""
    with Image.open(fixtures / "photos" / "pair_sign.jpg") as photo:
        people = photo.convert("RGB")
    frame = Image.new("RGB", (4000, 3000), (150, 160, 170))
    frame.paste(people, (1200, 1100))
    stream = io.BytesIO()
    frame.rotate(-90 * quarters, expand=True).save(stream, "JPEG", quality=85)
    result = without_gallery.check(stream.getvalue())
    assert len(result.faces) == 2
    assert [finding.code for finding in result.findings] == ["pose.peace_two"]
    assert any(one.kind is RemarkKind.TURNED for one in result.remarks)


@pytest.mark.parametrize("name", ["no_people.jpg"])
def test_where_nobody_is_nothing_is_turned(checker: PhotoChecker, fixtures: Path, name: str) -> None:
    assert checker.check(fixtures / "photos" / name).remarks == ()


def test_only_exif_turns_a_photo_as_in_viewers(fixtures: Path) -> None:
    """XMP's `tiff:Orientation` is a copy for editors; browsers and phones show the picture as EXIF says."""
    xmp = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"/></rdf:RDF></x:xmpmeta>'
    )
    with Image.open(fixtures / "photos/collins_plain.jpg") as picture:
        size = picture.size
        for form in ("JPEG", "WEBP", "AVIF"):
            for exif, expected in ((None, size), (6, size[::-1])):
                told = Image.Exif()
                if exif:
                    told[0x0112] = exif
                stream = io.BytesIO()
                picture.save(stream, form, xmp=xmp, exif=told)
                assert open_photo(stream.getvalue()).size_wh == expected, (form, exif)

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray

from candidates.choosing import FaceChoice
from vision.enrolment.face_choice import LEAST_SIZE_PX
from vision.enrolment.reference import Enroller
from vision.errors import FaceChoiceError, NoFaceError, PhotoNotFoundError, PoorFaceError, SeveralFacesError
from vision.faces import MODEL_ID
from vision.geometry import Box
from vision.media.photo import open_photo

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def portrait() -> NDArray[np.uint8]:
    return np.ascontiguousarray(skimage.data.astronaut()[:, :, :3])


@pytest.fixture(scope="module")
def enroller() -> Iterator[Enroller]:
    with Enroller() as opened:
        yield opened


def png(pixels: NDArray[np.uint8]) -> bytes:
    return cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))[1].tobytes()


def beside(portrait: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    """Return the portrait with a second one, `scale` times as large, at its right."""
    second = cv2.resize(portrait[0:300, 80:400], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    picture = np.full((512, 512 + 320, 3), 90, np.uint8)
    picture[:, :512] = portrait
    picture[: second.shape[0], 512 : 512 + second.shape[1]] = second
    return picture


def test_a_portrait_becomes_a_template(enroller: Enroller, portrait: NDArray[np.uint8], tmp_path: Path) -> None:
    path = tmp_path / "foto.png"
    path.write_bytes(png(portrait))
    template = enroller.describe(path)
    assert template.embedding.shape == (128,) and template.embedding.dtype == np.float32
    assert template.model_id == MODEL_ID
    assert template.photo_name.endswith("foto.png") and len(template.photo_sha256) == 64
    assert template.box.contains(225, 115) and template.size_px == pytest.approx(template.box.width)
    same = enroller.describe(path.read_bytes(), name="lain")
    assert np.array_equal(same.embedding, template.embedding) and same.photo_name == "lain"
    assert same.photo_sha256 == template.photo_sha256


def test_sizes_are_those_of_the_full_photo(enroller: Enroller, portrait: NDArray[np.uint8]) -> None:
    huge = cv2.resize(portrait, (4200, 4200), interpolation=cv2.INTER_LINEAR)
    small, large = enroller.describe(png(portrait)), enroller.describe(png(huge))
    assert large.size_px / small.size_px == pytest.approx(4200 / 512, rel=0.15)
    assert np.linalg.norm(large.embedding - small.embedding) < 0.25


@pytest.mark.parametrize("background", [0.2, 0.4], ids=["a face in the crowd behind", "one on a poster"])
def test_small_faces_behind_do_not_matter(enroller: Enroller, portrait: NDArray[np.uint8], background: int) -> None:
    template = enroller.describe(png(beside(portrait, background)))
    assert template.box.contains(225, 115)


def test_two_comparable_faces_are_too_many(enroller: Enroller, portrait: NDArray[np.uint8]) -> None:
    with pytest.raises(SeveralFacesError) as caught:
        enroller.describe(png(beside(portrait, 0.9)), name="berdua.png")
    assert "2 wajah" in caught.value.text("id") and "2 comparable faces" in caught.value.text("en")
    assert caught.value.code == "enrolment.several_faces" and "berdua.png" in str(caught.value)


def test_no_face_says_so(enroller: Enroller) -> None:
    with pytest.raises(NoFaceError, match=r"kopi \(600 x 400 pixels\)"):
        enroller.describe(png(skimage.data.coffee()), name="kopi")


def test_a_tiny_face_says_how_small(enroller: Enroller, portrait: NDArray[np.uint8]) -> None:
    small = cv2.resize(portrait, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA)
    with pytest.raises(PoorFaceError, match=rf"only \d\d pixels wide; at least {LEAST_SIZE_PX:.0f}"):
        enroller.describe(png(small))


def test_a_blurred_face_says_so(enroller: Enroller, portrait: NDArray[np.uint8]) -> None:
    with pytest.raises(PoorFaceError, match="too blurred"):
        enroller.describe(png(cv2.GaussianBlur(portrait, (0, 0), 5)))


def test_unreadable_photos_keep_their_own_error(enroller: Enroller, tmp_path: Path) -> None:
    with pytest.raises(PhotoNotFoundError):
        enroller.describe(tmp_path / "tidak-ada.jpg")


def test_templates_do_not_change(enroller: Enroller, portrait: NDArray[np.uint8]) -> None:
    template = enroller.describe(png(portrait))
    with pytest.raises(dataclasses.FrozenInstanceError):
        template.size_px = 1.0  # type: ignore[misc]


def three_beside(portrait: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a poster: two large faces, and a small one above the right one."""
    picture = beside(portrait, 0.9)
    small = cv2.resize(portrait[0:300, 80:400], None, fx=0.45, fy=0.45, interpolation=cv2.INTER_AREA)
    picture[300 : 300 + small.shape[0], 600 : 600 + small.shape[1]] = small
    return picture


@pytest.mark.parametrize(
    ("word", "at_xy"),
    [
        pytest.param("left", (225, 115), id="the left one of the pair"),
        pytest.param("right", (645, 105), id="the right one of the pair, not the small face"),
        pytest.param("largest", (225, 115), id="the largest"),
        pytest.param("3", (665, 352), id="the third in reading order"),
    ],
)
def test_one_face_of_several_is_chosen(
    enroller: Enroller, portrait: NDArray[np.uint8], word: str, at_xy: tuple[float, float]
) -> None:
    template = enroller.describe(png(three_beside(portrait)), face=FaceChoice(word))
    assert template.box.contains(*at_xy)
    left, top, width, height = template.place
    assert 0 < left < left + width < 1 and 0 < top < top + height < 1
    # Another detector may count otherwise: the place decides.
    again = enroller.describe(png(three_beside(portrait)), face=FaceChoice("1", template.place))
    assert again.box == template.box


def test_the_refusal_numbers_the_faces_and_says_how_to_choose(enroller: Enroller, portrait: NDArray[np.uint8]) -> None:
    with pytest.raises(SeveralFacesError) as caught:
        enroller.describe(png(three_beside(portrait)), name="pasangan.png")
    told = caught.value.text("id")
    assert "1 (paling kiri, lebar " in told and "--face kiri" in told and "kolom wajah" in told
    assert "1 (far left, " in caught.value.text("en")


@pytest.mark.parametrize("word", ["left", "right", "2"])
def test_a_face_that_is_not_there_is_not_replaced_by_another(
    enroller: Enroller, portrait: NDArray[np.uint8], word: str
) -> None:
    with pytest.raises(FaceChoiceError, match="found were: 1") as caught:
        enroller.describe(png(portrait), face=FaceChoice(word))
    assert caught.value.code == "enrolment.face_choice"


def test_a_remembered_face_that_is_gone_is_not_replaced_by_another(
    enroller: Enroller, portrait: NDArray[np.uint8]
) -> None:
    with pytest.raises(FaceChoiceError, match="not found any more"):
        enroller.describe(png(beside(portrait, 0.9)), face=FaceChoice("left", (0.4, 0.7, 0.1, 0.1)))


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_reference_photo_that_is_stored_on_its_side_knows_its_person(
    enroller: Enroller, fixtures: Path, quarters: int
) -> None:
    """Turned faces are found as well, and their vectors are far from everybody's."""
    pair = np.array(open_photo(fixtures / "photos/pair_plain.jpg").pixels)
    lying = np.ascontiguousarray(np.rot90(pair, quarters))
    wanted = enroller.describe(open_photo(pair), face=FaceChoice("left"))
    found = enroller.describe(open_photo(lying), face=FaceChoice("left"))
    assert np.linalg.norm(found.embedding - wanted.embedding) < 0.2
    # Its place is that in the photo as it is stored, and finds the same face again.
    height, width = lying.shape[:2]
    left, top, wide, high = found.place
    assert Box(left * width, top * height, wide * width, high * height).iou(found.box) > 0.99
    again = enroller.describe(open_photo(lying), face=FaceChoice(place=found.place))
    assert np.array_equal(again.embedding, found.embedding)
    with pytest.raises(SeveralFacesError) as refused:
        enroller.describe(open_photo(lying))
    assert refused.value.places[0] == pytest.approx(found.place)

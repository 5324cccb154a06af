"""The palm detector: a palm is found where it is, from whatever square it is looked at."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scripts.fixtures.rendering import PALM, RenderedHand, render_hand
from vision.errors import EngineError
from vision.hands import palms
from vision.hands.palms import Palm, PalmFinder, _places
from vision.hands.patch import Patch
from vision.models import model_path

LANDMARKS_OF_POINTS = [0, 5, 9, 13, 17, 1, 2]
"""Which of a hand's 21 landmarks the detector's seven points are."""

PLAIN = Patch((120, 120), 260)
SQUARES = [
    pytest.param(PLAIN, id="as it is"),
    pytest.param(replace(PLAIN, mirrored=True), id="mirrored"),
    pytest.param(replace(PLAIN, turn=0.6), id="turned"),
    pytest.param(replace(PLAIN, turn=-0.8, mirrored=True), id="turned and mirrored"),
    pytest.param(Patch((150, 90), 300), id="overlapping, up and right"),
    pytest.param(Patch((100, 150), 320), id="overlapping, down and left"),
    pytest.param(replace(PLAIN, side=450), id="half as large"),
]


@cache
def a_hand(pose: str, seed: int) -> RenderedHand:
    """A rendered palm, 240 x 240 pixels, without the camera's faults."""
    return render_hand(pose, seed=seed, view=PALM, size_wh=(240, 240), clean=True)


def size_of(hand: RenderedHand) -> float:
    return float(np.ptp(hand.landmarks_xy, axis=0).max())


def numbers(palm: Palm) -> np.ndarray:
    return np.array([palm.score, *palm.center_xy, palm.side, *palm.points_xy.ravel()])


@pytest.fixture(scope="module")
def finder() -> PalmFinder:
    return PalmFinder()


@pytest.mark.parametrize("patch", SQUARES)
@pytest.mark.parametrize(
    ("pose", "seed"), [("palm_five", 1), ("palm_five", 3), ("four", 5), ("ok", 1)], ids=lambda value: str(value)
)
def test_a_palm_is_found_where_it_is(finder: PalmFinder, pose: str, seed: int, patch: Patch) -> None:
    hand = a_hand(pose, seed)
    (palm,) = finder.find(hand.image, [patch], 0.5)
    true = hand.landmarks_xy[LANDMARKS_OF_POINTS]
    assert palm.points_xy.shape == (7, 2)
    assert np.linalg.norm(palm.points_xy - true, axis=1).mean() < 0.13 * size_of(hand)
    assert np.linalg.norm(palm.center_xy - true.mean(0)) < 0.15 * size_of(hand)
    assert 0.3 < palm.side / size_of(hand) < 0.8
    x, y = hand.landmarks_xy[9] - hand.landmarks_xy[0]
    assert np.abs(np.angle(np.exp(1j * (palm.turn - np.arctan2(x, -y))))) < 0.3


def test_turn_is_clockwise_from_up() -> None:
    points = np.zeros((7, 2))
    for knuckle, turn in [((0, -5), 0), ((5, 0), np.pi / 2), ((0, 5), np.pi), ((-5, 0), -np.pi / 2)]:
        points[2] = knuckle
        assert Palm(1.0, (0, 0), 1.0, points).turn == pytest.approx(turn)


def test_overlapping_squares_each_give_the_palm(finder: PalmFinder) -> None:
    """To draw them together is the caller's: they lie in one place."""
    pixels = a_hand("palm_five", 1).image
    found = finder.find(pixels, [PLAIN, Patch((150, 90), 300), Patch((100, 150), 320)], 0.5)
    assert len(found) == 3
    centers = np.array([palm.center_xy for palm in found])
    assert np.ptp(centers, axis=0).max() < 0.15 * found[0].side
    assert np.ptp([palm.side for palm in found]) < 0.25 * found[0].side


def test_two_hands_are_two_palms(finder: PalmFinder) -> None:
    pixels = np.hstack([a_hand("palm_five", 1).image, a_hand("four", 5).image])
    found = finder.find(pixels, [Patch((240, 120), 500)], 0.5)
    assert sorted(palm.center_xy[0] > 240 for palm in found) == [False, True]


@pytest.mark.parametrize("shade", [(0, 0, 0), (120, 120, 120), (255, 255, 255), (210, 160, 130)], ids=str)
def test_a_plain_picture_has_no_palm(finder: PalmFinder, shade: tuple[int, int, int]) -> None:
    pixels = np.full((240, 240, 3), shade, np.uint8)
    assert finder.find(pixels, [PLAIN, Patch((120, 120), 100)], 0.5) == []


def test_noise_has_no_palm(finder: PalmFinder) -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (240, 240, 3), dtype=np.uint8)
    assert finder.find(pixels, [PLAIN, Patch((120, 120), 100)], 0.5) == []


def test_no_squares_no_palms(finder: PalmFinder) -> None:
    assert finder.find(a_hand("palm_five", 1).image, [], 0.0) == []


def test_the_least_score_is_kept_and_the_best_come_first(finder: PalmFinder) -> None:
    """A plain wall the colour of skin brings up many doubtful answers."""
    wall = np.full((240, 240, 3), (210, 160, 130), np.uint8)
    counts = []
    for least in (0.01, 0.03, 0.1):
        scores = [palm.score for palm in finder.find(wall, [PLAIN], least)]
        assert scores == sorted(scores, reverse=True)
        assert least <= scores[-1] and scores[0] <= 1
        counts.append(len(scores))
    assert counts[0] > counts[1] > counts[2] >= 1
    assert finder.find(a_hand("palm_five", 1).image, [PLAIN], 1.0) == []


def test_the_same_squares_give_the_same_bytes(finder: PalmFinder) -> None:
    pixels, patches = a_hand("four", 5).image, [PLAIN, Patch((150, 90), 300)]
    once, twice = (finder.find(pixels, patches, 0.02) for _ in range(2))
    assert [numbers(palm).tobytes() for palm in once] == [numbers(palm).tobytes() for palm in twice]


def test_many_squares_at_once_are_as_one_by_one(finder: PalmFinder) -> None:
    """Seven: more than go in at once. The answers are in the order of the squares."""
    pixels = a_hand("palm_five", 3).image
    patches: list[Any] = [square.values[0] for square in SQUARES]
    alone = [palm for patch in patches for palm in finder.find(pixels, [patch], 0.1)]
    together = finder.find(pixels, patches, 0.1)
    assert len(together) == len(alone) >= 7
    for one, other in zip(together, alone, strict=True):
        assert numbers(one) == pytest.approx(numbers(other), abs=1e-4, rel=1e-4)


def test_threads_do_not_matter(finder: PalmFinder) -> None:
    pixels = a_hand("ok", 1).image
    (one,), (other,) = (some.find(pixels, [PLAIN], 0.5) for some in (finder, PalmFinder(threads=1)))
    assert numbers(one) == pytest.approx(numbers(other), abs=1e-4, rel=1e-4)


def test_the_networks_answers_count_from_these_places() -> None:
    """24 x 24 places of two answers each, then 12 x 12 of six, row by row; the middles of 8 and 16 pixels."""
    places = _places(192)
    assert places.shape == (24 * 24 * 2 + 12 * 12 * 6, 2)
    assert places[:6].tolist() == [[4, 4], [4, 4], [12, 4], [12, 4], [20, 4], [20, 4]]
    assert places[48].tolist() == [4, 12], "the second row"
    assert (places[1152:1158] == (8, 8)).all() and places[1158].tolist() == [24, 8]
    assert places[-1].tolist() == [184, 184]


@pytest.mark.parametrize("contents", [b"", b"no model"], ids=["empty", "garbage"])
def test_a_model_that_cannot_be_loaded_is_an_engine_error(
    contents: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "palm_detector.onnx"
    broken.write_bytes(contents)
    monkeypatch.setattr(palms, "model_path", lambda name: broken)
    with pytest.raises(EngineError, match=r"palm_detector\.onnx cannot be loaded"):
        PalmFinder()


def test_a_model_that_fails_is_an_engine_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another network's file under the name: it loads, and answers nothing that was asked for."""
    other = model_path("hand_landmarks.onnx")
    monkeypatch.setattr(palms, "model_path", lambda name: other)
    with pytest.raises(EngineError, match="network failed"):
        PalmFinder().find(np.zeros((50, 50, 3), np.uint8), [Patch((25, 25), 50)], 0.5)

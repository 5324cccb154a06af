"""What the namer sees of a hand does not depend on where, how large, how turned, or which of the two it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from scripts.fixtures.rendering import POSES, pose_landmarks_batch
from vision.hands.features import FEATURES, describe, upright


@pytest.fixture(scope="module")
def hands() -> np.ndarray:
    """Three hands of every pose, from anywhere, about 100 pixels large; (n, 21, 3)."""
    return np.concatenate([pose_landmarks_batch(pose, 3, seed=11) for pose in POSES]) * 60 + (300, 200, 0)


def turned(points: np.ndarray, degrees: float) -> np.ndarray:
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return points @ np.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]])


CHANGES = [
    pytest.param(lambda points: points + np.array((1234.5, -77.0, 8.0)), id="elsewhere in the photo"),
    pytest.param(lambda points: points * 7.3, id="larger"),
    pytest.param(lambda points: points * 0.1, id="ten times smaller"),
    pytest.param(lambda points: turned(points, 33), id="turned a little"),
    pytest.param(lambda points: turned(points, 90), id="turned a quarter"),
    pytest.param(lambda points: turned(points, 180), id="upside down"),
    pytest.param(lambda points: turned(points, -135), id="turned the other way"),
    pytest.param(lambda points: points * (-1, 1, 1), id="the other hand"),
    pytest.param(lambda points: turned(points * (-3, 3, 3), 200) + np.array((5, 6, 7)), id="all at once"),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_hand_is_described_alike_however_it_is_seen(hands: np.ndarray, change: Any) -> None:
    assert upright(change(hands)) == pytest.approx(upright(hands), abs=1e-7)
    assert describe(change(hands)) == pytest.approx(describe(hands), abs=1e-5)


def test_depth_is_seen(hands: np.ndarray) -> None:
    """A turn out of the picture's plane is no in-plane turn: the joints' bends tell it."""
    flat = hands * (1, 1, 0)
    assert np.abs(describe(flat) - describe(hands)).max() > 0.1


def test_upright_stands_at_the_origin_fingers_up_index_left(hands: np.ndarray) -> None:
    standing = upright(hands)
    assert np.abs(standing[:, 0]).max() == 0
    assert np.abs(standing[:, 9, 0]).max() < 1e-6 and (standing[:, 9, 1] < 0).all()
    assert (standing[:, 5, 0] <= standing[:, 17, 0]).all()


def test_upright_on_a_hand_made_by_hand() -> None:
    """A hand that points right, its palm 10 pixels long, comes out one unit long, pointing up."""
    points = np.zeros((1, 21, 3))
    points[0, :, :2] = (50, 50)
    for knuckle, y in ((5, 50), (9, 50), (13, 50), (17, 50)):
        points[0, knuckle, :2] = (60, y)
    points[0, 12] = (70, 50, -4)
    standing = upright(points)[0]
    assert standing[9] == pytest.approx((0, -1, 0), abs=1e-6)
    assert standing[12] == pytest.approx((0, -2, -0.4), abs=1e-6)
    assert standing[8] == pytest.approx((0, 0, 0), abs=1e-6)


def test_a_foreshortened_palm_does_not_blow_the_hand_up(hands: np.ndarray) -> None:
    seen_from_the_tips = hands * (1, 0.05, 1)
    assert np.abs(upright(seen_from_the_tips)[:, [5, 9, 13, 17], :2]).max() < 1.5


@pytest.mark.parametrize("count", [0, 1, 5])
def test_shape_and_type(hands: np.ndarray, count: int) -> None:
    features = describe(hands[:count])
    assert features.shape == (count, FEATURES)
    assert features.dtype == np.float32


def test_hands_are_described_one_by_one(hands: np.ndarray) -> None:
    together = describe(hands)
    assert np.array_equal(np.concatenate([describe(hand[None]) for hand in hands]), together)


@pytest.mark.parametrize(
    "points",
    [
        pytest.param(np.zeros((2, 21, 3)), id="all in the corner"),
        pytest.param(np.full((1, 21, 3), 250.0), id="all in one point"),
        pytest.param(np.ones((1, 21, 3)) * np.linspace(0, 1, 21)[:, None] * (1, 0, 0), id="all in a line"),
        pytest.param(np.where(np.arange(21)[None, :, None] == 20, 1e6, 0.0) * np.ones((1, 21, 3)), id="one far away"),
    ],
)
def test_degenerate_landmarks_stay_finite_and_small(points: np.ndarray) -> None:
    assert np.isfinite(upright(points)).all()
    features = describe(points)
    assert np.isfinite(features).all() and np.abs(features).max() <= 4


def test_landmarks_in_one_point_are_zeros() -> None:
    assert not upright(np.full((1, 21, 3), 7.0)).any()


def test_the_callers_landmarks_stay_as_they_are(hands: np.ndarray) -> None:
    before = hands.copy()
    describe(hands)
    assert np.array_equal(hands, before)


def test_integers_and_float32_are_fine(hands: np.ndarray) -> None:
    assert describe(hands.astype(np.float32)) == pytest.approx(describe(hands), abs=1e-3)
    assert describe(hands.round().astype(np.int64)).shape == (len(hands), FEATURES)

"""The landmark network: a hand's landmarks are the photo's, whatever the crop, and as MediaPipe has them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from scripts.fixtures.rendering import PALM, RenderedHand, render_hand
from vision.errors import EngineError
from vision.geometry import Box
from vision.hands import landmarker
from vision.hands.landmarker import FEATURES, LANDMARKS, PIXELS_SIDE, HandLandmarker, View, crop_about
from vision.hands.palms import PalmFinder
from vision.hands.patch import Patch
from vision.hands.regions import whole
from vision.hands.search import palm_crop
from vision.models import model_path

pytestmark = pytest.mark.slow

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
HANDS = json.loads((FIXTURES / "expected.json").read_text("utf-8"))["hands"]
RENDERS = [("palm_five", 1), ("palm_five", 2), ("peace_two", 1), ("four", 2), ("l_two", 1), ("ok", 1), ("thumb_up", 1)]


@cache
def a_hand(pose: str, seed: int) -> RenderedHand:
    """A rendered palm, 240 x 240 pixels, without the camera's faults."""
    return render_hand(pose, seed=seed, view=PALM, size_wh=(240, 240), clean=True)


def crop_of(hand: RenderedHand) -> Patch:
    """The square that a second look would have, made from the true landmarks."""
    return crop_about(hand.landmarks_xy)


@cache
def a_view() -> View:
    return HandLandmarker().look(np.zeros((50, 50, 3), np.uint8), [Patch((25, 25), 50)])[0]


def view_of(points_xyz: np.ndarray) -> View:
    """A view whose landmarks are given, the rest from anywhere."""
    return replace(a_view(), points_xyz=points_xyz)


def read(name: str) -> np.ndarray:
    with Image.open(FIXTURES / name) as opened:
        return np.array(opened.convert("RGB"))


def numbers(view: View) -> np.ndarray:
    return np.concatenate([view.points_xyz.ravel(), 100 * view.world_xyz.ravel(), [view.presence, view.right]])


@pytest.fixture(scope="module")
def network() -> HandLandmarker:
    return HandLandmarker()


@pytest.mark.parametrize(("pose", "seed"), RENDERS, ids=str)
def test_landmarks_lie_where_they_are(network: HandLandmarker, pose: str, seed: int) -> None:
    """In parts of the hand's size: most are within a twentieth, the joint that is hidden within a quarter."""
    hand = a_hand(pose, seed)
    (view,) = network.look(hand.image, [crop_of(hand)])
    assert view.points_xyz.shape == view.world_xyz.shape == (LANDMARKS, 3)
    away = np.linalg.norm(view.points_xyz[:, :2] - hand.landmarks_xy, axis=1) / view.size
    assert np.median(away) < 0.05
    assert away.max() < 0.25
    assert view.presence > 0.9
    assert (view.right > 0.5) is (hand.handedness == "right")


@pytest.mark.parametrize(("pose", "seed"), RENDERS, ids=str)
def test_a_mirrored_turned_or_wider_crop_gives_the_same_hand(network: HandLandmarker, pose: str, seed: int) -> None:
    hand = a_hand(pose, seed)
    plain = crop_of(hand)
    mirrored = replace(plain, mirrored=True)
    crops = [
        plain,
        mirrored,
        replace(plain, turn=plain.turn + 0.4),
        replace(mirrored, turn=plain.turn - 0.4),
        replace(plain, side=1.2 * plain.side),
    ]
    first, *others = network.look(hand.image, crops)
    for view in others:
        away = np.linalg.norm(view.points_xyz[:, :2] - first.points_xyz[:, :2], axis=1)
        assert np.median(away) < 0.05 * first.size
        assert np.median(np.abs(view.points_xyz[:, 2] - first.points_xyz[:, 2])) < 0.15 * first.size
        assert (view.right > 0.5) is (hand.handedness == "right"), "the person's side, not the crop's"
        # Metres are turned back with the pixels: the way from wrist to middle knuckle is the same in both.
        way = view.world_xyz[9] - view.world_xyz[0]
        true = hand.landmarks_xy[9] - hand.landmarks_xy[0]
        assert way[:2] @ true / np.linalg.norm(way[:2]) / np.linalg.norm(true) > 0.9
        assert 0.06 < np.linalg.norm(way) < 0.13, "metres: the rendered palm has .092"


def test_the_side_of_a_mirrored_picture_is_the_other(network: HandLandmarker) -> None:
    hand = a_hand("peace_two", 1)
    crop = crop_of(hand)
    flipped = Patch((240 - crop.center_xy[0], crop.center_xy[1]), crop.side, -crop.turn)
    (plain,) = network.look(hand.image, [crop])
    (other,) = network.look(np.ascontiguousarray(hand.image[:, ::-1]), [flipped])
    assert plain.right + other.right == pytest.approx(1, abs=0.1)
    assert abs(plain.right - 0.5) > 0.4


@pytest.mark.parametrize("side", [200, 60])
@pytest.mark.parametrize(
    "pixels",
    [
        pytest.param(np.random.default_rng(0).integers(0, 256, (240, 240, 3), dtype=np.uint8), id="noise"),
        pytest.param(np.full((240, 240, 3), (210, 160, 130), np.uint8), id="the colour of skin"),
        pytest.param(np.full((240, 240, 3), 120, np.uint8), id="grey"),
        pytest.param(np.zeros((240, 240, 3), np.uint8), id="black"),
    ],
)
def test_where_no_hand_is_the_network_says_so(network: HandLandmarker, pixels: np.ndarray, side: int) -> None:
    (view,) = network.look(pixels, [Patch((120, 120), side)])
    assert view.presence < 0.05


@pytest.fixture(scope="module")
def reference() -> Iterator[Any]:
    """Give MediaPipe's own landmarker with its defaults: one look at the full picture, confidence 0.5."""
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.HandLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(FIXTURES / "hand_landmarker.task")),
        num_hands=2,
        min_hand_detection_confidence=0.5,
        min_hand_presence_confidence=0.5,
    )
    with vision.HandLandmarker.create_from_options(options) as opened:
        yield opened


@pytest.fixture(scope="module")
def both(network: HandLandmarker, reference: Any) -> dict[str, tuple[View, Any]]:
    """Give for every picture of a hand our view of its palm and MediaPipe's answer."""
    import mediapipe

    finder, seen = PalmFinder(), {}
    for name in HANDS:
        pixels = read(name)
        (palm,) = finder.find(pixels, [whole((pixels.shape[1], pixels.shape[0]), 0.0)], 0.5)
        (view,) = network.look(pixels, [palm_crop(palm)])
        seen[name] = view, reference.detect(mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=pixels))
    return seen


@pytest.mark.parametrize("name", HANDS)
def test_landmarks_are_mediapipes(both: dict[str, tuple[View, Any]], name: str) -> None:
    """Measured .02 to .07 of the hand's size at the worst landmark: MediaPipe shrinks the picture otherwise."""
    view, answer = both[name]
    (landmarks,) = answer.hand_landmarks
    points = np.array([(point.x, point.y) for point in landmarks]) * 480
    away = np.linalg.norm(view.points_xyz[:, :2] - points, axis=1) / view.size
    assert (np.median(away) < 0.04, away.max() < 0.1) == (True, True), away.round(3)
    assert view.box.iou(Box(*HANDS[name]["box"])) > 0.6


def test_no_landmark_is_moved_aside(both: dict[str, tuple[View, Any]]) -> None:
    """Over all pictures the differences cancel out: half a pixel of the network's would be .005 of a hand."""
    moved = [
        (view.points_xyz[:, :2] - np.array([(p.x, p.y) for p in answer.hand_landmarks[0]]) * 480).mean(0) / view.size
        for view, answer in both.values()
    ]
    assert np.abs(np.mean(moved, axis=0)).max() < 0.008


def test_depth_is_mediapipes(both: dict[str, tuple[View, Any]]) -> None:
    """Depth is noise in part: its measure is compared over all pictures, not by landmark (measured .90, .90)."""
    ours = np.concatenate([view.points_xyz[:, 2] for view, _ in both.values()])
    theirs = np.array([point.z * 480 for _, answer in both.values() for point in answer.hand_landmarks[0]])
    assert 0.8 < theirs @ ours / (ours @ ours) < 1.2
    assert np.corrcoef(ours, theirs)[0, 1] > 0.85


def test_metres_are_mediapipes(both: dict[str, tuple[View, Any]]) -> None:
    for view, answer in both.values():
        metres = np.array([(point.x, point.y, point.z) for point in answer.hand_world_landmarks[0]])
        assert np.median(np.abs(view.world_xyz - metres)) < 0.006


def test_the_side_is_mediapipes_and_the_persons(both: dict[str, tuple[View, Any]]) -> None:
    sides = {name: "right" if view.right > 0.5 else "left" for name, (view, _) in both.items()}
    assert sides == {name: answer.handedness[0][0].category_name.lower() for name, (_, answer) in both.items()}
    assert sides == {name: facts["handedness"] for name, facts in HANDS.items()}


def test_depth_is_true_to_scale(network: HandLandmarker) -> None:
    """z is in pixels as x and y are: a rendered hand is as deep as it is, within what the network can tell."""
    ours, true = [], []
    for pose, seed in RENDERS:
        hand = a_hand(pose, seed)
        (view,) = network.look(hand.image, [crop_of(hand)])
        flat = hand.world[:, :2] - hand.world[:, :2].mean(0)
        pixels_a_metre = np.linalg.norm(hand.landmarks_xy - hand.landmarks_xy.mean(0)) / np.linalg.norm(flat)
        true.append((hand.world[:, 2] - hand.world[0, 2]) * pixels_a_metre)
        ours.append(view.points_xyz[:, 2] - view.points_xyz[0, 2])
    assert 0.6 < np.std(np.concatenate(ours)) / np.std(np.concatenate(true)) < 1.6


def test_many_crops_at_once_are_as_one_by_one(network: HandLandmarker) -> None:
    """Eleven: more than go in at once. The answers are in the order of the crops."""
    hand = a_hand("palm_five", 2)
    plain = crop_of(hand)
    crops = [replace(plain, turn=plain.turn + turn, mirrored=turn < 0) for turn in np.linspace(-1, 1, 11)]
    alone = [network.look(hand.image, [crop])[0] for crop in crops]
    together = network.look(hand.image, crops)
    assert len(together) == 11
    for one, other in zip(together, alone, strict=True):
        assert numbers(one) == pytest.approx(numbers(other), abs=2e-3)
    assert network.look(hand.image, []) == []


def test_features_tell_hands_apart_and_not_their_crops(network: HandLandmarker) -> None:
    """One hand in two crops is more alike than two hands, in the cosine of what the network saw."""
    one, other = a_hand("palm_five", 1), a_hand("thumb_up", 1)
    plain = crop_of(one)
    again = replace(plain, side=1.1 * plain.side, turn=plain.turn + 0.1)
    seen = [
        view.features
        for view in [*network.look(one.image, [plain, again]), *network.look(other.image, [crop_of(other)])]
    ]
    for features in seen:
        assert features.shape == (FEATURES,) and features.dtype == np.float32
    directions = [features / np.linalg.norm(features) for features in seen]
    assert directions[0] @ directions[1] > directions[0] @ directions[2] + 0.05


def test_the_same_crop_gives_the_same_bytes(network: HandLandmarker) -> None:
    hand = a_hand("ok", 1)
    once, twice = (network.look(hand.image, [crop_of(hand)])[0] for _ in range(2))
    assert numbers(once).tobytes() == numbers(twice).tobytes()


def standing_hand() -> np.ndarray:
    """Landmarks of a palm that stands upright: wrist at (50, 90), knuckles at y 50 from x 35 to 65, fingers above."""
    points = np.zeros((LANDMARKS, 3))
    points[:, :2] = (50, 20)
    points[0, :2] = (50, 90)
    points[[1, 2, 3], :2] = [(40, 80), (35, 70), (35, 60)]
    for knuckle, x in ((5, 35), (9, 50), (13, 58), (17, 65)):
        points[knuckle, :2] = (x, 50)
        points[knuckle + 1, :2] = (x, 40)
    return points


def test_a_views_box_and_size() -> None:
    view = view_of(standing_hand())
    assert (view.box, view.size) == (Box(35, 20, 30, 70), 70)


def test_the_crop_is_upright_about_the_palm_and_a_little_toward_the_fingers() -> None:
    view = view_of(standing_hand())
    crop = view.crop()
    assert (crop.side, crop.turn, crop.mirrored) == (100, 0, False), "twice the palm's 50, from the wrist to y 40"
    assert crop.center_xy == pytest.approx((50, 65 - 5))
    assert view.crop(3.0).side == 150
    assert view.crop(mirrored=True) == replace(crop, mirrored=True)
    assert crop_about(standing_hand()[:, :2]) == crop


@pytest.mark.parametrize("turn", [0.5, 2.0, -3.0])
def test_the_crop_turns_with_the_hand(turn: float) -> None:
    cosine, sine = np.cos(turn), np.sin(turn)
    clockwise = np.array([[cosine, sine], [-sine, cosine]])
    points = standing_hand()[:, :2]
    straight, turned = crop_about(points), crop_about(points @ clockwise)
    assert (turned.turn, turned.side) == pytest.approx((turn, straight.side))
    assert turned.center_xy == pytest.approx(tuple(np.array(straight.center_xy) @ clockwise))


def test_landmarks_in_one_point_still_have_a_crop() -> None:
    assert view_of(np.full((LANDMARKS, 3), 7.0)).crop().side == 1


def test_a_crop_beside_the_photo_is_answered_too(network: HandLandmarker) -> None:
    """Every crop has an answer; presence says that there is nothing."""
    (view,) = network.look(np.zeros((50, 60, 3), np.uint8), [Patch((500, 500), PIXELS_SIDE)])
    assert np.isfinite(numbers(view)).all()
    assert view.presence < 0.05


@pytest.mark.parametrize("contents", [b"", b"no model"], ids=["empty", "garbage"])
def test_a_model_that_cannot_be_loaded_is_an_engine_error(
    contents: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "hand_landmarks.onnx"
    broken.write_bytes(contents)
    monkeypatch.setattr(landmarker, "model_path", lambda name: broken)
    with pytest.raises(EngineError, match=r"hand_landmarks\.onnx cannot be loaded"):
        HandLandmarker()


def test_a_model_that_fails_is_an_engine_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another network's file under the name: it loads, and answers nothing that was asked for."""
    other = model_path("palm_detector.onnx")
    monkeypatch.setattr(landmarker, "model_path", lambda name: other)
    with pytest.raises(EngineError, match="network failed"):
        HandLandmarker().look(np.zeros((50, 50, 3), np.uint8), [Patch((25, 25), 50)])

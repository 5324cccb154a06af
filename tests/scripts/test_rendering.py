"""The rendered hand: what its landmarks must look like, and that seeds decide everything."""

import numpy as np
import pytest

from scripts.rendering import (
    BACK,
    NONE_SHAPES,
    PALM,
    POSES,
    View,
    pose_landmarks,
    pose_landmarks_batch,
    render_hand,
    truth,
)
from scripts.rendering.held import with_thing
from vision.poses import Pose

pytestmark = pytest.mark.slow

FINGERS = ("thumb", "index", "middle", "ring", "pinky")
TIPS = dict(zip(FINGERS, (4, 8, 12, 16, 20), strict=True))
TWO_HANDS_OR_BODY = {Pose.TWO_HAND_NUMBER, Pose.TWO_HAND_HEART, Pose.PALMS_TOGETHER, Pose.HAND_ON_CHEST}


def reach(landmarks, finger):
    """How much farther the tip is from the wrist than the middle joint (PIP), in palm lengths; (n,)."""
    tip = TIPS[finger]
    from_wrist = np.linalg.norm(landmarks - landmarks[:, :1], axis=-1)
    return from_wrist[:, tip] - from_wrist[:, tip - 2]


def bend(landmarks, finger):
    """The angle between a finger's first and last bone, degrees; (n,)."""
    tip = TIPS[finger]
    first, last = landmarks[:, tip - 2] - landmarks[:, tip - 3], landmarks[:, tip] - landmarks[:, tip - 1]
    cosine = (first * last).sum(-1) / np.linalg.norm(first, axis=-1) / np.linalg.norm(last, axis=-1)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def test_every_pose_of_one_hand_can_be_rendered():
    assert set(POSES) == set(Pose) - TWO_HANDS_OR_BODY


@pytest.mark.parametrize("pose", [pose for pose in POSES if truth(pose) is not None])
def test_extended_fingers_reach_out_and_curled_ones_do_not(pose):
    # Perspective bends a straight line a little, so the far camera of most samples is averaged with a few near ones.
    landmarks = pose_landmarks_batch(pose, 60, seed=3)
    for finger, extended in truth(pose).items():
        if finger == "thumb":
            continue
        if pose == "ok" and finger == "index":
            continue  # bent to the ring: neither
        angles, reaches = bend(landmarks, finger), reach(landmarks, finger)
        if extended:
            assert (reaches > 0).mean() > 0.95, finger
            assert np.median(angles) < 35, finger
        else:
            assert np.median(reaches) < 0, finger
            assert np.median(angles) > 80, finger


@pytest.mark.parametrize(("pose", "up"), [("thumb_up", True), ("thumb_down", False)])
def test_a_thumb_points_where_its_name_says_from_any_side(pose, up):
    landmarks = pose_landmarks_batch(pose, 200, seed=5)
    along = landmarks[:, 4, :2] - landmarks[:, 2, :2]
    lean = np.degrees(np.arctan2(along[:, 0], -along[:, 1] if up else along[:, 1]))
    assert (np.abs(lean) < 60).mean() > 0.95


def test_finger_heart_crosses_thumb_and_index_near_their_tips():
    landmarks = pose_landmarks_batch("finger_heart", 100, seed=2)
    steps = np.linspace(0, 1, 8)[None, :, None]
    thumb, index = (landmarks[:, [t - 1]] + steps * (landmarks[:, [t]] - landmarks[:, [t - 1]]) for t in (4, 8))
    gap = np.linalg.norm(thumb[:, :, None] - index[:, None], axis=-1).min((1, 2))
    apart = np.linalg.norm(landmarks[:, 4] - landmarks[:, 8], axis=-1)
    assert np.median(gap) < 0.2
    assert np.median(apart) > np.median(gap)
    assert (reach(landmarks, "pinky") < 0).mean() > 0.95


@pytest.mark.parametrize(
    "shape", ["relaxed_hang", "half_curl", "holding", "flat_grip", "pinch", "pointing", "in_between"]
)
def test_quiet_hands_have_a_finger_that_is_neither_straight_nor_curled(shape):
    landmarks = pose_landmarks_batch(shape, 80, seed=4, view=PALM)
    angles = np.stack([bend(landmarks, finger) for finger in FINGERS[1:]])
    assert ((angles > 15) & (angles < 125)).any(0).mean() > 0.95


def test_landmarks_are_image_like():
    hand = pose_landmarks("palm_five", 1, PALM)
    assert hand.shape == (21, 3)
    assert hand[0].tolist() == [0, 0, 0]
    assert hand[12, 1] < hand[9, 1] < 0  # fingers up: y falls, and y points down
    assert np.linalg.norm(hand[9]) == pytest.approx(1, abs=0.25)


def test_what_is_nearer_to_the_viewer_has_smaller_z():
    # Fingertips of a fist seen from the palm are nearer than the knuckles; seen from the back they are farther.
    tips, knuckles = [8, 12, 16, 20], [5, 9, 13, 17]
    palm, back = (pose_landmarks("fist", 7, view)[:, 2] for view in (PALM, BACK))
    assert palm[tips].mean() < palm[knuckles].mean()
    assert back[tips].mean() > back[knuckles].mean()


def test_roll_turns_the_picture():
    flat, turned = (pose_landmarks("one_index", 3, View(roll=roll))[8, :2] for roll in (0, 90))
    assert flat[1] < -1.5 and abs(flat[0]) < 0.8
    assert turned[0] < -1.5 and abs(turned[1]) < 0.8  # anticlockwise


@pytest.mark.parametrize("pose", ["peace_two", "none", "thumb_down"])
def test_a_seed_decides_everything(pose):
    assert np.array_equal(pose_landmarks(pose, 11), pose_landmarks(pose, 11))
    assert not np.array_equal(pose_landmarks(pose, 11), pose_landmarks(pose, 12))


def test_a_batch_starts_like_a_single_hand_and_may_be_empty():
    assert pose_landmarks_batch("four", 0, seed=1).shape == (0, 21, 3)
    assert np.array_equal(pose_landmarks_batch("four", 1, seed=1)[0], pose_landmarks("four", 1))


@pytest.mark.parametrize("pose", ["peace", "two_hand_heart", ""])
def test_a_pose_that_one_hand_cannot_show_is_refused(pose):
    with pytest.raises(ValueError, match="one hand cannot show"):
        pose_landmarks(pose, 1)


@pytest.mark.parametrize("pose", [*POSES, *NONE_SHAPES])
def test_every_pose_renders(pose):
    hand = render_hand(pose, seed=1, size_wh=(72, 64))
    assert hand.image.shape == (64, 72, 3) and hand.image.dtype == np.uint8
    assert hand.mask.shape == (64, 72) and 0.02 < hand.mask.mean() < 0.7
    assert hand.landmarks_xy.shape == (21, 2) and hand.world.shape == (21, 3)
    assert hand.handedness in ("left", "right") and hand.pose == pose


def test_a_rendered_picture_repeats_and_its_landmarks_lie_on_the_hand():
    background = np.full((10, 10, 3), (10, 200, 30), np.uint8)
    first, second = (
        render_hand("palm_five", seed=4, view=PALM, tone="brown", size_wh=(160, 160), background=background, clean=True)
        for _ in range(2)
    )
    assert np.array_equal(first.image, second.image)
    x, y = np.rint(first.landmarks_xy).astype(int).T
    assert (first.mask[y, x] > 0.5).mean() > 0.9
    assert np.abs(first.image[first.mask == 0].astype(int) - (10, 200, 30)).max() <= 1
    assert 0.05 < np.ptp(first.world[:, 1]) < 0.25  # metres


def test_clean_spares_the_faults_only():
    clean, worn = (render_hand("ok", seed=2, size_wh=(96, 96), clean=clean) for clean in (True, False))
    assert np.array_equal(clean.landmarks_xy, worn.landmarks_xy)
    assert not np.array_equal(clean.image, worn.image)


def test_a_thing_is_held_by_its_edge():
    """A card lies between thumb and index finger, and leaves the rest of the picture alone."""
    hand = render_hand("flat_grip", seed=1, view=PALM, size_wh=(160, 160), clean=True)
    held = with_thing(hand.image, hand.landmarks_xy, np.random.default_rng(1))
    changed = np.any(held != hand.image, axis=-1)
    rows, columns = np.nonzero(changed)
    tips = hand.landmarks_xy[[4, 8]].mean(axis=0)
    assert 0.01 < changed.mean() < 0.4
    assert np.hypot(columns - tips[0], rows - tips[1]).min() < 12
    assert not changed[-20:].any()

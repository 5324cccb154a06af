"""Whose hand it is, and what its place and its partner make of it; on hands made of numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vision.geometry import Box
from vision.hands.hand import Hand, HandPair
from vision.hands.people import owners, raised, with_posture
from vision.poses import FingerState, Pose

FACE = Box(100, 100, 40, 40)
OPEN, CLOSED = FingerState(0.9, 0.9, 0.9, 0.9, 0.9), FingerState(0.1, 0.1, 0.1, 0.1, 0.1)


def flat_hand() -> np.ndarray:
    """Return an open hand, 100 pixels from the wrist (0, 0) up to the finger tips, the thumb at the left."""
    points = np.zeros((21, 3))
    points[1:5, :2] = [(-12, -12), (-24, -24), (-34, -36), (-42, -46)]
    for finger, x in enumerate((-18, -5, 8, 20)):
        points[5 + 4 * finger : 9 + 4 * finger, :2] = [(x, -50), (x, -70), (x, -85), (x, -100)]
    return points


def a_hand(
    pose: Pose,
    at: tuple[float, float] = (0, 0),
    *,
    size: float = 40,
    turn: float = 0,
    fingers: FingerState = OPEN,
    person: int | None = 0,
    squeeze: float = 1,
) -> Hand:
    """Make a hand about `at`, `turn` degrees clockwise from upright; `squeeze` narrows it as seen from the edge."""
    points = flat_hand() * (squeeze, 1, 1)
    cosine, sine = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    points[:, :2] = points[:, :2] @ np.array([[cosine, sine], [-sine, cosine]])
    low, high = points[:, :2].min(0), points[:, :2].max(0)
    points[:, :2] = (points[:, :2] - (low + high) / 2) * size / (high - low).max() + at
    return Hand(points, np.zeros((21, 3)), 0.9, "right", fingers, pose, 0.8, person=person)


def box_at(x: float, y: float, side: float = 30) -> Box:
    return Box(x - side / 2, y - side / 2, side, side)


@pytest.mark.parametrize(
    ("boxes", "faces", "expected"),
    [
        pytest.param([], [FACE], [], id="no hands"),
        pytest.param([box_at(120, 180)], [], [None], id="nobody there"),
        pytest.param([box_at(120, 184)], [FACE], [0], id="before the chest"),
        pytest.param([box_at(180, 100)], [FACE], [0], id="raised beside the head"),
        pytest.param([box_at(120 + 4.4 * 40, 184)], [FACE], [0], id="an arm's length away"),
        pytest.param([box_at(120 + 4.6 * 40, 184)], [FACE], [None], id="out of reach"),
        pytest.param([box_at(120, 184, 9)], [FACE], [None], id="too small for this face"),
        pytest.param([box_at(120, 184, 130)], [FACE], [None], id="too large for this face"),
        pytest.param([box_at(120, 184, 110)], [FACE], [0], id="held toward the camera"),
        pytest.param([box_at(190, 180)], [FACE, FACE.moved(160, 0)], [0], id="between two people: the nearer"),
        pytest.param([box_at(210, 180)], [FACE, FACE.moved(160, 0)], [1], id="between two people: the other is nearer"),
        pytest.param(
            [box_at(110, 184), box_at(130, 184), box_at(120, 200)], [FACE], [0, 0, None], id="two hands a person"
        ),
        pytest.param(
            [box_at(110, 184), box_at(130, 184), box_at(140, 200)],
            [FACE, FACE.moved(120, 0)],
            [0, 0, 1],
            id="the third hand is the neighbour's",
        ),
        pytest.param(
            [box_at(120, 200), box_at(110, 184), box_at(130, 184)],
            [FACE],
            [None, 0, 0],
            id="the nearest two, in whatever order",
        ),
    ],
)
def test_owners(boxes: list[Box], faces: list[Box], expected: list[int | None]) -> None:
    assert owners(boxes, faces) == expected


def test_a_face_without_size_breaks_nothing() -> None:
    assert owners([box_at(0, 0)], [Box(0, 0, 0, 0)]) == [None]


@pytest.mark.parametrize(
    ("boxes", "faces", "expected"),
    [
        pytest.param([], [FACE], [], id="no hands"),
        pytest.param([box_at(170, 110), box_at(120, 200), box_at(120, 230)], [FACE], [True, True, False], id="heights"),
        pytest.param([box_at(170, 500)], [FACE], [True], id="of nobody known"),
        pytest.param([box_at(170, 500)], [], [True], id="nobody there"),
        pytest.param([box_at(280, 230)], [FACE, FACE.moved(160, 60)], [True], id="before its own person's chest"),
    ],
)
def test_hands_above_the_belt(boxes: list[Box], faces: list[Box], expected: list[bool]) -> None:
    assert raised(boxes, faces).tolist() == expected


@pytest.mark.parametrize(
    ("hand", "faces", "posed"),
    [
        pytest.param(a_hand(Pose.PALM_FIVE, (180, 110)), [FACE], True, id="held up beside the head"),
        pytest.param(a_hand(Pose.PALM_FIVE, (180, 110), turn=40), [FACE], True, id="leaning a little"),
        pytest.param(a_hand(Pose.PALM_FIVE, (180, 110), turn=60), [FACE], False, id="leaning over"),
        pytest.param(a_hand(Pose.PALM_FIVE, (180, 110), turn=-60), [FACE], False, id="leaning over to the left"),
        pytest.param(a_hand(Pose.PALM_FIVE, (180, 110), squeeze=0.3), [FACE], False, id="seen from the edge"),
        pytest.param(a_hand(Pose.PALM_FIVE, (180, 110), squeeze=3), [FACE], False, id="fingers at the camera"),
        pytest.param(a_hand(Pose.PALM_FIVE, (180, 225)), [FACE], False, id="low"),
        pytest.param(a_hand(Pose.PALM_FIVE, person=None), [], True, id="nobody's face is seen"),
        pytest.param(a_hand(Pose.PEACE_TWO, (180, 110)), [FACE], None, id="says nothing of other signs"),
        pytest.param(a_hand(Pose.FIST, (180, 110), fingers=CLOSED), [FACE], None, id="nor of fists"),
    ],
)
def test_posed_palms(hand: Hand, faces: list[Box], posed: bool | None) -> None:
    (told,), _ = with_posture([hand], faces)
    assert (told.pose, told.posed) == (hand.pose, posed)


@pytest.mark.parametrize(
    ("hand", "pose"),
    [
        pytest.param(a_hand(Pose.PALM_FIVE, (150, 260)), Pose.NONE, id="an open hand at the belt"),
        pytest.param(a_hand(Pose.FOUR, (150, 260)), Pose.NONE, id="a folded hand at the belt"),
        pytest.param(a_hand(Pose.OK, (150, 260)), Pose.NONE, id="round a glass at the belt"),
        pytest.param(a_hand(Pose.FINGER_HEART, (150, 260)), Pose.NONE, id="a loose hand at the belt"),
        pytest.param(a_hand(Pose.PALM_FIVE, (190, 215), turn=180), Pose.NONE, id="hanging before the belly"),
        pytest.param(a_hand(Pose.OK, (190, 215)), Pose.OK, id="at the same height but held up"),
        pytest.param(a_hand(Pose.PEACE_TWO, (150, 260)), Pose.PEACE_TWO, id="two fingers are two fingers anywhere"),
        pytest.param(a_hand(Pose.THUMB_UP, (150, 260)), Pose.THUMB_UP, id="a thumb is a thumb anywhere"),
        pytest.param(a_hand(Pose.FOUR, (150, 130)), Pose.FOUR, id="held up"),
        pytest.param(a_hand(Pose.FOUR, (150, 260), person=None), Pose.FOUR, id="nobody to say what is low"),
        pytest.param(
            a_hand(Pose.PALM_FIVE, (125, 175), squeeze=0.4), Pose.NONE, id="edge on before the chest: joined palms"
        ),
    ],
)
def test_hands_at_rest_show_nothing(hand: Hand, pose: Pose) -> None:
    (told,), _ = with_posture([hand], [FACE])
    assert told.pose is pose
    assert told.posed is None


@pytest.mark.parametrize(
    ("hand", "pose"),
    [
        pytest.param(a_hand(Pose.PEACE_TWO, turn=175, person=None), Pose.NONE, id="points down, of nobody's: legs"),
        pytest.param(a_hand(Pose.PEACE_TWO, turn=175), Pose.PEACE_TWO, id="of somebody whose face is seen"),
        pytest.param(a_hand(Pose.PEACE_TWO, turn=120, person=None), Pose.PEACE_TWO, id="points aside"),
        pytest.param(a_hand(Pose.THUMB_DOWN, turn=175, person=None), Pose.THUMB_DOWN, id="no V"),
    ],
)
def test_the_legs_of_somebody_seen_from_behind_are_no_sign(hand: Hand, pose: Pose) -> None:
    assert with_posture([hand], [FACE])[0][0].pose is pose


def index_at(tip: tuple[float, float], pose: Pose = Pose.ONE_INDEX, *, turn: float = 0, person: int | None = 0) -> Hand:
    """Make a hand as long as the face's box whose index finger's tip is at a place."""
    hand = a_hand(pose, size=42, turn=turn, person=person)
    points = hand.points_xyz.copy()
    points[:, :2] += np.array(tip) - points[8, :2]
    return replace(hand, points_xyz=points)


@pytest.mark.parametrize(
    ("hand", "pose"),
    [
        pytest.param(index_at((121, 124)), Pose.NONE, id="on the lips"),
        pytest.param(index_at((119, 121), turn=8), Pose.NONE, id="on the lips, leaning"),
        pytest.param(index_at((121, 124), Pose.PEACE_TWO), Pose.PEACE_TWO, id="two fingers there are two"),
        pytest.param(index_at((121, 112)), Pose.ONE_INDEX, id="before the eyes"),
        pytest.param(index_at((121, 132)), Pose.ONE_INDEX, id="under the lips"),
        pytest.param(index_at((130, 124)), Pose.ONE_INDEX, id="beside the mouth"),
        pytest.param(index_at((121, 124), turn=60), Pose.ONE_INDEX, id="points at the nose"),
        pytest.param(index_at((121, 124), person=None), Pose.ONE_INDEX, id="of nobody known"),
    ],
)
def test_a_finger_on_the_lips(hand: Hand, pose: Pose) -> None:
    assert with_posture([hand], [FACE])[0][0].pose is pose


@pytest.mark.parametrize(
    ("hand", "pose"),
    [
        pytest.param(a_hand(Pose.PALM_FIVE, (115, 185), turn=90), Pose.HAND_ON_CHEST, id="flat across the chest"),
        pytest.param(a_hand(Pose.NONE, (115, 185), turn=-80), Pose.HAND_ON_CHEST, id="not named, but flat"),
        pytest.param(a_hand(Pose.PALM_FIVE, (115, 185)), Pose.PALM_FIVE, id="upright is no salute"),
        pytest.param(a_hand(Pose.NONE, (115, 185), turn=90, fingers=CLOSED), Pose.NONE, id="curled: holds something"),
        pytest.param(a_hand(Pose.PALM_FIVE, (175, 185), turn=90), Pose.PALM_FIVE, id="beside the chest"),
        pytest.param(a_hand(Pose.NONE, (115, 150), turn=90), Pose.NONE, id="at the chin"),
        pytest.param(a_hand(Pose.PEACE_TWO, (115, 185), turn=90), Pose.PEACE_TWO, id="a sign stays a sign"),
        pytest.param(a_hand(Pose.PALM_FIVE, (115, 185), turn=90, person=None), Pose.PALM_FIVE, id="nobody's chest"),
    ],
)
def test_a_hand_on_the_chest(hand: Hand, pose: Pose) -> None:
    assert with_posture([hand], [FACE])[0][0].pose is pose


def heart_half(left: bool, *, apart: float = 0, flat: bool = False) -> Hand:
    """Make one hand of a heart of two hands about (120, 190), 40 pixels high."""
    way = -1 if left else 1
    points = np.zeros((21, 3))
    points[:, :2] = (way * 18, 0)
    points[0, :2] = (way * 20, 22)
    points[9, :2] = (way * 16, -14)
    for tip in (8, 12, 16, 20):
        points[tip, :2] = (way * 1, -10)
    points[4, :2] = (way * 1, -8 if flat else 18)
    points[:, :2] += (120 + way * apart, 190)
    return Hand(
        points, np.zeros((21, 3)), 0.7 if left else 0.9, "left" if left else "right", OPEN, Pose.NONE, 0.5, None, 0
    )


def test_two_hands_make_a_heart() -> None:
    (left, right), pairs = with_posture([heart_half(True), heart_half(False)], [FACE])
    assert (left.pose, right.pose) == (Pose.TWO_HAND_HEART, Pose.TWO_HAND_HEART)
    assert pairs == (HandPair(0, 1, Pose.TWO_HAND_HEART),)
    assert left.pose_score == right.pose_score == 0.7, "as sure as of the less sure hand"
    assert left.posed is None


def finger_half(left: bool, *, turn: float = 60, person: int = 0) -> Hand:
    """Make a hand that leans inward about (120, 190), its fingertips at the other's, its thumb far from the other's."""
    way = -1 if left else 1
    hand = a_hand(Pose.PEACE_TWO, turn=-way * turn, person=person)
    points = hand.points_xyz.copy()
    points[:, :2] += np.array((120 + way * 2, 190)) - points[12, :2]
    return replace(hand, points_xyz=points)


def test_fingers_that_meet_from_afar_make_a_heart() -> None:
    told, pairs = with_posture([finger_half(True), finger_half(False)], [FACE])
    assert [hand.pose for hand in told] == [Pose.TWO_HAND_HEART] * 2
    assert pairs == (HandPair(0, 1, Pose.TWO_HAND_HEART),)


def test_two_signs_side_by_side_make_no_heart() -> None:
    told, _ = with_posture([finger_half(True, turn=0), finger_half(False, turn=0)], [FACE])
    assert [hand.pose for hand in told] == [Pose.PEACE_TWO, Pose.PEACE_TWO]


@pytest.mark.parametrize(
    "hands",
    [
        pytest.param([heart_half(True)], id="half a heart"),
        pytest.param([heart_half(True, apart=20), heart_half(False, apart=20)], id="hands apart"),
        pytest.param([heart_half(True, flat=True), heart_half(False, flat=True)], id="thumbs beside the fingers"),
        pytest.param([heart_half(True), replace(heart_half(False), person=1)], id="of two people"),
    ],
)
def test_no_heart(hands: list[Hand]) -> None:
    assert Pose.TWO_HAND_HEART not in {hand.pose for hand in with_posture(hands, [FACE, FACE.moved(120, 0)])[0]}


@pytest.mark.parametrize("pose", [Pose.PALM_FIVE, Pose.FOUR, Pose.NONE])
def test_palms_together(pose: Pose) -> None:
    hands = [a_hand(pose, (118, 160)), a_hand(pose, (124, 160))]
    told, pairs = with_posture(hands, [FACE])
    assert [(hand.pose, hand.posed) for hand in told] == [(Pose.PALMS_TOGETHER, None)] * 2
    assert pairs == (HandPair(0, 1, Pose.PALMS_TOGETHER),)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(a_hand(Pose.FIST, (118, 160)), a_hand(Pose.FIST, (124, 160)), id="fists"),
        pytest.param(a_hand(Pose.NONE, (90, 160)), a_hand(Pose.NONE, (150, 160)), id="apart"),
        pytest.param(a_hand(Pose.NONE, (118, 160)), a_hand(Pose.NONE, (124, 160), turn=180), id="head to tail"),
        pytest.param(a_hand(Pose.NONE, (118, 160)), a_hand(Pose.NONE, (124, 160), person=1), id="of two people"),
    ],
)
def test_palms_not_together(one: Hand, other: Hand) -> None:
    told, pairs = with_posture([one, other], [FACE, FACE.moved(120, 0)])
    assert Pose.PALMS_TOGETHER not in {hand.pose for hand in told}
    assert {pair.pose for pair in pairs} <= {None}


def test_two_hands_of_one_person_are_a_pair_and_keep_their_own_signs() -> None:
    hands = [a_hand(Pose.PALM_FIVE, (70, 120)), a_hand(Pose.PEACE_TWO, (170, 120))]
    told, pairs = with_posture(hands, [FACE])
    assert [hand.pose for hand in told] == [Pose.PALM_FIVE, Pose.PEACE_TWO]
    assert pairs == (HandPair(0, 1),)


def test_partners_are_counted_in_the_answer() -> None:
    """A stranger's hand stands between the two of one person."""
    hands = [
        a_hand(Pose.FIST, (300, 130), person=1),
        a_hand(Pose.PALM_FIVE, (70, 120)),
        a_hand(Pose.PEACE_TWO, (320, 130), person=1),
        a_hand(Pose.PEACE_TWO, (170, 120)),
    ]
    _, pairs = with_posture(hands, [FACE, FACE.moved(200, 0)])
    assert pairs == (HandPair(0, 2), HandPair(1, 3))


@pytest.mark.parametrize(
    ("one", "other", "faces", "pairs"),
    [
        pytest.param((70, 40), (170, 40), [], (HandPair(0, 1),), id="no face at all: alike and near is one person"),
        pytest.param((70, 40), (170, 90), [], (), id="no face, sizes differ"),
        pytest.param((70, 40), (700, 40), [], (), id="no face, far apart"),
        pytest.param((70, 40), (170, 40), [FACE.moved(900, 0)], (), id="somebody's face, but not theirs"),
    ],
)
def test_hands_of_nobody(
    one: tuple[int, int], other: tuple[int, int], faces: list[Box], pairs: tuple[HandPair, ...]
) -> None:
    hands = [
        a_hand(pose, (x, 120), size=size, person=None)
        for pose, (x, size) in ((Pose.PALM_FIVE, one), (Pose.PEACE_TWO, other))
    ]
    assert with_posture(hands, faces)[1] == pairs


def test_hands_that_are_given_stay_as_they_are() -> None:
    hands = (a_hand(Pose.PALM_FIVE, (70, 120)), a_hand(Pose.PEACE_TWO, (170, 120)))
    with_posture(hands, [FACE])
    assert [hand.posed for hand in hands] == [None, None]


def test_no_hands() -> None:
    assert with_posture([], [FACE]) == ((), ())

"""Choosing between cutting and covering: made-up results in, exact remedies out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import vision.remedy
from candidates import Candidate, Match, Role, Strength
from vision.contract.result import CheckResult, EngineFacts, FaceResult, HandResult, PhotoFacts
from vision.geometry import Box
from vision.poses import FingerState, Pose
from vision.remedy import Cover, How, Kind, NoRemedy, Reason, Remedy, propose
from vision.remedy.planning import plan
from vision.remedy.scene import Leaver, Scene, Sign
from vision.rules import ElectionContext, Policy, SeenFace, SeenHand, judge

POLICY = Policy.load()
SIZE_WH = (1200, 900)
BUDI = Candidate("budi", "Budi", Role.CANDIDATE, ballot_number=2)
SITI = Candidate("siti", "Siti", Role.FAMILY, relative_of="budi")
FINGERS = FingerState(0.1, 0.9, 0.9, 0.1, 0.1)


def a_hand(box: Box, pose: Pose = Pose.PEACE_TWO, person: int | None = None) -> HandResult:
    """Make a hand whose landmarks lie in the corners of a box; it is as long as the box."""
    corners = ((box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom))
    points = tuple(corners[at % 4] for at in range(16)) + (corners[1],) * 5
    return HandResult(box, points, 0.98, "right", FINGERS, pose, 0.97, person=person)


def a_match(person: Candidate, strength: Strength = Strength.STRONG) -> Match:
    return Match(person, 0.3, 0.7, 0.5, strength, 0.001)


def a_result(
    hands: tuple[HandResult, ...] = (),
    faces: tuple[tuple[Box, Match | None], ...] = (),
    *,
    spouse: str | None = None,
    size_wh: tuple[int, int] = SIZE_WH,
) -> CheckResult:
    judgment = judge(
        [SeenHand(at, hand.pose, hand.pose_score, hand.person) for at, hand in enumerate(hands)],
        [],
        [SeenFace(at, match) for at, (_, match) in enumerate(faces)],
        POLICY,
        ElectionContext({2: (BUDI,)}, declared_spouse_of=spouse, names={"budi": "Budi"}),
    )
    return CheckResult(
        photo=PhotoFacts("a.jpg", "0" * 64, size_wh),
        verdict=judgment.verdict,
        findings=judgment.findings,
        hands=hands,
        faces=tuple(FaceResult(box, 0.9, at, match) for at, (box, match) in enumerate(faces)),
        engine=EngineFacts("0", {}, None, POLICY.id),
        timings_ms={},
    )


def remedy_of(result: CheckResult, how: How | str = How.AUTO) -> Remedy:
    remedy = propose(result, how)
    assert isinstance(remedy, Remedy)
    return remedy


FACE = (Box(500, 200, 120, 120), None)
EDGE_HAND = a_hand(Box(20, 300, 100, 200), person=0)
"""200 pixels long: 50 pixels of room, so that a cut begins at 170; that keeps 86% of the picture."""
MIDDLE_HAND = a_hand(Box(500, 500, 100, 200), person=0)


def test_nothing_found_needs_no_remedy() -> None:
    remedy = remedy_of(a_result(hands=(a_hand(Box(10, 10, 50, 50), Pose.FIST),), faces=(FACE,)))
    assert remedy == Remedy(SIZE_WH)
    assert (remedy.kind, remedy.kept, remedy.boxes_ltwh) == (Kind.NONE, 1.0, ())


def test_a_hand_at_the_rim_is_cut_off() -> None:
    remedy = remedy_of(a_result((EDGE_HAND,), (FACE,)))
    assert remedy == Remedy(SIZE_WH, Box(170, 0, 1030, 900))
    assert remedy.kind is Kind.CROP


def test_a_hand_in_the_middle_is_covered() -> None:
    remedy = remedy_of(a_result((MIDDLE_HAND,), (FACE,)))
    (cover,) = remedy.covers
    assert (remedy.kind, remedy.crop) == (Kind.BLUR, None)
    assert (cover.reach, cover.feather, cover.cell) == pytest.approx((50, 24, 90))
    # hand, room, soft edge and a pixel for rounding
    assert remedy.boxes_ltwh == (Box(425, 425, 250, 350),)


@pytest.mark.parametrize(("hand", "kind"), [(EDGE_HAND, Kind.BLUR), (MIDDLE_HAND, Kind.BLUR)])
def test_covering_can_be_asked_for(hand: HandResult, kind: Kind) -> None:
    assert remedy_of(a_result((hand,), (FACE,)), "blur").kind is kind


def test_cutting_can_be_asked_for() -> None:
    remedy = remedy_of(a_result((MIDDLE_HAND,), (FACE,)), How.CROP)
    assert remedy == Remedy(SIZE_WH, Box(0, 0, 1200, 450))


def test_cutting_that_was_asked_for_may_be_impossible() -> None:
    large = a_hand(Box(200, 100, 800, 700), person=0)
    assert propose(a_result((large,), (FACE,)), "crop") == NoRemedy(Reason.SIGN_STAYS)


@pytest.mark.parametrize(
    ("left", "face", "kind", "why"),
    [
        (160, 500, Kind.CROP, "a hand 200 long that ends at 250 takes a quarter of the width with its room"),
        (161, 500, Kind.BLUR, "a pixel more"),
        (100, 240, Kind.BLUR, "little is lost, but somebody stands where the cut goes through"),
    ],
)
def test_what_a_cut_may_take_along(left: float, face: float, kind: Kind, why: str) -> None:
    hand = a_hand(Box(left, 400, 90, 200))
    assert remedy_of(a_result((hand,), ((Box(face, 200, 120, 120), None), FACE))).kind is kind, why


def test_of_a_crowd_the_nearest_count() -> None:
    faces = tuple((Box(10.0 * at, 100, 20 if at < 50 else 30, 30), None) for at in range(100))
    heads = Scene.of(a_result((EDGE_HAND,), faces)).heads
    assert len(heads) == 80
    assert [head.weight for head in heads[:50]] == [1] * 50


def test_both_hands_of_a_sign_are_covered() -> None:
    hands = (a_hand(Box(400, 400, 80, 120)), a_hand(Box(700, 400, 80, 120)))
    assert len(remedy_of(a_result(hands, (FACE,)), "blur").covers) == 2


CANDIDATE = (Box(900, 200, 100, 100), a_match(BUDI))
"""Body and room take from 790 to 1110; 790 pixels on the left are left."""


def test_a_candidate_is_cut_out_entirely() -> None:
    remedy = remedy_of(a_result((), (FACE, CANDIDATE)))
    assert remedy == Remedy(SIZE_WH, Box(0, 0, 790, 900))


def test_what_else_shows_is_covered_in_the_cut() -> None:
    remedy = remedy_of(a_result((MIDDLE_HAND,), (FACE, CANDIDATE)))
    assert (remedy.kind, remedy.crop, len(remedy.covers)) == (Kind.CROP_AND_BLUR, Box(0, 0, 790, 900), 1)


def test_a_hand_that_leaves_with_the_candidate_needs_no_cover() -> None:
    hand = a_hand(Box(1000, 500, 60, 90), person=1)
    assert remedy_of(a_result((hand,), (FACE, CANDIDATE))).kind is Kind.CROP


def test_the_candidates_hand_on_a_shoulder_is_cut_out_too() -> None:
    hand = a_hand(Box(700, 500, 100, 100), Pose.NONE, person=1)
    remedy = remedy_of(a_result((hand,), (FACE, CANDIDATE)))
    assert remedy == Remedy(SIZE_WH, Box(0, 0, 670, 900)), "the boxes of hands are grown by 1.6"


@pytest.mark.parametrize("person", [BUDI, SITI])
def test_a_covered_face_is_no_remedy(person: Candidate) -> None:
    faces = (FACE, (CANDIDATE[0], a_match(person)))
    assert propose(a_result((), faces), How.BLUR) == NoRemedy(Reason.BLUR_FOR_PERSON)


@pytest.mark.parametrize("how", [How.AUTO, How.CROP])
def test_a_candidate_alone_leaves_no_photo(how: How) -> None:
    assert propose(a_result((), (CANDIDATE,)), how) != Remedy(SIZE_WH)
    large = (Box(400, 200, 400, 400), a_match(BUDI))
    assert propose(a_result((), (large,)), how) == NoRemedy(Reason.PERSON_STAYS)


def test_a_lookalike_is_cut_out_and_remembered_as_one() -> None:
    result = a_result((), (FACE, (CANDIDATE[0], a_match(BUDI, Strength.POSSIBLE))))
    (leaver,) = Scene.of(result).leavers
    assert (leaver.name, leaver.sure, leaver.excused) == ("Budi", False, False)
    assert remedy_of(result).kind is Kind.CROP


def test_a_spouse_is_cut_out_where_that_leaves_a_photo() -> None:
    assert remedy_of(a_result((), (FACE, CANDIDATE), spouse="budi")).kind is Kind.CROP


def test_a_spouse_who_cannot_be_cut_out_stays_without_the_sign() -> None:
    faces = ((Box(400, 200, 400, 400), a_match(BUDI)),)
    hand = a_hand(Box(500, 650, 100, 150), person=0)
    remedy = remedy_of(a_result((hand,), faces, spouse="budi"), How.BLUR)
    assert (remedy.kind, len(remedy.covers)) == (Kind.BLUR, 1)
    assert propose(a_result((), faces, spouse="budi")) == NoRemedy(Reason.PERSON_STAYS), "no sign: nothing to gain"
    assert propose(a_result((hand,), faces)) == NoRemedy(Reason.PERSON_STAYS), "not the user's spouse"


def test_wrong_arguments() -> None:
    with pytest.raises(ValueError, match="margin"):
        propose(a_result(), margin=-0.1)
    with pytest.raises(ValueError, match="melt"):
        propose(a_result(), "melt")
    with pytest.raises(ValueError, match="whole pixels"):
        Remedy(SIZE_WH, Box(0.5, 0, 100, 100))
    with pytest.raises(ValueError, match="in the photo"):
        Remedy(SIZE_WH, Box(0, 0, 1201, 100))


def test_margin_is_room_in_hand_lengths() -> None:
    narrow, wide = (propose(a_result((MIDDLE_HAND,), (FACE,)), "blur", margin) for margin in (0.0, 0.5))
    assert isinstance(narrow, Remedy) and isinstance(wide, Remedy)
    assert (narrow.covers[0].reach, wide.covers[0].reach) == pytest.approx((30, 130))


class TestSecondLook:
    """What the check of an outcome brings up, in pixels of that outcome, which begins at (100, 50) of the photo."""

    first = Scene(SIZE_WH, (Sign(((300.0, 300.0), (400.0, 300.0), (400.0, 400.0)), 100.0, 20.0),), (), (FACE[0],))

    def later(self, **parts: object) -> Scene:
        return replace(Scene((1100, 850)), **parts)

    def test_a_hand_seen_again_gets_a_larger_cover(self) -> None:
        again = Sign(((210.0, 260.0), (290.0, 340.0), (210.0, 340.0)), 100.0, 20.0)
        (sign,) = self.first.and_also(self.later(signs=(again,)), (100, 50)).signs
        assert sign.reach == pytest.approx(28)
        assert sign.box == Box(272, 272, 156, 156)

    def test_another_hand_is_added_where_it_is_in_the_photo(self) -> None:
        other = Sign(((700.0, 300.0), (800.0, 300.0), (800.0, 400.0)), 100.0, 20.0)
        signs = self.first.and_also(self.later(signs=(other,)), (100, 50)).signs
        assert [sign.box.left for sign in signs] == [280, 780]

    def test_who_turns_out_to_be_a_candidate_has_to_leave(self) -> None:
        seen = FACE[0].moved(-100, -50)
        leaver = Leaver(seen, (seen,), "Budi")
        scene = self.first.and_also(self.later(leavers=(leaver,)), (100, 50))
        assert [one.face for one in scene.leavers] == [FACE[0]]
        assert scene.faces == ()
        twice = scene.and_also(self.later(leavers=(leaver,)), (100, 50))
        assert len(twice.leavers) == 1

    def test_a_face_seen_again_is_one_person(self) -> None:
        scene = self.first.and_also(self.later(faces=(Box(402, 148, 118, 121), Box(800, 100, 90, 90))), (100, 50))
        assert scene.faces == (FACE[0], Box(900, 150, 90, 90))


def test_the_plan_of_a_scene_is_that_of_its_result() -> None:
    result = a_result((MIDDLE_HAND,), (FACE, CANDIDATE))
    assert plan(Scene.of(result)) == propose(result)


def test_public_names() -> None:
    assert vision.remedy.__all__ == ["Cover", "How", "Kind", "NoRemedy", "Reason", "Remedy", "apply", "propose"]


def test_a_cover_knows_its_box() -> None:
    cover = Cover(((10.0, 10.0), (20.0, 30.0)), 2.5, 1.2, 5.0)
    assert cover.box == Box(5, 5, 20, 30)
    assert np.isclose(Remedy((22, 100), None, (cover,)).boxes_ltwh[0].right, 22)

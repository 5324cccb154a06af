"""Judging: every pose by who holds the number by who is in the photo, on evidence written by hand."""

from __future__ import annotations

import itertools
import pickle
from dataclasses import dataclass, replace

import msgspec
import pytest

from candidates.people import Candidate, Relation, Role
from vision.poses import ALLOWED_POSES, QUIET_POSES, Pose
from vision.rules import (
    ElectionContext,
    Finding,
    FindingKind,
    Judgment,
    Note,
    Policy,
    SeenFace,
    SeenHand,
    SeenPair,
    Severity,
    Verdict,
    judge,
)

POLICY = Policy.load()
MILDER = msgspec.structs.replace(POLICY, judging=msgspec.structs.replace(POLICY.judging, unheld_number="milder"))


@dataclass(frozen=True)
class FakeMatch:
    candidate: Candidate
    strength: str


def pair(number: int, election: str = "pilkada-1999") -> tuple[Candidate, Candidate]:
    head = Candidate(f"ani-{number}", f"Ani {number}", Role.CANDIDATE, election, number, "34.01")
    mate = Candidate(f"budi-{number}", f"Budi {number}", Role.RUNNING_MATE, election, number, "34.01")
    return head, mate


ANI, BUDI = pair(2)
CHILD = Candidate(
    "cici", "Cici", Role.FAMILY, "pilkada-1999", region="34.01", relative_of="ani-2", relation=Relation.CHILD
)
NOBODY = ElectionContext()
EVERY_NUMBER = ElectionContext({number: pair(number) for number in range(1, 11)})
OTHER_NUMBER = ElectionContext({11: pair(11)})

TABLE = {
    Pose.THUMB_UP: (Severity.FLAG, (1,)),
    Pose.THUMB_DOWN: (Severity.REVIEW, ()),
    Pose.ONE_INDEX: (Severity.FLAG, (1,)),
    Pose.PINKY: (Severity.REVIEW, (1,)),
    Pose.PEACE_TWO: (Severity.FLAG, (2,)),
    Pose.L_TWO: (Severity.FLAG, (2, 7)),
    Pose.CALL: (Severity.FLAG, (2,)),
    Pose.FINGER_HEART: (Severity.FLAG, (2,)),
    Pose.THREE_IMR: (Severity.FLAG, (3,)),
    Pose.THREE_MRP: (Severity.FLAG, (3,)),
    Pose.THREE_TIM: (Severity.FLAG, (3,)),
    Pose.OK: (Severity.FLAG, (3,)),
    Pose.ILY: (Severity.FLAG, (3,)),
    Pose.ROCK: (Severity.FLAG, (2,)),
    Pose.FOUR: (Severity.FLAG, (4,)),
    Pose.PALM_FIVE: (Severity.REVIEW, (5,)),
    Pose.TWO_HAND_NUMBER: (Severity.REVIEW, ()),
    Pose.FIST: (None, ()),
    Pose.TWO_HAND_HEART: (None, ()),
    Pose.PALMS_TOGETHER: (None, ()),
    Pose.HAND_ON_CHEST: (None, ()),
    Pose.NONE: (None, ()),
}
"""The pose table of the design: severity of a clear sign, and its numbers."""

PEOPLE = {
    "nobody": None,
    "strong candidate": FakeMatch(ANI, "strong"),
    "possible candidate": FakeMatch(ANI, "possible"),
    "strong running mate": FakeMatch(BUDI, "strong"),
    "strong relative": FakeMatch(CHILD, "strong"),
    "possible relative": FakeMatch(CHILD, "possible"),
    "strong spouse": FakeMatch(ANI, "strong"),
}


def hand(pose: Pose, index: int = 0, score: float = 0.95, **more: object) -> SeenHand:
    return SeenHand(index, pose, score, **more)


def only(judgment: Judgment) -> Finding:
    (finding,) = judgment.findings
    return finding


@pytest.mark.parametrize("pose", Pose)
@pytest.mark.parametrize(
    "context", [NOBODY, OTHER_NUMBER, EVERY_NUMBER], ids=["no number known", "nobody holds it", "held in scope"]
)
@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("policy", [POLICY, MILDER], ids=["same", "milder"])
def test_every_combination(pose: Pose, context: ElectionContext, who: str, policy: Policy) -> None:
    severity, numbers = TABLE[pose]
    match = PEOPLE[who]
    if who == "strong spouse":
        context = replace(context, declared_spouse_of=ANI.id)
    result = judge([hand(pose)], [], [SeenFace(0, match)], policy, context)
    signs = [finding for finding in result.findings if finding.kind is FindingKind.POSE]
    others = [finding for finding in result.findings if finding.kind is not FindingKind.POSE]

    if severity is None:
        assert signs == []
    else:
        (sign,) = signs
        held = bool(numbers) and 1 in context.ballot_holders
        milder = policy is MILDER and bool(numbers) and 11 in context.ballot_holders
        assert sign.severity is (Severity.REVIEW if milder else severity)
        assert (sign.code, sign.numbers, sign.hands, sign.people) == (f"pose.{pose}", numbers, (0,), 1)
        assert (Note.UNHELD in sign.notes) is milder
        expected = [f"{name}-{number}" for number in numbers for name in ("ani", "budi")] if held else []
        assert list(sign.candidates) == expected

    if match is None:
        assert others == []
    else:
        (person,) = others
        assert person.faces == (0,)
        assert person.candidates == (match.candidate.id,)
        if match.candidate.role is Role.FAMILY:
            assert (person.kind, person.code, person.severity) == (FindingKind.FAMILY, "family.match", Severity.REVIEW)
        else:
            soft = match.strength == "possible" or who == "strong spouse"
            assert person.severity is (Severity.REVIEW if soft else Severity.FLAG)
            assert person.code == ("candidate.match_with_sign" if signs else "candidate.match")
            assert (Note.OWN_NUMBER in person.notes) is (2 in numbers)
            assert person.hands == ((0,) if signs else ())

    severities = {finding.severity for finding in result.findings}
    verdict = Verdict.FLAG if Severity.FLAG in severities else Verdict.REVIEW if severities else Verdict.CLEAR
    assert result.verdict is verdict
    assert result.hand_numbers == (numbers,)
    assert all(finding.rule == policy.id and finding.basis.link for finding in result.findings)


def test_the_table_is_the_whole_vocabulary() -> None:
    assert set(TABLE) == set(Pose)
    assert {pose for pose, (severity, _) in TABLE.items() if severity is None} == QUIET_POSES
    assert all(POLICY.poses[pose].severity is Severity.ALLOWED for pose in ALLOWED_POSES)


def test_nothing_seen_is_clear() -> None:
    assert judge([], [], [], POLICY) == Judgment((), Verdict.CLEAR, ())


@pytest.mark.parametrize(
    ("score", "severity", "unsure"),
    [
        (1.0, Severity.FLAG, False),
        (0.6, Severity.FLAG, False),  # the cut itself flags
        (0.599, Severity.REVIEW, True),
        (0.4, Severity.REVIEW, True),
        (0.399, None, False),  # too uncertain to mention
    ],
)
def test_a_low_score_is_milder(score: float, severity: Severity | None, unsure: bool) -> None:
    findings = judge([hand(Pose.PEACE_TWO, score=score)], [], [], POLICY).findings
    assert [finding.severity for finding in findings] == ([] if severity is None else [severity])
    assert all((Note.UNSURE in finding.notes) is unsure for finding in findings)


@pytest.mark.parametrize(
    ("posed", "score", "severity"),
    [
        (True, 0.9, Severity.FLAG),
        (False, 0.9, Severity.REVIEW),
        (None, 0.9, Severity.REVIEW),  # nobody looked: as if it were a wave
        (True, 0.5, Severity.REVIEW),  # posed, but hardly read
    ],
)
def test_an_open_palm_flags_when_posed(posed: bool | None, score: float, severity: Severity) -> None:
    finding = only(judge([hand(Pose.PALM_FIVE, score=score, posed=posed)], [], [], POLICY))
    assert finding.severity is severity
    assert (Note.POSED in finding.notes) is (posed is True)


def test_posed_means_nothing_for_other_signs() -> None:
    assert only(judge([hand(Pose.PINKY, posed=True)], [], [], POLICY)).severity is Severity.REVIEW


def test_fifteen_finger_hearts_are_one_finding() -> None:
    hands = [hand(Pose.FINGER_HEART, index, person=index) for index in range(15)]
    hands += [hand(Pose.FIST, 15, person=15)]
    finding = only(judge(hands, [], [], POLICY))
    assert finding.hands == tuple(range(15))
    assert finding.people == 15


@pytest.mark.parametrize(
    ("people", "count"),
    [((0, 0), 1), ((0, 1), 2), ((None, None), 2), ((0, None), 2)],
    ids=["both hands of one", "two people", "nobody known", "one known"],
)
def test_people_are_counted_not_hands(people: tuple[int | None, int | None], count: int) -> None:
    hands = [hand(Pose.PEACE_TWO, index, person=person) for index, person in enumerate(people)]
    assert only(judge(hands, [], [], POLICY)).people == count


def test_one_clear_hand_among_unclear_ones_flags_the_group() -> None:
    finding = only(judge([hand(Pose.CALL, 0, 0.45), hand(Pose.CALL, 1, 0.9)], [], [], POLICY))
    assert finding.severity is Severity.FLAG
    assert finding.hands == (0, 1)
    assert Note.UNSURE not in finding.notes


def test_two_hands_make_one_number() -> None:
    hands = [hand(Pose.PALM_FIVE, 0, person=0), hand(Pose.ONE_INDEX, 1, 0.6, person=0)]
    result = judge(hands, [SeenPair((0, 1))], [], POLICY, EVERY_NUMBER)
    (finding,) = (one for one in result.findings if one.code == "pose.two_hand_number")
    assert (finding.hands, finding.numbers, finding.people) == ((0, 1), (6,), 1)
    assert finding.candidates == ("ani-6", "budi-6")
    assert result.hand_numbers == ((5,), (1,)), "each hand keeps its own number"
    assert result.pairs == (SeenPair((0, 1), Pose.TWO_HAND_NUMBER, (6,)),)


@pytest.mark.parametrize(
    ("one", "other", "numbers"),
    [
        pytest.param(Pose.PALM_FIVE, Pose.ONE_INDEX, (6,), id="five and one: six"),
        pytest.param(Pose.PALM_FIVE, Pose.THUMB_UP, (6,), id="a thumb counts one"),
        pytest.param(Pose.PEACE_TWO, Pose.PALM_FIVE, (7,), id="two and five: seven"),
        pytest.param(Pose.FOUR, Pose.FOUR, (8,), id="four and four: eight"),
        pytest.param(Pose.FOUR, Pose.PALM_FIVE, (9,), id="nine"),
        pytest.param(Pose.PALM_FIVE, Pose.PALM_FIVE, (10,), id="ten"),
        pytest.param(Pose.THREE_TIM, Pose.THREE_IMR, (6,), id="three and three"),
        pytest.param(Pose.PEACE_TWO, Pose.THREE_IMR, (), id="five is one hand's number"),
        pytest.param(Pose.PALM_FIVE, Pose.FIST, (), id="the other hand shows nothing"),
        pytest.param(Pose.PALM_FIVE, Pose.OK, (), id="a ring is no number beside another"),
    ],
)
def test_two_hand_numbers(one: Pose, other: Pose, numbers: tuple[int, ...]) -> None:
    result = judge([hand(one, 0), hand(other, 1)], [SeenPair((0, 1))], [], POLICY)
    assert [pair.numbers for pair in result.pairs] == ([numbers] if numbers else [])


def test_a_hand_counts_in_one_pair_and_what_is_formed_comes_first() -> None:
    """Without a face nobody knows whose hands they are, and a hand may be of several pairs."""
    hands = [hand(Pose.PALM_FIVE, 0), hand(Pose.FOUR, 1), hand(Pose.TWO_HAND_HEART, 2), hand(Pose.TWO_HAND_HEART, 3)]
    pairs = [SeenPair((0, 1)), SeenPair((0, 2)), SeenPair((1, 2)), SeenPair((2, 3), Pose.TWO_HAND_HEART)]
    told = judge(hands, pairs, [], POLICY).pairs
    assert [(pair.hands, pair.numbers) for pair in told] == [((2, 3), ()), ((0, 1), (9,))]


def test_what_two_hands_form_is_one_sign_of_one_person() -> None:
    rule = msgspec.structs.replace(POLICY.poses[Pose.TWO_HAND_HEART], severity=Severity.REVIEW)
    strict = msgspec.structs.replace(POLICY, poses={**POLICY.poses, Pose.TWO_HAND_HEART: rule})
    hands = [hand(Pose.TWO_HAND_HEART, 0), hand(Pose.TWO_HAND_HEART, 1)]
    finding = only(judge(hands, [SeenPair((0, 1), Pose.TWO_HAND_HEART)], [], strict))
    assert (finding.hands, finding.people) == ((0, 1), 1)


@pytest.mark.parametrize("hands", [(0, 0), (1, 0)])
def test_a_pair_is_two_hands_in_order(hands: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="ascending"):
        SeenPair(hands)


def test_two_hand_numbers_of_different_sums_stay_apart() -> None:
    poses = [Pose.PALM_FIVE, Pose.ONE_INDEX, Pose.FOUR, Pose.THREE_IMR]
    hands = [hand(pose, index) for index, pose in enumerate(poses)]
    told = judge(hands, [SeenPair((0, 1)), SeenPair((2, 3))], [], POLICY).findings
    findings = [one for one in told if one.code == "pose.two_hand_number"]
    assert [(finding.hands, finding.numbers, finding.people) for finding in findings] == [
        ((0, 1), (6,), 1),
        ((2, 3), (7,), 1),
    ]


def test_a_pair_is_named_together_and_elections_apart() -> None:
    governor = pair(2, "pilgub-1999")
    lone = Candidate("dedi", "Dedi", Role.CANDIDATE, "pileg-1999", 2)
    context = ElectionContext({2: (*pair(2), *governor, lone, CHILD)})
    finding = only(judge([hand(Pose.PEACE_TWO)], [], [], POLICY, context))
    assert [subject.name for subject in finding.subjects] == ["Ani 2 & Budi 2", "Ani 2 & Budi 2", "Dedi"]
    assert finding.candidates == ("ani-2", "budi-2", "dedi")  # relatives hold no number; nobody twice


def test_the_same_person_twice_is_one_finding() -> None:
    faces = [SeenFace(3, FakeMatch(ANI, "possible")), SeenFace(1, FakeMatch(ANI, "strong"))]
    finding = only(judge([], [], faces, POLICY))
    assert finding.faces == (1, 3)
    assert finding.severity is Severity.FLAG
    assert Note.POSSIBLE not in finding.notes


def test_being_related_is_no_exemption_for_a_candidate() -> None:
    context = ElectionContext(declared_spouse_of="somebody-else")
    assert only(judge([], [], [SeenFace(0, FakeMatch(ANI, "strong"))], POLICY, context)).severity is Severity.FLAG


def test_a_spouse_softens_the_person_never_the_sign() -> None:
    context = replace(EVERY_NUMBER, declared_spouse_of=ANI.id)
    result = judge([hand(Pose.PEACE_TWO)], [], [SeenFace(0, FakeMatch(ANI, "strong"))], POLICY, context)
    assert [(f.kind, f.severity) for f in result.findings] == [
        (FindingKind.POSE, Severity.FLAG),
        (FindingKind.CANDIDATE, Severity.REVIEW),
    ]
    assert result.findings[1].basis == POLICY.rules["spouse"]


@pytest.mark.parametrize(
    ("context", "relative"),
    [
        (NOBODY, None),
        (ElectionContext({2: (ANI, BUDI)}), "Ani 2"),
        (ElectionContext(names={"ani-2": "Ani"}), "Ani"),
    ],
    ids=["relative out of scope", "found among the holders", "told by name"],
)
def test_whose_relative(context: ElectionContext, relative: str | None) -> None:
    (subject,) = only(judge([], [], [SeenFace(0, FakeMatch(CHILD, "strong"))], POLICY, context)).subjects
    assert (subject.relation, subject.relative_name) == ("child", relative)


def doubt(*people: Candidate, index: int = 0) -> SeenFace:
    return SeenFace(index, FakeMatch(people[0], "possible"), people[1:])


def test_a_face_that_may_be_one_of_two_names_both_and_no_single_number() -> None:
    rival, _ = pair(1)
    finding = only(judge([], [], [doubt(ANI, rival)], POLICY, EVERY_NUMBER))
    assert (finding.code, finding.severity) == ("candidate.match", Severity.REVIEW)
    assert (finding.candidates, finding.numbers) == (("ani-2", "ani-1"), (1, 2))
    assert [subject.name for subject in finding.subjects] == ["Ani 2", "Ani 1"]
    assert finding.notes == {Note.POSSIBLE, Note.EITHER}


def test_a_sign_with_the_number_of_either_makes_the_doubtful_finding_stronger() -> None:
    rival, _ = pair(1)
    findings = judge([hand(Pose.PEACE_TWO)], [], [doubt(rival, ANI)], POLICY, EVERY_NUMBER).findings
    (finding,) = (one for one in findings if one.kind is FindingKind.CANDIDATE)
    assert (finding.code, finding.hands) == ("candidate.match_with_sign", (0,))
    assert {Note.WITH_SIGN, Note.OWN_NUMBER} <= finding.notes


@pytest.mark.parametrize(
    ("people", "kind", "code"),
    [
        pytest.param((CHILD, ANI), FindingKind.CANDIDATE, "candidate.match", id="one of them stands"),
        pytest.param((CHILD, replace(CHILD, id="dani")), FindingKind.FAMILY, "family.match", id="two relatives"),
    ],
)
def test_what_a_doubtful_finding_is_about(people: tuple[Candidate, ...], kind: FindingKind, code: str) -> None:
    finding = only(judge([], [], [doubt(*people)], POLICY))
    assert (finding.kind, finding.code, finding.severity) == (kind, code, Severity.REVIEW)


def test_two_faces_between_the_same_people_are_one_finding_whoever_is_nearer() -> None:
    rival, _ = pair(1)
    finding = only(judge([], [], [doubt(ANI, rival), doubt(rival, ANI, index=1)], POLICY))
    assert (finding.faces, finding.candidates) == ((0, 1), ("ani-2", "ani-1"))


def test_a_marriage_softens_nothing_while_it_may_be_somebody_else() -> None:
    rival, _ = pair(1)
    context = replace(EVERY_NUMBER, declared_spouse_of=ANI.id)
    finding = only(judge([], [], [doubt(ANI, rival)], POLICY, context))
    assert not {Note.SPOUSE, Note.SPOUSE_NO_EXEMPTION} & finding.notes
    assert finding.basis == POLICY.rules["candidate"]


def test_a_policy_may_flag_relatives_but_only_sure_ones() -> None:
    strict = msgspec.structs.replace(POLICY, judging=msgspec.structs.replace(POLICY.judging, family="flag"))
    for strength, severity in (("strong", Severity.FLAG), ("possible", Severity.REVIEW)):
        assert only(judge([], [], [SeenFace(0, FakeMatch(CHILD, strength))], strict)).severity is severity


def test_order_is_severity_then_kind_then_place_whatever_the_input_order() -> None:
    eko = Candidate("eko", "Eko", Role.CANDIDATE, "pilkada-1999", 4)
    hands = [hand(Pose.PINKY, 0), hand(Pose.CALL, 1), hand(Pose.PEACE_TWO, 2)]
    faces = [
        SeenFace(0, FakeMatch(CHILD, "strong")),
        SeenFace(1, FakeMatch(eko, "possible")),
        SeenFace(2, FakeMatch(BUDI, "strong")),
        SeenFace(3, FakeMatch(ANI, "strong")),
        SeenFace(4),
    ]
    expected = [
        ("flag", "candidate.match_with_sign", (2,)),
        ("flag", "candidate.match_with_sign", (3,)),
        ("flag", "pose.call", ()),
        ("flag", "pose.peace_two", ()),
        ("review", "candidate.match_with_sign", (1,)),
        ("review", "pose.pinky", ()),
        ("review", "family.match", (0,)),
    ]
    for shuffled_hands, shuffled_faces in itertools.product(itertools.permutations(hands), (faces, faces[::-1])):
        findings = judge(shuffled_hands, [], shuffled_faces, POLICY).findings
        assert [(f.severity.value, f.code, f.faces) for f in findings] == expected


def test_a_judgment_travels_between_processes() -> None:
    result = judge([hand(Pose.PEACE_TWO)], [], [SeenFace(0, FakeMatch(ANI, "strong"))], POLICY, EVERY_NUMBER)
    assert pickle.loads(pickle.dumps(result)) == result


def test_a_score_outside_its_range_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        SeenHand(0, Pose.OK, 1.2)

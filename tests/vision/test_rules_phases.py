"""The calendar of an election: which part of it a day is in, as far as its dates tell, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import pytest

from candidates import Candidate, Election, Relation, Role
from vision.poses import Pose
from vision.rules import (
    ElectionContext,
    Note,
    Phase,
    Policy,
    Remark,
    RemarkKind,
    SeenFace,
    SeenHand,
    describe,
    judge,
)
from vision.rules.phases import is_in_time, nearest_phase, phase_on

POLICY = Policy.load()
CAMPAIGN, CAMPAIGN_ENDS, VOTE = date(2024, 9, 25), date(2024, 11, 23), date(2024, 11, 27)
PILKADA = Election("pilkada", "", "regency", "34.01", CAMPAIGN, CAMPAIGN_ENDS, VOTE)
NO_DATES = Election("pilkada")


@dataclass(frozen=True)
class FakeMatch:
    candidate: Candidate
    strength: str = "strong"


def on(day: date, *elections: Election, **more: object) -> ElectionContext:
    facts = ElectionContext(elections={one.id: one for one in elections}, day=day)
    return replace(facts, **more)


@pytest.mark.parametrize(
    ("day", "phase"),
    [
        ("2024-09-24", Phase.BEFORE),
        ("2024-09-25", Phase.DURING),
        ("2024-11-23", Phase.DURING),  # the last day of the campaign
        ("2024-11-24", Phase.QUIET),
        ("2024-11-26", Phase.QUIET),
        ("2024-11-27", Phase.POLLING_DAY),
        ("2024-11-28", Phase.AFTER),
    ],
)
def test_the_calendar_of_2024(day: str, phase: Phase) -> None:
    assert phase_on(date.fromisoformat(day), PILKADA) is phase


@pytest.mark.parametrize(
    ("election", "day", "phase"),
    [
        (NO_DATES, date(2024, 10, 1), None),
        (Election("e", active_from=CAMPAIGN), date(2024, 9, 1), Phase.BEFORE),
        (Election("e", active_from=CAMPAIGN), date(2030, 1, 1), Phase.DURING),  # nobody said that it ended
        (Election("e", active_to=VOTE), date(2024, 11, 1), None),  # before the campaign, or in it?
        (Election("e", active_to=VOTE), date(2024, 11, 28), Phase.AFTER),
        (Election("e", polling_day=VOTE), date(2024, 11, 1), None),
        (Election("e", polling_day=VOTE), date(2024, 11, 24), Phase.QUIET),  # the last three days
        (Election("e", polling_day=VOTE), VOTE, Phase.POLLING_DAY),
        (Election("e", active_from=CAMPAIGN, active_to=date(2025, 1, 31), polling_day=VOTE), VOTE, Phase.POLLING_DAY),
        # a gallery whose dates say how long the election counts, not how long the campaign is
        (
            Election("e", active_from=CAMPAIGN, active_to=date(2025, 1, 31), polling_day=VOTE),
            CAMPAIGN_ENDS,
            Phase.DURING,
        ),
        (
            Election("e", active_from=CAMPAIGN, active_to=date(2025, 1, 31), polling_day=VOTE),
            date(2025, 1, 1),
            Phase.AFTER,
        ),
        (Election("e", active_to=date(2024, 11, 20), polling_day=VOTE), date(2024, 11, 21), Phase.QUIET),
    ],
)
def test_missing_dates_are_not_guessed(election: Election, day: date, phase: Phase | None) -> None:
    assert phase_on(day, election) is phase


def test_of_several_phases_the_nearest_to_the_vote_is_told() -> None:
    assert nearest_phase([Phase.AFTER, None, Phase.BEFORE]) is Phase.BEFORE
    assert nearest_phase([Phase.DURING, Phase.QUIET]) is Phase.QUIET
    assert nearest_phase([None]) is None


@pytest.mark.parametrize(
    ("day", "inside"),
    [("2024-08-25", False), ("2024-08-26", True), ("2024-12-27", True), ("2024-12-28", False)],
)
def test_the_time_of_an_election_is_widened_by_the_policy(day: str, inside: bool) -> None:
    assert is_in_time(date.fromisoformat(day), PILKADA, POLICY.window) is inside
    assert is_in_time(date.fromisoformat(day), NO_DATES, POLICY.window)


@pytest.mark.parametrize(
    ("day", "remarks"),
    [
        ("2024-09-01", [Remark(RemarkKind.BEFORE, date(2024, 9, 1))]),
        ("2024-10-01", []),  # that a campaign is on surprises nobody
        ("2024-11-25", [Remark(RemarkKind.QUIET, date(2024, 11, 25))]),
        ("2024-11-27", [Remark(RemarkKind.POLLING_DAY, VOTE)]),
        ("2024-12-03", [Remark(RemarkKind.AFTER, date(2024, 12, 3))]),
    ],
)
def test_the_ban_holds_before_during_and_after_and_the_time_is_told(day: str, remarks: list[Remark]) -> None:
    told = judge([SeenHand(0, Pose.PEACE_TWO, 0.9)], [], [], POLICY, on(date.fromisoformat(day), PILKADA))
    assert told.verdict == "flag"
    assert list(told.remarks) == remarks


def test_nothing_is_told_about_a_photo_without_findings() -> None:
    told = judge([], [], [], POLICY, on(date(2024, 12, 3), PILKADA), taken_on=date(2001, 1, 1))
    assert (told.verdict, told.remarks) == ("clear", ())


def test_a_finding_tells_the_phase_of_the_election_it_names() -> None:
    earlier = replace(PILKADA, id="pilgub", active_from=date(2024, 1, 1), active_to=date(2024, 9, 1), polling_day=None)
    facts = on(date(2024, 9, 10), PILKADA, earlier)
    of_old, of_new = (Candidate(name, name, Role.CANDIDATE, name, 4) for name in ("pilgub", "pilkada"))
    faces = [SeenFace(0, FakeMatch(of_old)), SeenFace(1, FakeMatch(of_new))]
    told = judge([SeenHand(0, Pose.CALL, 0.9)], [], faces, POLICY, facts)
    assert [(f.code, f.faces, f.phase) for f in told.findings] == [
        ("candidate.match_with_sign", (0,), Phase.AFTER),
        ("candidate.match_with_sign", (1,), Phase.BEFORE),
        ("pose.call", (), Phase.BEFORE),  # names nobody: of all that count, the nearest to the vote
    ]
    assert [remark.kind for remark in told.remarks] == [RemarkKind.BEFORE]


@pytest.mark.parametrize(
    ("day", "number", "prospective"),
    [
        (date(2024, 9, 1), None, True),
        (date(2024, 9, 24), 3, False),  # numbers are drawn once the candidates are fixed
        (date(2024, 10, 1), None, False),  # a campaign without fixed candidates there is not
        (date(2024, 12, 1), None, False),
    ],
)
@pytest.mark.parametrize("role", [Role.CANDIDATE, Role.RUNNING_MATE])
def test_bakal_calon_and_calon_rest_on_different_items(
    day: date, number: int | None, prospective: bool, role: Role
) -> None:
    face = SeenFace(0, FakeMatch(Candidate("a", "Ani", role, "pilkada", number)))
    (finding,) = judge([], [], [face], POLICY, on(day, PILKADA)).findings
    assert (Note.PROSPECTIVE in finding.notes) is prospective
    assert finding.severity == "flag", "both are covered"
    indonesian, english = describe(finding, "id"), describe(finding, "en")
    if prospective:
        assert "bakal calon" in indonesian
        assert "kode etik" in indonesian
        assert "sanksi moral" in indonesian
        assert "moral sanction" in english
        assert "disiplin" not in indonesian
    else:
        assert "bakal" not in indonesian
        assert "disiplin pegawai (PP 94/2021)" in indonesian
        assert "discipline (PP 94/2021)" in english


def test_without_dates_nobody_is_called_prospective() -> None:
    face = SeenFace(0, FakeMatch(Candidate("a", "Ani", Role.CANDIDATE, "pilkada")))
    for facts in (ElectionContext(), on(date(2024, 9, 1), NO_DATES)):
        (finding,) = judge([], [], [face], POLICY, facts).findings
        assert (finding.phase, finding.basis) == (None, POLICY.rules["candidate"])


def test_a_pack_without_a_rule_for_prospective_candidates_uses_that_for_candidates() -> None:
    import msgspec

    rules = {name: rule for name, rule in POLICY.rules.items() if name != "prospective"}
    face = SeenFace(0, FakeMatch(Candidate("a", "Ani", Role.CANDIDATE, "pilkada")))
    (finding,) = judge(
        [], [], [face], msgspec.structs.replace(POLICY, rules=rules), on(date(2024, 9, 1), PILKADA)
    ).findings
    assert finding.basis == POLICY.rules["candidate"]


@pytest.mark.parametrize(
    ("taken", "kind"),
    [
        (date(2024, 10, 1), RemarkKind.TAKEN),
        (date(2024, 8, 26), RemarkKind.TAKEN),  # in the days before that count as well
        (date(2019, 8, 17), RemarkKind.TAKEN_OUTSIDE),
        (date(2024, 10, 21), None),  # from the future: the camera's clock is wrong
        (None, None),
    ],
)
def test_an_old_photo_is_said_to_be_old_and_never_cleared(taken: date | None, kind: RemarkKind | None) -> None:
    hands, facts = [SeenHand(0, Pose.PEACE_TWO, 0.9)], on(date(2024, 10, 20), PILKADA)
    told = judge(hands, [], [], POLICY, facts, taken_on=taken)
    assert [remark.kind for remark in told.remarks] == ([] if kind is None else [kind])
    assert told.findings == judge(hands, [], [], POLICY, facts).findings


def test_without_a_gallery_the_date_is_shown_and_called_neither_old_nor_new() -> None:
    told = judge([SeenHand(0, Pose.PEACE_TWO, 0.9)], [], [], POLICY, taken_on=date(2019, 8, 17))
    assert told.remarks == (Remark(RemarkKind.TAKEN, date(2019, 8, 17)),)


def test_relatives_have_the_phase_of_their_election() -> None:
    child = Candidate("c", "Cici", Role.FAMILY, relative_of="ani", relation=Relation.CHILD)
    (finding,) = judge([], [], [SeenFace(0, FakeMatch(child))], POLICY, on(date(2024, 12, 1), PILKADA)).findings
    assert finding.phase is Phase.AFTER

from datetime import date

import pytest

from candidates import Candidate, Election, Role, Scope, ballot_holders, in_scope
from candidates.errors import AmbiguousRegionError, UnknownRegionError

DAY = date(2029, 6, 15)


@pytest.mark.parametrize(
    ("election_region", "user_region", "counts"),
    [
        ("", "34.01", True),  # national
        ("34", "34.01", True),  # the user's province
        ("34.01", "34.01", True),
        ("3401", "34.01", True),  # the same code without its dot
        ("34.01", "34.02", False),  # the neighbour
        ("34.01", "34", False),  # a regency of the user's province
        ("3", "34", False),  # a prefix that is no ancestor
        ("34", "35", False),
        ("34.01", None, True),  # no scope: everything counts
        ("34.01", "Kulon Progo", True),  # by name
        ("kabupaten sorong", "96.01", True),  # stored by an older version as it was written
        ("92.01", "96.01", True),  # stored under the code it had before
        ("96.01", "92.01", True),  # asked for by the code it had before
        ("antah berantah", "34", False),
    ],
)
def test_regions(election_region: str, user_region: str | None, counts: bool) -> None:
    people = [Candidate("a", "A", election="e")]
    elections = [Election("e", region=election_region)]
    assert in_scope(people, elections, Scope(user_region, DAY)) == ({"a"} if counts else set())


@pytest.mark.parametrize(
    ("start", "end", "before", "after", "counts"),
    [
        (date(2029, 6, 15), date(2029, 6, 15), 0, 0, True),  # both ends count
        (date(2029, 6, 16), None, 0, 0, False),
        (date(2029, 6, 16), None, 1, 0, True),  # the policy widens the start
        (None, date(2029, 6, 14), 0, 0, False),
        (None, date(2029, 6, 8), 0, 7, True),  # six days after voting the ban still held
        (None, date(2029, 6, 7), 0, 7, False),
        (None, None, 0, 0, True),  # no dates: always
        (date.min, date.max, 400, 400, True),  # far ends do not overflow
    ],
)
def test_dates(start: date | None, end: date | None, before: int, after: int, counts: bool) -> None:
    people = [Candidate("a", "A", election="e")]
    elections = [Election("e", active_from=start, active_to=end)]
    assert bool(in_scope(people, elections, Scope(None, DAY, before, after))) is counts


@pytest.mark.parametrize(
    ("election", "person_region", "counts"),
    [
        (None, "", True),  # no election: always
        (None, "34", True),
        (None, "35", False),  # ... in their own region
        (Election("e"), "35", False),  # nothing known of the election: the person's region narrows it
        (Election("e", level="national"), "35", True),  # national: everybody's
        (Election("e", region="34"), "35", True),  # the election's region wins
        (Election("e", level="national", region="35"), "", True),  # the level wins over a region written by mistake
        (Election("e", level="province", region="34.02"), "", True),  # a governor is everybody's in the province
        (Election("e", level="province"), "34.02", True),  # ... also where only the candidate's home is written
        (Election("e", level="province"), "35.02", False),
        (Election("e", level="regency", region="34.01.05"), "", True),  # a district of the user's regency
        (Election("e", level="regency", region="34.02"), "34.01", False),  # the neighbour's regent
    ],
)
def test_whose_region_decides(election: Election | None, person_region: str, counts: bool) -> None:
    person = Candidate("a", "A", election=election.id if election else None, region=person_region)
    scope = Scope("34.01", DAY)
    assert bool(in_scope([person], [election] if election else [], scope)) is counts


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (date(2024, 11, 25), True),  # quiet period: the campaign is over, the vote is not
        (date(2024, 11, 27), True),  # polling day
        (date(2024, 12, 3), True),  # six days after the vote, counted from there
        (date(2024, 12, 5), False),
    ],
)
def test_a_campaign_that_ends_before_the_vote_does_not_end_the_duty(day: date, counts: bool) -> None:
    election = Election("e", active_to=date(2024, 11, 23), polling_day=date(2024, 11, 27))
    assert Scope(None, day, days_after=7).is_active(election) is counts


def test_relatives_follow_their_candidate() -> None:
    elections = [Election("past", active_to=date(2024, 1, 1)), Election("now", region="34")]
    people = [
        Candidate("old", "Old", election="past"),
        Candidate("new", "New", election="now"),
        Candidate("old-son", "Son", Role.FAMILY, relative_of="old"),
        Candidate("new-son", "Son", Role.FAMILY, relative_of="new"),
        Candidate("active-son", "Son", Role.FAMILY, relative_of="old", election="now"),  # own election first
    ]
    assert in_scope(people, elections, Scope("34.01", DAY)) == {"new", "new-son", "active-son"}
    assert in_scope(people, elections, Scope("35", DAY)) == frozenset()


def test_ballot_holders_are_pairs_in_scope() -> None:
    people = [
        Candidate("w2", "W2", Role.RUNNING_MATE, "gub", 2),
        Candidate("c2", "C2", Role.CANDIDATE, "gub", 2),
        Candidate("b2", "B2", Role.CANDIDATE, "bup", 2),
        Candidate("c1", "C1", Role.CANDIDATE, "gub", 1),
        Candidate("kin", "Kin", Role.FAMILY, "gub", 1, relative_of="c1"),  # holds no number of their own
        Candidate("none", "None"),
        Candidate("away", "Away", ballot_number=3),
    ]
    holders = ballot_holders(people, frozenset({"w2", "c2", "b2", "c1", "kin", "none"}))
    assert {number: [p.id for p in pair] for number, pair in holders.items()} == {1: ["c1"], 2: ["b2", "c2", "w2"]}
    assert list(holders) == [1, 2]


def test_days_are_not_negative() -> None:
    with pytest.raises(ValueError, match="days"):
        Scope(None, DAY, days_before=-1)


@pytest.mark.parametrize("region", ["99.99", "00", "340", "34.1", "Antah Berantah"])
def test_a_region_that_there_is_not_is_no_scope(region: str) -> None:
    with pytest.raises(UnknownRegionError):
        Scope(region, DAY)


def test_a_name_of_several_regions_is_no_scope() -> None:
    with pytest.raises(AmbiguousRegionError, match=r"96\.01 Kabupaten Sorong or 96\.71 Kota Sorong"):
        Scope("Sorong", DAY)


@pytest.mark.parametrize(
    ("election", "region", "lost"),
    [
        (None, "antah berantah", True),
        (None, "99.99", True),
        (None, "34.02", False),  # the neighbour's: known, and not meant
        (None, "", False),
        (Election("e", region="99.99"), "34.01", True),
        (Election("e", level="national", region="99.99"), "99.99", False),  # counts everywhere
        (Election("e", region="99.99", active_to=date(2020, 1, 1)), "", False),  # over
    ],
)
def test_whom_a_stored_region_hides(election: Election | None, region: str, lost: bool) -> None:
    assert Scope("34.01", DAY).is_lost(election, region) is lost
    assert not Scope(None, DAY).is_lost(election, region)

"""Who counts where and when: elections are active between dates and in regions (DESIGN.md, Judging)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from candidates.people import NATIONAL, Candidate, Election, Role
from candidates.regions import code_of, region_of

_PARTS = {"province": 1, "regency": 2}
"""How many parts of a Kemendagri code an election's level speaks of."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The user's place and day.

    `region` is a Kemendagri code ("34", "34.01"), or whatever names one region ("Kulon Progo"), or None for everywhere.
    `days_before` and `days_after` widen every election's dates: the duty runs before, during and after the campaign,
    and the policy says by how much. Raises `RegionError` for a region that is not known: it would match nobody.
    """

    region: str | None
    day: date
    days_before: int = 0
    days_after: int = 0

    def __post_init__(self) -> None:
        if self.days_before < 0 or self.days_after < 0:
            raise ValueError(f"days must be >= 0, got {self.days_before} before and {self.days_after} after")
        asked = (self.region or "").strip()
        object.__setattr__(self, "region", region_of(asked).code if asked else None)

    def is_active(self, election: Election) -> bool:
        """Tell whether the election counts on the day, its dates widened. A missing date is no limit.

        A polling day after `active_to` is within: that the campaign has ended does not end the duty.
        """
        before, after = timedelta(days=self.days_before), timedelta(days=self.days_after)
        # The widening moves to the side of `day`: `date.min - timedelta` would overflow for open-ended elections.
        starts_ok = election.active_from is None or (election.active_from - self.day) <= before
        end = election.active_to
        if end is not None and election.polling_day is not None:
            end = max(end, election.polling_day)
        return starts_ok and (end is None or (self.day - end) <= after)

    def covers(self, region: str) -> bool:
        """Tell whether something of `region` concerns the user: the same region or one that holds it.

        A province ("34") concerns its regencies ("34.01"), not the other way round; an empty region concerns all. What
        an older version stored and is no region concerns nobody who asks for one: see `is_lost`.
        """
        if self.region is None or not region:
            return True
        wanted = code_of(region)
        return wanted is not None and (self.region == wanted or self.region.startswith(wanted + "."))

    def counts(self, election: Election | None, region: str) -> bool:
        """Tell whether somebody of an election (None: of none that is known) and a region concerns the user."""
        if election is None:
            return self.covers(region)
        return self.is_active(election) and self.covers(_ground(election, region))

    def is_lost(self, election: Election | None, region: str) -> bool:
        """Tell whether somebody does not concern the user only because nobody knows what region was stored."""
        if self.region is None or (election is not None and not self.is_active(election)):
            return False
        ground = region if election is None else _ground(election, region)
        return bool(ground) and code_of(ground) is None


def in_scope(people: Iterable[Candidate], elections: Iterable[Election], scope: Scope) -> frozenset[str]:
    """Return the ids of the people who count for the scope.

    A person counts when their election is active and its region covers the user's. An election without a region
    counts everywhere; only where it is not said to be national does the person's own region narrow it. The election's
    level wins over a region that is narrower: a national one counts everywhere, a province's in all of the province.
    People without an election always count, within their own region. Relatives take over the election and region
    that they lack from the person they belong to.
    """
    everyone = tuple(people)
    by_id = {person.id: person for person in everyone}
    by_election = {election.id: election for election in elections}
    return frozenset(person.id for person in everyone if _counts(person, by_id, by_election, scope))


def ballot_holders(people: Iterable[Candidate], in_scope_ids: frozenset[str]) -> dict[int, tuple[Candidate, ...]]:
    """Return who holds each ballot number: number (ascending) → candidates and running mates in scope.

    Several elections can run at once, so one number can belong to several pairs; a pair stands together,
    candidate first, the pairs in the order of their elections' ids.
    """
    holders: dict[int, list[Candidate]] = {}
    for person in people:
        if person.ballot_number is not None and person.role is not Role.FAMILY and person.id in in_scope_ids:
            holders.setdefault(person.ballot_number, []).append(person)
    return {number: tuple(sorted(holders[number], key=ballot_order)) for number in sorted(holders)}


def ballot_order(person: Candidate) -> tuple[str, str, str, str]:
    """Return what the holders of one number are sorted by: a pair stands together, candidate first."""
    return person.election or "", person.region, person.role, person.id


def _ground(election: Election, region: str) -> str:
    """Return the region where an election counts for somebody of `region`, as wide as its level says."""
    if election.level == NATIONAL:
        return ""
    stored = election.region or region
    parts = (code_of(stored) or stored).split(".")
    return ".".join(parts[: _PARTS.get(election.level, len(parts))])


def _counts(
    person: Candidate, by_id: Mapping[str, Candidate], by_election: Mapping[str, Election], scope: Scope
) -> bool:
    relative = by_id.get(person.relative_of) if person.relative_of else None
    election_id = person.election or (relative.election if relative else None)
    region = person.region or (relative.region if relative else "")
    return scope.counts(by_election.get(election_id) if election_id else None, region)

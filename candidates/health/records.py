"""What the entries of a gallery say without any face: elections that never end, numbers given twice, and the like."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from candidates.health.finding import Fact, GalleryFinding, HealthSeverity
from candidates.people import Candidate, Election, Role, region_code
from candidates.regions import code_of

LONG_OVER = timedelta(days=365)
"""An election that ended earlier is no duty's business any more; after 30 days (policy pack) none of its people is."""


def of_records(people: Sequence[Candidate], elections: Iterable[Election], day: date) -> Iterator[GalleryFinding]:
    """Yield what is odd about regions, elections, ballot numbers and family ties on a day.

    All but a region that is not known is milder than what faces say.
    """
    elections = tuple(elections)
    yield from _regions(people, elections)
    by_election: dict[str, list[Candidate]] = defaultdict(list)
    by_id = {person.id: person for person in people}
    for person in people:
        if election_id := _election_of(person, by_id):
            by_election[election_id].append(person)
    by_election_id = {election.id: election for election in elections}
    for election_id, members in by_election.items():
        if election := by_election_id.get(election_id):
            yield from _of_election(election, members, day)
        yield from _same_numbers(election_id, members)
    yield from _relatives_of_nobody(people, by_id, by_election_id, day)


def end_of(election: Election) -> date | None:
    """Return the last day that an election counts, as far as it is known."""
    return election.active_to or election.polling_day


def _election_of(person: Candidate, by_id: Mapping[str, Candidate]) -> str | None:
    """Return a person's election; relatives take over that of the person they belong to (`candidates.scope`)."""
    candidate = by_id.get(person.relative_of) if person.relative_of else None
    return person.election or (candidate.election if candidate else None)


def _regions(people: Sequence[Candidate], elections: Iterable[Election]) -> Iterator[GalleryFinding]:
    """Tell of regions that an older version stored as they were written: read by name, or matching nothing at all."""
    written: dict[str, list[Candidate]] = defaultdict(list)
    for person in people:
        written[person.region].append(person)
    for region, of_it in written.items():
        if facts := _doubtful(region):
            yield GalleryFinding(f"data.region_{facts['as']}", _SEVERITIES[facts["as"]], tuple(of_it), facts=facts)
    for election in elections:
        if facts := _doubtful(election.region):
            code = f"data.election_region_{facts['as']}"
            named: dict[str, Fact] = {"election": election.id, "title": election.title or election.id}
            yield GalleryFinding(code, _SEVERITIES[facts["as"]], facts=facts | named)


_SEVERITIES: Mapping[Fact, HealthSeverity] = {
    "unknown": HealthSeverity.FIX,
    "text": HealthSeverity.LOOK,
}


def _doubtful(region: str) -> dict[str, Fact]:
    """Return what is to be said of a stored region; nothing of a code that is in use."""
    code = code_of(region) if region else ""
    if code is None:
        return {"as": "unknown", "region": region}
    return {"as": "text", "region": region, "read_as": code} if code != region_code(region) else {}


def _of_election(election: Election, members: Sequence[Candidate], day: date) -> Iterator[GalleryFinding]:
    end = end_of(election)
    facts: dict[str, Fact] = {"election": election.id, "title": election.title or election.id, "count": len(members)}
    if end and day - end > LONG_OVER:
        yield GalleryFinding(
            "data.election_over", HealthSeverity.LOOK, tuple(members), facts=facts | {"end": end.isoformat()}
        )
    elif election.active_from is None and election.active_to is None:
        yield GalleryFinding("data.election_undated", HealthSeverity.LOOK, tuple(members), facts=facts)


def _same_numbers(election_id: str, members: Sequence[Candidate]) -> Iterator[GalleryFinding]:
    """Tell of two candidates, or two running mates, with one ballot number in one region.

    Where nobody has a running mate, numbers may be those of a party's list: each party then has its own.
    """
    has_pairs = any(person.role is Role.RUNNING_MATE for person in members)
    holders: dict[tuple[str, int, Role, str], list[Candidate]] = defaultdict(list)
    for person in members:
        if person.ballot_number is not None and person.role is not Role.FAMILY:
            party = "" if has_pairs else person.party.casefold()
            holders[person.region, person.ballot_number, person.role, party].append(person)
    for (region, number, _, _), same in holders.items():
        if len(same) > 1:
            facts: dict[str, Fact] = {"election": election_id, "region": region, "ballot_number": number}
            yield GalleryFinding("data.same_number", HealthSeverity.LOOK, tuple(same), facts=facts)


def _relatives_of_nobody(
    people: Sequence[Candidate], by_id: Mapping[str, Candidate], elections: Mapping[str, Election], day: date
) -> Iterator[GalleryFinding]:
    """Tell of relatives whose candidate's election is over; those of elections long over are told with these."""
    for person in people:
        candidate = by_id.get(person.relative_of) if person.relative_of else None
        election = elections.get(candidate.election) if candidate and candidate.election else None
        end = end_of(election) if election else None
        if not candidate or not election or not end or end >= day:
            continue
        if day - end <= LONG_OVER or _election_of(person, by_id) != election.id:
            facts: dict[str, Fact] = {
                "election": election.id,
                "title": election.title or election.id,
                "end": end.isoformat(),
            }
            yield GalleryFinding("data.relative_of_nobody", HealthSeverity.LOOK, (person, candidate), facts=facts)

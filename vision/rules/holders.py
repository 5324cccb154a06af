"""Who holds a ballot number, and how a pair of them is told."""

from __future__ import annotations

from collections.abc import Sequence

from vision.rules.evidence import CandidateFacts, ElectionContext
from vision.rules.findings import Subject


def holders_of(numbers: tuple[int, ...], context: ElectionContext) -> tuple[CandidateFacts, ...]:
    """Return the candidates and running mates who hold any of the numbers, in the order of the context."""
    return tuple(
        holder for number in numbers for holder in context.ballot_holders.get(number, ()) if holder.role != "family"
    )


def pairs_of(holders: Sequence[CandidateFacts]) -> tuple[Subject, ...]:
    """Join candidate and running mate of one ballot into `A & B`; everybody else stands alone."""
    ballots: dict[tuple[str | None, str | None, int | None], list[CandidateFacts]] = {}
    for holder in holders:
        ballots.setdefault((holder.election, holder.region, holder.ballot_number), []).append(holder)
    subjects = []
    for (_, _, number), people in ballots.items():
        heads = [person for person in people if person.role == "candidate"]
        mates = [person for person in people if person.role == "running_mate"]
        if len(heads) == 1 and len(mates) == 1:
            subjects.append(Subject(f"{heads[0].name} & {mates[0].name}", "pair", number))
        else:
            subjects.extend(Subject(person.name, person.role, number) for person in people)
    return tuple(subjects)

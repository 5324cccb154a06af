"""Who counts where the user posts, kept as plain rows: of a national gallery's people hardly any is ever asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any, Self

from candidates.people import Candidate, Election, Relation, Role
from candidates.scope import Scope, ballot_order
from candidates.storage.store import GalleryFile

_FIELDS = tuple(field.name for field in fields(Candidate))
_ROLE, _NUMBER = (_FIELDS.index(name) - 2 for name in ("role", "ballot_number"))  # places after id and name

PERSON_COLUMNS = ", ".join(_FIELDS)
"""What a person's row holds, for SQL."""

# Relatives take over the election and region that they lack from the person they belong to.
_ROWS = f"""
SELECT {", ".join(f"p.{name}" for name in _FIELDS)},
    coalesce(nullif(p.election, ''), r.election), coalesce(nullif(p.region, ''), r.region, '')
FROM people p LEFT JOIN people r ON r.id = p.relative_of ORDER BY p.id
"""  # noqa: S608


class Roll(Mapping[str, Candidate]):
    """People by id, in the order of their ids. Read-only, so threads may share it.

    `lost` is how many people were left out only because nobody knows what region was stored for them.
    """

    def __init__(self, rows: Mapping[str, tuple[str, tuple[Any, ...]]], lost: int = 0) -> None:
        self._rows = rows
        self.lost = lost

    @classmethod
    def of_store(cls, store: GalleryFile, elections: Iterable[Election], scope: Scope | None) -> Self:
        """Read the people who count for a scope, as `candidates.scope.in_scope` says (None: everybody)."""
        by_id = {election.id: election for election in elections}
        counts: dict[tuple[Any, ...], bool] = {}
        is_lost: dict[tuple[Any, ...], bool] = {}
        lost = 0
        rows: dict[str, tuple[str, tuple[Any, ...]]] = {}
        shared: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        for row in store.stream(_ROWS):
            person_id, name, facts, ground = row[0], row[1], row[2 : len(_FIELDS)], row[len(_FIELDS) :]
            if ground not in counts:
                # A national gallery has some thousand of these, and hundreds of thousands of people.
                election, region = ground
                counts[ground] = scope is None or scope.counts(by_id.get(election), region)
                is_lost[ground] = scope is not None and scope.is_lost(by_id.get(election), region)
            if counts[ground]:
                rows[person_id] = name, shared.setdefault(facts, facts)
            lost += is_lost[ground]
        return cls(rows, lost)

    def __getitem__(self, person_id: str) -> Candidate:
        name, facts = self._rows[person_id]
        return person_of((person_id, name, *facts))

    def __contains__(self, person_id: object) -> bool:
        return person_id in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def names(self) -> dict[str, str]:
        """Names by id."""
        return {person_id: name for person_id, (name, _) in self._rows.items()}

    def ballot_holders(self) -> BallotHolders:
        """Return who holds each ballot number, as `candidates.scope.ballot_holders` does."""
        numbers: dict[int, list[str]] = {}
        for person_id, (_, facts) in self._rows.items():
            number = facts[_NUMBER]
            if number is not None and facts[_ROLE] != Role.FAMILY:
                numbers.setdefault(number, []).append(person_id)
        return BallotHolders(self, {number: numbers[number] for number in sorted(numbers)})


class BallotHolders(Mapping[int, tuple[Candidate, ...]]):
    """Candidates and running mates by ballot number, ascending; in the order of `ballot_order`."""

    def __init__(self, roll: Roll, numbers: Mapping[int, list[str]]) -> None:
        self._roll = roll
        self._numbers = numbers

    def __getitem__(self, number: int) -> tuple[Candidate, ...]:
        return tuple(sorted((self._roll[person_id] for person_id in self._numbers[number]), key=ballot_order))

    def __iter__(self) -> Iterator[int]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


def person_of(row: Sequence[Any]) -> Candidate:
    """Return the person of a row with `PERSON_COLUMNS`."""
    person_id, name, role, election, number, region, party, relative_of, relation = row
    return Candidate(
        person_id,
        name,
        Role(role),
        election,
        number,
        region,
        party,
        relative_of,
        Relation(relation) if relation else None,
    )

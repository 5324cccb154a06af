"""The elections in a gallery's file: rows to elections and back. What is written here belongs to a transaction."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

from candidates.errors import ElectionError
from candidates.messages import say
from candidates.people import Election, Outcome
from candidates.regions import code_to_store
from candidates.storage.store import GalleryFile

_COLUMNS = ", ".join(field.name for field in fields(Election))


def every(store: GalleryFile) -> tuple[Election, ...]:
    """Return all elections, in the order of their ids."""
    return tuple(_election(row) for row in store.rows(f"SELECT {_COLUMNS} FROM elections ORDER BY id"))  # noqa: S608


def find(store: GalleryFile, election_id: str) -> Election | None:
    """Return the election of this id, if it is registered."""
    rows = store.rows(f"SELECT {_COLUMNS} FROM elections WHERE id = ?", (election_id,))  # noqa: S608
    return _election(rows[0]) if rows else None


def require(store: GalleryFile, election_id: str) -> None:
    """Raise `ElectionError` unless an election of this id is registered."""
    if not store.rows("SELECT 1 FROM elections WHERE id = ?", (election_id,)):
        raise _unknown(election_id)


def put(store: GalleryFile, election: Election) -> Outcome:
    """Add or replace an election (by id). Raises `RegionError` for a region that there is not."""
    before = find(store, election.id)
    election = replace(election, region=code_to_store(election.region, before.region if before else None))
    if before == election:
        return Outcome.UNCHANGED
    store.upsert("elections", _COLUMNS, [_stored(getattr(election, field.name)) for field in fields(Election)])
    store.log("update" if before else "add", f"election:{election.id}")
    return Outcome.UPDATED if before else Outcome.ADDED


def remove(store: GalleryFile, election_id: str) -> None:
    """Remove an election. Raises `ElectionError` when it is unknown or people still belong to it."""
    if people := store.rows("SELECT count(*) FROM people WHERE election = ?", (election_id,))[0][0]:
        raise ElectionError(
            say("gallery.elections.people_still_belong_to_election", people=people, election_id=election_id)
        )
    if not store.write("DELETE FROM elections WHERE id = ?", (election_id,)):
        raise _unknown(election_id)
    store.log("remove", f"election:{election_id}")


def _election(row: tuple[Any, ...]) -> Election:
    return Election(*row[:4], *(date.fromisoformat(day) if day else None for day in row[4:]))


def _stored(value: str | date | None) -> str | None:
    return value.isoformat() if isinstance(value, date) else value


def _unknown(election_id: str) -> ElectionError:
    return ElectionError(say("gallery.elections.election_is_not_registered", election_id=election_id))

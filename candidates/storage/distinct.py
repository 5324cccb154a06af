"""Two people who look alike and were told to be two: kept in the gallery, so that nobody is asked again.

What is written here belongs to a transaction.
"""

from __future__ import annotations

from candidates.errors import InvalidCandidateError
from candidates.messages import say
from candidates.people import Candidate
from candidates.storage.store import GalleryFile

Pair = tuple[str, str]
"""Two people's ids, sorted."""

_FIRST_WITH_DISTINCT = 3  # schema version


def pair_of(one: str, other: str) -> Pair:
    """Return two ids in the order in which they are kept."""
    return (one, other) if one < other else (other, one)


def read(store: GalleryFile) -> frozenset[Pair]:
    """Return every two who were told to be two people."""
    if store.version < _FIRST_WITH_DISTINCT:
        return frozenset()
    return frozenset((str(one), str(other)) for one, other in store.rows("SELECT one, other FROM distinct_people"))


def add(store: GalleryFile, one: Candidate, other: Candidate) -> bool:
    """Keep that two are two people; return whether that is new. Raises `InvalidCandidateError` for one person."""
    if one.id == other.id:
        raise InvalidCandidateError(say("gallery.distinct.two_different_people_are_needed", one=one.name))
    pair = pair_of(one.id, other.id)
    if not store.write("INSERT OR IGNORE INTO distinct_people (one, other) VALUES (?, ?)", pair):
        return False
    store.log("distinct", pair[0], f"not {pair[1]}")
    return True


def remove(store: GalleryFile, one: Candidate, other: Candidate) -> bool:
    """Take that back; return whether it had been told."""
    pair = pair_of(one.id, other.id)
    if not store.write("DELETE FROM distinct_people WHERE one = ? AND other = ?", pair):
        return False
    store.log("distinct", pair[0], f"perhaps {pair[1]}")
    return True

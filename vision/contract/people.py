"""People, reference photos and elections of a gallery as other programs read them. No template ever is part of it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from msgspec import structs

from candidates import Candidate, Election, Reference
from vision.contract.answers.gallery import Election as ElectionWithPeople
from vision.contract.answers.gallery import KnownElection, Person, ReferencePhoto


def person_answer(person: Candidate, photos: int) -> Person:
    """Return a person, with how many reference photos there are."""
    return Person(**asdict(person), photos=photos)


def reference_answer(reference: Reference) -> ReferencePhoto:
    """Return a reference photo."""
    return ReferencePhoto(
        number=reference.id,
        name=reference.photo_name,
        sha256=reference.photo_sha256,
        model=reference.model_id,
        face_px=round(reference.size_px, 1),
        face=reference.face,
    )


def election_answer(election: Election, people: int) -> ElectionWithPeople:
    """Return an election, with how many people belong to it."""
    return ElectionWithPeople(**structs.asdict(known_election(election)), people=people)


def known_election(election: Election) -> KnownElection:
    """Return what the gallery knows of an election, its days as texts."""
    return KnownElection(
        id=election.id,
        title=election.title,
        level=election.level,
        region=election.region,
        active_from=_day(election.active_from),
        active_to=_day(election.active_to),
        polling_day=_day(election.polling_day),
    )


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()

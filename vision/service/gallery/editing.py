"""Reading and changing the gallery file: plain functions that each open it, to be run off the event loop.

Answers are those of `vision.contract.answers.gallery`. No template ever is part of one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from candidates import Candidate, Election, Gallery, Reference
from candidates.errors import CandidatesError, UnknownCandidateError
from candidates.importing.photos import (
    RejectedPhoto,
    RejectionReason,
    RowTemplates,
    as_reference,
    refuse_face_of_another,
    refuse_photo_of_another,
)
from candidates.importing.resembling import Resemblance
from candidates.importing.rows import Importer
from candidates.importing.tables import PersonRow
from candidates.people import Outcome
from vision.contract.answers.gallery import (
    Distinct,
    Elections,
    NamedPerson,
    People,
    Person,
    PersonDetails,
    ReferencePhoto,
    ReferencePhotos,
    Registered,
    RemovedElection,
    RemovedPeople,
    RemovedPhoto,
)
from vision.contract.answers.gallery import Election as ElectionAnswer
from vision.contract.answers.service import RejectedPhoto as RejectedPhotoAnswer
from vision.contract.people import election_answer, person_answer, reference_answer
from vision.errors import Language
from vision.messages import say
from vision.service.http.problems import HttpProblemError
from vision.service.pool.jobs import EnrolOutcome, JobFailure


@dataclass(frozen=True, slots=True)
class PhotoDescription:
    """A reference photo with its template, or why it has none; `face` says which of its faces was chosen."""

    name: str
    outcome: EnrolOutcome | JobFailure
    face: str = ""


class _SentPhotos:
    """Photos that came with a request, for an import of one row; afterwards `person_id` is whose they are."""

    def __init__(self, gallery: Gallery, photos: Sequence[PhotoDescription]) -> None:
        self._gallery = gallery
        self._photos = photos
        self.person_id = ""

    def gather(self, row: PersonRow, person_id: str) -> RowTemplates:
        """Return the templates of the row's person; see `candidates.importing.rows.PhotoSource`."""
        self.person_id = person_id
        return _gathered(self._gallery, row.name, person_id, self._photos)


def list_people(path: Path, *, search: str, election: str | None, limit: int, after: str) -> People:
    """List people in the order of their ids, from the one after `after`."""
    wanted = search.casefold().strip()
    with Gallery.open(path, read_only=True) as gallery:
        counts, revision = gallery.photo_counts(), gallery.revision
        found = [
            person
            for person in gallery.people()
            if (not wanted or wanted in person.name.casefold() or wanted in person.id)
            and (election is None or person.election == election)
        ]
    rest = [person for person in found if person.id > after]
    return People(
        revision=revision,
        total=len(found),
        people=tuple(person_answer(person, counts.get(person.id, 0)) for person in rest[:limit]),
        next=rest[limit - 1].id if len(rest) > limit else None,
    )


def show_person(path: Path, person_id: str) -> PersonDetails:
    """Tell all of one person. Raises `candidate.unknown`."""
    with Gallery.open(path, read_only=True) as gallery:
        person, counts = known(gallery, person_id), gallery.photo_counts()
        family = tuple(person_answer(one, counts.get(one.id, 0)) for one in gallery.relatives(person.id))
        distinct = tuple(
            NamedPerson(id=other.id, name=other.name)
            for pair in sorted(gallery.distinct())
            if person.id in pair and (other := gallery.get(pair[pair[0] == person.id]))
        )
        photos = _photos(gallery, person.id)
        return PersonDetails(**asdict(person), photos=photos, family=family, distinct=distinct)


def list_photos(path: Path, person_id: str) -> ReferencePhotos:
    """List a person's reference photos. Raises `candidate.unknown`."""
    with Gallery.open(path, read_only=True) as gallery:
        return ReferencePhotos(photos=_photos(gallery, known(gallery, person_id).id))


def register(path: Path, row: PersonRow, photos: Sequence[PhotoDescription], language: Language) -> Registered:
    """Register a person like a row of an import. Raises HttpProblemError when the row or all photos are refused."""
    with Gallery.open(path) as gallery:
        source = _SentPhotos(gallery, photos)
        with Importer(gallery, source, None) as importer:
            report = importer.register(row, "")
        rejected = _rejected(report.photos_rejected, language)
        if report.reason is not None:
            raise _refused(report.reason, rejected)
        keep_ready(gallery)
        person, count = known(gallery, source.person_id), gallery.photo_counts().get(source.person_id, 0)
    return Registered(
        outcome=report.outcome.value,
        person=person_answer(person, count),
        photos_used=report.photos_used,
        photos_rejected=rejected,
        notes=tuple(note.text(language) for note in report.notes),
    )


def add_photos(path: Path, person_id: str, photos: Sequence[PhotoDescription], language: Language) -> Registered:
    """Add reference photos to a person. Raises HttpProblemError when none of them could be used."""
    with Gallery.open(path) as gallery:
        person = known(gallery, person_id)
        gathered = _gathered(gallery, person.name, person.id, photos)
        rejected = _rejected(gathered.rejected, language)
        if not gathered.references and not gathered.known:
            raise _refused(gathered.rejected[0].reason, rejected)
        notes = Resemblance(gallery).told(person, gathered.references)
        outcome = gallery.put(person, gathered.references)
        keep_ready(gallery)
        count = gallery.photo_counts().get(person.id, 0)
    used = gathered.known + len(gathered.references)
    return Registered(
        outcome=outcome.value,
        person=person_answer(person, count),
        photos_used=used,
        photos_rejected=rejected,
        notes=tuple(note.text(language) for note in notes),
    )


def change_person(path: Path, person_id: str, values: Mapping[str, Any]) -> Person:
    """Give a person other fields; photos stay. Raises what `Gallery.put` raises."""
    with Gallery.open(path) as gallery:
        known(gallery, person_id)
        person = Candidate(id=person_id, **values)
        if person.election and gallery.election(person.election) is None:
            gallery.put_election(Election(person.election, title=person.election))
        try:
            gallery.put(person)
        except UnknownCandidateError as error:
            raise _refused(RejectionReason.of(error), None) from error
        keep_ready(gallery)
        return person_answer(person, gallery.photo_counts().get(person.id, 0))


def remove_person(path: Path, person_id: str, *, with_family: bool) -> RemovedPeople:
    """Remove a person, with their family if wanted. Raises what `Gallery.remove` raises."""
    with Gallery.open(path) as gallery:
        gone = gallery.remove(known(gallery, person_id).id, with_family=with_family)
        keep_ready(gallery)
    return RemovedPeople(removed=tuple(person.id for person in gone))


def remove_photo(path: Path, person_id: str, number: int) -> RemovedPhoto:
    """Remove one reference photo of a person. Raises `candidate.unknown` when the person has none of this number."""
    with Gallery.open(path) as gallery:
        person = known(gallery, person_id)
        if number not in {reference.id for reference in gallery.references(person.id)}:
            raise UnknownCandidateError(say("service.editing.this_person_has_no_photo", number=number))
        gallery.remove_reference(number)
        keep_ready(gallery)
    return RemovedPhoto(removed=number)


def tell_distinct(path: Path, person_id: str, other_id: str, *, are_two: bool) -> Distinct:
    """Keep that two are two people, or take that back. Raises `candidate.unknown` and `candidate.invalid`."""
    with Gallery.open(path) as gallery:
        people = known(gallery, person_id), known(gallery, other_id)
        if are_two:
            gallery.tell_distinct(*people)
        else:
            gallery.tell_same(*people)
    return Distinct(people=tuple(person.id for person in people), distinct=are_two)


def list_elections(path: Path) -> Elections:
    """List the elections, each with how many people belong to it."""
    with Gallery.open(path, read_only=True) as gallery:
        counts = Counter(person.election for person in gallery.people())
        return Elections(elections=tuple(election_answer(one, counts[one.id]) for one in gallery.elections()))


def show_election(path: Path, election_id: str) -> ElectionAnswer:
    """Tell of one election. Raises `election.unknown`."""
    with Gallery.open(path, read_only=True) as gallery:
        election = gallery.election(election_id)
        if election is None:
            raise HttpProblemError("election.unknown")
        return election_answer(election, _people_of(gallery, election_id))


def put_election(path: Path, election_id: str, values: Mapping[str, Any]) -> tuple[bool, ElectionAnswer]:
    """Add or replace an election; return whether it is new, and what it is now."""
    with Gallery.open(path) as gallery:
        election = Election(id=election_id, **dict(values) | {"title": values["title"] or election_id})
        outcome = gallery.put_election(election)
        keep_ready(gallery)
        return outcome is Outcome.ADDED, election_answer(election, _people_of(gallery, election_id))


def remove_election(path: Path, election_id: str) -> RemovedElection:
    """Remove an election. Raises `election.unknown`, or `election.in_use` while people belong to it."""
    with Gallery.open(path) as gallery:
        if gallery.election(election_id) is None:
            raise HttpProblemError("election.unknown")
        if _people_of(gallery, election_id):
            raise HttpProblemError("election.in_use")
        gallery.remove_election(election_id)
        keep_ready(gallery)
    return RemovedElection(removed=election_id)


def known(gallery: Gallery, person_id: str) -> Candidate:
    """Return the person of an id. Raises `candidate.unknown`; names, and near ones, are not tried."""
    person = gallery.get(person_id)
    if person is None:
        raise UnknownCandidateError(say("service.editing.there_is_nobody_of_this"))
    return person


def keep_ready(gallery: Gallery) -> None:
    """Have a large gallery ready for the next check, after it was changed."""
    models = gallery.model_ids()
    if len(models) == 1:
        gallery.keep_ready(models[0])


def _gathered(gallery: Gallery, name: str, person_id: str, photos: Sequence[PhotoDescription]) -> RowTemplates:
    held, chosen = gallery.photos(person_id), gallery.chosen_faces(person_id)
    fresh: dict[str, Reference] = {}
    known_already: set[str] = set()
    rejected: list[RejectedPhoto] = []
    for photo in photos:
        if isinstance(photo.outcome, JobFailure):
            failed = photo.outcome
            rejected.append(RejectedPhoto(photo.name, RejectionReason(failed.code, failed.says)))
            continue
        template = photo.outcome.template
        sha256 = template.photo_sha256
        try:
            gallery.require_model(template.model_id)
            if not photo.face:
                refuse_photo_of_another(gallery, name, sha256)
            if held.get(sha256) == template.model_id and photo.face in ("", chosen.get(sha256)):
                known_already.add(sha256)
                continue
            reference = as_reference(template, photo.name, sha256, photo.face)
            refuse_face_of_another(gallery, name, reference)
            fresh.setdefault(sha256, reference)
        except CandidatesError as error:
            rejected.append(RejectedPhoto(photo.name, RejectionReason.of(error)))
    return RowTemplates(tuple(fresh.values()), len(known_already), tuple(rejected))


def _refused(reason: RejectionReason, rejected: Sequence[RejectedPhotoAnswer] | None) -> HttpProblemError:
    # Who is unknown is the one whom the request names as a relative: the address itself is right.
    code = "candidate.invalid" if reason.code == UnknownCandidateError.code else reason.code
    return HttpProblemError(code, words=reason.says, photos_rejected=rejected)


def _rejected(photos: Sequence[RejectedPhoto], language: Language) -> tuple[RejectedPhotoAnswer, ...]:
    return tuple(
        RejectedPhotoAnswer(photo=photo.photo, code=photo.reason.code, message=photo.reason.text(language))
        for photo in photos
    )


def _photos(gallery: Gallery, person_id: str) -> tuple[ReferencePhoto, ...]:
    return tuple(map(reference_answer, gallery.references(person_id)))


def _people_of(gallery: Gallery, election_id: str) -> int:
    return sum(person.election == election_id for person in gallery.people())

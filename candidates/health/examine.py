"""Looking over a whole gallery: what is wrong with it, and what was not looked at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations
from pathlib import Path

from candidates.errors import UncalibratedModelError
from candidates.gallery import Gallery
from candidates.health.finding import (
    Fact,
    GalleryFinding,
    GalleryNote,
    Health,
    HealthKind,
    HealthSeverity,
    PhotoRef,
)
from candidates.health.likeness import of_all
from candidates.health.pairs import are_namesakes
from candidates.health.photos import Measure, PersonPhotos, of_each
from candidates.health.records import of_records
from candidates.importing.photos import is_same_face
from candidates.matching.calibration import Calibration
from candidates.people import Candidate, Reference, name_key
from candidates.storage.distinct import Pair, pair_of
from candidates.transfer.originals import originals

EVERYBODY_UP_TO = 5_000
"""With more people, only those of one election and region, and those of one name, are compared with one another."""


def examine(
    gallery: Gallery,
    *,
    model_id: str,
    folders: Iterable[Path] = (),
    day: date | None = None,
    everybody_up_to: int = EVERYBODY_UP_TO,
    on_person: Callable[[str], None] | None = None,
) -> Health:
    """Return what is wrong with an open gallery on a day (None: today).

    `model_id` is the face model that photos will be compared with. `folders`, if any, are where the registered photos
    should lie. Templates are held in memory for one group of people at a time; `on_person` hears of each person
    looked at. Raises `CalibrationError` for a damaged calibration; a missing one is noted.
    """
    people = gallery.people()
    measure = _measure(gallery, model_id)
    groups = _groups(people, everybody_up_to)

    def load(group: Sequence[Candidate]) -> list[PersonPhotos]:
        references = {}
        for candidate in group:
            references[candidate] = [one for one in gallery.references(candidate.id) if one.model_id == model_id]
            if on_person:
                on_person(candidate.name)
        return measure.people(references)

    findings = [*_of_models(gallery, model_id), *_of_bare(people, gallery.photo_counts())]
    for group in groups:
        members = load(group)
        findings += of_each(members, knows_pictures=measure.knows_pictures)
        if measure.calibration:
            findings += of_all(members, measure.calibration)
    if measure.calibration and len(groups) > 1:
        for namesakes in _namesakes(groups):
            found = of_all(load(namesakes), measure.calibration)
            findings += (one for one in found if one.kind in (HealthKind.SAME_PERSON, HealthKind.LOOKALIKES))
    findings = _with_shared_photos(gallery, _without_distinct(findings, gallery.distinct()))
    findings += of_records(people, gallery.elections(), day or date.today())
    findings += _of_files(gallery, people, tuple(folders))
    notes = {
        GalleryNote.UNCALIBRATED: measure.calibration is None,
        GalleryNote.PICTURES_UNKNOWN: measure.calibration is not None and not measure.knows_pictures,
        GalleryNote.WITHIN_ELECTIONS: len(groups) > 1,
    }
    return Health(
        people=len(people),
        references=gallery.summary().references,
        findings=tuple(sorted(findings, key=lambda one: one.rank)),
        notes=tuple(note for note, holds in notes.items() if holds),
    )


def _measure(gallery: Gallery, model_id: str) -> Measure:
    """Return the gallery's own calibration of the model, or the shipped one if it is of the model."""
    own = gallery.calibration(model_id)
    try:
        shipped = Calibration.load(model_id=model_id)
    except UncalibratedModelError:
        return Measure(Calibration.load(own, model_id=model_id) if own else None, knows_pictures=False)
    return Measure(Calibration.load(own, model_id=model_id) if own else shipped, knows_pictures=True)


def _groups(people: Sequence[Candidate], everybody_up_to: int) -> list[list[Candidate]]:
    """Return the people who are compared with one another: all, or those of one election and region."""
    if len(people) <= everybody_up_to:
        return [list(people)]
    by_id = {person.id: person for person in people}
    groups: dict[tuple[str, str], list[Candidate]] = defaultdict(list)
    for person in people:
        # Relatives take over what they lack (`candidates.scope`).
        other = by_id.get(person.relative_of, person) if person.relative_of else person
        groups[person.election or other.election or "", person.region or other.region].append(person)
    return list(groups.values())


def _namesakes(groups: Sequence[Sequence[Candidate]]) -> Iterator[list[Candidate]]:
    """Yield those of one name, one of each group: within the groups they have met already."""
    named: dict[str, list[Candidate]] = defaultdict(list)
    for group in groups:
        for key, person in {name_key(person.name): person for person in group}.items():
            named[key].append(person)
    yield from (same for same in named.values() if len(same) > 1)


def _of_models(gallery: Gallery, model_id: str) -> Iterator[GalleryFinding]:
    counts = gallery.model_counts()
    other = {model: count for model, count in counts.items() if model != model_id}
    if other:
        code = "other_model.some" if model_id in counts else "other_model.all"
        facts: dict[str, Fact] = {
            "count": sum(other.values()),
            "total": sum(counts.values()),
            "models": ", ".join(other),
        }
        yield GalleryFinding(code, HealthSeverity.FIX, facts=facts | {"model": model_id})


def _of_bare(people: Iterable[Candidate], counts: dict[str, int]) -> Iterator[GalleryFinding]:
    for person in people:
        if not counts.get(person.id):
            yield GalleryFinding("missing_photo.no_template", HealthSeverity.FIX, (person,))


def _without_distinct(findings: Iterable[GalleryFinding], distinct: frozenset[Pair]) -> list[GalleryFinding]:
    """Leave out what was answered: two who look alike, and were told to be two people."""
    pairs = (HealthKind.SAME_PERSON, HealthKind.LOOKALIKES)
    return [
        one
        for one in findings
        if one.kind not in pairs or pair_of(*(person.id for person in one.people[:2])) not in distinct
    ]


def _with_shared_photos(gallery: Gallery, findings: Sequence[GalleryFinding]) -> list[GalleryFinding]:
    """Add who shares a photo with whom, in place of what their faces alone say of these people."""
    mixed = {photo.number for one in findings if one.kind is HealthKind.MIXED_PERSON for photo in one.photos}
    shared: dict[tuple[Candidate, ...], list[PhotoRef]] = defaultdict(list)
    for sha256 in gallery.shared_photos():
        for same in _same_faces(gallery.references_of_photo(sha256)):
            owners = tuple(owner for one in same if (owner := gallery.get(one.person)))
            photos = [PhotoRef.of(one) for one in same]
            # That it is a stray photo, and whose, has been told.
            if not mixed.intersection(photo.number for photo in photos):
                shared[owners] += photos
    told = {frozenset(pair) for owners in shared for pair in combinations([owner.id for owner in owners], 2)}
    pairs = (HealthKind.SAME_PERSON, HealthKind.LOOKALIKES)
    kept = [one for one in findings if one.kind not in pairs or frozenset(p.id for p in one.people) not in told]
    for owners, photos in shared.items():
        if are_namesakes(owners):
            kept.append(GalleryFinding("same_person.other_election", HealthSeverity.HINT, owners, tuple(photos)))
        else:
            kept.append(GalleryFinding("same_person.photo", HealthSeverity.FIX, owners, tuple(photos)))
    return kept


def _same_faces(references: Sequence[Reference]) -> Iterator[list[Reference]]:
    """Yield the templates of one photo that are of one face of it: two people may each have their own."""
    left = list(references)
    while left:
        same = [one for one in left if is_same_face(left[0], one)]
        left = [one for one in left if one not in same]
        if len(same) > 1:
            yield same


def _of_files(gallery: Gallery, people: Sequence[Candidate], folders: Sequence[Path]) -> Iterator[GalleryFinding]:
    """Tell of registered photos that are not under the folders (none: nothing was asked)."""
    wanted = {sha256 for person in people for sha256 in gallery.photos(person.id)} if folders else set()
    if not wanted:
        return
    missing = wanted - originals(folders, wanted).keys()
    if missing == wanted:
        yield GalleryFinding("missing_photo.folder", HealthSeverity.LOOK, facts={"count": len(wanted)})
        return
    for person in people:
        if missing.intersection(gallery.photos(person.id)):
            lost = [PhotoRef.of(one) for one in gallery.references(person.id) if one.photo_sha256 in missing]
            yield GalleryFinding("missing_photo.file", HealthSeverity.LOOK, (person,), tuple(lost))

"""What the faces of a gallery say: people who may be one, photos that are somebody else's, poor and doubled photos."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from candidates.calibration import Calibration
from candidates.cohort import distances_between
from candidates.health.faces import (
    POOR_SHARPNESS,
    POOR_SIZE_PX,
    Limits,
    Near,
    groups_within,
    is_no_face,
    near_pairs,
    same_pictures,
    summed_up,
)
from candidates.health.finding import Fact, Finding, PhotoRef, Severity
from candidates.people import Candidate, Reference, name_key

_DECIMALS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Somebody and their templates, all of one face model; `no_faces` are the numbers of those that show no face."""

    candidate: Candidate
    references: tuple[Reference, ...]
    no_faces: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Measure:
    """What distances mean: nothing without a calibration.

    `knows_pictures` says whether the templates are of the model that the limits for same pictures and for non-faces
    were measured with.
    """

    calibration: Calibration | None
    knows_pictures: bool

    def people(self, references: Mapping[Candidate, Sequence[Reference]]) -> list[Person]:
        """Return those with a template, and which of their templates show no face."""
        every = [reference for own in references.values() for reference in own]
        numbers: frozenset[int] = frozenset()
        if self.calibration and self.knows_pictures and every:
            verdicts = is_no_face(np.stack([reference.embedding for reference in every]), self.calibration)
            numbers = frozenset(reference.id for reference, no_face in zip(every, verdicts, strict=True) if no_face)
        return [
            Person(candidate, tuple(own), numbers.intersection(reference.id for reference in own))
            for candidate, own in references.items()
            if own
        ]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Photos of one person that belong together; `is_odd` when there are more of others, None when nobody can tell."""

    person: Candidate
    references: tuple[Reference, ...]
    is_odd: bool | None
    distance: float

    @property
    def embeddings(self) -> NDArray[np.float32]:
        """Return the templates, (n, d)."""
        return np.stack([reference.embedding for reference in self.references])


def of_each(people: Iterable[Person], *, knows_pictures: bool) -> Iterator[Finding]:
    """Yield what is to be said of single photos: poor ones, those of one picture (if that is known), the only one."""
    for person in people:
        poor = [
            _poor(person, reference, case)
            for reference in person.references
            if (case := "no_face" if reference.id in person.no_faces else _poor_case(reference))
        ]
        yield from poor
        if len(person.references) == 1 and not poor:
            photo = PhotoRef.of(person.references[0])
            yield Finding("poor_reference.only_one", Severity.HINT, (person.candidate,), (photo,))
        if knows_pictures:
            yield from _doubled(person)


def of_all(people: Sequence[Person], calibration: Calibration) -> Iterator[Finding]:
    """Yield what comparing the people with one another says: mixed photos, doubled people, lookalikes."""
    parts: list[Part] = []
    limits = Limits.of(calibration, [len(person.references) for person in people])
    for person in people:
        parts += _parts(person, calibration, limits)
    near_to: dict[int, list[Near]] = defaultdict(list)
    for near in near_pairs([part.embeddings for part in parts], calibration, limits):
        one, other = parts[near.first], parts[near.second]
        if one.person.id == other.person.id:
            continue
        if one.is_odd is False and other.is_odd is False:
            if not are_family(one.person, other.person):
                yield from _alike(one, other, near, limits)
        else:
            near_to[near.first].append(near)
            near_to[near.second].append(near)
    yield from _mixed(parts, near_to, limits)
    yield from _family(parts, calibration, limits)


def _poor_case(reference: Reference) -> str | None:
    if reference.size_px < POOR_SIZE_PX:
        return "small"
    if reference.sharpness is not None and reference.sharpness < POOR_SHARPNESS:
        return "blurred"
    return None


def _poor(person: Person, reference: Reference, case: str) -> Finding:
    facts: dict[str, Fact] = {"size_px": round(reference.size_px), "others": len(person.references) - 1}
    if reference.sharpness is not None:
        facts["sharpness"] = round(reference.sharpness, 1)
    severity = Severity.FIX if case == "no_face" else Severity.LOOK
    return Finding(f"poor_reference.{case}", severity, (person.candidate,), (PhotoRef.of(reference),), facts)


def _doubled(person: Person) -> Iterator[Finding]:
    if len(person.references) < 2:
        return
    for group in same_pictures(np.stack([reference.embedding for reference in person.references])):
        same = [person.references[row] for row in group]
        # The largest and sharpest is worth keeping; it comes first.
        same.sort(key=lambda reference: (-reference.size_px, -(reference.sharpness or 0.0), reference.id))
        photos = tuple(PhotoRef.of(reference) for reference in same)
        yield Finding("near_duplicate.picture", Severity.LOOK, (person.candidate,), photos)


def _parts(person: Person, calibration: Calibration, limits: Limits) -> list[Part]:
    """Split a person's faces into those that belong together, the largest part first."""
    faces = tuple(reference for reference in person.references if reference.id not in person.no_faces)
    if len(faces) < 2:
        return [Part(person.candidate, faces, is_odd=False, distance=0.0)] if faces else []
    embeddings = np.stack([reference.embedding for reference in faces])
    distances = distances_between(embeddings, embeddings, calibration.cohort)
    groups = groups_within(distances, limits.apart)
    undecided = len(groups) > 1 and len(groups[0]) == len(groups[1])
    parts = []
    for number, group in enumerate(groups):
        others = [row for row in range(len(faces)) if row not in group]
        distance = float(distances[np.ix_(group, others)].min()) if others else 0.0
        is_odd = None if undecided else number > 0
        parts.append(Part(person.candidate, tuple(faces[row] for row in group), is_odd, distance))
    return parts


def _alike(one: Part, other: Part, near: Near, limits: Limits) -> Iterator[Finding]:
    """Tell of two people, not of one family, whose photos come near each other."""
    people = (one.person, other.person)
    if near.typical > max(limits.same, limits.alike) and near.least > limits.possible:
        return
    if are_namesakes(people):
        yield _pair("same_person.other_election", Severity.HINT, one, other, near)
    elif near.typical <= limits.same:
        yield _pair("same_person.faces", Severity.FIX, one, other, near)
    else:
        yield _pair("lookalikes.faces", Severity.LOOK, one, other, near)


def _family(parts: Sequence[Part], calibration: Calibration, limits: Limits) -> Iterator[Finding]:
    """Tell of relatives who look alike: they are few, and expected to, so that the limit is wider."""
    families: dict[str, list[int]] = defaultdict(list)
    for number, part in enumerate(parts):
        if part.is_odd is False:
            families[part.person.relative_of or part.person.id].append(number)
    for numbers in families.values():
        for first, second in combinations(numbers, 2):
            one, other = parts[first], parts[second]
            distances = distances_between(one.embeddings, other.embeddings, calibration.cohort)
            near = summed_up(first, second, distances)
            if near.typical <= limits.kin or near.least <= limits.possible:
                yield _pair("lookalikes.family", Severity.HINT, one, other, near)


def _pair(code: str, severity: Severity, one: Part, other: Part, near: Near) -> Finding:
    photos = tuple(PhotoRef.of(reference) for part in (one, other) for reference in part.references)
    return Finding(code, severity, (one.person, other.person), photos, {"distance": round(near.typical, _DECIMALS)})


def are_namesakes(people: Sequence[Candidate]) -> bool:
    """Tell whether people have one name and stand in different elections: the ordinary case of one person twice."""
    return len({name_key(person.name) for person in people}) == 1 and len({person.election for person in people}) > 1


def are_family(one: Candidate, other: Candidate) -> bool:
    """Tell whether two are registered as relatives of each other, or of one candidate."""
    return (one.relative_of or one.id) == (other.relative_of or other.id)


def _mixed(parts: Sequence[Part], near_to: Mapping[int, Sequence[Near]], limits: Limits) -> Iterator[Finding]:
    """Tell of people whose photos do not belong together, and of whom the odd ones remind."""
    reminds = {number: _nearest(number, parts, near_to.get(number, ()), limits) for number in range(len(parts))}
    of_person: dict[str, list[int]] = defaultdict(list)
    for number, part in enumerate(parts):
        of_person[part.person.id].append(number)
    for numbers in of_person.values():
        if len(numbers) == 1:
            continue
        odd = [number for number in numbers if parts[number].is_odd]
        if not odd:
            # As many photos on one side as on the other: those that remind of somebody else are the odd ones.
            odd = [number for number in numbers if reminds[number]]
            if not odd or len(odd) == len(numbers):
                yield _split([parts[number] for number in numbers])
                continue
        for number in odd:
            yield _odd(parts[number], reminds[number])


def _nearest(number: int, parts: Sequence[Part], near: Sequence[Near], limits: Limits) -> Candidate | None:
    close = [one for one in near if one.least <= max(limits.possible, limits.same)]
    if not close:
        return None
    nearest = min(close, key=lambda one: (one.least, one.first, one.second))
    return parts[nearest.second if nearest.first == number else nearest.first].person


def _odd(part: Part, reminds_of: Candidate | None) -> Finding:
    photos = tuple(PhotoRef.of(reference) for reference in part.references)
    facts: dict[str, Fact] = {"distance": round(part.distance, _DECIMALS)}
    if reminds_of:
        return Finding("mixed_person.of_another", Severity.FIX, (part.person, reminds_of), photos, facts)
    return Finding("mixed_person.odd_photo", Severity.FIX, (part.person,), photos, facts)


def _split(parts: Sequence[Part]) -> Finding:
    photos = tuple(PhotoRef.of(reference) for part in parts for reference in part.references)
    facts: dict[str, Fact] = {
        "distance": round(min(part.distance for part in parts), _DECIMALS),
        "parts": " / ".join(", ".join(str(reference.id) for reference in part.references) for part in parts),
    }
    return Finding("mixed_person.split", Severity.FIX, (parts[0].person,), photos, facts)

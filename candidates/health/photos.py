"""What single reference photos say: poor ones, several of one picture, and people with only one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from candidates.calibration import Calibration
from candidates.health.faces import POOR_SHARPNESS, POOR_SIZE_PX, is_no_face, same_pictures
from candidates.health.finding import Fact, Finding, PhotoRef, Severity
from candidates.people import Candidate, Reference


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

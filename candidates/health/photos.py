"""What single reference photos say: poor ones, several of one picture, and people with only one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from candidates.health.faces import POOR_SHARPNESS, POOR_SIZE_PX, same_pictures
from candidates.health.finding import Fact, GalleryFinding, HealthSeverity, PhotoRef
from candidates.matching.calibration import Calibration
from candidates.people import Candidate, Reference


@dataclass(frozen=True, slots=True, eq=False)
class PersonPhotos:
    """A person and their templates, all of one face model."""

    candidate: Candidate
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """What distances mean: nothing without a calibration.

    `knows_pictures` says whether the templates are of the model that the limit for same pictures was measured with.
    """

    calibration: Calibration | None
    knows_pictures: bool

    def people(self, references: Mapping[Candidate, Sequence[Reference]]) -> list[PersonPhotos]:
        """Return those with a template."""
        return [PersonPhotos(candidate, tuple(own)) for candidate, own in references.items() if own]


def of_each(people: Iterable[PersonPhotos], *, knows_pictures: bool) -> Iterator[GalleryFinding]:
    """Yield what is to be said of single photos: poor ones, those of one picture (if that is known), the only one."""
    for person in people:
        poor = [_poor(person, reference, case) for reference in person.references if (case := _poor_case(reference))]
        yield from poor
        if len(person.references) == 1 and not poor:
            photo = PhotoRef.of(person.references[0])
            yield GalleryFinding("poor_reference.only_one", HealthSeverity.HINT, (person.candidate,), (photo,))
        if knows_pictures:
            # A poor one is told to be replaced, which is another advice than to keep the best of several.
            told = {photo.number for finding in poor for photo in finding.photos}
            yield from _doubled(person, [one for one in person.references if one.id not in told])


def _poor_case(reference: Reference) -> str | None:
    if reference.size_px < POOR_SIZE_PX:
        return "small"
    if reference.sharpness is not None and reference.sharpness < POOR_SHARPNESS:
        return "blurred"
    return None


def _poor(person: PersonPhotos, reference: Reference, case: str) -> GalleryFinding:
    facts: dict[str, Fact] = {"size_px": round(reference.size_px), "others": len(person.references) - 1}
    if reference.sharpness is not None:
        facts["sharpness"] = round(reference.sharpness, 1)
    return GalleryFinding(
        f"poor_reference.{case}", HealthSeverity.LOOK, (person.candidate,), (PhotoRef.of(reference),), facts
    )


def _doubled(person: PersonPhotos, references: Sequence[Reference]) -> Iterator[GalleryFinding]:
    if len(references) < 2:
        return
    for group in same_pictures(np.stack([reference.embedding for reference in references])):
        same = [references[row] for row in group]
        # The largest and sharpest is worth keeping; it comes first.
        same.sort(key=lambda reference: (-reference.size_px, -(reference.sharpness or 0.0), reference.id))
        photos = tuple(PhotoRef.of(reference) for reference in same)
        yield GalleryFinding("near_duplicate.picture", HealthSeverity.LOOK, (person.candidate,), photos)

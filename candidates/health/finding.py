"""What a look over a gallery finds: one fault or hint each, with who, which photos, and the facts to word it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from candidates.people import Candidate, Reference

Fact = str | int | float


class HealthKind(StrEnum):
    """What is wrong; in the order in which it is best put right. The values are the ids in the JSON contract."""

    OTHER_MODEL = "other_model"
    MISSING_PHOTO = "missing_photo"
    MIXED_PERSON = "mixed_person"
    SAME_PERSON = "same_person"
    DATA = "data"
    LOOKALIKES = "lookalikes"
    POOR_REFERENCE = "poor_reference"
    NEAR_DUPLICATE = "near_duplicate"


class HealthSeverity(StrEnum):
    """How much it matters: `fix` makes matches wrong or missing, `look` may, `hint` only says what would help."""

    FIX = "fix"
    LOOK = "look"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class PhotoRef:
    """A reference photo as `candidates show` prints it: whose, `number` (`Reference.id`) and file name."""

    person: str
    number: int
    name: str

    @classmethod
    def of(cls, reference: Reference) -> PhotoRef:
        """Return the reference without its template."""
        return cls(reference.person, reference.id, reference.photo_name)


@dataclass(frozen=True, slots=True)
class GalleryFinding:
    """One fault or hint about the gallery.

    `code` : its kind and, after a dot, which case of it; stable. `people` : whom it is about, the first one foremost.
    `photos` : the references it is about. `facts` : what the wording needs and programs may want; never an embedding.
    """

    code: str
    severity: HealthSeverity
    people: tuple[Candidate, ...] = ()
    photos: tuple[PhotoRef, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def kind(self) -> HealthKind:
        """Return what is wrong, without the case."""
        return HealthKind(self.code.partition(".")[0])

    @property
    def rank(self) -> tuple[int, int, str, tuple[str, ...], tuple[int, ...]]:
        """The sort key: what to do first comes first; ties are broken by code, people and photos."""
        people, photos = tuple(person.id for person in self.people), tuple(photo.number for photo in self.photos)
        return (
            list(HealthSeverity).index(self.severity),
            list(HealthKind).index(self.kind),
            self.code,
            people,
            photos,
        )


class GalleryNote(StrEnum):
    """What was not looked at, and so cannot have been found."""

    UNCALIBRATED = "uncalibrated"
    """No calibration of the face model in use: no distances were compared."""
    PICTURES_UNKNOWN = "pictures_unknown"
    """Another model than the one that comes with the product: same pictures cannot be told."""
    WITHIN_ELECTIONS = "within_elections"
    """Too many people to compare everybody: only people of one election and region, and of one name, were."""


@dataclass(frozen=True, slots=True)
class Health:
    """The health of a gallery: everything found, in the order of `GalleryFinding.rank`, and what was not looked at."""

    people: int
    references: int
    findings: tuple[GalleryFinding, ...]
    notes: tuple[GalleryNote, ...]

    def count(self, severity: HealthSeverity) -> int:
        """Return how many findings matter so much."""
        return sum(finding.severity is severity for finding in self.findings)

    @property
    def is_sound(self) -> bool:
        """Tell whether there is nothing but hints."""
        return all(finding.severity is HealthSeverity.HINT for finding in self.findings)

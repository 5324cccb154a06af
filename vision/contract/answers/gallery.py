"""What the service answers about the gallery: people, their reference photos, elections, health. Never a template."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from vision.contract.answers.part import AtLeastOne, Count, Part, Sha256
from vision.contract.answers.service import RejectedPhoto

Severity = Literal["fix", "look", "hint"]


class KnownPerson(Part, frozen=True, kw_only=True):
    """What the gallery knows of a person."""

    id: str
    name: str
    role: str
    election: str | None
    ballot_number: AtLeastOne | None
    region: str
    party: str
    relative_of: str | None
    relation: str | None


class Person(KnownPerson, frozen=True, kw_only=True):
    """A person of the gallery; `photos` is how many reference photos there are."""

    photos: Count


class NamedPerson(Part, frozen=True, kw_only=True):
    """A person by id and name."""

    id: str
    name: str


class ReferencePhoto(Part, frozen=True, kw_only=True):
    """A reference photo; `face` says which of its faces was chosen, empty where it has one."""

    number: AtLeastOne
    name: str
    sha256: Sha256
    model: str
    face_px: float
    face: Annotated[str, Meta(pattern="^(left|right|largest|[1-9][0-9]?)?$")] = ""


class ReferencePhotos(Part, frozen=True, kw_only=True):
    """A person's reference photos."""

    photos: tuple[ReferencePhoto, ...]


class PersonDetails(KnownPerson, frozen=True, kw_only=True):
    """All of one person; `distinct` are those who look alike and were told to be somebody else."""

    photos: tuple[ReferencePhoto, ...]
    family: tuple[Person, ...]
    distinct: tuple[NamedPerson, ...]


class People(Part, frozen=True, kw_only=True):
    """A page of those who were looked for; `next` is where the following page begins."""

    schema: Literal["fotonetral.candidates/1"] = "fotonetral.candidates/1"
    revision: str
    total: Count
    people: tuple[Person, ...]
    next: str | None


class Registered(Part, frozen=True, kw_only=True):
    """What came of a registration, or of photos that were added."""

    outcome: str
    person: Person
    photos_used: Count
    photos_rejected: tuple[RejectedPhoto, ...]
    notes: tuple[str, ...]


class RemovedPeople(Part, frozen=True, kw_only=True):
    """The ids of those who were removed."""

    removed: tuple[str, ...]


class RemovedPhoto(Part, frozen=True, kw_only=True):
    """The number of the reference photo that was removed."""

    removed: int


class RemovedElection(Part, frozen=True, kw_only=True):
    """The id of the election that was removed."""

    removed: str


class Distinct(Part, frozen=True, kw_only=True):
    """Whether two who look alike are kept as two people."""

    people: Annotated[tuple[str, ...], Meta(min_length=2, max_length=2)]
    distinct: bool


class KnownElection(Part, frozen=True, kw_only=True):
    """What the gallery knows of an election."""

    id: str
    title: str
    level: str
    region: str
    active_from: str | None
    active_to: str | None
    polling_day: str | None


class Election(KnownElection, frozen=True, kw_only=True):
    """An election; `people` is how many belong to it."""

    people: Count


class Elections(Part, frozen=True, kw_only=True):
    """The elections of the gallery."""

    schema: Literal["fotonetral.elections/1"] = "fotonetral.elections/1"
    elections: tuple[Election, ...]


class HealthSummary(Part, frozen=True, kw_only=True):
    """How many findings there are of each severity."""

    fix: Count
    look: Count
    hint: Count


class HealthNote(Part, frozen=True, kw_only=True):
    """What was not looked at."""

    code: str
    message: str


class NumberedPhoto(Part, frozen=True, kw_only=True):
    """A reference photo by its number, as whose it is kept."""

    person: str
    number: int
    name: str


class HealthFinding(Part, frozen=True, kw_only=True):
    """What is wrong with the gallery, about whom, and what to do; `commands` that do it, where one can be typed."""

    kind: str
    code: str
    severity: Severity
    people: tuple[NamedPerson, ...]
    photos: tuple[NumberedPhoto, ...]
    facts: dict[str, str | int | float | bool | None]
    message: str
    advice: str
    commands: tuple[str, ...] | UnsetType = UNSET


class GalleryHealth(Part, frozen=True, kw_only=True):
    """Everything found, and what was not looked at."""

    schema: Literal["fotonetral.health/1"] = "fotonetral.health/1"
    people: Count
    photos: Count
    summary: HealthSummary
    notes: tuple[HealthNote, ...]
    findings: tuple[HealthFinding, ...]

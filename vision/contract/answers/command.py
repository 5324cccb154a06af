"""What the commands about packs, keys and this machine print with `--json`."""

from __future__ import annotations

from typing import Literal

from vision.contract.answers.gallery import KnownElection, KnownPerson, Person, ReferencePhoto
from vision.contract.answers.part import Part
from vision.rules import Circular


class ListedPack(Part, frozen=True, kw_only=True):
    """A policy pack, and those that it extends."""

    id: str
    title_id: str
    title_en: str
    extends: tuple[str, ...]
    regions: tuple[str, ...]
    circular: Circular


class ListedPacks(Part, frozen=True, kw_only=True):
    """What `fotonetral policy list` prints."""

    schema: Literal["fotonetral.policies/1"] = "fotonetral.policies/1"
    packs: tuple[ListedPack, ...]


class PackProblem(Part, frozen=True, kw_only=True):
    """Something wrong with a pack: the file, the dotted key (empty: the file as a whole), one sentence a language."""

    file: str
    key: str
    message_id: str
    message_en: str


class CheckedPack(Part, frozen=True, kw_only=True):
    """A policy pack's file, and what is wrong with it."""

    file: str
    ok: bool
    problems: tuple[PackProblem, ...]


class CheckedPacks(Part, frozen=True, kw_only=True):
    """What `fotonetral policy check` prints."""

    schema: Literal["fotonetral.policy_check/1"] = "fotonetral.policy_check/1"
    packs: tuple[CheckedPack, ...]


class MachineCheck(Part, frozen=True, kw_only=True):
    """One thing looked at. `name` is stable; `advice` says what to do, and is empty where nothing is to be done."""

    name: str
    ok: bool
    detail: str
    advice: str = ""


class MachineReport(Part, frozen=True, kw_only=True):
    """What `fotonetral doctor` prints."""

    schema: Literal["fotonetral.doctor/1"] = "fotonetral.doctor/1"
    ok: bool
    version: str
    checks: tuple[MachineCheck, ...]


class ListedKey(Part, frozen=True, kw_only=True):
    """A line of `fotonetral keys list`: a key or login code, never its secret."""

    id: str
    kind: str
    name: str
    role: str
    made_at: str
    expires_at: str | None
    last_used_at: str | None
    uses_left: int | None
    per_minute: int | None
    revoked_at: str | None


class CalibrationAnswer(Part, frozen=True, kw_only=True):
    """What `fotonetral candidates calibrate` measured: distances as they are cut, shares of strangers and photos."""

    model: str
    layout: str
    photos: int
    strangers: int
    left_out: int
    people: int
    false_alarms_per_1000: float
    least_false_alarms_per_1000: float
    possible_distance: float
    strong_distance: float
    missed_possible: float | None
    missed_strong: float | None
    strangers_named: int


class GalleryPeople(Part, frozen=True, kw_only=True):
    """What `fotonetral candidates list` prints."""

    revision: str
    people: tuple[Person, ...]
    elections: tuple[KnownElection, ...]


class GalleryPerson(KnownPerson, frozen=True, kw_only=True):
    """What `fotonetral candidates show` prints: all of one person, their family by id."""

    photos: tuple[ReferencePhoto, ...]
    family: tuple[str, ...]

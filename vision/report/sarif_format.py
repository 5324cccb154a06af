"""The objects of SARIF 2.1.0 that a log of this product has, as structs; their members are spelt as in SARIF."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

VERSION = "2.1.0"
SCHEMA_URI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

Level = Literal["error", "warning"]


class SarifObject(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An object of the log."""


class SarifMessage(SarifObject, frozen=True, kw_only=True):
    """Text for people."""

    text: str


class ArtifactLocation(SarifObject, frozen=True, kw_only=True):
    """Where a photo lies, and which artifact of the run it is; nothing is known of the index of what was not judged."""

    uri: str
    index: int | UnsetType = UNSET


class PhysicalLocation(SarifObject, frozen=True, kw_only=True):
    """A place in an artifact, here all of it."""

    artifact_location: ArtifactLocation


class Location(SarifObject, frozen=True, kw_only=True):
    """Where something was seen."""

    physical_location: PhysicalLocation

    @classmethod
    def of(cls, place: ArtifactLocation) -> Location:
        """Return the location of a whole photo."""
        return cls(physical_location=PhysicalLocation(artifact_location=place))


class Rectangle(SarifObject, frozen=True, kw_only=True):
    """A box in pixels of the upright photo."""

    left: float
    top: float
    right: float
    bottom: float


class Attachment(SarifObject, frozen=True, kw_only=True):
    """The photo of a result, with the boxes of what it is about."""

    artifact_location: ArtifactLocation
    rectangles: tuple[Rectangle, ...]


class ResultProperties(SarifObject, frozen=True, kw_only=True):
    """What a finding says beyond SARIF."""

    policy: str
    next_step: str
    numbers: tuple[int, ...]
    candidates: tuple[str, ...]


class Result(SarifObject, frozen=True, kw_only=True):
    """A finding."""

    rule_id: str
    rule_index: int
    level: Level
    message: SarifMessage
    locations: tuple[Location, ...]
    attachments: tuple[Attachment, ...]
    properties: ResultProperties


class ArtifactProperties(SarifObject, frozen=True, kw_only=True):
    """What the answer about a photo says beyond its findings."""

    verdict: str
    headline: str
    next_step: str
    notes: tuple[str, ...]
    reminders: tuple[str, ...]
    width: int
    height: int


class Artifact(SarifObject, frozen=True, kw_only=True):
    """A photo that was judged."""

    location: ArtifactLocation
    roles: tuple[str, ...] = ("analysisTarget",)
    hashes: dict[str, str]
    properties: ArtifactProperties


class Descriptor(SarifObject, frozen=True, kw_only=True):
    """A rule, or a kind of failure, that results and notifications name."""

    id: str
    short_description: SarifMessage | UnsetType = UNSET
    full_description: SarifMessage | UnsetType = UNSET
    help_uri: str | UnsetType = UNSET


class DescriptorReference(SarifObject, frozen=True, kw_only=True):
    """Which descriptor of the driver is meant."""

    id: str
    index: int


class NotificationProperties(SarifObject, frozen=True, kw_only=True):
    """What kind of file was not looked at."""

    kind: str


class Notification(SarifObject, frozen=True, kw_only=True):
    """What could not be judged."""

    level: Level = "error"
    message: SarifMessage
    descriptor: DescriptorReference
    locations: tuple[Location, ...]
    properties: NotificationProperties | UnsetType = UNSET


class Driver(SarifObject, frozen=True, kw_only=True):
    """The product."""

    name: str
    version: str
    semantic_version: str
    language: str
    rules: tuple[Descriptor, ...]
    notifications: tuple[Descriptor, ...]


class Tool(SarifObject, frozen=True, kw_only=True):
    """The program that wrote the file."""

    driver: Driver


class Invocation(SarifObject, frozen=True, kw_only=True):
    """One call of the command."""

    execution_successful: bool
    exit_code: int
    start_time_utc: str
    end_time_utc: str
    tool_execution_notifications: tuple[Notification, ...]


class RunProperties(SarifObject, frozen=True, kw_only=True):
    """By which pack and gallery all was judged; the gallery is null without one."""

    policy: str
    gallery: str | None


class SarifRun(SarifObject, frozen=True, kw_only=True):
    """The results of one call."""

    tool: Tool
    invocations: tuple[Invocation, ...]
    artifacts: tuple[Artifact, ...]
    results: tuple[Result, ...]
    language: str
    column_kind: str = "unicodeCodePoints"
    properties: RunProperties


class SarifFile(SarifObject, frozen=True, kw_only=True):
    """The file."""

    schema: str = msgspec.field(default=SCHEMA_URI, name="$schema")
    version: str = VERSION
    runs: tuple[SarifRun, ...]

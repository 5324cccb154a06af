"""The answer about one photo, "fotonetral.check/1": a `CheckedPhoto`, or a `FailedPhoto` that could not be judged.

A journal keeps a `KeptPhoto`, which is a checked one without its timings.
"""

from __future__ import annotations

from abc import ABC
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType
from msgspec.structs import replace

from vision.contract.answers.part import (
    AtLeastOne,
    Box,
    Code,
    Count,
    Indices,
    Number,
    Part,
    SeverityName,
    Sha256,
    Share,
    Text,
    VerdictName,
    encodable,
)

Schema = Literal["fotonetral.check/1"]
SCHEMA: Schema = "fotonetral.check/1"
"""Names the JSON contract; fields may be added under this name, never changed."""

T = TypeVar("T")
P = TypeVar("P", bound="KeptPhoto")

Point = tuple[float, float]
Distance = Annotated[float, Meta(ge=0, le=2)]


class PhotoName(Part, frozen=True, kw_only=True):
    """A photo by its name alone."""

    name: str


class PhotoFacts(Part, frozen=True, kw_only=True):
    """The photo as it was judged: its name as given, its full upright size, when the camera says it was taken."""

    name: str
    sha256: Sha256
    width: AtLeastOne
    height: AtLeastOne
    taken_at: str | None = None


class Media(Part, frozen=True, kw_only=True):
    """What the file holds: `looked_at` of its `pictures` were judged; `video`: a short one, which was not."""

    kind: str
    pictures: AtLeastOne
    looked_at: AtLeastOne
    video: bool = False


class Finding(Part, frozen=True, kw_only=True):
    """A reason to look again or not to post. `hands`, `faces` and `texts` count those of the photo from 0."""

    kind: str
    severity: SeverityName
    code: Code
    rule: str
    hands: Indices
    faces: Indices
    texts: Indices = ()
    candidates: tuple[str, ...]
    numbers: tuple[Number, ...]
    message: Text

    @property
    def is_about_somebody(self) -> bool:
        """Whether it names somebody by their face."""
        return self.kind in ("candidate", "family")


class Note(Part, frozen=True, kw_only=True):
    """What is to be said beside the findings."""

    code: Code
    message: Text


class Scope(Part, frozen=True, kw_only=True):
    """Where and when the photo is to be posted; null: everywhere, and no day that anything depends on."""

    region: str | None
    region_name: str | None
    date: str | None


class Fingers(Part, frozen=True, kw_only=True):
    """Which fingers are extended."""

    thumb: bool
    index: bool
    middle: bool
    ring: bool
    pinky: bool


class Hand(Part, frozen=True, kw_only=True):
    """A hand. `person` counts the people of the photo, `partner` its hands; `landmarks` are 21 points in pixels."""

    box: Box
    score: Share
    handedness: Literal["left", "right"] | None
    fingers: Fingers
    pose: str
    pose_score: Share
    numbers: tuple[Number, ...]
    person: Count | None
    partner: Count | None = None
    posed: bool | None = None
    landmarks: Annotated[tuple[Point, ...], Meta(min_length=21, max_length=21)] = ()


class Alternative(Part, frozen=True, kw_only=True):
    """A registered person; as an alternative, one whom the face resembles about equally."""

    candidate: str
    name: str
    role: str
    ballot_number: AtLeastOne | None


class Match(Alternative, frozen=True, kw_only=True):
    """Whom a face was taken for, how near it is, and how often a face of somebody else comes as near."""

    strength: str
    distance: Distance
    threshold: Distance
    false_alarm_rate: Share
    margin: Annotated[float, Meta(ge=0)] | None = None
    alternatives: tuple[Alternative, ...] = ()


class Face(Part, frozen=True, kw_only=True):
    """A face; `match` is null for everybody who is not in the gallery. `flaws` say why it shows poorly."""

    box: Box
    score: Share
    person: Count
    flaws: Annotated[tuple[str, ...], Meta(extra_json_schema={"uniqueItems": True})] = ()
    recognisable: bool = True
    match: Match | None


class TextLine(Part, frozen=True, kw_only=True):
    """Words in the photo on which a finding rests; `text` is what was looked for, `means` what it can be read as."""

    box: Box
    text: str
    score: Share
    means: str


class Engine(Part, frozen=True, kw_only=True):
    """What judged: its version, the sha256 of each model by its use, the gallery's revision, the policy pack."""

    version: str
    models: Annotated[dict[str, Sha256], Meta(extra_json_schema={"required": ["hands", "faces"]})]
    gallery: str | None
    policy: str


class KeptPhoto(Part, frozen=True, kw_only=True):
    """The answer about a photo that was judged, as it is the same every time."""

    schema: Schema = SCHEMA
    photo: PhotoFacts
    media: Media = Media(kind="image", pictures=1, looked_at=1)
    verdict: VerdictName
    headline: Text = ""
    next_step: Text = ""
    findings: tuple[Finding, ...]
    notes: tuple[Note, ...] = ()
    reminders: tuple[Text, ...] = ()
    scope: Scope = Scope(region=None, region_name=None, date=None)
    hands: tuple[Hand, ...]
    faces: tuple[Face, ...]
    texts: tuple[TextLine, ...] = ()
    engine: Engine
    error: ClassVar[None] = None

    def named(self, name: str) -> Self:
        """Return the same under another name: equal bytes may lie under many."""
        return replace(self, photo=replace(self.photo, name=encodable(name)))


class CheckedPhoto(KeptPhoto, frozen=True, kw_only=True):
    """The answer about a photo that was judged; `timings_ms` gives milliseconds by stage."""

    timings_ms: Annotated[
        dict[str, Annotated[float, Meta(ge=0)]],
        Meta(extra_json_schema={"required": ["decode", "faces", "hands", "match", "judge"]}),
    ]

    @property
    def kept(self) -> KeptPhoto:
        """The answer without its timings."""
        return KeptPhoto(**{name: getattr(self, name) for name in KeptPhoto.__struct_fields__})


class NotJudged(Part, frozen=True, kw_only=True):
    """Why a photo could not be judged; `kind` says what kind of file was not looked at, of such errors alone."""

    code: Code
    kind: str | UnsetType = UNSET
    message: Text


class FailedPhoto(Part, frozen=True, kw_only=True):
    """A photo that could not be judged: never to be taken for a clear one."""

    schema: Schema = SCHEMA
    photo: PhotoName
    error: NotJudged
    verdict: ClassVar[None] = None
    findings: ClassVar[tuple[Finding, ...]] = ()

    def named(self, name: str) -> Self:
        """Return the same under another name."""
        return replace(self, photo=PhotoName(name=encodable(name)))


class PhotoOrFailure(ABC):
    """Stands for a photo of the class `judged` or a `FailedPhoto`: msgspec itself cannot tell two structs apart."""

    judged: ClassVar[type[KeptPhoto]]

    @classmethod
    def __subclasshook__(cls, other: type[Any]) -> bool:
        """Have both pass for it, as msgspec asks of what a hook returns."""
        return cls is not PhotoOrFailure and issubclass(other, (cls.judged, FailedPhoto))


def read(data: bytes, kind: type[T]) -> T:
    """Return what JSON says, as a struct. Raises `msgspec.MsgspecError` where it is none of its kind."""
    return msgspec.json.decode(data, type=kind, dec_hook=_photo_or_failure)


def read_photo_answer(data: bytes) -> KeptPhoto | FailedPhoto:
    """Return the answer about a photo as a journal keeps it. Raises `msgspec.MsgspecError`."""
    return _told_apart(msgspec.json.decode(data), KeptPhoto)


def _photo_or_failure(kind: type[Any], value: Any) -> Any:
    judged: type[KeptPhoto] = kind.judged
    return _told_apart(value, judged)


def _told_apart(value: Any, judged: type[P]) -> P | FailedPhoto:
    if isinstance(value, dict) and "error" in value:
        return msgspec.convert(value, FailedPhoto)
    return msgspec.convert(value, judged)

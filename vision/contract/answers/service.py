"""What the service answers beside the contracts of a check, a post and a fix: pictures, marks, problems, itself."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from vision.contract.answers.check import CheckedPhoto, FailedPhoto, PhotoOrFailure
from vision.contract.answers.fix import Mended
from vision.contract.answers.part import AtLeastOne, Box, Code, Count, Part, SeverityName, Text
from vision.contract.answers.post import MOST_PHOTOS, Post


class Picture(Part, frozen=True, kw_only=True):
    """An encoded picture; `data` is its bytes in base64."""

    media_type: Literal["image/jpeg", "image/png"]
    width: AtLeastOne
    height: AtLeastOne
    data: Annotated[str, Meta(extra_json_schema={"contentEncoding": "base64"})]

    @property
    def bytes(self) -> bytes:
        """The picture's file."""
        return b64decode(self.data)


class Basis(Part, frozen=True, kw_only=True):
    """The rule that the finding of the same index rests on; its message ends with `sentence`."""

    circular: str
    item: str
    title: str
    link: str
    sentence: Text


class Mark(Part, frozen=True, kw_only=True):
    """What is to be drawn on the photo, numbered as on the marked picture; `findings` are those it is about."""

    number: AtLeastOne
    severity: SeverityName
    label: str
    box: Box
    subject: Literal["hands", "faces", "texts"]
    index: Count
    findings: tuple[Count, ...]


class PhotoAnswer(CheckedPhoto, frozen=True, kw_only=True):
    """fotonetral.check/1 with what is to be drawn, the rule of every finding, and what is not vouched for."""

    marks: tuple[Mark, ...]
    bases: tuple[Basis | None, ...]
    unread: tuple[Text, ...]
    annotated: Picture | None
    preview: Picture | None


if TYPE_CHECKING:
    AnsweredPhoto = PhotoAnswer | FailedPhoto
else:

    class AnsweredPhoto(PhotoOrFailure):
        """A photo of the post."""

        judged = PhotoAnswer


class PostAnswer(Post, frozen=True, kw_only=True):
    """fotonetral.post/1, its photos as a single one is answered, or with their error."""

    photos: Annotated[tuple[AnsweredPhoto, ...], Meta(min_length=1, max_length=MOST_PHOTOS)]
    bases: tuple[Basis | None, ...]
    unread: tuple[Text, ...]


class FixAnswer(Mended, frozen=True, kw_only=True):
    """fotonetral.fix/1 with the copy, null when there is no honest way."""

    copy: Picture | None


class FieldProblem(Part, frozen=True, kw_only=True):
    """What is wrong with one field."""

    field: str
    message: Text


class RejectedPhoto(Part, frozen=True, kw_only=True):
    """A reference photo that could not be used, and why."""

    photo: str
    code: str
    message: str


class Problem(Part, frozen=True, kw_only=True):
    """RFC 9457. `detail` is to be shown to people; `kind` says what kind of file was not looked at."""

    type: Annotated[str, Meta(pattern=r"^/docs#[a-z]+\.[a-z_]+$")]
    title: Text
    status: Annotated[int, Meta(ge=400, le=599)]
    code: Code
    detail: Text
    request_id: Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
    kind: str | UnsetType = UNSET
    photos_rejected: tuple[RejectedPhoto, ...] | UnsetType = UNSET
    errors: tuple[FieldProblem, ...] | UnsetType = UNSET


class Circular(Part, frozen=True, kw_only=True):
    """The regulation that a policy pack is about."""

    name: str
    title: str
    link: str


class PolicyPack(Part, frozen=True, kw_only=True):
    """A policy pack that may be asked for; `reminder` is what it says with every result."""

    id: str
    title: Text
    regions: tuple[str, ...]
    circular: Circular
    reminder: str | None


class Policies(Part, frozen=True, kw_only=True):
    """The policy packs that may be asked for."""

    schema: Literal["fotonetral.policies/1"] = "fotonetral.policies/1"
    default: str
    policies: tuple[PolicyPack, ...]


class Limits(Part, frozen=True, kw_only=True):
    """What the server takes."""

    photo_bytes: Count
    request_bytes: Count
    photos: Count
    photo_seconds: Annotated[float, Meta(ge=0)]


class Session(Part, frozen=True, kw_only=True):
    """Who asks, what they may, and what the server takes."""

    role: Literal["check", "manage"] | None
    login: Literal["code", "key", "open"] | None
    csrf: str | None
    expires_at: str | None
    version: str
    policy: str
    region: str | None
    region_label: str | None = None
    gallery: bool
    waiting: Count
    limits: Limits


class Alive(Part, frozen=True, kw_only=True):
    """The process runs."""

    status: Literal["ok"] = "ok"
    version: str


class Ready(Part, frozen=True, kw_only=True):
    """Whether photos can be checked, and what is missing."""

    status: Literal["ready", "starting", "stopping", "gallery"]
    workers: Count
    workers_ready: Count
    gallery: Literal["open", "none", "unusable"]

"""The answer about the photos of one post, "fotonetral.post/1". Photos, hands and faces count from 0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta

from vision.contract.answers.check import CheckedPhoto, FailedPhoto, PhotoOrFailure
from vision.contract.answers.part import AtLeastOne, Code, Count, Indices, Number, Part, SeverityName, Text, VerdictName

Schema = Literal["fotonetral.post/1"]
SCHEMA: Schema = "fotonetral.post/1"
"""Names the JSON contract; fields may be added under this name, never changed."""

MOST_PHOTOS = 50
"""Carousels hold 10 to 20 photos; whoever gives a folder of more means an archive, not a post."""

if TYPE_CHECKING:
    PostPhoto = CheckedPhoto | FailedPhoto
else:

    class PostPhoto(PhotoOrFailure):
        """A photo of the post."""

        judged = CheckedPhoto


class FindingInPhoto(Part, frozen=True, kw_only=True):
    """What the own finding of one photo of the post says; `people` is how many people show it there."""

    photo: Count
    severity: SeverityName
    code: Code
    hands: Indices
    faces: Indices
    texts: Indices = ()
    people: AtLeastOne


class PostFinding(Part, frozen=True, kw_only=True):
    """A reason, in whichever photos show it, ascending.

    The code is like a photo's; `candidate.match_with_sign` also where the sign is in another photo of the post.
    """

    kind: str
    severity: SeverityName
    code: Code
    rule: str
    candidates: tuple[str, ...]
    numbers: tuple[Number, ...]
    photos: Annotated[tuple[FindingInPhoto, ...], Meta(min_length=1)]
    message: Text


class PostNote(Part, frozen=True, kw_only=True):
    """What is to be said beside the findings, and of which photos; none: about the whole post."""

    code: Code
    photos: Indices
    message: Text


class Post(Part, frozen=True, kw_only=True):
    """The answer about a post.

    `verdict` is the worst of the photos'; null where one could not be judged and the others show nothing: such a post
    is never clear. `unjudged` are the photos that have an error in place of a verdict.
    """

    schema: Schema = SCHEMA
    verdict: VerdictName | None
    headline: Text
    next_step: Text
    findings: tuple[PostFinding, ...]
    notes: tuple[PostNote, ...]
    reminders: tuple[Text, ...]
    unjudged: Indices
    photos: Annotated[tuple[PostPhoto, ...], Meta(min_length=1, max_length=MOST_PHOTOS)]

"""The answer about a photo that was to be mended, "fotonetral.fix/1"."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from vision.contract.answers.check import Engine, NotJudged, PhotoFacts, PhotoName
from vision.contract.answers.part import AtLeastOne, Box, Code, Count, Part, SeverityName, Text, VerdictName

Schema = Literal["fotonetral.fix/1"]
SCHEMA: Schema = "fotonetral.fix/1"
"""Names the JSON contract; fields may be added under this name, never changed."""


class BriefFinding(Part, frozen=True, kw_only=True):
    """A finding without its places."""

    kind: str
    severity: SeverityName
    code: Code
    message: Text


class JudgedPicture(Part, frozen=True, kw_only=True):
    """What a picture was judged: the photo before, the copy after."""

    verdict: VerdictName
    width: AtLeastOne
    height: AtLeastOne
    findings: tuple[BriefFinding, ...]


class Mended(Part, frozen=True, kw_only=True):
    """What came of mending.

    `kind` is what the last attempt did, null when none could be made; `reason` why there was no (further) attempt
    though the photo is not clear. `crop` and `blurs` are in pixels of the photo as it came. `raised_unnamed` is how
    many raised hands of the copy (without one: of the photo) show what could not be told; `crowd` how many people make
    a flagged sign where ten hands or more do, else 0. `out` is where the copy was written, null when it was not.
    """

    schema: Schema = SCHEMA
    photo: PhotoFacts
    kind: str | None
    reason: str | None
    crop: Box | None
    blurs: tuple[Box, ...]
    rounds: Annotated[int, Meta(ge=0, le=3)]
    before: JudgedPicture
    after: JudgedPicture | None
    raised_unnamed: Count = 0
    crowd: Count = 0
    out: str | None
    headline: Text
    details: tuple[Text, ...]
    next_step: Text
    reminders: tuple[Text, ...]
    engine: Engine


class FailedFix(Part, frozen=True, kw_only=True):
    """A photo that could not be judged, or whose copy could not be written."""

    schema: Schema = SCHEMA
    photo: PhotoName
    error: NotJudged

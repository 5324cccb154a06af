"""What a scan found, as the reports show it: plain values, whoever gathers them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from msgspec import UNSET

from vision.contract.answers.check import FailedPhoto, KeptPhoto
from vision.errors import Language
from vision.rules import Verdict


class Ruling(StrEnum):
    """What a person decided about a photo that was reported."""

    REVIEWED = "reviewed"
    """Looked at; the report was right, nothing more is to be done."""
    HANDLED = "handled"
    """The report was right, and it was seen to: taken down, cut, asked."""
    FALSE_ALARM = "false_alarm"
    """There is nothing in the photo that the report says."""
    MISSED = "missed"
    """A photo that was called clear, and is not."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's ruling on a photo, whoever they are and whenever it was; `note` is free text."""

    ruling: Ruling
    note: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ListedPhoto:
    """One photo (equal bytes are one photo) or one place that could not be judged.

    `key` is the photo's sha256, or for what has no bytes (a folder that cannot be opened) a digest of its name.
    `places` are all the places it lies in, in order, never none. `result` is the answer about it. `thumbnail` is a WebP
    or JPEG picture, for photos with findings and for those of the audit sample. `known` says that an earlier scan, the
    baseline, reported the same already. `audited` says that the photo is clear and belongs to the sample that people
    look at. `likeness` is a 64-bit hash: photos that look alike differ in few bits.
    """

    key: str
    places: tuple[str, ...]
    result: KeptPhoto | FailedPhoto
    modified: datetime | None = None
    thumbnail: bytes | None = None
    likeness: int | None = None
    known: bool = False
    audited: bool = False
    decision: Decision | None = None

    @property
    def verdict(self) -> Verdict | None:
        """The verdict; None where the photo could not be judged."""
        return None if self.result.verdict is None else Verdict(self.result.verdict)

    @property
    def unseen(self) -> str | None:
        """The kind of file that this is, where it may hold pictures and is not looked at; None for a photo."""
        error = self.result.error
        return None if error is None or error.kind is UNSET else error.kind

    @property
    def taken(self) -> str | None:
        """The day that counts for the photo's month, "YYYY-MM-DD": when it was taken, or else last changed."""
        if isinstance(self.result, KeptPhoto) and self.result.photo.taken_at:
            return self.result.photo.taken_at[:10]
        return None if self.modified is None else self.modified.strftime("%Y-%m-%d")


@dataclass(frozen=True, slots=True)
class SkippedFiles:
    """How many files were skipped: by kind where they may hold pictures, and how many the user excluded."""

    kinds: Mapping[str, int] = field(default_factory=dict)
    excluded: int = 0

    @property
    def total(self) -> int:
        """How many files were not looked at, those excluded apart."""
        return sum(self.kinds.values())


@dataclass(frozen=True, slots=True)
class ScanFacts:
    """What holds for the whole scan: what was scanned by what rules, how many, and whether it is finished.

    `region` is where the photos are to be posted, in words (empty: everywhere), `scope_notes` whom that leaves out.
    `counts` has "clear", "review", "flag", "error" (photos, equal bytes once) and "places" (equal bytes every time).
    `account` says what was not looked at, which is no part of these.
    """

    sources: Sequence[str]
    language: Language
    policy: str
    policy_title: str
    gallery: str | None
    people: int
    day: str
    version: str
    finished: bool
    counts: Mapping[str, int]
    audit_rate: float
    baseline: str | None = None
    region: str = ""
    scope_notes: tuple[str, ...] = ()
    account: SkippedFiles = field(default_factory=SkippedFiles)

    @property
    def judged(self) -> int:
        """How many photos were judged."""
        return sum(self.counts[verdict] for verdict in ("flag", "review", "clear"))

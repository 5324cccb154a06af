"""What the tables tell of a photo beside its result: taken out of it once, in one way for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from vision.contract.answers.check import FailedPhoto, KeptPhoto
from vision.report.listing import ListedPhoto

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PhotoSummary:
    """What a photo's findings say together, each value once, in the order of the findings.

    `people` are the names by their ids of the candidates and relatives whom faces were taken for, or may as well be;
    ids that only hold a shown number have no name here.
    """

    kinds: tuple[str, ...]
    codes: tuple[str, ...]
    candidates: tuple[str, ...]
    people: Mapping[str, str]
    numbers: tuple[int, ...]
    messages: tuple[str, ...]

    @classmethod
    def of(cls, result: KeptPhoto | FailedPhoto) -> PhotoSummary:
        """Take it out of the answer about a photo."""
        findings = result.findings
        return cls(
            kinds=_once(one.kind for one in findings),
            codes=_once(one.code for one in findings),
            candidates=_once(who for one in findings for who in one.candidates),
            people=names_of_matched(result),
            numbers=_once(number for one in findings for number in one.numbers),
            messages=tuple(one.message for one in findings),
        )


def names_of_matched(result: KeptPhoto | FailedPhoto) -> dict[str, str]:
    """Return the names by their ids of everybody whom a face of a result was taken for, or may as well be."""
    if isinstance(result, FailedPhoto):
        return {}
    matches = [face.match for face in result.faces if face.match is not None]
    return {one.candidate: one.name for match in matches for one in (match, *match.alternatives)}


def in_utc(at: datetime | None) -> datetime | None:
    """Return a time in UTC; one without a zone is taken for UTC, on every machine alike."""
    if at is None:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def time_text(at: datetime | None) -> str | None:
    """Write a time as text, "2026-11-23T08:05:00Z"; None for none."""
    at = in_utc(at)
    return None if at is None else f"{at.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def decision_dict(photo: ListedPhoto) -> dict[str, str | None] | None:
    """Return what a person decided, as plain texts; None if nobody did."""
    decision = photo.decision
    if decision is None:
        return None
    at = time_text(decision.at)
    return {"ruling": decision.ruling.value, "note": decision.note, "by": decision.by, "at": at}


def _once(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))

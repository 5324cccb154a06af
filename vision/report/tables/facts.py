"""What the tables tell of a photo beside its result: taken out of it once, in one way for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from vision.report.listing import ListedPhoto


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
    def of(cls, result: Mapping[str, Any]) -> PhotoSummary:
        """Take it out of a result of the JSON contract, also of one that holds an error."""
        findings = result.get("findings", ())
        return cls(
            kinds=_once(one["kind"] for one in findings),
            codes=_once(one["code"] for one in findings),
            candidates=_once(who for one in findings for who in one["candidates"]),
            people=names_of_matched(result),
            numbers=_once(number for one in findings for number in one["numbers"]),
            messages=tuple(one["message"] for one in findings),
        )


def names_of_matched(result: Mapping[str, Any]) -> dict[str, str]:
    """Return the names by their ids of everybody whom a face of a result was taken for, or may as well be."""
    matches = [face["match"] for face in result.get("faces", ()) if face["match"] is not None]
    # Results that were written before alternatives were told have none.
    everybody = (one for match in matches for one in (match, *match.get("alternatives", ())))
    return {str(one["candidate"]): str(one["name"]) for one in everybody}


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


def _once(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(values))

"""One listed photo as the page has it: what filters and sorting need, and what is shown when it is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from vision.contract.answers.check import FailedPhoto, Finding
from vision.errors import Language
from vision.report.listing import Decision, ListedPhoto, Ruling
from vision.report.marks import Mark, marks_of, numbers_by_finding, ranges
from vision.report.overview.places import Folders
from vision.report.tables.facts import names_of_matched
from vision.report.wording import advice_apart, kind_in_words, parted
from vision.rules import Verdict

VERDICTS = ("flag", "review", "clear", "error", "unseen")
"""The verdicts by number; "error" for what could not be judged, "unseen" for what was not looked at."""

RULINGS = (None, *Ruling)
"""The decisions by number; 0: none."""

KNOWN, AUDITED = 1, 2
"""Bits of an entry's flags."""


class ShownFinding(msgspec.Struct, frozen=True, array_like=True):
    """What the page shows of a finding.

    `severity` is 0 for a flag, 1 for a look; `shown` are the numbers of its marks in words, `short` a few words for a
    card, `seen` what was seen, `basis` the rule it rests on, `numbers` those of its marks.
    """

    severity: int
    shown: str
    short: str
    seen: str
    basis: str
    numbers: tuple[int, ...]


class ShownDecision(msgspec.Struct, frozen=True, array_like=True):
    """What the page shows of a decision: its ruling by number, and the day as YYYY-MM-DD."""

    ruling: int
    note: str
    by: str
    at: str | None


class Detail(msgspec.Struct, frozen=True, kw_only=True):
    """What the page shows of a photo when it comes into view. Of one that was not judged, `error` is all there is.

    `places` are a folder's number and a name, `size` width and height in pixels, `marks` number, severity and box in
    whole pixels, `error` the code, what is wrong and what to do.
    """

    key: str
    places: tuple[tuple[int, str], ...]
    size: tuple[int, int] | None = None
    marks: tuple[tuple[int, int, int, int, int, int], ...] = ()
    decision: ShownDecision | None = None
    error: tuple[str, str, str] | None = None
    findings: tuple[ShownFinding, ...] = ()
    notes: tuple[str, ...] = ()
    step: str = ""


@dataclass(frozen=True, slots=True)
class PhotoEntry:
    """A photo in the lists of the page. `order` sorts: the gravest first, then the newest, then by name.

    `day` is YYYYMMDD, 0 where no day is known. `people` are ids of the candidates and relatives whose faces were
    matched. `names` are the different file names that the photo has, parted by slashes. `picture_bytes` is the size of
    its thumbnail, 0 without one.
    """

    order: tuple[int, int, str, str]
    key: int
    verdict: int
    flags: int
    ruling: int
    day: int
    folders: tuple[int, ...]
    names: str
    kinds: tuple[str, ...]
    people: tuple[str, ...]
    likeness: int | None
    picture_bytes: int


def belongs(photo: ListedPhoto) -> bool:
    """Tell whether a photo has an entry: clear ones only where people are to look at them as a sample."""
    return photo.verdict is not Verdict.CLEAR or photo.audited


def entry_of(photo: ListedPhoto, folders: Folders, names: dict[str, str]) -> PhotoEntry:
    """Make the entry of a photo; notes the names of the people seen in `names`, by id.

    Raises ValueError for a key that is no hexadecimal digest.
    """
    result, verdict = photo.result, photo.verdict
    findings = result.findings
    named = (one for finding in findings if finding.is_about_somebody for one in finding.candidates)
    seen = tuple(dict.fromkeys(named))
    for one, name in names_of_matched(result).items():
        if one in seen:
            names.setdefault(one, name)
    places = [folders.place(name) for name in photo.places]
    day = _day_number(photo.taken)
    unseen = photo.unseen
    unjudged = () if result.error is None else (f"unseen_{unseen}" if unseen else result.error.code,)
    kinds = unjudged or tuple(one.code for one in findings)
    return PhotoEntry(
        order=(_rank(verdict, findings), -day, photo.places[0], photo.key),
        key=int(photo.key[:16], 16),
        verdict=VERDICTS.index("unseen" if unseen else "error" if verdict is None else verdict.value),
        flags=KNOWN * photo.known | AUDITED * photo.audited,
        ruling=0 if photo.decision is None else RULINGS.index(photo.decision.ruling),
        day=day,
        folders=tuple(dict.fromkeys(folder for folder, _ in places)),
        names="/".join(dict.fromkeys(name for _, name in places)),
        kinds=tuple(dict.fromkeys(kinds)),
        people=seen,
        # Photos that are looked at one by one, or not at all, are never folded away under another.
        likeness=photo.likeness if findings else None,
        picture_bytes=len(photo.thumbnail or b""),
    )


def detail_of(photo: ListedPhoto, folders: Folders, language: Language) -> Detail:
    """Return what the page shows of a photo when it comes into view."""
    result, places = photo.result, tuple(folders.place(name) for name in photo.places)
    decision = _decision(photo.decision)
    if isinstance(result, FailedPhoto):
        error = result.error
        said, advice = advice_apart(error.code, error.message, language)
        return Detail(key=photo.key, places=places, decision=decision, error=(error.code, said, advice))
    marks = [mark for mark in marks_of(result, language)[1] if mark.number]
    size_wh = result.photo.width, result.photo.height
    numbers = numbers_by_finding(result, language)
    return Detail(
        key=photo.key,
        places=places,
        decision=decision,
        size=size_wh,
        findings=tuple(
            _finding(finding, own, marks, language) for finding, own in zip(result.findings, numbers, strict=True)
        ),
        marks=tuple(_mark(mark, size_wh) for mark in marks),
        notes=tuple(note.message for note in result.notes),
        step=result.next_step if result.findings else "",
    )


def _decision(decision: Decision | None) -> ShownDecision | None:
    if decision is None:
        return None
    at = None if decision.at is None else decision.at.strftime("%Y-%m-%d")
    return ShownDecision(RULINGS.index(decision.ruling), decision.note, decision.by, at)


def _finding(finding: Finding, numbers: tuple[int, ...], marks: list[Mark], language: Language) -> ShownFinding:
    labels = dict.fromkeys(mark.label for mark in marks if mark.number in numbers)
    short = ", ".join(labels) or kind_in_words(finding.code, language)
    shown = ranges(numbers) if numbers else ""
    return ShownFinding(
        0 if finding.severity == "flag" else 1, shown, short, *parted(finding.message, language), numbers
    )


def _mark(mark: Mark, size_wh: tuple[int, int]) -> tuple[int, int, int, int, int, int]:
    """Return number, severity, and the frame around the box in whole pixels: left, top, width, height."""
    frame = mark.box.expanded(1.15).clipped(size_wh).as_ltwh()
    left, top, width, height = (round(value) for value in frame)
    return mark.number, 0 if mark.severity == "flag" else 1, left, top, width, height


def _rank(verdict: Verdict | None, findings: Sequence[Finding]) -> int:
    """Tell how grave a photo is, 0 the most: somebody together with a sign, somebody, a candidate's number, a sign."""
    if not findings:
        return 9 if verdict is None else 8
    base = 0 if verdict is Verdict.FLAG else 4
    worst = [one for one in findings if one.severity == verdict]
    people, signs = any(one.is_about_somebody for one in worst), any(one.kind == "pose" for one in findings)
    if people:
        return base + (0 if signs else 1)
    return base + (2 if any(one.candidates for one in worst) else 3)


def _day_number(day: str | None) -> int:
    digits = "" if day is None else day.replace("-", "")
    return int(digits) if len(digits) == 8 and digits.isdecimal() else 0

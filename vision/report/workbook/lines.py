"""A listed photo as a row of the spreadsheet: every text as it stands in its cell."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from vision.contract.answers.check import FailedPhoto, KeptPhoto
from vision.errors import Language
from vision.media.unseen import label
from vision.report.cells import shown
from vision.report.listing import ListedPhoto
from vision.report.marks import marks_of, numbers_by_finding, ranges
from vision.report.rulings import ruling_words
from vision.report.tables.facts import PhotoSummary
from vision.report.wording import advice_apart, count_in_words, parted
from vision.report.workbook.links import link_of
from vision.report.workbook.wording import words
from vision.rules import Verdict

SheetName = Literal["reported", "failed", "unseen", "sampled"]
_MOST_OTHERS = 20  # places of the same photo that a cell lists


class Spot(msgspec.Struct, frozen=True):
    """A mark on the small picture: its number, whether it flags, and the box in shares of the photo (0..1)."""

    number: int
    flags: bool
    box_ltwh: tuple[float, float, float, float]


class WorkbookRow(msgspec.Struct, frozen=True):
    """A row, whichever sheet it is on; what a sheet has no column for is empty.

    `seen` has a text a finding, `link` is as `write_url` wants it.
    """

    key: str
    name: str
    folder: str
    link: str | None
    day: str
    kind: str
    verdict: str
    seen: tuple[str, ...]
    basis: str
    people: str
    numbers: str
    step: str
    reason: str
    advice: str
    places: int
    others: str
    ruling: str
    note: str
    by: str


Order = tuple[int, int, str, str]


def sheet_of(photo: ListedPhoto) -> SheetName | None:
    """Tell which sheet a photo is on; None for clear ones outside the sample, and what an earlier scan reported."""
    if photo.verdict is None:
        return "unseen" if photo.unseen else "failed"
    if photo.verdict is Verdict.CLEAR:
        return "sampled" if photo.audited else None
    return None if photo.known else "reported"


def order_of(photo: ListedPhoto) -> Order:
    """Return what sorts the rows of a sheet: the gravest first, then the newest, then by name."""
    digits = (photo.taken or "").replace("-", "")
    return _rank(photo), -int(digits) if digits.isdecimal() else 0, photo.places[0], photo.key


def line_of(photo: ListedPhoto, language: Language, folder: Path) -> WorkbookRow:
    """Make the row of a photo; links lead from `folder`."""
    result, told = photo.result, PhotoSummary.of(photo.result)
    place, slash, name = photo.places[0].rpartition("/")
    error = result.error
    reason, advice = ("", "") if error is None else advice_apart(error.code, error.message, language)
    seen, basis = _findings(result, language)
    decision = photo.decision
    ruling = ""
    if decision is not None:
        ruling = ruling_words(decision.ruling, language, sampled=sheet_of(photo) == "sampled")
    return WorkbookRow(
        key=photo.key,
        name=shown(name or photo.places[0]),
        folder=shown(place or slash),
        link=link_of(photo.places[0], folder),
        day=photo.taken or "",
        kind=label(photo.unseen, language) if photo.unseen else "",
        verdict="error" if photo.verdict is None else photo.verdict.value,
        seen=seen,
        basis=basis,
        people=shown(", ".join(dict.fromkeys(told.people[who] for who in told.candidates if who in told.people))),
        numbers=", ".join(map(str, told.numbers)),
        step=shown(result.next_step) if isinstance(result, KeptPhoto) and told.messages else "",
        reason=shown(reason),
        advice=shown(advice),
        places=len(photo.places),
        others=_others(photo.places[1:], language),
        ruling=ruling,
        note="" if decision is None else shown(decision.note),
        by="" if decision is None else shown(decision.by),
    )


def spots_of(photo: ListedPhoto, language: Language) -> tuple[Spot, ...]:
    """Return the numbered marks of a photo that was judged; none for the others."""
    result = photo.result
    if isinstance(result, FailedPhoto):
        return ()
    marks = marks_of(result, language, (1 / result.photo.width, 1 / result.photo.height))[1]
    return tuple(
        Spot(mark.number, mark.severity == "flag", (mark.box.left, mark.box.top, mark.box.width, mark.box.height))
        for mark in marks
        if mark.number
    )


def _findings(result: KeptPhoto | FailedPhoto, language: Language) -> tuple[tuple[str, ...], str]:
    """Return what was seen, a text a finding with the numbers of its marks, and the rules, each once."""
    if isinstance(result, FailedPhoto) or not result.findings:
        return (), ""
    pairs = [parted(finding.message, language) for finding in result.findings]
    numbers = numbers_by_finding(result, language)
    form = words(language)["mark"]
    seen = tuple(
        shown(form.format(numbers=ranges(own), text=text) if own else text)
        for (text, _), own in zip(pairs, numbers, strict=True)
    )
    return seen, shown("\n".join(dict.fromkeys(basis for _, basis in pairs if basis)))


def _others(places: Sequence[str], language: Language) -> str:
    lines = list(places[:_MOST_OTHERS])
    if len(places) > _MOST_OTHERS:
        more = count_in_words(len(places) - _MOST_OTHERS, language)
        lines.append(words(language)["others_more"].format(count=more))
    return shown("\n".join(lines))


def _rank(photo: ListedPhoto) -> int:
    """Tell how grave a photo is, 0 the most: a person together with a sign, a person, a candidate's number, a sign."""
    findings = photo.result.findings
    worst = [finding for finding in findings if finding.severity == photo.verdict]
    if not worst:
        return 8
    base = 0 if photo.verdict is Verdict.FLAG else 4
    if any(finding.is_about_somebody for finding in worst):
        return base + (0 if any(finding.kind == "pose" for finding in findings) else 1)
    return base + (2 if any(finding.candidates for finding in worst) else 3)

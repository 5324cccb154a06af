"""One listed photo as the page has it: what filters and sorting need, and what is shown when it is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vision.errors import Language
from vision.report.listing import ListedPhoto, Ruling
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

Detail = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
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


def entry_of(photo: ListedPhoto, folders: Folders, names: dict[str, str]) -> Entry:
    """Make the entry of a photo; notes the names of the people seen in `names`, by id.

    Raises ValueError for a key that is no hexadecimal digest.
    """
    result, verdict = photo.result, photo.verdict
    findings = result.get("findings", ())
    seen = tuple(dict.fromkeys(one for finding in findings if _is_person(finding) for one in finding["candidates"]))
    for one, name in names_of_matched(result).items():
        if one in seen:
            names.setdefault(one, name)
    places = [folders.place(name) for name in photo.places]
    day = _day_number(photo.taken)
    unseen = photo.unseen
    unjudged = (f"unseen_{unseen}" if unseen else str(result["error"]["code"]),) if verdict is None else ()
    kinds = unjudged or tuple(str(one["code"]) for one in findings)
    return Entry(
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
    """Return what the page shows of a photo when it comes into view, as plain values."""
    detail: Detail = {"key": photo.key, "places": [list(folders.place(name)) for name in photo.places]}
    result, decision = photo.result, photo.decision
    if decision is not None:
        at = None if decision.at is None else decision.at.strftime("%Y-%m-%d")
        detail["decision"] = [RULINGS.index(decision.ruling), decision.note, decision.by, at]
    if photo.verdict is None:
        error = result["error"]
        said, advice = advice_apart(error["code"], error["message"], language)
        return detail | {"error": [error["code"], said, advice]}
    marks = [mark for mark in marks_of(result, language)[1] if mark.number]
    size_wh = result["photo"]["width"], result["photo"]["height"]
    numbers = numbers_by_finding(result, language)
    return detail | {
        "size": list(size_wh),
        "findings": [
            _finding(finding, own, marks, language) for finding, own in zip(result["findings"], numbers, strict=True)
        ],
        "marks": [_mark(mark, size_wh) for mark in marks],
        "notes": [str(note["message"]) for note in result.get("notes", ())],
        "step": str(result.get("next_step", "")) if result["findings"] else "",
    }


def _finding(finding: Mapping[str, Any], numbers: tuple[int, ...], marks: list[Mark], language: Language) -> list[Any]:
    """Return severity, numbers of the marks, a few words for a card, what was seen, and the rule it rests on."""
    labels = dict.fromkeys(mark.label for mark in marks if mark.number in numbers)
    short = ", ".join(labels) or kind_in_words(finding["code"], language)
    return [
        0 if finding["severity"] == "flag" else 1,
        ranges(numbers) if numbers else "",
        short,
        *parted(str(finding["message"]), language),
        list(numbers),
    ]


def _mark(mark: Mark, size_wh: tuple[int, int]) -> list[int]:
    """Return number, severity, and the frame around the box in whole pixels: left, top, width, height."""
    frame = mark.box.expanded(1.15).clipped(size_wh)
    return [mark.number, 0 if mark.severity == "flag" else 1, *(round(value) for value in frame.as_list())]


def _is_person(finding: Mapping[str, Any]) -> bool:
    return bool(finding["kind"] in ("candidate", "family"))


def _rank(verdict: Verdict | None, findings: Any) -> int:
    """Tell how grave a photo is, 0 the most: somebody together with a sign, somebody, a candidate's number, a sign."""
    if not findings:
        return 9 if verdict is None else 8
    base = 0 if verdict is Verdict.FLAG else 4
    worst = [one for one in findings if one["severity"] == verdict]
    people, signs = any(_is_person(one) for one in worst), any(one["kind"] == "pose" for one in findings)
    if people:
        return base + (0 if signs else 1)
    return base + (2 if any(one["candidates"] for one in worst) else 3)


def _day_number(day: str | None) -> int:
    digits = "" if day is None else day.replace("-", "")
    return int(digits) if len(digits) == 8 and digits.isdecimal() else 0

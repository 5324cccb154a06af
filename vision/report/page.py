"""One photo on one page of HTML that can be mailed and printed: everything in the file, nothing fetched, no script."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from importlib import resources
from itertools import groupby
from pathlib import PurePath
from string import Template

import numpy as np
from numpy.typing import NDArray

from vision.contract.answers.check import KeptPhoto
from vision.contract.result import CheckResult
from vision.messages import words_of
from vision.report.annotate import annotate, encoded
from vision.report.marks import Mark, marks_of, numbers_by_finding, ranges
from vision.rules import Finding, Verdict, next_step
from vision.rules.wording import day_in_words

PICTURE_SIDE = 1600
"""Pixels of the longer side that a page's picture needs at most: sharp on A4 and on a phone that zooms in twice."""

_QUALITY = 82
_SIGNS = {Verdict.FLAG: "✖", Verdict.REVIEW: "!", Verdict.CLEAR: "✔"}
# Height of the picture and size of the letters in print by the number of findings: all of it is to fit one sheet of A4.
# Chosen by printing pages with 0 to 12 findings in a wide typeface.
_PRINT = (
    (1, "105mm", "10.5pt"),
    (2, "90mm", "10pt"),
    (4, "75mm", "9pt"),
    (6, "60mm", "8.5pt"),
    (9, "48mm", "8pt"),
    (99, "38mm", "7pt"),
)


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a result does not know of itself: when the photo was checked, and with how many people it was compared.

    `people` is 0 without a gallery, and where the gallery holds nobody for the region and day.
    """

    checked_at: datetime
    people: int = 0


def page_of(pixels: NDArray[np.uint8], result: CheckResult, facts: PageFacts) -> str:
    """Return the page about one photo as HTML.

    `pixels` is uint8 (height, width, 3) RGB, upright, best reduced to `PICTURE_SIDE`; the page is in the result's
    language. Of the photo's path only the file's name is told.
    """
    told, language = result.to_answer(), result.language
    words = words_of("page", language)
    picture = annotate(pixels, told, language, strips=False)
    marks = [mark for mark in marks_of(told, language)[1] if mark.number]
    name = PurePath(told.photo.name).name or told.photo.name
    _, print_height, print_size = next(row for row in _PRINT if len(result.findings) <= row[0] or row is _PRINT[-1])
    return _template().substitute(
        language=language,
        title=_filled(words["title"], headline=result.headline, name=name),
        verdict=result.verdict.value,
        sign=_SIGNS[result.verdict],
        headline=_safe(result.headline),
        picture=b64encode(encoded(picture, _QUALITY)).decode("ascii"),
        width=picture.shape[1],
        height=picture.shape[0],
        alt=_filled(words["alt"], marks=_listed(marks, words)) if marks else _safe(words["alt_plain"]),
        caption=_filled(words["caption" if marks else "caption_plain"], name=name),
        sections="\n".join(_sections(result, told, facts, words)),
        facts="\n".join(_facts(result, facts, words)),
        fairness=_safe(words["fairness"]),
        print_height=print_height,
        print_size=print_size,
    )


def _sections(result: CheckResult, told: KeptPhoto, facts: PageFacts, words: Mapping[str, str]) -> Iterable[str]:
    if result.findings:
        numbers = numbers_by_finding(told, result.language)
        items = zip(result.findings, result.messages, numbers, strict=True)
        listed = "\n".join(_finding(*item, words) for item in items)
        # What to do stands first: it is what somebody about to post needs in the next ten seconds.
        yield _section(words["step"], f'<p class="step">{_safe(result.next_step)}</p>')
        yield _section(words["findings"], f"<ol>\n{listed}\n</ol>")
        if sources := _sources(result, numbers):
            yield _section(words["sources"], sources)
    if result.notes:
        yield _section(words["notes"], _list(result.notes))
    if result.reminders:
        yield _section(words["reminders"], _list(result.reminders))
    unread = [next_step((), result.language)]
    # Where the notes say why nobody was looked for, that is said already.
    if not facts.people and not any(remark.kind.is_about_scope for remark in result.remarks):
        unread.append(words["no_gallery" if result.engine.gallery is None else "nobody"])
    yield _section(words["unread"], _list(unread))


def _finding(finding: Finding, message: str, numbers: Sequence[int], words: Mapping[str, str]) -> str:
    plate = ""
    if numbers:
        spoken = _filled(words["number"], numbers=ranges(numbers))
        shown = f'<span aria-hidden="true">{ranges(numbers)}</span><span class="hidden">{spoken}:</span>'
        plate = f'<span class="number is-{finding.severity.value}">{shown}</span>'
    return f"<li>{plate}<p>{_safe(message)}</p></li>"


def _sources(result: CheckResult, numbers: Sequence[Sequence[int]]) -> str:
    """List every rule once, with the numbers of the marks that it is the ground of; empty where there is none."""
    marks: dict[tuple[str, str], set[int]] = {}
    for finding, own in zip(result.findings, numbers, strict=True):
        rule = finding.basis
        if rule is None:
            continue
        # The item is quoted as the circular has it, in Indonesian.
        cited = f'<span lang="id">{_safe(rule.circular)}, {_safe(rule.item)}</span>'
        marks.setdefault((cited, rule.link), set()).update(own)
    lines = [
        f'<li>{ranges(sorted(own)) + ": " if own else ""}<a href="{_safe(link)}" rel="noreferrer">{cited}</a></li>'
        for (cited, link), own in marks.items()
    ]
    return '<ul class="sources">\n' + "\n".join(lines) + "\n</ul>" if lines else ""


def _facts(result: CheckResult, facts: PageFacts, words: Mapping[str, str]) -> Iterable[str]:
    photo, engine, at = result.photo, result.engine, facts.checked_at
    width, height = photo.size_wh
    day = day_in_words(at.date(), result.language)
    told = {
        "photo": words["photo_fact"].format(width=width, height=height, sum=photo.sha256[:16]),
        "region": result.scope.label,
        "checked": words["checked_fact"]
        .format(day=day, hour=at.hour, minute=at.minute, zone=at.tzname() or "")
        .strip(),
        "policy": engine.policy,
        "gallery": words["gallery_none"]
        if engine.gallery is None
        else words["gallery_fact"].format(revision=engine.gallery, people=facts.people),
        "tool": f"FotoNetral {engine.version}",
    }
    for key, value in told.items():
        if value:
            yield f"<dt>{_safe(words[key])}</dt><dd>{_safe(value)}</dd>"


def _listed(marks: Sequence[Mark], words: Mapping[str, str]) -> str:
    """Say what the marks mean, equal ones that follow each other together."""
    groups = groupby(marks, key=lambda mark: mark.label)
    return "; ".join(
        words["alt_mark"].format(numbers=ranges([mark.number for mark in members]), label=label)
        for label, members in groups
    )


def _section(heading: str, body: str) -> str:
    return f"<section>\n<h2>{_safe(heading)}</h2>\n{body}\n</section>"


def _list(lines: Sequence[str]) -> str:
    if len(lines) == 1:
        return f"<p>{_safe(lines[0])}</p>"
    return '<ul class="plain">\n' + "\n".join(f"<li>{_safe(line)}</li>" for line in lines) + "\n</ul>"


def _filled(pattern: str, **values: object) -> str:
    return _safe(pattern.format(**values))


def _safe(text: str) -> str:
    """Escape a text for elements and attributes; control characters and what only turns the reading order are shown."""
    printable = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
    return escape(printable, quote=True)


@cache
def _template() -> Template:
    return Template((resources.files("vision.report") / "page.html").read_text("utf-8"))

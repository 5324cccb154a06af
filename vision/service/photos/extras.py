"""What the service adds to the contracts of a check and a post: for pages that show more than a text.

marks    what is to be drawn on the photo, numbered as on the marked picture
bases    for every finding, the rule that it rests on; null for one that rests on none
unread   what is not vouched for
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from vision.errors import Language
from vision.rules import Finding, Rule, next_step
from vision.rules.texts import text

PREVIEW_SIDE = 1600
"""Pixels of the longer side of a preview: sharp on a phone that zooms in."""

PREVIEW_QUALITY = 85


def marks(told: Mapping[str, Any], language: Language) -> list[dict[str, Any]]:
    """Return the marks of a judged photo."""
    from vision.report.marks import marks_of, numbers_by_finding

    _, drawn = marks_of(told, language)
    numbers = numbers_by_finding(told, language)
    return [
        {
            "number": mark.number,
            "severity": mark.severity,
            "label": mark.label,
            "box": mark.box.as_list(),
            "subject": mark.subject[0],
            "index": mark.subject[1],
            "findings": [at for at, own in enumerate(numbers) if mark.number in own],
        }
        for mark in drawn
        if mark.number and mark.subject is not None
    ]


def bases(findings: Iterable[Finding], language: Language) -> list[dict[str, str] | None]:
    """Return the rule of every finding, None where it rests on none; `sentence` is what its message ends with."""
    return [None if one.basis is None else _base(one.basis, language) for one in findings]


def unread(language: Language, *, has_gallery: bool, has_people: bool) -> list[str]:
    """Return what nobody should take for checked: what is never read, and faces where nobody was compared."""
    told = [next_step((), language)]
    if not has_people:
        told.append(_words(language)["nobody" if has_gallery else "no_gallery"])
    return told


def together(photos: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what is not vouched for in any photo of a post."""
    return list(dict.fromkeys(line for one in photos for line in one.get("unread", ())))


def _base(rule: Rule, language: Language) -> dict[str, str]:
    title, sanction = rule.title(language), rule.sanction(language)
    key = "rule_and_sanction" if sanction else "rule"
    sentence = text(language, "basis", key, rule=title, sanction=sanction)
    return {"circular": rule.circular, "item": rule.item, "title": title, "link": rule.link, "sentence": sentence}


@cache
def _words(language: Language) -> Mapping[str, str]:
    # The page that is mailed and printed says the same.
    file = resources.files("vision.report") / f"page-{language}.toml"
    return msgspec.toml.decode(file.read_bytes(), type=dict[str, str], strict=True)

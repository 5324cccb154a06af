"""What the service adds to the contracts of a check and a post: for pages that show more than a text.

marks    what is to be drawn on the photo, numbered as on the marked picture
bases    for every finding, the rule that it rests on; null for one that rests on none
unread   what is not vouched for
"""

from __future__ import annotations

from collections.abc import Iterable

from vision.contract.answers.check import FailedPhoto, KeptPhoto
from vision.contract.answers.service import Basis, Mark, PhotoAnswer
from vision.errors import Language
from vision.messages import words_of
from vision.rules import Finding, Rule, next_step
from vision.rules.texts import text

PREVIEW_SIDE = 1600
"""Pixels of the longer side of a preview: sharp on a phone that zooms in."""

PREVIEW_QUALITY = 85


def marks(told: KeptPhoto, language: Language) -> tuple[Mark, ...]:
    """Return the marks of a judged photo."""
    from vision.report.marks import marks_of, numbers_by_finding

    _, drawn = marks_of(told, language)
    numbers = numbers_by_finding(told, language)
    return tuple(
        Mark(
            number=mark.number,
            severity=mark.severity,
            label=mark.label,
            box=mark.box.as_ltwh(),
            subject=mark.subject[0],
            index=mark.subject[1],
            findings=tuple(at for at, own in enumerate(numbers) if mark.number in own),
        )
        for mark in drawn
        if mark.severity != "quiet" and mark.subject is not None
    )


def bases(findings: Iterable[Finding], language: Language) -> tuple[Basis | None, ...]:
    """Return the rule of every finding, None where it rests on none; `sentence` is what its message ends with."""
    return tuple(None if one.basis is None else _basis(one.basis, language) for one in findings)


def unread(language: Language, *, has_gallery: bool, has_people: bool) -> tuple[str, ...]:
    """Return what nobody should take for checked: what is never read, and faces where nobody was compared."""
    never = next_step((), language)
    return (never,) if has_people else (never, words_of("page", language)["nobody" if has_gallery else "no_gallery"])


def together(photos: Iterable[PhotoAnswer | FailedPhoto]) -> tuple[str, ...]:
    """Return what is not vouched for in any photo of a post."""
    judged = (one for one in photos if isinstance(one, PhotoAnswer))
    return tuple(dict.fromkeys(line for one in judged for line in one.unread))


def _basis(rule: Rule, language: Language) -> Basis:
    title, sanction = rule.title(language), rule.sanction(language)
    key = "rule_and_sanction" if sanction else "rule"
    sentence = text(language, "basis", key, rule=title, sanction=sanction)
    return Basis(circular=rule.circular, item=rule.item, title=title, link=rule.link, sentence=sentence)

"""What the service adds to the contracts of a check and a post: for pages that show more than a text.

marks    what is to be drawn on the photo, numbered as on the marked picture
bases    for every finding, the rule that it rests on; null for one that rests on none
unread   what is not vouched for
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from vision.errors import Language
from vision.messages import words_of
from vision.rules import Finding, Rule, next_step
from vision.rules.texts import text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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
        told.append(words_of("page", language)["nobody" if has_gallery else "no_gallery"])
    return told


def preview(photo: bytes) -> NDArray[np.uint8]:
    """Return the photo itself, upright and reduced: (height, width, 3) uint8 RGB."""
    import cv2
    import numpy as np

    from vision.media.photo import open_photo

    pixels = open_photo(photo).pixels
    scale = PREVIEW_SIDE / max(pixels.shape[:2])
    if scale >= 1:
        return pixels
    size_wh = max(round(pixels.shape[1] * scale), 1), max(round(pixels.shape[0] * scale), 1)
    return np.asarray(cv2.resize(pixels, size_wh, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def together(photos: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what is not vouched for in any photo of a post."""
    return list(dict.fromkeys(line for one in photos for line in one.get("unread", ())))


def _base(rule: Rule, language: Language) -> dict[str, str]:
    title, sanction = rule.title(language), rule.sanction(language)
    key = "rule_and_sanction" if sanction else "rule"
    sentence = text(language, "basis", key, rule=title, sanction=sanction)
    return {"circular": rule.circular, "item": rule.item, "title": title, "link": rule.link, "sentence": sentence}

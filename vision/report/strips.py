"""The strips above and below the photo: the verdict and the legend. Private to `vision.report.annotate`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from vision.errors import Language
from vision.messages import words_of
from vision.report.drawing import BLACK, COLORS, GREEN, INK, VERMILLION, WHITE, YELLOW, Color
from vision.report.lettering import Font, Lettering, font
from vision.report.marks import Banner, Mark, ranges
from vision.rules import Verdict

_SYMBOLS = {Verdict.FLAG: "✖", Verdict.REVIEW: "!", Verdict.CLEAR: "✔"}
_GROUND: dict[Verdict, tuple[Color, Color]] = {
    Verdict.FLAG: (VERMILLION, WHITE),
    Verdict.REVIEW: (YELLOW, BLACK),
    Verdict.CLEAR: (GREEN, WHITE),
}


def banner_strip(banner: Banner, width: int, unit: float, language: Language) -> NDArray[np.uint8]:
    """Return the strip above the photo, uint8 RGB (height, width, 3)."""
    ground, ink = _GROUND[banner.verdict]
    words = words_of("report.banner", language)[banner.verdict.value]
    big = _fitting(words, width - 14 * unit, 6.4 * unit)
    small = font(round(3.5 * unit), False)
    lines = wrapped(banner.text, small, width - 14 * unit)
    height = round(10.5 * unit + len(lines) * 4.6 * unit)
    strip = Image.new("RGB", (width, height), ground)
    pen = ImageDraw.Draw(strip)
    radius, middle = 4 * unit, (6 * unit, height / 2)
    pen.ellipse((middle[0] - radius, middle[1] - radius, middle[0] + radius, middle[1] + radius), fill=ink)
    pen.text(middle, _SYMBOLS[banner.verdict], ground, font(round(5.6 * unit), True), anchor="mm")
    pen.text((12 * unit, 5.3 * unit), words, ink, big, anchor="lm")
    for at, line in enumerate(lines):
        pen.text((12 * unit, (10.8 + 4.6 * at) * unit), line, ink, small, anchor="lm")
    return np.asarray(strip)


def legend_strip(marks: Sequence[Mark], width: int, unit: float) -> NDArray[np.uint8] | None:
    """Return the strip below the photo that says what the numbers mean; equal labels share a line. None if empty."""
    letters = Lettering(round(3.3 * unit))
    named = [
        (mark.number, mark.severity, mark.label if letters.can_write(mark.label) else mark.latin_label or mark.label)
        for mark in marks
        if mark.severity != "quiet"
    ]
    groups = [
        (key, [number for number, _, _ in members]) for key, members in groupby(named, key=lambda one: (one[1], one[2]))
    ]
    if not groups:
        return None
    number_font = font(round(3.1 * unit), True)
    pill = [ranges(numbers) for _, numbers in groups]
    indents = [min(max(number_font.getlength(text) + 2.2 * unit, 5 * unit), 0.5 * width) for text in pill]
    needed = max(
        indent + 2 * unit + letters.getlength(label) for indent, ((_, label), _) in zip(indents, groups, strict=True)
    )
    columns = max(min(int((width - 2 * unit) // (needed + 3 * unit)), 3, (len(groups) + 2) // 3), 1)
    column = (width - 4 * unit) / columns
    rows: list[list[str]] = [
        wrapped(label, letters, column - indent - 3 * unit)
        for indent, ((_, label), _) in zip(indents, groups, strict=True)
    ]
    per_column = -(-len(groups) // columns)
    heights = [max(len(lines) * 4.3, 5.6) * unit for lines in rows]
    height = max(sum(heights[at : at + per_column]) for at in range(0, len(groups), per_column))
    strip = Image.new("RGB", (width, round(height + 3 * unit)), WHITE)
    pen = ImageDraw.Draw(strip)
    for at, (((severity, _), _), lines) in enumerate(zip(groups, rows, strict=True)):
        x = 2 * unit + at // per_column * column
        y = 1.5 * unit + sum(heights[at - at % per_column : at])
        plate = (x, y + 0.5 * unit, x + indents[at], y + 5 * unit)
        rim = max(round(0.22 * unit), 1)
        corner = 0 if severity == "review" else 2.2 * unit
        pen.rounded_rectangle(plate, corner, COLORS[severity], BLACK if severity == "review" else None, rim)
        middle = ((plate[0] + plate[2]) / 2, (plate[1] + plate[3]) / 2)
        shown = wrapped(pill[at], number_font, indents[at] - unit)[0]
        pen.text(middle, shown, INK[severity], number_font, anchor="mm")
        for number, line in enumerate(lines):
            letters.write(pen, (plate[2] + 1.6 * unit, y + (2.75 + 4.3 * number) * unit), line, BLACK)
    return np.asarray(strip)


def wrapped(text: str, text_font: Font | Lettering, width: float) -> list[str]:
    """Break a text into lines that fit, at blanks; a word that is too long by itself ends in an ellipsis."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(_shortened(word, text_font, width))
    return lines


def _shortened(word: str, text_font: Font | Lettering, width: float) -> str:
    if text_font.getlength(word) <= width:
        return word
    while len(word) > 1 and text_font.getlength(word + "…") > width:
        word = word[:-1]
    return word + "…"


def _fitting(words: str, width: float, size: float) -> Font:
    """Return the bold font of `size` pixels, or the largest smaller one in which the words fit one line."""
    length = font(round(size), True).getlength(words)
    return font(int(size * min(1.0, width / length)), True)

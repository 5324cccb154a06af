"""The sheet that says how to fill in and give back, and holds the words that people choose from."""

from __future__ import annotations

from typing import Final

from vision.errors import Language
from vision.report.listing import Ruling
from vision.report.rulings import FAILED, REPORTED, SAMPLED, ruling_words
from vision.report.wording import count_in_words
from vision.report.workbook.lines import SheetName
from vision.report.workbook.links import MOST_LINKS
from vision.report.workbook.paper import Paper
from vision.report.workbook.wording import words

CHOICES: Final[dict[SheetName, tuple[Ruling, ...]]] = {
    "reported": REPORTED,
    "failed": FAILED,
    "unseen": FAILED,
    "sampled": SAMPLED,
}
"""What can be chosen on each sheet."""

_FIRST_CHOICE: Final = 3  # row, counted from 0
_COLUMN: Final = 1
# Drop-down lists name cells: Excel would part a list of words at the commas in them.
_PLACES: Final[dict[SheetName, tuple[int, int]]] = {
    "reported": (_FIRST_CHOICE, _FIRST_CHOICE + len(REPORTED)),
    "failed": (_FIRST_CHOICE, _FIRST_CHOICE + len(FAILED)),
    "unseen": (_FIRST_CHOICE, _FIRST_CHOICE + len(FAILED)),
    "sampled": (_FIRST_CHOICE + len(REPORTED), _FIRST_CHOICE + len(REPORTED) + len(SAMPLED)),
}


def choices_of(name: SheetName, language: Language) -> str:
    """Return where the words stand that can be chosen on a sheet, as a drop-down list wants it."""
    first, end = _PLACES[name]
    letter = "ABC"[_COLUMN]
    return f"='{words(language)['sheet_guide']}'!${letter}${first + 1}:${letter}${end}"


def write_guide(paper: Paper, language: Language, most_pictures: int) -> None:
    """Write the sheet."""
    said, sheet = words(language), paper.sheet
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 4)
    sheet.set_column(1, 1, 30)
    sheet.set_column(2, 2, 86)
    sheet.set_row(0, 30)
    paper.text(0, 0, said["guide_title"], "title")
    paper.text(2, 1, said["guide_choices"], "head_fill")
    paper.text(2, 2, said["guide_meaning"], "head")
    row = _FIRST_CHOICE
    for ruling in REPORTED:
        _choice(paper, row, ruling_words(ruling, language), said[f"means_{ruling.value}"])
        row += 1
    for ruling in SAMPLED:
        key = "means_sampled" if ruling is Ruling.REVIEWED else f"means_{ruling.value}"
        _choice(paper, row, ruling_words(ruling, language, sampled=True), said[key])
        row += 1
    row += 1
    for number, step in enumerate(said.guide_steps, start=1):
        paper.merged(row, 1, 2, step, "text", height=32)
        paper.text(row, 0, f"{number}.", "step")
        row += 1
    limits = {"count": count_in_words(most_pictures, language), "links": count_in_words(MOST_LINKS, language)}
    for key in ("guide_colors", "guide_pictures"):
        row += 1
        paper.merged(row, 1, 2, said[key].format(**limits), "text", height=32)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)


def _choice(paper: Paper, row: int, words_of_it: str, meaning: str) -> None:
    paper.sheet.set_row(row, 32)
    paper.text(row, 1, words_of_it, "choice")
    paper.text(row, 2, meaning, "cell")

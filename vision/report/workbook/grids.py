"""The sheets with a row a photo: columns, pictures, links, and the cells in which people decide."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from vision.errors import Language
from vision.report.cells import shortened
from vision.report.decision_files import HEADERS
from vision.report.listing import Ruling
from vision.report.rulings import ruling_words
from vision.report.wording import count_in_words
from vision.report.wording import words as page_words
from vision.report.workbook.guide import CHOICES, choices_of
from vision.report.workbook.lines import SheetName
from vision.report.workbook.links import MOST_LINKS
from vision.report.workbook.paper import Paper
from vision.report.workbook.pictures import SHOWN, cell_picture
from vision.report.workbook.spool import SpooledRow
from vision.report.workbook.wording import words

MOST_ROWS: Final = 1_000_000
"""Rows of a sheet; Excel holds 1,048,576."""

HEADER_ROW: Final = 2
"""Counted from 0; a title and a line of what to do stand above."""

_LINE_POINTS: Final = 13.5  # height of a line of text
_LEAST_POINTS: Final = 30.0
_PICTURE_POINTS: Final = 90.0
_MOST_POINTS: Final = 240.0
_PICTURE_WIDTH: Final = 23.0  # characters
_PICTURE_PIXELS: Final = 166  # the same
_PIXELS_PER_POINT: Final = 96 / 72
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOOKS: Final = {Ruling.FALSE_ALARM: "is_wrong", Ruling.MISSED: "is_missed"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its word, width in characters, how cells are written, and what stands in them.

    `folds` says that its text may make the row higher.
    """

    name: str
    width: float
    form: str
    value: Callable[[SpooledRow], str | int]
    folds: bool = False


_NUMBER: Final = Column("number", 6, "number", lambda row: row.number)
_PICTURE: Final = Column("picture", _PICTURE_WIDTH, "picture", lambda _: "")
_NAME: Final = Column("name", 26, "link", lambda row: row.line.name)
_FOLDER: Final = Column("folder", 30, "cell", lambda row: row.line.folder)
_DAY: Final = Column("day", 11.5, "day", lambda row: row.line.day)
_DECISION: Final = Column("decision", 19, "fill_list", lambda row: row.line.ruling)
_NOTE: Final = Column("note", 26, "fill", lambda row: row.line.note, folds=True)
_BY: Final = Column("by", 14, "fill", lambda row: row.line.by)
_PLACES: Final = Column("places", 8, "centre", lambda row: row.line.places)
_OTHERS: Final = Column("others", 34, "quiet", lambda row: row.line.others)
_KEY: Final = Column("key", 10, "key", lambda row: row.line.key)

COLUMNS: Final[dict[SheetName, tuple[Column, ...]]] = {
    "reported": (
        _NUMBER,
        _PICTURE,
        Column("verdict", 13, "cell", lambda row: row.line.verdict),
        Column("seen", 58, "cell", lambda row: "\n".join(row.line.seen), folds=True),
        _DECISION,
        _NOTE,
        _BY,
        _NAME,
        _FOLDER,
        _DAY,
        Column("people", 20, "cell", lambda row: row.line.people),
        Column("numbers", 9, "centre", lambda row: row.line.numbers),
        Column("step", 44, "cell", lambda row: row.line.step),
        Column("basis", 34, "quiet", lambda row: row.line.basis),
        _PLACES,
        _OTHERS,
        Column("alike", 8, "centre", lambda row: row.alike or ""),
        _KEY,
    ),
    "failed": (
        _NUMBER,
        _NAME,
        _FOLDER,
        Column("reason", 48, "cell", lambda row: row.line.reason, folds=True),
        Column("advice", 48, "cell", lambda row: row.line.advice, folds=True),
        _DECISION,
        _NOTE,
        _BY,
        _DAY,
        _PLACES,
        _OTHERS,
        _KEY,
    ),
    "unseen": (
        _NUMBER,
        _NAME,
        _FOLDER,
        Column("file_kind", 22, "cell", lambda row: row.line.kind),
        Column("advice", 60, "cell", lambda row: row.line.advice, folds=True),
        _DECISION,
        _NOTE,
        _BY,
        _DAY,
        _KEY,
    ),
    "sampled": (_NUMBER, _PICTURE, _NAME, _FOLDER, _DECISION, _NOTE, _BY, _DAY, _PLACES, _OTHERS, _KEY),
}
_FROZEN: Final[dict[SheetName, int]] = {"reported": 3, "failed": 2, "unseen": 2, "sampled": 3}
_PRINTED: Final[dict[SheetName, str]] = {"reported": "day", "failed": "by", "unseen": "by", "sampled": "by"}


def write_grid(paper: Paper, name: SheetName, rows: Iterable[SpooledRow], count: int, language: Language) -> None:
    """Write a sheet whose rows are photos. `count` is how many rows there are; those that fit are written."""
    said, columns = words(language), COLUMNS[name]
    shown = min(count, MOST_ROWS)
    last = HEADER_ROW + max(shown, 1)
    _set_up(paper, name, last, language)
    paper.sheet.set_row(0, 26)
    paper.text(0, 0, said[f"title_{name}"], "title")
    hint = said[f"hint_{name}" if count else f"nothing_{name}"]
    if shown < count:
        most = {"rows": count_in_words(shown, language), "all": count_in_words(count, language)}
        hint = f"{said['too_many'].format(**most)} {hint}"
    paper.text(1, 0, hint, "hint")
    paper.sheet.set_row(HEADER_ROW, 32)
    for at, column in enumerate(columns):
        is_fill = column.name in ("decision", "note", "by")
        heading = HEADERS[column.name].text(language) if column.name in HEADERS else said[f"column_{column.name}"]
        paper.text(HEADER_ROW, at, heading, "head_fill" if is_fill else "head")
    links = 0
    for at, row in enumerate(islice(rows, shown), start=HEADER_ROW + 1):
        pictured = cell_picture(row.thumbnail, row.spots) if row.thumbnail else None
        points = _height(row, columns, pictured=pictured is not None)
        paper.sheet.set_row(at, points)
        links += row.line.link is not None
        for place, column in enumerate(columns):
            if column is not _PICTURE:
                _write_cell(paper, at, place, column, row, linked=links <= MOST_LINKS, language=language)
                continue
            paper.text(at, place, said["no_picture"] if pictured is None else "", column.form)
            if pictured is not None:
                data, (width, height) = pictured
                middle = _PICTURE_PIXELS / 2, points * _PIXELS_PER_POINT / 2
                offset = middle[0] - SHOWN * width / 2, middle[1] - SHOWN * height / 2
                # The row says the same in full; this is for those who listen.
                alt = shortened(" ".join(row.line.seen) or row.line.name, 250)
                paper.picture(at, place, data, offset, SHOWN, alt)


def _write_cell(
    paper: Paper, at: int, place: int, column: Column, row: SpooledRow, *, linked: bool, language: Language
) -> None:
    value = column.value(row)
    if isinstance(value, int):
        paper.number(at, place, value, column.form)
    elif column is _NAME and linked and row.line.link is not None:
        paper.link(at, place, row.line.link, value)
    elif column is _NAME:
        paper.text(at, place, value, "name")
    elif column is _DAY:
        paper.day(at, place, value)
    elif column.name == "verdict":
        paper.text(at, place, page_words(language)[f"verdict_{value}"], "flag" if value == "flag" else "review")
    else:
        paper.text(at, place, value, column.form)


def _height(row: SpooledRow, columns: Sequence[Column], *, pictured: bool) -> float:
    """Return a row's height in points: its picture's, or as its longest text needs within reason."""
    texts = ((str(column.value(row)), column.width) for column in columns if column.folds)
    lines = max(sum(math.ceil(max(len(line), 1) / width) for line in text.split("\n")) for text, width in texts)
    return min(max(lines * _LINE_POINTS + 4, _PICTURE_POINTS if pictured else _LEAST_POINTS), _MOST_POINTS)


def _set_up(paper: Paper, name: SheetName, last: int, language: Language) -> None:
    """Set what holds for the whole sheet; `last` is the last row of it."""
    sheet, columns, said = paper.sheet, COLUMNS[name], words(language)
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width)
    names = [column.name for column in columns]
    decision, right = names.index("decision"), len(columns) - 1
    sheet.freeze_panes(HEADER_ROW + 1, _FROZEN[name])
    sheet.autofilter(HEADER_ROW, 0, last, right)
    sheet.data_validation(
        *(HEADER_ROW + 1, decision, last, decision),
        {
            "validate": "list",
            "source": choices_of(name, language),
            "input_title": said["choose_title"],
            "input_message": said["choose"],
            "error_title": said["wrong_title"],
            "error_message": said["wrong"],
        },
    )
    for ruling in CHOICES[name]:
        text = ruling_words(ruling, language, sampled=name == "sampled")
        look = paper.formats[_LOOKS.get(ruling, "is_right")]
        sheet.conditional_format(
            *(HEADER_ROW + 1, decision, last, decision),
            {"type": "cell", "criteria": "==", "value": f'"{text}"', "format": look},
        )
    sheet.ignore_errors({"number_stored_as_text": f"A1:{_LETTERS[right]}{last + 1}"})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW)
    sheet.print_area(0, 0, last, names.index(_PRINTED[name]))
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer(f"&C{said['page']}")

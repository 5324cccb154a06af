"""The rows of a file of decisions, whichever form it has: a spreadsheet, a CSV table, or what the report's page saves.

Nothing is made of them here but texts: what they mean is for `vision.report.decisions`.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any, Final

import msgspec

from candidates.errors import CandidatesError, SpreadsheetUnreadableError
from candidates.importing.cells import text_of
from candidates.importing.sheets import Workbook
from vision.messages import LANGUAGES, Message, say
from vision.report.errors import DecisionRowError, DecisionsError, DecisionsTooLargeError

SCHEMA: Final = "fotonetral.decisions/1"
"""Names the JSON that the report's page saves."""

HEADERS: Final[Mapping[str, Message]] = {
    name: say(f"report.decision_columns.{name}") for name in ("key", "decision", "note", "by")
}
"""The columns that are read back, by what a header calls them; their place among the others is free."""

_NAMES: Final = {
    word.casefold(): name
    for name, words in HEADERS.items()
    for word in (name, *(words.text(language) for language in LANGUAGES))
} | {"ruling": "decision"}
_NEEDED: Final = frozenset({"key", "decision"})
_HEADER_WITHIN: Final = 20  # rows; a title may stand above the header
_LAST_ROW: Final = 1 << 20  # of an Excel sheet

_LARGEST_SHEET: Final = 1 << 30  # bytes as they lie on the disk; the guard of spreadsheets bounds what it unpacks to
_LARGEST_TABLE: Final = 1 << 29
_LARGEST_JSON: Final = 1 << 26
_LONGEST_HEADER: Final = 1 << 16

# How Excel writes what would otherwise be read as a control character.
_ESCAPED: Final = re.compile(r"_x005[Ff]_(?=x[0-9A-Fa-f]{4}_)")
_ZIP: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and every Office file that has a password


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One row: its number as people see it, the sheet if there are several, and the texts of the columns we know.

    `error` is set where a cell of those cannot be read.
    """

    row: int
    cells: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    error: DecisionRowError | None = None


def written_rows(path: Path) -> Iterator[DecisionRow]:
    """Yield the rows of a file, told apart by what is in it, not by its name. Raises DecisionsError."""
    start, size = _looked_at(path)
    if start.startswith((_ZIP, _OLD_EXCEL)):
        _bounded(path, size, _LARGEST_SHEET)
        yield from _of_workbook(path)
    elif start.removeprefix(codecs.BOM_UTF8).lstrip().startswith((b"{", b"[")):
        _bounded(path, size, _LARGEST_JSON)
        yield from _of_json(path)
    else:
        _bounded(path, size, _LARGEST_TABLE)
        yield from _of_table(path)


def _looked_at(path: Path) -> tuple[bytes, int]:
    try:
        with path.open("rb") as file:
            start = file.read(256)
            return start, file.seek(0, io.SEEK_END)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
        raise DecisionsError(say("report.decision_files.cannot_be_opened", path=path, reason=reason)) from error


def _bounded(path: Path, size: int, most: int) -> None:
    if size > most:
        raise DecisionsTooLargeError(
            say("report.decision_files.has_bytes_at_most", path=path.name, size=size, most=most)
        )


def _of_workbook(path: Path) -> Iterator[DecisionRow]:
    """Yield the rows of every sheet with a header of ours; hidden and filtered ones too."""
    titles: list[str] = []
    found = False
    try:
        with Workbook(path) as book:
            for title, rows in book.sheets():
                titles.append(title)
                numbered = enumerate(rows, start=1)
                columns = _header(islice(numbered, _HEADER_WITHIN))
                if columns is not None:
                    found = True
                    for number, cells in numbered:
                        yield _of_cells(number, cells, columns, title, book.epoch)
    except SpreadsheetUnreadableError as error:
        raise DecisionsError(error.says) from error
    if not found:
        raise _without_header(f"{path.name} ({', '.join(titles)})")


def _of_cells(
    number: int, cells: Sequence[Any], columns: Mapping[int, str], sheet: str, epoch: datetime
) -> DecisionRow:
    texts: dict[str, str] = {}
    try:
        for at, name in columns.items():
            value = cells[at] if at < len(cells) else None
            called = "/".join(HEADERS[name].text(language) for language in LANGUAGES)
            text = value.isoformat() if isinstance(value, date | time) else text_of(called, value, epoch)
            texts[name] = _ESCAPED.sub("_", text)
    except CandidatesError as error:
        return DecisionRow(number, texts, sheet, DecisionRowError(error.message_id, error.message_en))
    return DecisionRow(number, texts, sheet)


def _of_table(path: Path) -> Iterator[DecisionRow]:
    """Yield the rows of a CSV as programs and Excel write it: `,`, `;` or tab; UTF-8, UTF-16 or Windows' letters."""
    with path.open(encoding=_encoding(path), errors="replace", newline="") as file:
        header = file.readline(_LONGEST_HEADER)
        if header.casefold().startswith("sep="):
            header = file.readline(_LONGEST_HEADER)
        split = {mark: next(csv.reader([header], delimiter=mark), []) for mark in ",;\t"}
        columns, mark = max(
            ((_columns(cells) or {}, mark) for mark, cells in split.items()), key=lambda one: len(one[0])
        )
        if not columns:
            raise _without_header(path.name)
        reader = csv.reader(file, delimiter=mark)
        number = 1
        while True:
            number += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield DecisionRow(
                    number, error=DecisionRowError(say("report.decision_files.not_readable", error=error))
                )
                continue
            yield DecisionRow(number, {name: cells[at] for at, name in columns.items() if at < len(cells)})


def _encoding(path: Path) -> str:
    """Tell the encoding: by the mark at the start, UTF-8 if all of it is, else that of Excel on Windows."""
    with path.open("rb") as file:
        start = file.read(2)
        if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while chunk := file.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _of_json(path: Path) -> Iterator[DecisionRow]:
    try:
        told = msgspec.json.decode(path.read_bytes().removeprefix(codecs.BOM_UTF8))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OSError) as error:
        raise DecisionsError(say("report.decision_files.is_no_sound_json_file", path=path.name, error=error)) from error
    if not isinstance(told, dict) or told.get("schema") != SCHEMA or not isinstance(told.get("decisions"), list):
        raise DecisionsError(say("report.decision_files.is_no_file_of_decisions", path=path.name, schema=SCHEMA))
    for number, one in enumerate(told["decisions"], start=1):
        if isinstance(one, dict):
            cells = {_NAMES[name]: value for name, value in one.items() if name in _NAMES and value is not None}
            if all(isinstance(value, str) for value in cells.values()):
                yield DecisionRow(number, cells)
                continue
        yield DecisionRow(number, error=DecisionRowError(say("report.decision_files.it_is_no_decision")))


def _header(rows: Iterable[tuple[int, Sequence[Any]]]) -> dict[int, str] | None:
    """Read rows up to one that is a header of ours; return its columns, None when there is none."""
    for _, cells in rows:
        columns = _columns("" if cell is None else str(cell) for cell in cells)
        if columns is not None:
            return columns
    return None


def _columns(cells: Iterable[str]) -> dict[int, str] | None:
    """Return the columns of ours by position, the first of each name; None when those needed are not among them."""
    columns: dict[int, str] = {}
    for at, cell in enumerate(cells):
        name = _NAMES.get(cell.strip().removeprefix("\ufeff").casefold())
        if name is not None and name not in columns.values():
            columns[at] = name
    return columns if _NEEDED.issubset(columns.values()) else None


def _without_header(where: str) -> DecisionsError:
    names = [HEADERS[name] for name in ("key", "decision")]
    return DecisionsError(say("report.decision_files.no_header_row_with_columns", names=names, where=where))

"""Reading a spreadsheet (.xlsx) of people: which sheet it is, which row is the header, and the rows below."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

from candidates.causes import cause_of
from candidates.closing import Closing
from candidates.errors import BadRowError, CandidatesError, SpreadsheetUnreadableError
from candidates.importing.cell_pictures import picture, pictures_by_row
from candidates.importing.cells import merged_downward, text_of
from candidates.importing.headers import TableHeader
from candidates.importing.photos import PhotoFile
from candidates.importing.rows import ImportReport, RowReport, TablePhotos, elections_of, import_people
from candidates.importing.tables import (
    ELECTION_COLUMNS,
    PEOPLE_COLUMNS,
    BadRow,
    PeopleTable,
    PersonRow,
    TableRow,
    clean_cell,
)
from candidates.messages import say

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    from candidates.gallery import Gallery
    from candidates.importing.photos import Describe

ELECTION_SHEETS: Final = frozenset({"elections", "pemilu"})
"""Names of the sheet that stands in place of an `elections.csv`."""

_HEADER_WITHIN: Final = 20  # rows; a title and a note may stand above the header
_LAST_ROW: Final = 1 << 20  # of an Excel sheet

# A sheet of 300,000 people unpacks to some 150 MB; XML of real tables packs to a twentieth, rarely a fiftieth.
_LARGEST_PART: Final = 1 << 30  # bytes unpacked
_LARGEST_STRINGS: Final = 1 << 28  # all texts are held in memory
_TIGHTEST_RATIO: Final = 250  # only of parts large enough to hurt
_SMALL_PART: Final = 1 << 24

_OLD_FORMAT: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and every Office file that has a password


def import_workbook(
    gallery: Gallery,
    path: Path,
    describe: Describe,
    *,
    model_id: str | None = None,
    on_row: Callable[[RowReport], None] | None = None,
    on_total: Callable[[int | None], None] | None = None,
) -> ImportReport:
    """Register the people of a spreadsheet: of its first visible sheet with a header that has `name` and `photos`.

    Elections come from a sheet named "elections" or "pemilu", else from an `elections.csv` beside the file. All else
    is as in `import_table`; rows are numbered as Excel shows them. Raises `SpreadsheetUnreadableError`.
    """
    with Workbook(path) as book:
        sheet = book.people()
        people = PeopleTable(sheet)
        elections = book.elections() or elections_of(path.parent)
        photos = TablePhotos(gallery, path.parent, describe, model_id, sheet.pasted)
        return import_people(gallery, people, elections, photos, on_row=on_row, on_total=on_total)


class Workbook(Closing):
    """An open .xlsx file, its cells read as they are needed; use it in a `with` block.

    Raises `SpreadsheetUnreadableError` for anything that is no sound spreadsheet, here and while rows are read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        _refuse_strange_packages(path)
        with ExitStack() as stack, _explained(path):
            from openpyxl.reader.excel import ExcelReader

            file = stack.enter_context(path.open("rb"))
            reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
            reader.read()
            self._archive = reader.archive
            self._book = reader.wb
            self._parts = {sheet.name: rel.target for sheet, rel in reader.parser.find_sheets()}
            self._resources = stack.pop_all()

    def close(self) -> None:
        """Close the file."""
        self._resources.close()

    def people(self) -> Sheet:
        """Return the first visible sheet with a header of people."""
        required = ("name", "photos")
        sheets = [sheet for sheet in self._book.worksheets if sheet.sheet_state == "visible"]
        for sheet in sheets:
            found = self._sheet(sheet, PEOPLE_COLUMNS, required)
            if found:
                return found
        raise _without_header(f"{self._path.name} ({', '.join(sheet.title for sheet in sheets)})", required)

    def elections(self) -> Sheet | None:
        """Return the sheet of elections, if there is one."""
        for sheet in self._book.worksheets:
            if sheet.title.strip().casefold() in ELECTION_SHEETS:
                found = self._sheet(sheet, ELECTION_COLUMNS, ("id",))
                if not found:
                    raise _without_header(f"{self._path.name} ({sheet.title})", ("id",))
                return found
        return None

    @property
    def epoch(self) -> datetime:
        """The day that numbers of days count from."""
        return self._book.epoch

    def sheets(self) -> Iterator[tuple[str, Iterator[tuple[Any, ...]]]]:
        """Yield the title of every sheet with the values of its cells, row by row from the first; hidden ones too."""
        for sheet in self._book.worksheets:
            sheet.reset_dimensions()
            yield sheet.title, _values(sheet, self._path)

    def _sheet(self, sheet: ReadOnlyWorksheet, columns: tuple[str, ...], required: tuple[str, ...]) -> Sheet | None:
        last_row = sheet.max_row
        with _explained(self._path):
            # What a file says about its size is not to be relied on.
            sheet.reset_dimensions()
            for number, cells in enumerate(islice(_values(sheet, self._path), _HEADER_WITHIN), start=1):
                header = TableHeader.of(["" if cell is None else str(cell) for cell in cells], columns, number)
                names = header.names
                if set(required) <= set(names):
                    doubled = sorted({name for name in names if name in columns and names.count(name) > 1})
                    if doubled:
                        twice = ", ".join(doubled)
                        raise SpreadsheetUnreadableError(
                            say("importing.sheets.header_has_twice", name=self._path.name, twice=twice)
                        )
                    with self._archive.open(self._parts[sheet.title]) as part:
                        merged = merged_downward(part)
                    pictures = pictures_by_row(self._archive, self._parts[sheet.title])
                    return Sheet(self._path, sheet, columns, header, last_row, merged, (self._archive, pictures))
        return None


class Sheet:
    """A sheet with a header; the rows under it, as often as wanted."""

    def __init__(
        self,
        path: Path,
        sheet: ReadOnlyWorksheet,
        columns: tuple[str, ...],
        header: TableHeader,
        last_row: int | None,
        merged: dict[tuple[int, int], int],
        pictures: tuple[zipfile.ZipFile, dict[int, tuple[str, ...]]],
    ) -> None:
        self._path = path
        self._sheet = sheet
        self._columns = columns
        self.header = header
        self._header = header.names
        self._header_row = header.line
        self._last_row = last_row
        self._merged = merged
        self._archive, self._pictures = pictures

    @property
    def name(self) -> str:
        """The file's name with the sheet's."""
        return f"{self._path.name} [{self._sheet.title}]"

    def pasted(self, row: PersonRow) -> list[PhotoFile]:
        """Return the pictures that were pasted into a row. Raises `SpreadsheetUnreadableError`."""
        stem, photos = self._path.stem, []
        for at, name in enumerate(self._pictures.get(row.line, ()), start=1):
            with _explained(self._path):
                data = picture(self._archive, name)
            photos.append(PhotoFile(Path(f"{stem}-{row.line}-{at}{Path(name).suffix}"), row.face, data))
        return photos

    def count(self) -> int | None:
        """Return how many rows the file claims to have; empty ones among them."""
        if not self._last_row or self._last_row >= _LAST_ROW:
            # A column formatted down to the bottom counts as filled.
            return None
        return max(self._last_row - self._header_row, 0)

    def rows(self) -> Iterator[TableRow | BadRow]:
        """Yield the rows in order, hidden ones too; empty ones are left out."""
        held: dict[int, tuple[int, Any]] = {}
        for number, values in enumerate(_values(self._sheet, self._path), start=1):
            if number <= self._header_row:
                continue
            cells = list(values[: len(self._header)])
            has_own = any(value not in (None, "") for value in cells)
            cells += [None] * (len(self._header) - len(cells))
            for column, value in enumerate(cells):
                if last := self._merged.get((number, column)):
                    held[column] = (last, value)
                elif column in held and number <= held[column][0] and value is None:
                    cells[column] = held[column][1]
            if has_own:
                yield from self._row(number, cells)

    def _row(self, number: int, values: list[Any]) -> Iterator[TableRow | BadRow]:
        filled = dict.fromkeys(self._columns, "")
        problem: CandidatesError | None = None
        for name, value in zip(self._header, values, strict=True):
            if name in self._columns:
                # What older programs are shown in place of a picture that lies in the cell.
                if name == "photos" and value == "#VALUE!" and number in self._pictures:
                    continue
                try:
                    filled[name] = clean_cell(name, text_of(name, value, self._sheet.parent.epoch))
                except BadRowError as error:
                    problem = problem or error
        if problem:
            yield BadRow(number, problem, filled.get("name", ""))
        elif any(filled.values()):
            yield TableRow(number, filled)


def _values(sheet: ReadOnlyWorksheet, path: Path) -> Iterator[tuple[Any, ...]]:
    """Yield the cells of each row from the first, as wide as its cells reach."""
    # The stubs know it of the other kind of worksheet, from which this one has it.
    rows = iter(sheet.iter_rows(max_row=_LAST_ROW, values_only=True))  # type: ignore[misc]
    while True:
        with _explained(path):
            row = next(rows, None)
        if row is None:
            return
        yield row


class _explained:  # noqa: N801  used as a function: a generator's frame would cost more for every row
    """Turns whatever the reader raises on a file that is not as it should be into one error of ours."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._warnings = warnings.catch_warnings()

    def __enter__(self) -> None:
        # Of drop-down lists and the like, which it does not read.
        self._warnings.__enter__()
        warnings.simplefilter("ignore")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._warnings.__exit__(kind, error, trace)
        if isinstance(error, Exception) and not isinstance(error, CandidatesError):
            raise _damaged(self._path, type(error).__name__) from error


def _refuse_strange_packages(path: Path) -> None:
    """Look at the file's table of contents before anything is unpacked."""
    try:
        with path.open("rb") as file:
            if file.read(len(_OLD_FORMAT)) == _OLD_FORMAT:
                raise SpreadsheetUnreadableError(say("importing.sheets.is_of_old_format_xls", path=path.name))
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
    except OSError as error:
        cause = cause_of(error)
        raise SpreadsheetUnreadableError(
            say("importing.sheets.cannot_be_opened", path=path, reason=cause.reason),
            advice=cause.advice,
        ) from error
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _damaged(path, "zip") from error
    if not any(part.filename.startswith("xl/") for part in parts):
        raise SpreadsheetUnreadableError(say("importing.sheets.is_no_xlsx_file", path=path.name))
    if sum(part.file_size for part in parts) > _LARGEST_PART or any(_is_bomb(part) for part in parts):
        raise SpreadsheetUnreadableError(say("importing.sheets.is_too_large_when_unpacked", path=path.name))


def _is_bomb(part: zipfile.ZipInfo) -> bool:
    if part.filename.casefold().endswith("sharedstrings.xml") and part.file_size > _LARGEST_STRINGS:
        return True
    return part.file_size > _SMALL_PART and part.file_size > _TIGHTEST_RATIO * max(part.compress_size, 1)


def _without_header(where: str, required: Iterable[str]) -> SpreadsheetUnreadableError:
    columns = ", ".join(required)
    return SpreadsheetUnreadableError(say("importing.sheets.no_header_row_with_columns", columns=columns, where=where))


def _damaged(path: Path, what: str) -> SpreadsheetUnreadableError:
    return SpreadsheetUnreadableError(say("importing.sheets.is_damaged_or_no_xlsx", path=path.name, what=what))

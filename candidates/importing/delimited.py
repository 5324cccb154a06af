"""Reading a CSV table as spreadsheets write it: with or without BOM, and whatever its separator."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

from candidates.causes import cause_of
from candidates.errors import BadRowError, TableUnreadableError
from candidates.importing.headers import TableHeader, column_names, listed
from candidates.importing.tables import BadRow, TableRow, clean_cell
from candidates.messages import say

_LONGEST_HEADER: Final = 1 << 16  # characters; of a file that is no table, the first line may be all of it


class CsvTable:
    """A UTF-8 CSV table (with or without BOM; `,`, `;` or tab), read row by row, as often as wanted.

    Raises `TableUnreadableError` at birth for a missing file, another encoding, or a header without `required`.
    """

    def __init__(
        self, path: Path, columns: tuple[str, ...], required: tuple[str, ...], *, contents: bytes | None = None
    ) -> None:
        """Open the table at `path`; with `contents`, those are its bytes and `path` only names it."""
        self._path = path
        self._contents = contents
        self._columns = columns
        self._check_text()
        with self._open() as file:
            self._skipped, header = self._header_line(file.readline(_LONGEST_HEADER), file.readline(_LONGEST_HEADER))
        self._delimiter = max(";\t,", key=lambda mark: len(set(column_names(_cells(header, mark))) & set(columns)))
        self.header = TableHeader.of(_cells(header, self._delimiter), columns, self._skipped)
        self._header = self.header.names
        missing = [column for column in required if column not in self._header]
        doubled = sorted({name for name in self._header if name in columns and self._header.count(name) > 1})
        if missing:
            lacks, unread = ", ".join(missing), self.header.unread
            if unread:
                raise TableUnreadableError(
                    say(
                        "importing.delimited.header_lacks_and_unread",
                        path=path.name,
                        lacks=lacks,
                        unread=listed(unread),
                    )
                )
            raise TableUnreadableError(say("importing.delimited.header_lacks", path=path.name, lacks=lacks))
        if doubled:
            twice = ", ".join(doubled)
            raise TableUnreadableError(say("importing.delimited.header_has_twice", path=path.name, twice=twice))

    @property
    def name(self) -> str:
        """The file's name."""
        return self._path.name

    def count(self) -> int:
        """Return how many rows there are."""
        return sum(1 for _ in self.rows())

    def rows(self) -> Iterator[TableRow | BadRow]:
        """Yield the rows in order; empty ones are left out."""
        with self._open() as file:
            for _ in range(self._skipped):
                file.readline()
            reader = csv.reader(file, delimiter=self._delimiter, strict=True)
            while True:
                line = self._skipped + reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    unreadable = BadRowError(say("importing.delimited.row_cannot_be_read_check", error=error))
                    yield BadRow(line, unreadable)
                    continue
                if any(cell.strip() for cell in cells):
                    yield self._row(line, cells)

    def _row(self, line: int, cells: list[str]) -> TableRow | BadRow:
        if any(cell.strip() for cell in cells[len(self._header) :]):
            many = BadRowError(
                say("importing.delimited.there_are_cells_for_columns", cells=len(cells), columns=len(self._header))
            )
            return BadRow(line, many)
        filled = dict.fromkeys(self._columns, "")
        for name, cell in zip(self._header, cells, strict=False):
            if name in self._columns:
                filled[name] = clean_cell(name, cell)
        return TableRow(line, filled)

    def _open(self) -> TextIO:
        if self._contents is not None:
            return io.TextIOWrapper(io.BytesIO(self._contents), encoding="utf-8-sig", newline="")
        return self._path.open(encoding="utf-8-sig", newline="")

    def _check_text(self) -> None:
        try:
            with self._open() as file:
                while file.read(1 << 16):
                    pass
        except OSError as error:
            cause = cause_of(error)
            raise TableUnreadableError(
                say("importing.delimited.table_cannot_be_opened", path=self._path, reason=cause.reason),
                advice=cause.advice,
            ) from error
        except UnicodeDecodeError as error:
            raise TableUnreadableError(say("importing.delimited.table_is_not_utf_text", name=self.name)) from error

    @staticmethod
    def _header_line(first: str, second: str) -> tuple[int, str]:
        # Excel writes "sep=;" above the header when asked to.
        return (2, second) if first.lower().startswith("sep=") else (1, first)


def _cells(header: str, delimiter: str) -> list[str]:
    return next(csv.reader([header], delimiter=delimiter), [])

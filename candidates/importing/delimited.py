"""Reading a CSV table as spreadsheets write it: with or without BOM, and whatever its separator."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

from candidates.causes import cause_of
from candidates.errors import BadRowError, TableUnreadableError
from candidates.importing.headers import Header, column_names, listed
from candidates.importing.tables import BadRow, Row, clean_cell

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
        self.header = Header.of(_cells(header, self._delimiter), columns, self._skipped)
        self._header = self.header.names
        missing = [column for column in required if column not in self._header]
        doubled = sorted({name for name in self._header if name in columns and self._header.count(name) > 1})
        if missing:
            lacks, unread = ", ".join(missing), self.header.unread
            raise TableUnreadableError(
                f"{path.name}: baris judul tidak memuat {lacks}."
                + (f" Yang tidak dipahami: {listed(unread, '«»')}." if unread else ""),
                f"{path.name}: the header lacks {lacks}."
                + (f" Not understood: {listed(unread, '“”')}." if unread else ""),
            )
        if doubled:
            twice = ", ".join(doubled)
            raise TableUnreadableError(
                f"{path.name}: baris judul memuat dua kali {twice}.", f"{path.name}: the header has {twice} twice."
            )

    @property
    def name(self) -> str:
        """The file's name."""
        return self._path.name

    def count(self) -> int:
        """Return how many rows there are."""
        return sum(1 for _ in self.rows())

    def rows(self) -> Iterator[Row | BadRow]:
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
                    unreadable = BadRowError(
                        f"Baris tidak dapat dibaca ({error}); periksa tanda kutipnya.",
                        f"The row cannot be read ({error}); check its quotation marks.",
                    )
                    yield BadRow(line, unreadable)
                    continue
                if any(cell.strip() for cell in cells):
                    yield self._row(line, cells)

    def _row(self, line: int, cells: list[str]) -> Row | BadRow:
        if any(cell.strip() for cell in cells[len(self._header) :]):
            many = BadRowError(
                f"Ada {len(cells)} sel untuk {len(self._header)} kolom; beri tanda kutip pada sel yang memuat pemisah.",
                f"There are {len(cells)} cells for {len(self._header)} columns; quote cells that hold the separator.",
            )
            return BadRow(line, many)
        filled = dict.fromkeys(self._columns, "")
        for name, cell in zip(self._header, cells, strict=False):
            if name in self._columns:
                filled[name] = clean_cell(name, cell)
        return Row(line, filled)

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
                f"Tabel {self._path} tidak dapat dibuka: {cause.reason_id}.",
                f"The table {self._path} cannot be opened: {cause.reason_en}.",
                cause.advice,
            ) from error
        except UnicodeDecodeError as error:
            raise TableUnreadableError(
                f"Tabel {self.name} bukan teks UTF-8.", f"The table {self.name} is not UTF-8 text."
            ) from error

    @staticmethod
    def _header_line(first: str, second: str) -> tuple[int, str]:
        # Excel writes "sep=;" above the header when asked to.
        return (2, second) if first.lower().startswith("sep=") else (1, first)


def _cells(header: str, delimiter: str) -> list[str]:
    return next(csv.reader([header], delimiter=delimiter), [])

"""The report of an import as a table that Excel opens: one line a row, written as the rows are done."""

from __future__ import annotations

import csv
from pathlib import Path

from candidates.closing import Closing
from candidates.errors import Language
from candidates.importing.reports import UnreadColumns
from candidates.importing.rows import RowReport

COLUMNS = ("table", "row", "name", "outcome", "photos_used", "photos_rejected", "reason", "code")

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class RowReportFile(Closing):
    """A CSV file in UTF-8 with BOM; use it in a `with` block. What was written survives when the import is killed.

    An older report at the same place is replaced, any other file is not: that raises `FileExistsError`.
    """

    def __init__(self, path: Path, language: Language) -> None:
        self._language: Language = language
        if not _may_replace(path):
            raise FileExistsError(17, "File exists", str(path))
        # A line at a time reaches the disk (line buffering).
        self._file = path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="", buffering=1)
        self._writer = csv.writer(self._file, lineterminator="\r\n")
        self._writer.writerow(COLUMNS)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def write(self, row: RowReport) -> None:
        """Add a row."""
        reasons = [row.reason] if row.reason and not row.photos_rejected else []
        texts = [reason.text(self._language) for reason in (*reasons, *row.notes)]
        texts[:0] = [f"{photo.photo}: {photo.reason.text(self._language)}" for photo in row.photos_rejected]
        codes = [reason.code for reason in (*(photo.reason for photo in row.photos_rejected), *reasons, *row.notes)]
        cells = (
            row.table,
            row.line or "",
            row.name,
            row.outcome,
            row.photos_used,
            len(row.photos_rejected),
            " | ".join(texts),
            " ".join(dict.fromkeys(codes)),
        )
        self._writer.writerow([_harmless(cell) if isinstance(cell, str) else cell for cell in cells])

    def write_columns(self, unread: UnreadColumns) -> None:
        """Add that columns of a table were not understood."""
        note = unread.note
        cells = (unread.table, unread.line, "", "", "", "", note.text(self._language), note.code)
        self._writer.writerow(cells)


def _harmless(text: str) -> str:
    """Keep a spreadsheet from taking a name for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _may_replace(path: Path) -> bool:
    if not path.exists():
        return True
    with path.open("rb") as file:
        start = file.read(256)
    return not start or start.decode("utf-8-sig", errors="replace").startswith(",".join(COLUMNS))

"""What people decided, read back from the files they filled in: an edited spreadsheet, its CSV, or the page's own file.

Rows may have been sorted, filtered and removed; columns are found by their headers, in either language. A row that
cannot be used is told with its number, and the others are taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from vision.errors import Language
from vision.report.cells import unguarded
from vision.report.decision_files import HEADERS, Written, written_rows
from vision.report.errors import DecisionRowError
from vision.report.listing import Decision, Ruling
from vision.report.rulings import ruling_of, ruling_words

LONGEST_NOTE: Final = 5_000
"""Characters of a note; more is somebody's paste of a whole document."""

_LONGEST_NAME: Final = 200
_KEY: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that cannot be used, its number as people see it (of JSON: which decision it is), and why."""

    file: str
    sheet: str
    row: int
    error: DecisionRowError

    def where(self, language: Language = "id") -> str:
        """Say which row it is."""
        sheet = f" [{self.sheet}]" if self.sheet else ""
        return f"{self.file}{sheet}, {'baris' if language == 'id' else 'row'} {self.row}"

    def reason(self, language: Language = "id") -> str:
        """Say what is wrong with it."""
        return self.error.text(language)


def read_decisions(path: Path) -> Iterator[tuple[str, Decision] | Problem]:
    """Yield (key of the photo, decision) for every row that holds one, and a problem for each that cannot be used.

    Rows without decision and note are nobody's decision and are passed over. Of rows about one photo the first counts;
    another that says otherwise is a problem. Raises DecisionsError, at the first step or later, for a file that cannot
    be read.
    """
    taken: dict[str, tuple[Decision, int]] = {}
    for written in written_rows(path):
        try:
            understood = _understood(written)
        except DecisionRowError as error:
            yield Problem(path.name, written.sheet, written.row, error)
            continue
        if understood is None:
            continue
        key, decision = understood
        before, row = taken.setdefault(key, (decision, written.row))
        if before is decision:
            yield key, decision
        elif before != decision:
            yield Problem(path.name, written.sheet, written.row, _contradiction(row))


def _understood(written: Written) -> tuple[str, Decision] | None:
    if written.error is not None:
        raise written.error
    cells = {name: _clean(text) for name, text in written.cells.items()}
    words, note, by = cells.get("decision", ""), cells.get("note", ""), cells.get("by", "")
    if not words:
        if note:
            raise _bad("note", "ada catatan, tetapi keputusannya kosong", "there is a note, but no decision")
        return None
    ruling = ruling_of(words)
    if ruling is None:
        known = {language: "; ".join(ruling_words(one, language) for one in Ruling) for language in ("id", "en")}
        raise _bad(
            "decision",
            f"«{words[:80]}» tidak dikenal. Pilihannya: {known['id']}",
            f"“{words[:80]}” is not known. Choices: {known['en']}",
        )
    key = cells.get("key", "").casefold()
    if not _KEY.fullmatch(key):
        raise _bad(
            "key",
            f"harus 64 angka dan huruf a sampai f, yang tertulis «{key[:80]}»",
            f"expected 64 digits and letters a to f, got “{key[:80]}”",
        )
    for name, text, most in (("note", note, LONGEST_NOTE), ("by", by, _LONGEST_NAME)):
        if len(text) > most:
            raise _bad(name, f"{len(text)} karakter, paling banyak {most}", f"{len(text)} characters, at most {most}")
    return key, Decision(ruling, note, by)


def _clean(text: str) -> str:
    """Return a cell's text as it was typed: without guards against formulas, and without what nobody sees."""
    lines = unguarded(text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in lines if char.isprintable() or char == "\n").strip()


def _bad(column: str, reason_id: str, reason_en: str) -> DecisionRowError:
    names = HEADERS[column]
    return DecisionRowError(f"Kolom {names['id']}: {reason_id}.", f"Column {names['en']}: {reason_en}.")


def _contradiction(row: int) -> DecisionRowError:
    return DecisionRowError(
        f"Baris {row} sudah memutuskan lain tentang foto yang sama.",
        f"Row {row} already says otherwise about the same photo.",
    )

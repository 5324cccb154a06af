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
from vision.messages import Message, MessageSequence, say
from vision.report.cells import unguarded
from vision.report.decision_files import HEADERS, DecisionRow, written_rows
from vision.report.errors import DecisionRowError
from vision.report.listing import Decision, Ruling
from vision.report.rulings import ruling_message, ruling_of

LONGEST_NOTE: Final = 5_000
"""Characters of a note; more is somebody's paste of a whole document."""

_LONGEST_NAME: Final = 200
_KEY: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class DecisionProblem:
    """A row that cannot be used, its number as people see it (of JSON: which decision it is), and why."""

    file: str
    sheet: str
    row: int
    error: DecisionRowError

    def where(self, language: Language = "id") -> str:
        """Say which row it is."""
        sheet = f" [{self.sheet}]" if self.sheet else ""
        return say("report.decisions.row", file=f"{self.file}{sheet}", row=self.row).text(language)

    def reason(self, language: Language = "id") -> str:
        """Say what is wrong with it."""
        return self.error.text(language)


def read_decisions(path: Path) -> Iterator[tuple[str, Decision] | DecisionProblem]:
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
            yield DecisionProblem(path.name, written.sheet, written.row, error)
            continue
        if understood is None:
            continue
        key, decision = understood
        before, row = taken.setdefault(key, (decision, written.row))
        if before is decision:
            yield key, decision
        elif before != decision:
            yield DecisionProblem(path.name, written.sheet, written.row, _contradiction(row))


def _understood(written: DecisionRow) -> tuple[str, Decision] | None:
    if written.error is not None:
        raise written.error
    cells = {name: _clean(text) for name, text in written.cells.items()}
    words, note, by = cells.get("decision", ""), cells.get("note", ""), cells.get("by", "")
    if not words:
        if note:
            raise _bad("note", say("report.decisions.there_is_note_but_no"))
        return None
    ruling = ruling_of(words)
    if ruling is None:
        known = MessageSequence(tuple(ruling_message(one) for one in Ruling), "; ")
        raise _bad("decision", say("report.decisions.is_not_known_choices", words=words[:80], known=known))
    key = cells.get("key", "").casefold()
    if not _KEY.fullmatch(key):
        raise _bad("key", say("report.decisions.expected_64_digits_and_letters", key=key[:80]))
    for name, text, most in (("note", note, LONGEST_NOTE), ("by", by, _LONGEST_NAME)):
        if len(text) > most:
            raise _bad(name, say("report.decisions.characters_at_most", count=len(text), most=most))
    return key, Decision(ruling, note, by)


def _clean(text: str) -> str:
    """Return a cell's text as it was typed: without guards against formulas, and without what nobody sees."""
    lines = unguarded(text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in lines if char.isprintable() or char == "\n").strip()


def _bad(column: str, reason: Message) -> DecisionRowError:
    return DecisionRowError(say("report.decisions.column", column=HEADERS[column], reason=reason))


def _contradiction(row: int) -> DecisionRowError:
    return DecisionRowError(say("report.decisions.row_already_says_otherwise_about", row=row))

"""How an import went: what became of every row, and the sums."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from candidates.importing.headers import TableHeader, listed
from candidates.importing.photos import RejectedPhoto, RejectionReason
from candidates.messages import say
from candidates.people import Outcome

PROBLEMS_KEPT: Final = 1000
"""How many rows with something to tell a report keeps; `on_row` gets every one."""


@dataclass(frozen=True, slots=True)
class RowReport:
    """What became of one row.

    `reason` says why a rejected row was not used. `photos_used` counts new and already registered photos of the row;
    `photos_rejected` are the ones that could not be used, which alone reject no row while the person has another.
    `line` is the row's number in the table as spreadsheets show it, 0 where there are no lines (a folder).
    """

    table: str
    line: int
    name: str
    outcome: Outcome
    reason: RejectionReason | None = None
    photos_used: int = 0
    photos_rejected: tuple[RejectedPhoto, ...] = ()
    notes: tuple[RejectionReason, ...] = ()

    @property
    def place(self) -> str:
        """Where the row stands: the table, and the line where there are lines."""
        return f"{self.table}:{self.line}" if self.line else self.table

    @property
    def is_problem(self) -> bool:
        """Tell whether there is something to say about the row."""
        return self.outcome is Outcome.REJECTED or bool(self.photos_rejected or self.notes)


@dataclass(frozen=True, slots=True)
class UnreadColumns:
    """Columns of a table that mean nothing here, as its header has them: what they hold was not used.

    `line` is where the header stands.
    """

    table: str
    line: int
    columns: tuple[str, ...]

    @property
    def note(self) -> RejectionReason:
        """The message about them."""
        return RejectionReason(
            "table.unread_columns", say("importing.reports.columns_not_used", columns=listed(self.columns))
        )


@dataclass(frozen=True, slots=True)
class ImportReport:
    """How an import went: people's rows by outcome, elections changed and rejected, and the rows with a problem.

    `problems` are of both tables, by table and line; it holds at most `PROBLEMS_KEPT` rows, `problems_left_out` says
    how many more there were. `unread_columns` has the columns of each table that were not understood.
    """

    added: int
    updated: int
    unchanged: int
    rejected: int
    elections_changed: int
    elections_rejected: int
    problems: tuple[RowReport, ...]
    problems_left_out: int
    unread_columns: tuple[UnreadColumns, ...] = ()

    @property
    def changed(self) -> bool:
        """Tell whether the gallery changed."""
        return bool(self.added or self.updated or self.elections_changed)


class RowTally:
    """Counts rows as they are done, keeps the first problems, and passes every row on."""

    def __init__(self, on_row: Callable[[RowReport], None] | None) -> None:
        self._on_row = on_row
        self._people = dict.fromkeys(Outcome, 0)
        self._elections = dict.fromkeys(Outcome, 0)
        self._problems: list[RowReport] = []
        self._left_out = 0
        self._unread: list[UnreadColumns] = []

    def header(self, table: str, header: TableHeader | None) -> None:
        """Note which columns of a table were not understood."""
        if header is not None and header.unread:
            self._unread.append(UnreadColumns(table, header.line, header.unread))

    def person(self, row: RowReport) -> None:
        """Count a row of people."""
        self._people[row.outcome] += 1
        self._note(row)

    def election(self, row: RowReport) -> None:
        """Count a row of elections."""
        self._elections[row.outcome] += 1
        self._note(row)

    def report(self) -> ImportReport:
        """Return how it went so far."""
        return ImportReport(
            added=self._people[Outcome.ADDED],
            updated=self._people[Outcome.UPDATED],
            unchanged=self._people[Outcome.UNCHANGED],
            rejected=self._people[Outcome.REJECTED],
            elections_changed=self._elections[Outcome.ADDED] + self._elections[Outcome.UPDATED],
            elections_rejected=self._elections[Outcome.REJECTED],
            problems=tuple(sorted(self._problems, key=lambda row: (row.table, row.line))),
            problems_left_out=self._left_out,
            unread_columns=tuple(self._unread),
        )

    def _note(self, row: RowReport) -> None:
        if row.is_problem:
            if len(self._problems) < PROBLEMS_KEPT:
                self._problems.append(row)
            else:
                self._left_out += 1
        if self._on_row:
            self._on_row(row)

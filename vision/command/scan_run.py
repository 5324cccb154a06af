"""One run of `fotonetral scan`: progress while it goes, what came of it at the end, the exit status."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING

import click

from vision.archive.journal import Journal
from vision.archive.judging import make_judge
from vision.archive.local import Judges, LocalJudges
from vision.archive.scan import Order, Progress, Scan
from vision.command.account import account_lines, nothing_judged
from vision.command.check_text import printable, scope_lines, show
from vision.command.main import CLEAR, INTERRUPTED, LOOK, NOT_JUDGED
from vision.command.output import carry_on
from vision.errors import FotoNetralError
from vision.messages import words_of
from vision.report.listing import ScanFacts
from vision.settings import JudgeSpec

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID


_SIGNS = {"flag": "✖", "review": "!", "error": "?"}


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """How a scan is done: processes, seconds a photo, a cluster's address or None, what is shown and written."""

    workers: int
    seconds: float
    cluster: str | None
    quiet: bool
    report: bool


def run_scan(order: Order, how: ScanOptions) -> int:
    """Scan, write the report, and return the exit status. Raises FotoNetralError for what stops a scan."""
    words = words_of("command.scan_run", order.settings.language)
    carry_on()
    with _terminate_as_interrupt(), Journal.open(order.out, write=True) as journal:
        scan = Scan(journal, order)
        try:
            with _shown(words, quiet=how.quiet) as shown:
                for progress in scan.list():
                    shown(progress)
                if scan.progress.to_read:
                    with closing(_judges(scan, order, how)) as judges:
                        for progress in scan.judge(judges):
                            shown(progress)
                else:
                    scan.finish()
        except KeyboardInterrupt:
            click.echo(words["stopped"], err=True)
            raise click.exceptions.Exit(INTERRUPTED) from None
        facts = scan.facts()
    _tell(facts, order, how, words)
    if not how.quiet:
        show(scope_lines("", facts.scope_notes, order.settings.language))
    return _status(facts)


def _judges(scan: Scan, order: Order, how: ScanOptions) -> Judges:
    spec, make = JudgeSpec(scan.settings), partial(make_judge, audit_rate=order.audit_rate)
    if how.cluster is None:
        return LocalJudges(partial(make, spec), workers=how.workers, seconds=how.seconds)
    from vision.archive.cluster.driver import ClusterJudges

    def warn(error: FotoNetralError) -> None:
        click.echo(printable(error.text(order.settings.language)), err=True)

    return ClusterJudges(spec, make, address=how.cluster, seconds=how.seconds, warn=warn)


def _tell(facts: ScanFacts, order: Order, how: ScanOptions, words: Mapping[str, str]) -> None:
    counts, account = facts.counts, facts.account
    if not how.quiet:
        click.echo(printable(words["summary"].format(out=order.out, **counts)))
        if not facts.judged:
            click.echo(nothing_judged(facts.language))
        for line in account_lines(account.kinds, account.excluded, facts.language):
            click.echo(line)
        if order.baseline is not None:
            click.echo(words["new"].format(new=counts["new"]))
    if not how.report:
        if not how.quiet:
            click.echo(printable(words["later"].format(out=order.out)))
        return
    from vision.command.report_run import DEFAULT_FORMATS, write_reports

    for path in write_reports(order.out, DEFAULT_FORMATS):
        if not how.quiet:
            click.echo(printable(words["report"].format(path=path)))


def _status(facts: ScanFacts) -> int:
    if facts.counts["error"] or facts.account.total or not facts.judged:
        return NOT_JUDGED
    return LOOK if facts.counts["new"] else CLEAR


@contextmanager
def _terminate_as_interrupt() -> Iterator[None]:
    """Stop as cleanly for `kill` and a shutdown as for Ctrl-C."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _shown(words: Mapping[str, str], *, quiet: bool) -> Iterator[_Show]:
    """Give what shows progress: a bar at a terminal, a line now and then elsewhere, nothing when quiet."""
    if quiet:
        yield _Show()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    console = Console(file=sys.stderr)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[found]}"),
    )
    with RichProgress(*columns, console=console, disable=not console.is_terminal, refresh_per_second=4) as bar:
        yield _Bar(bar, words)


class _Show:
    """Shows nothing."""

    def __call__(self, progress: Progress) -> None:
        """Take note of how far the scan is."""


class _Bar(_Show):
    """Shows a bar with rate, time left and what was found so far."""

    def __init__(self, bar: Bar, words: Mapping[str, str]) -> None:
        self._bar = bar
        self._words = words
        self._task: TaskID | None = None
        self._judging = False

    def __call__(self, progress: Progress) -> None:
        """Draw how far the scan is."""
        if self._task is None:
            self._task = self._bar.add_task(self._words["listing"], total=None, rate="", found="")
        if progress.to_read is None:
            self._bar.update(self._task, completed=progress.listed)
            return
        if not self._judging:
            self._judging = True
            self._bar.reset(self._task, description=self._words["judging"], total=progress.to_read)
        # The symbols of the verdicts, as `check` prints them: there is no room for words beside a bar.
        found = "  ".join(f"{sign} {progress.verdicts[key]}" for key, sign in _SIGNS.items())
        speed = self._bar.tasks[0].speed
        rate = "" if not speed else f"{speed:.1f}/s"
        self._bar.update(self._task, completed=progress.read, rate=rate, found=found)

"""Writing the reports of a scan and keeping decisions: from the journal to the report room and back."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vision.archive.gathering import RunSummary
from vision.archive.journal import Journal
from vision.command.account import account_lines, nothing_judged
from vision.command.check_text import printable
from vision.command.output import carry_on
from vision.errors import Language
from vision.messages import words_of
from vision.report.listing import Decision, ListedPhoto, Ruling, ScanFacts

if TYPE_CHECKING:
    from vision.report.decisions import DecisionProblem

DEFAULT_FORMATS = ("html", "xlsx", "csv", "jsonl")
"""The formats written by default; Parquet needs an extra."""

_STAGING = ".reports-"


def write_reports(folder: Path, formats: Sequence[str]) -> Iterator[Path]:
    """Write the reports of the last run into its folder; yields each file once all are there.

    They take their places together: a full disk or a stop in the middle leaves the older ones, not some of each.
    """
    carry_on()
    with Journal.open(folder) as journal, _staging(folder) as staging:
        gathered = RunSummary(journal)
        facts = gathered.facts()
        for name in formats:
            target, write = _WRITERS[name]
            write(staging / target, facts, gathered, folder)
        for made in sorted(staging.iterdir()):
            made.replace(folder / made.name)
    for name in formats:
        yield folder / _WRITERS[name][0]


@contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    """Give a hidden folder in `folder`, which is gone afterwards; a refusal names what it was about."""
    place = str(folder)
    try:
        with tempfile.TemporaryDirectory(prefix=_STAGING, dir=folder) as staging:
            place = tempfile.gettempdir()  # where writers keep what does not fit into memory
            yield Path(staging)
    except OSError as error:
        named = Path(error.filename or place)
        error.filename = str(folder / named.name if _STAGING in str(named.parent) else named)
        raise


def account_of(folder: Path) -> list[str]:
    """Return what is to be said of files that the last run did not look at; nothing where there were none."""
    with Journal.open(folder) as journal:
        facts = RunSummary(journal).facts()
    told = [] if facts.judged else [nothing_judged(facts.language)]
    return [*told, *account_lines(facts.account.kinds, facts.account.excluded, facts.language)]


def decide_photos(folder: Path, photos: Sequence[str], ruling: str, note: str, by: str) -> int:
    """Note one decision about several photos; returns how many of them are unknown."""
    decision = Decision(Ruling(ruling), note, by, datetime.now().astimezone())
    with Journal.open(folder) as journal:
        gathered = RunSummary(journal)
        words = words_of("command.report_run", gathered.facts().language)
        keys = {photo: gathered.key_of(photo) for photo in photos}
        count = journal.decide((key, decision) for key in keys.values() if key is not None)
        unknown = [photo for photo, key in keys.items() if key is None]
        for photo in unknown:
            click.echo(printable(words["unknown"].format(photo=photo)), err=True)
        click.echo(words["kept"].format(count=count))
    return len(unknown)


def take_decisions(folder: Path, file: Path) -> int:
    """Note the decisions of an edited file; returns how many of its rows could not be used."""
    from vision.report.decisions import DecisionProblem, read_decisions

    problems = 0
    with Journal.open(folder) as journal:
        language = RunSummary(journal).facts().language
        words = words_of("command.report_run", language)
        now = datetime.now().astimezone()

        def taken() -> Iterator[tuple[str, Decision]]:
            nonlocal problems
            for one in read_decisions(file):
                if isinstance(one, DecisionProblem):
                    problems += 1
                    click.echo(printable(_told(one, words, language)), err=True)
                else:
                    key, decision = one
                    yield key, Decision(decision.ruling, decision.note, decision.by, decision.at or now)

        click.echo(words["kept"].format(count=journal.decide(taken())))
    return problems


def _told(problem: DecisionProblem, words: Mapping[str, str], language: Language) -> str:
    return words["row"].format(where=problem.where(language), reason=problem.reason(language))


def _html(target: Path, facts: ScanFacts, gathered: RunSummary, folder: Path) -> None:
    from vision.report.overview import write_overview

    write_overview(target, facts, gathered.photos, relative_to=folder)


def _xlsx(target: Path, facts: ScanFacts, gathered: RunSummary, folder: Path) -> None:
    from vision.report.workbook import write_workbook

    write_workbook(target, facts, gathered.photos(), relative_to=folder)


def _csv(target: Path, facts: ScanFacts, gathered: RunSummary, _folder: Path) -> None:
    from vision.report.tables import write_csv

    write_csv(target, facts, gathered.photos(everything=True), places=target.with_name("places.csv"))


def _jsonl(target: Path, facts: ScanFacts, gathered: RunSummary, _folder: Path) -> None:
    from vision.report.tables import write_jsonl

    write_jsonl(target, facts, gathered.photos(everything=True))


def _parquet(target: Path, facts: ScanFacts, gathered: RunSummary, _folder: Path) -> None:
    from vision.report.tables import write_parquet

    write_parquet(target, facts, gathered.photos(everything=True))


_WRITERS: Mapping[str, tuple[str, Callable[[Path, ScanFacts, RunSummary, Path], None]]] = {
    "html": ("report.html", _html),
    "xlsx": ("findings.xlsx", _xlsx),
    "csv": ("results.csv", _csv),
    "jsonl": ("results.jsonl", _jsonl),
    "parquet": ("results.parquet", _parquet),
}


def photos_of(folder: Path) -> list[ListedPhoto]:
    """Return every photo of the last run in a folder; for programs and tests, not for archives of millions."""
    with Journal.open(folder) as journal:
        return list(RunSummary(journal).photos(everything=True))

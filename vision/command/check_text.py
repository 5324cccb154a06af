"""What a person reads at the terminal about checked photos, as lines with a style."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click

from vision.command.account import account_lines
from vision.contract.result import CheckError, CheckResult
from vision.errors import Language
from vision.messages import words_of
from vision.rules import RemarkKind, Verdict, next_step

_SYMBOLS = {Verdict.CLEAR: "✔", Verdict.REVIEW: "!", Verdict.FLAG: "✖"}
_ERROR_SYMBOL = "?"
_STYLES = {Verdict.CLEAR: "green", Verdict.REVIEW: "bold yellow", Verdict.FLAG: "bold red"}
_ERROR_STYLE = "bold magenta"

_LIMITS = frozenset({RemarkKind.TOO_POOR, RemarkKind.FAR, RemarkKind.TURNED})
"""Of a clear photo the only thing to add is what it cannot vouch for."""


@dataclass(frozen=True, slots=True)
class TerminalLine:
    """One line of text; `style` is rich's, empty for plain."""

    text: str
    style: str = ""


@dataclass(slots=True)
class PhotoTally:
    """Counts what became of the photos, what was not looked at, and what was excluded."""

    counts: Counter[str]
    unseen: Counter[str] = field(default_factory=Counter)
    excluded: int = 0

    @classmethod
    def empty(cls) -> PhotoTally:
        """Return a tally of nothing."""
        return cls(Counter())

    def add(self, answer: CheckResult | CheckError) -> None:
        """Count one more photo, or one more file that was not looked at, by its kind."""
        if isinstance(answer, CheckError) and answer.error.kind:
            self.unseen[answer.error.kind] += 1
            return
        self.counts["error" if isinstance(answer, CheckError) else answer.verdict.value] += 1

    @property
    def total(self) -> int:
        """How many photos were counted."""
        return self.counts.total()

    @property
    def judged(self) -> int:
        """How many of them were judged."""
        return self.total - self.counts["error"]


def mark_of(verdict: Verdict | None) -> tuple[str, str]:
    """Return the symbol and the style of a verdict; None stands for what could not be judged."""
    return (_ERROR_SYMBOL, _ERROR_STYLE) if verdict is None else (_SYMBOLS[verdict], _STYLES[verdict])


def lines_of(answer: CheckResult | CheckError, marked: Path | None = None) -> list[TerminalLine]:
    """Return the lines about one photo: verdict, findings, what to do, where the marked picture is."""
    words = _words(answer.language)
    if isinstance(answer, CheckError):
        outcome = words["not_looked_at" if answer.error.kind else "not_judged"]
        return [
            TerminalLine(f"{_ERROR_SYMBOL} {answer.name}: {outcome}", _ERROR_STYLE),
            TerminalLine(f"  - {answer.message} [{answer.code}]"),
        ]
    verdict = TerminalLine(
        f"{_SYMBOLS[answer.verdict]} {answer.photo.name}: {answer.headline}", _STYLES[answer.verdict]
    )
    reminders = [reminder_line(reminder, answer.language) for reminder in answer.reminders]
    if answer.verdict is Verdict.CLEAR:
        limits = [
            TerminalLine(f"  {note}", "dim")
            for remark, note in zip(answer.remarks, answer.notes, strict=True)
            if remark.kind in _LIMITS
        ]
        return [verdict, *limits, *reminders]
    # What is the same for every photo is told once, at the end.
    notes = [note for remark, note in zip(answer.remarks, answer.notes, strict=True) if not remark.kind.is_about_scope]
    told = [*_messages(answer, marked is not None), *notes]
    lines = [
        verdict,
        *(TerminalLine(f"  - {message}") for message in told),
        TerminalLine(f"  → {answer.next_step}"),
        *reminders,
    ]
    if marked is not None:
        lines.append(TerminalLine(f"  {words['marked']}: {marked}", "dim"))
    return lines


def _messages(answer: CheckResult, with_picture: bool) -> list[str]:
    """Return the messages; where there is a marked picture, each with the numbers of its marks before it."""
    if not with_picture:
        return list(answer.messages)
    from vision.report.marks import numbers_by_finding, ranges

    numbers = numbers_by_finding(answer.to_answer(), answer.language)
    pairs = zip(numbers, answer.messages, strict=True)
    return [f"[{ranges(own)}] {message}" if own else message for own, message in pairs]


def reminder_line(reminder: str, language: Language) -> TerminalLine:
    """Return the line of what a policy says with every result."""
    return TerminalLine(f"  {words_of('command.check_text', language)['reminder']}: {reminder}", "dim")


def scope_lines(region: str, notes: Iterable[str], language: Language) -> list[TerminalLine]:
    """Return where the photos are to be posted (empty: nothing was asked for), and whom that leaves out."""
    place = [TerminalLine(_words(language)["region"].format(region=region), "dim")] if region else []
    return [*place, *(TerminalLine(f"! {note}", "bold yellow") for note in notes)]


def closing_lines(tally: PhotoTally, language: Language) -> list[TerminalLine]:
    """Return what stands at the end: counts of several photos, and what no clear verdict vouches for."""
    lines = []
    if tally.total > 1 or (tally.total and tally.unseen):
        counted = {key: tally.counts[key] for key in ("clear", "review", "flag", "error")}
        lines.append(TerminalLine(_words(language)["summary"].format(total=tally.total, **counted), "bold"))
    lines += [TerminalLine(text, "bold") for text in account_lines(tally.unseen, tally.excluded, language)]
    if tally.counts[Verdict.CLEAR.value]:
        lines.append(TerminalLine(next_step((), language), "dim"))
    return lines


def show(lines: Iterable[TerminalLine]) -> None:
    """Print the lines: in colour at a terminal (NO_COLOR is respected), plain elsewhere."""
    if not sys.stdout.isatty():
        for line in lines:
            click.echo(printable(line.text))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for line in lines:
        console.print(Text(printable(line.text), style=line.style), soft_wrap=True)


def printable(text: str) -> str:
    """Replace control characters and broken bytes: a file's name must not move the cursor or forge a verdict."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


def _words(language: Language) -> Mapping[str, str]:
    return words_of("command.check_text", language)

"""One run of `fotonetral check --post`: the photos are one post, and get one answer."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from vision.command.check_run import CheckRun
from vision.command.check_text import TerminalLine, mark_of, reminder_line, scope_lines, show
from vision.contract.answers.post import MOST_PHOTOS
from vision.contract.post import PostResult, require_a_post
from vision.contract.result import CheckError, CheckResult
from vision.errors import PostError
from vision.media.folders import Exclusions
from vision.media.inputs import EmptyFolder, ExcludedFile, Found
from vision.messages import words_of
from vision.rules import RemarkKind, Verdict


class PostRun(CheckRun):
    """Checks, marks and lists the photos like any others, and tells about them all at the end."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Take what `CheckRun` takes."""
        super().__init__(*arguments, **options)
        self._told: list[tuple[CheckResult | CheckError, Path | None]] = []

    def photos(self, paths: tuple[str, ...], excluded: Exclusions) -> Iterable[Found]:
        """Return what is to be checked: nothing of what is more than a post."""
        found: list[Found] = []
        given = 0
        for one in super().photos(paths, excluded):
            found.append(one)
            given += not isinstance(one, EmptyFolder | ExcludedFile)
            if given > MOST_PHOTOS:
                break  # a folder given by mistake may hold a million
        try:
            if given:  # that a folder is empty is told on its own
                require_a_post(given)
        except PostError as error:
            self.failed = True
            click.echo(f"{error.text(self.language)} [{error.code}]", err=True)
            return ()
        return found

    def tell(self, answer: CheckResult | CheckError, marked: Path | None) -> None:
        """Keep the answer until all photos are judged."""
        self._told.append((answer, marked))

    def finish(self) -> None:
        """Print the answer about the post."""
        if not self._told:
            return
        post = PostResult.of([answer for answer, _ in self._told])
        if self.as_json:
            # As bytes: JSON is UTF-8, whatever the terminal's encoding is.
            click.echo(json.dumps(post.to_dict(), ensure_ascii=False).encode())
        else:
            place = self.checker.roster.region
            lines = scope_lines("" if place is None else place.label, self.scope_notes, self.language)
            show([*post_lines(post, [marked for _, marked in self._told]), *lines])


def post_lines(post: PostResult, marked: Iterable[Path | None]) -> list[TerminalLine]:
    """Return the lines about a post: verdict, findings, what to do with which photo, and each photo's own verdict.

    `marked` are the marked pictures, one a photo, None where there is none.
    """
    words = words_of("command.post_run", post.language)
    symbol, style = mark_of(post.verdict)
    total = len(post.photos)
    name = words["one" if total == 1 else "post"].format(total=total)
    lines = [TerminalLine(f"{symbol} {name}: {post.headline}", style)]
    remarks = [
        (one.remark.kind, note)
        for one, note in zip(post.judgment.remarks, post.notes, strict=True)
        if not one.remark.kind.is_about_scope  # told after all photos
    ]
    if post.findings:
        lines += [TerminalLine(f"  - {text}") for text in (*post.messages, *(note for _, note in remarks))]
    else:
        # Of a clear post the only thing to add is what it cannot vouch for.
        lines += [TerminalLine(f"  {note}", "dim") for kind, note in remarks if kind is RemarkKind.TOO_POOR]
    lines.append(TerminalLine(f"  → {post.next_step}", "dim" if post.verdict is Verdict.CLEAR else ""))
    lines += [reminder_line(reminder, post.language) for reminder in post.reminders]
    for number, (answer, picture) in enumerate(zip(post.photos, marked, strict=True), 1):
        about = "" if picture is None else f" ({words['marked']}: {picture})"
        lines.append(_photo_line(words["photo"].format(n=number), answer, about))
    return lines


def _photo_line(photo: str, answer: CheckResult | CheckError, about: str) -> TerminalLine:
    if isinstance(answer, CheckError):
        symbol, style = mark_of(None)
        return TerminalLine(f"  {symbol} {photo}: {answer.name}. {answer.message} [{answer.code}]", style)
    symbol, style = mark_of(answer.verdict)
    return TerminalLine(f"  {symbol} {photo}: {answer.photo.name}{about}", style)

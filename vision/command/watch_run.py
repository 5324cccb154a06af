"""One run of `fotonetral watch`: a process that judges, a folder that is looked at again and again."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import click

from vision.archive.dropbox import DropFolder
from vision.archive.judging import Answer, Task, make_judge
from vision.archive.scan import SECONDS
from vision.command.account import account_lines
from vision.command.check_text import mark_of, printable, scope_lines, show
from vision.command.main import CLEAR, LOOK, NOT_JUDGED
from vision.contract.answers.check import FailedPhoto, KeptPhoto, read_photo_answer
from vision.contract.result import CheckError
from vision.errors import FotoNetralError
from vision.media.photo import read_photo
from vision.media.unseen import CODE
from vision.rules import Verdict
from vision.runtime.failures import told as told_failure
from vision.runtime.workers import Worker
from vision.settings import CheckerSettings, JudgeSpec

_POLL_MS = 1000


def watch_folder(drop: DropFolder, settings: CheckerSettings, *, once: bool) -> int:
    """Judge what arrives until Ctrl-C, or with `once` until nothing waits; returns the exit status."""
    identity = settings.identity()  # a wrong gallery or policy is told before anything is watched
    show(scope_lines(identity.region, identity.notes, settings.language))
    worker: Worker[Task, Answer] = Worker(partial(make_judge, JudgeSpec(settings), 0.0))
    worst, unseen = CLEAR, Counter[str]()
    try:
        worker.start()
        for found in drop.hidden():
            unseen[found.error.kind] += 1
            click.echo(printable(f"{mark_of(None)[0]} {found.path}: {found.error.text(settings.language)}"))
        for _ in _looks(drop.folder, drop, once=once):
            for photo in drop.arrived():
                status, kind = _judge(photo, drop, worker, settings)
                worst = max(worst, status)
                unseen.update([kind] if kind else ())
    finally:
        worker.close()
        for line in account_lines(unseen, drop.left_out(), settings.language):
            click.echo(line)
    return max(worst, NOT_JUDGED if unseen else CLEAR)


def _judge(
    photo: Path, drop: DropFolder, worker: Worker[Task, Answer], settings: CheckerSettings
) -> tuple[int, str | None]:
    """Judge a photo and note what came of it; returns the exit status, and the kind of what is not looked at."""
    told = _answer(photo, worker, settings).named(photo.name)
    failed = isinstance(told, FailedPhoto) and told.error.code != CODE
    if not drop.may_stand(photo, failed=failed):
        return CLEAR, None  # nothing is said of it yet
    try:
        target = drop.done(photo, told, "error" if isinstance(told, FailedPhoto) else told.verdict)
    except OSError as refusal:
        click.echo(printable(f"{photo}: {told_failure(refusal, None, settings.language)}"), err=True)
        return NOT_JUDGED, None
    if isinstance(told, FailedPhoto):
        click.echo(printable(f"{mark_of(None)[0]} {target}: {told.error.message}"))
        return NOT_JUDGED, told.error.kind or None
    verdict = Verdict(told.verdict)
    click.echo(printable(f"{mark_of(verdict)[0]} {target}: {told.headline}"))
    return CLEAR if verdict is Verdict.CLEAR else LOOK, None


def _answer(photo: Path, worker: Worker[Task, Answer], settings: CheckerSettings) -> KeptPhoto | FailedPhoto:
    """Return what is told of a photo."""
    try:
        answer = worker.ask(Task.of(read_photo(photo)), seconds=SECONDS)
    except FotoNetralError as error:
        return CheckError("", error, settings.language).to_answer()
    return read_photo_answer(answer.result)


def _looks(folder: Path, drop: DropFolder, *, once: bool) -> Iterator[object]:
    """Yield whenever it is time to look: at changes the system tells, and every second, for network drives tell none.

    With `once`, until no photo waits.
    """
    if once:
        yield None
        while not drop.is_empty():
            time.sleep(min(drop.settle, _POLL_MS / 1000))
            yield None
        return
    from watchfiles import watch

    yield from watch(folder, rust_timeout=_POLL_MS, yield_on_timeout=True)

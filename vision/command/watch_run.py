"""One run of `fotonetral watch`: a process that judges, a folder that is looked at again and again."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import click

from vision.archive.dropbox import DropFolder
from vision.archive.judging import Answer, Task, error_answer, make_judge
from vision.archive.scan import SECONDS
from vision.cli import CLEAR, LOOK, NOT_JUDGED
from vision.command.check_text import mark_of, printable
from vision.errors import FotoNetralError
from vision.photo import read_photo
from vision.rules import Verdict
from vision.settings import CheckerSettings
from vision.workers import Worker

_POLL_MS = 1000


def watch_folder(folder: Path, settings: CheckerSettings, *, move: bool, settle: float, once: bool) -> int:
    """Judge what arrives until Ctrl-C, or with `once` until nothing waits; returns the exit status."""
    settings.examined()  # a wrong gallery or policy is told before anything is watched
    drop = DropFolder(folder, move, settle)
    worker: Worker[Task, Answer] = Worker(partial(make_judge, settings, 0.0))
    worst = CLEAR
    try:
        worker.start()
        for _ in _looks(folder, drop, once=once):
            for photo in drop.arrived():
                worst = max(worst, _judge(photo, drop, worker, settings))
    finally:
        worker.close()
    return worst


def _judge(photo: Path, drop: DropFolder, worker: Worker[Task, Answer], settings: CheckerSettings) -> int:
    try:
        answer = worker.ask(Task("0" * 64, read_photo(photo)), seconds=SECONDS)
    except FotoNetralError as error:
        answer = error_answer("0" * 64, error, settings)
    told = json.loads(answer.result)
    told["photo"]["name"] = photo.name.encode("utf-8", "replace").decode("utf-8")
    verdict = None if answer.verdict == "error" else Verdict(answer.verdict)
    try:
        target = drop.done(photo, told, answer.verdict)
    except OSError as error:
        click.echo(printable(f"{photo}: {error.strerror or error}"), err=True)
        return NOT_JUDGED
    words = told["error"]["message"] if verdict is None else told["headline"]
    click.echo(printable(f"{mark_of(verdict)[0]} {target}: {words}"))
    return NOT_JUDGED if verdict is None else CLEAR if verdict is Verdict.CLEAR else LOOK


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

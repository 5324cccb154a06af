"""The service's log: one JSON object a line on standard error, written by a thread of its own.

A line says what happened in ids, sizes, times, verdicts and codes. Nothing that a client sent gets into it: no name, no
file name, no path or query as it came; of an exception only its kind and the lines of code it went through.
"""

from __future__ import annotations

import json
import logging
import queue
import sys
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from logging.handlers import QueueHandler, QueueListener
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

LOGGER = logging.getLogger("fotonetral.service")
_ROOT = logging.getLogger()
_MOST_LINES = 10_000
_MOST_FRAMES = 12


def note(event: str, **facts: object) -> None:
    """Write a line about something that happened."""
    LOGGER.info(event, extra={"facts": facts})


def failure(event: str, error: BaseException, **facts: object) -> None:
    """Write a line about something that nobody foresaw."""
    LOGGER.error(event, extra={"facts": {**facts, "error": type(error).__name__, "lines": _lines_of(error)}})


class ServiceLog:
    """Gives all loggers one handler; a context manager. Lines are dropped when nobody reads standard error."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._queue: queue.Queue[logging.LogRecord] = queue.Queue(_MOST_LINES)
        out = logging.StreamHandler(stream or sys.stderr)
        out.setFormatter(_JsonFormatter())
        self._handler = _DroppingHandler(self._queue)
        self._listener = QueueListener(self._queue, out)

    def __enter__(self) -> Self:
        _ROOT.addHandler(self._handler)
        _ROOT.setLevel(logging.WARNING)
        LOGGER.setLevel(logging.INFO)
        self._listener.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.stop()
        _ROOT.removeHandler(self._handler)


class _DroppingHandler(QueueHandler):
    """Hands records on as they are, and drops them when the queue is full."""

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        return record

    def enqueue(self, record: logging.LogRecord) -> None:
        with suppress(queue.Full):
            self.queue.put_nowait(record)


class _JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        facts: dict[str, object] = dict(getattr(record, "facts", {}))
        event = record.msg
        if record.name != LOGGER.name:
            # A library's own words may hold what a client sent: only where it speaks up is told.
            event, facts = "library", {"logger": record.name, "lines": [f"{record.filename}:{record.lineno}"]}
            if record.exc_info and record.exc_info[1] is not None:
                facts |= {"error": type(record.exc_info[1]).__name__, "lines": _lines_of(record.exc_info[1])}
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname.lower(), "event": event, **facts}
        return json.dumps(line, ensure_ascii=True, default=str)


def _lines_of(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]

"""Processes that share nothing with each other: each answers one request at a time, and may crash or hang.

A pool of a library would share one pipe between its processes, and a process that is killed while it holds the pipe's
lock takes the others with it. Here every process has a pipe of its own.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Generic, TypeVar

from vision.errors import CrashedError, EngineError, FotoNetralError, TimeLimitError
from vision.messages import say
from vision.runtime.crew import single_blas
from vision.runtime.failures import failure_of
from vision.runtime.libraries import missing_library

Q = TypeVar("Q")
R = TypeVar("R")

START_SECONDS = 120.0
"""How long a process may take until it can answer: models from a cold disk."""

MEMORY_BYTES = 1_600_000_000
"""A process that holds more than this after an answer is replaced by a fresh one. One check stays under 1.5 GB."""

_NAME = "fotonetral-worker"
_CONTEXT = multiprocessing.get_context("spawn")  # a fork would copy locks that other threads hold
_READY, _ANSWER, _FAILED = "ready", "answer", "failed"


class Worker(Generic[Q, R]):
    """One process that answers requests. It starts at the first one, and anew after it died.

    `make` is called once in the process, after its start, and returns what answers; both travel to the process, so
    `make` is a function of a module (or a `functools.partial` of one), and requests and answers can be pickled. One
    thread at a time may ask; any thread may `kill`.
    """

    def __init__(self, make: Callable[[], Callable[[Q], R]], *, memory_bytes: int = MEMORY_BYTES) -> None:
        self._make = make
        self._memory_bytes = memory_bytes
        self._process: Any = None
        self._pipe: Connection | None = None
        self.starts = 0
        """How many processes were started so far."""

    @property
    def pid(self) -> int | None:
        """The process, None while there is none."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start the process if there is none, and wait until it can answer.

        Raises what `make` raised (as an EngineError, where it is none of ours), CrashedError, or SystemRefusalError and
        OutOfMemoryError where the system lets no process start.
        """
        if self._process is not None and self._process.is_alive():
            return
        self.close()
        single_blas()
        try:
            here, there = _CONTEXT.Pipe()
            with closing(there), ExitStack() as on_failure:
                on_failure.callback(here.close)
                process = _CONTEXT.Process(target=_serve, args=(there, self._make), name=_NAME, daemon=True)
                process.start()
                on_failure.pop_all()
        except OSError as error:
            raise _told(error) from error
        self._process, self._pipe = process, here
        self.starts += 1
        kind, value, _ = self._received(START_SECONDS, "start")
        if kind == _FAILED:
            self.close()
            raise value

    def ask(self, request: Q, *, seconds: float) -> R:
        """Return the answer to a request.

        Raises TimeLimitError when there is none after `seconds` (the process is ended), CrashedError when the process
        died, what the answering function raised (as an EngineError, where it is none of ours), and what `start` raises.
        """
        self.start()
        kind, value, held_bytes = self._received(seconds, "answer", request)
        if held_bytes > self._memory_bytes:
            self.close()
        if kind == _FAILED:
            raise value
        answer: R = value
        return answer

    def kill(self) -> None:
        """End the process at once, whatever it does; whoever asks meanwhile gets a CrashedError."""
        process = self._process
        if process is not None:
            with suppress(ValueError):  # it was closed by the thread that asks
                process.kill()

    def close(self) -> None:
        """End the process and wait until it is gone."""
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        if pipe is not None:
            pipe.close()  # an idle process ends by itself when its pipe does
        if process is not None:
            process.join(0.5)
            if process.is_alive():
                process.kill()
                process.join()
            process.close()

    def _received(self, seconds: float, what: str, *request: Q) -> tuple[str, Any, int]:
        """Send what is to be sent and return what comes back; the process is gone whenever this raises."""
        process, pipe = self._process, self._pipe
        late = threading.Event()

        def end() -> None:
            late.set()
            with suppress(ValueError):  # it died by itself just now
                process.kill()

        # A process that hangs may hang before it has read the request, so that even sending waits for ever.
        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        try:
            for one in request:
                pipe.send(one)  # type: ignore[union-attr]
            kind, value, held_bytes = pipe.recv()  # type: ignore[union-attr]
        except (EOFError, OSError) as error:
            timer.cancel()
            process.join(5)
            status = process.exitcode
            self.close()
            if late.is_set():
                raise _too_late(seconds, what) from None
            raise _crashed(status) from error
        finally:
            timer.cancel()
        return kind, value, held_bytes


def _serve(pipe: Connection, make: Callable[[], Callable[[Any], Any]]) -> None:
    """Run in the process: answer until the pipe closes."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the parent says when to end
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 2)  # what native libraries write there cannot be switched off otherwise
    try:
        answer = make()
    except Exception as error:
        pipe.send((_FAILED, _told(error), 0))
        return
    pipe.send((_READY, None, 0))
    while True:
        try:
            request = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            reply: tuple[str, Any] = (_ANSWER, answer(request))
        except Exception as error:
            reply = (_FAILED, _told(error))
        del request
        pipe.send((*reply, _held_bytes()))


def _told(error: Exception) -> FotoNetralError:
    """Return an error that can travel: pickled errors of libraries may not come back."""
    if told := missing_library(error):
        return told
    if isinstance(failure := failure_of(error), FotoNetralError):
        return failure
    what = " ".join(f"{type(error).__name__}: {error}".split())
    return EngineError(say("runtime.workers.checking_process_failed", what=what))


def _crashed(status: int | None) -> CrashedError:
    if status is not None and status < 0:
        try:
            name = signal.Signals(-status).name
        except ValueError:
            name = f"signal {-status}"
        return CrashedError(say("runtime.workers.process_that_checked_this_photo", name=name))
    return CrashedError(say("runtime.workers.process_that_checked_this_photo_2", status=status))


def _too_late(seconds: float, what: str) -> EngineError:
    if what == "start":
        return EngineError(say("runtime.workers.checking_process_was_not_ready", seconds=seconds))
    return TimeLimitError(say("runtime.workers.check_of_this_photo_was", seconds=seconds))


def _end_with_parent() -> None:
    """Wait for the parent's end, also by a kill, and end this process: a check in progress is of no use any more."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(0)


def _held_bytes() -> int:
    """Return the memory that this process holds now; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")

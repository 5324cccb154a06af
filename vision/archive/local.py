"""Judges on this machine: processes that load the models once and share nothing."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from typing import Any, Protocol

from vision.archive.judging import Answer, Judge, Task
from vision.errors import CrashedError, EngineError, FaceModelError, FotoNetralError, MissingLibraryError
from vision.runtime.failures import SystemRefusalError
from vision.runtime.workers import Worker

TRIES = 3
"""A photo on which the process dies is given to a fresh one this often in all: a process may be killed for want of
memory, or by somebody, and the photo that it held is then not to blame."""

START_PAUSES = (1.0, 5.0)
"""Seconds until a process that did not start is tried again: others may give memory back meanwhile."""

READ_AHEAD_BYTES = 256 * 2**20
"""Photos under way together hold at most this much, or are one."""

_AHEAD = 2  # photos under way for each worker, so that none waits for the disk


class Judges(Protocol):
    """Judges tasks: on this machine or on a cluster."""

    def judged(self, tasks: Iterable[Task]) -> Iterator[Answer | FailedTask]:
        """Yield what became of each task, in the order of completion; takes tasks only as fast as they are judged.

        Raises FotoNetralError when nobody can judge: no process starts any more.
        """

    def close(self) -> None:
        """Free what is held; what is under way is given up."""


class FailedTask:
    """A task on which the judge crashed or hung: `error` says how."""

    __slots__ = ("error", "key")

    def __init__(self, key: str, error: FotoNetralError) -> None:
        self.key = key
        self.error = error


def start_patiently(worker: Worker[Any, Any], ended: threading.Event) -> None:
    """Start a worker's process; one that the machine had no room for is tried again, until `ended`.

    Raises what `Worker.start` raised last.
    """
    for pause in START_PAUSES:
        try:
            worker.start()
        except FotoNetralError as error:
            if not _may_pass(error) or ended.wait(pause):
                raise
        else:
            return
    worker.start()


def _may_pass(error: FotoNetralError) -> bool:
    """Tell whether a process that did not start may start later, or another one beside it."""
    lasts = isinstance(error, FaceModelError | MissingLibraryError)
    return isinstance(error, EngineError | SystemRefusalError) and not lasts


def judge_with(worker: Worker[Any, Any], task: Task, seconds: float, ended: threading.Event) -> Answer | FailedTask:
    """Have a task judged within so many seconds: a crash is tried again in a fresh process, a hang is not.

    Raises what `start_patiently` raises: where no process starts, no photo is to blame.
    """
    crashes = 0
    while True:
        start_patiently(worker, ended)
        try:
            answer: Answer = worker.ask(task, seconds=seconds)
        except CrashedError as error:
            crashes += 1
            if crashes == TRIES or ended.is_set():
                return FailedTask(task.key, error)
        except FotoNetralError as error:  # out of time, or a surprise that only this photo has
            return FailedTask(task.key, error)
        else:
            return answer


class LocalJudges:
    """Judges with `workers` processes; `seconds` is how long one photo may take before its process is ended.

    Where a process does not start, the others go on without it.
    """

    def __init__(self, make: Callable[[], Judge], *, workers: int, seconds: float) -> None:
        self._seconds = seconds
        self._all = [Worker(make) for _ in range(workers)]
        self._able = workers
        self._failure: FotoNetralError | None = None
        self._giving_up = threading.Lock()
        # None wakes those who wait when no worker is left.
        self._idle: queue.SimpleQueue[Worker[Task, Answer] | None] = queue.SimpleQueue()
        for worker in self._all:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="judge")
        self._ended = threading.Event()

    @property
    def restarts(self) -> int:
        """How many processes had to be replaced so far."""
        return sum(max(worker.starts - 1, 0) for worker in self._all)

    def start(self) -> None:
        """Start every process and wait until they can answer; otherwise each starts when it is needed."""
        list(self._threads.map(self._start, self._all))

    def judged(self, tasks: Iterable[Task]) -> Iterator[Answer | FailedTask]:
        """Yield what became of each task, in the order of completion."""
        source = iter(tasks)
        under_way: dict[Future[Answer | FailedTask], int] = {}
        more = True
        while True:
            while more and self._has_room(under_way):
                task = next(source, None)
                if task is None:
                    more = False
                    break
                under_way[self._threads.submit(self._judge, task)] = len(task.data)
                del task
            if not under_way:
                return
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for one in done:
                del under_way[one]
                yield one.result()

    def close(self) -> None:
        """End the processes; what is under way is given up."""
        self._ended.set()
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in self._all:
            worker.kill()
        self._threads.shutdown(wait=True)
        for worker in self._all:
            worker.close()

    def _has_room(self, under_way: dict[Future[Answer | FailedTask], int]) -> bool:
        if len(under_way) >= _AHEAD * len(self._all):
            return False
        return not under_way or sum(under_way.values()) < READ_AHEAD_BYTES

    def _start(self, worker: Worker[Task, Answer]) -> None:
        with suppress(FotoNetralError):  # it is told where it is needed and still does not start
            start_patiently(worker, self._ended)

    def _judge(self, task: Task) -> Answer | FailedTask:
        while True:
            worker = self._idle.get()
            if worker is None:
                self._idle.put(None)
                assert self._failure is not None
                raise self._failure
            try:
                outcome = judge_with(worker, task, self._seconds, self._ended)
            except FotoNetralError as error:
                self._give_up(error)
            else:
                self._idle.put(worker)
                return outcome

    def _give_up(self, error: FotoNetralError) -> None:
        """Go on without a worker whose process does not start; raises where it was the last one, or none would."""
        with self._giving_up:
            self._able = self._able - 1 if _may_pass(error) else 0
            if self._able > 0:
                return
            self._failure = error
        self._idle.put(None)
        raise error

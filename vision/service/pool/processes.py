"""The processes that check photos, and the requests that wait for one: first come, first served, both bounded."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from vision.errors import CrashedError, FotoNetralError
from vision.runtime.workers import Worker
from vision.service.http import logs
from vision.service.http.problems import HttpProblemError

Q = TypeVar("Q")
R = TypeVar("R")

LINGER_SECONDS = 2.0
"""Work whose client has left is ended after this. Most photos are done sooner, and a new process takes as long."""

_LOOK_SECONDS = 2.0
_MOST_BACKOFF = 30.0


@dataclass(eq=False, slots=True)
class _Slot(Generic[Q, R]):
    worker: Worker[Q, R]
    is_ready: bool = False
    is_doomed: bool = False
    failures: int = 0


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """How many processes, how many requests may wait for them, and for how many seconds."""

    workers: int
    waiting: int
    waiting_seconds: float
    linger_seconds: float = LINGER_SECONDS


@dataclass(slots=True)
class _Pace:
    """How long a job takes, as a moving mean in seconds."""

    seconds: float = 1.0

    def add(self, seconds: float) -> None:
        self.seconds += 0.1 * (seconds - self.seconds)


@dataclass(eq=False, slots=True)
class Pool(Generic[Q, R]):
    """Workers of one event loop. `start` and `close` it; all else is called in the loop's thread."""

    make: Callable[[], Callable[[Q], R]]
    limits: PoolLimits
    admitted: int = 0
    running: int = 0
    is_stopping: bool = False
    _slots: list[_Slot[Q, R]] = field(default_factory=list)
    _idle: deque[_Slot[Q, R]] = field(default_factory=deque)
    _waiters: deque[asyncio.Future[_Slot[Q, R]]] = field(default_factory=deque)
    _threads: ThreadPoolExecutor | None = None
    _looking: asyncio.Task[None] | None = None
    _pace: _Pace = field(default_factory=_Pace)

    async def start(self) -> None:
        """Start the processes; does not wait until they are ready."""
        count = self.limits.workers
        self._threads = ThreadPoolExecutor(2 * count + 1, thread_name_prefix="fotonetral-pool")
        self._slots = [_Slot(Worker(self.make)) for _ in range(count)]
        for slot in self._slots:
            self._restart(slot)
        self._looking = asyncio.create_task(self._look_after_the_idle())

    @property
    def ready(self) -> int:
        """How many processes can take work, or are at it."""
        return sum(slot.is_ready for slot in self._slots)

    @property
    def waiting(self) -> int:
        """How many requests wait."""
        return max(self.admitted - self.running, 0)

    @property
    def restarts(self) -> int:
        """How many processes were started in the place of others."""
        return sum(max(slot.worker.starts - 1, 0) for slot in self._slots)

    def pids(self) -> list[int]:
        """Return the processes."""
        return [slot.worker.pid for slot in self._slots if slot.worker.pid is not None]

    @contextmanager
    def admission(self) -> Iterator[None]:
        """Let a request in. Raises `server.busy` when as many wait as may, `server.stopping` when the server stops."""
        if self.is_stopping:
            raise HttpProblemError("server.stopping")
        self.require_room()
        self.admitted += 1
        try:
            yield
        finally:
            self.admitted -= 1

    def require_room(self) -> None:
        """Raise `server.busy` when no further request would be let in."""
        if self.admitted >= self.limits.workers + self.limits.waiting:
            raise self._busy()

    async def run(self, job: Q, seconds: float) -> R:
        """Have a job done within so many seconds of work, and return the answer.

        To be called by an admitted request. When the caller is cancelled, a job that waits is forgotten, and one that
        is worked on is ended soon. Raises HttpProblemError, and what `Worker.ask` raises.
        """
        slot = await self._taken()
        began = time.monotonic()
        self.running += 1
        loop = asyncio.get_running_loop()
        done = loop.run_in_executor(self._threads, partial(slot.worker.ask, job, seconds=seconds))
        done.add_done_callback(partial(self._after, slot))
        try:
            answer = await asyncio.shield(done)
        except asyncio.CancelledError:
            loop.call_later(self.limits.linger_seconds, self._end_unless_done, slot, done)
            raise
        except CrashedError:
            if self.is_stopping:
                raise HttpProblemError("server.stopping") from None
            raise
        self._pace.add(time.monotonic() - began)
        return answer

    def stop(self) -> None:
        """Let nobody in any more; those who are in are served."""
        self.is_stopping = True

    def give_up(self) -> None:
        """End all work at once: those who wait or are served are told that the server stops."""
        self.is_stopping = True
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_exception(HttpProblemError("server.stopping"))
        for slot in self._slots:
            slot.is_doomed = True
            slot.worker.kill()

    async def close(self) -> None:
        """End all processes and threads."""
        self.give_up()
        if self._looking is not None:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking
        if self._threads is not None:
            threads = self._threads
            await asyncio.to_thread(threads.shutdown, wait=True)
        for slot in self._slots:
            await asyncio.to_thread(slot.worker.close)

    # Who gets which process

    async def _taken(self) -> _Slot[Q, R]:
        """Wait for a process."""
        if self._idle and not self._waiters:
            return self._idle.popleft()
        if not self.ready and all(slot.failures for slot in self._slots):
            raise HttpProblemError("server.starting")
        waiter: asyncio.Future[_Slot[Q, R]] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout(self.limits.waiting_seconds):
                return await asyncio.shield(waiter)
        except BaseException as error:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                self._offer(waiter.result())  # it came at the very moment at which we left
            waiter.cancel()
            if isinstance(error, TimeoutError):
                raise self._busy() from None
            raise
        finally:
            with suppress(ValueError):
                self._waiters.remove(waiter)

    def _offer(self, slot: _Slot[Q, R]) -> None:
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(slot)
                return
        self._idle.append(slot)

    def _busy(self) -> HttpProblemError:
        return HttpProblemError(
            "server.busy", retry_after=self._pace.seconds * (self.waiting + 1) / self.limits.workers
        )

    # Processes that come and go

    def _after(self, slot: _Slot[Q, R], done: asyncio.Future[R]) -> None:
        """Run when a job is over, however it ended and whoever still waits for it."""
        self.running -= 1
        if not done.cancelled():
            done.exception()  # or Python complains when nobody waits for it any more
        if slot.is_doomed or slot.worker.pid is None:
            self._restart(slot)
        else:
            self._offer(slot)

    def _end_unless_done(self, slot: _Slot[Q, R], done: asyncio.Future[R]) -> None:
        if not done.done():
            slot.is_doomed = True
            slot.worker.kill()

    def _restart(self, slot: _Slot[Q, R]) -> None:
        slot.is_ready = False
        if self.is_stopping or self._threads is None:
            return
        must_end, slot.is_doomed = slot.is_doomed, False
        started = asyncio.get_running_loop().run_in_executor(self._threads, _started, slot.worker, must_end)
        started.add_done_callback(partial(self._after_start, slot))

    def _after_start(self, slot: _Slot[Q, R], started: asyncio.Future[None]) -> None:
        error = None if started.cancelled() else started.exception()
        if error is None:
            slot.is_ready, slot.failures = True, 0
            self._offer(slot)
            return
        slot.failures += 1
        code = error.code if isinstance(error, FotoNetralError) else type(error).__name__
        logs.note("worker.not_started", code=code, failures=slot.failures)
        delay = min(2.0 ** (slot.failures - 1), _MOST_BACKOFF)
        asyncio.get_running_loop().call_later(delay, self._restart, slot)

    async def _look_after_the_idle(self) -> None:
        """Replace processes that die while nobody asks anything of them."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            for _ in range(len(self._idle)):
                if self._idle and not self.is_stopping:
                    # Starting does nothing to a process that lives.
                    self._restart(self._idle.popleft())


def _started(worker: Worker[Q, R], must_end: bool) -> None:
    if must_end:
        worker.close()
    worker.start()


def held_bytes(pid: int) -> int:
    """Return the memory that a process holds; 0 where the system does not tell."""
    try:
        for line in Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return 0

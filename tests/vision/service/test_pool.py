"""The pool by itself: who gets a process when, who is let in, and what becomes of processes that die."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from vision.errors import CrashedError, PolicyError, TimeLimitError
from vision.service.http.problems import HttpProblemError
from vision.service.pool.processes import Pool, PoolLimits, held_bytes

pytestmark = pytest.mark.slow

P = Pool[str, str]


def make_answering() -> Callable[[str], str]:
    return _answer


def _answer(request: str) -> str:
    what, _, rest = request.partition(" ")
    if what == "sleep":
        time.sleep(float(rest))
    if what == "crash":
        os._exit(3)
    return f"{request} {os.getpid()}"


def make_failing() -> Callable[[str], str]:
    raise PolicyError("rusak", "broken")


def with_pool(
    work: Callable[[P], Awaitable[None]], make: Callable[[], Callable[[str], str]] = make_answering, **limits: float
) -> None:
    async def run() -> None:
        values = {"workers": 1, "waiting": 4, "waiting_seconds": 10.0, "linger_seconds": 0.2, **limits}
        pool: P = Pool(make, PoolLimits(**values))
        await pool.start()
        try:
            await asyncio.wait_for(work(pool), 60)
        finally:
            pids = pool.pids()
            await pool.close()
            assert not any(Path(f"/proc/{pid}").exists() for pid in pids)

    asyncio.run(run())


async def ready(pool: P) -> None:
    while pool.ready < pool.limits.workers:
        await asyncio.sleep(0.02)


def test_who_comes_first_is_served_first() -> None:
    async def work(pool: P) -> None:
        done: list[int] = []

        async def one(at: int) -> None:
            with pool.admission():
                await pool.run("sleep 0.05", 10)
            done.append(at)

        await asyncio.gather(*(one(at) for at in range(5)))
        assert done == [0, 1, 2, 3, 4]
        assert (pool.admitted, pool.running, pool.waiting) == (0, 0, 0)

    with_pool(work)


def test_only_so_many_are_let_in() -> None:
    async def work(pool: P) -> None:
        with pool.admission(), pool.admission(), pool.admission():
            with pytest.raises(HttpProblemError, match=r"server\.busy") as busy, pool.admission():
                pass
            assert int(busy.value.headers["Retry-After"]) >= 1
        with pool.admission():
            pass
        pool.stop()
        with pytest.raises(HttpProblemError, match=r"server\.stopping"), pool.admission():
            pass

    with_pool(work, waiting=2)


def test_a_caller_who_leaves_the_queue_leaves_no_gap() -> None:
    async def work(pool: P) -> None:
        first = asyncio.create_task(pool.run("sleep 0.4", 10))
        await asyncio.sleep(0.1)
        leaving = [asyncio.create_task(pool.run("never", 10)) for _ in range(3)]
        staying = asyncio.create_task(pool.run("stays", 10))
        await asyncio.sleep(0.05)
        for one in leaving:
            one.cancel()
        assert (await first).startswith("sleep")
        assert (await staying).startswith("stays")
        for one in leaving:
            with pytest.raises(asyncio.CancelledError):
                await one

    with_pool(work)


def test_work_that_is_left_is_ended_soon_but_not_at_once() -> None:
    async def work(pool: P) -> None:
        await ready(pool)
        (pid,) = pool.pids()
        short = asyncio.create_task(pool.run("sleep 0.1", 10))
        await asyncio.sleep(0.05)
        short.cancel()
        assert await pool.run("next", 10) == f"next {pid}"  # it was done sooner than a new process would be there
        long = asyncio.create_task(pool.run("sleep 30", 60))
        await asyncio.sleep(0.05)
        long.cancel()
        began = time.monotonic()
        assert await pool.run("next", 10) != f"next {pid}"
        assert time.monotonic() - began < 10
        assert pool.restarts == 1

    with_pool(work)


def test_a_death_costs_one_and_a_time_limit_too() -> None:
    async def work(pool: P) -> None:
        with pytest.raises(CrashedError):
            await pool.run("crash", 10)
        assert (await pool.run("next", 10)).startswith("next")
        with pytest.raises(TimeLimitError):
            await pool.run("sleep 9", 0.1)
        assert (await pool.run("next", 10)).startswith("next")
        assert pool.restarts == 2

    with_pool(work)


def test_processes_that_cannot_start_are_tried_again_and_callers_told() -> None:
    async def work(pool: P) -> None:
        with pytest.raises(HttpProblemError, match=r"server\.(starting|busy)"):
            await pool.run("a", 10)
        while pool.restarts < 1:
            await asyncio.sleep(0.05)
        assert pool.ready == 0
        with pytest.raises(HttpProblemError, match=r"server\.starting"):
            await pool.run("a", 10)

    with_pool(work, make_failing, waiting_seconds=2.0)


def test_giving_up_tells_everybody() -> None:
    async def work(pool: P) -> None:
        await ready(pool)
        taken = [asyncio.create_task(pool.run("sleep 30", 60)) for _ in range(3)]
        await asyncio.sleep(0.1)
        pool.give_up()
        for one in await asyncio.gather(*taken, return_exceptions=True):
            assert isinstance(one, HttpProblemError)
            assert one.code == "server.stopping"

    with_pool(work)


def test_memory_of_a_process() -> None:
    assert held_bytes(os.getpid()) > 10_000_000
    assert held_bytes(2**22 + 1) == 0

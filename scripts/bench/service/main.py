"""How fast the service answers, what it does when it gets too much, and whether its memory stays flat.

`python -m scripts.bench service [--seconds 20] [--group FILE] [--workers N] [--soak MINUTES]`

Starts a server of its own with the sample gallery, on loopback; the clients run on the same machine, and what they cost
counts in. Latency: so many clients, each asking again as soon as it is answered. Overload: twice as many requests a
second as it can answer, whether answered or not. Nothing is answered from memory here. With --soak only that: mixed
photos, good and broken, for so many minutes. The exit status is 1 when an answer is lost, or memory grows.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import platform
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import httpx

from scripts.bench.check.photos import make_photo
from scripts.bench.service.running import FIXTURES, RunningServer, running
from vision.service.pool.processes import held_bytes

CLIENTS = (1, 4, 16, 64)
RAW = {"Content-Type": "application/octet-stream"}
SAMPLE_SECONDS = 0.2
MB = 2**20
GROWTH = 0.1
"""Memory counts as flat when the last quarter of a soak holds at most so much more than the second one."""


@dataclass
class Tally:
    """What came back."""

    seconds: dict[int, list[float]] = field(default_factory=dict)
    lost: Counter[str] = field(default_factory=Counter)

    def add(self, status: int, seconds: float) -> None:
        """Count an answer."""
        self.seconds.setdefault(status, []).append(seconds)

    def count(self, status: int) -> int:
        """Return how many answers have a status."""
        return len(self.seconds.get(status, []))

    def quantiles(self, status: int = 200) -> str:
        """Return p50, p95 and p99 in milliseconds."""
        spent = sorted(self.seconds.get(status, []))
        if not spent:
            return "- / - / -"
        return " / ".join(
            f"{1000 * spent[min(int(len(spent) * part), len(spent) - 1)]:.0f}" for part in (0.5, 0.95, 0.99)
        )


class Memory:
    """Samples the memory of the server and its processes: the sum's peak, and the sums themselves."""

    def __init__(self, server: RunningServer) -> None:
        self._server = server
        self.parent: list[int] = []
        self.workers: list[int] = []

    @contextmanager
    def watched(self, every: float = SAMPLE_SECONDS) -> Iterator[None]:
        """Sample while the block runs."""
        end = Event()
        thread = Thread(target=self._look, args=(end, every))
        thread.start()
        try:
            yield
        finally:
            end.set()
            thread.join()

    def _look(self, end: Event, every: float) -> None:
        while not end.wait(every):
            parent, *children = self._server.pids()
            self.parent.append(held_bytes(parent))
            self.workers.append(sum(map(held_bytes, children)))

    def told(self) -> str:
        """Return the peaks in words."""
        return f"server {max(self.parent) / MB:.0f} MB, processes {max(self.workers) / MB:.0f} MB at most"


def client(server: RunningServer, connections: int) -> httpx.AsyncClient:
    """Return a client of the service."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    return httpx.AsyncClient(base_url=server.url, headers=server.headers | RAW, timeout=600, limits=limits)


async def ask(http: httpx.AsyncClient, photo: bytes, tally: Tally) -> None:
    """Have one photo checked."""
    began = time.perf_counter()
    try:
        answer = await http.post("/v1/check", content=photo)
    except httpx.HTTPError as error:
        tally.lost[type(error).__name__] += 1
        return
    tally.add(answer.status_code, time.perf_counter() - began)


async def closed_loop(
    server: RunningServer, photos: Sequence[bytes], clients: int, seconds: float
) -> tuple[Tally, float]:
    """Have so many clients ask again and again; return what came back, and answers a second."""
    tally, until, began = Tally(), time.perf_counter() + seconds, time.perf_counter()
    turns = itertools.cycle(photos)

    async def one(http: httpx.AsyncClient) -> None:
        while time.perf_counter() < until:
            await ask(http, next(turns), tally)

    async with client(server, clients) as http:
        await asyncio.gather(*(one(http) for _ in range(clients)))
    return tally, tally.count(200) / (time.perf_counter() - began)


async def open_loop(server: RunningServer, photo: bytes, rate: float, seconds: float) -> Tally:
    """Send so many requests a second, answered or not; return what came back."""
    tally, tasks, began = Tally(), [], time.perf_counter()
    async with client(server, 500) as http:
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(began + number / rate - time.perf_counter(), 0))
            tasks.append(asyncio.create_task(ask(http, photo, tally)))
        await asyncio.gather(*tasks)
    return tally


def latency(photos: dict[str, bytes], seconds: float, workers: int) -> None:
    """Print latency and throughput for several numbers of clients; the queue has room for all of them."""
    room = {"waiting": 100, "waiting_seconds": 600, "pending_mb": 1000, "uploads": 200}
    with running(workers=workers, remember_minutes=0, per_minute=100_000, **room) as server:
        print(
            "\n| photo | clients | p50 / p95 / p99 ms | answers a second | others | memory |\n|---|---|---|---|---|---|"
        )
        for name, photo in photos.items():
            asyncio.run(closed_loop(server, [photo], 2, 3))  # every process has seen a photo
            for clients in CLIENTS:
                memory = Memory(server)
                with memory.watched():
                    tally, rate = asyncio.run(closed_loop(server, [photo], clients, seconds))
                others = sum(map(len, tally.seconds.values())) - tally.count(200) + tally.lost.total()
                print(
                    f"| {name} | {clients} | {tally.quantiles()} | {rate:.2f} | {others} | {memory.told()} |",
                    flush=True,
                )


def overload(photo: bytes, seconds: float, workers: int) -> bool:
    """Print what happens at twice the load that can be carried; return whether no answer was lost."""
    with running(workers=workers, remember_minutes=0, per_minute=100_000) as server:
        asyncio.run(closed_loop(server, [photo], 2, 3))
        _, before = asyncio.run(closed_loop(server, [photo], 4, seconds))
        memory = Memory(server)
        with memory.watched():
            tally = asyncio.run(open_loop(server, photo, 2 * before, 2 * seconds))
        _, after = asyncio.run(closed_loop(server, [photo], 4, seconds))
        http = httpx.Client(base_url=server.url, headers=server.headers)
        held = [line for line in http.get("/metrics").text.splitlines() if line.startswith("fotonetral_held_bytes ")]
    sent = sum(map(len, tally.seconds.values())) + tally.lost.total()
    print(f"\nOverload: {2 * before:.1f} requests a second for {2 * seconds:.0f} s, {sent} in all")
    print(f"  answered: {tally.count(200)}, p50 / p95 / p99 {tally.quantiles()} ms")
    print(f"  503: {tally.count(503)}, p50 / p95 / p99 {tally.quantiles(503)} ms")
    strange = {status: len(all_) for status, all_ in tally.seconds.items() if status not in (200, 503)}
    print(f"  lost: {tally.lost.total()} {dict(tally.lost) or ''}; other answers: {strange or 0}")
    print(f"  memory: {memory.told()}; held afterwards: {held[0].split()[1]} bytes")
    print(f"  answers a second with 4 clients: {before:.2f} before, {after:.2f} afterwards")
    return not tally.lost and not strange


def soak(photos: dict[str, bytes], minutes: float, workers: int) -> bool:
    """Print memory over a long time; return whether it stayed flat and no answer was lost."""
    broken = [path.read_bytes() for path in sorted((FIXTURES / "broken").iterdir())]
    small = [path.read_bytes() for path in sorted((FIXTURES / "photos").iterdir())]
    mixed = [*photos.values(), *small, *broken]
    with running(workers=workers, per_minute=100_000, remember_minutes=0) as server:
        memory = Memory(server)
        began = time.monotonic()
        with memory.watched(1.0):
            tally, rate = asyncio.run(closed_loop(server, mixed, 4, minutes * 60))
        spent = time.monotonic() - began
    statuses = {status: len(all_) for status, all_ in sorted(tally.seconds.items())}
    print(f"\nSoak: {spent / 60:.1f} minutes, {sum(statuses.values())} answers {statuses}, {rate:.2f} of 200 a second")
    print(f"  lost: {tally.lost.total()} {dict(tally.lost) or ''}")
    is_flat = True
    for name, samples in (("server", memory.parent), ("processes", memory.workers)):
        quarter = max(len(samples) // 4, 1)
        means = [statistics.mean(samples[at * quarter : (at + 1) * quarter]) / MB for at in range(4)]
        print(
            f"  {name}, mean MB by quarter: {', '.join(f'{mean:.0f}' for mean in means)}; peak {max(samples) / MB:.0f}"
        )
        is_flat &= means[3] <= means[1] * (1 + GROWTH)
    print("  flat" if is_flat else "  GROWS")
    return is_flat and not tally.lost and not any(status >= 500 and status != 503 for status in statuses)


def main(arguments: list[str]) -> int:
    """Run the benchmark and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.bench service",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seconds", type=float, default=20, help="of each measurement")
    parser.add_argument("--group", type=Path, default=FIXTURES / "photos" / "meeting.jpg", help="a photo of a group")
    parser.add_argument("--workers", type=int, default=0, help="processes; 0: the service's own choice")
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="only this, for so long")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        phone = make_photo(Path(folder) / "phone.jpg").read_bytes()
    photos = {"12 megapixels": phone, "group": options.group.read_bytes()}
    load = os.getloadavg()[0]
    cores = f"{os.cpu_count()} cores, load {load:.1f} before the start"
    print(f"{platform.processor() or platform.machine()}, {cores}, Python {platform.python_version()}")
    print(", ".join(f"{name}: {len(photo) / MB:.1f} MB" for name, photo in photos.items()))
    if options.soak:
        return 0 if soak(photos, options.soak, options.workers) else 1
    latency(photos, options.seconds, options.workers)
    return 0 if overload(phone, options.seconds, options.workers) else 1

"""Measure the files of a report at 100,000 reported photos: seconds, peak memory, size; and reading decisions back.

    python -m scripts.bench tables [PHOTOS]

Every photo is made up: an eighth shows a candidate with signs, the others a sign; each has a thumbnail, a fifth are
copies of others. Each file is written by a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import multiprocessing
import platform
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from tests.overview_samples import facts_of, result_of
from vision.report.decisions import read_decisions
from vision.report.listing import Decision, ListedPhoto, Ruling
from vision.report.tables import write_csv, write_jsonl, write_parquet
from vision.report.workbook import write_workbook

RULINGS = (None, None, *Ruling)


def thumbnails(count: int = 64) -> list[bytes]:
    """Make pictures of 480 x 360 of about 15 KB."""
    noise = np.random.default_rng(0)
    made = []
    for _ in range(count):
        rough = noise.integers(0, 256, (60, 80, 3), dtype=np.uint8)
        stream = io.BytesIO()
        Image.fromarray(rough).resize((480, 360), Image.Resampling.BICUBIC).save(stream, "WEBP", quality=60)
        made.append(stream.getvalue())
    return made


def photos(count: int) -> Iterator[ListedPhoto]:
    """Yield photos one by one, the same every time."""
    chance, pictures = random.Random(0), thumbnails()
    hashes = [sum(1 << bit for bit in chance.sample(range(64), 32)) for _ in range(max(count * 4 // 5, 1))]
    results = {kind: result_of(kind) for kind in ("person", "sign")}
    start = datetime(2019, 1, 1, tzinfo=UTC)
    for at in range(count):
        ruling = chance.choice(RULINGS)
        yield ListedPhoto(
            key=hashlib.sha256(str(at).encode()).hexdigest(),
            places=(f"/srv/arsip/{2019 + at % 8}/Kegiatan {at % 300}/IMG_{at:06}.jpg",),
            result=results["person" if at % 8 == 0 else "sign"],
            modified=start + timedelta(hours=at % 60_000),
            thumbnail=pictures[at % len(pictures)],
            likeness=chance.choice(hashes) ^ (1 << chance.randrange(64)),
            decision=None if ruling is None else Decision(ruling, "dilihat bersama", "Sri"),
        )


def measured(name: str, work: Callable[[Path], object], folder: Path) -> None:
    """Print what a piece of work takes, in a process of its own."""

    def run() -> None:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start, cpu = time.perf_counter(), time.process_time()
        told = work(folder)
        spent, cpu = time.perf_counter() - start, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        memory = f"{peak / 1024:.0f} MB ({before / 1024:.0f} MB before)"
        print(f"{name:20} {cpu:6.1f} s of a core, {spent:6.1f} s in all, {memory}; {told}", flush=True)

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join()


def size_of(path: Path) -> str:
    """Say how large a file is."""
    return f"{path.stat().st_size / 1e6:.1f} MB"


def decisions(name: str, folder: Path) -> int:
    """Read the decisions of a table in the folder; return how many there are."""
    return sum(1 for _ in read_decisions(folder / name))


def main(arguments: list[str]) -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.bench tables", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("photos", nargs="?", type=int, default=100_000)
    count: int = parser.parse_args(arguments).photos
    facts = facts_of([])
    print(f"{count} photos, {platform.processor() or platform.machine()}, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)

        def written(name: str, write: Callable[..., None]) -> None:
            def work(where: Path) -> str:
                write(where / name, facts, photos(count))
                return size_of(where / name)

            measured(name, work, folder)

        measured("going through alone", lambda _: sum(1 for _ in photos(count)), folder)
        written("r.csv", write_csv)
        written("r.jsonl", write_jsonl)
        written("r.parquet", write_parquet)
        written("r.xlsx", write_workbook)
        for name in ("r.xlsx", "r.csv"):
            measured(f"decisions of {name}", partial(decisions, name), folder)

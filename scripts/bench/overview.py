"""Print how large the report page of a scan is, how long it takes to write, and how a browser copes with it.

    python -m scripts.bench overview [--entries 1000 10000 100000] [--thumbnails-mb 150] [--keep FOLDER]

The photos are made up: findings as the product words them on its sample photos, names and folders of an archive of nine
years, and for every photo a thumbnail of its own of about 15 KB, as a scan keeps them. Needs Chromium and Playwright.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import io
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

from scripts import ROOT
from tests.browser import DESKTOP, launch, page_in
from vision import PhotoChecker
from vision.contract.answers.check import FailedPhoto, NotJudged, PhotoName
from vision.report.listing import ListedPhoto, ScanFacts
from vision.report.overview import write_overview

SAMPLES = ROOT / "fixtures" / "photos"
EVENTS = ("Upacara", "Rapat Koordinasi", "Pelantikan", "Bakti Sosial", "Olahraga", "Kunjungan Kerja", "Diklat", "Apel")
SIDE = 480


class RepeatedPhotos:
    """Photos by the hundred thousand, the same ones at every turn, never all in memory."""

    def __init__(self, count: int) -> None:
        self.count = count
        with PhotoChecker.open() as checker:
            results = [checker.check(str(path), name="") for path in sorted(SAMPLES.glob("*.jpg"))]
        self.results = [result.to_answer().kept for result in results if result.findings]
        self.pictures = [self._picture(path) for path in sorted(SAMPLES.glob("*.jpg"))]

    @staticmethod
    def _picture(path: Path) -> bytes:
        picture = Image.open(path).convert("RGB")
        picture.thumbnail((SIDE, SIDE))
        stream = io.BytesIO()
        picture.save(stream, "WEBP", quality=60)
        return stream.getvalue()

    def __call__(self) -> Iterator[ListedPhoto]:
        """Yield the photos: nine of ten with findings, one of twenty copies of another one."""
        rng = np.random.default_rng(1)
        start = datetime(2018, 1, 1, 8)
        for at in range(self.count):
            key = hashlib.sha256(str(at).encode()).hexdigest()
            day = start + timedelta(days=int(rng.integers(0, 3200)), minutes=int(rng.integers(0, 600)))
            folder = f"/srv/foto/{day.year}/{day:%m} {EVENTS[int(rng.integers(8))]} {int(rng.integers(40))}"
            likeness = int(rng.integers(0, 2**63)) if at % 20 else 0x0123_4567_89AB_CDEF + (at // 500)
            photo = ListedPhoto(
                key,
                (f"{folder}/IMG_{at:06}.jpg",),
                self.results[int(rng.integers(len(self.results)))],
                day,
                self.pictures[at % len(self.pictures)],
                likeness,
            )
            if at % 10 == 9:
                error = NotJudged(code="photo.empty", message="Berkas foto kosong: 0 bita. Salin atau unduh ulang.")
                failed = FailedPhoto(photo=PhotoName(name=""), error=error)
                photo = replace(photo, result=failed, thumbnail=None, likeness=None)
            yield photo


def facts_of(count: int) -> ScanFacts:
    """Return the facts of a scan with so many entries."""
    counts = {"clear": 20 * count, "review": 0, "flag": count - count // 10, "error": count // 10, "places": 21 * count}
    title = "SKB 2/2022: pedoman netralitas ASN (nasional)"
    return ScanFacts(("/srv/foto",), "id", "skb-2-2022", title, None, 0, "2026-11-27", "0.1.0", True, counts, 0.01)


OPENED = "() => document.querySelectorAll('.card img').length > 20"
FILTER = """async (hash) => {
  const drawn = new Promise((done) => addEventListener('hashchange', () => done(performance.now()), { once: true }));
  const start = performance.now();
  location.hash = hash;
  return (await drawn) - start;
}"""


def memory_of(process: psutil.Process) -> float:
    """Return the memory of a browser, all its processes, in MB; what they share is told once (PSS)."""
    total = 0
    for one in process.children(recursive=True):
        try:
            total += one.memory_full_info().pss
        except psutil.Error:
            continue
    return total / 1e6


def write(target: Path, count: int, thumbnails_mb: float) -> tuple[float, float]:
    """Write a page; returns the seconds and by how many MB the memory of the process grew at most."""
    made = RepeatedPhotos(count)
    gc.collect()
    stop, highest = threading.Event(), [0.0]

    def watch() -> None:
        while not stop.wait(0.02):
            highest[0] = max(highest[0], psutil.Process().memory_info().rss / 1e6)

    before = psutil.Process().memory_info().rss / 1e6
    watcher = threading.Thread(target=watch)
    watcher.start()
    start = time.perf_counter()
    write_overview(target, facts_of(count), made, thumbnails_mb=thumbnails_mb)
    spent = time.perf_counter() - start
    stop.set()
    watcher.join()
    return spent, max(highest[0] - before, 0)


def measure(count: int, folder: Path, thumbnails_mb: float) -> None:
    """Write and open a page with so many entries; print a line of the table."""
    target = folder / f"overview-{count}.html"
    # In a process of its own, so that its peak of memory is that of writing.
    with ProcessPoolExecutor(1) as pool:
        written, growth = pool.submit(write, target, count, thumbnails_mb).result()
    with launch() as browser, page_in(browser, DESKTOP) as watched:
        page, own = watched.page, psutil.Process(os.getpid())
        page.goto("about:blank")
        empty = memory_of(own)
        start = time.perf_counter()
        page.goto(target.as_uri(), wait_until="commit")
        page.wait_for_function(OPENED, timeout=120_000)
        seen = time.perf_counter() - start
        page.wait_for_load_state("load", timeout=120_000)
        loaded = time.perf_counter() - start
        times = {
            name: page.evaluate(FILTER, f"view=reported&{state}")
            for name, state in (
                ("kind", "kind=pose.peace_two"),
                ("folder", "in=/srv/foto/2024"),
                ("text", "q=olahraga+img_01"),
                ("again", "q=olahraga+img_02"),
                ("name order", "sort=name"),
                ("page", "from=360"),
            )
        }
        memory = memory_of(own)
        complaints = watched.complaints
    size = target.stat().st_size / 1e6
    pictures = target.read_text("utf-8").count("data:image/") if size < 1000 else -1
    filters = ", ".join(f"{name} {spent:.0f} ms" for name, spent in times.items())
    print(
        f"{count:>7} entries: {size:6.1f} MB with {pictures} thumbnails, written in {written:.1f} s "
        f"(memory +{growth:.0f} MB); pictures seen after {seen:.2f} s, all read after {loaded:.2f} s; "
        f"browser {memory:.0f} MB (an empty page {empty:.0f}); {filters}; complaints: {complaints or 'none'}",
        flush=True,
    )


def main(arguments: list[str]) -> None:
    """Measure each size in turn."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.bench overview",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--entries", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--thumbnails-mb", type=float, default=150)
    parser.add_argument("--keep", type=Path, help="folder in which the pages are left")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        for count in options.entries:
            measure(count, options.keep or Path(scratch), options.thumbnails_mb)

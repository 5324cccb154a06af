"""How fast a scan is, how it scales, what it holds: beside a plain loop of the recipe in as many processes.

`python -m scripts.bench scan DATA [--photos 90] [--large 6] [--tree 50000] [--memory 20000] [--parts throughput,...]`

DATA is a folder of photos. Parts:
- throughput: photos a second with one and two processes on a mixed set (every n-th photo of DATA, and photos of 12
  megapixels made from it), the share of time by stage, and the plain loop (`face_recognition` and one full-frame
  MediaPipe look, all warm) with as many processes. Loading of models is left out on both sides.
- rescan: seconds to scan an unchanged tree again.
- memory: what all processes of a scan hold, over many different small photos.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import closing
from functools import partial
from itertools import cycle, islice
from pathlib import Path

import cv2
import numpy as np
import psutil

from scripts.bench.check.timing import machine
from vision.archive.journal import Journal
from vision.archive.judging import make_judge
from vision.archive.local import LocalJudges
from vision.archive.scan import Order, Scan
from vision.media.inputs import photos_of
from vision.runtime.quiet import quiet_native
from vision.settings import CheckerSettings, JudgeSpec

TWELVE_MEGAPIXELS = (4000, 3000)
PARTS = ("throughput", "rescan", "memory")


def mixed_set(data: Path, folder: Path, photos: int, large: int) -> list[Path]:
    """Write the set into a folder: photos taken evenly from the data, and some of them at 12 megapixels."""
    found = [Path(path) for path in photos_of([str(data)]) if isinstance(path, str)]
    chosen = found[:: max(len(found) // photos, 1)][:photos]
    folder.mkdir()
    made = []
    for at, path in enumerate(chosen):
        made.append(folder / f"{at:04}{path.suffix}")
        made[-1].write_bytes(path.read_bytes())
    wide = [path for path in chosen if (picture := cv2.imread(str(path))) is not None and min(picture.shape[:2]) > 400]
    for at, path in enumerate(islice(cycle(wide or chosen), large)):
        enlarged = cv2.resize(cv2.imread(str(path)), TWELVE_MEGAPIXELS, interpolation=cv2.INTER_CUBIC)
        noise = np.random.default_rng(at).normal(0, 4, enlarged.shape)
        made.append(folder / f"large-{at}.jpg")
        cv2.imwrite(str(made[-1]), np.clip(enlarged + noise, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 92])
    return made


class Held(threading.Thread):
    """Notes now and then what this process and its children hold together, in megabytes."""

    def __init__(self, every: float = 0.5) -> None:
        super().__init__(daemon=True)
        self._every = every
        self._ended = threading.Event()
        self.seen: list[float] = []

    def run(self) -> None:
        """Note until it is ended."""
        while not self._ended.wait(self._every):
            own = psutil.Process()
            try:
                held = sum(one.memory_info().rss for one in (own, *own.children(recursive=True)))
            except psutil.NoSuchProcess:
                continue
            self.seen.append(held / 1e6)

    def end(self) -> list[float]:
        """Stop noting and return what was seen."""
        self._ended.set()
        self.join()
        return self.seen


def scanned(folder: Path, out: Path, workers: int) -> tuple[float, int, Counter[str]]:
    """Scan a folder; return seconds of judging (models loaded), photos judged, and milliseconds by stage."""
    settings = CheckerSettings()
    with Journal.open(out, write=True) as journal:
        scan = Scan(journal, Order((str(folder),), out, settings))
        list(scan.list())
        if not scan.progress.to_read:
            scan.finish()
            return 0.0, 0, Counter()
        with closing(
            LocalJudges(partial(make_judge, JudgeSpec(scan.settings), 0.01), workers=workers, seconds=120)
        ) as judges:
            judges.start()
            began = time.perf_counter()
            list(scan.judge(judges))
            took = time.perf_counter() - began
        return took, scan.progress.verdicts.total(), scan.progress.spent_ms


def plain_loop(paths: list[str], ready: multiprocessing.synchronize.Barrier) -> None:
    """Run the recipe over photos in a process of its own."""
    from scripts.bench.check.recipe import PlainRecipe

    with quiet_native():
        cv2.setNumThreads(1)
        recipe = PlainRecipe()
        recipe.check(Path(paths[0]))
        ready.wait()
        for path in paths:
            try:
                recipe.check(Path(path))
            except Exception as error:  # the recipe knows no damaged photos
                print(type(error).__name__, file=sys.stderr)
        recipe.close()


def plain(paths: list[Path], processes: int) -> float:
    """Return the seconds that the recipe takes with so many processes, each with its share of the photos."""
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(processes + 1)
    names = [str(path) for path in paths]
    running = [context.Process(target=plain_loop, args=(names[at::processes], ready)) for at in range(processes)]
    for one in running:
        one.start()
    ready.wait()
    began = time.perf_counter()
    for one in running:
        one.join()
    return time.perf_counter() - began


def throughput(data: Path, place: Path, photos: int, large: int) -> None:
    """Print photos a second, scaling and shares, beside the recipe."""
    paths = mixed_set(data, place / "mixed", photos, large)
    print(f"\n{len(paths)} photos, {large} of them of 12 megapixels")
    print("| processes | photos a second | against one | plain loop | ratio |\n| --- | --- | --- | --- | --- |")
    single = 0.0
    shares: Counter[str] = Counter()
    for processes in (1, 2):
        took, judged, shares = scanned(place / "mixed", place / f"out-{processes}", processes)
        other = plain(paths, processes)
        single = single or took
        ours, theirs = judged / took, len(paths) / other
        print(f"| {processes} | {ours:.2f} | {single / took:.2f} | {theirs:.2f} | {ours / theirs:.1f} |", flush=True)
    whole = sum(shares.values())
    print(
        "share of time: " + ", ".join(f"{stage} {spent / whole:.0%}" for stage, spent in shares.most_common() if spent)
    )


def rescan(data: Path, place: Path, files: int) -> None:
    """Print the seconds for an unchanged tree: copies of a few photos under many names."""
    tree = place / "tree"
    small = [Path(path) for path in photos_of([str(data)]) if isinstance(path, str)][::40][:100]
    contents = [path.read_bytes() for path in small]
    for at in range(files):
        folder = tree / f"{at // 500:03}"
        if at % 500 == 0:
            folder.mkdir(parents=True)
        (folder / f"{at:06}.jpg").write_bytes(contents[at % len(contents)])
    began = time.perf_counter()
    scanned(tree, place / "out-tree", 2)
    first = time.perf_counter() - began
    times = []
    for _ in range(3):
        began = time.perf_counter()
        scanned(tree, place / "out-tree", 2)
        times.append(time.perf_counter() - began)
    took = sorted(times)[1]
    print(f"\n{files} files ({len(small)} different): first scan {first:.0f} s, again {took:.1f} s, "
          f"{files / took:.0f} files a second")  # fmt: skip


def memory(data: Path, place: Path, photos: int) -> None:
    """Print what a scan of many different small photos holds, by the tenth of the way."""
    folder = place / "many"
    small = [Path(path) for path in photos_of([str(data / "hands" / "sign_digits")]) if isinstance(path, str)]
    pictures = [cv2.imread(str(path)) for path in small[:200]]
    for at in range(photos):
        if at % 500 == 0:
            (folder / f"{at // 500:03}").mkdir(parents=True)
        data_at = cv2.imencode(".jpg", pictures[at % len(pictures)])[1].tobytes()
        # A comment makes the bytes another photo's.
        marked = data_at[:2] + b"\xff\xfe\x00\x0a" + f"{at:08}".encode() + data_at[2:]
        (folder / f"{at // 500:03}" / f"{at:06}.jpg").write_bytes(marked)
    held = Held()
    held.start()
    took, judged, _ = scanned(folder, place / "out-many", 2)
    seen = held.end()
    tenths = [max(part) for part in np.array_split(np.array(seen), 10) if len(part)]
    print(f"\n{judged} photos in {took:.0f} s ({judged / took:.1f} a second); MB held by all processes, most in each "
          f"tenth: {', '.join(f'{one:.0f}' for one in tenths)}")  # fmt: skip


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.bench scan", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--photos", type=int, default=90)
    parser.add_argument("--large", type=int, default=6)
    parser.add_argument("--tree", type=int, default=50_000)
    parser.add_argument("--memory", type=int, default=20_000)
    parser.add_argument("--parts", default=",".join(PARTS))
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        parts = options.parts.split(",")
        if "throughput" in parts:
            throughput(options.data, place, options.photos, options.large)
        if "rescan" in parts:
            rescan(options.data, place, options.tree)
        if "memory" in parts:
            memory(options.data, place, options.memory)
    print(f"\n{machine()}; load {os.getloadavg()[0]:.1f}")

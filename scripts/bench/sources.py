"""Print how fast the places of an archive are listed and read, and how much memory large containers take.

    python -m scripts.bench sources [PART ...]

Parts: `list` (50,000 files), `read` (400 files of 3 MB and 20,000 small ones, beside open().read()), `tar` (5 GB with
holes), `targz` (1 GB), `zip` (100,000 members). Files are made in a temporary folder and are in the system's cache when
they are read; each part and each making runs in a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import platform
import random
import resource
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from scripts.proofs.archives.bombs import tar_header
from vision.archive.sources.listing import list_places
from vision.archive.sources.places import PhotoPlace
from vision.archive.sources.reading import read_places

JPEG_START = b"\xff\xd8\xff\xe0"
ROUNDS = 3


def listing(folder: Path) -> None:
    """List a tree of 50,000 files in 500 folders."""
    for number in range(50_000):
        path = folder / f"{number % 25:02}" / f"{number % 500:03}"
        if number < 500:
            path.mkdir(parents=True)
        (path / f"IMG_{number:05}.jpg").touch()
    seconds = _best(lambda: _count(list_places([str(folder)])))
    print(f"list: 50,000 files in {seconds:.2f} s, {50_000 / seconds:,.0f} a second")
    seconds = _best(lambda: sum(len(files) for _, _, files in os.walk(folder)))
    print(f"      os.walk alone, without sizes and times: {50_000 / seconds:,.0f} a second")


def reading(folder: Path) -> None:
    """Read large and small files, beside the plainest way."""
    rng = random.Random(1)
    for name, count, size in (("large", 400, 3_000_000), ("small", 20_000, 2_000)):
        inside = folder / name
        inside.mkdir()
        body = JPEG_START + rng.randbytes(size)
        for number in range(count):
            (inside / f"{number:05}.jpg").write_bytes(body)
        places = [one for one in list_places([str(inside)]) if isinstance(one, PhotoPlace)]
        plain = _best(lambda places=places: _count(_plain(places)))  # type: ignore[misc]
        print(f"read: {count:,} {name} files, open().read(): {count / plain:,.0f} a second")
        for threads in (1, 4):
            ours = _best(lambda places=places, threads=threads: _count(read_places(places, threads=threads)))  # type: ignore[misc]
            more = (ours - plain) / count * 1e6
            print(f"      read_places, {threads} threads: {count / ours:,.0f} a second ({more:+.0f} µs a file)")


def make_tar(path: Path) -> None:
    """Make a tar of 5 GB: a photo, a video of 5 GB that is a hole, a photo."""
    size = 5 * 2**30
    photo = JPEG_START.ljust(512)
    with path.open("wb") as file:
        file.write(tar_header(b"first.jpg", 512) + photo + tar_header(b"video.mp4", size))
        file.seek(size, os.SEEK_CUR)
        file.write(tar_header(b"last.jpg", 512) + photo + bytes(1024))


def make_targz(path: Path) -> None:
    """Make a packed tar of 1 GB in 350 photos."""
    rng = random.Random(1)
    with tarfile.open(path, "w:gz", compresslevel=1) as packed:
        body = path.with_name("photo.jpg")
        body.write_bytes(JPEG_START + rng.randbytes(3_000_000))
        for number in range(350):
            packed.add(body, f"{number:04}.jpg")


def make_zip(path: Path) -> None:
    """Make a zip of 100,000 members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(100_000):
            packed.writestr(f"folder{number % 100}/IMG_{number:06}.jpg", JPEG_START + b"photo" * 20)


def _container(make: Callable[[Path], None], suffix: str, folder: Path) -> None:
    """List and read a container that another process makes."""
    path = folder / f"large{suffix}"
    with multiprocessing.get_context("spawn").Pool(1) as maker:
        maker.apply(make, (path,))
    began = time.perf_counter()
    count = _count(list_places([str(path)])) - 1
    seconds = time.perf_counter() - began
    print(f"{suffix}: {path.stat().st_size / 2**20:,.0f} MB, {count:,} members listed in {seconds:.2f} s")
    began = time.perf_counter()
    size = sum(len(one.data or b"") for one in read_places(_places(path)))
    seconds = time.perf_counter() - began
    print(f"      listed again and read: {seconds:.2f} s, {size / 2**20:,.0f} MB of photos")


def _places(path: Path) -> Iterable[PhotoPlace]:
    return (one for one in list_places([str(path)]) if isinstance(one, PhotoPlace))


def _plain(places: Iterable[PhotoPlace]) -> Iterable[bytes]:
    for place in places:
        with open(place.name, "rb") as file:  # noqa: PTH123
            yield file.read()


def _count(things: Iterable[object]) -> int:
    return sum(1 for _ in things)


def _best(run: Callable[[], object]) -> float:
    """Return the seconds of the quickest of a few rounds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return min(times)


PARTS: dict[str, Callable[[Path], None]] = {
    "list": listing,
    "read": reading,
    "tar": partial(_container, make_tar, ".tar"),
    "targz": partial(_container, make_targz, ".tar.gz"),
    "zip": partial(_container, make_zip, ".zip"),
}


def _run(name: str) -> None:
    before = _peak_bytes()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        PARTS[name](Path(folder))
    print(f"      memory: {before / 2**20:.0f} MB before, at most {_peak_bytes() / 2**20:.0f} MB")


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main(arguments: list[str]) -> None:
    """Run the chosen parts."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.bench sources",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    options = parser.parse_args(arguments)
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}")
    for name in options.parts or PARTS:
        process = multiprocessing.get_context("spawn").Process(target=_run, args=(name,))
        process.start()
        process.join()
        if process.exitcode:
            sys.exit(process.exitcode)

"""Measure faces: who is found, who is told apart, how often strangers are named, and how fast, beside the usual recipe.

    python -m scripts.bench faces DATA [detection quality openset looks politicians speed] [--cache DIRECTORY]

DATA holds `groups` (photos and `counts.csv`) and `faces` (a folder a set, with a folder a person). Only the half of the
people is used that nothing was fitted to, but where it says so. Without a part, all are run. The cache
holds vectors of faces: delete it afterwards, and whenever finding or aligning faces changes.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import dlib
import onnxruntime

from scripts.bench.faces import detection, groups, open_set, pictures, politicians, quality, speed, turned
from scripts.bench.faces.vectors import half, people_of
from vision.faces import FaceFinder


def run_open_set(data: Path, cache: Path) -> None:
    """Print the open-set tables."""
    every = groups.groups(data / "faces", cache)
    open_set.rates(every)
    by_name = {group.name: group for group in every}
    asian, lfw = by_name["East Asian celebrities"], by_name["LFW, one to three references"]
    open_set.promises([asian, lfw])
    open_set.margins(asian, 100)
    open_set.margins(lfw, 500)


def run_looks(data: Path, cache: Path) -> None:
    """Print what several looks at a face gain."""
    students, *_ = every = groups.groups(data / "faces", cache)
    open_set.looks(students, 5)
    open_set.looks(next(group for group in every if group.name.startswith("East Asian")), 40)
    open_set.looks(next(group for group in every if group.name.startswith("LFW, one")), 100)


def run_quality(data: Path, cache: Path) -> None:
    """Print what flaws of faces cost."""
    quality.report(data / "faces/lfw", half(people_of(data / "faces/lfw", cache), held_out=True))


def run_politicians(data: Path, _cache: Path) -> None:
    """Print the real gallery case."""
    politicians.report(data)


def run_speed(data: Path, _cache: Path) -> None:
    """Print milliseconds a face."""
    speed.embedding()
    speed.steps(data / "groups/vhuman/stock-group-1.jpg")


def run_detection(data: Path, _cache: Path) -> None:
    """Print faces found, and photos told to be turned."""
    detection.groups(data / "groups")
    detection.masks_and_hands(pictures.masked_photos(data), pictures.hand_pictures(data))
    detection.worn(data / "faces/lfw")
    with FaceFinder() as finder:
        turned.report(finder, pictures.upright_photos(data))


PARTS: Mapping[str, Callable[[Path, Path], None]] = {
    "detection": run_detection,
    "quality": run_quality,
    "openset": run_open_set,
    "looks": run_looks,
    "politicians": run_politicians,
    "speed": run_speed,
}


def main(arguments: list[str]) -> int:
    """Parse the command line and print the tables; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench faces", description="Measure the face engine.")
    parser.add_argument("data", type=Path, help="the labelled pictures")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="what to measure; without: everything")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "fotonetral-vectors")
    options = parser.parse_args(arguments)
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, dlib {dlib.__version__}, "
        f"ONNX Runtime {onnxruntime.__version__}"
    )
    for part in options.parts or PARTS:
        PARTS[part](options.data.resolve(), options.cache)
    return 0

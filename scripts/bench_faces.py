"""Measure faces: who is found, who is told apart, how often strangers are named, and how fast, beside the usual recipe.

    python scripts/bench_faces.py DATA [detection quality openset groups politicians speed] [--cache DIRECTORY]

DATA holds `groups` (photos and `counts.csv`) and `faces` (`lfw`, `lfw_strangers`, `politicians`: a folder a person).
Of `lfw` and `lfw_strangers` only the half is used that nothing was fitted to. Without a part, all are run. The cache
holds vectors of faces: delete it afterwards, and whenever finding or aligning faces changes.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import dlib
import numpy as np
import onnxruntime

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.face_bench import detection, open_set, politicians, quality, speed
from scripts.lfw_vectors import Vectors, vectors_by_person


def people_of(data: Path, cache: Path) -> tuple[dict[str, Vectors], dict[str, Vectors]]:
    """Return the held-out people and strangers."""
    faces = data / "faces"
    people, strangers = open_set.held_out(
        vectors_by_person(faces / "lfw", cache), vectors_by_person(faces / "lfw_strangers", cache)
    )
    return people, strangers


def run_open_set(data: Path, cache: Path) -> None:
    """Print the open-set tables."""
    people, strangers = people_of(data, cache)
    open_set.rates(people, strangers)
    open_set.at_fixed_rates(people, strangers)
    open_set.promises(people, strangers)
    open_set.margins(people, strangers)
    everybody = (vectors_by_person(data / "faces" / folder, cache) for folder in ("lfw", "lfw_strangers"))
    examples = vectors_by_person(data / "faces/politicians", cache).values()
    open_set.halves(*everybody, np.mean([own.mean(axis=0) for own in examples], axis=0))


def run_quality(data: Path, cache: Path) -> None:
    """Print what flaws of faces cost."""
    quality.report(data / "faces/lfw", people_of(data, cache)[0])


def run_groups(data: Path, cache: Path) -> None:
    """Print false matches by group."""
    open_set.by_group(*people_of(data, cache))


def run_politicians(data: Path, _cache: Path) -> None:
    """Print the real gallery case."""
    politicians.report(data)


def run_speed(data: Path, _cache: Path) -> None:
    """Print milliseconds a face."""
    speed.embedding()
    speed.steps(data / "groups/vhuman/stock-group-1.jpg")


def run_detection(data: Path, _cache: Path) -> None:
    """Print faces found."""
    detection.groups(data / "groups")
    detection.worn(data / "faces/lfw")


PARTS: Mapping[str, Callable[[Path, Path], None]] = {
    "detection": run_detection,
    "quality": run_quality,
    "openset": run_open_set,
    "groups": run_groups,
    "politicians": run_politicians,
    "speed": run_speed,
}


def main() -> int:
    """Parse the command line and print the tables; returns the exit status."""
    parser = argparse.ArgumentParser(description="Measure the face engine.")
    parser.add_argument("data", type=Path, help="the labelled pictures")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="what to measure; without: everything")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "fotonetral-vectors")
    options = parser.parse_args()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, dlib {dlib.__version__}, "
        f"ONNX Runtime {onnxruntime.__version__}"
    )
    for part in options.parts or PARTS:
        PARTS[part](options.data.resolve(), options.cache)
    return 0


if __name__ == "__main__":
    sys.exit(main())

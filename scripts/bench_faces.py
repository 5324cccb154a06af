"""Measure the face engine: who is found, who is told apart, and how fast, beside dlib in the same run.

    python scripts/bench_faces.py --groups DIRECTORY --people DIRECTORY --strangers DIRECTORY [--cache DIRECTORY]

`--groups` holds group photos and `counts.csv` (`file`, `faces`, `median_face_px`); `--people` and `--strangers` are
those of `fit_matching.py`, of which this script uses the half that was held out there.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import cv2
import dlib
import numpy as np
from lfw_vectors import REFERENCES, Vectors, face_of_subject, half, least_distances, vectors_by_person
from numpy.typing import NDArray

from candidates.calibration import Calibration
from candidates.cohort import Cohort
from candidates.matching import Cuts
from vision.faces import MODEL_ID, FaceEmbedder, FaceFinder
from vision.faces.alignment import CHIP_SIDE, weights_path
from vision.faces.detector import BlazeFace
from vision.photo import open_photo

SIZE_CLASSES = ((0, 40, "under 40 px"), (40, 80, "40-80 px"), (80, 10_000, "over 80 px"))
GALLERY_SIZES = (10, 100, 500)
SHRUNK_PX = (64, 48, 40, 32, 24, 16)
BLUR_PX = (0.0, 1.0, 2.0, 3.0)
_QUALITY_PEOPLE = 60


def detection(groups: Path) -> None:
    """Print faces found by four detectors; found is bounded by the count, what lies over it is extra."""
    rows = [row for row in csv.DictReader((groups / "counts.csv").open(encoding="utf-8")) if row["faces"]]
    hog = dlib.get_frontal_face_detector()
    with FaceFinder() as finder, BlazeFace(least_score=0.5) as blaze:
        detectors: dict[str, Callable[[NDArray[np.uint8]], int]] = {
            "dlib HOG": lambda pixels: len(hog(pixels, 0)),
            "dlib HOG, upsampled": lambda pixels: len(hog(pixels, 1)),
            "BlazeFace, whole photo": lambda pixels: len(blaze.detect(pixels)),
            "FaceFinder": lambda pixels: len(finder.find(pixels)),
        }
        found: dict[tuple[str, str], int] = defaultdict(int)
        extra: dict[str, int] = defaultdict(int)
        times: dict[str, list[float]] = defaultdict(list)
        wanted: dict[str, int] = defaultdict(int)
        for row in rows:
            pixels = np.array(open_photo(groups / row["file"]).pixels)
            count, size = int(row["faces"]), float(row["median_face_px"])
            size_class = next(name for low, high, name in SIZE_CLASSES if low <= size < high)
            wanted[size_class] += count
            for name, detect in detectors.items():
                start = time.perf_counter()
                got = detect(pixels)
                times[name].append(time.perf_counter() - start)
                found[name, size_class] += min(got, count)
                extra[name] += max(got - count, 0)
    classes = [name for *_, name in SIZE_CLASSES]
    print(f"\nDetection: {len(rows)} photos, {sum(wanted.values())} faces counted by eye")
    print(
        f"{'':24}" + "".join(f"{f'{name} ({wanted[name]})':>20}" for name in classes) + f"{'extra':>8}{'ms/photo':>10}"
    )
    for name in detectors:
        columns = "".join(f"{found[name, size_class]:>20}" for size_class in classes)
        print(f"{name:24}{columns}{extra[name]:>8}{statistics.mean(times[name]) * 1e3:>10.0f}")


def open_set(people: dict[str, Vectors], strangers: dict[str, Vectors]) -> None:
    """Print FPIR (strangers named) and FNIR (own people not named), plain at 0.6 and at the cuts of the product."""
    calibration, cohort = Calibration.load(), Cohort.shipped(MODEL_ID)
    names = [name for name in people if len(people[name]) > REFERENCES]
    print(f"\nOpen set: {len(names)} people with {REFERENCES} references, then strangers with one; held-out half")
    print(f"{'enrolled':>8}{'cut':>18}{'FPIR':>9}{'FNIR':>9}")
    for size in GALLERY_SIZES:
        fillers = list(strangers)[: max(size - len(names), 0)]
        enrolled = names[:size]
        references = [people[name][:REFERENCES] for name in enrolled] + [strangers[name] for name in fillers]
        outside = [vectors for name, vectors in strangers.items() if name not in fillers]
        outside += [vectors for name, vectors in people.items() if name not in enrolled]
        probes = np.concatenate([people[name][REFERENCES:] for name in enrolled])
        owners = np.concatenate([[index] * len(people[name][REFERENCES:]) for index, name in enumerate(enrolled)])
        cuts = Cuts.for_people(len(references), calibration)
        for label, cut, by in (
            ("plain", 0.6, None),
            ("possible", cuts.possible, cohort),
            ("strong", cuts.strong, cohort),
        ):
            false = least_distances(np.concatenate(outside), references, by).min(axis=1)
            own = least_distances(probes, references, by)
            named = (own.argmin(axis=1) == owners) & (own.min(axis=1) <= cut)
            shown = f"{label} ({cut:.3f})"
            print(f"{len(references):>8}{shown:>18}{np.mean(false <= cut):>9.2%}{np.mean(~named):>9.2%}")


def quality(directory: Path, people: dict[str, Vectors]) -> None:
    """Print how far a face's vector moves from its own references when it is small or blurred."""
    embedder = FaceEmbedder()
    names = [name for name in people if len(people[name]) > REFERENCES][:_QUALITY_PEOPLE]
    print(f"\nQuality: last photo of {len(names)} people against their own references")
    print(f"{'':16}{'faces found':>12}{'median px':>11}{'sharpness 10/50%':>18}{'distance 50/90%':>17}{'over 0.5':>10}")
    with FaceFinder() as finder:
        for label, spoil in _spoilers():
            distances, sizes, sharpness = [], [], []
            for name in names:
                pixels = spoil(np.array(open_photo(sorted((directory / name).iterdir())[-1]).pixels))
                face = face_of_subject(finder.find(pixels), (pixels.shape[1], pixels.shape[0]))
                if face is not None:
                    vector = embedder.embed(pixels, [face])
                    distances.append(float(least_distances(vector, [people[name][:REFERENCES]])[0, 0]))
                    sizes.append(face.quality.size_px)
                    sharpness.append(face.quality.sharpness)
            low, middle = np.percentile(sharpness, [10, 50])
            half_way, most = np.percentile(distances, [50, 90])
            over = np.mean(np.array(distances) > 0.5)
            spread = f"{low:.0f} / {middle:.0f}"
            print(
                f"{label:16}{len(distances):>12}{np.median(sizes):>11.0f}{spread:>18}"
                f"{f'{half_way:.2f} / {most:.2f}':>17}{over:>10.1%}"
            )


def _spoilers() -> list[tuple[str, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]]]:
    def shrunk(part: float) -> Callable[[NDArray[np.uint8]], NDArray[np.uint8]]:
        return lambda pixels: cv2.resize(pixels, None, fx=part, fy=part, interpolation=cv2.INTER_AREA)

    def blurred(sigma: float) -> Callable[[NDArray[np.uint8]], NDArray[np.uint8]]:
        return lambda pixels: cv2.GaussianBlur(pixels, (0, 0), sigma) if sigma else pixels

    small = [(f"about {side} px", shrunk(side / 64)) for side in SHRUNK_PX]
    return small + [(f"blur {sigma:.0f} px", blurred(sigma)) for sigma in BLUR_PX]


def speed() -> None:
    """Print milliseconds a face, beside dlib."""
    chips = list(np.random.default_rng(0).integers(0, 256, (32, CHIP_SIDE, CHIP_SIDE, 3), dtype=np.uint8))
    network = dlib.face_recognition_model_v1(str(weights_path("dlib_face_recognition_resnet_model_v1.dat")))
    print("\nVectors, median of 5 runs, ms a face (spread)")
    one, two = FaceEmbedder(threads=1), FaceEmbedder(threads=2)
    for label, run, faces in (
        ("dlib", lambda: [network.compute_face_descriptor(chip) for chip in chips[:8]], 8),
        ("ours, network, 1 thread", lambda: one.network(chips), 32),
        ("ours, network, 2 threads", lambda: two.network(chips), 32),
        ("ours, with mirror, 2 threads", lambda: two.embed_chips(chips), 32),
    ):
        run()
        times = []
        for _ in range(5):
            start = time.perf_counter()
            run()
            times.append((time.perf_counter() - start) * 1e3 / faces)
        print(f"{label:30}{statistics.median(times):8.2f} ({min(times):.2f}-{max(times):.2f})")


def main() -> int:
    """Parse the command line and print the tables; returns the exit status."""
    parser = argparse.ArgumentParser(description="Measure the face engine.")
    parser.add_argument("--groups", type=Path, help="group photos with counts.csv")
    parser.add_argument("--people", type=Path, help="folders of people with four or more photos")
    parser.add_argument("--strangers", type=Path, help="folders of other people")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "fotonetral-vectors")
    options = parser.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, dlib {dlib.__version__}")
    speed()
    if options.groups:
        detection(options.groups)
    if options.people and options.strangers:
        people = half(vectors_by_person(options.people, options.cache), held_out=True)
        strangers = half(vectors_by_person(options.strangers, options.cache), held_out=True)
        open_set(people, strangers)
        quality(options.people, people)
    return 0


if __name__ == "__main__":
    sys.exit(main())

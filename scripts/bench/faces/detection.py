"""Faces found, beside dlib's HOG: in groups by size, behind masks, where there are none, and made harder to find."""

from __future__ import annotations

import csv
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import dlib
import numpy as np

from scripts.bench.faces.wear import WEARS, open_portraits
from scripts.bench.hands.bench import Pixels
from scripts.bench.hands.table import table
from vision.faces import FaceFinder
from vision.geometry import Box
from vision.media.photo import open_photo

SIZE_CLASSES = ((0, 20, "under 20 px"), (20, 40, "20-40 px"), (40, 80, "40-80 px"), (80, 10_000, "over 80 px"))
OURS = "FotoNetral"
_EVERY_PERSON = 3

Detector = Callable[[Pixels], list[Box]]


@contextmanager
def detectors() -> Iterator[dict[str, Detector]]:
    """Give the detectors by name; each returns the boxes of the faces in a picture."""
    hog = dlib.get_frontal_face_detector()

    def dlib_boxes(pixels: Pixels, times: int) -> list[Box]:
        found = hog(np.array(pixels), times)
        return [Box(one.left(), one.top(), one.width(), one.height()) for one in found]

    with FaceFinder() as finder:
        yield {
            "dlib HOG": lambda pixels: dlib_boxes(pixels, 0),
            "dlib HOG, enlarged": lambda pixels: dlib_boxes(pixels, 1),
            OURS: lambda pixels: [face.box for face in finder.find(pixels)],
        }


def groups(folder: Path) -> None:
    """Print faces found by size, in photos with counted faces; found is bounded by the count, the rest is extra."""
    rows = [row for row in csv.DictReader((folder / "counts.csv").open(encoding="utf-8")) if row["faces"]]
    found: dict[tuple[str, str], int] = defaultdict(int)
    extra: dict[str, int] = defaultdict(int)
    times: dict[str, list[float]] = defaultdict(list)
    wanted: dict[str, int] = defaultdict(int)
    with detectors() as every:
        for row in rows:
            pixels = np.array(open_photo(folder / row["file"]).pixels)
            count, size = int(row["faces"]), float(row["median_face_px"])
            size_class = next(name for low, high, name in SIZE_CLASSES if low <= size < high)
            wanted[size_class] += count
            for name, detect in every.items():
                start = time.perf_counter()
                got = len(detect(pixels))
                times[name].append(time.perf_counter() - start)
                found[name, size_class] += min(got, count)
                extra[name] += max(got - count, 0)
    print(
        f"\nDetection: {len(rows)} photos, {sum(wanted.values())} faces counted by eye, by the median size of a photo"
    )
    print(
        f"{'':22}" + "".join(f"{f'{n} ({wanted[n]})':>20}" for *_, n in SIZE_CLASSES) + f"{'extra':>8}{'ms/photo':>10}"
    )
    for name, spent in times.items():
        columns = "".join(f"{found[name, size_class]:>20}" for *_, size_class in SIZE_CLASSES)
        print(f"{name:22}{columns}{extra[name]:>8}{statistics.mean(spent) * 1e3:>10.0f}")


def masks_and_hands(masked: Sequence[Path], hands: Sequence[Path]) -> None:
    """Print in how many photos of people in masks a face is found, and in how many pictures of hands a false one."""
    with detectors() as every:
        rows = [[name, _with_faces(detect, masked), _with_faces(detect, hands)] for name, detect in every.items()]
    print("\nPhotos in which a face is found: people in masks, and hands alone, where there is none")
    print(table(["", f"masks ({len(masked)})", f"hands ({len(hands)})"], rows))


def worn(people: Path) -> None:
    """Print the share of faces found under masks, veils, dark glasses, hard light and tilts, one face a picture."""
    folders = sorted(people.iterdir())[1::_EVERY_PERSON]
    portraits = open_portraits(sorted(folder.iterdir())[0] for folder in folders)
    print(f"\nMade harder to find: {len(portraits)} pictures of one person each (drawn cloth, not photographed)")
    with detectors() as every:
        print(f"{'':20}" + "".join(f"{name:>22}" for name in every))
        for which, (label, wear) in enumerate(WEARS.items()):
            pictures = [wear(one, np.random.default_rng(which * 1000 + at)) for at, one in enumerate(portraits)]
            shares = [
                np.mean([_is_found(detect(np.array(one.pixels)), one.face) for one in pictures])
                for detect in every.values()
            ]
            print(f"{label:20}" + "".join(f"{share:>22.0%}" for share in shares))


def _with_faces(detect: Detector, photos: Sequence[Path]) -> int:
    return sum(bool(detect(np.array(open_photo(photo).pixels))) for photo in photos)


def _is_found(boxes: list[Box], face: Box) -> bool:
    """Tell whether a box has its middle on the face, and is neither a part of it nor half of the picture."""
    return any(
        0.45 < box.width / face.width < 2.2
        and abs(box.center_xy[0] - face.center_xy[0]) < face.width / 2
        and abs(box.center_xy[1] - face.center_xy[1]) < face.height / 2
        for box in boxes
    )

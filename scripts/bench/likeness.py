"""Measure when photos look alike: copies that are found, different photos that are taken for each other, time.

    python -m scripts.bench likeness DATA

DATA holds `faces`, `groups` and `hands`. Different photos are one of each person and every group photo; photos of one
moment are those of one person in one room. The tables show shares by the number of bits that may differ.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vision.media.likeness import MOST_BITS, fold, likeness
from vision.media.photo import decode_full, open_photo
from vision.report.annotate import encoded

Pixels = NDArray[np.uint8]
Hashes = NDArray[np.uint64]
BITS = (4, 6, 8, 10, 11)
SUFFIXES = {".jpg", ".jpeg", ".png"}
ALONE = ("faces/politicians", "faces/lfw", "faces/lfw_strangers")
MIDDLE = ("faces/lfw", "faces/lfw_strangers")
GROUPS = ("groups/vhuman", "groups/wider_linzaer", "groups/office", "groups/politician_pairs", "groups/sitcom_scenes")
EVERYDAY = ("hands/openpose_coco", "hands/mmpose_tests")
MOMENTS = ("hands/subhih_hands", "hands/laptop_selfies", "hands/dwivedi_lebanese_univ")


def shrunk(pixels: Pixels, factor: float) -> Pixels:
    """Make a picture smaller."""
    return np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))


def leveled(pixels: Pixels, gain: float, lift: float) -> Pixels:
    """Change contrast and brightness."""
    return np.asarray(np.clip(pixels * gain + lift, 0, 255).astype(np.uint8))


def cut(pixels: Pixels, share: float) -> Pixels:
    """Cut a share of the height and width away, the same on all sides."""
    top, left = (round(length * share / 2) for length in pixels.shape[:2])
    return pixels[top : pixels.shape[0] - top, left : pixels.shape[1] - left]


def turned(pixels: Pixels, degrees: float) -> Pixels:
    """Turn a picture about its middle."""
    height, width = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return np.asarray(cv2.warpAffine(pixels, turn, (width, height), borderMode=cv2.BORDER_REPLICATE))


def written_on(pixels: Pixels) -> Pixels:
    """Write into the lower left corner, as agencies do."""
    copy = pixels.copy()
    height, width = copy.shape[:2]
    at, thick = (width // 20, height - height // 15), max(1, width // 200)
    cv2.putText(copy, "DINAS KOMINFO", at, cv2.FONT_HERSHEY_SIMPLEX, width / 600, (255, 255, 0), thick)
    return copy


COPIES: Mapping[str, Callable[[Pixels], Pixels]] = {
    "half the size": lambda p: shrunk(p, 0.5),
    "a quarter of the size": lambda p: shrunk(p, 0.25),
    "JPEG quality 25": lambda p: decode_full(encoded(p, 25)),
    "half the size, quality 50": lambda p: decode_full(encoded(shrunk(p, 0.5), 50)),
    "40 levels brighter": lambda p: leveled(p, 1.0, 40),
    "30% darker": lambda p: leveled(p, 0.7, 0),
    "30% more contrast": lambda p: leveled(p, 1.3, -38),
    "grey": lambda p: p.mean(axis=2, keepdims=True).repeat(3, axis=2).astype(np.uint8),
    "turned by 1 degree": lambda p: turned(p, 1),
    "written on": written_on,
    "cut by 2%": lambda p: cut(p, 0.02),
    "cut by 4%": lambda p: cut(p, 0.04),
    "cut by 8%": lambda p: cut(p, 0.08),
    "3% cut from one side": lambda p: p[:, : round(p.shape[1] * 0.97)],
}


def pictures(folder: Path) -> list[Path]:
    """List the pictures below a folder."""
    return [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in SUFFIXES]


def different(data: Path) -> dict[str, list[Path]]:
    """List pictures of which no two show the same, by set."""
    people = {name: [pictures(person)[0] for person in sorted((data / name).iterdir())] for name in ALONE}
    return people | {name: pictures(data / name) for name in (*GROUPS, *EVERYDAY)}


def opened(path: Path) -> Pixels:
    """Decode a picture, at most 1600 pixels on the longer side."""
    pixels = open_photo(path).pixels
    side = max(pixels.shape[:2])
    return pixels if side <= 1600 else shrunk(pixels, 1600 / side)


def hashes_of(pictures_of: Iterable[Pixels]) -> Hashes:
    """Hash pictures."""
    return np.array([likeness(pixels) for pixels in pictures_of], np.uint64)


def pair_distances(hashes: Hashes) -> NDArray[np.uint8]:
    """Return the differing bits of every pair."""
    return np.concatenate([np.bitwise_count(hashes[at] ^ hashes[at + 1 :]) for at in range(len(hashes) - 1)])


def row(name: str, values: Iterable[str]) -> None:
    """Print a row of a table."""
    print(f"{name:38}" + "".join(f"{value:>10}" for value in values))


def main(arguments: list[str]) -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.bench likeness",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("data", type=Path, metavar="DATA", help="the labelled pictures")
    data: Path = parser.parse_args(arguments).data
    sets = different(data)
    row("bits that may differ", map(str, BITS))
    print("\ncopies that are found")
    hashes = hashes_of(opened(path) for paths in sets.values() for path in paths)
    for name, worn in COPIES.items():
        copies = hashes_of(worn(opened(path)) for paths in sets.values() for path in paths)
        apart = np.bitwise_count(hashes ^ copies)
        row(name, (f"{100 * np.mean(apart <= most):.1f}%" for most in BITS))
    print("\npairs of different photos that are taken for each other")
    bounds = np.cumsum([len(paths) for paths in sets.values()])[:-1]
    by_set = dict(zip(sets, np.split(hashes, bounds), strict=True))
    for title, chosen in {
        "all": hashes,
        "portraits with the face in the middle": np.concatenate([by_set[name] for name in MIDDLE]),
        "all others": np.concatenate([own for name, own in by_set.items() if name not in MIDDLE]),
    }.items():
        pairs = pair_distances(chosen)
        row(f"{title} ({len(pairs)} pairs)", (str(np.count_nonzero(pairs <= most)) for most in BITS))
    print("\nphotos of one moment that are like another one")
    for name in MOMENTS:
        own = hashes_of(opened(path) for path in pictures(data / name))
        apart = np.bitwise_count(own[:, None] ^ own[None, :])
        np.fill_diagonal(apart, 64)
        row(f"{name} ({len(own)})", (f"{100 * np.mean(apart.min(axis=1) <= most):.0f}%" for most in BITS))
    speed()


def speed() -> None:
    """Print seconds for folding 100,000 photos, and milliseconds a hash."""
    chance = random.Random(0)
    alone = [sum(1 << bit for bit in chance.sample(range(64), 32)) for _ in range(100_000)]
    originals = alone[:20_000]
    copies = [chance.choice(originals) ^ (1 << chance.randrange(64)) for _ in range(100_000)]
    print()
    for name, hashes in (("no two alike", alone), ("of 20,000 originals", copies), ("all equal", alone[:1] * 100_000)):
        start = time.process_time()
        leaders = len(set(fold(hashes)))
        print(f"folding 100,000, {name}: {time.process_time() - start:.1f} s, {leaders} leaders at {MOST_BITS} bits")
    pixels = np.random.default_rng(0).integers(0, 256, (1500, 2000, 3), dtype=np.uint8)
    start = time.process_time()
    for _ in range(20):
        likeness(pixels)
    print(f"hash of 2000 x 1500: {(time.process_time() - start) * 50:.1f} ms")

"""Photos stored on their side or upside down: how many are told so, and how many upright ones are taken for turned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from scripts.bench.hands.bench import Pixels
from scripts.bench.hands.table import table
from vision.media.photo import open_photo
from vision.stages.engines import FindsFaces

QUARTERS = (1, 2, 3)


def report(finder: FindsFaces, photos: Mapping[str, Sequence[Path]]) -> None:
    """Print, by kind of photo, how many are looked at upright, each turned all ways, and how many upright ones are not.

    `photos` are upright ones.
    """
    counts = {kind: [len(paths), *_counts(finder, paths)] for kind, paths in photos.items()}
    counts["all"] = [sum(column) for column in zip(*counts.values(), strict=True)]
    head = ["", "photos", *(f"turned by {90 * quarters}" for quarters in QUARTERS), "upright, taken for turned"]
    print("\nTurned photos: looked at upright, of those turned clockwise by so many degrees")
    print(table(head, [[kind, *numbers] for kind, numbers in counts.items()]))


def _counts(finder: FindsFaces, paths: Sequence[Path]) -> list[int]:
    """Return how many are looked at upright when turned by 90, 180, 270 degrees, and how many upright ones are not."""
    counts = [0, 0, 0, 0]
    for path in paths:
        pixels = open_photo(path).pixels
        for at, quarters in enumerate(QUARTERS):
            # Turned clockwise; the finder says by how much to turn it counterclockwise.
            counts[at] += _turn(finder, np.ascontiguousarray(np.rot90(pixels, -quarters))) == quarters
        counts[-1] += _turn(finder, pixels) != 0
    return counts


def _turn(finder: FindsFaces, pixels: Pixels) -> int:
    """Return by how many quarters a photo is turned before the look, as in `vision.stages.turning.look_upright`."""
    return finder.turn(pixels, finder.find(pixels))

"""Labelled pictures made worse: how much of the naming survives."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np

from scripts.bench.hands.bench import HandsBenchmark
from scripts.bench.hands.damage import DAMAGES
from scripts.bench.hands.metric import ACCEPTED, QUIET
from scripts.bench.hands.sheet import Tile, crop_around, write_sheet
from scripts.bench.hands.table import share, table
from vision.geometry import Box
from vision.media.photo import open_photo

A_LABEL = {"laptop_selfies": 6, "massey_asl_segmented": 5, "drgfreeman_rps": 5, "subhih_hands": 4}
"""Sets, and how many pictures of each label. (`subhih_hands` was seen in training, the others were not.)"""

_SEED = 5


def report(bench: HandsBenchmark) -> None:
    """Print right and wrong shares by damage and set; with `out`, leave a sheet of each set's first picture."""
    pictures = stratified(bench.data / "hands")[:: bench.every]
    sets = [name for name in A_LABEL if any(path.parts[-3] == name for path in pictures)]
    counts: dict[str, dict[tuple[str, str, str], int]] = {title: defaultdict(int) for title in bench.recipes}
    shown = {next(path for path in pictures if path.parts[-3] == name) for name in sets}
    tiles: list[Tile] = []
    for index, path in enumerate(pictures):
        pixels = open_photo(path).pixels
        allowed = ACCEPTED[path.parts[-2]]
        for name, damage in DAMAGES.items():
            worse = damage(pixels, np.random.default_rng([_SEED, index]))
            if path in shown:
                whole = Box(0, 0, worse.shape[1], worse.shape[0])
                tiles.append(Tile(crop_around(worse, whole, 1), (name, path.parts[-3])))
            for title, recipe in bench.recipes.items():
                poses = [hand["pose"] for hand in recipe.look(worse)]
                count = counts[title]
                count[name, path.parts[-3], "pictures"] += 1
                count[name, path.parts[-3], "right"] += any(pose in allowed for pose in poses)
                count[name, path.parts[-3], "wrong"] += any(p not in QUIET and p not in allowed for p in poses)
    for title, count in counts.items():
        print(f"== {title}: {len(pictures)} pictures")
        rows: list[list[object]] = []
        for name in DAMAGES:
            sums = {what: sum(count[name, one, what] for one in sets) for what in ("pictures", "right", "wrong")}
            row: list[object] = [name, share(sums["right"], sums["pictures"]), share(sums["wrong"], sums["pictures"])]
            row += [share(count[name, one, "right"], count[name, one, "pictures"]) for one in sets]
            rows.append(row)
        print(table(["", "right", "wrong", *(f"{name}: right" for name in sets)], rows))
    if bench.out is not None:
        write_sheet(tiles, bench.out / "wear.jpg")


def stratified(root: Path) -> list[Path]:
    """Return the first pictures of each label that shows something, spread over its files."""
    chosen: list[Path] = []
    for name, most in A_LABEL.items():
        for folder in sorted((root / name).glob("*")):
            if folder.name in ACCEPTED:
                files = sorted(folder.iterdir())
                chosen += [files[index * len(files) // most] for index in range(most)] if len(files) > most else files
    return chosen

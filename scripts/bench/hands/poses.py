"""Labelled pictures: poses by set and label, the sets that the training has seen apart."""

from __future__ import annotations

import time
from pathlib import Path

from scripts.bench.hands.bench import HandsBenchmark, Recipe, answer_line
from scripts.bench.hands.metric import Score, labelled_pictures, part_of

_PARTS = {
    "report": "sets never trained on",
    "selfies": "selfies and finger hearts, never trained on",
    "trained": "sets used in training",
}


def report(bench: HandsBenchmark) -> None:
    """Print the tables of each recipe and keep its answers."""
    pictures = labelled_pictures(bench.data / "hands", every=bench.every)
    for title, recipe in bench.titled():
        bench.keep_lines("poses", title, _score(pictures, recipe))


def _score(pictures: list[Path], recipe: Recipe) -> list[str]:
    lines: list[str] = []
    everything = Score()
    for part, title in _PARTS.items():
        score, started = Score(), time.perf_counter()
        mine = [path for path in pictures if part_of(path) == part]
        for path in mine:
            hands = recipe(path)
            name = "/".join(path.parts[-3:])
            lines.append(answer_line(name, hands))
            for one in (score, everything):
                one.add(name, (hand["pose"] for hand in hands))
        if mine:
            print(f"-- {title}: {len(mine)} pictures, {1000 * (time.perf_counter() - started) / len(mine):.0f} ms each")
            print("\n".join(score.lines()))
    print(f"-- all {len(lines)} pictures\n" + "\n".join(everything.lines()[-2:]))
    return lines

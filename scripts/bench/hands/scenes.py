"""Group photos in which somebody has marked the signs by eye: one of a graduation, and many of Indonesian groups."""

from __future__ import annotations

import json
import time
from pathlib import Path

from scripts.bench.hands import real_scenes
from scripts.bench.hands.bench import Engine, HandsBenchmark, Recipe, answer_line
from scripts.bench.hands.metric import QUIET, SIZE_NAMES, is_near, size_class


def report(bench: HandsBenchmark) -> None:
    """Print the graduation of each recipe, then what the product says of the other groups; keep the answers."""
    for title, recipe in bench.titled():
        lines: list[str] = []
        score_scenes(bench.data / "groups", recipe, lines)
        bench.keep_lines("scenes", title, lines)
    real_scenes.report(bench)


def score_scenes(groups: Path, recipe: Recipe, keep: list[str]) -> None:
    """Print how many marked signs were found, flagged and named, by hand size; add the answers to `keep` as JSON."""
    for name, scene in json.loads((groups / "scenes.json").read_text("utf-8")).items():
        started = time.perf_counter()
        if isinstance(recipe, Engine):
            faces, hands = recipe.people_and_hands(groups / name)
        else:
            faces, hands = [], recipe(groups / name)
        took = time.perf_counter() - started
        keep.append(answer_line(name, hands, faces))
        signs = [sign for sign in scene["signs"] if sign[2] != "*"]
        near = [[hand for hand in hands if is_near(hand["box"], sign[:2], scene["radius"])] for sign in signs]
        found = sum(bool(some) for some in near)
        flagged = sum(any(h["pose"] not in QUIET for h in some) for some in near)
        named = sum(any(h["pose"] in sign[2].split("|") for h in some) for some, sign in zip(near, signs, strict=True))
        seen = f"faces {len(faces)}/{scene['faces']}" if isinstance(recipe, Engine) else "faces not sought"
        print(f"{name}: signs {len(signs)} found {found} flagged {flagged} named {named} {seen} in {took:.1f} s")
        sizes = [size_class(max(hand["box"][2:])) for hand in hands]
        print("   hands by size: " + ", ".join(f"{size} px {sizes.count(size)}" for size in SIZE_NAMES))

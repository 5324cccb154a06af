"""Print how well hands are found and named, how fast, and what goes wrong.

    python -m scripts.bench hands ../shared/data [WHAT ...] [--every N] [--plain] [--out DIR]

WHAT is one or more of

    poses        labelled pictures of `<data>/hands`, by set and pose; REPORT_SETS were never trained on
    scenes       group photos with signs marked by eye (`<data>/groups/scenes.json`, `<data>/groups/real_scenes`): signs
                 found, flagged and named, photos clear and flagged; split in two by repository, one half to tune on
    sizes        people and raised hands put into group photos, by the size of the hand
    turns        rendered hands turned every way, from both sides, in five skin tones
    wear         pictures made worse: compressed, blurred, dark, against the light, small
    quiet        photos without a sign in which one is named
    cost         milliseconds by number of people and by megapixels
    calibration  whether a pose score can be read as the share that is right

and `poses scenes` where none is given. `--plain` adds the common recipe (full frame, tip above joint, thumb by x);
`--out` keeps answers as `fotonetral.check/1` lines and contact sheets to look at.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from scripts.bench.hands import calibration, cost, poses, quiet, scenes, sizes, turns, wear
from scripts.bench.hands.bench import ENGINE, PLAIN, Engine, HandsBenchmark, Recipe
from scripts.bench.hands.plain_recipe import PlainHands
from scripts.bench.hands.scenes import score_scenes

__all__ = ["PARTS", "Engine", "main", "score_scenes"]

PARTS: dict[str, Callable[[HandsBenchmark], None]] = {
    "poses": poses.report,
    "scenes": scenes.report,
    "sizes": sizes.report,
    "turns": turns.report,
    "wear": wear.report,
    "quiet": quiet.report,
    "cost": cost.report,
    "calibration": calibration.report,
}
_USUAL = ("poses", "scenes")


def main(arguments: list[str]) -> None:
    """Run the chosen parts."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.bench hands", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("what", nargs="*", metavar="WHAT", help=", ".join(PARTS))
    parser.add_argument("--every", type=int, default=1, help="take every n-th case")
    parser.add_argument("--plain", action="store_true", help="measure the common recipe as well")
    parser.add_argument("--out", type=Path, help="keep answers and contact sheets in this folder")
    options = parser.parse_args(arguments)
    if unknown := set(options.what) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    if options.every < 1:
        parser.error("--every counts from 1")
    recipes: dict[str, Recipe] = {ENGINE: Engine()}
    if options.plain:
        recipes[PLAIN] = PlainHands()
    bench = HandsBenchmark(options.data, recipes, options.every, options.out)
    for name in options.what or _USUAL:
        print(f"\n#### {name}")
        PARTS[name](bench)
    for recipe in recipes.values():
        recipe.close()

"""Print how well hands are found and named, beside the plain recipe.

    python scripts/bench_hands.py ../shared/data [--every N] [--sets a,b] [--plain] [--scenes-only] [--out FILE]

Labelled pictures come from `<data>/hands/<set>/<label>/`, real scenes from `<data>/groups/scenes.json`. The sets in
REPORT_SETS were never trained on: their figures are the ones to quote. `--plain` adds the common recipe (full frame,
tip above joint, thumb by x) in the same run; `--out` keeps the answers as `fotonetral.check/1` lines.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.hand_metric import QUIET, REPORT_SETS, Score, labelled_pictures
from scripts.plain_recipe import PlainHands
from vision.faces import FaceFinder
from vision.hands import HandReader
from vision.photo import open_photo

Answer = list[dict[str, Any]]
Look = Callable[[Path], Answer]

_SIZES = ((0, 24), (24, 32), (32, 48), (48, 96), (96, 10_000))


class Engine:
    """The product's own path: faces first, then hands."""

    def __init__(self) -> None:
        self._faces, self._hands = FaceFinder(), HandReader()

    def __call__(self, path: Path) -> Answer:
        """Return the hands of a picture as contract-like dictionaries (full-size pixels)."""
        photo = open_photo(path)
        faces = [face.box for face in self._faces.find(photo.pixels)]
        return [
            {
                "box": hand.box.scaled(photo.scale_xy).as_list(),
                "pose": hand.pose.value,
                "pose_score": round(hand.pose_score, 3),
                "score": round(hand.score, 3),
            }
            for hand in self._hands.read(photo.pixels, faces)
        ]

    def close(self) -> None:
        """Free the networks."""
        self._faces.close()
        self._hands.close()


def score_pictures(root: Path, look: Look, every: int, sets: Iterable[str] | None, keep: list[str]) -> None:
    """Print the table of one recipe, report sets first, then the sets that the training has seen."""
    chosen = set(sets) if sets else None
    groups = {"sets never trained on": set(REPORT_SETS), "sets used in training": None}
    pictures = labelled_pictures(root, chosen, every)
    everything = Score()
    for title, names in groups.items():
        score, started = Score(), time.perf_counter()
        mine = [p for p in pictures if (p.parts[-3] in REPORT_SETS) == (names is not None)]
        for path in mine:
            hands = look(path)
            name = "/".join(path.parts[-3:])
            keep.append(json.dumps({"photo": {"name": name}, "hands": hands}))
            poses = [hand["pose"] for hand in hands]
            score.add(name, poses)
            everything.add(name, poses)
        if mine:
            print(f"-- {title}: {len(mine)} pictures, {1000 * (time.perf_counter() - started) / len(mine):.0f} ms each")
            print("\n".join(score.lines()))
    print(f"-- all {len(pictures)} pictures\n" + "\n".join(everything.lines()[-2:]))


def score_scenes(groups: Path, look: Look, keep: list[str]) -> None:
    """Print, for real group photos with signs marked by eye, how many were found, flagged and named, by hand size."""
    for name, scene in json.loads((groups / "scenes.json").read_text()).items():
        started = time.perf_counter()
        hands = look(groups / name)
        took = time.perf_counter() - started
        keep.append(json.dumps({"photo": {"name": name}, "hands": hands}))
        signs = [sign for sign in scene["signs"] if sign[2] != "*"]
        middles = np.array([(h["box"][0] + h["box"][2] / 2, h["box"][1] + h["box"][3] / 2) for h in hands])
        middles = middles.reshape(-1, 2)
        near = [
            [h for h, m in zip(hands, middles, strict=True) if np.hypot(*(m - sign[:2])) < scene["radius"]]
            for sign in signs
        ]
        found = sum(bool(some) for some in near)
        flagged = sum(any(h["pose"] not in QUIET for h in some) for some in near)
        named = sum(any(h["pose"] in sign[2].split("|") for h in some) for some, sign in zip(near, signs, strict=True))
        print(f"{name}: signs {len(signs)} found {found} flagged {flagged} named {named} in {took:.1f} s")
        sizes = [max(h["box"][2:]) for h in hands]
        print("   hands by size: " + ", ".join(f"{a}-{b} px {sum(a <= s < b for s in sizes)}" for a, b in _SIZES))


def count_quiet_groups(groups: Path, look: Look, keep: list[str]) -> None:
    """Print the signs named in group photos; nobody has labelled them, so each is to be looked at."""
    for path in sorted(groups.glob("*/*.jpg")):
        if path.parent.name in {"wider_linzaer", "vhuman", "office", "sitcom_scenes", "politician_pairs"}:
            hands = look(path)
            keep.append(json.dumps({"photo": {"name": "/".join(path.parts[-2:])}, "hands": hands}))
            signs = [f"{h['pose']} {h['pose_score']:.2f}" for h in hands if h["pose"] not in QUIET]
            print(f"{path.parent.name}/{path.name}: {len(hands)} hands; signs: {', '.join(signs) or 'none'}")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take every n-th labelled picture")
    parser.add_argument("--sets", help="only these sets, comma-separated")
    parser.add_argument("--plain", action="store_true", help="score the common recipe as well")
    parser.add_argument("--scenes-only", action="store_true")
    parser.add_argument("--groups", action="store_true", help="list the signs named in unlabelled group photos")
    parser.add_argument("--out", type=Path, help="keep the answers here, one JSON object a line")
    options = parser.parse_args()
    recipes: list[tuple[str, Any]] = [("fotonetral", Engine())]
    if options.plain:
        recipes.append(("plain recipe", PlainHands()))
    for title, look in recipes:
        print(f"== {title}")
        keep: list[str] = []
        score_scenes(options.data / "groups", look, keep)
        if options.groups:
            count_quiet_groups(options.data / "groups", look, keep)
        if not options.scenes_only:
            sets = options.sets.split(",") if options.sets else None
            score_pictures(options.data / "hands", look, options.every, sets, keep)
        look.close()
        if options.out:
            name = options.out.with_stem(options.out.stem + ("" if title == "fotonetral" else "-plain"))
            name.write_text("\n".join(keep) + "\n")


if __name__ == "__main__":
    main()

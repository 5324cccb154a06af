"""Measure what `fotonetral candidates health` finds: faults planted in galleries of real photos.

    python -m scripts.bench health --people DIRECTORY --strangers DIRECTORY [--choose] [--seed N] [--cache DIRECTORY]

Folders as for `python -m scripts.training matching`. Galleries are made of the half of the people that is held out
there; `--choose` makes them of the other half and prints what other limits than those of `candidates/health/faces.py`
would find.

found: planted faults that a finding of the right kind names, with the right people and photos. false: people without
a fault who are named in a finding of a kind (hints left out), as a share of all people without one. A lookalike is a
face blended of two people, and a fault if half of its photos outside the gallery come within the possible cut of the
other; it is found when the two are named together.
"""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import numpy as np

from candidates.gallery import Gallery
from candidates.health import Health, examine, faces, photos
from candidates.health.faces import HealthLimits
from candidates.matching.calibration import Calibration
from scripts.bench.health.pictures import Describer, Picture, usable_pictures
from scripts.bench.health.planting import KIND_OF, PLANTS, Planted, Planter, Score
from vision.faces import MODEL_ID

SIZES = {20: (280, 4), 100: (80, 14), 500: (20, 56)}
"""People in a gallery: how many galleries, and how many faults in each; every sort in turn."""

LEFT_OUT = frozenset(
    {"John_Barnett", "John_Burnett", "Doc_Rivers", "Glenn_Rivers", "Harold_Scott", "Jeff_Roehm", "Li_Zhaoxing"}
)
"""Pairs who are one person in LFW under two names, and one whose folder holds somebody else's face."""

CHOICES: dict[str, tuple[object, tuple[float, ...], tuple[str, ...]]] = {
    "SAME_PERSON_ALARMS": (faces, (0.01, 0.02, 0.03, 0.04, 0.06), ("same person", "same person, one photo each")),
    "LOOKALIKE_ALARMS": (faces, (0.01, 0.02, 0.03, 0.04, 0.06), ("lookalike", "lookalike, family")),
    "MIXED_RATE": (
        faces,
        (0.001, 0.002, 0.005, 0.01, 0.02),
        ("mixed, stranger's photo", "mixed, photo of one registered"),
    ),
    "SAME_PICTURE": (faces, (0.3, 0.4, 0.45, 0.5, 0.55), ("same picture again",)),
    "POOR_SIZE_PX": (photos, (40, 44, 48, 52, 56), ("small",)),
    "POOR_SHARPNESS": (photos, (7, 8, 9, 10, 12), ("blurred",)),
}
"""Limit: where it stands, values to try, and the sorts of faults it decides."""


@dataclass(frozen=True, slots=True)
class PlantedGallery:
    """A gallery file and what was planted in it."""

    path: Path
    planted: Planted


def galleries(
    people: dict[str, list[Picture]],
    strangers: dict[str, list[Picture]],
    size: int,
    *,
    folder: Path,
    describer: Describer,
    seed: int,
    part: float = 1.0,
) -> Iterator[PlantedGallery]:
    """Yield the galleries of one size; `part` (0..1) of the usual number of them."""
    count, faults = SIZES[size]
    sorts = cycle(PLANTS)
    calibration = Calibration.load(model_id=MODEL_ID)
    for number in range(max(round(count * part), 1)):
        rng = np.random.default_rng((seed, size, number))
        planted = Planter(people, strangers, describer, rng).gallery(size, list(islice(sorts, faults)), calibration)
        path = folder / f"{size}-{number}.db"
        planted.write(path)
        yield PlantedGallery(path, planted)


def health_of(path: Path) -> Health:
    """Look over a gallery file."""
    with Gallery.open(path, read_only=True) as gallery:
        return examine(gallery, model_id=MODEL_ID)


def report(size: int, score: Score, seconds: float) -> None:
    """Print what was found in galleries of one size."""
    limits = HealthLimits.of(Calibration.load(model_id=MODEL_ID), [1] * size)
    named = ("same", "spelled", "alike", "kin", "apart")
    print(f"\n{size} people: " + ", ".join(f"{name} {getattr(limits, name):.3f}" for name in named))
    print(f"{score.clean} people without a fault; {seconds:.2f} s a gallery")
    for what in PLANTS:
        found, planted = score.share(what)
        details = {detail: count for (w, detail), count in sorted(score.planted.items()) if w == what and detail}
        parts = ", ".join(f"{detail} {score.found[what, detail]}/{count}" for detail, count in details.items())
        print(f"{what:32}{found:>5} of {planted:<5}{found / max(planted, 1):>6.1%}  {parts}")
    for kind in dict.fromkeys(KIND_OF.values()):
        print(f"false {kind:26}{score.false[kind]:>5} people{score.false[kind] / max(score.clean, 1):>8.2%}")


def choose(made: Mapping[int, Sequence[PlantedGallery]]) -> None:
    """Print found and false for other limits, one at a time."""
    for name, (module, values, sorts) in CHOICES.items():
        kind, kept = KIND_OF[sorts[0]], getattr(module, name)
        print(f"\n{name} (now {kept})")
        for value in values:
            setattr(module, name, value)
            columns = []
            for size, several in made.items():
                score = Score()
                for one in several:
                    score.add(one.planted, health_of(one.path))
                shares = " ".join(f"{found / max(all_, 1):6.1%}" for found, all_ in map(score.share, sorts))
                columns.append(f"{size:>5}: found {shares}, false {score.false[kind] / max(score.clean, 1):6.2%}")
            print(f"{value:>8} " + " |".join(columns))
        setattr(module, name, kept)


def main(arguments: list[str]) -> int:
    """Parse the command line and print the tables; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.bench health", description="Measure what a look over a gallery finds."
    )
    parser.add_argument("--people", type=Path, required=True, help="folders of people with four or more photos")
    parser.add_argument("--strangers", type=Path, required=True, help="folders of other people")
    parser.add_argument("--choose", action="store_true", help="try other limits, on the other half of the people")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "fotonetral-vectors")
    options = parser.parse_args(arguments)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    people, strangers = (
        {name: found[name] for name in sorted(found)[int(not options.choose) :: 2]}
        for found in (
            usable_pictures(folder, options.cache, LEFT_OUT) for folder in (options.people, options.strangers)
        )
    )
    with Describer() as describer, tempfile.TemporaryDirectory() as folder:
        if options.choose:
            made = {
                size: list(
                    galleries(
                        people, strangers, size, folder=Path(folder), describer=describer, seed=options.seed, part=0.4
                    )
                )
                for size in (100, 500)
            }
            choose(made)
            return 0
        for size in SIZES:
            score, seconds = Score(), []
            for made_one in galleries(
                people, strangers, size, folder=Path(folder), describer=describer, seed=options.seed
            ):
                start = time.perf_counter()
                health = health_of(made_one.path)
                seconds.append(time.perf_counter() - start)
                score.add(made_one.planted, health)
            report(size, score, float(np.median(seconds)))
    return 0

"""Measure how often strangers come close to a person's references, and write `candidates/calibration.json`.

    python scripts/fit_matching.py --people DIRECTORY --strangers DIRECTORY [--like DIRECTORY] [--out FILE]

`--people` holds folders of people with four or more photos (three are references, the rest probes), `--strangers`
folders of other people. Every second person of each is used; the others are left to `bench_faces.py`. The file holds
distances and rates, nothing that comes from a single picture.

dlib's network was trained on few Asian faces and places them close together: two strangers out of a hundred come as
close there as two in ten thousand of everybody. `--like` names portraits of the people whom the product is for; false
matches are then counted among the people of the set who lie nearest to their mean, which is what a gallery of one
country meets.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
from lfw_vectors import REFERENCES, Vectors, half, least_distances, vectors_by_person
from numpy.typing import NDArray

from candidates.cohort import Cohort
from vision.faces import MODEL_ID

STEP = 0.01
LEAST_PAIRS = 5
"""A rate that rests on fewer pairs than this is taken from the extrapolated tail."""
LEAST_RATE = 1e-7
LIKE_PEOPLE = 60
"""People who count as like the ones of `--like`, of about 700 in the fitting half of LFW.

Their plain rates are those of Indonesian portraits against one another (1% at a distance of 0.46, 3-5% at 0.50).
Normalised, with 10 / 100 enrolled of the held-out half: FPIR 0.5 / 1.5% and FNIR 4.0 / 4.9% at the possible cut, and
one false match in a photo of 46 East Asian students against 15 Indonesian figures; with the nearest 200 it is nine,
with everybody 21.
"""
_TAIL_RATE = 2e-2
_TAIL_STEPS = 8


def distances(
    people: dict[str, Vectors], strangers: dict[str, Vectors], cohort: Cohort
) -> tuple[NDArray[np.float64], ...]:
    """Return the impostor and the genuine distances, flat: a probe against ONE person's nearest reference."""
    enrolled = [name for name in people if len(people[name]) > REFERENCES]
    references = [people[name][:REFERENCES] for name in enrolled]
    impostor = [least_distances(np.concatenate(list(strangers.values())), references, cohort).ravel()]
    genuine = []
    for index, name in enumerate(enrolled):
        found = least_distances(people[name][REFERENCES:], references, cohort)
        genuine.append(found[:, index])
        impostor.append(np.delete(found, index, axis=1).ravel())
    return np.concatenate(impostor), np.concatenate(genuine)


def like(people: dict[str, Vectors], examples: dict[str, Vectors], count: int) -> dict[str, Vectors]:
    """Return the `count` people whose first vector lies nearest to the mean over the people of `examples`."""
    middle = np.mean([vectors.mean(axis=0) for vectors in examples.values()], axis=0)
    ranked = sorted(people, key=lambda name: (float(np.linalg.norm(people[name][0] - middle)), name))
    return {name: people[name] for name in ranked[:count]}


def impostor_distances_among(people: dict[str, Vectors], cohort: Cohort) -> NDArray[np.float64]:
    """Return the distances of everybody's photos to every other person's nearest reference, flat."""
    references = [vectors[:REFERENCES] for vectors in people.values()]
    rows = [least_distances(vectors, references, cohort) for vectors in people.values()]
    return np.concatenate([np.delete(row, index, axis=1).ravel() for index, row in enumerate(rows)])


def table(impostor: NDArray[np.float64], genuine: NDArray[np.float64]) -> dict[str, list[float]]:
    """Return monotone rates in steps of distance, from the extrapolated one in ten million up to 1."""
    grid = np.round(np.arange(0.01, 1.5, STEP), 2)
    counts = np.searchsorted(np.sort(impostor), grid, side="right")
    measured = counts >= LEAST_PAIRS
    rates = counts / len(impostor)
    low = measured & (rates <= _TAIL_RATE)
    # The logarithm of the rate bends downward towards small distances, so a straight line through the smallest
    # measured rates promises no more than there is.
    slope, offset = np.polyfit(grid[low][:_TAIL_STEPS], np.log(rates[low][:_TAIL_STEPS]), 1)
    rates = np.where(measured, rates, np.exp(slope * grid + offset))
    rates = np.minimum.accumulate(rates[::-1])[::-1]
    kept = (rates >= LEAST_RATE) & (grid <= grid[np.argmax(rates >= 1 - 1e-3)])
    missed = 1 - np.searchsorted(np.sort(genuine), grid, side="right") / len(genuine)
    return {
        "distance": grid[kept].tolist(),
        "false_match_rate": [float(f"{rate:.3g}") for rate in rates[kept]],
        "false_non_match_rate": [float(f"{rate:.3g}") for rate in missed[kept]],
    }


def main() -> int:
    """Parse the command line, measure and write; returns the exit status."""
    parser = argparse.ArgumentParser(description="Measure false match rates against distance.")
    parser.add_argument("--people", type=Path, required=True, help="folders of people with four or more photos")
    parser.add_argument("--strangers", type=Path, required=True, help="folders of other people")
    parser.add_argument("--like", type=Path, help="folders of people like those whom the product is for")
    parser.add_argument("--like-people", type=int, default=LIKE_PEOPLE)
    parser.add_argument("--name", default="Labeled Faces in the Wild, 150 px", help="what the photos are")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "fotonetral-vectors")
    default = Path(__file__).resolve().parents[1] / "candidates" / "calibration.json"
    parser.add_argument("--out", type=Path, default=default)
    options = parser.parse_args()
    people = half(vectors_by_person(options.people, options.cache), held_out=False)
    strangers = half(vectors_by_person(options.strangers, options.cache), held_out=False)
    cohort = Cohort.shipped(MODEL_ID)
    impostor, genuine = distances(people, strangers, cohort)
    among = f"{len(people)} people with {REFERENCES} references each, {len(strangers)} strangers"
    if options.like:
        alike = like(strangers | people, vectors_by_person(options.like, options.cache), options.like_people)
        impostor = impostor_distances_among(alike, cohort)
        among = f"false matches among the {len(alike)} people nearest to a set of Indonesian public figures"
    result = {
        "model_id": MODEL_ID,
        "source": f"scripts/fit_matching.py on every second person of {options.name}: {among}; "
        f"rates that rest on fewer than {LEAST_PAIRS} pairs are extrapolated in a straight line of the logarithm",
        "impostor_pairs": len(impostor),
        "normalised": True,
        **table(impostor, genuine),
    }
    options.out.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(f"{len(people)} people, {len(strangers)} strangers, {len(impostor)} impostor and {len(genuine)} own pairs")
    print("distance  false match  false non-match")
    columns = result["distance"], result["false_match_rate"], result["false_non_match_rate"]
    for distance, match, miss in list(zip(*columns, strict=True))[::5]:
        print(f"{distance:8.2f}  {match:11.2e}  {miss:15.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

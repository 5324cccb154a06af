"""Measure how often strangers come close to a person's references, and write `candidates/calibration.json`.

    python scripts/fit_matching.py --people DIRECTORY --strangers DIRECTORY [--cache DIRECTORY] [--out FILE]

`--people` holds folders of people with four or more photos (three are references, the rest probes), `--strangers`
folders of other people. Every second person of each is used; the others are left to `bench_faces.py`. The file holds
distances and rates, nothing that comes from a single picture.
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

from vision.faces import MODEL_ID

STEP = 0.01
LEAST_PAIRS = 5
"""A rate that rests on fewer pairs than this is taken from the extrapolated tail."""
LEAST_RATE = 1e-7
_TAIL_RATES = (1e-2, 0.0)


def distances(people: dict[str, Vectors], strangers: dict[str, Vectors]) -> tuple[NDArray[np.float64], ...]:
    """Return the impostor and the genuine distances, flat: a probe against ONE person's nearest reference."""
    enrolled = [name for name in people if len(people[name]) > REFERENCES]
    references = [people[name][:REFERENCES] for name in enrolled]
    impostor = [least_distances(np.concatenate(list(strangers.values())), references).ravel()]
    genuine = []
    for index, name in enumerate(enrolled):
        found = least_distances(people[name][REFERENCES:], references)
        genuine.append(found[:, index])
        impostor.append(np.delete(found, index, axis=1).ravel())
    return np.concatenate(impostor), np.concatenate(genuine)


def table(impostor: NDArray[np.float64], genuine: NDArray[np.float64]) -> dict[str, list[float]]:
    """Return monotone rates in steps of distance, from the extrapolated one in ten million up to 1."""
    grid = np.round(np.arange(0.01, 1.5, STEP), 2)
    counts = np.searchsorted(np.sort(impostor), grid, side="right")
    measured = counts >= LEAST_PAIRS
    rates = counts / len(impostor)
    low = measured & (rates <= _TAIL_RATES[0])
    # The logarithm of the rate bends downward towards small distances, so a straight line through the smallest
    # measured rates promises no more than there is.
    slope, offset = np.polyfit(grid[low][:8], np.log(rates[low][:8]), 1)
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
    parser.add_argument("--name", default="Labeled Faces in the Wild, 150 px", help="what the photos are")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "fotonetral-vectors")
    default = Path(__file__).resolve().parents[1] / "candidates" / "calibration.json"
    parser.add_argument("--out", type=Path, default=default)
    options = parser.parse_args()
    people = half(vectors_by_person(options.people, options.cache), held_out=False)
    strangers = half(vectors_by_person(options.strangers, options.cache), held_out=False)
    impostor, genuine = distances(people, strangers)
    result = {
        "model_id": MODEL_ID,
        "source": f"scripts/fit_matching.py on every second person of {options.name}: {len(people)} people with "
        f"{REFERENCES} references each, {len(strangers)} strangers; rates that rest on fewer than {LEAST_PAIRS} pairs "
        "are extrapolated in a straight line of the logarithm",
        "impostor_pairs": len(impostor),
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

"""Measure how often strangers come close, and write `candidates/calibrations/sface.npz` and `dlib.npz`.

    python -m scripts.training matching DATA [--cache DIRECTORY] [--out DIRECTORY]

DATA holds `faces` (see `python -m scripts.bench faces`). Every second person of each set is used; the others are left
to the benchmark. Rates are measured for East Asian people and for Labeled Faces in the Wild apart, and the larger one
of each distance is kept. Beyond `FARTHEST` nobody is named whatever the rates say: people of one campus, village or
office are nearer to one another than any table knows. The files hold rates alone.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from candidates import Calibration
from candidates.matching.calibration import SHIPPED
from candidates.matching.fitting import fit
from scripts.bench.faces.lfw_groups import DOUBLED
from scripts.bench.faces.vectors import People, Vectors, half, people_of
from vision.faces import MODEL_ID, DlibEmbedder

FARTHEST = {"sface": (0.97, 0.89), "dlib": (0.53, 0.48)}
"""Distances beyond which nobody is named, and nobody surely.

SFace, with 5 / 7 of 13 Indonesian students enrolled and their fellow students as strangers: at 0.96 of these 0.2 / 0.6%
are named, at 0.97 1.1 / 2.4%, at 0.98 3.6 / 5.7%, and 1.1% of their own photos are missed at each; of the own photos of
Labeled Faces in the Wild some 5, 4 and 3.5%. dlib: as many of these as SFace's.
"""


def populations(faces: Path, cache: Path) -> list[dict[str, People]]:
    """Return the half of the people to fit with, by set, those of one population together."""

    def of(*names: str) -> dict[str, People]:
        halves = {name: half(people_of(faces / name, cache), held_out=False) for name in names}
        return {name: {k: v for k, v in people.items() if k not in DOUBLED} for name, people in halves.items()}

    return [of("asian_celebrities", "asian_strangers"), of("lfw", "lfw_strangers")]


def table(populations: Sequence[Sequence[Mapping[str, Vectors]]], model_id: str) -> Calibration:
    """Return the cautious table of several populations, each one group of different people."""
    parts = [
        fit([{name: own for people in sets for name, own in people.items()}], model_id=model_id, source="")
        for sets in populations
    ]
    distance = np.unique(np.round(np.concatenate([part.distance for part in parts]), 2))
    rates = np.max([part.false_match_rate_at(distance) for part in parts], axis=0)
    missed = np.max([np.interp(distance, part.distance, part.false_non_match_rate) for part in parts], axis=0)
    return Calibration(
        model_id=model_id,
        source="every second person of Asian Faces and Labeled Faces in the Wild",
        people=min(part.people for part in parts),
        least_rate=max(part.least_rate for part in parts),
        # Only people with many photos tell it; where it could not be measured it stands at 1.
        reference_exponent=min(part.reference_exponent for part in parts),
        distance=distance,
        false_match_rate=rates,
        false_non_match_rate=missed,
    )


def main(arguments: list[str]) -> int:
    """Parse the command line, measure and write; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.training matching", description="Measure false match rates against distance."
    )
    parser.add_argument("data", type=Path, help="the labelled pictures")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "fotonetral-vectors")
    parser.add_argument("--out", type=Path, default=Path(str(SHIPPED)))
    options = parser.parse_args(arguments)
    sets = populations(options.data.resolve() / "faces", options.cache)
    options.out.mkdir(exist_ok=True)
    for file, model_id, column in (("sface", MODEL_ID, "careful"), ("dlib", DlibEmbedder.model_id, "dlib")):
        vectors = [[{n: getattr(own, column) for n, own in one.items()} for one in many.values()] for many in sets]
        farthest, farthest_strong = FARTHEST[file]
        calibration = replace(table(vectors, model_id), farthest=farthest, farthest_strong=farthest_strong)
        (options.out / f"{file}.npz").write_bytes(calibration.to_bytes())
        print(
            f"{model_id}: {calibration.people} people, smallest measured rate {calibration.least_rate:.1e}, references "
            f"count to the power of {calibration.reference_exponent:.2f}, farthest {calibration.farthest} and "
            f"{calibration.farthest_strong}"
        )
        print("distance  false match  false non-match")
        columns = calibration.distance, calibration.false_match_rate, calibration.false_non_match_rate
        for distance, match, miss in list(zip(*columns, strict=True))[::5]:
            print(f"{distance:8.2f}  {match:11.2e}  {miss:15.4f}")
    return 0

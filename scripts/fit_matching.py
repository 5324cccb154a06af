"""Measure how often strangers come close, and write `candidates/calibration.npz`.

    python scripts/fit_matching.py --people DIRECTORY --strangers DIRECTORY [--like DIRECTORY] [--out FILE]

`--people` and `--strangers` hold a folder a person, with one photo or more. Every second person of each is used; the
others are left to `bench_faces.py`. `--like` names portraits of people like those whom the product is for: the part of
the cohort that is nearest to their mean counts more (`candidates/cohort.py`). The file holds rates, and means of four
people each: nobody's face.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from candidates.calibration import SHIPPED
from candidates.fitting import fit
from scripts.face_bench.lfw_groups import DOUBLED
from scripts.lfw_vectors import half, vectors_by_person
from vision.faces import MODEL_ID


def main() -> int:
    """Parse the command line, measure and write; returns the exit status."""
    parser = argparse.ArgumentParser(description="Measure false match rates against distance.")
    parser.add_argument("--people", type=Path, required=True, help="folders of people with four or more photos")
    parser.add_argument("--strangers", type=Path, required=True, help="folders of other people")
    parser.add_argument("--like", type=Path, help="folders of people like those whom the product is for")
    parser.add_argument("--name", default="Labeled Faces in the Wild, 150 px", help="what the photos are")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "fotonetral-vectors")
    parser.add_argument("--out", type=Path, default=Path(str(SHIPPED)))
    options = parser.parse_args()
    folders = (options.people, options.strangers)
    people = {
        name: own
        for folder in folders
        for name, own in half(vectors_by_person(folder, options.cache), held_out=False).items()
        if name not in DOUBLED
    }
    like = None
    if options.like:
        examples = vectors_by_person(options.like, options.cache).values()
        like = np.mean([own.mean(axis=0) for own in examples], axis=0)
    calibration = fit([people], model_id=MODEL_ID, source=f"every second person of {options.name}", like=like)
    options.out.write_bytes(calibration.to_bytes())
    print(
        f"{calibration.people} people, smallest measured rate {calibration.least_rate:.1e}, references count to the "
        f"power of {calibration.reference_exponent:.2f}"
    )
    print("distance  false match  false non-match")
    columns = calibration.distance, calibration.false_match_rate, calibration.false_non_match_rate
    for distance, match, miss in list(zip(*columns, strict=True))[::5]:
        print(f"{distance:8.2f}  {match:11.2e}  {miss:15.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Fit the model that tells covered faces: `vision/faces/covering.npz`.

    python -m scripts.training covering --people DIRECTORY [--out FILE]

Masks, veils and dark glasses are drawn over photos of people (a folder a person, as Labeled Faces in the Wild); bare
faces, headscarves, bad light and small faces are the other class. Every second person is used; the others judge. The
file holds 109 numbers.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from scripts import ROOT
from scripts.bench.faces.wear import WEARS, open_portraits
from vision.faces.alignment import face_chip
from vision.faces.finder import FaceFinder
from vision.faces.quality import traits

COVERED = ("surgical mask", "sunglasses", "hijab and mask", "niqab")
SMALL_PX = (0, 28)
"""Faces as they are, and shrunk to so many pixels."""
_FACE_PX = 66.0


def samples(people: Path) -> dict[str, dict[str, list[NDArray[np.float64]]]]:
    """Return wear → person → traits of the chips that were found."""
    import cv2

    found: dict[str, dict[str, list[NDArray[np.float64]]]] = defaultdict(lambda: defaultdict(list))
    with FaceFinder() as finder:
        for number, folder in enumerate(sorted(people.iterdir())):
            for portrait in open_portraits(sorted(folder.iterdir())[:1]):
                for which, (name, wear) in enumerate(WEARS.items()):
                    worn = wear(portrait, np.random.default_rng(number * 100 + which)).pixels
                    for side in SMALL_PX:
                        shrink = side / _FACE_PX
                        pixels = (
                            cv2.resize(worn, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA) if side else worn
                        )
                        faces = finder.find(np.ascontiguousarray(pixels))
                        if faces:
                            largest = max(faces, key=lambda face: face.box.width)
                            chip = face_chip(pixels, largest.landmarks_xy)
                            found[f"{name}{f', {side} px' if side else ''}"][folder.name].append(traits(chip))
    return found


def main(arguments: list[str]) -> None:
    """Parse, fit, write, and print what the model says of people it has not seen."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.training covering", description="Fit the model that tells covered faces."
    )
    parser.add_argument("--people", type=Path, required=True, help="folders of people, one photo of each is used")
    default = ROOT / "vision/faces/covering.npz"
    parser.add_argument("--out", type=Path, default=default)
    options = parser.parse_args(arguments)
    found = samples(options.people)
    fitted = set(sorted(path.name for path in options.people.iterdir())[::2])
    rows = [
        (x, name.split(",")[0] in COVERED)
        for name, people in found.items()
        for person, own in people.items()
        if person in fitted
        for x in own
    ]
    scaler = StandardScaler().fit([x for x, _ in rows])
    model = LogisticRegression(C=0.02, max_iter=2000, class_weight="balanced")
    model.fit(scaler.transform([x for x, _ in rows]), [is_covered for _, is_covered in rows])
    weights = model.coef_[0] / scaler.scale_
    offset = float(model.intercept_[0] - weights @ scaler.mean_)
    np.savez(options.out, weights=weights, offset=np.float64(offset))
    print(f"{len(rows)} chips of {len(fitted)} people; of the others, called covered:")
    for name, people in found.items():
        told = [float(x @ weights + offset) > 0 for person, own in people.items() if person not in fitted for x in own]
        print(f"  {name:28}{np.mean(told):6.1%} of {len(told)}")

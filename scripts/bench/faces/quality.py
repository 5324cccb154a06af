"""What small, blurred, covered, badly lit and printed faces cost: own faces beyond the cut, and the flaws told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from candidates import Calibration
from candidates.matching.calibration import FALSE_ALARMS, MatchThresholds
from scripts.bench.faces.prints import PRINTS
from scripts.bench.faces.vectors import REFERENCES, People, face_of_subject, least_distances
from scripts.bench.faces.wear import WEARS, Portrait, open_portraits
from scripts.bench.hands.bench import Pixels
from vision.faces import MODEL_ID, Face, FaceEmbedder, FaceFinder

SIDES_PX = (48, 32, 24, 20, 16, 12)
BLURS_PX = (1.0, 1.5, 2.0, 3.0)
PEOPLE_IN_SCOPE = 20
_FACE_PX = 66.0

Spoil = Callable[[Portrait, np.random.Generator], Pixels]


def report(folder: Path, people: People) -> None:
    """Print a row a condition; `people` are those of `folder` to be measured, their first photos the references."""
    calibration = Calibration.load(model_id=MODEL_ID)
    cut = MatchThresholds.of(calibration, PEOPLE_IN_SCOPE, false_alarms=FALSE_ALARMS).possible
    names = [name for name in people if len(people[name]) > REFERENCES]
    portraits = [(name, one) for name in names for one in open_portraits(sorted((folder / name).iterdir())[-1:])]
    print(f"\nQuality: one more photo of {len(names)} people; beyond {cut:.3f}, the cut for {PEOPLE_IN_SCOPE} people")
    print(f"{'':20}{'found':>7}{'beyond':>9}{'too poor':>10}   flaws told")
    embedder = FaceEmbedder()
    with FaceFinder() as finder:
        for which, (label, spoil) in enumerate(_spoilers().items()):
            far, told, too_poor = [], Counter[str](), 0
            for at, (name, portrait) in enumerate(portraits):
                pixels = np.ascontiguousarray(spoil(portrait, np.random.default_rng(which * 1000 + at)))
                face: Face | None = face_of_subject(finder.find(pixels), (pixels.shape[1], pixels.shape[0]))
                if face is None:
                    continue
                vector = embedder.embed_carefully(pixels, [face])
                far.append(least_distances(vector, [people[name].careful[:REFERENCES]])[0, 0] > cut)
                told.update(flaw.value for flaw in face.quality.flaws)
                too_poor += face.quality.is_too_poor
            flaws = ", ".join(f"{flaw} {count / len(far):.0%}" for flaw, count in told.most_common())
            shares = f"{np.mean(far):>9.0%}{too_poor / len(far):>10.0%}"
            print(f"{label:20}{len(far):>7}{shares}   {flaws}")


def _spoilers() -> dict[str, Spoil]:
    def shrunk(side: float) -> Spoil:
        return lambda one, _: cv2.resize(
            one.pixels, None, fx=side / _FACE_PX, fy=side / _FACE_PX, interpolation=cv2.INTER_AREA
        )

    def blurred(sigma: float) -> Spoil:
        return lambda one, _: cv2.GaussianBlur(one.pixels, (0, 0), sigma)

    def worn(name: str) -> Spoil:
        return lambda one, rng: WEARS[name](one, rng).pixels

    def printed(name: str) -> Spoil:
        return lambda one, rng: PRINTS[name](one.pixels, rng)

    return (
        {name: worn(name) for name in WEARS}
        | {name: printed(name) for name in PRINTS}
        | {f"{side} px": shrunk(side) for side in SIDES_PX}
        | {f"blur {sigma:g} px": blurred(sigma) for sigma in BLURS_PX}
    )

"""Train the networks that name hands: `hand_naming.npz`, `hand_pixels.npz` and `hand_weights.npz` in `vision/models/`.

    python -m scripts.training hands make ../shared/data/hands --cache DIR
    python -m scripts.training hands fit --cache DIR

`make` renders hands before photographs, cuts clutter out of photographs, and looks at both and at the photographs
whose licences allow training as the product would (an hour on two cores). `fit` (PyTorch needed: `pip install torch`)
fits both voters twice: once without LEFT_OUT, on which the weights are then fitted, and once with everything; it
writes the models, their lines in SHA256SUMS, and the training record `docs/training.json`.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from scripts import ROOT
from scripts.fixtures.rendering import NONE_SHAPES, POSES
from scripts.models.build import renew_sums
from scripts.training import fit as landmark_fit
from scripts.training import weigh_fit
from scripts.training.crops import Cropper, Crops, read, renders
from scripts.training.gather import Gatherer
from scripts.training.hearts import HEARTS
from scripts.training.samples import MADE_UP, Samples, made_up
from vision.hands.perceptron import Perceptrons
from vision.hands.shapes import SHAPES
from vision.hands.weighing import terms
from vision.models import model_path

PICTURES = (
    "subhih_hands",
    "dwivedi_lebanese_univ",
    "finger_counting",
    "sign_digits",
    "ragadag_openhands",
    "rendered",
    HEARTS,
)
"""Sets whose licences allow training (NOTICE); "rendered" is our own."""

CLUTTERED = ("subhih_hands", "dwivedi_lebanese_univ", "ragadag_openhands")
"""Sets with a room, a body or a face around the hand."""

RENDERS = ("renders0", "renders1")
CLUTTERS = {"clutter0": CLUTTERED[:1], "clutter1": CLUTTERED[1:]}
LEFT_OUT = ("dwivedi_lebanese_univ", "subhih_hands", "renders1", "clutter1")
"""What the weights are fitted on: many people, one man half body, half of the renders, what is no hand elsewhere."""

_COUNTS_FOR = {"dwivedi_lebanese_univ": 0.35, "subhih_hands": 0.2, "renders": 0.2, "clutter": 0.25}
"""How much each source of these counts: renders of a kind flatter the voter that has seen others of it."""

_EACH = 300
_MORE = {"finger_heart": 4.0, "thumb_up": 3.0, "thumb_down": 1.5, "fist": 2.0, "peace_two": 2.0, "one_index": 1.5}
_MORE |= {"palm_five": 1.5, "l_two": 1.3, "ok": 1.5, "flat_grip": 4.0, "pinch": 4.0}
_NONE_EACH = 0.7
"""Renders a pose, and how many times more (or fewer) of some."""

_VARIANTS = {"rendered": 1, **dict.fromkeys(CLUTTERS, 4)}
_MADE_UP, _ROUNDS, _SEED = 1500, 10, 0
_MEMBERS, _PIXEL_MEMBERS, _PIXEL_STEPS = 6, 4, 4000


def render_jobs() -> list[tuple[str, str, int]]:
    """Return what to render: (shape, label, seed)."""
    jobs = [
        (pose, "thumb_up" if pose == "thumb_down" else pose, 100_000 + number)
        for pose in POSES
        for number in range(round(_EACH * _MORE.get(pose, 1.0)))
    ]
    quiet = [
        (shape, "none", 200_000 + number)
        for shape in NONE_SHAPES
        for number in range(round(_EACH * _NONE_EACH * _MORE.get(shape, 1.0)))
    ]
    return jobs + quiet


def public_pictures(*names: str) -> Iterator[NDArray[np.uint8]]:
    """Yield the public-domain photographs that the fixtures are made from: faces, uniforms, things."""
    for name in names:
        path = ROOT / "fixtures" / "photos" / f"{name}.jpg"
        pixels = cv2.imread(str(path))
        if pixels is None:
            raise OSError(f"{path} cannot be read")
        yield np.ascontiguousarray(pixels[..., ::-1], dtype=np.uint8)


def make(root: Path, cache: Path) -> None:
    """Fill `cache`: the banks of crops, then what the landmark network makes of everything; what is there stays."""
    (cache / "bank").mkdir(parents=True, exist_ok=True)
    behind: list[NDArray[np.uint8]] = []
    for part, name in enumerate(RENDERS):
        path = cache / "bank" / f"{name}.npz"
        if not path.exists():
            behind = behind or list(_behind(root))
            renders(render_jobs()[part :: len(RENDERS)], behind).save(path)
    for name, sets in CLUTTERS.items():
        path = cache / "bank" / f"{name}.npz"
        if not path.exists():
            photographs = (pixels for source in sets for pixels, _ in read(root, source))
            public = public_pictures(*["collins_plain", "hopper_plain", "no_people"] * 6)
            Cropper(seed=_SEED + 1).clutter(chain(photographs, public)).save(path)
    for source in (*PICTURES, *RENDERS, *CLUTTERS):
        kept = cache / f"{source}.npz"
        if kept.exists():
            continue
        started, gatherer, variants = time.perf_counter(), Gatherer(seed=_SEED), _VARIANTS.get(source, 2)
        if source in PICTURES:
            samples = gatherer.photographs(read(root, source), source, variants)
        else:
            samples = gatherer.bank(Crops.load(cache / "bank" / f"{source}.npz"), variants)
        samples.save(kept)
        print(f"{source}: {len(samples)} views in {time.perf_counter() - started:.0f} s", flush=True)


def _behind(root: Path) -> Iterator[NDArray[np.uint8]]:
    """Yield the photographs that renders stand before."""
    for source in CLUTTERED:
        for number, (pixels, _) in enumerate(read(root, source)):
            if number % 3 == 0:
                yield pixels
    yield from public_pictures("collins_plain", "hopper_plain", "no_people", "meeting", "pair_plain")


def fit(cache: Path, models: Path) -> None:
    """Fit everything; `models` is where the three files go."""
    parts = {source: Samples.load(cache / f"{source}.npz") for source in (*PICTURES, *RENDERS, *CLUTTERS)}
    without = cache / "without"
    without.mkdir(exist_ok=True)
    _fit_voters([part for source, part in parts.items() if source not in LEFT_OUT], without, members=3)
    record = {"weights": _fit_weights(Samples.join(*(parts[source] for source in LEFT_OUT)), without, models)}
    record["voters"] = _fit_voters(list(parts.values()), models, members=_MEMBERS)
    if models == model_path("hand_naming.npz").parent:
        renew_sums(models, ["hand_naming.npz", "hand_pixels.npz", "hand_weights.npz"])
        (ROOT / "docs" / "training.json").write_text(json.dumps(record, indent=1) + "\n")


def _fit_voters(parts: Iterable[Samples], folder: Path, members: int) -> dict[str, object]:
    from scripts.training import pixel_fit

    gathered, invented = Samples.join(*parts), made_up(_MADE_UP, _SEED)
    landmarks = landmark_fit.fit(Samples.join(gathered, invented), members=members, rounds=_ROUNDS, seed=_SEED)
    landmarks.save(folder / "hand_naming.npz")
    knows = landmark_fit.guess(invented, rounds=_ROUNDS, seed=_SEED)
    shown = landmark_fit.settled(gathered, knows, keep_mush=True)
    networks = pixel_fit.fit(shown, members=min(members, _PIXEL_MEMBERS), steps=_PIXEL_STEPS, seed=_SEED)
    np.savez(folder / "hand_pixels.npz", shapes=np.array(SHAPES), **pixel_fit.arrays(networks))  # type: ignore[arg-type]
    views = {**Counter(map(str, gathered.sources)), MADE_UP: len(invented)}
    return {"members": members, "views": views, "labels": Counter(map(str, shown.labels))}


def _fit_weights(samples: Samples, voters: Path, models: Path) -> dict[str, object]:
    invented = made_up(_MADE_UP, _SEED)
    knows = landmark_fit.guess(invented, rounds=_ROUNDS, seed=_SEED)
    shown = landmark_fit.settled(samples, knows, keep_mush=True)
    networks = [Perceptrons(voters / name) for name in ("hand_naming.npz", "hand_pixels.npz")]
    hands, labels = weigh_fit.evidence(shown, *networks)
    sources = shown.sources[np.flatnonzero(np.diff(shown.hands, prepend=-1))]
    importance = np.array([_COUNTS_FOR[str(source)] / float(np.sum(sources == source)) for source in sources])
    numbers = weigh_fit.fit(hands, labels, importance)
    np.savez(models / "hand_weights.npz", numbers=numbers)
    known, targets = terms(hands), np.array([SHAPES.index(label) for label in labels])
    before, after = (weigh_fit.surprise(known, targets, row, importance) for row in (weigh_fit.start(), numbers))
    return {"hands": len(hands), "surprise": [round(before, 3), round(after, 3)], "numbers": numbers.round(3).tolist()}


def main(arguments: list[str]) -> None:
    """Make or fit."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.training hands",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("step", choices=("make", "fit"))
    parser.add_argument("root", type=Path, nargs="?", help="for make: the folder of labelled sets")
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--models", type=Path, default=model_path("hand_naming.npz").parent)
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore", ConvergenceWarning)
    if options.step == "fit":
        fit(options.cache, options.models)
    elif options.root is None:
        parser.error("make needs the folder of labelled sets")
    else:
        make(options.root, options.cache)

"""Train the network that names hands: `vision/models/hand_naming.npz`.

    python scripts/train_hands.py gather ../shared/data/hands --cache DIR [--renders N]
    python scripts/train_hands.py fit --cache DIR [--leave-out SET]

`gather` looks at the photographs whose licences allow training, and at N renders a shape, as the product would (an
hour on two cores), and keeps landmarks only. `fit` makes up hands from the posed skeleton, fits, and writes the model
and its line in SHA256SUMS; with `--leave-out` it instead tells how well a network that never saw one set does on it.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
from sklearn.exceptions import ConvergenceWarning

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from scripts.build_models import renew_sums
from scripts.rendering import POSES, render_hand
from scripts.training.fit import fit
from scripts.training.gather import Gatherer, Picture, read_pictures
from scripts.training.samples import COUNTS, Samples, made_up
from vision.geometry import Box
from vision.hands.naming import SHAPES
from vision.models import model_path

PICTURES = ("subhih_hands", "dwivedi_lebanese_univ", "finger_counting", "sign_digits", "ragadag_openhands", "rendered")
"""Sets whose licences allow training (NOTICE); the last one is our own."""

CLUTTERED = ("subhih_hands", "dwivedi_lebanese_univ", "ragadag_openhands")
"""Sets with a room, a body or a face around the hand."""

RENDERS, CLUTTER = "renders", "clutter"
_MADE_UP, _MEMBERS, _ROUNDS, _SEED = 1500, 6, 10, 0
_MORE = {"finger_heart": 3.0, "thumb_up": 2.0, "fist": 2.0, "none": 6.0}
"""Shapes that need more renders: they are the hardest, and few photographs show them."""


def renders(each: int) -> Iterable[Picture]:
    """Yield `each` renders a shape, more of the hard ones."""
    for pose in POSES:
        for seed in range(round(each * _MORE.get(pose, 1.0))):
            hand = render_hand(pose, seed=20_000 + seed, size_wh=(256, 256), clean=seed % 2 == 0)
            yield Picture(hand.image, pose, RENDERS, Box.around(map(tuple, hand.landmarks_xy)))


def public_pictures() -> Iterable[Picture]:
    """Yield the public-domain photographs that the fixtures are made from: faces, uniforms, things."""
    for name in ("collins_plain", "hopper_plain", "no_people"):
        pixels = cv2.imread(str(Path(__file__).resolve().parents[1] / "fixtures" / "photos" / f"{name}.jpg"))
        yield Picture(np.ascontiguousarray(pixels[..., ::-1], dtype=np.uint8), "", "public")


def gather(root: Path, cache: Path, count: int) -> None:
    """Look at every source once and keep its landmarks in `cache`; sources already there are not looked at again."""
    cache.mkdir(parents=True, exist_ok=True)
    for source in (*PICTURES, RENDERS, CLUTTER):
        kept = cache / f"{source}.npz"
        if kept.exists():
            continue
        started = time.perf_counter()
        gatherer = Gatherer(seed=_SEED)
        if source == CLUTTER:
            everywhere = chain.from_iterable(read_pictures(root, each) for each in CLUTTERED)
            samples = gatherer.gather_clutter(chain(everywhere, public_pictures()))
        else:
            samples = gatherer.gather(renders(count) if source == RENDERS else read_pictures(root, source))
        gatherer.close()
        samples.save(kept)
        print(f"{source}: {len(samples)} views in {time.perf_counter() - started:.0f} s")


def main() -> None:
    """Gather or fit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=("gather", "fit"))
    parser.add_argument("root", type=Path, nargs="?")
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--renders", type=int, default=70)
    parser.add_argument("--leave-out", choices=(*PICTURES, RENDERS))
    options = parser.parse_args()
    if options.step == "gather":
        gather(options.root, options.cache, options.renders)
        return
    warnings.simplefilter("ignore", ConvergenceWarning)
    parts = [Samples.load(path) for path in sorted(options.cache.glob("*.npz"))]
    samples = Samples.join(*parts, made_up(_MADE_UP, _SEED))
    if options.leave_out:
        out = samples.sources == options.leave_out
        fitted = fit(samples.only(~out), members=1, rounds=_ROUNDS, seed=_SEED)
        report(fitted.probabilities(samples.only(out).points_xyz), samples.only(out))
        return
    fitted = fit(samples, members=_MEMBERS, rounds=_ROUNDS, seed=_SEED)
    path = model_path("hand_naming.npz")
    fitted.save(path)
    renew_sums(path.parent, [path.name])
    sources, counts = np.unique(samples.sources, return_counts=True)
    print({str(source): int(count) for source, count in zip(sources, counts, strict=True)})


def report(probability: np.ndarray, samples: Samples) -> None:
    """Print the share of views named rightly, by label."""
    named = np.array(SHAPES)[probability.argmax(1)]
    right = [name in COUNTS.get(str(label), (label,)) for name, label in zip(named, samples.labels, strict=True)]
    for label in np.unique(samples.labels):
        mine = samples.labels == label
        print(f"{label:14s} {mine.sum():6d} views  right {np.mean(np.array(right)[mine]):.3f}")
    print(f"all {np.mean(right):.3f}")


if __name__ == "__main__":
    main()

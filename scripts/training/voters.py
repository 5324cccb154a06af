"""Print how the two voters that name hands do alone and together, by hand size, on sets that nothing was trained on.

    python -m scripts.training voters ../shared/data/hands

Each picture is shrunk to several sizes as in the training (`scripts/training/gather.py`) and looked at twice. A sign is
named here when signs together are likelier than not; the product asks more of the one sign.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from scripts.training import weigh_fit
from scripts.training.crops import read
from scripts.training.gather import Gatherer
from vision.hands.perceptron import Perceptrons
from vision.hands.shapes import QUIET, SHAPES
from vision.hands.weighing import COUNT, KNOTS_PX, Weights, load_weights, probabilities, terms
from vision.models import model_path

SETS = ("laptop_selfies", "massey_asl_segmented", "drgfreeman_rps")
SIZES_PX = ((0, 22), (22, 28), (28, 40), (40, 60), (60, 1000))


def recipes() -> dict[str, Weights]:
    """Return the weights to compare."""
    alone = np.zeros((2, COUNT))
    alone[0, : len(KNOTS_PX)] = alone[1, len(KNOTS_PX) : 2 * len(KNOTS_PX)] = 1
    return {"landmarks": Weights.of(alone[0]), "pixels": Weights.of(alone[1]), "both": load_weights()}


def main(arguments: list[str]) -> None:
    """Compare."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.training voters",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("root", type=Path)
    root = parser.parse_args(arguments).root
    voters = [Perceptrons(model_path(name)) for name in ("hand_naming.npz", "hand_pixels.npz")]
    for source in SETS:
        samples = Gatherer(seed=0, threads=2).photographs(read(root, source), source, 1)
        hands, labels = weigh_fit.evidence(samples, *voters)
        known, truth = terms(hands), np.array(labels)
        sizes, quiet = np.array([hand.size for hand in hands]), np.isin(truth, ["fist", "none"])
        for title, weights in recipes().items():
            rows = probabilities(known, weights)
            sign = rows[:, QUIET].sum(1) < 0.5
            rows[:, QUIET] = 0
            named = np.array(SHAPES)[rows.argmax(1)] == truth
            right, wrong = np.where(quiet, ~sign, sign & named), np.where(quiet, sign, sign & ~named)
            within = [(sizes >= low) & (sizes < high) for low, high in SIZES_PX]
            cells = [f"{right[mine].mean():.2f} / {wrong[mine].mean():.2f} ({mine.sum()})" for mine in within]
            print(f"{source:22s} {title:10s} " + "  ".join(cells), flush=True)

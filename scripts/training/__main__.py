"""`python -m scripts.training PART ...`; without a part, the list of them."""

from __future__ import annotations

import sys

from scripts.parts import Part, run_part

PARTS = {
    "hands": Part("hands", "train the networks that name hands (needs PyTorch: uv pip install torch)"),
    "matching": Part("matching", "fit the error rates of face matching: candidates/calibration.npz"),
    "covering": Part("covering", "fit the model that tells covered faces"),
    "search-graph": Part("search_graph", "make the small network that screens large galleries"),
    "voters": Part("voters", "print how the two voters that name hands do, alone and together"),
}

if __name__ == "__main__":
    sys.exit(run_part("scripts.training", PARTS, sys.argv[1:]))

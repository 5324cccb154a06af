"""`python -m scripts.models PART ...`; without a part, the list of them."""

from __future__ import annotations

import sys

from scripts.parts import Part, run_part

PARTS = {
    "build": Part("build", "write the model files and their sums"),
}

if __name__ == "__main__":
    sys.exit(run_part("scripts.models", PARTS, sys.argv[1:]))

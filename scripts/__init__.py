"""What people and maintainers run from a clone; no logic of the product.

On top are the scripts that people open by path. Everything else is a package with one entry, which lists its parts:

    python -m scripts.bench       how fast, how exact, how much memory
    python -m scripts.training    the networks and tables that are fitted
    python -m scripts.models      the model files, made from public packages
    python -m scripts.fixtures    the committed pictures, made from a rig and public portraits
    python -m scripts.proofs      crashes, damage, random requests, bare systems, other versions
    python -m scripts.house       the repository itself: pins, generated files, measurements
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
"""The folder of the clone; `python -m scripts...` is run from it."""

"""The parts of `python -m scripts.bench faces`."""

"""The parts of `scripts/bench_faces.py`."""

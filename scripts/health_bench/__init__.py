"""Galleries of real photos with planted faults, for `bench_health.py`."""

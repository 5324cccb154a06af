"""Galleries of real photos with planted faults, for `python -m scripts.bench health`."""

"""Nearest-neighbour search: arrays of templates, exact search, distances."""

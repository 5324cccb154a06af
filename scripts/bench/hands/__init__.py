"""The hand benchmark, a module for each thing it measures; `python -m scripts.bench hands` runs them.

Each has `report(bench)`, which prints its tables and, where the bench has an output folder, leaves files there.
"""

"""What `python -m scripts.bench check` measures: whole checks, processes, stages and how they grow."""

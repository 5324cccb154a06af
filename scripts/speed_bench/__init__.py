"""What `scripts/bench_check.py` measures: whole checks, processes, stages and how they grow."""

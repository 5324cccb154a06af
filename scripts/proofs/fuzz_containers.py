"""Throw damaged zips and tars at the readers of containers and report what came of it.

    python -m scripts.proofs fuzz-containers [--cases 20000] [--seed 1]

Anything but typed errors is a traceback; a case that takes a minute ends the run with the place where it hangs.
"""

from __future__ import annotations

import argparse
import faulthandler
import time
from collections import Counter

from scripts.proofs.archives.damage import damaged, read_through


def main(arguments: list[str]) -> None:
    """Parse, run, print."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.proofs fuzz-containers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    outcomes: Counter[str] = Counter()
    slowest = (0.0, -1)
    for number, (name, data) in enumerate(damaged(options.cases, options.seed)):
        faulthandler.dump_traceback_later(60, exit=True)
        began = time.perf_counter()
        outcomes += read_through(name, data)
        slowest = max(slowest, (time.perf_counter() - began, number))
    faulthandler.cancel_dump_traceback_later()
    for outcome, count in outcomes.most_common():
        print(f"{count:7}  {outcome}")
    print(f"{options.cases} cases, seed {options.seed}; slowest {slowest[0]:.2f} s (case {slowest[1]})")

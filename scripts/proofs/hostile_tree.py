"""Make a tree of all that can be wrong with an archive, list and read it, and tell whether all came as it should.

    python -m scripts.proofs hostile-tree [--short] [--keep FOLDER]

Broken photos, bombs, lying headers, path tricks, devices, links in a circle, names in every script: see
`scripts/proofs/archives/hostile.py`. Ends with 1 when anything was lost, came twice or came otherwise than it should,
or when the process held more than its bound.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

from scripts.proofs.archives.accounting import account_for
from scripts.proofs.archives.hostile import make_hostile_tree

MOST_BYTES = 700_000_000
"""What is read ahead (64 MB and one photo of 200 MB), the photo asked for last, and the program itself."""


def main(arguments: list[str]) -> int:
    """Parse, make, run, print; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.proofs hostile-tree",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--short", action="store_true", help="fewer files and smaller bombs")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="make the tree in this new folder and keep it")
    options = parser.parse_args(arguments)
    folder = options.keep or Path(tempfile.mkdtemp(prefix="hostile-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return _run(folder, full=not options.short)
    finally:
        if options.keep is None:
            (folder / "locked/folder").chmod(0o700)
            shutil.rmtree(os.fsencode(folder))


def _run(folder: Path, *, full: bool) -> int:
    with multiprocessing.get_context("spawn").Pool(1) as maker:  # what making bombs takes is not counted
        tree = maker.apply(make_hostile_tree, (folder,), {"full": full})
    began = time.perf_counter()
    account = account_for(tree)
    seconds = time.perf_counter() - began
    for complaint in account.complaints:
        print(complaint, file=sys.stderr)
    for outcome, count in sorted(account.outcomes.items()):
        print(f"{count:6}  {outcome}")
    print(
        f"{len(tree.places)} places, {len(tree.containers)} whole containers, {len(tree.unreadable)} told as unreadable"
    )
    print(f"{seconds:.1f} s; at most {_peak_bytes() / 1e6:.0f} MB held (bound {MOST_BYTES / 1e6:.0f})")
    return 1 if account.complaints or _peak_bytes() > MOST_BYTES else 0


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

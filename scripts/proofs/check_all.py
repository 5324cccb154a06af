"""Check every picture of folders in one process and hold each answer to the JSON contract.

`python -m scripts.proofs check-all FOLDER... [--limit N] [--gallery FILE]` runs what `fotonetral check --json` runs,
counts verdicts, errors and breaks of the contract, and prints a summary. Exit status 1 when an answer breaks the
contract, or when a photo failed by the engine's own fault (engine.failed).
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from pathlib import Path

from jsonschema import Draft202012Validator

from scripts import ROOT

SCHEMA = ROOT / "vision" / "contract" / "schema" / "check-1.json"
SHOWN = 10


def main(arguments: list[str]) -> int:
    """Check, count and print; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.proofs check-all",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--gallery")
    parser.add_argument("--limit", type=int, help="only so many pictures, spread evenly")
    options = parser.parse_args(arguments)

    from vision import PhotoChecker
    from vision.media.inputs import photos_of
    from vision.runtime.quiet import quiet_native

    photos = [entry for entry in photos_of(options.folders) if isinstance(entry, str)]
    files = sum(path.is_file() for folder in options.folders for path in Path(folder).rglob("*"))
    step = max(len(photos) // options.limit, 1) if options.limit else 1
    validator = Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
    answers: Counter[str] = Counter()
    faults: list[str] = []
    start = time.perf_counter()
    with quiet_native(), PhotoChecker.open(options.gallery) as checker:
        for path in photos[::step]:
            line = json.dumps(checker.check_or_error(path).to_dict(), ensure_ascii=False)
            told = json.loads(line)
            answers[told.get("verdict") or told["error"]["code"]] += 1
            faults += [f"{path}: {error.message[:200]}" for error in validator.iter_errors(told)]
            if told.get("error", {}).get("code") == "engine.failed":
                faults.append(f"{path}: {told['error']['message']}")
    seconds = time.perf_counter() - start
    checked = answers.total()
    print(f"files {files}, no photos (skipped) {files - len(photos)}, photos {len(photos)}, checked {checked}")
    print(", ".join(f"{name} {count}" for name, count in sorted(answers.items())))
    print(f"{seconds:.1f} s, {1000 * seconds / max(checked, 1):.0f} ms a photo")
    print(f"contract breaks and crashes: {len(faults)}")
    for fault in faults[:SHOWN]:
        print(f"  {fault}")
    return 1 if faults or not checked else 0

"""Runs the tests with other versions than the pinned ones: the newest there are, and the lowest that are promised.

    uv run python -m scripts.proofs try-versions                                  # both, on this Python
    uv run python -m scripts.proofs try-versions lowest --python 3.13 -- tests/candidates

Each resolution gets a copy of the tree and an environment of its own in a temporary folder, so nothing here changes.
Arguments after `--` go to pytest instead of the usual quick tests. Prints a line of the table in docs/install.md for
each, and what failed. Exit status 1 when any test failed or an environment could not be made.
"""

from __future__ import annotations

import argparse
import datetime
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from scripts import ROOT
from scripts.house.pins import without_pins

RESOLUTIONS = {"newest": "highest", "lowest": "lowest-direct"}
QUICK = ("-m", "not slow")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one resolution came to."""

    resolution: str
    python: str
    packages: int
    summary: str
    seconds: float
    failures: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether every test passed that ran."""
        return not self.failures

    def row(self) -> str:
        """Return a line of a Markdown table."""
        day = datetime.datetime.now(tz=datetime.UTC).date()
        cells = (str(day), self.resolution, self.python, str(self.packages), self.summary, f"{self.seconds:.0f} s")
        return f"| {' | '.join(cells)} |"


def copy_tree(target: Path) -> None:
    """Copy what git knows or would take, as it lies here, with a pyproject.toml that pins nothing."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    table = target / "pyproject.toml"
    table.write_text(without_pins(table.read_text(encoding="utf-8")), encoding="utf-8")


def attempt(resolution: str, python: str, tests: list[str]) -> Outcome:
    """Make an environment of this resolution and run the tests in it."""
    with tempfile.TemporaryDirectory(prefix=f"fotonetral-{resolution}-") as folder:
        tree = Path(folder, "tree")
        copy_tree(tree)
        interpreter = str(tree / ".venv" / "bin" / "python")
        # `uv run` names its own environment to what it starts, and uv pip would install there.
        pip, into = ["uv", "pip"], ["--python", interpreter]
        steps = (
            ["uv", "venv", "--quiet", "--python", python],
            [*pip, "install", "--quiet", "--resolution", RESOLUTIONS[resolution], "--group", "dev", "-e", ".", *into],
        )
        for step in steps:
            done = subprocess.run(step, cwd=tree, capture_output=True, text=True)
            if done.returncode != 0:
                said = tuple(line for line in done.stderr.splitlines() if line.strip())[:8]
                return Outcome(resolution, python, 0, "no environment", 0, said or (f"exit {done.returncode}",))
        frozen = subprocess.run([*pip, "freeze", *into], cwd=tree, check=True, capture_output=True, text=True).stdout
        begun = time.monotonic()
        run = subprocess.run(
            [interpreter, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--deselect=tests/test_pins.py", *tests],
            cwd=tree,
            capture_output=True,
            text=True,
        )
        seconds = time.monotonic() - begun
    lines = run.stdout.splitlines()
    failures = [line for line in lines if re.match(r"(FAILED|ERROR) ", line)]
    if run.returncode != 0 and not failures:
        failures = (lines + run.stderr.splitlines())[-20:]
    summary = re.sub(r" in [0-9].*", "", lines[-1]) if lines else f"exit {run.returncode}"
    return Outcome(resolution, python, len(frozen.splitlines()), summary.strip("= "), seconds, tuple(failures))


def main(arguments: list[str]) -> int:
    """Try what is asked for and report."""
    parser = argparse.ArgumentParser(prog="python -m scripts.proofs try-versions", description=__doc__.splitlines()[0])
    parser.add_argument("resolutions", nargs="*", metavar="newest|lowest", help="both when none is named")
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    parser.add_argument("--python", default=here, help="which Python, as uv takes it")
    own, tests = _divided(arguments)
    options = parser.parse_args(own)
    unknown = sorted(set(options.resolutions) - set(RESOLUTIONS))
    if unknown:
        parser.error(f"expected newest or lowest, not {', '.join(unknown)}")
    outcomes = [attempt(one, options.python, tests or list(QUICK)) for one in options.resolutions or RESOLUTIONS]
    for outcome in outcomes:
        print(outcome.row(), *(f"    {line}" for line in outcome.failures), sep="\n")
    return 0 if all(outcome.ok for outcome in outcomes) else 1


def _divided(words: list[str]) -> tuple[list[str], list[str]]:
    """Part the words at `--`: those for this script, and those for pytest."""
    at = words.index("--") if "--" in words else len(words)
    return words[:at], words[at + 1 :]

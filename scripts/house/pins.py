"""Writes the set of versions that this repository is tested with: `constraints.txt` and its mirror in pyproject.toml.

    uv run python -m scripts.house pins           # the newest versions that fit together, from the package index
    uv run python -m scripts.house pins --keep    # after a new dependency: what is pinned stays, the rest is added
    uv run python -m scripts.house pins --check   # only say whether the two tell the same; asks nobody

`constraints.txt` is for pip (`pip install -c constraints.txt .`) and `uv tool install --constraints`; the mirror,
`[tool.uv] constraint-dependencies`, is what `uv run` and `uv sync` keep to. Both hold names, versions and markers for
Python 3.11 to 3.13, and no address of an index: each machine asks its own.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts import ROOT

BEGIN, END = "# pins: written by python -m scripts.house pins", "# pins: end"
HEADER = """\
# The versions that FotoNetral is tested with, for Python 3.11 to 3.13: pip install -c constraints.txt .
# Written by python -m scripts.house pins, which mirrors it in pyproject.toml. Do not edit by hand.
"""
TOOLS = ("uv",)
"""What scripts/try.sh installs beside the project: the same version everywhere, too."""
BUILDERS = ("hatchling", "packaging", "pathspec", "pluggy", "setuptools", "trove-classifiers")
"""What builds this project and its one dependency that comes as source: isolated builds read a list of their own."""
NEVER = "'never'"
"""The marker by which pyproject.toml keeps second builds of a library out; such lines pin nothing."""


def read_pins(constraints: str) -> list[str]:
    """Return the requirements of the text of a constraints file, in its order."""
    return [line for line in constraints.splitlines() if line and not line.startswith("#")]


def mirrored(pyproject: str) -> list[str]:
    """Return the requirements that the text of pyproject.toml mirrors; none before the first time."""
    table: dict[str, Any] = tomllib.loads(pyproject)["tool"]["uv"]
    return list(table.get("constraint-dependencies", []))


def without_pins(pyproject: str) -> str:
    """Return the text of pyproject.toml without its pins: what a resolution with other versions starts from."""
    return re.sub(rf"{re.escape(BEGIN)}\n.*?{re.escape(END)}\n", "", pyproject, flags=re.DOTALL)


def with_pins(pyproject: str, pins: list[str]) -> str:
    """Return the text of pyproject.toml with these pins in place of the ones it has, at the end of `[tool.uv]`."""
    builders = [pin for pin in pins if canonicalize_name(Requirement(pin).name) in BUILDERS]
    lists = {"constraint-dependencies": pins, "build-constraint-dependencies": builders}
    tables = [f"{key} = [\n" + "".join(f'    "{pin}",\n' for pin in held) + "]\n" for key, held in lists.items()]
    block = "".join([BEGIN, "\n", *tables, END, "\n"])
    head, table, rest = without_pins(pyproject).partition("[tool.uv]\n")
    own, following, others = rest.partition("\n[")
    return head + table + own + block + following + others


def resolve(pyproject: str, kept: str = "") -> list[str]:
    """Ask the package index for the newest versions that fit together: dependencies, extras, tools of the tests.

    `kept`: the text of a constraints file whose versions stay.
    """
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "pyproject.toml").write_text(without_pins(pyproject), encoding="utf-8")
        Path(folder, "tools.in").write_text("\n".join(TOOLS), encoding="utf-8")
        Path(folder, "kept.txt").write_text(kept, encoding="utf-8")
        command = ["uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--all-extras"]
        command += ["--group", "dev", "--no-annotate", "--no-header", "-c", "kept.txt", "pyproject.toml", "tools.in"]
        told = subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout
    # pip takes no extras in a constraints file.
    lines = [re.sub(r"\[[^]]*\]", "", line) for line in told.splitlines() if line and NEVER not in line]
    return [str(Requirement(line)).replace('"', "'") for line in lines]


def main(arguments: list[str]) -> int:
    """Write both files, or compare them."""
    parser = argparse.ArgumentParser(prog="python -m scripts.house pins", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only compare the two, status 1 when they differ")
    parser.add_argument("--keep", action="store_true", help="add what is missing, leave every pinned version")
    options = parser.parse_args(arguments)
    table, file = ROOT / "pyproject.toml", ROOT / "constraints.txt"
    pyproject = table.read_text(encoding="utf-8")
    if options.check:
        same = pyproject == with_pins(pyproject, read_pins(file.read_text(encoding="utf-8")))
        print("the same" if same else "constraints.txt and pyproject.toml differ: uv run python -m scripts.house pins")
        return 0 if same else 1
    pins = resolve(pyproject, file.read_text(encoding="utf-8") if options.keep else "")
    file.write_text(HEADER + "\n".join(pins) + "\n", encoding="utf-8")
    table.write_text(with_pins(pyproject, pins), encoding="utf-8")
    print(f"{len(pins)} versions")
    return 0

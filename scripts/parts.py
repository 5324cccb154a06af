"""The entry of a package of scripts: `python -m scripts.PACKAGE PART ...`.

A part is a module with `main(arguments)`, which gets the words after the part's name and returns the exit status, or
nothing for 0. Only the part that is asked for is imported, so that one works where another's libraries are missing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module


@dataclass(frozen=True)
class Part:
    """One thing to run: its module below the package, and a line that says what it does."""

    module: str
    help: str


def run_part(package: str, parts: Mapping[str, Part], words: Sequence[str]) -> int:
    """Run the part that `words` begin with, and return its exit status; without words print the list of parts.

    `package` is the dotted name of the package that holds the parts. Ends the process with 2 at an unknown part.
    """
    parser = argparse.ArgumentParser(prog=f"python -m {package}", description=sys.modules[package].__doc__)
    listed = parser.add_subparsers(title="parts", dest="part", metavar="PART")
    for name, part in parts.items():
        listed.add_parser(name, help=part.help, add_help=False)
    name = parser.parse_args(words[:1]).part
    if name is None:
        parser.print_help()
        return 0
    status: int | None = import_module(f"{package}.{parts[name].module}").main(list(words[1:]))
    return status or 0

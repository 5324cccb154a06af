"""Blocks of lines that stand in the code more than once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from scripts.house.tree import Source

LEAST_LINES = 8


@dataclass(frozen=True)
class Block:
    """A run of lines that can be found elsewhere too: the module, its first line, and how many lines of code."""

    module: str
    line: int
    lines: int


def duplicate_blocks(modules: Iterable[Source], least: int = LEAST_LINES) -> list[Block]:
    """Return every run of at least so many lines of code that is not alone.

    Lines are compared without indentation; blank lines, comments and imports are passed over. Windows that overlap or
    touch make one block, and each place where it stands counts.
    """
    code = {one.name: _lines(one) for one in modules}
    places: defaultdict[tuple[str, ...], list[tuple[str, int]]] = defaultdict(list)
    for name, lines in code.items():
        for at in range(len(lines) - least + 1):
            places[tuple(text for _, text in lines[at : at + least])].append((name, at))
    repeated: defaultdict[str, set[int]] = defaultdict(set)
    for found in places.values():
        if len(found) > 1:
            for name, at in found:
                repeated[name] |= set(range(at, at + least))
    return [
        Block(name, code[name][run[0]][0], len(run))
        for name in sorted(repeated)
        for run in _runs(sorted(repeated[name]))
    ]


def _lines(module: Source) -> list[tuple[int, str]]:
    stripped = ((number, line.strip()) for number, line in enumerate(module.text.splitlines(), 1))
    return [(number, line) for number, line in stripped if line and not line.startswith(("#", "import ", "from "))]


def _runs(numbers: list[int]) -> list[list[int]]:
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs

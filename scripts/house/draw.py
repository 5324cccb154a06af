"""Draw the house into CONTRIBUTING.md: a picture of the layers of rooms, and tables of what each room is for.

    python -m scripts.house draw

Both are made from `[tool.importlinter]` in pyproject.toml, which `lint-imports` holds the code to, and from the first
paragraph of each room's docstring. Rooms within a room come in a second table, collapsed. What stands between the two
markers is written anew.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from itertools import pairwise

from scripts import ROOT
from scripts.house.arrows import House, houses

FILE = ROOT / "CONTRIBUTING.md"
BEGIN, END = "<!-- house: written by python -m scripts.house draw -->", "<!-- house: end -->"


def drawn(document: str, pictured: Sequence[House]) -> str:
    """Return the document with picture and tables between its markers. Raises ValueError without the markers."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"expected a line {BEGIN} and a line {END}")
    grounds, inner = [[one for one in pictured if ("." in one.package) is is_inner] for is_inner in (False, True)]
    parts = [picture(grounds), table(grounds), *([_collapsed(inner)] if inner else [])]
    body = "\n\n".join(parts)
    return f"{before}{BEGIN}\n{body}\n{END}{after}"


def picture(pictured: Sequence[House]) -> str:
    """Draw houses as a mermaid flowchart, a layer a row, imports pointing down."""
    lines = [line for one in pictured for line in _house(one)]
    names = [one.package for one in pictured]
    lines += [f"{above} --> {below}" for above, below in pairwise(names)]
    return "\n".join(["```mermaid", "flowchart TB", *(f"    {line}" for line in lines), "```"])


def _house(house: House) -> Iterator[str]:
    yield f"subgraph {house.package}"
    rows = [f"{house.package}_{number}" for number, _ in enumerate(house.layers)]
    for row, layer in zip(rows, house.layers, strict=True):
        yield f'    {row}["{" · ".join(room.name for room in layer)}"]'
    yield f"    {' --> '.join(rows)}"
    yield "end"


def table(pictured: Sequence[House]) -> str:
    """Write a row for each room, the upper ones first."""
    rows = [
        f"| `{house.package.replace('.', '/')}/{room.name}` | {room.job} |"
        for house in pictured
        for layer in house.layers
        for room in layer
    ]
    return "\n".join(["| room | what it is |", "|---|---|", *rows])


def _collapsed(inner: Sequence[House]) -> str:
    packages = ", ".join(f"<code>{one.package.replace('.', '/')}</code>" for one in inner)
    return f"<details><summary>The rooms within {packages}</summary>\n\n{table(inner)}\n\n</details>"


def main(arguments: list[str]) -> None:
    """Write CONTRIBUTING.md anew."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.house draw", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args(arguments)
    FILE.write_text(drawn(FILE.read_text("utf-8"), houses(ROOT)), "utf-8")

"""Print figures of the code, of this tree alone or beside an older commit.

    python -m scripts.house measure [--against COMMIT] [--decodes]

Of `vision` and `candidates`: modules and rooms, loose modules on the ground floor of `vision`, annotations
`dict[str, Any]` and the like, texts that stand in the code in both languages, duplicate blocks of eight lines and more,
the longest chain of imports; comments that silence a checker, also of scripts and tests. How each is counted stands in
`scripts/house/figures.py` and `duplicates.py`. `--decodes` also runs a check that is drawn and written as a page, on an
enlarged portrait and an enlarged group, and counts how often the photo is decoded (half a minute).
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scripts import ROOT
from scripts.house import figures
from scripts.house.duplicates import duplicate_blocks
from scripts.house.tree import BESIDE, sources, tree_of

SHOWN = {"portrait": "collins_peace.jpg", "group": "meeting.jpg"}
NOW = "now"


@dataclass(frozen=True)
class TreeFigures:
    """What was counted in one tree: name of the figure to value, and modules a room."""

    values: Mapping[str, str]
    rooms: Counter[str] = field(default_factory=Counter)


def measured(root: Path, photos: Mapping[str, Path]) -> TreeFigures:
    """Count everything in the tree at `root`; `photos` are those to count decodes with, by name."""
    product, beside = sources(root), sources(root, BESIDE)
    rooms = figures.rooms(product)
    pairs = figures.language_pairs(product)
    blocks = duplicate_blocks(product)
    try:
        chain = str(len(figures.longest_chain(product)))
    except ValueError:
        chain = "a circle"
    values = {
        "modules": str(len(product)),
        "rooms": str(len(rooms)),
        "loose modules in vision/": str(figures.loose_modules(product)),
        "dict annotations": str(figures.dict_annotations(product)),
        "inline language pairs": f"{len(pairs)} in {len({one.module for one in pairs})} modules",
        "suppressions": str(figures.suppressions(product)),
        "suppressions in scripts and tests": str(figures.suppressions(beside)),
        "longest import chain": chain,
        "duplicate blocks": f"{len(blocks)}, {sum(one.lines for one in blocks)} lines",
    }
    if photos:
        from scripts.house.decodes import decodes

        values |= {f"decodes a check, {name}": str(decodes(root, photo)) for name, photo in photos.items()}
    return TreeFigures(values, rooms)


def table(columns: Mapping[str, TreeFigures]) -> str:
    """Write what was counted, a tree a column: the figures, then the modules of each room."""
    lines = [["figure", *columns]]
    last = list(columns.values())[-1]
    lines += [[name, *(one.values[name] for one in columns.values())] for name in last.values]
    lines += [["", *("" for _ in columns)], ["modules a room", *columns]]
    for room in sorted(set().union(*(one.rooms for one in columns.values()))):
        lines.append([room, *(str(one.rooms[room] or "-") for one in columns.values())])
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def main(arguments: list[str]) -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.house measure",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--against", metavar="COMMIT", help="an older commit, printed beside this tree")
    parser.add_argument("--decodes", action="store_true", help="count how often a check decodes its photo as well")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        photos = _photos(Path(folder)) if options.decodes else {}
        columns = {}
        if options.against:
            with tree_of(options.against) as root:
                columns[options.against] = measured(root, photos)
        columns[NOW] = measured(ROOT, photos)
    print(table(columns))


def _photos(folder: Path) -> dict[str, Path]:
    from scripts.bench.check.photos import PHOTOS, make_photo

    return {name: make_photo(folder / source, PHOTOS / source) for name, source in SHOWN.items()}

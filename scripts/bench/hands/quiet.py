"""False alarms: photos in which nobody is known to show a sign, and the signs named in them.

The group photos are not labelled hand by hand: a few people do raise a hand or point, so the sheet is to be looked at.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from scripts.bench.hands.bench import ENGINE, HandsBenchmark, answer_line
from scripts.bench.hands.metric import NEGATIVE, QUIET, SETS_WITHOUT_NEGATIVES
from scripts.bench.hands.sheet import Tile, crop_around, write_sheet
from scripts.bench.hands.table import share, table
from vision.geometry import Box
from vision.media.photo import decode_full

GROUPS = ("wider_linzaer", "vhuman", "office", "sitcom_scenes", "politician_pairs")
STRANGERS = "lfw_strangers"


def report(bench: HandsBenchmark) -> None:
    """Print each sign and the shares by source; with `out`, leave the answers and a sheet of every such hand."""
    photos = quiet_photos(bench)
    for title, recipe in bench.titled():
        loud: Counter[str] = Counter()
        signs: Counter[str] = Counter()
        lines: list[str] = []
        rows: list[list[object]] = []
        tiles: list[Tile] = []
        for source, path in photos:
            hands = recipe(path)
            name = f"{path.parent.name}/{path.name}"
            lines.append(answer_line(name, hands))
            named = [hand for hand in hands if hand["pose"] not in QUIET]
            loud[source] += bool(named)
            signs[source] += len(named)
            pixels = decode_full(path) if named and bench.out is not None else None
            for hand in named:
                size = f"{max(hand['box'][2:]):.0f}"
                rows.append([f"{source}: {name}", hand["pose"], float(hand["pose_score"]), size])
                if pixels is not None:
                    caption = f"{hand['pose']} {hand['pose_score']:.2f}, {size} px"
                    tiles.append(Tile(crop_around(pixels, Box(*hand["box"]), 3), (name[-29:], caption)))
        print(table(["photo", "pose", "pose score", "hand px"], rows))
        print()
        print(_shares(Counter(source for source, _ in photos), loud, signs))
        bench.keep_lines("quiet", title, lines)
        if bench.out is not None:
            write_sheet(tiles, bench.out / ("quiet.jpg" if title == ENGINE else "quiet-plain.jpg"))


def quiet_photos(bench: HandsBenchmark) -> list[tuple[str, Path]]:
    """Return (source, photo) pairs: groups, everyday photos labelled as without a sign, portraits of strangers."""
    photos = [(path.parent.name, path) for path in bench.group_photos(*GROUPS)]
    for folder in sorted((bench.data / "hands").glob(f"*/{NEGATIVE}")):
        if folder.parent.name not in SETS_WITHOUT_NEGATIVES:
            photos += [(folder.parent.name, path) for path in sorted(folder.iterdir())]
    photos += [(STRANGERS, path) for path in sorted((bench.data / "faces" / STRANGERS).glob("*/*.jpg"))]
    return photos[:: bench.every]


def _shares(photos: Counter[str], loud: Counter[str], signs: Counter[str]) -> str:
    rows: list[list[object]] = [
        [source, count, loud[source], share(loud[source], count), signs[source], 100 * share(signs[source], count)]
        for source, count in photos.items()
    ]
    total = photos.total()
    rows.append(
        ["all", total, loud.total(), share(loud.total(), total), signs.total(), 100 * share(signs.total(), total)]
    )
    return table(["source", "photos", "with a sign", "share", "signs", "signs per 100"], rows)

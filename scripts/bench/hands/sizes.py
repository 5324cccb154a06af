"""How small a hand may be: people and raised hands put into group photos, by the hand's size in pixels.

`pasted` are photographs of one person with a sign, shrunk as a whole; `raised` are rendered arms beside real faces.
The engine's training has seen `subhih_hands` and hands of the same renderer, so `laptop_selfies` is the row to quote.
A sign is found when a hand's middle is within 0.6 hand sizes of its own, right when such a hand is called by its name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from scripts.bench.hands.bench import ENGINE, HandsBenchmark, answer_line
from scripts.bench.hands.hosts import Scene, open_hosts
from scripts.bench.hands.metric import SIZE_NAMES, PlacedSign, SignOutcome, judge, size_class
from scripts.bench.hands.pasted import SIGN_LABELS, find_people, paste_people
from scripts.bench.hands.plain_recipe import PlainHands
from scripts.bench.hands.raised import raise_hands
from scripts.bench.hands.sheet import Tile, crop_around, write_sheet
from scripts.bench.hands.table import share, table

PEOPLE = {"laptop_selfies": 1, "subhih_hands": 2}
"""Sets of half-body pictures, and every how manieth is taken."""

HOSTS = ("wider_linzaer", "vhuman")
_LEAST_HOST_SIDE = 1000
_SEED = 7


def report(bench: HandsBenchmark) -> None:
    """Print the tables, a group of columns a recipe; with `out`, leave the answers and a sheet of the signs."""
    by_recipe = outcomes(bench)
    signs = [outcome.sign for outcome in by_recipe[ENGINE]]
    print(f"{len(signs)} signs; shares of them found, named rightly, and called by another sign")
    sections: list[tuple[str, Callable[[PlacedSign], str], Sequence[str]]] = [
        ("hand px", lambda sign: size_class(sign.size_px), SIZE_NAMES),
        *(
            (f"{kind}, hand px", lambda sign, sources=sources: _in(sources, sign), SIZE_NAMES)
            for kind, sources in (("pasted", tuple(PEOPLE)), ("raised", HOSTS))
        ),
        ("source", lambda sign: sign.source, [*PEOPLE, *HOSTS]),
        ("raised, pose", lambda sign: sign.label if sign.source in HOSTS else "", sorted({s.label for s in signs})),
    ]
    for title, key, names in sections:
        print()
        print(by_group(by_recipe, title, key, names))


def outcomes(bench: HandsBenchmark) -> dict[str, list[SignOutcome]]:
    """Return what every recipe made of every sign; made once for a bench."""
    if "sizes" not in bench.kept:
        results: dict[str, list[SignOutcome]] = {title: [] for title in bench.recipes}
        lines: dict[str, list[str]] = {title: [] for title in bench.recipes}
        tiles: dict[str, list[Tile]] = {}
        for scene in _scenes(bench):
            for title, recipe in bench.recipes.items():
                hands = recipe.look(scene.pixels)
                lines[title].append(answer_line(scene.name, hands))
                results[title] += [judge(sign, hands) for sign in scene.signs]
            made = results[ENGINE][-len(scene.signs) :]
            tiles.setdefault(scene.name.split("-")[0], []).extend(_tile(scene, outcome) for outcome in made)
        for title in bench.recipes:
            bench.keep_lines("sizes", title, lines[title])
        if bench.out is not None:
            for kind, some in tiles.items():
                write_sheet(some, bench.out / f"sizes-{kind}.jpg")
        bench.kept["sizes"] = results
    return bench.kept["sizes"]


def by_group(
    by_recipe: dict[str, list[SignOutcome]], title: str, key: Callable[[PlacedSign], str], names: Sequence[str]
) -> str:
    """Return a table of found, right and wrong shares, a row a group that has signs."""
    head = [title, "signs"]
    for recipe in by_recipe:
        head += ["found" if recipe == ENGINE else f"{recipe}: found", "right", "wrong"]
    counts = Counter(key(outcome.sign) for outcome in next(iter(by_recipe.values())))
    rows: list[list[object]] = []
    for name in names:
        if counts[name]:
            row: list[object] = [name, counts[name]]
            for results in by_recipe.values():
                mine = [outcome for outcome in results if key(outcome.sign) == name]
                row += [share(sum(getattr(o, what) for o in mine), len(mine)) for what in ("found", "right", "wrong")]
            rows.append(row)
    return table(head, rows)


def _scenes(bench: HandsBenchmark) -> Iterator[Scene]:
    hosts = open_hosts(bench.group_photos(*HOSTS), bench.engine)
    plain = PlainHands()
    try:
        people = find_people(_people_pictures(bench.data / "hands", bench.every), bench.engine, plain)
    finally:
        plain.close()
    large = [host for host in hosts if max(host.pixels.shape) >= _LEAST_HOST_SIDE]
    return chain(paste_people(people, large, _SEED), raise_hands(hosts, _SEED, bench.every))


def _people_pictures(root: Path, every: int) -> list[Path]:
    chosen: list[Path] = []
    for name, step in PEOPLE.items():
        files = sorted(path for path in (root / name).glob("*/*") if path.parent.name in SIGN_LABELS)
        chosen += files[:: step * every]
    return chosen


def _in(sources: Sequence[str], sign: PlacedSign) -> str:
    return size_class(sign.size_px) if sign.source in sources else ""


def _tile(scene: Scene, outcome: SignOutcome) -> Tile:
    sign = outcome.sign
    verdict = "right" if outcome.right else "wrong" if outcome.wrong else "found" if outcome.found else "missed"
    return Tile(crop_around(scene.pixels, sign.box, 3), (f"{sign.label} {sign.size_px:.0f} px", verdict))

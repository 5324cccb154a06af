"""Print how many words on photos are found, by what they say and by their height, and what ordinary photos say.

    python -m scripts.bench text [DATA] [--lines 300] [--every 1]

Lines and numbers are drawn on the sample photos (`scripts/bench/text/drawn.py`). The people looked for are invented.
With DATA, the folder of labelled pictures, its group photos, everyday photos and portraits are read as well: nothing in
them is known to name any of these people, so what is found there is a false alarm but for real campaign material.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np

from candidates import Candidate, Role
from scripts import ROOT
from scripts.bench.check.timing import machine
from scripts.bench.text.drawn import Drawn, Pixels, with_line, with_number
from vision.errors import PhotoError
from vision.faces import FaceFinder
from vision.media.photo import open_photo
from vision.rules import Policy
from vision.rules.words import WordSearch
from vision.stages.words import Words, read_words
from vision.text import TextFinder

PEOPLE = (
    Candidate(id="budi", name="Dr. H. Budi Hartono Santoso, S.E.", role=Role.CANDIDATE, ballot_number=2),
    Candidate(id="siti", name="Hj. Siti Rahmawati", role=Role.RUNNING_MATE, ballot_number=2),
    Candidate(id="wayan", name="I Wayan Sudarma", role=Role.CANDIDATE, ballot_number=1),
)
LINES: dict[tuple[str, str | int], tuple[str, ...]] = {
    ("candidate", "budi"): ("BUDI HARTONO SANTOSO", "Dr. H. Budi Hartono Santoso, S.E.", "BUDI SANTOSO"),
    ("candidate", "siti"): ("Siti Rahmawati", "Hj. SITI RAHMAWATI, S.Pd."),
    ("candidate", "wayan"): ("I WAYAN SUDARMA",),
    ("number", 2): ("NOMOR URUT 2", "No. Urut 02", "COBLOS NO. 2", "PASLON 2"),
    ("party", "pks"): ("PKS",),
    ("party", "gerindra"): ("GERINDRA",),
    ("campaign", "coblos"): ("AYO COBLOS",),
}
HEIGHTS = (18, 24, 28, 32, 40, 56)
QUIET = ("groups/real_scenes/*", "groups/office", "groups/vhuman", "groups/wider_linzaer", "hands/*/other_negative")
PORTRAITS = "faces/lfw_strangers/*"


class Reading:
    """The text finder, the face finder and what is looked for."""

    def __init__(self) -> None:
        self.texts, self.faces = TextFinder(), FaceFinder()
        self.search = WordSearch(Policy.load().words, PEOPLE, {1, 2})
        self.seconds: list[float] = []

    def words(self, pixels: Pixels) -> Words:
        """Read one photo, and note how long the words took."""
        boxes = [face.box for face in self.faces.find(pixels)]
        began = time.perf_counter()
        words = read_words(self.texts, self.search, pixels, boxes)
        self.seconds.append(time.perf_counter() - began)
        return words

    def says(self, drawn: Drawn, means: str, what: str | int) -> bool:
        """Tell whether that is read."""
        return any(one.means.value == means and what in (one.key, one.number) for one in self.words(drawn.pixels).said)


def main(arguments: list[str]) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench text", description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, nargs="?", help="the folder of labelled pictures")
    parser.add_argument("--lines", type=int, default=300, help="how many lines are drawn")
    parser.add_argument("--every", type=int, default=1, help="of the ordinary photos, every n-th")
    chosen = parser.parse_args(arguments)
    print(machine())
    reading = Reading()
    photos = [open_photo(path).pixels for path in sorted((ROOT / "fixtures" / "photos").glob("*.jpg"))]
    _lines(reading, photos, chosen.lines)
    _numbers(reading, photos, chosen.lines // 3)
    print(f"words, a photo with a line: median {statistics.median(reading.seconds):.3f} s")
    if chosen.data is not None:
        _ordinary(reading, chosen.data, chosen.every)


def _lines(reading: Reading, photos: list[Pixels], count: int) -> None:
    chance = random.Random(5)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for _ in range(count):
        means, what = chance.choice(list(LINES))
        factor = chance.choice((1.0, 1.3, 1.6))
        photo = cv2.resize(chance.choice(photos), None, fx=factor, fy=factor)
        drawn = with_line(chance, photo, chance.choice(LINES[means, what]), chance.choice(HEIGHTS))
        read = reading.says(drawn, means, what)
        for row in (means, _height(drawn.height)):
            found[row].update(["all", *(["read"] if read else [])])
    for row, counted in sorted(found.items()):
        print(f"{row:12} {counted['read']:4} of {counted['all']}")


def _height(pixels: float) -> str:
    bounds = [bound for bound in (0, 18, 24, 32, 48) if pixels >= bound]
    return f"from {bounds[-1]} px"


def _numbers(reading: Reading, photos: list[Pixels], count: int) -> None:
    """Print how many numbers on shirts are read that somebody holds, and how many other numbers are left alone."""
    chance = random.Random(7)
    with_faces = [(photo, face.box) for photo in photos for face in reading.faces.find(photo)]
    told: Counter[str] = Counter()
    for _ in range(count):
        photo, face = chance.choice(with_faces)
        number = chance.choice(("1", "2", "01", "02", "7", "23"))
        words = reading.words(with_number(chance, photo, number, face).pixels)
        whose = "held" if int(number) in (1, 2) else "other"
        told.update([whose, *([f"{whose} read"] if any(one.number == int(number) for one in words.said) else [])])
    print(f"shirt number {told['held read']:4} of {told['held']}; of others {told['other read']} of {told['other']}")


def _ordinary(reading: Reading, data: Path, every: int) -> None:
    for title, folders in (("ordinary", QUIET), ("portraits", (PORTRAITS,))):
        reading.seconds.clear()
        loud, count = [], 0
        for path in list(_pictures(data, folders))[::every]:
            try:
                words = reading.words(open_photo(path).pixels)
            except PhotoError:
                continue
            count += 1
            if words.said:
                told = ", ".join(f"{one.means.value} {one.quote}" for one in words.said)
                loud.append(f"  {path.parent.name}/{path.name}: {told}")
        median, most = np.quantile(reading.seconds, (0.5, 0.9))
        print(f"{title}: {len(loud)} of {count} say something; words {median:.3f} s a photo, 90% {most:.3f} s")
        print(*loud, sep="\n")


def _pictures(data: Path, folders: Iterable[str]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted(data.glob(f"{folder}/*")):
            if path.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp"):
                yield path

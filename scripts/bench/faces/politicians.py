"""The real gallery case: Indonesian public figures from one portrait each, in press photos and among strangers."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from candidates import Gallery, Index, Match, Strength, import_table
from scripts.bench.faces.vectors import Vectors
from vision.enrolment.reference import Enroller
from vision.faces import MODEL_ID, FaceEmbedder, FaceFinder
from vision.media.photo import open_photo

SHOWN = {
    "anies": "Anies Baswedan",
    "ganjar": "Ganjar Pranowo",
    "gibran": "Gibran Rakabuming",
    "jokowi": "Joko Widodo",
    "mahfud": "Mahfud MD",
    "maruf": "Maruf Amin",
    "muhaimin": "Muhaimin Iskandar",
    "prabowo": "Prabowo Subianto",
    "sandi": "Sandiaga Uno",
}
"""How the files of `groups/politician_pairs` call the people who are in them."""


def one_portrait_each(folder: Path) -> dict[str, list[Path]]:
    """Return name → one portrait of everybody in `faces/politicians`; one cut from another photo only if need be."""
    return {
        person.name.replace("_", " "): sorted(person.iterdir(), key=lambda path: (path.stem.endswith("_crop"), path))[
            :1
        ]
        for person in sorted(folder.iterdir())
    }


@contextmanager
def enrolled(portraits: dict[str, list[Path]]) -> Iterator[Index]:
    """Register people as the product does, from a table; give the index of everybody."""
    with tempfile.TemporaryDirectory() as folder:
        table, path = Path(folder, "people.csv"), Path(folder, "gallery.db")
        with table.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["name", "role", "photos"])
            rows.writerows([name, "candidate", "|".join(map(str, paths))] for name, paths in portraits.items())
        with Enroller() as enroller, Gallery.open(path, create=True) as gallery:
            report = import_table(gallery, table, enroller.describe, model_id=MODEL_ID)
            if report.rejected:
                raise SystemExit(f"not registered: {[(row.name, row.reason) for row in report.problems]}")
            index = Index.from_gallery(gallery, model_id=MODEL_ID)
    yield index


class Namer:
    """Names the faces of a photo as a check does."""

    def __init__(self, finder: FaceFinder) -> None:
        self._finder = finder
        self._embedder = FaceEmbedder()

    def matches(self, index: Index, photo: Path) -> list[Match]:
        """Return the matches of a photo's faces."""
        return [match for match in index.match(self.vectors(index, photo)) if match is not None]

    def vectors(self, index: Index, photo: Path) -> Vectors:
        """Return the vectors of a photo's faces."""
        pixels = open_photo(photo).pixels
        faces = self._finder.find(pixels)
        vectors = self._embedder.embed(pixels, faces)
        if near := index.worth_a_closer_look(vectors):
            vectors[near] = self._embedder.embed_carefully(pixels, [faces[at] for at in near])
        return vectors


def report(data: Path) -> None:
    """Print who is found in the pairs, and how many strangers are taken for somebody. `data` holds faces and groups."""
    with FaceFinder() as finder, enrolled(one_portrait_each(data / "faces/politicians")) as index:
        namer = Namer(finder)
        there, right, wrong = 0, 0, 0
        for photo in sorted((data / "groups/politician_pairs").iterdir()):
            expected = {SHOWN[part] for part in photo.stem.split("_")[1:]}
            named = {match.candidate.name for match in namer.matches(index, photo)}
            there, right, wrong = there + len(expected), right + len(expected & named), wrong + len(named - expected)
        print(
            f"\n{len(index)} public figures, one portrait each: {right} of {there} found in pairs, {wrong} wrong names"
        )
        _tell_groups(data / "groups", index, namer)
        photos = sorted(path for person in (data / "faces/lfw_strangers").iterdir() for path in person.iterdir())
        _tell_strangers(photos, [namer.matches(index, photo) for photo in photos])


def _tell_groups(groups: Path, index: Index, namer: Namer) -> None:
    """Print the names told of people in group photos who are nobody of them."""
    photos = sorted(path for path in groups.glob("*/*.jpg") if path.parent.name != "politician_pairs")
    vectors = [namer.vectors(index, path) for path in photos]
    named = sum(match is not None for own in vectors for match in index.match(own))
    print(f"{len(photos)} group photos of others with {sum(map(len, vectors))} faces: {named} named")


def _tell_strangers(photos: Sequence[Path], named: Sequence[Sequence[Match]]) -> None:
    # One of the public figures is among the strangers' photos as well.
    wrong = [
        (photo.stem, match)
        for photo, matches in zip(photos, named, strict=True)
        for match in matches
        if match.candidate.name.replace(" ", "_") not in photo.stem
    ]
    strong = [photo for photo, match in wrong if match.strength is Strength.STRONG]
    print(f"{len(photos)} photos of strangers: {len(wrong)} possible or strong names, {len(strong)} of them strong")
    for photo, match in sorted(wrong, key=lambda pair: pair[1].distance):
        print(f"  {photo}: {match.candidate.name}, {match.strength}, {match.distance:.3f}")

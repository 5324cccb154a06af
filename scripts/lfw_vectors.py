"""Vectors of the people of a folder of photos (`<person>/<photo>`), computed once and kept in a cache folder.

Shared by the scripts that measure matching. The cache holds vectors of faces: keep it in a temporary place and delete
it afterwards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from candidates.cohort import Cohort, distances_between
from vision.faces import MODEL_ID, Face, FaceEmbedder, FaceFinder
from vision.photo import open_photo

Vectors = NDArray[np.float32]
REFERENCES = 3
"""Photos that stand for an enrolled person; the others of that person are probes."""


def face_of_subject(faces: tuple[Face, ...], size_wh: tuple[int, int]) -> Face | None:
    """Return the face nearest to the middle: the one that a photo in a person's folder is about."""
    middle = size_wh[0] / 2, size_wh[1] / 2
    return min(faces, key=lambda face: abs(face.box.center_xy[0] - middle[0]), default=None)


def vectors_of(people: Iterable[Path]) -> dict[str, Vectors]:
    """Return person to (n, 128) vectors for every photo with a face in these folders, one a person."""
    names, vectors = zip(*_computed(_photos(people)), strict=True)
    return _grouped(np.array(names), np.stack(vectors))


def vectors_by_person(directory: Path, cache: Path) -> dict[str, Vectors]:
    """Return the `vectors_of` all folders in a directory, from the cache if they are there.

    Raises SystemExit when the directory holds no photos.
    """
    photos = _photos(directory.iterdir())
    if not photos:
        raise SystemExit(f"no photos in {directory}")
    key = hashlib.sha256("\n".join([MODEL_ID, *(str(photo) for _, photo in photos)]).encode()).hexdigest()[:16]
    stored = cache / f"vectors-{key}.npz"
    if stored.exists():
        with np.load(stored) as arrays:
            return _grouped(arrays["people"], arrays["vectors"])
    people, vectors = zip(*_computed(photos), strict=True)
    cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    np.savez(stored, people=np.array(people), vectors=np.stack(vectors))
    return _grouped(np.array(people), np.stack(vectors))


def _photos(people: Iterable[Path]) -> list[tuple[str, Path]]:
    return [(person.name, photo) for person in sorted(people) for photo in sorted(person.iterdir())]


def _computed(photos: list[tuple[str, Path]]) -> Iterator[tuple[str, Vectors]]:
    embedder = FaceEmbedder()
    with FaceFinder() as finder:
        for person, path in photos:
            pixels = open_photo(path).pixels
            face = face_of_subject(finder.find(pixels), (pixels.shape[1], pixels.shape[0]))
            if face is not None:
                yield person, embedder.embed(pixels, [face])[0]


def _grouped(people: NDArray[np.str_], vectors: Vectors) -> dict[str, Vectors]:
    return {str(name): vectors[people == name] for name in np.unique(people)}


def half(people: Mapping[str, Vectors], *, held_out: bool) -> dict[str, Vectors]:
    """Return every second person by name: one half fits, the other, held out, judges."""
    return {name: people[name] for name in sorted(people)[int(held_out) :: 2]}


def least_distances(probes: Vectors, references: list[Vectors], cohort: Cohort | None = None) -> NDArray[np.float64]:
    """Return (probes, people): each probe's distance to the nearest reference of each person.

    The distance is L2, normalised as `candidates.matching` does it where a cohort is given.
    """
    starts = np.cumsum([0, *(len(own) for own in references[:-1])])
    every = distances_between(probes, np.concatenate(references), cohort)
    best: NDArray[np.float64] = np.minimum.reduceat(every, starts, axis=1)
    return best

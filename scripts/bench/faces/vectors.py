"""Vectors of the people of a folder of photos (`<person>/<photo>`), computed once and kept in a cache folder.

Shared by the scripts that measure matching. The cache holds vectors of faces: keep it in a temporary place and delete
it afterwards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from candidates.search.distances import distances_between
from vision.faces import DlibEmbedder, Face, FaceEmbedder, FaceFinder
from vision.faces.alignment import face_chip
from vision.media.photo import open_photo
from vision.models import recorded_sums

Vectors = NDArray[np.float32]
REFERENCES = 3
"""Photos that stand for an enrolled person; the others of that person are probes."""


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """The faces of one person's photos, in the order of the files.

    `quick`, `careful` : (n, d) float32, the vectors of one look and of several; `plain`, `dlib` : (n, 128) float32,
    what `face_recognition` gives, and the product's engine of that name; `poor` : (n,) bool, which show poorly.
    """

    quick: Vectors
    careful: Vectors
    plain: Vectors
    dlib: Vectors
    poor: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.quick)

    def __getitem__(self, which: slice | NDArray[np.int64]) -> Faces:
        return Faces(self.quick[which], self.careful[which], self.plain[which], self.dlib[which], self.poor[which])


People = Mapping[str, Faces]


def joined(parts: Iterable[Faces]) -> Faces:
    """Return the faces of all parts as one."""
    columns = zip(*((one.quick, one.careful, one.plain, one.dlib, one.poor) for one in parts), strict=True)
    return Faces(*(np.concatenate(column) for column in columns))


class Describer:
    """Describes faces with every network that is compared."""

    def __init__(self) -> None:
        self._embedder, self._dlib = FaceEmbedder(), DlibEmbedder()

    def describe(self, pixels: NDArray[np.uint8], faces: list[Face]) -> Faces:
        """Return the faces of a photo (height, width, 3) uint8 RGB in the order that they have."""
        return Faces(
            self._embedder.embed(pixels, faces),
            self._embedder.embed_carefully(pixels, faces),
            self._dlib.network([face_chip(pixels, face.landmarks_xy) for face in faces]),
            self._dlib.embed(pixels, faces),
            np.array([bool(face.quality.flaws) for face in faces], np.bool_),
        )


def face_of_subject(faces: tuple[Face, ...], size_wh: tuple[int, int]) -> Face | None:
    """Return the face that a photo in a person's folder is about: large, and near the middle."""
    middle = size_wh[0] / 2

    def rank(face: Face) -> float:
        return face.box.width * (1.0 - abs(face.box.center_xy[0] - middle) / size_wh[0])

    return max(faces, key=rank, default=None)


def people_of(directory: Path, cache: Path, people: Iterable[Path] | None = None) -> dict[str, Faces]:
    """Return whose faces the sub-folders of a directory show, by person, from the cache if they are there.

    `people` : only these sub-folders. Raises SystemExit when there are no photos.
    """
    folders = sorted(directory.iterdir()) if people is None else people
    photos = [(person.name, photo) for person in folders for photo in sorted(person.iterdir())]
    if not photos:
        raise SystemExit(f"no photos in {directory}")
    made_by = [*sorted(recorded_sums().items()), *(str(photo) for _, photo in photos)]
    stored = cache / f"faces-{hashlib.sha256(repr(made_by).encode()).hexdigest()[:16]}.npz"
    if not stored.exists():
        people, faces = zip(*_described(photos), strict=True)
        every = joined(faces)
        cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        np.savez(stored, people=np.array(people), **{name: getattr(every, name) for name in Faces.__slots__})
    with np.load(stored) as arrays:
        every, owners = Faces(*(arrays[name] for name in Faces.__slots__)), arrays["people"]
    return {
        str(name): Faces(*(getattr(every, part)[owners == name] for part in Faces.__slots__))
        for name in np.unique(owners)
    }


def _described(photos: list[tuple[str, Path]]) -> Iterator[tuple[str, Faces]]:
    describer = Describer()
    with FaceFinder() as finder:
        for person, path in photos:
            pixels = open_photo(path).pixels
            face = face_of_subject(finder.find(pixels), (pixels.shape[1], pixels.shape[0]))
            if face is not None:
                yield person, describer.describe(pixels, [face])


def half(people: People, *, held_out: bool) -> dict[str, Faces]:
    """Return every second person by name: one half fits, the other, held out, judges."""
    return {name: people[name] for name in sorted(people)[int(held_out) :: 2]}


def least_distances(probes: Vectors, references: list[Vectors]) -> NDArray[np.float64]:
    """Return (probes, people): each probe's L2 distance to the nearest reference of each person."""
    starts = np.cumsum([0, *(len(own) for own in references[:-1])])
    every = distances_between(probes, np.concatenate(references))
    best: NDArray[np.float64] = np.minimum.reduceat(every, starts, axis=1)
    return best

"""A gallery's templates as arrays, ready to be searched: made in memory, or for large galleries mapped from a file.

The file lies beside the gallery and belongs to it by a token that the gallery holds. Whatever changes templates takes
back the token and removes the file before it is committed, so a removed person's templates are in neither; a process
killed in between leaves a gallery without the file, whose arrays are then made in memory.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import compress, islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from candidates.errors import GalleryUnreadableError
from candidates.messages import say
from candidates.people import Reference
from candidates.search.radius import RangeSearch, Screen
from candidates.storage.arrays_file import ArraysFile, writing_arrays
from candidates.storage.store import VECTORS, GalleryFile

WORTH_A_FILE = 20_000
"""From so many templates arrays are kept in a file: making them takes 0.3 s (python -m scripts.bench gallery)."""

GATHERED_PART = 0.1
"""Where a smaller part of the templates is in scope, they are gathered in arrays of their own. Gathering a tenth of 1.5
million takes 0.4 s and makes a search four times as short, a quarter 1.1 s and three times; a larger part is searched
where it lies."""

_FORMAT = 2
_ROWS_AT_ONCE = 8192
_SCREEN = ("middle", "axes", "columns")

Rows = Iterable[tuple[str, bytes]]


class Nearest(NamedTuple):
    """People near a face, sorted by probe, then person: index of the probe, index in `Vectors.ids`, distance.

    The distance is that of the person's nearest reference.
    """

    probe: NDArray[np.int64]
    person: NDArray[np.int64]
    distance: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """The templates of one face model. Read-only, so threads may share them.

    `ids` : the people with a template, sorted. `starts` : (people,) int64, each one's first row in the matrix of
    `search`, (n, d) float32.
    `allowed` : (people,) bool, who may be found, and `allowed_rows` : (n,) bool, their rows; None is everybody.
    `is_mapped` : whether the arrays lie in a file.
    """

    ids: Sequence[str]
    starts: NDArray[np.int64]
    search: RangeSearch
    allowed: NDArray[np.bool_] | None = None
    allowed_rows: NDArray[np.bool_] | None = None
    is_mapped: bool = False

    @classmethod
    def of_references(cls, references: Iterable[Reference]) -> Vectors:
        """Make the arrays of references, in any order; all of one length."""
        ordered = sorted(references, key=lambda r: (r.person, r.photo_sha256, r.id))
        matrix = np.stack([r.embedding for r in ordered]) if ordered else np.empty((0, 1), np.float32)
        return cls._made([r.person for r in ordered], matrix)

    @classmethod
    def of_store(cls, store: GalleryFile, *, only: frozenset[str] | None = None) -> Vectors:
        """Map the gallery's arrays, or make them where there is no file that fits; `only` these people's.

        All its templates must come from one face model. Raises `GalleryUnreadableError` when their lengths differ.
        """
        if mapped := _mapped(store):
            return mapped if only is None else mapped.limited_to(only)
        rows = ((person, vector) for person, vector in _template_rows(store) if only is None or person in only)
        matrix = np.empty(_shape(store), np.float32)
        owners = _filled(matrix, rows)
        return cls._made(owners, matrix[: len(owners)])

    @classmethod
    def _made(cls, owners: Sequence[str], matrix: NDArray[np.float32]) -> Vectors:
        ids, starts = _people(owners)
        return cls(ids, starts, RangeSearch.build(matrix))

    def __len__(self) -> int:
        return len(self.ids) if self.allowed is None else int(np.count_nonzero(self.allowed))

    @property
    def size(self) -> int:
        """How many numbers an embedding has (1 where there is none)."""
        return int(self.search.matrix.shape[1])

    @property
    def reference_counts(self) -> NDArray[np.int64]:
        """How many references each of those who may be found has."""
        counts = np.diff(self.starts, append=len(self.search.matrix))
        return counts if self.allowed is None else counts[self.allowed]

    def limited_to(self, people: frozenset[str]) -> Vectors:
        """Return the arrays with which only these people are found."""
        wanted = np.fromiter((one in people for one in self.ids), np.bool_, len(self.ids))
        if self.allowed is not None:
            wanted &= self.allowed
        if wanted.all():
            return self
        counts = np.diff(self.starts, append=len(self.search.matrix))
        wanted_rows = np.repeat(wanted, counts)
        rows = np.flatnonzero(wanted_rows)
        if len(rows) >= GATHERED_PART * len(wanted_rows):
            return replace(self, allowed=wanted, allowed_rows=wanted_rows)
        return Vectors(
            ids=list(compress(self.ids, wanted)),
            starts=np.append(0, np.cumsum(counts[wanted]))[:-1],
            search=RangeSearch.build(self.search.matrix[rows]),
        )

    def near(self, probes: NDArray[np.float32], limit: NDArray[np.float64]) -> Nearest:
        """Return everybody at most so far from the faces: `probes` (m, d) float32, `limit` (m,) float64 each one's.

        Exact: the distances are computed in float64 and do not depend on what other probes there are. A probe that is
        not a number is near nobody.
        """
        if not self.ids:
            return Nearest(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
        if probes.ndim != 2 or probes.shape[1] != self.size:
            raise ValueError(f"probes must be (m, {self.size}), got {probes.shape}")
        return self._best(*self.search.within(probes, limit, allowed=self.allowed_rows))

    def _best(self, probe: NDArray[np.int64], row: NDArray[np.int64], distance: NDArray[np.float64]) -> Nearest:
        """Return each person's nearest row; the pairs come sorted by probe and row, so by person as well."""
        person = np.searchsorted(self.starts, row, side="right") - 1
        firsts = np.flatnonzero((np.diff(probe, prepend=-1) != 0) | (np.diff(person, prepend=-1) != 0))
        best = np.minimum.reduceat(distance, firsts) if len(firsts) else distance
        return Nearest(probe[firsts], person[firsts], best)


def keep(store: GalleryFile) -> bool:
    """Write the gallery's arrays into the file beside it, if it is large enough and the file is not there yet.

    Other writers wait meanwhile. All its templates must come from one face model. Returns whether there is a file that
    fits; a disk without room for one is no error.
    """
    with store.transaction():
        rows, size = _shape(store)
        if rows < WORTH_A_FILE:
            store.forget_vectors()
            return False
        if _mapped(store):
            return True
        store.forget_vectors()
        token = secrets.token_hex(16)
        try:
            with writing_arrays(store.vectors_path, {"format": _FORMAT, "token": token}) as file:
                matrix = file.array("matrix", (rows, size), "<f4")
                owners = _filled(matrix, _template_rows(store))
                ids, starts = _people(owners)
                file.put("ids", np.frombuffer(json.dumps(ids).encode(), np.uint8))
                file.put("starts", starts)
                screen = Screen.build(matrix, lambda shape: file.array("columns", shape, "<f4"))
                file.put("middle", screen.middle)
                file.put("axes", screen.axes)
        except OSError:
            return False
        store.note(VECTORS, token)
    return True


def _mapped(store: GalleryFile) -> Vectors | None:
    """Map the file beside the gallery, if it is the one that the gallery's token means and of today's format."""
    token = store.noted(VECTORS)
    file = ArraysFile.read(store.vectors_path) if token else None
    if file is None or file.facts != {"format": _FORMAT, "token": token}:
        return None
    arrays = file.arrays
    search = RangeSearch(arrays["matrix"], Screen(*(arrays[name] for name in _SCREEN)))
    return Vectors(json.loads(arrays["ids"].tobytes()), arrays["starts"], search, is_mapped=True)


def _shape(store: GalleryFile) -> tuple[int, int]:
    ((rows,),) = store.rows("SELECT count(*) FROM templates")
    length = store.rows("SELECT length(embedding) FROM templates LIMIT 1")
    return int(rows), int(length[0][0]) // 4 if length else 1


def _template_rows(store: GalleryFile) -> Iterator[tuple[str, bytes]]:
    return store.stream("SELECT person, embedding FROM templates ORDER BY person, photo_sha256, id")


def _filled(matrix: NDArray[np.float32], rows: Rows) -> list[str]:
    """Write the rows' embeddings into the matrix, a few at a time; return whose they are."""
    owners: list[str] = []
    coming = iter(rows)
    while some := list(islice(coming, _ROWS_AT_ONCE)):
        if {len(vector) for _, vector in some} != {matrix.shape[1] * 4}:
            raise GalleryUnreadableError(say("matching.vectors.gallery_templates_are_not_of"))
        part = np.frombuffer(b"".join(vector for _, vector in some), "<f4").reshape(len(some), -1)
        matrix[len(owners) : len(owners) + len(some)] = part
        owners += [person for person, _ in some]
    return owners


def _people(owners: Sequence[str]) -> tuple[list[str], NDArray[np.int64]]:
    starts = [row for row, owner in enumerate(owners) if row == 0 or owner != owners[row - 1]]
    return [owners[row] for row in starts], np.array(starts, np.int64)

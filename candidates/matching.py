"""Which registered person a face is: exact nearest-reference search with cuts that follow the gallery's size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from candidates.calibration import Calibration
from candidates.cohort import Cohort
from candidates.errors import GalleryModelMismatchError
from candidates.people import EMBEDDING_SIZE, Candidate, Reference, Role

if TYPE_CHECKING:
    from candidates.gallery import Gallery

POSSIBLE_FALSE_ALARMS = 0.015
"""Share of strangers' faces that may be named a `possible` match, whatever the gallery's size."""

STRONG_FALSE_ALARMS = 0.003
"""Share of strangers' faces that may be named a `strong` match."""

FAMILY_SHARE = 1 / 3
"""Relatives get this part of both shares: they look like one another and like the candidate, and few are posed with."""

POSSIBLE_DISTANCES = (0.40, 0.60)
STRONG_DISTANCES = (0.36, 0.55)
"""Bounds of the cuts (L2). 0.6 is dlib's own limit; two strangers at 0.42 have been reported, so strong ends well
under it. The lower bounds keep an own face recognisable in very large galleries; `false_alarm_rate` tells the price."""

_PROBES_AT_ONCE = 256
_ROUNDING = 2e-3  # float32 error of |a|² + |b|² - 2ab near the cuts, as a distance, with room to spare


class Strength(StrEnum):
    """How much a match may carry: a strong one can flag, a possible one asks for another look."""

    STRONG = "strong"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Match:
    """A face and the registered person it is taken for.

    `distance` : L2 to the nearest of the person's references, normalised where the calibration is (`cohort`).
    `similarity` : 1 - distance, at least 0; for display, not a probability. `threshold` : the largest distance at
    which this person gets this strength.
    `false_alarm_rate` : expected share of strangers' faces that come this close to anyone in scope.
    """

    candidate: Candidate
    distance: float
    similarity: float
    threshold: float
    strength: Strength
    false_alarm_rate: float


@dataclass(frozen=True, slots=True)
class Cuts:
    """The largest distances (L2) at which a face is named, for one kind of person in a gallery of one size."""

    strong: float
    possible: float

    @classmethod
    def for_people(cls, people: int, calibration: Calibration, *, share: float = 1.0) -> Cuts:
        """Return the cuts for `people` in scope; `share` (0..1) scales the allowed false alarms."""
        possible = calibration.cut(POSSIBLE_FALSE_ALARMS * share, people)
        strong = calibration.cut(STRONG_FALSE_ALARMS * share, people)
        return cls(float(np.clip(strong, *STRONG_DISTANCES)), float(np.clip(possible, *POSSIBLE_DISTANCES)))


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """The people in scope, ready to be matched. Read-only, so threads may share it.

    `people` : those with a reference, in the order of their ids. `matrix` : (references, 128) float32, contiguous,
    the references of one person in adjacent rows; `norms` : (references,) float32, their squared lengths.
    `starts` : (people,) int64, each person's first row; `limits` : (people,) float64, each person's possible cut.
    `cohort` normalises the distances if the calibration was measured so; `statistics` : (references, 2) float64.
    """

    people: tuple[Candidate, ...]
    matrix: NDArray[np.float32]
    norms: NDArray[np.float32]
    starts: NDArray[np.int64]
    limits: NDArray[np.float64]
    calibration: Calibration
    cuts: Cuts
    family_cuts: Cuts
    cohort: Cohort | None
    statistics: NDArray[np.float64]

    @classmethod
    def build(
        cls,
        people: Iterable[Candidate],
        references: Iterable[Reference],
        *,
        model_id: str,
        in_scope_ids: frozenset[str] | None = None,
        calibration: Calibration | None = None,
    ) -> Index:
        """Index the references of the people in scope (None: of everybody).

        `model_id` is the face model that the probes will come from; `calibration` None takes the shipped one.
        Raises `GalleryModelMismatchError` when a reference in scope comes from another model, `CalibrationError`
        when the calibration does.
        """
        wanted = {p.id: p for p in people if in_scope_ids is None or p.id in in_scope_ids}
        rows = sorted((r for r in references if r.person in wanted), key=lambda r: (r.person, r.photo_sha256, r.id))
        foreign = sorted({r.model_id for r in rows} - {model_id})
        if foreign:
            raise GalleryModelMismatchError(
                f"Galeri dibuat dengan model wajah «{', '.join(foreign)}», yang dipakai sekarang «{model_id}».",
                f"The gallery was made with the face model “{', '.join(foreign)}”, in use now is “{model_id}”.",
            )
        owners = [r.person for r in rows]
        starts = [i for i, owner in enumerate(owners) if i == 0 or owner != owners[i - 1]]
        matrix = np.array([r.embedding for r in rows], dtype=np.float32).reshape(len(rows), EMBEDDING_SIZE)
        table = calibration or Calibration.load(model_id=model_id)
        kept = tuple(wanted[owners[i]] for i in starts)
        cuts, family_cuts = Cuts.for_people(len(kept), table), Cuts.for_people(len(kept), table, share=FAMILY_SHARE)
        cohort = Cohort.shipped(model_id) if table.normalised else None
        limits = [family_cuts.possible if p.role is Role.FAMILY else cuts.possible for p in kept]
        return cls(
            people=kept,
            matrix=matrix,
            norms=np.einsum("ij,ij->i", matrix, matrix),
            starts=np.array(starts, dtype=np.int64),
            limits=np.array(limits, dtype=np.float64),
            calibration=table,
            cuts=cuts,
            family_cuts=family_cuts,
            cohort=cohort,
            statistics=cohort.statistics(matrix) if cohort else np.empty((len(matrix), 2)),
        )

    @classmethod
    def from_gallery(
        cls,
        gallery: Gallery,
        *,
        model_id: str,
        in_scope_ids: frozenset[str] | None = None,
        calibration: Calibration | None = None,
    ) -> Index:
        """Index an open gallery; the rest as in `build`."""
        return cls.build(
            gallery.people(),
            gallery.references(),
            model_id=model_id,
            in_scope_ids=in_scope_ids,
            calibration=calibration,
        )

    def __len__(self) -> int:
        return len(self.people)

    def match(self, embeddings: NDArray[np.float32]) -> tuple[Match | None, ...]:
        """Name the faces of ONE photo: `embeddings` is (n, 128) float32, one row a face.

        Returns one `Match` or None a face, in order. A face has at most one person and a person at most one face:
        the closest pairs are settled first. Equal distances go to the earlier face, then to candidates before
        relatives, then to the earlier id, so the answer never depends on chance.
        """
        probes = np.asarray(embeddings, dtype=np.float32)
        if probes.ndim != 2 or probes.shape[1] != EMBEDDING_SIZE:
            raise ValueError(f"embeddings must be (n, {EMBEDDING_SIZE}), got {probes.shape}")
        answers: list[Match | None] = [None] * len(probes)
        taken: set[int] = set()
        pairs = sorted(self._pairs_within_cuts(probes))
        for distance, face, _, person in pairs:
            if answers[face] is None and person not in taken:
                answers[face] = self._named(person, distance)
                taken.add(person)
        return tuple(answers)

    def _pairs_within_cuts(self, probes: NDArray[np.float32]) -> list[tuple[float, int, bool, int]]:
        """Return (distance, face, is family, person) of all pairs within the person's possible cut."""
        if not self.people:
            return []
        found: list[tuple[float, int, bool, int]] = []
        for first in range(0, len(probes), _PROBES_AT_ONCE):
            some = probes[first : first + _PROBES_AT_ONCE]
            squares = np.einsum("ij,ij->i", some, some)[:, None] + self.norms - 2 * (some @ self.matrix.T)
            distances = np.sqrt(np.maximum(squares, 0.0))
            # One by one, since the products round differently in other company.
            statistics = [self.cohort.statistics(probe[None]) for probe in some] if self.cohort else None
            if self.cohort and statistics:
                distances = self.cohort.normalised(distances, np.concatenate(statistics), self.statistics)
            nearest = np.minimum.reduceat(distances, self.starts, axis=1)
            # A NaN probe compares false: a broken embedding names nobody.
            near = nearest <= self.limits + _ROUNDING
            for face, person in np.argwhere(near).tolist():
                # The product above rounds differently for other batch sizes; the settled distance must not.
                distance = self._exact_distance(some[face], person, statistics[face] if statistics else None)
                if distance <= self.limits[person]:
                    is_family = self.people[person].role is Role.FAMILY
                    found.append((distance, first + face, is_family, person))
        return found

    def _exact_distance(self, probe: NDArray[np.float32], person: int, statistics: NDArray[np.float64] | None) -> float:
        last = self.starts[person + 1] if person + 1 < len(self.people) else len(self.matrix)
        own = slice(self.starts[person], last)
        distances = np.sqrt(((self.matrix[own].astype(np.float64) - probe.astype(np.float64)) ** 2).sum(axis=1))
        if self.cohort and statistics is not None:
            distances = self.cohort.normalised(distances[None], statistics, self.statistics[own])[0]
        return float(distances.min())

    def _cuts_of(self, person: Candidate) -> Cuts:
        return self.family_cuts if person.role is Role.FAMILY else self.cuts

    def _named(self, person: int, distance: float) -> Match:
        candidate = self.people[person]
        cuts = self._cuts_of(candidate)
        is_strong = distance <= cuts.strong
        return Match(
            candidate=candidate,
            distance=distance,
            similarity=max(0.0, 1.0 - distance),
            threshold=cuts.strong if is_strong else cuts.possible,
            strength=Strength.STRONG if is_strong else Strength.POSSIBLE,
            false_alarm_rate=float(self.calibration.false_alarm_rate(distance, len(self.people))),
        )

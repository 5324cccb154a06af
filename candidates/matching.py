"""Which registered person a face is: exact nearest-reference search with cuts that follow from what is compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from candidates.calibration import FALSE_ALARMS, Calibration, Cuts
from candidates.errors import GalleryModelMismatchError
from candidates.people import Candidate, Reference, Role

if TYPE_CHECKING:
    from candidates.gallery import Gallery

FAMILY_SHARE = 1 / 3
"""Relatives get this part of the false alarms: they look like one another and like the candidate, and few are posed
with. It moves their cuts closer by about 0.02."""

POOR_SHARE = 1 / 3
"""Faces that show poorly get this part of the false alarms, and never a strong match: of the faces of 16 px that come
within the ordinary cut, strangers are as many as of clear ones, but one's own are a quarter fewer."""

MARGIN, KIN_MARGIN = 0.03, 0.08
"""A match whose runner-up is less than this farther away is at most possible; the second holds between relatives.

Of clear own faces 0.5% and 2 to 3% have a runner-up that near (500 people, `scripts/bench_faces.py`). How much nearer
real relatives are was not measured: there are no photos of families to measure with."""

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
    which this person gets this strength in this photo. `margin` : how much farther the next person is, None when
    nobody else is anywhere near. `false_alarm_rate` : expected share of strangers' faces that come this close to
    anyone in scope.
    """

    candidate: Candidate
    distance: float
    similarity: float
    threshold: float
    strength: Strength
    false_alarm_rate: float
    margin: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """The people in scope, ready to be matched. Read-only, so threads may share it.

    `people` : those with a reference, in the order of their ids. `matrix` : (references, d) float32, contiguous,
    the references of one person in adjacent rows; `norms` : (references,) float32, their squared lengths.
    `starts` : (people,) int64, each person's first row; `family` : (people,) bool. `statistics` : (references, 2)
    float64, what the calibration's cohort says of each reference (empty without a cohort). `comparisons` : with how
    many references everybody in scope counts (`Calibration.comparisons`). `false_alarms` : per 1,000 photos.
    """

    people: tuple[Candidate, ...]
    matrix: NDArray[np.float32]
    norms: NDArray[np.float32]
    starts: NDArray[np.int64]
    family: NDArray[np.bool_]
    calibration: Calibration
    statistics: NDArray[np.float64]
    comparisons: float
    false_alarms: float

    @classmethod
    def build(
        cls,
        people: Iterable[Candidate],
        references: Iterable[Reference],
        *,
        model_id: str,
        in_scope_ids: frozenset[str] | None = None,
        calibration: Calibration | None = None,
        false_alarms: float | None = None,
    ) -> Index:
        """Index the references of the people in scope (None: of everybody).

        `model_id` is the face model that the probes will come from; `calibration` None takes the shipped one.
        `false_alarms` is how many per 1,000 photos are put up with; None is the default, and asks for no promise.
        Raises `GalleryModelMismatchError` when a reference in scope comes from another model, `CalibrationError`
        when the calibration does, `UnsupportedRateError` when it cannot promise so few.
        """
        wanted = {p.id: p for p in people if in_scope_ids is None or p.id in in_scope_ids}
        rows = sorted((r for r in references if r.person in wanted), key=lambda r: (r.person, r.photo_sha256, r.id))
        foreign = sorted({r.model_id for r in rows} - {model_id})
        if foreign:
            raise GalleryModelMismatchError(
                f"Galeri dibuat dengan model wajah «{', '.join(foreign)}», yang dipakai sekarang «{model_id}».",
                f"The gallery was made with the face model “{', '.join(foreign)}”, in use now is “{model_id}”.",
            )
        table = calibration or Calibration.load(model_id=model_id)
        owners = [r.person for r in rows]
        starts = np.array([i for i, owner in enumerate(owners) if i == 0 or owner != owners[i - 1]], dtype=np.int64)
        kept = tuple(wanted[owners[i]] for i in starts)
        comparisons = table.comparisons(np.diff(np.append(starts, len(rows))).tolist())
        if false_alarms is not None:
            table.require_support(false_alarms, comparisons)
        matrix = np.stack([r.embedding for r in rows]) if rows else np.empty((0, 1), np.float32)
        return cls(
            people=kept,
            matrix=matrix,
            norms=np.einsum("ij,ij->i", matrix, matrix),
            starts=starts,
            family=np.array([person.role is Role.FAMILY for person in kept], dtype=np.bool_),
            calibration=table,
            statistics=table.cohort.statistics(matrix) if table.cohort and rows else np.empty((len(rows), 2)),
            comparisons=comparisons,
            false_alarms=FALSE_ALARMS if false_alarms is None else false_alarms,
        )

    @classmethod
    def from_gallery(
        cls,
        gallery: Gallery,
        *,
        model_id: str,
        in_scope_ids: frozenset[str] | None = None,
        calibration: Calibration | None = None,
        false_alarms: float | None = None,
    ) -> Index:
        """Index an open gallery; `calibration` None takes the gallery's own, if it has one. The rest as in `build`."""
        own = None if calibration else gallery.calibration(model_id)
        return cls.build(
            gallery.people(),
            gallery.references(),
            model_id=model_id,
            in_scope_ids=in_scope_ids,
            calibration=Calibration.load(own, model_id=model_id) if own else calibration,
            false_alarms=false_alarms,
        )

    def __len__(self) -> int:
        return len(self.people)

    @property
    def least_false_alarms(self) -> float:
        """The fewest false alarms per 1,000 photos that the calibration can promise for the people in scope."""
        return self.calibration.least_false_alarms(self.comparisons)

    @property
    def is_estimate(self) -> bool:
        """Tell whether so many people are in scope that the false alarms in use are extrapolated."""
        return self.false_alarms < self.least_false_alarms

    def cuts(self, faces: int = 1, *, family: bool = False, poor: bool = False) -> Cuts:
        """Return the cuts for a photo of so many faces, for candidates or `family`, for clear or `poor` faces."""
        share = (FAMILY_SHARE if family else 1.0) * (POOR_SHARE if poor else 1.0)
        return Cuts.of(self.calibration, self.comparisons, false_alarms=self.false_alarms, faces=faces, share=share)

    def match(self, embeddings: NDArray[np.float32], *, poor: Sequence[bool] = ()) -> tuple[Match | None, ...]:
        """Name the faces of ONE photo: `embeddings` is (n, d) float32, one row a face; `poor` says which show poorly.

        Returns one `Match` or None a face, in order. A face has at most one person and a person at most one face:
        the closest pairs are settled first. What is put up with for a photo is shared by the faces that nobody has
        been found for yet (Holm's step-down procedure): a face that is surely somebody leaves the others its part.
        Equal distances go to the earlier face, then to candidates before relatives, then to the earlier id, so the
        answer never depends on chance.
        """
        probes = np.asarray(embeddings, dtype=np.float32)
        if probes.ndim != 2 or (self.people and probes.shape[1] != self.matrix.shape[1]):
            raise ValueError(f"embeddings must be (n, {self.matrix.shape[1]}), got {probes.shape}")
        if poor and len(poor) != len(probes):
            raise ValueError(f"poor must say something of each of {len(probes)} faces, got {len(poor)}")
        answers: list[Match | None] = [None] * len(probes)
        taken: set[int] = set()
        near = self._near(probes, self.cuts().possible + max(MARGIN, KIN_MARGIN))
        for distance, face, is_family, person in sorted(near):
            if answers[face] is not None or person in taken:
                continue
            is_poor = bool(poor and poor[face])
            cuts = self.cuts(len(probes) - len(taken), family=is_family, poor=is_poor)
            if distance <= cuts.possible:
                others = [(other, at) for other, at_face, _, at in near if at_face == face and at != person]
                answers[face] = self._named(person, distance, cuts, others, may_be_strong=not is_poor)
                taken.add(person)
        return tuple(answers)

    def _near(self, probes: NDArray[np.float32], limit: float) -> list[tuple[float, int, bool, int]]:
        """Return (distance, face, is family, person) of all pairs within the limit."""
        if not self.people:
            return []
        cohort = self.calibration.cohort
        found: list[tuple[float, int, bool, int]] = []
        for first in range(0, len(probes), _PROBES_AT_ONCE):
            some = probes[first : first + _PROBES_AT_ONCE]
            squares = np.einsum("ij,ij->i", some, some)[:, None] + self.norms - 2 * (some @ self.matrix.T)
            distances = np.sqrt(np.maximum(squares, 0.0))
            # One by one, since the products round differently in other company.
            statistics = [cohort.statistics(probe[None]) for probe in some] if cohort else None
            if cohort and statistics:
                distances = cohort.normalised(distances, np.concatenate(statistics), self.statistics)
            nearest = np.minimum.reduceat(distances, self.starts, axis=1)
            # A NaN probe compares false: a broken embedding names nobody.
            for face, person in np.argwhere(nearest <= limit + _ROUNDING).tolist():
                # The product above rounds differently for other batch sizes; the settled distance must not.
                distance = self._exact_distance(some[face], person, statistics[face] if statistics else None)
                if distance <= limit:
                    found.append((distance, first + face, bool(self.family[person]), person))
        return found

    def _exact_distance(self, probe: NDArray[np.float32], person: int, statistics: NDArray[np.float64] | None) -> float:
        last = self.starts[person + 1] if person + 1 < len(self.people) else len(self.matrix)
        own = slice(self.starts[person], last)
        distances = np.sqrt(((self.matrix[own].astype(np.float64) - probe.astype(np.float64)) ** 2).sum(axis=1))
        if self.calibration.cohort and statistics is not None:
            distances = self.calibration.cohort.normalised(distances[None], statistics, self.statistics[own])[0]
        return float(distances.min())

    def _named(
        self, person: int, distance: float, cuts: Cuts, others: Sequence[tuple[float, int]], *, may_be_strong: bool
    ) -> Match:
        candidate = self.people[person]
        margins = [
            (other - distance, KIN_MARGIN if are_kin(candidate, self.people[at]) else MARGIN) for other, at in others
        ]
        is_sole = all(margin >= least for margin, least in margins)
        is_strong = may_be_strong and is_sole and distance <= cuts.strong
        return Match(
            candidate=candidate,
            distance=distance,
            similarity=max(0.0, 1.0 - distance),
            threshold=cuts.strong if is_strong else cuts.possible,
            strength=Strength.STRONG if is_strong else Strength.POSSIBLE,
            false_alarm_rate=float(self.calibration.false_alarm_rate(distance, self.comparisons)),
            margin=min((margin for margin, _ in margins), default=None),
        )


def are_kin(one: Candidate, other: Candidate) -> bool:
    """Tell whether one is registered as the other's relative, or both as relatives of the same candidate."""
    shared = one.relative_of is not None and one.relative_of == other.relative_of
    return shared or one.relative_of == other.id or other.relative_of == one.id

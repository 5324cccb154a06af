"""Which registered person a face is: exact nearest-reference search, thresholds set by what is compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from candidates.errors import GalleryModelMismatchError
from candidates.matching.calibration import FALSE_ALARMS, Calibration, MatchThresholds
from candidates.messages import say
from candidates.people import Candidate, Reference, Role
from candidates.search.vectors import Vectors

if TYPE_CHECKING:
    from candidates.gallery import Gallery

MARGIN, KIN_MARGIN = 0.03, 0.08
"""A match whose runner-up is less than this farther away is at most possible; the second holds between relatives.

Of clear own faces none and 1% have a runner-up that near (500 people, `python -m scripts.bench faces`, "openset"). How
much nearer real relatives are was not measured: there are no photos of families to measure with."""

CLOSER_LOOK = 0.12
"""So much farther than the possible cut may the vector of one look at a face be, and that of several within it
(`python -m scripts.bench faces`, "looks")."""

_Pair = tuple[float, int, bool, str]  # distance, face, whether a relative, whose id; sorts in this order


class Strength(StrEnum):
    """How much a match may carry: a strong one can flag, a possible one asks for another look."""

    STRONG = "strong"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Match:
    """A face and the registered person it is taken for.

    `distance` : L2 to the nearest of the person's references.
    `similarity` : the cosine that embeddings of length 1 have at this distance, at least 0; for display, not a
    probability. `threshold` : the largest distance at
    which this person gets this strength in this photo. `margin` : how much farther the next person is, None when
    nobody else is anywhere near. `false_alarm_rate` : expected share of strangers' faces that come this close to
    anyone in scope. `alternatives` : whom the face may as well be, the nearest first: everybody within `MARGIN` (of
    relatives `KIN_MARGIN`); a match that has any is at most possible.
    """

    candidate: Candidate
    distance: float
    similarity: float
    threshold: float
    strength: Strength
    false_alarm_rate: float
    margin: float | None = None
    alternatives: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """The people in scope, ready to be matched. Read-only, so threads may share it.

    `people` : those in scope, by id. `vectors` : their templates. `comparisons` : with how many references everybody
    counts (`Calibration.comparisons`). `false_alarms` : how many per 1,000 photos are put up with.
    """

    people: Mapping[str, Candidate]
    vectors: Vectors
    calibration: Calibration
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
        rows = [reference for reference in references if reference.person in wanted]
        foreign = sorted({reference.model_id for reference in rows} - {model_id})
        if foreign:
            raise GalleryModelMismatchError(
                say("matching.index.gallery_was_made_with_face", foreign=foreign, model_id=model_id)
            )
        table = calibration or Calibration.load(model_id=model_id)
        return cls._of(wanted, Vectors.of_references(rows), table, false_alarms)

    @classmethod
    def from_gallery(
        cls,
        gallery: Gallery,
        *,
        model_id: str,
        people: Mapping[str, Candidate] | None = None,
        calibration: Calibration | None = None,
        false_alarms: float | None = None,
    ) -> Index:
        """Index an open gallery: everybody, or those of `people` (`Gallery.roll`).

        `calibration` None takes the gallery's own, if it has one. The rest as in `build`; a template of another model
        is refused, even of a person out of scope.
        """
        wanted = gallery.roll() if people is None else people
        own = None if calibration else gallery.calibration(model_id)
        table = calibration or Calibration.load(own, model_id=model_id)
        only = None if people is None else frozenset(people)
        return cls._of(wanted, gallery.vectors(model_id, only=only), table, false_alarms)

    @classmethod
    def _of(
        cls, people: Mapping[str, Candidate], vectors: Vectors, calibration: Calibration, false_alarms: float | None
    ) -> Index:
        comparisons = calibration.comparisons(vectors.reference_counts)
        if false_alarms is not None:
            calibration.require_support(false_alarms, comparisons)
        wish = FALSE_ALARMS if false_alarms is None else false_alarms
        return cls(people, vectors, calibration, comparisons, wish)

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def least_false_alarms(self) -> float:
        """The fewest false alarms per 1,000 photos that the calibration can promise for the people in scope."""
        return self.calibration.least_false_alarms(self.comparisons)

    @property
    def is_estimate(self) -> bool:
        """Tell whether so many people are in scope that the false alarms in use are extrapolated."""
        return self.false_alarms < self.least_false_alarms

    def cuts(self, faces: int = 1) -> MatchThresholds:
        """Return the thresholds for a photo of so many faces."""
        return MatchThresholds.of(self.calibration, self.comparisons, false_alarms=self.false_alarms, faces=faces)

    def match(self, embeddings: NDArray[np.float32], *, poor: Sequence[bool] = ()) -> tuple[Match | None, ...]:
        """Name the faces of ONE photo: `embeddings` is (n, d) float32, one row a face; `poor` says which show poorly.

        Returns one `Match` or None a face, in order. A face has at most one person and a person at most one face:
        the closest pairs are settled first. What is put up with for a photo is shared by its faces. Equal distances go
        to the earlier face, then to candidates before relatives, then to the earlier id, so the answer never depends
        on chance.
        """
        probes = np.asarray(embeddings, dtype=np.float32)
        if probes.ndim != 2 or (len(self) and probes.shape[1] != self.vectors.size):
            raise ValueError(f"embeddings must be (n, {self.vectors.size}), got {probes.shape}")
        if poor and len(poor) != len(probes):
            raise ValueError(f"poor must say something of each of {len(probes)} faces, got {len(poor)}")
        answers: list[Match | None] = [None] * len(probes)
        taken: set[str] = set()
        near, cuts = self._near(probes), self.cuts(len(probes))
        for distance, face, _, person_id in sorted(pair for pairs in near for pair in pairs):
            if answers[face] is not None or person_id in taken:
                continue
            if distance <= cuts.possible:
                others = [(other, at) for other, _, _, at in near[face] if at != person_id]
                may_be_strong = not (poor and poor[face])
                answers[face] = self._named(person_id, distance, cuts, others, may_be_strong=may_be_strong)
                taken.add(person_id)
        return tuple(answers)

    def worth_a_closer_look(self, embeddings: NDArray[np.float32]) -> list[int]:
        """Return which of (n, d) embeddings of one look come so near somebody that more looks may change the answer."""
        if not len(self) or not len(embeddings):
            return []
        limit = self.cuts().possible + CLOSER_LOOK
        found = self.vectors.near(np.asarray(embeddings, np.float32), np.full(len(embeddings), limit))
        return [int(face) for face in np.unique(found.probe)]

    def _near(self, probes: NDArray[np.float32]) -> list[list[_Pair]]:
        """Return for each face everybody who may be named, or is so near that it matters for the margin."""
        pairs: list[list[_Pair]] = [[] for _ in probes]
        if not len(self):
            return pairs
        limit = self.cuts().possible + max(MARGIN, KIN_MARGIN)
        found = self.vectors.near(probes, np.full(len(probes), limit))
        for face, person, distance in zip(*(column.tolist() for column in found), strict=True):
            person_id = self.vectors.ids[person]
            pairs[face].append((distance, face, self.people[person_id].role is Role.FAMILY, person_id))
        return pairs

    def _named(
        self,
        person_id: str,
        distance: float,
        cuts: MatchThresholds,
        others: Sequence[tuple[float, str]],
        *,
        may_be_strong: bool,
    ) -> Match:
        candidate = self.people[person_id]
        rivals = sorted((other, at) for other, at in others)
        alternatives = tuple(
            self.people[at]
            for other, at in rivals
            if other - distance < (KIN_MARGIN if are_kin(candidate, self.people[at]) else MARGIN)
        )
        is_strong = may_be_strong and not alternatives and distance <= cuts.strong
        return Match(
            candidate=candidate,
            distance=distance,
            similarity=max(0.0, 1.0 - distance**2 / 2),
            threshold=cuts.strong if is_strong else cuts.possible,
            strength=Strength.STRONG if is_strong else Strength.POSSIBLE,
            false_alarm_rate=float(self.calibration.false_alarm_rate(distance, self.comparisons)),
            # Somebody nearer can only be one whom a nearer face of the photo was taken for.
            margin=max(rivals[0][0] - distance, 0.0) if rivals else None,
            alternatives=alternatives,
        )


def are_kin(one: Candidate, other: Candidate) -> bool:
    """Tell whether one is registered as the other's relative, or both as relatives of the same candidate."""
    shared = one.relative_of is not None and one.relative_of == other.relative_of
    return shared or one.relative_of == other.id or other.relative_of == one.id

"""Telling at once when a new photo resembles somebody who is registered under another name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from candidates.errors import CandidatesError
from candidates.gallery import Gallery
from candidates.importing.photos import RejectionReason
from candidates.messages import say
from candidates.people import Candidate, Reference, name_key
from candidates.storage.distinct import pair_of

if TYPE_CHECKING:
    from candidates.matching.calibration import Calibration
    from candidates.search.vectors import Vectors

CODE: Final = "photos.resembles"

_PENDING: Final = 64


class Resemblance:
    """Compares new photos with everybody registered, and with those registered meanwhile.

    Loads at the first photo; a gallery whose model is not calibrated is not compared.
    """

    def __init__(self, gallery: Gallery) -> None:
        self._gallery = gallery
        self._registered: _KnownTemplates | None = None
        self._is_asked = False

    def told(self, person: Candidate, references: Sequence[Reference]) -> tuple[RejectionReason, ...]:
        """Return a warning for each other person whom new photos of `person` resemble; then count them as registered.

        Nobody of the same name is told of (people stand again), nor who was told to be somebody else.
        """
        if not references:
            return ()
        if not self._is_asked:
            self._is_asked = True
            self._registered = _KnownTemplates.load(self._gallery, references[0].model_id)
        registered = self._registered
        if registered is None or any(one.model_id != registered.model_id for one in references):
            return ()
        near = registered.near(references)
        registered.add(person.id, references)
        distinct = self._gallery.distinct() if near else frozenset()
        warnings = []
        for other_id, photo in near.items():
            other = self._gallery.get(other_id)
            is_told = pair_of(person.id, other_id) in distinct
            if other and other.id != person.id and not is_told and name_key(other.name) != name_key(person.name):
                warnings.append(_warning(person, other, photo))
        return tuple(warnings)


class _KnownTemplates:
    """Templates of everybody: the gallery's as they were, and those that came since, in chunks that double."""

    def __init__(self, calibration: Calibration, vectors: Vectors, model_id: str) -> None:
        self.model_id = model_id
        self._calibration = calibration
        self._gallery = vectors
        self._comparisons = calibration.comparisons(vectors.reference_counts)
        self._chunks: list[list[Reference]] = []
        self._searched: list[Vectors] = []
        self._pending: list[Reference] = []

    @classmethod
    def load(cls, gallery: Gallery, model_id: str) -> _KnownTemplates | None:
        """Read the gallery's templates; None where they cannot be compared."""
        from candidates.matching.calibration import Calibration  # brings NumPy, which a list of names does not need

        try:
            calibration = Calibration.load(gallery.calibration(model_id), model_id=model_id)
            gallery.require_model(model_id)
            return cls(calibration, gallery.vectors(model_id), model_id)
        except CandidatesError:
            return None

    def near(self, references: Sequence[Reference]) -> dict[str, str]:
        """Return id → name of the nearest of the photos, for everybody whom one of them resembles, nearest first."""
        import numpy as np

        from candidates.matching.calibration import FALSE_ALARMS, STRONG_PART
        from candidates.search.vectors import Vectors

        # As few may be told of without cause as are named strongly in photos.
        rate = FALSE_ALARMS / 1000 * STRONG_PART
        cut = min(self._calibration.cut(rate, max(self._comparisons, 1.0)), self._calibration.farthest_strong)
        probes = np.stack([one.embedding for one in references])
        limit = np.full(len(probes), cut)
        pending = [Vectors.of_references(self._pending)] if self._pending else []
        found: dict[str, tuple[float, str]] = {}
        for vectors in (self._gallery, *self._searched, *pending):
            if not len(vectors):
                continue
            nearest = vectors.near(probes, limit)
            for probe, person, distance in zip(*(column.tolist() for column in nearest), strict=True):
                known = (distance, references[probe].photo_name)
                found[vectors.ids[person]] = min(found.get(vectors.ids[person], known), known)
        return {person: photo for person, (_, photo) in sorted(found.items(), key=lambda item: item[1])}

    def add(self, person_id: str, references: Sequence[Reference]) -> None:
        """Count new templates as registered."""
        from dataclasses import replace

        from candidates.search.vectors import Vectors

        self._pending += [replace(one, person=person_id) for one in references]
        self._comparisons += len(references) ** self._calibration.reference_exponent
        if len(self._pending) < _PENDING:
            return
        chunk, self._pending = self._pending, []
        # Each chunk is joined with the last one of about its size, so that there are few, and each is made few times.
        while self._chunks and len(self._chunks[-1]) < 2 * len(chunk):
            chunk = self._chunks.pop() + chunk
            self._searched.pop()
        self._chunks.append(chunk)
        self._searched.append(Vectors.of_references(chunk))


def _warning(person: Candidate, other: Candidate, photo: str) -> RejectionReason:
    return RejectionReason(
        CODE,
        say(
            "importing.resembling.note_resembles_who_is_registered",
            photo=photo,
            other=other.name,
            other_id=other.id,
            person_id=person.id,
        ),
    )

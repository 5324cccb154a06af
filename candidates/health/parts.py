"""Which photos of a person belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from candidates.health.faces import HealthLimits, NearPhotos, groups_within, summed_up
from candidates.health.photos import PersonPhotos
from candidates.people import Candidate, Reference
from candidates.search.distances import distances_between


@dataclass(frozen=True, slots=True, eq=False)
class PhotoGroup:
    """Photos of one person that belong together; `is_odd` when there are more of others, None when nobody can tell."""

    person: Candidate
    references: tuple[Reference, ...]
    is_odd: bool | None
    distance: float

    @property
    def embeddings(self) -> NDArray[np.float32]:
        """Return the templates, (n, d)."""
        return np.stack([reference.embedding for reference in self.references])


def parts_of(person: PersonPhotos, limits: HealthLimits) -> list[PhotoGroup]:
    """Split a person's faces into those that belong together, the largest part first."""
    faces = person.references
    if len(faces) < 2:
        return [PhotoGroup(person.candidate, faces, is_odd=False, distance=0.0)] if faces else []
    embeddings = np.stack([reference.embedding for reference in faces])
    distances = distances_between(embeddings, embeddings)
    groups = groups_within(distances, limits.apart)
    undecided = len(groups) > 1 and len(groups[0]) == len(groups[1])
    parts = []
    for number, group in enumerate(groups):
        others = [row for row in range(len(faces)) if row not in group]
        distance = float(distances[np.ix_(group, others)].min()) if others else 0.0
        is_odd = None if undecided else number > 0
        parts.append(PhotoGroup(person.candidate, tuple(faces[row] for row in group), is_odd, distance))
    return parts


def whole_of(parts: Sequence[PhotoGroup]) -> PhotoGroup:
    """Return parts of one person as one."""
    references = tuple(reference for part in parts for reference in part.references)
    return PhotoGroup(parts[0].person, references, is_odd=False, distance=0.0)


def near_of(one: PhotoGroup, other: PhotoGroup) -> NearPhotos:
    """Return how near two parts come."""
    return summed_up(0, 1, distances_between(one.embeddings, other.embeddings))

"""Examining a gallery: its faults, the people and photos concerned, and what to do.

    examine.py    the gallery as a whole           records.py   what the entries say, without faces
    photos.py     what single photos say           faces.py     distances, and every limit
    likeness.py   what comparing people says       parts.py     which photos of a person belong together
    pairs.py      two people who come near         wording.py   the words, in two languages
    finding.py    what is told

Faults are told of data, never of people, and nobody is scored.
"""

from candidates.health.examine import EVERYBODY_UP_TO, examine
from candidates.health.finding import (
    GalleryFinding,
    GalleryNote,
    Health,
    HealthKind,
    HealthSeverity,
    PhotoRef,
)

__all__ = [
    "EVERYBODY_UP_TO",
    "GalleryFinding",
    "GalleryNote",
    "Health",
    "HealthKind",
    "HealthSeverity",
    "PhotoRef",
    "examine",
]

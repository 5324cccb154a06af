"""Looking over a gallery: what is wrong with it, who and which photos are concerned, and what to do.

    examine.py    the gallery as a whole           records.py   what the entries say, without faces
    photos.py     what single photos say           faces.py     distances, and every limit
    likeness.py   what comparing people says       parts.py     which photos of a person belong together
    pairs.py      two people who come near         wording.py   the words, in two languages
    finding.py    what is told

Faults are told of data, never of people, and nobody is scored.
"""

from candidates.health.examine import EVERYBODY_UP_TO, examine
from candidates.health.finding import Finding, Health, Kind, Note, PhotoRef, Severity

__all__ = ["EVERYBODY_UP_TO", "Finding", "Health", "Kind", "Note", "PhotoRef", "Severity", "examine"]

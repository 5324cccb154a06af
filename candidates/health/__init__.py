"""Looking over a gallery: what is wrong with it, who and which photos are concerned, and what to do.

    examine.py    the gallery as a whole
    likeness.py   what the faces say            faces.py    the distances behind it, and every limit
    records.py    what the entries say          finding.py  what is told
    wording.py    the words, in two languages

Faults are told of data, never of people, and nobody is scored.
"""

from candidates.health.examine import EVERYBODY_UP_TO, examine
from candidates.health.finding import Finding, Health, Kind, Note, PhotoRef, Severity

__all__ = ["EVERYBODY_UP_TO", "Finding", "Health", "Kind", "Note", "PhotoRef", "Severity", "examine"]

"""The words for what people decide: as they stand in drop-down lists, and as people may write them by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from vision.errors import Language
from vision.report.listing import Ruling

REPORTED: Final = (Ruling.REVIEWED, Ruling.HANDLED, Ruling.FALSE_ALARM)
"""What can be decided about a photo that was reported."""

SAMPLED: Final = (Ruling.REVIEWED, Ruling.MISSED)
"""What can be decided about a clear photo of the audit sample."""

FAILED: Final = (Ruling.REVIEWED, Ruling.HANDLED)
"""What can be decided about what could not be judged."""

_WORDS: Mapping[Language, Mapping[Ruling, str]] = {
    "id": {
        Ruling.REVIEWED: "Benar, sudah dilihat",
        Ruling.HANDLED: "Benar, sudah ditangani",
        Ruling.FALSE_ALARM: "Keliru, tidak ada tanda itu",
        Ruling.MISSED: "Ada tanda yang terlewat",
    },
    "en": {
        Ruling.REVIEWED: "Right, looked at",
        Ruling.HANDLED: "Right, seen to",
        Ruling.FALSE_ALARM: "False alarm, no such sign",
        Ruling.MISSED: "A sign was missed",
    },
}
# Of a clear photo "right" says something else than of one that was reported.
_SAMPLE_WORDS: Mapping[Language, str] = {"id": "Benar, tidak ada tanda", "en": "Right, there is no sign"}

# Words that people write by hand beside those above: they fill rows down, and shorten.
_ALSO: Mapping[Ruling, tuple[str, ...]] = {
    Ruling.REVIEWED: ("benar", "sudah dilihat", "dilihat", "ditinjau", "sudah ditinjau", "right", "looked at"),
    Ruling.HANDLED: ("ditangani", "sudah ditangani", "selesai", "seen to", "done"),
    Ruling.FALSE_ALARM: ("keliru", "alarm palsu", "salah", "tidak ada tanda itu", "no such sign"),
    Ruling.MISSED: ("terlewat", "luput", "ada yang terlewat"),
}


def ruling_words(ruling: Ruling, language: Language, *, sampled: bool = False) -> str:
    """Return a decision in words; `sampled` says that it is about a clear photo of the audit sample."""
    if sampled and ruling is Ruling.REVIEWED:
        return _SAMPLE_WORDS[language]
    return _WORDS[language][ruling]


def ruling_of(words: str) -> Ruling | None:
    """Return the decision that somebody wrote, in either language, whatever case and punctuation; None if none."""
    return _KNOWN.get(_plain(words))


def _plain(words: str) -> str:
    return " ".join(re.findall(r"\w+", words.casefold().replace("_", " ")))


def _known() -> Mapping[str, Ruling]:
    known = {_plain(words): Ruling.REVIEWED for words in _SAMPLE_WORDS.values()}
    for ruling in Ruling:
        written = (ruling.value, *(words[ruling] for words in _WORDS.values()), *_ALSO[ruling])
        known |= {_plain(word): ruling for word in written}
    return MappingProxyType(known)


_KNOWN: Final = _known()

"""The words for people's decisions, in drop-down lists and as people may type them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from vision.errors import Language
from vision.messages import LANGUAGES, Message, say
from vision.report.listing import Ruling

REPORTED: Final = (Ruling.REVIEWED, Ruling.HANDLED, Ruling.FALSE_ALARM)
"""What can be decided about a photo that was reported."""

SAMPLED: Final = (Ruling.REVIEWED, Ruling.MISSED)
"""What can be decided about a clear photo of the audit sample."""

FAILED: Final = (Ruling.REVIEWED, Ruling.HANDLED)
"""What can be decided about what could not be judged."""

# Words that people write by hand beside those above: they fill rows down, and shorten.
_ALSO: Mapping[Ruling, tuple[str, ...]] = {
    Ruling.REVIEWED: ("benar", "dilihat", "sudah ditinjau", "ditinjau", "right", "looked at"),
    Ruling.HANDLED: ("ditangani", "selesai", "sudah ditangani", "seen to", "done"),
    Ruling.FALSE_ALARM: ("keliru", "alarm palsu", "salah", "tidak ada tanda itu", "no such sign"),
    Ruling.MISSED: ("terlewat", "luput", "ada yang terlewat"),
}


def ruling_message(ruling: Ruling, *, sampled: bool = False) -> Message:
    """Return a decision as a message; `sampled` says that it is about a clear photo of the audit sample."""
    # Of a clear photo "right" says something else than of one that was reported.
    return say(f"report.rulings.{ruling.value}{'_sample' if sampled and ruling is Ruling.REVIEWED else ''}")


def ruling_words(ruling: Ruling, language: Language, *, sampled: bool = False) -> str:
    """Return a decision in words; `sampled` says that it is about a clear photo of the audit sample."""
    return ruling_message(ruling, sampled=sampled).text(language)


def ruling_of(words: str) -> Ruling | None:
    """Return the decision that somebody wrote, in either language, whatever case and punctuation; None if none."""
    return _known().get(_plain(words))


def _plain(words: str) -> str:
    return " ".join(re.findall(r"\w+", words.casefold().replace("_", " ")))


@cache
def _known() -> Mapping[str, Ruling]:
    known = {_plain(ruling_words(Ruling.REVIEWED, language, sampled=True)): Ruling.REVIEWED for language in LANGUAGES}
    for ruling in Ruling:
        written = (ruling.value, *(ruling_words(ruling, language) for language in LANGUAGES), *_ALSO[ruling])
        known |= {_plain(word): ruling for word in written}
    return MappingProxyType(known)

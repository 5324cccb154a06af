"""Texts of banners and shirts made comparable: one case, no accents, no signs, one wrong letter allowed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Meant = TypeVar("Meant")

LEAST_TOLERANT = 8
"""Letters from which on one of them may be wrong, missing or too many; shorter texts have too many neighbours."""

_SIGNS = re.compile(r"[^A-Z0-9]+")
_LETTER_O, _LETTER_I = re.compile(r"(?<=[A-Z])0(?=[A-Z])|(?<=[A-Z]{3})0\b"), re.compile(r"(?<=[A-Z])1(?=[A-Z])")
_BETWEEN = re.compile(r"(?<=[A-Z])(?=[0-9])|(?<=[0-9])(?=[A-Z])")


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text: capitals without accents, letters and digits apart ("No.urut2": NO, URUT, 2)."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().upper()
    # Readers take an O between letters or at a word's end for a nought, and an I between letters for a one.
    letters = _LETTER_I.sub("I", _LETTER_O.sub("O", plain))
    return tuple(_BETWEEN.sub(" ", _SIGNS.sub(" ", letters)).split())


@dataclass(frozen=True, slots=True)
class Hit(Generic[Meant]):
    """Words `start` to `end` (not included) of a text say what is `meant`."""

    start: int
    end: int
    meant: Meant


class Phrases(Generic[Meant]):
    """Phrases to look for, found as whole words, however many words the text makes of them.

    Found by their letters without those between: each phrase is kept with every one of its letters left out, so that
    a text with one wrong letter meets it (https://arxiv.org/abs/1008.1191). The number of phrases does not matter.
    """

    def __init__(self, phrases: Iterable[tuple[str, Meant]]) -> None:
        self._meant: dict[str, list[Meant]] = {}
        for text, meant in phrases:
            if joined := "".join(words_of(text)):
                self._meant.setdefault(joined, []).append(meant)
        self._near: dict[str, list[str]] = {}
        for joined in self._meant:
            if len(joined) >= LEAST_TOLERANT:
                for shorter in {joined, *_without_one(joined)}:
                    self._near.setdefault(shorter, []).append(joined)
        self._longest = max(map(len, self._meant), default=0) + 1

    def find(self, words: tuple[str, ...]) -> Iterator[Hit[Meant]]:
        """Yield every phrase that stands in these words, from left to right; the same words may say several."""
        for start in range(len(words)):
            joined = ""
            for end in range(start, len(words)):
                joined += words[end]
                if len(joined) > self._longest:
                    break
                for meant in self._said(joined):
                    yield Hit(start, end + 1, meant)

    def _said(self, joined: str) -> list[Meant]:
        if exact := self._meant.get(joined):
            return exact
        if len(joined) < LEAST_TOLERANT - 1:
            return []
        near = {phrase for shorter in (joined, *_without_one(joined)) for phrase in self._near.get(shorter, ())}
        return [meant for phrase in sorted(near) if _within_one(joined, phrase) for meant in self._meant[phrase]]


def _without_one(text: str) -> Iterator[str]:
    return (text[:at] + text[at + 1 :] for at in range(len(text)))


def _within_one(one: str, other: str) -> bool:
    """Tell whether one letter changed, put in or left out makes one text of the other. Digits are never wrong."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    at = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), len(one))
    if at < len(other) and (other[at].isdigit() or (at < len(one) and one[at].isdigit())):
        return False
    return one[at + (len(one) == len(other)) :] == other[at + 1 :]


_TITLES = frozenset(
    {
        *(
            "H",
            "HJ",
            "HAJI",
            "DR",
            "DRS",
            "DRA",
            "IR",
            "PROF",
            "KH",
            "KYAI",
            "TGK",
            "TEUKU",
            "USTADZ",
            "USTAZ",
            "USTAD",
        ),
        *("BRIPKA", "AKP", "AKBP", "KOMBES", "IRJEN", "KOMJEN", "MAYOR", "LETKOL", "KOLONEL", "BRIGJEN", "MAYJEN"),
        *(
            "LETJEN",
            "JENDERAL",
            "PURN",
            "CALON",
            "BUPATI",
            "WALIKOTA",
            "GUBERNUR",
            "BAPAK",
            "IBU",
            "PAK",
            "BU",
            "R",
            "RA",
        ),
    }
)
_FEWEST_LETTERS = 5


def spellings(name: str) -> tuple[str, ...]:
    """Return how a person's name may be written on a banner: without titles and degrees, middle names as initials.

    A name that is too short to stand for one person alone gives nothing.
    """
    words = words_of(name.partition(",")[0])
    while words and words[0] in _TITLES:
        words = words[1:]
    if sum(map(len, words)) < _FEWEST_LETTERS:
        return ()
    first, middle, last = words[:1], words[1:-1], words[-1:]
    ways = [words]
    if middle:
        ways += [(*first, *(word[0] for word in middle), *last), (*first, *last)]
    return tuple(dict.fromkeys(" ".join(way) for way in ways if sum(map(len, way)) >= _FEWEST_LETTERS))


def by_text(phrases: Mapping[str, Iterable[str]]) -> Phrases[str]:
    """Return phrases that stand for the key under which they are listed."""
    return Phrases((text, key) for key, texts in phrases.items() for text in texts)

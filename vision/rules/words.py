"""What words in a photo can be read as: a candidate's name, a number said to be a ballot number, a party, a campaign.

Everything that is looked for comes from the people in scope and from the policy pack; any other text says nothing, and
is not kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from vision.geometry import Box
from vision.rules.evidence import CandidateFacts
from vision.rules.schema import WordRules
from vision.rules.spelling import Hit, Phrases, by_text, spellings, words_of

MOST_NUMBER = 99
_NUMBER_WORDS = ["SATU", "DUA", "TIGA", "EMPAT", "LIMA", "ENAM", "TUJUH", "DELAPAN", "SEMBILAN", "SEPULUH"]
_NEAR_HEIGHTS = 2.0
"""A number stands for the words "nomor urut" beside it within so many heights of the larger of the two."""
_STACKED_GAP, _STACKED_OVERLAP, _STACKED_SIZES = 1.0, 0.5, 1.8
_ROW_GAP, _ROW_SHIFT = 1.5, 0.6


class Means(StrEnum):
    """What a text can be read as; the value ends the code of its finding."""

    CANDIDATE = "candidate"
    NUMBER = "number"
    PARTY = "party"
    CAMPAIGN = "campaign"
    BARE_NUMBER = "bare_number"
    """A number alone on a person's clothes, which an active candidate holds."""


@dataclass(frozen=True, slots=True)
class SeenText:
    """One line of text: `index` counts the lines, `box` and `height` of its letters are pixels of the photo.

    `worn` says whether it stands on a person's chest, `score` (0..1) how surely it was read.
    """

    index: int
    text: str
    box: Box
    height: float
    worn: bool = False
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Said:
    """What some lines say: `key` is a candidate's id, a party's or a campaign phrase's key, or empty for a number.

    `quote` is how it is written, in capitals, and nothing else of the lines; `person` is the candidate who is named.
    """

    means: Means
    key: str
    number: int | None
    texts: tuple[int, ...]
    quote: str
    person: CandidateFacts | None = None


class WordSearch:
    """Looks for the words of a policy pack and for people's names. Made once; threads may share it."""

    def __init__(self, rules: WordRules, people: Iterable[CandidateFacts], held_numbers: Iterable[int] = ()) -> None:
        """`people` are those whose names count, `held_numbers` the ballot numbers that somebody in scope holds."""
        self._names = Phrases((way, one) for one in people if one.role != "family" for way in spellings(one.name))
        self._numbers = by_text({"": rules.before_number})
        self._parties = by_text(_party_names(rules))
        self._campaign = by_text(rules.phrases)
        self._held = frozenset(held_numbers)
        self._counting = {means for means in Means if getattr(rules, means.value).makes_finding}

    @property
    def wants_bare_numbers(self) -> bool:
        """Whether a number alone can mean anything."""
        return bool(self._held) and Means.BARE_NUMBER in self._counting

    def said_by(self, lines: Sequence[SeenText]) -> tuple[Said, ...]:
        """Return what the lines say, each thing once, in the order of the first line that says it."""
        found: dict[tuple[Means, str, int | None], list[Said]] = {}
        for said in self._all(lines):
            if said.means not in self._counting:
                continue
            found.setdefault((said.means, said.key, said.number), []).append(said)
        told = {
            at for (means, *_), group in found.items() if means is Means.NUMBER for said in group for at in said.texts
        }
        kept = [
            replace(max(group, key=lambda said: len(said.quote)), texts=tuple(sorted(at)))
            for (means, *_), group in found.items()
            if (at := {at for said in group for at in said.texts}) and not (means is Means.BARE_NUMBER and at <= told)
        ]
        return tuple(sorted(kept, key=lambda one: (one.texts[0], one.means.value, one.key, one.number or 0)))

    def _all(self, lines: Sequence[SeenText]) -> Iterator[Said]:
        rows = _rows(lines)
        passages = [_Passage.of(row) for row in rows]
        passages += [_Passage.of([*row, *below]) for row in rows for below in rows if _continues(row, below)]
        for passage in passages:
            for named in self._names.find(passage.words):
                person = named.meant
                yield replace(passage.said(Means.CANDIDATE, person.id, None, named.start, named.end), person=person)
            for means, phrases in ((Means.PARTY, self._parties), (Means.CAMPAIGN, self._campaign)):
                for hit in phrases.find(passage.words):
                    yield passage.said(means, hit.meant, None, hit.start, hit.end)
            yield from self._numbers_in(passage, lines)
        for line in lines:
            number = _number_alone(words_of(line.text))
            if line.worn and number in self._held:
                yield Said(Means.BARE_NUMBER, "", number, (line.index,), str(number))

    def _numbers_in(self, passage: _Passage, lines: Sequence[SeenText]) -> Iterator[Said]:
        for hit in _longest(self._numbers.find(passage.words)):
            if hit.end < len(passage.words):
                if number := _number(passage.words[hit.end]):
                    yield passage.said(Means.NUMBER, "", number, hit.start, hit.end + 1)
            else:
                line = next(one for one in lines if one.index == passage.at[-1])
                for other in lines:
                    number = _number_alone(words_of(other.text))
                    if other is not line and number and _is_beside(line, other):
                        before = " ".join(passage.words[hit.start : hit.end])
                        both = tuple(sorted({line.index, other.index}))
                        yield Said(Means.NUMBER, "", number, both, f"{before} {number}")


@dataclass(frozen=True, slots=True)
class _Passage:
    """Words that are read on, and the index of the line in which each stands."""

    words: tuple[str, ...]
    at: tuple[int, ...]

    @classmethod
    def of(cls, lines: Sequence[SeenText]) -> _Passage:
        pairs = [(word, line.index) for line in lines for word in words_of(line.text)]
        return cls(tuple(word for word, _ in pairs), tuple(at for _, at in pairs))

    def said(self, means: Means, key: str, number: int | None, start: int, end: int) -> Said:
        return Said(means, key, number, tuple(sorted(set(self.at[start:end]))), " ".join(self.words[start:end]))


def _party_names(rules: WordRules) -> Mapping[str, tuple[str, ...]]:
    """Return what names each party: its names, and its short name where the pack says that it is no everyday word."""
    return {
        key: (*party.names, *(f"{before} {short}" for before in rules.before_party for short in party.short))
        for key, party in rules.parties.items()
    }


def _longest(hits: Iterable[Hit[str]]) -> list[Hit[str]]:
    """Keep of hits that end at the same word the longest: "coblos nomor urut" rather than "nomor urut"."""
    best: dict[int, Hit[str]] = {}
    for hit in hits:
        if hit.end not in best or hit.start < best[hit.end].start:
            best[hit.end] = hit
    return list(best.values())


def _number(word: str) -> int | None:
    """Return the ballot number that a word says, in digits or spelled out."""
    if word in _NUMBER_WORDS:
        return _NUMBER_WORDS.index(word) + 1
    return int(word) if word.isdigit() and len(word) <= 2 and 0 < int(word) <= MOST_NUMBER else None


def _number_alone(words: tuple[str, ...]) -> int | None:
    return _number(words[0]) if len(words) == 1 and words[0].isdigit() else None


def _rows(lines: Sequence[SeenText]) -> list[list[SeenText]]:
    """Return the lines in rows: a row that was found in pieces is read on from left to right."""
    rows: list[list[SeenText]] = []
    for line in sorted(lines, key=lambda one: one.box.left):
        ahead = [row for row in rows if _goes_on(row[-1], line)]
        if ahead:
            min(ahead, key=lambda row: abs(row[-1].box.right - line.box.left)).append(line)
        else:
            rows.append([line])
    return sorted(rows, key=lambda row: row[0].index)


def _goes_on(line: SeenText, right: SeenText) -> bool:
    small, large = sorted((line.height, right.height))
    gap = right.box.left - line.box.right
    shift = abs(line.box.center_xy[1] - right.box.center_xy[1])
    return -small < gap < _ROW_GAP * small and shift < _ROW_SHIFT * small and large <= _STACKED_SIZES * small


def _continues(row: Sequence[SeenText], below: Sequence[SeenText]) -> bool:
    """Tell whether a row is read on in another one below it: near, under it, and of about the same size."""
    upper, lower = (Box.around(_corners(one)) for one in (row, below))
    small, large = sorted((row[0].height, below[0].height))
    shared = min(upper.right, lower.right) - max(upper.left, lower.left)
    return (
        row is not below
        and lower.center_xy[1] > upper.bottom - 0.25 * small
        and lower.top - upper.bottom < _STACKED_GAP * small
        and large <= _STACKED_SIZES * small
        and shared > _STACKED_OVERLAP * min(upper.width, lower.width)
    )


def _corners(row: Sequence[SeenText]) -> list[tuple[float, float]]:
    return [corner for one in row for corner in ((one.box.left, one.box.top), (one.box.right, one.box.bottom))]


def _is_beside(line: SeenText, number: SeenText) -> bool:
    """Tell whether a large number stands right of a line, or under it."""
    reach = _NEAR_HEIGHTS * max(line.height, number.height)
    across = max(line.box.left, number.box.left) - min(line.box.right, number.box.right)
    down = max(line.box.top, number.box.top) - min(line.box.bottom, number.box.bottom)
    before = number.box.right < line.box.left or number.box.bottom < line.box.top
    return not before and max(across, down) < reach and min(across, down) < 0

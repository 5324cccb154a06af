"""Entries as columns of small numbers, which a browser reads at once: 100,000 of them take a few megabytes."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from vision.report.overview.entries import Detail, PhotoEntry, ShownDecision

DETAILS_PER_BLOCK = 100
"""Entries whose details stand in one block: small enough to be read in a moment, large enough to share their words."""


class Lists(msgspec.Struct, frozen=True):
    """Lists of numbers as one list of all, and where each one's part ends; both packed."""

    ends: str
    values: str


class Columns(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of all entries, packed but for `names`."""

    count: int
    keys: str
    verdict: str
    flags: str
    ruling: str
    day: str
    leader: str
    picture: str
    folders: Lists
    kinds: Lists
    people: Lists
    names: list[str]


class CardFinding(msgspec.Struct, frozen=True, array_like=True):
    """A `ShownFinding` whose texts are named by their numbers."""

    severity: int
    shown: str
    short: int
    seen: int
    basis: int
    numbers: tuple[int, ...]


class Card(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A `Detail` whose texts are named by their numbers; what is empty is left out."""

    key: str
    places: tuple[tuple[int, str], ...]
    size: tuple[int, int] | None = None
    marks: tuple[tuple[int, int, int, int, int, int], ...] = ()
    decision: ShownDecision | None = None
    error: tuple[int, ...] = ()
    findings: tuple[CardFinding, ...] = ()
    notes: tuple[int, ...] = ()
    step: int | None = None


class Block(msgspec.Struct, frozen=True):
    """The cards of one block, and all their texts."""

    texts: list[str]
    entries: list[Card]


def script_json(value: object) -> str:
    """Return JSON in plain ASCII that may stand in a script element: no sign ends the element or starts a comment.

    Lone surrogates and line separators come out as escapes.
    """
    text = json.dumps(msgspec.to_builtins(value), ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def columns_of(
    entries: Sequence[PhotoEntry],
    leaders: Sequence[int],
    pictures: Sequence[int],
    kinds: Sequence[str],
    people: Sequence[str],
) -> Columns:
    """Return the columns of entries in the order of the page.

    `leaders` has the first of each entry's group of near-duplicates, `pictures` the number of its thumbnail or -1;
    `kinds` and `people` are the tables that the entries' codes and ids are numbered by.
    """
    kind_numbers = {code: number for number, code in enumerate(kinds)}
    people_numbers = {person: number for number, person in enumerate(people)}
    # Two halves, because a number of the page holds 53 bits.
    halves = (half for one in entries for half in (one.key >> 32, one.key & 0xFFFFFFFF))
    return Columns(
        count=len(entries),
        keys=_packed(halves, "<u4"),
        verdict=_packed((one.verdict for one in entries), "<u1"),
        flags=_packed((one.flags for one in entries), "<u1"),
        ruling=_packed((one.ruling for one in entries), "<u1"),
        day=_packed((one.day for one in entries), "<u4"),
        leader=_packed(leaders, "<u4"),
        picture=_packed(pictures, "<i4"),
        folders=_lists([one.folders for one in entries]),
        kinds=_lists([[kind_numbers[code] for code in one.kinds] for one in entries]),
        people=_lists([[people_numbers[person] for person in one.people] for one in entries]),
        names=[one.names for one in entries],
    )


def details_block(details: Sequence[Detail]) -> Block:
    """Return details with every text told once."""
    texts: dict[str, int] = {}

    def told(text: str) -> int:
        return texts.setdefault(text, len(texts))

    cards = [
        Card(
            key=one.key,
            places=one.places,
            size=one.size,
            marks=one.marks,
            decision=one.decision,
            error=tuple(told(text) for text in one.error or ()),
            findings=tuple(
                CardFinding(own.severity, own.shown, told(own.short), told(own.seen), told(own.basis), own.numbers)
                for own in one.findings
            ),
            notes=tuple(told(text) for text in one.notes),
            step=told(one.step) if one.step else None,
        )
        for one in details
    ]
    return Block(list(texts), cards)


def _packed(values: Iterable[int], dtype: str) -> str:
    return b64encode(np.fromiter(values, np.dtype(dtype)).tobytes()).decode("ascii")


def _lists(lists: Sequence[Sequence[int]]) -> Lists:
    ends = np.cumsum([len(one) for one in lists], dtype=np.uint32)
    return Lists(_packed(ends, "<u4"), _packed((value for one in lists for value in one), "<u4"))

"""Entries as columns of small numbers, which a browser reads at once: 100,000 of them take a few megabytes."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from vision.report.overview.entries import Detail, Entry

DETAILS_PER_BLOCK = 100
"""Entries whose details stand in one block: small enough to be read in a moment, large enough to share their words."""


def script_json(value: Any) -> str:
    """Return JSON in plain ASCII that may stand in a script element: no sign ends the element or starts a comment.

    Lone surrogates and line separators come out as escapes.
    """
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def columns_of(
    entries: Sequence[Entry],
    leaders: Sequence[int],
    pictures: Sequence[int],
    kinds: Sequence[str],
    people: Sequence[str],
) -> dict[str, Any]:
    """Return the columns of entries in the order of the page.

    `leaders` has the first of each entry's group of near-duplicates, `pictures` the number of its thumbnail or -1;
    `kinds` and `people` are the tables that the entries' codes and ids are numbered by.
    """
    kind_numbers = {code: number for number, code in enumerate(kinds)}
    people_numbers = {person: number for number, person in enumerate(people)}
    return {
        "count": len(entries),
        # Two halves, because a number of the page holds 53 bits.
        "keys": _packed((half for one in entries for half in (one.key >> 32, one.key & 0xFFFFFFFF)), "<u4"),
        "verdict": _packed((one.verdict for one in entries), "<u1"),
        "flags": _packed((one.flags for one in entries), "<u1"),
        "ruling": _packed((one.ruling for one in entries), "<u1"),
        "day": _packed((one.day for one in entries), "<u4"),
        "leader": _packed(leaders, "<u4"),
        "picture": _packed(pictures, "<i4"),
        "folders": _lists([one.folders for one in entries]),
        "kinds": _lists([[kind_numbers[code] for code in one.kinds] for one in entries]),
        "people": _lists([[people_numbers[person] for person in one.people] for one in entries]),
        "names": [one.names for one in entries],
    }


def details_block(details: Sequence[Detail]) -> dict[str, Any]:
    """Return details with every text told once: `texts`, and entries that name them by number."""
    texts: dict[str, int] = {}

    def told(text: str) -> int:
        return texts.setdefault(text, len(texts))

    entries = []
    for detail in details:
        own = {key: detail[key] for key in ("key", "places", "size", "marks", "decision") if detail.get(key)}
        if "error" in detail:
            own["error"] = [told(text) for text in detail["error"]]
        if detail.get("findings"):
            own["findings"] = [
                [severity, shown, told(short), told(seen), told(basis), numbers]
                for severity, shown, short, seen, basis, numbers in detail["findings"]
            ]
        if detail.get("notes"):
            own["notes"] = [told(text) for text in detail["notes"]]
        if detail.get("step"):
            own["step"] = told(detail["step"])
        entries.append(own)
    return {"texts": list(texts), "entries": entries}


def _packed(values: Iterable[int], dtype: str) -> str:
    return b64encode(np.fromiter(values, np.dtype(dtype)).tobytes()).decode("ascii")


def _lists(lists: Sequence[Sequence[int]]) -> dict[str, str]:
    """Return lists of numbers as one list of all, and where each one's part ends."""
    ends = np.cumsum([len(one) for one in lists], dtype=np.uint32)
    return {"ends": _packed(ends, "<u4"), "values": _packed((value for one in lists for value in one), "<u4")}

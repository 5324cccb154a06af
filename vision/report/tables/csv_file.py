"""CSV: one row a photo for people and programs, and beside it, for programs, one row a place."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from vision.contract.answers.check import KeptPhoto
from vision.report.cells import LONGEST_CELL, encodable, guarded, shortened
from vision.report.listing import ListedPhoto, ScanFacts
from vision.report.tables.facts import PhotoSummary, decision_dict, time_text
from vision.runtime.whole_files import writing_whole

if TYPE_CHECKING:
    from _csv import Writer

COLUMNS: Final = (
    "key",
    "name",
    "verdict",
    "kinds",
    "codes",
    "candidates",
    "candidate_names",
    "numbers",
    "messages",
    "next_step",
    "error_code",
    "error_message",
    "taken",
    "modified",
    "width",
    "height",
    "place_count",
    "places",
    "known",
    "audited",
    "decision",
    "note",
    "by",
    "decided_at",
    "error_kind",
)
"""Columns of the table of photos: a contract. Values that are several are parted by `SEPARATOR`."""

PLACE_COLUMNS: Final = ("key", "place")
"""Columns of the table of places: a row for every place of every photo."""

SEPARATOR: Final = " | "

_BOM: Final = b"\xef\xbb\xbf"  # without it, Excel takes UTF-8 for the letters of the country


def write_csv(
    target: Path,
    facts: ScanFacts,  # noqa: ARG001  as all writers of tables
    photos: Iterable[ListedPhoto],
    *,
    places: Path | None = None,
    delimiter: Literal[",", ";"] = ",",
) -> None:
    """Write a row a photo to `target` and, with `places`, a row a place to that; each whole or not at all.

    UTF-8 with a mark for Excel. A text that a spreadsheet program would run has an apostrophe before it; a cell of
    `target` holds as many places as Excel's cells can, `places` has them all. `delimiter` ";" is what Excel wants where
    the comma parts decimals, as in Indonesia. Raises OSError.
    """
    with ExitStack() as files:
        rows = files.enter_context(_table(target, COLUMNS, delimiter))
        place_rows = None if places is None else files.enter_context(_table(places, PLACE_COLUMNS, delimiter))
        for photo in photos:
            rows.writerow([_cell(value) for value in _row(photo)])
            if place_rows is not None:
                place_rows.writerows((photo.key, _cell(place)) for place in photo.places)


@contextmanager
def _table(target: Path, columns: Sequence[str], delimiter: str) -> Iterator[Writer]:
    with writing_whole(target) as file:
        file.write(_BOM)
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        try:
            writer = csv.writer(text, delimiter=delimiter, lineterminator="\r\n")
            writer.writerow(columns)
            yield writer
        finally:
            text.detach()  # writes out what is left; the file is not the wrapper's to close


def _row(photo: ListedPhoto) -> tuple[object, ...]:
    """Return the values of `COLUMNS`."""
    result, told = photo.result, PhotoSummary.of(photo.result)
    judged, error = result if isinstance(result, KeptPhoto) else None, result.error
    decision = decision_dict(photo) or {}
    return (
        photo.key,
        photo.places[0],
        result.verdict or "error",
        told.kinds,
        told.codes,
        told.candidates,
        tuple(told.people[who] for who in told.candidates if who in told.people),
        told.numbers,
        told.messages,
        judged.next_step if judged and told.messages else None,
        error and error.code,
        error and error.message,
        photo.taken,
        time_text(photo.modified),
        judged and judged.photo.width,
        judged and judged.photo.height,
        len(photo.places),
        photo.places,
        photo.known,
        photo.audited,
        decision.get("ruling"),
        decision.get("note"),
        decision.get("by"),
        decision.get("at"),
        photo.unseen,
    )


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        value = SEPARATOR.join(map(str, value))
    if isinstance(value, int):
        return str(value)
    return shortened(guarded(encodable(str(value))), LONGEST_CELL)

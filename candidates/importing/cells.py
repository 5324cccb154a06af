"""Undoes what spreadsheet programs do to cells: numbers, dates, merged cells."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta
from typing import IO, Any, Final

from candidates.errors import BadRowError
from candidates.messages import say

_LONGEST_CELL: Final = 32_767  # characters, in Excel
_ERRORS: Final = frozenset({"#N/A", "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#SPILL!", "#CALC!"})
_DAYS: Final = frozenset({"active_from", "active_to", "polling_day"})
_SERIALS: Final = range(20_000, 80_000)  # a day (1954 to 2119) in a cell that is not formatted as one
_MERGED: Final = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')


def text_of(column: str, value: Any, epoch: datetime) -> str:
    """Return what somebody meant who typed a cell. Raises `BadRowError` for what Excel made of it."""
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if column in _DAYS and value in _SERIALS:
            return (epoch + timedelta(days=int(value))).date().isoformat()
        # 15 digits are what Excel keeps: 34.01 is 34.01, and 2.0 is 2.
        return str(int(value)) if math.isfinite(value) and value == int(value) else format(value, ".15g")
    if isinstance(value, date) and column in _DAYS:
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    if isinstance(value, date | time | timedelta):
        came = str(value).removesuffix(" 00:00:00")
        raise BadRowError(say("importing.cells.column_excel_turned_it_into", column=column, came=came))
    text = str(value)
    if text in _ERRORS:
        raise BadRowError(say("importing.cells.column_its_formula_gives", column=column, text=text))
    if len(text) > _LONGEST_CELL:
        raise BadRowError(
            say("importing.cells.column_characters_at_most", column=column, count=len(text), longest_cell=_LONGEST_CELL)
        )
    # How Excel writes control characters, which XML cannot hold; a line break made on Windows is one.
    return re.sub(r"_x(00[01][0-9A-Fa-f])_", lambda code: chr(int(code[1], 16)), text)


def merged_downward(part: IO[bytes]) -> dict[tuple[int, int], int]:
    """Return (row from 1, column from 0) → last row, for each group of cells merged into one over several rows.

    A pair's number is often one tall cell beside two rows; only the first of them holds the value. The groups are
    named after all rows: this reads the sheet's text once, without parsing it.
    """
    from openpyxl.utils import column_index_from_string

    found: dict[tuple[int, int], int] = {}
    tail = b""
    while chunk := part.read(1 << 16):
        for left, top, _, bottom in _MERGED.findall(tail + chunk):
            if int(top) < int(bottom):
                found[int(top), column_index_from_string(left.decode()) - 1] = int(bottom)
        tail = (tail + chunk)[-256:]
    return found

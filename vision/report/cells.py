"""Texts as they may stand in the cells of a table: nothing in them is run, and nothing breaks the file."""

from __future__ import annotations

import re
from typing import Final

LONGEST_CELL: Final = 32_767
"""UTF-16 units that a cell of Excel holds."""

_MORE: Final = "…"
_UNSEEN: Final = "\N{REPLACEMENT CHARACTER}"
# A cell that begins so is a formula to spreadsheet programs, to East Asian ones also in wide letters. Where cells are
# parted by another separator than the file's, it is parted elsewhere: every part may become a cell.
_FORMULA: Final = re.compile(r"(?:\A|(?<=[,;\t\r\n]))(?=\s*[=+\-@\uff1d\uff0b\uff0d\uff20])|\A(?=[\t\r\n])")
_GUARDED: Final = re.compile(r"(?:\A|(?<=[,;\t\r\n]))'(?=['\s]*[=+\-@\uff1d\uff0b\uff0d\uff20])|\A'(?=[\t\r\n])")
_BLANKS: Final = "\n\u00a0\u2007\u202f\u3000"


def guarded(text: str) -> str:
    """Return a text that no spreadsheet program takes for a formula, whatever it thinks parts the cells of a CSV."""
    return _FORMULA.sub("'", text)


def unguarded(text: str) -> str:
    """Take back what `guarded` put in."""
    return _GUARDED.sub("", text)


def encodable(text: str) -> str:
    """Replace what of a file name is no Unicode text."""
    return text.encode("utf-8", "replace").decode("utf-8")


def shown(text: str) -> str:
    """Return a text for a cell that people read.

    Control characters, what only turns the reading order, and what is no Unicode text are shown as �; of a text that is
    longer than a cell the rest is left out.
    """
    if not text.isprintable():
        lines = text.replace("\r\n", "\n")
        text = "".join(char if char.isprintable() or char in _BLANKS else _UNSEEN for char in lines)
    return shortened(text, LONGEST_CELL)


def shortened(text: str, most: int) -> str:
    """Cut a text to `most` UTF-16 units; a cut one ends in an ellipsis."""
    if len(text) * 2 <= most:
        return text
    units = text.encode("utf-16-le", "replace")
    if len(units) <= 2 * most:
        return text
    return units[: 2 * (most - 1)].decode("utf-16-le", "ignore") + _MORE

"""The way from the spreadsheet to a photo, as Excel and LibreOffice follow it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final
from urllib.parse import quote

MOST_LINKS: Final = 65_000
"""Links of one sheet: Excel opens no file with more than 65,530."""

_LONGEST: Final = 2_000  # characters; Excel stops at 2,079
_ADDRESS: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_CONTAINER: Final = "!/"
"""Stands between a container (zip, tar) and the name of its member: the link leads to the container."""

# Letters beyond ASCII stay: Excel reads them as they are, and not everywhere as UTF-8 behind percent signs.
_QUOTED: Final = {code: quote(chr(code), safe="/") for code in range(128)}


def link_of(place: str, folder: Path) -> str | None:
    """Return where a place's name leads, for `write_url`: relative from `folder`, so that all can move together.

    None for what no program opens: addresses of object stores, names that are no Unicode text, what is too long.
    """
    address = _ADDRESS.match(place)
    if address:
        link = (
            quote(place, safe="/:?&=%+,;@~!$'()*", errors="replace") if address[1].lower() in ("http", "https") else ""
        )
    else:
        way = os.path.relpath(place.partition(_CONTAINER)[0], folder)
        if "\0" in way or not all(char.isascii() or char.isprintable() for char in way):
            return None  # surrogates and what XML cannot hold are among these
        link = f"external:./{way.translate(_QUOTED)}"
    return link if 0 < len(link) <= _LONGEST else None

"""Where photos lie, as the page lists it: folder and file name, and the way there from the page."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_CONTAINER = "!/"
"""Stands between a container (zip, tar) and the name of its member."""


@dataclass(slots=True)
class Folders:
    """Numbers folders in the order they come; many photos share few of them.

    `relative_to` is the folder that the page lies in: links lead from there, so that page and photos can move together.
    Names of places that are relative count from the working directory.
    """

    relative_to: Path
    _numbers: dict[str, int] = field(default_factory=dict)

    def place(self, name: str) -> tuple[int, str]:
        """Part the name of a place into the number of its folder and the file's own name."""
        folder, slash, file = name.rpartition("/")
        if folder == "" and slash:
            folder = "/"
        return self._numbers.setdefault(folder, len(self._numbers)), file

    def listed(self) -> list[tuple[str, str | None]]:
        """Return every folder with its link, a relative reference that ends in a slash; None: nothing to link to."""
        return [(folder, _link(folder, self.relative_to)) for folder in self._numbers]


def _link(folder: str, relative_to: Path) -> str | None:
    """Return the way to a folder, percent-encoded; None for members of containers and for addresses."""
    if _ADDRESS.match(folder) or f"{folder}/".find(_CONTAINER) >= 0 or "\0" in folder:
        return None
    way = os.path.relpath(folder or ".", relative_to)
    return quote(os.fsencode(way), safe="/") + "/"

"""The list of provinces, regencies and cities; `SOURCE.md` says where it comes from."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

_LISTED_PARTS = 2
"""Provinces have one part, regencies and cities two; what lies within them (districts, villages) is not listed."""


@dataclass(frozen=True, slots=True)
class Region:
    """A region: its code ("34", "34.01", "34.01.05") and the name of the province, regency or city that it is or is in.

    `formerly` is the code it had before the present list, empty where that is the same.
    """

    code: str
    name: str
    formerly: str = ""

    @property
    def label(self) -> str:
        """Code and name as people read them: "34.01 Kabupaten Kulon Progo"; of a district, the regency in brackets."""
        is_listed = self.code.count(".") < _LISTED_PARTS
        return f"{self.code} {self.name}" if is_listed else f"{self.code} ({self.name})"


@cache
def regions() -> Mapping[str, Region]:
    """Return all listed regions by code, in the order of their codes."""
    text = (resources.files("candidates.regions") / "codes.csv").read_text("utf-8")
    return {row["code"]: Region(**row) for row in csv.DictReader(io.StringIO(text))}


@cache
def renamed() -> Mapping[str, Region]:
    """Return the regions whose code changed, by their former code; none of these is in use for another."""
    return {region.formerly: region for region in regions().values() if region.formerly}


def region_with(code: str) -> Region | None:
    """Return the region of a dotted code; of a district or village it is told that its regency is there."""
    parts = code.split(".")
    head = ".".join(parts[:_LISTED_PARTS])
    if (former := renamed().get(head)) is not None:
        # Whether the districts kept their numbers is not known: the regency is what elections are for.
        return former
    listed = regions().get(head)
    if listed is None or len(parts) <= _LISTED_PARTS:
        return listed
    return Region(code, listed.name)


def label_of(code: str) -> str:
    """Return a stored code with its name; what is no code stays as it is."""
    region = region_with(code)
    return code if region is None else region.label

"""Names of regions as people write them: "Kab. Kulonprogo", "DIY", "Pemkot Sorong"."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from candidates.people import slug
from candidates.regions.listing import Region, regions

PROVINCE: Final = "provinsi"

_KINDS: Final = {
    "kabupaten": "kabupaten",
    "kab": "kabupaten",
    "pemkab": "kabupaten",
    "kota": "kota",
    "kotamadya": "kota",
    "kodya": "kota",
    "pemkot": "kota",
    "provinsi": PROVINCE,
    "propinsi": PROVINCE,
    "prov": PROVINCE,
    "pemprov": PROVINCE,
}
_FILLERS: Final = frozenset({"administrasi", "adm", "pemerintah", "daerah"})

_SHORT: Final = {
    "11": ("nad", "nanggroe aceh darussalam"),
    "12": ("sumut",),
    "13": ("sumbar",),
    "16": ("sumsel",),
    "19": ("babel", "bangka belitung"),
    "21": ("kepri",),
    "31": ("jakarta", "dki", "dki jakarta", "dkj", "daerah khusus jakarta"),
    "32": ("jabar",),
    "33": ("jateng",),
    "34": ("yogyakarta", "diy", "di yogyakarta"),
    "35": ("jatim",),
    "52": ("ntb",),
    "53": ("ntt",),
    "61": ("kalbar",),
    "62": ("kalteng",),
    "63": ("kalsel",),
    "64": ("kaltim",),
    "65": ("kaltara",),
    "71": ("sulut",),
    "72": ("sulteng",),
    "73": ("sulsel",),
    "74": ("sultra",),
    "76": ("sulbar",),
    "82": ("malut",),
}
"""How provinces are called beside their name in the list."""

_NEAR: Final = 0.72
"""Likeness (`difflib`) from which a name is taken for a misspelling: "Kulonpogo" reaches 0.95."""


def regions_named(text: str) -> tuple[Region, ...]:
    """Return the regions of a name, in the order of their codes: several where only "Kabupaten" or "Kota" tells."""
    kind, name = _parts(text)
    found = [(own, region) for own, region in _index().get(name, ())]
    if kind and any(own == kind for own, _ in found):
        found = [(own, region) for own, region in found if own == kind]
    elif kind:
        # "Kota Baru" is no city but the regency Kotabaru.
        found = list(_index().get(kind + name, ()))
    return tuple(region for _, region in found)


def regions_like(text: str, most: int) -> tuple[Region, ...]:
    """Return up to `most` regions whose names are nearest to a text, the nearest first; none where none is near."""
    _, name = _parts(text)
    near = difflib.get_close_matches(name, _index(), n=most, cutoff=_NEAR)
    return tuple(region for key in near for _, region in _index()[key])[:most]


def resembles(text: str, region: Region) -> bool:
    """Tell whether a text is a misspelling of a region's name."""
    return difflib.SequenceMatcher(None, _parts(text)[1], _parts(region.name)[1]).ratio() >= _NEAR


def _parts(text: str) -> tuple[str, str]:
    """Return what a name says of its kind ("kota", ... or empty), and the rest as letters without spaces."""
    words = slug(re.sub(r"[^\w]+", " ", text)).split("-")
    kind = ""
    while len(words) > 1 and (words[0] in _FILLERS or (not kind and words[0] in _KINDS)):
        kind = _KINDS.get(words[0], kind)
        words = words[1:]
    return kind, "".join(words)


@cache
def _index() -> Mapping[str, tuple[tuple[str, Region], ...]]:
    """Return name → kind and region of those called so."""
    index: dict[str, list[tuple[str, Region]]] = {}
    for name, kind, region in _names():
        index.setdefault(name, []).append((kind, region))
    return {name: tuple(called) for name, called in index.items()}


def _names() -> Iterator[tuple[str, str, Region]]:
    for code, region in regions().items():
        is_province = "." not in code
        for name in (region.name, *_SHORT.get(code, ())):
            kind, rest = _parts(name)
            yield rest, PROVINCE if is_province else kind, region

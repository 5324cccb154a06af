"""Pictures pasted into a spreadsheet: floating over a cell, or placed in it as Excel 365 does."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from xml.etree.ElementTree import Element

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_LARGEST_PART = 1 << 26  # bytes unpacked of a part that describes pictures
_LARGEST_PICTURE = 1 << 28


def pictures_by_row(package: zipfile.ZipFile, sheet: str) -> dict[int, tuple[str, ...]]:
    """Return row (from 1) → names in the package of the pictures on or in it, from left to right.

    `sheet` is the name of the sheet's part. A picture belongs to the row that its upper left corner lies in.
    """
    placed: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for row, column, name in (*_floating(package, sheet), *_in_cells(package, sheet)):
        placed[row].append((column, name))
    return {row: tuple(name for _, name in sorted(pictures)) for row, pictures in placed.items()}


def picture(package: zipfile.ZipFile, name: str) -> bytes:
    """Return a picture's bytes. Raises `ValueError` for one that is too large."""
    if package.getinfo(name).file_size > _LARGEST_PICTURE:
        raise ValueError(f"{name} is too large")
    return package.read(name)


def _floating(package: zipfile.ZipFile, sheet: str) -> Iterator[tuple[int, int, str]]:
    for drawing in _related(package, sheet).values():
        if "/drawings/" not in drawing or (root := _parsed(package, drawing)) is None:
            continue
        media = _related(package, drawing)
        for anchor in root:
            corner = next((one for one in anchor if one.tag.endswith("}from")), None)
            blip = next((one for one in anchor.iter() if one.tag.endswith("}blip")), None)
            name = media.get(blip.get(f"{_R}embed", "")) if blip is not None else None
            if corner is not None and name:
                at = {part.tag.rpartition("}")[2]: int(part.text or 0) for part in corner}
                yield at["row"] + 1, at["col"], name


def _in_cells(package: zipfile.ZipFile, sheet: str) -> Iterator[tuple[int, int, str]]:
    """Follow a cell's value metadata to the rich value, and that to the picture."""
    from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

    metadata = _parsed(package, "xl/metadata.xml")
    values = _parsed(package, "xl/richData/rdrichvalue.xml")
    pictures = _parsed(package, "xl/richData/richValueRel.xml")
    if metadata is None or values is None or pictures is None:
        return
    media = _related(package, "xl/richData/richValueRel.xml")
    named = [media.get(one.get(f"{_R}id", "")) for one in pictures]
    # The first value of a picture's rich value is its number among the relations.
    numbers = [next((int(v.text or -1) for v in rv if v.tag.endswith("}v")), -1) for rv in values]
    future = [int(one.get("i", -1)) for one in metadata.iter() if one.tag.endswith("}rvb")]
    blocks = [
        int(rc.get("v", -1))
        for part in metadata
        if part.tag.endswith("}valueMetadata")
        for block in part
        for rc in block
    ]
    for reference, vm in re.findall(rb'<c\b[^>]*?\br="([A-Z]+\d+)"[^>]*?\bvm="(\d+)"', package.read(sheet)):
        try:
            name = named[numbers[future[blocks[int(vm) - 1]]]]
        except IndexError:
            continue
        if name:
            column, row = coordinate_from_string(reference.decode())
            yield row, column_index_from_string(column) - 1, name


def _related(package: zipfile.ZipFile, part: str) -> dict[str, str]:
    """Return relation id → part of the package, of what a part refers to inside it."""
    folder, name = posixpath.split(part)
    root = _parsed(package, f"{folder}/_rels/{name}.rels")
    if root is None:
        return {}
    names = set(package.namelist())
    found = {
        one.get("Id", ""): posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/")
        for one in root
        if one.get("TargetMode") != "External"
    }
    return {key: target for key, target in found.items() if target in names}


def _parsed(package: zipfile.ZipFile, part: str) -> Element | None:
    from openpyxl.xml.functions import fromstring

    if part not in package.namelist() or package.getinfo(part).file_size > _LARGEST_PART:
        return None
    root: Element = fromstring(package.read(part))
    return root

"""Gathers the rows in whatever order photos come, and gives them back sorted: texts and pictures wait on the disk."""

from __future__ import annotations

import io
import tempfile
from bisect import insort
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, get_args

import msgspec

from candidates.closing import Closing
from vision.errors import Language
from vision.media.likeness import fold
from vision.report.listing import ListedPhoto
from vision.report.workbook.lines import Order, SheetName, Spot, WorkbookRow, line_of, order_of, sheet_of, spots_of


@dataclass(frozen=True, slots=True)
class SpooledRow:
    """A row in its place: its number from 1, the number of the row that it looks like, thumbnail and marks."""

    number: int
    line: WorkbookRow
    alike: int | None = None
    thumbnail: bytes | None = None
    spots: tuple[Spot, ...] = ()


@dataclass(slots=True)
class _Sheet:
    """What stays in memory of a sheet's rows: what sorts them, and where the rest lies."""

    orders: list[Order] = field(default_factory=list)
    lines: list[tuple[int, int]] = field(default_factory=list)
    hashes: list[int | None] = field(default_factory=list)
    pictures: dict[int, tuple[int, int]] = field(default_factory=dict)
    best: list[tuple[Order, int]] = field(default_factory=list)


class Spool(Closing):
    """Rows of all sheets; use it in a `with` block. Of each sheet the first `most_pictures` rows keep their picture."""

    def __init__(self, language: Language, folder: Path, most_pictures: int) -> None:
        self._language = language
        self._folder = folder
        self._most_pictures = most_pictures
        self._sheets: dict[SheetName, _Sheet] = {name: _Sheet() for name in get_args(SheetName)}
        self._decided: Counter[SheetName] = Counter()
        with ExitStack() as stack:
            self._lines: IO[bytes] = stack.enter_context(tempfile.TemporaryFile())
            self._pictures: IO[bytes] = stack.enter_context(tempfile.TemporaryFile())
            self._files = stack.pop_all()

    def close(self) -> None:
        """Let go of the rows."""
        self._files.close()

    def add(self, photo: ListedPhoto) -> None:
        """Take a photo, if it is on a sheet."""
        name = sheet_of(photo)
        if name is None:
            return
        sheet, order = self._sheets[name], order_of(photo)
        at = len(sheet.orders)
        sheet.orders.append(order)
        # Photos that people are to look at one by one are never called copies of another.
        sheet.hashes.append(photo.likeness if name == "reported" else None)
        sheet.lines.append(_put(self._lines, msgspec.msgpack.encode(line_of(photo, self._language, self._folder))))
        self._decided[name] += photo.decision is not None
        if photo.thumbnail:
            self._keep_picture(sheet, order, at, photo)

    def count(self, name: SheetName) -> int:
        """Return how many rows a sheet has."""
        return len(self._sheets[name].orders)

    def decided(self, name: SheetName) -> int:
        """Return how many of them people have decided on."""
        return self._decided[name]

    def rows(self, name: SheetName) -> Iterator[SpooledRow]:
        """Yield the rows of a sheet: sorted, and those that look alike below the first of them."""
        sheet = self._sheets[name]
        ranked = sorted(range(len(sheet.orders)), key=lambda at: sheet.orders[at])
        leaders = fold([sheet.hashes[at] for at in ranked])
        # Sorting is stable: a leader comes before its members, and those stay in their order.
        places = sorted(range(len(ranked)), key=lambda place: leaders[place])
        numbers: dict[int, int] = {}
        for number, place in enumerate(places, start=1):
            numbers[place] = number
            at, leader = ranked[place], leaders[place]
            line = msgspec.msgpack.decode(_get(self._lines, sheet.lines[at]), type=WorkbookRow)
            picture: bytes | None = None
            spots: tuple[Spot, ...] = ()
            if at in sheet.pictures:
                picture, spots = _PICTURE.decode(_get(self._pictures, sheet.pictures[at]))
            yield SpooledRow(number, line, None if leader == place else numbers[leader], picture, spots)

    def _keep_picture(self, sheet: _Sheet, order: Order, at: int, photo: ListedPhoto) -> None:
        """Keep a picture while it is among the best so far; what falls out stays in the file, unused."""
        if len(sheet.best) >= self._most_pictures:
            if not sheet.best or order >= sheet.best[-1][0]:
                return
            del sheet.pictures[sheet.best.pop()[1]]
        insort(sheet.best, (order, at))
        packed = msgspec.msgpack.encode((photo.thumbnail, spots_of(photo, self._language)))
        sheet.pictures[at] = _put(self._pictures, packed)


_PICTURE = msgspec.msgpack.Decoder(tuple[bytes, tuple[Spot, ...]])


def _put(file: IO[bytes], data: bytes) -> tuple[int, int]:
    start = file.seek(0, io.SEEK_END)
    file.write(data)
    return start, len(data)


def _get(file: IO[bytes], part: tuple[int, int]) -> bytes:
    start, length = part
    file.seek(start)
    return file.read(length)

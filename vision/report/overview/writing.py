"""Puts the page together, block by block, in memory that grows with the number of entries and not with their pictures.

The photos are gone through twice. The first time everything but the pictures is taken: a few hundred bytes an entry
stay in memory, what is shown of each goes to a temporary file. Then it is known in what order they stand, which are
near-duplicates, and whose pictures the budget carries; the second time those pictures are taken, to a file as well.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import islice
from pathlib import Path
from string import Template
from typing import IO

import msgspec

from vision.errors import Language
from vision.media.likeness import fold
from vision.report.listing import ListedPhoto, ScanFacts
from vision.report.overview.columns import DETAILS_PER_BLOCK, columns_of, details_block, script_json
from vision.report.overview.entries import Detail, PhotoEntry, belongs, detail_of, entry_of
from vision.report.overview.places import Folders
from vision.report.overview.summary import summary_of
from vision.report.overview.thumbnails import Plan, fitted, kind_of, plan, within
from vision.report.precision import DecisionTally
from vision.report.wording import kind_in_words, words
from vision.rules.texts import text
from vision.runtime.whole_files import writing_whole

PICTURES_PER_BLOCK = 24
"""Thumbnails in one block of the page; they are looked at together, a page of the list at a time."""

_AT_ONCE = 64
"""Thumbnails that are in memory at a time while they are made smaller."""

_SCRIPTS = ("base", "data", "state", "filters", "decisions", "picture", "facets", "cards", "viewer", "page")
"""Parts of the script, in the order in which they build on each other."""


def write_overview(
    target: Path,
    facts: ScanFacts,
    photos: Callable[[], Iterable[ListedPhoto]],
    *,
    thumbnails_mb: float = 150,
    relative_to: Path | None = None,
) -> None:
    """Write the page about a scan to `target`, whole or not at all.

    `photos` is called twice and must give the same photos in the same order both times; clear ones that are not in the
    sample may be among them or not, they count by `facts.counts` alone. `thumbnails_mb` is how many megabytes (10**6
    bytes) of the page thumbnails may take. Links lead from the folder `relative_to`, in which the page will lie; None:
    where `target` is. Raises OSError when the page cannot be written.
    """
    folder = (target.parent if relative_to is None else relative_to).absolute()
    with tempfile.TemporaryFile() as details_file, tempfile.TemporaryFile() as pictures_file:
        listed = _EntryFiles(facts, folder, details_file)
        for photo in photos():
            if belongs(photo):
                listed.add(photo)
        order = sorted(range(len(listed.entries)), key=lambda at: listed.entries[at].order)
        leaders = fold([listed.entries[at].likeness for at in order])
        pictures = _Pictures(pictures_file, int(thumbnails_mb * 10**6))
        pictures.take(photos, listed.entries, _by_importance(listed.entries, order, leaders))
        with writing_whole(target) as page:
            _write(page, listed, order, leaders, pictures)


@dataclass(slots=True)
class _EntryFiles:
    """The entries in the order they came, and where the details of each lie in a temporary file."""

    facts: ScanFacts
    relative_to: Path
    file: IO[bytes]
    entries: list[PhotoEntry] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    folders: Folders = field(init=False)
    tally: DecisionTally = field(init=False)
    _ends: list[int] = field(default_factory=lambda: [0])

    def __post_init__(self) -> None:
        self.folders, self.tally = Folders(self.relative_to), DecisionTally()

    def add(self, photo: ListedPhoto) -> None:
        """Take a photo without its picture."""
        self.tally.add(photo)
        self.entries.append(entry_of(photo, self.folders, self.names))
        # Places may hold what is no Unicode text: `json` escapes it, msgspec's own encoders refuse it.
        told = msgspec.to_builtins(detail_of(photo, self.folders, self.facts.language))
        detail = json.dumps(told).encode("ascii")
        self.file.write(detail)
        self._ends.append(self._ends[-1] + len(detail))

    def detail(self, at: int) -> Detail:
        """Return the details of an entry."""
        self.file.seek(self._ends[at])
        return msgspec.convert(json.loads(self.file.read(self._ends[at + 1] - self._ends[at])), Detail)


@dataclass(slots=True)
class _Pictures:
    """Thumbnails at the size in which they come into the page: in a temporary file, found by the entry they belong to.

    `numbers` has the number of each entry's thumbnail, in the order of importance.
    """

    file: IO[bytes]
    budget: int
    numbers: dict[int, int] = field(default_factory=dict)
    _parts: dict[int, tuple[int, int]] = field(default_factory=dict)

    def take(
        self, photos: Callable[[], Iterable[ListedPhoto]], entries: Sequence[PhotoEntry], wanted: Sequence[int]
    ) -> None:
        """Take the pictures of the entries `wanted`, the most important first, as far as the budget carries."""
        chosen = plan([entries[at].picture_bytes for at in wanted], self.budget)
        candidates = set(wanted[: chosen.most])
        if candidates:
            listed = (photo for photo in photos() if belongs(photo))
            pictured = ((at, photo.thumbnail) for at, photo in enumerate(listed) if at in candidates)
            at_end = 0
            for at, small in _all_fitted(pictured, chosen):
                self.file.write(small)
                self._parts[at] = at_end, len(small)
                at_end += len(small)
        ready = [at for at in wanted if at in self._parts]
        most = within([self._parts[at][1] for at in ready], self.budget)
        self.numbers = {at: number for number, at in enumerate(ready[:most])}

    def blocks(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the pictures in blocks: the first entry of each, and `data:` addresses."""
        ordered = list(self.numbers)
        for start in range(0, len(ordered), PICTURES_PER_BLOCK):
            part = ordered[start : start + PICTURES_PER_BLOCK]
            yield part[0], [self._address(at) for at in part]

    def _address(self, at: int) -> str:
        start, size = self._parts[at]
        self.file.seek(start)
        data = self.file.read(size)
        return f"data:image/{kind_of(data)};base64,{b64encode(data).decode('ascii')}"


def _all_fitted(pictured: Iterable[tuple[int, bytes | None]], chosen: Plan) -> Iterator[tuple[int, bytes]]:
    """Yield the thumbnails that are pictures at the size of the plan, in order; they are packed side by side."""
    pictured = iter(pictured)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        while batch := list(islice(pictured, _AT_ONCE)):
            smalls = pool.map(lambda one: fitted(one[1] or b"", chosen), batch)
            for (at, _), small in zip(batch, smalls, strict=True):
                if small is not None:
                    yield at, small


def _by_importance(entries: Sequence[PhotoEntry], order: Sequence[int], leaders: Sequence[int]) -> list[int]:
    """Return the entries that have a picture: the gravest first, near-duplicates of others after all of those.

    So a burst of fifty shots of one moment does not take the place of fifty other moments.
    """
    apart = sorted(range(len(order)), key=lambda rank: leaders[rank] != rank)
    return [order[rank] for rank in apart if entries[order[rank]].picture_bytes]


def _write(
    page: IO[bytes], listed: _EntryFiles, order: Sequence[int], leaders: Sequence[int], pictures: _Pictures
) -> None:
    facts, entries = listed.facts, [listed.entries[at] for at in order]
    kinds = sorted({code for one in entries for code in one.kinds})
    people = sorted({person for one in entries for person in one.people})
    numbers = [pictures.numbers.get(at, -1) for at in order]
    style, script = _read("style.css"), _script()
    head = Template(_read("page.html")).substitute(
        summary_of(facts, entries, listed.tally.precision(clear=facts.counts["clear"])),
        policy=_content_policy(style, script),
        style=style,
        script=script,
        data=script_json(_data(listed, kinds, people)),
        columns=script_json(columns_of(entries, leaders, numbers, kinds, people)),
    )
    page.write(head.encode("utf-8"))
    # Pictures follow the details of the photos that they belong to: what is looked at first is there first.
    rank_of = {at: rank for rank, at in enumerate(order)}
    blocks = pictures.blocks()
    waiting = next(blocks, None)
    count = 0
    for start in range(0, len(order), DETAILS_PER_BLOCK):
        part = order[start : start + DETAILS_PER_BLOCK]
        block = details_block([listed.detail(at) for at in part])
        _write_block(page, f"details-{start // DETAILS_PER_BLOCK}", block)
        while waiting is not None and rank_of[waiting[0]] < start + DETAILS_PER_BLOCK:
            _write_block(page, f"pictures-{count}", waiting[1])
            count, waiting = count + 1, next(blocks, None)
    while waiting is not None:
        _write_block(page, f"pictures-{count}", waiting[1])
        count, waiting = count + 1, next(blocks, None)
    page.write(b"</body>\n</html>\n")


def _write_block(page: IO[bytes], name: str, value: object) -> None:
    page.write(f'<script type="application/json" id="{name}">{script_json(value)}</script>\n'.encode("ascii"))


class PageData(msgspec.Struct, frozen=True, kw_only=True):
    """What the script must know besides the columns; kinds and people are their codes and names."""

    language: Language
    months: list[str]
    words: dict[str, str]
    scan: str
    day: str
    baseline: bool
    folders: list[tuple[str, str | None]]
    kinds: list[tuple[str, str]]
    people: list[tuple[str, str]]
    details_per_block: int = DETAILS_PER_BLOCK
    pictures_per_block: int = PICTURES_PER_BLOCK


def _data(listed: _EntryFiles, kinds: Sequence[str], people: Sequence[str]) -> PageData:
    facts = listed.facts
    scan = [list(facts.sources), facts.policy, facts.gallery, facts.day]
    return PageData(
        language=facts.language,
        months=text(facts.language, "date", "months").split(),
        words=dict(words(facts.language)),
        # Decisions that wait in the browser belong to this scan, and to no other page on the same machine.
        scan=hashlib.sha256(json.dumps(scan).encode("ascii")).hexdigest()[:16],
        day=facts.day,
        baseline=facts.baseline is not None,
        folders=listed.folders.listed(),
        kinds=[(code, kind_in_words(code, facts.language)) for code in kinds],
        people=[(person, listed.names.get(person, person)) for person in people],
    )


def _content_policy(style: str, script: str) -> str:
    """Allow this page's own style and script by their sums, pictures within the page, and nothing else at all."""
    sums = [b64encode(hashlib.sha256(part.encode("utf-8")).digest()).decode("ascii") for part in (style, script)]
    return (
        f"default-src 'none'; img-src data:; style-src 'sha256-{sums[0]}'; script-src 'sha256-{sums[1]}'; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


@cache
def _script() -> str:
    parts = "\n".join(_read(f"{name}.js") for name in _SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}}})();\n'


@cache
def _read(name: str) -> str:
    return (resources.files(__package__) / name).read_text("utf-8")

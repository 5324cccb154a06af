"""Puts the spreadsheet together, sheet by sheet, a row in memory at a time."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from vision.report.listing import ListedPhoto, ScanFacts
from vision.report.workbook.counting import FindingCounter
from vision.report.workbook.grids import write_grid
from vision.report.workbook.guide import write_guide
from vision.report.workbook.lines import SheetName
from vision.report.workbook.paper import CLEAR, ERROR, FILL_HEAD, FLAG, HEAD, Paper, formats_of
from vision.report.workbook.spool import Spool
from vision.report.workbook.summary import write_summary
from vision.report.workbook.wording import words
from vision.runtime.whole_files import writing_whole

MOST_PICTURES: Final = 2_000
"""Rows of each sheet that have their picture, the first: some 18 MB, so that the file can still be mailed."""

_GRIDS: Final[tuple[tuple[SheetName, str], ...]] = (
    ("reported", FLAG),
    ("failed", ERROR),
    ("unseen", ERROR),
    ("sampled", CLEAR),
)


def write_workbook(
    target: Path,
    facts: ScanFacts,
    photos: Iterable[ListedPhoto],
    *,
    relative_to: Path | None = None,
    most_pictures: int = MOST_PICTURES,
) -> None:
    """Write the spreadsheet about a scan to `target`, whole or not at all; the same photos give the same bytes.

    `photos` may come in any order; clear ones that are not in the sample, and those that an earlier scan reported, are
    counted and not listed. Links lead from the folder `relative_to`, in which the spreadsheet will lie; None: where
    `target` is. Of each sheet the first `most_pictures` rows have pictures. Raises OSError.
    """
    from xlsxwriter import Workbook  # type: ignore[import-untyped]

    folder = (target.parent if relative_to is None else relative_to).absolute()
    counting = FindingCounter()
    with tempfile.TemporaryDirectory() as scratch, Spool(facts.language, folder, most_pictures) as spool:
        for photo in photos:
            counting.add(photo)
            spool.add(photo)
        # Rows go to files in `scratch` as they are written; texts are never taken for formulas, addresses or numbers.
        options = {"constant_memory": True, "tmpdir": scratch, "strings_to_formulas": False, "strings_to_urls": False}
        with writing_whole(target) as file, Workbook(file, options) as book:
            _write(book, facts, counting, spool, most_pictures)


def _write(book: Any, facts: ScanFacts, counting: FindingCounter, spool: Spool, most_pictures: int) -> None:
    language = facts.language
    said, formats = words(language), formats_of(book)
    made = _day(facts.day)
    book.set_properties({"title": said["title"], "author": f"FotoNetral {facts.version}", "created": made})
    book.set_size(2400, 1500)
    summary = Paper(book.add_worksheet(said["sheet_summary"]), formats)
    summary.sheet.set_tab_color(HEAD)
    for name, color in _GRIDS:
        if name == "unseen" and not spool.count(name):
            continue
        paper = Paper(book.add_worksheet(said[f"sheet_{name}"]), formats)
        paper.sheet.set_tab_color(color)
        write_grid(paper, name, spool.rows(name), spool.count(name), language)
    guide = Paper(book.add_worksheet(said["sheet_guide"]), formats)
    guide.sheet.set_tab_color(FILL_HEAD)
    write_guide(guide, language, most_pictures)
    write_summary(book, summary, facts, counting, spool)


def _day(day: str) -> datetime:
    """Return the day as the file's date: not the clock's, or no two files would be equal."""
    try:
        return datetime.fromisoformat(day)
    except ValueError:
        return datetime(2000, 1, 1)

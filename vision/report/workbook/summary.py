"""The first sheet: what was found at a glance, where to start, how precise it is, and what is not vouched for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from candidates.messages.filling import number
from vision.report.cells import shown
from vision.report.listing import ScanFacts
from vision.report.wording import count_in_words, day_or_text, kind_in_words, unlooked
from vision.report.wording import words as page_words
from vision.report.workbook.counting import Count, FindingCounter
from vision.report.workbook.paper import FLAG, REVIEW, Paper
from vision.report.workbook.spool import Spool
from vision.report.workbook.wording import words
from vision.rules import next_step

_FIRST, _LAST = 1, 8  # columns: four tiles of two each; column 0 is a margin
_NAME_LAST: Final = 5  # of a table: the last column that its names stand across
_COLUMN: Final = 13.5  # width in characters
_CHARACTERS: Final = 112  # of a line across all columns
_LINE_POINTS: Final = 15.0
_MOST_ROWS: Final = 30  # of a table
_MOST_SOURCES: Final = 6
_CHART_ROWS: Final = 15


def write_summary(book: Any, paper: Paper, facts: ScanFacts, counting: FindingCounter, spool: Spool) -> None:
    """Write the sheet; `book` is XlsxWriter's, and everything has been counted by now."""
    sheet = paper.sheet
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 2)
    sheet.set_column(_FIRST, _LAST, _COLUMN)
    sheet.set_portrait()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.set_footer(f"&C{words(facts.language)['page']}")
    writer = _Summary(book, paper, facts, counting, spool)
    writer.top()
    writer.tiles()
    writer.start()
    writer.precision()
    writer.tables()
    writer.foot()


class _Summary:
    """Writes from top to bottom; `row` is the next free one."""

    def __init__(self, book: Any, paper: Paper, facts: ScanFacts, counting: FindingCounter, spool: Spool) -> None:
        self.book, self.paper, self.facts, self.counting, self.spool = book, paper, facts, counting, spool
        self.language = facts.language
        self.said, self.page = words(facts.language), page_words(facts.language)
        self.row = 0

    def top(self) -> None:
        """Say what this is: title, how many photos of where, and whether the scan is finished."""
        judged = self.facts.judged + self.facts.counts["error"]
        self.paper.merged(self.row, _FIRST, _LAST, self.said["title"], "title", height=32)
        self.row += 1
        self.across(
            self.page["lead"].format(
                photos=self.count(judged),
                places=self.count(self.facts.counts["places"]),
                day=day_or_text(self.facts.day, self.language),
                policy=self.facts.policy_title,
            ),
            "lead",
        )
        if not self.facts.finished:
            self.across(self.page["unfinished"], "banner")
        if not self.facts.judged:
            self.across(self.page["nothing_judged"], "banner")
        for sentence in unlooked(self.facts):
            self.across(sentence, "banner")
        self.row += 1

    def tiles(self) -> None:
        """Show the four figures."""
        verdicts = ("flag", "review", "clear", "error")
        for part, height in (("tile", 38), ("label", 20)):
            self.paper.sheet.set_row(self.row, height)
            for at, verdict in enumerate(verdicts):
                column = _FIRST + 2 * at
                form = f"{part}_{verdict}"
                label = self.said[f"tile_{verdict}"] if part == "label" else ""
                self.paper.merged(self.row, column, column + 1, label, form)
                if part == "tile":
                    self.paper.number(self.row, column, self.facts.counts[verdict], form)
            self.row += 1
        if self.counting.known:
            self.across(self.said["known"].format(count=self.count(self.counting.known)), "hint")
        self.row += 1

    def start(self) -> None:
        """Say what to do, each with a link to its sheet."""
        self.heading("start_title")
        for name in ("reported", "sampled", "failed", "unseen"):
            count = self.spool.count(name)
            if count:
                self.go(f"sheet_{name}", self.said[f"start_{name}"].format(count=self.count(count)))
        self.go("sheet_guide", self.said["start_guide"])
        if self.spool.count("reported"):
            done, count = self.spool.decided("reported"), self.spool.count("reported")
            self.across(self.said["progress"].format(done=self.count(done), all=self.count(count)), "bold")
        self.row += 1

    def precision(self) -> None:
        """Say how precise the scan is, as far as people decided."""
        self.heading("precision_title")
        for sentence in self.counting.tally.precision(clear=self.facts.counts["clear"]).sentences(self.language):
            self.across(sentence, "text")
        self.row += 1

    def tables(self) -> None:
        """Tell photos by kind, person and time."""
        names = self.counting.names
        self.table("kinds_title", "head_kind", self.counting.kinds(), lambda code: kind_in_words(code, self.language))
        self.table("people_title", "head_person", self.counting.people(), lambda who: names[who])
        times = self.counting.times()
        self.paper.sheet.set_h_pagebreaks([self.row])  # the chart on one sheet of paper with its table
        first = self.table(
            "months_title", "head_time", times, lambda time: time or self.said["no_day"], most=len(times)
        )
        if len(times) > 1:
            self.chart(first, len(times))

    def foot(self) -> None:
        """Say what is not vouched for, and what holds for the whole scan."""
        self.heading("unvouched_title")
        for sentence in self.unvouched():
            self.across(sentence, "text")
        self.across(self.page["fairness"], "text")
        self.row += 1
        self.heading("facts_title")
        for key, value in self.scan_facts():
            lines = math.ceil(len(value) / (0.8 * _CHARACTERS))
            self.paper.merged(
                self.row, _FIRST + 2, _LAST, shown(value), "text", height=_LINE_POINTS * max(lines, 1) + 3
            )
            self.paper.text(self.row, _FIRST, self.said[key], "bold")
            self.row += 1

    def unvouched(self) -> Iterable[str]:
        """Yield the same as the page says."""
        facts = self.facts
        yield next_step((), self.language)
        if facts.gallery is not None:
            yield self.page["unvouched_people"].format(people=self.count(facts.people))
        elif not facts.scope_notes:
            yield self.page["unvouched_no_gallery"]
        yield from facts.scope_notes
        rate = number(facts.audit_rate * 100, self.language, ".3g")
        yield self.page["unvouched_clear" if facts.audit_rate > 0 else "unvouched_unsampled"].format(rate=rate)
        if facts.counts["error"]:
            yield self.page["unvouched_errors"].format(count=self.count(facts.counts["error"]))

    def scan_facts(self) -> Iterable[tuple[str, str]]:
        """Yield what the scan was made of: the key of its word, and the value."""
        facts = self.facts
        sources = ", ".join(facts.sources[:_MOST_SOURCES])
        if len(facts.sources) > _MOST_SOURCES:
            more = self.said["sources_more"].format(count=self.count(len(facts.sources) - _MOST_SOURCES))
            sources = f"{sources} {more}"
        yield "fact_sources", sources
        yield "fact_policy", f"{facts.policy_title} ({facts.policy})"
        gallery = self.said["fact_no_gallery"]
        if facts.gallery is not None:
            people = self.count(facts.people)
            gallery = self.said["fact_gallery_value"].format(people=people, revision=facts.gallery)
        yield "fact_gallery", gallery
        if facts.region:
            yield "fact_region", facts.region
        yield "fact_day", day_or_text(facts.day, self.language)
        if facts.baseline is not None:
            yield "fact_baseline", facts.baseline
        yield "fact_tool", f"FotoNetral {facts.version}"

    def table(
        self, title: str, head: str, counts: Sequence[Count], name_of: Callable[[str], str], most: int = _MOST_ROWS
    ) -> int:
        """Write a table of counts with bars; return its first row of figures."""
        if not counts:
            return self.row
        self.heading(title)
        self.paper.merged(self.row, _FIRST, _NAME_LAST, self.said[head], "head")
        for at, key in enumerate(("head_flag", "head_review", "head_all"), start=_NAME_LAST + 1):
            self.paper.text(self.row, at, self.said[key], "head_count")
        self.row += 1
        first = self.row
        for count in counts[:most]:
            self.paper.merged(self.row, _FIRST, _NAME_LAST, shown(name_of(count.name)), "row", height=18)
            for at, value in enumerate((count.flag, count.review, count.all), start=_NAME_LAST + 1):
                self.paper.number(self.row, at, value, "count")
            self.row += 1
        bars = {"type": "data_bar", "bar_color": "#9DB8D2", "min_type": "num", "min_value": 0}
        self.paper.sheet.conditional_format(first, _NAME_LAST + 3, self.row - 1, _NAME_LAST + 3, bars)
        if len(counts) > most:
            self.across(self.said["more_rows"].format(count=self.count(len(counts) - most)), "hint")
        self.row += 1
        return first

    def chart(self, first: int, rows: int) -> None:
        """Draw the table of times, whose figures stand from row `first` on."""
        chart = self.book.add_chart({"type": "column", "subtype": "stacked"})
        sheet = self.said["sheet_summary"]
        for at, color in ((_NAME_LAST + 1, FLAG), (_NAME_LAST + 2, REVIEW)):
            chart.add_series(
                {
                    "name": [sheet, first - 1, at],
                    "categories": [sheet, first, _FIRST, first + rows - 1, _FIRST],
                    "values": [sheet, first, at, first + rows - 1, at],
                    "fill": {"color": color},
                    "gap": 40,
                }
            )
        chart.set_legend({"position": "top"})
        chart.set_y_axis({"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#E3E7EC"}}})
        chart.set_size({"width": 800, "height": 20 * _CHART_ROWS - 20})
        self.paper.sheet.insert_chart(
            self.row, _FIRST, chart, {"object_position": 2, "description": self.said["months_title"]}
        )
        self.row += _CHART_ROWS

    def heading(self, key: str) -> None:
        """Write a heading across."""
        self.paper.merged(self.row, _FIRST, _LAST, self.said[key], "heading", height=24)
        self.row += 1

    def across(self, text: str, form: str) -> None:
        """Write a text across all columns, as high as it needs to be."""
        lines = max(math.ceil(len(text) / _CHARACTERS), 1)
        self.paper.merged(self.row, _FIRST, _LAST, shown(text), form, height=_LINE_POINTS * lines + 4)
        self.row += 1

    def go(self, sheet: str, text: str) -> None:
        """Write a line that leads to another sheet."""
        self.paper.merged(self.row, _FIRST, _LAST, "", "go", height=_LINE_POINTS + 5)
        self.paper.link(self.row, _FIRST, f"internal:'{self.said[sheet]}'!A1", text, "go")
        self.row += 1

    def count(self, count: int) -> str:
        """Write a number as the language does."""
        return count_in_words(count, self.language)

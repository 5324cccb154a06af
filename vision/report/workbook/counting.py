"""The figures of the first sheet, counted as photos come."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from vision.report.listing import ListedPhoto
from vision.report.precision import DecisionTally
from vision.report.tables.facts import PhotoSummary
from vision.report.workbook.lines import sheet_of
from vision.rules import Verdict

_MOST_MONTHS: Final = 24  # more are told by year


@dataclass(frozen=True, slots=True)
class Count:
    """How many photos at risk, and how many to be looked at again."""

    name: str
    flag: int
    review: int

    @property
    def all(self) -> int:
        """Both together."""
        return self.flag + self.review


@dataclass(slots=True)
class FindingCounter:
    """Counts the reported photos by kind, person and time. A photo with several kinds counts for each of them once."""

    tally: DecisionTally = field(default_factory=DecisionTally)
    known: int = 0
    names: dict[str, str] = field(default_factory=dict)
    _kinds: defaultdict[str, Counter[Verdict]] = field(default_factory=lambda: defaultdict(Counter))
    _people: defaultdict[str, Counter[Verdict]] = field(default_factory=lambda: defaultdict(Counter))
    _months: defaultdict[str, Counter[Verdict]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, photo: ListedPhoto) -> None:
        """Take a photo."""
        self.tally.add(photo)
        verdict = photo.verdict
        if verdict is None or verdict is Verdict.CLEAR:
            return
        self.known += photo.known
        if sheet_of(photo) != "reported":
            return
        told = PhotoSummary.of(photo.result)
        for code in told.codes:
            self._kinds[code][verdict] += 1
        for who in told.candidates:
            if who in told.people:
                self.names[who] = told.people[who]
                self._people[who][verdict] += 1
        self._months[(photo.taken or "")[:7]][verdict] += 1

    def kinds(self) -> list[Count]:
        """Return the codes of findings, the most frequent first."""
        return _by_size(_counts(self._kinds))

    def people(self) -> list[Count]:
        """Return the ids of candidates and relatives whose faces were matched, the most frequent first."""
        return _by_size(_counts(self._people))

    def times(self) -> list[Count]:
        """Return months, or years where the months are many, in order; "" is without a date and comes last."""
        months = self._months
        if len(months) > _MOST_MONTHS:
            years: defaultdict[str, Counter[Verdict]] = defaultdict(Counter)
            for month, counter in months.items():
                years[month[:4]].update(counter)
            months = years
        return sorted(_counts(months), key=lambda count: (count.name == "", count.name))


def _counts(counters: defaultdict[str, Counter[Verdict]]) -> Iterable[Count]:
    return [Count(name, one[Verdict.FLAG], one[Verdict.REVIEW]) for name, one in counters.items()]


def _by_size(counts: Iterable[Count]) -> list[Count]:
    return sorted(counts, key=lambda count: (-count.all, count.name))

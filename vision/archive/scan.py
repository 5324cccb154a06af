"""One scan: list the places, read what is new, have it judged, keep the answers."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from msgspec import UNSET

from vision.archive.gathering import RunSummary
from vision.archive.journal import Journal, Run, RunFacts, Selection
from vision.archive.judging import Answer, Task, error_answer
from vision.archive.local import FailedTask, Judges
from vision.archive.sources.listing import list_places
from vision.archive.sources.reading import read_places
from vision.media.folders import Exclusions
from vision.media.photo import PhotoLimits
from vision.media.unseen import NotLookedAtError
from vision.report.listing import ScanFacts
from vision.settings import CheckerIdentity, CheckerSettings

SECONDS = 120.0
"""How long one photo may take: sixty times the slowest group photo of the benchmarks."""

AUDIT_RATE = 0.01
"""Share of the clear photos that people are asked to look at."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be scanned, and how. `out` is the folder of the journal; it is left out of the sources itself.

    `listed` are sources out of a list, of which there may be a million.
    """

    sources: tuple[str, ...]
    out: Path
    settings: CheckerSettings
    listed: tuple[str, ...] = ()
    audit_rate: float = AUDIT_RATE
    baseline: Path | None = None
    follow_links: bool = False
    hidden: bool = False
    excluded: tuple[str, ...] = ()
    retry: bool = False
    abandon: bool = False


@dataclass(slots=True)
class Progress:
    """How far a scan is: places listed, places to read (None while listing), read so far, and answers by verdict."""

    listed: int = 0
    to_read: int | None = None
    read: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    spent_ms: Counter[str] = field(default_factory=Counter)


def settled(settings: CheckerSettings, last: Run | None) -> tuple[CheckerSettings, CheckerIdentity]:
    """Return the settings with their day fixed, and the identity of their checker.

    Where no day is asked for, the last run's stays as long as another changes nothing: else every night's scan would
    judge everything again.
    """
    fixed = settings if settings.day is not None else replace(settings, day=today())
    identity = fixed.identity()
    if settings.day is None and last is not None and last.by.get("day"):
        by = dict(identity.fingerprint) | {"day": last.by["day"]}
        if by == dict(last.by):
            return replace(settings, day=date.fromisoformat(last.by["day"])), replace(identity, fingerprint=by)
    return fixed, identity


def _digest(names: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for name in names:
        digest.update(name.encode("utf-8", "surrogateescape") + b"\0")
    return digest.hexdigest()[:16]


def today() -> date:
    """Return the day on which a photo would be posted, where none is asked for."""
    return date.today()


class Scan:
    """One run over the sources of an order, noted in a journal that is open for writing."""

    def __init__(self, journal: Journal, order: Order) -> None:
        """Begin the run, or go on with one that did not end. Raises what `Journal.begin_run` and the settings raise."""
        self._journal = journal
        last = journal.last_run()
        self.settings, identity = settled(order.settings, last)
        self._order = order
        asked = Selection(
            sources=tuple(order.sources),
            follow_links=order.follow_links,
            hidden=order.hidden,
            exclude=tuple(sorted(order.excluded)) or UNSET,
            listed=_digest(order.listed) if order.listed else UNSET,
        )
        facts = RunFacts(
            language=order.settings.language,
            policy=identity.policy,
            policy_title=identity.policy_title,
            people=identity.people,
            region=identity.region,
            scope_notes=tuple(identity.notes),
            day=identity.fingerprint["day"] or str(self.settings.day),
            audit_rate=order.audit_rate,
            baseline=None if order.baseline is None else str(order.baseline),
        )
        self.run = journal.begin_run(identity.fingerprint, asked, facts, abandon=order.abandon)
        if order.retry:
            journal.forget_engine_errors(self.run)
        self._set_baseline()
        self.progress = Progress()
        self._under_way: set[str] = set()

    def list(self) -> Iterator[Progress]:
        """Note every place of the sources; yields now and then."""
        order = self._order
        listed = list_places(
            (*order.sources, *order.listed),
            known=self._journal.knows_container,
            leave_out=[str(order.out)],
            follow_links=order.follow_links,
            hidden=order.hidden,
            excluded=Exclusions(order.excluded),
        )
        for count in self._journal.put_listed(self.run, listed, self.settings.language):
            self.progress.listed = count
            yield self.progress
        self.progress.to_read = self._journal.count_pending(self.run)
        yield self.progress

    def judge(self, judges: Judges) -> Iterator[Progress]:
        """Read and judge what has no answer yet; yields after each photo that was judged."""
        for one in judges.judged(self._tasks()):
            answer = error_answer(one.key, one.error, self.settings) if isinstance(one, FailedTask) else one
            self._keep(answer)
            self._journal.tick()
            yield self.progress
        self.finish()

    def finish(self) -> None:
        """Note that every place was judged."""
        self._journal.finish(self.run)

    def facts(self) -> ScanFacts:
        """Return what the whole scan comes to, earlier answers included."""
        return RunSummary(self._journal).facts()

    def _keep(self, answer: Answer) -> None:
        self._journal.keep(self.run, answer)
        self._under_way.discard(answer.key)
        self.progress.verdicts[answer.verdict] += 1
        self.progress.spent_ms.update({stage: round(spent) for stage, spent in answer.spent_ms.items()})

    def _tasks(self) -> Iterator[Task]:
        pending = self._journal.pending(self.run)
        for contents in read_places(pending, limits=PhotoLimits()):
            self.progress.read += 1
            self._journal.tick()
            if isinstance(contents.error, NotLookedAtError):
                self._journal.put_unseen(contents.place, contents.error)
            elif contents.error is not None:
                self._journal.put_failure(contents.place, contents.error, self.settings.language)
            elif contents.data is None:
                self._journal.put_no_photo(contents.place)
            else:
                task = Task.of(contents.data)
                is_new = self._journal.put_photo(self.run, contents.place, task.key)
                if is_new and task.key not in self._under_way:
                    self._under_way.add(task.key)
                    yield task

    def _set_baseline(self) -> None:
        if self._order.baseline is None:
            self._journal.set_baseline(None)
        else:
            with Journal.open(self._order.baseline) as earlier:
                self._journal.set_baseline(earlier)

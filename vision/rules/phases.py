"""Where a day stands in an election's calendar: before, during, quiet period, polling day, after; or outside it all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from vision.rules.evidence import ElectionFacts
from vision.rules.schema import Window

QUIET_DAYS = 3
"""Length of the quiet period before polling day: 11-13 February and 24-26 November in 2024 (K13, K15 of the sources
in the national pack)."""


class Phase(StrEnum):
    """A part of an election's calendar. The duty of neutrality holds in all of them."""

    BEFORE = "before"
    DURING = "during"
    QUIET = "quiet"
    POLLING_DAY = "polling_day"
    AFTER = "after"


_NEAREST = (Phase.POLLING_DAY, Phase.QUIET, Phase.DURING, Phase.BEFORE, Phase.AFTER)
"""The nearer to the vote, the more a photo matters; what is told where elections of several phases are meant."""


def phase_on(day: date, election: ElectionFacts) -> Phase | None:
    """Return the phase as far as the dates tell; None where they tell nothing.

    Before `active_from` it is before; between `active_to` or the last days before `polling_day` and that day it is
    quiet; after `polling_day` (without one, after `active_to`) it is after.
    """
    start, end, vote = election.active_from, election.active_to, election.polling_day
    if vote is not None and day >= vote:
        return Phase.POLLING_DAY if day == vote else Phase.AFTER
    if start is not None and day < start:
        return Phase.BEFORE
    if vote is not None:
        is_quiet = (end is not None and day > end) or vote - day <= timedelta(days=QUIET_DAYS)
        return Phase.QUIET if is_quiet else None if start is None else Phase.DURING
    if end is not None and day > end:
        return Phase.AFTER
    return None if start is None else Phase.DURING


def nearest_phase(phases: Iterable[Phase | None]) -> Phase | None:
    """Return the one phase that is told where several are meant; None when none is known."""
    return min((phase for phase in phases if phase is not None), key=_NEAREST.index, default=None)


def is_in_time(day: date, election: ElectionFacts, window: Window) -> bool:
    """Tell whether a day lies in an election's time, widened by the policy's window; a missing date is no limit."""
    ends = [end for end in (election.active_to, election.polling_day) if end is not None]
    starts_ok = election.active_from is None or (election.active_from - day).days <= window.days_before
    ends_ok = election.active_to is None or (day - max(ends)).days <= window.days_after
    return starts_ok and ends_ok

"""Policies and rosters that a process of the service has read, kept while the gallery stays as it is."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vision.rules import Policy
    from vision.settings import CheckerSettings
    from vision.stages.roster import Roster

_KEPT = 4
"""Galleries as seen from so many regions and days; each may take as much memory as the gallery's vectors."""


class Rosters:
    """A cache of the last few policies and rosters. `model_id` is the face model that the gallery must be made with."""

    def __init__(self, model_id: str) -> None:
        self._model_id = model_id
        self._kept: OrderedDict[CheckerSettings, tuple[Policy, Roster]] = OrderedDict()
        self._gallery_state = ""

    def of(self, settings: CheckerSettings, gallery_state: str) -> tuple[Policy, Roster]:
        """Return policy and roster for the settings; the gallery is read again when its state differs.

        Raises PolicyError and `candidates.CandidatesError`.
        """
        if gallery_state != self._gallery_state:
            self._kept.clear()
            self._gallery_state = gallery_state
        key = replace(settings, language="id")  # of all settings the language alone changes nothing here
        if key not in self._kept:
            self._kept[key] = self._read(settings)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def _read(self, settings: CheckerSettings) -> tuple[Policy, Roster]:
        from vision.rules import Policy
        from vision.stages.roster import NOBODY, Roster

        policy = Policy.load(settings.policy)
        if settings.gallery is None:
            return policy, NOBODY
        roster = Roster.open(
            settings.gallery,
            policy,
            region=settings.region,
            day=settings.day,
            declared_spouse_of=settings.declared_spouse_of,
            model_id=self._model_id,
            false_alarms=settings.false_alarms,
        )
        return policy, roster

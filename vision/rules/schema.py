"""The tables of a policy pack, as checked values."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Literal

import msgspec


class Severity(StrEnum):
    """How much a pose or a finding weighs. Findings are only ever `flag` or `review`."""

    FLAG = "flag"
    REVIEW = "review"
    ALLOWED = "allowed"
    NONE = "none"

    @property
    def makes_finding(self) -> bool:
        """Whether something of this weight is reported at all."""
        return self in (Severity.FLAG, Severity.REVIEW)


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of a pack: unknown keys are refused, values are checked, nothing changes afterwards."""


class Circular(Table, frozen=True):
    """The regulation a pack is about: its short name, full title, date, the numbers each body gave it, and a link.

    `valid_from` and `valid_to` are given where the circular itself limits its time.
    """

    name: str
    title: str
    issued: dt.date
    link: str
    numbers: tuple[str, ...] = ()
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


class Rule(Table, frozen=True):
    """What a finding rests on: the circular, the item in it, one line in each language, and a link.

    `sanction_*` says, as a half sentence, what the circular itself connects with the item; left empty, nothing is said.
    """

    circular: str
    item: str
    title_id: str
    title_en: str
    link: str
    sanction_id: str = ""
    sanction_en: str = ""

    def title(self, language: Literal["id", "en"]) -> str:
        """Return the one-line citation."""
        return self.title_id if language == "id" else self.title_en

    def sanction(self, language: Literal["id", "en"]) -> str:
        """Return what the circular connects with the item, empty where nothing is to be said."""
        return self.sanction_id if language == "id" else self.sanction_en


class Thresholds(Table, frozen=True):
    """Pose scores (0..1): from `flag` on a pose has its full weight, from `review` on it asks for another look."""

    flag: float
    review: float


class Judging(Table, frozen=True):
    """How findings are weighed.

    `unheld_number`: what happens to a number that no active candidate in scope holds, where numbers are known at all.
    `family`: the weight of a candidate's registered relative. `declared_spouse`: what the user's statement "the
    candidate is my husband or wife" does to the finding about that candidate; signs it never softens.
    """

    unheld_number: Literal["same", "milder"]
    family: Literal["review", "flag"]
    declared_spouse: Literal["same", "milder"] = "milder"


class Window(Table, frozen=True):
    """How many days before an election's `active_from` and after its last day it still counts.

    The last day is `active_to`, or `polling_day` where that is later.
    """

    days_before: int
    days_after: int


class PoseRule(Table, frozen=True):
    """What a pack says about one pose.

    `numbers` are the ballot numbers it can mean. `posed_severity` replaces `severity` when the hand is held toward the
    camera. `reads_*` says what it can be read as (`{number}` stands for the numbers seen), `rule` names an entry of
    `[rules]`, `sources` are keys of `[sources]`.
    """

    severity: Severity
    name_id: str
    name_en: str
    numbers: tuple[int, ...] = ()
    posed_severity: Severity | None = None
    reads_id: str = ""
    reads_en: str = ""
    rule: str = "sign"
    sources: tuple[str, ...] = ()

    def name(self, language: Literal["id", "en"]) -> str:
        """Return the everyday name, short enough for a label on a picture."""
        return self.name_id if language == "id" else self.name_en

    def reads(self, language: Literal["id", "en"]) -> str:
        """Return what the pose can be read as, with `{number}` still in it where the pose does not fix the number."""
        return self.reads_id if language == "id" else self.reads_en


class PartyNames(Table, frozen=True):
    """How a party is written.

    `names` count wherever they stand; `short` ones, which are everyday words or stand for other things too ("PBB" is a
    tax), only after one of `before_party`.
    """

    names: tuple[str, ...] = ()
    short: tuple[str, ...] = ()


class WordRules(Table, frozen=True):
    """What words in a photo weigh, and which words count beside the names of the people in scope.

    `before_number` are the words after which a number is a ballot number, `phrases` those of a campaign by a key. All
    are found in capitals or not, and with one wrong letter where they have eight letters and more. `rule` names an
    entry of `[rules]`. A pack without this table looks for people's names alone.
    """

    candidate: Severity = Severity.REVIEW
    number: Severity = Severity.REVIEW
    party: Severity = Severity.REVIEW
    campaign: Severity = Severity.REVIEW
    bare_number: Severity = Severity.REVIEW
    rule: str = "attribute"
    before_number: tuple[str, ...] = ()
    before_party: tuple[str, ...] = ()
    phrases: dict[str, tuple[str, ...]] = {}
    parties: dict[str, PartyNames] = {}

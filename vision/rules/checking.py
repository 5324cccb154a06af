"""Checking a pack that was read: plain values to typed tables, and every problem with them instead of only the first.

A problem names the file that said the key, and tells in two languages what is expected and what stands there.
"""

from __future__ import annotations

import datetime as dt
import re
import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import EnumType
from types import UnionType
from typing import Any, Literal, TypeAlias, TypeVar, get_args, get_origin

import msgspec

from vision.messages import LiteralText, Message, say
from vision.poses import Pose
from vision.rules.reading import Key, MergedPack, Problem, RawTable, meant
from vision.rules.schema import (
    Circular,
    Judging,
    PartyNames,
    PoseRule,
    Rule,
    Severity,
    Table,
    Thresholds,
    Window,
    WordRules,
)

Kinds: TypeAlias = Mapping[str, Any]
"""The type of every value that a table may have."""

Also: TypeAlias = Callable[[Key, RawTable], None]
S = TypeVar("S", bound=Table)

REQUIRED_RULES = ("sign", "candidate", "family", "spouse")
"""Entries of `[rules]` that findings of these kinds rest on; a pack may add more for its poses."""

PROSPECTIVE_RULE = "prospective"
"""The entry of `[rules]` for people whom the KPU has not fixed as candidates yet; without it, `candidate` stands."""

LONGEST_REMINDER = 3
"""Sentences of a reminder: as many as of any other message."""

_HEAD: Kinds = {
    "id": str,
    "title_id": str,
    "title_en": str,
    "regions": tuple[str, ...],
    "reminder_id": str,
    "reminder_en": str,
}
_TOP = ("extends", *_HEAD)
_TABLES = ("circular", "rules", "thresholds", "judging", "window", "poses", "words", "sources")
_REGION = re.compile(r"\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]*", re.IGNORECASE)
_SHOWN = 40
_A_TABLE = say("policy.checking.table")

_EXPECTED: Mapping[Any, Message] = {
    str: say("policy.checking.text_in_quotes"),
    int: say("policy.checking.whole_number"),
    float: say("policy.checking.number"),
    dt.date: say("policy.checking.date_such_as_2027_01"),
    tuple[int, ...]: say("policy.checking.list_of_whole_numbers_such"),
    tuple[str, ...]: say("policy.checking.list_of_texts_such_as"),
    dict[str, tuple[str, ...]]: say("policy.checking.phrases"),
    dict[str, PartyNames]: say("policy.checking.parties"),
}


def check(laid: MergedPack) -> tuple[RawTable, tuple[Problem, ...]]:
    """Return the checked values of a pack by key, and all problems; where there are some, values are missing."""
    checker = _Checker(laid, list(laid.problems))
    return checker.fields(), tuple(checker.problems)


@dataclass(slots=True)
class _Checker:
    """One check of a pack; `problems` grows with what is found wrong."""

    laid: MergedPack
    problems: list[Problem]

    def fields(self) -> RawTable:
        raw = self.laid.raw
        self.refuse_unknown((), raw, [*_TOP, *_TABLES])
        head = self.values((), {word: raw[word] for word in _HEAD if word in raw}, _HEAD)
        for word in ("title_id", "title_en"):
            if word not in raw:
                self.report((word,), say("policy.checking.missing"))
        self.check_head(head)
        return head | {
            "circular": self.table(("circular",), raw.get("circular", {}), Circular, self.check_circular),
            "rules": self.rules(raw),
            "thresholds": self.table(("thresholds",), raw.get("thresholds", {}), Thresholds, self.check_cuts),
            "judging": self.table(("judging",), raw.get("judging", {}), Judging),
            "window": self.table(("window",), raw.get("window", {}), Window, self.check_days),
            "poses": self.poses(raw),
            "words": self.table(("words",), raw.get("words", {}), WordRules, self.check_words),
            "sources": self.sources(raw),
        }

    def check_head(self, values: RawTable) -> None:
        if not _ID.fullmatch(values.get("id", "x")):
            self.report(("id",), say("policy.checking.letters_digits_dots_and_hyphens"))
        for word in ("title_id", "title_en"):
            self.refuse_empty((word,), values.get(word))
        for region in values.get("regions", ()):
            if not _REGION.fullmatch(region):
                self.report(("regions",), say("policy.checking.is_no_kemendagri_code_such", region=region))
        self.check_both((), "reminder", values)
        for word in ("reminder_id", "reminder_en"):
            if len(re.findall(r"[.!?](?=\s|$)", values.get(word, ""))) > LONGEST_REMINDER:
                self.report((word,), say("policy.checking.at_most_three_sentences"))

    def check_circular(self, key: Key, values: RawTable) -> None:
        self.check_link((*key, "link"), values.get("link"))
        start, end = values.get("valid_from"), values.get("valid_to")
        if start and end and start > end:
            self.report((*key, "valid_to"), say("policy.checking.before_valid_from"))

    def check_cuts(self, key: Key, values: RawTable) -> None:
        review, flag = values.get("review", 0.0), values.get("flag", 1.0)
        if not 0 <= review <= flag <= 1:
            self.report(key, say("policy.checking.review_flag_must_hold"))

    def check_days(self, key: Key, values: RawTable) -> None:
        for word, days in values.items():
            if days < 0:
                self.report((*key, word), say("policy.checking.days_must_not_be_negative"))

    def rules(self, raw: RawTable) -> dict[str, Rule | None]:
        tables = self.tables(("rules",), raw)
        rules = {name: self.table(("rules", name), value, Rule, self.check_rule) for name, value in tables.items()}
        for name in REQUIRED_RULES:
            if isinstance(raw.get("rules", {}), dict) and name not in tables:
                self.report(("rules",), say("policy.checking.table_is_missing", name=name))
        return rules

    def check_rule(self, key: Key, values: RawTable) -> None:
        self.check_link((*key, "link"), values.get("link"))
        for word in ("circular", "title_id", "title_en"):
            self.refuse_empty((*key, word), values.get(word))
        self.check_both(key, "sanction", values)

    def poses(self, raw: RawTable) -> dict[Pose, PoseRule | None]:
        tables = self.tables(("poses",), raw)
        self.refuse_unknown(("poses",), tables, [pose.value for pose in Pose])
        missing = [pose.value for pose in Pose if pose.value not in tables]
        if missing and isinstance(raw.get("poses", {}), dict):
            names = ", ".join(missing)
            self.report(("poses",), say("policy.checking.these_poses_are_missing", names=names))
        return {
            pose: self.table(("poses", pose.value), tables[pose.value], PoseRule, self.check_pose)
            for pose in Pose
            if pose.value in tables
        }

    def check_pose(self, key: Key, values: RawTable) -> None:
        # Names count as they stand in the file: a broken entry has its own problem, and need not cause another here.
        rules, sources = self.laid.raw.get("rules", {}), self.laid.raw.get("sources", {})
        rule = values.get("rule", "sign")
        if isinstance(rules, dict) and rule not in rules and rule not in REQUIRED_RULES:
            self.report((*key, "rule"), say("policy.checking.no_such_rule", rule=rule), meant=meant(rule, rules))
        for source in values.get("sources", ()) if isinstance(sources, dict) else ():
            if source not in sources:
                self.report((*key, "sources"), say("policy.checking.is_not_in_sources", source=source))
        for number in values.get("numbers", ()):
            if number < 1:
                self.report((*key, "numbers"), say("policy.checking.from_on_not", number=number))
        for word in ("name_id", "name_en"):
            self.refuse_empty((*key, word), values.get(word))
        weights = (values.get("severity"), values.get("posed_severity"))
        finds = any(isinstance(weight, Severity) and weight.makes_finding for weight in weights)
        for word in ("reads_id", "reads_en"):
            self.check_reading((*key, word), values.get(word, ""), finds)

    def check_words(self, key: Key, values: RawTable) -> None:
        rules = self.laid.raw.get("rules", {})
        if "rule" in values and isinstance(rules, dict) and (rule := values["rule"]) not in rules:
            self.report((*key, "rule"), say("policy.checking.no_such_rule", rule=rule), meant=meant(rule, rules))
        lists = [(word, values.get(word, ())) for word in ("before_number", "before_party")]
        lists += [(f"phrases.{name}", texts) for name, texts in values.get("phrases", {}).items()]
        for name, party in values.get("parties", {}).items():
            lists += [(f"parties.{name}.names", party.names), (f"parties.{name}.short", party.short)]
        for word, texts in lists:
            for text in texts:
                self.refuse_empty((*key, *word.split(".")), text)

    def check_reading(self, key: Key, text: str, finds: bool) -> None:
        """Refuse an ill-formed reading, and an empty one where a finding would have to quote it."""
        if finds and not text:
            self.report(key, say("policy.checking.say_what_pose_can_be"))
        try:
            fields = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        except ValueError:
            fields = {"?"}
        if fields - {"number"}:
            self.report(key, say("policy.checking.only_may_stand_in_braces"))

    def sources(self, raw: RawTable) -> dict[str, str]:
        tables = self.tables(("sources",), raw)
        sources = self.values(("sources",), tables, dict.fromkeys(tables, str))
        for name, link in sources.items():
            self.check_link(("sources", name), link)
        return sources

    def tables(self, key: Key, raw: RawTable) -> RawTable:
        """Return a table whose keys are names; an empty one, told as a problem, when something else stands there."""
        value = raw.get(key[-1], {})
        if isinstance(value, dict):
            return value
        self.report_value(key, _A_TABLE, value)
        return {}

    def table(self, key: Key, raw: object, kind: type[S], also: Also | None = None) -> S | None:
        """Check a table key by key, and by `also` as a whole; None when something in it is wrong."""
        if not isinstance(raw, dict):
            self.report_value(key, _A_TABLE, raw)
            return None
        found = len(self.problems)
        fields = msgspec.structs.fields(kind)
        self.refuse_unknown(key, raw, [known.name for known in fields])
        for known in fields:
            if known.required and known.name not in raw:
                self.report((*key, known.name), say("policy.checking.missing"))
        values = self.values(key, raw, {known.name: known.type for known in fields})
        if also is not None:
            also(key, values)
        return kind(**values) if len(self.problems) == found else None

    def values(self, key: Key, raw: RawTable, kinds: Kinds) -> RawTable:
        """Return the values of known keys that are of the kind they must be."""
        values = {}
        for word, kind in kinds.items():
            if word in raw:
                try:
                    values[word] = msgspec.convert(raw[word], kind, strict=True)
                except msgspec.ValidationError:
                    self.report_value((*key, word), _expected(kind), raw[word])
        return values

    def refuse_unknown(self, key: Key, raw: RawTable, known: Sequence[str]) -> None:
        for word in raw:
            if word not in known:
                self.report((*key, word), say("policy.checking.unknown_key"), meant=meant(word, known))

    def refuse_empty(self, key: Key, text: str | None) -> None:
        if text is not None and not text.strip():
            self.report(key, say("policy.checking.must_not_be_empty"))

    def check_link(self, key: Key, link: str | None) -> None:
        if link is not None and not re.match(r"https?://\S+$", link):
            self.report(key, say("policy.checking.must_be_address_that_begins"))

    def check_both(self, key: Key, word: str, values: RawTable) -> None:
        """Refuse a text that is given in one language only."""
        for empty, other in ((f"{word}_id", f"{word}_en"), (f"{word}_en", f"{word}_id")):
            if values.get(other) and not values.get(empty):
                self.report((*key, empty), say("policy.checking.say_it_in_this_language"))

    def report_value(self, key: Key, expected: Message, came: object) -> None:
        self.report(key, say("policy.checking.must_be", expected=expected, came=_shown(came)))

    def report(self, key: Key, reason: Message, *, meant: str = "") -> None:
        self.problems.append(Problem.at(self.laid.file_of(key), key, reason, meant=meant))


def _expected(kind: object) -> Message:
    """Say what a value must be."""
    if get_origin(kind) is UnionType:
        kind = next(part for part in get_args(kind) if part is not type(None))
    if kind in _EXPECTED:
        return _EXPECTED[kind]
    choices: Iterable[object] = ()
    if get_origin(kind) is Literal:
        choices = get_args(kind)
    elif isinstance(kind, EnumType):
        choices = kind
    return say("policy.checking.one_of", choices=[str(choice) for choice in choices])


def _shown(value: object) -> Message:
    """Return a value as it stands in the file, cut where it is long; tables by their name only."""
    if isinstance(value, dict):
        return say("policy.checking.some_table")
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, str):
        text = f'"{value}"'
    else:
        text = str(value)
    text = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return LiteralText(text, text)

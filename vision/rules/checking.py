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

from vision.poses import Pose
from vision.rules.reading import Key, LaidPack, Problem, RawTable, hints
from vision.rules.schema import Circular, Judging, PoseRule, Rule, Severity, Table, Thresholds, Window

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
_TABLES = ("circular", "rules", "thresholds", "judging", "window", "poses", "sources")
_REGION = re.compile(r"\d{2}(\.\d{2}(\.\d{2}(\.\d{4})?)?)?")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]*", re.IGNORECASE)
_SHOWN = 40
_A_TABLE = ("tabel", "a table")

_EXPECTED: Mapping[Any, tuple[str, str]] = {
    str: ("teks dalam tanda kutip", "a text in quotes"),
    int: ("bilangan bulat", "a whole number"),
    float: ("angka", "a number"),
    dt.date: ("tanggal, misalnya 2027-01-31", "a date, such as 2027-01-31"),
    tuple[int, ...]: ("daftar bilangan bulat, misalnya [2, 7]", "a list of whole numbers, such as [2, 7]"),
    tuple[str, ...]: ('daftar teks, misalnya ["P1", "P2"]', 'a list of texts, such as ["P1", "P2"]'),
}


def check(laid: LaidPack) -> tuple[RawTable, tuple[Problem, ...]]:
    """Return the checked values of a pack by key, and all problems; where there are some, values are missing."""
    checker = _Checker(laid, list(laid.problems))
    return checker.fields(), tuple(checker.problems)


@dataclass(slots=True)
class _Checker:
    """One check of a pack; `problems` grows with what is found wrong."""

    laid: LaidPack
    problems: list[Problem]

    def fields(self) -> RawTable:
        raw = self.laid.raw
        self.refuse_unknown((), raw, [*_TOP, *_TABLES])
        head = self.values((), {word: raw[word] for word in _HEAD if word in raw}, _HEAD)
        for word in ("title_id", "title_en"):
            if word not in raw:
                self.report((word,), "belum diisi", "missing")
        self.check_head(head)
        return head | {
            "circular": self.table(("circular",), raw.get("circular", {}), Circular, self.check_circular),
            "rules": self.rules(raw),
            "thresholds": self.table(("thresholds",), raw.get("thresholds", {}), Thresholds, self.check_cuts),
            "judging": self.table(("judging",), raw.get("judging", {}), Judging),
            "window": self.table(("window",), raw.get("window", {}), Window, self.check_days),
            "poses": self.poses(raw),
            "sources": self.sources(raw),
        }

    def check_head(self, values: RawTable) -> None:
        if not _ID.fullmatch(values.get("id", "x")):
            self.report(
                ("id",), "hanya huruf, angka, titik, dan tanda hubung", "letters, digits, dots and hyphens only"
            )
        for word in ("title_id", "title_en"):
            self.refuse_empty((word,), values.get(word))
        for region in values.get("regions", ()):
            if not _REGION.fullmatch(region):
                self.report(
                    ("regions",),
                    f"«{region}» bukan kode Kemendagri seperti 34 atau 34.01",
                    f"“{region}” is no Kemendagri code such as 34 or 34.01",
                )
        self.check_both((), "reminder", values)
        for word in ("reminder_id", "reminder_en"):
            if len(re.findall(r"[.!?](?=\s|$)", values.get(word, ""))) > LONGEST_REMINDER:
                self.report((word,), "paling banyak tiga kalimat", "at most three sentences")

    def check_circular(self, key: Key, values: RawTable) -> None:
        self.check_link((*key, "link"), values.get("link"))
        start, end = values.get("valid_from"), values.get("valid_to")
        if start and end and start > end:
            self.report((*key, "valid_to"), "sebelum valid_from", "before valid_from")

    def check_cuts(self, key: Key, values: RawTable) -> None:
        review, flag = values.get("review", 0.0), values.get("flag", 1.0)
        if not 0 <= review <= flag <= 1:
            self.report(key, "harus 0 ≤ review ≤ flag ≤ 1", "0 ≤ review ≤ flag ≤ 1 must hold")

    def check_days(self, key: Key, values: RawTable) -> None:
        for word, days in values.items():
            if days < 0:
                self.report((*key, word), "jumlah hari tidak boleh negatif", "days must not be negative")

    def rules(self, raw: RawTable) -> dict[str, Rule | None]:
        tables = self.tables(("rules",), raw)
        rules = {name: self.table(("rules", name), value, Rule, self.check_rule) for name, value in tables.items()}
        for name in REQUIRED_RULES:
            if isinstance(raw.get("rules", {}), dict) and name not in tables:
                self.report(("rules",), f"tabel «{name}» belum ada", f"the table “{name}” is missing")
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
            self.report(("poses",), f"pose ini belum ada: {names}", f"these poses are missing: {names}")
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
            close_id, close_en = hints(rule, rules)
            self.report((*key, "rule"), f"tidak ada [rules.{rule}]{close_id}", f"there is no [rules.{rule}]{close_en}")
        for source in values.get("sources", ()) if isinstance(sources, dict) else ():
            if source not in sources:
                self.report((*key, "sources"), f"«{source}» tidak ada di [sources]", f"“{source}” is not in [sources]")
        for number in values.get("numbers", ()):
            if number < 1:
                self.report((*key, "numbers"), f"nomor urut mulai dari 1, bukan {number}", f"from 1 on, not {number}")
        for word in ("name_id", "name_en"):
            self.refuse_empty((*key, word), values.get(word))
        weights = (values.get("severity"), values.get("posed_severity"))
        finds = any(isinstance(weight, Severity) and weight.makes_finding for weight in weights)
        for word in ("reads_id", "reads_en"):
            self.check_reading((*key, word), values.get(word, ""), finds)

    def check_reading(self, key: Key, text: str, finds: bool) -> None:
        """Refuse an ill-formed reading, and an empty one where a finding would have to quote it."""
        if finds and not text:
            self.report(key, "isi dengan apa pose ini bisa dibaca", "say what the pose can be read as")
        try:
            fields = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
        except ValueError:
            fields = {"?"}
        if fields - {"number"}:
            self.report(key, "hanya {number} yang boleh dalam kurung", "only {number} may stand in braces")

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
                self.report((*key, known.name), "belum diisi", "missing")
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
                close_id, close_en = hints(word, known)
                self.report((*key, word), f"kunci tidak dikenal{close_id}", f"unknown key{close_en}")

    def refuse_empty(self, key: Key, text: str | None) -> None:
        if text is not None and not text.strip():
            self.report(key, "tidak boleh kosong", "must not be empty")

    def check_link(self, key: Key, link: str | None) -> None:
        if link is not None and not re.match(r"https?://\S+$", link):
            self.report(key, "harus alamat yang diawali https://", "must be an address that begins with https://")

    def check_both(self, key: Key, word: str, values: RawTable) -> None:
        """Refuse a text that is given in one language only."""
        for empty, other in ((f"{word}_id", f"{word}_en"), (f"{word}_en", f"{word}_id")):
            if values.get(other) and not values.get(empty):
                self.report((*key, empty), "isi juga dalam bahasa ini", "say it in this language as well")

    def report_value(self, key: Key, expected: tuple[str, str], came: object) -> None:
        shown_id, shown_en = _shown(came)
        self.report(
            key, f"harus {expected[0]}, yang tertulis {shown_id}", f"must be {expected[1]}, but it says {shown_en}"
        )

    def report(self, key: Key, reason_id: str, reason_en: str) -> None:
        # A hint ends in a question mark; the sentence about the problem needs no full stop after it.
        problem = Problem.at(self.laid.file_of(key), key, reason_id, reason_en)
        tidy_id, tidy_en = problem.message_id.replace("?.", "?"), problem.message_en.replace("?.", "?")
        self.problems.append(Problem(problem.file, problem.key, tidy_id, tidy_en))


def _expected(kind: object) -> tuple[str, str]:
    """Say in both languages what a value must be."""
    if get_origin(kind) is UnionType:
        kind = next(part for part in get_args(kind) if part is not type(None))
    if kind in _EXPECTED:
        return _EXPECTED[kind]
    choices: Iterable[object] = ()
    if get_origin(kind) is Literal:
        choices = get_args(kind)
    elif isinstance(kind, EnumType):
        choices = kind
    words = ", ".join(str(choice) for choice in choices)
    return f"salah satu dari: {words}", f"one of: {words}"


def _shown(value: object) -> tuple[str, str]:
    """Return a value as it stands in the file, cut where it is long; tables by their name only."""
    if isinstance(value, dict):
        return "sebuah tabel", "a table"
    if isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, str):
        text = f'"{value}"'
    else:
        text = str(value)
    text = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return text, text

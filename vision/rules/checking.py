"""Checking a pack that was read: plain values to typed tables, and every problem with them instead of only the first.

A problem names the file that said the key, and tells in two languages what is expected and what stands there.
"""

from __future__ import annotations

import datetime as dt
import re
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import EnumType
from types import UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin

import msgspec

from vision.poses import Pose
from vision.rules.reading import Key, LaidPack, Problem, hints
from vision.rules.schema import Circular, Judging, PoseRule, Rule, Table, Thresholds, Window

T = TypeVar("T")
S = TypeVar("S", bound=Table)

REQUIRED_RULES = ("sign", "candidate", "family", "spouse")
"""Entries of `[rules]` that findings of these kinds rest on; a pack may add more for its poses."""

PROSPECTIVE_RULE = "prospective"
"""The entry of `[rules]` for people whom the KPU has not fixed as candidates yet; without it, `candidate` stands."""

LONGEST_REMINDER = 3
"""Sentences of a reminder: as many as of any other message."""

_TOP = ("id", "title_id", "title_en", "regions", "reminder_id", "reminder_en", "extends")
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


def check(laid: LaidPack) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """Return the checked values of a pack by key, and all problems; where there are some, values are missing."""
    checker = _Checker(laid, list(laid.problems))
    return checker.fields(), tuple(checker.problems)


@dataclass(slots=True)
class _Checker:
    """One check of a pack; `problems` grows with what is found wrong."""

    laid: LaidPack
    problems: list[Problem]

    def fields(self) -> dict[str, Any]:
        raw = self.laid.raw
        self.refuse_unknown((), raw, [*_TOP, *_TABLES])
        sources = self.sources(raw)
        rules = self.rules(raw)
        values: dict[str, Any] = {
            "id": self.required(("id",), raw, str),
            "title_id": self.required(("title_id",), raw, str),
            "title_en": self.required(("title_en",), raw, str),
            "regions": self.optional(("regions",), raw, tuple[str, ...], ()),
            "reminder_id": self.optional(("reminder_id",), raw, str, ""),
            "reminder_en": self.optional(("reminder_en",), raw, str, ""),
            "circular": self.table(("circular",), raw.get("circular", {}), Circular),
            "rules": rules,
            "thresholds": self.table(("thresholds",), raw.get("thresholds", {}), Thresholds),
            "judging": self.table(("judging",), raw.get("judging", {}), Judging),
            "window": self.table(("window",), raw.get("window", {}), Window),
            "poses": self.poses(raw),
            "sources": sources,
        }
        self.check_head(values)
        self.check_tables(values)
        return values

    def check_head(self, values: Mapping[str, Any]) -> None:
        if isinstance(values["id"], str) and not _ID.fullmatch(values["id"]):
            self.report(
                ("id",), "hanya huruf, angka, titik, dan tanda hubung", "letters, digits, dots and hyphens only"
            )
        self.refuse_empty(("title_id",), values["title_id"])
        self.refuse_empty(("title_en",), values["title_en"])
        for region in values["regions"] or ():
            if not _REGION.fullmatch(region):
                self.report(
                    ("regions",),
                    f"«{region}» bukan kode Kemendagri seperti 34 atau 34.01",
                    f"“{region}” is no Kemendagri code such as 34 or 34.01",
                )
        self.check_both(("reminder_id",), ("reminder_en",), values["reminder_id"], values["reminder_en"])
        for word in ("reminder_id", "reminder_en"):
            if len(re.findall(r"[.!?](?=\s|$)", values[word] or "")) > LONGEST_REMINDER:
                self.report((word,), "paling banyak tiga kalimat", "at most three sentences")

    def check_tables(self, values: Mapping[str, Any]) -> None:
        cuts, window, circular = values["thresholds"], values["window"], values["circular"]
        if cuts is not None and not 0 <= cuts.review <= cuts.flag <= 1:
            self.report(("thresholds",), "harus 0 ≤ review ≤ flag ≤ 1", "0 ≤ review ≤ flag ≤ 1 must hold")
        for word in () if window is None else ("days_before", "days_after"):
            if getattr(window, word) < 0:
                self.report(("window", word), "jumlah hari tidak boleh negatif", "days must not be negative")
        if circular is not None:
            self.check_link(("circular", "link"), circular.link)
            if circular.valid_from and circular.valid_to and circular.valid_from > circular.valid_to:
                self.report(("circular", "valid_to"), "sebelum valid_from", "before valid_from")

    def rules(self, raw: Mapping[str, Any]) -> dict[str, Rule]:
        rules: dict[str, Rule] = {}
        tables = self.tables(("rules",), raw)
        for name, value in (tables or {}).items():
            key = ("rules", name)
            rule = self.table(key, value, Rule)
            if rule is None:
                continue
            rules[name] = rule
            self.check_link((*key, "link"), rule.link)
            for word in ("circular", "title_id", "title_en"):
                self.refuse_empty((*key, word), getattr(rule, word))
            self.check_both((*key, "sanction_id"), (*key, "sanction_en"), rule.sanction_id, rule.sanction_en)
        for name in REQUIRED_RULES:
            if tables is not None and name not in tables:
                self.report(("rules",), f"tabel «{name}» belum ada", f"the table “{name}” is missing")
        return rules

    def poses(self, raw: Mapping[str, Any]) -> dict[Pose, PoseRule]:
        poses: dict[Pose, PoseRule] = {}
        tables = self.tables(("poses",), raw)
        if tables is None:
            return poses
        self.refuse_unknown(("poses",), tables, [pose.value for pose in Pose])
        missing = [pose.value for pose in Pose if pose.value not in tables]
        if missing:
            names = ", ".join(missing)
            self.report(("poses",), f"pose ini belum ada: {names}", f"these poses are missing: {names}")
        for pose in Pose:
            key = ("poses", pose.value)
            rule = self.table(key, tables[pose.value], PoseRule) if pose.value in tables else None
            if rule is not None:
                poses[pose] = rule
                self.check_pose(key, rule)
        return poses

    def check_pose(self, key: Key, rule: PoseRule) -> None:
        # Names count as they stand in the file: a broken entry has its own problem, and need not cause another here.
        rules, sources = self.laid.raw.get("rules", {}), self.laid.raw.get("sources", {})
        if isinstance(rules, dict) and rule.rule not in rules:
            close_id, close_en = hints(rule.rule, rules)
            self.report(
                (*key, "rule"), f"tidak ada [rules.{rule.rule}]{close_id}", f"there is no [rules.{rule.rule}]{close_en}"
            )
        for source in rule.sources if isinstance(sources, dict) else ():
            if source not in sources:
                self.report((*key, "sources"), f"«{source}» tidak ada di [sources]", f"“{source}” is not in [sources]")
        for number in rule.numbers:
            if number < 1:
                self.report((*key, "numbers"), f"nomor urut mulai dari 1, bukan {number}", f"from 1 on, not {number}")
        self.refuse_empty((*key, "name_id"), rule.name_id)
        self.refuse_empty((*key, "name_en"), rule.name_en)
        self.check_reading(key, rule)

    def check_reading(self, key: Key, rule: PoseRule) -> None:
        """Refuse an empty or ill-formed reading where a finding would have to quote it."""
        finding = rule.severity.makes_finding or (rule.posed_severity is not None and rule.posed_severity.makes_finding)
        for word, text in (("reads_id", rule.reads_id), ("reads_en", rule.reads_en)):
            if finding and not text:
                self.report((*key, word), "isi dengan apa pose ini bisa dibaca", "say what the pose can be read as")
            try:
                fields = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
            except ValueError:
                fields = {"?"}
            if fields - {"number"}:
                self.report((*key, word), "hanya {number} yang boleh dalam kurung", "only {number} may stand in braces")

    def sources(self, raw: Mapping[str, Any]) -> dict[str, str]:
        sources: dict[str, str] = {}
        for name, value in (self.tables(("sources",), raw) or {}).items():
            link = self.value(("sources", name), value, str)
            if link is not None:
                sources[name] = link
                self.check_link(("sources", name), link)
        return sources

    def required(self, key: Key, raw: Mapping[str, Any], kind: type[T]) -> T | None:
        if key[-1] in raw:
            return self.value(key, raw[key[-1]], kind)
        if key != ("id",):  # told while reading: each file needs its own
            self.report(key, "belum diisi", "missing")
        return None

    def optional(self, key: Key, raw: Mapping[str, Any], kind: type[T], default: T) -> T | None:
        return self.value(key, raw[key[-1]], kind) if key[-1] in raw else default

    def tables(self, key: Key, raw: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return a table whose keys are names; None when something else stands there."""
        value = raw.get(key[-1], {})
        if not isinstance(value, dict):
            self.report_value(key, _A_TABLE, value)
            return None
        return value

    def table(self, key: Key, raw: object, kind: type[S]) -> S | None:
        """Check a table key by key; None when something in it is wrong."""
        if not isinstance(raw, dict):
            self.report_value(key, _A_TABLE, raw)
            return None
        found = len(self.problems)
        self.refuse_unknown(key, raw, kind.__struct_fields__)
        values = {}
        for known in msgspec.structs.fields(kind):
            if known.name in raw:
                values[known.name] = self.value((*key, known.name), raw[known.name], known.type)
            elif known.required:
                self.report((*key, known.name), "belum diisi", "missing")
        return kind(**values) if len(self.problems) == found else None

    def value(self, key: Key, raw: object, kind: type[T]) -> T | None:
        try:
            return msgspec.convert(raw, kind, strict=True)
        except msgspec.ValidationError:
            self.report_value(key, _expected(kind), raw)
            return None

    def refuse_unknown(self, key: Key, raw: Mapping[str, Any], known: Sequence[str]) -> None:
        for word in raw:
            if word not in known:
                close_id, close_en = hints(word, known)
                self.report((*key, word), f"kunci tidak dikenal{close_id}", f"unknown key{close_en}")

    def refuse_empty(self, key: Key, text: str | None) -> None:
        if text is not None and not text.strip():
            self.report(key, "tidak boleh kosong", "must not be empty")

    def check_link(self, key: Key, link: str) -> None:
        if not re.match(r"https?://\S+$", link):
            self.report(key, "harus alamat yang diawali https://", "must be an address that begins with https://")

    def check_both(self, key_id: Key, key_en: Key, text_id: str | None, text_en: str | None) -> None:
        for key, text, other in ((key_id, text_id, text_en), (key_en, text_en, text_id)):
            if text == "" and other:
                self.report(key, "isi juga dalam bahasa ini", "say it in this language as well")

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

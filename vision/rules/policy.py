"""Policy packs: which pose weighs how much, on which rule it rests, and how findings are weighed.

A pack is a TOML file (see `docs/policy.md`). A pack may `extends` another one and say only what differs: tables are
merged key by key, lists and values replace. Every key is checked; an error names the file and the key.
"""

from __future__ import annotations

import difflib
import re
import string
from collections.abc import Iterable, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal, NoReturn, TypeVar

import msgspec

from vision.errors import PolicyError
from vision.poses import Pose
from vision.rules.schema import Circular, Judging, PoseRule, Rule, Table, Thresholds, Window

T = TypeVar("T")
Key = tuple[str, ...]

DEFAULT_POLICY = "skb-2-2022"
"""The national baseline, used when nobody asks for another pack."""

REQUIRED_RULES = ("sign", "candidate", "family", "spouse")
"""Entries of `[rules]` that findings of these kinds rest on; a pack may add more for its poses."""

CHOICES = {
    "severity": "flag, review, allowed, none",
    "posed_severity": "flag, review, allowed, none",
    "unheld_number": "same, milder",
    "family": "review, flag",
}
"""What may stand where only certain words are valid, for error messages."""


class Policy(Table, frozen=True):
    """A complete pack, with everything it extends already merged in."""

    id: str
    title_id: str
    title_en: str
    circular: Circular
    rules: Mapping[str, Rule]
    thresholds: Thresholds
    judging: Judging
    window: Window
    poses: Mapping[Pose, PoseRule]
    sources: Mapping[str, str]

    @classmethod
    def load(cls, name_or_file: str | Path = DEFAULT_POLICY) -> Policy:
        """Read a shipped pack by name, or any pack by path (ends in `.toml` or holds a path separator).

        Raises:
            PolicyError: there is no such pack, or it breaks the schema; the message names the file and the key.

        """
        return _Reading().policy(_locate(name_or_file, Path()))

    def title(self, language: Literal["id", "en"]) -> str:
        """Return the pack's title."""
        return self.title_id if language == "id" else self.title_en

    def numbers_of(self, pose: Pose) -> tuple[int, ...]:
        """Return the ballot numbers a pose can mean."""
        return self.poses[pose].numbers


def available_packs() -> tuple[str, ...]:
    """Return the names of the packs that ship with the package, sorted."""
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in _shipped() if entry.name.endswith(".toml")))


def _shipped() -> Iterable[Traversable]:
    return (resources.files("vision.rules") / "packs").iterdir()


def _locate(name_or_file: str | Path, beside: Path) -> Path | Traversable:
    """Find a pack by name, or by a path relative to the folder `beside`."""
    text = str(name_or_file)
    if isinstance(name_or_file, Path) or text.endswith(".toml") or "/" in text or "\\" in text:
        return beside / text
    names = available_packs()
    if text in names:
        return resources.files("vision.rules") / "packs" / f"{text}.toml"
    close = difflib.get_close_matches(text.lower(), names, n=1, cutoff=0.5)
    hint_id = f" Maksud Anda «{close[0]}»?" if close else ""
    hint_en = f" Did you mean “{close[0]}”?" if close else ""
    raise PolicyError(
        f"Tidak ada paket aturan bernama «{text}».{hint_id} Yang tersedia: {', '.join(names)}.",
        f"There is no policy pack named “{text}”.{hint_en} Available: {', '.join(names)}.",
    )


class _Reading:
    """One reading of a pack and of all it extends; remembers which file said what."""

    def __init__(self) -> None:
        self.files: list[str] = []
        self.origins: dict[Key, str] = {}

    def policy(self, path: Path | Traversable) -> Policy:
        raw = self.merged(path)
        leaf = {key: value for key, value in raw.items() if not isinstance(value, dict)}
        self.refuse_unknown((), raw, [*Policy.__struct_fields__, "extends"])
        sources = self.convert(("sources",), raw.get("sources", {}), dict[str, str])
        rules = {name: self.convert(("rules", name), rule, Rule) for name, rule in self.table(raw, "rules").items()}
        for name in REQUIRED_RULES:
            if name not in rules:
                self.fail(("rules",), f"tabel «{name}» belum ada", f"the table “{name}” is missing")
        poses = self.poses(self.table(raw, "poses"), rules, sources)
        policy = Policy(
            id=self.convert(("id",), leaf.get("id"), str),
            title_id=self.convert(("title_id",), leaf.get("title_id"), str),
            title_en=self.convert(("title_en",), leaf.get("title_en"), str),
            circular=self.convert(("circular",), raw.get("circular", {}), Circular),
            rules=rules,
            thresholds=self.convert(("thresholds",), raw.get("thresholds", {}), Thresholds),
            judging=self.convert(("judging",), raw.get("judging", {}), Judging),
            window=self.convert(("window",), raw.get("window", {}), Window),
            poses=poses,
            sources=sources,
        )
        if not 0 <= policy.thresholds.review <= policy.thresholds.flag <= 1:
            self.fail(("thresholds",), "harus 0 ≤ review ≤ flag ≤ 1", "0 ≤ review ≤ flag ≤ 1 must hold")
        if policy.window.days_before < 0 or policy.window.days_after < 0:
            self.fail(("window",), "jumlah hari tidak boleh negatif", "days must not be negative")
        return policy

    def merged(self, path: Path | Traversable) -> dict[str, Any]:
        """Decode a pack and lay it over the one it extends."""
        name = str(path)
        if name in self.files:
            chain = " → ".join([*(Path(file).name for file in self.files), Path(name).name])
            raise PolicyError(
                f"Berkas {name}, kunci extends: paket saling menunjuk ({chain}).",
                f"File {name}, key extends: the packs extend each other ({chain}).",
            )
        self.files.append(name)
        raw = _decode(path)
        base: dict[str, Any] = {}
        self.origins[()] = name
        if "id" not in raw:
            self.fail(("id",), "belum diisi", "missing")
        if "extends" in raw:
            parent = raw["extends"]
            if not isinstance(parent, str):
                self.origins[("extends",)] = name
                self.fail(("extends",), "harus berupa teks", "a text is expected")
            base = self.merged(_locate(parent, Path(name).parent))
            base.pop("extends", None)
        self.lay(base, raw, (), name)
        return base

    def lay(self, base: dict[str, Any], raw: dict[str, Any], key: Key, name: str) -> None:
        self.origins[key] = name
        for word, value in raw.items():
            here = (*key, word)
            if isinstance(value, dict) and isinstance(base.get(word, {}), dict):
                self.lay(base.setdefault(word, {}), value, here, name)
            else:
                base[word] = value
                self.origins[here] = name

    def poses(
        self, raw: Mapping[str, Any], rules: Mapping[str, Rule], sources: Mapping[str, str]
    ) -> dict[Pose, PoseRule]:
        self.refuse_unknown(("poses",), raw, [pose.value for pose in Pose])
        poses: dict[Pose, PoseRule] = {}
        for pose in Pose:
            if pose.value not in raw:
                self.fail(("poses",), f"pose «{pose.value}» belum ada", f"the pose “{pose.value}” is missing")
            key = ("poses", pose.value)
            rule = self.convert(key, raw[pose.value], PoseRule)
            if rule.rule not in rules:
                self.fail((*key, "rule"), f"tidak ada [rules.{rule.rule}]", f"there is no [rules.{rule.rule}]")
            for source in rule.sources:
                if source not in sources:
                    self.fail((*key, "sources"), f"«{source}» tidak ada di [sources]", f"“{source}” not in [sources]")
            self.check_reading(key, rule)
            poses[pose] = rule
        return poses

    def check_reading(self, key: Key, rule: PoseRule) -> None:
        """Refuse an empty or ill-formed reading where a finding would have to quote it."""
        finding = rule.severity.makes_finding or (rule.posed_severity is not None and rule.posed_severity.makes_finding)
        for word, text in (("reads_id", rule.reads_id), ("reads_en", rule.reads_en)):
            if finding and not text:
                self.fail((*key, word), "isi dengan apa pose ini bisa dibaca", "say what the pose can be read as")
            try:
                fields = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
            except ValueError:
                fields = {"?"}
            if fields - {"number"}:
                self.fail((*key, word), "hanya {number} yang boleh dalam kurung", "only {number} may stand in braces")

    def table(self, raw: Mapping[str, Any], word: str) -> dict[str, Any]:
        return self.convert((word,), raw.get(word, {}), dict[str, Any])

    def refuse_unknown(self, key: Key, raw: Mapping[str, Any], known: list[str]) -> None:
        for word in raw:
            if word not in known:
                close = difflib.get_close_matches(word, known, n=1)
                self.fail(
                    (*key, word),
                    "kunci tidak dikenal" + (f", maksud Anda «{close[0]}»?" if close else ""),
                    "unknown key" + (f", did you mean “{close[0]}”?" if close else ""),
                )

    def convert(self, key: Key, value: Any, kind: type[T]) -> T:
        """Check a value against its type; an error names the key below which it went wrong."""
        if value is None:
            self.fail(key, "belum diisi", "missing")
        try:
            return msgspec.convert(value, kind, strict=True)
        except msgspec.ValidationError as error:
            reason, _, inner = str(error).partition(" - at `$")
            if (unknown := re.match(r"Object contains unknown field `(.+)`", reason)) is not None:
                fields: tuple[str, ...] = getattr(kind, "__struct_fields__", ())
                self.refuse_unknown(key, {unknown[1]: None}, list(fields))
            if (missing := re.match(r"Object missing required field `(.+)`", reason)) is not None:
                self.fail((*key, missing[1]), "belum diisi", "missing")
            where = (*key, *(word for word in re.split(r"[.`]|\[.*?\]", inner) if word))
            choices = CHOICES.get(where[-1]) if reason.startswith("Invalid enum value") else None
            self.fail(
                where,
                f"nilai tidak sah ({reason})" + (f"; pilih satu: {choices}" if choices else ""),
                reason + (f"; choose one of: {choices}" if choices else ""),
            )

    def fail(self, key: Key, reason_id: str, reason_en: str) -> NoReturn:
        """Raise with the file that said the key, or else the nearest table around it."""
        around = key
        while around not in self.origins:
            around = around[:-1]
        file, name = self.origins[around], ".".join(key)
        raise PolicyError(
            f"Berkas aturan {file}, kunci {name}: {reason_id}.", f"Policy file {file}, key {name}: {reason_en}."
        )


def _decode(path: Path | Traversable) -> dict[str, Any]:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=dict[str, Any], strict=True)
    except OSError as error:
        raise PolicyError(
            f"Berkas aturan {path} tidak dapat dibaca.", f"The policy file {path} cannot be read."
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PolicyError(
            f"Berkas aturan {path} bukan TOML yang sah: {error}.", f"The policy file {path} is not valid TOML: {error}."
        ) from error

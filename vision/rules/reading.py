"""Reading the files of a policy pack: TOML, laid over the pack that it extends, remembering which file said what."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from vision.errors import Language, PolicyError
from vision.messages import Message, say

Key: TypeAlias = tuple[str, ...]
PackFile: TypeAlias = Path | Traversable
RawTable: TypeAlias = dict[str, Any]
"""A table of a TOML file as it was read: nothing in it is checked yet."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a pack: the file, the dotted key (empty: the file as a whole), and what to say about it."""

    file: str
    key: str
    says: Message

    @classmethod
    def at(cls, file: str, key: Key, reason: Message, *, meant: str = "") -> Problem:
        """Return the problem with a key of a file; `meant` is a known word near the unknown one."""
        name = ".".join(key)
        if meant:
            return cls(file, name, say("policy.reading.problem_meant", file=file, key=name, reason=reason, meant=meant))
        return cls(file, name, say("policy.reading.problem", file=file, key=name, reason=reason))

    def text(self, language: Language) -> str:
        """Return what is wrong, in one sentence."""
        return self.says.text(language)


@dataclass(slots=True)
class MergedPack:
    """A pack and all it extends, as one tree of plain values.

    `files` names the files, the pack's own first; `ids` gives the `id` that each of them says; `origins` the file that
    said a key last, tables included.
    """

    raw: RawTable = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    origins: dict[Key, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def file_of(self, key: Key) -> str:
        """Return the file that said a key, or else the nearest table around it."""
        while key not in self.origins:
            key = key[:-1]
        return self.origins[key]


def available_packs() -> tuple[str, ...]:
    """Return the names of the packs that ship with the package, sorted."""
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in _shipped() if entry.name.endswith(".toml")))


def locate(name_or_file: str | Path, beside: Path) -> PackFile:
    """Find a pack by name, or by a path relative to the folder `beside`. Raises `PolicyError` for an unknown name."""
    text = str(name_or_file)
    if isinstance(name_or_file, Path) or text.endswith(".toml") or "/" in text or "\\" in text:
        return beside / text
    names = available_packs()
    if text in names:
        return resources.files("vision.rules") / "packs" / f"{text}.toml"
    if near := meant(text.lower(), names, cutoff=0.5):
        raise PolicyError(say("policy.reading.no_such_pack_meant", name=text, meant=near, names=list(names)))
    raise PolicyError(say("policy.reading.no_such_pack", name=text, names=list(names)))


def lay(path: PackFile) -> MergedPack:
    """Read a pack and lay it over the one it extends: tables are merged key by key, everything else replaces.

    Raises `PolicyError` where nothing can be read: no such file, no TOML, packs that extend each other.
    """
    laid = MergedPack()
    _lay(path, laid, [])
    return laid


def meant(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Return the known word that is nearest; empty when none is near."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=cutoff)), "")


def _shipped() -> Iterable[Traversable]:
    return (resources.files("vision.rules") / "packs").iterdir()


def _lay(path: PackFile, laid: MergedPack, seen: list[str]) -> None:
    name = str(path)
    same_file = str(path.resolve()) if isinstance(path, Path) else name
    if same_file in seen:
        chain = " → ".join([*(Path(file).name for file in laid.files), Path(name).name])
        raise PolicyError(say("policy.reading.policy_file_key_extends_packs", name=name, chain=chain))
    seen.append(same_file)
    laid.files.append(name)
    own = _decoded(path)
    laid.ids[name] = own["id"] if isinstance(own.get("id"), str) else Path(name).name
    if "id" not in own:
        laid.problems.append(Problem.at(name, ("id",), say("policy.reading.missing")))
    if "extends" in own:
        parent = own["extends"]
        if not isinstance(parent, str):
            raise PolicyError(say("policy.reading.policy_file_key_extends_must", name=name))
        _lay(locate(parent, Path(name).parent), laid, seen)
    _merge(laid, laid.raw, own, (), name)


def _merge(laid: MergedPack, base: RawTable, own: RawTable, key: Key, name: str) -> None:
    laid.origins[key] = name
    for word, value in own.items():
        here = (*key, word)
        if isinstance(value, dict) and isinstance(base.get(word, {}), dict):
            _merge(laid, base.setdefault(word, {}), value, here, name)
        else:
            base[word] = value
            laid.origins[here] = name


def _decoded(path: PackFile) -> RawTable:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=RawTable, strict=True)
    except OSError as error:
        raise PolicyError(say("policy.reading.policy_file_cannot_be_read", path=path)) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PolicyError(say("policy.reading.policy_file_is_not_valid", path=path, error=error)) from error

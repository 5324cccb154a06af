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

Key: TypeAlias = tuple[str, ...]
PackFile: TypeAlias = Path | Traversable
RawTable: TypeAlias = dict[str, Any]
"""A table of a TOML file as it was read: nothing in it is checked yet."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a pack: the file, the dotted key (empty: the file as a whole), and what to say about it."""

    file: str
    key: str
    message_id: str
    message_en: str

    @classmethod
    def at(cls, file: str, key: Key, reason_id: str, reason_en: str) -> Problem:
        """Return the problem with a key of a file."""
        name = ".".join(key)
        return cls(
            file,
            name,
            f"Berkas aturan {file}, kunci {name}: {reason_id}.",
            f"Policy file {file}, key {name}: {reason_en}.",
        )

    def text(self, language: Language) -> str:
        """Return what is wrong, in one sentence."""
        return self.message_id if language == "id" else self.message_en


@dataclass(slots=True)
class LaidPack:
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
    hint_id, hint_en = hints(text.lower(), names, cutoff=0.5)
    raise PolicyError(
        f"Tidak ada paket aturan bernama «{text}»{hint_id or '.'} Yang tersedia: {', '.join(names)}.",
        f"There is no policy pack named “{text}”{hint_en or '.'} Available: {', '.join(names)}.",
    )


def lay(path: PackFile) -> LaidPack:
    """Read a pack and lay it over the one it extends: tables are merged key by key, everything else replaces.

    Raises `PolicyError` where nothing can be read: no such file, no TOML, packs that extend each other.
    """
    laid = LaidPack()
    _lay(path, laid, [])
    return laid


def hints(word: str, known: Iterable[str], cutoff: float = 0.6) -> tuple[str, str]:
    """Return ". Did you mean …?" in Indonesian and English; both empty when nothing known is near."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=cutoff)
    return (f". Maksud Anda «{close[0]}»?", f". Did you mean “{close[0]}”?") if close else ("", "")


def _shipped() -> Iterable[Traversable]:
    return (resources.files("vision.rules") / "packs").iterdir()


def _lay(path: PackFile, laid: LaidPack, seen: list[str]) -> None:
    name = str(path)
    same_file = str(path.resolve()) if isinstance(path, Path) else name
    if same_file in seen:
        chain = " → ".join([*(Path(file).name for file in laid.files), Path(name).name])
        raise PolicyError(
            f"Berkas aturan {name}, kunci extends: paket saling menunjuk ({chain}).",
            f"Policy file {name}, key extends: the packs extend each other ({chain}).",
        )
    seen.append(same_file)
    laid.files.append(name)
    own = _decoded(path)
    laid.ids[name] = own["id"] if isinstance(own.get("id"), str) else Path(name).name
    if "id" not in own:
        laid.problems.append(Problem.at(name, ("id",), "belum diisi", "missing"))
    if "extends" in own:
        parent = own["extends"]
        if not isinstance(parent, str):
            raise PolicyError(
                f"Berkas aturan {name}, kunci extends: harus teks dalam tanda kutip.",
                f"Policy file {name}, key extends: must be a text in quotes.",
            )
        _lay(locate(parent, Path(name).parent), laid, seen)
    _merge(laid, laid.raw, own, (), name)


def _merge(laid: LaidPack, base: RawTable, own: RawTable, key: Key, name: str) -> None:
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
        raise PolicyError(
            f"Berkas aturan {path} tidak dapat dibaca.", f"The policy file {path} cannot be read."
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PolicyError(
            f"Berkas aturan {path} bukan TOML yang sah: {error}.", f"The policy file {path} is not valid TOML: {error}."
        ) from error

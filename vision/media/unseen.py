"""The error of a file that may hold pictures and is not looked at, and the words of the account of such files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import ClassVar, Self

import msgspec

from vision.errors import Language, PhotoUnsupportedError
from vision.media.kinds import FileKind

CODE = "media.not_looked_at"


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    message: str
    hidden_files: str
    hidden_more: str
    kind: dict[FileKind, str]
    advice: dict[FileKind, str]


class NotLookedAtError(PhotoUnsupportedError):
    """The file may hold pictures, and is of a kind that is not looked at; `kind` says which.

    `count` is how many such files a hidden folder holds; None for a file, negative for more than that many.
    """

    code: ClassVar[str] = CODE

    def __init__(self, kind: FileKind, count: int | None = None) -> None:
        told = advice(kind, "id"), advice(kind, "en")
        super().__init__(_message(kind, count, "id"), _message(kind, count, "en"), told)
        self.kind = kind.value
        self.count = count

    def __reduce__(self) -> tuple[type[Self], tuple[FileKind, int | None]]:  # type: ignore[override]
        """Travel between processes by kind and count."""
        return type(self), (FileKind(self.kind), self.count)


def advice(kind: FileKind, language: Language) -> str:
    """Say what to do about a file of a kind that is not looked at."""
    return _words(language).advice[kind]


def counted(counts: Mapping[str, int], language: Language) -> str:
    """Say how many of which kinds, the most frequent first: "12 video, 2 PDF"."""
    kinds = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{count} {label(kind, language, count)}" for kind, count in kinds if count)


def label(kind: str, language: Language, count: int = 1) -> str:
    """Name a kind in a list; English nouns take their plural."""
    told = _words(language).kind[FileKind(kind)]
    if language == "id" or count == 1 or kind == FileKind.RAW:
        return told
    first, of, rest = told.partition(" of ")
    return f"{first}s{of}{rest}"


def _message(kind: FileKind, count: int | None, language: Language) -> str:
    words = _words(language)
    if count is not None:
        number = str(count) if count >= 0 else words.hidden_more.format(count=-count)
        return words.hidden_files.format(count=number)
    told = words.kind[kind]
    if language == "en" and kind is not FileKind.RAW and kind is not FileKind.MAIL:
        told = f"{'an' if told[0] in 'aeio' else 'a'} {told}"
    return words.message.format(kind=told)


@cache
def _words(language: Language) -> _Words:
    file = resources.files(__package__) / f"unseen-{language}.toml"
    return msgspec.toml.decode(file.read_bytes(), type=_Words, strict=True)

"""The error of a file that may hold pictures and is not looked at, and the words of the account of such files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

from vision.errors import Language, PhotoUnsupportedError
from vision.media.kinds import FileKind
from vision.messages import Message, say

CODE = "media.not_looked_at"


class NotLookedAtError(PhotoUnsupportedError):
    """The file may hold pictures, and is of a kind that is not looked at; `kind` says which.

    `count` is how many such files a hidden folder holds; None for a file, negative for more than that many.
    """

    code: ClassVar[str] = CODE

    def __init__(self, kind: FileKind, count: int | None = None) -> None:
        super().__init__(_message(kind, count), advice=say(f"unseen.advice.{kind.value}"))
        self.kind = kind.value
        self.count = count

    def __reduce__(self) -> tuple[type[Self], tuple[FileKind, int | None]]:  # type: ignore[override]
        """Travel between processes by kind and count."""
        return type(self), (FileKind(self.kind), self.count)


def advice(kind: FileKind, language: Language) -> str:
    """Say what to do about a file of a kind that is not looked at."""
    return say(f"unseen.advice.{kind.value}").text(language)


def counted(counts: Mapping[str, int], language: Language) -> str:
    """Say how many of which kinds, the most frequent first: "12 video, 2 PDF"."""
    kinds = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{count} {label(kind, language, count)}" for kind, count in kinds if count)


def label(kind: str, language: Language, count: int = 1) -> str:
    """Name a kind in a list; English nouns take their plural."""
    return say(f"unseen.kind.{FileKind(kind).value}", count=count).text(language)


def _message(kind: FileKind, count: int | None) -> Message:
    if count is None:
        return say("unseen.message", kind=say(f"unseen.this_is.{kind.value}"))
    return say("unseen.hidden_files", count=count if count >= 0 else say("unseen.hidden_more", count=-count))

"""Every sentence that people read is a message: a key of a message file, and the values that belong into it.

The files lie beside this module, one folder a language, one file a room (`id/gallery.toml`, `en/gallery.toml`); another
package keeps its own in the same form (`vision.messages`). They are read when a sentence is first told. In a text

    {name}            stands for a value; a list is joined with commas
    {names:and}       joins a list the way the language does: "a, b dan c"; {names:or} with "or"
    {people:n}        is a number with the separators of the language: 12.345 in Indonesian, 12,345 in English

Where a text must agree with the number {count}, it is a table of `one` and `other`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike, fspath
from typing import Final, Literal

Language = Literal["id", "en"]
"""The languages of everything people read: Indonesian and English."""

LANGUAGES: Final[tuple[Language, ...]] = ("id", "en")


class Message:
    """Something to be told to people, in the language of whoever reads it. Messages travel between processes."""

    def text(self, language: Language) -> str:
        """Return the words in a language."""
        raise NotImplementedError


@dataclass(frozen=True)
class LiteralText(Message):
    """A text from outside the message files: from a policy pack or another program."""

    text_id: str
    text_en: str

    def text(self, language: Language) -> str:
        """Return the words in a language."""
        return self.text_id if language == "id" else self.text_en


@dataclass(frozen=True)
class MessageSequence(Message):
    """Several messages, one after the other."""

    parts: tuple[Message, ...]
    between: str = " "

    def text(self, language: Language) -> str:
        """Return the words in a language."""
        return self.between.join(filter(None, (part.text(language) for part in self.parts)))


@dataclass(frozen=True)
class Sentence(Message):
    """A text of a message file: the package that keeps it, its key ("file.section.name"), and the values in it.

    Values are texts, numbers, messages, or lists of these.
    """

    book: str
    key: str
    values: Mapping[str, object]

    def text(self, language: Language) -> str:
        """Return the words in a language. Raises KeyError for an unknown key or a missing value."""
        from candidates.messages.catalogue import template_of
        from candidates.messages.filling import filled

        return filled(template_of(self.book, self.key, language), self.values, language)


def message_of(book: str, key: str, values: Mapping[str, object]) -> Message:
    """Return the message of a key; values that are neither texts nor numbers nor messages become texts."""
    return Sentence(book, key, {name: _plain(value) for name, value in values.items()})


def say(key: str, /, **values: object) -> Message:
    """Return the message of a key of this package's files."""
    return message_of(__name__, key, values)


def _plain(value: object) -> object:
    if isinstance(value, str | int | float | Message):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return tuple(_plain(one) for one in value)
    return fspath(value) if isinstance(value, PathLike) else str(value)

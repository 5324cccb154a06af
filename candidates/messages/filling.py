"""Puts values into a text, as its language writes numbers and lists."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from dataclasses import is_dataclass
from typing import Any

from candidates.messages import Language, Message
from candidates.messages.catalogue import Template, template_of

_BOOK = "candidates.messages"
_MARKS = {"id": str.maketrans(",.", ".,"), "en": str.maketrans("", "")}


def filled(template: Template, values: Mapping[str, object], language: Language) -> str:
    """Return a template's text for these values; of its variants the one that fits the number `count`."""
    if not isinstance(template, str):
        template = template["one" if values["count"] in (1, "1") else "other"]
    return _Filler(language).vformat(template, (), values)


def joined(items: Sequence[str], language: Language, how: str = "and") -> str:
    """Join items as people do, `how` being "and" or "or"."""
    if len(items) < 2:
        return "".join(items)
    word = template_of(_BOOK, f"list.{how}", language)
    return f"{', '.join(items[:-1])} {word} {items[-1]}"


def number(value: float, language: Language, form: str = "") -> str:
    """Write a number with the language's separators; `form` is a format of Python, such as ".2f"."""
    return f"{value:,{form}}".translate(_MARKS[language])


class _Filler(string.Formatter):
    def __init__(self, language: Language) -> None:
        self._language: Language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, Message):
            return value.text(self._language)
        if is_dataclass(value):
            raise TypeError(f"a message is filled with texts, numbers, lists and messages, got {type(value).__name__}")
        if isinstance(value, tuple | list):
            items = [self.format_field(one, "") for one in value]
            return joined(items, self._language, format_spec) if format_spec else ", ".join(items)
        if format_spec.endswith("n") and isinstance(value, int | float):
            return number(value, self._language, format_spec[:-1])
        return str(super().format_field(value, format_spec))

"""The message files, and how sentences are put together from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from candidates.messages.catalogue import tree
from vision.errors import Language
from vision.messages import LANGUAGES as LANGUAGES
from vision.messages import say, words_of

LONGEST_LIST = 3
"""Names or places told one by one; what goes beyond is counted, so that a message stays one breath long."""


@cache
def texts(language: Language) -> Mapping[str, Mapping[str, str]]:
    """Return the message templates of a language, section by section.

    Raises:
        ValueError: there is no message file for the language.

    """
    return {name: words_of(f"rules.{name}", language) for name in tree("vision.messages", "rules", language)}


def text(language: Language, section: str, key: str, **values: object) -> str:
    """Fill in one template."""
    return say(f"rules.{section}.{key}", **values).text(language)


def listed(items: Sequence[str], language: Language) -> str:
    """Join with commas and "and"; more than `LONGEST_LIST` items end in a count."""
    return listed_all(shortened(items, language), language)


def shortened(items: Sequence[str], language: Language) -> Sequence[str]:
    """Return the items; of more than `LONGEST_LIST` the first ones and a count of the others."""
    if len(items) <= LONGEST_LIST:
        return items
    kept = items[: LONGEST_LIST - 1]
    return [*kept, text(language, "list", "more", n=len(items) - len(kept))]


def listed_all(items: Sequence[str], language: Language) -> str:
    """Join with commas and "and", however many they are."""
    return _joined(items, text(language, "list", "and"))


def either(items: Sequence[object], language: Language) -> str:
    """Join numbers or names with "or"."""
    return _joined([str(item) for item in items], text(language, "list", "or"))


def _joined(items: Sequence[str], word: str) -> str:
    if len(items) < 3:
        return f" {word} ".join(items)
    return f"{', '.join(items[:-1])}, {word} {items[-1]}"

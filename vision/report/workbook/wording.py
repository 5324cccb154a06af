"""Words of the spreadsheet, in the language of the report."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

import msgspec

from vision.errors import Language


class Words(msgspec.Struct, frozen=True):
    """Words by key, and the steps of the guide."""

    by_key: Mapping[str, str]
    guide_steps: tuple[str, ...]

    def __getitem__(self, key: str) -> str:
        return self.by_key[key]


@cache
def words(language: Language) -> Words:
    """Return the words of a language."""
    file = resources.files(__package__) / f"words-{language}.toml"
    told = msgspec.toml.decode(file.read_bytes(), type=dict[str, str | list[str]], strict=True)
    return Words(
        {key: text for key, text in told.items() if isinstance(text, str)},
        tuple(step for text in told.values() if isinstance(text, list) for step in text),
    )

"""Words of the spreadsheet, in the language of the report."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import msgspec

from vision.errors import Language
from vision.messages import words_of


class WorkbookWords(msgspec.Struct, frozen=True):
    """Words by key, and the steps of the guide."""

    by_key: Mapping[str, str]
    guide_steps: tuple[str, ...]

    def __getitem__(self, key: str) -> str:
        return self.by_key[key]


@cache
def words(language: Language) -> WorkbookWords:
    """Return the words of a language."""
    return WorkbookWords(words_of("workbook", language), tuple(words_of("workbook.guide_steps", language).values()))

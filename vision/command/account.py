"""How commands report skipped and excluded files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import click

from vision.errors import Language
from vision.media.kinds import FileKind
from vision.media.unseen import advice, counted, label
from vision.messages import words_of


def exclude_option(command: Any) -> Any:
    """Give a command `--exclude PATTERN`, which may be given again; it gets them as `exclude`."""
    return click.option(
        "--exclude",
        multiple=True,
        metavar="POLA",
        help="Jangan lihat berkas atau folder ini, misalnya '*.mp4'; boleh diulang.",
    )(command)


def account_lines(kinds: Mapping[str, int], excluded: int, language: Language) -> Iterator[str]:
    """Yield the account as lines: how many of which kinds, what to do about each, and how much was excluded."""
    words = words_of("command.account", language)
    total = sum(kinds.values())
    if total:
        yield words["unseen"].format(total=total, kinds=counted(kinds, language))
        for told, named in _advices(kinds, language):
            yield "  " + words["step"].format(kind=", ".join(named), advice=told)
        yield f"  {words['exclude']}"
    if excluded:
        yield words["excluded"].format(count=excluded)


def nothing_judged(language: Language) -> str:
    """Say that there was no photo to judge."""
    return words_of("command.account", language)["nothing"]


def _advices(kinds: Iterable[str], language: Language) -> Iterator[tuple[str, list[str]]]:
    """Yield each advice once, with the kinds that it is for."""
    together: dict[str, list[str]] = {}
    for kind in sorted(kinds):
        together.setdefault(advice(FileKind(kind), language), []).append(label(kind, language, 2))
    yield from together.items()

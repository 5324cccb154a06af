"""Reads the message files: each once, when a text of it is first asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TypeAlias, cast

from candidates.messages import LANGUAGES, Language

Template: TypeAlias = str | Mapping[str, str]
"""A text with {values} in it, or its variants by number: `one` and `other`."""
Tree: TypeAlias = Mapping[str, "str | Tree"]


def template_of(book: str, key: str, language: Language) -> Template:
    """Return the template of a key such as "gallery.store.not_found". Raises KeyError where there is none."""
    found = template_at(book, key, language)
    if found is None:
        raise KeyError(f"{book}: no text {key!r} in {language!r}")
    return found


def template_at(book: str, key: str, language: Language) -> Template | None:
    """Return the template of a key, or None."""
    return templates(book, key.partition(".")[0], language).get(key)


@cache
def templates(book: str, file: str, language: Language) -> Mapping[str, Template]:
    """Return the templates of one file by their whole keys; none where there is no such file."""
    return dict(_leaves(tree(book, file, language), file))


@cache
def section(book: str, name: str, language: Language) -> Mapping[str, str]:
    """Return the texts of a section ("command.scan_run") or of a whole file by their names in it.

    Of a text with variants it is the one for more than one.
    """
    found = templates(book, name.partition(".")[0], language).items()
    start = f"{name}."
    return {
        key.removeprefix(start): text if isinstance(text, str) else text["other"]
        for key, text in found
        if key.startswith(start)
    }


@cache
def tree(book: str, file: str, language: Language) -> Tree:
    """Return a file as it stands, section in section; empty where there is no such file.

    Raises ValueError for a language that there are no files for.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language must be one of {', '.join(LANGUAGES)}, got {language!r}")
    import tomllib
    from importlib import resources

    path = resources.files(book) / language / f"{file}.toml"
    return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}


def files_of(book: str, language: Language) -> tuple[str, ...]:
    """Return the names of a package's message files, without their ending, sorted."""
    from importlib import resources

    entries = (resources.files(book) / language).iterdir()
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in entries if entry.name.endswith(".toml")))


def _leaves(tree: Tree, at: str) -> Iterator[tuple[str, Template]]:
    for name, value in tree.items():
        key = f"{at}.{name}"
        if isinstance(value, str):
            yield key, value
        elif value.keys() == {"one", "other"}:
            yield key, cast("Mapping[str, str]", value)
        else:
            yield from _leaves(value, key)

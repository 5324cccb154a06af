"""Write docs/errors.md, the list of every stable code, from the classes of errors and the message files."""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Iterator
from importlib import import_module
from itertools import groupby

from candidates.errors import CandidatesError
from candidates.importing.resembling import CODE as RESEMBLES
from candidates.messages.errors import CodedError
from scripts import ROOT
from vision.command.usage import CODE as USAGE
from vision.errors import FotoNetralError
from vision.messages import words_of

FILE = ROOT / "docs" / "errors.md"

_NOTES = {
    USAGE: "The command was called wrongly; the line says how it is called.",
    RESEMBLES: "Not an error: a newly registered person resembles one who is registered under another name.",
    "table.ignored_cell": "Not an error: a cell of the row was not used, since it does not fit the others.",
    "table.unread_columns": "Not an error: columns of the table were not understood, and so not used.",
}
"""Codes without a class: they go with a note or a line, and nothing is raised."""

_HEAD = """# Errors

<!-- written by python -m scripts.house error-codes -->

Every error has a code that stays the same from version to version; programs go by it. People read a message and, where
there is something to be done, advice, in Indonesian or English (`vision/messages`, `candidates/messages`). On the
command line the code stands in brackets at the end of the line, in JSON it is `code`. Which codes the service answers
with which HTTP status is in [service.md](service.md#problems).
"""


def error_classes() -> list[type[CodedError]]:
    """Return every class of errors of both packages."""
    for package in ("candidates", "vision"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if "Error):" in path.read_text("utf-8"):
                import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return [kind for root in (CandidatesError, FotoNetralError) for kind in _with_children(root)]


def codes() -> dict[str, tuple[str, str]]:
    """Return what each code means, and the usual advice, both in English."""
    found = {code: (meaning, "") for code, meaning in {**words_of("service.problem", "en"), **_NOTES}.items()}
    for kind in error_classes():  # bases come first: where two share a code, the more special one says what it means
        meaning = inspect.getdoc(kind) or ""
        advice = kind.usual_advice()
        found[kind.code] = (
            meaning.partition("\n\n")[0].replace("\n", " "),
            "" if advice is None else advice.text("en"),
        )
    return found


def text() -> str:
    """Return the file's contents."""
    parts = [_HEAD]
    for group, rows in groupby(sorted(codes().items()), key=lambda row: row[0].partition(".")[0]):
        parts.append(f"## {group}\n| code | what it means | what to do |\n|---|---|---|\n")
        parts.append("".join(f"| `{code}` | {meaning} | {advice} |\n" for code, (meaning, advice) in rows) + "\n")
    return "".join(f"{part}\n" if part is _HEAD else part for part in parts).rstrip() + "\n"


def main(arguments: list[str]) -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(prog="python -m scripts.house error-codes", description=__doc__)
    parser.parse_args(arguments)
    FILE.write_text(text(), "utf-8")


def _with_children(kind: type[CodedError]) -> Iterator[type[CodedError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _with_children(child)

"""A group of commands that imports a command when it is called, so that the others cost nothing."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple

import click


class Subcommand(NamedTuple):
    """Where a subcommand lives, and the line that `--help` shows for it without loading it."""

    module: str
    name: str
    help: str


class LazyGroup(click.Group):
    """A group that knows its subcommands by a table, in the order in which `--help` shows them."""

    def __init__(self, *arguments: Any, subcommands: Mapping[str, Subcommand], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.subcommands = subcommands

    def list_commands(self, _context: click.Context) -> list[str]:
        """Return the names of the subcommands, in the order of the table."""
        return list(self.subcommands)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """Import and return a subcommand; None for a name that is none."""
        if name not in self.subcommands:
            return None
        place = self.subcommands[name]
        command = getattr(import_module(place.module), place.name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{place.module}.{place.name} is no command but {type(command).__name__}")
        return command

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the subcommands' help lines from the table: importing them all would take seconds."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.help) for name, place in self.subcommands.items()])

"""Where the passphrase of an encrypted copy comes from: a file, the environment, or somebody at the terminal."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from candidates.errors import PassphraseNeededError
from vision import messages
from vision.command.candidates.shared import Printer

VARIABLE = "FOTONETRAL_PASSPHRASE"

passphrase_option = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"Berkas yang baris pertamanya adalah sandi; tanpa ini: {VARIABLE}, atau ditanyakan di terminal.",
)


def passphrase(say: Printer, file: Path | None, question: str, *, twice: bool = False) -> str:
    """Return the passphrase; at a terminal it is asked for, `twice` when it is a new one.

    Raises `PassphraseNeededError` when there is none, and `click.Abort` when whoever is asked declines.
    """
    if file is not None:
        try:
            given = (file.read_text("utf-8-sig").splitlines() or [""])[0]
        except UnicodeDecodeError as error:
            raise PassphraseNeededError(messages.say("command.passphrases.is_not_utf_text", file=file)) from error
        if not given:
            raise PassphraseNeededError(messages.say("command.passphrases.first_line_of_is_empty", file=file))
        return given
    if given := os.environ.get(VARIABLE, ""):
        return given
    if not _at_a_terminal():
        raise PassphraseNeededError(messages.say("command.passphrases.passphrase_is_needed_no_terminal"))
    again = say.pick("command.passphrases.passphrase_again") if twice else False
    return str(click.prompt(question, hide_input=True, confirmation_prompt=again, err=True))


def _at_a_terminal() -> bool:
    return sys.stdin.isatty()

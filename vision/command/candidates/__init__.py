"""The `fotonetral candidates` commands: the gallery of candidates, running mates and their families."""

from __future__ import annotations

import click

from vision.command.candidates.calibrate import calibrate
from vision.command.candidates.health import health
from vision.command.candidates.people import add, audit, list_, remove, show
from vision.command.candidates.reembed import re_embed
from vision.command.candidates.shared import DEFAULT_GALLERY
from vision.command.candidates.tables import export_, import_

__all__ = ["DEFAULT_GALLERY", "candidates"]


@click.group("candidates")
def candidates() -> None:
    """Daftar calon, wakil, dan keluarganya (galeri)."""


for _command in (add, import_, list_, show, remove, export_, re_embed, calibrate, health, audit):
    candidates.add_command(_command)

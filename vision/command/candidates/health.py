"""`fotonetral candidates health`: what is wrong with a gallery, and what to do about it."""

from __future__ import annotations

import shlex
import shutil
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from candidates.gallery import Gallery
from vision.command.candidates.shared import (
    DEFAULT_GALLERY,
    Printer,
    face_engine,
    print_json,
    progress,
    warn_about_mode,
    with_gallery,
)
from vision.command.options import face_model_option

if TYPE_CHECKING:
    from candidates.health import GalleryFinding, Health, HealthSeverity
    from candidates.health.wording import Command
    from vision.contract.answers.gallery import GalleryHealth

SOUND, FOUND = 0, 1
"""Exit status: nothing but hints, or something to put right or to look at."""

SHOWN_OF_A_KIND = 20
"""How many findings of one code people are shown; programs get all."""

_COLOURS = {"fix": "red", "look": "yellow", "hint": "green"}
_INDENT = "   "
_DESCRIBING = ("add", "re-embed")
"""Commands that look at faces."""


@click.command("health")
@click.option(
    "--photos",
    "folders",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="FOLDER",
    help="Periksa juga apakah foto acuan masih ada di sini, sampai yang terdalam; boleh berulang.",
)
@click.option("--json", "as_json", is_flag=True, help="Cetak satu objek JSON, tanpa templat wajah.")
@face_model_option
@with_gallery
def health(gallery_path: Path, say: Printer, folders: tuple[Path, ...], as_json: bool, face_model: Path | None) -> None:
    """Periksa galeri: orang yang terdaftar dua kali, foto yang tertukar, foto yang buruk, dan lainnya.

    Status keluar 0 bila tidak ada yang perlu diperbaiki atau dilihat (saran boleh ada), 1 bila ada, 2 bila galeri
    tidak dapat diperiksa. Tidak ada yang diubah.
    """
    from candidates.health import examine

    with Gallery.open(gallery_path, read_only=True) as gallery, face_engine(face_model) as (_, model_id):
        with progress(say, "command.health.people") as (advance, _):
            result = examine(gallery, model_id=model_id, folders=folders, on_person=advance)
        teller = HealthPrinter(say, gallery_path, face_model)
        if as_json:
            print_json(teller.answer(result).to_dict())
        else:
            teller.tell(result)
        warn_about_mode(say, gallery)
    sys.exit(SOUND if result.is_sound else FOUND)


class HealthPrinter:
    """Puts a gallery's health into words for people, or into an answer for programs.

    The commands it suggests mean the same gallery, and the same face model.
    """

    def __init__(self, say: Printer, gallery_path: Path, face_model: Path | None) -> None:
        self._say = say
        self._gallery = () if gallery_path == Path(DEFAULT_GALLERY) else ("--gallery", str(gallery_path))
        self._model = ("--face-model", str(face_model)) if face_model else ()

    def answer(self, result: Health) -> GalleryHealth:
        """Return everything found, for programs; people by id, photos by number, never a template."""
        from vision.contract.health import health_answer

        return health_answer(result, self._say.language, self._line)

    def tell(self, result: Health) -> None:
        """Print everything found, what matters most first."""
        from candidates.health import HealthSeverity, wording

        for note in result.notes:
            self._print("! ", wording.note(note, self._say.language))
        for severity, findings in groupby(result.findings, key=lambda finding: finding.severity):
            self._tell_group(severity, list(findings))
        fix, look, hint = (result.count(severity) for severity in HealthSeverity)
        self._say.line(
            "command.health.people_reference_photos_to_put",
            people=result.people,
            references=result.references,
            fix=fix,
            look=look,
            hint=hint,
        )

    def _tell_group(self, severity: HealthSeverity, findings: Sequence[GalleryFinding]) -> None:
        heading = f"{self._say.pick(f'command.health_heading.{severity.value}')} ({len(findings)})"
        click.echo(click.style(heading, fg=_COLOURS[severity.value], bold=True))
        for _, same in groupby(findings, key=lambda finding: finding.code):
            several = _together(list(same))
            for finding in several[:SHOWN_OF_A_KIND]:
                self._tell_finding(finding)
            if (rest := len(several) - SHOWN_OF_A_KIND) > 0:
                self._say.line("command.health.and_more_like_this_json", rest=rest)
        click.echo()

    def _tell_finding(self, finding: GalleryFinding) -> None:
        from candidates.health import wording

        self._print(" - ", f"{wording.message(finding, self._say.language)} [{finding.code}]")
        self._print(_INDENT, wording.advice(finding, self._say.language))
        for command in wording.commands(finding):
            # Never wrapped: it is there to be copied.
            click.echo(f"{_INDENT}  {self._line(command)}")

    def _print(self, indent: str, text: str) -> None:
        if sys.stdout.isatty():
            width, later = shutil.get_terminal_size().columns, " " * len(indent)
            text = textwrap.fill(text, width, initial_indent=indent, subsequent_indent=later, break_on_hyphens=False)
        else:
            text = indent + text
        click.echo(text)

    def _line(self, command: Command) -> str:
        model = self._model if command[1] in _DESCRIBING else ()
        return shlex.join(("fotonetral", *command, *model, *self._gallery))


def _together(findings: list[GalleryFinding]) -> list[GalleryFinding]:
    """Tell in one go of all who have a single photo: with one portrait each, that is everybody."""
    if findings[0].code != "poor_reference.only_one":
        return findings
    return [replace(findings[0], people=tuple(finding.people[0] for finding in findings), photos=())]

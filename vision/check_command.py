"""The `fotonetral check` command: parse, call, print."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from vision.cli import CLEAR, LOOK, NOT_JUDGED
from vision.errors import FotoNetralError, Language

if TYPE_CHECKING:
    from vision.checker import PhotoChecker
    from vision.inputs import EmptyFolder
    from vision.marked import MarkedPictures

_REGION = re.compile(r"\d{2}([.,]?\d{1,2}([.,]?\d{2}([.,]?\d{4})?)?)?")

_TEXTS: dict[Language, dict[str, str]] = {
    "id": {
        "no_gallery": "Tanpa galeri (--gallery): wajah calon tidak diperiksa, hanya pose tangan.",
        "nobody": "Galeri ini tidak memuat wajah calon yang berlaku untuk wilayah dan tanggal ini.",
        "empty": "{path}: tidak ada foto di folder ini.",
        "unlisted": "{path}: folder tidak dapat dibuka ({reason}).",
        "not_marked": "{path}: gambar bertanda tidak dapat ditulis ({reason}).",
        "no_folder": "Folder {path} tidak dapat dibuat ({reason}).",
    },
    "en": {
        "no_gallery": "No gallery (--gallery): faces of candidates are not checked, only hand signs.",
        "nobody": "This gallery holds no candidate's face that counts for this region and date.",
        "empty": "{path}: there is no photo in this folder.",
        "unlisted": "{path}: the folder could not be opened ({reason}).",
        "not_marked": "{path}: the marked picture could not be written ({reason}).",
        "no_folder": "The folder {path} could not be made ({reason}).",
    },
}


def _region(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """Refuse what is no Kemendagri code: a region that matches nobody would leave candidates out without a word."""
    if value is not None and not _REGION.fullmatch(value.strip()):
        raise click.BadParameter(f"«{value}»: harus kode Kemendagri, misalnya 34 atau 34.01.")
    return value


@click.command("check")
@click.argument("photos", nargs=-1, required=True, type=click.Path(), metavar="FOTO...")
@click.option(
    "--gallery",
    type=click.Path(),
    envvar="FOTONETRAL_GALLERY",
    show_envvar=True,
    metavar="BERKAS",
    help="Berkas galeri calon.",
)
@click.option("--policy", metavar="NAMA|BERKAS", help="Paket aturan; tanpa ini, aturan nasional.")
@click.option("--region", metavar="KODE", callback=_region, help="Kode wilayah Kemendagri, misalnya 34.01.")
@click.option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="Tanggal unggah; tanpa ini, hari ini.",
)
@click.option("--spouse", metavar="ID", help="Calon yang merupakan suami atau istri Anda (id atau nama).")
@click.option("--json", "as_json", is_flag=True, help="Cetak satu objek JSON per foto.")
@click.option("--annotate", type=click.Path(), metavar="FOLDER", help="Tulis gambar bertanda ke folder ini.")
@click.option(
    "--lang", type=click.Choice(["id", "en"]), default="id", show_default=True, help="Bahasa: Indonesia, Inggris."
)
@click.pass_context
def check(
    context: click.Context,
    photos: tuple[str, ...],
    gallery: str | None,
    policy: str | None,
    region: str | None,
    day: datetime | None,
    spouse: str | None,
    as_json: bool,
    annotate: str | None,
    lang: str,
) -> None:
    """Periksa FOTO (berkas atau folder) sebelum diunggah.

    Status keluar: 0 semua aman; 1 ada yang perlu dilihat lagi atau sebaiknya tidak diunggah; 2 ada yang tidak dapat
    diperiksa atau perintahnya keliru.
    """
    language = cast(Language, lang)
    if spouse is not None and gallery is None:
        raise click.UsageError("--spouse memerlukan --gallery.")
    from candidates.errors import CandidatesError
    from vision.checker import PhotoChecker
    from vision.rules import DEFAULT_POLICY

    try:
        checker = PhotoChecker.open(
            gallery,
            policy or DEFAULT_POLICY,
            region,
            None if day is None else day.date(),
            language=language,
            declared_spouse_of=spouse,
        )
    except (FotoNetralError, CandidatesError) as error:
        click.echo(f"{error.text(language)} [{error.code}]", err=True)
        context.exit(NOT_JUDGED)
    with checker:
        context.exit(_Run(checker, language, as_json, annotate).over(photos))


class _Run:
    """One call of the command: every photo in order, one bad photo never stops the rest."""

    def __init__(self, checker: PhotoChecker, language: Language, as_json: bool, annotate: str | None) -> None:
        from vision.check_text import Tally

        self.checker = checker
        self.language: Language = language
        self.as_json = as_json
        self.annotate = annotate
        self.tally = Tally.empty()
        self.failed = False

    def over(self, paths: tuple[str, ...]) -> int:
        """Check all photos, print the answers, and return the exit status."""
        from vision.check_text import closing_lines, show
        from vision.inputs import EmptyFolder, photos_of

        if self.checker.roster.revision is None:
            self._say("no_gallery")
        elif self.checker.roster.index is None:
            self._say("nobody")
        pictures = self._pictures()
        if self.failed:
            return NOT_JUDGED
        for photo in photos_of(paths, self.annotate):
            if isinstance(photo, EmptyFolder):
                self._say_folder(photo)
            else:
                self._one(photo, pictures)
        if not self.as_json:
            show(closing_lines(self.tally, self.language))
        return self._status()

    def _one(self, path: str, pictures: MarkedPictures | None) -> None:
        from vision.check_text import lines_of, show
        from vision.result import CheckResult

        answer = self.checker.check_or_error(path)
        self.tally.add(answer)
        marked: Path | None = None
        if pictures is not None and isinstance(answer, CheckResult):
            try:
                marked = pictures.write(path, answer)
            except (OSError, FotoNetralError) as error:
                self._say("not_marked", failed=True, path=path, reason=_reason(error, self.language))
        if self.as_json:
            # As bytes: JSON is UTF-8, whatever the terminal's encoding is.
            click.echo(json.dumps(answer.to_dict(), ensure_ascii=False).encode())
        else:
            show(lines_of(answer, marked))

    def _pictures(self) -> MarkedPictures | None:
        from vision.marked import MarkedPictures

        if self.annotate is None:
            return None
        try:
            return MarkedPictures(self.annotate)
        except OSError as error:
            self._say("no_folder", failed=True, path=self.annotate, reason=error.strerror)
            return None

    def _status(self) -> int:
        if self.failed or self.tally.counts["error"]:
            return NOT_JUDGED
        return LOOK if self.tally.counts["flag"] or self.tally.counts["review"] else CLEAR

    def _say_folder(self, folder: EmptyFolder) -> None:
        text = "empty" if folder.reason is None else "unlisted"
        self._say(text, failed=True, path=folder.path, reason=folder.reason)

    def _say(self, text: str, *, failed: bool = False, **values: object) -> None:
        """Tell something that is no answer about a photo; `failed` makes the exit status 2."""
        self.failed = self.failed or failed
        from vision.check_text import printable

        click.echo(printable(_TEXTS[self.language][text].format(**values)), err=True)


def _reason(error: Exception, language: Language) -> str:
    if isinstance(error, FotoNetralError):
        return error.text(language)
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__

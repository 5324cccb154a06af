"""The `fotonetral check` command: parse, call, print."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import cast

import click

from vision.cli import NOT_JUDGED
from vision.command.options import face_model_option
from vision.errors import FotoNetralError, Language

_REGION = re.compile(r"\d{2}([.,]?\d{1,2}([.,]?\d{2}([.,]?\d{4})?)?)?")

_ESTIMATE: dict[Language, str] = {
    "id": "Galeri {people} orang: laju alarm palsu di bawah {least:.2g} per 1.000 foto hanya perkiraan. Persempit "
    "dengan --region, atau ukur sendiri dengan «fotonetral candidates calibrate».",
    "en": "Gallery of {people} people: false alarms under {least:.2g} per 1,000 photos are estimates. Narrow it with "
    "--region, or measure for yourself with “fotonetral candidates calibrate”.",
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
@face_model_option
@click.option(
    "--false-alarms",
    type=click.FloatRange(min=0, min_open=True, max=500),
    metavar="N",
    help="Berapa dari 1.000 foto boleh keliru menyebut seseorang yang tidak ada di situ; tanpa ini, 10.",
)
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
    face_model: Path | None,
    false_alarms: float | None,
    as_json: bool,
    annotate: str | None,
    lang: str,
) -> None:
    """Periksa FOTO (berkas atau folder) sebelum diunggah.

    Status keluar: 0 semua tanpa tanda; 1 ada yang perlu dilihat lagi atau sebaiknya tidak diunggah; 2 ada yang tidak
    dapat diperiksa atau perintahnya keliru.
    """
    language = cast(Language, lang)
    if spouse is not None and gallery is None:
        raise click.UsageError("--spouse memerlukan --gallery.")
    from candidates.errors import CandidatesError
    from vision.checker import PhotoChecker
    from vision.command.check_run import CheckRun
    from vision.rules import DEFAULT_POLICY

    try:
        checker = PhotoChecker.open(
            gallery,
            policy or DEFAULT_POLICY,
            region,
            None if day is None else day.date(),
            language=language,
            declared_spouse_of=spouse,
            face_model=face_model,
            false_alarms=false_alarms,
        )
    except (FotoNetralError, CandidatesError) as error:
        click.echo(f"{error.text(language)} [{error.code}]", err=True)
        context.exit(NOT_JUDGED)
    if (index := checker.roster.index) is not None and index.is_estimate:
        click.echo(_ESTIMATE[language].format(people=len(index), least=index.least_false_alarms), err=True)
    with checker:
        context.exit(CheckRun(checker, as_json=as_json, annotate=annotate).over(photos))

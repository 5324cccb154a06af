"""The `fotonetral check` command: parse, call, print."""

from __future__ import annotations

import click

from vision.command.account import exclude_option
from vision.command.options import CheckerOptions, checker_options


@click.command("check")
@click.argument("photos", nargs=-1, required=True, type=click.Path(), metavar="FOTO...")
@checker_options
@exclude_option
@click.option("--post", is_flag=True, help="Semua FOTO diunggah bersama: nilai sebagai satu unggahan.")
@click.option("--json", "as_json", is_flag=True, help="Cetak satu objek JSON per foto (atau satu per unggahan).")
@click.option("--annotate", type=click.Path(), metavar="FOLDER", help="Tulis gambar bertanda ke folder ini.")
@click.option("--html", type=click.Path(), metavar="FOLDER", help="Tulis satu halaman HTML per foto ke folder ini.")
@click.option("--sarif", type=click.Path(dir_okay=False), metavar="BERKAS", help="Tulis daftar SARIF semua foto.")
@click.pass_context
def check(
    context: click.Context,
    photos: tuple[str, ...],
    checking: CheckerOptions,
    exclude: tuple[str, ...],
    post: bool,
    as_json: bool,
    annotate: str | None,
    html: str | None,
    sarif: str | None,
) -> None:
    """Periksa FOTO (berkas atau folder) sebelum diunggah.

    Status keluar: 0 semua tanpa tanda; 1 ada yang perlu dilihat lagi atau sebaiknya tidak diunggah; 2 ada yang tidak
    dapat diperiksa atau tidak dilihat, atau perintahnya keliru.
    """
    from vision.command.check_run import CheckRun
    from vision.command.post_run import PostRun
    from vision.media.folders import Exclusions

    with checking.open(context) as checker:
        if not as_json:
            checking.suggest_policy()
        run = (PostRun if post else CheckRun)(checker, as_json=as_json, annotate=annotate, html=html, sarif=sarif)
        context.exit(run.over(photos, Exclusions(exclude)))

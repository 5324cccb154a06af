"""The `fotonetral doctor` command: look at the installation, print what was found and what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import click

from vision.command.main import CLEAR, NOT_JUDGED
from vision.command.options import lang_option
from vision.errors import Language


@click.command("doctor")
@click.option(
    "--gallery",
    type=click.Path(path_type=Path),
    envvar="FOTONETRAL_GALLERY",
    show_envvar=True,
    metavar="BERKAS",
    help="Periksa juga berkas galeri ini.",
)
@click.option("--json", "as_json", is_flag=True, help="Cetak satu objek JSON.")
@lang_option
@click.pass_context
def doctor(context: click.Context, gallery: Path | None, as_json: bool, lang: str) -> None:
    """Periksa apakah pemasangan ini lengkap dan jalan. Status keluar: 0 semua baik, 2 ada yang salah."""
    from vision.command.check_text import TerminalLine, show
    from vision.command.machine import examine

    report = examine(gallery, language=cast(Language, lang))
    if as_json:
        click.echo(json.dumps(report.to_answer().to_dict(), ensure_ascii=False).encode())
    else:
        for check in report.checks:
            symbol, style = ("✔", "green") if check.ok else ("✖", "bold red")
            show([TerminalLine(f"{symbol} {check.name}: {check.detail}", style)])
            if check.advice:
                show([TerminalLine(f"  → {check.advice}")])
    context.exit(CLEAR if report.ok else NOT_JUDGED)

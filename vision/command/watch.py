"""The `fotonetral watch` command: parse, call, print."""

from __future__ import annotations

from pathlib import Path

import click

from vision.command.options import CheckerOptions, checker_options


@click.command("watch")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="FOLDER")
@click.option(
    "--move", is_flag=True, help="Pindahkan foto ke subfolder menurut hasilnya; tanpa ini, tulis catatan di sebelahnya."
)
@click.option("--settle", type=click.FloatRange(min=0.1), default=2.0, show_default=True, metavar="DETIK",
              help="Berapa lama sebuah berkas tidak berubah sebelum diperiksa.")  # fmt: skip
@click.option("--once", is_flag=True, help="Periksa yang ada sekarang, lalu selesai.")
@checker_options
@click.pass_context
def watch(
    context: click.Context, folder: Path, checking: CheckerOptions, move: bool, settle: float, once: bool
) -> None:
    """Periksa setiap foto yang masuk ke FOLDER, dan tandai atau pindahkan.

    Subfolder hasil: clear, review, flag, error. Status keluar dengan --once: seperti «fotonetral check».
    """
    from vision.command.watch_run import watch_folder

    context.exit(watch_folder(folder, checking.settings(), move=move, settle=settle, once=once))

"""The `fotonetral watch` command: parse, call, print."""

from __future__ import annotations

from pathlib import Path

import click

from vision.command.account import exclude_option
from vision.command.options import CheckerOptions, checker_options


@click.command("watch")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="FOLDER")
@click.option(
    "--move", is_flag=True, help="Pindahkan foto ke subfolder menurut hasilnya; tanpa ini, tulis catatan di sebelahnya."
)
@click.option("--settle", type=click.FloatRange(min=0.1), default=2.0, show_default=True, metavar="DETIK",
              help="Berapa lama sebuah berkas tidak berubah sebelum diperiksa.")  # fmt: skip
@click.option("--once", is_flag=True, help="Periksa yang ada sekarang, lalu selesai.")
@exclude_option
@checker_options
@click.pass_context
def watch(
    context: click.Context,
    folder: Path,
    checking: CheckerOptions,
    move: bool,
    settle: float,
    once: bool,
    exclude: tuple[str, ...],
) -> None:
    """Periksa setiap foto yang masuk ke FOLDER, dan tandai atau pindahkan.

    Video, PDF, dan berkas lain yang tidak dilihat disebut dan dicatat seperti foto yang gagal diperiksa.
    Subfolder hasil: clear, review, flag, error. Status keluar dengan --once: seperti «fotonetral check».
    """
    from vision.archive.dropbox import DropFolder
    from vision.command.watch_run import watch_folder
    from vision.media.folders import Exclusions

    drop = DropFolder(folder, move, settle, excluded=Exclusions(exclude))
    context.exit(watch_folder(drop, checking.settings(), once=once))

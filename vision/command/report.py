"""The `fotonetral report` command: writing a scan's reports, noting what people decided."""

from __future__ import annotations

from pathlib import Path

import click

from vision.command.main import CLEAR, NOT_JUDGED

_FORMATS = ("html", "xlsx", "csv", "jsonl", "parquet")


class _WithDefault(click.Group):
    """A group whose first word may be left out: `report FOLDER` writes the reports."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """Put the default in where the first word is no subcommand."""
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = ["write", *args]
        return super().parse_args(context, args)


@click.group("report", cls=_WithDefault)
def report() -> None:
    """Tulis laporan sebuah pindaian («fotonetral report FOLDER»), dan catat keputusan orang."""


_folder = click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER")


@report.command("write")
@_folder
@click.option(
    "--format", "formats", multiple=True, type=click.Choice(_FORMATS), help="Hanya bentuk ini; boleh diulang."
)
def write(folder: Path, formats: tuple[str, ...]) -> None:
    """Tulis laporan pindaian di FOLDER: halaman HTML, lembar kerja, CSV, JSON Lines, Parquet."""
    from vision.command.check_text import printable
    from vision.command.report_run import DEFAULT_FORMATS, account_of, write_reports

    for path in write_reports(folder, formats or DEFAULT_FORMATS):
        click.echo(printable(str(path)))
    for line in account_of(folder):
        click.echo(line, err=True)


@report.command("decide")
@_folder
@click.argument("photos", nargs=-1, required=True, metavar="FOTO...")
@click.option(
    "--as",
    "ruling",
    required=True,
    type=click.Choice(["reviewed", "handled", "false-alarm", "missed"]),
    help="reviewed: benar, cukup dilihat; handled: benar, sudah ditangani; false-alarm: keliru; missed: luput.",
)
@click.option("--note", default="", help="Catatan.")
@click.option("--by", default="", help="Siapa yang memutuskan.")
@click.pass_context
def decide(context: click.Context, folder: Path, photos: tuple[str, ...], ruling: str, note: str, by: str) -> None:
    """Catat keputusan orang tentang FOTO: nama tempatnya, atau awal SHA-256-nya."""
    from vision.command.report_run import decide_photos

    context.exit(NOT_JUDGED if decide_photos(folder, photos, ruling.replace("-", "_"), note, by) else CLEAR)


@report.command("import")
@_folder
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="BERKAS")
@click.pass_context
def import_decisions(context: click.Context, folder: Path, file: Path) -> None:
    """Ambil keputusan dari lembar kerja yang sudah diisi, CSV, atau berkas dari halaman laporan."""
    from vision.command.report_run import take_decisions

    context.exit(NOT_JUDGED if take_decisions(folder, file) else CLEAR)

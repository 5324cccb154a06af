"""The `fotonetral scan` command: parse, call, print."""

from __future__ import annotations

import os
from pathlib import Path

import click

from vision.command.account import exclude_option
from vision.command.options import CheckerOptions, checker_options
from vision.command.usage import WrongCallError
from vision.messages import say

_MOST_PERCENT = 100


@click.command("scan")
@click.argument("sources", nargs=-1, type=click.Path(), metavar="SUMBER...")
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
              help="Folder hasil: jurnal dan laporan. Folder yang sama melanjutkan pindaian.")  # fmt: skip
@click.option("--list", "lists", multiple=True, metavar="BERKAS", help="Daftar nama, satu per baris; - untuk stdin.")
@click.option("--workers", type=click.IntRange(1, 256), default=None, metavar="N",
              help="Banyaknya proses; tanpa ini, sebanyak inti prosesor.")  # fmt: skip
@click.option(
    "--cluster", metavar="auto|local|ALAMAT", help='Periksa di klaster Ray; perlu pip install "fotonetral[cluster]".'
)
@click.option("--seconds", type=click.FloatRange(min=1), default=None, metavar="N",
              help="Batas waktu satu foto, dalam detik; tanpa ini, 120.")  # fmt: skip
@click.option("--audit", type=click.FloatRange(0, _MOST_PERCENT), default=1.0, show_default=True, metavar="PERSEN",
              help="Bagian foto tanpa tanda yang disodorkan untuk dilihat orang.")  # fmt: skip
@click.option("--baseline", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
              help="Hasil pindaian terdahulu: hanya yang baru yang dilaporkan.")  # fmt: skip
@click.option("--follow-links", is_flag=True, help="Ikuti tautan ke folder.")
@click.option("--hidden", is_flag=True, help="Sertakan berkas dan folder tersembunyi.")
@exclude_option
@click.option("--retry", is_flag=True, help="Ulangi foto yang gagal karena mesin pemeriksanya.")
@click.option("--abandon", is_flag=True, help="Tinggalkan pindaian yang belum selesai dan aturannya berbeda.")
@click.option("--no-report", is_flag=True, help="Jangan tulis laporan; «fotonetral report FOLDER» menulisnya nanti.")
@click.option("--quiet", is_flag=True, help="Hanya galat, tanpa kemajuan: untuk cron.")
@checker_options
@click.pass_context
def scan(
    context: click.Context,
    sources: tuple[str, ...],
    checking: CheckerOptions,
    out: Path,
    lists: tuple[str, ...],
    workers: int | None,
    cluster: str | None,
    seconds: float | None,
    audit: float,
    baseline: Path | None,
    follow_links: bool,
    hidden: bool,
    exclude: tuple[str, ...],
    retry: bool,
    abandon: bool,
    no_report: bool,
    quiet: bool,
) -> None:
    """Periksa seluruh arsip: SUMBER berupa berkas, folder, pola, zip, tar, atau alamat (s3://, gs://, https://).

    Boleh dihentikan kapan saja, juga oleh listrik padam: jalankan perintah yang sama lagi dan pindaian berlanjut.
    Status keluar: 0 semua tanpa tanda; 1 ada temuan; 2 ada yang tidak dapat
    diperiksa atau tidak dilihat, tidak ada foto yang dinilai, atau perintahnya keliru.
    """
    from vision.archive.scan import SECONDS, Order
    from vision.archive.sources.lists import read_list
    from vision.command.scan_run import ScanOptions, run_scan

    listed = tuple(name for one in lists for name in read_list(one))
    if not sources and not lists:
        raise WrongCallError(say("command.scan.give_sources_or_list"))
    order = Order(
        sources,
        out,
        checking.settings(),
        listed,
        audit / _MOST_PERCENT,
        baseline,
        follow_links=follow_links,
        hidden=hidden,
        excluded=exclude,
        retry=retry,
        abandon=abandon,
    )
    how = ScanOptions(workers or os.cpu_count() or 1, seconds or SECONDS, cluster, quiet=quiet, report=not no_report)
    context.exit(run_scan(order, how))

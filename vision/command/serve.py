"""The `fotonetral serve` command: parse, call, print."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from vision.command.output import carry_on


@click.command("serve")
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="FOTONETRAL_CONFIG",
    show_envvar=True,
    metavar="BERKAS",
    help="Berkas pengaturan (TOML).",
)
@click.option("--host", metavar="ALAMAT", help="Alamat; tanpa ini 127.0.0.1: hanya komputer ini.")
@click.option("--port", type=int, metavar="N", help="Port; tanpa ini 8000, 0: yang mana saja.")
@click.option("--gallery", metavar="BERKAS", help="Berkas galeri calon (juga FOTONETRAL_GALLERY).")
@click.option("--create-gallery", is_flag=True, default=None, help="Mulai dengan galeri kosong bila belum ada.")
@click.option("--policy", metavar="NAMA|BERKAS", help="Paket aturan; tanpa ini, aturan nasional.")
@click.option("--region", metavar="KODE|NAMA", help="Wilayah: kode Kemendagri atau nama, misalnya 34.01.")
@click.option("--keys", metavar="BERKAS", help="Berkas kunci dan kode; tanpa ini keys.db.")
@click.option("--workers", type=int, metavar="N", help="Banyaknya proses pemeriksa; tanpa ini paling banyak 2.")
@click.option(
    "--open-to",
    metavar="SIAPA",
    help="Siapa boleh memeriksa tanpa kunci: loopback (komputer ini), network (semua), nobody.",
)
def serve(config: Path | None, **given: Any) -> None:
    """Jalankan layanan (API) dan halaman web. Semua pengaturan lain: docs/service.md, FOTONETRAL_*, atau --config.

    Berhenti dengan Ctrl-C atau SIGTERM, setelah foto yang sedang diperiksa selesai.
    """
    from vision.service.server import serve as run
    from vision.service.settings import load_settings

    carry_on()  # whoever reads the address may leave; the service stays
    run(load_settings(config, **given), lambda address: click.echo(f"FotoNetral: {address}  (berhenti: Ctrl-C)"))

"""The `fotonetral candidates` commands: the gallery of candidates, running mates and their families."""

from __future__ import annotations

from collections.abc import Mapping

import click

from vision.command.lazy import LazyGroup, Subcommand

_HERE = "vision.command.candidates"

SUBCOMMANDS: Mapping[str, Subcommand] = {
    "add": Subcommand(f"{_HERE}.people", "add", "Daftarkan NAME dari satu foto wajah atau lebih."),
    "import": Subcommand(f"{_HERE}.tables", "import_", "Daftarkan semua orang dari tabel, folder, atau hasil export."),
    "list": Subcommand(f"{_HERE}.people", "list_", "Tampilkan semua orang yang terdaftar."),
    "show": Subcommand(f"{_HERE}.people", "show", "Tampilkan satu orang, fotonya, dan keluarganya."),
    "remove": Subcommand(f"{_HERE}.people", "remove", "Hapus satu orang beserta templat wajahnya."),
    "export": Subcommand(f"{_HERE}.tables", "export_", "Simpan galeri ke .zip untuk diimpor di mesin lain."),
    "re-embed": Subcommand(f"{_HERE}.reembed", "re_embed", "Buat ulang templat untuk model wajah yang lain."),
    "calibrate": Subcommand(f"{_HERE}.calibrate", "calibrate", "Ukur seberapa sering orang luar dikira calon."),
    "health": Subcommand(f"{_HERE}.health", "health", "Cari orang ganda, foto tertukar, dan foto yang buruk."),
    "distinct": Subcommand(f"{_HERE}.distinct", "distinct", "Catat bahwa dua orang yang mirip memang dua orang."),
    "audit": Subcommand(f"{_HERE}.people", "audit", "Tampilkan setiap perubahan galeri."),
}


@click.group("candidates", cls=LazyGroup, subcommands=SUBCOMMANDS)
def candidates() -> None:
    """Daftar calon, wakil, dan keluarganya (galeri)."""

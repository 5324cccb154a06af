"""`fotonetral candidates import|export`: a gallery from a table, and a copy for another machine."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from candidates.archives import import_archive
from candidates.gallery import Gallery, Outcome
from candidates.importing import ImportReport, RowReport, import_table
from candidates.transfer import export
from vision.command.candidates.shared import (
    FINE,
    NOTHING_DONE,
    OUTCOMES,
    SOME_REJECTED,
    Say,
    face_engine,
    progress,
    tell_row,
    warn_about_mode,
    with_gallery,
)
from vision.command.options import face_model_option


@click.command("import")
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@face_model_option
@with_gallery
def import_(gallery_path: Path, say: Say, table: Path, face_model: Path | None) -> None:
    """Daftarkan semua orang dari TABLE (CSV, atau zip hasil export).

    Kolom CSV: name, role, election, ballot_number, region, party, relative_of, relation, photos. Berkas
    elections.csv di sebelahnya (id, title, level, region, active_from, active_to, polling_day) mengatur masa dan
    wilayah pemilu. Mengimpor tabel yang sama dua kali tidak mengubah apa pun.
    """
    with face_engine(face_model) as (describe, model_id), Gallery.open(gallery_path, create=True) as gallery:
        gallery.require_model(model_id)
        with progress(say) as advance:

            def on_row(row: RowReport) -> None:
                advance(row.name)
                tell_row(say, row)

            if table.suffix.casefold() == ".zip":
                report = import_archive(gallery, table, model_id=model_id, on_row=on_row)
            else:
                report = import_table(gallery, table, describe, model_id=model_id, on_row=on_row)
        _tell_report(say, report)
        warn_about_mode(say, gallery)
    done = report.added + report.updated + report.unchanged
    rejected = report.rejected + report.elections_rejected
    sys.exit(NOTHING_DONE if not done else SOME_REJECTED if rejected else FINE)


@click.command("export")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Timpa berkas yang sudah ada.")
@with_gallery
def export_(gallery_path: Path, say: Say, target: Path, force: bool) -> None:
    """Simpan galeri ke TARGET.zip untuk diimpor di mesin lain. Isinya data biometrik (UU 27/2022)."""
    if target.exists() and not force:
        say.fail(say.pick(f"{target} sudah ada (pakai --force).", f"{target} exists already (use --force)."))
    with Gallery.open(gallery_path, read_only=True) as gallery:
        export(gallery, target)
    say.line(
        f"{target} ditulis. Isinya data biometrik: simpan dan kirim dengan aman.",
        f"{target} written. It is biometric data: keep and send it safely.",
    )


def _tell_report(say: Say, report: ImportReport) -> None:
    counts = (report.added, report.updated, report.unchanged, report.rejected)
    words = (say.pick(*OUTCOMES[outcome]) for outcome in Outcome)
    click.echo(", ".join(f"{count} {word}" for count, word in zip(counts, words, strict=True)) + ".")
    changed, rejected = report.elections_changed, report.elections_rejected
    if changed or rejected:
        say.line(
            f"Pemilu: {changed} berubah, {rejected} ditolak.", f"Elections: {changed} changed, {rejected} rejected."
        )

"""`fotonetral candidates re-embed`: the templates made again from the photos, for another face model."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from candidates.gallery import Gallery
from candidates.transfer.reembedding import PersonReembedded, reembed
from vision.command.candidates.shared import (
    FINE,
    SOME_REJECTED,
    Say,
    face_engine,
    keep_ready,
    progress,
    with_gallery,
)
from vision.command.options import face_model_option
from vision.command.output import carry_on


@click.command("re-embed")
@click.option(
    "--photos",
    "folders",
    multiple=True,
    required=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="FOLDER",
    help="Tempat foto-foto acuan, beserta isinya yang terdalam; boleh berulang.",
)
@click.option(
    "--drop-missing", is_flag=True, help="Hapus templat lama yang fotonya tidak ada atau tidak dapat dipakai."
)
@face_model_option
@with_gallery
def re_embed(
    gallery_path: Path, say: Say, folders: tuple[Path, ...], drop_missing: bool, face_model: Path | None
) -> None:
    """Buat ulang templat wajah dari fotonya untuk model wajah yang lain.

    Setiap templat dari model lain dibuat lagi dari fotonya, yang dikenali dari isinya, apa pun namanya. Yang fotonya
    tidak ada atau tidak dapat dipakai disebutkan (status keluar 1); templat lamanya tetap tersimpan, kecuali dengan
    --drop-missing. Bila terputus, jalankan lagi: yang selesai tidak diulang.
    """
    carry_on()
    with face_engine(face_model) as (describe, model_id), Gallery.open(gallery_path) as gallery:
        with progress(say, "orang", "people") as (advance, say_above):

            def on_person(done: PersonReembedded) -> None:
                advance(done.name)
                _tell(say_above, done)

            report = reembed(
                gallery, folders, describe, model_id=model_id, drop_missing=drop_missing, on_person=on_person
            )
        keep_ready(gallery)
        if not report.people:
            say.line(f"Semua templat sudah dari model «{model_id}».", f"All templates are of “{model_id}” already.")
            return
        fate_id, fate_en = (
            ("dihapus", "dropped") if drop_missing else ("masih dari model lama", "still of the old model")
        )
        say.line(
            f"{report.people} orang: {report.described} templat dibuat ulang, {report.failed} {fate_id}.",
            f"{report.people} people: {report.described} templates made again, {report.failed} {fate_en}.",
        )
        if report.failed and not drop_missing:
            say.line(
                "Galeri belum dapat dipakai: cari fotonya lalu jalankan lagi, atau pakai --drop-missing.",
                "The gallery cannot be used yet: find the photos and run this again, or use --drop-missing.",
                err=True,
            )
    sys.exit(SOME_REJECTED if report.failed else FINE)


def _tell(say: Say, done: PersonReembedded) -> None:
    """Say on standard error which templates were not made again, and why."""
    for photo in done.failed:
        say.line(
            f"{done.name}: foto {photo.photo}: {photo.reason.text('id')}",
            f"{done.name}: photo {photo.photo}: {photo.reason.text('en')}",
            err=True,
        )
    if done.is_bare:
        say.line(
            f"{done.name}: tidak ada templat lagi; daftarkan foto baru dengan «candidates add».",
            f"{done.name}: no template is left; register a new photo with “candidates add”.",
            err=True,
        )

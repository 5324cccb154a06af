"""`fotonetral candidates re-embed`: the templates made again from the photos, for another face model."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from candidates.gallery import Gallery
from candidates.transfer.reembedding import PersonReembedded, reembed
from vision import messages
from vision.command.candidates.shared import (
    FINE,
    SOME_REJECTED,
    Printer,
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
    gallery_path: Path, say: Printer, folders: tuple[Path, ...], drop_missing: bool, face_model: Path | None
) -> None:
    """Buat ulang templat wajah dari fotonya untuk model wajah yang lain.

    Setiap templat dari model lain dibuat lagi dari fotonya, yang dikenali dari isinya, apa pun namanya. Yang fotonya
    tidak ada atau tidak dapat dipakai disebutkan (status keluar 1); templat lamanya tetap tersimpan, kecuali dengan
    --drop-missing. Bila terputus, jalankan lagi: yang selesai tidak diulang.
    """
    carry_on()
    with face_engine(face_model) as (describe, model_id), Gallery.open(gallery_path) as gallery:
        with progress(say, "command.reembed.people") as (advance, say_above):

            def on_person(done: PersonReembedded) -> None:
                advance(done.name)
                _tell(say_above, done)

            report = reembed(
                gallery, folders, describe, model_id=model_id, drop_missing=drop_missing, on_person=on_person
            )
        keep_ready(gallery)
        if not report.people:
            say.line("command.reembed.all_templates_are_of_already", model_id=model_id)
            return
        fate = messages.say(f"command.reembed.{'dropped' if drop_missing else 'still_of_old_model'}")
        say.line(
            "command.reembed.people_templates_made_again",
            people=report.people,
            described=report.described,
            failed=report.failed,
            fate=fate,
        )
        if report.failed and not drop_missing:
            say.line(
                "command.reembed.gallery_cannot_be_used_yet",
                err=True,
            )
    sys.exit(SOME_REJECTED if report.failed else FINE)


def _tell(say: Printer, done: PersonReembedded) -> None:
    """Say on standard error which templates were not made again, and why."""
    for photo in done.failed:
        say.line(
            "command.reembed.photo",
            done=done.name,
            photo=photo.photo,
            reason=photo.reason.says,
            err=True,
        )
    if done.is_bare:
        say.line(
            "command.reembed.no_template_is_left_register",
            done=done.name,
            err=True,
        )

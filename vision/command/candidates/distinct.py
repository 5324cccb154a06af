"""`fotonetral candidates distinct`: telling that two who look alike are two people."""

from __future__ import annotations

from pathlib import Path

import click

from candidates.gallery import Gallery
from vision.command.candidates.shared import Printer, with_gallery


@click.command("distinct")
@click.argument("one", required=False)
@click.argument("other", required=False)
@click.option("--undo", is_flag=True, help="Tarik kembali: mungkin satu orang juga.")
@with_gallery
def distinct(gallery_path: Path, say: Printer, one: str | None, other: str | None, undo: bool) -> None:
    """Catat bahwa ONE dan OTHER (id atau nama) adalah dua orang yang berbeda.

    Sesudah itu health dan peringatan saat mendaftar tidak menyebut keduanya lagi. Tanpa nama: tampilkan yang tercatat.
    """
    if one is None or other is None:
        if one is not None or undo:
            say.fail(say.pick("command.distinct.name_two_people_id_or"))
        with Gallery.open(gallery_path, read_only=True) as gallery:
            say.table(("one", "other"), sorted(gallery.distinct()))
        return
    with Gallery.open(gallery_path) as gallery:
        people = gallery.person(one), gallery.person(other)
        changed = gallery.tell_same(*people) if undo else gallery.tell_distinct(*people)
    first, second = (person.name for person in people)
    if not changed:
        say.line("command.distinct.and_nothing_changed", first=first, second=second)
    elif undo:
        say.line("command.distinct.and_taken_back", first=first, second=second)
    else:
        say.line("command.distinct.and_kept_as_two_people", first=first, second=second)

"""`fotonetral candidates distinct`: telling that two who look alike are two people."""

from __future__ import annotations

from pathlib import Path

import click

from candidates.gallery import Gallery
from vision.command.candidates.shared import Say, with_gallery


@click.command("distinct")
@click.argument("one", required=False)
@click.argument("other", required=False)
@click.option("--undo", is_flag=True, help="Tarik kembali: mungkin satu orang juga.")
@with_gallery
def distinct(gallery_path: Path, say: Say, one: str | None, other: str | None, undo: bool) -> None:
    """Catat bahwa ONE dan OTHER (id atau nama) adalah dua orang yang berbeda.

    Sesudah itu health dan peringatan saat mendaftar tidak menyebut keduanya lagi. Tanpa nama: tampilkan yang tercatat.
    """
    if one is None or other is None:
        if one is not None or undo:
            say.fail(say.pick("Sebutkan dua orang (id atau nama).", "Name two people (id or name)."))
        with Gallery.open(gallery_path, read_only=True) as gallery:
            say.table([("satu", "one"), ("lain", "other")], sorted(gallery.distinct()))
        return
    with Gallery.open(gallery_path) as gallery:
        people = gallery.person(one), gallery.person(other)
        changed = gallery.tell_same(*people) if undo else gallery.tell_distinct(*people)
    first, second = (person.name for person in people)
    if not changed:
        say.line(f"{first} dan {second}: tidak ada yang berubah.", f"{first} and {second}: nothing changed.")
    elif undo:
        say.line(f"{first} dan {second}: ditarik kembali.", f"{first} and {second}: taken back.")
    else:
        say.line(f"{first} dan {second}: dicatat sebagai dua orang.", f"{first} and {second}: kept as two people.")

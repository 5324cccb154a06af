"""The header of a table: which column each cell means, in two languages and many spellings, and which mean none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from candidates.messages import Message, say
from candidates.people import clean_text

_MEANT: Final = {
    "id": (),
    "name": ("nama", "nama_lengkap", "nama_calon", "nama_lengkap_calon", "nama_kandidat", "nama_orang", "full_name"),
    "role": ("peran", "sebagai"),
    "election": ("pemilu", "pemilihan", "id_pemilu", "jenis_pemilihan"),
    "ballot_number": (
        *(f"{word}_urut{rest}" for word in ("no", "nomor", "nomer") for rest in ("", "_calon", "_paslon", "_kandidat")),
        *(f"{word}_{rest}" for word in ("no", "nomor", "nomer") for rest in ("calon", "paslon", "kandidat")),
        *(f"{word}_{rest}pasangan_calon" for word in ("no", "nomor", "nomer") for rest in ("", "urut_")),
    ),
    "region": ("wilayah", "kode_wilayah", "kode_daerah", "kab_kota", "kabupaten_kota"),
    "party": ("partai", "partai_politik", "parpol", "partai_pengusung", "nama_partai"),
    "relative_of": ("kerabat_dari", "keluarga_dari"),
    "relation": ("hubungan", "hubungan_keluarga"),
    "face": ("wajah",),
    "photos": ("foto", "photo", "foto_wajah", "file_foto", "berkas_foto", "nama_file_foto"),
    "title": ("judul",),
    "level": ("tingkat",),
    "active_from": ("mulai",),
    "active_to": ("selesai",),
    "polling_day": ("hari_pemungutan_suara",),
}
_COLUMNS: Final = {word: column for column, words in _MEANT.items() for word in words}

_AT_A_PINCH: Final = {
    "nomor": "ballot_number",
    "nomer": "ballot_number",
    "kabupaten": "region",
    "kota": "region",
    "daerah": "region",
    "provinsi": "region",
}
"""What a word means where no other column, and no earlier word here, means it: beside "No. Urut", "Nomor" is something
else, and beside "Kabupaten", "Provinsi"."""

_SHOWN, _LONGEST = 12, 40
"""Columns that a message names, and characters of each: of a file that is no table, the first line may be all of it."""


@dataclass(frozen=True, slots=True)
class TableHeader:
    """A header that was read: `names` has a column's name for each cell, or what was written where none is meant.

    `unread` are the cells, as written, that mean none of the table's columns; `line` is where it stands.
    """

    names: tuple[str, ...]
    unread: tuple[str, ...]
    line: int

    @classmethod
    def of(cls, cells: Sequence[str], columns: Iterable[str], line: int) -> TableHeader:
        """Read the cells of a header for a table that has these columns."""
        names, known = column_names(cells), set(columns)
        unread = (clean_text(cell) for name, cell in zip(names, cells, strict=True) if name not in known)
        return cls(names, tuple(cell for cell in unread if cell), line)


def column_names(cells: Iterable[str]) -> tuple[str, ...]:
    """Return the columns that a header's cells mean, whatever their case, spacing and language; others as written."""
    words = [re.sub(r"[\W_]+", "_", clean_text(cell).casefold()).strip("_") for cell in cells]
    names = [_COLUMNS.get(word, word) for word in words]
    for word, column in _AT_A_PINCH.items():
        if column not in names and word in names:
            names[names.index(word)] = column
    return tuple(names)


def listed(cells: Sequence[str]) -> Message:
    """Return columns as a message names them, each in quotation marks, the last ones counted where there are many."""
    shown = [cell if len(cell) <= _LONGEST else f"{cell[:_LONGEST]}…" for cell in cells[:_SHOWN]]
    quoted = [say("importing.headers.quoted", name=name) for name in shown]
    rest = len(cells) - _SHOWN
    return (
        say("importing.headers.some", names=quoted, rest=rest)
        if rest > 0
        else say("importing.headers.all", names=quoted)
    )

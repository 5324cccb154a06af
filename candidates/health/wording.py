"""What is wrong and what to do about it, in words for people, Indonesian and English; and the commands that help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from candidates.errors import Language
from candidates.health.finding import Finding, Note, PhotoRef
from candidates.people import Candidate, clean_text, slug
from candidates.regions import code_of, label_of

_NAMES_SHOWN, _PHOTOS_SHOWN = 5, 8

Command = tuple[str, ...]
"""Arguments of `fotonetral`, to be quoted for a shell; words in capitals are the reader's to fill in."""


@dataclass(frozen=True, slots=True)
class _Words:
    what_id: str
    what_en: str
    do_id: str
    do_en: str


_WORDS: Final = {
    "other_model.all": _Words(
        "Semua {count} templat wajah dari model lain ({models}), bukan «{model}» yang dipakai sekarang: tidak ada "
        "wajah yang dapat dicocokkan.",
        "All {count} face templates come from another model ({models}), not from “{model}” that is in use: no face can "
        "be matched.",
        "Buat ulang templatnya dari foto aslinya.",
        "Make the templates again from the original photos.",
    ),
    "other_model.some": _Words(
        "{count} dari {total} templat wajah dari model lain ({models}), bukan «{model}» yang dipakai sekarang: galeri "
        "baru dapat dipakai bila semuanya dari satu model.",
        "{count} of {total} face templates come from another model ({models}), not from “{model}” that is in use: the "
        "gallery can be used once all are of one model.",
        "Buat ulang templat itu dari foto aslinya.",
        "Make these templates again from the original photos.",
    ),
    "missing_photo.no_template": _Words(
        "{name} tidak punya foto acuan, jadi tidak akan dikenali.",
        "{name} has no reference photo, and so will not be recognised.",
        "Tambahkan foto wajahnya.",
        "Add a photo of the face.",
    ),
    "missing_photo.file": _Words(
        "Berkas foto acuan {name} tidak ditemukan: {photos}.",
        "The file of a reference photo of {name} was not found: {photos}.",
        "Templatnya tetap berlaku; carilah fotonya, karena tanpa foto templat tidak dapat dibuat ulang.",
        "The template stays valid; look for the photo, since no template can be made again without it.",
    ),
    "missing_photo.folder": _Words(
        "Tidak satu pun dari {count} foto acuan ada di folder itu.",
        "Not one of the {count} reference photos is in these folders.",
        "Periksa foldernya. Foto dikenali dari isi berkasnya: yang diubah ukurannya tidak lagi cocok.",
        "Check the folders. Photos are known by their contents: one that was resized does not fit any more.",
    ),
    "mixed_person.odd_photo": _Words(
        "Di antara foto {name}, {photos} tidak mirip yang lain: mungkin orang lain, atau gambar yang sangat berbeda.",
        "Among the photos of {name}, {photos} is not like the others: perhaps somebody else, or a very different "
        "picture.",
        "Lihat fotonya; bila bukan {name}, hapus.",
        "Look at it; if it is not {name}, remove it.",
    ),
    "mixed_person.of_another": _Words(
        "Di antara foto {name}, {photos} lebih mirip {other}.",
        "Among the photos of {name}, {photos} is more like {other}.",
        "Lihat fotonya; bila itu {other}, hapus dari {name} dan daftarkan pada {other}.",
        "Look at it; if it is {other}, remove it from {name} and register it with {other}.",
    ),
    "mixed_person.split": _Words(
        "Foto-foto {name} terbagi dalam kelompok yang tidak saling mirip: nomor {parts}.",
        "The photos of {name} fall into groups that are not alike: numbers {parts}.",
        "Lihat fotonya, lalu hapus yang bukan {name}.",
        "Look at them, and remove those that are not {name}.",
    ),
    "same_person.faces": _Words(
        "{name} dan {other} mungkin satu orang yang terdaftar dua kali: {photos} saling mirip.",
        "{name} and {other} may be one person registered twice: {photos} are alike.",
        "Bandingkan fotonya. Bila satu orang, daftarkan semua fotonya pada satu nama dan hapus yang lain; bila dua "
        "orang yang mirip, catat itu (distinct): hasil pengenalan di antara keduanya dapat tertukar.",
        "Compare the photos. If they are one person, register all photos under one name and remove the other; if they "
        "are two who look alike, say so (distinct): matches between them can be mixed up.",
    ),
    "same_person.photo": _Words(
        "Foto yang sama terdaftar untuk {names}: {photos}.",
        "The same photo is registered for {names}: {photos}.",
        "Bila satu orang, hapus salah satunya; bila bukan, hapus fotonya dari orang yang tidak ada di foto itu.",
        "If they are one person, remove one of them; if not, remove the photo from whom it does not show.",
    ),
    "same_person.other_election": _Words(
        "{names} bernama sama dan berwajah mirip di pemilu yang berbeda: biasa bila orangnya maju lagi.",
        "{names} have one name and alike faces in different elections: usual for somebody who stands again.",
        "Tidak perlu apa-apa; bila ternyata dua orang, bedakan namanya.",
        "Nothing needs to be done; if they are two people, make the names different.",
    ),
    "data.region_unknown": _Words(
        "«{region}» bukan wilayah yang dikenal, jadi {names} tidak dicari bila sebuah wilayah diminta.",
        "“{region}” is no known region, so {names} is not looked for where a region is asked for.",
        "Perbaiki wilayahnya di tabel (kode seperti 34.01, atau namanya), lalu impor lagi.",
        "Correct the region in the table (a code such as 34.01, or its name), and import it again.",
    ),
    "data.region_text": _Words(
        "Wilayah {names} tersimpan sebagai «{region}» dan dibaca sebagai {place_read}.",
        "The region of {names} is stored as “{region}” and read as {place_read}.",
        "Periksa apakah itu benar, lalu impor lagi tabelnya: kodenya akan tersimpan.",
        "Check whether that is right, then import the table again: the code will be stored.",
    ),
    "data.election_region_unknown": _Words(
        "Wilayah pemilu «{title}» adalah «{region}», bukan wilayah yang dikenal: calonnya tidak dicari bila sebuah "
        "wilayah diminta.",
        "The region of the election “{title}” is “{region}”, no known region: its candidates are not looked for where "
        "a region is asked for.",
        "Perbaiki wilayahnya di elections.csv (kode seperti 34.01, atau namanya), lalu impor lagi.",
        "Correct the region in elections.csv (a code such as 34.01, or its name), and import again.",
    ),
    "data.election_region_text": _Words(
        "Wilayah pemilu «{title}» tersimpan sebagai «{region}» dan dibaca sebagai {place_read}.",
        "The region of the election “{title}” is stored as “{region}” and read as {place_read}.",
        "Periksa apakah itu benar, lalu impor lagi elections.csv: kodenya akan tersimpan.",
        "Check whether that is right, then import elections.csv again: the code will be stored.",
    ),
    "data.same_number": _Words(
        "{names} sama-sama bernomor urut {ballot_number} dengan peran yang sama di pemilu {election}{place_id}.",
        "{names} both have the ballot number {ballot_number} in the same role in the election {election}{place_en}.",
        "Periksa nomor urut dan perannya (candidate atau running_mate) di tabel, lalu impor lagi.",
        "Check ballot number and role (candidate or running_mate) in the table, and import it again.",
    ),
    "data.election_undated": _Words(
        "Pemilu «{title}» tidak bertanggal: {count} orang terus dicari tanpa batas waktu.",
        "The election “{title}” has no dates: {count} people are looked for without an end.",
        "Isi active_from dan active_to di elections.csv, lalu impor lagi.",
        "Fill in active_from and active_to in elections.csv, and import again.",
    ),
    "data.election_over": _Words(
        "Pemilu «{title}» sudah lama selesai ({end}), tetapi {count} orang masih terdaftar: {names}.",
        "The election “{title}” is long over ({end}), but {count} people are still registered: {names}.",
        "Hapus data wajah yang tidak diperlukan lagi; bila tanggalnya keliru, perbaiki di elections.csv.",
        "Remove face data that nobody needs any more; if the date is wrong, correct it in elections.csv.",
    ),
    "data.relative_of_nobody": _Words(
        "{name} terdaftar sebagai keluarga {other}, padahal pemilunya «{title}» sudah selesai ({end}).",
        "{name} is registered as family of {other}, whose election “{title}” is over ({end}).",
        "Hapus {name} bila datanya tidak diperlukan lagi.",
        "Remove {name} if the data is not needed any more.",
    ),
    "lookalikes.faces": _Words(
        "{name} dan {other} sangat mirip: foto yang satu dapat dikenali sebagai yang lain.",
        "{name} and {other} look very much alike: a photo of one can be taken for the other.",
        "Lihat sendiri setiap hasil pengenalan keduanya. Foto tambahan membantu membedakan; bila berkeluarga, catat "
        "hubungannya.",
        "Look at every match of the two yourself. More photos help to tell them apart; if they are family, register "
        "the tie.",
    ),
    "lookalikes.family": _Words(
        "{name} dan {other}, satu keluarga, mirip: foto yang satu dapat dikenali sebagai yang lain.",
        "{name} and {other}, of one family, look alike: a photo of one can be taken for the other.",
        "Itu wajar; lihat sendiri setiap hasil pengenalan keduanya.",
        "That is to be expected; look at every match of the two yourself.",
    ),
    "poor_reference.small": _Words(
        "Wajah pada {photos} milik {name} hanya {size_px} piksel: kecil untuk foto acuan.",
        "The face on {photos} of {name} measures only {size_px} pixels: small for a reference.",
        "Tambahkan foto yang lebih besar, lalu hapus yang ini.",
        "Add a larger photo, then remove this one.",
    ),
    "poor_reference.blurred": _Words(
        "Wajah pada {photos} milik {name} kabur (ketajaman {sharpness}).",
        "The face on {photos} of {name} is blurred (sharpness {sharpness}).",
        "Tambahkan foto yang lebih tajam, lalu hapus yang ini.",
        "Add a sharper photo, then remove this one.",
    ),
    "poor_reference.only_one": _Words(
        "Hanya punya satu foto acuan: {names}.",
        "With a single reference photo: {names}.",
        "Tambahkan satu dua foto lain, dari waktu dan arah yang berbeda: wajahnya lebih mudah dikenali.",
        "Add one or two more, of other days and angles: the face is recognised more easily.",
    ),
    "near_duplicate.picture": _Words(
        "Foto-foto {name} ini tampaknya satu gambar yang sama: {photos}. Yang kedua tidak menambah apa-apa.",
        "These photos of {name} seem to be one picture: {photos}. The second adds nothing.",
        "Bandingkan dulu; bila memang satu gambar, simpan foto {best}, hapus yang lain, dan tambahkan foto yang "
        "berbeda.",
        "Compare them first; if they are one picture, keep photo {best}, remove the others, and add a different photo.",
    ),
}

_NOTES: Final = {
    Note.UNCALIBRATED: (
        "Wajah tidak dibandingkan: model wajah yang dipakai belum dikalibrasi («fotonetral candidates calibrate»).",
        "Faces were not compared: the face model in use is not calibrated (“fotonetral candidates calibrate”).",
    ),
    Note.PICTURES_UNKNOWN: (
        "Gambar yang sama dan foto tanpa wajah tidak dicari: itu perlu model wajah bawaan.",
        "Same pictures and photos without a face were not looked for: that takes the built-in face model.",
    ),
    Note.WITHIN_ELECTIONS: (
        "Orangnya terlalu banyak untuk dibandingkan semua: hanya yang sepemilu dan sewilayah, dan yang bernama sama.",
        "There are too many people to compare all: only those of one election and region were, and those of one name.",
    ),
}

CODES: Final = tuple(_WORDS)
"""Every code that a finding can have."""


def message(finding: Finding, language: Language) -> str:
    """Return what is wrong, in one sentence or two."""
    words = _WORDS[finding.code]
    return _filled(words.what_id if language == "id" else words.what_en, finding, language)


def advice(finding: Finding, language: Language) -> str:
    """Return what to do."""
    words = _WORDS[finding.code]
    return _filled(words.do_id if language == "id" else words.do_en, finding, language)


def note(which: Note, language: Language) -> str:
    """Return what was not looked at."""
    return _NOTES[which][language == "en"]


def commands(finding: Finding) -> tuple[Command, ...]:
    """Return the commands that look closer or put it right, in the order of use."""
    people, photos = finding.people, finding.photos
    match finding.code:
        case "other_model.all" | "other_model.some":
            return (("candidates", "re-embed", "--photos", "FOLDER"),)
        case "missing_photo.no_template" | "poor_reference.only_one":
            return (_add(people[0]),)
        case "poor_reference.small" | "poor_reference.blurred":
            return (_add(people[0]), *_without(photos))
        case "mixed_person.odd_photo" | "mixed_person.of_another":
            return (_show(people[0]), *_without(photos))
        case "near_duplicate.picture":
            return _without(photos[1:])
        case "same_person.faces":
            return (*map(_show, people), ("candidates", "remove", people[-1].id), _distinct(people))
        case "lookalikes.faces" | "lookalikes.family":
            return (*map(_show, people), _distinct(people))
        case "same_person.photo" | "mixed_person.split":
            return tuple(map(_show, people))
        case "data.relative_of_nobody":
            return (("candidates", "remove", people[0].id),)
        case _:
            return ()


def names(people: Sequence[Candidate], language: Language, *, most: int = _NAMES_SHOWN) -> str:
    """Return names, the last ones counted where there are many."""
    shown = [_label(person) for person in people[:most]]
    and_ = "dan" if language == "id" else "and"
    if len(people) > most:
        rest = len(people) - most
        return f"{', '.join(shown)} {and_} {rest} {'orang lain' if language == 'id' else 'more'}"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {and_} {shown[-1]}"


def _filled(text: str, finding: Finding, language: Language) -> str:
    people, facts = finding.people, finding.facts
    region = str(facts.get("region", ""))
    place = label_of(code_of(region) or region)
    return text.format(
        name=_label(people[0]) if people else "",
        other=_label(people[1]) if len(people) > 1 else "",
        names=names(people, language) if people else "",
        photos=_photos(finding.photos, language),
        best=finding.photos[0].number if finding.photos else "",
        place_id=f", wilayah {place}" if region else "",
        place_en=f", region {place}" if region else "",
        place_read=place,
        **facts,
    )


def _label(person: Candidate) -> str:
    """Return the name, with the id where it does not follow from the name."""
    return person.name if slug(person.name) == person.id else f"{person.name} ({person.id})"


def _photos(photos: Sequence[PhotoRef], language: Language) -> str:
    shown = ", ".join(f"{photo.number} ({clean_text(photo.name)})" for photo in photos[:_PHOTOS_SHOWN])
    more = f" … +{len(photos) - _PHOTOS_SHOWN}" if len(photos) > _PHOTOS_SHOWN else ""
    word = "foto" if language == "id" else "photo" if len(photos) == 1 else "photos"
    return f"{word} {shown}{more}"


def _show(person: Candidate) -> Command:
    return ("candidates", "show", person.id)


def _distinct(people: Sequence[Candidate]) -> Command:
    return ("candidates", "distinct", *(person.id for person in people))


def _without(photos: Sequence[PhotoRef]) -> tuple[Command, ...]:
    return tuple(("candidates", "remove", photo.person, "--photo", str(photo.number)) for photo in photos)


def _add(person: Candidate) -> Command:
    """Return the command that adds photos; it repeats the whole entry, since `add` empties what it leaves out."""
    fields = {
        "--role": person.role.value,
        "--election": person.election,
        "--ballot-number": person.ballot_number,
        "--region": person.region,
        "--party": person.party,
        "--relative-of": person.relative_of,
        "--relation": person.relation.value if person.relation else None,
    }
    options = [text for option, value in fields.items() if value for text in (option, str(value))]
    return ("candidates", "add", person.name, "FOTO.jpg", *options)

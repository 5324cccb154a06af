import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from candidates import Candidate, Election, Gallery, Role, RowReport, import_folder
from candidates.errors import BadRowError, PeopleFolderUnreadableError
from candidates.importing.folders import name_of_folder
from candidates.people import Outcome


@pytest.fixture
def gallery(tmp_path: Path) -> Iterator[Gallery]:
    with Gallery.open(tmp_path / "g.db", create=True) as opened:
        yield opened


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Make two people with two photos and one, the latter in a folder within the folder."""
    album = tmp_path / "album"
    for name in ("Anies_Baswedan/a.jpg", "Anies_Baswedan/b.PNG", "siti-nur-aini/2024/Mei/c.jpeg"):
        put(album / name)
    return album


def put(path: Path, text: str | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text or str(path))
    return path


def test_a_person_for_each_folder(gallery: Gallery, album: Path, engine: Any) -> None:
    rows: list[RowReport] = []
    totals: list[int | None] = []
    shared = {"election": "Pilgub 31", "region": "3101", "party": "P", "role": "wakil"}
    report = import_folder(gallery, album, engine, shared=shared, on_row=rows.append, on_total=totals.append)
    assert (report.added, report.rejected) == (2, 0)
    assert gallery.people() == (
        Candidate("anies-baswedan", "Anies Baswedan", Role.RUNNING_MATE, "pilgub-31", None, "31.01", "P"),
        Candidate("siti-nur-aini", "siti nur aini", Role.RUNNING_MATE, "pilgub-31", None, "31.01", "P"),
    )
    assert gallery.photo_counts() == {"anies-baswedan": 2, "siti-nur-aini": 1}
    assert engine.described == ["a.jpg", "b.PNG", "c.jpeg"]
    assert [(row.place, row.name, row.photos_used) for row in rows] == [
        ("album", "Anies Baswedan", 2),
        ("album", "siti nur aini", 1),
    ]
    assert totals == [2]
    before = gallery.revision, gallery.audit(), list(engine.described)
    assert import_folder(gallery, album, engine, shared=shared).unchanged == 2
    assert (gallery.revision, gallery.audit(), engine.described) == before


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("Anies Baswedan", "Anies Baswedan"),
        ("Anies_Baswedan", "Anies Baswedan"),
        ("anies-baswedan", "anies baswedan"),
        ("Siti_Nur-Aini", "Siti Nur-Aini"),  # the dash belongs to the name
        ("Siti Nur-Aini", "Siti Nur-Aini"),
        ("Budi - Jakarta", "Budi Jakarta"),
        ("_Budi__Santoso_", "Budi Santoso"),
        ("H. Budi, S.E.", "H. Budi, S.E."),
        ("Budi\u00a0  Santoso", "Budi Santoso"),
        ("Zoe\u0308", "Zo\u00eb"),  # a Mac wrote the folder
        ("---", ""),
    ],
)
def test_names_of_folders(folder: str, name: str) -> None:
    assert name_of_folder(folder) == name


def test_what_is_no_photo_of_a_person_is_told_or_passed_over(gallery: Gallery, album: Path, engine: Any) -> None:
    put(album / "rapat.JPG")  # whose?
    put(album / "Thumbs.db")
    put(album / ".DS_Store")
    put(album / "@eaDir" / "x.jpg")
    put(album / "__MACOSX" / "x.jpg")
    put(album / "Kosong" / "catatan.txt")
    put(album / "---" / "x.jpg")
    put(album / "Anies_Baswedan" / "._a.jpg")
    put(album / "Anies_Baswedan" / "@eaDir" / "thumb.jpg")
    put(album / "Anies_Baswedan" / "noface.jpg", "noface")
    put(album / "Anies_Baswedan" / "video.mp4")
    rows: list[RowReport] = []
    report = import_folder(gallery, album, engine, on_row=rows.append)
    assert [(row.name, row.outcome, row.reason.code if row.reason else None) for row in rows] == [
        ("rapat.JPG", Outcome.REJECTED, "photos.loose"),
        ("---", Outcome.REJECTED, "table.bad_row"),
        ("Anies Baswedan", Outcome.ADDED, None),
        ("Kosong", Outcome.REJECTED, "table.bad_row"),
        ("siti nur aini", Outcome.ADDED, None),
    ]
    assert [photo.photo for row in report.problems for photo in row.photos_rejected] == ["noface.jpg"]
    assert gallery.photo_counts() == {"anies-baswedan": 2, "siti-nur-aini": 1}


def test_two_folders_of_one_person_bring_their_photos_together(gallery: Gallery, album: Path, engine: Any) -> None:
    put(album / "anies-baswedan" / "d.jpg")
    assert import_folder(gallery, album, engine).added == 2
    assert gallery.photo_counts()["anies-baswedan"] == 3
    assert gallery.person("anies-baswedan").name == "Anies Baswedan"  # the first one decides
    before = gallery.revision
    assert import_folder(gallery, album, engine).unchanged == 3
    assert gallery.revision == before


def test_links_lead_to_no_other_person(gallery: Gallery, album: Path, engine: Any, tmp_path: Path) -> None:
    (album / "Anies_Baswedan" / "semua").symlink_to(album, target_is_directory=True)
    (album / "Anies_Baswedan" / "gone.jpg").symlink_to("nowhere")
    os.mkfifo(album / "Anies_Baswedan" / "pipe.jpg")
    elsewhere = put(tmp_path / "disk" / "d.jpg")
    (album / "Budi").symlink_to(elsewhere.parent, target_is_directory=True)
    (album / "siti-nur-aini" / "e.jpg").symlink_to(put(tmp_path / "e.jpg"))
    import_folder(gallery, album, engine)
    assert gallery.photo_counts() == {"anies-baswedan": 2, "budi": 1, "siti-nur-aini": 2}


def test_names_that_are_no_text(gallery: Gallery, album: Path, engine: Any) -> None:
    folder = album / os.fsdecode(b"Jos\xe9")
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("the disk knows only text")
    for name in (b"a\xe9.jpg", b"noface\xe9.jpg"):
        (folder / os.fsdecode(name)).write_bytes(name)
    (album / os.fsdecode(b"\xe9-kosong")).mkdir()
    report = import_folder(gallery, album, engine)
    assert report.added == 3
    assert gallery.person("Jos\ufffd").id == "jos"
    assert [r.photo_name for r in gallery.references("jos")] == ["a\ufffd.jpg"]
    assert [(row.name, [p.photo for p in row.photos_rejected]) for row in report.problems] == [
        ("Jos\ufffd", ["noface\ufffd.jpg"]),
        ("\ufffd kosong", []),
    ]


def test_elections_in_the_folder(gallery: Gallery, album: Path, engine: Any) -> None:
    put(album / "elections.csv", "id,title\npilgub,Gubernur\n")
    import_folder(gallery, album, engine, shared={"election": "pilgub"})
    assert gallery.elections() == (Election("pilgub", "Gubernur"),)


@pytest.mark.parametrize("shared", [{"role": "boss"}, {"role": "keluarga"}, {"role": "family"}])
def test_shared_cells_that_cannot_be(gallery: Gallery, album: Path, engine: Any, shared: dict[str, str]) -> None:
    with pytest.raises(BadRowError):
        import_folder(gallery, album, engine, shared=shared)
    with pytest.raises(ValueError, match="ballot_number"):
        import_folder(gallery, album, engine, shared={"ballot_number": "1"})
    assert gallery.people() == ()


def test_no_folder_of_a_person(gallery: Gallery, tmp_path: Path, engine: Any) -> None:
    put(tmp_path / "album" / "a.jpg")
    for folder in (tmp_path / "album", tmp_path / "gone"):
        with pytest.raises(PeopleFolderUnreadableError):
            import_folder(gallery, folder, engine)

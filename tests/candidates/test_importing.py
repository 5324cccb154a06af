import hashlib
import subprocess
import sys
import tracemalloc
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from candidates import Candidate, Election, Gallery, ImportReport, Relation, Role, RowReport, import_table
from candidates.errors import GalleryBusyError, TableUnreadableError
from candidates.people import Outcome

HEADER = "name;role;election;ballot_number;region;party;relative_of;relation;photos\n"
ROOT = Path(__file__).resolve().parents[2]
MakeTable = Callable[..., Path]


@pytest.fixture
def gallery(tmp_path: Path) -> Iterator[Gallery]:
    with Gallery.open(tmp_path / "g.db", create=True) as opened:
        yield opened


def problems(report: ImportReport) -> list[tuple[int, str]]:
    return [(row.line, row.reason.code if row.reason else "") for row in report.problems]


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.rejected


def test_the_whole_contract(gallery: Gallery, make_table: MakeTable, engine: Any) -> None:
    table = make_table(
        HEADER + "Putra;family;;;;;Anies Baswedan;child;c.jpg\n"  # before the person it names
        "Anies Baswedan;candidate;pilgub;1;31;P;;;a.jpg|b.jpg\n"
        "Rano;running_mate;pilgub;1;31;P;;;d.jpg\n",
        elections="id;title;level;region;active_from;active_to;polling_day\npilgub;Gubernur;;31;2029-01-01;;\n",
    )
    rows: list[RowReport] = []
    report = import_table(gallery, table, engine, on_row=rows.append)
    assert counts(report) == (3, 0, 0, 0)
    assert (report.elections_changed, report.elections_rejected) == (1, 0)
    assert [(r.table, r.line) for r in rows] == [
        ("elections.csv", 2),
        ("candidates.csv", 3),
        ("candidates.csv", 4),
        ("candidates.csv", 2),
    ]
    assert gallery.people() == (
        Candidate("anies-baswedan", "Anies Baswedan", Role.CANDIDATE, "pilgub", 1, "31", "P"),
        Candidate("putra", "Putra", Role.FAMILY, relative_of="anies-baswedan", relation=Relation.CHILD),
        Candidate("rano", "Rano", Role.RUNNING_MATE, "pilgub", 1, "31", "P"),
    )
    assert gallery.photo_counts() == {"anies-baswedan": 2, "putra": 1, "rano": 1}


def test_columns_that_were_not_understood_are_in_the_report(
    gallery: Gallery, make_table: MakeTable, engine: Any
) -> None:
    table = make_table(
        "Nama;No. Urut;NIK;Wilayah;Foto\nAni;2;1;Kab. Sorong;a.jpg\nBudi;3;1;Sorong;b.jpg\n",
        elections="id;wilayah;catatan\npilbup;Kulon Progo;x\n",
    )
    rows: list[RowReport] = []
    report = import_table(gallery, table, engine, on_row=rows.append)
    assert [(one.table, one.line, one.columns) for one in report.unread_columns] == [
        ("elections.csv", 1, ("catatan",)),
        ("candidates.csv", 1, ("NIK",)),
    ]
    assert "«NIK»" in report.unread_columns[1].note.text("id")
    assert [row.line for row in rows] == [2, 2, 3]
    (ani,) = gallery.people()
    assert (ani.ballot_number, ani.region, gallery.elections()[0].region) == (2, "96.01", "34.01")
    assert problems(report) == [(3, "table.bad_row")]


def test_the_same_table_twice_changes_nothing(gallery: Gallery, make_table: MakeTable, engine: Any) -> None:
    table = make_table(HEADER + "Budi;;e;1;;;;;a.jpg|b.jpg\nSiti;;;;;;Budi;istri;c.jpg\n")
    import_table(gallery, table, engine)
    before = gallery.revision, gallery.audit(), list(engine.described)
    assert counts(import_table(gallery, table, engine, model_id="fake-model")) == (0, 0, 2, 0)
    assert (gallery.revision, gallery.audit(), engine.described) == before


def test_changed_cells_and_new_photos_update(gallery: Gallery, make_table: MakeTable, engine: Any) -> None:
    import_table(gallery, make_table("name;party;photos\nBudi;P;a.jpg\n"), engine)
    report = import_table(gallery, make_table("name;party;photos\nBUDI;Q;a.jpg|b.jpg\n"), engine)
    assert counts(report) == (0, 1, 0, 0)
    assert gallery.people() == (Candidate("budi", "BUDI", party="Q"),)
    assert engine.described == ["a.jpg", "b.jpg"]
    assert gallery.audit()[-1].detail == "name, party; photos + 1"


def test_every_unusable_row_is_told_and_the_others_go_in(gallery: Gallery, make_table: MakeTable, engine: Any) -> None:
    table = make_table(
        HEADER + "Good;;;;;;;;a.jpg\n"  # 2
        ";;;;;;;;b.jpg\n"  # 3: no name
        "Nophotos;;;;;;;;\n"  # 4
        "Gone;;;;;;;;missing.jpg\n"  # 5
        "Faceless;;;;;;;;noface.jpg\n"  # 6
        "Role;boss;;;;;;;b.jpg\n"  # 7
        "Orphan;family;;;;;Nobody;child;b.jpg\n"  # 8
        "Number;;;x;;;;;b.jpg\n"  # 9
        "Thief;;;;;;;;a.jpg\n"  # 10: the photo is Good's
        "Good;;;;;Other;;;c.jpg\n"  # 11: Good again, but of another party
        "Kin;family;;;;;Orphan;child;b.jpg\n"  # 12: names a rejected row
        "Crash;;;;;;;;broken.jpg\n"  # 13
        "Last;;;;;;;;d.jpg\n"  # 14
    )
    report = import_table(gallery, table, engine)
    assert problems(report) == [
        (3, "table.bad_row"),
        (4, "table.bad_row"),
        (5, "photos.no_match"),
        (6, "enrolment.no_face"),
        (7, "table.bad_row"),
        (8, "candidate.unknown"),
        (9, "table.bad_row"),
        (10, "photos.of_another"),
        (11, "candidate.duplicate"),
        (12, "candidate.unknown"),
        (13, "photos.failed"),
    ]
    assert [p.id for p in gallery.people()] == ["good", "last"]
    crash = report.problems[-1].reason
    assert crash is not None
    assert "RuntimeError" in crash.text("en")
    assert "secret" not in crash.text("id") + crash.text("en")


def test_one_usable_photo_is_enough(gallery: Gallery, make_table: MakeTable, engine: Any) -> None:
    table = make_table(HEADER + "Budi;;;;;;;;noface.jpg|a.jpg|missing-*.jpg\n")
    report = import_table(gallery, table, engine)
    assert counts(report) == (1, 0, 0, 0)
    (row,) = report.problems
    assert (row.outcome, row.photos_used) == (Outcome.ADDED, 1)
    assert [(p.photo, p.reason.code) for p in row.photos_rejected] == [
        ("noface.jpg", "enrolment.no_face"),
        ("missing-*.jpg", "photos.no_match"),
    ]
    # Registered already: a row of bad photos alone still updates the rest.
    report = import_table(gallery, make_table(HEADER + "Budi;;;2;;;;;noface.jpg\n"), engine)
    assert counts(report) == (0, 1, 0, 0)


@pytest.mark.parametrize(
    ("cell", "photos"),
    [
        ("[ab].jpg", ["a.jpg", "b.jpg"]),
        ("sub/*.jpg", ["in.jpg"]),
        ("**/in.jpg", ["in.jpg"]),
        ("sub\\in.jpg", ["in.jpg"]),  # written on Windows
        ("x [1].jpg", ["x [1].jpg"]),  # brackets in a name are no pattern where the file exists
        ("two  spaces.jpg", ["two  spaces.jpg"]),
        (unicodedata.normalize("NFC", "é.jpg"), ["e\u0301.jpg"]),  # a Mac wrote the file
        ("a.jpg|a.jpg|copy-of-a.jpg", ["a.jpg"]),  # the same picture counts once
        ("sub", []),  # a folder is no photo
        ("n" * 5000, []),  # nor is what no disk can hold
    ],
)
def test_how_photos_are_named(
    gallery: Gallery, make_table: MakeTable, engine: Any, cell: str, photos: list[str]
) -> None:
    table = make_table(f"name;photos\nBudi;{cell}\n")
    folder = table.parent
    (folder / "sub").mkdir()
    for name in ("sub/in.jpg", "x [1].jpg", "two  spaces.jpg", "e\u0301.jpg"):
        (folder / name).write_bytes(name.encode())
    (folder / "copy-of-a.jpg").write_bytes((folder / "a.jpg").read_bytes())
    import_table(gallery, table, engine)
    assert engine.described == photos


def test_absolute_photos(gallery: Gallery, make_table: MakeTable, engine: Any) -> None:
    table = make_table("name;photos\n")
    table.write_text(f"name;photos\nBudi;{table.parent}/[a].jpg\n", "utf-8")
    assert counts(import_table(gallery, table, engine)) == (1, 0, 0, 0)


def test_people_of_one_name(gallery: Gallery, make_table: MakeTable, engine: Any) -> None:
    table = make_table(
        HEADER + "Ahmad Yani;;Pilgub 34;1;;;;;a.jpg\n"
        "Ahmad Yani;;Pilgub 35;2;;;;;b.jpg\n"
        "Siti;family;;;;;ahmad-yani;spouse;c.jpg\n"
        "Siti;family;;;;;ahmad-yani-pilgub-35;spouse;d.jpg\n"
        "Ina;family;pilgub-35;;;;Ahmad Yani;child;e.jpg\n"  # the election says which
        "Ino;family;;;;;Ahmad Yani;child;f.jpg\n"  # nothing says which
    )
    report = import_table(gallery, table, engine)
    assert problems(report) == [(7, "candidate.ambiguous")]
    assert {p.id: p.relative_of for p in gallery.people()} == {
        "ahmad-yani": None,
        "ahmad-yani-pilgub-35": None,
        "ina": "ahmad-yani-pilgub-35",
        "siti": "ahmad-yani",
        "siti-ahmad-yani-pilgub-35": "ahmad-yani-pilgub-35",
    }
    assert counts(import_table(gallery, table, engine)) == (0, 0, 5, 1)


def test_the_election_may_come_to_be_known_later(gallery: Gallery, make_table: MakeTable, engine: Any) -> None:
    import_table(gallery, make_table("name;photos\nBudi;a.jpg\n"), engine)
    import_table(gallery, make_table("name;election;photos\nBudi;Pilgub;a.jpg\n"), engine)
    import_table(gallery, make_table("name;election;photos\nBudi;;a.jpg\n"), engine)  # an empty cell forgets nothing
    assert gallery.people() == (Candidate("budi", "Budi", election="pilgub"),)
    assert gallery.elections() == (Election("pilgub", "pilgub"),)


def test_the_first_of_two_spellings_stays(gallery: Gallery, make_table: MakeTable, engine: Any) -> None:
    table = make_table("name;photos\nBudi;a.jpg\nBUDI;b.jpg\n")
    import_table(gallery, table, engine)
    before = gallery.revision
    assert counts(import_table(gallery, table, engine)) == (0, 0, 2, 0)
    assert (gallery.revision, gallery.people()[0].name) == (before, "Budi")


def test_one_id_for_two_names_is_refused(gallery: Gallery, make_table: MakeTable, engine: Any) -> None:
    report = import_table(gallery, make_table("id;name;photos\nx;Budi;a.jpg\nx;Ani;b.jpg\n"), engine)
    assert problems(report) == [(3, "candidate.duplicate")]


def test_how_much_there_is_to_do_is_said_first(gallery: Gallery, make_table: MakeTable, engine: Any) -> None:
    said: list[object] = []
    table = make_table("name;photos\nBudi;a.jpg\nAni;b.jpg\n", elections="id\ne\n")
    import_table(gallery, table, engine, on_row=lambda row: said.append(row.name), on_total=said.append)
    assert said == [3, "e", "Budi", "Ani"]


def test_an_id_column_tells_people_apart(gallery: Gallery, make_table: MakeTable, engine: Any) -> None:
    table = make_table("id;name;election;photos\nyani-1;Yani;e;a.jpg\nyani-2;Yani;e;b.jpg\n")
    assert counts(import_table(gallery, table, engine)) == (2, 0, 0, 0)
    assert counts(import_table(gallery, table, engine)) == (0, 0, 2, 0)
    import_table(gallery, make_table("id;name;election;photos\nyani-2;Ahmad Yani;e;b.jpg\n"), engine)
    assert [p.name for p in gallery.people()] == ["Yani", "Ahmad Yani"]


def test_two_rows_that_agree_bring_their_photos_together(gallery: Gallery, make_table: MakeTable, engine: Any) -> None:
    table = make_table("name;photos\nBudi;a.jpg\nBudi;b.jpg\n")
    assert counts(import_table(gallery, table, engine)) == (1, 1, 0, 0)
    assert gallery.photo_counts() == {"budi": 2}


def test_a_relative_cell_of_a_candidate_is_told_and_ignored(
    gallery: Gallery, make_table: MakeTable, engine: Any
) -> None:
    report = import_table(gallery, make_table(HEADER + "Budi;candidate;;;;;Ani;child;a.jpg\n"), engine)
    assert counts(report) == (1, 0, 0, 0)
    assert [note.code for note in report.problems[0].notes] == ["table.ignored_cell"]


def test_bad_elections_are_told_and_people_still_count(gallery: Gallery, make_table: MakeTable, engine: Any) -> None:
    table = make_table(
        "name;election;photos\nBudi;e;a.jpg\n", elections="id;active_from;active_to\ne;2029-02-01;2029-01-01\n"
    )
    report = import_table(gallery, table, engine)
    assert [(row.table, row.line, row.reason.code) for row in report.problems if row.reason] == [
        ("elections.csv", 2, "election.invalid")
    ]
    assert (counts(report), report.elections_rejected) == ((1, 0, 0, 0), 1)
    assert gallery.elections() == (Election("e", "e"),)  # without limits: rather too many people than too few


def test_a_new_model_describes_everything_again(gallery: Gallery, make_table: MakeTable, engine: Any) -> None:
    table = make_table("name;photos\nBudi;a.jpg|b.jpg\n")
    import_table(gallery, table, engine, model_id="fake-model")
    engine.model_id = "new"
    assert counts(import_table(gallery, table, engine, model_id="new")) == (0, 1, 0, 0)
    assert gallery.summary().model_ids == ("new",)
    assert gallery.photo_counts() == {"budi": 2}


def test_an_unreadable_table_stops_before_it_starts(gallery: Gallery, make_table: MakeTable, engine: Any) -> None:
    with pytest.raises(TableUnreadableError):
        import_table(gallery, make_table(b"name;photos\nBudi;a.jpg\nCaf\xe9;b.jpg\n"), engine)
    assert gallery.people() == ()


def test_a_gallery_that_fails_stops_the_import(
    gallery: Gallery, make_table: MakeTable, engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise GalleryBusyError("sibuk", "busy")

    monkeypatch.setattr(gallery, "put", busy)
    with pytest.raises(GalleryBusyError):
        import_table(gallery, make_table("name;photos\nBudi;a.jpg\n"), engine)


def test_the_stored_hash_is_of_the_file(gallery: Gallery, make_table: MakeTable, engine: Any) -> None:
    import_table(gallery, make_table("name;photos\nBudi;a.jpg\n"), engine)
    assert [r.photo_sha256 for r in gallery.references()] == [hashlib.sha256(b"a").hexdigest()]


@pytest.mark.slow
def test_memory_does_not_grow_with_the_rows(
    gallery: Gallery, make_table: MakeTable, engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("candidates.importing.reports.PROBLEMS_KEPT", 50)

    def peak(rows: int) -> int:
        table = make_table("name;photos\n" + "".join(f"Orang {n};missing.jpg\n" for n in range(rows)))
        tracemalloc.start()
        try:
            report = import_table(gallery, table, engine)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
            assert (report.rejected, len(report.problems), report.problems_left_out) == (rows, 50, rows - 50)

    peak(100)  # what is loaded once
    # Reports of 600 more rows would take some 600 kB; what waits for the garbage collector takes up to 100.
    assert peak(800) < peak(200) + 250_000


def test_a_gallery_that_fails_at_a_photo_stops_as_well(
    gallery: Gallery, make_table: MakeTable, engine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> None:
        raise GalleryBusyError("sibuk", "busy")

    monkeypatch.setattr(gallery, "owners_of_photo", busy)
    with pytest.raises(GalleryBusyError):
        import_table(gallery, make_table("name;photos\nBudi;a.jpg\n"), engine)


@pytest.mark.slow
@pytest.mark.parametrize("source", ["table", "workbook", "folder"])
def test_killed_imports_end_as_undisturbed_ones(source: str) -> None:
    command = [
        sys.executable,
        "-m",
        "scripts.proofs",
        "crash-import",
        "--source",
        source,
        "--kills",
        "3",
        "--rows",
        "40",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{source}: " in done.stdout
    assert "0 galleries differ" in done.stdout


@pytest.mark.slow
def test_many_photos_need_no_more_memory() -> None:
    command = [sys.executable, "-m", "scripts.proofs", "soak-import", "--people", "400", "--photos", "3"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1200 photos, 0 rejected" in done.stdout

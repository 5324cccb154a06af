"""Decisions read back: every form and letter set that comes, rows that cannot be used, and files that are none."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from vision.errors import Language
from vision.report import decision_files
from vision.report.decisions import LONGEST_NOTE, DecisionProblem, read_decisions
from vision.report.errors import DecisionsError, DecisionsTooLargeError
from vision.report.listing import Decision, Ruling
from vision.report.rulings import ruling_of, ruling_words

A, B, C, D = (letter * 64 for letter in "abcd")
HEADER = ["Kunci", "Keputusan", "Catatan", "Oleh"]


def read(path: Path) -> tuple[list[tuple[str, Decision]], list[str]]:
    """Read a file; give the decisions, and where and why rows could not be used."""
    taken, problems = [], []
    for one in read_decisions(path):
        if isinstance(one, DecisionProblem):
            problems.append(f"{one.where('id')}: {one.reason('id')}")
        else:
            taken.append(one)
    return taken, problems


def sheet(
    path: Path, *rows: Sequence[object], title: str = "Temuan", more: Callable[[Any], None] | None = None
) -> Path:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(list(row))
    if more:
        more(book)
    book.save(path)
    return path


def text(path: Path, contents: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(contents.encode(encoding))
    return path


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("ruling", Ruling)
def test_every_word_of_a_list_is_understood(ruling: Ruling, language: Language) -> None:
    words = ruling_words(ruling, language)
    for written in (words, words.upper(), f" {words}. ", words.replace(", ", " "), ruling.value):
        assert ruling_of(written) is ruling
    assert ruling_of(ruling_words(Ruling.REVIEWED, language, sampled=True)) is Ruling.REVIEWED
    assert ruling_of("mungkin") is ruling_of("") is None


def test_a_spreadsheet_with_a_title_columns_moved_and_rows_sorted(tmp_path: Path) -> None:
    path = sheet(
        tmp_path / "t.xlsx",
        ["Foto yang perlu perhatian"],
        [],
        ["No.", "OLEH", "Catatan", "Nama berkas", "Keputusan", "Kunci"],
        [2, "Sri", "sudah diturunkan", "b.jpg", "Benar, sudah ditangani", B.upper()],
        [1, None, None, "a.jpg", " keliru ", A],
        [None] * 6,
        [3, None, None, "c.jpg", None, C],
        [4, "Sri", None, "d.jpg", "", D],
    )
    assert read(path) == (
        [(B, Decision(Ruling.HANDLED, "sudah diturunkan", "Sri")), (A, Decision(Ruling.FALSE_ALARM))],
        [],
    )


def test_every_sheet_with_such_a_header_is_read_and_the_others_are_passed_over(tmp_path: Path) -> None:
    def more(book: Any) -> None:
        book.create_sheet("Petunjuk").append(["Keputusan", "Artinya"])
        sample = book.create_sheet("Sample")
        sample.append(["Key", "Decision"])
        sample.append([B, "A sign was missed"])
        sample.append([C, "Right, there is no sign"])
        sample.sheet_state = "hidden"

    path = sheet(tmp_path / "t.xlsx", HEADER, [A, "Benar, sudah dilihat"], more=more)
    taken, problems = read(path)
    assert [(key, decision.ruling) for key, decision in taken] == [
        (A, Ruling.REVIEWED),
        (B, Ruling.MISSED),
        (C, Ruling.REVIEWED),
    ]
    assert not problems


def test_what_excel_makes_of_cells(tmp_path: Path) -> None:
    """A personnel number typed as one, a day, a guard against formulas, control characters of Windows."""
    path = sheet(
        tmp_path / "t.xlsx",
        HEADER,
        [A, "keliru", datetime(2026, 11, 28, 9), 19850101],
        [B, "keliru", "'=1+1 itu tulisan", "Sri"],
        [C, "keliru", "dua_x000D_\nbaris", None],
        [D, "keliru", 12.5, True],
    )
    taken, problems = read(path)
    assert [(decision.note, decision.by) for _, decision in taken] == [
        ("2026-11-28T09:00:00", "19850101"),
        ("=1+1 itu tulisan", "Sri"),
        ("dua\nbaris", ""),
        ("12.5", "True"),
    ]
    assert not problems


def test_rows_that_cannot_be_used_are_told_and_the_others_taken(tmp_path: Path) -> None:
    path = sheet(
        tmp_path / "t.xlsx",
        HEADER,
        [A, "mungkin", None, None],
        [B, None, "lihat dulu", None],
        ["1,2E+63", "keliru", None, None],
        [None, "keliru", None, None],
        [C, "#REF!", None, None],
        [D, "keliru", "x" * (LONGEST_NOTE + 1), None],
        [D, "keliru", None, "y" * 201],
        [A, "keliru", None, None],
        [A, "Benar, sudah dilihat", None, None],
        [A, "keliru", None, None],
    )
    taken, problems = read(path)
    assert taken == [(A, Decision(Ruling.FALSE_ALARM))]
    where = "t.xlsx [Temuan], baris"
    assert problems == [
        (
            f"{where} 2: Kolom Keputusan: «mungkin» tidak dikenal. Pilihannya: Benar, sudah dilihat; Benar, sudah "
            "ditangani; Keliru, tidak ada tanda itu; Ada tanda yang terlewat."
        ),
        f"{where} 3: Kolom Catatan: ada catatan, tetapi keputusannya kosong.",
        f"{where} 4: Kolom Kunci: harus 64 angka dan huruf a sampai f, yang tertulis «1,2e+63».",
        f"{where} 5: Kolom Kunci: harus 64 angka dan huruf a sampai f, yang tertulis «».",
        f"{where} 6: Kolom Keputusan/Decision: rumusnya menghasilkan galat #REF!.",
        f"{where} 7: Kolom Catatan: {LONGEST_NOTE + 1} karakter, paling banyak {LONGEST_NOTE}.",
        f"{where} 8: Kolom Oleh: 201 karakter, paling banyak 200.",
        f"{where} 10: Baris 9 sudah memutuskan lain tentang foto yang sama.",
    ]


def test_problems_in_english(tmp_path: Path) -> None:
    (problem,) = read_decisions(sheet(tmp_path / "t.xlsx", ["Key", "Decision"], [A, "maybe"]))
    assert isinstance(problem, DecisionProblem)
    assert problem.where("en") == "t.xlsx [Temuan], row 2"
    assert problem.reason("en") == (
        "Column Decision: “maybe” is not known. Choices: Right, looked at; Right, seen to; False alarm, no such sign; "
        "A sign was missed."
    )


LINES = [
    ["name", "key", "decision", "note", "by"],
    ["kopi é.jpg", A, "handled", 'dua\nbaris, dan "kutip"', "Sri Ningsih"],
    ["b.jpg", B, "", "", ""],
    ["c.jpg", C, "Keliru", "réuni", ""],
    ["d.jpg", D, "entah", "", ""],
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("above", ["", "sep={mark}"])
def test_csv_as_excel_saves_it(tmp_path: Path, encoding: str, mark: str, end: str, above: str) -> None:
    quoted = [mark.join('"' + cell.replace('"', '""') + '"' for cell in line) for line in LINES]
    lines = [above.format(mark=mark), *quoted] if above else quoted
    path = text(tmp_path / "t.csv", end.join(lines) + end, encoding)
    taken, problems = read(path)
    assert taken == [
        (A, Decision(Ruling.HANDLED, 'dua\nbaris, dan "kutip"', "Sri Ningsih")),
        (C, Decision(Ruling.FALSE_ALARM, "réuni")),
    ]
    assert [problem.partition(": ")[0] for problem in problems] == ["t.csv, baris 5"]


def test_a_row_whose_quotes_never_end(tmp_path: Path) -> None:
    path = text(tmp_path / "t.csv", f'key,decision,note\n{A},keliru,\n{B},keliru,"{"x" * 200_000}\n')
    taken, problems = read(path)
    assert [key for key, _ in taken] == [A]
    assert len(problems) == 1
    assert "tidak dapat dibaca" in problems[0]


def told(*decisions: object, schema: str = "fotonetral.decisions/1") -> str:
    return json.dumps({"schema": schema, "decisions": decisions})


def test_the_file_of_the_page(tmp_path: Path) -> None:
    path = text(
        tmp_path / "keputusan.json",
        told(
            {"key": A, "ruling": "reviewed", "note": ""},
            {"key": B, "ruling": "missed", "note": "lihat kiri", "by": "Sri"},
            {"key": C, "ruling": "never", "note": ""},
            {"key": 5, "ruling": "reviewed"},
            "reviewed",
            {"key": D, "ruling": "handled", "note": None, "extra": [1]},
        ),
        "utf-8-sig",
    )
    taken, problems = read(path)
    assert taken == [
        (A, Decision(Ruling.REVIEWED)),
        (B, Decision(Ruling.MISSED, "lihat kiri", "Sri")),
        (D, Decision(Ruling.HANDLED)),
    ]
    assert [problem.partition(": ")[0] for problem in problems] == [f"keputusan.json, baris {row}" for row in (3, 4, 5)]


@pytest.mark.parametrize(
    ("name", "contents", "says"),
    [
        pytest.param("a.csv", b"", "No header row", id="empty"),
        pytest.param("a.csv", b"name,price\na,1\n", "No header row", id="another table"),
        pytest.param("a.jpg", b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40, "No header row", id="a picture"),
        pytest.param("a.json", b'{"schema": "fotonetral.check/1"}', "no file of decisions", id="another JSON"),
        pytest.param("a.json", b'{"schema": "fotonetral.decisions/1", "decisions": {}}', "no file of", id="no list"),
        pytest.param("a.json", b'[{"key": "a"}]', "no file of decisions", id="a list"),
        pytest.param("a.json", b'{"schema": ', "no sound JSON", id="cut off"),
        pytest.param("a.json", b'{"a": ' * 100_000, "no sound JSON", id="deep"),
        pytest.param("a.json", b'{"a": "\xff"}', "no sound JSON", id="no text"),
        pytest.param("a.xlsx", b"PK\x03\x04 and no more", "damaged", id="cut spreadsheet"),
        pytest.param("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old format", id="old or locked"),
    ],
)
def test_files_that_are_none(tmp_path: Path, name: str, contents: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(contents)
    with pytest.raises(DecisionsError, match=says) as caught:
        list(read_decisions(tmp_path / name))
    assert name in caught.value.message_id
    assert caught.value.text("id").endswith("berkas keputusan dari halaman laporan.")


def test_no_such_file_and_a_folder(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.xlsx", tmp_path):
        with pytest.raises(DecisionsError, match="cannot be opened"):
            list(read_decisions(path))


def test_a_spreadsheet_without_such_a_header_names_its_sheets(tmp_path: Path) -> None:
    with pytest.raises(DecisionsError, match=r"Key, Decision in t\.xlsx \(Gaji\)"):
        list(read_decisions(sheet(tmp_path / "t.xlsx", ["Nama", "Gaji"], ["a", 1], title="Gaji")))


def test_another_zip_and_a_bomb(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as package:
        package.writestr("a.txt", "a")
    with pytest.raises(DecisionsError, match=r"no \.xlsx"):
        list(read_decisions(tmp_path / "a.zip"))
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/worksheets/sheet1.xml", bytes(40 << 20))
    with pytest.raises(DecisionsError, match="too large when unpacked"):
        list(read_decisions(tmp_path / "b.xlsx"))


@pytest.mark.parametrize(
    ("name", "limit"), [("a.csv", "_LARGEST_TABLE"), ("a.json", "_LARGEST_JSON"), ("a.xlsx", "_LARGEST_SHEET")]
)
def test_larger_than_any_file_of_decisions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, limit: str
) -> None:
    start = {"a.csv": b"key,decision\n", "a.json": b"{}", "a.xlsx": b"PK\x03\x04"}[name]
    (tmp_path / name).write_bytes(start + bytes(100))
    monkeypatch.setattr(decision_files, limit, 50)
    with pytest.raises(DecisionsTooLargeError, match="at most 50"):
        list(read_decisions(tmp_path / name))


def test_a_reader_that_stops_early_leaves_no_file_open(tmp_path: Path) -> None:
    path = sheet(tmp_path / "t.xlsx", HEADER, [A, "keliru"], [B, "keliru"])
    reading = read_decisions(path)
    assert next(reading) == (A, Decision(Ruling.FALSE_ALARM))
    reading.close()  # type: ignore[attr-defined]

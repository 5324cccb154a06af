import random
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.datavalidation import DataValidation

from candidates import Candidate, Election, Gallery, Relation, Role, RowReport, import_workbook
from candidates.errors import SpreadsheetUnreadableError, TableUnreadableError
from candidates.importing.sheets import Workbook
from candidates.importing.tables import BadRow, TableRow
from candidates.people import Outcome

Cells = Sequence[object]
MakeBook = Callable[..., Path]


@pytest.fixture
def gallery(tmp_path: Path) -> Iterator[Gallery]:
    with Gallery.open(tmp_path / "g.db", create=True) as opened:
        yield opened


@pytest.fixture
def make_book(tmp_path: Path) -> MakeBook:
    """Write sheets (title → rows) with photos a.jpg to c.jpg beside the file; `change` may touch the workbook."""

    def make(*rows: Cells, change: Callable[[Any], None] | None = None, **sheets: Sequence[Cells]) -> Path:
        for name in "abc":
            (tmp_path / f"{name}.jpg").write_bytes(name.encode())
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, lines in ({"Calon": rows} if rows else {} | sheets).items():
            sheet = book.create_sheet(title)
            for line in lines:
                sheet.append(list(line))
        if rows:
            for title, lines in sheets.items():
                sheet = book.create_sheet(title)
                for line in lines:
                    sheet.append(list(line))
        if change:
            change(book)
        path = tmp_path / "calon.xlsx"
        book.save(path)
        return path

    return make


def rewritten(path: Path, part: str, change: Callable[[bytes], bytes]) -> None:
    """Change one part of the package as no spreadsheet program would."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts[part] = change(parts.get(part, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(name, data)


def share_strings(path: Path) -> Path:
    """Keep the texts of the first sheet in a table of their own, as Excel does."""
    texts: list[bytes] = []

    def moved(found: re.Match[bytes]) -> bytes:
        texts.append(found[1])
        return b't="s"><v>%d</v>' % (len(texts) - 1)

    inline = rb't="inlineStr"><is>(<t.*?</t>)</is>'
    rewritten(path, "xl/worksheets/sheet1.xml", lambda xml: re.sub(inline, moved, xml, flags=re.DOTALL))
    name = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    table = b'<sst xmlns="%s">%s</sst>' % (name, b"".join(b"<si>%s</si>" % text for text in texts))
    rewritten(path, "xl/sharedStrings.xml", lambda _: table)
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = b'<Override PartName="/xl/sharedStrings.xml" ContentType="%s"/></Types>' % kind
    rewritten(path, "[Content_Types].xml", lambda xml: xml.replace(b"</Types>", override))
    return path


def people(path: Path) -> list[TableRow | BadRow]:
    with Workbook(path) as book:
        return list(book.people().rows())


def cell(path: Path, column: str) -> str:
    (row,) = people(path)
    assert isinstance(row, TableRow)
    return row.cells[column]


def test_the_whole_contract(gallery: Gallery, make_book: MakeBook, engine: Any) -> None:
    path = make_book(
        ["DAFTAR CALON"],
        [],
        ["No", "Nama", "Peran", "Pemilihan", "No urut", "Kode wilayah", "Partai", "Kerabat dari", "Hubungan", "Foto"],
        [1, "Putra", "keluarga", None, None, None, None, "Anies Baswedan", "anak", "c.jpg"],
        [],
        [2, "  Anies  Baswedan ", "calon", "Pilgub 31", 1.0, 31.01, "P", None, None, "a.jpg"],
        [3, "Tanpa Foto"],
        [4, "Hilang", None, None, None, None, None, None, None, "gone.jpg"],
        pemilu=[
            ["ID", "Judul", "Tingkat", "Wilayah", "Mulai", "Selesai", "Hari pemungutan suara"],
            ["Pilgub 31", "Gubernur", "provinsi", 31, datetime(2029, 1, 1), "31/12/2029", date(2029, 11, 27)],
            ["Salah", None, None, None, "nanti"],
        ],
    )
    rows: list[RowReport] = []
    totals: list[int | None] = []
    report = import_workbook(gallery, path, engine, on_row=rows.append, on_total=totals.append)
    assert [(r.place, r.outcome) for r in rows] == [
        ("calon.xlsx [pemilu]:2", Outcome.ADDED),
        ("calon.xlsx [pemilu]:3", Outcome.REJECTED),
        ("calon.xlsx [Calon]:6", Outcome.ADDED),
        ("calon.xlsx [Calon]:7", Outcome.REJECTED),
        ("calon.xlsx [Calon]:8", Outcome.REJECTED),
        ("calon.xlsx [Calon]:4", Outcome.ADDED),
    ]
    assert totals == [7]  # rows below the headers, the empty one too: more is not known without reading
    assert (report.added, report.rejected, report.elections_rejected) == (2, 2, 1)
    assert gallery.people() == (
        Candidate("anies-baswedan", "Anies Baswedan", Role.CANDIDATE, "pilgub-31", 1, "31.01", "P"),
        Candidate("putra", "Putra", Role.FAMILY, relative_of="anies-baswedan", relation=Relation.CHILD),
    )
    days = (date(2029, 1, 1), date(2029, 12, 31), date(2029, 11, 27))
    assert gallery.elections() == (Election("pilgub-31", "Gubernur", "province", "31", *days),)
    before = gallery.revision, gallery.audit(), list(engine.described)
    report = import_workbook(gallery, path, engine)
    assert (report.added, report.updated, report.unchanged) == (0, 0, 2)
    assert (gallery.revision, gallery.audit(), engine.described) == before


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("region", 34.01, "34.01"),
        ("region", 34.1, "34.1"),  # 34.10: the zero comes back where regions are understood
        ("region", 34, "34"),
        ("region", 3401.0, "3401"),
        ("region", 3401012001, "3401012001"),
        ("region", "34.01.01", "34.01.01"),
        ("region", 34.010000000000005, "34.01"),  # what adding up leaves behind
        ("ballot_number", 2.0, "2"),
        ("ballot_number", "02", "02"),
        ("ballot_number", 1.5, "1.5"),
        ("party", True, "True"),
        ("name", 7, "7"),
        ("party", "  Partai\u00a0A  ", "Partai A"),
        ("party", "baris_x000D_\nbaris", "baris baris"),  # a line break made on Windows
        ("party", "_xD800_ _x0041_", "_xD800_ _x0041_"),  # what Excel does not write
        ("photos", "  a.jpg | b  c.jpg ", "a.jpg | b  c.jpg"),
        ("relation", "", ""),
    ],
)
def test_what_excel_makes_of_cells(make_book: MakeBook, column: str, value: object, text: str) -> None:
    cells = {"name": "Budi", "photos": "a.jpg", column: value}
    assert cell(make_book(list(cells), list(cells.values())), column) == text


@pytest.mark.parametrize(
    ("value", "day"),
    [
        (date(2029, 2, 14), "2029-02-14"),
        (datetime(2029, 2, 14, 9, 30), "2029-02-14"),
        (47163, "2029-02-14"),  # a day in a cell formatted as a number
        (47163.5, "47163.5"),  # no day
        ("14/2/2029", "14/2/2029"),
        ("2029-02-14", "2029-02-14"),
        (20290214, "20290214"),
    ],
)
def test_days(make_book: MakeBook, value: object, day: str) -> None:
    path = make_book(["nama", "foto"], elections=[["id", "mulai"], ["e", value]])
    with Workbook(path) as book:
        sheet = book.elections()
        assert sheet is not None
        (row,) = sheet.rows()
    assert isinstance(row, TableRow)
    assert row.cells["active_from"] == day


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("region", date(2026, 1, 12), "date or time (2026-01-12)"),
        ("region", time(12, 1), "date or time (12:01:00)"),
        ("ballot_number", timedelta(hours=34, minutes=1), "date or time"),
        ("name", datetime(2026, 1, 1), "date or time"),
        ("party", "#N/A", "formula gives #N/A"),
        ("party", "x" * 32_768, "32768 characters"),
    ],
)
def test_cells_that_cannot_be_meant_name_their_column(
    make_book: MakeBook, column: str, value: object, says: str
) -> None:
    cells = {"name": "Budi", "photos": "a.jpg", column: value}
    path = make_book(list(cells), list(cells.values()), ["Ani", "b.jpg"])
    if isinstance(value, str) and value.startswith("x"):
        # openpyxl writes no more than Excel does.
        rewritten(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"x" * 32_767, value.encode()))
    bad, good = people(path)
    assert isinstance(bad, BadRow)
    assert isinstance(good, TableRow)
    assert str(bad.error).startswith(f"Column {column}: ")
    assert says in str(bad.error)
    assert bad.name == ("" if column == "name" else "Budi")


def test_formulas_are_read_as_their_values(make_book: MakeBook) -> None:
    path = make_book(["name", "ballot_number", "photos"], ["Budi", 99, "a.jpg"])
    formula = b'<c r="B2"><f>1+1</f><v>2</v></c>'
    rewritten(path, "xl/worksheets/sheet1.xml", lambda xml: re.sub(rb'<c r="B2".*?</c>', formula, xml))
    assert cell(path, "ballot_number") == "2"


def test_hidden_rows_count_as_a_csv_would_have_them(make_book: MakeBook) -> None:
    def hide(book: Any) -> None:
        book["Calon"].row_dimensions[2].hidden = True
        book["Calon"].column_dimensions["B"].hidden = True

    path = make_book(["name", "photos"], ["Ani", "a.jpg"], ["Budi", "b.jpg"], change=hide)
    assert [row.line for row in people(path)] == [2, 3]


def test_empty_rows_and_columns_of_ones_own(make_book: MakeBook) -> None:
    path = make_book(
        ["catatan", None, "name", "photos", "nomor telepon"],
        [None] * 5,
        ["x", "y", "Ani", "a.jpg", 812, "beyond the header"],
        ["only a remark"],
        [None, None, "  ", ""],
        [None, None, "Budi", "b.jpg"],
    )
    assert [(row.line, row.cells["name"]) for row in people(path) if isinstance(row, TableRow)] == [
        (3, "Ani"),
        (6, "Budi"),
    ]


def test_rows_far_below_keep_their_number(make_book: MakeBook) -> None:
    def far(book: Any) -> None:
        book["Calon"]["A5000"], book["Calon"]["B5000"] = "Budi", "b.jpg"

    path = make_book(["name", "photos"], ["Ani", "a.jpg"], change=far)
    assert [row.line for row in people(path)] == [2, 5000]


def test_tall_cells_count_for_each_of_their_rows(gallery: Gallery, make_book: MakeBook, engine: Any) -> None:
    def merge(book: Any) -> None:
        sheet = book["Calon"]
        for cells in ("A1:A2", "B1:B2", "C1:C2", "D1:D2", "C3:C4", "D3:D4", "D5:D6"):
            sheet.merge_cells(cells)

    path = make_book(
        ["name", "role", "election", "ballot_number", "photos"],
        [],  # the header is two rows tall
        ["Ani", "calon", "Pilgub", 1, "a.jpg"],
        ["Budi", "wakil", None, None, "b.jpg"],
        ["Cici", "calon", "Pilgub", 2, "c.jpg"],
        [],  # tall, but nobody is in the second row
        change=merge,
    )
    import_workbook(gallery, path, engine)
    assert [(p.name, p.election, p.ballot_number) for p in gallery.people()] == [
        ("Ani", "pilgub", 1),
        ("Budi", "pilgub", 1),
        ("Cici", "pilgub", 2),
    ]


def test_the_first_visible_sheet_with_a_header(make_book: MakeBook) -> None:
    def hide(book: Any) -> None:
        book["Lama"].sheet_state = "hidden"

    path = make_book(
        Petunjuk=[["Isi lembar berikut."]],
        Lama=[["name", "photos"], ["Old", "a.jpg"]],
        Calon=[["Nama", "Foto"], ["Ani", "a.jpg"]],
        Lain=[["Nama", "Foto"], ["Other", "a.jpg"]],
        change=hide,
    )
    assert cell(path, "name") == "Ani"


def test_elections_beside_the_file(gallery: Gallery, make_book: MakeBook, engine: Any) -> None:
    path = make_book(["name", "election", "photos"], ["Ani", "e", "a.jpg"])
    path.with_name("elections.csv").write_text("id,title\ne,Pemilu\n", "utf-8")
    import_workbook(gallery, path, engine)
    assert gallery.elections() == (Election("e", "Pemilu"),)


def test_a_sheet_of_elections_needs_a_header(gallery: Gallery, make_book: MakeBook, engine: Any) -> None:
    with pytest.raises(SpreadsheetUnreadableError, match="columns id"):
        import_workbook(gallery, make_book(["name", "photos"], Pemilu=[["x"]]), engine)


def test_drop_down_lists_are_no_noise(make_book: MakeBook) -> None:
    def add_list(book: Any) -> None:
        book["Calon"].add_data_validation(DataValidation(type="list", formula1='"calon,wakil"', sqref="B2:B9"))

    extension = b'<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"/></extLst></worksheet>'
    path = make_book(["name", "photos"], ["Ani", "a.jpg"], change=add_list)
    rewritten(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</worksheet>", extension))
    assert len(people(path)) == 1  # warnings are errors here


def test_a_size_that_is_a_lie(make_book: MakeBook) -> None:
    path = make_book(["name", "photos"], ["Ani", "a.jpg"])
    lie = b'<dimension ref="A1:XFD1048576"/>'
    rewritten(path, "xl/worksheets/sheet1.xml", lambda xml: re.sub(rb"<dimension[^>]*>", lie, xml))
    with Workbook(path) as book:
        sheet = book.people()
        assert sheet.count() is None
        assert len(list(sheet.rows())) == 1


@pytest.mark.parametrize(
    "rows",
    [
        [["name", "party"], ["Ani", "P"]],
        [["name", "photos", "Nama"], ["Ani", "a.jpg", "Ani"]],
        [],
        [["x"]] * 20 + [["name", "photos"]],  # so far below, it is no header
    ],
)
def test_no_header(make_book: MakeBook, rows: list[Cells]) -> None:
    with pytest.raises(SpreadsheetUnreadableError):
        people(make_book(Calon=rows))


BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    + b']><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    b'<c t="inlineStr"><is><t>&a9;</t></is></c></row></sheetData></worksheet>'
)


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("xl/worksheets/sheet1.xml", lambda xml: xml[: len(xml) // 2]),
        ("xl/worksheets/sheet1.xml", lambda xml: b""),
        ("xl/worksheets/sheet1.xml", lambda xml: BILLION_LAUGHS),
        ("xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"</worksheet>", b" " * (1 << 25) + b"</worksheet>")),
        ("xl/worksheets/sheet1.xml", lambda xml: xml.replace(b"<v>1</v>", b"<v>99</v>")),  # no such text
        ("xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'r="2"', b'r="two"')),
        ("xl/sharedStrings.xml", lambda xml: b"<nonsense"),
        ("xl/workbook.xml", lambda xml: b"<workbook/>"),
        ("xl/_rels/workbook.xml.rels", lambda xml: xml.replace(b"sheet1.xml", b"sheet9.xml")),
        ("[Content_Types].xml", lambda xml: b""),
    ],
    ids=["cut", "empty", "laughs", "bomb", "text", "row", "strings", "book", "gone", "types"],
)
def test_damage_is_one_clear_error(make_book: MakeBook, part: str, change: Callable[[bytes], bytes]) -> None:
    path = share_strings(make_book(["name", "photos"], ["Ani", "a.jpg"]))
    rewritten(path, part, change)
    with pytest.raises(SpreadsheetUnreadableError, match=r"calon\.xlsx"):
        people(path)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 and then nothing",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,  # an old .xls, or one with a password
        b"name;photos\nAni;a.jpg\n",
    ],
)
def test_what_is_no_spreadsheet(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "calon.xlsx"
    path.write_bytes(data)
    with pytest.raises(SpreadsheetUnreadableError):
        Workbook(path)
    with pytest.raises(SpreadsheetUnreadableError):
        Workbook(tmp_path / "gone.xlsx")


def test_a_zip_of_something_else(tmp_path: Path) -> None:
    path = tmp_path / "calon.ods"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(SpreadsheetUnreadableError, match=r"no \.xlsx"):
        Workbook(path)


def test_limits_of_a_package(make_book: MakeBook, monkeypatch: pytest.MonkeyPatch) -> None:
    path = share_strings(make_book(["name", "photos"], ["Ani", "a.jpg"]))
    assert cell(path, "name") == "Ani"
    for limit in ("_LARGEST_PART", "_LARGEST_STRINGS"):
        with monkeypatch.context() as patched:
            patched.setattr(f"candidates.importing.sheets.{limit}", 100)
            with pytest.raises(SpreadsheetUnreadableError, match="too large"):
                Workbook(path)


@pytest.mark.slow
def test_random_damage_never_escapes(make_book: MakeBook) -> None:
    rows = (["name", "photos", "region"], ["Ani", "a.jpg", 34.01], ["Budi", "b.jpg", 31])
    path = share_strings(make_book(*rows, Pemilu=[["id"], ["e"]]))
    sound = path.read_bytes()
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    chance = random.Random(0)
    readable = 0
    for trial in range(150):
        if trial % 2:
            data = bytearray(sound)
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            path.write_bytes(data)
        else:
            name = chance.choice(sorted(parts))
            data = bytearray(parts[name])
            for _ in range(3):
                data[chance.randrange(len(data))] = chance.choice(b'<>"/=0 x&')
            with zipfile.ZipFile(path, "w") as package:
                for other, text in parts.items():
                    package.writestr(other, bytes(data) if other == name else text)
        try:
            with Workbook(path) as book:
                sheets = (book.people(), book.elections())
                readable += all(len(list(sheet.rows())) < 5 for sheet in sheets if sheet)
        except SpreadsheetUnreadableError:
            pass
    assert 0 < readable < 150


def test_an_unreadable_table_of_elections_beside_it(gallery: Gallery, make_book: MakeBook, engine: Any) -> None:
    path = make_book(["name", "photos"], ["Ani", "a.jpg"])
    path.with_name("elections.csv").write_bytes(b"id\n\xe9\n")
    with pytest.raises(TableUnreadableError):
        import_workbook(gallery, path, engine)
    assert gallery.people() == ()

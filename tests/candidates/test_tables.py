from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from candidates import Election, Relation, Role
from candidates.errors import BadRowError, CandidatesError, ElectionError, TableUnreadableError
from candidates.importing.delimited import CsvTable
from candidates.importing.tables import ELECTION_COLUMNS, PEOPLE_COLUMNS, BadRow, TableRow, election_row, person_row


def read(path: Path) -> list[TableRow | BadRow]:
    return list(CsvTable(path, PEOPLE_COLUMNS, ("name", "photos")).rows())


def row(**cells: str) -> TableRow:
    return TableRow(2, dict.fromkeys(PEOPLE_COLUMNS, "") | {"name": "Budi", "photos": "a.jpg"} | cells)


@pytest.mark.parametrize(
    "text",
    [
        b"name,party,photos\nBudi,P,a.jpg\n",
        b"name;party;photos\nBudi;P;a.jpg\n",  # Excel in Indonesia
        b"name\tparty\tphotos\nBudi\tP\ta.jpg\n",
        b"\xef\xbb\xbfname;party;photos\r\nBudi;P;a.jpg\r\n",  # BOM, Windows lines
        b"sep=;\r\nname;party;photos\r\nBudi;P;a.jpg",  # Excel's hint, no last line end
        b" Name ; PARTY;Photos \n  Budi ;P; a.jpg\n",  # spaces and case
        b"Nama;Partai;Foto\nBudi;P;a.jpg\n",  # Indonesian
        b"photos;notes, and more;name;party\na.jpg;x;Budi;P\n",  # other order, a column of one's own
        b'"name","party","photos"\n"Budi","P","a.jpg"\n',
        b"name;party;photos\n;;\n\nBudi;P;a.jpg;;\n",  # empty rows, empty cells too many
    ],
)
def test_dialects(make_table: Callable[..., Path], text: bytes) -> None:
    (found,) = read(make_table(text))
    assert isinstance(found, TableRow)
    assert {name: cell for name, cell in found.cells.items() if cell} == {
        "name": "Budi",
        "party": "P",
        "photos": "a.jpg",
    }


def test_lines_are_those_of_the_file(make_table: Callable[..., Path]) -> None:
    rows = read(make_table('sep=,\nname,party,photos\nA,"two\nlines",a.jpg\n\nB,P,b.jpg\n'))
    assert [(r.line, r.cells["name"], r.cells["party"]) for r in rows if isinstance(r, TableRow)] == [
        (3, "A", "two lines"),
        (6, "B", "P"),
    ]


def test_one_bad_row_does_not_take_the_others_along(make_table: Callable[..., Path]) -> None:
    rows = read(make_table('name,photos\nA,a.jpg\nBaswedan, Anies,b.jpg\n"B"x,b.jpg\nC,c.jpg\n'))
    assert [r.line if isinstance(r, TableRow) else -r.line for r in rows] == [2, -3, -4, 5]
    assert all(isinstance(r, TableRow) or isinstance(r.error, BadRowError) for r in rows)


def test_an_open_quote_is_reported_where_it_starts(make_table: Callable[..., Path]) -> None:
    rows = read(make_table('name,photos\nA,a.jpg\n"B,b.jpg\nC,c.jpg\n'))
    assert [r.line if isinstance(r, TableRow) else -r.line for r in rows] == [2, -3]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\n\n",
        b"Budi,a.jpg\n",  # no header
        b"name,party\nBudi,P\n",  # a column is missing
        b"name,photos,Nama\n",  # a column twice
        b"name,photos\nBudi\xe9,a.jpg\n",  # Windows-1252
        "name,photos\nBudi,a.jpg\n".encode("utf-16"),
    ],
)
def test_no_table(make_table: Callable[..., Path], text: bytes) -> None:
    with pytest.raises(TableUnreadableError):
        read(make_table(text))


def test_a_long_first_line_is_not_read_whole(make_table: Callable[..., Path]) -> None:
    with pytest.raises(TableUnreadableError, match="lacks name, photos"):
        read(make_table(b"x" * 1_000_000))


def test_how_many_rows_there_are(make_table: Callable[..., Path]) -> None:
    table = CsvTable(make_table('name;photos\n\nA;a.jpg\n;;\n"B";"b\nb"\n;;;;x\n'), PEOPLE_COLUMNS, ("name",))
    assert table.count() == 3


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(TableUnreadableError):
        read(tmp_path / "missing.csv")
    with pytest.raises(TableUnreadableError):
        read(tmp_path)


@pytest.mark.parametrize(
    ("cells", "role", "relation"),
    [
        ({}, Role.CANDIDATE, None),
        ({"role": "running_mate"}, Role.RUNNING_MATE, None),
        ({"role": "Running Mate"}, Role.RUNNING_MATE, None),
        ({"role": "WAKIL"}, Role.RUNNING_MATE, None),
        ({"role": "calon"}, Role.CANDIDATE, None),
        ({"role": "family", "relative_of": "X", "relation": "spouse"}, Role.FAMILY, Relation.SPOUSE),
        ({"role": "keluarga", "relative_of": "X", "relation": "Orang Tua"}, Role.FAMILY, Relation.PARENT),
        ({"relative_of": "X", "relation": "istri"}, Role.FAMILY, Relation.SPOUSE),  # role left empty
        ({"role": "family", "relative_of": "X"}, Role.FAMILY, Relation.OTHER),
    ],
)
def test_roles_and_relations(cells: dict[str, str], role: Role, relation: Relation | None) -> None:
    understood = person_row(row(**cells))
    assert (understood.role, understood.relation) == (role, relation)


@pytest.mark.parametrize(("text", "number"), [("", None), ("2", 2), ("02", 2), ("2.0", 2), ("2,0", 2), ("54", 54)])
def test_ballot_numbers(text: str, number: int | None) -> None:
    assert person_row(row(ballot_number=text)).ballot_number == number


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"name": ""}, "name"),
        ({"role": "boss"}, "role"),
        ({"relation": "cousin"}, "relation"),
        ({"role": "family"}, "relative_of"),
        ({"ballot_number": "0"}, "ballot_number"),
        ({"ballot_number": "-1"}, "ballot_number"),
        ({"ballot_number": "two"}, "ballot_number"),
        ({"ballot_number": "2.5"}, "ballot_number"),
        ({"ballot_number": "99999"}, "ballot_number"),
    ],
)
def test_bad_cells_name_their_column(cells: dict[str, str], column: str) -> None:
    with pytest.raises(BadRowError, match=f"Column {column}"):
        person_row(row(**cells))


@pytest.mark.parametrize(
    ("column", "words"),
    [("role", "calon, wakil, keluarga"), ("relation", "pasangan, anak, orang tua, saudara, lainnya")],
)
def test_the_words_for_a_column_are_told_in_the_readers_language(column: str, words: str) -> None:
    with pytest.raises(BadRowError) as refused:
        person_row(row(**{column: "ipar"}))
    assert f"harus {words}, yang tertulis «ipar»" in refused.value.text("id")
    for word in words.split(", "):
        person_row(row(**({"relative_of": "X"} if word != "calon" else {}), **{column: word}))


def test_photos_and_codes() -> None:
    understood = person_row(row(photos=" a.jpg | faces/*.png ||", election="Pilgub DIY 2029", region="3401"))
    assert understood.photos == ("a.jpg", "faces/*.png")
    assert person_row(row(photos="a.jpg\nb.jpg\r\n c.jpg")).photos == ("a.jpg", "b.jpg", "c.jpg")  # one a line
    assert (understood.election, understood.region) == ("pilgub-diy-2029", "34.01")


def elections(**cells: str) -> TableRow:
    return TableRow(2, dict.fromkeys(ELECTION_COLUMNS, "") | {"id": "E 1"} | cells)


def test_elections() -> None:
    cells = {"level": "Nasional", "active_from": "2029-01-01", "active_to": "31/12/2029", "polling_day": "14-2-2029"}
    assert election_row(elections(**cells)) == Election(
        "e-1", "E 1", "national", "", date(2029, 1, 1), date(2029, 12, 31), date(2029, 2, 14)
    )


@pytest.mark.parametrize(
    ("cells", "error"),
    [
        ({"id": ""}, BadRowError),
        ({"active_from": "soon"}, BadRowError),
        ({"active_from": "2029-02-30"}, BadRowError),
        ({"polling_day": "31/02/2029"}, BadRowError),
        ({"active_from": "2029-02-01", "active_to": "2029-01-01"}, ElectionError),
    ],
)
def test_bad_elections(cells: dict[str, str], error: type[CandidatesError]) -> None:
    with pytest.raises(error):
        election_row(elections(**cells))


@pytest.mark.parametrize(
    ("written", "column"),
    [
        *((word, "ballot_number") for word in ("No. Urut", "NO. URUT", "No.Urut", "No Urut", "Nomor Urut", "no-urut")),
        *((word, "ballot_number") for word in ("No. Calon", "Nomor Paslon", "No. Urut Pasangan Calon", "Nomor")),
        *((word, "name") for word in ("Nama Lengkap", "NAMA CALON", "nama")),
        *((word, "region") for word in ("Kab/Kota", "Kode Wilayah", "Kabupaten", "Provinsi")),
        *((word, "party") for word in ("Parpol", "Partai Politik")),
        ("Foto", "photos"),
    ],
)
def test_headers_as_people_write_them(make_table: Callable[..., Path], written: str, column: str) -> None:
    needed = [name for name in ("name", "photos") if name != column]
    table = CsvTable(make_table(f"{';'.join(needed)};{written}\n"), PEOPLE_COLUMNS, ("name", "photos"))
    assert table.header.names == (*needed, column)
    assert table.header.unread == ()


@pytest.mark.parametrize(
    ("header", "unread"),
    [
        ("No.;Nama;Foto;NIK", ("No.", "NIK")),  # "No." counts the rows
        ("Nama;Foto;Nomor;No. Urut", ("Nomor",)),  # only one of them is the ballot number
        ("Nama;Foto;Provinsi;Kabupaten", ("Provinsi",)),
        ("Nama;Foto;;Nomer Undian ", ("Nomer Undian",)),
    ],
)
def test_columns_that_mean_nothing_are_named(
    make_table: Callable[..., Path], header: str, unread: tuple[str, ...]
) -> None:
    assert CsvTable(make_table(f"{header}\n"), PEOPLE_COLUMNS, ("name", "photos")).header.unread == unread


def test_a_header_that_lacks_a_column_names_what_it_has(make_table: Callable[..., Path]) -> None:
    with pytest.raises(TableUnreadableError, match=r"lacks name\. Not understood: “Siapa”"):
        read(make_table("Siapa;Foto\nBudi;a.jpg\n"))


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("34.01", "34.01"),
        ("9201.0", "96.01"),  # Excel's number as text, and the code before Papua Barat Daya
        ("92.01 Kab. Sorong", "96.01"),
        ("Kabupaten Sorong", "96.01"),
        ("Kab. Kulon Progo", "34.01"),
        ("Nasional", ""),
    ],
)
def test_regions_as_people_write_them(written: str, region: str) -> None:
    assert person_row(row(region=written)).region == region
    election = TableRow(2, dict.fromkeys(ELECTION_COLUMNS, "") | {"id": "e", "region": written})
    assert election_row(election).region == region


@pytest.mark.parametrize("written", ["99.99", "Sorong", "Antah Berantah", "34.02 Kulon Progo", "Dapil 3"])
def test_a_region_that_cannot_be_read_is_told(written: str) -> None:
    with pytest.raises(BadRowError, match=f"Column region: .*{written}"):
        person_row(row(region=written))
    with pytest.raises(BadRowError, match=f"Column region: .*{written}"):
        election_row(TableRow(2, dict.fromkeys(ELECTION_COLUMNS, "") | {"id": "e", "region": written}))

"""The spreadsheet, opened by a second library: what stands where, that nothing is run, and that decisions come back."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import subprocess
import time
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import openpyxl
import pytest
from PIL import Image

from tests.overview_samples import facts_of, listed, scan_of_many, thumbnail
from vision.errors import Language
from vision.report.decisions import DecisionProblem, read_decisions
from vision.report.listing import Decision, ListedPhoto, Ruling
from vision.report.rulings import ruling_words
from vision.report.workbook import write_workbook
from vision.report.workbook.counting import Count, FindingCounter
from vision.report.workbook.grids import COLUMNS, HEADER_ROW
from vision.report.workbook.lines import Spot
from vision.report.workbook.links import link_of
from vision.report.workbook.pictures import cell_picture

SHEETS = ["Ringkasan", "Temuan", "Tidak dapat diperiksa", "Sampel", "Petunjuk"]
HEAD = HEADER_ROW + 1  # rows of openpyxl count from 1
WORDS = Path(__file__).resolve().parents[3] / "vision" / "messages"


def written(folder: Path, photos: Iterable[ListedPhoto], *, facts: dict[str, Any] | None = None, **more: Any) -> Path:
    photos = list(photos)
    write_workbook(folder / "r.xlsx", facts_of(photos, **(facts or {})), photos, **more)
    return folder / "r.xlsx"


def opened(folder: Path, photos: Iterable[ListedPhoto], **more: Any) -> Any:
    return openpyxl.load_workbook(written(folder, photos, **more))


def rows(sheet: Any) -> list[dict[str, Any]]:
    """Give the rows under the header by its words."""
    header, *lines = list(sheet.iter_rows(min_row=HEAD, values_only=True))
    return [dict(zip(header, line, strict=True)) for line in lines]


def column(sheet: Any, word: str) -> int:
    return next(cell.column for cell in sheet[HEAD] if cell.value == word)


def all_texts(sheet: Any) -> str:
    return "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)


def test_a_row_of_a_photo_with_a_person_and_signs(tmp_path: Path) -> None:
    decision = Decision(Ruling.HANDLED, "sudah diturunkan", "Sri")
    places = ["/srv/foto/2025/a.jpg", "/srv/lain/b.jpg", "s3://arsip/c.jpg"]
    photo = listed(1, "person", places=places, decision=decision)
    (row,) = rows(opened(tmp_path, [photo])["Temuan"])
    seen, basis = row.pop("Yang terlihat"), row.pop("Dasar aturan")
    assert re.findall(r"^\[[\d, -]+\] ", seen, re.MULTILINE) == ["[1] ", "[2-3] ", "[4] "]
    assert "Dasar:" not in seen
    assert basis.startswith("Dasar: SKB 2/2022")
    assert row.pop("Yang dapat dilakukan") == photo.result.to_dict()["next_step"]
    assert row == {
        "No.": 1,
        "Gambar": None,
        "Penilaian": "Berisiko",
        "Keputusan": "Benar, sudah ditangani",
        "Catatan": "sudah diturunkan",
        "Oleh": "Sri",
        "Nama berkas": "a.jpg",
        "Folder": "/srv/foto/2025",
        "Tanggal": datetime(2025, 3, 5),
        "Calon atau keluarga": "Budi",
        "Nomor": "2, 5",
        "Tempat": 3,
        "Tempat lain foto yang sama": "/srv/lain/b.jpg\ns3://arsip/c.jpg",
        "Mirip no.": None,
        "Kunci": photo.key,
    }


@pytest.mark.slow
def test_every_photo_is_on_its_sheet_and_the_gravest_first(tmp_path: Path) -> None:
    book = opened(tmp_path, scan_of_many())
    assert book.sheetnames == SHEETS
    findings, failed, sample = (rows(book[name]) for name in SHEETS[1:4])
    assert (len(findings), len(failed), len(sample)) == (61, 4, 5)
    assert [row["Penilaian"] for row in findings] == ["Berisiko"] * 58 + ["Perlu dilihat"] * 3
    assert [row["Calon atau keluarga"] is not None for row in findings] == [True] * 5 + [False] * 56
    assert [row["No."] for row in findings] == list(range(1, 62))
    assert {row["Sebab"] for row in failed} == {"Berkas foto kosong: 0 bita."}
    assert {row["Yang dapat dilakukan"] for row in failed} == {"Salin atau unduh ulang foto dari sumbernya."}


def test_photos_that_look_alike_stand_below_the_first_of_them(tmp_path: Path) -> None:
    days = [datetime(2025, 1, day) for day in (9, 8, 7, 6, 5)]  # the newest first
    likes = [0xFFFF << 20, 0b1 << 3, 0xFFFE << 20, None, 0xFFFF << 20]
    photos = [listed(at, day=day, likeness=like) for at, (day, like) in enumerate(zip(days, likes, strict=True))]
    found = rows(opened(tmp_path, photos)["Temuan"])
    assert [row["Tanggal"].day for row in found] == [9, 7, 5, 8, 6]
    assert [row["Mirip no."] for row in found] == [None, 1, 1, None, None]


@pytest.mark.parametrize("language", ["id", "en"])
def test_frozen_filtered_chosen_from_a_list_and_printable(tmp_path: Path, language: Language) -> None:
    photos = [listed(1, language=language), listed(2, "clear"), listed(3, "error", language=language)]
    book = opened(tmp_path, photos, facts={"language": language})
    words = {"id": ("Keputusan", "Petunjuk"), "en": ("Decision", "Guide")}[language]
    expected = {
        1: [Ruling.REVIEWED, Ruling.HANDLED, Ruling.FALSE_ALARM],
        2: [Ruling.REVIEWED, Ruling.HANDLED],
        3: [Ruling.REVIEWED, Ruling.MISSED],
    }
    for at, rulings in expected.items():
        sheet = book.worksheets[at]
        place = openpyxl.utils.get_column_letter(column(sheet, words[0]))
        (validation,) = sheet.data_validations.dataValidation
        assert str(validation.sqref) == f"{place}{HEAD + 1}"
        assert (validation.type, validation.errorStyle in (None, "stop"), validation.showErrorMessage) == (
            *("list", True),
            True,
        )
        guide, _, cells = validation.formula1.strip("='").replace("'", "").replace("$", "").partition("!")
        assert guide == words[1]
        choices = [cell.value for row in book[guide][cells] for cell in row]
        assert choices == [ruling_words(one, language, sampled=at == 3) for one in rulings]
        (ranges,) = sheet.conditional_formatting
        assert sorted(rule.formula[0].strip('"') for rule in ranges.rules) == sorted(choices)
        assert sheet.freeze_panes is not None
        assert sheet.freeze_panes[-1] == str(HEAD + 1)
        assert sheet.auto_filter.ref.startswith(f"A{HEAD}:")
        assert sheet.page_setup.orientation == "landscape"
        assert (sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (9, 0)
        assert sheet.print_title_rows == f"${HEAD}:${HEAD}"


def test_pictures_for_the_first_rows_with_marks_and_words_for_those_who_listen(tmp_path: Path) -> None:
    photos = [*(listed(at, day=datetime(2025, 1, 1 + at)) for at in range(6)), listed(9, "clear"), listed(8, "error")]
    book = opened(tmp_path, photos, most_pictures=4)
    sheet = book["Temuan"]
    assert [(image.anchor._from.row, image.anchor._from.col) for image in sheet._images] == [
        (HEADER_ROW + 1 + at, 1) for at in range(4)
    ]
    assert {type(image.anchor).__name__ for image in sheet._images} == {"TwoCellAnchor"}
    assert {image.anchor.editAs for image in sheet._images} <= {None, "twoCell"}  # moved and hidden with its cell
    assert [row["Gambar"] for row in rows(sheet)] == [None] * 4 + ["lihat foto asli"] * 2
    assert len(book["Sampel"]._images) == 1
    assert not book["Tidak dapat diperiksa"]._images
    drawing = read_part(tmp_path / "r.xlsx", "xl/drawings/drawing1.xml").decode()
    assert drawing.count('descr="[1] Terlihat pose dua jari') == 4


def read_part(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as package:
        return package.read(name)


@pytest.mark.slow
def test_the_best_rows_have_pictures_whatever_order_photos_come_in(tmp_path: Path) -> None:
    photos = [listed(at, "person" if at % 7 == 0 else "review") for at in range(40)]
    for order in (photos, photos[::-1]):
        sheet = opened(tmp_path, order, most_pictures=6)["Temuan"]
        assert [image.anchor._from.row for image in sheet._images] == list(range(HEADER_ROW + 1, HEADER_ROW + 7))


def test_thumbnails_that_are_no_pictures(tmp_path: Path) -> None:
    photos = [listed(1, picture=b"RIFF broken"), listed(2, picture=b""), listed(3, picture=None)]
    sheet = opened(tmp_path, photos)["Temuan"]
    assert sorted(row["Gambar"] or "" for row in rows(sheet)) == ["", "lihat foto asli", "lihat foto asli"]
    assert len(sheet._images) == 1


def test_a_small_picture_shows_frames_in_their_colours_and_places() -> None:
    grey = io.BytesIO()
    Image.new("RGB", (480, 360), (120, 120, 120)).save(grey, "JPEG", quality=95)
    told = cell_picture(grey.getvalue(), [Spot(1, True, (0.1, 0.2, 0.3, 0.4)), Spot(2, False, (0.6, 0.5, 0.2, 0.3))])
    assert told is not None
    data, size = told
    assert size == (240, 180)
    picture = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)
    vermillion = np.abs(picture - (213, 94, 0)).sum(axis=2) < 90
    yellow = np.abs(picture - (240, 228, 66)).sum(axis=2) < 90
    assert vermillion[:, :120].sum() > 150
    assert yellow[:, 120:].sum() > 100
    assert not vermillion[:, 130:].any()
    assert not yellow[:, :110].any()


def test_many_marks_leave_the_picture_visible() -> None:
    spots = [Spot(at + 1, True, (0.1 * (at % 9), 0.1 * (at // 9), 0.05, 0.05)) for at in range(50)]
    assert cell_picture(thumbnail(1), spots) is not None


HOSTILE = [
    '=HYPERLINK("http://x","klik").jpg',
    "{=1+1}.jpg",
    "+cmd|' /C calc'!A0.jpg",
    "http://example.org/a.jpg",
    "mailto:a@b.jpg",
    "internal:Temuan!A1.jpg",
    "<r><t>x</t></r>",
    "<r></v></c></row></r>",
    "00123",
    "1e5",
    "TRUE",
    "_x0041_.jpg",
    "a\x00\x07\x1bb.jpg",
    "a\ud800\udce9b.jpg",
    "\ufffe\uffff.jpg",
    "' or 1=1.jpg",
    "&lt;&amp;]]>.jpg",
]


@pytest.mark.slow
def test_names_stay_names(tmp_path: Path) -> None:
    photos = [
        listed(at, "person" if at % 2 else "error", places=[f"/srv/{name}/{name}", name], candidate=name)
        for at, name in enumerate(HOSTILE)
    ]
    photos += [listed(90 + at, decision=Decision(Ruling.REVIEWED, name, name)) for at, name in enumerate(HOSTILE)]
    book = opened(tmp_path, photos, facts={"sources": HOSTILE, "baseline": HOSTILE[0], "policy_title": HOSTILE[6]})
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    told = {cell.value for cell in cells if cell.data_type in "s"} | {
        cell.value for cell in cells if isinstance(cell.value, str)
    }
    # Excel shows _x0041_ for what the file says so; openpyxl shows what the file says.
    assert {"<r></v></c></row></r>\xa0", "00123", "_x005F_x0041_.jpg", "a���b.jpg", "a��b.jpg", "1e5"} <= told
    notes = {row["Catatan"] for row in rows(book["Temuan"])} - {None}
    assert notes == {"<r></v></c></row></r>\xa0", "<r><t>x</t></r>\xa0"} | {
        "".join(char if char.isprintable() else "�" for char in name).replace("_x0041", "_x005F_x0041")
        for name in HOSTILE
        if not name.startswith("<r>")
    }


def test_texts_longer_than_a_cell(tmp_path: Path) -> None:
    photo = listed(1, places=["/srv/" + "x" * 40_000, *(f"/srv/{at:05}/{'y' * 3000}" for at in range(30))])
    (row,) = rows(opened(tmp_path, [photo])["Temuan"])
    assert (len(row["Nama berkas"]), row["Nama berkas"][-1]) == (32_767, "…")
    assert len(row["Tempat lain foto yang sama"]) == 32_767
    few = listed(2, places=[f"/srv/{at}.jpg" for at in range(31)])
    (row,) = rows(opened(tmp_path, [few])["Temuan"])
    assert row["Tempat lain foto yang sama"].splitlines()[-2:] == ["/srv/20.jpg", "dan 10 tempat lain"]


@pytest.mark.parametrize("day", [datetime(1969, 12, 31), datetime(1899, 1, 1), datetime(9999, 12, 31), None])
def test_days_that_excel_cannot_hold_are_texts(tmp_path: Path, day: datetime | None) -> None:
    (row,) = rows(opened(tmp_path, [listed(1, day=day)])["Temuan"])
    expected = day if day is None or day.year > 1900 else "1899-01-01"
    assert row["Tanggal"] == expected


@pytest.mark.parametrize(
    ("place", "link"),
    [
        ("/srv/foto/a.jpg", "external:./../foto/a.jpg"),
        ("/srv/hasil/a b#1%20.jpg", "external:./a%20b%231%2520.jpg"),
        ("/srv/foto/é 表.jpg", "external:./../foto/é%20表.jpg"),
        ("/srv/foto/arsip.zip!/dalam/a.jpg", "external:./../foto/arsip.zip"),
        ("/srv/hasil/c:x.jpg", "external:./c%3Ax.jpg"),
        ("/srv/hasil/a", "external:./a"),
        ("https://x.org/a b.jpg?q=1#z", "https://x.org/a%20b.jpg?q=1%23z"),
        ("s3://arsip/a.jpg", None),
        ("javascript://x", None),
        ("/srv/f\udce9to.jpg", None),
        ("/srv/a\0.jpg", None),
        ("/srv/a\uffff.jpg", None),
        ("/srv/hasil/a\x07.jpg", "external:./a%07.jpg"),
        ("/srv/" + "x" * 2_000, None),
    ],
)
def test_where_links_lead(place: str, link: str | None) -> None:
    assert link_of(place, Path("/srv/hasil")) == link


def test_links_are_relative_and_no_more_than_excel_opens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vision.report.workbook.grids.MOST_LINKS", 3)
    photos = [listed(at, places=[f"{tmp_path}/foto/{at} #.jpg"], day=datetime(2025, 1, 9 - at)) for at in range(5)]
    photos.insert(1, listed(9, places=["s3://b/a.jpg"], day=datetime(2025, 1, 10)))
    sheet = opened(tmp_path, photos, relative_to=tmp_path / "hasil")["Temuan"]
    place = column(sheet, "Nama berkas")
    links = [sheet.cell(row, place).hyperlink for row in range(HEAD + 1, HEAD + 7)]
    assert [link and link.target for link in links] == [
        *(None, r"..\foto\0%20%23.jpg", r"..\foto\1%20%23.jpg", r"..\foto\2%20%23.jpg"),
        *(None, None),
    ]
    assert [row["Nama berkas"] for row in rows(sheet)][-1] == "4 #.jpg"


def test_what_an_earlier_scan_reported_is_counted_and_not_listed(tmp_path: Path) -> None:
    photos = [listed(1), listed(2, known=True), listed(3, "person", known=True)]
    book = opened(tmp_path, photos, facts={"baseline": "/srv/hasil-2025"})
    assert len(rows(book["Temuan"])) == 1
    summary = all_texts(book["Ringkasan"])
    assert "2 foto sudah dilaporkan oleh pemindaian sebelumnya" in summary
    assert "/srv/hasil-2025" in summary


@pytest.mark.slow
def test_the_first_sheet_says_what_was_found_and_what_is_not_vouched_for(tmp_path: Path) -> None:
    photos = scan_of_many()
    photos[0] = replace(photos[0], decision=Decision(Ruling.FALSE_ALARM))
    book = opened(tmp_path, photos, facts={"finished": False, "gallery": None, "people": 0})
    sheet = book["Ringkasan"]
    text = all_texts(sheet)
    for said in (
        "Pemindaian ini belum selesai.",
        "58\n3\n1000\n4\nberisiko",
        "Putuskan 61 foto di lembar Temuan",
        "Sudah diputuskan: 1 dari 61 foto",
        "1 sudah diputuskan orang: 0 benar, 1 keliru.",
        "Angka ini mengukur alat, bukan orang.",
        "dua jari\n58\n0\n58",
        "wajah calon dan pose tangan\n5\n0\n5",
        "tanpa tanggal\n0\n3\n3",
        "Wajah tidak dibandingkan dengan galeri calon",
        "Keputusan ada pada Anda.",
        "FotoNetral 0.1.0",
    ):
        assert said in text
    assert "melanggar" not in "".join(all_texts(one) for one in book)
    links = [cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert links == ["'Temuan'!A1", "'Sampel'!A1", "'Tidak dapat diperiksa'!A1", "'Petunjuk'!A1"]
    assert len(sheet._charts) == 1


def test_an_empty_scan(tmp_path: Path) -> None:
    book = opened(tmp_path, [])
    assert [rows(book[name]) for name in SHEETS[1:4]] == [[], [], []]
    assert book["Temuan"]["A2"].value.startswith("Tidak ada foto yang perlu perhatian.")


def test_rows_beyond_a_sheet_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vision.report.workbook.grids.MOST_ROWS", 2)
    sheet = opened(tmp_path, [listed(at) for at in range(5)])["Temuan"]
    assert len(rows(sheet)) == 2
    assert "2 baris pertama dari 5" in sheet["A2"].value


@pytest.mark.slow
def test_the_same_bytes_every_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digests = set()
    photos = scan_of_many()[45:]
    for zone in ("Asia/Jakarta", "America/Lima"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        digests.add(hashlib.sha256(written(tmp_path, photos).read_bytes()).hexdigest())
    monkeypatch.undo()
    time.tzset()
    assert len(digests) == 1
    properties = openpyxl.load_workbook(tmp_path / "r.xlsx").properties
    assert (properties.created, properties.creator) == (datetime(2026, 11, 27), "FotoNetral 0.1.0")


def test_nothing_is_left_of_a_spreadsheet_that_breaks_off(tmp_path: Path) -> None:
    def photos() -> Iterator[ListedPhoto]:
        yield listed(1)
        raise RuntimeError("the journal is gone")

    (tmp_path / "r.xlsx").write_text("what was there before")
    with pytest.raises(RuntimeError, match="journal"):
        write_workbook(tmp_path / "r.xlsx", facts_of([]), photos())
    assert [path.read_text() for path in tmp_path.iterdir()] == ["what was there before"]


def fill(path: Path, filled: Sequence[tuple[str, str, str | None, str | None]], target: Path) -> None:
    """Edit as people do: decide by name, sort the rows upside down, move a column, remove a row."""
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets[1:4]:
        for name, decision, note, by in filled:
            for row in range(HEAD + 1, sheet.max_row + 1):
                if sheet.cell(row, column(sheet, "Nama berkas")).value == name:
                    for word, text in (("Keputusan", decision), ("Catatan", note), ("Oleh", by)):
                        sheet.cell(row, column(sheet, word)).value = text
    sheet = book["Temuan"]
    lines = list(sheet.iter_rows(min_row=HEAD + 1, values_only=True))
    for at, line in enumerate(reversed(lines), start=HEAD + 1):
        for place, value in enumerate(line, start=1):
            sheet.cell(at, place).value = value
    sheet.delete_cols(column(sheet, "Folder"))
    sheet.delete_rows(HEAD + 1)
    book.save(target)


FILLED = [
    ("a.jpg", "Benar, sudah ditangani", "sudah diturunkan", "Sri"),
    ("b.jpg", "Keliru, tidak ada tanda itu", None, None),
    ("c.jpg", "entah", None, None),
    ("d.jpg", "Benar, sudah dilihat", None, None),  # sorted to the top and removed
    ("e.jpg", "Ada tanda yang terlewat", "di kiri", None),
    ("f.jpg", "Benar, tidak ada tanda", None, None),
    ("g.jpg", "Benar, sudah ditangani", "folder dibuka", None),
]


@pytest.fixture
def scanned(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """Give a spreadsheet about seven photos, and their keys by name."""
    kinds = {**dict.fromkeys("abcd", "sign"), **dict.fromkeys("ef", "clear"), "g": "error"}
    photos = [
        listed(at, kind, places=[f"/srv/{name}.jpg"], day=datetime(2025, 1, 20 - at))
        for at, (name, kind) in enumerate(kinds.items())
    ]
    return written(tmp_path, photos), {photo.places[0][5:]: photo.key for photo in photos}


def check_taken(path: Path, keys: dict[str, str]) -> None:
    told = list(read_decisions(path))
    taken = dict(one for one in told if not isinstance(one, DecisionProblem))
    assert taken == {
        keys["a.jpg"]: Decision(Ruling.HANDLED, "sudah diturunkan", "Sri"),
        keys["b.jpg"]: Decision(Ruling.FALSE_ALARM),
        keys["e.jpg"]: Decision(Ruling.MISSED, "di kiri"),
        keys["f.jpg"]: Decision(Ruling.REVIEWED),
        keys["g.jpg"]: Decision(Ruling.HANDLED, "folder dibuka"),
    }
    (problem,) = (one for one in told if isinstance(one, DecisionProblem))
    assert problem.where() == f"{path.name} [Temuan], baris {HEAD + 1}"
    assert "entah" in problem.reason()


def test_decisions_come_back_from_a_spreadsheet_that_people_edited(
    scanned: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    path, keys = scanned
    fill(path, FILLED, tmp_path / "diisi.xlsx")
    check_taken(tmp_path / "diisi.xlsx", keys)


def test_and_from_one_that_libreoffice_saved(scanned: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    path, keys = scanned
    fill(path, FILLED, tmp_path / "diisi.xlsx")
    home = (tmp_path / "profile").as_uri()
    command = [office, f"-env:UserInstallation={home}", "--headless", "--convert-to", "xlsx", "--outdir", "out"]
    subprocess.run([*command, "diisi.xlsx"], cwd=tmp_path, check=True, capture_output=True, timeout=120)
    check_taken(tmp_path / "out" / "diisi.xlsx", keys)
    sheet = read_part(tmp_path / "out" / "diisi.xlsx", "xl/worksheets/sheet2.xml").decode()
    assert re.search(r'<dataValidation [^>]*type="list".*?<formula1>Petunjuk!\$B\$4:\$B\$6</formula1>', sheet)


def test_what_was_recorded_comes_back_unchanged(tmp_path: Path) -> None:
    photos = [
        listed(1, decision=Decision(Ruling.REVIEWED, "=1+1 _x0041_", "@sri")),
        listed(2, "clear", decision=Decision(Ruling.REVIEWED, "dua\nbaris")),
        listed(3, "clear", decision=Decision(Ruling.MISSED)),
        listed(4, "error", decision=Decision(Ruling.HANDLED)),
    ]
    taken = dict(one for one in read_decisions(written(tmp_path, photos)) if not isinstance(one, DecisionProblem))
    assert taken == {photo.key: photo.decision for photo in photos}


def test_months_become_years_when_they_are_many() -> None:
    few, many = FindingCounter(), FindingCounter()
    for at in range(30):
        photo = listed(at, "review" if at % 3 else "sign", day=datetime(2020 + at // 12, 1 + at % 12, 1))
        many.add(photo)
        if at < 2:
            few.add(photo)
    assert few.times() == [Count("2020-01", 1, 0), Count("2020-02", 0, 1)]
    assert many.times() == [Count("2020", 4, 8), Count("2021", 4, 8), Count("2022", 2, 4)]
    assert many.kinds() == [Count("pose.thumb_down", 0, 20), Count("pose.peace_two", 10, 0)]


def test_both_languages_have_the_same_words_to_fill() -> None:
    one, other = (msgspec.toml.decode((WORDS / code / "workbook.toml").read_bytes()) for code in ("id", "en"))
    fields = re.compile(r"\{\w+|&[PN]")
    steps = [len(told.pop("guide_steps")) for told in (one, other)]
    assert steps[0] == steps[1]
    assert {key: fields.findall(text) for key, text in one.items()} == {
        key: fields.findall(text) for key, text in other.items()
    }
    # Excel refuses more.
    for told in (one, other):
        assert all(len(told[f"sheet_{name}"]) <= 31 for name in ("summary", "reported", "failed", "sampled", "guide"))
        assert max(len(told["choose_title"]), len(told["wrong_title"])) <= 32
        assert max(len(told["choose"]), len(told["wrong"])) <= 255


def test_columns_to_decide_in_are_seen_without_scrolling() -> None:
    """On a screen of 1366 pixels, which offices have, at 7.2 pixels a character."""
    columns = COLUMNS["reported"]
    upto = [column.name for column in columns].index("by") + 1
    assert sum(column.width for column in columns[:upto]) * 7.2 + 40 <= 1366

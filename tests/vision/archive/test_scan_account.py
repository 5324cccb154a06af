"""A scan accounts for every file that it does not look at: in the journal, in every report, in its exit status."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from scripts.proofs.archives.bombs import tar_of
from tests.archive_samples import QuickJudges
from tests.media_files import DOCX, KINDS, PDF, RAR, SILENT, VIDEO, zip_of
from vision.archive.gathering import RunSummary
from vision.archive.journal import Journal
from vision.archive.scan import Order, Scan
from vision.archive.sources.places import Contents
from vision.command import report_run
from vision.command.scan_run import _status
from vision.report.listing import ScanFacts
from vision.settings import CheckerSettings

JPEG = b"\xff\xd8\xff\xe0 clear"
ARCHIVE_CODES = {"archive.unsupported", "archive.misnamed", "archive.unreadable", "archive.nested"}


def put(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def scan(out: Path, *sources: str, **options: Any) -> tuple[ScanFacts, dict[str, Any]]:
    """Scan with judges that call everything clear; return the facts, and the error of every place that has one."""
    with Journal.open(out, write=True) as journal:
        run = Scan(journal, Order(sources, out, CheckerSettings(), **options))
        list(run.list())
        list(run.judge(QuickJudges()))
        photos = list(RunSummary(journal).photos(everything=True))
        facts = run.facts()
    return facts, {one.places[0]: one.result.error.to_dict() for one in photos if one.result.error}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "f", {"foto.jpg": JPEG})
    return tmp_path / "f"


def test_every_kind_is_in_the_journal(here: Path) -> None:
    put(here, {name: data for name, (_, data) in KINDS.items() if name != "album.zip"} | SILENT)
    facts, errors = scan(Path("out"), "f")
    wanted = {f"f/{name}": kind for name, (kind, _) in KINDS.items() if name != "album.zip"}
    assert {name: error["kind"] for name, error in errors.items()} == wanted
    assert facts.account.kinds == Counter(wanted.values())
    assert (facts.counts["clear"], facts.counts["error"], facts.counts["places"]) == (1, 0, 1)
    codes = {error["code"] for name, error in errors.items() if error["kind"] != "archive"}
    assert codes == {"media.not_looked_at"}
    assert _status(facts) == 2


def test_what_lies_in_archives_is_told_and_kept(here: Path) -> None:
    members = (("a.jpg", JPEG), ("b.mp4", VIDEO), ("c.docx", DOCX), ("d.txt", b"x"), ("e.zip", zip_of(("x.jpg", JPEG))))
    hidden = ((".Statuses/f.mp4", VIDEO), (".Statuses/g.ini", b"x"), ("__MACOSX/._a.jpg", b"x"))
    put(here, {"kiriman.zip": zip_of(*members, *hidden), "kiriman.tar": tar_of([*members, *hidden])})
    for _ in range(2):
        facts, errors = scan(Path("out"), "f")
        for container in ("f/kiriman.zip", "f/kiriman.tar"):
            told = {name.partition("!/")[2]: error["kind"] for name, error in errors.items() if container in name}
            assert told == {"b.mp4": "video", "c.docx": "office", "e.zip": "archive", ".Statuses/f.mp4": "hidden"}
        assert facts.account.kinds == {"video": 2, "office": 2, "archive": 2, "hidden": 2}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("nol.zip", bytes(2**20), id="a zip of zeros"),
        pytest.param("nol.tar", bytes(2**21), id="a tar of zeros"),
        pytest.param("rusak.zip", zip_of(("a.jpg", JPEG))[:40], id="a zip cut off"),
        pytest.param("album.rar", RAR, id="a RAR"),
    ],
)
def test_an_archive_that_cannot_be_read_is_not_looked_at(here: Path, name: str, data: bytes) -> None:
    put(here, {name: data})
    facts, errors = scan(Path("out"), "f")
    assert errors[f"f/{name}"]["kind"] == "archive"
    assert errors[f"f/{name}"]["code"] in ARCHIVE_CODES
    assert facts.account.kinds == {"archive": 1}


def test_what_is_unchanged_is_not_read_again(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(here, {"klip.mp4": VIDEO, "surat.pdf": PDF})
    before = scan(Path("out"), "f")

    def nothing_to_read(places: Any, **_: object) -> list[Contents]:
        assert not list(places)
        return []

    monkeypatch.setattr("vision.archive.scan.read_places", nothing_to_read)
    assert scan(Path("out"), "f") == before


def test_what_changes_is_looked_at_anew(here: Path) -> None:
    put(here, {"klip.mp4": VIDEO})
    assert scan(Path("out"), "f")[0].account.kinds == {"video": 1}
    put(here, {"klip.mp4": PDF + bytes(9)})
    assert scan(Path("out"), "f")[0].account.kinds == {"pdf": 1}
    (here / "klip.mp4").unlink()
    assert scan(Path("out"), "f")[0].account.kinds == {}


def test_hidden_folders_and_rubbish(here: Path) -> None:
    put(here, {".Statuses/a.jpg": JPEG, ".Statuses/b.mp4": VIDEO, ".c.jpg": JPEG, ".git/d.jpg": JPEG, ".e/f.ini": b""})
    facts, errors = scan(Path("out"), "f")
    assert {name: error["kind"] for name, error in errors.items()} == {"f/.Statuses": "hidden", "f/.c.jpg": "hidden"}
    facts, errors = scan(Path("out"), "f", hidden=True)
    assert (facts.judged, set(errors)) == (1, {"f/.Statuses/b.mp4"}), "equal photos count once; .git is never looked at"
    assert facts.counts["places"] == 3


def test_exclusion_reaches_into_archives_and_can_be_taken_back(here: Path) -> None:
    put(here, {"kiriman.zip": zip_of(("a.jpg", JPEG), ("b.mp4", VIDEO)), "klip.mp4": VIDEO, "lama/c.pdf": PDF})
    facts, errors = scan(Path("out"), "f", excluded=("*.mp4", "lama"))
    assert (errors, facts.account.excluded, _status(facts)) == ({}, 3, 0)
    facts, errors = scan(Path("out"), "f")
    assert set(errors) == {"f/kiriman.zip!/b.mp4", "f/klip.mp4", "f/lama/c.pdf"}
    assert (facts.account.excluded, _status(facts)) == (0, 2)


@pytest.mark.parametrize("files", [{"catatan.txt": b"x"}, {"a.mp4": VIDEO}])
def test_nothing_judged_is_never_status_0(here: Path, files: dict[str, bytes]) -> None:
    (here / "foto.jpg").unlink()
    put(here, files)
    facts, _ = scan(Path("out"), "f")
    assert (facts.judged, _status(facts)) == (0, 2)


def test_a_journal_of_version_1_opens_and_is_brought_up(here: Path) -> None:
    out = Path("hasil")
    out.mkdir()
    shutil.copy(Path(__file__).parent / "journals" / "version-1.db", out / "journal.db")
    with Journal.open(out) as journal:
        assert RunSummary(journal).facts().account.total == 0, "it was not noted then"
    shutil.rmtree(here)
    put(Path("arsip"), {"klip.mp4": VIDEO, "surat.pdf": PDF, "catatan.txt": b"x", "kosong.jpg": JPEG})
    put(Path("arsip"), {"kamera.NEF": KINDS["kamera.NEF"][1]})
    put(Path("arsip"), {"kiriman.zip": zip_of(("rapat.docx", DOCX), (".Statuses/a.mp4", VIDEO), ("catatan.txt", b"x"))})
    facts, errors = scan(out, "arsip")
    assert facts.account.kinds == {"video": 1, "pdf": 1, "raw": 1, "office": 1, "hidden": 1}
    assert "arsip/kamera.NEF" in errors


def test_version_1_passed_over_files_are_read_again_though_unchanged(here: Path) -> None:
    put(here, {"klip.mp4": VIDEO, "kiriman.zip": zip_of(("b.mp4", VIDEO), (".c/d.jpg", JPEG))})
    put(here, {"kamera.NEF": KINDS["kamera.ARW"][1]})
    scan(Path("out"), "f")
    with Journal.open(Path("out"), write=True) as journal:  # as that version left it
        journal.store.write("UPDATE place SET state = 'none', problem = NULL WHERE state = 'unseen'")
        journal.store.write("DELETE FROM place WHERE CAST(name AS TEXT) LIKE '%.c/d.jpg'")
        journal.store.write("UPDATE place SET state = 'photo', sha256 = x'00' WHERE CAST(name AS TEXT) LIKE '%.NEF'")
        journal.store.write("PRAGMA user_version = 1")
    facts, _ = scan(Path("out"), "f")
    assert facts.account.kinds == {"video": 2, "hidden": 1, "raw": 1}


def test_every_report_accounts_for_them(here: Path) -> None:
    put(here, {"klip.mp4": VIDEO, "surat.pdf": PDF, ".Statuses/a.jpg": JPEG})
    scan(Path("out"), "f")
    list(report_run.write_reports(Path("out"), ("html", "xlsx", "csv", "jsonl", "parquet")))
    unseen = {"f/klip.mp4": "video", "f/surat.pdf": "pdf", "f/.Statuses": "hidden"}
    with Path("out/results.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["name"]: row["error_kind"] for row in csv.DictReader(file)}
    assert rows == unseen | {"f/foto.jpg": ""}
    lines = [json.loads(line) for line in Path("out/results.jsonl").read_text("utf-8").splitlines()]
    assert {line["photo"]["name"]: line["error"]["kind"] for line in lines if "error" in line} == unseen
    import pyarrow.parquet

    table = pyarrow.parquet.read_table("out/results.parquet").to_pylist()
    assert {row["name"]: row["error_kind"] for row in table if row["error_kind"]} == unseen
    page = Path("out/report.html").read_text("utf-8")
    assert "3 berkas yang mungkin memuat gambar tidak dilihat" in page
    assert "Tidak ada foto yang perlu ditindaklanjuti" not in page.partition('<script type="application/json"')[0]
    from openpyxl import load_workbook

    book = load_workbook("out/findings.xlsx")
    sheet = book["Tidak dilihat"]
    assert {row[1] for row in sheet.iter_rows(min_row=4, values_only=True)} == {"klip.mp4", "surat.pdf", ".Statuses"}
    assert any("tidak dilihat" in str(cell) for row in book["Ringkasan"].iter_rows(values_only=True) for cell in row)
    assert "video" in " ".join(report_run.account_of(Path("out")))


def test_a_scan_that_judged_nothing_says_so_on_the_page(here: Path) -> None:
    (here / "foto.jpg").rename(here / "foto.txt")
    (here / "foto.txt").write_bytes(b"teks")
    scan(Path("out"), "f")
    list(report_run.write_reports(Path("out"), ("html",)))
    page = Path("out/report.html").read_text("utf-8")
    assert "Tidak ada foto yang dinilai" in page
    assert "Tidak ada foto yang perlu ditindaklanjuti." not in page.partition('<script type="application/json"')[0]

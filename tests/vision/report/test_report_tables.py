"""Tables for programs: exact contents, guards against formulas, the same bytes every time, bounded memory."""

from __future__ import annotations

import builtins
import csv
import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.overview_samples import HOSTILE, facts_of, listed, scan_of_many
from vision.contract.answers.check import read_photo_answer
from vision.report.errors import NoParquetError
from vision.report.listing import Decision, ListedPhoto, Ruling
from vision.report.tables import COLUMNS, PLACE_COLUMNS, write_csv, write_jsonl, write_parquet

AT = datetime(2026, 11, 28, 9, 15, tzinfo=timezone(timedelta(hours=7)))
DECISION = Decision(Ruling.FALSE_ALARM, '=HYPERLINK("http://x")', "Sri", AT)
FACTS = facts_of([])
SCHEMA = Path(__file__).resolve().parents[3] / "vision" / "contract" / "schema" / "check-1.json"
WRITERS = {"csv": write_csv, "jsonl": write_jsonl, "parquet": write_parquet}


def rows(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def test_a_photo_of_a_person_with_a_sign(tmp_path: Path) -> None:
    photo = listed(1, "person", places=["/srv/a.jpg", "s3://b/a.jpg"], decision=DECISION, known=True)
    write_csv(tmp_path / "r.csv", FACTS, [photo])
    (row,) = rows(tmp_path / "r.csv")
    assert tuple(row) == COLUMNS
    messages = row.pop("messages").split(" | ")
    assert messages == [finding.message for finding in photo.result.findings]
    assert row.pop("next_step") == photo.result.to_dict()["next_step"]
    assert row == {
        "key": photo.key,
        "name": "/srv/a.jpg",
        "verdict": "flag",
        "kinds": "candidate | pose",
        "codes": "candidate.match_with_sign | pose.peace_two | pose.palm_five",
        "candidates": "budi",
        "candidate_names": "Budi",
        "numbers": "2 | 5",
        "error_code": "",
        "error_message": "",
        "taken": "2025-03-05",
        "modified": "2025-03-05T09:30:00Z",
        "width": "400",
        "height": "300",
        "place_count": "2",
        "places": "/srv/a.jpg | s3://b/a.jpg",
        "known": "true",
        "audited": "false",
        "decision": "false_alarm",
        "note": '\'=HYPERLINK("http://x")',
        "by": "Sri",
        "decided_at": "2026-11-28T02:15:00Z",
        "error_kind": "",
    }


def test_what_could_not_be_judged_is_an_error_and_never_clear(tmp_path: Path) -> None:
    write_csv(tmp_path / "r.csv", FACTS, [listed(1, "error", day=None)])
    (row,) = rows(tmp_path / "r.csv")
    assert (row["verdict"], row["error_code"], row["taken"], row["width"]) == ("error", "photo.empty", "", "")
    assert row["error_message"].startswith("Berkas foto kosong")


def test_a_face_that_may_be_either_names_both(tmp_path: Path) -> None:
    photo = listed(1, "person")
    result = photo.result.to_dict()
    (face,) = [one for one in result["faces"] if one["match"]]
    other = {"candidate": "dewi", "name": "Dewi", "role": "candidate", "ballot_number": 1}
    match = face["match"] | {"alternatives": [other]}
    finding = result["findings"][0] | {"candidates": ["budi", "dewi"], "numbers": [1, 2]}
    told = result | {"faces": [face | {"match": match}], "findings": [finding]}
    for name, write in WRITERS.items():
        write(tmp_path / f"r.{name}", FACTS, [replace(photo, result=read_photo_answer(json.dumps(told).encode()))])
    (row,) = rows(tmp_path / "r.csv")
    assert (row["candidates"], row["candidate_names"], row["numbers"]) == ("budi | dewi", "Budi | Dewi", "1 | 2")
    assert '"alternatives":[{"candidate":"dewi"' in (tmp_path / "r.jsonl").read_text("utf-8").replace(" ", "")
    parquet = pytest.importorskip("pyarrow.parquet")
    (kept,) = parquet.read_table(tmp_path / "r.parquet").to_pylist()
    assert kept["faces"][0]["match"]["alternatives"] == [other]


def test_excel_is_told_that_it_is_utf8_and_nothing_is_run(tmp_path: Path) -> None:
    names = ["=cmd|' /C calc'!A0.jpg", "+1.jpg", "-1.jpg", "@x.jpg", "\ta.jpg", "a;=1.jpg", "f\udce9to.jpg"]
    write_csv(tmp_path / "r.csv", FACTS, [listed(at, places=[name]) for at, name in enumerate(names)])
    data = (tmp_path / "r.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfkey,name,")
    assert data.count(b"\r\n") == len(names) + 1
    told = [row["name"] for row in rows(tmp_path / "r.csv")]
    assert told == [f"'{name}" for name in names[:5]] + ["a;'=1.jpg", "f?to.jpg"]


def test_the_semicolon_for_excel_in_indonesia(tmp_path: Path) -> None:
    write_csv(tmp_path / "r.csv", FACTS, [listed(1)], delimiter=";")
    assert rows(tmp_path / "r.csv", ";")[0]["verdict"] == "flag"


def test_a_photo_in_very_many_places(tmp_path: Path) -> None:
    """A cell of Excel holds so much; the table of places holds all."""
    names = [f"/srv/{at:05}/{'x' * 20}.jpg" for at in range(2_000)]
    write_csv(tmp_path / "r.csv", FACTS, [listed(1, places=names)], places=tmp_path / "p.csv")
    (row,) = rows(tmp_path / "r.csv")
    assert (row["place_count"], len(row["places"]), row["places"][-1]) == ("2000", 32_767, "…")
    places = rows(tmp_path / "p.csv")
    assert tuple(places[0]) == PLACE_COLUMNS
    assert [place["place"] for place in places] == names
    assert {place["key"] for place in places} == {row["key"]}


def test_json_lines_follow_the_contract(tmp_path: Path) -> None:
    photos = [*scan_of_many(), listed(9, "sign", decision=DECISION, likeness=0xF)]
    write_jsonl(tmp_path / "r.jsonl", FACTS, photos)
    lines = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text("utf-8").splitlines()]
    contract = json.loads(SCHEMA.read_text("utf-8"))
    contract["$defs"]["CheckedPhoto"]["required"].remove("timings_ms")
    check = Draft202012Validator(contract)
    assert not [error for line in lines for error in check.iter_errors(line)]
    assert [line["key"] for line in lines] == [photo.key for photo in photos]
    assert not any("timings_ms" in line for line in lines)
    assert lines[-1]["likeness"] == "000000000000000f"
    assert lines[-1]["decision"] == {
        "ruling": "false_alarm", "note": DECISION.note, "by": "Sri", "at": "2026-11-28T02:15:00Z",
    }  # fmt: skip
    assert lines[0]["decision"] is None
    assert lines[0]["places"] == list(photos[0].places)
    (odd,) = [line for line in lines if HOSTILE in line["places"][0]]
    assert odd["places"] == [f"/srv/foto/2026/aneh<b>?/{HOSTILE}"]


def test_parquet_is_read_back(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    photos = [*scan_of_many(), listed(9, "person", decision=DECISION, likeness=2**64 - 1)]
    write_parquet(tmp_path / "r.parquet", FACTS, photos)
    table = parquet.read_table(tmp_path / "r.parquet").to_pylist()
    assert [row["key"] for row in table] == [photo.key for photo in photos]
    last = table[-1]
    assert last["likeness"] == 2**64 - 1
    assert last["taken"] == date(2025, 3, 5)
    assert last["modified"] == datetime(2025, 3, 5, 9, 30, tzinfo=UTC)
    assert last["findings"] == photos[-1].result.to_dict()["findings"]
    assert [hand["pose"] for hand in last["hands"]] == ["peace_two", "palm_five", "peace_two"]
    assert [face["match"] and face["match"]["name"] for face in last["faces"]] == ["Budi", None]
    assert last["decision"] == {"ruling": "false_alarm", "note": DECISION.note, "by": "Sri", "at": AT}
    failed = [row for row in table if row["verdict"] == "error"]
    assert len(failed) == 4
    assert {row["error_code"] for row in failed} == {"photo.empty"}
    assert all(row["findings"] == [] and row["decision"] is None for row in failed)


def test_parquet_comes_in_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr("vision.report.tables.parquet.ROWS_PER_GROUP", 25)
    write_parquet(tmp_path / "r.parquet", FACTS, scan_of_many())
    facts = parquet.ParquetFile(tmp_path / "r.parquet").metadata
    assert (facts.num_rows, facts.num_row_groups) == (70, 3)


def test_without_the_extra_it_is_said_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "pyarrow":
            raise ModuleNotFoundError(name)
        return usual(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(NoParquetError) as caught:
        write_parquet(tmp_path / "r.parquet", FACTS, [])
    assert caught.value.code == "report.no_parquet"
    for language in ("id", "en"):
        assert 'pip install "fotonetral[parquet]"' in caught.value.text(language)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("form", WRITERS)
def test_the_same_bytes_every_time(tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for at, zone in enumerate(("Asia/Jakarta", "America/Lima")):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        WRITERS[form](tmp_path / f"{at}", FACTS, scan_of_many())
    monkeypatch.undo()
    time.tzset()
    assert len({hashlib.sha256((tmp_path / str(at)).read_bytes()).digest() for at in range(2)}) == 1


def test_an_empty_scan_is_a_table_without_rows(tmp_path: Path) -> None:
    write_csv(tmp_path / "r.csv", FACTS, [])
    assert (tmp_path / "r.csv").read_bytes() == b"\xef\xbb\xbf" + ",".join(COLUMNS).encode() + b"\r\n"
    write_jsonl(tmp_path / "r.jsonl", FACTS, [])
    assert (tmp_path / "r.jsonl").read_bytes() == b""
    write_parquet(tmp_path / "r.parquet", FACTS, [])
    parquet = pytest.importorskip("pyarrow.parquet")
    assert parquet.read_table(tmp_path / "r.parquet").num_rows == 0


@pytest.mark.parametrize("form", WRITERS)
def test_nothing_is_left_of_a_table_that_breaks_off(tmp_path: Path, form: str) -> None:
    def photos() -> Iterator[ListedPhoto]:
        yield from scan_of_many()
        raise RuntimeError("the journal is gone")

    (tmp_path / "r").write_text("what was there before")
    with pytest.raises(RuntimeError, match="journal"):
        WRITERS[form](tmp_path / "r", FACTS, photos())
    assert [path.name for path in tmp_path.iterdir()] == ["r"]
    assert (tmp_path / "r").read_text() == "what was there before"

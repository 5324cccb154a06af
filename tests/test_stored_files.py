"""Files that version 0.2.0 wrote (fixtures/stored) still open, and mean the same."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from candidates import Gallery, Relation, Role
from vision import CheckResult, PhotoChecker
from vision.command.main import fotonetral
from vision.service.callers.keys import KeyStore

KEY = "fn_4i6ydmfg_iqvkrqvg__j2S3NSp7EjpAs2LEIMUf-HVNRN_yar1N8"


@pytest.fixture
def stored(tmp_path: Path, fixtures: Path) -> Path:
    return Path(shutil.copytree(fixtures / "stored", tmp_path / "stored"))


def test_a_gallery(stored: Path) -> None:
    with Gallery.open(stored / "gallery.db") as gallery:
        people = {person.id: person for person in gallery.people()}
        assert set(people) == {"grace-hopper", "eileen-collins"}
        hopper, collins = people["grace-hopper"], people["eileen-collins"]
        assert (hopper.role, hopper.ballot_number, hopper.region) == (Role.CANDIDATE, 2, "34.01")
        assert (collins.role, collins.relative_of, collins.relation) == (Role.FAMILY, "grace-hopper", Relation.SIBLING)
        assert {election.id for election in gallery.elections()} == {"pilbup-contoh", "pilgub-contoh"}
        assert len(gallery.references()) == 3


def holds(now: object, before: object) -> bool:
    """Tell whether everything is there that was, unchanged; members may have been added."""
    if isinstance(before, dict) and isinstance(now, dict):
        return all(name in now and holds(now[name], value) for name, value in before.items())
    if isinstance(before, list) and isinstance(now, list):
        return len(now) == len(before) and all(map(holds, now, before))
    return now == before


def test_a_scan(stored: Path) -> None:
    scan = stored / "scan"
    scan.mkdir()
    (stored / "journal.db").rename(scan / "journal.db")
    done = CliRunner().invoke(fotonetral, ["report", str(scan), "--format", "jsonl"])
    assert done.exit_code == 0, done.output
    rows = [json.loads(line) for line in (scan / "results.jsonl").read_text("utf-8").splitlines()]
    before = [json.loads(line) for line in (stored / "results.jsonl").read_text("utf-8").splitlines()]
    assert all(holds(row, old) for row, old in zip(rows, before, strict=True))


def test_a_key(stored: Path) -> None:
    grant = KeyStore(stored / "keys.db").key(KEY)
    assert grant is not None and grant.name == "layanan"


@pytest.mark.slow
def test_the_gallery_names_the_same_people(stored: Path, fixtures: Path) -> None:
    rows = [json.loads(line) for line in (stored / "results.jsonl").read_text("utf-8").splitlines()]
    with PhotoChecker.open(gallery=stored / "gallery.db", date=date(2026, 11, 1)) as checker:
        for row in rows:
            result = checker.check(fixtures / "photos" / Path(row["photo"]["name"]).name)
            assert isinstance(result, CheckResult)
            named = [face["match"] and face["match"]["candidate"] for face in row["faces"]]
            assert [face.match and face.match.candidate.id for face in result.faces] == named
            assert result.verdict == row["verdict"]

"""`fotonetral candidates calibrate`, with real photos of the fixtures where a face must be found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from candidates import Calibration, Candidate, Gallery, Reference
from candidates.matching.fitting import fit
from vision.command.candidates import candidates
from vision.enrolment.strangers import Layout, Strangers
from vision.errors import PhotoUnreadableError
from vision.faces import MODEL_ID

pytestmark = pytest.mark.slow


def made_up(people: int) -> Strangers:
    vectors = np.random.default_rng(7).normal(scale=0.07, size=(people, 128)).astype(np.float32)
    group = {str(n): vector[None] for n, vector in enumerate(vectors)}
    broken = PhotoUnreadableError("a.jpg rusak.", "a.jpg is damaged.")
    return Strangers(Layout.PORTRAITS, (group,), people, (("a.jpg", broken),))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder for strangers, and a gallery of two people in the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FOTONETRAL_GALLERY", raising=False)
    with Gallery.open("gallery.db", create=True) as gallery:
        for n, vector in enumerate(np.random.default_rng(1).normal(scale=0.07, size=(2, 128)).astype(np.float32)):
            gallery.put(Candidate(f"p{n}", f"P{n}"), [Reference(0, "", "p.jpg", f"{n}" * 64, MODEL_ID, vector, 100.0)])
    (tmp_path / "strangers").mkdir()
    return tmp_path


@pytest.fixture
def with_strangers(monkeypatch: pytest.MonkeyPatch) -> Any:
    def give(people: int) -> None:
        monkeypatch.setattr("vision.enrolment.strangers.StrangersReader.read", lambda *_: made_up(people))

    return give


def run(*arguments: str) -> Result:
    return CliRunner().invoke(candidates, ["calibrate", "--strangers", "strangers", *arguments])


def test_measured_and_kept(folder: Path, with_strangers: Any) -> None:
    with_strangers(80)
    done = run("--lang", "en", "--picture", "curve.png")
    assert done.exit_code == 1, "a photo was left out"
    assert "80 strangers from 80 photos (one photo a person)" in done.output
    assert "Gallery of 2 people, 10 false alarms per 1,000 photos" in done.output
    assert "a.jpg is damaged." in done.output
    assert (folder / "curve.png").read_bytes().startswith(b"\x89PNG")
    with Gallery.open("gallery.db", read_only=True) as gallery:
        kept = gallery.calibration(MODEL_ID)
        assert gallery.audit(last=1)[0].action == "calibrate"
    expected = fit(made_up(80).groups, model_id=MODEL_ID, source="", base=Calibration.load())
    assert kept is not None
    np.testing.assert_array_equal(Calibration.load(kept).false_match_rate, expected.false_match_rate)


def test_measured_only(folder: Path, with_strangers: Any) -> None:
    with_strangers(80)
    done = run("--dry-run", "--json")
    facts = json.loads(done.stdout)
    assert (facts["strangers"], facts["people"], facts["layout"], facts["left_out"]) == (80, 2, "portraits", 1)
    assert 0 < facts["strong_distance"] <= facts["possible_distance"]
    with Gallery.open("gallery.db", read_only=True) as gallery:
        assert gallery.calibration(MODEL_ID) is None


def test_a_promise_that_the_sample_cannot_keep(folder: Path, with_strangers: Any) -> None:
    with_strangers(25)
    done = run("--false-alarms", "0.5")
    assert done.exit_code == 2
    assert "[calibration.unsupported]" in done.output
    assert "25 orang" in done.output
    with Gallery.open("gallery.db", read_only=True) as gallery:
        assert gallery.calibration(MODEL_ID) is None, "nothing is kept"


def test_too_few(folder: Path, with_strangers: Any) -> None:
    with_strangers(5)
    done = run("--lang", "en")
    assert (done.exit_code, "[calibration.too_few]" in done.output) == (2, True)


def test_a_picture_of_no_known_kind(folder: Path, with_strangers: Any) -> None:
    with_strangers(30)
    done = run("--picture", "curve.docx", "--dry-run")
    assert done.exit_code == 2
    assert "curve.docx" in done.output


def test_a_gallery_of_another_model(folder: Path, with_strangers: Any) -> None:
    with_strangers(30)
    with Gallery.open("other.db", create=True) as gallery:
        vector = np.ones(512, np.float32)
        gallery.put(Candidate("a", "A"), [Reference(0, "", "a.jpg", "a" * 64, "other/model", vector, 100.0)])
    done = run("--gallery", "other.db")
    assert (done.exit_code, "[gallery.model_mismatch]" in done.output) == (2, True)


def test_real_photos(folder: Path, fixtures: Path) -> None:
    done = CliRunner().invoke(candidates, ["calibrate", "--strangers", str(fixtures / "photos"), "--dry-run"])
    assert done.exit_code == 2, "a handful of people measures nothing"
    assert "[calibration.too_few]" in done.output

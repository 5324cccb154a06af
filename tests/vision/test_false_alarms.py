"""The operator's wish, from the command line to the cuts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from candidates import Calibration, Candidate, Gallery, Reference
from candidates.errors import UnsupportedRateError
from vision import PhotoChecker
from vision.command.main import fotonetral
from vision.faces import MODEL_ID

pytestmark = pytest.mark.slow


def gallery_of(path: Path, people: int) -> Path:
    vectors = np.random.default_rng(people).normal(scale=0.07, size=(people, 128)).astype(np.float32)
    with Gallery.open(path, create=True) as gallery:
        for n, vector in enumerate(vectors):
            gallery.put(Candidate(f"p{n}", f"P{n}"), [Reference(0, "", "p.jpg", f"{n:064}", MODEL_ID, vector, 100.0)])
    return path


def test_fewer_false_alarms_mean_closer_cuts(tmp_path: Path) -> None:
    path = gallery_of(tmp_path / "g.db", 5)
    # With the shipped table, few people are named only where it is farther from strangers than anybody asks for.
    lenient = replace(Calibration.load(), farthest=2.0, farthest_strong=2.0)
    with Gallery.open(path) as gallery:
        gallery.put_calibration(MODEL_ID, lenient.to_bytes())
    usual, strict = PhotoChecker.open(path), PhotoChecker.open(path, false_alarms=2)
    assert usual.roster.index is not None
    assert strict.roster.index is not None
    assert (usual.roster.index.false_alarms, strict.roster.index.false_alarms) == (10, 2)
    assert strict.roster.index.cuts().possible < usual.roster.index.cuts().possible
    with pytest.raises(UnsupportedRateError):
        PhotoChecker.open(path, false_alarms=0.001)


def test_what_cannot_be_promised_is_refused(tmp_path: Path, fixtures: Path) -> None:
    path, photo = gallery_of(tmp_path / "g.db", 5), next((fixtures / "photos").glob("*.jpg"))
    done = CliRunner().invoke(
        fotonetral, ["check", str(photo), "--gallery", str(path), "--false-alarms", "0.001", "--lang", "en"]
    )
    assert done.exit_code == 2
    assert "0.001 false alarms per 1,000 photos cannot be promised" in done.stderr
    assert "[calibration.unsupported]" in done.stderr


@pytest.mark.parametrize(("people", "told"), [(5, False), (4000, True)])
def test_an_estimate_is_called_one(tmp_path: Path, people: int, told: bool) -> None:
    index = PhotoChecker.open(gallery_of(tmp_path / "g.db", people)).roster.index
    assert index is not None
    assert index.is_estimate is told
    done = CliRunner().invoke(fotonetral, ["check", str(tmp_path / "gone.jpg"), "--gallery", str(tmp_path / "g.db")])
    assert ("hanya perkiraan" in done.stderr) is told

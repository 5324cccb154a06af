"""Settings as a value: what decides an answer changes the fingerprint, and nothing else does."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from vision import PhotoChecker, PolicyError
from vision.settings import CheckerSettings


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a gallery with one election whose campaign begins in March."""
    from candidates import Candidate, Election, Gallery

    path = tmp_path_factory.mktemp("gallery") / "gallery.db"
    with Gallery.open(path, create=True) as opened:
        opened.put_election(Election("e", "Pemilihan", active_from=date(2027, 3, 1), polling_day=date(2027, 6, 1)))
        opened.put(Candidate("budi", "Budi", election="e"))
    return path


def test_equal_settings_have_equal_fingerprints(gallery: Path) -> None:
    settings = CheckerSettings(gallery=str(gallery), day=date(2027, 4, 1))
    again = pickle.loads(pickle.dumps(settings))
    assert again == settings
    assert again.examined() == settings.examined()


@pytest.mark.parametrize(
    "change",
    [
        {"policy": "batang"},
        {"region": "34.01"},
        {"language": "en"},
        {"gallery": None},
        {"false_alarms": 20.0},
        {"declared_spouse_of": "budi"},
        {"day": date(2027, 1, 1)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_whatever_changes_answers_changes_the_fingerprint(gallery: Path, change: dict[str, object]) -> None:
    settings = CheckerSettings(gallery=str(gallery), day=date(2027, 4, 1))
    assert replace(settings, **change).examined().fingerprint != settings.examined().fingerprint  # type: ignore[arg-type]


def test_the_elections_tell_whether_another_day_matters(gallery: Path) -> None:
    told = {
        day: CheckerSettings(gallery=str(gallery), day=day).examined().fingerprint
        for day in (date(2027, 4, 1), date(2027, 4, 9), date(2027, 5, 31))
    }
    april, later, quiet = told.values()
    assert april["elections"] == later["elections"] != quiet["elections"]
    assert april["day"] != later["day"]


def test_a_pack_of_ones_own_counts_by_its_contents(tmp_path: Path) -> None:
    pack = tmp_path / "kantor.toml"
    base = Path("tests/vision/judgments/own-office.toml")
    pack.write_text((Path(__file__).resolve().parents[2] / base).read_text("utf-8"), "utf-8")
    settings = CheckerSettings(policy=str(pack))
    assert settings.own_packs() == (pack,)
    assert CheckerSettings().own_packs() == ()
    before = settings.examined()
    pack.write_text(pack.read_text("utf-8").replace('family = "flag"', 'family = "review"'), "utf-8")
    assert settings.examined().fingerprint["policy"] != before.fingerprint["policy"]


def test_what_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(PolicyError):
        CheckerSettings(policy="none").examined()
    with CheckerSettings().open(threads=1) as checker:
        assert isinstance(checker, PhotoChecker)

"""Settings as a value: what decides an answer changes the fingerprint, and nothing else does."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from vision import PhotoChecker, PolicyError
from vision.errors import FaceModelError
from vision.service.pool.rosters import Rosters
from vision.settings import CheckerSettings
from vision.stages.engines import face_model_id


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
    assert again.identity() == settings.identity()


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
    assert replace(settings, **change).identity().fingerprint != settings.identity().fingerprint


def test_the_elections_tell_whether_another_day_matters(gallery: Path) -> None:
    told = {
        day: CheckerSettings(gallery=str(gallery), day=day).identity().fingerprint
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
    before = settings.identity()
    pack.write_text(pack.read_text("utf-8").replace('family = "flag"', 'family = "review"'), "utf-8")
    assert settings.identity().fingerprint["policy"] != before.fingerprint["policy"]


def test_what_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(PolicyError):
        CheckerSettings(policy="none").identity()
    with CheckerSettings().open(threads=1) as checker:
        assert isinstance(checker, PhotoChecker)


@pytest.mark.parametrize("face_model", [None, "dlib"])
def test_the_fingerprint_needs_no_network(face_model: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    import onnxruntime

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a network was loaded")

    monkeypatch.setattr(onnxruntime, "InferenceSession", refuse)
    identity = CheckerSettings(face_model=face_model).identity()
    assert identity.fingerprint["face_model"] == (face_model or "")


def test_a_face_model_is_known_by_its_file(gallery: Path, tmp_path: Path) -> None:
    model = tmp_path / "other.onnx"
    model.write_bytes(b"no network")
    one = CheckerSettings(face_model=str(model)).identity()
    model.write_bytes(b"nor is this")
    assert CheckerSettings(face_model=str(model)).identity().fingerprint != one.fingerprint
    with pytest.raises(FaceModelError, match="cannot be read"):
        CheckerSettings(face_model=str(tmp_path / "none.onnx")).identity()


def test_a_spouse_without_a_gallery_is_refused() -> None:
    with pytest.raises(ValueError, match="no gallery was given"):
        CheckerSettings(declared_spouse_of="budi").identity()


def test_kept_rosters_are_told_apart_by_whatever_changes_them(gallery: Path) -> None:
    settings = CheckerSettings(gallery=str(gallery), day=date(2027, 4, 1))
    rosters = Rosters(face_model_id())
    policy, plain = rosters.of(settings, "1")
    _, married = rosters.of(replace(settings, declared_spouse_of="Budi"), "1")
    assert (plain.context.declared_spouse_of, married.context.declared_spouse_of) == (None, "budi")
    assert rosters.of(replace(settings, language="en"), "1") == (policy, plain), "kept, whatever the language"
    assert rosters.of(settings, "2")[1] is not plain, "read anew, since the gallery has changed"

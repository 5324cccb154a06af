"""The JSON contract on real pictures with the real models: its stored schema, check-1.json, holds for all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from vision import CheckError, CheckResult, PhotoChecker
from vision.media.inputs import photos_of

pytestmark = pytest.mark.slow

FILE = Path(__file__).resolve().parents[1] / "vision" / "contract" / "schema" / "check-1.json"
SCHEMA = json.loads(FILE.read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
EVERY_NTH = 400


@pytest.fixture(scope="module")
def checker() -> Iterator[PhotoChecker]:
    with PhotoChecker.open() as opened:
        yield opened


def photos_expected(fixtures: Path) -> dict[str, Any]:
    """Return the pictures that fixtures/expected.json describes."""
    expected: dict[str, Any] = json.loads((fixtures / "expected.json").read_text("utf-8"))["photos"]
    return expected


@pytest.fixture(scope="module")
def told(checker: PhotoChecker, fixtures: Path) -> dict[str, dict[str, Any]]:
    """Give the answer for every fixture photo, as other programs read it."""
    return {
        name: json.loads(json.dumps(checker.check(fixtures / name).to_dict())) for name in photos_expected(fixtures)
    }


def faults_of(told: dict[str, Any]) -> list[str]:
    """Return how an answer breaks the contract: its shape, and references to hands, faces or places not there."""
    faults = [error.message for error in VALIDATOR.iter_errors(told)]
    if faults or "error" in told:
        return faults
    named = {("hands", at) for finding in told["findings"] for at in finding["hands"]}
    named |= {("faces", at) for finding in told["findings"] for at in finding["faces"]}
    if any(at >= len(told[kind]) for kind, at in named):
        faults.append("a finding names a hand or face that is not there")
    worst = {finding["severity"] for finding in told["findings"]}
    if told["verdict"] != ("flag" if "flag" in worst else "review" if worst else "clear"):
        faults.append("the verdict is not the worst severity")
    if any(hand["person"] is not None and hand["person"] >= len(told["faces"]) for hand in told["hands"]):
        faults.append("a hand belongs to nobody in the photo")
    return faults


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "ok"},
        {"error": {"code": "a.b", "message": "c"}},
        {"faces": [{"box": [0, 0, 1, 1], "score": 1, "person": 0, "match": None, "embedding": [0.1]}]},
        {"photo": {"name": "a.jpg"}},
    ],
    ids=["unknown verdict", "verdict and error", "an embedding", "no size"],
)
def test_the_schema_refuses(told: dict[str, dict[str, Any]], change: dict[str, Any]) -> None:
    one = next(iter(told.values()))
    assert not list(VALIDATOR.iter_errors(one))
    assert list(VALIDATOR.iter_errors(one | change))


def test_fixtures(told: dict[str, dict[str, Any]], fixtures: Path) -> None:
    for name, facts in photos_expected(fixtures).items():
        assert not faults_of(told[name]), name
        assert [told[name]["photo"]["width"], told[name]["photo"]["height"]] == facts["size_wh"], name


def test_formats_and_broken_files(checker: PhotoChecker, fixtures: Path) -> None:
    for folder, kind in (("formats", CheckResult), ("broken", CheckError)):
        answers = [checker.check_or_error(path) for path in sorted((fixtures / folder).iterdir())]
        assert answers
        assert {type(answer) for answer in answers} == {kind}
        assert not [fault for answer in answers for fault in faults_of(answer.to_dict())]


def test_the_same_photo_gets_the_same_answer(told: dict[str, dict[str, Any]], fixtures: Path) -> None:
    name = "photos/pair_sign.jpg"
    with PhotoChecker.open() as other:
        again = other.check((fixtures / name).read_bytes(), name=str(fixtures / name)).to_dict()
    assert again | {"timings_ms": {}} == told[name] | {"timings_ms": {}}


@pytest.mark.shared
def test_labelled_pictures(checker: PhotoChecker, shared: Path) -> None:
    paths = [path for path in photos_of([str(shared)]) if isinstance(path, str)][::EVERY_NTH]
    assert paths
    faults = {path: faults_of(checker.check_or_error(path).to_dict()) for path in paths}
    assert not {path: found for path, found in faults.items() if found}

"""The list in SARIF: what the format asks for, levels, places, and photos that could not be judged."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema
import msgspec
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from tests.fakes import FakeEngines, a_hand
from tests.made_up import calm, judged
from vision import CheckError, CheckResult
from vision.command.main import fotonetral
from vision.errors import PhotoTruncatedError
from vision.geometry import Box
from vision.poses import Pose
from vision.report.sarif import SarifLog, uri_of
from vision.stages.engines import Engines

SCHEMA = json.loads((Path(__file__).resolve().parents[1] / "schema" / "sarif-essentials.json").read_text("utf-8"))
AT = datetime(2026, 11, 23, 8, 5, tzinfo=UTC)
DAMAGED = CheckError("rusak.jpg", PhotoTruncatedError("Berkas terpotong.", "The file is cut off."))


def run_of(*answers: CheckResult | CheckError, status: int = 1) -> dict[str, Any]:
    log = SarifLog("id", AT, "skb-2-2022", None)
    for answer in answers:
        log.add(answer.name if isinstance(answer, CheckError) else answer.photo.name, answer)
    return checked(json.loads(msgspec.json.encode(log.log(AT, status))))


def checked(log: dict[str, Any]) -> dict[str, Any]:
    """Return the run of a log after a look at the schema and at every index."""
    jsonschema.validate(log, SCHEMA)
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        for place in (result["locations"][0]["physicalLocation"], result["attachments"][0]):
            assert run["artifacts"][place["artifactLocation"]["index"]]["location"] == place["artifactLocation"]
    for told in run["invocations"][0]["toolExecutionNotifications"]:
        assert driver["notifications"][told["descriptor"]["index"]]["id"] == told["descriptor"]["id"]
    return dict(run)


def test_results_have_level_message_and_boxes_in_pixels() -> None:
    result = judged()
    run = run_of(result)
    assert [(one["ruleId"], one["level"]) for one in run["results"]] == [
        ("candidate.match_with_sign", "error"),
        ("pose.peace_two", "error"),
        ("pose.palm_five", "warning"),
    ]
    assert tuple(one["message"]["text"] for one in run["results"]) == result.messages
    assert run["results"][1]["attachments"] == [
        {
            "artifactLocation": {"uri": "rapat.jpg", "index": 0},
            "rectangles": [
                {"left": 20, "top": 150, "right": 60, "bottom": 200},
                {"left": 300, "top": 150, "right": 340, "bottom": 200},
            ],
        }
    ]


def test_rules_are_the_codes_with_the_link_of_their_source() -> None:
    result = judged()
    rules = run_of(result, judged("lain.jpg"))["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [finding.code for finding in result.findings]
    assert [rule["helpUri"] for rule in rules] == [finding.basis.link for finding in result.findings]


def test_a_clear_photo_is_listed_without_results() -> None:
    run = run_of(calm(), status=0)
    assert run["results"] == []
    assert run["invocations"][0] == {
        "executionSuccessful": True,
        "exitCode": 0,
        "startTimeUtc": "2026-11-23T08:05:00.000Z",
        "endTimeUtc": "2026-11-23T08:05:00.000Z",
        "toolExecutionNotifications": [],
    }
    assert [(one["location"]["uri"], one["properties"]["verdict"]) for one in run["artifacts"]] == [
        ("kosong.jpg", "clear")
    ]


def test_what_could_not_be_judged_is_no_artifact_but_an_error() -> None:
    run = run_of(DAMAGED, calm(), DAMAGED, status=2)
    (invocation,) = run["invocations"]
    assert not invocation["executionSuccessful"]
    assert len(run["artifacts"]) == 1
    assert [told["descriptor"]["id"] for told in invocation["toolExecutionNotifications"]] == ["photo.truncated"] * 2
    assert run["tool"]["driver"]["notifications"] == [{"id": "photo.truncated"}]


def test_the_same_photo_twice_is_one_artifact() -> None:
    run = run_of(judged(), judged())
    assert (len(run["artifacts"]), len(run["results"])) == (1, 6)


def test_no_stranger_and_no_vector_is_told() -> None:
    text = json.dumps(run_of(judged(candidate=None)))
    assert "embedding" not in text
    stranger = {"left": 300, "top": 40, "right": 360, "bottom": 100}
    told = [box for one in run_of(judged())["results"] for box in one["attachments"][0]["rectangles"]]
    assert stranger not in told


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("foto/a b.jpg", "foto/a%20b.jpg"),
        ("/srv/foto/é.jpg", "file:///srv/foto/%C3%A9.jpg"),
        ('../<b>&"c"#1?.jpg', "../%3Cb%3E%26%22c%22%231%3F.jpg"),
        ("c:d.jpg", "c%3Ad.jpg"),
        ("100%.jpg", "100%25.jpg"),
        ("rusak-\udcff.jpg", "rusak-%FF.jpg"),
    ],
)
def test_paths_as_uris(path: str, uri: str) -> None:
    assert uri_of(path) == uri
    assert unquote(uri, errors="surrogateescape").removeprefix("file://") == path


def check(*arguments: str) -> Result:
    return CliRunner().invoke(fotonetral, ["check", *arguments])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(Engines, "load", FakeEngines(hands=[a_hand(Pose.PEACE_TWO, Box(10, 20, 20, 20))]).load)
    monkeypatch.delenv("FOTONETRAL_GALLERY", raising=False)
    monkeypatch.chdir(tmp_path)
    stream = io.BytesIO()
    Image.new("RGB", (96, 64), (120, 120, 120)).save(stream, "JPEG")
    (tmp_path / "<a> & b.jpg").write_bytes(stream.getvalue())
    (tmp_path / "broken.jpg").write_bytes(stream.getvalue()[:-60])
    (tmp_path / "empty").mkdir()
    return tmp_path


@pytest.mark.parametrize("photos", [["<a> & b.jpg"], ["<a> & b.jpg", "broken.jpg", "nowhere.jpg", "empty"]])
def test_one_log_for_the_whole_call(folder: Path, photos: list[str]) -> None:
    plain, listed = check(*photos), check(*photos, "--sarif", "list.sarif")
    assert (listed.exit_code, listed.stdout) == (plain.exit_code, plain.stdout)
    run = checked(json.loads((folder / "list.sarif").read_text("utf-8")))
    assert run["invocations"][0]["exitCode"] == plain.exit_code
    codes = [told["descriptor"]["id"] for told in run["invocations"][0]["toolExecutionNotifications"]]
    assert codes == ["photo.truncated", "photo.not_found", "folder.empty"][: len(photos) - 1]
    assert [one["location"]["uri"] for one in run["artifacts"]] == ["%3Ca%3E%20%26%20b.jpg"]
    assert check(*photos, "--sarif", "list.sarif").exit_code == plain.exit_code  # a list may be written anew
    assert {path.name for path in folder.iterdir()} == {"<a> & b.jpg", "broken.jpg", "empty", "list.sarif"}


@pytest.mark.parametrize("target", ["broken.jpg", "nowhere/list.sarif"])
def test_a_photo_is_never_written_over_and_a_missing_folder_is_told(folder: Path, target: str) -> None:
    before = (folder / "broken.jpg").read_bytes()
    refused = check("<a> & b.jpg", "--sarif", target)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert target in refused.stderr
    assert (folder / "broken.jpg").read_bytes() == before

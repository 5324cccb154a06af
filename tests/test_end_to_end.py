"""The whole product on the sample photos and the sample gallery, as somebody uses it.

The gallery is made by the command itself, from `fixtures/candidates.csv`; the photos are those of `expected.json`.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from vision import CheckResult, PhotoChecker
from vision.geometry import Box

pytestmark = pytest.mark.slow

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
PHOTOS: dict[str, Any] = json.loads((FIXTURES / "expected.json").read_text("utf-8"))["photos"]
DAY = date(2028, 10, 1)
"""In the campaign of the sample election, whatever day the test runs."""


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run `fotonetral` as its own process, without the caller's gallery."""
    command = [sys.executable, "-c", "from vision.command.main import main; main()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=FIXTURES.parent, timeout=300)


@pytest.fixture(scope="module")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gallery") / "gallery.db"
    done = run("candidates", "import", FIXTURES / "candidates.csv", "--gallery", path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "1 ditambahkan, 0 diperbarui, 0 tidak berubah, 0 ditolak.",
        "Pemilu: 2 berubah, 0 ditolak.",
    ]
    assert done.stderr == "", "native libraries' noise"
    return path


@pytest.fixture(scope="module")
def checker(gallery: Path) -> Iterator[PhotoChecker]:
    with PhotoChecker.open(gallery=gallery, region="34.01", date=DAY) as opened:
        yield opened


@pytest.fixture(scope="module")
def results(checker: PhotoChecker) -> dict[str, CheckResult]:
    return {name: checker.check(FIXTURES / name) for name in PHOTOS}


def recognised(told: CheckResult) -> list[str]:
    return sorted(face.match.candidate.id for face in told.faces if face.match is not None)


@pytest.mark.parametrize("name", PHOTOS)
def test_verdict(results: dict[str, CheckResult], name: str) -> None:
    expected = PHOTOS[name]["verdict"]["with_gallery"]
    assert results[name].verdict == expected
    assert not PHOTOS[name]["candidates"] or results[name].verdict == "flag", "a candidate is in it"


@pytest.mark.parametrize("name", PHOTOS)
def test_faces_and_candidates(results: dict[str, CheckResult], name: str) -> None:
    assert len(results[name].faces) == PHOTOS[name]["faces"]
    assert recognised(results[name]) == sorted(PHOTOS[name]["candidates"])


@pytest.mark.parametrize("name", PHOTOS)
def test_only_signs_that_are_there_are_told(results: dict[str, CheckResult], name: str) -> None:
    """Every finding about a hand is about one that `expected.json` knows."""
    there = [Box(*hand["box"]) for hand in PHOTOS[name]["hands"]]
    for finding in results[name].findings:
        for hand in finding.hands:
            assert max((results[name].hands[hand].box.iou(box) for box in there), default=0) > 0.4


def test_poses_are_named(results: dict[str, CheckResult]) -> None:
    """Every one of the 12 hands in the photos gets its pose."""
    missed: dict[str, int] = {}
    for name, facts in PHOTOS.items():
        for hand in facts["hands"]:
            near = [seen for seen in results[name].hands if seen.box.iou(Box(*hand["box"])) > 0.4]
            if hand["pose"] not in {seen.pose.value for seen in near}:
                missed[name] = missed.get(name, 0) + 1
    assert sum(len(facts["hands"]) for facts in PHOTOS.values()) == 12
    assert missed == {}


def test_the_sign_that_is_the_candidates_number_names_the_pair(results: dict[str, CheckResult]) -> None:
    told = results["photos/pair_sign.jpg"]
    (sign,) = (finding for finding in told.findings if finding.kind == "pose")
    assert (sign.code, sign.numbers, sign.candidates) == ("pose.peace_two", (2,), ("grace-hopper",))


def test_the_command_tells_the_same(gallery: Path, results: dict[str, CheckResult]) -> None:
    """One JSON object a photo, in the order given, nothing else on either stream, and status 1."""
    paths = [FIXTURES / name for name in PHOTOS]
    done = run("check", *paths, "--gallery", gallery, "--region", "34.01", "--date", DAY.isoformat(), "--json")
    assert done.returncode == 1, done.stderr
    assert done.stderr == ""
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(told) == len(PHOTOS) == 12
    assert [one["photo"]["name"] for one in told] == [str(path) for path in paths]
    for one, (name, result) in zip(told, results.items(), strict=True):
        mine = json.loads(json.dumps(result.to_dict()))
        assert one | {"timings_ms": {}} == mine | {"timings_ms": {}}, name
    assert "embedding" not in done.stdout


def test_quiet_photos_end_in_status_0(gallery: Path) -> None:
    done = run("check", FIXTURES / "photos/collins_plain.jpg", "--gallery", gallery, "--date", DAY.isoformat())
    assert (done.returncode, done.stderr) == (0, "")


def test_without_a_gallery_only_signs_count(checker: PhotoChecker) -> None:
    with PhotoChecker.open() as alone:
        for name in ("photos/hopper_plain.jpg", "photos/hopper_thumb_up.jpg", "photos/pair_plain.jpg"):
            told = alone.check(FIXTURES / name)
            assert told.verdict == PHOTOS[name]["verdict"]["without_gallery"]
            assert recognised(told) == []


@pytest.mark.parametrize("name", ["photos/pair_sign.jpg", "photos/collins_relaxed.jpg"])
def test_however_the_photo_is_given(checker: PhotoChecker, results: dict[str, CheckResult], name: str) -> None:
    data = (FIXTURES / name).read_bytes()
    with Image.open(io.BytesIO(data)) as opened:
        pixels = np.asarray(opened.convert("RGB"))
    for source in (data, io.BytesIO(data), pixels, str(FIXTURES / name)):
        told = checker.check(source)
        assert told.verdict == results[name].verdict
        assert [finding.code for finding in told.findings] == [finding.code for finding in results[name].findings]
        assert recognised(told) == recognised(results[name])
        assert [hand.pose for hand in told.hands] == [hand.pose for hand in results[name].hands]


def test_after_the_election_and_elsewhere_nobody_is_recognised(gallery: Path) -> None:
    for region, day in (("34.01", date(2035, 1, 1)), ("75.01", DAY)):
        with PhotoChecker.open(gallery=gallery, region=region, date=day) as opened:
            assert recognised(opened.check(FIXTURES / "photos/hopper_plain.jpg")) == []

"""A file of which something was not looked at is never clear, and every answer says so."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from tests.fakes import FakeEngines, a_face, a_hand
from tests.vision.test_sarif import run_of
from vision import PhotoChecker, Verdict
from vision.command.main import fotonetral
from vision.contract.post import PostResult
from vision.contract.result import CheckResult
from vision.geometry import Box
from vision.poses import Pose
from vision.report.marks import marks_of
from vision.report.page import PageFacts, page_of
from vision.rules import Policy, RemarkKind
from vision.service.photos.extras import bases
from vision.stages.engines import Engines

POLICY = Policy.load()
SCHEMAS = Path(__file__).resolve().parents[2] / "vision" / "contract" / "schema"
PEACE = a_hand(Pose.PEACE_TWO, Box(10, 40, 20, 20))
PIXELS = np.full((64, 96, 3), 90, np.uint8)


def animation(frames: int = 3) -> bytes:
    stream = io.BytesIO()
    pictures = [Image.new("RGB", (96, 64), (60 * n, 90, 120)) for n in range(frames)]
    pictures[0].save(stream, "GIF", save_all=True, append_images=pictures[1:], duration=100)
    return stream.getvalue()


NOBODY = FakeEngines()


def judged(data: bytes, fake: FakeEngines = NOBODY, name: str = "gerak.gif") -> CheckResult:
    with PhotoChecker(POLICY, load=fake.load) as checker:
        return checker.check(data, name=name)


def test_an_animation_asks_for_another_look_and_says_how_much_was_looked_at() -> None:
    result = judged(animation())
    told = result.to_dict()
    assert result.verdict is Verdict.REVIEW
    assert told["media"] == {"kind": "animation", "pictures": 3, "looked_at": 1, "video": False}
    assert [(one["kind"], one["code"], one["severity"]) for one in told["findings"]] == [
        ("unseen", "unseen.animation", "review")
    ]
    assert [note["code"] for note in told["notes"]] == ["photo.pictures"]
    assert "1 dari 3 gambar" in told["notes"][0]["message"]
    jsonschema.validate(told, json.loads((SCHEMAS / "check-1.json").read_text("utf-8")))


def test_a_single_frame_is_an_ordinary_photo() -> None:
    result = judged(animation(1))
    assert (result.verdict, result.findings, result.remarks) == (Verdict.CLEAR, (), ())


def test_a_sign_in_the_first_picture_comes_first_and_stays_as_grave() -> None:
    result = judged(animation(), FakeEngines(hands=[PEACE]))
    assert result.verdict is Verdict.FLAG
    assert [finding.code for finding in result.findings] == ["pose.peace_two", "unseen.animation"]
    assert "Ulangi foto" in result.next_step


def test_page_picture_and_sarif_say_it_and_cite_no_rule() -> None:
    result = judged(animation())
    page = page_of(PIXELS, result, PageFacts(datetime(2026, 11, 23, tzinfo=UTC)))
    assert result.messages[0] in page
    assert result.next_step in page
    assert "1 dari 3 gambar" in page
    assert "<a href" not in page
    banner, marks = marks_of(result.to_answer(), "id")
    assert (banner.text, marks) == ("Belum semua isi berkas diperiksa.", ())
    run = run_of(result)
    assert [(one["ruleId"], one["level"]) for one in run["results"]] == [("unseen.animation", "warning")]
    assert bases(result.findings, "id") == (None,)


def test_in_a_post_the_photo_is_named() -> None:
    still = judged(animation(1), name="diam.gif")
    post = PostResult.of([still, judged(animation(3)), judged(animation(5))])
    assert post.verdict is Verdict.REVIEW
    (message,), step = post.messages, post.next_step
    assert "foto 2 dan 3" in message
    assert "foto 2 dan 3" in step
    assert [note for note in post.notes if "1 dari 3" in note and "foto 2" in note]
    assert [note for note in post.notes if "1 dari 5" in note and "foto 3" in note]
    jsonschema.validate(post.to_dict(), json.loads((SCHEMAS / "post-1.json").read_text("utf-8")))


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_command_says_it_and_does_not_answer_clear(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engines, "load", FakeEngines().load)
    (tmp_path / "gerak.gif").write_bytes(animation())
    done = CliRunner().invoke(fotonetral, ["check", str(tmp_path / "gerak.gif"), "--lang", language])
    assert done.exit_code == 1
    assert "✔" not in done.output
    assert ("1 dari 3" if language == "id" else "1 of the 3") in done.output


def far(result: CheckResult) -> bool:
    return any(remark.kind is RemarkKind.FAR for remark in result.remarks)


@pytest.mark.parametrize(
    ("size_wh", "is_told"),
    [((4000, 3000), True), ((4000, 800), True), ((1080, 6000), True), ((3000, 2000), False), ((900, 200), False)],
    ids=["12 megapixels", "panorama", "long screenshot", "ordinary", "a small strip"],
)
def test_a_vast_photo_without_a_face_has_a_note_and_its_own_verdict(size_wh: tuple[int, int], is_told: bool) -> None:
    photo = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    with PhotoChecker(POLICY, load=FakeEngines().load) as checker:
        result = checker.check(photo)
    assert (far(result), result.verdict) == (is_told, Verdict.CLEAR)
    with PhotoChecker(POLICY, load=FakeEngines(faces=[a_face(Box(10, 10, 60, 60))]).load) as checker:
        assert not far(checker.check(photo))


def test_a_clear_photo_tells_the_note_at_the_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Engines, "load", FakeEngines().load)
    Image.new("RGB", (3300, 700)).save(tmp_path / "lebar.png")
    done = CliRunner().invoke(fotonetral, ["check", str(tmp_path / "lebar.png"), "--lang", "en"])
    assert done.exit_code == 0
    assert "cut out the part with them" in done.output

"""Posts from the checker to the command: one answer, photo numbers in words, JSON, statuses, limits."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator
from PIL import Image

from candidates import Calibration, Candidate, Index, Reference, Role
from tests.fakes import FakeEngines, a_face, a_hand
from vision import CheckError, CheckResult, PhotoChecker, PostResult
from vision.command.main import fotonetral
from vision.contract.answers.post import MOST_PHOTOS
from vision.errors import PhotoNotFoundError, PostError
from vision.geometry import Box
from vision.poses import Pose
from vision.rules import ElectionContext, Policy
from vision.stages.engines import Engines
from vision.stages.roster import NOBODY, Roster

SCHEMAS = Path(__file__).resolve().parents[2] / "vision" / "contract" / "schema"
POST = Draft202012Validator(json.loads((SCHEMAS / "post-1.json").read_text("utf-8")))
PHOTO = Draft202012Validator(json.loads((SCHEMAS / "check-1.json").read_text("utf-8")))

BUDI = Candidate("budi", "Budi", Role.CANDIDATE, ballot_number=2)
THREE_FACES = tuple(a_face(Box(20.0 + 100 * place, 20, 60, 60)) for place in range(3))
STRANGERS = np.eye(128, dtype=np.float32)[5:8]

DARK, GREY, LIGHT = 20, 120, 220
"""Shades of photos: three strangers; two of them with a sign; one with an open palm, who may be the candidate."""


def picture(shade: int, taken: str | None = None) -> bytes:
    exif = Image.Exif()
    if taken is not None:
        exif.get_ifd(0x8769)[0x9003] = taken
    stream = io.BytesIO()
    Image.new("RGB", (320, 240), (shade, shade, shade)).save(stream, "JPEG", quality=95, exif=exif)
    return stream.getvalue()


PICTURES = {"clear": picture(DARK), "flag": picture(GREY), "review": picture(LIGHT), "broken": picture(DARK)[:-60]}


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> FakeEngines:
    """Detectors that see two people's sign in grey photos, and in light ones the palm of the first: the candidate."""
    fake = FakeEngines(faces=THREE_FACES)

    def look(pixels: np.ndarray) -> None:
        shade = pixels.mean()
        signs = [a_hand(Pose.PEACE_TWO, Box(10, 140, 30, 30), person=person) for person in (1, 2)]
        palm = [a_hand(Pose.PALM_FIVE, Box(10, 140, 30, 30), person=0)]
        fake.hands = [] if shade < 70 else signs if shade < 170 else palm
        fake.vectors = STRANGERS.copy()
        if shade >= 170:
            fake.vectors[0] = np.eye(128, dtype=np.float32)[0]

    fake.look = look
    monkeypatch.setattr(Engines, "load", fake.load)
    monkeypatch.delenv("FOTONETRAL_GALLERY", raising=False)
    return fake


@pytest.fixture
def checker(engines: FakeEngines) -> PhotoChecker:
    return PhotoChecker(Policy.load(), load=engines.load)


@pytest.fixture
def knowing(engines: FakeEngines) -> PhotoChecker:
    """Give a checker that knows the candidate."""
    distances, rates, misses = np.array([0.2, 0.5, 0.9]), np.array([1e-5, 1e-3, 0.9]), np.array([0.9, 0.1, 0.0])
    calibration = Calibration("m", "made up", 1000, 1e-5, 1.0, distances, rates, misses)
    reference = Reference(1, "budi", "b.jpg", "0" * 64, "m", np.eye(128, dtype=np.float32)[0], 100.0)
    index = Index.build([BUDI], [reference], model_id="m", calibration=calibration)
    roster = Roster(ElectionContext({2: (BUDI,)}, names={"budi": "Budi"}), index, "revision-1")
    return PhotoChecker(Policy.load("batang"), roster, load=engines.load)


def test_one_answer_with_the_numbers_of_the_photos(checker: PhotoChecker) -> None:
    post = checker.check_post([PICTURES["clear"], PICTURES["flag"], PICTURES["review"]], names=["a", "b", "c"])
    assert (post.verdict, post.headline) == ("flag", "Sebaiknya jangan diunggah dulu.")
    assert [one.photo.name for one in post.photos if isinstance(one, CheckResult)] == ["a", "b", "c"]
    assert [one.photos for one in post.findings] == [(1,), (2,)]
    where = "(foto 2, orang ke-2 dari kiri dan orang ke-3 dari kiri)"
    assert post.messages[0].startswith(f"2 orang memperlihatkan pose dua jari {where}, berisiko dibaca")
    assert "(foto 3, orang ke-1 dari kiri)" in post.messages[1]
    assert post.next_step.startswith("Ulangi foto 2 dengan")
    assert "Lihat lagi bagian yang ditandai di foto 3:" in post.next_step


def test_one_photo_is_told_like_a_photo(checker: PhotoChecker) -> None:
    post, alone = checker.check_post([PICTURES["flag"]]), checker.check(PICTURES["flag"])
    assert (post.messages, post.next_step) == (alone.messages, alone.next_step)


def test_the_candidate_in_one_photo_and_a_sign_in_another(knowing: PhotoChecker) -> None:
    light = PICTURES["review"]
    post = knowing.check_post([PICTURES["flag"], light, light])
    codes = [(one.finding.code, one.photos) for one in post.findings]
    assert codes[:2] == [("candidate.match_with_sign", (1, 2)), ("pose.peace_two", (0,))]
    where = "(foto 2, orang ke-1 dari kiri; foto 3, orang ke-1 dari kiri)"
    assert post.messages[0].startswith(f"Ada wajah {where} yang cocok dengan Budi, calon nomor urut 2.")
    assert "di foto lain dari unggahan ini ada pose tangan yang bisa dibaca sebagai nomor urutnya" in post.messages[0]
    told = json.loads(json.dumps(post.to_dict()))
    assert told["findings"][0]["photos"][0] | {"hands": []} == {
        "photo": 1,
        "severity": "flag",
        "code": "candidate.match_with_sign",
        "hands": [],
        "texts": [],
        "faces": [0],
        "people": 1,
    }
    assert faults_of(told) == []


def test_reminders_are_said_once_and_clear_posts_have_them(knowing: PhotoChecker) -> None:
    post = knowing.check_post([PICTURES["clear"], PICTURES["clear"]])
    assert post.verdict == "clear"
    (reminder,) = post.reminders
    assert "Di Batang" in reminder


def test_the_age_of_each_photo_that_shows_something(checker: PhotoChecker) -> None:
    old, new = picture(GREY, "2019:08:17 10:00:00"), picture(GREY, "2023:01:02 10:00:00")
    post = checker.check_post([new, old, new, picture(DARK, "2018:01:01 10:00:00")])
    assert post.notes == (
        "Menurut kamera, foto 2 diambil pada 17 Agustus 2019.",
        "Menurut kamera, foto 1 dan 3 diambil pada 2 Januari 2023.",
    )
    assert [note["photos"] for note in post.to_dict()["notes"]] == [[1], [0, 2]]
    assert isinstance(post.photos[0], CheckResult)
    assert post.photos[0].photo.taken_at == datetime(2023, 1, 2, 10)


@pytest.mark.parametrize(
    ("photos", "verdict"),
    [("clear broken", None), ("broken", None), ("broken flag", "flag"), ("review broken", "review")],
)
def test_a_post_with_an_unreadable_photo_is_never_clear(
    checker: PhotoChecker, photos: str, verdict: str | None
) -> None:
    post = checker.check_post([PICTURES[name] for name in photos.split()])
    assert post.verdict == verdict
    (at,) = post.errors
    assert post.errors[at].code == "photo.truncated"
    told = post.to_dict()
    assert (told["verdict"], told["unjudged"], faults_of(told)) == (verdict, [at], [])
    assert f"foto {at + 1} yang tidak dapat diperiksa" in post.next_step


@pytest.mark.parametrize("count", [0, MOST_PHOTOS + 1])
def test_what_is_no_post_is_refused_before_anything_is_checked(engines: FakeEngines, count: int) -> None:
    with pytest.raises(PostError) as refused:
        PhotoChecker(Policy.load(), NOBODY, load=engines.load).check_post([PICTURES["clear"]] * count)
    assert refused.value.code == "post.size"
    assert engines.loaded == 0
    error = CheckError("a.jpg", PhotoNotFoundError("Tidak ada.", "None."))
    with pytest.raises(PostError):
        PostResult.of([error] * count)


def test_names_run_parallel_to_the_photos(checker: PhotoChecker) -> None:
    with pytest.raises(ValueError, match="shorter"):
        checker.check_post([PICTURES["clear"]] * 2, names=["a"])


def test_english(engines: FakeEngines) -> None:
    post = PhotoChecker(Policy.load(), language="en", load=engines.load).check_post(
        [PICTURES["flag"], PICTURES["clear"]]
    )
    assert "(photo 1, person 2 from the left and person 3 from the left)" in post.messages[0]
    assert post.next_step.startswith("Retake photo 1 with a fist")
    assert replace(post, photos=post.photos) == post


def faults_of(told: dict[str, Any]) -> list[str]:
    """Return how an answer breaks the contract: its shape, and references to photos, hands or faces not there."""
    faults = [error.message for one in told["photos"] for error in PHOTO.iter_errors(one)]
    faults += [error.message for error in POST.iter_errors(told)]
    for seen in (one for finding in told["findings"] for one in finding["photos"]):
        photo = told["photos"][seen["photo"]]
        if any(at >= len(photo[kind]) for kind in ("hands", "faces") for at in seen[kind]):
            faults.append("a finding names a hand or face that is not there")
    if told["unjudged"] != [at for at, photo in enumerate(told["photos"]) if "error" in photo]:
        faults.append("unjudged are not the photos with an error")
    return faults


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": None},
        {"verdict": "clear", "unjudged": [0]},
        {"photos": []},
        {"findings": [{"kind": "pose"}]},
        {"notes": [{"code": "photo.taken", "message": "x"}]},
    ],
    ids=["no verdict", "clear with an error", "no photo", "half a finding", "a note of no photo"],
)
def test_the_schema_refuses(checker: PhotoChecker, change: dict[str, Any]) -> None:
    told = checker.check_post([PICTURES["clear"]]).to_dict()
    Draft202012Validator.check_schema(POST.schema)
    assert faults_of(told) == []
    assert list(POST.iter_errors(told | change))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engines: FakeEngines) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, data in PICTURES.items():
        (tmp_path / f"{name}.jpg").write_bytes(data)
    return tmp_path


def check(*arguments: str) -> Result:
    return CliRunner().invoke(fotonetral, ["check", "--post", *arguments])


@pytest.mark.parametrize(
    ("photos", "status", "symbol"),
    [
        ("clear", 0, "✔"),
        ("clear clear", 0, "✔"),
        ("clear review", 1, "!"),
        ("review flag clear", 1, "✖"),
        ("clear broken", 2, "?"),
        ("flag broken", 2, "✖"),
        ("nowhere", 2, "?"),
    ],
)
def test_exit_status_and_symbol(folder: Path, photos: str, status: int, symbol: str) -> None:
    result = check(*(f"{name}.jpg" for name in photos.split()))
    assert result.exit_code == status
    assert result.stdout.startswith(f"{symbol} Unggahan ({len(photos.split())} foto): ")


def test_text_for_people(folder: Path) -> None:
    lines = check("clear.jpg", "flag.jpg", "broken.jpg").stdout.splitlines()
    assert lines[0] == "✖ Unggahan (3 foto): Sebaiknya jangan diunggah dulu."
    assert lines[1].startswith("  - 2 orang memperlihatkan pose dua jari (foto 2, ")
    assert lines[2].startswith("  → Ulangi foto 2 ")
    assert lines[3:5] == ["  ✔ Foto 1: clear.jpg", "  ✖ Foto 2: flag.jpg"]
    assert lines[5].startswith("  ? Foto 3: broken.jpg. ") and lines[5].endswith("[photo.truncated]")
    assert len(lines) == 6, "one answer, no summary of photos"


def test_a_clear_post_says_what_it_does_not_vouch_for(folder: Path) -> None:
    lines = check("clear.jpg", "--lang", "en").stdout.splitlines()
    assert lines[0] == "✔ Post (1 photo): No sign of taking sides was found."
    assert lines[1].startswith("  → Logos, colours")
    assert lines[2:] == ["  ✔ Photo 1: clear.jpg"]


def test_json_is_one_object(folder: Path) -> None:
    result = check("--json", "flag.jpg", "broken.jpg", "./clear.jpg")
    (line,) = result.stdout.splitlines()
    told = json.loads(line)
    assert faults_of(told) == []
    assert [one["photo"]["name"] for one in told["photos"]] == ["flag.jpg", "broken.jpg", "./clear.jpg"]
    assert (told["schema"], told["verdict"], told["unjudged"]) == ("fotonetral.post/1", "flag", [1])


def test_marked_pictures_are_one_a_photo(folder: Path) -> None:
    lines = check("--annotate", "out", "clear.jpg", "flag.jpg", "broken.jpg").stdout.splitlines()
    assert f"  ✖ Foto 2: flag.jpg (gambar bertanda: {Path('out') / 'flag.jpg'})" in lines
    assert sorted(path.name for path in (folder / "out").iterdir()) == ["clear.jpg", "flag.jpg"]


def test_a_folder_is_the_post(folder: Path) -> None:
    (folder / "post").mkdir()
    for name in ("2", "1"):
        (folder / "post" / f"{name}.jpg").write_bytes(PICTURES["clear"])
    (folder / "empty").mkdir()
    assert [line[-10:] for line in check("post").stdout.splitlines()[2:]] == ["post/1.jpg", "post/2.jpg"]
    nothing = check("--json", "empty")
    assert (nothing.exit_code, nothing.stdout) == (2, "")
    assert "tidak ada foto di folder ini" in nothing.stderr
    assert check("post", "empty").exit_code == 2


@pytest.mark.parametrize(("language", "words"), [("id", "paling banyak 50 foto"), ("en", "at most 50 photos")])
def test_more_than_a_post_is_refused(folder: Path, engines: FakeEngines, language: str, words: str) -> None:
    result = check("--lang", language, *["clear.jpg"] * (MOST_PHOTOS + 1))
    assert (result.exit_code, result.stdout) == (2, "")
    assert words in result.stderr and "[post.size]" in result.stderr
    assert engines.loaded == 0
    assert check(*["clear.jpg"] * MOST_PHOTOS).exit_code == 0


@pytest.mark.slow
def test_the_sample_photos_as_one_post(fixtures: Path) -> None:
    names = ("hopper_plain.jpg", "hopper_thumb_up.jpg", "collins_three.jpg")
    with PhotoChecker.open() as opened:
        post = opened.check_post([fixtures / "photos" / name for name in names])
    assert [(one.finding.code.partition(".")[0], one.photos) for one in post.findings] == [
        ("pose", (1,)),
        ("pose", (2,)),
    ]
    assert post.next_step.startswith("Ulangi foto 2 dan 3 dengan tangan mengepal")
    assert faults_of(json.loads(json.dumps(post.to_dict()))) == []

"""The checker: what it hands from stage to stage, with detectors that see what the test tells them."""

from __future__ import annotations

import io
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from candidates import Calibration, Candidate, Election, Gallery, Index, Reference, Role
from candidates.errors import GalleryNotFoundError, RegionError, UnknownCandidateError
from tests.fakes import FakeEngines, a_face, a_hand
from vision import CheckError, CheckResult, PhotoChecker
from vision.errors import EngineError, PhotoNotFoundError, PhotoTruncatedError, PolicyError
from vision.geometry import Box
from vision.hands import HandPair
from vision.media import THE_PICTURE
from vision.media.decode import ImageHeader, decode
from vision.poses import Pose
from vision.rules import ElectionContext, Policy
from vision.stages.engines import Engines
from vision.stages.roster import NOBODY, Roster

POLICY = Policy.load()
PHOTO = np.full((120, 160, 3), 90, np.uint8)
BUDI = Candidate("budi", "Budi", Role.CANDIDATE, ballot_number=2)
BUDIS_VECTOR = np.eye(128, dtype=np.float32)[:1]
STRANGERS_VECTOR = np.eye(128, dtype=np.float32)[5:6]
TWO_FACES = (a_face(Box(20, 10, 30, 30)), a_face(Box(100, 10, 30, 30)))
PEACE = a_hand(Pose.PEACE_TWO, Box(10, 40, 20, 20))


def a_checker(fake: FakeEngines, roster: Roster = NOBODY) -> PhotoChecker:
    return PhotoChecker(POLICY, roster, load=fake.load)


@pytest.fixture
def roster() -> Roster:
    distances = np.array([0.2, 0.5, 0.9])
    rates, misses = np.array([1e-5, 1e-3, 0.9]), np.array([0.9, 0.1, 0.0])
    calibration = Calibration("m", "made up", 1000, 1e-5, 1.0, distances, rates, misses)
    reference = Reference(1, "budi", "b.jpg", "0" * 64, "m", BUDIS_VECTOR[0], 100.0)
    index = Index.build([BUDI], [reference], model_id="m", calibration=calibration)
    return Roster(ElectionContext({2: (BUDI,)}, names={"budi": "Budi"}), index, "revision-1")


def jpeg(size_wh: tuple[int, int] = (160, 120)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size_wh, (90, 90, 90)).save(stream, "JPEG")
    return stream.getvalue()


def test_boxes_come_back_in_pixels_of_the_full_photo() -> None:
    # 5000 pixels are analysed as 2500: everything found there is twice as large in the photo
    hand = a_hand(Pose.FIST, Box(10, 20, 30, 40))
    fake = FakeEngines(faces=[a_face(Box(100, 2, 50, 4))], hands=[hand])
    result = a_checker(fake).check(np.zeros((80, 5000, 3), np.uint8))
    assert result.photo.size_wh == (5000, 80)
    assert result.faces[0].box == Box(200, 4, 100, 8)
    assert result.hands[0].box == Box(20, 40, 60, 80)
    assert result.hands[0].landmarks_xy[20] == (80, 120)
    assert fake.boxes == [Box(100, 2, 50, 4)], "hands are sought in analysis pixels"


def test_without_a_gallery_no_face_becomes_a_vector() -> None:
    fake = FakeEngines(faces=TWO_FACES)
    result = a_checker(fake).check(PHOTO)
    assert [face.match for face in result.faces] == [None, None]
    assert [face.person for face in result.faces] == [0, 1]
    assert (fake.embedded, result.engine.gallery) == (0, None)


def test_a_candidate_among_strangers(roster: Roster) -> None:
    fake = FakeEngines(faces=TWO_FACES, vectors=np.concatenate([STRANGERS_VECTOR, BUDIS_VECTOR]))
    result = a_checker(fake, roster).check(PHOTO)
    assert result.verdict == "flag"
    assert [finding.code for finding in result.findings] == ["candidate.match"]
    assert result.findings[0].faces == (1,)
    told = result.to_dict()
    assert told["faces"][0]["match"] is None
    assert told["faces"][1]["match"]["candidate"] == "budi"
    assert told["engine"]["gallery"] == "revision-1"


def test_faces_that_nobody_could_be_told_by(roster: Roster) -> None:
    tiny = [a_face(Box(10, 10, 12, 12)), a_face(Box(60, 10, 12, 12))]
    fake = FakeEngines(faces=tiny, vectors=np.concatenate([STRANGERS_VECTOR, BUDIS_VECTOR]))
    result = a_checker(fake, roster).check(PHOTO)
    assert result.verdict == "review", "a poor face is at most a possible match"
    told = result.to_dict()
    assert [face["flaws"] for face in told["faces"]] == [["small"], ["small"]]
    assert [face["recognisable"] for face in told["faces"]] == [False, False]
    assert [note["code"] for note in told["notes"]] == ["faces.too_poor"]
    assert told["notes"][0]["message"].startswith("1 "), "the other one was recognised all the same"
    alone = a_checker(FakeEngines(faces=tiny)).check(PHOTO)
    assert alone.notes == (), "nobody was looked for"


def test_a_sign_beside_the_candidate_makes_it_stronger_and_names_him(roster: Roster) -> None:
    fake = FakeEngines(faces=TWO_FACES[:1], vectors=BUDIS_VECTOR, hands=[PEACE])
    result = a_checker(fake, roster).check(PHOTO)
    assert [finding.code for finding in result.findings] == ["candidate.match_with_sign", "pose.peace_two"]
    assert result.findings[1].candidates == ("budi",)
    assert result.hands[0].numbers == (2,)


def test_a_number_of_two_hands_is_one_more_finding() -> None:
    hands = [
        a_hand(Pose.PEACE_TWO, Box(10, 40, 20, 20)),
        a_hand(Pose.PALM_FIVE, Box(50, 40, 20, 20)),
        a_hand(Pose.FIST, Box(90, 40, 20, 20), person=1),
        a_hand(Pose.PALM_FIVE, Box(130, 40, 20, 20), person=1),
    ]
    pairs = [HandPair(0, 1), HandPair(2, 3)]
    result = a_checker(FakeEngines(hands=hands, pairs=pairs)).check(PHOTO)
    told = {finding.code: (finding.hands, finding.numbers, finding.severity.value) for finding in result.findings}
    assert told == {
        "pose.peace_two": ((0,), (2,), "flag"),
        "pose.palm_five": ((1, 3), (5,), "review"),
        "pose.two_hand_number": ((0, 1), (7,), "review"),
    }
    assert [hand.numbers for hand in result.hands] == [(2,), (5,), (), (5,)]
    assert [hand.partner for hand in result.hands] == [1, 0, None, None], "a fist and a palm show nothing together"


def test_what_two_hands_form_makes_them_partners() -> None:
    hands = [a_hand(Pose.TWO_HAND_HEART, Box(at, 40, 20, 20)) for at in (10, 50)]
    pairs = [HandPair(0, 1, Pose.TWO_HAND_HEART)]
    result = a_checker(FakeEngines(hands=hands, pairs=pairs)).check(PHOTO)
    assert [(hand.pose, hand.partner) for hand in result.hands] == [("two_hand_heart", 1), ("two_hand_heart", 0)]
    assert result.findings == ()


@pytest.mark.parametrize(
    ("posed", "verdict"), [(True, "flag"), (False, "review"), (None, "review")], ids=["toward camera", "not", "unknown"]
)
def test_an_open_palm_counts_more_toward_the_camera(posed: bool | None, verdict: str) -> None:
    palm = a_hand(Pose.PALM_FIVE, Box(10, 40, 20, 20), posed=posed)
    assert a_checker(FakeEngines(hands=[palm])).check(PHOTO).verdict == verdict


def test_models_load_at_the_first_check_and_once() -> None:
    fake = FakeEngines()
    with a_checker(fake) as checker:
        assert fake.loaded == 0
        first, second = checker.check(PHOTO), checker.check(PHOTO)
        assert fake.loaded == 1
    assert fake.closed == 2, "faces and hands both hold native memory"
    assert first.timings_ms["load"] > 0 and second.timings_ms["load"] == 0
    checker.close()
    assert fake.closed == 2, "closing twice is fine"


def test_a_bad_photo_does_not_load_models() -> None:
    fake = FakeEngines()
    assert isinstance(a_checker(fake).check_or_error(b"not a photo"), CheckError)
    assert fake.loaded == 0


def test_every_kind_of_source_gets_the_same_answer(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(jpeg())
    checker = a_checker(FakeEngines(hands=[PEACE]))
    sources = [path, str(path), jpeg(), io.BytesIO(jpeg()), PHOTO]
    results = [checker.check(source) for source in sources]
    assert {result.verdict for result in results} == {"flag"}
    assert [result.photo.name for result in results] == [str(path), str(path), "<bytes>", "<bytes>", "<array>"]
    assert checker.check(jpeg(), name="unggahan.jpg").photo.name == "unggahan.jpg"


@pytest.mark.parametrize(
    ("source", "error"),
    [("nowhere.jpg", PhotoNotFoundError), (jpeg()[:-40], PhotoTruncatedError)],
    ids=["no file", "cut off"],
)
def test_check_raises_and_check_or_error_answers(source: str | bytes, error: type[Exception]) -> None:
    checker = a_checker(FakeEngines())
    with pytest.raises(error):
        checker.check(source)
    answer = checker.check_or_error(source, name="a.jpg")
    assert isinstance(answer, CheckError)
    assert (answer.name, type(answer.error)) == ("a.jpg", error)


@pytest.mark.parametrize(
    ("surprise", "code"),
    [
        (ZeroDivisionError("x"), "engine.failed"),
        (MemoryError(), "engine.memory"),
        (EngineError("Model gagal.", "The model failed."), "engine.failed"),
    ],
    ids=["bug", "memory", "model"],
)
def test_what_fails_is_an_error_and_the_next_photo_is_checked(surprise: Exception, code: str) -> None:
    fake = FakeEngines(breaks=surprise)
    checker = a_checker(fake)
    answer = checker.check_or_error(PHOTO)
    assert isinstance(answer, CheckError)
    assert (answer.name, answer.code) == ("<array>", code)
    fake.breaks = None
    assert isinstance(checker.check_or_error(PHOTO), CheckResult)


def test_models_that_do_not_load_are_an_error_and_tried_again() -> None:
    fake = FakeEngines()
    loads = [EngineError("Model tidak ada.", "No model."), None]

    def load() -> Engines:
        if (fault := loads.pop(0)) is not None:
            raise fault
        return fake.load()

    checker = PhotoChecker(POLICY, load=load)
    assert isinstance(checker.check_or_error(PHOTO), CheckError)
    assert isinstance(checker.check_or_error(PHOTO), CheckResult)


def test_half_loaded_models_are_freed(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = []

    def fail(**_: object) -> None:
        raise EngineError("Model tangan rusak.", "The hand model is damaged.")

    monkeypatch.setattr("vision.faces.FaceFinder.close", lambda _self: closed.append(1))
    monkeypatch.setattr("vision.hands.HandReader", fail)
    with pytest.raises(EngineError):
        Engines.load()
    assert len(closed) == 1


def test_threads_take_turns() -> None:
    busy = threading.Lock()

    def look(pixels: object) -> None:
        assert busy.acquire(blocking=False), "two photos in the detector at once"
        threading.Event().wait(0.005)
        busy.release()

    checker = a_checker(FakeEngines(look=look))
    with ThreadPoolExecutor(4) as pool:
        assert {result.verdict for result in pool.map(checker.check, [PHOTO] * 8)} == {"clear"}


@pytest.fixture
def gallery(tmp_path: Path) -> Path:
    from vision.faces import MODEL_ID

    path = tmp_path / "gallery.db"
    reference = Reference(0, "budi", "b.jpg", "0" * 64, MODEL_ID, BUDIS_VECTOR[0], 100.0)
    with Gallery.open(path, create=True) as opened:
        opened.put_election(Election("e", "", "regency", "34.01", date(2028, 1, 1), date(2028, 12, 31)))
        opened.put(Candidate("budi", "Budi", Role.CANDIDATE, "e", 2, "34.01"), [reference])
    return path


@pytest.mark.parametrize(
    ("region", "day", "counts"),
    [
        ("34.01", date(2028, 6, 1), True),
        (None, date(2028, 6, 1), True),
        ("33.01", date(2028, 6, 1), False),
        ("34.01", date(2020, 6, 1), False),
    ],
    ids=["his regency", "everywhere", "another regency", "years before"],
)
def test_open_reads_the_gallery_for_a_place_and_a_day(
    gallery: Path, region: str | None, day: date, counts: bool
) -> None:
    checker = PhotoChecker.open(gallery, region=region, date=day)
    assert (checker.roster.index is not None) is counts
    assert bool(checker.roster.context.elections) is counts
    assert list(checker.roster.context.elections) == (["e"] if counts else [])
    assert checker.roster.context.day == day
    assert list(checker.roster.context.ballot_holders) == ([2] if counts else [])
    assert checker.roster.revision


@pytest.mark.parametrize(
    ("region", "day", "codes", "words"),
    [
        ("34.01", date(2028, 6, 1), [], []),
        ("Kulon Progo", date(2028, 6, 1), [], []),
        ("33.01", date(2028, 6, 1), ["faces.no_election"], ["wilayah 33.01 Kabupaten Cilacap", "1 Juni 2028"]),
        (None, date(2020, 6, 1), ["faces.no_election"], ["wilayah mana pun", "1 Juni 2020", "tidak dicari"]),
    ],
    ids=["his regency", "by name", "another regency", "years before"],
)
def test_whom_a_region_and_day_leave_out_is_said_in_the_result(
    gallery: Path, region: str | None, day: date, codes: list[str], words: list[str]
) -> None:
    with PhotoChecker.open(gallery, region=region, date=day) as opened:
        checker = PhotoChecker(opened.policy, opened.roster, load=FakeEngines().load)
        told = checker.check(PHOTO).to_dict()
        post = checker.check_post([PHOTO, PHOTO]).to_dict()
    assert [note["code"] for note in told["notes"]] == [note["code"] for note in post["notes"]] == codes
    assert all(word in told["notes"][0]["message"] for word in words)
    assert [note["photos"] for note in post["notes"]] == [[] for _ in codes]
    code, _, name = opened.roster.region.label.partition(" ") if opened.roster.region else (None, "", None)
    assert told["scope"] == {"region": code, "region_name": name, "date": day.isoformat()}


def test_a_gallery_without_anybody_for_the_region_says_so(tmp_path: Path) -> None:
    with Gallery.open(tmp_path / "g.db", create=True) as opened:
        opened.put_election(Election("e", "", "regency", "34.01"))
    remarks = PhotoChecker.open(tmp_path / "g.db", region="34.01").roster.remarks
    assert [(remark.kind, remark.place) for remark in remarks] == [("faces.nobody", "34.01 Kabupaten Kulon Progo")]


def test_people_of_no_known_region_are_said_to_be_left_out(gallery: Path) -> None:
    with sqlite3.connect(gallery) as old:
        old.execute("UPDATE elections SET region = 'antah berantah'")
    old.close()
    day = date(2028, 6, 1)
    remarks = PhotoChecker.open(gallery, region="34.01", date=day).roster.remarks
    assert [(remark.kind, remark.count) for remark in remarks] == [("faces.no_election", 0), ("faces.lost", 1)]
    assert PhotoChecker.open(gallery, date=day).roster.remarks == ()


def test_a_region_without_a_gallery_does_nothing_and_is_said_to() -> None:
    opened = PhotoChecker.open(region="3401", language="en")
    told = PhotoChecker(opened.policy, opened.roster, language="en", load=FakeEngines().load).check(PHOTO).to_dict()
    assert [note["code"] for note in told["notes"]] == ["faces.no_gallery"]
    assert "34.01 Kabupaten Kulon Progo" in told["notes"][0]["message"]
    assert told["scope"] == {"region": "34.01", "region_name": "Kabupaten Kulon Progo", "date": None}
    assert PhotoChecker.open().roster.remarks == ()


@pytest.mark.parametrize("region", ["99.99", "00", "340", "34.1", "Antah Berantah", "Sorong"])
def test_open_refuses_a_region_that_there_is_not(gallery: Path, region: str) -> None:
    for path in (None, gallery):
        with pytest.raises(RegionError, match=region):
            PhotoChecker.open(path, region=region)


def test_a_declared_spouse_is_found_by_name(gallery: Path) -> None:
    opened = PhotoChecker.open(gallery, declared_spouse_of="Budi", date=date(2028, 6, 1))
    assert opened.roster.context.declared_spouse_of == "budi"
    with pytest.raises(UnknownCandidateError):
        PhotoChecker.open(gallery, declared_spouse_of="Siapa")
    with pytest.raises(ValueError, match="gallery"):
        PhotoChecker.open(declared_spouse_of="budi")


def test_open_refuses_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(GalleryNotFoundError):
        PhotoChecker.open(tmp_path / "none.db")
    with pytest.raises(PolicyError):
        PhotoChecker.open(policy="no-such-pack")


def test_importing_the_package_is_light() -> None:
    heavy = ("numpy", "cv2", "PIL", "mediapipe", "onnxruntime", "rich", "click")
    code = f"import sys, vision, candidates; assert not set({heavy}) & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("faces", "width", "long_sides"),
    [
        pytest.param(5, 30, [2000, 4000], id="a distant group is looked at with all its pixels"),
        pytest.param(5, 90, [2000], id="large faces need no more"),
        pytest.param(3, 40, [2000], id="too few people for a group"),
        pytest.param(1, 30, [2000, 4000], id="one person so far away that hands would be lost"),
    ],
)
@pytest.mark.parametrize("given", ["bytes", "path", "stream", "array"])
def test_a_distant_group_gets_more_detail(
    tmp_path: Path, faces: int, width: int, long_sides: list[int], given: str
) -> None:
    pixels = np.full((300, 4000, 3), 90, np.uint8)
    path = tmp_path / "group.jpg"
    Image.fromarray(pixels).save(path)
    seen: list[int] = []
    found = [a_face(Box(100.0 * index, 50, width, width)) for index in range(faces)]
    fake = FakeEngines(faces=found, look=lambda shown: seen.append(shown.shape[1]))
    source = {"bytes": path.read_bytes(), "path": path, "stream": io.BytesIO(path.read_bytes()), "array": pixels}[given]
    result = a_checker(fake).check(source)
    assert seen == long_sides
    assert result.photo.size_wh == (4000, 300)
    assert result.faces[0].box.width == width * 4000 / long_sides[-1]


class Once(io.BytesIO):
    """A stream that cannot go back, as a pipe."""

    def seekable(self) -> bool:
        return False


def test_a_stream_that_cannot_go_back_gets_the_answer_of_its_file(tmp_path: Path) -> None:
    path = tmp_path / "group.jpg"
    Image.fromarray(np.full((300, 4000, 3), 90, np.uint8)).save(path)
    seen: list[int] = []
    faces = [a_face(Box(100.0 * index, 50, 30, 30)) for index in range(5)]
    fake = FakeEngines(faces=faces, hands=[PEACE], look=lambda shown: seen.append(shown.shape[1]))
    told = [a_checker(fake).check(source, name="a").to_dict() for source in (path, Once(path.read_bytes()))]
    assert seen == [2000, 4000] * 2
    assert [one | {"timings_ms": None} for one in told] == [told[0] | {"timings_ms": None}] * 2


@pytest.fixture
def decodes(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Return the sizes (width, height) at which files were decoded since."""
    sizes: list[tuple[int, int]] = []

    def counted(header: ImageHeader, reduce_by: int, target_wh: tuple[int, int]) -> np.ndarray:
        sizes.append(target_wh)
        return decode(header, reduce_by, target_wh)

    monkeypatch.setattr("vision.media.photo.decode", counted)
    return sizes


@pytest.mark.parametrize(
    ("faces", "sizes"),
    [
        pytest.param(1, [(2000, 150)], id="a portrait is decoded once"),
        pytest.param(5, [(2000, 150), (4000, 300)], id="a distant group once more, for a finer look"),
    ],
)
def test_whoever_draws_shows_the_pixels_that_were_judged(
    tmp_path: Path, decodes: list[tuple[int, int]], faces: int, sizes: list[tuple[int, int]]
) -> None:
    path = tmp_path / "group.jpg"
    Image.new("RGB", (4000, 300), (90, 90, 90)).save(path)
    found = [a_face(Box(100.0 * index, 50, 40, 40)) for index in range(faces)]

    def look(_: object) -> None:
        Image.new("RGB", (640, 480), (200, 0, 0)).save(path)  # somebody writes over the file meanwhile

    checked = a_checker(FakeEngines(faces=found, look=look)).check_file(path)
    assert not isinstance(checked, CheckError)
    result, file = checked
    assert result.photo.size_wh == file.size_wh == (4000, 300)
    assert file.first.shown(4000).shape == (*sizes[-1][::-1], 3)
    assert file.first.shown(1000).shape == (75, 1000, 3)
    assert np.abs(file.first.shown(1000).astype(int) - 90).max() <= 2
    assert decodes == sizes
    assert file.first.place == THE_PICTURE

"""The hand benchmark's case makers on tiny pictures, and each of its parts run once with a made-up engine."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from scripts.bench.hands import cost, sizes
from scripts.bench.hands import main as bench_hands
from scripts.bench.hands.bench import ENGINE, PLAIN, Engine, HandsBenchmark
from scripts.bench.hands.damage import DAMAGES, dark
from scripts.bench.hands.hosts import Host
from scripts.bench.hands.pasted import Person, find_people, free_place, paste_people
from scripts.bench.hands.raised import raise_hands
from scripts.bench.hands.real_scenes import FOLDER, REPORT, TUNING, Tally, by_height, halves, scored_signs
from scripts.bench.hands.sheet import Tile, crop_around, write_sheet
from scripts.bench.hands.table import share, table
from scripts.bench.hands.turns import SIDES, NamedTurn, TurnedCase, cases, right_share
from scripts.bench.hands.wear import stratified
from scripts.fixtures.rendering.shading import SKIN
from vision.geometry import Box
from vision.poses import Pose

GREY = np.full((240, 320, 3), 120, np.uint8)


@dataclass(frozen=True)
class FakeFace:
    box: Box


@dataclass(frozen=True)
class FakeHand:
    box: Box
    pose: Pose
    pose_score: float
    score: float


class FakeFinder:
    """Sees one face in the upper middle of every picture."""

    def find(self, pixels: NDArray[np.uint8]) -> Any:
        height, width = pixels.shape[:2]
        return (FakeFace(Box(width * 0.44, height * 0.25, width * 0.125, height * 0.17)),)

    def close(self) -> None:
        pass


class FakeReader:
    """Sees a victory sign at the left of every picture."""

    def read(self, pixels: NDArray[np.uint8], faces: Any) -> Any:
        return (FakeHand(Box(0, pixels.shape[0] / 2, 12, 20), Pose.PEACE_TWO, 0.85, 0.9),), ()

    def close(self) -> None:
        pass


class FakePlain:
    """Sees one hand, no sign, in every picture."""

    def __call__(self, path: Path) -> Any:
        return self.look(cv2.imread(str(path)))

    def look(self, pixels: NDArray[np.uint8]) -> Any:
        return [{"box": [10.0, 100.0, 30.0, 60.0], "pose": "none", "pose_score": 0.5, "score": 0.5}]

    def close(self) -> None:
        pass


def write(path: Path, pixels: np.ndarray = GREY) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), pixels)
    return path


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give a folder of grey pictures laid out like the shared data."""
    root = tmp_path / "data"
    for name in ("laptop_selfies/peace_two", "subhih_hands/four", "mmpose_tests/other_negative"):
        write(root / "hands" / name / "1.jpg")
    for name in ("wider_linzaer/1.jpg", "vhuman/2.jpg", "office/3.jpg", "scenes/party.jpg"):
        write(root / "groups" / name, np.full((800, 1000, 3), 120, np.uint8))
    write(root / "faces" / "lfw_strangers" / "Nobody" / "1.jpg")
    party = {"radius": 24, "faces": 1, "signs": [[6, 410, "peace_two"], [900, 500, "four"], [5, 5, "*"]]}
    (root / "groups" / "scenes.json").write_text(json.dumps({"scenes/party.jpg": party}))
    write(root / FOLDER / "village" / "grey.jpg")
    (root / FOLDER / "scenes.json").write_text(json.dumps({"village/grey.jpg": {"radius": 24, "signs": []}}))
    (root / FOLDER / "hand_px.json").write_text(json.dumps({"village/grey.jpg": []}))
    return root


@pytest.fixture
def bench(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> HandsBenchmark:
    monkeypatch.setattr(sizes, "PlainHands", FakePlain)
    monkeypatch.setattr(cost, "MEGAPIXELS", (0.1,))
    engine = Engine(FakeFinder(), FakeReader())
    return HandsBenchmark(data, {ENGINE: engine, PLAIN: FakePlain()}, out=tmp_path / "out")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "told", "files"),
    [
        pytest.param(
            "poses", ["quiet negatives 0/1", "== plain recipe"], ["poses.jsonl", "poses-plain.jsonl"], id="poses"
        ),
        pytest.param(
            "scenes",
            ["signs 2 found 1 flagged 1 named 1 faces 1/1", "1 of 1", "hand's height, px"],
            ["scenes.jsonl", "real_scenes.jsonl"],
            id="scenes",
        ),
        pytest.param("sizes", ["laptop_selfies", "found"], ["sizes.jsonl", "sizes-pasted.jpg"], id="sizes"),
        pytest.param("wear", ["JPEG quality 30", "half size"], ["wear.jpg"], id="wear"),
        pytest.param("quiet", ["office", "lfw_strangers", "signs per 100"], ["quiet.jsonl", "quiet.jpg"], id="quiet"),
        pytest.param("cost", ["people", "megapixels"], [], id="cost"),
        pytest.param("calibration", ["labelled pictures: 2 hands", "Brier"], [], id="calibration"),
    ],
)
def test_every_part_runs(
    bench: HandsBenchmark, part: str, told: list[str], files: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    bench_hands.PARTS[part](bench)
    shown = capsys.readouterr().out
    assert [words for words in told if words not in shown] == [], shown
    assert bench.out is not None
    assert [name for name in files if not (bench.out / name).is_file()] == []


def test_no_repository_is_in_both_halves() -> None:
    names = [
        f"{repository}/{n}.jpg" for repository, count in (("a", 1), ("b", 4), ("c", 3), ("d", 2)) for n in range(count)
    ]
    assert halves(names) == {"b": TUNING, "c": REPORT, "d": REPORT, "a": TUNING}
    assert halves(reversed(names)) == halves(names)


def test_what_is_said_of_marked_photos_is_counted() -> None:
    def answer(verdict: str, *hands: tuple[float, str]) -> dict[str, object]:
        boxes = [{"box": [x - 5, 95, 10, 10], "pose": pose} for x, pose in hands]
        return {"photo": {"width": 200}, "hands": boxes, "verdict": verdict}

    signs = [[200, 200, "thumb_up|one_index"], [300, 200, "ok"], [400, 200, "*"]]
    tally = Tally()
    tally.add(
        {"radius": 20, "size_wh": [400, 300], "signs": signs},
        answer("flag", (100, "thumb_up"), (150, "ily"), (199, "rock"), (20, "peace_two")),
    )
    tally.add({"radius": 20, "signs": []}, answer("review", (100, "palm_five"), (150, "fist")))
    tally.add({"radius": 20, "signs": [[9, 9, "*"]]}, answer("clear"))
    assert tally.cells() == ["2 / 2 / 2 / 1", "1 of 1", "1 of 2", 0, 2]
    assert tally.falsely == {"peace_two": 1, "palm_five": 1}


def test_scores_of_undecided_and_unmarked_hands_are_left_out() -> None:
    hands = [(100, "ok", 0.9), (200, "ok", 0.8), (300, "four", 0.7), (500, "peace_two", 0.6), (100, "fist", 0.5)]
    answer = {
        "photo": {"width": 900},
        "hands": [{"box": [x - 5, 95, 10, 10], "pose": pose, "pose_score": score} for x, pose, score in hands],
    }
    marks = {"radius": 20, "signs": [[100, 100, "ok"], [200, 100, "*"], [300, 100, "ily|rock"]]}
    assert scored_signs(marks, answer) == [(0.9, True), (0.7, False), (0.6, False)]
    assert scored_signs(marks | {"unmarked_signs": True}, answer) == [(0.9, True), (0.7, False)]


def test_marked_signs_are_counted_by_the_hands_height() -> None:
    def answer(*hands: tuple[float, str]) -> dict[str, object]:
        boxes = [{"box": [x - 5, 95, 10, 10], "pose": pose} for x, pose in hands]
        return {"photo": {"width": 900}, "hands": boxes, "verdict": "flag"}

    near = {"radius": 20, "signs": [[100, 100, "ok"], [200, 100, "*"], [300, 100, "ily|rock"], [400, 100, "call"]]}
    far = {"radius": 20, "signs": [[100, 100, "four"], [200, 100, "four"]]}
    lines = by_height(
        {"a/1.jpg": near, "b/2.jpg": far, "c/not_asked.jpg": far},
        {"a/1.jpg": [96, 500, 24, 23], "b/2.jpg": [23, 40]},
        {"a/1.jpg": answer((100, "ok"), (200, "ok"), (300, "four")), "b/2.jpg": answer((100, "four"), (200, "fist"))},
    ).splitlines()
    assert [line.split() for line in lines[1:]] == [
        ["under", "24", "2", "1", "1", "1"],
        ["24-32", "1", "1", "1", "0"],
        ["32-48", "1", "1", "0", "0"],
        ["48-96", "0", "0", "0", "0"],
        ["over", "96", "1", "1", "1", "1"],
    ]
    with pytest.raises(ValueError, match="zip"):
        by_height({"b/2.jpg": far}, {"b/2.jpg": [23]}, {"b/2.jpg": answer()})


@pytest.mark.slow
def test_turns_run(bench: HandsBenchmark, capsys: pytest.CaptureFixture[str]) -> None:
    few = HandsBenchmark(bench.data, bench.recipes, every=len(cases()) // 2)
    bench_hands.PARTS["turns"](few)
    shown = capsys.readouterr().out
    assert "worst skin" in shown
    assert "worst cell" in shown


def test_kept_answers_are_named_as_the_scoring_tool_wants(bench: HandsBenchmark) -> None:
    bench_hands.PARTS["poses"](bench)
    assert bench.out is not None
    lines = [json.loads(line) for line in (bench.out / "poses.jsonl").read_text().splitlines()]
    assert [line["photo"]["name"] for line in lines] == [
        "laptop_selfies/peace_two/1.jpg",
        "mmpose_tests/other_negative/1.jpg",
        "subhih_hands/four/1.jpg",
    ]
    assert {hand["pose"] for line in lines for hand in line["hands"]} == {"peace_two"}


@pytest.mark.parametrize(
    "arguments",
    [pytest.param(["nothing"], id="unknown part"), pytest.param(["poses", "--every", "0"], id="every nought")],
)
def test_wrong_calls_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        bench_hands.main(["data", *arguments])
    assert "usage" in capsys.readouterr().err


def test_a_table_is_aligned() -> None:
    assert table(["name", "n", "right"], [["long name", 5, 0.5], ["b", 10, float("nan")]]).splitlines() == [
        "name        n  right",
        "long name   5  0.500",
        "b          10      -",
    ]
    assert np.isnan(share(1, 0))


def person(path: Path) -> Person:
    return Person(write(path), hand=Box(10, 100, 30, 60), face=Box(150, 60, 40, 50))


def test_people_are_shrunk_and_the_hand_stays_where_it_is(tmp_path: Path) -> None:
    picture = GREY.copy()
    picture[100:160, 10:40] = (0, 0, 255)
    somebody = person(tmp_path / "a_set" / "peace_two" / "1.png")
    write(somebody.path, picture)
    host = Host("group/1.jpg", np.full((600, 1000, 3), 30, np.uint8), (Box(400, 200, 30, 30),))
    scenes = list(paste_people([somebody], [host], seed=1))
    signs = [sign for scene in scenes for sign in scene.signs]
    assert sorted(int(sign.size_px) // 24 for sign in signs) in ([1, 1, 2], [1, 1, 3]), "one in each size class"
    for scene in scenes:
        for sign in scene.signs:
            assert sign.box.intersection(host.faces[0]) == 0
            x, y = map(int, sign.box.center_xy)
            red, green, _ = scene.pixels[y, x].astype(int)
            assert red - green > 150, "the red hand lies in the middle of its box"
            assert (sign.label, sign.source) == ("peace_two", "a_set")
    again = list(paste_people([somebody], [host], seed=1))
    assert all((a.pixels == b.pixels).all() for a, b in zip(scenes, again, strict=True))


def test_nobody_is_pasted_where_nobody_would_stand(tmp_path: Path) -> None:
    giants = Host("group/1.jpg", np.full((600, 1000, 3), 30, np.uint8), (Box(400, 100, 400, 400),))
    assert list(paste_people([person(tmp_path / "s" / "ok" / "1.png")], [giants], seed=1)) == []


def test_only_one_hand_and_a_face_make_a_person(tmp_path: Path) -> None:
    path = write(tmp_path / "s" / "ok" / "1.jpg")
    engine = Engine(FakeFinder(), FakeReader())
    (found,) = find_people([path], engine, FakePlain())
    assert found.hand == Box(10, 100, 30, 60)
    two = FakePlain()
    two.look = lambda pixels: FakePlain().look(pixels) * 2  # type: ignore[method-assign]
    assert find_people([path], engine, two) == []


def test_a_place_touches_nothing_taken() -> None:
    rng = np.random.default_rng(0)
    left_half = [Box(0, 0, 50, 100)]
    place = free_place((100, 100), (40, 40), left_half, rng)
    assert place is not None
    assert place.left >= 50
    assert free_place((100, 100), (60, 40), left_half, rng) is None
    assert free_place((100, 100), (120, 40), [], rng) is None


@pytest.mark.slow
def test_hands_are_raised_beside_a_face_and_cover_none() -> None:
    faces = (Box(200, 120, 40, 40), Box(420, 120, 40, 40))
    host = Host("group/1.jpg", np.full((500, 640, 3), 150, np.uint8), faces)
    scenes = {scene.name: scene for scene in raise_hands([host], seed=4)}
    scene = scenes["raised-0-group/1.jpg"]  # the one at full size
    (sign,) = scene.signs
    assert sign.source == "group"
    assert 20 <= sign.size_px <= 60
    assert all(sign.box.intersection(face) == 0 for face in faces)
    inside = scene.pixels[int(sign.box.top) : int(sign.box.bottom), int(sign.box.left) : int(sign.box.right)]
    assert inside.std() > 5, "something was drawn there"
    top = scene.pixels[: int(sign.box.top) - 30]
    assert abs(top.astype(int) - 150).max() <= 3, "and nothing elsewhere"


def test_faces_too_small_for_a_visible_hand_raise_none() -> None:
    host = Host("group/1.jpg", np.full((200, 300, 3), 150, np.uint8), (Box(100, 50, 9, 9),))
    assert list(raise_hands([host], seed=4)) == []


@pytest.mark.parametrize("name", DAMAGES)
def test_damages_are_repeatable_pictures(name: str) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (60, 80, 3)).astype(np.uint8)
    one, two = (DAMAGES[name](picture, np.random.default_rng(3)) for _ in range(2))
    assert one.dtype == np.uint8
    assert (one == two).all()
    assert one.shape == ((30, 40, 3) if name == "half size" else (60, 80, 3))
    assert np.array_equal(one, picture) == (name == "as is")


def test_a_dark_photo_has_a_tenth_of_the_light() -> None:
    white = np.full((50, 50, 3), 255, np.uint8)
    assert dark(white, np.random.default_rng(0)).mean() == pytest.approx(255 * 0.1 ** (1 / 2.2), abs=1)


def test_turns_meet_every_cell_and_share_out_skin_tones() -> None:
    turns = cases()
    assert len({turn.seed for turn in turns}) == len(turns)
    counts = [sum(turn.tone == tone for turn in turns) for tone in SKIN]
    assert max(counts) - min(counts) <= len(SKIN)
    assert min(Counter((turn.tone, turn.pose) for turn in turns if turn.roll == 0).values()) >= 3
    assert all(abs(turn.roll) <= 30 for turn in turns if turn.pose.startswith("thumb"))
    assert {turn.side for turn in turns} == set(SIDES)


def test_a_cell_counts_its_own_cases() -> None:
    def named(side: str, right: bool) -> NamedTurn:
        return NamedTurn(TurnedCase("ok", side, 0, "upright", "tan", 1), right, wrong=False)

    results = [named("palm", True), named("palm", False), named("back", False)]
    assert right_share(results, side="palm") == 0.5
    assert right_share(results, side="back", roll=0) == 0
    assert np.isnan(right_share(results, roll=30))


def test_a_sample_is_spread_over_a_labels_files(tmp_path: Path) -> None:
    for index in range(12):
        write(tmp_path / "laptop_selfies" / "ok" / f"{index:02}.jpg")
    write(tmp_path / "laptop_selfies" / "other_negative" / "0.jpg")
    assert [path.stem for path in stratified(tmp_path)] == ["00", "02", "04", "06", "08", "10"]


def test_a_crop_at_the_edge_is_filled_with_black(tmp_path: Path) -> None:
    crop = crop_around(np.full((40, 40, 3), 200, np.uint8), Box(-10, 10, 20, 20), 1)
    assert crop[90, 30].tolist() == [0, 0, 0]
    assert crop[90, 150].tolist() == [200, 200, 200]
    write_sheet([Tile(crop, ("one", "two"))] * 9, tmp_path / "new" / "sheet.jpg")
    assert cv2.imread(str(tmp_path / "new" / "sheet.jpg")).shape[0] == 2 * 210


def test_the_line_of_cost_is_fitted() -> None:
    base, each = cost.fitted_line([1, 2, 5], [110, 120, 150])
    assert (base, each) == (pytest.approx(100), pytest.approx(10))

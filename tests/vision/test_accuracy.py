"""Accuracy floors on real pictures: the suite fails when hands or faces are found or named less well than measured.

Every floor is what was measured (said beside it) less about two pictures, the processor's rounding. Pictures are from
sets that no part of the training saw; `docs/accuracy.md` has the full figures, these are every sixth picture.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from scripts.bench.faces.open_set import Group, measured
from scripts.bench.faces.politicians import SHOWN, Namer, enrolled, one_portrait_each
from scripts.bench.faces.vectors import People, people_of
from scripts.bench.faces.wear import open_portraits, tilted
from scripts.bench.hands import sizes
from scripts.bench.hands.bench import ENGINE, HandsBenchmark
from scripts.bench.hands.main import Engine, score_scenes
from scripts.bench.hands.metric import REPORT_SETS, SELFIES, Score, labelled_pictures, part_of
from scripts.bench.hands.real_scenes import REPORT, Tally, answers, halves, marked_scenes
from vision.faces import FaceFinder
from vision.media.photo import open_photo

pytestmark = [pytest.mark.slow, pytest.mark.shared]

QUIET_SETS = ("mmpose_tests", "openpose_coco")
"""Everyday photos of people, no sign in them."""


@pytest.fixture(scope="module")
def look() -> Iterator[Engine]:
    engine = Engine()
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def finder() -> Iterator[FaceFinder]:
    with FaceFinder() as opened:
        yield opened


@pytest.fixture(scope="module")
def score(look: Engine, shared: Path) -> Score:
    """Give the metric over every sixth picture of the sets that nothing was trained on, and half of the quiet ones."""
    counted = Score()
    pictures = labelled_pictures(shared / "hands", set(REPORT_SETS) - set(QUIET_SETS), every=6)
    for path in [*pictures, *labelled_pictures(shared / "hands", QUIET_SETS, every=2)]:
        counted.add("/".join(path.parts[-3:]), (hand["pose"] for hand in look(path)))
    return counted


def test_signs_are_named(score: Score) -> None:
    """Measured .978 over 84 pictures of 14 labels; a picture weighs .007 to .036."""
    assert sum(tally.pictures for tally in score.labels.values()) == 84
    assert score.macro_recall >= 0.95, "\n".join(score.lines())


def test_no_other_sign_is_named(score: Score) -> None:
    """Measured 2 of 84: an open hand that keeps the thumb in is a four."""
    assert score.wrong_signs <= 4 / 84, "\n".join(score.lines())


def test_people_without_a_sign_stay_quiet(score: Score) -> None:
    """Measured 2 of 19 everyday photos of people in which a sign is named."""
    assert score.negatives == 19
    assert score.negatives - score.quiet <= 4, "\n".join(score.lines())


@pytest.fixture(scope="module")
def selfies(look: Engine, shared: Path) -> Score:
    """Give the metric over every second selfie and finger heart that nothing was trained on."""
    counted = Score()
    unseen = [path for path in labelled_pictures(shared / "hands", SELFIES) if part_of(path) == "selfies"]
    for path in unseen[::2]:
        counted.add("/".join(path.parts[-3:]), (hand["pose"] for hand in look(path)))
    return counted


def test_signs_of_selfies_are_named(selfies: Score) -> None:
    """Measured 16 of 19 hearts, 77 of 85 other signs, one of them called by another name, no fist called a sign."""
    hearts, others = selfies.sets["web_finger_hearts"], selfies.sets["hagrid_sample"]
    assert (hearts.pictures, others.pictures) == (19, 85)
    assert hearts.right >= 15, "\n".join(selfies.lines())
    assert others.right >= 75 and others.wrong <= 3, "\n".join(selfies.lines())
    assert selfies.labels["fist"].right == selfies.labels["fist"].pictures


def test_thumbs_of_a_graduation(look: Engine, shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """44 marked thumbs of 22 to 30 pixels among 47 people; measured 35 found, 32 taken for a sign, 32 for a thumb."""
    score_scenes(shared / "groups", look, [])
    told = capsys.readouterr().out
    counts = re.search(r"graduation.jpg: signs (\d+) found (\d+) flagged (\d+) named (\d+)", told)
    assert counts is not None, told
    signs, found, flagged, named = map(int, counts.groups())
    assert signs == 44
    assert (found >= 34, flagged >= 30, named >= 30) == (True, True, True), told


def test_real_groups(shared: Path) -> None:
    """The half of the marked group photos that nothing is tuned on: 28 photos, 189 signs.

    Measured 150 flagged and 147 named, 18 of 19 photos with a sign not clear, all 9 quiet ones clear, 7 false signs.
    """
    marked = marked_scenes(shared)
    half = halves(marked)
    told = answers(shared, [name for name in marked if half[name.split("/")[0]] == REPORT])
    tally = Tally()
    for name, answer in told.items():
        tally.add(marked[name], answer)
    assert (tally.signs, tally.photos_with, tally.quiet) == (189, 19, 9)
    assert tally.flagged >= 146 and tally.named >= 143, tally
    assert tally.with_not_clear >= 17, tally
    assert tally.quiet_clear >= 8 and tally.quiet_flagged == 0, tally
    assert tally.falsely.total() <= 9, tally


def test_small_hands_in_groups(look: Engine, shared: Path) -> None:
    """People and raised arms put into group photos; measured 26 of 27 found and named rightly, none wrongly."""
    outcomes = sizes.outcomes(HandsBenchmark(shared, {ENGINE: look}, every=12))[ENGINE]
    small = [outcome for outcome in outcomes if 24 <= outcome.sign.size_px < 48]
    found, right, wrong = (sum(getattr(one, name) for one in small) for name in ("found", "right", "wrong"))
    assert len(small) == 27
    assert (found >= 24, right >= 24, wrong <= 2) == (True, True, True), (found, right, wrong)


@pytest.mark.parametrize(
    ("photo", "missed", "more"),
    [
        pytest.param("vhuman/group-4.jpg", 0, 1, id="five large faces"),
        pytest.param("vhuman/stock-group-2.jpg", 0, 2, id="four with raised arms, and two in the dark behind them"),
        pytest.param("wider_linzaer/16.jpg", 1, 1, id="nine"),
        pytest.param("wider_linzaer/11.jpg", 2, 1, id="26 of 52 px"),
    ],
)
def test_faces_of_a_group(finder: FaceFinder, shared: Path, photo: str, missed: int, more: int) -> None:
    """Counted by eye; all are found as measured, `missed` and `more` are what rounding and uncounted people may do."""
    with (shared / "groups/counts.csv").open(encoding="utf-8", newline="") as rows:
        expected = next(int(row["faces"]) for row in csv.DictReader(rows) if row["file"] == photo)
    found = len(finder.find(open_photo(shared / "groups" / photo).pixels))
    assert expected - missed <= found <= expected + more


def test_people_in_masks(finder: FaceFinder, shared: Path) -> None:
    """Every third of 103 photos; measured 34 of 35 with a face found, of all 96 of 103."""
    photos = sorted(path for path in (shared / "groups/masked_faces").rglob("*") if path.is_file())[::3]
    assert len(photos) == 35
    assert sum(bool(finder.find(open_photo(photo).pixels)) for photo in photos) >= 32


def test_leaning_heads(finder: FaceFinder, shared: Path) -> None:
    """Portraits tilted by 40 degrees; measured 34 of 35, and 67 of 69 with others."""
    people = sorted((shared / "faces/lfw").iterdir())[1::6]
    portraits = open_portraits(sorted(person.iterdir())[0] for person in people)
    tilt = tilted(40)
    leaning = [tilt(portrait, np.random.default_rng(at)) for at, portrait in enumerate(portraits)]
    assert len(leaning) == 35
    found = [any(face.box.iou(one.face) > 0.25 for face in finder.find(one.pixels)) for one in leaning]
    assert sum(found) >= 33


def test_close_ups_of_hands_hold_no_faces(finder: FaceFinder, shared: Path) -> None:
    """Measured 0 of 36 renders on plain and blurred grounds."""
    photos = (
        sorted((shared / "hands/rendered").rglob("*.jpg"))[::16]
        or sorted((shared / "hands/rendered").rglob("*.png"))[::16]
    )
    assert len(photos) >= 30
    assert sum(len(finder.find(open_photo(photo).pixels)) for photo in photos) <= 1


def test_politicians_in_pairs(finder: FaceFinder, shared: Path) -> None:
    """One portrait each, as a campaign team would send; a portrait cut from a photo says nothing about that photo."""
    portraits, namer = one_portrait_each(shared / "faces/politicians"), Namer(finder)
    right, fair, strangers = 0, 0, []
    with enrolled(portraits) as index:
        for photo in sorted((shared / "groups/politician_pairs").iterdir()):
            there = {SHOWN[part] for part in photo.stem.split("_")[1:]}
            named = {match.candidate.name for match in namer.matches(index, photo)}
            right += len(there & named)
            fair += len({name for name in there & named if portraits[name][0].stem != f"{photo.stem}_crop"})
            strangers += [(photo.stem, name) for name in named - there]
    assert strangers == [], "named, but not in the photo"
    assert right >= 15  # measured 16 of 16
    assert fair >= 10  # measured 11 of 11: enrolled from another photo


def test_people_of_a_sitcom(finder: FaceFinder, shared: Path) -> None:
    portraits = {
        folder.name: sorted(folder.iterdir()) for folder in sorted((shared / "faces/sitcom_gallery").iterdir())
    }
    namer = Namer(finder)
    with enrolled(portraits) as index:
        scenes = sorted((shared / "groups/sitcom_scenes").glob("*.jpg"))
        named = {photo.stem: [match.candidate.name for match in namer.matches(index, photo)] for photo in scenes}
    assert all(len(names) == len(set(names)) for names in named.values()), "nobody is there twice"
    assert sum(map(len, named.values())) >= 20, named  # measured 22


@pytest.fixture(scope="module")
def people(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, People]:
    """Give the faces of people whom nothing was fitted to, by set, of the larger sets every eighth to sixteenth."""
    cache = tmp_path_factory.mktemp("faces")
    steps = {"indonesians": 1, "asian_celebrities": 8, "asian_strangers": 8, "lfw": 12, "lfw_strangers": 16}
    return {
        name: people_of(shared / "faces" / name, cache, sorted((shared / "faces" / name).iterdir())[1 % step :: step])
        for name, step in steps.items()
    }


@pytest.mark.parametrize(
    ("group", "enrolled", "fpir", "strong_fpir", "fnir"),
    [
        pytest.param("indonesians", 5, 0.03, 0.003, 0.03, id="Indonesian students among their fellow students"),
        pytest.param("asian_celebrities", 10, 0.01, 0.003, 0.25, id="East Asian celebrities"),
        pytest.param("lfw", 15, 0.01, 0.003, 0.08, id="people of American news photos"),
    ],
)
def test_strangers_are_not_named_and_people_are(
    people: dict[str, People], group: str, enrolled: int, fpir: float, strong_fpir: float, fnir: float
) -> None:
    """Measured on these people: see docs/accuracy.md for the whole sets."""
    others = {"asian_celebrities": "asian_strangers", "lfw": "lfw_strangers"}.get(group)
    references = None if group == "lfw" else 3
    rates = measured(
        Group(group, people[group], people[others] if others else {}, (enrolled,), references=references), enrolled
    )
    assert rates.fpir <= fpir
    assert rates.strong_fpir <= strong_fpir
    assert rates.fnir <= fnir
    assert rates.misnamed <= 0.005

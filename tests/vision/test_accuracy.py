"""Accuracy floors on real pictures: the suite fails when hands or faces are found or named less well than measured.

Every floor is what was measured (said beside it) less about two pictures, the processor's rounding. Pictures are from
sets that no part of the training saw; `docs/accuracy.md` has the full figures, these are every sixth picture.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from candidates import Strength
from scripts.bench_hands import Engine, score_scenes
from scripts.face_bench.open_set import scenes
from scripts.face_bench.politicians import SHOWN, Namer, enrolled, one_portrait_each
from scripts.hand_bench import sizes
from scripts.hand_bench.bench import ENGINE, Bench
from scripts.hand_metric import REPORT_SETS, Score, labelled_pictures
from scripts.lfw_vectors import vectors_of
from vision.faces import FaceFinder
from vision.photo import open_photo

pytestmark = pytest.mark.shared

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
    """Measured 5 of 19 everyday photos of people in which a sign is named."""
    assert score.negatives == 19
    assert score.negatives - score.quiet <= 6, "\n".join(score.lines())


def test_thumbs_of_a_graduation(look: Engine, shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """44 marked thumbs of 22 to 30 pixels among 47 people; measured 36 found, 29 taken for a sign, 29 for a thumb."""
    score_scenes(shared / "groups", look, [])
    told = capsys.readouterr().out
    counts = re.search(r"graduation.jpg: signs (\d+) found (\d+) flagged (\d+) named (\d+)", told)
    assert counts is not None, told
    signs, found, flagged, named = map(int, counts.groups())
    assert signs == 44
    assert (found >= 34, flagged >= 27, named >= 27) == (True, True, True), told


def test_small_hands_in_groups(look: Engine, shared: Path) -> None:
    """People and raised arms put into group photos; measured 25 of 27 found, 23 named rightly, none wrongly."""
    outcomes = sizes.outcomes(Bench(shared, {ENGINE: look}, every=12))[ENGINE]
    small = [outcome for outcome in outcomes if 24 <= outcome.sign.size_px < 48]
    found, right, wrong = (sum(getattr(one, name) for one in small) for name in ("found", "right", "wrong"))
    assert len(small) == 27
    assert (found >= 23, right >= 21, wrong <= 2) == (True, True, True), (found, right, wrong)


@pytest.mark.parametrize(
    ("photo", "missed"),
    [
        pytest.param("vhuman/group-4.jpg", 0, id="five large faces"),
        pytest.param("vhuman/stock-group-2.jpg", 0, id="four with raised arms"),
        pytest.param("wider_linzaer/16.jpg", 1, id="nine"),
        pytest.param("wider_linzaer/11.jpg", 2, id="26 of 52 px"),
    ],
)
def test_faces_of_a_group(finder: FaceFinder, shared: Path, photo: str, missed: int) -> None:
    """Counted by eye; all are found as measured, `missed` is what rounding may cost."""
    with (shared / "groups/counts.csv").open(encoding="utf-8", newline="") as rows:
        expected = next(int(row["faces"]) for row in csv.DictReader(rows) if row["file"] == photo)
    found = len(finder.find(open_photo(shared / "groups" / photo).pixels))
    assert expected - missed <= found <= expected + 1


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


def test_a_hundred_people_among_strangers(shared: Path) -> None:
    """People whom nothing was fitted to, 103 of them with three references, and every second stranger.

    Measured: of 300 strangers 4 named, one strongly, where 3 and half a one are put up with; of 233 further photos of
    the people 12 missed.
    """
    people = vectors_of(sorted((shared / "faces/lfw").iterdir())[1::2])
    strangers = vectors_of(sorted((shared / "faces/lfw_strangers").iterdir())[1::4])
    (scene,) = islice(scenes(people, strangers, len(people)), 1)
    index = scene.index()
    named = [index.match(face[None])[0] for face in scene.strangers]
    own = [(name, index.match(face[None])[0]) for name, faces in scene.own for face in faces]
    missed = sum(match is None or match.candidate.id != name for name, match in own)
    assert (len(named), len(own)) == (300, 233)
    assert sum(match is not None for match in named) <= 6
    assert sum(match is not None and match.strength is Strength.STRONG for match in named) <= 2
    assert missed <= 15

"""Accuracy floors on real pictures: the suite fails when hands or faces are found or named less well than measured.

Every floor is what was measured (said beside it) less about two pictures, the processor's rounding. Pictures are from
sets that no part of the training saw; `docs/accuracy.md` has the full figures, these are every sixth picture.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from candidates import Gallery, Index, import_table
from scripts.bench_hands import Engine, score_scenes
from scripts.hand_bench import sizes
from scripts.hand_bench.bench import ENGINE, Bench
from scripts.hand_metric import REPORT_SETS, Score, labelled_pictures
from vision.enrolment import Enroller
from vision.faces import MODEL_ID, FaceEmbedder, FaceFinder
from vision.photo import open_photo

pytestmark = pytest.mark.shared

QUIET_SETS = ("mmpose_tests", "openpose_coco")
"""Everyday photos of people, no sign in them."""

PAIRED = {
    "anies": "Anies Baswedan",
    "ganjar": "Ganjar Pranowo",
    "gibran": "Gibran Rakabuming",
    "jokowi": "Joko Widodo",
    "mahfud": "Mahfud MD",
    "maruf": "Maruf Amin",
    "muhaimin": "Muhaimin Iskandar",
    "prabowo": "Prabowo Subianto",
    "sandi": "Sandiaga Uno",
}
"""How the files of `groups/politician_pairs` call the people who are in them."""


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


def named_in(gallery_path: Path, folder: Path, finder: FaceFinder) -> dict[str, list[str]]:
    """Return the names told of the faces in each photo of a folder, matched as in a check."""
    embedder = FaceEmbedder()
    with Gallery.open(gallery_path, read_only=True) as gallery:
        people = [person.id for person in gallery.people()]
        index = Index.from_gallery(gallery, model_id=MODEL_ID, in_scope_ids=people)
    named = {}
    for path in sorted(folder.glob("*.jpg")):
        pixels = open_photo(path).pixels
        matches = index.match(embedder.embed(pixels, finder.find(pixels)))
        named[path.stem] = sorted(match.candidate.name for match in matches if match is not None)
    return named


def enrolled(tmp_path: Path, portraits: dict[str, list[Path]]) -> Path:
    """Register people as the product does, from a table; return the gallery."""
    table, gallery_path = tmp_path / "people.csv", tmp_path / "gallery.db"
    with table.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["name", "role", "photos"])
        rows.writerows([name, "candidate", "|".join(map(str, paths))] for name, paths in portraits.items())
    with Enroller() as enroller, Gallery.open(gallery_path, create=True) as gallery:
        report = import_table(gallery, table, enroller.describe, model_id=MODEL_ID)
    assert (report.added, report.rejected) == (len(portraits), 0), report.problems
    return gallery_path


def test_politicians_in_pairs(finder: FaceFinder, shared: Path, tmp_path: Path) -> None:
    """One portrait each, as a campaign team would send; a portrait cut from a photo says nothing about that photo."""
    portraits = {}
    for folder in sorted((shared / "faces/politicians").iterdir()):
        whole_first = sorted(folder.iterdir(), key=lambda path: (path.stem.endswith("_crop"), path.name))
        portraits[folder.name.replace("_", " ")] = whole_first[:1]
    named = named_in(enrolled(tmp_path, portraits), shared / "groups/politician_pairs", finder)
    right, fair, strangers = 0, 0, []
    for photo, names in named.items():
        there = {PAIRED[part] for part in photo.split("_")[1:]}
        others = {name for name in there if portraits[name][0].stem != f"{photo}_crop"}
        right += len(there & set(names))
        fair += len(others & set(names))
        strangers += [(photo, name) for name in names if name not in there]
    assert strangers == [], "named, but not in the photo"
    assert right >= 14, named  # measured 16 of 16
    assert fair >= 10, named  # measured 11 of 11: enrolled from another photo


def test_people_of_a_sitcom(finder: FaceFinder, shared: Path, tmp_path: Path) -> None:
    portraits = {
        folder.name: sorted(folder.iterdir()) for folder in sorted((shared / "faces/sitcom_gallery").iterdir())
    }
    named = named_in(enrolled(tmp_path, portraits), shared / "groups/sitcom_scenes", finder)
    assert all(len(names) == len(set(names)) for names in named.values()), "nobody is there twice"
    assert sum(map(len, named.values())) >= 20, named  # measured 22

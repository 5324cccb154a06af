"""Which face of a photo is meant: what people write, what the gallery remembers, and two people of one poster."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from candidates import Gallery, export, import_archive, import_folder, import_source
from candidates.choosing import FaceChoice, face_word, face_words, place_of, place_text
from candidates.errors import BadRowError
from candidates.health import examine
from candidates.transfer.reembedding import reembed

PLACES = {"left": (0.1, 0.2, 0.2, 0.3), "right": (0.6, 0.2, 0.2, 0.3), "": (0.3, 0.2, 0.2, 0.3)}


@dataclass(frozen=True)
class Template:
    embedding: Any
    photo_sha256: str
    photo_name: str
    model_id: str
    place: tuple[float, float, float, float]
    size_px: float = 120.0
    sharpness: float = 20.0


@dataclass
class Poster:
    """Describes photos by their bytes and the face that is asked for; a place that is known wins."""

    model_id: str = "fake-model"
    asked: list[FaceChoice] = field(default_factory=list)

    def __call__(self, photo: Path | bytes, /, *, name: str | None = None, face: FaceChoice | None = None) -> Template:
        data = photo if isinstance(photo, bytes) else photo.read_bytes()
        choice = face or FaceChoice()
        self.asked.append(choice)
        word = next((one for one, place in PLACES.items() if place == choice.place), choice.word)
        seed = int.from_bytes(data + word.encode(), "big") % 2**32
        vector = np.random.default_rng(seed).normal(size=128)
        unit = (vector / np.linalg.norm(vector)).astype(np.float32)
        return Template(unit, "", name or "", self.model_id, PLACES[word])


@pytest.fixture
def gallery(tmp_path: Path) -> Any:
    with Gallery.open(tmp_path / "g.db", create=True) as opened:
        yield opened


@pytest.mark.parametrize(
    ("written", "word"),
    [
        ("", ""),
        ("Kiri", "left"),
        ("kanan ", "right"),
        ("left", "left"),
        ("TERBESAR", "largest"),
        ("2,0", "2"),
        ("03", "3"),
    ],
)
def test_what_people_write(written: str, word: str) -> None:
    assert face_word(written) == word


@pytest.mark.parametrize("written", ["tengah", "0", "100", "-1", "kiri kanan"])
def test_anything_else_says_what_may_be_written(written: str) -> None:
    with pytest.raises(BadRowError, match="left, right, largest or the number") as caught:
        face_word(written)
    assert "kiri, kanan, terbesar" in caught.value.text("id")


def test_one_word_is_for_all_photos_and_several_are_one_each() -> None:
    assert face_words("kiri", 3) == ("left",) * 3
    assert face_words("kiri||2", 3) == ("left", "", "2")
    with pytest.raises(BadRowError, match="there are 3 photos and 2 faces"):
        face_words("kiri|kanan", 3)


def test_a_place_is_kept_as_text() -> None:
    assert place_of(place_text((0.1, -0.02, 0.25, 1.0))) == (0.1, -0.02, 0.25, 1.0)
    assert [place_of(text) for text in ("", None, "a b c d", "0.1 0.2")] == [None] * 4


def table(tmp_path: Path, rows: str, header: str = "nama;foto;wajah") -> Path:
    (tmp_path / "pasangan.jpg").write_bytes(b"poster")
    (tmp_path / "ani.jpg").write_bytes(b"ani")
    path = tmp_path / "calon.csv"
    path.write_text(f"{header}\n{rows}\n", "utf-8")
    return path


def test_a_pair_on_one_poster_is_registered_face_by_face(gallery: Gallery, tmp_path: Path) -> None:
    source = table(tmp_path, "Ani;pasangan.jpg;kiri\nBudi;pasangan.jpg;kanan\nAni;ani.jpg;")
    engine = Poster()
    report = import_source(gallery, source, engine)
    assert (report.added, report.updated, report.rejected) == (2, 1, 0)
    (poster, alone), (mate,) = gallery.references("ani"), gallery.references("budi")
    assert [(one.face, one.place) for one in (poster, alone, mate)] == [
        ("left", PLACES["left"]),
        ("", PLACES[""]),
        ("right", PLACES["right"]),
    ]
    assert poster.photo_sha256 == mate.photo_sha256
    before = len(engine.asked)
    assert import_source(gallery, source, engine).unchanged == 3 and len(engine.asked) == before
    health = examine(gallery, model_id="fake-model")
    assert not [one for one in health.findings if one.code == "same_person.photo"], "two faces, two people"


def test_another_choice_takes_the_place_of_the_first(gallery: Gallery, tmp_path: Path) -> None:
    import_source(gallery, table(tmp_path, "Ani;pasangan.jpg;kiri"), Poster())
    report = import_source(gallery, table(tmp_path, "Ani;pasangan.jpg;kanan"), Poster())
    assert report.updated == 1
    assert [one.face for one in gallery.references("ani")] == ["right"]


def test_the_same_face_for_two_people_is_refused_with_what_to_do(gallery: Gallery, tmp_path: Path) -> None:
    import_source(gallery, table(tmp_path, "Ani;pasangan.jpg;kiri"), Poster())
    told: list[Any] = []
    for word in ("kiri", ""):
        import_source(gallery, table(tmp_path, f"Budi;pasangan.jpg;{word}"), Poster(), on_row=told.append)
    assert [one.reason.code for one in told] == ["photos.of_another"] * 2
    assert all("kiri, kanan, nomor" in one.reason.text("id") for one in told)


def test_the_choice_survives_another_model_and_another_machine(gallery: Gallery, tmp_path: Path) -> None:
    source = table(tmp_path, "Ani;pasangan.jpg;kiri\nBudi;pasangan.jpg;kanan")
    import_source(gallery, source, Poster())
    engine = Poster("new-model")
    reembed(gallery, [tmp_path], engine, model_id="new-model")
    assert set(engine.asked) == {FaceChoice("left", PLACES["left"]), FaceChoice("right", PLACES["right"])}
    assert {(one.person, one.face) for one in gallery.references()} == {("ani", "left"), ("budi", "right")}
    export(gallery, tmp_path / "all.zip", folders=[tmp_path])
    for model in ("new-model", "third-model"):
        with Gallery.open(tmp_path / f"{model}.db", create=True) as other:
            report = import_archive(other, tmp_path / "all.zip", Poster(model), model_id=model)
            assert (report.added, report.rejected) == (2, 0)
            assert {(one.person, one.face, one.place) for one in other.references()} == {
                ("ani", "left", PLACES["left"]),
                ("budi", "right", PLACES["right"]),
            }


def test_in_folders_the_file_name_says_it(gallery: Gallery, tmp_path: Path) -> None:
    for name, photo in (("Ani", "poster@kiri.jpg"), ("Budi", "poster@2.jpg"), ("Cici", "cici@home.jpg")):
        (tmp_path / "f" / name).mkdir(parents=True)
        (tmp_path / "f" / name / photo).write_bytes(photo[:6].encode())
    engine = Poster()
    PLACES["2"] = PLACES["right"]
    try:
        import_folder(gallery, tmp_path / "f", engine)
    finally:
        del PLACES["2"]
    assert [one.face for one in gallery.references()] == ["left", "2", ""]


def test_a_gallery_of_the_version_before_opens_and_learns(tmp_path: Path, make_reference: Callable[..., Any]) -> None:
    from candidates import Candidate

    path = tmp_path / "old.db"
    with Gallery.open(path, create=True) as made:
        made.put(Candidate("ani", "Ani"), [make_reference("ani", "a")])
    connection = sqlite3.connect(path)
    connection.executescript(
        "ALTER TABLE templates DROP COLUMN face; ALTER TABLE templates DROP COLUMN place;"
        " DROP TABLE distinct_people; PRAGMA user_version = 2;"
    )
    connection.close()
    with Gallery.open(path, read_only=True) as old:
        (before,) = old.references()
        revision = old.revision
        assert (before.face, before.place, old.chosen_faces("ani")) == ("", None, {})
    with Gallery.open(path) as migrated:
        assert migrated.revision == revision
        fresh = replace(make_reference("ani", "b"), face="left", place=PLACES["left"])
        migrated.put(Candidate("ani", "Ani"), [fresh])
        assert [(one.face, one.place) for one in migrated.references()] == [("", None), ("left", PLACES["left"])]

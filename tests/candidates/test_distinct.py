"""Two who look alike: told at once when they are registered, and answered once for all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from candidates import Calibration, Candidate, Gallery, Reference, export, import_archive, import_source
from candidates.errors import InvalidCandidateError
from candidates.health import examine, wording
from candidates.health.faces import SAME_PICTURE, same_pictures
from tests.made_up import shipping

MODEL = "fake-model"


@dataclass(frozen=True)
class Template:
    embedding: Any
    photo_sha256: str = ""
    photo_name: str = ""
    model_id: str = MODEL
    size_px: float = 120.0
    sharpness: float = 20.0


def describe(photo: Path | bytes, /, *, name: str | None = None) -> Template:
    """A photo holds the face it shows: the axis of the person, and how far it is along another one."""
    axis, off = (photo if isinstance(photo, bytes) else photo.read_bytes()).decode().split(",")
    vector = np.zeros(64, np.float32)
    vector[int(axis)] = 1.0
    vector[63] = float(off)
    return Template(vector)


@pytest.fixture
def gallery(tmp_path: Path, calibration: Calibration, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gallery]:
    monkeypatch.setattr("candidates.matching.calibration._shipped", shipping(calibration))
    with Gallery.open(tmp_path / "g.db", create=True) as opened:
        yield opened


def table(tmp_path: Path, *people: tuple[str, str]) -> Path:
    for name, face in people:
        (tmp_path / f"{name}.jpg").write_text(face)
    path = tmp_path / "calon.csv"
    path.write_text("name,photos\n" + "".join(f"{name},{name}.jpg\n" for name, _ in people), "utf-8")
    return path


def notes(gallery: Gallery, source: Path) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    import_source(
        gallery, source, describe, on_row=lambda row: told.update({row.name: [note.text("id") for note in row.notes]})
    )
    return told


def test_a_new_photo_that_resembles_another_is_told_at_once_and_still_registered(
    gallery: Gallery, tmp_path: Path
) -> None:
    told = notes(gallery, table(tmp_path, ("Ani", "1,0"), ("Budi", "2,0"), ("Anny", "1,0.1")))
    assert (told["Ani"], told["Budi"]) == ([], [])
    (warning,) = told["Anny"]
    assert "Anny.jpg mirip Ani (ani)" in warning and "candidates distinct anny ani" in warning
    assert len(gallery.people()) == 3, "a warning, no refusal"
    # Somebody who was registered by an earlier run is found as well.
    (again,) = notes(gallery, table(tmp_path, ("Siti", "2,0.05")))["Siti"]
    assert "mirip Budi (budi)" in again


def test_many_are_compared_with_many(gallery: Gallery, tmp_path: Path) -> None:
    people = [(f"P{n}", f"{n % 60},{10 * (n // 60)}") for n in range(150)]
    told = notes(gallery, table(tmp_path, *people, ("Kembar", "7,10.01"), ("Lain", "8,35")))
    assert [name for name, said in told.items() if said] == ["Kembar"]
    assert "mirip P67 " in told["Kembar"][0]


def test_two_people_are_two_once_that_is_told(gallery: Gallery, tmp_path: Path) -> None:
    notes(gallery, table(tmp_path, ("Ani", "1,0"), ("Anny", "1,0.1")))
    (found,) = [one for one in examine(gallery, model_id=MODEL).findings if one.code == "same_person.faces"]
    assert ("candidates", "distinct", "ani", "anny") in wording.commands(found)
    ani, anny = gallery.person("ani"), gallery.person("anny")
    assert gallery.tell_distinct(anny, ani) and not gallery.tell_distinct(ani, anny)
    assert gallery.distinct() == {("ani", "anny")}
    assert gallery.audit(last=1)[0].action == "distinct"
    assert not [one for one in examine(gallery, model_id=MODEL).findings if one.code.startswith("same_person")]
    (tmp_path / "lagi.jpg").write_text("1,0.08")
    (tmp_path / "calon.csv").write_text("name,photos\nAnny,lagi.jpg\n", "utf-8")
    assert notes(gallery, tmp_path / "calon.csv") == {"Anny": []}
    assert gallery.tell_same(ani, anny) and not gallery.tell_same(ani, anny)
    assert [one for one in examine(gallery, model_id=MODEL).findings if one.code == "same_person.faces"]
    with pytest.raises(InvalidCandidateError, match="named twice"):
        gallery.tell_distinct(ani, ani)


def test_the_answer_travels_and_goes_with_its_people(gallery: Gallery, tmp_path: Path) -> None:
    notes(gallery, table(tmp_path, ("Ani", "1,0"), ("Anny", "1,0.1"), ("Budi", "2,0")))
    gallery.tell_distinct(gallery.person("ani"), gallery.person("anny"))
    export(gallery, tmp_path / "all.zip")
    with Gallery.open(tmp_path / "other.db", create=True) as other:
        # The id is taken there by somebody else: names say who is who.
        other.put(Candidate("ani", "Ani Lain"))
        import_archive(other, tmp_path / "all.zip", model_id=MODEL)
        (pair,) = other.distinct()
        assert {other.person(one).name for one in pair} == {"Ani", "Anny"}
        other.remove("anny")
        assert other.distinct() == frozenset()


def test_a_chain_of_portraits_is_no_picture(make_reference: Callable[..., Reference]) -> None:
    """Each portrait is a little like the next, the first and the last are not alike at all."""
    step = 0.8 * SAME_PICTURE
    chain = np.array([[n * step, 0.0] for n in range(5)], np.float32)
    groups = same_pictures(chain)
    for group in groups:
        assert np.linalg.norm(chain[group[0]] - chain[group[-1]]) <= SAME_PICTURE
    copies = np.array([[0, 0], [0.01, 0], [0, 0.01], [5, 0]], np.float32)
    assert same_pictures(copies) == [[0, 1, 2]]


def test_no_advice_takes_a_persons_last_reference(gallery: Gallery) -> None:
    def photo(n: int, off: float, sharpness: float) -> Reference:
        vector = np.zeros(64, np.float32)
        vector[1], vector[60] = 1.0, off
        digest = sha256(str(n).encode()).hexdigest()
        return Reference(0, "", f"{n}.jpg", digest, MODEL, vector, 120.0, sharpness)

    gallery.put(Candidate("ani", "Ani"), [photo(n, 0.01 * n, 20.0 if n else 1.0) for n in range(4)])
    removed = {
        command[4]
        for finding in examine(gallery, model_id=MODEL).findings
        for command in wording.commands(finding)
        if command[:2] == ("candidates", "remove")
    }
    assert len(removed) == 3, "of one picture four times one is kept, and the blurred one is not it"

"""Templates made again for another face model, from photos found by their contents."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from candidates import Candidate, Gallery, Reference
from candidates.errors import GalleryModelMismatchError, PhotoLostError
from candidates.people import Outcome
from candidates.transfer.reembedding import PersonReembedded, ReembedReport, reembed

MakeReference = Callable[..., Reference]
NEW = "new-model"


class NewEngine:
    """Describes photos as 3 numbers; `noface` in them is a photo without a face. Counts its work."""

    def __init__(self) -> None:
        self.described: list[str] = []

    def __call__(self, photo: Any, /, *, name: str | None = None) -> Any:
        data = photo.read_bytes()
        self.described.append(photo.name)
        if b"noface" in data:
            raise ValueError("secret detail")

        class Template:
            embedding = np.array([len(data), data[0], 1], np.float32)
            photo_sha256 = hashlib.sha256(data).hexdigest()
            photo_name = photo.name
            model_id = NEW
            size_px = 55.0
            sharpness = 9.0

        return Template()


@pytest.fixture
def engine() -> NewEngine:
    return NewEngine()


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Write the photos that `make_reference` names, two folders deep and under other names."""
    folder = tmp_path / "photos"
    for name in ("a", "b", "c", "noface", "unused"):
        place = folder / "deep" / f"renamed {name}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(name.encode())
    return folder


@pytest.fixture
def gallery(tmp_path: Path, make_reference: MakeReference) -> Iterator[Gallery]:
    """Hold Ani with two photos, Budi with one that is lost and one without a face, Cici with none."""
    with Gallery.open(tmp_path / "g.db", create=True) as opened:
        opened.put(Candidate("ani", "Ani"), [make_reference("", "a"), make_reference("", "b")])
        opened.put(
            Candidate("budi", "Budi"),
            [make_reference("", "c"), make_reference("", "lost"), make_reference("", "noface")],
        )
        opened.put(Candidate("cici", "Cici"))
        yield opened


def models(gallery: Gallery) -> list[tuple[str, str, str]]:
    return [(r.person, r.photo_name, r.model_id) for r in gallery.references()]


def test_everybody_whose_photo_is_there(gallery: Gallery, photos: Path, engine: NewEngine) -> None:
    numbers = [r.id for r in gallery.references("ani")]
    told: list[PersonReembedded] = []
    report = reembed(gallery, [photos], engine, model_id=NEW, on_person=told.append)
    assert report == ReembedReport(people=2, described=3, failed=2)
    # What could not be made again is as it was: nothing is lost.
    assert models(gallery) == [
        ("ani", "a.jpg", NEW),
        ("ani", "b.jpg", NEW),
        ("budi", "c.jpg", NEW),
        ("budi", "lost.jpg", "fake-model"),
        ("budi", "noface.jpg", "fake-model"),
    ]
    (first, second) = gallery.references("ani")
    assert [first.id, second.id] == numbers
    assert (first.embedding.tolist(), first.size_px, first.sharpness) == ([1.0, 97.0, 1.0], 55.0, 9.0)
    assert [(one.name, one.described, one.dropped, one.is_bare) for one in told] == [
        ("Ani", 2, False, False),
        ("Budi", 1, False, False),
    ]
    assert [(photo.photo, photo.reason.code) for photo in told[1].failed] == [
        ("lost.jpg", "photos.lost"),
        ("noface.jpg", "photos.failed"),
    ]
    assert "secret" not in told[1].failed[1].reason.text("en")
    assert [(line.action, line.subject, line.detail) for line in gallery.audit(last=2)] == [
        ("re-embed", "ani", "photos = 2 by new-model"),
        ("re-embed", "budi", "photos = 1 by new-model"),
    ]
    with pytest.raises(GalleryModelMismatchError, match=r"2 of “fake-model”, 3 of “new-model”; .* now is “new-model”"):
        gallery.require_model(NEW)


def test_again_does_only_what_is_left(gallery: Gallery, photos: Path, engine: NewEngine) -> None:
    reembed(gallery, [photos], engine, model_id=NEW)
    lines, engine.described = gallery.audit(), []
    again = reembed(gallery, [photos], engine, model_id=NEW)
    assert (again, engine.described) == (ReembedReport(1, 0, 2), ["renamed noface.png"])
    assert gallery.audit() == lines
    (photos / "found again.jpg").write_bytes(b"lost")
    assert reembed(gallery, [photos], engine, model_id=NEW) == ReembedReport(1, 1, 1)


def test_what_is_missing_goes_when_asked(gallery: Gallery, photos: Path, engine: NewEngine) -> None:
    told: list[PersonReembedded] = []
    report = reembed(gallery, [photos], engine, model_id=NEW, drop_missing=True, on_person=told.append)
    assert report == ReembedReport(people=2, described=3, failed=2)
    assert models(gallery) == [("ani", "a.jpg", NEW), ("ani", "b.jpg", NEW), ("budi", "c.jpg", NEW)]
    assert [(one.dropped, one.is_bare) for one in told] == [(True, False), (True, False)]
    assert gallery.audit(last=1)[0].detail == "photos = 1 by new-model; photos - 2"
    gallery.require_model(NEW)
    assert reembed(gallery, [photos], engine, model_id=NEW) == ReembedReport(0, 0, 0)


def test_somebody_may_be_left_without_a_template(gallery: Gallery, photos: Path, engine: NewEngine) -> None:
    (photos / "deep" / "renamed c.png").unlink()
    told: list[PersonReembedded] = []
    reembed(gallery, [photos], engine, model_id=NEW, drop_missing=True, on_person=told.append)
    assert [(one.name, one.is_bare) for one in told] == [("Ani", False), ("Budi", True)]
    assert gallery.get("budi") is not None
    assert gallery.audit(last=1)[0].detail == "photos - 3"


def test_a_wrong_folder_drops_nothing(gallery: Gallery, tmp_path: Path, engine: NewEngine) -> None:
    (tmp_path / "empty").mkdir()
    before = gallery.revision
    with pytest.raises(PhotoLostError, match="Not one of 5 photos"):
        reembed(gallery, [tmp_path / "empty"], engine, model_id=NEW, drop_missing=True)
    assert reembed(gallery, [tmp_path / "empty"], engine, model_id=NEW) == ReembedReport(2, 0, 5)
    assert gallery.revision == before


def test_an_interrupted_run_goes_on(gallery: Gallery, photos: Path, engine: NewEngine) -> None:
    def stop(done: PersonReembedded) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reembed(gallery, [photos], engine, model_id=NEW, on_person=stop)
    assert gallery.model_counts() == {"fake-model": 3, NEW: 2}
    engine.described = []
    reembed(gallery, [photos], engine, model_id=NEW)
    assert engine.described == ["renamed c.png", "renamed noface.png"]


def test_a_person_is_all_or_nothing(gallery: Gallery) -> None:
    """What stops within a person's transaction leaves that person as before."""
    before = models(gallery), gallery.audit()
    sha256 = gallery.references("ani")[0].photo_sha256

    def drop() -> Iterator[str]:
        yield sha256
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        gallery.re_embed("ani", [Reference(0, "", "", sha256, NEW, np.ones(3, np.float32), 1.0)], drop=drop())
    assert (models(gallery), gallery.audit()) == before


def test_the_old_embeddings_leave_the_file(gallery: Gallery, photos: Path, engine: NewEngine) -> None:
    needles = [r.embedding.astype("<f4").tobytes()[:16] for r in gallery.references("ani")]
    reembed(gallery, [photos], engine, model_id=NEW)
    gallery.close()
    data = b"".join(file.read_bytes() for file in gallery.path.parent.glob("g.db*"))
    assert not any(needle in data for needle in needles)


def test_back_to_the_old_model(
    gallery: Gallery, photos: Path, engine: NewEngine, make_reference: MakeReference
) -> None:
    """The same photos give the same contents, whatever was in between."""
    before = [(r.photo_sha256, r.model_id) for r in gallery.references("ani")]
    reembed(gallery, [photos], engine, model_id=NEW)
    assert gallery.put(Candidate("ani", "Ani"), [make_reference("", "a"), make_reference("", "b")]) is Outcome.UPDATED
    assert [(r.photo_sha256, r.model_id) for r in gallery.references("ani")] == before


def test_one_photo_of_two_people_serves_both(
    gallery: Gallery, photos: Path, engine: NewEngine, make_reference: MakeReference
) -> None:
    gallery.put(Candidate("ani-2", "Ani"), [make_reference("", "a")])
    assert reembed(gallery, [photos], engine, model_id=NEW).described == 4
    assert [r.model_id for r in gallery.references("ani-2")] == [NEW]

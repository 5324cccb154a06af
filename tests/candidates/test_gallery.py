import os
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import psutil
import pytest

from candidates import Candidate, Election, Gallery, Reference, Relation, Role
from candidates.errors import (
    AmbiguousCandidateError,
    CandidateHasRelativesError,
    ElectionError,
    GalleryBusyError,
    GalleryError,
    GalleryNotFoundError,
    GalleryReadOnlyError,
    GalleryUnreadableError,
    InvalidCandidateError,
    UnknownCandidateError,
    UnknownRegionError,
)
from candidates.people import Outcome

MakeReference = Callable[..., Reference]
ANIES = Candidate("anies", "Anies Baswedan", election="e", ballot_number=1, region="31", party="P")
SON = Candidate("son", "Putra", Role.FAMILY, relative_of="anies", relation=Relation.CHILD)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "g.db"


@pytest.fixture
def gallery(path: Path) -> Iterator[Gallery]:
    with Gallery.open(path, create=True) as opened:
        opened.put_election(Election("e", "Pemilu", "province", "31", date(2029, 1, 1), None, date(2029, 11, 27)))
        yield opened


def test_what_goes_in_comes_out(gallery: Gallery, path: Path, make_reference: MakeReference) -> None:
    reference = make_reference("", "foto")
    assert gallery.put(ANIES, [reference]) is Outcome.ADDED
    assert gallery.put(SON, [make_reference("", "anak")]) is Outcome.ADDED
    gallery.close()
    with Gallery.open(path, read_only=True) as again:
        assert again.people() == (ANIES, SON)
        assert again.relatives("anies") == (SON,)
        (stored,) = again.references("anies")
        assert (stored.person, stored.photo_name, stored.size_px) == ("anies", "foto.jpg", 100.0)
        np.testing.assert_array_equal(stored.embedding, reference.embedding)
        election = Election("e", "Pemilu", "province", "31", date(2029, 1, 1), None, date(2029, 11, 27))
        assert again.elections() == (election,)
        summary = again.summary()
    assert (summary.people, summary.references, summary.elections) == (2, 2, 1)
    assert (summary.model_ids, summary.mode_ok) == (("fake-model",), True)


def test_the_same_twice_changes_nothing(gallery: Gallery, make_reference: MakeReference) -> None:
    gallery.put(ANIES, [make_reference("", "a"), make_reference("", "a")])
    before = gallery.revision, gallery.changes, gallery.audit()
    assert gallery.put(ANIES, [make_reference("", "a")]) is Outcome.UNCHANGED
    assert gallery.put_election(gallery.elections()[0]) is Outcome.UNCHANGED
    assert (gallery.revision, gallery.changes, gallery.audit()) == before
    assert len(gallery.references()) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda g, r: g.put(replace(ANIES, party="Q")),
        lambda g, r: g.put(ANIES, [r("", "new")]),
        lambda g, r: g.put(Candidate("b", "B")),
        lambda g, r: g.remove("anies"),
        lambda g, r: g.remove_reference(1),
        lambda g, r: g.put_election(Election("f")),
        lambda g, r: g.put_election(Election("e", "Lain")),
        lambda g, r: g.remove_election("unused"),
    ],
)
def test_every_change_shows(
    gallery: Gallery, make_reference: MakeReference, change: Callable[[Gallery, MakeReference], object]
) -> None:
    gallery.put_election(Election("unused"))
    gallery.put(ANIES, [make_reference("", "a")])
    revision, changes, lines = gallery.revision, gallery.changes, gallery.audit()
    change(gallery, make_reference)
    assert gallery.revision != revision
    assert gallery.changes == changes + 1
    assert gallery.audit()[:-1] == lines
    assert gallery.audit()[-1].at.endswith("+00:00")
    assert gallery.audit(last=1) == gallery.audit()[-1:]


def test_the_revision_is_of_the_contents(gallery: Gallery, tmp_path: Path, make_reference: MakeReference) -> None:
    gallery.put(ANIES, [make_reference("", "a"), make_reference("", "b")])
    with Gallery.open(tmp_path / "other.db", create=True) as other:
        other.put(Candidate("anies", "Another first"))
        other.put_election(gallery.elections()[0])
        other.put(ANIES, [make_reference("", "b"), make_reference("", "a")])
        assert other.revision == gallery.revision
        assert other.changes != gallery.changes


def test_a_new_model_takes_the_place_of_the_old(gallery: Gallery, make_reference: MakeReference) -> None:
    gallery.put(ANIES, [make_reference("", "a"), make_reference("", "b")])
    assert gallery.put(ANIES, [make_reference("", "a", model_id="new")]) is Outcome.UPDATED
    assert [(r.photo_name, r.model_id) for r in gallery.references()] == [("a.jpg", "new")]


def test_removal_really_removes(path: Path, make_reference: MakeReference) -> None:
    people = [Candidate(f"p{n}", f"Person Number {n}") for n in range(40)]
    references = {p.id: [make_reference("", f"{p.id}-{n}") for n in range(4)] for p in people}
    gallery = Gallery.open(path, create=True)
    for person in people:
        gallery.put(person, references[person.id])
    reader = sqlite3.connect(path)  # an idle reader keeps the log file alive

    def pieces_on_disk(of: str) -> int:
        data = b"".join(p.read_bytes() for p in path.parent.iterdir())
        vectors = [r.embedding.astype("<f4").tobytes() for r in references[of]]
        return sum(data.count(v[start : start + 16]) for v in vectors for start in range(0, 512, 16))

    assert pieces_on_disk("p3")
    for gone in ("p3", "p17", "p18", "p39"):
        gallery.remove(gone)
        assert pieces_on_disk(gone) == 0
    assert b"Person Number 17" not in path.read_bytes()
    assert pieces_on_disk("p4")
    reader.close()
    gallery.close()
    # That it happened stays on record: the id, not the face.
    with Gallery.open(path) as again:
        assert [(line.action, line.subject) for line in again.audit(last=1)] == [("remove", "p39")]


def test_an_interrupted_removal_is_finished_by_the_next(path: Path, make_reference: MakeReference) -> None:
    reference = make_reference("", "a")
    needle = reference.embedding.tobytes()[:32]
    with Gallery.open(path, create=True) as gallery:
        gallery.put(Candidate("a", "A"), [reference])
        reader = sqlite3.connect(path, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM templates").fetchall()  # holds the old state
        gallery._store._connection.execute("PRAGMA busy_timeout = 50")
        with pytest.raises(GalleryBusyError):
            gallery.remove("a")
        assert gallery.people() == ()
    reader.close()
    Gallery.open(path).close()
    assert not any(needle in file.read_bytes() for file in path.parent.iterdir())


def test_relatives_are_not_left_behind(gallery: Gallery) -> None:
    gallery.put(ANIES)
    gallery.put(SON)
    with pytest.raises(CandidateHasRelativesError, match="Putra"):
        gallery.remove("anies")
    assert gallery.people() == (ANIES, SON)
    assert gallery.remove("Anies  BASWEDAN", with_family=True) == (SON, ANIES)
    assert gallery.people() == ()


def test_who_is_meant(gallery: Gallery) -> None:
    gallery.put(Candidate("budi", "Budi Santoso"))
    gallery.put(Candidate("budi-2", "BUDI santoso"))
    gallery.put(Candidate("ani", "Ani"))
    assert gallery.person("budi").id == "budi"
    assert gallery.person(" ani ").id == "ani"
    with pytest.raises(AmbiguousCandidateError, match="budi, budi-2"):
        gallery.person("budi santoso")
    with pytest.raises(UnknownCandidateError, match="Did you mean Budi Santoso"):
        gallery.person("Budi Santosa")
    with pytest.raises(UnknownCandidateError):
        gallery.remove("nobody")


def test_new_ids_are_free_and_readable(gallery: Gallery) -> None:
    ids = []
    for _ in range(4):
        ids.append(gallery.new_id("Ahmad Yani", beside="Pilgub 34"))
        gallery.put(Candidate(ids[-1], "Ahmad Yani"))
    assert ids == ["ahmad-yani", "ahmad-yani-pilgub-34", "ahmad-yani-pilgub-34-2", "ahmad-yani-pilgub-34-3"]
    assert gallery.new_id("Ahmad Yani") == "ahmad-yani-2"


def test_ties_must_hold(gallery: Gallery) -> None:
    gallery.put(ANIES)
    gallery.put(SON)
    with pytest.raises(ElectionError, match="nowhere"):
        gallery.put(Candidate("x", "X", election="nowhere"))
    with pytest.raises(UnknownCandidateError, match="ghost"):
        gallery.put(Candidate("x", "X", Role.FAMILY, relative_of="ghost"))
    with pytest.raises(InvalidCandidateError):
        gallery.put(Candidate("x", "X", Role.FAMILY, relative_of="son"))  # a relative of a relative
    with pytest.raises(InvalidCandidateError):
        gallery.put(Candidate("anies", "A", Role.FAMILY, relative_of="son"))
    with pytest.raises(ElectionError, match="1"):
        gallery.remove_election("e")
    with pytest.raises(ElectionError):
        gallery.remove_election("ghost")
    with pytest.raises(UnknownCandidateError):
        gallery.remove_reference(99)
    assert gallery.people() == (ANIES, SON)


def test_a_failing_change_leaves_nothing(gallery: Gallery, make_reference: MakeReference) -> None:
    def references() -> Iterator[Reference]:
        yield make_reference("", "a")
        raise RuntimeError("half way")

    before = gallery.revision, gallery.audit()
    with pytest.raises(RuntimeError, match="half way"):
        gallery.put(ANIES, references())
    assert (gallery.revision, gallery.audit()) == before
    assert gallery.put(ANIES) is Outcome.ADDED  # and the next one works


# The file


def test_only_the_owner_may_read(path: Path) -> None:
    before = os.umask(0)
    try:
        with Gallery.open(path, create=True) as gallery:
            gallery.put(Candidate("a", "A"))
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
            assert gallery.summary().mode_ok
            path.chmod(0o644)
            assert not gallery.summary().mode_ok
    finally:
        os.umask(before)
    assert modes == {"g.db": 0o600, "g.db-wal": 0o600, "g.db-shm": 0o600}


@pytest.mark.parametrize("read_only", [False, True])
def test_nothing_is_made_unasked(path: Path, read_only: bool) -> None:
    with pytest.raises(GalleryNotFoundError):
        Gallery.open(path, read_only=read_only)
    assert not path.exists()
    with pytest.raises(GalleryNotFoundError):
        Gallery.open(path.parent / "no" / "folder.db", create=True)


def _other_sqlite(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE mine (a)")
    connection.close()


def _newer(path: Path) -> None:
    Gallery.open(path, create=True).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()


def _damaged(path: Path) -> None:
    Gallery.open(path, create=True).close()
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda p: p.write_text("name,role\n" * 200), "not a database"),
        (_other_sqlite, "not a gallery"),
        (_newer, "newer"),
        (_damaged, "malformed"),
        (lambda p: p.mkdir(), "unable to open"),
    ],
    ids=["a table", "another program's", "newer", "cut off", "a folder"],
)
@pytest.mark.parametrize("create", [False, True])
def test_what_is_no_gallery(path: Path, create: bool, spoil: Callable[[Path], object], says: str) -> None:
    spoil(path)
    with pytest.raises(GalleryUnreadableError, match=says):
        Gallery.open(path, create=create)


@pytest.mark.parametrize("read_only", [False, True])
def test_what_was_refused_is_closed(path: Path, read_only: bool) -> None:
    path.write_text("name,role\n" * 200)
    with pytest.raises(GalleryUnreadableError) as refused:
        Gallery.open(path, read_only=read_only)
    assert path.resolve() not in {Path(file.path) for file in psutil.Process().open_files()}
    assert refused.value.__cause__ is not None  # whose traceback keeps what nobody closed


def test_an_empty_file_becomes_a_gallery_only_when_asked(path: Path) -> None:
    path.touch()  # what a kill at the very start leaves
    with pytest.raises(GalleryUnreadableError):
        Gallery.open(path)
    with Gallery.open(path, create=True) as gallery:
        assert gallery.people() == ()


def test_two_may_make_it_at_once(path: Path) -> None:
    problems: list[Exception] = []

    def make(number: int) -> None:
        try:
            with Gallery.open(path, create=True) as gallery:
                gallery.put(Candidate(f"p{number}", f"P{number}"))
        except GalleryError as error:
            problems.append(error)

    threads = [threading.Thread(target=make, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with Gallery.open(path) as gallery:
        assert len(gallery.people()) == 4


def test_a_held_gallery_is_busy_for_writers_and_free_for_readers(gallery: Gallery, path: Path) -> None:
    gallery.put(ANIES)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    gallery._store._connection.execute("PRAGMA busy_timeout = 50")
    with pytest.raises(GalleryBusyError, match=r"g\.db"):
        gallery.put(SON)
    assert gallery.people() == (ANIES,)
    other.close()
    assert gallery.put(SON) is Outcome.ADDED


def test_a_reader_changes_nothing(gallery: Gallery, path: Path) -> None:
    gallery.put(ANIES)
    with Gallery.open(path, read_only=True, create=True) as reader, pytest.raises(GalleryReadOnlyError):
        reader.remove("anies")
    assert gallery.people() == (ANIES,)


def test_a_region_is_stored_as_its_code(gallery: Gallery) -> None:
    gallery.put(Candidate("a", "A", region="Kulon Progo"))
    gallery.put_election(Election("f", region="3401"))
    assert (gallery.person("a").region, gallery.election("f")) == ("34.01", Election("f", region="34.01"))
    assert gallery.put(Candidate("a", "A", region="3401")) is Outcome.UNCHANGED


def test_a_region_that_there_is_not_is_refused(gallery: Gallery) -> None:
    before = gallery.revision
    writes: tuple[Callable[[], object], ...] = (
        lambda: gallery.put(Candidate("a", "A", region="99.99")),
        lambda: gallery.put_election(Election("f", region="Antah Berantah")),
    )
    for write in writes:
        with pytest.raises(UnknownRegionError):
            write()
    assert gallery.revision == before


def test_a_gallery_with_such_a_region_opens_and_can_be_mended(
    gallery: Gallery, path: Path, make_reference: MakeReference
) -> None:
    gallery.put(ANIES)
    with sqlite3.connect(path) as old:
        old.execute("UPDATE people SET region = 'antah berantah'")
        old.execute("UPDATE elections SET region = '99.99'")
    old.close()
    stored = replace(ANIES, region="antah berantah")
    assert gallery.people() == (stored,)
    assert gallery.put(stored, [make_reference("", "a")]) is Outcome.UPDATED  # a photo more
    election = gallery.elections()[0]
    assert gallery.put_election(replace(election, title="Lain")) is Outcome.UPDATED
    gallery.put(ANIES)
    assert gallery.person("anies").region == "31"
    with pytest.raises(UnknownRegionError):
        gallery.put(stored)

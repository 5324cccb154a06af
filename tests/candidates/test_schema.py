"""Gallery files of the version before, embeddings of any length, and calibrations kept in the gallery."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from candidates import Candidate, Gallery, Reference
from candidates.errors import GalleryModelMismatchError, GalleryReadOnlyError, GalleryUnreadableError
from candidates.storage.schema import VERSION

MakeReference = Callable[..., Reference]

VERSION_1 = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE elections (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, level TEXT NOT NULL, region TEXT NOT NULL,
    active_from TEXT, active_to TEXT, polling_day TEXT
);
CREATE TABLE people (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, election TEXT REFERENCES elections (id),
    ballot_number INTEGER, region TEXT NOT NULL, party TEXT NOT NULL,
    relative_of TEXT REFERENCES people (id), relation TEXT, name_key TEXT NOT NULL
);
CREATE INDEX people_by_name ON people (name_key);
CREATE INDEX people_by_relative ON people (relative_of);
CREATE INDEX people_by_election ON people (election);
CREATE TABLE templates (
    id INTEGER PRIMARY KEY, person TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    photo_name TEXT NOT NULL, photo_sha256 TEXT NOT NULL, model_id TEXT NOT NULL,
    embedding BLOB NOT NULL CHECK (length(embedding) = 512), size_px REAL NOT NULL,
    UNIQUE (person, photo_sha256)
);
CREATE INDEX templates_by_photo ON templates (photo_sha256);
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL,
    detail TEXT NOT NULL
);
PRAGMA application_id = 1179535153;
PRAGMA user_version = 1;
PRAGMA journal_mode = WAL;
"""
"""What the first version wrote."""

REVISION_1 = "7152149ab1cbca54"
"""What the first version gave as the revision of `old_file`."""


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    """Write a gallery of the first version: two people, one template each, one removed person's row number unused."""
    path = tmp_path / "old.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(VERSION_1)
    for number, name in ((3, "Ani"), (7, "Budi")):
        key = name.casefold()
        connection.execute(
            "INSERT INTO people VALUES (?, ?, 'candidate', NULL, ?, '', '', NULL, NULL, ?)", (key, name, number, key)
        )
        vector = np.full(128, number, "<f4").tobytes()
        values = (number, key, f"{key}.jpg", str(number) * 64, "m", vector, 100.0)
        connection.execute("INSERT INTO templates VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        connection.execute("INSERT INTO audit (at, action, subject, detail) VALUES ('then', 'add', ?, '')", (key,))
    connection.close()
    path.chmod(0o600)
    return path


def seen(gallery: Gallery) -> object:
    """Return what the first version could tell."""
    rows = [(r.id, r.person, r.photo_sha256, r.model_id, r.embedding.tolist()) for r in gallery.references()]
    return gallery.people(), rows, gallery.revision, gallery.model_ids()


def test_an_old_file_is_read_as_it_is(old_file: Path) -> None:
    before = old_file.read_bytes()
    with Gallery.open(old_file, read_only=True) as gallery:
        assert [r.embedding.tolist() for r in gallery.references()] == [[3.0] * 128, [7.0] * 128]
        assert {r.sharpness for r in gallery.references()} == {None}
        assert gallery.calibration("m") is None
        assert (gallery.model_ids(), gallery.model_counts()) == (("m",), {"m": 2})
        assert gallery.revision == REVISION_1
        with pytest.raises(GalleryReadOnlyError):
            gallery.put_calibration("m", b"")
    assert old_file.read_bytes() == before


def test_an_old_file_is_migrated_when_opened_for_writing(old_file: Path, make_reference: MakeReference) -> None:
    with Gallery.open(old_file, read_only=True) as reader:
        before = seen(reader)
        with Gallery.open(old_file) as gallery:
            assert seen(gallery) == before
            assert seen(reader) == before  # also for those who had it open
            assert [line.at for line in gallery.audit()] == ["then", "then"]
            gallery.put(Candidate("c", "C"), [make_reference("", "c", embedding=[1, 2, 3], model_id="short")])
    with Gallery.open(old_file) as again:
        assert [r.id for r in again.references("ani")] == [3]
        assert again.references("c")[0].embedding.tolist() == [1.0, 2.0, 3.0]
        again.remove("ani")
        assert again.photo_counts() == {"budi": 1, "c": 1}
    connection = sqlite3.connect(old_file)
    assert connection.execute("PRAGMA user_version").fetchone()[0] == VERSION
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    assert {"templates", "calibrations"} <= tables and "templates_1" not in tables
    # The removed template is in no corner of the file, old table or new.
    assert np.full(4, 3, "<f4").tobytes() not in old_file.read_bytes()


def test_a_migrated_file_has_the_tables_of_a_new_one(old_file: Path, tmp_path: Path) -> None:
    Gallery.open(old_file).close()
    Gallery.open(tmp_path / "new.db", create=True).close()
    schemas = []
    for path in (old_file, tmp_path / "new.db"):
        connection = sqlite3.connect(path)
        schemas.append(set(connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master")))
        connection.close()
    assert schemas[0] == schemas[1]


def test_a_failing_migration_leaves_the_old_file(old_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from candidates.storage import schema

    broken = (*schema.MIGRATE[1][:-1], "SELECT * FROM nowhere")
    monkeypatch.setattr(schema, "MIGRATE", {1: broken})
    with pytest.raises(GalleryUnreadableError, match="nowhere"):
        Gallery.open(old_file)
    monkeypatch.undo()
    with Gallery.open(old_file, read_only=True) as gallery:
        assert gallery.revision == REVISION_1


def test_a_file_of_no_version_is_refused(old_file: Path) -> None:
    connection = sqlite3.connect(old_file)
    connection.execute("PRAGMA user_version = 0")
    connection.close()
    with pytest.raises(GalleryUnreadableError):
        Gallery.open(old_file)


def test_all_of_one_model_have_one_length(tmp_path: Path, make_reference: MakeReference) -> None:
    with Gallery.open(tmp_path / "g.db", create=True) as gallery:
        gallery.put(Candidate("a", "A"), [make_reference("", "a", embedding=[1, 2])])
        with pytest.raises(GalleryModelMismatchError, match=r"fake-model.* 2 numbers, this one has 3"):
            gallery.put(Candidate("b", "B"), [make_reference("", "b", embedding=[1, 2, 3])])
        two = [make_reference("", f"c{n}", embedding=[0] * n, model_id="other") for n in (4, 5)]
        with pytest.raises(GalleryModelMismatchError, match="other"):
            gallery.put(Candidate("c", "C"), two)
        assert [person.id for person in gallery.people()] == ["a"]


def test_sharpness_is_kept(tmp_path: Path, make_reference: MakeReference) -> None:
    from dataclasses import replace

    with Gallery.open(tmp_path / "g.db", create=True) as gallery:
        gallery.put(Candidate("a", "A"), [make_reference("", "a"), replace(make_reference("", "b"), sharpness=12.5)])
        assert [r.sharpness for r in gallery.references()] == [None, 12.5]


def test_calibrations_are_kept_by_model(tmp_path: Path) -> None:
    with Gallery.open(tmp_path / "g.db", create=True) as gallery:
        revisions = [gallery.revision]
        assert gallery.calibration("m") is None
        for data in (b"\x00one", b"two"):
            gallery.put_calibration("m", data)
            revisions.append(gallery.revision)
            assert gallery.calibration("m") == data
        gallery.put_calibration("n", b"other")
        assert (gallery.calibration("m"), gallery.calibration("n")) == (b"two", b"other")
        lines = [(line.action, line.subject, line.detail) for line in gallery.audit()]
    assert lines == [("calibrate", "m", ""), ("calibrate", "m", ""), ("calibrate", "n", "")]
    assert len(set(revisions)) == 3  # it decides who is named
    assert os.stat(tmp_path / "g.db").st_mode & 0o077 == 0  # noqa: PTH116


def test_models_are_counted(tmp_path: Path, make_reference: MakeReference) -> None:
    with Gallery.open(tmp_path / "g.db", create=True) as gallery:
        assert (gallery.model_ids(), gallery.model_counts(), gallery.summary().model_ids) == ((), {}, ())
        for person, model in (("a", "y"), ("b", "x"), ("c", "y")):
            gallery.put(Candidate(person, person), [make_reference("", person, model_id=model)])
        assert (gallery.model_ids(), gallery.model_counts()) == (("x", "y"), {"x": 1, "y": 2})
        assert gallery.summary().model_ids == ("x", "y")

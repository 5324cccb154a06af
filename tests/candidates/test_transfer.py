import io
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from candidates import Candidate, Election, Gallery, Reference, Relation, Role, export, import_archive
from candidates.errors import ArchiveUnreadableError, GalleryModelMismatchError

MakeReference = Callable[..., Reference]


@pytest.fixture
def gallery(tmp_path: Path, make_reference: MakeReference) -> Iterator[Gallery]:
    with Gallery.open(tmp_path / "g.db", create=True) as opened:
        opened.put_election(Election("e", "Pemilu, «besar»", "province", "31"))
        opened.put_election(Election("f"))
        people = (
            Candidate("yani", 'Ahmad "Yani"; S.E.', election="e", ballot_number=2, region="31.01", party="P|Q"),
            Candidate("yani-2", 'Ahmad "Yani"; S.E.', election="f"),
            Candidate("an id", "An Id"),  # not in slug form
            Candidate("son", "Putra", Role.FAMILY, relative_of="yani-2", relation=Relation.CHILD),
            Candidate("kin", "Putri", Role.FAMILY, relative_of="an id", relation=Relation.OTHER),
        )
        for person in people:
            opened.put(person, [make_reference("", f"{person.id}-{n}") for n in range(2)])
        yield opened


@pytest.fixture
def archive(gallery: Gallery, tmp_path: Path) -> Path:
    target = tmp_path / "out.zip"
    export(gallery, target)
    return target


def test_there_and_back(gallery: Gallery, archive: Path, tmp_path: Path) -> None:
    with Gallery.open(tmp_path / "other.db", create=True) as other:
        report = import_archive(other, archive, model_id="fake-model")
        assert (report.added, report.rejected, report.elections_changed) == (5, 0, 2)
        assert [p.id for p in other.people()] == ["an-id", "kin", "son", "yani", "yani-2"]
        assert other.get("yani") == gallery.get("yani")
        assert [p.relative_of for p in other.people()] == [None, "an-id", "yani-2", None, None]
        assert other.elections() == (gallery.elections()[0], Election("f", "f"))
        for mine, theirs in zip(gallery.references("yani"), other.references("yani"), strict=True):
            np.testing.assert_array_equal(mine.embedding, theirs.embedding)
            assert (mine.photo_name, mine.photo_sha256, mine.size_px) == (
                theirs.photo_name,
                theirs.photo_sha256,
                theirs.size_px,
            )
        before = other.revision
        assert import_archive(other, archive).unchanged == 5
        assert other.revision == before


def test_ids_of_another_gallery_are_not_trusted(archive: Path, tmp_path: Path, make_reference: MakeReference) -> None:
    with Gallery.open(tmp_path / "other.db", create=True) as other:
        mine = Candidate("yani-2", "Somebody Else")
        other.put(mine, [make_reference("", "else")])
        import_archive(other, archive)
        assert other.get("yani-2") == mine
        assert other.photo_counts()["yani-2"] == 1
        assert other.person("Putra").relative_of == "ahmad-yani-s-e"
        assert other.photo_counts()["ahmad-yani-s-e"] == 2


def test_only_the_owner_may_read_it(gallery: Gallery, archive: Path) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    first = archive.read_bytes()
    export(gallery, archive)
    assert archive.read_bytes() == first  # the same contents, the same bytes
    assert [file.name for file in archive.parent.glob("out*")] == ["out.zip"]


def test_an_empty_gallery_travels_as_well(tmp_path: Path) -> None:
    with Gallery.open(tmp_path / "a.db", create=True) as empty:
        export(empty, tmp_path / "empty.zip")
        assert import_archive(empty, tmp_path / "empty.zip", model_id="any").added == 0


def test_another_model_is_refused_before_anything_is_done(archive: Path, tmp_path: Path) -> None:
    with Gallery.open(tmp_path / "other.db", create=True) as other:
        with pytest.raises(GalleryModelMismatchError, match="fake-model"):
            import_archive(other, archive, model_id="new")
        assert other.elections() == ()


def _repacked(archive: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    with zipfile.ZipFile(archive) as old:
        members = {name: old.read(name) for name in old.namelist()}
    change(members)
    with zipfile.ZipFile(archive, "w") as new:
        for name, data in members.items():
            new.writestr(name, data)


def _npz(**arrays: np.ndarray) -> bytes:
    data = io.BytesIO()
    np.savez(data, **arrays)  # type: ignore[arg-type]
    return data.getvalue()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda m: m.pop("templates.npz"),
        lambda m: m.pop("candidates.csv"),
        lambda m: m.update({"templates.npz": b"no zip"}),
        lambda m: m.update({"templates.npz": _npz(person=np.array(["a"]))}),  # arrays are missing
        lambda m: m.update({"templates.npz": _npz(person=np.array([{}], dtype=object))}),  # a pickle
        lambda m: m.update({"candidates.csv": b"nothing"}),
    ],
)
def test_what_is_no_export(archive: Path, tmp_path: Path, spoil: Callable[[dict[str, bytes]], None]) -> None:
    _repacked(archive, spoil)
    with Gallery.open(tmp_path / "other.db", create=True) as other:
        with pytest.raises(ArchiveUnreadableError):
            import_archive(other, archive)
        assert other.people() == ()


def test_no_zip_at_all(tmp_path: Path, gallery: Gallery) -> None:
    (tmp_path / "text.zip").write_text("text")
    for name in ("text.zip", "missing.zip"):
        with pytest.raises(ArchiveUnreadableError):
            import_archive(gallery, tmp_path / name)


def test_a_person_without_a_template_is_told(archive: Path, tmp_path: Path) -> None:
    def forget(members: dict[str, bytes]) -> None:
        with np.load(io.BytesIO(members["templates.npz"])) as npz:
            members["templates.npz"] = _npz(**{name: npz[name][2:] for name in npz.files})

    _repacked(archive, forget)
    with Gallery.open(tmp_path / "other.db", create=True) as other:
        report = import_archive(other, archive)
    # Templates are in the order of the ids: "an id" lost its own, and so the relative has nobody.
    assert [(row.name, row.reason.code) for row in report.problems if row.reason] == [
        ("An Id", "table.bad_row"),
        ("Putri", "candidate.unknown"),
    ]

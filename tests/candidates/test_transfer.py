import base64
import hashlib
import io
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from candidates import Calibration, Candidate, Election, Gallery, Reference, Relation, Role, export, import_archive
from candidates.errors import (
    ArchiveTooLargeError,
    ArchiveUnreadableError,
    ArchiveUnsafeError,
    GalleryModelMismatchError,
    PassphraseNeededError,
    WrongPassphraseError,
)
from candidates.transfer.encryption import decrypted, encrypted, is_encrypted

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
    np.savez(data, **arrays)
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


# Photos


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Write two of Yani's photos and one of the relative's, under names of their own; the others are nowhere."""
    for name, text in (("lama/x.JPG", "yani-0"), ("y.weird suffix", "yani-1"), ("son.png", "son-0"), ("z.jpg", "z")):
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "photos"


@pytest.fixture
def with_photos(gallery: Gallery, photos: Path, tmp_path: Path) -> Path:
    target = tmp_path / "photos.zip"
    export(gallery, target, folders=[photos])
    return target


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_photos_are_packed_as_they_are(gallery: Gallery, photos: Path, tmp_path: Path) -> None:
    exported = export(gallery, tmp_path / "out.zip", folders=[photos])
    assert (exported.people, exported.templates, exported.photos) == (5, 10, 3)
    assert [(photo.person, photo.photo_name) for photo in exported.missing] == [
        ("An Id", "an id-0.jpg"),
        ("An Id", "an id-1.jpg"),
        ("Putri", "kin-0.jpg"),
        ("Putri", "kin-1.jpg"),
        ("Putra", "son-1.jpg"),
        ('Ahmad "Yani"; S.E.', "yani-2-0.jpg"),
        ('Ahmad "Yani"; S.E.', "yani-2-1.jpg"),
    ]
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        packed = [info for info in archive.infolist() if info.filename.startswith("photos/")]
        assert {info.filename: archive.read(info) for info in packed} == {
            f"photos/{sha('yani-0')}.jpg": b"yani-0",
            f"photos/{sha('yani-1')}": b"yani-1",
            f"photos/{sha('son-0')}.png": b"son-0",
        }
        assert {info.compress_type for info in packed} == {zipfile.ZIP_STORED}
        cells = archive.read("candidates.csv").decode("utf-8-sig").splitlines()
    assert cells[-1].endswith("yani-2-0.jpg|yani-2-1.jpg")
    assert cells[-2].endswith(f"photos/{sha('yani-0')}.jpg|photos/{sha('yani-1')}")
    first = (tmp_path / "out.zip").read_bytes()
    export(gallery, tmp_path / "out.zip", folders=[photos])
    assert (tmp_path / "out.zip").read_bytes() == first


def test_without_folders_no_photo_is_missing(gallery: Gallery, tmp_path: Path) -> None:
    exported = export(gallery, tmp_path / "out.zip")
    assert (exported.photos, exported.missing) == (0, ())


def test_photos_are_not_described_while_the_model_is_the_same(with_photos: Path, tmp_path: Path, engine: Any) -> None:
    with Gallery.open(tmp_path / "other.db", create=True) as other:
        report = import_archive(other, with_photos, engine, model_id="fake-model")
        assert (report.added, report.rejected, report.problems) == (5, 0, ())
    assert engine.described == []


def test_another_model_describes_the_photos_again(with_photos: Path, tmp_path: Path, engine: Any) -> None:
    engine.model_id = "new"
    with Gallery.open(tmp_path / "other.db", create=True) as other:
        report = import_archive(other, with_photos, engine, model_id="new")
        assert engine.described == ["yani-0.jpg", "yani-1.jpg"]
        assert {p.id for p in other.people()} == {"yani"}  # no photo of the candidate whose son is in it
        assert [(r.photo_name, r.model_id) for r in other.references()] == [
            ("yani-0.jpg", "new"),
            ("yani-1.jpg", "new"),
        ]
        assert {row.name: row.reason.code for row in report.problems if row.reason} == {
            "An Id": "gallery.model_mismatch",
            'Ahmad "Yani"; S.E.': "gallery.model_mismatch",
            "Putra": "candidate.unknown",
            "Putri": "candidate.unknown",
        }
        before = other.revision
        assert import_archive(other, with_photos, engine, model_id="new").unchanged == 1
        assert (other.revision, len(engine.described)) == (before, 2)


def test_another_model_needs_somebody_who_describes(with_photos: Path, tmp_path: Path) -> None:
    with Gallery.open(tmp_path / "other.db", create=True) as other, pytest.raises(GalleryModelMismatchError):
        import_archive(other, with_photos, model_id="new")


def test_a_photo_that_is_not_what_its_name_says(with_photos: Path, tmp_path: Path, engine: Any) -> None:
    _repacked(with_photos, lambda m: m.update({f"photos/{sha('yani-0')}.jpg": b"somebody else"}))
    engine.model_id = "new"
    with Gallery.open(tmp_path / "other.db", create=True) as other:
        report = import_archive(other, with_photos, engine, model_id="new")
    assert engine.described == ["yani-1.jpg"]
    (row,) = [row for row in report.problems if row.name.startswith("Ahmad") and not row.reason]
    assert {photo.photo: photo.reason.code for photo in row.photos_rejected} == {"yani-0.jpg": "export.unreadable"}


def test_an_unpacked_archive_is_a_table(with_photos: Path, tmp_path: Path, engine: Any) -> None:
    from candidates import import_source

    with zipfile.ZipFile(with_photos) as archive:
        archive.extractall(tmp_path / "unpacked")
    with Gallery.open(tmp_path / "other.db", create=True) as other:
        report = import_source(other, tmp_path / "unpacked" / "candidates.csv", engine)
        assert (report.added, other.photo_counts()) == (1, {"yani": 2})


# Large and mixed galleries


def test_large_galleries_have_several_files_of_templates(
    gallery: Gallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("candidates.transfer.export._BATCH", 3)
    export(gallery, tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        names = [name for name in archive.namelist() if name.endswith(".npz")]
    assert names == ["templates.npz", "templates-2.npz", "templates-3.npz", "templates-4.npz"]
    with Gallery.open(tmp_path / "other.db", create=True) as other:
        assert import_archive(other, tmp_path / "out.zip", model_id="fake-model").added == 5
        assert sum(other.photo_counts().values()) == 10
        assert other.references("yani")[1].photo_sha256 == gallery.references("yani")[1].photo_sha256


def test_templates_of_two_lengths_travel_together(
    gallery: Gallery, make_reference: MakeReference, tmp_path: Path
) -> None:
    gallery.put(Candidate("zed", "Zed"), [make_reference("", "zed", embedding=np.ones(512), model_id="long")])
    export(gallery, tmp_path / "out.zip")
    with Gallery.open(tmp_path / "other.db", create=True) as other:
        assert import_archive(other, tmp_path / "out.zip").added == 6
        assert other.references("zed")[0].embedding.shape == (512,)


def test_sharpness_travels_and_older_archives_have_none(
    gallery: Gallery, make_reference: MakeReference, tmp_path: Path
) -> None:
    sharp = make_reference("", "sharp")
    object.__setattr__(sharp, "sharpness", 12.5)
    gallery.put(Candidate("zed", "Zed"), [sharp])
    export(gallery, tmp_path / "out.zip")
    with Gallery.open(tmp_path / "other.db", create=True) as other:
        import_archive(other, tmp_path / "out.zip")
        assert [r.sharpness for r in other.references("zed")] == [12.5]
        assert {r.sharpness for r in other.references("yani")} == {None}

    def forget(members: dict[str, bytes]) -> None:
        with np.load(io.BytesIO(members["templates.npz"])) as npz:
            members["templates.npz"] = _npz(**{name: npz[name] for name in npz.files if name != "sharpness"})

    _repacked(tmp_path / "out.zip", forget)
    with Gallery.open(tmp_path / "third.db", create=True) as other:
        assert import_archive(other, tmp_path / "out.zip").added == 6


def test_the_gallerys_calibration_travels(
    gallery: Gallery, calibration: Calibration, tmp_path: Path, engine: Any
) -> None:
    assert calibration.model_id == "fake-model"
    gallery.put_calibration("fake-model", calibration.to_bytes())
    export(gallery, tmp_path / "out.zip")
    with Gallery.open(tmp_path / "other.db", create=True) as other:
        import_archive(other, tmp_path / "out.zip", model_id="fake-model")
        assert other.calibration("fake-model") == calibration.to_bytes()
        before = other.audit()
        import_archive(other, tmp_path / "out.zip", model_id="fake-model")
        assert other.audit() == before
    with Gallery.open(tmp_path / "own.db", create=True) as own:
        own.put_calibration("fake-model", b"measured here")
        import_archive(own, tmp_path / "out.zip", model_id="fake-model")
        assert own.calibration("fake-model") == b"measured here"
    _repacked(tmp_path / "out.zip", lambda m: m.update({"calibration.npz": b"nothing"}))
    with Gallery.open(tmp_path / "third.db", create=True) as third, pytest.raises(ArchiveUnreadableError):
        import_archive(third, tmp_path / "out.zip")


# What somebody else may have made


def _added(archive: Path, *members: tuple[zipfile.ZipInfo | str, bytes], compression: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(archive, "a", compression) as appended:
        for name, data in members:
            appended.writestr(name, data)


def _link() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("photos/link.jpg")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    "name",
    ["../evil.jpg", "photos/../../evil.jpg", "/etc/evil", "C:/evil", "photos\\..\\evil.jpg", "candidates.csv", _link()],
    ids=str,
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_archives_that_no_export_writes_are_refused(archive: Path, tmp_path: Path, name: zipfile.ZipInfo | str) -> None:
    _added(archive, (name, b"x"))
    with Gallery.open(tmp_path / "other.db", create=True) as other:
        with pytest.raises(ArchiveUnsafeError):
            import_archive(other, archive)
        assert (other.people(), other.elections()) == ((), ())


def test_absurd_sizes_are_refused(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Gallery.open(tmp_path / "other.db", create=True) as other:
        for limit in ("_LARGEST_TABLE", "_LARGEST_BATCH"):
            with monkeypatch.context() as patched, pytest.raises(ArchiveUnsafeError, match="too large"):
                patched.setattr(f"candidates.transfer.archive_file.{limit}", 100)
                import_archive(other, archive)
        _added(archive, ("photos/bomb.jpg", bytes(1 << 25)), compression=zipfile.ZIP_DEFLATED)
        with pytest.raises(ArchiveUnsafeError, match="too large"):
            import_archive(other, archive)


def test_arrays_that_grow_when_unpacked(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = io.BytesIO()
    np.savez_compressed(packed, embedding=np.zeros((1000, 128), np.float32))
    _repacked(archive, lambda m: m.update({"templates.npz": packed.getvalue()}))
    monkeypatch.setattr("candidates.transfer.archive_file._LARGEST_BATCH", 100_000)
    with Gallery.open(tmp_path / "other.db", create=True) as other, pytest.raises(ArchiveUnreadableError):
        import_archive(other, archive)


@pytest.mark.slow
def test_cut_and_flipped_bytes_never_escape(with_photos: Path, tmp_path: Path) -> None:
    sound = with_photos.read_bytes()
    chance = np.random.default_rng(0)
    for trial in range(60):
        data = bytearray(sound)
        if trial % 3:
            data[int(chance.integers(len(data)))] ^= 1 << int(chance.integers(8))
        else:
            del data[int(chance.integers(len(data))) :]
        with_photos.write_bytes(data)
        with Gallery.open(tmp_path / f"{trial}.db", create=True) as other:
            try:
                import_archive(other, with_photos)
            except (ArchiveUnreadableError, ArchiveUnsafeError):
                assert other.people() == ()


# Encryption


@pytest.fixture(scope="module")
def small_secret() -> bytes:
    return encrypted(b"PK no zip after all", "kuda baterai")


@pytest.mark.slow
def test_an_encrypted_copy_comes_back(gallery: Gallery, photos: Path, tmp_path: Path, engine: Any) -> None:
    target = tmp_path / "out.zip.age"
    exported = export(gallery, target, folders=[photos], passphrase="kuda baterai")
    written = sorted(path for path in tmp_path.iterdir() if path.name.startswith("out"))
    assert (written, exported.photos) == ([target], 3)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert is_encrypted(target)
    assert not any(part in target.read_bytes() for part in (b"Yani", b"candidates.csv"))
    asked: list[str] = []

    def passphrase() -> str:
        asked.append("once")
        return "kuda baterai"

    engine.model_id = "new"
    with Gallery.open(tmp_path / "other.db", create=True) as other:
        assert import_archive(other, target, engine, model_id="new", passphrase=passphrase).added == 1
    assert (asked, sorted(engine.described)) == (["once"], ["yani-0.jpg", "yani-1.jpg"])


def test_nothing_plain_reaches_the_disk(gallery: Gallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {path.name for path in tmp_path.iterdir()}

    def watching(data: bytes, passphrase: str) -> bytes:
        assert b"candidates.csv" in data
        assert passphrase == "x"
        sizes = {path.name: path.stat().st_size for path in tmp_path.iterdir() if path.name not in before}
        assert sizes == {"out.age.part": 0}
        return b"secret"

    monkeypatch.setattr("candidates.transfer.export.encrypted", watching)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    export(gallery, tmp_path / "out.age", passphrase="x")
    assert (tmp_path / "out.age").read_bytes() == b"secret"
    assert {path.name for path in tmp_path.iterdir()} == before | {"out.age"}


@pytest.mark.slow
def test_a_passphrase_is_needed(gallery: Gallery, tmp_path: Path, small_secret: bytes) -> None:
    with pytest.raises(PassphraseNeededError):
        export(gallery, tmp_path / "out.age", passphrase="")
    assert not list(tmp_path.glob("out*"))
    with pytest.raises(PassphraseNeededError):
        encrypted(b"x", "")
    (tmp_path / "in.age").write_bytes(small_secret)
    with pytest.raises(PassphraseNeededError):
        import_archive(gallery, tmp_path / "in.age")


@pytest.mark.slow
def test_wrong_passphrase_and_damage_are_told_apart(tmp_path: Path, small_secret: bytes, gallery: Gallery) -> None:
    path = tmp_path / "in.age"
    path.write_bytes(small_secret)
    with pytest.raises(WrongPassphraseError):
        decrypted(path, "kuda")
    with pytest.raises(ArchiveUnreadableError, match=r"not made by"):  # opens, and is no export
        import_archive(gallery, path, passphrase=lambda: "kuda baterai")
    header = small_secret.index(b"---")
    for damaged in (
        small_secret[:-1],
        small_secret[:30],
        small_secret[: header + 8] + b"AAAA" + small_secret[header + 12 :],
    ):
        path.write_bytes(damaged)
        with pytest.raises(ArchiveUnreadableError, match="damaged"):
            decrypted(path, "kuda baterai")


def test_files_for_keys_and_costly_ones(tmp_path: Path, small_secret: bytes) -> None:
    import pyrage

    path = tmp_path / "in.age"
    path.write_bytes(pyrage.encrypt(b"x", [pyrage.x25519.Identity.generate().to_public()]))
    with pytest.raises(ArchiveUnreadableError, match="for keys"):
        decrypted(path, "x")
    lines = small_secret.split(b"\n", 2)
    lines[1] = lines[1].rpartition(b" ")[0] + b" 40"
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(ArchiveUnsafeError):
        decrypted(path, "kuda baterai")


@pytest.mark.slow
def test_text_armour_is_read(tmp_path: Path, small_secret: bytes) -> None:
    lines = base64.encodebytes(small_secret).replace(b"\n", b"")
    text = b"\n".join(lines[at : at + 64] for at in range(0, len(lines), 64))
    path = tmp_path / "in.age"
    path.write_bytes(b"-----BEGIN AGE ENCRYPTED FILE-----\n%s\n-----END AGE ENCRYPTED FILE-----\n" % text)
    assert is_encrypted(path)
    assert decrypted(path, "kuda baterai") == b"PK no zip after all"


def test_too_large_to_encrypt(gallery: Gallery, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("candidates.transfer.encryption.LARGEST", 1000)
    monkeypatch.setattr("candidates.transfer.encryption._OVERHEAD", 0)
    with pytest.raises(ArchiveTooLargeError):
        export(gallery, tmp_path / "out.age", passphrase="x")
    assert not list(tmp_path.glob("out*"))
    with pytest.raises(ArchiveTooLargeError):
        encrypted(bytes(1001), "x")
    (tmp_path / "in.age").write_bytes(b"age-encryption.org/v1\n" + bytes(1000))
    with pytest.raises(ArchiveTooLargeError):
        import_archive(gallery, tmp_path / "in.age", passphrase=lambda: "x")

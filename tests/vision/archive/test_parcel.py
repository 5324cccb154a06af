"""Files that travel: complete, the same there as here, nobody else's to read, and gone with the last who uses them."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from candidates import Candidate, Gallery, Reference
from vision.archive.cluster.errors import ClusterError
from vision.archive.cluster.parcel import Parcel, UnpackedParcel
from vision.rules import Policy
from vision.settings import CheckerSettings

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def parcel() -> Parcel:
    return Parcel(CheckerSettings(gallery="gallery/gallery.db"), {"gallery/gallery.db": b"numbers"})


def wait_until_gone(folder: Path) -> None:
    until = time.monotonic() + 10
    while folder.exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert not folder.exists()


def test_a_gallery_that_is_being_written_travels_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "calon.db"
    vector = np.eye(128, dtype=np.float32)[0]
    with Gallery.open(path, create=True) as gallery:
        gallery.put(Candidate("ani", "Ani"), [Reference(0, "", "a.jpg", "0" * 64, "m", vector, 100.0)])
        (tmp_path / "calon.db.vectors").write_bytes(b"arrays")
        parcel = Parcel.pack(CheckerSettings(gallery=str(path)))  # what was put lies in SQLite's log still
        revision = gallery.revision
    with UnpackedParcel(parcel, beside=tmp_path) as laid:
        assert laid.settings.gallery is not None
        there = Path(laid.settings.gallery)
        assert there.with_name("gallery.db.vectors").read_bytes() == b"arrays"
        with Gallery.open(there, read_only=True) as copied:
            assert copied.revision == revision


def test_a_policy_travels_with_all_that_it_extends(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "base.toml").write_text('id = "base"\nextends = "skb-2-2022"\n')
    (tmp_path / "own" / "unit").mkdir()
    own = tmp_path / "own" / "unit" / "own.toml"
    own.write_text('id = "own"\nextends = "../base.toml"\n')
    parcel = Parcel.pack(CheckerSettings(policy=str(own)))
    assert sorted(parcel.files) == ["policy/base.toml", "policy/unit/own.toml"]
    with UnpackedParcel(parcel, beside=tmp_path) as laid:
        assert Policy.load(laid.settings.policy) == Policy.load(own)


def test_a_face_model_keeps_its_name_and_its_levels(tmp_path: Path) -> None:
    (tmp_path / "w600k.onnx").write_bytes(b"network")
    (tmp_path / "w600k.toml").write_text("mean = 127.5\n")
    parcel = Parcel.pack(CheckerSettings(face_model=str(tmp_path / "w600k.onnx")))
    with UnpackedParcel(parcel, beside=tmp_path) as laid:
        assert laid.settings.face_model is not None
        there = Path(laid.settings.face_model)
        assert (there.name, there.read_bytes()) == ("w600k.onnx", b"network")
        assert there.with_suffix(".toml").read_text() == "mean = 127.5\n"


@pytest.mark.parametrize("policy", ["skb-2-2022", "kulon-progo"])
def test_a_shipped_policy_alone_needs_no_file(policy: str, tmp_path: Path) -> None:
    settings = CheckerSettings(policy=policy)
    parcel = Parcel.pack(settings)
    assert (parcel.settings, dict(parcel.files)) == (settings, {})
    with UnpackedParcel(parcel, beside=tmp_path) as laid:
        assert (laid.folder, laid.settings) == (None, settings)
    assert not list(tmp_path.iterdir())


def test_only_the_owner_may_read_and_the_last_one_removes(parcel: Parcel, tmp_path: Path) -> None:
    with UnpackedParcel(parcel, beside=tmp_path) as first:
        folder = first.folder
        assert folder is not None
        with UnpackedParcel(parcel, beside=tmp_path) as second:
            assert second.folder == folder
        assert folder.is_dir()
        for path in [folder, *folder.rglob("*")]:
            assert path.stat().st_mode & 0o077 == 0, path
        other = Parcel(parcel.settings, {"gallery/gallery.db": b"other numbers"})
        with UnpackedParcel(other, beside=tmp_path) as third:
            assert third.folder != folder
    assert not list(tmp_path.iterdir())


def test_what_a_killed_process_left_unfinished_is_written_anew(parcel: Parcel, tmp_path: Path) -> None:
    with UnpackedParcel(parcel, beside=tmp_path) as laid:
        folder = laid.folder
    assert folder is not None
    (folder / "gallery").mkdir(parents=True)
    folder.chmod(0o700)
    (folder / "gallery" / "gallery.db").write_bytes(b"num")
    with UnpackedParcel(parcel, beside=tmp_path):
        assert (folder / "gallery" / "gallery.db").read_bytes() == b"numbers"
    assert not folder.exists()


def test_nothing_stays_behind_a_killed_process(tmp_path: Path) -> None:
    script = """
        import sys, time
        from pathlib import Path
        from vision.archive.cluster.parcel import UnpackedParcel, Parcel
        from vision.settings import CheckerSettings

        parcel = Parcel(CheckerSettings(gallery="gallery/gallery.db"), {"gallery/gallery.db": b"numbers"})
        laid_out = UnpackedParcel(parcel, beside=Path(sys.argv[1]))
        print(laid_out.folder, flush=True)
        time.sleep(600)
    """
    command = [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as one:
        assert one.stdout is not None
        folder = Path(one.stdout.readline().strip())
        try:
            assert (folder / "gallery" / "gallery.db").read_bytes() == b"numbers"
        finally:
            one.kill()
    wait_until_gone(folder)


def test_a_folder_that_others_can_write_is_not_used(parcel: Parcel, tmp_path: Path) -> None:
    with UnpackedParcel(parcel, beside=tmp_path) as laid:
        folder = laid.folder
    assert folder is not None
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    with pytest.raises(ClusterError, match="alone"):
        UnpackedParcel(parcel, beside=tmp_path)
    folder.rmdir()
    folder.symlink_to(tmp_path)
    with pytest.raises(ClusterError, match="alone"):
        UnpackedParcel(replace(parcel), beside=tmp_path)

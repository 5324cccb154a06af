"""What a file is: by its first bytes, by its name where these say nothing, and what of it is told to people."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from tests.media_files import DNG, KINDS, NEF, PDF, SILENT, VIDEO, tiff_of
from vision.errors import Language
from vision.media.folders import MOST_LOOKED_AT, Exclusions, is_rubbish, kind_of_file, pictures_in
from vision.media.kinds import FileKind, kind_of, kind_of_content
from vision.media.photo import open_photo, read_photo
from vision.media.unseen import NotLookedAtError, advice, counted

JPEG = b"\xff\xd8\xff\xe0 a photo"


@pytest.mark.parametrize("name", KINDS)
def test_what_is_not_looked_at_is_told_by_its_kind(tmp_path: Path, name: str) -> None:
    kind, data = KINDS[name]
    assert kind_of(data, name) == kind
    (tmp_path / name).write_bytes(data)
    assert kind_of_file(str(tmp_path / name)) in (kind, FileKind.PHOTO if name.endswith(".tif") else None)
    with pytest.raises(NotLookedAtError) as caught:
        open_photo(tmp_path / name)
    assert (caught.value.code, caught.value.kind) == ("media.not_looked_at", kind)


@pytest.mark.parametrize("name", SILENT)
def test_what_holds_no_picture_is_nothing(name: str) -> None:
    assert kind_of(SILENT[name], name) is None


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        pytest.param("foto.jpg", VIDEO, "video", id="a video called a photo"),
        pytest.param("foto.jpg", PDF, "pdf", id="a PDF called a photo"),
        pytest.param("catatan.txt", PDF, "pdf", id="a PDF called a text"),
        pytest.param("klip.mp4", JPEG, "photo", id="a photo called a video"),
        pytest.param("kamera.nef", JPEG, "photo", id="a JPEG called raw"),
        pytest.param("foto.jpg", b"damaged", "photo", id="a damaged photo"),
        pytest.param("foto.tif", tiff_of((256, 100), (257, 100)), "photo", id="a TIFF"),
        pytest.param("foto.tif", tiff_of((254, 0), (330, 900)), "photo", id="a TIFF with smaller copies"),
        pytest.param("surat.ai", PDF, "design", id="Illustrator's PDF"),
    ],
)
def test_contents_go_before_names(name: str, data: bytes, kind: str) -> None:
    assert kind_of(data, name) == kind


@pytest.mark.parametrize("data", [NEF, DNG], ids=["NEF", "DNG"])
def test_raw_is_told_without_a_name(data: bytes) -> None:
    assert kind_of_content(data) is FileKind.RAW


def test_a_large_video_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "besar.mp4"
    path.write_bytes(VIDEO)
    with path.open("r+b") as file:
        file.truncate(2**40)
    with pytest.raises(NotLookedAtError):
        read_photo(path)


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("kind", [kind for kind in FileKind if kind is not FileKind.PHOTO])
def test_every_kind_has_words(kind: FileKind, language: Language) -> None:
    error = NotLookedAtError(kind)
    assert error.text(language).endswith(advice(kind, language))
    assert counted({kind: 2}, language).startswith("2 ")
    again = pickle.loads(pickle.dumps(NotLookedAtError(FileKind.HIDDEN, 3)))
    assert (again.kind, again.count, again.text("en")) == ("hidden", 3, NotLookedAtError(FileKind.HIDDEN, 3).text("en"))


def test_counts_in_words() -> None:
    assert counted({"pdf": 2, "video": 12, "office": 0}, "id") == "12 video, 2 PDF"
    assert counted({"pdf": 2, "video": 1, "image": 3}, "en") == "3 pictures of another format, 2 PDFs, 1 video"


def test_exclusion() -> None:
    excluded = Exclusions(("*.MP4", "arsip lama", "*/tmp/*"))
    assert "foto/a.mp4" in excluded
    assert "foto/Arsip Lama" in excluded and "foto/arsip lama/" in excluded
    assert "x/tmp/b.pdf" in excluded
    assert "foto/a.mp4.jpg" not in excluded and "tmp" not in excluded
    assert "a" not in Exclusions()


def test_hidden_folders_are_counted_up_to_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / ".Statuses"
    (folder / "sub").mkdir(parents=True)
    for name, data in {"a.jpg": JPEG, "b.mp4": VIDEO, "c.txt": b"x", "sub/d": JPEG, ".nomedia": b""}.items():
        (folder / name).write_bytes(data)
    assert MOST_LOOKED_AT > 5
    assert pictures_in(str(folder)) == 3
    assert pictures_in(str(folder), Exclusions(("*.mp4",))) == 2
    monkeypatch.setattr("vision.media.folders.MOST_LOOKED_AT", 4)
    assert pictures_in(str(folder)) < 0


@pytest.mark.parametrize("name", [".git", "__MACOSX", "@eaDir", ".thumbnails", ".DS_Store", "Thumbs.db", "._a.jpg"])
def test_machines_own_files_are_rubbish(name: str) -> None:
    assert is_rubbish(name)
    assert not is_rubbish(".Statuses")

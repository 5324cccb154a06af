"""Files, folders and patterns as sources: what is listed, in which order, and what is told."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from scripts.proofs.archives.bombs import tar_of, zip_of_files
from vision.archive.sources.listing import list_places
from vision.archive.sources.places import Container, Listed, PhotoPlace, UnreadablePlace

JPEG = b"\xff\xd8\xff\xe0 a photo"


def make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(JPEG)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty folder that is the working directory."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def names(sources: Sequence[str], **options: Any) -> list[str]:
    listed = list(list_places(sources, **options))
    assert not [one for one in listed if isinstance(one, UnreadablePlace)]
    return [one.name for one in listed if isinstance(one, PhotoPlace)]


def told(sources: Sequence[str], **options: Any) -> list[tuple[str, str]]:
    return [(one.name, one.error.code) for one in list_places(sources, **options) if isinstance(one, UnreadablePlace)]


def test_own_files_come_before_those_of_subfolders(here: Path) -> None:
    make(here, "f/z.jpg", "f/a/b.jpg", "f/a/a/x.jpg", "f/B.jpg", "f/c/y.txt", "f/a/c.jpg")
    assert names(["f"]) == ["f/B.jpg", "f/z.jpg", "f/a/b.jpg", "f/a/c.jpg", "f/a/a/x.jpg", "f/c/y.txt"]


def test_places_tell_size_and_times(here: Path) -> None:
    make(here, "a.jpg")
    os.utime("a.jpg", ns=(0, 1_600_000_000_123_456_789))
    (place,) = list_places(["a.jpg"])
    assert isinstance(place, PhotoPlace)
    assert place.size == len(JPEG)
    assert place.modified == pytest.approx(1_600_000_000.123)
    assert place.container is None


@pytest.mark.parametrize("change", ["write", "append", "touch", "replace with the same times", "turn in place"])
def test_stamps_change(here: Path, change: str) -> None:
    make(here, "a.jpg", "b.jpg")
    before = {one.name: one.stamp for one in list_places(["."]) if isinstance(one, PhotoPlace)}
    status = Path("a.jpg").stat()
    if change == "write":
        Path("a.jpg").write_bytes(JPEG[::-1])
    elif change == "append":
        with Path("a.jpg").open("ab") as file:
            file.write(b"!")
    elif change == "touch":
        os.utime("a.jpg")
    elif change == "replace with the same times":
        Path("new").write_bytes(JPEG[::-1])
        os.utime("new", ns=(status.st_atime_ns, status.st_mtime_ns))
        Path("new").replace("a.jpg")
    else:
        Path("a.jpg").write_bytes(JPEG[::-1])
        os.utime("a.jpg", ns=(status.st_atime_ns, status.st_mtime_ns))
    after = {one.name: one.stamp for one in list_places(["."]) if isinstance(one, PhotoPlace)}
    assert after["./b.jpg"] == before["./b.jpg"]
    assert after["./a.jpg"] != before["./a.jpg"]


def test_hidden_files_and_junk(here: Path) -> None:
    make(here, "f/.a.jpg", "f/.d/b.jpg", "f/__MACOSX/c.jpg", "f/._d.jpg", "f/@eaDir/e.jpg", "f/g.jpg", ".h/i.jpg")
    assert names(["f"]) == ["f/g.jpg"]
    assert names(["f"], hidden=True) == ["f/.a.jpg", "f/g.jpg", "f/.d/b.jpg"]
    assert names([".h", "f/.a.jpg", "f/._d.jpg"]) == [".h/i.jpg", "f/.a.jpg", "f/._d.jpg"]


def test_hidden_members(here: Path) -> None:
    files = [(name, JPEG) for name in ("a.jpg", ".b.jpg", "x/.y/c.jpg", "__MACOSX/._a.jpg", "./d.jpg", "../e.jpg")]
    Path("z.zip").write_bytes(zip_of_files(files))
    Path("t.tar").write_bytes(tar_of(files))
    for container in ("z.zip", "t.tar"):
        assert names([container]) == [f"{container}!/{name}" for name in ("a.jpg", "./d.jpg", "../e.jpg")]
        assert len(names([container], hidden=True)) == 5


def test_overlapping_sources_give_one_place(here: Path) -> None:
    make(here, "f/a.jpg", "f/g/b.jpg", "f/g/c.jpg", "f/.hidden.jpg")
    assert names(["f", "f/g", "f", "./f", str(here / "f"), "f/a.jpg", "f/g/../g/b.jpg"]) == [
        "f/a.jpg",
        "f/g/b.jpg",
        "f/g/c.jpg",
    ]
    assert names(["f/g", "f"]) == ["f/g/b.jpg", "f/g/c.jpg", "f/a.jpg"]
    assert names(["f/g/c.jpg", "./f/g/c.jpg", "f"]) == ["f/g/c.jpg", "f/a.jpg", "f/g/b.jpg"]
    assert names(["f/**/*.jpg", "f"]) == ["f/a.jpg", "f/g/b.jpg", "f/g/c.jpg"]
    assert names(["f", "f/.hidden.jpg", "f/.hidden.jpg"])[-1] == "f/.hidden.jpg"
    assert len(names(["f", "f/.hidden.jpg", "f/.hidden.jpg"])) == 4


def test_containers_are_listed_once(here: Path) -> None:
    Path("a.zip").write_bytes(zip_of_files([("x.jpg", JPEG)]))
    assert names(["a.zip", ".", "./a.zip", "*.zip"]) == ["a.zip!/x.jpg"]


def test_leave_out(here: Path) -> None:
    make(here, "f/a.jpg", "f/out/b.jpg", "f/out/deep/c.jpg", "f/outer/d.jpg")
    Path("link").symlink_to("f/out")
    for out in ("f/out", "./f/../f/out", "link", str(here / "f/out")):
        assert names(["f"], leave_out=[out]) == ["f/a.jpg", "f/outer/d.jpg"]
        assert names(["f/**/*.jpg"], leave_out=[out]) == ["f/a.jpg", "f/outer/d.jpg"]
    assert names(["f/out/b.jpg"], leave_out=["f/out"]) == ["f/out/b.jpg"], "it was named itself"
    assert names(["f"], leave_out=["f/does not exist"])[-1] == "f/outer/d.jpg"
    assert told(["f/out"], leave_out=["f/out"]) == [("f/out", "archive.empty_folder")]


def test_links(here: Path) -> None:
    make(here, "f/a.jpg", "g/b.jpg", "g/h/c.jpg")
    Path("f/file.jpg").symlink_to("../g/b.jpg")
    Path("f/folder").symlink_to("../g")
    Path("f/loop").symlink_to("..")
    Path("f/self").symlink_to(".")
    Path("g/h/back").symlink_to("../../f")
    assert names(["f"]) == ["f/a.jpg", "f/file.jpg"]
    assert names(["f/folder"]) == ["f/folder/b.jpg", "f/folder/h/c.jpg"], "it was named itself"
    followed = names(["f"], follow_links=True)
    assert followed == ["f/a.jpg", "f/file.jpg", "f/folder/b.jpg", "f/folder/h/c.jpg"]


def test_links_that_double_with_every_level_end(here: Path) -> None:
    for level in range(30):
        make(here, f"l{level:02}/a.jpg")
        for way in ("x", "y"):
            Path(f"l{level:02}/{way}").symlink_to(f"../l{(level + 1) % 30:02}")
    assert len(names(["l00"], follow_links=True)) == 30
    assert names(["l00/**/*.jpg"]) == ["l00/a.jpg"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("f/*.jpg", ["f/a.jpg", "f/b.jpg"]),
        ("f/[b-z].jpg", ["f/b.jpg"]),
        ("f/?.JPG", ["f/c.JPG"]),
        ("f/*/*.jpg", ["f/d/e.jpg"]),
        ("f/**/*.jpg", ["f/a.jpg", "f/b.jpg", "f/d/e.jpg", "f/d/g/h.jpg"]),
        ("**/g/*", ["f/d/g/h.jpg"]),
        ("f/**/g/**/*.jpg", ["f/d/g/h.jpg"]),
        ("f/d*", ["f/d/e.jpg", "f/d/g/h.jpg"]),
        ("f/.*.jpg", ["f/.i.jpg"]),
        ("./f/d/../*.jpg", ["./f/d/../a.jpg", "./f/d/../b.jpg"]),
        ("f/d/g/h.jpg/*", []),
        ("f/a.jpg/**", []),
        ("f/*.png", []),
        ("[", []),
    ],
)
def test_patterns(here: Path, pattern: str, expected: list[str]) -> None:
    make(here, "f/a.jpg", "f/b.jpg", "f/c.JPG", "f/d/e.jpg", "f/d/g/h.jpg", "f/.i.jpg", "f/.j/k.jpg")
    listed = list(list_places([pattern]))
    assert [one.name for one in listed if isinstance(one, PhotoPlace)] == expected
    codes = [one.error.code for one in listed if isinstance(one, UnreadablePlace)]
    assert codes == ([] if expected else ["photo.not_found"])


def test_any_depth_takes_everything(here: Path) -> None:
    make(here, "f/a.jpg", "f/d/e.jpg")
    assert names(["**"]) == ["./f/a.jpg", "./f/d/e.jpg"]
    assert names([f"{here}/**/e.*"]) == [f"{here}/f/d/e.jpg"]


def test_a_file_named_like_a_pattern_goes_first(here: Path) -> None:
    make(here, "foto[1].jpg", "foto1.jpg", "**")
    assert names(["foto[1].jpg", "**"]) == ["foto[1].jpg", "**"]


@pytest.mark.parametrize("source", ["nothing.jpg", "no/where", "", "a\0b.jpg", "x" * 300])
def test_what_is_not_there_is_told(here: Path, source: str) -> None:
    assert told([source]) == [(source, "photo.not_found")]


def test_empty_folders_are_told_when_they_were_given(here: Path) -> None:
    (here / "f/empty").mkdir(parents=True)
    make(here, "g/.hidden.jpg")
    assert told(["f", "g", "f/empty"]) == [("f", "archive.empty_folder"), ("g", "archive.empty_folder")]
    make(here, "f/a.jpg")
    assert told(["f"]) == []
    assert told(["*"]) == []


def test_names_of_all_kinds(here: Path) -> None:
    raw = [
        b"caf\xe9.jpg",
        b"new\nline.jpg",
        b"\x1b[0m.jpg",
        "日本.jpg".encode(),
        b" .jpg",
        b"-rf",
        b"x" * 250 + b".jpg",
    ]
    for name in raw:
        Path(os.fsdecode(name)).write_bytes(JPEG)
    listed = names(["."])
    assert sorted(os.fsencode(name) for name in listed) == sorted(b"./" + name for name in raw)
    assert listed == sorted(listed)
    assert names([os.fsdecode(b"caf\xe9.jpg")]) == [os.fsdecode(b"caf\xe9.jpg")]


def test_devices_and_pipes_are_listed_unopened(here: Path) -> None:
    os.mkfifo("pipe.jpg")
    os.mkfifo("pipe.zip")
    Path("zero.jpg").symlink_to("/dev/zero")
    assert names([".", "pipe.jpg"]) == ["./pipe.jpg", "./pipe.zip", "./zero.jpg"]
    assert all(isinstance(one, PhotoPlace) and one.stamp is None for one in list_places(["."]))


def test_folders_that_cannot_be_listed_are_told_and_the_walk_goes_on(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(here, "f/a/1.jpg", "f/b/2.jpg", "f/c/3.jpg")
    real = os.scandir

    def refuse(path: str) -> Any:
        if path == "f/b":
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    listed = list(list_places(["f"]))
    assert [one.name for one in listed] == ["f/a/1.jpg", "f/b", "f/c/3.jpg"]
    assert told(["f"]) == [("f/b", "archive.folder")]
    assert told(["f/*/*.jpg"]) == [("f/b", "archive.folder")]


class FailingFolder:
    """A folder on a disk that fails half-way."""

    def __init__(self, entries: Any) -> None:
        self._entries = entries

    def __enter__(self) -> FailingFolder:
        return self

    def __exit__(self, *_: object) -> None:
        self._entries.close()

    def __iter__(self) -> Iterator[os.DirEntry[str]]:
        yield next(self._entries)
        raise OSError(5, "Input/output error")


def test_a_disk_that_fails_half_way_keeps_what_came_before(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(here, "f/1.jpg", "f/2.jpg")
    real = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: FailingFolder(real(path)))
    listed = list(list_places(["f"]))
    assert [type(one) for one in listed] == [PhotoPlace, UnreadablePlace]


def test_listing_is_lazy_and_opens_nothing(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(here, *(f"f/{number}/{number}.jpg" for number in range(50)))

    def refuse(*_: object) -> None:
        raise AssertionError("a file was opened")

    scanned = []
    real = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: scanned.append(path) or real(path))
    monkeypatch.setattr("builtins.open", refuse)
    monkeypatch.setattr(os, "open", refuse)
    listing = list_places(["f"])
    next(listing)
    assert len(scanned) == 2
    assert len(list(listing)) == 49


def test_the_order_does_not_depend_on_the_system(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(here, *(f"f/{number % 7}/{number}.jpg" for number in range(60)))
    before = list(list_places(["f"]))
    real = os.scandir

    class Shuffled:
        def __init__(self, path: str) -> None:
            with real(path) as entries:
                self.entries = list(entries)
            random.Random(3).shuffle(self.entries)

        def __enter__(self) -> list[os.DirEntry[str]]:
            return self.entries

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr(os, "scandir", Shuffled)
    assert list(list_places(["f"])) == before


def test_known_containers_are_not_opened(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.zip", "b.zip"):
        Path(name).write_bytes(zip_of_files([("x.jpg", JPEG)]))
    first: list[Listed] = list(list_places(["."]))
    containers = [one for one in first if isinstance(one, Container)]
    known = {(one.name, one.stamp) for one in containers}
    Path("b.zip").write_bytes(zip_of_files([("x.jpg", JPEG), ("y.jpg", JPEG)]))
    second = list(list_places(["."], known=lambda name, stamp: (name, stamp) in known))
    assert [one.name for one in second] == ["./a.zip", "./b.zip!/x.jpg", "./b.zip!/y.jpg", "./b.zip"]
    assert second[0] == Container("./a.zip", containers[0].stamp, unchanged=True)


def test_a_locked_container_is_told(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.zip").write_bytes(zip_of_files([("x.jpg", JPEG)]))
    real = os.open

    def refuse(path: Any, *rest: Any, **options: Any) -> int:
        if path == "a.zip":
            raise PermissionError(13, "Permission denied", path)
        return real(path, *rest, **options)

    monkeypatch.setattr(os, "open", refuse)
    assert told(["a.zip"]) == [("a.zip", "photo.not_found")]

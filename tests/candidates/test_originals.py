import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from candidates.transfer import originals as module
from candidates.transfer.originals import originals


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_photos_are_found_by_content_whatever_their_names(tmp_path: Path) -> None:
    deep = write(tmp_path / "a" / "b" / "anything.bin", "one")
    other = write(tmp_path / "elsewhere" / "x", "two")
    write(tmp_path / "a" / "one.jpg", "not it")
    folders = [tmp_path / "a", tmp_path / "elsewhere"]
    assert originals(folders, {sha("one"), sha("two"), sha("gone")}) == {sha("one"): deep, sha("two"): other}


def test_the_first_of_several_copies_by_folder_and_name(tmp_path: Path) -> None:
    write(tmp_path / "a" / "z.jpg", "one")
    write(tmp_path / "b" / "a.jpg", "one")
    first = write(tmp_path / "b" / "0" / "z.jpg", "one")
    assert originals([tmp_path / "b", tmp_path / "a"], {sha("one")}) == {sha("one"): first}


def test_a_file_stands_for_itself(tmp_path: Path) -> None:
    photo = write(tmp_path / "photo.jpg", "one")
    assert originals([photo], {sha("one")}) == {sha("one"): photo}


def test_it_stops_when_all_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    plain = module._sha256
    monkeypatch.setattr(module, "_sha256", lambda path: read.append(path.name) or plain(path))
    for name in "abcd":
        write(tmp_path / name, name)
    assert list(originals([tmp_path], {sha("b")})) == [sha("b")]
    assert read == ["a", "b"]
    assert originals([tmp_path], set()) == {}
    assert read == ["a", "b"]


def test_links_in_a_circle_end_and_links_elsewhere_are_followed(tmp_path: Path) -> None:
    album = tmp_path / "album"
    write(album / "a.jpg", "a")
    write(tmp_path / "disk" / "b.jpg", "b")
    (album / "again").symlink_to(album, target_is_directory=True)
    (album / "itself").symlink_to("itself")
    (album / "disk").symlink_to(tmp_path / "disk", target_is_directory=True)
    assert set(originals([album], {sha("a"), sha("b"), sha("gone")})) == {sha("a"), sha("b")}


def test_what_cannot_be_read_is_passed_over(tmp_path: Path) -> None:
    photo = write(tmp_path / "z.jpg", "one")
    (tmp_path / "dangling.jpg").symlink_to("nowhere")
    os.mkfifo(tmp_path / "a-pipe.jpg")
    locked = write(tmp_path / "locked.jpg", "one")
    locked.chmod(0)
    closed = tmp_path / "closed"
    write(closed / "in.jpg", "two")
    closed.chmod(0)
    try:
        found = originals([tmp_path / "no such folder", tmp_path], {sha("one"), sha("gone")})
    finally:
        closed.chmod(0o700)
    assert found[sha("one")] in (photo, locked)  # root reads everything
    assert set(found) == {sha("one")}


def test_a_file_that_fails_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "a.jpg", "one")
    photo = write(tmp_path / "b.jpg", "one")
    plain = Path.open

    def failing(path: Path, *args: Any, **options: Any) -> Any:
        if path.name == "a.jpg":
            raise OSError(5, "Input/output error")
        return plain(path, *args, **options)

    monkeypatch.setattr(Path, "open", failing)
    assert originals([tmp_path], {sha("one")}) == {sha("one"): photo}

"""Files that are there whole or not at all, whoever interrupts."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from candidates.whole_files import writing_whole


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_it_takes_the_name_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"before")
    with writing_whole(path) as file:
        file.write(b"after")
        assert path.read_bytes() == b"before"
    assert (names(tmp_path), path.read_bytes()) == (["a.csv"], b"after")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError, ValueError])
def test_what_is_interrupted_leaves_nothing(error: type[BaseException], tmp_path: Path) -> None:
    with pytest.raises(error), writing_whole(tmp_path / "a.csv") as file:
        file.write(b"half")
        raise error
    assert not names(tmp_path)


def test_a_half_file_of_a_known_name_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "a.part").write_bytes(b"of a process that was killed")
    with writing_whole(tmp_path / "a", half=tmp_path / "a.part", durable=True) as file:
        file.write(b"whole")
    assert (names(tmp_path), (tmp_path / "a").read_bytes()) == (["a"], b"whole")


def test_two_may_write_one_file_at_the_same_time(tmp_path: Path) -> None:
    with writing_whole(tmp_path / "a") as one, writing_whole(tmp_path / "a") as other:
        one.write(b"1")
        other.write(b"2")
    assert (names(tmp_path), (tmp_path / "a").read_bytes()) == (["a"], b"1")


def test_a_file_that_came_meanwhile_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    with pytest.raises(FileExistsError), writing_whole(path, mode=0o666, replace=False):
        path.write_bytes(b"somebody's")
    assert (names(tmp_path), path.read_bytes()) == (["a.jpg"], b"somebody's")


def test_the_mode_is_less_the_mask(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with writing_whole(tmp_path / "a", mode=0o666, replace=False) as file:
            file.write(b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_the_error_names_the_file_and_not_its_half(tmp_path: Path) -> None:
    path = tmp_path / "none" / "a.csv"
    with pytest.raises(FileNotFoundError) as caught, writing_whole(path):
        pass
    assert caught.value.filename == str(path)

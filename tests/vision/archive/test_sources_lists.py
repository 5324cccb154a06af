"""Lists of names: lines or NUL, files or streams, odd bytes."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from vision.archive.errors import ListUnreadableError
from vision.archive.sources.lists import MOST_NAME_BYTES, read_list


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (b"a.jpg\nb c.jpg\n", ["a.jpg", "b c.jpg"]),
        (b"a.jpg\r\nb.jpg", ["a.jpg", "b.jpg"]),
        (b"\n\n a.jpg \n\n", [" a.jpg "]),
        (b"a\nb.jpg\0c.jpg\0", ["a\nb.jpg", "c.jpg"]),
        (b"a.jpg\0\0b.jpg", ["a.jpg", "b.jpg"]),
        (b"\xef\xbb\xbfa.jpg\n", ["a.jpg"]),
        ("a.jpg\r\né.jpg\r\n".encode("utf-16"), ["a.jpg", "é.jpg"]),
        (b"caf\xe9.jpg\n# not a comment\n", ["caf\udce9.jpg", "# not a comment"]),
        (b"", []),
        (b"\n", []),
    ],
    ids=["lines", "Windows", "blanks", "NUL", "empty names", "mark", "UTF-16", "bytes", "empty", "one blank"],
)
def test_what_names_come(written: bytes, expected: list[str], tmp_path: Path) -> None:
    assert list(read_list(io.BytesIO(written))) == expected
    (tmp_path / "list").write_bytes(written)
    assert list(read_list(str(tmp_path / "list"))) == expected


@pytest.mark.parametrize("separator", [b"\n", b"\0"])
def test_long_lists_across_pieces(separator: bytes) -> None:
    names = [f"folder/{'x' * (number % 97)}{number}.jpg" for number in range(20_000)]
    written = separator.join(name.encode() for name in names)
    assert list(read_list(io.BytesIO(written))) == names


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a.jpg\nb.jpg\n")))
    assert list(read_list("-")) == ["a.jpg", "b.jpg"]


def test_a_pipe_is_a_list(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.write(writing, b"a.jpg\n")
    os.close(writing)
    assert list(read_list(f"/dev/fd/{reading}")) == ["a.jpg"]
    os.close(reading)


@pytest.mark.parametrize("source", ["nowhere.txt", "", "a\0b", "/"])
def test_lists_that_cannot_be_read(source: str) -> None:
    with pytest.raises(ListUnreadableError) as raised:
        list(read_list(source))
    assert raised.value.code == "archive.list"
    assert raised.value.text("id")


def test_what_is_no_list_is_told() -> None:
    with pytest.raises(ListUnreadableError, match="no list of names"):
        list(read_list(io.BytesIO(b"a.jpg\n" + b"x" * (MOST_NAME_BYTES + 1))))

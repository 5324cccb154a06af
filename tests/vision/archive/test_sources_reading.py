"""Reading ahead: the order, what counts as a photo, limits, bounds of memory, threads that end, changes meanwhile."""

from __future__ import annotations

import gzip
import os
import random
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.proofs.archives.bombs import tar_of, zip_of_files
from vision.archive.sources import opening, packed, reading
from vision.archive.sources.files import open_file
from vision.archive.sources.listing import list_places
from vision.archive.sources.places import Contents, PhotoPlace, UnreadablePlace
from vision.archive.sources.reading import read_places
from vision.media.photo import PhotoLimits

JPEG = b"\xff\xd8\xff\xe0 a photo "
MEGABYTE = 2**20


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def readers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "fotonetral-reader"]


def no_readers_are_left() -> bool:
    """Give threads that are in the middle of a piece the time to end on a busy machine."""
    until = time.monotonic() + 30
    while readers() and time.monotonic() < until:
        time.sleep(0.01)
    return not readers()


@pytest.fixture(autouse=True)
def _all_threads_end() -> Iterator[None]:
    yield
    assert no_readers_are_left()


def places(*sources: str) -> list[PhotoPlace]:
    return [one for one in list_places(sources or ["."]) if isinstance(one, PhotoPlace)]


def outcome(one: Contents) -> object:
    return one.error.code if one.error else one.data


def put(name: str, data: bytes) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_bytes(data)


@pytest.mark.parametrize("threads", [1, 2, 4, 9])
def test_contents_come_in_the_order_of_places(here: Path, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(3)
    for number in range(120):
        put(f"{number:03}.jpg", JPEG + bytes([number]) * rng.randrange(3000))
        if number % 20 == 0:
            files = [(f"{inner}.jpg", JPEG + bytes([inner])) for inner in range(30)]
            put(f"{number:03}.zip", zip_of_files(files))
            put(f"{number:03}.tgz", tar_of(files, "gz"))
    real: Callable[..., Any] = open_file

    def slow(path: str) -> Any:
        time.sleep(rng.random() * 0.002)
        return real(path)

    monkeypatch.setattr(opening, "open_file", slow)
    wanted = places()
    assert len(wanted) == 120 + 6 * 60
    came = list(read_places(wanted, threads=threads))
    assert [one.place for one in came] == wanted
    assert all(one.error is None and one.data is not None for one in came)
    assert [one.data for one in came if one.place.container is None] == [
        Path(f"{number:03}.jpg").read_bytes() for number in range(120)
    ]


def test_some_members_may_be_left_out(here: Path) -> None:
    files = [(f"{number}.jpg", JPEG + bytes([number])) for number in range(40)]
    put("a.tar.gz", tar_of(files, "gz"))
    put("b.zip", zip_of_files(files))
    wanted = [place for number, place in enumerate(places()) if number % 3 == 1]
    assert [one.data for one in read_places(wanted)] == [
        JPEG + bytes([number % 40]) for number in range(80) if number % 3 == 1
    ]


def test_containers_in_turns_and_alone(here: Path) -> None:
    for name in ("a.zip", "b.zip"):
        put(name, zip_of_files([(f"{number}.jpg", JPEG + name.encode()) for number in range(3)]))
    put("c.jpg", JPEG)
    a, b, c = places("a.zip"), places("b.zip"), places("c.jpg")
    wanted = [*a, *b, *c, *a, *c, *b]
    assert [one.place for one in read_places(wanted)] == wanted
    assert {outcome(one) for one in read_places(wanted)} == {JPEG, JPEG + b"a.zip", JPEG + b"b.zip"}


def test_a_packed_tar_is_unpacked_once(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [(f"{number}.jpg", JPEG + random.Random(number).randbytes(50_000)) for number in range(30)]
    put("a.tar.gz", tar_of(files, "gz"))
    wanted = places()
    unpacked = 0
    real = packed.Allowance.take_out

    def count(self: packed.Allowance, size: int) -> None:
        nonlocal unpacked
        unpacked += size
        real(self, size)

    monkeypatch.setattr(packed.Allowance, "take_out", count)
    assert [one.data for one in read_places(wanted)] == [data for _, data in files]
    assert unpacked == len(gzip.decompress(Path("a.tar.gz").read_bytes()))


@pytest.mark.parametrize("where", ["file", "zip", "tar"])
@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.jpg", JPEG, JPEG),
        ("a", JPEG, JPEG),
        ("a.txt", JPEG * 100, JPEG * 100),
        ("a.jpg", b"text", b"text"),
        ("a.HEIC", b"text", b"text"),
        ("a.txt", b"text" * 10_000, None),
        ("a.txt", b"", None),
        ("a.jpg", b"", "photo.empty"),
        ("exact.jpg", JPEG.ljust(5000), JPEG.ljust(5000)),
        ("over.jpg", JPEG.ljust(5001), "photo.too_large"),
        ("over", JPEG.ljust(5001), "photo.too_large"),
        ("over.txt", b"text".ljust(5001), None),
        ("b.zip", JPEG, JPEG),
        ("in.jpg", zip_of_files([("x.jpg", JPEG)]), "archive"),
        ("in", tar_of([("x.jpg", JPEG)]), "archive"),
        ("in.docx", zip_of_files([("x.jpg", JPEG)]), "media.not_looked_at"),
        ("in.rar", b"Rar!\x1a\x07\x01\0 and so on", "archive"),
    ],
)
def test_what_counts_as_a_photo(here: Path, where: str, name: str, data: bytes, expected: object) -> None:
    if where == "file":
        put(name, data)
    elif where == "zip":
        put("outer.zip", zip_of_files([(name, data)]))
    else:
        put("outer.tar", tar_of([(name, data)]))
    limits = PhotoLimits(max_bytes=5000 if len(data) < 10_000 else 10**6)
    (came,) = read_places(places(), limits=limits)
    if expected == "archive":
        nested = "archive.nested"
        unread = "archive.unsupported" if name.endswith("rar") else "archive.misnamed"
        expected = unread if where == "file" else nested
    assert outcome(came) == expected


@pytest.mark.slow
def test_only_first_bytes_are_read_of_what_is_no_photo(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put("video.mp4", b"\0\0\0\x18ftypmp42")
    os.truncate("video.mp4", 2**40)
    put("a.zip", zip_of_files([("video.mp4", bytes(300 * MEGABYTE))]))
    tracemalloc.start()
    assert [outcome(one) for one in read_places(places())] == ["media.not_looked_at"] * 2
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * MEGABYTE


def test_errors_of_files(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo("pipe.jpg")
    put("gone.jpg", JPEG)
    put("gone", JPEG)
    put("now a folder.jpg", JPEG)
    put("now a pipe.jpg", JPEG)
    Path("loop.jpg").symlink_to("loop.jpg")
    put("z.jpg", JPEG)
    wanted = places()
    for name in ("gone.jpg", "gone", "now a folder.jpg", "now a pipe.jpg"):
        Path(name).unlink()
    Path("now a folder.jpg").mkdir()
    os.mkfifo("now a pipe.jpg")
    came = {
        one.place.name[2:]: outcome(one)
        for one in read_places([*wanted, PhotoPlace("./a\0b.jpg"), PhotoPlace("./x" * 9000)])
    }
    assert came.pop(("./x" * 9000)[2:]) == "photo.not_found"
    assert came == {
        "pipe.jpg": "archive.not_a_file",
        "gone.jpg": "photo.not_found",
        "gone": "photo.not_found",
        "now a folder.jpg": "archive.not_a_file",
        "now a pipe.jpg": "archive.not_a_file",
        "loop.jpg": "photo.not_found",
        "z.jpg": JPEG,
        "a\0b.jpg": "photo.not_found",
    }


def test_a_failing_disk_is_told(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put("a.jpg", JPEG)

    class Failing:
        def fileno(self) -> int:
            return 0

        def read(self, count: int) -> bytes:
            raise OSError(5, "Input/output error")

        def close(self) -> None:
            pass

    monkeypatch.setattr(opening, "open_file", lambda path: Failing())
    monkeypatch.setattr(os, "fstat", lambda descriptor: os.stat_result((0,) * 10))
    (came,) = read_places([PhotoPlace("a.jpg")])
    assert outcome(came) == "photo.unreadable"
    assert "a.jpg" in came.error.text("id")


def test_what_nobody_thought_of_is_the_error_of_one_place(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        put(name, JPEG)
    real: Callable[..., Any] = open_file

    def fail(path: str) -> Any:
        if "b" in path:
            raise RuntimeError("something\nnew")
        return real(path)

    monkeypatch.setattr(opening, "open_file", fail)
    assert [outcome(one) for one in read_places(places())] == [JPEG, "engine.failed", JPEG]


def test_files_that_grow_or_shrink_are_read_as_they_are(here: Path) -> None:
    put("a.jpg", JPEG)
    put("b.jpg", JPEG * 100)
    wanted = places()
    put("a.jpg", JPEG * 1000)
    put("b.jpg", JPEG)
    assert [one.data for one in read_places(wanted)] == [JPEG * 1000, JPEG]


@pytest.mark.parametrize("change", ["gone", "rewritten", "shorter", "cut", "noise", "a photo"])
def test_containers_that_change_after_listing(here: Path, change: str) -> None:
    files = [(f"{number}.jpg", JPEG + bytes([number])) for number in range(6)]
    put("a.zip", zip_of_files(files))
    put("b.jpg", JPEG)
    wanted = places()
    if change == "gone":
        Path("a.zip").unlink()
        expected: list[object] = ["photo.not_found"] * 6
    elif change == "rewritten":
        put("a.zip", zip_of_files([(name, data + b"new") for name, data in files]))
        expected = [data + b"new" for _, data in files]
    elif change == "shorter":
        put("a.zip", zip_of_files([*files[:2], *files[4:]]))
        expected = [*(data for _, data in files[:2]), *["archive.member"] * 4]
    elif change == "cut":
        put("a.zip", zip_of_files(files)[:100])
        expected = ["archive.unreadable"] * 6
    elif change == "noise":
        put("a.zip", b"noise" * 100)
        expected = ["archive.unreadable"] * 6
    else:
        put("a.zip", JPEG)
        expected = ["archive.unreadable"] * 6
    assert [outcome(one) for one in read_places(wanted)] == [*expected, JPEG]


@pytest.mark.slow
def test_what_is_read_ahead_is_bounded(here: Path) -> None:
    for number in range(40):
        put(f"{number:02}.jpg", JPEG + bytes(2 * MEGABYTE))
    put("a.zip", zip_of_files([(f"{number}.jpg", JPEG + bytes(2 * MEGABYTE)) for number in range(40)]))
    put("b.tgz", tar_of([(f"{number}.jpg", JPEG + bytes(2 * MEGABYTE)) for number in range(40)], "gz"))
    wanted = places()
    assert len(wanted) == 120
    tracemalloc.start()
    count = 0
    for one in read_places(wanted, threads=4, ahead_bytes=6 * MEGABYTE):
        assert one.data is not None
        count += 1
        if count % 20 == 1:
            time.sleep(0.05)  # so that the threads get as far ahead as they may
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 120
    # Ahead 6 MB and one photo, the one asked for last, pieces of 1 MB and buffers of four threads.
    assert peak < 20 * MEGABYTE


def test_errors_hold_on_to_nothing(here: Path) -> None:
    for number in range(10):
        put(f"{number}.jpg", b"PK\3\4" + bytes(MEGABYTE))
    put("a.zip", zip_of_files([(f"{number}.jpg", b"PK\3\4" + bytes(MEGABYTE)) for number in range(10)]))
    wanted = places()
    tracemalloc.start()
    came = list(read_places(wanted))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [outcome(one) for one in came] == ["archive.misnamed"] * 10 + ["archive.nested"] * 10
    assert held < MEGABYTE


def test_a_photo_larger_than_everything_read_ahead_gets_through(here: Path) -> None:
    for number in range(5):
        put(f"{number}.jpg", JPEG + bytes(3 * MEGABYTE))
    assert len([one for one in read_places(places(), ahead_bytes=1) if one.data]) == 5


def test_places_are_asked_for_as_they_are_needed(here: Path) -> None:
    put("a.jpg", JPEG)
    asked = 0

    def endless() -> Iterator[PhotoPlace]:
        nonlocal asked
        while True:
            asked += 1
            yield PhotoPlace("a.jpg")

    contents = read_places(endless())
    for _ in range(1000):
        next(contents)
    contents.close()  # type: ignore[attr-defined]
    assert asked < 1100


@pytest.mark.slow
def test_closing_early_ends_the_threads(here: Path) -> None:
    files = [(f"{number}.jpg", JPEG + bytes(MEGABYTE)) for number in range(50)]
    put("a.zip", zip_of_files(files))
    put("b.tgz", tar_of(files, "gz"))
    for number in range(50):
        put(f"c{number}.jpg", JPEG + bytes(MEGABYTE))
    wanted = places()
    for stop_at in (1, 30, 60, 120):
        contents = read_places(wanted, ahead_bytes=4 * MEGABYTE)
        for _ in range(stop_at):
            next(contents)
        contents.close()  # type: ignore[attr-defined]
        assert no_readers_are_left()


def test_an_error_of_the_listing_comes_through_and_ends_the_threads(here: Path) -> None:
    put("a.jpg", JPEG)

    def failing() -> Iterator[PhotoPlace]:
        yield PhotoPlace("a.jpg")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(read_places(failing()))


def test_nothing_to_read_starts_and_ends() -> None:
    assert list(read_places([])) == []


def test_listing_and_reading_go_hand_in_hand(here: Path) -> None:
    put("f/a.jpg", JPEG)
    put("f/b.zip", zip_of_files([("x.jpg", JPEG), ("y.txt", b"text")]))
    told: list[UnreadablePlace] = []

    def only_places() -> Iterator[PhotoPlace]:
        for one in list_places(["f", "nowhere"]):
            if isinstance(one, PhotoPlace):
                yield one
            elif isinstance(one, UnreadablePlace):
                told.append(one)

    assert [outcome(one) for one in read_places(only_places())] == [JPEG, JPEG, None]
    assert [one.name for one in told] == ["nowhere"]


def test_stated_bounds() -> None:
    assert reading.AHEAD_BYTES == 64 * MEGABYTE
    assert (packed.GROWTH, packed.SLACK_BYTES, packed.DICTIONARY_BYTES) == (100, 2**30, 128 * MEGABYTE)

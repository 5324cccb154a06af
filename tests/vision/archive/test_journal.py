"""The journal: what is noted, what is left to do, what an interruption leaves, what must not be mixed."""

from __future__ import annotations

import hashlib
import resource
import sqlite3
import stat
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.archive_samples import BY, FACTS, an_answer
from vision.archive.errors import (
    EmptyFolderError,
    JournalBusyError,
    JournalError,
    JournalFullError,
    JournalNotFoundError,
    JournalUnfinishedError,
)
from vision.archive.gathering import RunSummary
from vision.archive.journal import Journal, Run, Selection
from vision.archive.sources.places import Container, Listed, PhotoPlace, UnreadablePlace
from vision.archive.store import NAME
from vision.errors import PhotoNotFoundError
from vision.report.listing import Decision, Ruling

ASKED = Selection(sources=("foto",))


def key_of(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.open(tmp_path / "out", write=True) as opened:
        yield opened


def listed(journal: Journal, places: Iterable[Listed], by: dict[str, str] = BY, *, abandon: bool = False) -> Run:
    run = journal.begin_run(by, ASKED, FACTS, abandon=abandon)
    list(journal.put_listed(run, places, "id"))
    return run


def judged(journal: Journal, run: Run, keys: dict[str, str], verdicts: dict[str, str] | None = None) -> list[str]:
    """Read and judge what is pending; return the names that were read."""
    read = []
    for place in journal.pending(run):
        read.append(place.name)
        key = keys[place.name]
        if journal.put_photo(run, place, key):
            verdict = (verdicts or {}).get(place.name, "clear")
            journal.keep(run, an_answer(key, verdict, *(["pose.ok"] if verdict in ("flag", "review") else [])))
    journal.finish(run)
    return read


def names_of(journal: Journal) -> list[tuple[str, ...]]:
    return [photo.places for photo in RunSummary(journal).photos(everything=True)]


def test_equal_bytes_are_judged_once_and_listed_everywhere(journal: Journal) -> None:
    run = listed(journal, [PhotoPlace(name, "1") for name in ("b", "a", "c")])
    judged(journal, run, {"b": key_of(1), "a": key_of(1), "c": key_of(2)})
    assert names_of(journal) == [("b", "a"), ("c",)], "in the order of listing"
    assert RunSummary(journal).counts() == {"clear": 2, "places": 3, "review": 0, "flag": 0, "error": 0, "new": 0}


def test_only_what_is_new_or_changed_is_read_again(journal: Journal) -> None:
    keys = {"a": key_of(1), "b": key_of(2), "c": key_of(3)}
    places = [PhotoPlace("a", "1"), PhotoPlace("b", "1"), PhotoPlace("no stamp", None)]
    assert judged(journal, listed(journal, places), keys | {"no stamp": key_of(4)}) == ["a", "b", "no stamp"]
    places = [PhotoPlace("a", "1"), PhotoPlace("b", "2"), PhotoPlace("c", "1"), PhotoPlace("no stamp", None)]
    assert judged(journal, listed(journal, places), keys | {"no stamp": key_of(4)}) == ["b", "c", "no stamp"]


def test_what_is_gone_is_not_told_any_more(journal: Journal) -> None:
    keys = {"a": key_of(1), "b": key_of(2)}
    judged(journal, listed(journal, [PhotoPlace("a", "1"), PhotoPlace("b", "1")]), keys)
    judged(journal, listed(journal, [PhotoPlace("b", "1")]), keys)
    assert names_of(journal) == [("b",)]


def test_another_fingerprint_judges_everything_again(journal: Journal) -> None:
    keys = {"a": key_of(1), "b": key_of(2)}
    places = [PhotoPlace("a", "1"), PhotoPlace("b", "1")]
    judged(journal, listed(journal, places), keys)
    other = BY | {"gallery": "another"}
    assert judged(journal, listed(journal, places, other), keys, {"a": "flag"}) == ["a", "b"]
    assert RunSummary(journal).counts()["flag"] == 1
    assert judged(journal, listed(journal, places), keys) == [], "the first answers are still there"
    assert RunSummary(journal).counts()["flag"] == 0


def test_an_unfinished_scan_is_not_mixed_with_another(journal: Journal) -> None:
    listed(journal, [PhotoPlace("a", "1")])
    with pytest.raises(JournalUnfinishedError, match="gallery"):
        journal.begin_run(BY | {"gallery": "another"}, ASKED, FACTS)
    with pytest.raises(JournalUnfinishedError, match="sources"):
        journal.begin_run(BY, Selection(sources=("elsewhere",)), FACTS)
    assert judged(journal, listed(journal, [PhotoPlace("a", "1")]), {"a": key_of(1)}) == ["a"], "the same goes on"
    listed(journal, [PhotoPlace("a", "1")], BY | {"version": "2"})
    listed(journal, [PhotoPlace("a", "1")], BY, abandon=True)


def test_members_of_an_unchanged_container_stay(journal: Journal) -> None:
    members = [PhotoPlace(f"a.zip!/{n}", "1", container="a.zip") for n in range(3)]
    keys = {one.name: key_of(at) for at, one in enumerate(members)} | {"z": key_of(9)}
    judged(journal, listed(journal, [*members, Container("a.zip", "7"), PhotoPlace("z", "1")]), keys)
    assert journal.knows_container("a.zip", "7")
    assert not journal.knows_container("a.zip", "8")
    run = listed(journal, [Container("a.zip", "7", unchanged=True), PhotoPlace("z", "1")])
    assert judged(journal, run, keys) == []
    assert names_of(journal) == [*((one.name,) for one in members), ("z",)]


def test_failures_are_told_and_tried_again(journal: Journal) -> None:
    broken = UnreadablePlace("folder", EmptyFolderError("kosong", "empty"))
    run = listed(journal, [PhotoPlace("a", "1"), broken])
    journal.put_failure(next(journal.pending(run)), PhotoNotFoundError("hilang", "gone"), "id")
    journal.finish(run)
    told = {photo.places[0]: photo.result.error.code for photo in RunSummary(journal).photos()}
    assert told == {"a": "photo.not_found", "folder": "archive.empty_folder"}
    assert RunSummary(journal).counts()["error"] == 2
    run = listed(journal, [PhotoPlace("a", "1")])
    assert judged(journal, run, {"a": key_of(1)}) == ["a"]
    assert RunSummary(journal).counts() == {"clear": 1, "places": 1, "review": 0, "flag": 0, "error": 0, "new": 0}


def test_engine_errors_are_judged_again_only_when_asked(journal: Journal) -> None:
    run = listed(journal, [PhotoPlace("a", "1"), PhotoPlace("b", "1")])
    for place in journal.pending(run):
        journal.put_photo(run, place, key_of(ord(place.name)))
    for name, code in (("a", "engine.crashed"), ("b", "photo.truncated")):
        answer = an_answer(key_of(ord(name)), "error")
        journal.keep(run, type(answer)(answer.key, "error", answer.result, code))
    journal.finish(run)
    again = listed(journal, [PhotoPlace("a", "1"), PhotoPlace("b", "1")])
    assert journal.count_pending(again) == 0
    journal.forget_engine_errors(again)
    assert [place.name for place in journal.pending(again)] == ["a"]


def test_names_of_every_kind(journal: Journal) -> None:
    names = ["b\udcff.jpg", "a\nb", "ﺍﻟﺼﻮﺭ.jpg", "x\x00y", "👍" * 60, "%s'; DROP TABLE place;--"]
    keys = {name: key_of(at) for at, name in enumerate(names)}
    judged(journal, listed(journal, [PhotoPlace(name, "1") for name in names]), keys)
    assert names_of(journal) == [(name,) for name in names]


@pytest.mark.slow
def test_pages_of_many_places(journal: Journal) -> None:
    keys = {f"{n:05}": key_of(n // 2) for n in range(2500)}
    judged(journal, listed(journal, [PhotoPlace(name, "1") for name in keys]), keys)
    assert names_of(journal) == [(f"{n:05}", f"{n + 1:05}") for n in range(0, 2500, 2)]


def test_a_baseline_leaves_what_is_new(journal: Journal, tmp_path: Path) -> None:
    with Journal.open(tmp_path / "earlier", write=True) as earlier:
        judged(earlier, listed(earlier, [PhotoPlace("a", "1")]), {"a": key_of(1)}, {"a": "flag"})
        journal.set_baseline(earlier)
    keys = {"a": key_of(1), "b": key_of(2)}
    judged(journal, listed(journal, [PhotoPlace("a", "1"), PhotoPlace("b", "1")]), keys, {"a": "flag", "b": "flag"})
    photos = list(RunSummary(journal).photos())
    assert [(photo.places[0], photo.known) for photo in photos] == [("a", True), ("b", False)]
    assert RunSummary(journal).counts()["new"] == 1
    journal.set_baseline(None)
    assert RunSummary(journal).counts()["new"] == 2


def test_decisions_survive_another_scan(journal: Journal) -> None:
    judged(journal, listed(journal, [PhotoPlace("a", "1")]), {"a": key_of(1)}, {"a": "flag"})
    gathered = RunSummary(journal)
    assert gathered.key_of("a") == gathered.key_of(key_of(1)[:8]) == key_of(1)
    assert gathered.key_of("b") is None
    at = datetime(2026, 11, 28, 8, tzinfo=UTC)
    assert journal.decide([(key_of(1), Decision(Ruling.FALSE_ALARM, "angka di baju", "Sri", at))]) == 1
    judged(journal, listed(journal, [PhotoPlace("moved", "1")]), {"moved": key_of(1)})
    (photo,) = RunSummary(journal).photos()
    assert photo.decision == Decision(Ruling.FALSE_ALARM, "angka di baju", "Sri", at)


def test_clear_photos_outside_the_sample_are_left_out(journal: Journal) -> None:
    run = journal.begin_run(BY, ASKED, replace(FACTS, audit_rate=0.25))
    keys = {f"{n}": key_of(n) for n in range(400)}
    list(journal.put_listed(run, [PhotoPlace(name, "1") for name in keys], "id"))
    judged(journal, run, keys)
    sample = [photo.key for photo in RunSummary(journal).photos()]
    assert sample == [key for key in keys.values() if int(key[:12], 16) < 0.25 * 16**12]
    assert 70 < len(sample) < 130


def test_what_was_not_committed_is_done_again(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path, write=True)
    run = listed(journal, [PhotoPlace("a", "1"), PhotoPlace("b", "1")])
    pending = list(journal.pending(run))
    journal.put_photo(run, pending[0], key_of(1))
    journal.keep(run, an_answer(key_of(1)))
    journal.store._connection.rollback()  # as after a kill
    journal.close()
    with Journal.open(tmp_path, write=True) as again:
        run = listed(again, [PhotoPlace("a", "1"), PhotoPlace("b", "1")])
        assert judged(again, run, {"a": key_of(1), "b": key_of(2)}) == ["a", "b"]


def test_one_scan_at_a_time_but_readers_beside_it(journal: Journal) -> None:
    folder = journal.store.folder
    with pytest.raises(JournalBusyError):
        Journal.open(folder, write=True)
    judged(journal, listed(journal, [PhotoPlace("a", "1")]), {"a": key_of(1)})
    with Journal.open(folder) as reader:
        assert names_of(reader) == [("a",)]


def test_the_file_is_its_owners_alone_and_the_only_one(tmp_path: Path) -> None:
    with Journal.open(tmp_path, write=True) as journal:
        judged(journal, listed(journal, [PhotoPlace("a", "1")]), {"a": key_of(1)})
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.iterdir() if path.stat().st_size} == {NAME}


def test_no_journal(tmp_path: Path) -> None:
    with pytest.raises(JournalNotFoundError):
        Journal.open(tmp_path)
    with Journal.open(tmp_path, write=True) as empty, pytest.raises(JournalNotFoundError):
        RunSummary(empty)


@pytest.mark.parametrize("contents", [b"not a database", b""], ids=["text", "empty file"])
def test_another_file_in_its_place(tmp_path: Path, contents: bytes) -> None:
    (tmp_path / NAME).write_bytes(contents)
    if contents:
        with pytest.raises(JournalError):
            Journal.open(tmp_path, write=True)
        assert (tmp_path / NAME).read_bytes() == contents
    with pytest.raises(JournalError):
        Journal.open(tmp_path)


def test_another_database_in_its_place(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / NAME) as other:
        other.execute("CREATE TABLE people (name)")
    other.close()
    with pytest.raises(JournalError, match="no journal"):
        Journal.open(tmp_path, write=True)


def test_a_full_disk_costs_nothing_that_was_kept(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path, write=True)
    run = listed(journal, [PhotoPlace("a", "1"), PhotoPlace("b", "1")])
    journal.store.commit()
    # The database may not grow over its present size, as on a disk that is full.
    pages = journal.store.one("PRAGMA page_count")
    journal.store.write(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(JournalFullError):
        for number in range(1000):
            answer = an_answer(key_of(number), "flag", "pose.ok")
            journal.keep(run, type(answer)(answer.key, "flag", answer.result, "", b"x" * 4000))
    journal.close()
    with Journal.open(tmp_path, write=True) as again:
        assert judged(
            again, listed(again, [PhotoPlace("a", "1"), PhotoPlace("b", "1")]), {"a": key_of(1), "b": key_of(2)}
        )
        assert names_of(again) == [("a",), ("b",)]


@pytest.mark.slow
def test_memory_does_not_grow_with_the_journal(journal: Journal) -> None:
    def some(start: int) -> Run:
        return listed(journal, (PhotoPlace(f"{n:07}", "1") for n in range(start, start + 20_000)))

    some(0)
    journal.finish(journal.last_run() or some(0))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    some(20_000)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000

"""Small parts with a clock or a counter: buckets, bytes, remembered answers, crashes, languages, wishes."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.requests import Request

from candidates import Candidate, Gallery
from candidates.errors import GalleryNotFoundError
from vision.service.gallery.freshness import GalleryState
from vision.service.http.language import language_of
from vision.service.http.limits import Buckets, MemoryBudget
from vision.service.http.negotiation import preferred
from vision.service.http.problems import HttpProblemError
from vision.service.http.reply import Reply
from vision.service.photos.remembered import CrashCounts, ReplyCache

pytestmark = pytest.mark.slow


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def request(query: str = "", **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": raw})


def test_a_bucket_is_emptied_and_fills_again() -> None:
    clock = Clock()
    buckets = Buckets(60, 3, clock=clock)
    assert [buckets.take("a") for _ in range(3)] == [0, 0, 0]
    assert buckets.take("a") == pytest.approx(1.0)
    assert buckets.take("b") == 0
    clock.now += 0.5
    assert buckets.take("a") == pytest.approx(0.5)
    clock.now += 0.5
    assert buckets.take("a") == 0
    clock.now += 3600
    assert [buckets.take("a") > 0 for _ in range(4)] == [False, False, False, True]


def test_what_turns_out_to_be_due_is_waited_for_by_the_next() -> None:
    clock = Clock()
    buckets = Buckets(60, 3, clock=clock)
    buckets.take("a")
    buckets.charge("a", 9)
    assert buckets.take("a") == pytest.approx(8.0)


def test_a_caller_may_have_a_pace_of_its_own() -> None:
    buckets = Buckets(60, 30, clock=Clock())
    assert sum(buckets.take("slow", per_minute=6) == 0 for _ in range(40)) == 3
    assert sum(buckets.take("fast", per_minute=600) == 0 for _ in range(400)) == 300


def test_buckets_do_not_grow_without_end() -> None:
    buckets = Buckets(60, 3, clock=Clock())
    for caller in range(30_000):
        buckets.take(str(caller))
    assert len(buckets._buckets) <= 20_000


def test_bytes_are_bounded_over_all_and_given_back() -> None:
    budget = MemoryBudget(100, 10)
    with budget.share() as one, budget.share() as other:
        one.take(60)
        other.take(40)
        with pytest.raises(HttpProblemError, match=r"server\.busy"):
            other.take(1)
    assert budget.held_bytes == 0


def test_no_caller_takes_all_places_for_uploads() -> None:
    budget = MemoryBudget(100, 4)
    with budget.upload("a"), budget.upload("a"):
        with pytest.raises(HttpProblemError), budget.upload("a"):
            pass
        with budget.upload("b"), budget.upload("c"):
            assert budget.uploads == 4
            with pytest.raises(HttpProblemError), budget.upload("d"):
                pass
    assert budget.uploads == 0


def test_answers_are_remembered_for_a_while_and_up_to_so_many_bytes() -> None:
    clock = Clock()
    remembered = ReplyCache(10, 10_000, clock=clock)
    replies = {name: Reply(name.encode() * 1000) for name in "abcdefgh"}
    for name, reply in replies.items():
        remembered.put(name, reply)
    assert remembered.held_bytes <= 10_000
    assert remembered.get("a") is None
    assert remembered.get("h") == replies["h"]
    remembered.put("h", Reply(b"other"))
    assert remembered.get("h") == Reply(b"other")
    remembered.put("large", Reply(bytes(5_000)))
    assert remembered.get("large") is None
    clock.now += 11
    assert remembered.get("h") is None
    assert remembered.held_bytes == 0


def test_nothing_is_remembered_where_that_is_not_wanted() -> None:
    for remembered in (ReplyCache(0, 1000), ReplyCache(10, 0)):
        remembered.put("a", Reply(b"a"))
        assert remembered.get("a") is None


def test_crash_counts() -> None:
    clock = Clock()
    crashes = CrashCounts(60, clock=clock)
    crashes.add("a")
    assert not crashes.is_refused("a")
    crashes.add("a")
    assert crashes.is_refused("a")
    clock.now += 61
    assert not crashes.is_refused("a")
    for number in range(3000):
        crashes.add(str(number))
    assert len(crashes._crashes) <= 1000


@pytest.mark.parametrize(
    ("query", "accept", "language"),
    [
        ("", None, "id"),
        ("", "en", "en"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "id,en;q=0.9", "id"),
        ("", "jv,en;q=0.5,id;q=0.7", "id"),
        ("", "fr", "id"),
        ("", "en;q=nonsense", "id"),
        ("language=en", "id", "en"),
        ("language=jv", "en", "en"),
    ],
)
def test_languages(query: str, accept: str | None, language: str) -> None:
    assert language_of(request(query, **({} if accept is None else {"accept_language": accept}))) == language


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("image/jpeg", "image/jpeg"),
        ("image/*", "image/jpeg"),
        ("image/png;q=0.9, image/jpeg;q=0.5", "image/png"),
        ("image/jpeg, application/json", "application/json"),
        ("image/jpeg, */*;q=0.1", "image/jpeg"),
        ("text/html", "application/json"),
        ("image/jpeg;q=x", "application/json"),
        ("", "application/json"),
    ],
)
def test_wishes(accept: str | None, kind: str) -> None:
    asked = request(**({} if accept is None else {"accept": accept}))
    assert preferred(asked, ("application/json", "image/jpeg", "image/png")) == kind


def test_the_state_of_a_gallery_changes_with_it_and_only_then(tmp_path: Path) -> None:
    path = tmp_path / "gallery.db"
    state = GalleryState(path)
    with pytest.raises(GalleryNotFoundError):
        state.now()
    with Gallery.open(path, create=True) as gallery:
        first = state.now()
        assert state.now() == first
        gallery.put(Candidate("budi", "Budi"))
        second = state.now()
        assert second != first
    assert state.now() == second  # closing writes the file, and changes nothing in it
    with Gallery.open(path, read_only=True) as gallery:
        assert gallery.people()
    assert state.now() == second
    other = tmp_path / "other.db"
    with Gallery.open(other, create=True) as gallery:
        gallery.put(Candidate("ani", "Ani"))
    path.unlink()
    other.rename(path)
    assert state.now() != second
    assert GalleryState(None).now() == ""

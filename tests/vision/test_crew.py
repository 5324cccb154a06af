"""Work shared among threads: every answer in its place, failures told, nothing left running."""

from __future__ import annotations

import os
import threading
import time

import pytest

from vision.runtime.crew import Crew, single_blas


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 2, 23])
def test_answers_come_in_the_order_of_the_items(threads: int, count: int) -> None:
    def late_if_even(number: int) -> int:
        time.sleep(0.002 * (number % 2 == 0))
        return number * number

    assert Crew(threads).map(late_if_even, range(count)) == [number * number for number in range(count)]


def test_work_is_done_side_by_side() -> None:
    meet = threading.Barrier(2, timeout=20)
    assert len(Crew(2).map(lambda _: meet.wait(), range(2))) == 2


def test_one_thread_is_the_callers_own() -> None:
    assert Crew(1).map(lambda _: threading.current_thread(), range(3)) == [threading.current_thread()] * 3


def test_a_failure_comes_when_the_others_have_ended() -> None:
    ended = []

    def call(number: int) -> None:
        if number == 0:
            raise ValueError("the first")
        time.sleep(0.05)
        ended.append(number)

    with pytest.raises(ValueError, match="the first"):
        Crew(2).map(call, range(4))
    assert ended == [1, 2, 3]


def test_a_crew_works_on_after_a_failure() -> None:
    crew = Crew(2)
    with pytest.raises(ZeroDivisionError):
        crew.map(lambda number: 1 // number, [1, 0, 1])
    assert crew.map(lambda number: number + 1, [1, 2, 3]) == [2, 3, 4]


@pytest.mark.parametrize("threads", [0, -1])
def test_somebody_must_work(threads: int) -> None:
    with pytest.raises(ValueError, match="1 thread or more"):
        Crew(threads)


def test_matrix_products_stay_on_one_thread_unless_the_user_chose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    single_blas()
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "7")
    single_blas()
    assert os.environ["OPENBLAS_NUM_THREADS"] == "7"


def test_a_closed_crew_has_no_threads_and_works_on_the_callers_own() -> None:
    crew = Crew(2)
    members = set(crew.map(lambda _: threading.get_ident(), range(4)))
    assert threading.get_ident() not in members
    crew.close()
    crew.close()
    assert members.isdisjoint(thread.ident for thread in threading.enumerate())
    assert set(crew.map(lambda _: threading.get_ident(), range(4))) == {threading.get_ident()}

"""Judges on this machine: crashes, hangs and kills cost one photo at most, and nothing is taken before its time."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import pytest

from tests.archive_samples import an_answer
from vision.archive import local
from vision.archive.judging import Answer, Task
from vision.archive.local import READ_AHEAD_BYTES, TRIES, FailedTask, LocalJudges
from vision.errors import CrashedError, PolicyError

pytestmark = pytest.mark.slow


def make_judge() -> Callable[[Task], Answer]:
    """Judge by what the photo says: crash, hang, crash the first time, or answer."""

    def judge(task: Task) -> Answer:
        what, _, rest = task.data.partition(b" ")
        if what == b"crash":
            os.abort()
        if what == b"surprise":
            raise ZeroDivisionError
        if what == b"hang":
            time.sleep(600)
        if what == b"once":
            marker = Path(os.fsdecode(rest))
            if not marker.exists():
                marker.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        return an_answer(task.key)

    return judge


def make_nothing() -> Callable[[Task], Answer]:
    raise PolicyError("paket rusak", "broken pack")


def make_short_of_memory(folder: Path, able: int) -> Callable[[Task], Answer]:
    """Start in so many processes of the last; the system ends all others while they start."""
    for at in range(able):
        with suppress(FileExistsError):
            (folder / f"able {at}").mkdir()
            return make_judge()
    (folder / f"killed {os.getpid()}").mkdir()
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("killed")


def make_later(folder: Path) -> Callable[[Task], Answer]:
    """Start the second time only."""
    try:
        (folder / "first").mkdir()
    except FileExistsError:
        return make_judge()
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("killed")


def tasks(*data: bytes) -> Iterator[Task]:
    for at, one in enumerate(data):
        yield Task(f"{at:064}", one)


def test_every_task_is_answered_whatever_some_do(tmp_path: Path) -> None:
    data = [b"fine"] * 6 + [b"crash", b"once " + os.fsencode(tmp_path / "killed"), b"hang", b"surprise"] + [b"fine"] * 5
    with closing(LocalJudges(make_judge, workers=2, seconds=5)) as judges:
        answers = {one.key: one for one in judges.judged(tasks(*data))}
        assert judges.restarts == TRIES + 1
    assert len(answers) == len(data)
    failed = {int(key): one.error.code for key, one in answers.items() if isinstance(one, FailedTask)}
    assert failed == {6: "engine.crashed", 8: "engine.timeout", 9: "engine.failed"}
    assert (tmp_path / "killed").exists(), "a photo whose process was killed once is judged by another"


def test_tasks_are_taken_only_as_fast_as_they_are_judged() -> None:
    taken = 0

    def counted() -> Iterator[Task]:
        nonlocal taken
        for one in tasks(*[b"x" * (READ_AHEAD_BYTES // 2)] * 8):
            taken += 1
            yield one

    with closing(LocalJudges(make_judge, workers=4, seconds=20)) as judges:
        for done, _ in enumerate(judges.judged(counted()), 1):
            assert taken <= done + 2


def test_where_no_process_starts_no_photo_is_to_blame() -> None:
    with closing(LocalJudges(make_nothing, workers=2, seconds=5)) as judges, pytest.raises(PolicyError):
        list(judges.judged(tasks(b"fine")))


def test_a_process_that_does_not_start_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "START_PAUSES", (0.1,))
    with closing(LocalJudges(partial(make_later, tmp_path), workers=1, seconds=20)) as judges:
        assert [type(one) for one in judges.judged(tasks(b"fine", b"fine"))] == [Answer] * 2


def test_the_others_go_on_without_a_process_that_never_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "START_PAUSES", (0.1,))
    make = partial(make_short_of_memory, tmp_path, 1)
    with closing(LocalJudges(make, workers=3, seconds=20)) as judges:
        answers = list(judges.judged(tasks(*[b"fine"] * 12)))
    assert sorted(one.key for one in answers if isinstance(one, Answer)) == [f"{at:064}" for at in range(12)]
    assert len(list(tmp_path.glob("killed *"))) == 4, "two processes, each tried twice"


def test_when_no_process_is_left_the_scan_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "START_PAUSES", ())
    make = partial(make_short_of_memory, tmp_path, 0)
    with closing(LocalJudges(make, workers=2, seconds=20)) as judges, pytest.raises(CrashedError, match="SIGKILL"):
        list(judges.judged(tasks(*[b"fine"] * 4)))


def test_what_is_under_way_is_given_up_at_the_end() -> None:
    judges = LocalJudges(make_judge, workers=1, seconds=60)
    began = time.monotonic()
    judged = judges.judged(tasks(b"fine", b"hang"))
    assert isinstance(next(judged), Answer)
    judges.close()
    assert time.monotonic() - began < 20

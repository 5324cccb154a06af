"""Processes that answer, crash, hang and grow."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from vision.errors import CrashedError, EngineError, FotoNetralError, PhotoEmptyError, PolicyError, TimeLimitError
from vision.runtime import workers
from vision.runtime.failures import TooManyFilesError
from vision.runtime.workers import Worker

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


def make_answering(word: str) -> Callable[[str], str]:
    """Answer with a word and the process, or do as the request says."""
    kept: list[bytearray] = []

    def answer(request: str) -> str:
        if request == "crash":
            os.abort()
        if request == "leave":
            os._exit(7)
        if request == "hang":
            time.sleep(600)
        if request == "raise":
            raise ZeroDivisionError("by nought")
        if request == "photo":
            raise PhotoEmptyError("kosong", "empty")
        if request == "grow":
            kept.append(bytearray(300_000_000))
        return f"{word} {os.getpid()}"

    return answer


def make_failing() -> Callable[[str], str]:
    raise PolicyError("paket rusak", "broken pack")


def make_dying() -> Callable[[str], str]:
    os._exit(3)


@pytest.fixture
def worker() -> Iterator[Worker[str, str]]:
    one = Worker(partial(make_answering, "ya"), memory_bytes=250_000_000)
    yield one
    one.close()


def test_one_process_answers_again_and_again(worker: Worker[str, str]) -> None:
    first = worker.ask("a", seconds=20)
    assert first == worker.ask("b", seconds=20) == f"ya {worker.pid}"
    assert worker.starts == 1


def test_a_crash_costs_one_request(worker: Worker[str, str]) -> None:
    with pytest.raises(CrashedError, match="SIGABRT"):
        worker.ask("crash", seconds=20)
    with pytest.raises(CrashedError, match="status 7"):
        worker.ask("leave", seconds=20)
    assert worker.ask("a", seconds=20).startswith("ya ")
    assert worker.starts == 3


def test_a_hang_is_ended(worker: Worker[str, str]) -> None:
    worker.start()
    pid = worker.pid
    with pytest.raises(TimeLimitError, match=r"0\.3 seconds"):
        worker.ask("hang", seconds=0.3)
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert worker.ask("a", seconds=20)


def test_a_process_that_stands_still_is_ended_even_while_it_is_sent_to(worker: Worker[str, str]) -> None:
    worker.start()
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGSTOP)
    with pytest.raises(TimeLimitError):
        worker.ask("x" * 10_000_000, seconds=0.5)


def test_another_thread_may_end_it(worker: Worker[str, str]) -> None:
    worker.start()
    threading.Timer(0.3, worker.kill).start()
    with pytest.raises(CrashedError, match="SIGKILL"):
        worker.ask("hang", seconds=20)


def test_what_the_answering_function_raises_is_told(worker: Worker[str, str]) -> None:
    with pytest.raises(EngineError, match="ZeroDivisionError: by nought"):
        worker.ask("raise", seconds=20)
    with pytest.raises(PhotoEmptyError, match="empty"):
        worker.ask("photo", seconds=20)
    worker.ask("a", seconds=20)
    assert worker.starts == 1


def test_a_process_that_has_grown_is_replaced(worker: Worker[str, str]) -> None:
    before = worker.ask("grow", seconds=20)
    assert worker.pid is None
    assert worker.ask("a", seconds=20) != before


@pytest.mark.parametrize(("make", "told"), [(make_failing, "broken pack"), (make_dying, "status 3")])
def test_a_process_that_cannot_start(make: Callable[[], Callable[[str], str]], told: str) -> None:
    worker = Worker(make)
    for _ in range(2):
        with pytest.raises(FotoNetralError, match=told):
            worker.ask("a", seconds=20)
        assert worker.pid is None


def test_no_process_outlives_a_killed_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        textwrap.dedent(
            """
            import sys, time
            from functools import partial
            from test_workers import make_answering
            from vision.runtime.workers import Worker

            if __name__ == "__main__":
                worker = Worker(partial(make_answering, "ya"))
                print(worker.ask("a", seconds=60).split()[1], flush=True)
                time.sleep(600)
            """
        )
    )
    path = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    until = time.monotonic() + 10
    while time.monotonic() < until and _is_running(pid):
        time.sleep(0.05)
    assert not _is_running(pid)


def _is_running(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_process_that_the_system_refuses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(workers._CONTEXT.Process, "start", refuse)
    worker = Worker(make_failing)
    with pytest.raises(TooManyFilesError):
        worker.start()
    assert worker.pid is None

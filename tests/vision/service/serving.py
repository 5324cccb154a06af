"""A real server in a process of its own, with the real models or with processes that do as the photo says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
from msgspec import structs

from vision.contract.answers.service import PhotoAnswer
from vision.contract.result import CheckError, CheckResult, EngineFacts, PhotoFacts
from vision.errors import PhotoUnreadableError
from vision.rules import Verdict
from vision.service.pool.jobs import CheckJob, CheckOutcome, Job, JobOutcome, JobPicture

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
START_SECONDS = 60.0
DAY = date(2028, 10, 1)
"""In the campaign of the sample election."""


class ObedientAnswer(PhotoAnswer, frozen=True, kw_only=True):
    """An answer that says which process gave it."""

    pid: int
    padding: str = ""


def make_obedient() -> Callable[[Job], JobOutcome]:
    """Do what the photo says: `sleep 1.5`, `crash`, `hang`, `raise`, `broken`, `large`; else it is clear at once."""
    if os.environ.get("FORBID_FILES"):
        forbid_files()
    return _obey


def _obey(job: Job) -> JobOutcome:
    assert isinstance(job, CheckJob)
    what, _, rest = job.photo[:60].decode("latin-1").partition(" ")
    if what == "sleep":
        time.sleep(float(rest.split()[0]))
    elif what == "crash":
        os.abort()
    elif what == "hang":
        time.sleep(600)
    elif what == "raise":
        raise ZeroDivisionError("a library's words")
    elif what == "broken":
        error = CheckError(job.name, PhotoUnreadableError("rusak", "broken"), job.by.language)
        return CheckOutcome(error, error.to_answer())
    result = CheckResult(
        PhotoFacts(job.name, "0" * 64, (4, 3)),
        Verdict.CLEAR,
        (),
        (),
        (),
        EngineFacts("0", {"hands": "0" * 64, "faces": "0" * 64}, job.gallery_state or None, job.by.policy),
        dict.fromkeys(("load", "decode", "faces", "hands", "match", "judge"), 0.0),
        job.by.language,
    )
    padding = "x" * 20_000_000 if what == "large" else ""
    answer = structs.asdict(result.to_answer())
    extras: dict[str, Any] = {"marks": (), "bases": (), "unread": (), "annotated": None, "preview": None}
    told = ObedientAnswer(**answer, **extras, pid=os.getpid(), padding=padding)
    picture = JobPicture("image/jpeg", (4, 3), b"\xff\xd8\xff jpeg") if job.annotated else None
    return CheckOutcome(result, told, picture)


def forbid_files() -> None:
    """Let this process write no file from now on."""

    def look(event: str, arguments: tuple[Any, ...]) -> None:
        if event != "open":
            return
        path, _, flags = arguments
        is_written = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        if is_written and not isinstance(path, int) and str(path) != os.devnull:
            raise PermissionError(f"a file is written: {path}")

    sys.addaudithook(look)


@dataclass
class Serving:
    """A running server."""

    process: subprocess.Popen[str]
    url: str
    log: Path
    port: int

    def client(self, **options: Any) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=60, **options)

    def wait_until_ready(self) -> None:
        until = time.monotonic() + START_SECONDS
        with self.client() as client:
            while client.get("/readyz").status_code != 200:
                assert time.monotonic() < until, self.log.read_text()
                time.sleep(0.05)

    def lines(self) -> list[dict[str, Any]]:
        """Return the log so far."""
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]

    def workers(self) -> list[int]:
        """Return the processes that the server started for photos."""
        tasks = Path(f"/proc/{self.process.pid}/task").iterdir()
        children = [child for task in tasks for child in _read(task / "children").split()]
        return sorted(int(child) for child in children if "spawn_main" in _read(Path(f"/proc/{child}/cmdline")))

    def stop(self) -> int:
        """Ask it to end, and return its status."""
        self.process.terminate()
        return self.process.wait(60)


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""  # gone meanwhile


@contextmanager
def serving(
    folder: Path, *, real: bool = False, environment: dict[str, str] | None = None, **settings: Any
) -> Iterator[Serving]:
    """Run a server with these settings; keys lie in the folder."""
    settings = {"port": 0, "workers": 1, "keys": str(folder / "keys.db"), **settings}
    log = folder / f"log-{time.monotonic_ns()}.jsonl"
    paths = [str(ROOT), str(ROOT / "tests"), str(HERE)]
    env = {name: value for name, value in os.environ.items() if not name.startswith("FOTONETRAL_")}
    env |= {"PYTHONPATH": os.pathsep.join(paths), **(environment or {})}
    arguments = [sys.executable, str(HERE / "run_server.py"), "real" if real else "obedient", json.dumps(settings)]
    with (
        log.open("w") as out,
        subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=out, text=True, env=env, cwd=folder) as process,
    ):
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert url, log.read_text()
            one = Serving(process, url, log, int(url.rpartition(":")[2]))
            one.wait_until_ready()
            yield one
        finally:
            if process.poll() is None:
                process.kill()

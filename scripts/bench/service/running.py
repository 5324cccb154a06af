"""A server of its own, with the sample gallery and a key, in a folder that is gone afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from scripts import ROOT
from vision.service.callers.keys import KeyRole, KeyStore

FIXTURES = ROOT / "fixtures"
START_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that is ready: its address, a key that may manage, its process, its folder and its log."""

    url: str
    key: str
    pid: int
    folder: Path
    log: Path

    @property
    def headers(self) -> dict[str, str]:
        """What requests carry."""
        return {"Authorization": f"Bearer {self.key}"}

    def pids(self) -> list[int]:
        """Return the server's process and those that check photos."""
        children: list[int] = []
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            with suppress(OSError):  # a thread that ends meanwhile
                children += map(int, (task / "children").read_text("ascii").split())
        return [self.pid, *sorted(children)]


@contextmanager
def running(**settings: object) -> Iterator[RunningServer]:
    """Run a server with these settings, on any free port."""
    with tempfile.TemporaryDirectory(prefix="fotonetral-") as name:
        folder = Path(name)
        gallery = folder / "gallery.db"
        _command("candidates", "import", str(FIXTURES / "candidates.csv"), "--gallery", str(gallery))
        store = KeyStore(folder / "keys.db")
        _, key = store.create_key("trial", KeyRole.MANAGE, per_minute=100_000)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("FOTONETRAL_")}
        values = {"port": 0, "gallery": gallery, "keys": store.path, **settings}
        environment |= {f"FOTONETRAL_{name.upper()}": str(value) for name, value in values.items()}
        log = folder / "log.jsonl"
        command = [sys.executable, str(ROOT / "scripts" / "serve_api.py")]
        with (
            log.open("w") as out,
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=out, text=True, env=environment) as process,
        ):
            try:
                assert process.stdout is not None
                told = process.stdout.readline().split()
                if len(told) < 2:
                    raise RuntimeError(log.read_text("utf-8"))
                one = RunningServer(told[1], key, process.pid, folder, log)
                _wait(one.url)
                yield one
            finally:
                process.terminate()
                process.wait(60)


def _wait(url: str) -> None:
    until = time.monotonic() + START_SECONDS
    while httpx.get(f"{url}/readyz").status_code != 200:
        if time.monotonic() > until:
            raise RuntimeError("the service did not become ready")
        time.sleep(0.1)


def _command(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-c", "from vision.command.main import main; main()", *arguments], check=True, cwd=ROOT
    )

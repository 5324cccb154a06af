"""What a scan on a Ray cluster costs beside local processes, and whether it comes to the same when a machine is lost.

`python -m scripts.bench cluster DATA [--photos 60] [--most 4] [--parts speed,loss,store]`

DATA is a folder of photos; the set is that of `python -m scripts.bench scan`, without enlarged photos. The cluster is
Ray's test cluster: several nodes, each with a store of its own, on this machine. Parts:
- speed: photos a second with one process more each time, local and on a node of as many processors; loading apart.
- loss: `fotonetral scan --cluster` on two nodes, of which one is killed in mid-scan, beside `fotonetral scan`: the
  journals' places and answers must be equal.
- store: three gigabytes of photos through an object store of 200 MB: speed, what it holds afterwards, and the driver.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from scripts import ROOT
from scripts.bench.check.timing import machine
from scripts.bench.scan import mixed_set
from vision.archive.cluster.driver import ClusterJudges
from vision.archive.judging import Answer, Task, make_judge
from vision.archive.local import LocalJudges
from vision.settings import JudgeSpec

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # Ray reads both when it is imported
os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")

PARTS = ("speed", "loss", "store")
STORE_BYTES = 200 * 2**20
SPEC, MAKE = JudgeSpec(), partial(make_judge, audit_rate=0.01)
PLACES = "SELECT name, state, sha256, problem FROM place ORDER BY name"
ANSWERS = "SELECT sha256, verdict, code, findings, result, thumbnail, likeness FROM answer ORDER BY sha256"


@contextmanager
def nodes(*processors: int) -> Iterator[Any]:
    """Give a cluster of nodes with so many processors each."""
    from ray.cluster_utils import Cluster

    soon = {"health_check_initial_delay_ms": 500, "health_check_period_ms": 500, "health_check_failure_threshold": 3}
    node = {"object_store_memory": STORE_BYTES, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args={**node, "num_cpus": processors[0], "_system_config": soon})
    try:
        for more in processors[1:]:
            cluster.add_node(num_cpus=more, object_store_memory=STORE_BYTES)
        yield cluster
    finally:
        cluster.shutdown()


def timed(judges: LocalJudges | ClusterJudges, tasks: list[Task]) -> tuple[float, dict[str, Any]]:
    """Return seconds of judging, models loaded, and the answers."""
    with closing(judges):
        judges.start()
        began = time.perf_counter()
        answers = {one.key: one for one in judges.judged(iter(tasks))}
        return time.perf_counter() - began, answers


def speed(paths: list[Path], most: int) -> None:
    """Print photos a second, local and on a cluster, and that the answers are equal."""
    contents = [path.read_bytes() for path in paths]
    tasks = [Task(hashlib.sha256(data).hexdigest(), data) for data in contents]
    print(f"\n{len(tasks)} photos, {sum(map(len, contents)) / 1e6:.0f} MB")
    print("| processes | local, photos a second | cluster, photos a second | ratio | equal answers |")
    print("| --- | --- | --- | --- | --- |")
    for count in range(1, most + 1):
        here, expected = timed(LocalJudges(partial(MAKE, SPEC), workers=count, seconds=120), tasks)
        with nodes(count) as cluster:
            there, answers = timed(ClusterJudges(SPEC, MAKE, address=cluster.address, seconds=120), tasks)
        equal = sum(_same(answers[key], one) for key, one in expected.items())
        print(
            f"| {count} | {len(tasks) / here:.2f} | {len(tasks) / there:.2f} | {here / there:.2f} "
            f"| {equal} of {len(expected)} |",
            flush=True,
        )


def _same(one: Answer, other: Answer) -> bool:
    kept = ("key", "verdict", "result", "code", "thumbnail", "likeness")
    return all(getattr(one, name) == getattr(other, name) for name in kept)


def loss(folder: Path, place: Path) -> None:
    """Scan by command, with two nodes of which one is lost, and without a cluster; compare the journals."""
    command = [
        sys.executable,
        "-c",
        "from vision.command.main import main; main()",
        "scan",
        str(folder),
        "--no-report",
        "--quiet",
        "--date",
        "2028-11-01",
    ]
    done = subprocess.run([*command, "--out", str(place / "local")], check=False, cwd=ROOT)
    with nodes(1) as cluster:
        out = place / "cluster"
        began = time.perf_counter()
        scan = subprocess.Popen([*command, "--out", str(out), "--cluster", cluster.address], cwd=ROOT)
        while scan.poll() is None and _count(out) < 1:
            time.sleep(0.2)
        # Only now: the command belongs to any node of this machine, and would end with that one.
        other = cluster.add_node(num_cpus=1, object_store_memory=STORE_BYTES)
        while scan.poll() is None and _judging() < 2:
            time.sleep(0.2)
        time.sleep(2)
        killed_at = _count(out)
        cluster.remove_node(other, allow_graceful=False)
        scan.wait()
        took = time.perf_counter() - began
    rows = [[_rows(place / name, query) for query in (PLACES, ANSWERS)] for name in ("local", "cluster")]
    print(
        f"\na node killed after {killed_at} answers: status {scan.returncode} (local {done.returncode}), {took:.0f} s, "
        f"places {len(rows[1][0])}, answers {len(rows[1][1])}, equal to the local scan: {rows[0] == rows[1]}"
    )


def _judging() -> int:
    """Return how many actors have a process with loaded models."""
    found = 0
    for process in psutil.process_iter(["name"]):
        with suppress(psutil.Error):
            if (process.info["name"] or "").startswith("ray::NodeJudge"):
                found += any(child.memory_info().rss > 400e6 for child in process.children())
    return found


def _count(out: Path) -> int:
    try:
        return len(_rows(out, "SELECT 1 FROM answer"))
    except sqlite3.Error:
        return 0


def _rows(out: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(f"{(out / 'journal.db').resolve().as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(query).fetchall()


def make_quick(_: JudgeSpec) -> Callable[[Task], Answer]:
    """Judge nothing, at once."""

    def judge(task: Task) -> Answer:
        return Answer(task.key, "clear", b"{}", thumbnail=bytes(15_000))

    return judge


def store(gigabytes: int = 3, photo_bytes: int = 4_000_000) -> None:
    """Print what the object store and the driver hold after many photos."""
    count = gigabytes * 10**9 // photo_bytes
    random = os.urandom(photo_bytes)

    def tasks() -> Iterator[Task]:
        for at in range(count):
            yield Task(f"{at:064}", random[at % 1000 :] + bytes(at % 1000))

    own = psutil.Process()
    with nodes(1) as cluster, closing(ClusterJudges(SPEC, make_quick, address=cluster.address, seconds=60)) as judges:
        judges.start()
        before, most = own.memory_info().rss, 0
        began = time.perf_counter()
        for _ in judges.judged(tasks()):
            most = max(most, own.memory_info().rss)
        took = time.perf_counter() - began
        time.sleep(3)  # nodes tell what they hold now and then
        import ray

        free = ray.available_resources()["object_store_memory"]
    print(
        f"\n{count} photos of {photo_bytes / 1e6:.0f} MB: {took:.0f} s, {count * photo_bytes / took / 1e6:.0f} MB/s; "
        f"object store holds {(STORE_BYTES - free) / 1e6:.1f} MB afterwards; the driver held {before / 1e6:.0f} MB "
        f"before, at most {most / 1e6:.0f} MB (shared memory counts)"
    )


def main(arguments: list[str]) -> None:
    """Run the parts that are asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.bench cluster",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--photos", type=int, default=60)
    parser.add_argument("--most", type=int, default=4)
    parser.add_argument("--parts", default=",".join(PARTS))
    asked = parser.parse_args(arguments)
    parts = asked.parts.split(",")
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        if "store" in parts:
            store()
        paths = mixed_set(asked.data, place / "photos", asked.photos, 0)
        if "speed" in parts:
            speed(paths, asked.most)
        if "loss" in parts:
            loss(place / "photos", place)

"""Judges on a cluster of several machines (Ray's nodes on this one): equal answers, whatever is lost on the way."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from archive_samples import an_answer

from vision.archive.cluster import ClusterJudges
from vision.archive.judging import Answer, Task
from vision.archive.local import FailedTask, LocalJudges
from vision.errors import PolicyError

ray = pytest.importorskip("ray", reason='needs Ray: pip install "fotonetral[cluster]"')

HERE = Path(__file__).resolve().parent
STORE_BYTES = 100 * 2**20
NODE = {"num_cpus": 1, "object_store_memory": STORE_BYTES, "memory": 4_000_000_000}
# How soon a machine is found to be gone; half a minute otherwise.
SOON = {"health_check_initial_delay_ms": 500, "health_check_period_ms": 500, "health_check_failure_threshold": 3}


def make_light() -> Callable[[Task], Answer]:
    """Judge by what the photo says: crash, hang, take a while, or answer."""

    def judge(task: Task) -> Answer:
        what, _, rest = task.data.partition(b" ")
        if what == b"crash":
            os.abort()
        if what == b"hang":
            time.sleep(600)
        if what == b"slow":
            time.sleep(0.15)
        if what == b"actor":
            os.kill(os.getppid(), signal.SIGKILL)
            time.sleep(600)
        if what == b"pid":
            Path(os.fsdecode(rest)).joinpath(str(os.getppid())).touch()
        return an_answer(task.key)

    return judge


def make_nothing() -> Callable[[Task], Answer]:
    raise PolicyError("paket rusak", "broken pack")


def tasks(*data: bytes) -> Iterator[Task]:
    for at, one in enumerate(data):
        yield Task(f"{at:064}", one)


def told(one: Answer | FailedTask) -> tuple[str, str, bytes]:
    """Return what has to be equal wherever a photo is judged: all but the time that it took."""
    return (one.key, one.error.code, b"") if isinstance(one, FailedTask) else (one.key, one.verdict, one.result)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Give a cluster of one machine with a processor; tests add others."""
    from ray.cluster_utils import Cluster

    patch = pytest.MonkeyPatch()
    patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    patch.setenv("PYTHONPATH", os.pathsep.join([str(HERE.parents[2]), str(HERE), *sys.path]))
    cluster = Cluster(initialize_head=True, head_node_args={**NODE, "include_dashboard": False, "_system_config": SOON})
    yield cluster
    cluster.shutdown()
    patch.undo()


@pytest.fixture
def second(cluster: Any) -> Iterator[Any]:
    """Give a second machine of the cluster."""
    node = cluster.add_node(**NODE)
    yield node
    if node in cluster.list_all_nodes():
        cluster.remove_node(node, allow_graceful=False)


def test_answers_equal_local_ones_whatever_some_photos_do(cluster: Any, second: Any) -> None:
    data = [b"fine"] * 6 + [b"crash", b"hang", b"x" * 3_000_000] + [b"fine"] * 6
    with closing(LocalJudges(make_light, workers=1, seconds=1.5)) as local:
        expected = sorted(map(told, local.judged(tasks(*data))))
    with closing(ClusterJudges(make_light, address=cluster.address, seconds=1.5)) as judges:
        assert sorted(map(told, judges.judged(tasks(*data)))) == expected
    assert {code for _, code, _ in expected} == {"clear", "engine.crashed", "engine.timeout"}


def test_a_lost_machine_costs_nothing_but_time(cluster: Any, second: Any) -> None:
    count = 60
    keys: list[str] = []
    with closing(ClusterJudges(make_light, address=cluster.address, seconds=30)) as judges:
        for one in judges.judged(tasks(*[b"slow " + bytes(200_000)] * count)):
            assert isinstance(one, Answer)
            keys.append(one.key)
            if len(keys) == 15:
                assert {actor.node for actor in judges._actors if actor.held} >= {second.node_id}
                cluster.remove_node(second, allow_graceful=False)
        assert second.node_id not in {actor.node for actor in judges._actors}
    assert sorted(keys) == [task.key for task in tasks(*[b""] * count)], "each photo has one answer"

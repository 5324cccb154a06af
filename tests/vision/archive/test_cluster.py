"""Judges on a cluster of several machines (Ray's nodes on this one): equal answers, whatever is lost on the way."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from candidates import Candidate, Gallery, Reference
from tests.archive_samples import an_answer
from vision.archive.cluster import driver as module
from vision.archive.cluster.driver import ClusterJudges
from vision.archive.cluster.errors import ClusterError, NoClusterExtraError, NodeRefusedError, NoNodeError
from vision.archive.cluster.ray_cluster import Membership, import_ray
from vision.archive.judging import Answer, Task, make_judge
from vision.archive.local import FailedTask, LocalJudges
from vision.enrolment.reference import Enroller
from vision.errors import PolicyError
from vision.settings import CheckerSettings, JudgeSpec

pytestmark = pytest.mark.slow

try:
    ray: Any = import_ray()  # not by its name: what it reads while it is imported is set there
except NoClusterExtraError:
    pytest.skip('needs Ray: pip install "fotonetral[cluster]"', allow_module_level=True)

HERE = Path(__file__).resolve().parent
PATHS = [str(HERE.parents[2]), str(HERE.parents[1]), str(HERE.parents[0]), str(HERE)]
NODE = {"num_cpus": 1, "object_store_memory": 100 * 2**20, "memory": 3_000_000_000}
# How soon a machine is found to be gone; half a minute otherwise.
SOON = {"health_check_initial_delay_ms": 500, "health_check_period_ms": 500, "health_check_failure_threshold": 3}


def make_light(_: JudgeSpec) -> Callable[[Task], Answer]:
    """Judge by what the photo says: crash, hang, take a while, kill the actor, or answer."""

    def judge(task: Task) -> Answer:
        what = task.data.partition(b" ")[0]
        if what == b"crash":
            os.abort()
        if what == b"hang":
            time.sleep(600)
        if what == b"slow":
            time.sleep(0.15)
        if what == b"actor":
            os.kill(os.getppid(), signal.SIGKILL)
            time.sleep(600)
        return an_answer(task.key)

    return judge


def make_nothing(_: JudgeSpec) -> Callable[[Task], Answer]:
    raise PolicyError("paket rusak", "broken pack")


def tasks(*data: bytes) -> Iterator[Task]:
    for at, one in enumerate(data):
        yield Task(f"{at:064}", one)


def told(one: Answer | FailedTask) -> tuple[str, str, bytes]:
    """Return what has to be equal wherever a photo is judged: all but the time that it took."""
    return (one.key, one.error.code, b"") if isinstance(one, FailedTask) else (one.key, one.verdict, one.result)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Give a cluster of one machine with one processor; tests add others."""
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("PYTHONPATH", os.pathsep.join(PATHS))
        head = {**NODE, "include_dashboard": False, "_system_config": SOON}
        cluster = Cluster(initialize_head=True, head_node_args=head)
        yield cluster
        cluster.shutdown()


def test_answers_equal_local_ones_and_a_machine_that_differs_is_refused(cluster: Any, tmp_path: Path) -> None:
    # The other machine believes to have another version of a library that sees.
    (tmp_path / "numpy-1.0.dist-info").mkdir()
    (tmp_path / "numpy-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 1.0\n")
    other = cluster.add_node(**NODE, env_vars={"PYTHONPATH": os.pathsep.join([str(tmp_path), *PATHS])})
    # The large photos together are more than the object store holds.
    data = [b"fine"] * 6 + [b"crash", b"hang", *[bytes(25 * 2**20)] * 5] + [b"fine"] * 6
    taken = 0

    def counted() -> Iterator[Task]:
        nonlocal taken
        for one in tasks(*data):
            taken += 1
            yield one

    refused: list[NodeRefusedError] = []
    with closing(LocalJudges(partial(make_light, JudgeSpec()), workers=1, seconds=2)) as local:
        expected = sorted(map(told, local.judged(tasks(*data))))
    answers = []
    try:
        with closing(
            ClusterJudges(JudgeSpec(), make_light, address=cluster.address, seconds=2, warn=refused.append)
        ) as judges:
            for one in judges.judged(counted()):
                answers.append(told(one))
                assert taken <= len(answers) + 2, "photos are taken only as fast as they are judged"
    finally:
        cluster.remove_node(other)
    assert sorted(answers) == expected
    assert {code for _, code, _ in expected} == {"clear", "engine.crashed", "engine.timeout"}
    assert [error.message_en.partition(" is not used: ")[2] for error in refused] == ["differs in: libraries."]


def test_a_machine_that_comes_is_used_and_one_that_is_lost_costs_nothing_but_time(cluster: Any) -> None:
    count, added = 300, None
    keys: list[str] = []
    before = signal.getsignal(signal.SIGTERM)
    with closing(ClusterJudges(JudgeSpec(), make_light, address=cluster.address, seconds=30)) as judges:
        assert signal.getsignal(signal.SIGTERM) is before
        for one in judges.judged(tasks(*[b"slow " + bytes(200_000)] * count)):
            assert isinstance(one, Answer)
            keys.append(one.key)
            if len(keys) == 1:
                added = cluster.add_node(**NODE)
            elif added is not None and any(actor.node == added.node_id and actor.held for actor in judges._actors):
                cluster.remove_node(added, allow_graceful=False)
                added = None
                count = len(keys) + 20  # what is under way, and some more
            if len(keys) >= count:
                break
        assert added is None, "the second machine had photos when it was lost"


def test_a_photo_on_which_actors_are_lost_is_given_up(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOSSES", 2)
    with closing(ClusterJudges(JudgeSpec(), make_light, address=cluster.address, seconds=30)) as judges:
        answers = {one.key: one for one in judges.judged(tasks(b"actor", b"slow", b"slow"))}
    failed = {int(key): one.error.code for key, one in answers.items() if isinstance(one, FailedTask)}
    assert len(answers) == 3
    assert failed[0] == "engine.crashed"


def test_where_no_machine_can_judge_no_photo_is_to_blame(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    refused: list[NodeRefusedError] = []
    with (
        closing(
            ClusterJudges(JudgeSpec(), make_nothing, address=cluster.address, seconds=5, warn=refused.append)
        ) as judges,
        pytest.raises(NodeRefusedError, match="broken pack"),
    ):
        list(judges.judged(tasks(b"fine")))
    assert len(refused) == 1
    monkeypatch.setattr(module, "_places", lambda _node: 0)
    with (
        closing(ClusterJudges(JudgeSpec(), make_light, address=cluster.address, seconds=5, patience=0.3)) as judges,
        pytest.raises(NoNodeError, match="free processor"),
    ):
        list(judges.judged(tasks(b"fine")))


def test_the_real_judge_sees_the_same_there_and_leaves_no_file(cluster: Any, fixtures: Path, tmp_path: Path) -> None:
    policy = tmp_path / "own.toml"
    policy.write_text('id = "own"\nextends = "kulon-progo"\n')
    gallery = tmp_path / "calon.db"
    with Gallery.open(gallery, create=True) as opened, Enroller() as enroller:
        shown = enroller.describe(fixtures / "portraits" / "grace_hopper.jpg")
        reference = Reference(
            0, "", shown.photo_name, shown.photo_sha256, shown.model_id, shown.embedding, shown.size_px, shown.sharpness
        )
        opened.put(Candidate("hopper", "Grace Hopper", ballot_number=2), [reference])
    settings = CheckerSettings(gallery=str(gallery), policy=str(policy), language="en")
    spec, make = JudgeSpec(settings), partial(make_judge, audit_rate=0.5)
    photos = [fixtures / "photos" / name for name in ("collins_peace.jpg", "hopper_plain.jpg", "pair_sign.jpg")]
    photos.append(fixtures / "broken" / "truncated.jpg")
    data = [photo.read_bytes() for photo in photos]
    all_tasks = [Task(hashlib.sha256(one).hexdigest(), one) for one in data]
    judge = make(spec)
    expected = [judge(task) for task in all_tasks]
    assert any(b'"candidate":"hopper"' in one.result for one in expected)
    folders = set(Path("/tmp").glob("fotonetral-*"))
    with closing(ClusterJudges(spec, make, address=cluster.address, seconds=60)) as judges:
        answers = {one.key: one for one in judges.judged(iter(all_tasks))}
        (used,) = set(Path("/tmp").glob(f"fotonetral-{os.getuid()}-*")) - folders
        assert used.stat().st_mode & 0o077 == 0
    for one in expected:
        there = answers[one.key]
        assert isinstance(there, Answer)
        assert (there.verdict, there.result, there.code) == (one.verdict, one.result, one.code)
        assert (there.thumbnail, there.likeness) == (one.thumbnail, one.likeness)
    until = time.monotonic() + 10
    while used.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not used.exists(), "templates of faces go with the last who used them"


def test_without_the_extra_the_way_to_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(NoClusterExtraError) as caught:
        import_ray()
    assert 'pip install "fotonetral[cluster]"' in caught.value.text("en")


def test_started_by_uv_no_folder_travels(tmp_path: Path) -> None:
    """Under `uv run` Ray of itself sends the current folder, photos and gallery and all, to every machine."""
    asked = (
        "from vision.archive.cluster.ray_cluster import import_ray; import_ray()\n"
        "from ray._private.worker import _maybe_modify_runtime_env\n"
        "print(_maybe_modify_runtime_env({}, False))"
    )
    command = [sys.executable, "-c", asked]
    (tmp_path / "run").write_text(
        f"import subprocess; subprocess.run({command!r}, cwd={str(Path.cwd())!r}, check=True)"
    )
    # Python, called as "uv", with a script called "run".
    done = subprocess.run(
        ["uv", "run"], executable=sys.executable, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "{}\n"), done.stderr


@pytest.mark.parametrize("address", ["127.0.0.1:1", "no port", "ray://127.0.0.1:1"])
def test_an_address_where_nobody_answers(address: str) -> None:
    with pytest.raises(ClusterError, match="cannot be reached") as caught:
        Membership(address)
    assert caught.value.code == "archive.cluster"


def test_auto_starts_a_ray_where_there_is_none_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[dict[str, Any]] = []

    def init(**how: Any) -> None:
        started.append(how)
        if how["address"] == "auto":
            raise ConnectionError("Could not find any running Ray instance.")

    monkeypatch.setattr(ray, "init", init)
    membership = Membership("auto")
    folder = Path(started[1]["_temp_dir"])
    assert folder.stat().st_mode & 0o077 == 0
    membership.close()
    assert not folder.exists()
    assert [how["address"] for how in started] == ["auto", "local"]

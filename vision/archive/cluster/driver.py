"""Judges on the machines of a Ray cluster: an actor for each processor, as machines come and go.

Photos travel from here to the actors and answers come back; sources and journal stay on this machine. A machine that is
lost costs the photos that its actors held, and those are judged again by others.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from vision.archive.cluster.errors import ClusterError, NodeRefusedError, NoNodeError
from vision.archive.cluster.node import Fingerprint, Make, NodeFailure, NodeJudge
from vision.archive.cluster.parcel import Parcel
from vision.archive.cluster.ray_cluster import Membership
from vision.archive.judging import Answer, Task
from vision.archive.local import FailedTask
from vision.errors import CrashedError
from vision.messages import Message, say
from vision.runtime.workers import MEMORY_BYTES
from vision.settings import JudgeSpec

LOSSES = 4
"""A photo whose actor is lost is given to another one this often in all; then it is recorded as an error. Machines that
fail take innocent photos with them, but a photo on which every machine fails must not be tried for ever."""

READ_AHEAD_BYTES = 2**30
"""Photos under way together hold at most this much, or half of this machine's object store, or are one."""

PATIENCE_SECONDS = 300.0
"""So long nobody may be there to judge: time for a machine to start anew and to load its models."""

_AHEAD = 2  # photos under way for each actor, so that none waits for the network
_TEND_SECONDS = 1.0
_STARTS = 3  # a machine on which so many actors in a row died before they were ready is given up

Warn = Callable[[NodeRefusedError], None]


@dataclass(slots=True, eq=False)
class _Actor:
    """An actor on a machine: `starting` is the promise of its start, None once it is ready."""

    handle: Any
    node: str
    starting: Any
    held: int = 0


@dataclass(slots=True, eq=False)
class _Photo:
    """A photo that is under way: its bytes lie in the object store."""

    key: str
    data: Any
    size: int
    losses: int = 0


class ClusterJudges:
    """Judges on a cluster; `seconds` is how long one photo may take before its process is ended.

    `make` is a function of an installed module, or a `functools.partial` of one. Files that `spec` names travel to the
    machines, which must judge by the same as this one does: others are refused, told to `warn`, and get no photo.
    `patience` is how long, in seconds, nobody may be there.
    """

    def __init__(
        self,
        spec: JudgeSpec,
        make: Make,
        *,
        address: str,
        seconds: float,
        patience: float = PATIENCE_SECONDS,
        warn: Warn | None = None,
    ) -> None:
        """Join the cluster. Raises NoClusterExtraError, ClusterError, and what `identity` raises."""
        self._language = spec.settings.language
        self._expected = spec.settings.identity().fingerprint
        self._seconds, self._patience, self._warn = seconds, patience, warn or self._log
        try:
            parcel = Parcel.pack(spec.settings)
        except (OSError, sqlite3.Error) as error:
            raise ClusterError(say("archive.driver.files_for_other_machines_cannot", error=error)) from error
        self._membership = Membership(address)
        self._ray = self._membership.ray
        self._actors: list[_Actor] = []
        self._refused: dict[str, NodeRefusedError] = {}
        self._failed_starts: Counter[str] = Counter()
        self._tended = 0.0
        try:
            self._spec, self._make = replace(spec, settings=parcel.settings), make
            self._parcel = self._ray.put(parcel)
            self._class = self._ray.remote(NodeJudge)
            self._most_bytes = self._store_bytes() // 2
        except BaseException:
            self._membership.close()
            raise

    def start(self) -> None:
        """Wait until every processor that is there now can judge; otherwise photos go to the first that can.

        Raises what `judged` raises.
        """
        until = time.monotonic() + self._patience
        self._tend()
        while not self._actors or any(actor.starting is not None for actor in self._actors):
            if time.monotonic() > until:
                raise self._nobody()
            self._done([])
            self._tend()

    def judged(self, tasks: Iterable[Task]) -> Iterator[Answer | FailedTask]:
        """Yield what became of each task, in the order of completion; takes tasks only as fast as they are judged.

        Raises NoNodeError when nobody has been there to judge for too long, NodeRefusedError when every machine was
        refused, ClusterError when the cluster does not answer.
        """
        source = iter(tasks)
        again: deque[_Photo] = deque()
        under_way: dict[Any, tuple[_Photo, _Actor]] = {}
        more, seen = True, time.monotonic()
        while True:
            self._tend()
            while (again or more) and (actor := self._free_actor()) and self._has_room(under_way):
                if not again:
                    task = next(source, None)
                    if task is None:
                        more = False
                        break
                    again.append(self._put(task))
                    del task
                photo = again.popleft()
                actor.held += 1
                under_way[actor.handle.judge.remote(photo.key, photo.data)] = photo, actor
                seen = time.monotonic()
            if not (under_way or again or more):
                return
            if any(actor.starting is None for actor in self._actors):
                seen = time.monotonic()
            elif time.monotonic() - seen > self._patience:
                raise self._nobody()
            for one in self._done([*under_way]):
                photo, actor = under_way.pop(one)
                actor.held -= 1
                outcome = self._outcome(one, photo, actor)
                del one
                if outcome is None:
                    again.append(photo)
                else:
                    yield outcome

    def close(self) -> None:
        """Leave the cluster; what is under way is given up."""
        try:
            for actor in [*self._actors]:
                self._drop(actor)
        finally:
            self._parcel = None
            self._membership.close()

    def _tend(self) -> None:
        """Have an actor for each processor of each machine that is there now and was not refused."""
        now = time.monotonic()
        if now - self._tended < _TEND_SECONDS:
            return
        self._tended = now
        try:
            nodes = {node["NodeID"]: node for node in self._ray.nodes() if node["Alive"]}
        except Exception as error:
            raise _silent(error) from error
        for actor in [*self._actors]:
            if actor.node not in nodes:
                self._drop(actor)
        counts = Counter(actor.node for actor in self._actors)
        able = {node_id for node_id, node in nodes.items() if _places(node["Resources"])}
        if able and able <= self._refused.keys():
            raise next(self._refused[node_id] for node_id in able)
        for node_id in able - self._refused.keys():
            for _ in range(_places(nodes[node_id]["Resources"]) - counts[node_id]):
                self._actors.append(self._new_actor(node_id))

    def _new_actor(self, node_id: str) -> _Actor:
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        handle = self._class.options(
            num_cpus=1,
            memory=MEMORY_BYTES,
            max_restarts=0,
            max_task_retries=0,
            scheduling_strategy=NodeAffinitySchedulingStrategy(node_id, soft=False),
        ).remote(self._spec, self._make, self._parcel, self._seconds)
        return _Actor(handle, node_id, handle.start.remote())

    def _drop(self, actor: _Actor) -> None:
        """Give an actor up; what it holds comes back as lost."""
        if actor in self._actors:
            self._actors.remove(actor)
            self._ray.kill(actor.handle)

    def _free_actor(self) -> _Actor | None:
        """Return the actor that holds the least, None when all hold enough."""
        ready = (actor for actor in self._actors if actor.starting is None and actor.held < _AHEAD)
        return min(ready, key=lambda actor: actor.held, default=None)

    def _has_room(self, under_way: dict[Any, tuple[_Photo, _Actor]]) -> bool:
        return not under_way or sum(photo.size for photo, _ in under_way.values()) < self._most_bytes

    def _put(self, task: Task) -> _Photo:
        try:
            return _Photo(task.key, self._ray.put(task.data), len(task.data))
        except self._ray.exceptions.RayError as error:
            raise _silent(error) from error

    def _done(self, under_way: list[Any]) -> list[Any]:
        """Wait a little for answers and return those that came; see to actors that have started meanwhile."""
        starting = {actor.starting: actor for actor in self._actors if actor.starting is not None}
        waited_for = [*under_way, *starting]
        if not waited_for:
            time.sleep(_TEND_SECONDS)
            return []
        first, rest = self._ray.wait(waited_for, timeout=_TEND_SECONDS)
        if first and rest:
            first += self._ray.wait(rest, num_returns=len(rest), timeout=0)[0]
        for one in first:
            if one in starting:
                self._welcome(starting[one])
        return [one for one in first if one not in starting]

    def _welcome(self, actor: _Actor) -> None:
        """Let an actor that has started judge, if it judges by the same as this machine does."""
        started, actor.starting = actor.starting, None
        errors = self._ray.exceptions
        try:
            told: Fingerprint | NodeFailure = self._ray.get(started)
        except errors.RayError as error:
            self._drop(actor)
            self._failed_starts[actor.node] += 1
            if getattr(error, "actor_init_failed", False) or self._failed_starts[actor.node] >= _STARTS:
                self._refuse(actor, _last_lines(error))
            return
        if isinstance(told, NodeFailure):
            self._refuse(actor, told.error.says)
        elif other := sorted(name for name in {*told, *self._expected} if told.get(name) != self._expected.get(name)):
            self._refuse(actor, say("archive.driver.differs_in", names=other))
        else:
            self._failed_starts[actor.node] = 0

    def _outcome(self, one: Any, photo: _Photo, actor: _Actor) -> Answer | FailedTask | None:
        """Return what became of a photo; None when it has to be judged again."""
        try:
            outcome: Answer | FailedTask | NodeFailure = self._ray.get(one)
        except self._ray.exceptions.RayError:
            pass  # the actor, or what it was given or gave, is lost
        else:
            if not isinstance(outcome, NodeFailure):
                return outcome
        self._drop(actor)
        photo.losses += 1
        if photo.losses < LOSSES:
            return None
        return FailedTask(
            photo.key,
            CrashedError(say("archive.driver.machine_or_process_that_checked", losses=LOSSES)),
        )

    def _refuse(self, actor: _Actor, why: Message) -> None:
        """Give a machine no photo, and say so once."""
        node_id = actor.node
        for one in [one for one in self._actors if one.node == node_id]:
            self._drop(one)
        if node_id not in self._refused:
            name = next((node["NodeManagerAddress"] for node in self._ray.nodes() if node["NodeID"] == node_id), "?")
            error = NodeRefusedError(say("archive.driver.cluster_machine_is_not_used", name=name, why=why))
            self._refused[node_id] = error
            self._warn(error)

    def _nobody(self) -> NoNodeError:
        minutes = self._patience / 60
        return NoNodeError(
            say("archive.driver.for_minutes_no_machine_of", minutes=minutes, memory_bytes=MEMORY_BYTES / 1000000000.0)
        )

    def _store_bytes(self) -> int:
        """Return the size of the object store that photos are put into."""
        here = self._ray.get_runtime_context().get_node_id()
        sizes = {node["NodeID"]: int(node["Resources"].get("object_store_memory", 0)) for node in self._ray.nodes()}
        return min(sizes.get(here) or min(sizes.values()), 2 * READ_AHEAD_BYTES)

    def _log(self, error: NodeRefusedError) -> None:
        logging.getLogger(__name__).warning(error.text(self._language))


def _places(resources: Mapping[str, float]) -> int:
    """Return how many actors a machine with these resources has room for."""
    return min(int(resources.get("CPU", 0)), int(resources.get("memory", 0) // MEMORY_BYTES))


def _silent(error: Exception) -> ClusterError:
    why = " ".join(str(error).split())[:300]
    return ClusterError(say("archive.driver.ray_cluster_does_not_answer", why=why))


def _last_lines(error: Exception) -> Message:
    """Return what Ray says of an actor that did not start, in short: the last line is the error itself."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    return say("archive.driver.its_process_does_not_start", lines=lines[-1][:200])

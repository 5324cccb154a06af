"""What runs on the machines of a cluster: an actor that lets photos be judged in a process of its own.

Nothing here needs Ray: the actor is a plain object, of which Ray makes one in each of its processes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from candidates.causes import cause_of
from vision.archive.cluster.errors import ClusterError
from vision.archive.cluster.parcel import Parcel, UnpackedParcel
from vision.archive.judging import Answer, Judge, Task
from vision.archive.local import FailedTask, judge_with, start_patiently
from vision.errors import FotoNetralError
from vision.messages import say
from vision.runtime.workers import START_SECONDS, Worker
from vision.settings import JudgeSpec

Make: TypeAlias = Callable[[JudgeSpec], Judge]
Fingerprint: TypeAlias = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FingerprintRequest:
    """Asks a process for the fingerprint of its checker."""


Request: TypeAlias = Task | FingerprintRequest


@dataclass(frozen=True, slots=True)
class NodeFailure:
    """No worker process starts on this machine; `error` says why. The photo is not at fault."""

    error: FotoNetralError


class NodeJudge:
    """Judges photos one by one on the machine where it lives; what goes wrong is returned, never raised."""

    def __init__(self, spec: JudgeSpec, make: Make, parcel: Parcel, seconds: float) -> None:
        """Take note only: the work of starting is done, and its errors are told, by `start`."""
        self._spec = spec
        self._make = make
        self._parcel: Parcel | None = parcel
        self._seconds = seconds
        self._ended = threading.Event()  # never set: Ray ends the actor as a whole
        self._laid_out: UnpackedParcel | None = None
        self._worker: Worker[Request, Answer | Fingerprint] | None = None

    def start(self) -> Fingerprint | NodeFailure:
        """Lay out the files, load the models and tell by what this machine judges."""
        try:
            return self._started()
        except FotoNetralError as error:
            return NodeFailure(error)
        except OSError as error:
            cause = cause_of(error)
            return NodeFailure(
                ClusterError(
                    say("archive.node.checker_files_cannot_be_written", reason=cause.reason),
                    advice=cause.advice,
                )
            )

    def judge(self, key: str, data: bytes) -> Answer | FailedTask | NodeFailure:
        """Judge one photo, as `LocalJudges` does: a crash is tried again in a fresh process, a hang is not."""
        worker = self._worker
        if worker is None:
            raise RuntimeError("start comes first")
        try:
            outcome = judge_with(worker, Task(key, data), self._seconds, self._ended)
        except FotoNetralError as error:
            return NodeFailure(error)
        return outcome

    def _started(self) -> Fingerprint:
        spec = self._spec
        if self._parcel is not None:
            self._laid_out = UnpackedParcel(self._parcel)
            spec = replace(spec, settings=self._laid_out.settings)
            self._parcel = None  # its bytes are files now
        self._worker = Worker(partial(_answering, spec, self._make))
        start_patiently(self._worker, self._ended)
        told = self._worker.ask(FingerprintRequest(), seconds=START_SECONDS)
        assert not isinstance(told, Answer)
        return told


def _answering(spec: JudgeSpec, make: Make) -> Callable[[Request], Answer | Fingerprint]:
    """Return what judges a task, and tells by what."""
    judge = make(spec)

    def answer(request: Request) -> Answer | Fingerprint:
        if isinstance(request, Task):
            return judge(request)
        return dict(spec.settings.identity().fingerprint)

    return answer

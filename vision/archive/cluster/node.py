"""What runs on the machines of a cluster: an actor that lets photos be judged in a process of its own.

Nothing here needs Ray: the actor is a plain object, of which Ray makes one in each of its processes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import metadata
from typing import TypeAlias

from candidates.causes import cause_of
from vision._version import __version__
from vision.archive.cluster.errors import ClusterError
from vision.archive.cluster.parcel import LaidOut, Parcel
from vision.archive.judging import Answer, Task
from vision.archive.local import TRIES, FailedTask
from vision.errors import CrashedError, FotoNetralError
from vision.messages import say
from vision.runtime.workers import START_SECONDS, Worker
from vision.settings import LIBRARIES, CheckerSettings

Make: TypeAlias = Callable[[], Callable[[Task], Answer]]
Fingerprint: TypeAlias = Mapping[str, str]


def settings_of(make: Make) -> CheckerSettings | None:
    """Return the settings that `make`, a `functools.partial`, is called with; None where there are none."""
    given = make.args if isinstance(make, partial) else ()
    return next((one for one in given if isinstance(one, CheckerSettings)), None)


def with_settings(make: Make, settings: CheckerSettings) -> Make:
    """Return `make` with other settings in place of its own."""
    if not isinstance(make, partial):
        return make
    given = [settings if isinstance(one, CheckerSettings) else one for one in make.args]
    return partial(make.func, *given, **make.keywords)


def fingerprint_of(make: Make) -> Fingerprint:
    """Tell what decides the answers on this machine. Raises what opening a checker raises."""
    settings = settings_of(make)
    if settings is not None:
        return settings.examined().fingerprint
    return {"version": __version__, "libraries": json.dumps({name: metadata.version(name) for name in LIBRARIES})}


@dataclass(frozen=True, slots=True)
class Broken:
    """No process that judges starts on this machine: `error` says why. No photo is to blame."""

    error: FotoNetralError


class NodeJudge:
    """Judges photos one by one on the machine where it lives; what goes wrong is returned, never raised."""

    def __init__(self, make: Make, parcel: Parcel | None, seconds: float) -> None:
        """Take note only: the work of starting is done, and its errors are told, by `start`."""
        self._make = make
        self._parcel = parcel
        self._seconds = seconds
        self._laid_out: LaidOut | None = None
        self._worker: Worker[Task | None, Answer | Fingerprint] | None = None

    def start(self) -> Fingerprint | Broken:
        """Lay out the files, load the models and tell by what this machine judges."""
        try:
            return self._started()
        except FotoNetralError as error:
            return Broken(error)
        except OSError as error:
            cause = cause_of(error)
            return Broken(
                ClusterError(
                    say("archive.node.checker_files_cannot_be_written", reason=cause.reason),
                    advice=cause.advice,
                )
            )

    def judge(self, key: str, data: bytes) -> Answer | FailedTask | Broken:
        """Judge one photo, as `LocalJudges` does: a crash is tried again in a fresh process, a hang is not."""
        worker = self._worker
        if worker is None:
            raise RuntimeError("start comes first")
        for last in (False,) * (TRIES - 1) + (True,):
            try:
                worker.start()
            except FotoNetralError as error:
                return Broken(error)
            try:
                answer = worker.ask(Task(key, data), seconds=self._seconds)
            except CrashedError as error:
                if last:
                    return FailedTask(key, error)
            except FotoNetralError as error:
                return FailedTask(key, error)
            else:
                assert isinstance(answer, Answer)
                return answer
        raise AssertionError("the last try returns")

    def _started(self) -> Fingerprint:
        make = self._make
        if self._parcel is not None:
            self._laid_out = LaidOut(self._parcel)
            make = with_settings(make, self._laid_out.settings)
            self._parcel = None  # its bytes are files now
        self._worker = Worker(partial(_answering, make))
        told = self._worker.ask(None, seconds=START_SECONDS)
        assert not isinstance(told, Answer)
        return told


def _answering(make: Make) -> Callable[[Task | None], Answer | Fingerprint]:
    """Return what judges a task, and tells the fingerprint when there is none."""
    judge = make()

    def answer(task: Task | None) -> Answer | Fingerprint:
        return dict(fingerprint_of(make)) if task is None else judge(task)

    return answer


def packed(make: Make) -> tuple[Make, Parcel | None]:
    """Return `make` as it can travel, and the files that its settings name."""
    settings = settings_of(make)
    if settings is None:
        return make, None
    parcel = Parcel.pack(settings)
    return with_settings(make, parcel.settings), parcel

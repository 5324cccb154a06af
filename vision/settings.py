"""The settings that photos are judged by, as one value to send to another process, with a fingerprint."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import metadata, resources
from pathlib import Path
from typing import TYPE_CHECKING

from vision.errors import Language
from vision.models import DLIB, file_sha256
from vision.rules import DEFAULT_POLICY, Policy, describe_remark
from vision.rules.phases import phase_on
from vision.rules.policy import read_pack

if TYPE_CHECKING:
    from vision.checker import PhotoChecker
    from vision.stages.engines import Engines
    from vision.stages.roster import Roster

LIBRARIES = ("mediapipe", "onnxruntime", "opencv-python", "numpy", "pillow", "pillow-heif", "dlib-bin")
"""The libraries that decode and detect: another version may see something else."""

_DIGITS = 16


@dataclass(frozen=True, slots=True)
class CheckerSettings:
    """The arguments of `PhotoChecker.open`. `day` None is today, `region` None is everywhere."""

    gallery: str | None = None
    policy: str = DEFAULT_POLICY
    region: str | None = None
    day: date | None = None
    language: Language = "id"
    declared_spouse_of: str | None = None
    face_model: str | None = None
    false_alarms: float | None = None

    def open(self, *, threads: int = 2) -> PhotoChecker:
        """Open a checker of these settings; raises what `PhotoChecker.open` raises."""
        from vision.checker import PhotoChecker

        return PhotoChecker.open(
            self.gallery,
            self.policy,
            self.region,
            self.day,
            language=self.language,
            declared_spouse_of=self.declared_spouse_of,
            face_model=self.face_model,
            false_alarms=self.false_alarms,
            threads=threads,
        )

    def _roster(self, policy: Policy) -> Roster:
        from vision.stages.engines import face_model_id
        from vision.stages.roster import Roster

        model_id = None if self.face_model is None else face_model_id(self.face_model)
        if self.gallery is None:
            return Roster.without_gallery(self.region, declared_spouse_of=self.declared_spouse_of)
        return Roster.open(
            self.gallery,
            policy,
            region=self.region,
            day=self.day,
            declared_spouse_of=self.declared_spouse_of,
            model_id=model_id,
            false_alarms=self.false_alarms,
        )

    def own_packs(self) -> tuple[Path, ...]:
        """Return the files of a policy that is no shipped one: its own, then those that it extends."""
        laid = read_pack(self.policy).laid
        shipped = str(resources.files("vision.rules") / "packs")
        files = () if laid is None else laid.files
        # Packs name each other by path, so links stay.
        return tuple(Path(os.path.abspath(file)) for file in files if str(Path(file).parent) != shipped)  # noqa: PTH100

    def identity(self) -> CheckerIdentity:
        """Tell what decides the answers of a checker, without loading a network.

        Raises what `PhotoChecker.open` raises, but for a face model that only its loading shows to be unfit.
        """
        from vision._version import __version__
        from vision.models import recorded_sums

        policy = Policy.load(self.policy)
        roster = self._roster(policy)
        day, index = roster.context.day, roster.index
        elections = [] if day is None else sorted(roster.context.elections.items())
        calendar = [(name, None if day is None else phase_on(day, one)) for name, one in elections]
        fingerprint = {
            "version": __version__,
            "models": _digest(json.dumps(dict(recorded_sums()), sort_keys=True)),
            "libraries": _digest(json.dumps({name: metadata.version(name) for name in LIBRARIES})),
            "policy": f"{policy.id} {_digest(repr(policy))}",
            "gallery": roster.revision or "",
            "face_model": _face_model(self.face_model),
            "region": "" if roster.region is None else roster.region.code,
            "spouse": self.declared_spouse_of or "",
            "false_alarms": "" if self.false_alarms is None else f"{self.false_alarms:g}",
            "language": self.language,
            "elections": _digest(repr(calendar)),
            "day": "" if day is None else day.isoformat(),
        }
        return CheckerIdentity(
            fingerprint,
            policy.id,
            policy.title(self.language),
            0 if index is None else len(index),
            "" if roster.region is None else roster.region.label,
            tuple(describe_remark(remark, self.language) for remark in roster.remarks),
        )


@dataclass(frozen=True, slots=True)
class JudgeSpec:
    """How a process that judges is set up. It travels to the process, which loads the models there.

    `settings` are by what it judges; where every request brings its own, they are the face model alone. `threads` is
    how many the networks may use.
    """

    settings: CheckerSettings = CheckerSettings()
    threads: int = 1

    def load(self) -> Engines:
        """Load the models. Raises FaceModelError and what `Engines.load` raises."""
        from vision.stages.engines import Engines, open_face_model

        model = self.settings.face_model
        own = None if model is None else open_face_model(model, threads=self.threads)
        return Engines.load(own, threads=self.threads)

    def open(self) -> PhotoChecker:
        """Open a checker with its models loaded: their time is not the first photo's. Raises as `settings.open`."""
        import numpy as np

        checker = self.settings.open(threads=self.threads)
        checker.check(np.zeros((64, 64, 3), np.uint8))
        return checker


@dataclass(frozen=True, slots=True)
class CheckerIdentity:
    """Everything that decides a checker's answers, as a fingerprint by name, and what reports say about it.

    Two checkers with equal fingerprints give equal answers about equal bytes. The entry "elections" holds the active
    elections and their phases: while it stays the same, another "day" changes only the date in notes. `region` is as
    people read it, empty for everywhere; `notes` say whom region and day leave out.
    """

    fingerprint: Mapping[str, str]
    policy: str
    policy_title: str
    people: int
    region: str = ""
    notes: tuple[str, ...] = ()


def _face_model(model: str | None) -> str:
    if model is None or model == DLIB:
        return model or ""
    return file_sha256(Path(model))[:_DIGITS]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]

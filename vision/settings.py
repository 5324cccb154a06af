"""By what photos are judged, as one value that can be handed to another process and told apart from others."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from vision.errors import Language
from vision.rules import DEFAULT_POLICY

if TYPE_CHECKING:
    from vision.checker import PhotoChecker


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

    def fingerprint(self) -> dict[str, str]:
        """Return everything that decides an answer, by name: program, models, policy, gallery and how they are asked.

        Two settings with equal fingerprints give equal answers about equal bytes. Opens the gallery, so it raises what
        `PhotoChecker.open` raises.
        """
        from vision._version import __version__
        from vision.models import recorded_sums

        with self.open() as checker:
            gallery = checker.roster.revision or ""
            policy = checker.policy
        facts = {
            "version": __version__,
            "models": _digest(json.dumps(dict(recorded_sums()), sort_keys=True).encode()),
            "policy": f"{policy.id} {_digest(repr(policy).encode())}",
            "gallery": gallery,
            "face_model": "" if self.face_model is None else _digest(Path(self.face_model).read_bytes()),
        }
        asked = {name: value for name, value in asdict(self).items() if name not in ("gallery", "policy", "face_model")}
        asked["day"] = None if self.day is None else self.day.isoformat()
        return facts | {name: "" if value is None else str(value) for name, value in asked.items()}


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]

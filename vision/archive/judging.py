"""Judging one photo of an archive in any process: bytes in, a small answer out that can be sent and stored."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vision.contract.result import CheckError
from vision.errors import FotoNetralError
from vision.media.likeness import likeness
from vision.settings import CheckerSettings, JudgeSpec

THUMBNAIL_SIDE = 480
"""Pixels of a kept thumbnail's longer side: 15 KB of WebP, enough to see a raised hand in a group."""

_THUMBNAIL_QUALITY = 60


@dataclass(frozen=True, slots=True)
class Task:
    """A photo to be judged: its sha256 (hex) and its bytes."""

    key: str
    data: bytes

    @classmethod
    def of(cls, data: bytes) -> Task:
        """Return the task of judging a photo's bytes."""
        return cls(hashlib.sha256(data).hexdigest(), data)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a photo, ready to be kept.

    `verdict` is "clear", "review", "flag", or "error"; `code` is the error's. `result` is the JSON contract as UTF-8,
    without timings and with an empty name: equal bytes may lie under many names. `thumbnail` (WebP) and `likeness` are
    there for photos with findings and for the audit sample. `spent_ms` tells the time by stage.
    """

    key: str
    verdict: str
    result: bytes
    code: str = ""
    thumbnail: bytes | None = None
    likeness: int | None = None
    spent_ms: dict[str, float] = field(default_factory=dict)


Judge: TypeAlias = Callable[[Task], Answer]
"""What a process that judges photos of an archive does."""


def is_audited(key: str, rate: float) -> bool:
    """Tell whether a photo, if it is clear, belongs to the sample of this share that people look at.

    By its sha256 alone: the same photo on every machine and in every scan.
    """
    return int(key[:12], 16) < rate * 16**12


def error_answer(key: str, error: FotoNetralError, settings: CheckerSettings) -> Answer:
    """Return the answer about a photo that could not be judged."""
    told = CheckError("", error, settings.language).to_answer()
    return Answer(key, "error", told.to_json(), error.code)


def make_judge(spec: JudgeSpec, audit_rate: float) -> Judge:
    """Open a checker and return what judges a photo. Raises what `PhotoChecker.open` raises."""
    cv2.setNumThreads(spec.threads)  # OpenCV's own would take the processors of the processes beside this one
    checker = spec.open()

    def judge(task: Task) -> Answer:
        checked = checker.check_file(task.data, name="")
        if isinstance(checked, CheckError):
            return error_answer(task.key, checked.error, spec.settings)
        result, file = checked
        kept = result.to_answer().kept.named("").to_json()
        thumbnail, hashed = None, None
        if result.findings or is_audited(task.key, audit_rate):
            thumbnail, hashed = _seen_small(file.first.shown(THUMBNAIL_SIDE))
        return Answer(task.key, result.verdict.value, kept, "", thumbnail, hashed, dict(result.timings_ms))

    return judge


def _seen_small(pixels: NDArray[np.uint8]) -> tuple[bytes, int]:
    """Return the picture of a thumbnail's size as a file, and the hash that photos which look alike share."""
    packed = io.BytesIO()
    Image.fromarray(pixels).save(packed, "WEBP", quality=_THUMBNAIL_QUALITY)
    return packed.getvalue(), likeness(pixels)

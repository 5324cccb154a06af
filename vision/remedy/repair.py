"""Checking, mending, and checking what came of it, until it is clear or nothing more can be done."""

from __future__ import annotations

from dataclasses import dataclass

from vision.checker import PhotoChecker
from vision.photo import open_original
from vision.remedy.copies import Format, encode
from vision.remedy.covering import apply
from vision.remedy.planning import plan
from vision.remedy.remedy import How, NoRemedy, Reason, Remedy
from vision.remedy.scene import MARGIN, Leaver, Scene
from vision.result import CheckResult
from vision.rules import Verdict

ROUNDS = 3
"""So often a remedy is tried. What a cut or cover brings up comes up at once, or in the second round."""


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """A remedy that was applied, the bytes of the file it made, and what checking those bytes said."""

    remedy: Remedy
    encoded: bytes
    after: CheckResult


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What came of mending a photo.

    before : the check of the photo as it came.
    attempt : the last one; None where not even the first could be made.
    reason : why there was no further attempt, though the photo is not clear; None where attempts ran out or it is.
    leavers : who had to leave the picture, in all rounds. rounds : how many attempts were made.
    """

    before: CheckResult
    attempt: Attempt | None
    reason: Reason | None
    leavers: tuple[Leaver, ...]
    rounds: int

    @property
    def is_clear(self) -> bool:
        """Whether the last attempt was checked and found clear."""
        return self.attempt is not None and self.attempt.after.verdict is Verdict.CLEAR


def repair(
    checker: PhotoChecker, data: bytes, name: str, form: Format, *, how: How = How.AUTO, margin: float = MARGIN
) -> Outcome:
    """Check the photo in `data`, mend a copy at full size, encode it as `form`, and check those very bytes.

    What the second check brings up is mended as well, in at most `ROUNDS` attempts, each from the original pixels. A
    photo that is clear is encoded and checked again all the same. Raises `PhotoError`, `EngineError`, `CopyError`.
    """
    before = checker.check(data, name=name)
    scene = Scene.of(before, margin)
    remedy = plan(scene, how)
    if isinstance(remedy, NoRemedy):
        return Outcome(before, None, remedy.reason, scene.leavers, 0)
    original = open_original(data)
    rounds = 0
    while True:
        rounds += 1
        encoded = encode(apply(original.pixels, remedy), form, original)
        attempt = Attempt(remedy, encoded, checker.check(encoded, name=name))
        if attempt.after.verdict is Verdict.CLEAR or rounds == ROUNDS:
            return Outcome(before, attempt, None, scene.leavers, rounds)
        scene = scene.and_also(Scene.of(attempt.after, margin), remedy.origin_xy)
        following = plan(scene, how)
        if isinstance(following, NoRemedy) or following == remedy:
            reason = following.reason if isinstance(following, NoRemedy) else None
            return Outcome(before, attempt, reason, scene.leavers, rounds)
        remedy = following

"""Checking, mending, and checking what came of it, until it is clear or nothing more can be done."""

from __future__ import annotations

from dataclasses import dataclass

from vision.checker import PhotoChecker
from vision.contract.result import CheckResult
from vision.media.photo import MediaFile
from vision.remedy.copies import Format, encode
from vision.remedy.covering import apply
from vision.remedy.planning import plan
from vision.remedy.remedy import How, NoRemedy, Reason, Remedy
from vision.remedy.scene import MARGIN, Leaver, Scene
from vision.rules import FindingKind, Severity, Verdict
from vision.stages.turning import Turn, stood_up

MANY = 10
"""From so many hands with a flagged sign on, a copy full of patches is no answer: another photo is."""

ROUNDS = 3
"""So often a remedy is tried. What a cut or cover brings up comes up at once, or in the second round."""


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """A remedy that was applied, the bytes of the file it made, and what checking those bytes said."""

    remedy: Remedy
    encoded: bytes
    after: CheckResult


@dataclass(frozen=True, slots=True, eq=False)
class RepairOutcome:
    """The result of `repair`.

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
        """Whether the last attempt was checked and nothing was found in it."""
        return self.attempt is not None and self.attempt.after.verdict is Verdict.CLEAR

    @property
    def raised_unnamed(self) -> int:
        """How many raised hands of the last attempt (without one: of the photo) show what could not be told."""
        return len((self.before if self.attempt is None else self.attempt.after).unnamed)

    @property
    def is_settled(self) -> bool:
        """Whether the last attempt may be called clear: nothing was found, and no raised hand left untold."""
        return self.is_clear and not self.raised_unnamed

    @property
    def crowd(self) -> int:
        """How many people make a flagged sign in the photo, where they are many; else 0."""
        flagged = [
            one for one in self.before.findings if one.kind is FindingKind.POSE and one.severity is Severity.FLAG
        ]
        hands = {at for one in flagged for at in one.hands}
        if len(hands) < MANY:
            return 0
        owners = {self.before.hands[at].person for at in hands}
        return len(owners - {None}) + sum(self.before.hands[at].person is None for at in hands)


def repair(
    checker: PhotoChecker, file: MediaFile, form: Format, *, how: How = How.AUTO, margin: float = MARGIN
) -> RepairOutcome:
    """Check the photo in `file`, mend a copy at full size, encode it as `form`, and check those very bytes.

    What the second check brings up is mended as well, in at most `ROUNDS` attempts, each from the original pixels. A
    photo that is clear is encoded and checked again all the same. A photo that is stored on its side is planned
    upright, where bodies are under heads, and its copy lies as it does. Raises `PhotoError`, `EngineError`,
    `CopyError`.
    """
    before = checker.check(file)
    quarters = before.turned_quarters
    turn = Turn(quarters, before.photo.size_wh) if quarters else None
    scene = Scene.of(stood_up(before, quarters), margin)
    remedy = plan(scene, how)
    if isinstance(remedy, NoRemedy):
        return RepairOutcome(before, None, remedy.reason, _as_stored(scene, turn), 0)
    original = file.first.original()
    rounds = 0
    while True:
        rounds += 1
        stored = remedy.back(turn) if turn else remedy
        encoded = encode(apply(original.pixels, stored), form, original)
        attempt = Attempt(stored, encoded, checker.check(encoded, name=file.name))
        if attempt.after.verdict is Verdict.CLEAR or rounds == ROUNDS:
            return RepairOutcome(before, attempt, None, _as_stored(scene, turn), rounds)
        later = stood_up(attempt.after, quarters)
        scene = scene.and_also(Scene.of(later, margin), remedy.origin_xy)
        following = plan(scene, how)
        if isinstance(following, NoRemedy) or following == remedy:
            reason = following.reason if isinstance(following, NoRemedy) else None
            return RepairOutcome(before, attempt, reason, _as_stored(scene, turn), rounds)
        remedy = following


def _as_stored(scene: Scene, turn: Turn | None) -> tuple[Leaver, ...]:
    return tuple(one.back(turn) for one in scene.leavers) if turn else scene.leavers

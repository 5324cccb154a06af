"""A judged photo with made-up people, for what is written about results."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from candidates import Calibration, Candidate, Index, Reference, Role
from candidates.errors import UncalibratedModelError
from tests.fakes import FakeEngines, a_face, a_hand
from vision import CheckResult, PhotoChecker
from vision.errors import Language
from vision.geometry import Box
from vision.poses import Pose
from vision.rules import ElectionContext, Policy
from vision.stages.roster import NOBODY, Roster

PIXELS = np.full((300, 400, 3), 90, np.uint8)
_VECTOR = np.eye(128, dtype=np.float32)


def roster_of(name: str) -> Roster:
    """Give a gallery of one candidate with ballot number 2, whom the first face of `judged` shows."""
    person = Candidate("budi", name, Role.CANDIDATE, ballot_number=2)
    distances, rates, misses = np.array([0.2, 0.5, 0.9]), np.array([1e-5, 1e-3, 0.9]), np.array([0.9, 0.1, 0.0])
    calibration = Calibration("m", "made up", 1000, 1e-5, 1.0, distances, rates, misses)
    reference = Reference(1, "budi", "b.jpg", "0" * 64, "m", _VECTOR[0], 100.0)
    index = Index.build([person], [reference], model_id="m", calibration=calibration)
    return Roster(ElectionContext({2: (person,)}, names={"budi": name}), index, "revision-1")


def judged(
    photo: str = "rapat.jpg", *, candidate: str | None = "Budi", language: Language = "id", policy: str = "skb-2-2022"
) -> CheckResult:
    """Judge a photo of 400 x 300: a candidate (None: no gallery) and somebody else, two V signs and an open palm."""
    hands = [
        a_hand(Pose.PEACE_TWO, Box(20, 150, 40, 50)),
        a_hand(Pose.PALM_FIVE, Box(180, 150, 40, 50)),
        a_hand(Pose.PEACE_TWO, Box(300, 150, 40, 50), person=1),
    ]
    faces = [a_face(Box(30, 40, 60, 60)), a_face(Box(300, 40, 60, 60))]
    fake = FakeEngines(faces=faces, vectors=_VECTOR[[0, 5]], hands=hands)
    roster = NOBODY if candidate is None else roster_of(candidate)
    checker = PhotoChecker(Policy.load(policy), roster, language=language, load=fake.load)
    return checker.check(PIXELS, name=photo)


def calm() -> CheckResult:
    """Judge a photo on which nothing is to be seen."""
    return PhotoChecker(Policy.load(), load=FakeEngines().load).check(PIXELS, name="kosong.jpg")


def shipping(calibration: Calibration) -> Callable[[str | None], Calibration]:
    """Return what stands in for `calibration._shipped` where one table alone comes with the package."""

    def shipped(model_id: str | None) -> Calibration:
        if model_id not in (None, calibration.model_id):
            raise UncalibratedModelError("Belum dikalibrasi.", "Not calibrated yet.")
        return calibration

    return shipped

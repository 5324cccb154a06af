"""From pixels to named hands: search, name, tie to people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import TracebackType
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from vision.geometry import Box
from vision.hands.company import gains
from vision.hands.hand import FoundHand, Hand, HandPair
from vision.hands.naming import HandNamer, PoseEstimate, names_of
from vision.hands.people import owners, raised, with_posture
from vision.hands.search import HandSearch
from vision.poses import Pose

_LEAST_FIRST_SCORE = 0.25
"""Finds that the first look makes less likely to be a hand than this are not looked at again."""

_LEAST_HAND_SCORE = 0.3
"""Finds that are more likely clutter than this allows are not reported."""

_SURE_HAND_SCORE = 0.5
"""Without a face, a photo whose first look brings up nothing this sure is looked at in parts."""

_LEAST_QUIET_PX = 20
"""Smaller finds that show nothing are not reported: in the sample group photo all five were badges or buttons."""


class HandReader:
    """Finds and names the hands of photos, one photo at a time. Close it."""

    def __init__(self, *, threads: int = 2) -> None:
        """Load the networks; `threads` is how many they may use. Raises EngineError without a model file."""
        self._namer = HandNamer()
        self._search = HandSearch(threads)

    def read(self, pixels: NDArray[np.uint8], faces: Sequence[Box]) -> tuple[tuple[Hand, ...], tuple[HandPair, ...]]:
        """Return the hands in reading order, and which of them are two of one person.

        pixels : (height, width, 3) uint8 RGB at analysis size. faces : boxes in the same pixels; `Hand.person` counts
        them. Raises EngineError when the network fails.
        """
        named = self._named(self._search.look(pixels, faces))
        if not faces and not any(name.hand_score >= _SURE_HAND_SCORE for _, name in named):
            named += self._named(self._search.look_in_parts(pixels))
        likely = [one for one, name in named if name.hand_score >= _LEAST_FIRST_SCORE]
        hands = [
            _hand(one, name)
            for one, name in self._named_in_company(self._search.again(pixels, likely), faces)
            if name.hand_score >= _LEAST_HAND_SCORE and (name.pose is not Pose.NONE or one.size >= _LEAST_QUIET_PX)
        ]
        whose = owners([hand.box for hand in hands], faces)
        return with_posture([replace(hand, person=person) for hand, person in zip(hands, whose, strict=True)], faces)

    def _named(self, found: Sequence[FoundHand]) -> list[tuple[FoundHand, PoseEstimate]]:
        return list(zip(found, self._namer.name(found), strict=True))

    def _named_in_company(
        self, found: Sequence[FoundHand], faces: Sequence[Box]
    ) -> list[tuple[FoundHand, PoseEstimate]]:
        """Name hands by what they show and by what the others do."""
        probabilities = self._namer.probabilities(found)
        boxes = [one.box for one in found]
        return list(
            zip(
                found,
                names_of(found, probabilities, gains(probabilities, raised(boxes, faces), len(faces))),
                strict=True,
            )
        )

    def close(self) -> None:
        """End the networks' threads; closing twice is fine."""
        self._search.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _hand(found: FoundHand, naming: PoseEstimate) -> Hand:
    best = found.views[0]
    return Hand(
        points_xyz=best.points_xyz,
        world_xyz=best.world_xyz,
        score=naming.hand_score,
        handedness=_side(best.right),
        fingers=naming.fingers,
        pose=naming.pose,
        pose_score=naming.pose_score,
    )


def _side(right: float) -> Literal["left", "right"] | None:
    """Name the side when the network leans clearly to one."""
    if 0.35 < right < 0.65:
        return None
    return "right" if right >= 0.65 else "left"

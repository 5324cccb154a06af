"""What the judging room is told about a photo: hands with a named pose, faces with a match, and who stands for what.

The room knows nothing of pixels, models or galleries. `candidates.Match`, `candidates.Candidate` and
`candidates.Election` fit the protocols here as they are; tests and other galleries may bring their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from vision.poses import Pose


class CandidateFacts(Protocol):
    """A registered person, as far as judging needs to know (fits `candidates.Candidate`)."""

    @property
    def id(self) -> str:
        """Stable id in the gallery."""

    @property
    def name(self) -> str:
        """The name as people read it."""

    @property
    def role(self) -> str:
        """One of `candidate`, `running_mate`, `family`."""

    @property
    def election(self) -> str | None:
        """Id of the election, None when unknown."""

    @property
    def ballot_number(self) -> int | None:
        """The number on the ballot, None before the draw."""

    @property
    def region(self) -> str | None:
        """Region code of the election, None when national or unknown."""

    @property
    def relative_of(self) -> str | None:
        """For `family`: the id of the relative who stands."""

    @property
    def relation(self) -> str | None:
        """For `family`: `spouse`, `child`, `parent`, `sibling` or `other`."""


class ElectionFacts(Protocol):
    """When an election is, as far as judging needs to know (fits `candidates.Election`)."""

    @property
    def active_from(self) -> date | None:
        """The first day of the campaign, None when unknown."""

    @property
    def active_to(self) -> date | None:
        """The last day, of the campaign or of the vote; None when unknown."""

    @property
    def polling_day(self) -> date | None:
        """The day of the vote, None when unknown."""


class MatchFacts(Protocol):
    """A face that matched a registered person (fits `candidates.Match`)."""

    @property
    def candidate(self) -> CandidateFacts:
        """The registered person."""

    @property
    def strength(self) -> str:
        """`strong` when it can flag on its own, `possible` when it asks for another look."""


@dataclass(frozen=True, slots=True)
class SeenHand:
    """One hand with its named pose.

    `index` counts the hands of the result from 0. `score` is the pose score, 0..1. `person` counts the people of the
    photo, None when unknown. `posed` says whether an open palm is held toward the camera, None when that was not looked
    at.
    """

    index: int
    pose: Pose
    score: float
    person: int | None = None
    posed: bool | None = None

    def __post_init__(self) -> None:
        if not 0.0 <= self.score <= 1.0:
            raise ValueError(f"a pose score lies between 0 and 1, got {self.score}")


@dataclass(frozen=True, slots=True)
class SeenPair:
    """Two hands of one person: `hands` are their indices, ascending.

    `pose` is what they form together, which is then the pose of each; None where each shows its own. `numbers` is what
    this very pair shows where the pose alone does not say (the sum of `two_hand_number`).
    """

    hands: tuple[int, int]
    pose: Pose | None = None
    numbers: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not self.hands[0] < self.hands[1]:
            raise ValueError(f"the hands of a pair are two, in ascending order, got {self.hands}")


@dataclass(frozen=True, slots=True)
class SeenFace:
    """One face: `index` counts the faces of the result from 0; `match` is None for everybody not in the gallery.

    `alternatives` are the other registered people whom the face may as well be, the nearest first. Matches of people
    whose elections are out of scope do not belong here: the gallery leaves them out.
    """

    index: int
    match: MatchFacts | None = None
    alternatives: tuple[CandidateFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class ElectionContext:
    """Who stands where the user posts, on the day of the check.

    `ballot_holders` gives, for each ballot number, the active people in scope who hold it. `declared_spouse_of` is
    the id of the candidate the user declared to be married to. `names` gives names by candidate id, for saying
    whose relative a person is. `elections` gives the elections in scope that are active on `day`, by id; without a
    day, no phase is told.
    """

    ballot_holders: Mapping[int, tuple[CandidateFacts, ...]] = field(default_factory=dict)
    declared_spouse_of: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    elections: Mapping[str, ElectionFacts] = field(default_factory=dict)
    day: date | None = None

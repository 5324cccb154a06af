"""What a check answers: `CheckResult` for a photo that was judged, `CheckError` for one that could not be.

Boxes and landmarks are in pixels of the full-size upright photo. `to_answer` gives what other programs read
(`vision.contract.answers.check`), `to_dict` the same as plain values; embeddings are no part of a result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, Protocol, cast

from msgspec import UNSET

from vision.contract.answers import check
from vision.contract.answers.part import Plain, SeverityName, encodable
from vision.errors import FotoNetralError, Language
from vision.geometry import Box
from vision.media import ONE_PICTURE, Media
from vision.poses import FingerState, Pose
from vision.rules import (
    ElectionContext,
    Finding,
    FindingKind,
    Remark,
    Verdict,
    describe,
    describe_remark,
    headline,
    next_step,
    place_in_words,
)

if TYPE_CHECKING:
    from candidates import Match
    from candidates.regions import Region

Point = check.Point


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """The photo that was judged: name as given, sha256, full upright size, when the camera says it was taken."""

    name: str
    sha256: str
    size_wh: tuple[int, int]
    taken_at: datetime | None = None

    def to_answer(self) -> check.PhotoFacts:
        """Return the photo as in the JSON contract."""
        width, height = self.size_wh
        taken_at = None if self.taken_at is None else self.taken_at.isoformat(timespec="seconds")
        name = encodable(self.name)
        return check.PhotoFacts(name=name, sha256=self.sha256, width=width, height=height, taken_at=taken_at)


@dataclass(frozen=True, slots=True)
class HandResult:
    """A hand. `landmarks_xy` are its 21 points, `person` counts the faces, `partner` the hands of the result."""

    box: Box
    landmarks_xy: tuple[Point, ...]
    score: float
    handedness: Literal["left", "right"] | None
    fingers: FingerState
    pose: Pose
    pose_score: float
    numbers: tuple[int, ...] = ()
    person: int | None = None
    partner: int | None = None
    posed: bool | None = None

    def to_answer(self) -> check.Hand:
        """Return the hand as in the JSON contract."""
        return check.Hand(
            box=self.box.as_ltwh(),
            score=round(self.score, 3),
            handedness=self.handedness,
            fingers=check.Fingers(**self.fingers.extended()),
            pose=self.pose.value,
            pose_score=round(self.pose_score, 3),
            numbers=self.numbers,
            person=self.person,
            partner=self.partner,
            posed=self.posed,
            landmarks=tuple((round(x, 1), round(y, 1)) for x, y in self.landmarks_xy),
        )


@dataclass(frozen=True, slots=True)
class FaceResult:
    """A face; `person` counts the people of the photo, `match` is None for everybody who is not in the gallery.

    `flaws` say why it shows poorly, if it does; `recognisable` is False when nobody could be told by it.
    """

    box: Box
    score: float
    person: int
    match: Match | None = None
    flaws: tuple[str, ...] = ()
    recognisable: bool = True

    def to_answer(self) -> check.Face:
        """Return the face as in the JSON contract."""
        return check.Face(
            box=self.box.as_ltwh(),
            score=round(self.score, 3),
            person=self.person,
            flaws=self.flaws,
            recognisable=self.recognisable,
            match=None if self.match is None else _match(self.match),
        )


@dataclass(frozen=True, slots=True)
class TextResult:
    """Words in the photo on which a finding rests: `text` is what was looked for, `means` what it can be read as."""

    box: Box
    text: str
    score: float
    means: str

    def to_answer(self) -> check.TextLine:
        """Return the words as in the JSON contract."""
        return check.TextLine(box=self.box.as_ltwh(), text=self.text, score=round(self.score, 3), means=self.means)


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """What judged: version, sha256 of each model by its use, revision of the gallery (None without one), policy id."""

    version: str
    models: Mapping[str, str]
    gallery: str | None
    policy: str

    def to_answer(self) -> check.Engine:
        """Return the engine as in the JSON contract."""
        return check.Engine(version=self.version, models=dict(self.models), gallery=self.gallery, policy=self.policy)


class RosterFacts(Protocol):
    """Whom a checker looks for, as far as the answer tells it (fits `vision.stages.roster.Roster`)."""

    @property
    def region(self) -> Region | None:
        """Where the photo is to be posted, None for everywhere."""

    @property
    def context(self) -> ElectionContext:
        """Who stands there."""


@dataclass(frozen=True, slots=True)
class ScopeFacts:
    """Where and when the photo is to be posted: a Kemendagri code with its name (empty: everywhere), and the day.

    `day` is None without a gallery: nothing depends on it there.
    """

    region: str = ""
    name: str = ""
    label: str = ""
    day: date | None = None

    @classmethod
    def of(cls, aimed: RosterFacts) -> ScopeFacts:
        """Return the facts of whom a checker looks for."""
        place, day = aimed.region, aimed.context.day
        return cls(day=day) if place is None else cls(place.code, place.name, place.label, day)

    def to_answer(self) -> check.Scope:
        """Return the scope as in the JSON contract."""
        day = None if self.day is None else self.day.isoformat()
        return check.Scope(region=self.region or None, region_name=self.name or None, date=day)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The answer for one photo. `timings_ms` gives milliseconds by stage; `language` is that of the wording.

    `remarks` are circumstances beside the findings; `reminders` are what the policy says with every result; `media`
    is what the file holds, and how much of it was looked at; `unnamed` are the raised hands, in no finding, whose pose
    could not be told. By `turned_quarters` (0..3), counterclockwise, the photo was turned to be looked at upright.
    """

    photo: PhotoFacts
    verdict: Verdict
    findings: tuple[Finding, ...]
    hands: tuple[HandResult, ...]
    faces: tuple[FaceResult, ...]
    engine: EngineFacts
    timings_ms: Mapping[str, float]
    language: Language = "id"
    remarks: tuple[Remark, ...] = ()
    reminders: tuple[str, ...] = ()
    media: Media = ONE_PICTURE
    scope: ScopeFacts = ScopeFacts()
    unnamed: tuple[int, ...] = ()
    turned_quarters: int = 0
    texts: tuple[TextResult, ...] = ()

    @property
    def headline(self) -> str:
        """The verdict in one short sentence."""
        return headline(self.verdict, self.language)

    @property
    def next_step(self) -> str:
        """What to do about the photo."""
        return next_step(self.findings, self.language)

    @property
    def messages(self) -> tuple[str, ...]:
        """What was seen, where, and on which rule it rests: one message a finding."""
        hand_places = {at: self._place(hand) for at, hand in enumerate(self.hands)}
        face_places = {at: self._place(face) for at, face in enumerate(self.faces)}
        text_places = {at: self._place(words) for at, words in enumerate(self.texts)}
        return tuple(
            describe(finding, self.language, hand_places=hand_places, face_places=face_places, text_places=text_places)
            for finding in self.findings
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said beside the findings (time, age, scope, what was not looked at): one sentence a remark."""
        return tuple(describe_remark(remark, self.language) for remark in self.remarks)

    def places_of(self, finding: Finding) -> tuple[str, ...]:
        """Say where the photo shows one of its findings, each place once; nothing where one is not worth telling."""
        if finding.kind is FindingKind.POSE:
            places = dict.fromkeys(self._place(self.hands[at]) for at in finding.hands)
        elif finding.kind is FindingKind.TEXT:
            places = dict.fromkeys(self._place(self.texts[at]) for at in finding.texts)
        else:
            places = dict.fromkeys(self._place(self.faces[at]) for at in finding.faces)
        return () if "" in places else tuple(places)

    def _place(self, part: HandResult | FaceResult | TextResult) -> str:
        people = [face.box for face in self.faces]
        owner = None if isinstance(part, TextResult) else part.person
        return place_in_words(part.box, self.photo.size_wh, people, owner, self.language)

    def to_answer(self) -> check.CheckedPhoto:
        """Return what other programs read."""
        return check.CheckedPhoto(
            photo=self.photo.to_answer(),
            media=check.Media(
                kind=self.media.kind.value,
                pictures=self.media.pictures,
                looked_at=self.media.looked_at,
                video=self.media.has_video,
            ),
            verdict=self.verdict.value,
            headline=self.headline,
            next_step=self.next_step,
            findings=tuple(
                _finding(finding, message) for finding, message in zip(self.findings, self.messages, strict=True)
            ),
            notes=tuple(
                check.Note(code=remark.kind.value, message=message)
                for remark, message in zip(self.remarks, self.notes, strict=True)
            ),
            reminders=self.reminders,
            scope=self.scope.to_answer(),
            hands=tuple(hand.to_answer() for hand in self.hands),
            faces=tuple(face.to_answer() for face in self.faces),
            texts=tuple(words.to_answer() for words in self.texts),
            engine=self.engine.to_answer(),
            timings_ms={stage: round(spent, 1) for stage, spent in self.timings_ms.items()},
        )

    def to_dict(self) -> Plain:
        """Return the JSON contract as plain dicts, lists, texts and numbers."""
        return self.to_answer().to_dict()


@dataclass(frozen=True, slots=True)
class CheckError:
    """A photo that could not be judged: never to be taken for a clear one, so it has no verdict."""

    name: str
    error: FotoNetralError
    language: Language = "id"

    @property
    def code(self) -> str:
        """The stable error code, e.g. "photo.unreadable"."""
        return self.error.code

    @property
    def message(self) -> str:
        """What is wrong and what to do."""
        return self.error.text(self.language)

    def to_answer(self) -> check.FailedPhoto:
        """Return what other programs read."""
        error = check.NotJudged(code=self.code, kind=self.error.kind or UNSET, message=encodable(self.message))
        return check.FailedPhoto(photo=check.PhotoName(name=encodable(self.name)), error=error)

    def to_dict(self) -> Plain:
        """Return the JSON contract as plain dicts and texts; `kind` only of what was not looked at."""
        return self.to_answer().to_dict()


def _match(match: Match) -> check.Match:
    person = match.candidate
    return check.Match(
        candidate=person.id,
        name=person.name,
        role=person.role.value,
        ballot_number=person.ballot_number,
        strength=match.strength.value,
        distance=round(match.distance, 4),
        threshold=round(match.threshold, 4),
        false_alarm_rate=float(f"{match.false_alarm_rate:.3g}"),
        margin=None if match.margin is None else round(match.margin, 4),
        alternatives=tuple(
            check.Alternative(
                candidate=other.id, name=other.name, role=other.role.value, ballot_number=other.ballot_number
            )
            for other in match.alternatives
        ),
    )


def _finding(finding: Finding, message: str) -> check.Finding:
    return check.Finding(
        kind=finding.kind.value,
        severity=cast(SeverityName, finding.severity.value),
        code=finding.code,
        rule=finding.rule,
        hands=finding.hands,
        faces=finding.faces,
        texts=finding.texts,
        candidates=finding.candidates,
        numbers=finding.numbers,
        message=message,
    )

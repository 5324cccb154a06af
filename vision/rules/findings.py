"""What the judging room answers: findings, the verdict, and the judgment that holds both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from vision.rules.evidence import SeenPair
from vision.rules.phases import Phase
from vision.rules.schema import PoseRule, Rule, Severity


class FindingKind(StrEnum):
    """What a finding is about."""

    POSE = "pose"
    CANDIDATE = "candidate"
    FAMILY = "family"
    TEXT = "text"
    """Words or a number in the photo."""
    UNSEEN = "unseen"
    """Something of the file was not looked at."""


class Verdict(StrEnum):
    """The worst severity of the findings."""

    CLEAR = "clear"
    REVIEW = "review"
    FLAG = "flag"


class Note(StrEnum):
    """A circumstance that the wording has to mention."""

    UNSURE = "unsure"
    """The sign was read, but not clearly enough to flag."""
    POSED = "posed"
    """The open palm is held toward the camera."""
    UNHELD = "unheld"
    """No active candidate in scope holds the number, and the policy made the finding milder for it."""
    POSSIBLE = "possible"
    """The face resembles the person, but not beyond doubt."""
    EITHER = "either"
    """The face resembles several registered people about equally: all of them are subjects, the nearest first."""
    WITH_SIGN = "with_sign"
    """A hand sign is in the same photo."""
    OWN_NUMBER = "own_number"
    """A hand sign in the same photo can be read as this candidate's ballot number."""
    SIGN_ELSEWHERE = "sign_elsewhere"
    """Of a post: the signs that `WITH_SIGN` tells of are only in photos without this candidate."""
    NUMBER_ELSEWHERE = "number_elsewhere"
    """Of a post: the signs that `OWN_NUMBER` tells of are only in photos without this candidate."""
    SPOUSE = "spouse"
    """The user declared this candidate as husband or wife, and the finding is milder for it."""
    SPOUSE_NO_EXEMPTION = "spouse_no_exemption"
    """The user declared this candidate as husband or wife, but the policy makes no difference for that."""
    PROSPECTIVE = "prospective"
    """The person is not fixed as a candidate yet (bakal calon)."""


class RemarkKind(StrEnum):
    """What a remark is about; the value is its code in the JSON."""

    BEFORE = "time.before"
    """The campaign has not begun; the duty holds all the same."""
    QUIET = "time.quiet"
    """It is the quiet period."""
    POLLING_DAY = "time.polling_day"
    """It is polling day."""
    AFTER = "time.after"
    """The vote is over; the duty holds all the same."""
    TAKEN = "photo.taken"
    """The day the camera says the photo was taken."""
    TAKEN_OUTSIDE = "photo.taken_outside"
    """The photo was taken outside the time of every election that counts, which clears nothing."""
    TOO_POOR = "faces.too_poor"
    """Faces that nobody could be told by, while a gallery was compared."""
    PICTURES = "photo.pictures"
    """So many (`count`) of the pictures in the file (`total`) were looked at."""
    FAR = "photo.far"
    """A very large or elongated photo without any face: people may be too small in it to be seen."""
    TURNED = "photo.turned"
    """The photo is stored on its side or upside down, and was looked at upright."""
    NO_ELECTION = "faces.no_election"
    """No election of the gallery counts for the region and day: at most people without one are looked for."""
    NOBODY = "faces.nobody"
    """Nobody of the gallery has a face to compare for the region and day: no candidate was looked for."""
    LOST = "faces.lost"
    """People of the gallery who were not looked for, since the region stored for them is none that is known."""
    NO_GALLERY = "faces.no_gallery"
    """A region was asked for, but without a gallery no candidate was looked for."""

    @property
    def is_about_scope(self) -> bool:
        """Whether it is about where and when photos are to be posted: the same for all that a checker judges."""
        return self in (RemarkKind.NO_ELECTION, RemarkKind.NOBODY, RemarkKind.LOST, RemarkKind.NO_GALLERY)


@dataclass(frozen=True, slots=True)
class Remark:
    """A circumstance of the whole photo.

    `day` is the day it is about, `count` how many (of `total`) it is about, `place` the region as people read it,
    "34.01 Kabupaten Kulon Progo", empty for everywhere. It never changes the verdict.
    """

    kind: RemarkKind
    day: date | None = None
    count: int = 0
    total: int = 0
    place: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """Who a finding names.

    `name` is a person, or a pair as `A & B`. `role` is `candidate`, `running_mate`, `family` or `pair`; for `family`,
    `relation` and `relative_name` say whose (name None when the relative is not in scope).
    """

    name: str
    role: str
    number: int | None = None
    relation: str | None = None
    relative_name: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason to look again or not to post.

    `code` is stable: `pose.<pose id>`, `candidate.match`, `candidate.match_with_sign`, `family.match`, `text.` with
    `candidate`, `number`, `party`, `campaign` or `bare_number`, and `unseen.` with `animation`, `document`, `image` (a
    file of several photos) or `video`. `rule` is the id of the policy pack, `basis` the circular and item behind it,
    None for what was not looked at. `hands`, `faces` and `texts` count from 0 as in the evidence, ascending; `quote` is
    what the texts say. `candidates` are the ids of the people named: the holders of the number for a pose, the matched
    person otherwise, or all whom the face may be, with all their `numbers`. `people` is how many people show it.
    `phase` is where the elections meant stand on the day of the check, None when unknown.
    """

    kind: FindingKind
    severity: Severity
    code: str
    rule: str
    basis: Rule | None
    hands: tuple[int, ...] = ()
    faces: tuple[int, ...] = ()
    texts: tuple[int, ...] = ()
    candidates: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    people: int = 1
    subjects: tuple[Subject, ...] = ()
    sign: PoseRule | None = None
    notes: frozenset[Note] = frozenset()
    phase: Phase | None = None
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Judgment:
    """The findings in order of weight, the verdict, and the numbers each hand of the evidence can mean.

    `hand_numbers` runs parallel to the hands that were judged. `pairs` are the pairs of hands that show something
    together. `remarks` tell circumstances that findings share.
    """

    findings: tuple[Finding, ...]
    verdict: Verdict
    hand_numbers: tuple[tuple[int, ...], ...]
    remarks: tuple[Remark, ...] = ()
    pairs: tuple[SeenPair, ...] = ()

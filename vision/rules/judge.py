"""Weighing what was seen: evidence, policy and election context in; findings and verdict out. A pure function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from vision.media import ONE_PICTURE, Media
from vision.poses import Pose
from vision.rules.evidence import ElectionContext, SeenFace, SeenHand, SeenPair
from vision.rules.findings import Finding, FindingKind, Judgment, Note, Remark, RemarkKind, Verdict
from vision.rules.holders import holders_of, pairs_of
from vision.rules.persons import person_findings, phase_of
from vision.rules.phases import Phase, is_in_time, nearest_phase
from vision.rules.policy import Policy
from vision.rules.schema import Severity
from vision.rules.text_findings import text_findings
from vision.rules.two_hands import signs_of_two
from vision.rules.words import Said

NO_ELECTION = ElectionContext()
"""Nobody registered, nothing active."""

SEVERITY_ORDER = (Severity.FLAG, Severity.REVIEW)
"""The severities of findings, the worst first."""

_KIND_ORDER = (FindingKind.CANDIDATE, FindingKind.POSE, FindingKind.FAMILY, FindingKind.TEXT, FindingKind.UNSEEN)
_CODE_ORDER = ("candidate.match_with_sign",)

TOLD_PHASES = {
    Phase.BEFORE: RemarkKind.BEFORE,
    Phase.QUIET: RemarkKind.QUIET,
    Phase.POLLING_DAY: RemarkKind.POLLING_DAY,
    Phase.AFTER: RemarkKind.AFTER,
}
"""What is worth saying about the time; that a campaign is on surprises nobody."""


def judge(
    hands: Sequence[SeenHand],
    pairs: Sequence[SeenPair],
    faces: Sequence[SeenFace],
    policy: Policy,
    context: ElectionContext = NO_ELECTION,
    *,
    taken_on: date | None = None,
    media: Media = ONE_PICTURE,
    said: Sequence[Said] = (),
) -> Judgment:
    """Weigh the hands, the pairs of hands and the faces of one photo; `taken_on` is the day the camera tells.

    `said` is what lines of text in it say. `media` says what of the file they are from: where something was not looked
    at, that is a finding.

    All hands that make the same sign become one finding, and so do all faces that match the same person. Findings come
    in order of severity, then kind (candidate, pose, family, text), then place in the photo; equal evidence gives equal
    answers in equal order. Neither the phase of an election nor the age of a photo changes a severity.
    """
    shown = tuple(signs_of_two(hands, pairs))
    signs = _sign_findings([*_of_one(hands, shown), *_of_two(hands, shown)], policy, context)
    people = person_findings(faces, signs, policy, context)
    findings = tuple(
        sorted([*signs, *people, *text_findings(said, policy, context), *_unseen(media, policy)], key=weight)
    )
    worst = findings[0].severity if findings else Severity.NONE
    verdict = {Severity.FLAG: Verdict.FLAG, Severity.REVIEW: Verdict.REVIEW}.get(worst, Verdict.CLEAR)
    return Judgment(
        findings,
        verdict,
        hand_numbers=tuple(policy.numbers_of(hand.pose) for hand in hands),
        remarks=(*_of_pictures(media), *_remarks(findings, policy, context, taken_on)),
        pairs=shown,
    )


def _unseen(media: Media, policy: Policy) -> list[Finding]:
    """Return what asks for another look because nobody looked at it here; no policy makes it milder."""
    if media.is_whole:
        return []
    what = media.kind.value if media.looked_at < media.pictures else "video"
    return [Finding(FindingKind.UNSEEN, Severity.REVIEW, f"unseen.{what}", policy.id, basis=None)]


def _of_pictures(media: Media) -> list[Remark]:
    if media.looked_at >= media.pictures:
        return []
    return [Remark(RemarkKind.PICTURES, count=media.looked_at, total=media.pictures)]


def _remarks(
    findings: Sequence[Finding], policy: Policy, context: ElectionContext, taken_on: date | None
) -> tuple[Remark, ...]:
    """Return what is to be said of the time; nothing about a photo that shows nothing."""
    if all(finding.kind is FindingKind.UNSEEN for finding in findings):
        return ()
    remarks = []
    phase = nearest_phase(finding.phase for finding in findings)
    if phase in TOLD_PHASES:
        remarks.append(Remark(TOLD_PHASES[phase], context.day))
    # A photo from the future was taken by a camera whose clock is wrong.
    if taken_on is not None and (context.day is None or taken_on <= context.day):
        elections = context.elections.values()
        is_old = bool(elections) and not any(is_in_time(taken_on, one, policy.window) for one in elections)
        remarks.append(Remark(RemarkKind.TAKEN_OUTSIDE if is_old else RemarkKind.TAKEN, taken_on))
    return tuple(remarks)


@dataclass(frozen=True, slots=True)
class _Sign:
    """What one hand shows, or two together; `numbers` is empty where the policy says what the pose can mean."""

    hands: tuple[int, ...]
    pose: Pose
    score: float
    person: int | None
    posed: bool | None = None
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Weighed:
    """One sign that makes a finding."""

    sign: _Sign
    severity: Severity
    notes: frozenset[Note]


def _of_one(hands: Sequence[SeenHand], pairs: Sequence[SeenPair]) -> Iterator[_Sign]:
    """Yield what each hand shows by itself; a hand whose pose is its pair's is told with the pair."""
    formed = {(hand, pair.pose) for pair in pairs for hand in pair.hands}
    for hand in hands:
        if (hand.index, hand.pose) not in formed:
            yield _Sign((hand.index,), hand.pose, hand.score, hand.person, hand.posed)


def _of_two(hands: Sequence[SeenHand], pairs: Sequence[SeenPair]) -> Iterator[_Sign]:
    by_index = {hand.index: hand for hand in hands}
    for pair in pairs:
        one, other = (by_index[at] for at in pair.hands)
        if pair.pose is not None:
            yield _Sign(pair.hands, pair.pose, min(one.score, other.score), one.person, numbers=pair.numbers)


def _sign_findings(signs: Sequence[_Sign], policy: Policy, context: ElectionContext) -> list[Finding]:
    groups: dict[tuple[Pose, tuple[int, ...]], list[_Weighed]] = {}
    for sign in signs:
        numbers = sign.numbers or policy.numbers_of(sign.pose)
        weighed = _weighed(sign, numbers, policy, context)
        if weighed is not None:
            groups.setdefault((sign.pose, numbers), []).append(weighed)
    return [_sign_finding(pose, numbers, group, policy, context) for (pose, numbers), group in groups.items()]


def _weighed(sign: _Sign, numbers: tuple[int, ...], policy: Policy, context: ElectionContext) -> _Weighed | None:
    """Return the weight of one sign, None when the pose is harmless or too uncertain to mention."""
    rule = policy.poses[sign.pose]
    posed = sign.posed is True and rule.posed_severity is not None
    severity = rule.posed_severity if posed and rule.posed_severity is not None else rule.severity
    if not severity.makes_finding or sign.score < policy.thresholds.review:
        return None
    notes = {Note.POSED} if posed else set()
    if sign.score < policy.thresholds.flag:
        severity = Severity.REVIEW
        notes.add(Note.UNSURE)
    # Where no number is known at all, "nobody holds it" would be a guess: nothing is milder for want of a gallery.
    unheld = bool(numbers) and bool(context.ballot_holders) and not holders_of(numbers, context)
    if unheld and policy.judging.unheld_number == "milder":
        severity = Severity.REVIEW
        notes.add(Note.UNHELD)
    return _Weighed(sign, severity, frozenset(notes))


def _sign_finding(
    pose: Pose, numbers: tuple[int, ...], group: list[_Weighed], policy: Policy, context: ElectionContext
) -> Finding:
    rule = policy.poses[pose]
    worst = min((weighed.severity for weighed in group), key=SEVERITY_ORDER.index)
    holders = holders_of(numbers, context)
    hands = {index for one in group for index in one.sign.hands}
    return Finding(
        kind=FindingKind.POSE,
        severity=worst,
        code=f"pose.{pose.value}",
        rule=policy.id,
        basis=policy.rules[rule.rule],
        hands=tuple(sorted(hands)),
        candidates=tuple(dict.fromkeys(holder.id for holder in holders)),
        numbers=numbers,
        people=_count_people(weighed.sign for weighed in group),
        subjects=pairs_of(holders),
        sign=rule,
        notes=_shared_notes(group),
        phase=phase_of(holders, context),
    )


def _shared_notes(group: list[_Weighed]) -> frozenset[Note]:
    """Return what the wording may say of the whole group: doubts only when they hold for every hand in it."""
    every = frozenset.intersection(*(weighed.notes for weighed in group))
    some = frozenset.union(*(weighed.notes for weighed in group))
    return every | (some & {Note.POSED})


def _count_people(signs: Iterable[_Sign]) -> int:
    """Count the people behind the signs; a hand, or a pair, of nobody known counts as one more."""
    owners: set[tuple[str, int]] = set()
    for sign in signs:
        owners.add(("hand", sign.hands[0]) if sign.person is None else ("person", sign.person))
    return len(owners)


def weight(finding: Finding) -> tuple[int, int, int, tuple[int, ...], str]:
    """Sort key: severity, kind, stronger code first, then place (indices run through the photo), then code."""
    return (
        SEVERITY_ORDER.index(finding.severity),
        _KIND_ORDER.index(finding.kind),
        0 if finding.code in _CODE_ORDER else 1,
        finding.faces or finding.hands or finding.texts,
        finding.code,
    )

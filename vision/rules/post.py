"""Weighing a post: several judged photos that are posted together, weighed as one. A pure function.

Photos count from 0, as hands and faces do within each photo.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from vision.rules.findings import Finding, FindingKind, Note, Remark, RemarkKind, Verdict
from vision.rules.judge import SEVERITY_ORDER, TOLD_PHASES, weight
from vision.rules.phases import nearest_phase
from vision.rules.schema import Severity


class JudgedPhoto(Protocol):
    """A photo that was judged, as far as the post needs to know (fits `Judgment` and `CheckResult`)."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Its own findings."""

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What is to be said of it beside the findings."""


@dataclass(frozen=True, slots=True)
class PostFinding:
    """One reason of a post.

    `finding` is what the photos' findings say together: the worst severity, doubts only where every photo leaves them,
    and in `people` the most that one photo shows, since the same person may be in several. Its `hands` and `faces` are
    empty: those count within a photo, and `seen` gives each photo's own finding, ascending.
    """

    finding: Finding
    seen: Mapping[int, Finding]

    @property
    def photos(self) -> tuple[int, ...]:
        """The photos that show it."""
        return tuple(self.seen)


@dataclass(frozen=True, slots=True)
class PostRemark:
    """A circumstance and the photos it is about; no photos: it is about the whole post."""

    remark: Remark
    photos: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PostJudgment:
    """The findings of a post in order of weight, the verdict, the remarks, and the photos that nobody judged.

    `verdict` is the worst of the photos'. It is None where only photos without findings were judged and others could
    not be: such a post is never clear.
    """

    findings: tuple[PostFinding, ...]
    verdict: Verdict | None
    remarks: tuple[PostRemark, ...] = ()
    unjudged: tuple[int, ...] = ()


def judge_post(photos: Sequence[JudgedPhoto | None]) -> PostJudgment:
    """Weigh the photos of one post together; None stands for a photo that could not be judged.

    The same sign (pose and numbers) in several photos is one finding, and so is the same person. A sign in any photo
    makes the finding about a candidate in another one stronger, as it does within a photo. No severity rises or falls
    by that: the verdict is the worst of the photos'.
    """
    judged = {at: photo for at, photo in enumerate(photos) if photo is not None}
    unjudged = tuple(at for at, photo in enumerate(photos) if photo is None)
    merged = [_merged(seen) for seen in _groups(judged).values()]
    signs = [one for one in merged if one.finding.kind is FindingKind.POSE]
    findings = tuple(sorted((_beside(signs, one) for one in merged), key=_weight))
    verdict: Verdict | None = None if unjudged else Verdict.CLEAR
    if findings:
        verdict = Verdict.FLAG if findings[0].finding.severity is Severity.FLAG else Verdict.REVIEW
    return PostJudgment(findings, verdict, _remarks(judged, findings), unjudged)


def _groups(judged: Mapping[int, JudgedPhoto]) -> dict[tuple[object, ...], dict[int, Finding]]:
    """Gather what is the same: signs by pose and numbers, people by who they are, the unseen by its kind."""
    groups: dict[tuple[object, ...], dict[int, Finding]] = {}
    for at, photo in judged.items():
        for finding in photo.findings:
            groups.setdefault(_sameness(finding), {})[at] = finding
    return groups


def _sameness(finding: Finding) -> tuple[object, ...]:
    if finding.kind is FindingKind.POSE:
        return finding.code, finding.numbers
    if finding.kind is FindingKind.TEXT:
        return finding.code, finding.candidates, finding.numbers, "" if finding.candidates else finding.quote
    what = finding.code if finding.kind is FindingKind.UNSEEN else finding.kind
    return what, frozenset(finding.candidates)


def _merged(seen: dict[int, Finding]) -> PostFinding:
    worst = min(seen.values(), key=lambda finding: SEVERITY_ORDER.index(finding.severity))
    every = frozenset.intersection(*(finding.notes for finding in seen.values()))
    some = frozenset.union(*(finding.notes for finding in seen.values()))
    merged = replace(
        worst,
        hands=(),
        faces=(),
        texts=(),
        people=max(finding.people for finding in seen.values()),
        # Of doubts only those that every photo leaves; of what makes it stronger, what any photo shows.
        notes=every | (some & {Note.POSED, Note.WITH_SIGN, Note.OWN_NUMBER}),
    )
    return PostFinding(merged, seen)


def _beside(signs: Sequence[PostFinding], one: PostFinding) -> PostFinding:
    """Return the finding about a candidate, stronger by the signs of the post's other photos."""
    finding = one.finding
    if finding.kind is not FindingKind.CANDIDATE or not signs:
        return one
    notes = set(finding.notes)
    if Note.WITH_SIGN not in notes:
        notes |= {Note.WITH_SIGN, Note.SIGN_ELSEWHERE}
    own_number = any(number in sign.finding.numbers for sign in signs for number in finding.numbers)
    if own_number and Note.OWN_NUMBER not in notes:
        notes |= {Note.OWN_NUMBER, Note.NUMBER_ELSEWHERE}
    return replace(one, finding=replace(finding, code="candidate.match_with_sign", notes=frozenset(notes)))


def _remarks(judged: Mapping[int, JudgedPhoto], findings: Sequence[PostFinding]) -> tuple[PostRemark, ...]:
    """Return time and scope once for the post, age by day, what was not looked at, all faces that show nobody."""
    own = [(at, remark) for at, photo in judged.items() for remark in photo.remarks]
    phase = nearest_phase(finding.phase for one in findings for finding in one.seen.values())
    of_time = [PostRemark(remark) for _, remark in own if phase is not None and remark.kind is TOLD_PHASES.get(phase)]
    ages: dict[Remark, list[int]] = {}
    for at, remark in own:
        if remark.kind in (RemarkKind.TAKEN, RemarkKind.TAKEN_OUTSIDE):
            ages.setdefault(remark, []).append(at)
    unseen = [PostRemark(remark, (at,)) for at, remark in own if remark.kind is RemarkKind.PICTURES]
    alike = {kind: tuple(at for at, one in own if one.kind is kind) for kind in (RemarkKind.FAR, RemarkKind.TURNED)}
    of_photos = [*unseen, *(PostRemark(Remark(kind), at) for kind, at in alike.items() if at)]
    poor = {at: remark.count for at, remark in own if remark.kind is RemarkKind.TOO_POOR}
    of_faces = [PostRemark(Remark(RemarkKind.TOO_POOR, count=sum(poor.values())), tuple(poor))] if poor else []
    of_scope = [PostRemark(remark) for remark in dict.fromkeys(one for _, one in own) if remark.kind.is_about_scope]
    return (
        *of_time[:1],
        *of_scope,
        *(PostRemark(remark, tuple(photos)) for remark, photos in _by_age(ages)),
        *of_photos,
        *of_faces,
    )


def _by_age(ages: Mapping[Remark, list[int]]) -> Iterable[tuple[Remark, list[int]]]:
    """Return the oldest photos first: they are what surprises."""
    return sorted(ages.items(), key=lambda item: (str(item[0].day), item[1]))


def _weight(one: PostFinding) -> tuple[int, int, int, int, tuple[int, ...], str]:
    """Sort key: as within a photo, with the first photo that shows it before the place there."""
    severity, kind, strength, _, code = weight(one.finding)
    first, finding = next(iter(one.seen.items()))
    return (severity, kind, strength, first, finding.faces or finding.hands or finding.texts, code)

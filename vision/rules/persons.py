"""Weighing whom the faces of a photo were taken for: a candidate, a relative, or one of several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vision.rules.evidence import CandidateFacts, ElectionContext, MatchFacts, SeenFace
from vision.rules.findings import Finding, FindingKind, Note, Subject
from vision.rules.phases import Phase, nearest_phase, phase_on
from vision.rules.policy import Policy
from vision.rules.schema import Rule, Severity


def person_findings(
    faces: Sequence[SeenFace], signs: Sequence[Finding], policy: Policy, context: ElectionContext
) -> list[Finding]:
    """Return a finding for every person, or set of people one of whom it is, that faces of the photo were taken for.

    `signs` are the findings about hands of the same photo: they make a candidate's finding stronger.
    """
    groups: dict[frozenset[str], list[tuple[SeenFace, MatchFacts]]] = {}
    for face in faces:
        if face.match is not None:
            everybody = (face.match.candidate, *face.alternatives)
            groups.setdefault(frozenset(person.id for person in everybody), []).append((face, face.match))
    findings = []
    for group in groups.values():
        indices = tuple(sorted(face.index for face, _ in group))
        sure = any(match.strength == "strong" for _, match in group)
        face, match = group[0]
        person = match.candidate
        if face.alternatives:
            findings.append(_doubtful_finding((person, *face.alternatives), indices, signs, policy, context))
        elif person.role == "family":
            findings.append(_family_finding(person, indices, sure, policy, context))
        else:
            findings.append(_candidate_finding(person, indices, sure, signs, policy, context))
    return findings


def _doubtful_finding(
    people: Sequence[CandidateFacts],
    faces: tuple[int, ...],
    signs: Sequence[Finding],
    policy: Policy,
    context: ElectionContext,
) -> Finding:
    """Return the finding about a face that may be one of several people, the nearest first: never more than a review.

    It is about a candidate as soon as one of them stands; a declared marriage says nothing while it may be somebody
    else.
    """
    standing = [person for person in people if person.role != "family"]
    phase = phase_of(people, context)
    numbers = tuple(sorted({person.ballot_number for person in standing if person.ballot_number is not None}))
    notes = {Note.POSSIBLE, Note.EITHER}
    if standing and phase is Phase.BEFORE and not numbers:
        notes.add(Note.PROSPECTIVE)
    beside = signs if standing else ()
    if beside:
        notes.add(Note.WITH_SIGN)
    if any(number in sign.numbers for sign in beside for number in numbers):
        notes.add(Note.OWN_NUMBER)
    base = "candidate.match" if standing else "family.match"
    return Finding(
        kind=FindingKind.CANDIDATE if standing else FindingKind.FAMILY,
        severity=Severity.REVIEW,
        code=f"{base}_with_sign" if beside else base,
        rule=policy.id,
        basis=_basis(False, Note.PROSPECTIVE in notes, policy) if standing else policy.rules["family"],
        hands=tuple(sorted({hand for sign in beside for hand in sign.hands})),
        faces=faces,
        candidates=tuple(person.id for person in people),
        numbers=numbers,
        subjects=tuple(_subject(person, context) for person in people),
        notes=frozenset(notes),
        phase=phase,
    )


def _candidate_finding(
    person: CandidateFacts,
    faces: tuple[int, ...],
    sure: bool,
    signs: Sequence[Finding],
    policy: Policy,
    context: ElectionContext,
) -> Finding:
    declared = person.id == context.declared_spouse_of
    softened = declared and policy.judging.declared_spouse == "milder"
    phase = phase_of([person], context)
    notes = set() if sure else {Note.POSSIBLE}
    if declared:
        notes.add(Note.SPOUSE if softened else Note.SPOUSE_NO_EXEMPTION)
    # Numbers are drawn the day after the KPU has fixed the candidates: who has one is fixed.
    if phase is Phase.BEFORE and person.ballot_number is None:
        notes.add(Note.PROSPECTIVE)
    if signs:
        notes.add(Note.WITH_SIGN)
    own_number = person.ballot_number
    if own_number is not None and any(own_number in sign.numbers for sign in signs):
        notes.add(Note.OWN_NUMBER)
    return Finding(
        kind=FindingKind.CANDIDATE,
        severity=Severity.FLAG if sure and not softened else Severity.REVIEW,
        code="candidate.match_with_sign" if signs else "candidate.match",
        rule=policy.id,
        basis=_basis(softened, Note.PROSPECTIVE in notes, policy),
        hands=tuple(sorted({hand for sign in signs for hand in sign.hands})),
        faces=faces,
        candidates=(person.id,),
        numbers=() if own_number is None else (own_number,),
        subjects=(_subject(person, context),),
        notes=frozenset(notes),
        phase=phase,
    )


def _basis(softened: bool, prospective: bool, policy: Policy) -> Rule:
    if softened:
        return policy.rules["spouse"]
    return policy.rule_for_prospective() if prospective else policy.rules["candidate"]


def _family_finding(
    person: CandidateFacts, faces: tuple[int, ...], sure: bool, policy: Policy, context: ElectionContext
) -> Finding:
    return Finding(
        kind=FindingKind.FAMILY,
        severity=Severity(policy.judging.family) if sure else Severity.REVIEW,
        code="family.match",
        rule=policy.id,
        basis=policy.rules["family"],
        faces=faces,
        candidates=(person.id,),
        subjects=(_subject(person, context),),
        notes=frozenset() if sure else frozenset({Note.POSSIBLE}),
        phase=phase_of([person], context),
    )


def _subject(person: CandidateFacts, context: ElectionContext) -> Subject:
    if person.role != "family":
        return Subject(person.name, person.role, person.ballot_number)
    relative = None if person.relative_of is None else context.names.get(person.relative_of)
    if relative is None:
        holders = (holder for group in context.ballot_holders.values() for holder in group)
        relative = next((holder.name for holder in holders if holder.id == person.relative_of), None)
    return Subject(person.name, "family", None, person.relation, relative)


def phase_of(people: Iterable[CandidateFacts], context: ElectionContext) -> Phase | None:
    """Return the phase of these people's elections; of all that are active where they have none that is known."""
    if context.day is None:
        return None
    named = {person.election for person in people}
    meant = [election for id_, election in context.elections.items() if id_ in named] or context.elections.values()
    return nearest_phase(phase_on(context.day, election) for election in meant)

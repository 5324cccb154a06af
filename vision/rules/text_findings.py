"""Findings about words in a photo: who is named, whose number it is, which party or campaign it is from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vision.rules.evidence import CandidateFacts, ElectionContext
from vision.rules.findings import Finding, FindingKind, Subject
from vision.rules.holders import holders_of, pairs_of
from vision.rules.persons import phase_of
from vision.rules.policy import Policy
from vision.rules.schema import Severity
from vision.rules.words import Means, Said


def text_findings(said: Sequence[Said], policy: Policy, context: ElectionContext) -> Iterator[Finding]:
    """Yield one finding for each thing that the lines say, as the policy weighs it."""
    for one in said:
        severity: Severity = getattr(policy.words, one.means.value)
        people, subjects = _meant(one, context)
        yield Finding(
            kind=FindingKind.TEXT,
            severity=severity,
            code=f"text.{one.means.value}",
            rule=policy.id,
            basis=policy.rule_for_words(),
            texts=one.texts,
            candidates=tuple(dict.fromkeys(person.id for person in people)),
            numbers=() if one.number is None else (one.number,),
            subjects=subjects,
            phase=phase_of(people, context),
            quote=one.quote,
        )


def _meant(said: Said, context: ElectionContext) -> tuple[Sequence[CandidateFacts], tuple[Subject, ...]]:
    """Return the people whom a text is about, and how they are told: the one named, or all who hold the number."""
    if said.means is Means.CANDIDATE and said.person is not None:
        person = said.person
        return (person,), (Subject(person.name, person.role, person.ballot_number),)
    holders = () if said.number is None else holders_of((said.number,), context)
    return holders, pairs_of(holders)

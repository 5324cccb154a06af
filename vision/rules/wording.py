"""What people read: one message a finding, a headline and a next step a photo, a label a hand.

The templates are those of the message file `rules.toml`; names of poses and rules come from the policy pack.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from vision.errors import Language
from vision.poses import Pose
from vision.rules.findings import Finding, FindingKind, Note, Remark, RemarkKind, Subject, Verdict
from vision.rules.policy import Policy
from vision.rules.schema import Rule, Severity
from vision.rules.texts import LONGEST_LIST, either, listed, shortened, text, texts

_NOWHERE: Mapping[int, str] = {}


def headline(verdict: Verdict, language: Language = "id") -> str:
    """Return the verdict in one short sentence."""
    return text(language, "headline", verdict.value)


def describe(
    finding: Finding,
    language: Language = "id",
    *,
    hand_places: Mapping[int, str] = _NOWHERE,
    face_places: Mapping[int, str] = _NOWHERE,
    text_places: Mapping[int, str] = _NOWHERE,
) -> str:
    """Say what was seen and where, what it can be read as, and on which rule that rests; at most three sentences.

    `hand_places`, `face_places` and `text_places` give a place in words by index, in the same language (see
    `place_in_words`); without them the message names no place.
    """
    if finding.kind is FindingKind.POSE:
        indices, places = finding.hands, hand_places
    elif finding.kind is FindingKind.TEXT:
        indices, places = finding.texts, text_places
    else:
        indices, places = finding.faces, face_places
    return describe_at(finding, _place(indices, places, language), language)


def describe_at(finding: Finding, place: str, language: Language = "id") -> str:
    """Say what `describe` says; `place` is a clause that goes on the sentence, " (kiri atas foto)", or empty."""
    if Note.EITHER in finding.notes:
        sentences = _doubtful_sentences(finding, language, place)
    elif finding.kind is FindingKind.POSE:
        sentences = _pose_sentences(finding, language, place)
    elif finding.kind is FindingKind.TEXT:
        sentences = _text_sentences(finding, language, place)
    elif finding.kind is FindingKind.UNSEEN:
        sentences = [text(language, "unseen", _unseen_part(finding), place=place)]
    elif finding.kind is FindingKind.CANDIDATE:
        sentences = _candidate_sentences(finding, language, place)
    else:
        sentences = _family_sentences(finding, language, place)
    return " ".join(sentences if finding.basis is None else [*sentences, _basis(finding.basis, language)])


def describe_remark(remark: Remark, language: Language = "id") -> str:
    """Say a circumstance of the whole photo in one sentence."""
    _, _, key = remark.kind.value.partition(".")
    day = None if remark.day is None else day_in_words(remark.day, language)
    if remark.kind is RemarkKind.NO_ELECTION and remark.count:
        key = f"{key}_others"
    place, count, total = remark.place, remark.count, remark.total
    where = text(language, "remark", "in_place" if place else "anywhere", place=place)
    return text(language, "remark", key, day=day, count=count, total=total, place=place, where=where)


def day_in_words(day: date, language: Language = "id") -> str:
    """Return a date as people write it, e.g. "27 November 2024"."""
    month = text(language, "date", "months").split()[day.month - 1]
    return text(language, "date", "day", day=day.day, month=month, year=day.year)


def next_step(findings: Sequence[Finding], language: Language = "id") -> str:
    """Say what to do about a photo with these findings; without findings, what to check oneself."""
    if not findings:
        return text(language, "step", "clear")
    signs = [finding for finding in findings if finding.kind is FindingKind.POSE]
    people = [finding for finding in findings if finding.kind in (FindingKind.CANDIDATE, FindingKind.FAMILY)]
    written = any(finding.kind is FindingKind.TEXT for finding in findings)
    if not signs and not people:
        return text(language, "step", "text" if written else f"unseen_{_unseen_part(findings[0])}")
    sign_flagged, person_flagged = _flagged(signs), _flagged(people)
    if people and all(Note.SPOUSE in finding.notes for finding in people):
        key = "spouse_and_sign" if signs else "spouse"
    elif signs and people:
        person_or_both = "pose_and_person_flag" if person_flagged else "pose_and_person_review"
        key = "pose_flag_person_review" if sign_flagged and not person_flagged else person_or_both
    elif signs:
        key = "pose_flag" if sign_flagged else "pose_review"
    else:
        key = "person_flag" if person_flagged else "person_review"
    return " ".join(text(language, "step", one) for one in (key, *(["text_too"] if written else [])))


def pose_label(policy: Policy, pose: Pose, language: Language = "id", numbers: Sequence[int] | None = None) -> str:
    """Return the short label of a hand for a picture, e.g. "dua jari (2)"; `numbers` replace those of the policy."""
    shown = policy.numbers_of(pose) if numbers is None else numbers
    name = policy.poses[pose].name(language)
    return f"{name} ({'/'.join(str(number) for number in shown)})" if shown else name


def _flagged(findings: Sequence[Finding]) -> bool:
    return any(finding.severity is Severity.FLAG for finding in findings)


def _pose_sentences(finding: Finding, language: Language, place: str) -> list[str]:
    if finding.sign is None:
        raise ValueError(f"a pose finding needs its sign, {finding.code} has none")
    manner = next((f"_{note}" for note in (Note.UNSURE, Note.POSED) if note in finding.notes), "")
    first = text(
        language,
        "pose",
        ("one" if finding.people == 1 else "many") + manner,
        people=finding.people,
        pose=finding.sign.name(language),
        place=place,
        reading=finding.sign.reads(language).format(number=either(finding.numbers, language)),
    )
    if finding.subjects:
        several = len(finding.numbers) > 1  # then it must be said which number is whose
        names = [_numbered(subject, language) if several else subject.name for subject in finding.subjects]
        holders = listed(names, language)
        return [first, text(language, "pose", "held", holders=holders)]
    return [first, text(language, "pose", "unheld")] if Note.UNHELD in finding.notes else [first]


def _text_sentences(finding: Finding, language: Language, place: str) -> list[str]:
    _, _, means = finding.code.partition(".")
    values: dict[str, object] = {"quote": finding.quote, "place": place, "number": either(finding.numbers, language)}
    if means == "candidate":
        subject = finding.subjects[0]
        values |= {"name": subject.name, "role": _standing(subject, language, prospective=False)}
        return [text(language, "text", means, **values)]
    first = text(language, "text", means, **values)
    holders = listed([subject.name for subject in finding.subjects], language)
    return [first, text(language, "pose", "held", holders=holders)] if finding.subjects else [first]


def _doubtful_sentences(finding: Finding, language: Language, place: str) -> list[str]:
    prospective = Note.PROSPECTIVE in finding.notes
    names = [
        text(language, "either", "person", name=subject.name, role=_standing(subject, language, prospective))
        for subject in finding.subjects
    ]
    first = text(language, "either", "seen", place=place, names=either(shortened(names, language), language))
    if finding.kind is FindingKind.FAMILY:
        return [first, text(language, "family", "why")]
    if Note.OWN_NUMBER in finding.notes:
        key = "own_number_elsewhere" if Note.NUMBER_ELSEWHERE in finding.notes else "own_number"
        return [first, text(language, "either", key)]
    return [first, text(language, "candidate", _why(finding))]


def _unseen_part(finding: Finding) -> str:
    return finding.code.partition(".")[2]


def _candidate_sentences(finding: Finding, language: Language, place: str) -> list[str]:
    subject = finding.subjects[0]
    first = text(
        language,
        "candidate",
        "seen_possible" if Note.POSSIBLE in finding.notes else "seen",
        place=place,
        name=subject.name,
        role=_standing(subject, language, Note.PROSPECTIVE in finding.notes),
    )
    return [first, text(language, "candidate", _why(finding))]


def _why(finding: Finding) -> str:
    """Return the key of what makes a photo with the person risky."""
    where = "_elsewhere" if Note.SIGN_ELSEWHERE in finding.notes else ""
    with_sign = f"_with_sign{where}" if Note.WITH_SIGN in finding.notes else ""
    if Note.SPOUSE in finding.notes:
        return f"spouse{with_sign}"
    if Note.SPOUSE_NO_EXEMPTION in finding.notes:
        return f"no_exemption{with_sign}"
    if Note.OWN_NUMBER in finding.notes:
        return "own_number_elsewhere" if Note.NUMBER_ELSEWHERE in finding.notes else "own_number"
    if Note.WITH_SIGN in finding.notes:
        return f"with_sign{where}"
    return "alone_prospective" if Note.PROSPECTIVE in finding.notes else "alone"


def _standing(subject: Subject, language: Language, prospective: bool) -> str:
    """Say what somebody stands for: "calon nomor urut 2", or of a relative "anak dari calon Ani"."""
    if subject.role == "family":
        relation, relative = _relation(subject, language)
        return f"{relation} {relative}"
    which = "_prospective" if prospective else "" if subject.number is None else "_numbered"
    return text(language, "candidate", f"role_{subject.role}{which}", number=subject.number)


def _relation(subject: Subject, language: Language) -> tuple[str, str]:
    relation = f"relation_{subject.relation}"
    if subject.relative_name is None:
        relative = text(language, "family", "relative_unnamed")
    else:
        relative = text(language, "family", "relative_named", name=subject.relative_name)
    key = relation if relation in texts(language)["family"] else "relation_other"
    return text(language, "family", key), relative


def _family_sentences(finding: Finding, language: Language, place: str) -> list[str]:
    subject = finding.subjects[0]
    relation, relative = _relation(subject, language)
    first = text(
        language,
        "family",
        "seen_possible" if Note.POSSIBLE in finding.notes else "seen",
        place=place,
        name=subject.name,
        relation=relation,
        relative=relative,
    )
    return [first, text(language, "family", "why")]


def _basis(rule: Rule, language: Language) -> str:
    if not rule.sanction(language):
        return text(language, "basis", "rule", rule=rule.title(language))
    return text(language, "basis", "rule_and_sanction", rule=rule.title(language), sanction=rule.sanction(language))


def _numbered(subject: Subject, language: Language) -> str:
    if subject.number is None:
        return subject.name
    return text(language, "list", "numbered", name=subject.name, number=subject.number)


def _place(indices: Sequence[int], places: Mapping[int, str], language: Language) -> str:
    """Return the places as a clause in brackets; nothing when one is unknown or they are too many to read."""
    known = list(dict.fromkeys(places.get(index, "") for index in indices))
    if not known or "" in known or len(known) > LONGEST_LIST:
        return ""
    return f" ({listed(known, language)})"

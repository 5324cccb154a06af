"""A gallery's health for programs: "fotonetral.health/1", people by id, photos by number, never a template."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import UNSET

from candidates.health import GalleryFinding, Health, HealthSeverity, wording
from vision.contract.answers.gallery import (
    GalleryHealth,
    HealthFinding,
    HealthNote,
    HealthSummary,
    NamedPerson,
    NumberedPhoto,
)
from vision.errors import Language


def health_answer(
    health: Health, language: Language, typed: Callable[[wording.Command], str] | None = None
) -> GalleryHealth:
    """Return everything found, and what was not looked at.

    `typed` writes a command as it is typed; without it, what to do is told without commands.
    """
    summary = {severity.value: health.count(severity) for severity in HealthSeverity}
    return GalleryHealth(
        people=health.people,
        photos=health.references,
        summary=HealthSummary(**summary),
        notes=tuple(HealthNote(code=note.value, message=wording.note(note, language)) for note in health.notes),
        findings=tuple(_finding(finding, language, typed) for finding in health.findings),
    )


def _finding(
    finding: GalleryFinding, language: Language, typed: Callable[[wording.Command], str] | None
) -> HealthFinding:
    return HealthFinding(
        kind=finding.kind.value,
        code=finding.code,
        severity=finding.severity.value,
        people=tuple(NamedPerson(id=person.id, name=person.name) for person in finding.people),
        photos=tuple(
            NumberedPhoto(person=photo.person, number=photo.number, name=photo.name) for photo in finding.photos
        ),
        facts=dict(finding.facts),
        message=wording.message(finding, language),
        advice=wording.advice(finding, language),
        commands=UNSET if typed is None else tuple(typed(command) for command in wording.commands(finding)),
    )

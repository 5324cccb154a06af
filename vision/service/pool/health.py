"""A gallery's health for programs: "fotonetral.health/1", people by id, photos by number, never a template."""

from __future__ import annotations

from typing import Any

from candidates.health import Finding, Health, Severity, wording
from vision.errors import Language

SCHEMA = "fotonetral.health/1"


def facts(health: Health, language: Language) -> dict[str, Any]:
    """Return everything found, and what was not looked at. What to do is told without commands to type."""
    return {
        "schema": SCHEMA,
        "people": health.people,
        "photos": health.references,
        "summary": {severity.value: health.count(severity) for severity in Severity},
        "notes": [{"code": note.value, "message": wording.note(note, language)} for note in health.notes],
        "findings": [_finding(finding, language) for finding in health.findings],
    }


def _finding(finding: Finding, language: Language) -> dict[str, Any]:
    return {
        "kind": finding.kind.value,
        "code": finding.code,
        "severity": finding.severity.value,
        "people": [{"id": person.id, "name": person.name} for person in finding.people],
        "photos": [{"person": photo.person, "number": photo.number, "name": photo.name} for photo in finding.photos],
        "facts": dict(finding.facts),
        "message": wording.message(finding, language),
        "advice": wording.advice(finding, language),
    }

"""The answers about many photos as one log in SARIF 2.1.0, the list of findings that other tools read.

A photo is a binary file, and regions of those are bytes: boxes stand as `rectangles` of the photo attached to each
result, which is SARIF's own place for them, in pixels of the upright photo.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from vision._version import __version__
from vision.contract.result import CheckError, CheckResult
from vision.errors import Language
from vision.geometry import Box
from vision.report.wording import kind_in_words
from vision.rules import Finding
from vision.rules.schema import Rule, Severity

VERSION = "2.1.0"
SCHEMA_URI = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.FLAG: "error", Severity.REVIEW: "warning"}


@dataclass(slots=True)
class SarifLog:
    """Collects answers in the order they come; `to_dict` gives the log.

    `policy` is the id of the pack and `gallery` the revision of the gallery (None without one) that judged all of them.
    """

    language: Language
    started_at: datetime
    policy: str
    gallery: str | None
    _rules: list[dict[str, Any]] = field(default_factory=list)
    _results: list[dict[str, Any]] = field(default_factory=list)
    _artifacts: dict[str, dict[str, Any]] = field(default_factory=dict)
    _notifications: list[dict[str, Any]] = field(default_factory=list)
    _codes: dict[str, int] = field(default_factory=dict)

    def add(self, path: str, answer: CheckResult | CheckError) -> None:
        """Add the answer about the photo at `path`."""
        if isinstance(answer, CheckError):
            self.add_failure(path, answer.code, answer.message, answer.error.kind)
            return
        # A photo that was given twice is one artifact with the results of both looks.
        self._artifacts.setdefault(path, _artifact(path, answer, len(self._artifacts)))
        place = self._artifacts[path]["location"]
        for finding, message in zip(answer.findings, answer.messages, strict=True):
            self._results.append(
                {
                    "ruleId": finding.code,
                    "ruleIndex": self._rule(finding),
                    "level": _LEVELS[finding.severity],
                    "message": {"text": message},
                    "locations": [{"physicalLocation": {"artifactLocation": place}}],
                    "attachments": [{"artifactLocation": place, "rectangles": _rectangles(finding, answer)}],
                    "properties": {
                        "policy": finding.rule,
                        "nextStep": answer.next_step,
                        "numbers": list(finding.numbers),
                        "candidates": list(finding.candidates),
                    },
                }
            )

    def add_failure(self, path: str, code: str, message: str, kind: str = "") -> None:
        """Add what could not be judged: a photo, a folder with none in it, a file of a kind that is not looked at."""
        self._notifications.append(
            {
                "level": "error",
                "message": {"text": _text(message)},
                "descriptor": {"id": code, "index": self._codes.setdefault(code, len(self._codes))},
                "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri_of(path)}}}],
                **({"properties": {"kind": kind}} if kind else {}),
            }
        )

    def _rule(self, finding: Finding) -> int:
        """Return the index of a finding's rule; one code can rest on several (candidate, prospective candidate)."""
        descriptor = _descriptor(finding.code, finding.basis, self.language)
        if descriptor not in self._rules:
            self._rules.append(descriptor)
        return self._rules.index(descriptor)

    def to_dict(self, ended_at: datetime, status: int) -> dict[str, Any]:
        """Return the log as plain dicts, lists, texts and numbers; `status` is the exit status of the command."""
        driver = {
            "name": "FotoNetral",
            "version": __version__,
            "semanticVersion": __version__,
            "language": self.language,
            "rules": self._rules,
            "notifications": [{"id": code} for code in self._codes],
        }
        invocation = {
            "executionSuccessful": not self._notifications,
            "exitCode": status,
            "startTimeUtc": _utc(self.started_at),
            "endTimeUtc": _utc(ended_at),
            "toolExecutionNotifications": self._notifications,
        }
        run = {
            "tool": {"driver": driver},
            "invocations": [invocation],
            "artifacts": list(self._artifacts.values()),
            "results": self._results,
            "language": self.language,
            "columnKind": "unicodeCodePoints",
            "properties": {"policy": self.policy, "gallery": self.gallery},
        }
        return {"$schema": SCHEMA_URI, "version": VERSION, "runs": [run]}


def uri_of(path: str) -> str:
    """Return a path as a URI reference: `file:` for an absolute one, relative as given otherwise."""
    quoted = quote(os.fsencode(path), safe="/")
    return f"file://{quoted}" if path.startswith("/") else quoted


def _artifact(path: str, result: CheckResult, index: int) -> dict[str, Any]:
    width, height = result.photo.size_wh
    return {
        "location": {"uri": uri_of(path), "index": index},
        "roles": ["analysisTarget"],
        "hashes": {"sha-256": result.photo.sha256},
        "properties": {
            "verdict": result.verdict.value,
            "headline": result.headline,
            "nextStep": result.next_step,
            "notes": list(result.notes),
            "reminders": list(result.reminders),
            "width": width,
            "height": height,
        },
    }


def _rectangles(finding: Finding, result: CheckResult) -> list[dict[str, float]]:
    hands: Iterable[Box] = (result.hands[at].box for at in finding.hands)
    faces: Iterable[Box] = (result.faces[at].box for at in finding.faces)
    return [
        {
            "left": round(box.left, 1),
            "top": round(box.top, 1),
            "right": round(box.right, 1),
            "bottom": round(box.bottom, 1),
        }
        for box in dict.fromkeys((*hands, *faces))
    ]


def _descriptor(code: str, rule: Rule | None, language: Language) -> dict[str, Any]:
    if rule is None:  # what was not looked at breaks no rule
        return {"id": code, "shortDescription": {"text": kind_in_words(code, language)}}
    return {
        "id": code,
        "shortDescription": {"text": rule.title(language)},
        "fullDescription": {"text": f"{rule.circular}: {rule.item}"},
        "helpUri": rule.link,
    }


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"


def _text(text: str) -> str:
    """Replace what of a file name is no Unicode text."""
    return text.encode("utf-8", "replace").decode("utf-8")

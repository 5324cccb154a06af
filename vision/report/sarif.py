"""The answers about many photos as one log in SARIF 2.1.0, the list of findings that other tools read.

A photo is a binary file, and regions of those are bytes: boxes stand as `rectangles` of the photo attached to each
result, which is SARIF's own place for them, in pixels of the upright photo.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

from msgspec import UNSET

from vision._version import __version__
from vision.contract.answers.part import encodable
from vision.contract.result import CheckError, CheckResult
from vision.errors import Language
from vision.geometry import Box
from vision.report.sarif_format import (
    Artifact,
    ArtifactLocation,
    ArtifactProperties,
    Attachment,
    Descriptor,
    DescriptorReference,
    Driver,
    Invocation,
    Level,
    Location,
    Notification,
    NotificationProperties,
    Rectangle,
    Result,
    ResultProperties,
    RunProperties,
    SarifFile,
    SarifMessage,
    SarifRun,
    Tool,
)
from vision.report.wording import kind_in_words
from vision.rules import Finding
from vision.rules.schema import Rule, Severity

_LEVELS: dict[Severity, Level] = {Severity.FLAG: "error", Severity.REVIEW: "warning"}


@dataclass(slots=True)
class SarifLog:
    """Collects answers in the order they come; `log` gives the whole.

    `policy` is the id of the pack and `gallery` the revision of the gallery (None without one) that judged all of them.
    """

    language: Language
    started_at: datetime
    policy: str
    gallery: str | None
    _rules: list[Descriptor] = field(default_factory=list)
    _results: list[Result] = field(default_factory=list)
    _artifacts: dict[str, Artifact] = field(default_factory=dict)
    _notifications: list[Notification] = field(default_factory=list)
    _codes: dict[str, int] = field(default_factory=dict)

    def add(self, path: str, answer: CheckResult | CheckError) -> None:
        """Add the answer about the photo at `path`."""
        if isinstance(answer, CheckError):
            self.add_failure(path, answer.code, answer.message, answer.error.kind)
            return
        # A photo that was given twice is one artifact with the results of both looks.
        place = self._artifacts.setdefault(path, _artifact(path, answer, len(self._artifacts))).location
        for finding, message in zip(answer.findings, answer.messages, strict=True):
            self._results.append(
                Result(
                    rule_id=finding.code,
                    rule_index=self._rule(finding),
                    level=_LEVELS[finding.severity],
                    message=SarifMessage(text=message),
                    locations=(Location.of(place),),
                    attachments=(Attachment(artifact_location=place, rectangles=_rectangles(finding, answer)),),
                    properties=ResultProperties(
                        policy=finding.rule,
                        next_step=answer.next_step,
                        numbers=finding.numbers,
                        candidates=finding.candidates,
                    ),
                )
            )

    def add_failure(self, path: str, code: str, message: str, kind: str = "") -> None:
        """Add what could not be judged: a photo, a folder with none in it, a file of a kind that is not looked at."""
        self._notifications.append(
            Notification(
                message=SarifMessage(text=encodable(message)),
                descriptor=DescriptorReference(id=code, index=self._codes.setdefault(code, len(self._codes))),
                locations=(Location.of(ArtifactLocation(uri=uri_of(path))),),
                properties=NotificationProperties(kind=kind) if kind else UNSET,
            )
        )

    def _rule(self, finding: Finding) -> int:
        """Return the index of a finding's rule; one code can rest on several (candidate, prospective candidate)."""
        descriptor = _descriptor(finding.code, finding.basis, self.language)
        if descriptor not in self._rules:
            self._rules.append(descriptor)
        return self._rules.index(descriptor)

    def log(self, ended_at: datetime, status: int) -> SarifFile:
        """Return the log; `status` is the exit status of the command."""
        driver = Driver(
            name="FotoNetral",
            version=__version__,
            semantic_version=__version__,
            language=self.language,
            rules=tuple(self._rules),
            notifications=tuple(Descriptor(id=code) for code in self._codes),
        )
        invocation = Invocation(
            execution_successful=not self._notifications,
            exit_code=status,
            start_time_utc=_utc(self.started_at),
            end_time_utc=_utc(ended_at),
            tool_execution_notifications=tuple(self._notifications),
        )
        run = SarifRun(
            tool=Tool(driver=driver),
            invocations=(invocation,),
            artifacts=tuple(self._artifacts.values()),
            results=tuple(self._results),
            language=self.language,
            properties=RunProperties(policy=self.policy, gallery=self.gallery),
        )
        return SarifFile(runs=(run,))


def uri_of(path: str) -> str:
    """Return a path as a URI reference: `file:` for an absolute one, relative as given otherwise."""
    quoted = quote(os.fsencode(path), safe="/")
    return f"file://{quoted}" if path.startswith("/") else quoted


def _artifact(path: str, result: CheckResult, index: int) -> Artifact:
    width, height = result.photo.size_wh
    return Artifact(
        location=ArtifactLocation(uri=uri_of(path), index=index),
        hashes={"sha-256": result.photo.sha256},
        properties=ArtifactProperties(
            verdict=result.verdict.value,
            headline=result.headline,
            next_step=result.next_step,
            notes=result.notes,
            reminders=result.reminders,
            width=width,
            height=height,
        ),
    )


def _rectangles(finding: Finding, result: CheckResult) -> tuple[Rectangle, ...]:
    hands: Iterable[Box] = (result.hands[at].box for at in finding.hands)
    faces: Iterable[Box] = (result.faces[at].box for at in finding.faces)
    texts: Iterable[Box] = (result.texts[at].box for at in finding.texts)
    return tuple(
        Rectangle(
            left=round(box.left, 1), top=round(box.top, 1), right=round(box.right, 1), bottom=round(box.bottom, 1)
        )
        for box in dict.fromkeys((*hands, *faces, *texts))
    )


def _descriptor(code: str, rule: Rule | None, language: Language) -> Descriptor:
    if rule is None:  # what was not looked at breaks no rule
        return Descriptor(id=code, short_description=SarifMessage(text=kind_in_words(code, language)))
    return Descriptor(
        id=code,
        short_description=SarifMessage(text=rule.title(language)),
        full_description=SarifMessage(text=f"{rule.circular}: {rule.item}"),
        help_uri=rule.link,
    )


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"

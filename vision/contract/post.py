"""What a check of a post answers: several photos that go out together (a carousel), judged as one.

`to_answer` gives what other programs read (`vision.contract.answers.post`), `to_dict` the same as plain values. Photos
count from 0 there and from 1 in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self, cast

from vision.contract.answers import post
from vision.contract.answers.part import Plain, SeverityName
from vision.contract.answers.post import MOST_PHOTOS
from vision.contract.result import CheckError, CheckResult
from vision.errors import Language, PostError
from vision.messages import say
from vision.rules import (
    PostFinding,
    PostJudgment,
    Verdict,
    describe_in_post,
    describe_remark_in_post,
    judge_post,
    post_headline,
    post_next_step,
)


def require_a_post(photos: int) -> None:
    """Refuse what is no post, before anything of it is checked. Raises `PostError`."""
    if photos == 0:
        raise PostError(say("checking.post.post_holds_at_least_one"))
    if photos > MOST_PHOTOS:
        raise PostError(say("checking.post.post_holds_at_most_photos", most_photos=MOST_PHOTOS))


@dataclass(frozen=True, slots=True)
class PostResult:
    """The answer for a post: `photos` are the answers for each photo, in the order of the post.

    `verdict` is the worst of the photos'; None where a photo could not be judged and the others show nothing, for such
    a post is never clear. `findings` join what several photos show; a finding's photos count in `photos`.
    """

    photos: tuple[CheckResult | CheckError, ...]
    judgment: PostJudgment

    @classmethod
    def of(cls, photos: Sequence[CheckResult | CheckError]) -> Self:
        """Judge photos together that were checked one by one, by the same checker.

        Raises:
            PostError: there is no photo, or there are more than `MOST_PHOTOS`.

        """
        require_a_post(len(photos))
        return cls(tuple(photos), judge_post([one if isinstance(one, CheckResult) else None for one in photos]))

    @property
    def language(self) -> Language:
        """The language of the wording."""
        return self.photos[0].language

    @property
    def verdict(self) -> Verdict | None:
        """The worst of the photos'; None where it would be clear but for photos that could not be judged."""
        return self.judgment.verdict

    @property
    def findings(self) -> tuple[PostFinding, ...]:
        """The reasons, in order of weight."""
        return self.judgment.findings

    @property
    def errors(self) -> Mapping[int, CheckError]:
        """The photos that could not be judged."""
        return {at: one for at, one in enumerate(self.photos) if isinstance(one, CheckError)}

    @property
    def headline(self) -> str:
        """The verdict in one short sentence."""
        return post_headline(self.judgment, self.language, len(self.photos))

    @property
    def next_step(self) -> str:
        """What to do with which photo."""
        return post_next_step(self.judgment, self.language, len(self.photos))

    @property
    def messages(self) -> tuple[str, ...]:
        """What was seen, in which photo and where, and on which rule it rests: one message a finding."""
        return tuple(
            describe_in_post(finding, self.language, self._places(finding), len(self.photos))
            for finding in self.findings
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said of the time, the scope, the photos' age, faces that show nobody: one sentence a remark."""
        return tuple(
            describe_remark_in_post(remark, self.language, len(self.photos)) for remark in self.judgment.remarks
        )

    @property
    def reminders(self) -> tuple[str, ...]:
        """What the policy says with every result, once."""
        judged = (one for one in self.photos if isinstance(one, CheckResult))
        return tuple(dict.fromkeys(reminder for one in judged for reminder in one.reminders))

    def to_answer(self) -> post.Post:
        """Return what other programs read."""
        return post.Post(
            verdict=None if self.verdict is None else self.verdict.value,
            headline=self.headline,
            next_step=self.next_step,
            findings=tuple(
                _finding(finding, message) for finding, message in zip(self.findings, self.messages, strict=True)
            ),
            notes=tuple(
                post.PostNote(code=one.remark.kind.value, photos=one.photos, message=message)
                for one, message in zip(self.judgment.remarks, self.notes, strict=True)
            ),
            reminders=self.reminders,
            unjudged=self.judgment.unjudged,
            photos=tuple(photo.to_answer() for photo in self.photos),
        )

    def to_dict(self) -> Plain:
        """Return the JSON contract as plain dicts, lists, texts and numbers."""
        return self.to_answer().to_dict()

    def _places(self, finding: PostFinding) -> dict[int, tuple[str, ...]]:
        places = {}
        for at, own in finding.seen.items():
            photo = self.photos[at]
            places[at] = photo.places_of(own) if isinstance(photo, CheckResult) else ()
        return places


def _finding(one: PostFinding, message: str) -> post.PostFinding:
    finding = one.finding
    return post.PostFinding(
        kind=finding.kind.value,
        severity=cast(SeverityName, finding.severity.value),
        code=finding.code,
        rule=finding.rule,
        candidates=finding.candidates,
        numbers=finding.numbers,
        photos=tuple(
            post.FindingInPhoto(
                photo=at,
                severity=cast(SeverityName, own.severity.value),
                code=own.code,
                hands=own.hands,
                faces=own.faces,
                texts=own.texts,
                people=own.people,
            )
            for at, own in one.seen.items()
        ),
        message=message,
    )

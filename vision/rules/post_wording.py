"""What people read about a post: the messages of its findings with the photos' numbers, and what to do with which.

In words photos count from 1. A post of one photo is told like that photo.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from vision.errors import Language
from vision.rules.findings import FindingKind, Note
from vision.rules.post import PostFinding, PostJudgment, PostRemark
from vision.rules.schema import Severity
from vision.rules.texts import LONGEST_LIST, listed, listed_all, text
from vision.rules.wording import day_in_words, describe_at, describe_remark, headline, next_step

_MOST_STEPS = 3

Places = Mapping[int, Sequence[str]]
"""By photo, the places in words where that photo shows a finding; empty where they are unknown or not worth telling."""


def describe_in_post(finding: PostFinding, language: Language, places: Places, photos: int) -> str:
    """Say what was seen, in which of the post's `photos` photos and where, what it can be read as, and on which rule.

    At most three sentences, like `describe`.
    """
    if len(finding.seen) == 1:
        return describe_at(finding.finding, _clause(finding, language, places, photos), language)
    # How many people show it is told photo by photo: over photos they cannot be counted.
    return describe_at(replace(finding.finding, people=1), _clause(finding, language, places, photos), language)


def describe_remark_in_post(remark: PostRemark, language: Language, photos: int) -> str:
    """Say a circumstance of the post, or of some of its photos, in one sentence."""
    if not remark.photos or photos == 1:
        return describe_remark(remark.remark, language)
    told = remark.remark
    _, _, key = told.kind.value.partition(".")
    day = None if told.day is None else day_in_words(told.day, language)
    return text(
        language,
        "post",
        key,
        photos=photos_in_words(remark.photos, language),
        day=day,
        count=told.count,
        total=told.total,
    )


def post_headline(judgment: PostJudgment, language: Language, photos: int) -> str:
    """Return the verdict in one short sentence; where there is none, that the post is not judged as a whole."""
    if judgment.verdict is None:
        return text(language, "post", "unjudged" if len(judgment.unjudged) == photos else "partly_judged")
    return headline(judgment.verdict, language)


def post_next_step(judgment: PostJudgment, language: Language, photos: int) -> str:
    """Say what to do with which photo, in at most three sentences; of a clear post, what to check oneself."""
    findings = [one.finding for one in judgment.findings]
    if photos == 1 and not judgment.unjudged:
        return next_step(findings, language)
    steps = [*_steps(judgment.findings, language)]
    unseen = {at for one in judgment.findings if one.finding.kind is FindingKind.UNSEEN for at in one.seen}
    # Three sentences are all that is read; the finding says it besides.
    if unseen and len(steps) + bool(judgment.unjudged) < _MOST_STEPS:
        steps.append(_step("unseen", language, photos=unseen))
    if judgment.unjudged:
        steps.append(_step("unjudged", language, photos=judgment.unjudged))
    return " ".join(steps) or next_step((), language)


def photos_in_words(photos: Iterable[int], language: Language) -> str:
    """Return photos, counted from 0, as "foto 2" or "foto 1 dan 4"; three and more in a row as the first and last."""
    numbers = [at + 1 for at in sorted(photos)]
    if len(numbers) == 1:
        return text(language, "post", "photo", n=numbers[0])
    starts = [0, *(at + 1 for at, (one, other) in enumerate(pairwise(numbers)) if other != one + 1), len(numbers)]
    runs: list[str] = []
    for start, end in pairwise(starts):
        run = numbers[start:end]
        runs += (
            [text(language, "post", "run", first=run[0], last=run[-1])]
            if len(run) > 2
            else [str(number) for number in run]
        )
    # Unlike names, photos are all told: each of them needs doing something about.
    return text(language, "post", "photos", list=listed_all(runs, language))


def _clause(finding: PostFinding, language: Language, places: Places, photos: int) -> str:
    if photos == 1:
        (known,) = (places.get(at, ()) for at in finding.seen)
        return f" ({listed(known, language)})" if 0 < len(known) <= LONGEST_LIST else ""
    told = list(_places_in_photos(finding, language, places))
    if len(told) > LONGEST_LIST or told == [photos_in_words([at], language) for at in finding.seen]:
        return f" ({photos_in_words(finding.seen, language)})"
    return f" ({'; '.join(told)})"


def _places_in_photos(finding: PostFinding, language: Language, places: Places) -> Iterator[str]:
    for at, own in finding.seen.items():
        photo, known = photos_in_words([at], language), places.get(at, ())
        if 0 < len(known) <= LONGEST_LIST and own.people <= len(known):
            yield text(language, "post", "placed", photo=photo, place=listed(known, language))
        elif own.people > 1 and len(finding.seen) > 1:
            yield text(language, "post", "counted", photo=photo, people=own.people)
        else:
            yield photo


def _steps(findings: Sequence[PostFinding], language: Language) -> Iterator[str]:
    """Yield what to do: with photos not to be posted, then with those to be looked at again."""
    people, signs, look, spouse = _sorted_out(findings)
    if people and signs:
        yield _step("people_and_signs", language, people=people, signs=signs)
    elif people:
        yield _step("people", language, people=people)
    elif signs:
        yield _step("signs", language, signs=signs)
    if look:
        # The declared spouse's photos are looked at again with the others: three sentences are all that is read.
        yield _step("look", language, photos=look | spouse)
    elif spouse:
        yield _step("spouse", language, photos=spouse)


def _sorted_out(findings: Sequence[PostFinding]) -> tuple[set[int], set[int], set[int], set[int]]:
    """Return the photos with somebody flagged, with only a sign flagged, to look at again, and with the spouse."""
    people, signs, faces, hands, spouse = set[int](), set[int](), set[int](), set[int](), set[int]()
    for one in findings:
        # Words are dealt with as signs are: that part is left out, or looked at again.
        is_sign = one.finding.kind in (FindingKind.POSE, FindingKind.TEXT)
        if one.finding.kind is FindingKind.UNSEEN:
            continue
        for at, own in one.seen.items():
            if own.severity is Severity.FLAG:
                (signs if is_sign else people).add(at)
            elif Note.SPOUSE in own.notes:
                spouse.add(at)
            else:
                (hands if is_sign else faces).add(at)
    # A photo that is left out needs no more; one that is retaken for a sign is still to be looked at for a face.
    look = (faces - people) | (hands - people - signs)
    return people, signs - people, look, spouse - people - look


def _step(key: str, language: Language, **photos: Iterable[int]) -> str:
    words = {name: photos_in_words(numbers, language) for name, numbers in photos.items()}
    return text(language, "post_step", key, **words)

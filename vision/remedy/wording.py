"""What people and programs read about a mended photo. The texts are those of `remedy.toml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from candidates.messages.catalogue import tree
from vision.contract.answers.fix import BriefFinding, JudgedPicture, Mended
from vision.contract.answers.part import encodable
from vision.contract.result import CheckResult
from vision.errors import Language
from vision.geometry import Box
from vision.messages import words_of
from vision.remedy.remedy import Remedy
from vision.remedy.repair import RepairOutcome
from vision.remedy.scene import Leaver
from vision.rules import place_in_words


@cache
def texts(language: Language) -> Mapping[str, Mapping[str, str]]:
    """Return the message templates of a language, section by section."""
    return {name: words_of(f"remedy.{name}", language) for name in tree("vision.messages", "remedy", language)}


def headline(outcome: RepairOutcome, out: str | None) -> str:
    """Return in one line what came of it; `out` is where the copy was written, None when it was not."""
    before, attempt, words = outcome.before, outcome.attempt, texts(outcome.before.language)["head"]
    if attempt is None:
        return words["none"].format(photo=before.photo.name)
    if outcome.is_clear and outcome.raised_unnamed:
        key = "untold"
    elif outcome.is_clear and not before.findings:
        key = "copied"
    else:
        key = "clear" if outcome.is_clear else "left" if out is None else "kept"
    return words[key].format(
        photo=before.photo.name,
        out=out,
        rounds=outcome.rounds,
        headline=attempt.after.headline,
        hands=raised_in_words(outcome.raised_unnamed, before.language),
    )


def raised_in_words(count: int, language: Language) -> str:
    """Return "1 raised hand", "3 raised hands"."""
    return texts(language)["raised"]["one" if count == 1 else "many"].format(count=count)


def details(outcome: RepairOutcome, *, written: bool) -> list[str]:
    """Return what was covered and cut in a written copy, who is gone from it, what remains, and the photo's time."""
    before, attempt, words = outcome.before, outcome.attempt, texts(outcome.before.language)
    lines = []
    if outcome.crowd:
        lines.append(words["remains"]["crowd"].format(people=outcome.crowd))
    if attempt is not None and written:
        lines += _done(attempt.remedy, before)
        lines += _gone(outcome.leavers, attempt.remedy, before.language)
    if attempt is not None:
        lines += [words["remains"]["again"].format(message=message) for message in attempt.after.messages]
    if outcome.reason is not None:
        names = ", ".join(dict.fromkeys(one.name for one in outcome.leavers))
        lines.append(words["reason"][outcome.reason.value].format(names=names))
    if before.findings:
        lines += before.notes
    if written:
        lines.append(words["done"]["original"])
    return lines


def next_step(outcome: RepairOutcome) -> str:
    """Say what to do now."""
    words = texts(outcome.before.language)["step"]
    if outcome.is_clear and outcome.raised_unnamed:
        return words["raised"].format(hands=raised_in_words(outcome.raised_unnamed, outcome.before.language))
    if outcome.attempt is not None and outcome.is_clear:
        still = outcome.attempt.after.next_step
        return f"{words['look']} {still}" if outcome.before.findings else still
    if any(not one.excused for one in outcome.leavers):
        return words["no_person"]
    return words["retake"] if outcome.attempt is None else outcome.attempt.after.next_step


def answer_of(outcome: RepairOutcome, out: str | None) -> Mended:
    """Return what other programs read: what was done in pixels of the upright photo, the verdict before and after.

    `out` is where the copy was written, None when it was not.
    """
    before, attempt = outcome.before, outcome.attempt
    remedy = None if attempt is None else attempt.remedy
    return Mended(
        photo=before.photo.to_answer(),
        kind=None if remedy is None else remedy.kind.value,
        reason=None if outcome.reason is None else outcome.reason.value,
        crop=None if remedy is None or remedy.crop is None else remedy.crop.as_ltwh(),
        blurs=() if remedy is None else tuple(box.as_ltwh() for box in remedy.boxes_ltwh),
        rounds=outcome.rounds,
        before=_judged(before),
        after=None if attempt is None else _judged(attempt.after),
        raised_unnamed=outcome.raised_unnamed,
        crowd=outcome.crowd,
        out=None if out is None else encodable(out),
        headline=encodable(headline(outcome, out)),
        details=tuple(encodable(text) for text in details(outcome, written=out is not None)),
        next_step=next_step(outcome),
        reminders=before.reminders,
        engine=before.engine.to_answer(),
    )


def _judged(result: CheckResult) -> JudgedPicture:
    told = result.to_answer()
    findings = tuple(
        BriefFinding(kind=one.kind, severity=one.severity, code=one.code, message=one.message) for one in told.findings
    )
    return JudgedPicture(verdict=told.verdict, width=told.photo.width, height=told.photo.height, findings=findings)


def _done(remedy: Remedy, before: CheckResult) -> list[str]:
    words = texts(before.language)["done"]
    lines = []
    if remedy.covers:
        covered = dict.fromkeys((_what(box, before), _place(box, before)) for box in remedy.boxes_ltwh)
        places = ", ".join(words[what].format(place=place) for what, place in covered)
        lines.append(words["covered"].format(places=places))
    if (crop := remedy.crop) is not None:
        width, height = remedy.size_wh
        parts = {
            "left": crop.left / width,
            "top": crop.top / height,
            "right": 1 - crop.right / width,
            "bottom": 1 - crop.bottom / height,
        }
        sides = ", ".join(
            words[side].format(part=max(round(100 * part), 1)) for side, part in parts.items() if part > 0
        )
        share = round(100 * remedy.kept)
        lines.append(words["cut"].format(sides=sides, share=share, width=int(crop.width), height=int(crop.height)))
    return lines


def _gone(leavers: Iterable[Leaver], remedy: Remedy, language: Language) -> list[str]:
    """Name those who are no longer in the picture; who only resembles somebody stays unnamed as that."""
    crop = remedy.crop
    gone = [one for one in leavers if crop is not None and one.face.intersection(crop) == 0]
    lines = []
    for key, sure in (("gone", True), ("gone_possible", False)):
        names = dict.fromkeys(one.name for one in gone if one.sure is sure)
        if names:
            lines.append(texts(language)["done"][key].format(names=", ".join(names)))
    return lines


def _what(cover: Box, before: CheckResult) -> str:
    """Tell whether a cover hides words or a hand; what only came up later was a hand."""
    words = max((line.box.intersection(cover) for line in before.texts), default=0.0)
    hands = max((hand.box.intersection(cover) for hand in before.hands), default=0.0)
    return "text" if words > hands else "hand"


def _place(cover: Box, before: CheckResult) -> str:
    """Say where in the photo as it came something covered is: whose, or in which part of it."""
    people = [face.box for face in before.faces]
    near = max(before.hands, key=lambda hand: hand.box.intersection(cover), default=None)
    person = near.person if near is not None and near.box.intersection(cover) > 0 else None
    size_wh, language = before.photo.size_wh, before.language
    return place_in_words(cover, size_wh, people, person, language) or place_in_words(cover, size_wh, language=language)

"""Words, numbers and names of a scan's reports: in the report's language, and never taken for markup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from html import escape

from candidates.messages.filling import number
from vision.errors import FotoNetralError, Language
from vision.media.kinds import FileKind
from vision.media.unseen import CODE, advice, counted, label
from vision.messages import words_of
from vision.poses import Pose
from vision.report.listing import ScanFacts
from vision.rules import Policy, pose_label
from vision.rules.texts import text
from vision.rules.wording import day_in_words


def words(language: Language) -> Mapping[str, str]:
    """Return the words of the page by key."""
    return words_of("overview", language)


def count_in_words(count: int, language: Language) -> str:
    """Write a number with its thousands parted: 12.345 in Indonesian, 12,345 in English."""
    return number(count, language)


def unlooked(facts: ScanFacts) -> Iterable[str]:
    """Yield what was not looked at and what was excluded, as sentences."""
    said, language, account = words(facts.language), facts.language, facts.account
    if account.total:
        count = count_in_words(account.total, language)
        yield said["unseen"].format(count=count, kinds=counted(account.kinds, language))
    if account.excluded:
        yield said["excluded"].format(count=count_in_words(account.excluded, language))


def day_or_text(day: str, language: Language) -> str:
    """Write "YYYY-MM-DD" as people do; anything else stays as it is."""
    try:
        return day_in_words(date.fromisoformat(day), language)
    except ValueError:
        return day


def kind_in_words(code: str, language: Language) -> str:
    """Return what findings of a code are about: the name of the sign, or who was seen."""
    what, _, which = code.partition(".")
    if what == "pose" and which in set(Pose):
        # The national pack names all poses; without their numbers, which differ from finding to finding.
        return pose_label(_national(), Pose(which), language, ())
    if what.startswith("unseen_"):
        return label(what.removeprefix("unseen_"), language)
    return words(language).get(f"kind_{code.replace('.', '_')}", code)


def parted(message: str, language: Language) -> tuple[str, str]:
    """Part a finding's message into what was seen and the rule it rests on; the rule is empty where none is told."""
    start = text(language, "basis", "rule", rule="\0").partition("\0")[0]
    seen, found, basis = message.rpartition(f" {start}")
    return (seen, start + basis) if found else (message, "")


def advice_apart(code: str, message: str, language: Language) -> tuple[str, str]:
    """Part an error's text into what is wrong and what to do about it."""
    advices = (advice(kind, language) for kind in FileKind if kind is not FileKind.PHOTO)
    for told in advices if code == CODE else _advices(language).get(code, ()):
        if message.endswith(f" {told}"):
            return message.removesuffix(told).rstrip(), told
    return message, ""


def safe(value: object) -> str:
    """Escape for elements and attributes; control characters and what only turns the reading order are shown as �."""
    printable = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(value))
    return escape(printable, quote=True)


@cache
def _national() -> Policy:
    return Policy.load()


@cache
def _advices(language: Language) -> Mapping[str, tuple[str, ...]]:
    """Return the advice of every error by its code; two classes may share one code."""
    found: dict[str, tuple[str, ...]] = {}
    classes: list[type[FotoNetralError]] = [FotoNetralError]
    while classes:
        one = classes.pop()
        classes += one.__subclasses__()
        advice = one.usual_advice()
        if advice is not None:
            found[one.code] = (*found.get(one.code, ()), advice.text(language))
    return found

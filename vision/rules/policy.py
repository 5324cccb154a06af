"""Policy packs: which pose weighs how much, on which rule it rests, and how findings are weighed.

A pack is a TOML file (see `docs/policy.md`). A pack may `extends` another one and say only what differs: tables are
merged key by key, lists and values replace. Every key is checked; an error names the file and the key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vision.errors import Language, PolicyError
from vision.messages import say
from vision.poses import Pose
from vision.rules.checking import PROSPECTIVE_RULE, check
from vision.rules.reading import MergedPack, Problem, available_packs, lay, locate
from vision.rules.schema import Circular, Judging, PoseRule, Rule, Table, Thresholds, Window, WordRules

DEFAULT_POLICY = "skb-2-2022"
"""The national baseline, used when nobody asks for another pack."""


class Policy(Table, frozen=True):
    """A complete pack, with everything it extends already merged in.

    `regions` are the Kemendagri codes that a local pack is for, empty for everywhere. `reminder_*` is shown with every
    result, clear ones too.
    """

    id: str
    title_id: str
    title_en: str
    circular: Circular
    rules: Mapping[str, Rule]
    thresholds: Thresholds
    judging: Judging
    window: Window
    poses: Mapping[Pose, PoseRule]
    sources: Mapping[str, str]
    words: WordRules = WordRules()
    regions: tuple[str, ...] = ()
    reminder_id: str = ""
    reminder_en: str = ""

    @classmethod
    def load(cls, name_or_file: str | Path = DEFAULT_POLICY) -> Policy:
        """Read a shipped pack by name, or any pack by path (ends in `.toml` or holds a path separator).

        Raises:
            PolicyError: there is no such pack, or it breaks the schema; the message names the file and the key.

        """
        reading = read_pack(name_or_file)
        if reading.policy is not None:
            return reading.policy
        first, more = reading.problems[0], len(reading.problems) - 1
        if more:
            raise PolicyError(say("policy.policy.first_of_several", first=first.says, count=more, pack=name_or_file))
        raise PolicyError(first.says)

    def title(self, language: Language) -> str:
        """Return the pack's title."""
        return self.title_id if language == "id" else self.title_en

    def reminders(self, language: Language) -> tuple[str, ...]:
        """Return what is shown with every result."""
        reminder = self.reminder_id if language == "id" else self.reminder_en
        return (reminder,) if reminder else ()

    def numbers_of(self, pose: Pose) -> tuple[int, ...]:
        """Return the ballot numbers a pose can mean."""
        return self.poses[pose].numbers

    def rule_for_words(self) -> Rule:
        """Return what a finding about words in a photo rests on."""
        return self.rules.get(self.words.rule, self.rules["sign"])

    def rule_for_prospective(self) -> Rule:
        """Return what a finding about somebody rests on whom the KPU has not fixed as a candidate yet."""
        return self.rules.get(PROSPECTIVE_RULE, self.rules["candidate"])


@dataclass(frozen=True, slots=True, eq=False)
class PackReading:
    """What became of reading a pack: the policy, or None and why.

    `chain` gives the packs that were laid over each other, by id, the pack itself first.
    """

    policy: Policy | None
    problems: tuple[Problem, ...]
    chain: tuple[str, ...] = ()
    laid: MergedPack | None = None

    def origin(self, *key: str) -> str | None:
        """Return the id of the pack that said a key last (of a table: anything in it); None where no pack says it."""
        file = None if self.laid is None else self.laid.origins.get(key)
        return None if self.laid is None or file is None else self.laid.ids[file]


def read_pack(name_or_file: str | Path) -> PackReading:
    """Read a pack by name or path and check all of it; problems are told, not raised."""
    try:
        laid = lay(locate(name_or_file, Path()))
    except PolicyError as error:
        return PackReading(None, (Problem(str(name_or_file), "", error.says),))
    fields, problems = check(laid)
    chain = tuple(laid.ids[file] for file in laid.files)
    return PackReading(None if problems else Policy(**fields), problems, chain, laid)


def packs_for(region: str) -> tuple[str, ...]:
    """Return the names of the shipped packs made for a region or one that holds it, the nearest first.

    `region` is a Kemendagri code; "3401" and "34.01" are the same.
    """
    found = []
    for name in available_packs():
        held = [len(_digits(own)) for own in Policy.load(name).regions if _digits(region).startswith(_digits(own))]
        if held:
            found.append((-max(held), name))
    return tuple(name for _, name in sorted(found))


def _digits(region: str) -> str:
    return "".join(char for char in region if char.isdigit())


__all__ = ["DEFAULT_POLICY", "PackReading", "Policy", "Problem", "available_packs", "packs_for", "read_pack"]

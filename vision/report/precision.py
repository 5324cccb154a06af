"""How precise a scan is, by what people decided: how many reports are right, on how many clear photos it missed a sign.

Figures are about the tool, never about a person: not about those in the photos, and not about those who decide.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Final

from candidates.messages.filling import number
from vision.errors import Language
from vision.messages import words_of
from vision.report.listing import ListedPhoto, Ruling
from vision.report.wording import count_in_words
from vision.rules import FindingKind, Verdict

CONFIDENCE: Final = 0.95

_Z: Final = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
# Missed: it was called clear by an earlier scan, somebody saw what this scan reports.
_RIGHT: Final = frozenset({Ruling.REVIEWED, Ruling.HANDLED, Ruling.MISSED})


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many. Raises ValueError for more hits than there are."""

    hits: int
    total: int

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.total:
            raise ValueError(f"hits are 0..{self.total}, not {self.hits}")

    @property
    def value(self) -> float | None:
        """The share, 0..1; None of nothing."""
        return self.hits / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true share lies with a confidence of 95%, by Wilson's score (1927); 0..1 of nothing.

        It stays within 0..1 and holds for small numbers (Brown, Cai and DasGupta 2001).
        """
        if not self.total:
            return 0.0, 1.0
        share, n = self.hits / self.total, self.total
        middle = share + _Z**2 / (2 * n)
        reach = _Z * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
        low, high = (middle - reach) / (1 + _Z**2 / n), (middle + reach) / (1 + _Z**2 / n)
        return 0.0 if self.hits == 0 else low, 1.0 if self.hits == n else high


@dataclass(frozen=True, slots=True)
class Precision:
    """What the decisions on a scan say.

    `reported` and `audited` are photos with findings and clear ones of the sample, decided or not; `clear` are all that
    were called clear. `right` is of the reported ones that people decided on, `by_kind` and `by_code` the same of those
    with such a finding (one decision is about the whole photo: it counts for every kind that it has). `missed` is of
    the sample that people looked at.
    """

    reported: int
    right: Share
    by_kind: Mapping[FindingKind, Share]
    by_code: Mapping[str, Share]
    clear: int
    audited: int
    missed: Share

    def sentences(self, language: Language = "id") -> tuple[str, ...]:
        """Say it, a sentence or two a line."""
        words, said = words_of("precision", language), [self._right(language)]
        if self.right.total and len(self.by_kind) > 1:
            said += [
                words["kind"].format(
                    kind=words[f"kind_{kind.value}"],
                    hits=count_in_words(share.hits, language),
                    total=count_in_words(share.total, language),
                    share=_share(share, language, "share_short"),
                )
                for kind, share in self.by_kind.items()
            ]
        said.append(self._missed(language))
        if self.right.total or self.missed.total:
            said.append(words["fairness"])
        return tuple(said)

    def _right(self, language: Language) -> str:
        words, reported = words_of("precision", language), count_in_words(self.reported, language)
        if not self.right.total:
            return words["undecided"].format(reported=reported)
        decided = words["decided"].format(
            reported=reported,
            decided=count_in_words(self.right.total, language),
            hits=count_in_words(self.right.hits, language),
            misses=count_in_words(self.right.total - self.right.hits, language),
        )
        sentences = [decided, words["right"].format(share=_share(self.right, language))]
        return " ".join(sentences if self.right.total == self.reported else [*sentences, words["unsure"]])

    def _missed(self, language: Language) -> str:
        words, audited = words_of("precision", language), count_in_words(self.audited, language)
        if not self.audited:
            return words["unsampled"]
        if not self.missed.total:
            return words["unseen"].format(audited=audited)
        seen = words["seen"].format(
            audited=audited,
            total=count_in_words(self.missed.total, language),
            hits=count_in_words(self.missed.hits, language),
            share=_share(self.missed, language),
        )
        low, high = (math.floor(self.clear * end + 0.5) for end in self.missed.interval)
        # However wide the interval, those that people found are there.
        low, high = max(low, self.missed.hits), max(high, self.missed.hits)
        estimate = words["missed"].format(
            clear=count_in_words(self.clear, language),
            low=count_in_words(low, language),
            high=count_in_words(high, language),
        )
        return f"{seen} {estimate}"


@dataclass(slots=True)
class DecisionTally:
    """Counts decisions as photos come; `precision` says what they amount to so far."""

    _reported: int = 0
    _audited: int = 0
    _right: Counter[str] = field(default_factory=Counter)
    _decided: Counter[str] = field(default_factory=Counter)
    _missed: int = 0
    _seen: int = 0

    def add(self, photo: ListedPhoto) -> None:
        """Count a photo; those that were not judged count for nothing."""
        ruling = None if photo.decision is None else photo.decision.ruling
        if photo.verdict is Verdict.CLEAR:
            # Of a clear photo "handled" and "false alarm" say that it was reported once: not how good this answer is.
            self._audited += photo.audited
            if photo.audited and ruling in (Ruling.REVIEWED, Ruling.MISSED):
                self._seen += 1
                self._missed += ruling is Ruling.MISSED
        elif photo.verdict is not None:
            self._reported += 1
            if ruling is not None:
                names = {name for one in photo.result.findings for name in (one.kind, one.code)} | {""}
                self._decided.update(names)
                if ruling in _RIGHT:
                    self._right.update(names)

    def precision(self, *, clear: int) -> Precision:
        """Return the figures; `clear` is how many photos the scan called clear."""
        shares = {name: Share(self._right[name], total) for name, total in sorted(self._decided.items())}
        return Precision(
            reported=self._reported,
            right=shares.get("", Share(0, 0)),
            by_kind={kind: shares[kind.value] for kind in FindingKind if kind.value in shares},
            by_code={name: share for name, share in shares.items() if "." in name},
            clear=clear,
            audited=self._audited,
            missed=Share(self._missed, self._seen),
        )


def summary(photos: Iterable[ListedPhoto], *, clear: int) -> Precision:
    """Return how precise a scan is; `clear` is how many photos it called clear (`ScanFacts.counts`)."""
    tally = DecisionTally()
    for photo in photos:
        tally.add(photo)
    return tally.precision(clear=clear)


def _share(share: Share, language: Language, form: str = "share") -> str:
    low, high = share.interval
    return words_of("precision", language)[form].format(
        percent=_percent(share.value or 0.0, language), low=_percent(low, language), high=_percent(high, language)
    )


def _percent(share: float, language: Language) -> str:
    """Write a share in percent: whole numbers, one digit behind the point under ten."""
    percent = 100 * share
    text = f"{percent:.1f}" if 0 < percent < 9.95 else f"{percent:.0f}"
    return number(float(text), language, "g")

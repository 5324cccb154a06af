"""What decisions say of a scan: exact small cases, the interval, and the words."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from tests.overview_samples import listed, scan_of_many
from vision.errors import Language
from vision.report.listing import Decision, ListedPhoto, Ruling
from vision.report.precision import DecisionTally, Precision, Share, summary
from vision.rules import FindingKind

WORDS = Path(__file__).resolve().parents[3] / "vision" / "messages"


def decided(kind: str, *rulings: Ruling | None) -> list[ListedPhoto]:
    """Give photos of a kind with these decisions."""
    return [
        listed(at, kind, decision=None if ruling is None else Decision(ruling)) for at, ruling in enumerate(rulings)
    ]


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [
        # From Brown, Cai and DasGupta's formula, worked out by hand and with statsmodels' proportion_confint.
        pytest.param(0, 10, 0.0, 0.2775, id="none of ten"),
        pytest.param(10, 10, 0.7225, 1.0, id="all of ten"),
        pytest.param(5, 10, 0.2366, 0.7634, id="half"),
        pytest.param(81, 263, 0.2553, 0.3662, id="as in Newcombe 1998, table I"),
        pytest.param(1, 29, 0.0061, 0.1718, id="as in Newcombe 1998, table I"),
        pytest.param(0, 0, 0.0, 1.0, id="nothing says nothing"),
    ],
)
def test_wilson(hits: int, total: int, low: float, high: float) -> None:
    assert Share(hits, total).interval == pytest.approx((low, high), abs=5e-5)


def test_a_share_cannot_be_more_than_all() -> None:
    with pytest.raises(ValueError, match="hits"):
        Share(2, 1)


def test_right_and_false_alarms_overall_and_by_kind() -> None:
    photos = decided("sign", Ruling.REVIEWED, Ruling.HANDLED, Ruling.FALSE_ALARM, None)
    photos += decided("person", Ruling.FALSE_ALARM, Ruling.REVIEWED)  # a candidate and signs: counts for both kinds
    told = summary(photos, clear=100)
    assert (told.reported, told.right) == (6, Share(3, 5))
    assert told.by_kind == {FindingKind.POSE: Share(3, 5), FindingKind.CANDIDATE: Share(1, 2)}
    assert told.by_code["pose.peace_two"] == Share(3, 5)
    assert told.by_code["candidate.match_with_sign"] == Share(1, 2)


def test_the_sample_and_only_what_was_said_of_clear_photos() -> None:
    photos = decided("clear", Ruling.REVIEWED, Ruling.MISSED, Ruling.REVIEWED, None)
    photos += decided("clear", Ruling.HANDLED, Ruling.FALSE_ALARM)  # of an earlier answer
    told = summary(photos, clear=1000)
    assert (told.audited, told.missed) == (6, Share(1, 3))
    assert (told.reported, told.right) == (0, Share(0, 0))


def test_a_photo_that_was_missed_before_and_is_reported_now_is_right() -> None:
    assert summary(decided("sign", Ruling.MISSED), clear=0).right == Share(1, 1)


def test_what_was_not_judged_counts_for_nothing() -> None:
    assert summary(decided("error", Ruling.REVIEWED), clear=0) == DecisionTally().precision(clear=0)


def test_shares_have_their_interval() -> None:
    told = summary(decided("sign", Ruling.REVIEWED, Ruling.FALSE_ALARM), clear=7)
    assert (told.right, told.right.value, told.missed.value) == (Share(1, 2), 0.5, None)
    assert told.right.interval == pytest.approx((0.0945, 0.9055), abs=1e-4)
    assert told.missed.interval == (0.0, 1.0)
    assert (told.clear, told.audited, list(told.by_kind)) == (7, 0, ["pose"])


def test_words_of_a_scan_that_nobody_has_decided_on() -> None:
    assert summary(scan_of_many(), clear=1000).sentences("id") == (
        "Dari 61 foto yang dilaporkan belum ada yang diputuskan orang: ketepatan pindaian ini belum terukur.",
        "Dari 5 foto sampel tanpa tanda belum ada yang dilihat orang: berapa yang terlewat belum terukur.",
    )


def said(told: Precision, language: Language) -> list[str]:
    """Give the sentences one by one, the dashes of intervals as hyphens."""
    lines = " ".join(told.sentences(language)).replace("\N{EN DASH}", "-")
    return [f"{sentence.removesuffix('.')}." for sentence in lines.split(". ")]


def test_words_of_figures() -> None:
    by_kind = {FindingKind.POSE: Share(30, 36), FindingKind.CANDIDATE: Share(9, 10)}
    told = Precision(1200, Share(33, 40), by_kind, {}, 12000, 120, Share(1, 90))
    assert said(told, "id") == [
        "Dari 1.200 foto yang dilaporkan, 40 sudah diputuskan orang: 33 benar, 7 keliru.",
        "Laporan yang benar: 82% (selang kepercayaan 95%: 68-91%).",
        "Selang itu berlaku bila foto yang diputuskan tidak dipilih-pilih.",
        "Pose tangan: 30 dari 36 benar, 83% (68-92%).",
        "Wajah calon: 9 dari 10 benar, 90% (60-98%).",
        (
            "Dari 120 foto sampel tanpa tanda, 90 sudah dilihat orang: pada 1 ada tanda yang terlewat, 1,1% (selang "
            "kepercayaan 95%: 0,2-6%)."
        ),
        "Dari seluruh 12.000 foto tanpa tanda, perkiraannya 24 sampai 723 foto dengan tanda yang terlewat.",
        "Angka ini mengukur alat, bukan orang.",
    ]
    assert said(told, "en")[:3] == [
        "Of 1,200 reported photos, people decided on 40: 33 right, 7 false alarms.",
        "Reports that are right: 82% (95% confidence interval: 68-91%).",
        "The interval holds if the photos decided on were not picked.",
    ]


def test_when_all_were_decided_on_nothing_was_picked() -> None:
    told = Precision(2, Share(2, 2), {FindingKind.POSE: Share(2, 2)}, {}, 10, 0, Share(0, 0))
    assert said(told, "en") == [
        "Of 2 reported photos, people decided on 2: 2 right, 0 false alarms.",
        "Reports that are right: 100% (95% confidence interval: 34-100%).",
        "There is no sample of photos without a sign: how many were missed is not measured.",
        "These figures measure the tool, not people.",
    ]


@pytest.mark.parametrize("language", ["id", "en"])
def test_no_figure_is_about_a_person(language: Language) -> None:
    photos = [listed(1, "person", decision=Decision(Ruling.HANDLED, "catatan", "Sri"), candidate="Budi Karya")]
    told = summary(photos, clear=0)
    text = str(told) + " ".join(told.sentences(language))
    assert not {"Sri", "Budi", "budi", "catatan"} & set(re.findall(r"\w+", text))


def test_both_languages_have_the_same_words_to_fill() -> None:
    one, other = (msgspec.toml.decode((WORDS / code / "precision.toml").read_bytes()) for code in ("id", "en"))
    fields = re.compile(r"\{\w+")
    assert {key: set(fields.findall(text)) for key, text in one.items()} == {
        key: set(fields.findall(text)) for key, text in other.items()
    }

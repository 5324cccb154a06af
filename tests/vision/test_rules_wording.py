"""Wording: both languages say the same things, briefly and without accusing; snapshots to read and review.

After a change of wording, write the snapshots anew with `python -m tests.vision.test_rules_wording` or
`python tests/vision/test_rules_wording.py` from the repository root, and read the difference.
"""

from __future__ import annotations

import re
import string
from datetime import date
from pathlib import Path
from types import MappingProxyType

import msgspec
import pytest

from candidates.people import Candidate, Election, Relation, Role
from vision.errors import Language
from vision.geometry import Box
from vision.media import Media, MediaKind
from vision.poses import Pose
from vision.rules import (
    ElectionContext,
    Finding,
    Policy,
    Remark,
    RemarkKind,
    SeenFace,
    SeenHand,
    SeenPair,
    Verdict,
    describe,
    describe_remark,
    headline,
    judge,
    next_step,
    place_in_words,
    pose_label,
)
from vision.rules.policy import available_packs
from vision.rules.texts import LANGUAGES, listed, texts

SNAPSHOTS = Path(__file__).parent / "snapshots"
POLICY = Policy.load()
MILDER = msgspec.structs.replace(POLICY, judging=msgspec.structs.replace(POLICY.judging, unheld_number="milder"))
NO_EXEMPTION = msgspec.structs.replace(POLICY, judging=msgspec.structs.replace(POLICY.judging, declared_spouse="same"))
FORBIDDEN = re.compile(r"melanggar|pelanggar|bersalah|violat|guilty|offen[cs]e|illegal", re.IGNORECASE)


class FakeMatch(msgspec.Struct, frozen=True):
    candidate: Candidate
    strength: str = "strong"


ANI = Candidate("ani", "Ani Lestari", Role.CANDIDATE, "pilkada", 2, "34.01")
BUDI = Candidate("budi", "Budi Santoso", Role.RUNNING_MATE, "pilkada", 2, "34.01")
RIVAL = Candidate("rudi", "Rudi Hartono", Role.CANDIDATE, "pilkada", 1, "34.01")
NEW = Candidate("dewi", "Dewi Kartika", Role.CANDIDATE, "pilkada")
CHILD = Candidate("cici", "Cici Lestari", Role.FAMILY, relative_of="ani", relation=Relation.CHILD)
COUSIN = Candidate("joko", "Joko", Role.FAMILY, relative_of="gone")
HELD = ElectionContext({2: (ANI, BUDI)})
CROWD = ElectionContext({2: tuple(Candidate(f"c{n}", f"Calon {n}", Role.CANDIDATE, f"pileg-{n}", 2) for n in range(5))})
PILKADA = Election("pilkada", "", "regency", "34.01", date(2024, 9, 25), date(2024, 11, 27), date(2024, 11, 27))
EARLY = ElectionContext({}, elections={"pilkada": PILKADA}, day=date(2024, 9, 1))
NEW_MATE = Candidate("eko", "Eko Prasetyo", Role.RUNNING_MATE, "pilkada")
MARRIED = ElectionContext({2: (ANI, BUDI)}, declared_spouse_of="ani")


def face(person: Candidate, strength: str = "strong") -> SeenFace:
    return SeenFace(0, FakeMatch(person, strength))


def either(*people: Candidate) -> SeenFace:
    return SeenFace(0, FakeMatch(people[0], "possible"), people[1:])


def hands(pose: Pose, count: int = 1, score: float = 0.9, posed: bool | None = None) -> list[SeenHand]:
    return [SeenHand(index, pose, score, index, posed) for index in range(count)]


CASES = MappingProxyType(
    {
        **{
            f"one {pose}": (hands(pose), [], [], POLICY, HELD if pose is Pose.PEACE_TWO else ElectionContext())
            for pose in Pose
            if pose is not Pose.TWO_HAND_NUMBER
        },
        "two hands, 6": (
            [SeenHand(at, Pose.TWO_HAND_NUMBER, 0.9, 0) for at in (0, 1)],
            [SeenPair((0, 1), Pose.TWO_HAND_NUMBER, (6,))],
            [],
            POLICY,
            ElectionContext(),
        ),
        "index and thumb, number 2 held": (hands(Pose.L_TWO), [], [], POLICY, HELD),
        "two people, peace": (hands(Pose.PEACE_TWO, 2), [], [], POLICY, ElectionContext()),
        "fifteen finger hearts": (hands(Pose.FINGER_HEART, 15), [], [], POLICY, HELD),
        "number of many candidates": (hands(Pose.CALL), [], [], POLICY, CROWD),
        "unsure, one": (hands(Pose.OK, 1, 0.5), [], [], POLICY, ElectionContext()),
        "unsure, three": (hands(Pose.OK, 3, 0.5), [], [], POLICY, ElectionContext()),
        "palm toward the camera": (hands(Pose.PALM_FIVE, 1, 0.9, True), [], [], POLICY, ElectionContext()),
        "palms toward the camera, two": (hands(Pose.PALM_FIVE, 2, 0.9, True), [], [], POLICY, ElectionContext()),
        "number nobody holds, milder policy": (hands(Pose.FOUR), [], [], MILDER, HELD),
        "candidate": ([], [], [face(ANI)], POLICY, HELD),
        "candidate without number": ([], [], [face(NEW)], POLICY, HELD),
        "prospective candidate": ([], [], [face(NEW)], POLICY, EARLY),
        "prospective running mate with a sign": (hands(Pose.CALL), [], [face(NEW_MATE)], POLICY, EARLY),
        "running mate, possible": ([], [], [face(BUDI, "possible")], POLICY, HELD),
        "candidate with a sign": (hands(Pose.OK), [], [face(ANI)], POLICY, HELD),
        "candidate with the own number": (hands(Pose.PEACE_TWO), [], [face(ANI)], POLICY, HELD),
        "spouse": ([], [], [face(ANI)], POLICY, MARRIED),
        "spouse with a sign": (hands(Pose.PEACE_TWO), [], [face(ANI)], POLICY, MARRIED),
        "spouse where the policy makes no exemption": ([], [], [face(ANI)], NO_EXEMPTION, MARRIED),
        "spouse with a sign, no exemption": (hands(Pose.PEACE_TWO), [], [face(ANI)], NO_EXEMPTION, MARRIED),
        "child of a candidate": ([], [], [face(CHILD)], POLICY, HELD),
        "possible relative of somebody out of scope": ([], [], [face(COUSIN, "possible")], POLICY, HELD),
        "relative with a sign": (hands(Pose.THUMB_UP), [], [face(CHILD)], POLICY, HELD),
        "one of two candidates": ([], [], [either(ANI, RIVAL)], POLICY, HELD),
        "one of two candidates with the number of one": (hands(Pose.PEACE_TWO), [], [either(RIVAL, ANI)], POLICY, HELD),
        "a candidate or their child": (hands(Pose.OK), [], [either(ANI, CHILD)], POLICY, HELD),
        "one of two relatives": ([], [], [either(CHILD, COUSIN)], POLICY, HELD),
        "one of two prospective candidates": ([], [], [either(NEW, NEW_MATE)], POLICY, EARLY),
        "one of five": ([], [], [either(ANI, BUDI, RIVAL, NEW, CHILD)], POLICY, HELD),
        "possible candidate and little finger": (hands(Pose.PINKY), [], [face(ANI, "possible")], POLICY, HELD),
    }
)
"""Name → the arguments of `judge`."""


def messages(case: str, language: Language) -> tuple[Verdict, list[tuple[Finding, str]], str]:
    judgment = judge(*CASES[case])
    row = [Box(100 * n, 0, 50, 50) for n in range(9)]
    by_person = [place_in_words(row[n], (2000, 500), row, n, language) for n in range(9)]
    hand_places = {
        hand.index: by_person[hand.person]
        for hand in CASES[case][0]
        if hand.person is not None and hand.person < len(by_person)
    }
    told = [
        (finding, describe(finding, language, hand_places=hand_places, face_places={0: by_person[0]}))
        for finding in judgment.findings
    ]
    return judgment.verdict, told, next_step(judgment.findings, language)


def snapshot(language: Language) -> str:
    parts = []
    for case in CASES:
        verdict, told, step = messages(case, language)
        lines = [f"# {case}", f"{verdict.value.upper()}: {headline(verdict, language)}"]
        lines += [f"- [{finding.severity} {finding.code}] {message}" for finding, message in told]
        parts.append("\n".join([*lines, f"> {step}"]))
    labels = [f"{pose}: {pose_label(POLICY, pose, language)}" for pose in Pose]
    remarks = [
        f"{kind}: {describe_remark(Remark(kind, date(2024, 11, 25), count=3, total=12), language)}"
        for kind in RemarkKind
    ]
    parts += ["\n".join(["# labels", *labels]), "\n".join(["# remarks", *remarks])]
    return "\n\n".join(parts) + "\n"


def sentences(message: str) -> int:
    return len(re.findall(r"[.!?](?=\s|$)", message))


@pytest.mark.parametrize("language", LANGUAGES)
def test_snapshots(language: Language) -> None:
    assert snapshot(language) == (SNAPSHOTS / f"rules.{language}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES)
def test_messages_are_short_calm_and_name_their_rule(case: str, language: Language) -> None:
    verdict, told, step = messages(case, language)
    for finding, message in told:
        assert 2 <= sentences(message) <= 3
        assert not FORBIDDEN.search(message)
        assert finding.basis.title(language) in message
        assert "{" not in message
        assert "berisiko" in message or "risiko" in message or "risk" in message
        assert not re.search(r"0\.\d", message)  # no score of anybody
    assert 1 <= sentences(step) <= 3
    assert not FORBIDDEN.search(step + headline(verdict, language))


UNSEEN = (
    Media(MediaKind.ANIMATION, 12),
    Media(MediaKind.DOCUMENT, 3),
    Media(MediaKind.IMAGE, 2),
    Media(has_video=True),
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("media", UNSEEN, ids=["animation", "document", "image", "video"])
def test_what_was_not_looked_at_is_told_with_what_to_do(media: Media, language: Language) -> None:
    judgment = judge([], [], [], POLICY, media=media)
    (finding,) = judgment.findings
    told, step = describe(finding, language), next_step(judgment.findings, language)
    for text in (told, step):
        assert 1 <= sentences(text) <= 3
        assert not FORBIDDEN.search(text)
        assert "{" not in text
    assert told not in step
    counts = [describe_remark(remark, language) for remark in judgment.remarks]
    assert len(counts) == (not media.has_video)
    assert all("1" in one and str(media.pictures) in one for one in counts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_remarks_and_reminders_are_short_and_calm(language: Language) -> None:
    told = [describe_remark(Remark(kind, date(2024, 1, 2)), language) for kind in RemarkKind]
    told += [reminder for pack in available_packs() for reminder in Policy.load(pack).reminders(language)]
    for words in told:
        assert 1 <= sentences(words) <= 3
        assert not FORBIDDEN.search(words)


def test_dates_are_written_as_people_write_them() -> None:
    taken = Remark(RemarkKind.TAKEN, date(2019, 8, 17))
    assert "17 Agustus 2019" in describe_remark(taken, "id")
    assert "17 August 2019" in describe_remark(taken, "en")
    assert all(len(texts(language)["date"]["months"].split()) == 12 for language in LANGUAGES)


def test_both_languages_have_the_same_keys_and_placeholders() -> None:
    def shape(language: Language) -> dict[tuple[str, str], set[str | None]]:
        return {
            (section, key): {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
            for section, templates in texts(language).items()
            for key, template in templates.items()
        }

    indonesian, english = shape("id"), shape("en")
    assert indonesian == english


def test_every_template_is_within_three_sentences() -> None:
    for language in LANGUAGES:
        for section, templates in texts(language).items():
            for key, template in templates.items():
                assert sentences(template) <= 3, (language, section, key)
                assert not FORBIDDEN.search(template)


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="one of id, en"):
        headline(Verdict.CLEAR, "fr")


def test_no_place_is_told_where_one_is_unknown_or_there_are_many() -> None:
    (finding,) = judge(hands(Pose.PEACE_TWO, 2), [], [], POLICY).findings
    assert describe(finding).startswith("2 orang memperlihatkan pose dua jari, berisiko")
    assert "(" not in describe(finding, hand_places={0: "orang ke-1 dari kiri"})
    assert "(kiri dan kanan)" in describe(finding, hand_places={0: "kiri", 1: "kanan"})
    (crowd,) = judge(hands(Pose.PEACE_TWO, 4), [], [], POLICY).findings
    assert "(" not in describe(crowd, hand_places={index: f"orang ke-{index + 1}" for index in range(4)})


@pytest.mark.parametrize(
    ("items", "words"),
    [
        (["a"], "a"),
        (["a", "b"], "a dan b"),
        (["a", "b", "c"], "a, b, dan c"),
        (["a", "b", "c", "d"], "a, b, dan 2 lainnya"),
    ],
)
def test_lists(items: list[str], words: str) -> None:
    assert listed(items, "id") == words


ROW = [Box(300, 100, 80, 80), Box(100, 130, 80, 80), Box(500, 90, 80, 80)]


@pytest.mark.parametrize(
    ("box", "people", "person", "words"),
    [
        (Box(0, 0, 10, 10), ROW, 0, "orang ke-2 dari kiri"),  # the owner counts, not where the hand is
        (Box(0, 0, 10, 10), ROW, 1, "orang ke-1 dari kiri"),
        (Box(0, 0, 10, 10), ROW, None, "kiri atas foto"),  # nobody known to own it
        (Box(400, 300, 10, 10), [*ROW, Box(300, 400, 80, 80)], 0, "tengah foto"),  # two rows: counting would mislead
        (Box(700, 500, 10, 10), [Box(70 * n, 100, 60, 60) for n in range(11)], 10, "kanan bawah foto"),  # too many
        (Box(700, 500, 10, 10), ROW[:1], 0, ""),  # the only person
        (Box(700, 300, 10, 10), (), None, "sisi kanan foto"),
        (Box(790, 590, 10, 10), ROW, 7, "kanan bawah foto"),  # a person nobody told of
        (Box(900, 700, 10, 10), (), None, "kanan bawah foto"),  # partly outside the photo
        (Box(400, 10, 10, 10), (), None, "bagian atas foto"),
    ],
)
def test_places(box: Box, people: list[Box], person: int | None, words: str) -> None:
    assert place_in_words(box, (800, 600), people, person) == words


def test_places_in_english() -> None:
    assert place_in_words(Box(0, 0, 1, 1), (800, 600), ROW, 2, "en") == "person 3 from the left"


@pytest.mark.parametrize(
    ("pose", "numbers", "label"),
    [
        (Pose.PEACE_TWO, None, "dua jari (2)"),
        (Pose.L_TWO, None, "jempol dan telunjuk (2/7)"),
        (Pose.FIST, None, "kepalan"),
        (Pose.TWO_HAND_NUMBER, (6,), "jari dua tangan (6)"),
    ],
)
def test_labels(pose: Pose, numbers: tuple[int, ...] | None, label: str) -> None:
    assert pose_label(POLICY, pose, "id", numbers) == label


if __name__ == "__main__":
    for name in LANGUAGES:
        (SNAPSHOTS / f"rules.{name}.txt").write_text(snapshot(name), encoding="utf-8")

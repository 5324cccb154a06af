"""A post: the judgments of its photos joined, on evidence written by hand; snapshots to read and review.

After a change of wording, write the snapshots anew with `python tests/vision/test_rules_post.py` from the repository
root, and read the difference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType

import msgspec
import pytest

from candidates.people import Candidate, Election, Relation, Role
from vision.errors import Language
from vision.poses import Pose
from vision.rules import (
    ElectionContext,
    FindingKind,
    Judgment,
    Note,
    Policy,
    PostJudgment,
    PostRemark,
    Remark,
    RemarkKind,
    SeenFace,
    SeenHand,
    SeenPair,
    Severity,
    Verdict,
    describe_in_post,
    describe_remark_in_post,
    judge,
    judge_post,
    post_headline,
    post_next_step,
)
from vision.rules.post_wording import photos_in_words
from vision.rules.texts import LANGUAGES

SNAPSHOTS = Path(__file__).parent / "snapshots"
POLICY = Policy.load()
NO_EXEMPTION = msgspec.structs.replace(POLICY, judging=msgspec.structs.replace(POLICY.judging, declared_spouse="same"))
FORBIDDEN = re.compile(r"melanggar|pelanggar|bersalah|violat|guilty|offen[cs]e|illegal", re.IGNORECASE)

ANI = Candidate("ani", "Ani Lestari", Role.CANDIDATE, "pilkada", 2, "34.01")
BUDI = Candidate("budi", "Budi Santoso", Role.RUNNING_MATE, "pilkada", 2, "34.01")
CHILD = Candidate("cici", "Cici Lestari", Role.FAMILY, relative_of="ani", relation=Relation.CHILD)
HELD = ElectionContext({2: (ANI, BUDI)})
MARRIED = ElectionContext({2: (ANI, BUDI)}, declared_spouse_of="ani")


class FakeMatch(msgspec.Struct, frozen=True):
    candidate: Candidate
    strength: str = "strong"


@dataclass(frozen=True)
class A:
    """A photo: its signs as (pose, score), who is in it as (person, strength), and how many show each sign."""

    signs: tuple[tuple[Pose, float], ...] = ()
    people: tuple[tuple[Candidate, str], ...] = ()
    count: int = 1

    def judged(self, policy: Policy = POLICY, context: ElectionContext = HELD, taken: date | None = None) -> Judgment:
        signs = [sign for sign in self.signs for _ in range(self.count)]
        hands = [SeenHand(at, pose, score, at) for at, (pose, score) in enumerate(signs)]
        faces = [SeenFace(at, FakeMatch(*person)) for at, person in enumerate(self.people)]
        return judge(hands, [], faces, policy, context, taken_on=taken)


PLAIN = A()
PEACE, THUMB, UNSURE_PEACE = A(((Pose.PEACE_TWO, 0.9),)), A(((Pose.THUMB_UP, 0.9),)), A(((Pose.PEACE_TWO, 0.5),))
WITH_ANI, MAYBE_ANI, WITH_CHILD = A((), ((ANI, "strong"),)), A((), ((ANI, "possible"),)), A((), ((CHILD, "strong"),))
ANI_AND_THUMB = A(THUMB.signs, WITH_ANI.people)
BROKEN = None

MERGED = MappingProxyType(
    {
        "nothing in any photo": ((PLAIN, PLAIN), "clear", []),
        "one photo": ((PEACE,), "flag", ["flag pose.peace_two 0"]),
        "the same sign in two photos": ((PEACE, PLAIN, PEACE), "flag", ["flag pose.peace_two 0,2"]),
        "sure in one, unsure in another": ((UNSURE_PEACE, PEACE), "flag", ["flag pose.peace_two 0,1"]),
        "unsure in both": ((UNSURE_PEACE, UNSURE_PEACE), "review", ["review pose.peace_two 0,1 unsure"]),
        "two signs": ((THUMB, PEACE), "flag", ["flag pose.thumb_up 0", "flag pose.peace_two 1"]),
        "the same person in two photos": ((WITH_ANI, WITH_ANI), "flag", ["flag candidate.match 0,1"]),
        "possible in one, sure in another": ((MAYBE_ANI, WITH_ANI), "flag", ["flag candidate.match 0,1"]),
        "possible in both": ((MAYBE_ANI, MAYBE_ANI), "review", ["review candidate.match 0,1 possible"]),
        "the candidate here, a sign there": (
            (WITH_ANI, THUMB),
            "flag",
            ["flag candidate.match_with_sign 0 sign_elsewhere with_sign", "flag pose.thumb_up 1"],
        ),
        "the candidate here, the own number there": (
            (PEACE, WITH_ANI),
            "flag",
            [
                "flag candidate.match_with_sign 1 number_elsewhere own_number sign_elsewhere with_sign",
                "flag pose.peace_two 0",
            ],
        ),
        "together in one photo, apart in another": (
            (WITH_ANI, ANI_AND_THUMB),
            "flag",
            ["flag candidate.match_with_sign 0,1 with_sign", "flag pose.thumb_up 1"],
        ),
        "a sign beside the candidate, the own number elsewhere": (
            (ANI_AND_THUMB, PEACE),
            "flag",
            [
                "flag candidate.match_with_sign 0 number_elsewhere own_number with_sign",
                "flag pose.thumb_up 0",
                "flag pose.peace_two 1",
            ],
        ),
        "a possible candidate and an unsure sign": (
            (MAYBE_ANI, UNSURE_PEACE),
            "review",
            [
                "review candidate.match_with_sign 0 number_elsewhere own_number possible sign_elsewhere with_sign",
                "review pose.peace_two 1 unsure",
            ],
        ),
        "a relative is no stronger by a sign": (
            (WITH_CHILD, THUMB),
            "flag",
            ["flag pose.thumb_up 1", "review family.match 0"],
        ),
        "clear, but for one that nobody could judge": ((PLAIN, BROKEN), None, []),
        "a sign beside one that nobody could judge": ((BROKEN, PEACE), "flag", ["flag pose.peace_two 1"]),
        "nothing could be judged": ((BROKEN, BROKEN), None, []),
    }
)
"""Name → the photos, the verdict, and each finding as severity, code, photos, notes."""


def post(*photos: A | None, policy: Policy = POLICY, context: ElectionContext = HELD) -> PostJudgment:
    return judge_post([None if photo is None else photo.judged(policy, context) for photo in photos])


def told(judgment: PostJudgment) -> list[str]:
    return [
        " ".join(
            [
                one.finding.severity.value,
                one.finding.code,
                ",".join(str(at) for at in one.photos),
                *sorted(note.value for note in one.finding.notes),
            ]
        )
        for one in judgment.findings
    ]


@pytest.mark.parametrize("case", MERGED)
def test_merging(case: str) -> None:
    photos, verdict, findings = MERGED[case]
    judgment = post(*photos)
    assert (judgment.verdict, told(judgment)) == (verdict, findings)
    assert judgment.unjudged == tuple(at for at, photo in enumerate(photos) if photo is None)


@pytest.mark.parametrize("case", MERGED)
def test_the_verdict_is_the_worst_of_the_photos(case: str) -> None:
    photos, verdict, _ = MERGED[case]
    own = [photo.judged().verdict for photo in photos if photo is not None]
    worst = max([*own, Verdict.CLEAR], key=[Verdict.CLEAR, Verdict.REVIEW, Verdict.FLAG].index)
    assert verdict == (None if worst is Verdict.CLEAR and None in photos else worst)


def test_one_photo_is_judged_as_without_a_post() -> None:
    own = ANI_AND_THUMB.judged()
    judgment = judge_post([own])
    assert [one.seen[0] for one in judgment.findings] == list(own.findings)
    assert [(one.finding.code, one.finding.notes) for one in judgment.findings] == [
        (finding.code, finding.notes) for finding in own.findings
    ]


def test_people_of_several_photos_are_not_added_up() -> None:
    (peace,) = post(A(PEACE.signs, count=2), A(PEACE.signs, count=3)).findings
    assert [own.people for own in peace.seen.values()] == [2, 3]
    assert peace.finding.people == 3, "they may be the same people"
    assert (peace.finding.hands, peace.finding.faces) == ((), ())


def test_the_same_doubt_in_two_photos_is_one_finding_whoever_is_nearer_and_a_sign_elsewhere_counts() -> None:
    rival = Candidate("rudi", "Rudi Hartono", Role.CANDIDATE, "pilkada", 1, "34.01")
    doubts = [
        judge([], [], [SeenFace(0, FakeMatch(one, "possible"), (other,))], POLICY, HELD)
        for one, other in ((ANI, rival), (rival, ANI))
    ]
    person, sign = judge_post([*doubts, PEACE.judged()]).findings[::-1]
    assert (person.photos, person.finding.candidates, person.finding.numbers) == ((0, 1), ("ani", "rudi"), (1, 2))
    assert {Note.EITHER, Note.NUMBER_ELSEWHERE} <= person.finding.notes
    assert sign.finding.kind is FindingKind.POSE
    words = describe_in_post(person, "id", {}, 3)
    assert "Ani Lestari (calon nomor urut 2) atau Rudi Hartono (calon nomor urut 1)" in words
    assert "foto lain dari unggahan ini" in words and "salah satu dari mereka" in words


def test_two_hand_numbers_are_the_same_only_with_the_same_sum() -> None:
    both = [SeenHand(at, Pose.TWO_HAND_NUMBER, 0.9, 0) for at in (0, 1)]
    sums = [judge(both, [SeenPair((0, 1), Pose.TWO_HAND_NUMBER, (n,))], [], POLICY) for n in (6, 7, 6)]
    assert [(one.finding.numbers, one.photos) for one in judge_post(sums).findings] == [((6,), (0, 2)), ((7,), (1,))]


def test_the_declared_spouse_stays_softer() -> None:
    softened = post(WITH_ANI, THUMB, context=MARRIED)
    spouse = softened.findings[-1].finding
    assert (spouse.severity, spouse.code) == (Severity.REVIEW, "candidate.match_with_sign")
    assert {Note.SPOUSE, Note.SIGN_ELSEWHERE} <= spouse.notes
    assert spouse.basis == POLICY.rules["spouse"]
    assert softened.verdict == "flag", "the sign is never softened"
    same = post(WITH_ANI, THUMB, policy=NO_EXEMPTION, context=MARRIED).findings[0].finding
    assert same.severity is Severity.FLAG and Note.SPOUSE_NO_EXEMPTION in same.notes


def test_time_once_and_age_by_photo() -> None:
    vote = date(2024, 11, 27)
    pilkada = Election("pilkada", "", "regency", "34.01", date(2024, 9, 25), vote, vote)
    context = ElectionContext({2: (ANI, BUDI)}, elections={"pilkada": pilkada}, day=vote)
    old, new = date(2019, 8, 17), date(2024, 11, 20)
    judged = [photo.judged(context=context, taken=taken) for photo, taken in ((PEACE, new), (PLAIN, new), (THUMB, old))]
    remarks = [(one.remark.kind, one.remark.day, one.photos) for one in judge_post([*judged, judged[0]]).remarks]
    assert remarks == [
        (RemarkKind.POLLING_DAY, vote, ()),
        (RemarkKind.TAKEN_OUTSIDE, old, (2,)),
        (RemarkKind.TAKEN, new, (0, 3)),
    ]


def test_of_two_phases_the_nearer_one_is_told() -> None:
    soon = Election("pilkada", "", "regency", "34.01", date(2024, 9, 25), date(2024, 11, 23), date(2024, 11, 27))
    early = Election("pilkades", "", "regency", "34.01", date(2024, 12, 10), None, None)
    dewi = Candidate("dewi", "Dewi", Role.CANDIDATE, "pilkades", 5, "34.01")
    context = ElectionContext({2: (ANI,)}, elections={"pilkada": soon, "pilkades": early}, day=date(2024, 11, 25))
    judged = [photo.judged(context=context) for photo in (A((), ((dewi, "strong"),)), WITH_ANI)]
    assert [one.remarks[0].kind for one in judged] == [RemarkKind.BEFORE, RemarkKind.QUIET]
    assert [one.remark.kind for one in judge_post(judged).remarks] == [RemarkKind.QUIET]


def test_faces_that_show_nobody_are_told_together() -> None:
    photos = [Judgment((), Verdict.CLEAR, (), (Remark(RemarkKind.TOO_POOR, count=n),)) for n in (2, 1)]
    judgment = judge_post([photos[0], PLAIN.judged(), photos[1]])
    assert judgment.verdict == "clear"
    ((remark, where),) = [(one.remark, one.photos) for one in judgment.remarks]
    assert (remark.count, where) == (3, (0, 2))
    assert describe_remark_in_post(judgment.remarks[0], "id", 3).startswith("Di foto 1 dan 3, 3 wajah terlalu kecil")
    assert describe_remark_in_post(judgment.remarks[0], "id", 1).startswith("3 wajah terlalu kecil")


@pytest.mark.parametrize(
    ("photos", "words"),
    [
        ([0], "foto 1"),
        ([1, 0], "foto 1 dan 2"),
        ([0, 1, 2], "foto 1–3"),  # noqa: RUF001
        ([0, 1, 2, 4], "foto 1–3 dan 5"),  # noqa: RUF001
        ([0, 2, 3, 5], "foto 1, 3, 4, dan 6"),
        (range(50), "foto 1–50"),  # noqa: RUF001
    ],
)
def test_photos_in_words(photos: list[int], words: str) -> None:
    assert photos_in_words(photos, "id") == words


PLACES = {0: ("orang ke-2 dari kiri",), 1: ("orang ke-1 dari kiri", "orang ke-3 dari kiri")}


@pytest.mark.parametrize(
    ("photos", "clause"),
    [
        ([PEACE], " (orang ke-2 dari kiri)"),
        ([PEACE, PLAIN], " (foto 1, orang ke-2 dari kiri)"),
        (
            [PLAIN, A(PEACE.signs, count=2)],
            "2 orang memperlihatkan pose dua jari (foto 2, orang ke-1 dari kiri dan ",
        ),
        ([PEACE, A(PEACE.signs, count=5)], " (foto 1, orang ke-2 dari kiri; foto 2: 5 orang)"),
        ([PEACE, PLAIN, PEACE], " (foto 1, orang ke-2 dari kiri; foto 3)"),
        ([PLAIN, PLAIN, PEACE, PEACE], " (foto 3 dan 4)"),
        ([PEACE, PEACE, PLAIN, PEACE, PEACE], " (foto 1, 2, 4, dan 5)"),
    ],
    ids=["only photo", "one of two", "two people", "too many to place", "one not placed", "none placed", "many photos"],
)
def test_where(photos: list[A], clause: str) -> None:
    judgment = post(*photos)
    assert clause in describe_in_post(judgment.findings[0], "id", PLACES, len(photos))


STEPS = {
    "clear": ((PLAIN, PLAIN), ["Logo, warna"]),
    "signs": ((PEACE, PLAIN, THUMB), ["Ulangi foto 1 dan 3 dengan tangan mengepal"]),
    "a candidate": ((PLAIN, WITH_ANI), ["Keluarkan foto 2 dari unggahan ini, atau potong"]),
    "both in different photos": ((WITH_ANI, PEACE), ["Keluarkan foto 1", "ulangi foto 2"]),
    "both in the same photo": (
        (ANI_AND_THUMB, PLAIN),
        ["Keluarkan foto 1", "sehingga yang ditandai tidak ikut"],
    ),
    "another look": ((PLAIN, UNSURE_PEACE), ["Lihat lagi bagian yang ditandai di foto 2"]),
    "a flag and another look": ((PEACE, MAYBE_ANI), ["Ulangi foto 1", "Lihat lagi bagian yang ditandai di foto 2"]),
    "a sign and a possible face in one photo": (
        (A(PEACE.signs, MAYBE_ANI.people), PLAIN),
        ["Ulangi foto 1", "Lihat lagi bagian yang ditandai di foto 1"],
    ),
    "not judged": ((PEACE, BROKEN), ["Ulangi foto 1", "Perbaiki foto 2 yang tidak dapat diperiksa"]),
    "only that": ((PLAIN, BROKEN), ["Perbaiki foto 2 yang tidak dapat diperiksa"]),
    "everything": (
        (WITH_ANI, PEACE, MAYBE_ANI, BROKEN),
        ["Keluarkan foto 1", "ulangi foto 2", "di foto 3", "foto 4 yang"],
    ),
}


@pytest.mark.parametrize("case", STEPS)
def test_what_to_do_with_which_photo(case: str) -> None:
    photos, starts = STEPS[case]
    step = post_next_step(post(*photos), "id", len(photos))
    assert [start for start in starts if start not in step] == []


def test_what_to_do_with_the_spouse() -> None:
    assert post_next_step(post(PLAIN, WITH_ANI, context=MARRIED), "id", 2).startswith("Simpan foto 2 untuk keluarga")
    both = post_next_step(post(THUMB, WITH_ANI, context=MARRIED), "id", 2)
    assert "Ulangi foto 1" in both and "Simpan foto 2" in both
    beside = post_next_step(post(ANI_AND_THUMB, PLAIN, context=MARRIED), "id", 2)
    assert "Ulangi foto 1" in beside and "Simpan foto 1" in beside
    doubt = post_next_step(post(UNSURE_PEACE, WITH_ANI, context=MARRIED), "id", 2)
    assert doubt.startswith("Lihat lagi bagian yang ditandai di foto 1 dan 2")


def test_one_photo_gets_its_own_step() -> None:
    assert post_next_step(post(PEACE), "id", 1).startswith("Ulangi foto dengan tangan mengepal")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("married", [False, True], ids=["", "spouse"])
@pytest.mark.parametrize("policy", [POLICY, NO_EXEMPTION], ids=["", "no exemption"])
@pytest.mark.parametrize("case", [*MERGED, *STEPS])
def test_words_are_short_calm_and_name_their_rule(case: str, policy: Policy, married: bool, language: Language) -> None:
    photos = (MERGED.get(case) or STEPS[case])[0]
    judgment = post(*photos, policy=policy, context=MARRIED if married else HELD)
    step, head = post_next_step(judgment, language, len(photos)), post_headline(judgment, language, len(photos))
    for one in judgment.findings:
        message = describe_in_post(one, language, {}, len(photos))
        assert 2 <= sentences(message) <= 3
        assert one.finding.basis.title(language) in message
        assert "risiko" in message or "risk" in message
        assert len(photos) == 1 or re.search(r"\((foto|photos?) \d", message)
        assert not FORBIDDEN.search(message)
    assert 1 <= sentences(step) <= 3
    assert sentences(head) == 1
    assert not FORBIDDEN.search(step + head)
    assert "{" not in step + head


@pytest.mark.parametrize(
    ("language", "policy", "context", "words"),
    [
        ("id", POLICY, HELD, "Karena di foto lain dari unggahan ini ada pose tangan, risiko"),
        ("en", POLICY, HELD, "Because there is a hand sign in another photo of this post"),
        ("id", POLICY, MARRIED, "tetapi pose tangan di foto lain dari unggahan ini tetap berisiko"),
        ("en", POLICY, MARRIED, "but the hand sign in another photo of this post is still at risk"),
        ("id", NO_EXEMPTION, MARRIED, "dan karena di foto lain dari unggahan ini ada pose tangan"),
        ("en", NO_EXEMPTION, MARRIED, "and because there is a hand sign in another photo of this post"),
    ],
)
def test_a_sign_elsewhere_is_said_to_be_elsewhere(
    language: Language, policy: Policy, context: ElectionContext, words: str
) -> None:
    judgment = post(WITH_ANI, THUMB, policy=policy, context=context)
    (candidate,) = [one for one in judgment.findings if one.finding.kind == "candidate"]
    assert words in describe_in_post(candidate, language, {}, 2)


def test_the_own_number_elsewhere_is_said_to_be_elsewhere() -> None:
    message = describe_in_post(post(WITH_ANI, PEACE).findings[0], "id", {}, 2)
    assert "di foto lain dari unggahan ini ada pose tangan yang bisa dibaca sebagai nomor urutnya" in message


def snapshot(language: Language) -> str:
    parts = []
    for case in (*MERGED, *STEPS):
        for name, context in (("", HELD), (", the spouse declared", MARRIED)):
            photos = (MERGED.get(case) or STEPS[case])[0]
            if name and not any(ANI in [person for person, _ in photo.people] for photo in photos if photo):
                continue
            judgment = post(*photos, context=context)
            lines = [f"# {case}{name}", f"{judgment.verdict}: {post_headline(judgment, language, len(photos))}"]
            for one in judgment.findings:
                message = describe_in_post(one, language, {}, len(photos))
                lines.append(f"- [{one.finding.severity} {one.finding.code}] {message}")
            parts.append("\n".join([*lines, f"> {post_next_step(judgment, language, len(photos))}"]))
    day, of_photos = date(2024, 11, 25), (RemarkKind.TAKEN, RemarkKind.TAKEN_OUTSIDE, RemarkKind.TOO_POOR)
    remarks = [PostRemark(Remark(kind, day, count=3), photos) for kind in of_photos for photos in ((1,), (0, 2))]
    parts.append("\n".join(["# remarks", *(describe_remark_in_post(remark, language, 3) for remark in remarks)]))
    return "\n\n".join(parts) + "\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_snapshots(language: Language) -> None:
    assert snapshot(language) == (SNAPSHOTS / f"post.{language}.txt").read_text(encoding="utf-8")


def sentences(message: str) -> int:
    return len(re.findall(r"[.!?](?=\s|$)", message))


if __name__ == "__main__":
    for name in LANGUAGES:
        (SNAPSHOTS / f"post.{name}.txt").write_text(snapshot(name), encoding="utf-8")

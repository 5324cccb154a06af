"""The table of judgments: every sign, number, person, time and pack, against sheets that people can review.

`tests/vision/judgments/README.md` says how to read them. The expectations come from the sheets alone; the product is
only asked for its answer. After a change of a sheet, write the big table anew with
`python -m tests.vision.test_judgments`, and read the difference.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from candidates import Candidate, Election, Relation, Role, Scope, ballot_holders, in_scope
from vision.poses import Pose
from vision.rules import ElectionContext, FindingKind, Judgment, Note, Policy, SeenFace, SeenHand, SeenPair, judge

SHEETS = Path(__file__).parent / "judgments"
TABLE = SHEETS / "judgments.csv"

HELD = ("active candidate in scope", "candidate out of scope", "nobody")
TIMES_TOLD = ("before", "during", "after")
"""The times that the big table multiplies out; the others stand in `times.csv` and are judged as well."""

REGIONS = {
    "skb-2-2022": "34.02",
    "kulon-progo": "34.01",
    "batang": "33.25",
    "sultra": "74.71",
    "mesuji": "18.11",
    "own-office": "34.02",
}
"""Pack → where its user posts: the region of the pack, or a regency of its province."""

ELSEWHERE = "91.71"

RESTS_ON = {
    "pose lists": "daftar pose foto BKN, Bawaslu",
    "no list": "simbol keberpihakan dalam SKB 2/2022, lampiran disiplin butir 7; pose ini tidak ada dalam daftar",
    "Kulon Progo circular": "SE Bupati Kulon Progo 800/1417, tentang tanda jempol",
    "Sultra list": "daftar pose foto dalam imbauan Pj Gubernur Sulawesi Tenggara",
    "Sultra numbers": "imbauan Pj Gubernur Sulawesi Tenggara tentang posisi jari",
    "Mesuji": "keterangan Bawaslu Mesuji tentang pose jari yang mengarah ke suatu calon, merujuk",
    "Mesuji no list": "keterangan Bawaslu Mesuji tentang pose jari yang mengarah ke suatu calon; pose ini tidak ada",
}
"""Words of the sheet → how the citation of the finding begins."""

SOFTENED = "SE MenPANRB 18/2023"


@dataclass(frozen=True)
class Expected:
    """What the sheets say of one combination; empty: nothing is said."""

    sign: str
    person: str
    person_code: str
    pair_named: bool
    remark: str
    rests_on: str

    @property
    def verdict(self) -> str:
        """The worst weight."""
        weights = {self.sign, self.person}
        return "flag" if "flag" in weights else "review" if "review" in weights else "clear"


@cache
def sheet(name: str) -> dict[str, dict[str, str]]:
    """Return the rows of a sheet by their first column."""
    with (SHEETS / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return {next(iter(row.values())): row for row in csv.DictReader(lines)}


def weight(cell: str) -> str:
    """Return a weight as findings have it; nothing for the dash."""
    assert cell in ("flag", "review", "-"), cell
    return cell.replace("-", "")


def expected(pack: str, sign: str, held: str, who: str, when: str) -> Expected:
    """Read one combination off the sheets."""
    row, person, time = sheet("signs")[sign], sheet("people")[who], sheet("times")[when]
    in_time = time["candidates count"] == "yes"
    is_held = held == HELD[0] and bool(row["number"]) and in_time
    column = "weight in own-office when no candidate in scope holds the number"
    # Out of every election's time no number is known, and what is not known makes nothing milder.
    unheld = pack == "own-office" and bool(row["number"]) and not is_held and in_time
    of_sign = weight(row[column if unheld else "weight"])
    local = {"kulon-progo": "in Kulon Progo", "sultra": "in Sultra", "mesuji": "in Mesuji"}
    of_person = weight(person[{"sultra": "in Sultra", "own-office": "in own-office"}.get(pack, "weight")])
    code = person["finding with a sign" if of_sign else "finding without a sign"]
    return Expected(
        sign=of_sign,
        person=of_person if in_time else "",
        person_code=code if in_time else "",
        pair_named=is_held,
        remark=time["what is said"] if of_sign or (of_person and in_time) else "",
        rests_on=row[local.get(pack, "rests on (national and Batang)")],
    )


@cache
def policy(pack: str) -> Policy:
    """Return a shipped pack, or the one beside the sheets."""
    return Policy.load(SHEETS / "own-office.toml" if pack == "own-office" else pack)


@dataclass(frozen=True)
class Recognised:
    """A face that surely matches."""

    candidate: Candidate
    strength: str = "strong"


CITRA = Candidate("citra", "Citra", Role.CANDIDATE, "here", 12)
"""The candidate in the photo; no sign shows their number, so that the holders of numbers stay apart."""
CHILD = Candidate("dewi", "Dewi", Role.FAMILY, relative_of="citra", relation=Relation.CHILD)
IN_THE_PHOTO = {"nobody": None, "candidate": CITRA, "family": CHILD, "declared spouse": CITRA}


@cache
def context(pack: str, number: int | None, held: str, when: str) -> tuple[ElectionContext, frozenset[str]]:
    """Return who stands where the pack's user posts on that day, and whose faces are known there."""
    region, day = REGIONS[pack], date.fromisoformat(sheet("times")[when]["day"])
    dates = (date(2024, 9, 25), date(2024, 11, 23), date(2024, 11, 27))
    elections = {
        id_: Election(id_, id_, "regency", place, *dates) for id_, place in (("here", region), ("there", ELSEWHERE))
    }
    people = [CITRA, CHILD]
    if held != "nobody":
        election = "here" if held == HELD[0] else "there"
        people += [
            Candidate("ani", "Ani", Role.CANDIDATE, election, number),
            Candidate("budi", "Budi", Role.RUNNING_MATE, election, number),
        ]
    scope = Scope(region, day, policy(pack).window.days_before, policy(pack).window.days_after)
    ids = in_scope(people, elections.values(), scope)
    active = {id_: one for id_, one in elections.items() if scope.counts(one, one.region)}
    holders = ballot_holders(people, ids)
    return ElectionContext(holders, elections=active, day=day), ids


def judged(pack: str, sign: str, held: str, who: str, when: str) -> Judgment:
    """Ask the product."""
    numbers = [int(number) for number in sheet("signs")[sign]["number"].split()]
    facts, known = context(pack, numbers[0] if numbers else None, held, when)
    if who == "declared spouse":
        facts = replace(facts, declared_spouse_of="citra")
    pose = Pose(sign.removesuffix(" toward the camera"))
    posed = True if sign != pose else None
    two_hands = pose is Pose.TWO_HAND_NUMBER
    hands = [SeenHand(at, pose, 0.95, 0, posed) for at in range(2 if two_hands else 1)]
    pairs = [SeenPair((0, 1), pose, tuple(numbers))] if two_hands else []
    person = IN_THE_PHOTO[who]
    face = SeenFace(0, Recognised(person) if person is not None and person.id in known else None)
    return judge(hands, pairs, [face], policy(pack), facts)


@pytest.mark.parametrize("when", sheet("times"))
@pytest.mark.parametrize("pack", REGIONS)
def test_every_combination(pack: str, when: str) -> None:
    for sign, held, who in combinations():
        case = (sign, held, who)
        want, got = expected(pack, sign, held, who, when), judged(pack, sign, held, who, when)
        signs = [finding for finding in got.findings if finding.kind is FindingKind.POSE]
        people = [finding for finding in got.findings if finding.kind is not FindingKind.POSE]
        assert got.verdict == want.verdict, case
        assert [finding.severity.value for finding in signs] == [want.sign] * bool(want.sign), case
        assert [finding.severity.value for finding in people] == [want.person] * bool(want.person), case
        assert [finding.code for finding in people] == [want.person_code] * bool(want.person), case
        assert [remark.kind.value for remark in got.remarks] == [want.remark] * bool(want.remark), case
        for finding in signs:
            assert finding.basis.title_id.startswith(RESTS_ON[want.rests_on]), case
            assert [subject.name for subject in finding.subjects] == ["Ani & Budi"] * want.pair_named, case
        for finding in people:
            softened = who == "declared spouse" and want.person == "review"
            assert finding.basis.title_id.startswith(SOFTENED) is softened, case
            assert (Note.WITH_SIGN in finding.notes) is (bool(want.sign) and finding.kind is FindingKind.CANDIDATE), (
                case
            )


def combinations() -> list[tuple[str, str, str]]:
    """Return every sign, holder of its number, and person in the photo, in the order of the sheets."""
    return [(sign, held, who) for sign in sheet("signs") for held in HELD for who in sheet("people")]


def multiplied_out() -> str:
    """Return the big table as it stands in the file."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    columns = [(pack, when) for pack in REGIONS for when in TIMES_TOLD]
    head = ["sign", "its number is held by", "who is in the photo", *(f"{pack}, {when}" for pack, when in columns)]
    table.writerow(head)
    for sign, held, who in combinations():
        cells = [expected(pack, sign, held, who, when) for pack, when in columns]
        told = [f"{cell.verdict}: {cell.sign or '-'} + {cell.person or '-'}" for cell in cells]
        table.writerow([sign, held, who, *told])
    return text.getvalue()


def test_the_big_table_is_the_sheets_multiplied_out() -> None:
    assert TABLE.read_text(encoding="utf-8") == multiplied_out()


def test_the_sheets_name_every_sign_pack_and_time() -> None:
    assert {sign.split()[0] for sign in sheet("signs")} == {pose.value for pose in Pose}
    assert set(REGIONS) - {"own-office"} == {pack for pack in REGIONS if pack != "own-office"} == shipped()
    assert set(TIMES_TOLD) < set(sheet("times"))
    assert all(row["why"] for name in ("signs", "people") for row in sheet(name).values())


def shipped() -> set[str]:
    """Return the names of the packs that ship."""
    from vision.rules import available_packs

    return set(available_packs())


if __name__ == "__main__":
    TABLE.write_text(multiplied_out(), encoding="utf-8")

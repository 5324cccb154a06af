"""The shipped packs: what is local in each, that the rest is inherited, and for which regions they are suggested."""

from __future__ import annotations

from datetime import date

import pytest

from vision.poses import Pose
from vision.rules import Policy, available_packs, packs_for, read_pack

NATIONAL = Policy.load()
LOCAL = ("batang", "kulon-progo", "mesuji", "sultra")
NUMBER_SIGNS = {pose for pose, rule in NATIONAL.poses.items() if rule.numbers} | {Pose.TWO_HAND_NUMBER}


def test_the_packs_that_ship() -> None:
    assert available_packs() == ("batang", "kulon-progo", "mesuji", "skb-2-2022", "sultra")


@pytest.mark.parametrize("name", LOCAL)
def test_local_packs_extend_the_national_one_and_keep_what_no_source_changes(name: str) -> None:
    reading = read_pack(name)
    policy = reading.policy
    assert policy is not None
    assert reading.chain == (name, "skb-2-2022")
    for pose, rule in policy.poses.items():
        weights = (rule.severity, rule.posed_severity, rule.numbers)
        base = NATIONAL.poses[pose]
        assert weights == (base.severity, base.posed_severity, base.numbers), "no source gives other weights"
    assert (policy.thresholds, policy.window) == (NATIONAL.thresholds, NATIONAL.window)
    assert policy.judging.unheld_number == "same"
    assert policy.judging.family == "review"
    assert reading.origin("circular", "issued") == name, "a circular of its own, not half of the national one"
    assert all(reading.origin("circular", key) == name for key in ("name", "title", "numbers", "link"))


@pytest.mark.parametrize(
    ("name", "issued", "number"),
    [
        ("kulon-progo", date(2023, 8, 2), "800/1417"),
        ("batang", date(2023, 9, 11), "800/169/2023"),
        ("sultra", date(2023, 11, 15), None),  # said to the press: no number
        ("mesuji", date(2024, 8, 8), None),
    ],
)
def test_circulars(name: str, issued: date, number: str | None) -> None:
    circular = Policy.load(name).circular
    assert circular.issued == issued
    assert (circular.numbers == ()) if number is None else (number in circular.numbers[0])
    assert (circular.valid_from, circular.valid_to) == (None, None), "no source gives an end"


def test_kulon_progo_thumb_and_photos_with_participants_in_jest_too() -> None:
    policy = Policy.load("kulon-progo")
    assert "walaupun hanya iseng" in policy.rules[policy.poses[Pose.THUMB_UP].rule].title_id
    assert "walaupun hanya iseng" in policy.rules["candidate"].title_id
    assert "walaupun hanya iseng" in policy.reminder_id
    assert "even in jest" in policy.reminder_en
    assert {pose for pose in Pose if policy.poses[pose] != NATIONAL.poses[pose]} == {Pose.THUMB_UP}


def test_batang_reminds_of_posting_commenting_sharing_and_liking() -> None:
    policy = Policy.load("batang")
    for word in ("mengunggah", "mengomentari", "membagikan", "menyukai"):
        assert word in policy.reminder_id
    for word in ("post", "comment", "share", "like"):
        assert word in policy.reminder_en
    assert (policy.poses, policy.rules, policy.judging) == (NATIONAL.poses, NATIONAL.rules, NATIONAL.judging)


def test_sultra_makes_no_exemption_for_family_and_watches_numbers() -> None:
    policy = Policy.load("sultra")
    assert policy.judging.declared_spouse == "same"
    assert "meskipun keluarga sendiri" in policy.rules["candidate"].title_id
    assert "meskipun keluarga sendiri" in policy.rules["prospective"].title_id
    local = {pose for pose in Pose if policy.poses[pose].rule in ("local_list", "local_numbers")}
    assert local == NUMBER_SIGNS


def test_mesuji_is_for_all_staff_and_for_poses_that_show_a_side() -> None:
    policy = Policy.load("mesuji")
    assert "tenaga non-ASN" in policy.reminder_id
    assert "contract" in policy.reminder_en
    assert "mengarah ke suatu calon" in policy.rules["sign"].title_id
    assert "mengarah ke suatu calon" in policy.rules["symbol"].title_id
    assert policy.poses == NATIONAL.poses


@pytest.mark.parametrize(
    ("region", "packs"),
    [
        ("34.01", ("kulon-progo",)),
        ("3401", ("kulon-progo",)),
        ("34.01.05", ("kulon-progo",)),
        ("34", ()),  # the province is not the regency
        ("34.02", ()),
        ("33.25", ("batang",)),
        ("18.11", ("mesuji",)),
        ("74", ("sultra",)),
        ("74.71", ("sultra",)),  # a province's pack is for its regencies and towns
        ("31", ()),
    ],
)
def test_packs_are_suggested_for_their_regions(region: str, packs: tuple[str, ...]) -> None:
    assert packs_for(region) == packs


def test_the_national_pack_reminds_of_nothing_and_is_for_everywhere() -> None:
    assert NATIONAL.reminders("id") == NATIONAL.reminders("en") == ()
    assert NATIONAL.regions == ()
    assert all(Policy.load(name).reminders("id") or name in ("skb-2-2022", "sultra") for name in available_packs())


@pytest.mark.parametrize("name", available_packs())
def test_every_source_is_an_address_and_local_ones_are_used_or_named(name: str) -> None:
    policy = Policy.load(name)
    assert all(link.startswith("http") for link in policy.sources.values())
    assert policy.circular.link in policy.sources.values()
    assert policy.circular.title

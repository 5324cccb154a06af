"""Policy packs: the shipped one is complete and sourced; broken ones name the file and the key."""

from __future__ import annotations

from pathlib import Path

import pytest

import vision.rules
from vision.errors import PolicyError
from vision.poses import Pose
from vision.rules import Policy, Severity, available_packs

BASE = 'extends = "skb-2-2022"\nid = "mine"\n'


def write(folder: Path, text: str, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


PUBLIC = """
DEFAULT_POLICY CandidateFacts Circular ElectionContext ElectionFacts Finding FindingKind Judgment MatchFacts Note
PackReading
Phase Policy PoseRule Problem Remark RemarkKind Rule SeenFace SeenHand Severity Subject Verdict available_packs describe
describe_remark headline judge next_step packs_for place_in_words pose_label read_pack
"""


def test_the_public_names() -> None:
    assert sorted(vision.rules.__all__) == sorted(PUBLIC.split())
    assert all(hasattr(vision.rules, name) for name in vision.rules.__all__)


@pytest.mark.parametrize("name", available_packs())
def test_shipped_packs_load_under_their_own_name(name: str) -> None:
    policy = Policy.load(name)
    assert policy.id == name
    assert set(policy.poses) == set(Pose)
    for rule in policy.rules.values():
        assert rule.link.startswith("https://")
        assert rule.title_id
        assert rule.title_en


def test_the_national_pack_is_the_default_and_sourced() -> None:
    policy = Policy.load()
    assert policy == Policy.load("skb-2-2022")
    assert str(policy.circular.issued) == "2022-09-22"
    assert len(policy.circular.numbers) == 5
    unsourced = {pose for pose, rule in policy.poses.items() if not rule.sources}
    assert unsourced == {Pose.PINKY, Pose.NONE}  # on no published list, and no pose at all
    used = {source for rule in policy.poses.values() for source in rule.sources}
    assert used <= set(policy.sources)
    assert policy.window.days_after >= 6  # Bawaslu Cilegon: still held six days after voting


def test_extending_says_only_what_differs(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        BASE
        + '[poses.palm_five]\nseverity = "flag"\nrule = "local"\n[judging]\nunheld_number = "milder"\n'
        + '[rules.local]\ncircular = "SE"\nitem = "1"\ntitle_id = "SE"\ntitle_en = "SE"\nlink = "https://x.id"\n',
    )
    policy, base = Policy.load(path), Policy.load()
    assert policy.id == "mine"
    assert policy.poses[Pose.PALM_FIVE].severity is Severity.FLAG
    assert policy.poses[Pose.PALM_FIVE].numbers == (5,)
    assert policy.poses[Pose.PALM_FIVE].rule == "local"
    assert policy.judging.unheld_number == "milder"
    assert policy.judging.family == base.judging.family
    assert policy.poses[Pose.OK] == base.poses[Pose.OK]


def test_the_example_in_the_docs_loads(tmp_path: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "policy.md").read_text(encoding="utf-8")
    example = page.split("```toml\n")[1].split("```")[0]
    policy = Policy.load(write(tmp_path, example))
    assert policy.poses[Pose.PALM_FIVE].rule == "our_circular"


def test_a_pack_may_extend_its_neighbour_by_path(tmp_path: Path) -> None:
    write(tmp_path, BASE + "[window]\ndays_after = 60\n", "parent.toml")
    child = write(tmp_path, 'extends = "parent.toml"\nid = "child"\n[window]\ndays_before = 90\n', "child.toml")
    for name in (child, str(child)):
        window = Policy.load(name).window
        assert (window.days_before, window.days_after) == (90, 60)


@pytest.mark.parametrize(
    ("name", "hint"),
    [("skb-2022", "Did you mean “skb-2-2022”?"), ("SKB-2-2022", "Did you mean"), ("zzz", "Available: ")],
)
def test_an_unknown_pack_suggests_a_known_one(name: str, hint: str) -> None:
    with pytest.raises(PolicyError, match="no policy pack") as error:
        Policy.load(name)
    assert hint in error.value.message_en
    assert "skb-2-2022" in error.value.message_id


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ('[poses.ok]\nseverity = "flagged"\n', "poses.ok.severity", "must be one of: flag, review, allowed, none"),
        (
            "[poses.ok]\nnumbers = [3.5]\n",
            "poses.ok.numbers",
            "a list of whole numbers, such as [2, 7], but it says [3.5]",
        ),
        ('[poses.ok]\nnumbers = "3"\n', "poses.ok.numbers", 'but it says "3"'),
        ("[poses.ok]\nname_id = 3\n", "poses.ok.name_id", "must be a text in quotes, but it says 3"),
        ('[poses.ok]\nseverty = "flag"\n', "poses.ok.severty", "unknown key. Did you mean “severity”?"),
        ('[poses.okay]\nseverity = "flag"\n', "poses.okay", "unknown key. Did you mean “ok”?"),
        ('[poses.ok]\nsources = ["Z9"]\n', "poses.ok.sources", "not in [sources]"),
        ('[poses.ok]\nrule = "none"\n', "poses.ok.rule", "there is no [rules.none]"),
        ('[poses.ok]\nreads_id = "{nomor}"\n', "poses.ok.reads_id", "only {number}"),
        ('[poses.ok]\nreads_en = "{"\n', "poses.ok.reads_en", "only {number}"),
        ('[poses.fist]\nseverity = "flag"\n', "poses.fist.reads_id", "say what the pose can be read as"),
        ("poses = 3\n", "poses", "must be a table, but it says 3"),
        ("[thresholds]\nflag = 0.3\n", "thresholds", "must hold"),
        ('[thresholds]\nflag = "0.6"\n', "thresholds.flag", 'must be a number, but it says "0.6"'),
        ('[judging]\nunheld_number = "softer"\n', "judging.unheld_number", "must be one of: same, milder"),
        ("[window]\ndays_after = -1\n", "window.days_after", "must not be negative"),
        ("[window]\ndays_afer = 1\n", "window.days_afer", "Did you mean “days_after”?"),
        ('[rules.local]\ncircular = "SE"\n', "rules.local.item", "missing"),
        ('[circular]\nissued = "yesterday"\n', "circular.issued", "must be a date, such as 2027-01-31"),
        ("[sources]\nP1 = 1\n", "sources.P1", "must be a text in quotes"),
        ("[poze]\n", "poze", "unknown key. Did you mean “poses”?"),
        ("title_en = 1\n", "title_en", "must be a text in quotes"),
    ],
)
def test_a_broken_pack_names_file_and_key(tmp_path: Path, text: str, key: str, reason: str) -> None:
    path = write(tmp_path, BASE + text)
    with pytest.raises(PolicyError) as error:
        Policy.load(path)
    message = error.value.message_en
    assert f"File {path}," in message.replace("Policy file", "File")
    assert f"key {key}" in message
    assert reason in message
    assert f"kunci {key}" in error.value.message_id


def test_the_file_named_is_the_one_that_said_it(tmp_path: Path) -> None:
    parent = write(tmp_path, BASE + '[poses.ok]\nseverity = "bad"\n', "parent.toml")
    child = write(tmp_path, 'extends = "parent.toml"\nid = "child"\n[poses.four]\nnumbers = [4]\n', "child.toml")
    with pytest.raises(PolicyError, match="must be one of") as error:
        Policy.load(child)
    assert str(parent) in error.value.message_en


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("id = ", "not valid TOML"),
        ('extends = "skb-2-2022"\n', "key id: missing"),
        ('id = "bare"\n', "missing"),  # extends nothing and says nothing
        ('id = "x"\nextends = 3\n', "key extends"),
        ('id = "x"\nextends = "skb-2-202"\n', "Did you mean"),
        ('id = "x"\nextends = "mine.toml"\n', "extend each other"),
        ('id = "x"\nextends = "gone.toml"\n', "gone.toml cannot be read"),
    ],
)
def test_a_pack_that_is_no_pack(tmp_path: Path, text: str, part: str) -> None:
    with pytest.raises(PolicyError) as error:
        Policy.load(write(tmp_path, text))
    assert part in error.value.message_en


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(b'id = "\xff"')
    with pytest.raises(PolicyError, match="not valid TOML"):
        Policy.load(path)


def test_importing_the_room_stays_light() -> None:
    import subprocess
    import sys

    code = "import sys, vision.rules; print([m for m in ('mediapipe','cv2','numpy','candidates') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

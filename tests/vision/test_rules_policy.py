"""Policy packs: the shipped one is complete and sourced; broken ones name the file and the key."""

from __future__ import annotations

from pathlib import Path

import pytest

import vision.rules
from vision.errors import PolicyError
from vision.poses import Pose
from vision.rules import Policy, Severity, available_packs, read_pack
from vision.rules.checking import REQUIRED_RULES

BASE = 'extends = "skb-2-2022"\nid = "mine"\n'


def write(folder: Path, text: str, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


PUBLIC = """
DEFAULT_POLICY CandidateFacts Circular ElectionContext ElectionFacts Finding FindingKind JudgedPhoto Judgment
MatchFacts Note PackReading Phase Policy PoseRule PostFinding PostJudgment PostRemark Problem Remark RemarkKind Rule
SeenFace SeenHand SeenPair Severity Subject Verdict available_packs describe describe_in_post describe_remark
describe_remark_in_post headline judge judge_post next_step packs_for place_in_words pose_label post_headline
post_next_step read_pack unnamed_hands
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
        ('title_en = " "\n', "title_en", "must not be empty"),
        ("[poses.ok]\nnumbers = [0]\n", "poses.ok.numbers", "from 1 on, not 0"),
        ('[poses.ok]\nname_en = ""\n', "poses.ok.name_en", "must not be empty"),
        ('[poses.ok]\nrule = "sing"\n', "poses.ok.rule", "there is no [rules.sing]. Did you mean “sign”?"),
        ('regions = ["Sleman"]\n', "regions", "“Sleman” is no Kemendagri code"),
        ("regions = [34.01]\n", "regions", "a list of texts"),
        ('reminder_en = "Mind it."\n', "reminder_id", "say it in this language as well"),
        ('reminder_id = "A. B. C. D."\nreminder_en = "A."\n', "reminder_id", "at most three sentences"),
        ('[rules.candidate]\nsanction_en = ""\n', "rules.candidate.sanction_en", "in this language as well"),
        ('[rules.candidate]\nlink = "bkn.go.id"\n', "rules.candidate.link", "begins with https://"),
        ('[rules]\ncandidate = "SKB"\n', "rules.candidate", 'must be a table, but it says "SKB"'),
        ('[sources]\nX1 = "halaman 3"\n', "sources.X1", "begins with https://"),
        ("[circular]\nvalid_from = 2027-02-01\nvalid_to = 2027-01-01\n", "circular.valid_to", "before valid_from"),
        ("[judging]\ndeclared_spouse = true\n", "judging.declared_spouse", "same, milder, but it says true"),
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


def test_every_problem_is_told_and_in_both_languages(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        'extends = "skb-2-2022"\nid = "my pack"\npoze = 1\n[poses.ok]\nseverity = "flagged"\nnumbers = "3"\n'
        'sources = ["Z9"]\nrule = "sing"\n[poses.okay]\n[rules.local]\ncircular = "SE"\n',
    )
    problems = read_pack(path).problems
    keys = "poze id rules.local.item rules.local.title_id rules.local.title_en rules.local.link poses.okay"
    assert [problem.key for problem in problems] == [
        *keys.split(),
        *("poses.ok.severity", "poses.ok.numbers", "poses.ok.rule", "poses.ok.sources"),
    ]
    for problem in problems:
        assert problem.file == str(path)
        assert problem.text("id").startswith(f"Berkas aturan {path}, kunci {problem.key}: ")
        assert problem.text("en").startswith(f"Policy file {path}, key {problem.key}: ")
        assert "Expected" not in problem.text("id"), "no library's words"
        assert not problem.text("en").endswith("?.")
    with pytest.raises(PolicyError) as error:
        Policy.load(path)
    assert problems[0].text("en") in error.value.message_en
    assert f"There are 10 more problems: “fotonetral policy check {path}”." in error.value.message_en
    assert "Masih ada 10 masalah lain" in error.value.message_id


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("poses = 3\n", ["poses"]),
        ("rules = 3\n", ["rules"]),
        ("sources = 3\n", ["sources"]),
        ("thresholds = 3\n", ["thresholds"]),
    ],
)
def test_one_mistake_is_one_problem(tmp_path: Path, text: str, keys: list[str]) -> None:
    assert [problem.key for problem in read_pack(write(tmp_path, BASE + text)).problems] == keys


def test_a_pack_of_its_own_is_told_what_it_lacks(tmp_path: Path) -> None:
    problems = read_pack(write(tmp_path, 'id = "bare"\n')).problems
    told = {problem.key: problem.text("en") for problem in problems}
    missing = [problem.text("en") for problem in problems if problem.key == "rules"]
    assert [f"the table “{name}” is missing" in text for name, text in zip(REQUIRED_RULES, missing, strict=True)] == [
        True
    ] * 4
    assert "these poses are missing: thumb_up, thumb_down" in told["poses"]
    assert {"title_id", "title_en", "circular.name", "thresholds.flag", "judging.family", "window.days_after"} <= {
        *told
    }


def test_what_a_pack_said_and_what_it_inherited(tmp_path: Path) -> None:
    write(tmp_path, 'extends = "sultra"\nid = "office"\n[poses.ok]\nseverity = "review"\n', "office.toml")
    path = write(tmp_path, 'extends = "office.toml"\nid = "desk"\n[window]\ndays_after = 60\n', "desk.toml")
    reading = read_pack(path)
    assert reading.chain == ("desk", "office", "sultra", "skb-2-2022")
    assert reading.origin("poses", "ok", "severity") == "office"
    assert reading.origin("poses", "ok", "rule") == "sultra"
    assert reading.origin("poses", "ok", "numbers") == "skb-2-2022"
    assert reading.origin("window", "days_after") == "desk"
    assert reading.origin("poses", "ok", "posed_severity") is None, "nobody said it"
    assert read_pack("zzz").origin("id") is None


def test_packs_that_extend_each_other_by_other_paths(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    path = write(tmp_path, 'id = "x"\nextends = "sub/../mine.toml"\n')
    with pytest.raises(PolicyError, match="extend each other"):
        Policy.load(path)


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

    heavy = "mediapipe", "cv2", "numpy", "candidates.people"
    code = f"import sys, vision.rules; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

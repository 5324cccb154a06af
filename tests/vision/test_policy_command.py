"""`fotonetral policy`: listing, showing and checking packs; and how packs show themselves in `fotonetral check`."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator
from PIL import Image

from tests.fakes import FakeEngines, a_hand
from vision.command.main import fotonetral
from vision.geometry import Box
from vision.poses import Pose
from vision.rules import Policy, available_packs
from vision.stages.engines import Engines

SCHEMA = Path(__file__).resolve().parents[2] / "vision" / "contract" / "schema" / "check-1.json"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(fotonetral, list(arguments))


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """Give a pack of an office that extends a local one."""
    path = tmp_path / "kantor.toml"
    path.write_text('extends = "batang"\nid = "kantor"\n[poses.palm_five]\nseverity = "flag"\n', encoding="utf-8")
    return path


def test_list() -> None:
    done = run("policy", "list")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(available_packs())
    assert "33.25" in lines[0]
    assert "SE Bupati Batang 800/169/2023, 2023-09-11" in lines[0]
    assert "semua wilayah" in lines[3]
    assert "everywhere" in run("policy", "list", "--lang", "en").stdout


def test_list_of_a_region_names_its_pack_and_the_national_one() -> None:
    told = json.loads(run("policy", "list", "--region", "74.71", "--json").stdout)
    assert told["schema"] == "fotonetral.policies/1"
    assert [one["id"] for one in told["packs"]] == ["sultra", "skb-2-2022"]
    assert told["packs"][0]["regions"] == ["74"]
    assert told["packs"][0]["extends"] == ["skb-2-2022"]
    assert told["packs"][0]["circular"]["issued"] == "2023-11-15"


@pytest.mark.parametrize("name", available_packs())
@pytest.mark.parametrize("language", ["id", "en"])
def test_show_can_be_read_from_top_to_bottom(name: str, language: str) -> None:
    done = run("policy", "show", name, "--lang", language)
    assert done.exit_code == 0
    policy = Policy.load(name)
    shown = done.stdout
    assert shown.startswith(f"{name}: ")
    assert policy.circular.title in shown
    assert str(policy.circular.issued) in shown
    assert all(reminder in shown for reminder in policy.reminders("id" if language == "id" else "en"))
    for pose, rule in policy.poses.items():
        (line,) = (line for line in shown.splitlines() if line.split()[:1] == [pose.value])
        assert rule.severity in line
        assert all(source in line.split() for source in rule.sources)
        assert all(f"\n  {source}" in shown for source in rule.sources)
    assert all(rule.link in shown for rule in policy.rules.values())


def test_show_tells_what_is_inherited_and_from_where(pack: Path) -> None:
    lines = run("policy", "show", str(pack)).stdout.splitlines()
    assert "Melanjutkan: batang, skb-2-2022" in lines
    by_pose = {line.split()[0]: line for line in lines if line.startswith("  ")}
    assert by_pose["palm_five"].endswith("kantor (severity), selebihnya skb-2-2022")
    assert by_pose["ok"].endswith("  skb-2-2022")
    assert any("window.days_after = 30" in line and line.endswith("[skb-2-2022]") for line in lines)


def test_show_as_json_names_the_pack_of_every_value(pack: Path) -> None:
    told = json.loads(run("policy", "show", str(pack), "--json").stdout)
    assert (told["schema"], told["id"], told["extends"]) == ("fotonetral.policy/1", "kantor", ["batang", "skb-2-2022"])
    palm = told["poses"]["palm_five"]
    assert (palm["severity"], palm["numbers"]) == ("flag", [5])
    assert (palm["from"]["severity"], palm["from"]["numbers"]) == ("kantor", "skb-2-2022")
    assert "posed_severity" in palm["from"]
    assert "posed_severity" not in told["poses"]["ok"]["from"], "nobody said it"
    assert told["circular"]["from"]["name"] == "batang"
    assert told["judging"]["from"]["family"] == "skb-2-2022"


def test_show_of_a_pack_that_is_none() -> None:
    done = run("policy", "show", "batng")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "Maksud Anda «batang»?" in done.stderr
    assert "Did you mean “batang”?" in done.stderr


def test_check_of_a_sound_pack(pack: Path) -> None:
    done = run("policy", "check", str(pack))
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == f"✔ {pack}: paket aturan ini sah. / This policy pack is valid.\n"


def test_check_tells_every_problem_of_every_file_in_both_languages(pack: Path, tmp_path: Path) -> None:
    bad = tmp_path / "buruk.toml"
    bad.write_text('extends = "batang"\nid = "x"\n[poses.ok]\nseverity = "keras"\nrule = "x"\n', encoding="utf-8")
    done = run("policy", "check", str(pack), str(bad), str(tmp_path / "tidak-ada.toml"))
    assert done.exit_code == 2
    lines = done.stdout.splitlines()
    assert lines[1] == f"✖ {bad}: 2 masalah. / 2 problem(s)."
    assert f"{bad}, kunci poses.ok.severity: harus salah satu dari: flag, review, allowed, none" in lines[2]
    assert f"{bad}, key poses.ok.severity: must be one of: flag, review, allowed, none" in lines[3]
    assert "poses.ok.rule" in lines[4]
    assert "cannot be read" in lines[-1]


def test_check_as_json(tmp_path: Path) -> None:
    bad = tmp_path / "buruk.toml"
    bad.write_text('extends = "batang"\nid = "x"\npoze = 1\n', encoding="utf-8")
    done = run("policy", "check", "batang", str(bad), "--json")
    assert done.exit_code == 2
    told = json.loads(done.stdout)
    assert [one["ok"] for one in told["packs"]] == [True, False]
    (problem,) = told["packs"][1]["problems"]
    assert (problem["file"], problem["key"]) == (str(bad), "poze")
    assert problem["message_id"]
    assert problem["message_en"]


def test_control_characters_of_a_pack_do_not_reach_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text('extends = "batang"\nid = "x"\ntitle_id = "a\\u001b[31mb"\n', encoding="utf-8")
    assert "\x1b" not in run("policy", "show", str(path)).stdout


@pytest.fixture
def photo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a photo in which nothing is found."""
    monkeypatch.setattr(Engines, "load", FakeEngines().load)
    monkeypatch.delenv("FOTONETRAL_GALLERY", raising=False)
    return picture(tmp_path / "foto.jpg")


def picture(path: Path, taken: str | None = None) -> Path:
    exif = Image.Exif()
    if taken is not None:
        exif.get_ifd(0x8769)[0x9003] = taken
    stream = io.BytesIO()
    Image.new("RGB", (96, 64), (90, 90, 90)).save(stream, "JPEG", exif=exif)
    path.write_bytes(stream.getvalue())
    return path


def test_the_reminder_comes_with_every_result(photo: Path) -> None:
    reminder = Policy.load("batang").reminder_id
    done = run("check", str(photo), "--policy", "batang")
    assert done.exit_code == 0
    assert f"Pengingat: {reminder}" in done.stdout, "a clear photo as well"
    told = json.loads(run("check", str(photo), "--policy", "batang", "--json").stdout)
    assert told["reminders"] == [reminder]
    assert told["notes"] == []
    assert not list(Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).iter_errors(told))
    english = json.loads(run("check", str(photo), "--policy", "batang", "--json", "--lang", "en").stdout)
    assert english["reminders"] == [Policy.load("batang").reminder_en]
    assert json.loads(run("check", str(photo), "--json").stdout)["reminders"] == []


def test_the_photos_date_is_told_with_its_findings(photo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeEngines(hands=[a_hand(Pose.PEACE_TWO, Box(10, 20, 20, 20))])
    monkeypatch.setattr(Engines, "load", fake.load)
    picture(photo, "2019:08:17 10:00:00")
    done = run("check", str(photo))
    assert "  - Menurut kamera, foto ini diambil pada 17 Agustus 2019." in done.stdout.splitlines()
    told = json.loads(run("check", str(photo), "--json").stdout)
    assert [note["code"] for note in told["notes"]] == ["photo.taken"]
    assert not list(Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).iter_errors(told))


@pytest.mark.parametrize(
    ("options", "suggested"),
    [
        (["--region", "34.01"], "--policy kulon-progo"),
        (["--region", "34,01"], "--policy kulon-progo"),  # as Excel writes it
        (["--region", "7471"], "--policy sultra"),
        (["--region", "34.02"], None),
        (["--region", "34.01", "--policy", "skb-2-2022"], None),  # asked for another
        (["--region", "34.01", "--json"], None),  # programs choose for themselves
        ([], None),
    ],
)
def test_the_local_pack_is_suggested_and_never_chosen(photo: Path, options: list[str], suggested: str | None) -> None:
    done = run("check", str(photo), *options)
    assert done.exit_code == 0
    assert ("--policy" in done.stderr) is (suggested is not None)
    assert suggested is None or suggested in done.stderr
    if "--json" in options:
        assert json.loads(done.stdout)["engine"]["policy"] == "skb-2-2022"

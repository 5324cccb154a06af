"""`fotonetral check` over folders of all kinds: what is not looked at is told file by file and in sum, never clear."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from tests.fakes import FakeEngines
from tests.media_files import KINDS, PDF, SILENT, VIDEO
from vision.command.main import fotonetral
from vision.stages.engines import Engines


def picture() -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.full((64, 96, 3), 20, np.uint8)).save(stream, "JPEG")
    return stream.getvalue()


@pytest.fixture(autouse=True)
def engines(monkeypatch: pytest.MonkeyPatch) -> None:
    """A detector that sees nothing anywhere."""
    monkeypatch.setattr(Engines, "load", FakeEngines().load)
    monkeypatch.delenv("FOTONETRAL_GALLERY", raising=False)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder `f` with a clear photo; its parent is the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "foto.jpg").write_bytes(picture())
    return tmp_path / "f"


def check(*arguments: str) -> Result:
    return CliRunner().invoke(fotonetral, ["check", *arguments])


def lines_of(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def put(folder: Path, files: dict[str, bytes]) -> None:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def test_every_kind_is_a_line_of_its_own_in_order(here: Path) -> None:
    put(here, {name: data for name, (_, data) in KINDS.items()} | SILENT)
    result = check("f", "--json")
    told = lines_of(result)
    assert result.exit_code == 2
    assert [one["photo"]["name"] for one in told] == [f"f/{name}" for name in sorted({*KINDS, "foto.jpg"})]
    kinds = {one["photo"]["name"]: one["error"] for one in told if "error" in one}
    assert {name: error["kind"] for name, error in kinds.items()} == {f"f/{name}": KINDS[name][0] for name in KINDS}
    assert {error["code"] for error in kinds.values()} == {"media.not_looked_at"}
    assert {one["verdict"] for one in told if "verdict" in one} == {"clear"}


def test_a_file_that_is_named_gives_the_same(here: Path) -> None:
    put(here, {"klip.mp4": VIDEO, "catatan.txt": b"teks"})
    in_folder = [one for one in lines_of(check("f", "--json")) if "error" in one]
    assert lines_of(check("f/klip.mp4", "--json")) == in_folder
    (named,) = lines_of(check("f/catatan.txt", "--json"))
    assert named["error"]["code"] == "photo.unsupported"


def test_the_sum_says_what_and_what_to_do(here: Path) -> None:
    put(here, {"a.mp4": VIDEO, "b.mov": VIDEO, "c.pdf": PDF})
    told = check("f").stdout
    assert "1 foto: 1 tanpa tanda" in told
    assert "3 berkas tidak dilihat, jadi belum dinilai: 2 video, 1 PDF." in told
    assert "video: Tonton sendiri" in told and "--exclude" in told
    assert "? f/a.mp4: Tidak dilihat." in told
    assert "2 videos, 1 PDF" in check("f", "--lang", "en").stdout


def test_what_is_excluded_is_counted_and_no_reason_to_fail(here: Path) -> None:
    put(here, {"a.mp4": VIDEO, "lama/c.pdf": PDF})
    result = check("f", "--exclude", "*.MP4", "--exclude", "lama")
    assert result.exit_code == 0
    assert "2 berkas atau folder dikecualikan" in result.stdout
    assert check("f", "--exclude", "*.mp4").exit_code == 2
    assert check("f/a.mp4", "--exclude", "*.mp4").exit_code == 2, "nothing was judged"
    assert len(lines_of(check("f", "--exclude", "*.mp4", "--exclude", "lama", "--json"))) == 1


@pytest.mark.parametrize("files", [{}, {"catatan.txt": b"x"}, {"a.mp4": VIDEO}, {".Statuses/a.jpg": b"\xff\xd8\xff"}])
def test_a_folder_in_which_nothing_was_judged_is_never_clear(here: Path, files: dict[str, bytes]) -> None:
    (here / "foto.jpg").unlink()
    put(here, files)
    result = check("f")
    assert result.exit_code == 2
    assert "✔" not in result.stdout
    assert check("f", "--exclude", "*").exit_code == 2


def test_what_is_hidden_and_holds_pictures_is_told(here: Path) -> None:
    photo = picture()
    put(
        here, {".Statuses/a.jpg": photo, ".Statuses/b.mp4": VIDEO, ".Statuses/.nomedia": b"", ".trashed-1-b.jpg": photo}
    )
    put(here, {".config/x.ini": b"x", ".git/c.jpg": photo, ".thumbnails/d.jpg": photo, "__MACOSX/._foto.jpg": photo})
    put(here, {".DS_Store": b"x", "Thumbs.db": SILENT["Thumbs.db"], "._foto.jpg": b"x"})
    result = check("f", "--json")
    told = {one["photo"]["name"]: one.get("error", {}).get("kind") for one in lines_of(result)}
    assert told == {"f/foto.jpg": None, "f/.trashed-1-b.jpg": "hidden", "f/.Statuses": "hidden"}
    assert result.exit_code == 2
    assert "memuat 2 foto atau berkas bergambar" in check("f").stdout
    assert check("f", "--exclude", ".*").exit_code == 0
    assert {one["photo"]["name"] for one in lines_of(check("f/.Statuses", "--json"))} == {
        "f/.Statuses/a.jpg",
        "f/.Statuses/b.mp4",
    }


def test_a_post_with_a_video_is_never_clear(here: Path) -> None:
    put(here, {"klip.mp4": VIDEO})
    result = check("--post", "--json", "f/foto.jpg", "f/klip.mp4")
    (told,) = lines_of(result)
    assert (result.exit_code, told["verdict"], told["unjudged"]) == (2, None, [1])
    assert told["photos"][1]["error"]["kind"] == "video"


def test_the_sarif_log_names_the_kind(here: Path) -> None:
    put(here, {"klip.mp4": VIDEO})
    check("f", "--sarif", "log.sarif")
    (run,) = json.loads(Path("log.sarif").read_text("utf-8"))["runs"]
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert (told["descriptor"]["id"], told["properties"]) == ("media.not_looked_at", {"kind": "video"})
    assert run["invocations"][0]["executionSuccessful"] is False

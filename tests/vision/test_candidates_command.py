import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from candidates import Gallery
from vision.command.candidates import candidates
from vision.errors import NoFaceError

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., Result]


@dataclass(frozen=True)
class FakeTemplate:
    embedding: Any
    photo_sha256: str
    photo_name: str
    model_id: str = "fake"
    size_px: float = 120.0
    sharpness: float = 1.0


def describe(photo: Path | bytes, /, *, name: str | None = None) -> FakeTemplate:
    data = photo if isinstance(photo, bytes) else photo.read_bytes()
    if data == b"noface":
        raise NoFaceError("Tidak ada wajah.", "There is no face.")
    digest = hashlib.sha256(data)
    vector = np.random.default_rng(digest.digest()[0]).normal(size=128).astype(np.float32)
    return FakeTemplate(vector, digest.hexdigest(), name or "")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in a folder with photos a, b, c and noface, and a table."""

    @contextmanager
    def engine(_face_model: Path | None) -> Iterator[tuple[Any, str]]:
        yield describe, "fake"

    for module in ("people", "tables"):
        monkeypatch.setattr(f"vision.command.candidates.{module}.face_engine", engine)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FOTONETRAL_GALLERY", raising=False)
    for name in ("a", "b", "c", "noface"):
        (tmp_path / f"{name}.jpg").write_bytes(name.encode())
    (tmp_path / "people.csv").write_text(
        "name;role;election;ballot_number;relative_of;relation;photos\n"
        "Anies;calon;Pilgub 31;1;;;a.jpg\nPutra;keluarga;;;Anies;anak;b.jpg\n",
        "utf-8",
    )
    return lambda *arguments, **options: CliRunner().invoke(candidates, [str(a) for a in arguments], **options)


def test_import_list_show(run: Run) -> None:
    done = run("import", "people.csv")
    assert (done.exit_code, done.stdout, done.stderr) == (
        0,
        "2 ditambahkan, 0 diperbarui, 0 tidak berubah, 0 ditolak.\n",
        "",
    )
    assert run("import", "people.csv", "--lang", "en").stdout == "0 added, 0 updated, 2 unchanged, 0 rejected.\n"
    lines = [line.split("\t") for line in run("list").stdout.splitlines()]
    assert lines == [
        ["id", "nama", "peran", "pemilu", "no", "wilayah", "partai", "keluarga dari", "foto"],
        ["anies", "Anies", "candidate", "pilgub-31", "1", "", "", "", "1"],
        ["putra", "Putra", "family", "", "", "", "", "anies", "1"],
    ]
    shown = run("show", "anies").stdout
    assert "family\tputra (child)" in shown
    assert "\ta.jpg\t" in shown


def test_json_has_no_embeddings(run: Run) -> None:
    run("import", "people.csv")
    listed = json.loads(run("list", "--json").stdout)
    assert [p["id"] for p in listed["people"]] == ["anies", "putra"]
    assert listed["people"][0]["photos"] == 1
    assert [e["id"] for e in listed["elections"]] == ["pilgub-31"]
    shown = run("show", "Putra", "--json").stdout
    person = json.loads(shown)
    assert (person["relative_of"], person["relation"]) == ("anies", "child")
    assert person["photos"][0]["name"] == "b.jpg"
    assert "embedding" not in shown
    audit = [json.loads(line) for line in run("audit", "--json").stdout.splitlines()]
    assert [(line["action"], line["subject"]) for line in audit] == [
        ("add", "election:pilgub-31"),
        ("add", "anies"),
        ("add", "putra"),
    ]
    assert len(run("audit", "--last", 1).stdout.splitlines()) == 2  # with its header


@pytest.mark.parametrize(
    ("rows", "status", "says"),
    [
        ("Budi;a.jpg\nAni;gone.jpg\n", 1, "people.csv:3: Ani: foto gone.jpg tidak dipakai"),
        ("Budi;a.jpg\nAni;\n", 1, "people.csv:3: Ani: ditolak: Kolom photos"),
        ("Budi;a.jpg|noface.jpg\n", 0, "foto noface.jpg tidak dipakai: Tidak ada wajah."),
        ("Ani;gone.jpg\n", 2, "ditolak"),  # nothing was done
        ("", 2, ""),
    ],
)
def test_the_import_tells_every_problem(run: Run, rows: str, status: int, says: str) -> None:
    Path("people.csv").write_text("name;photos\n" + rows, "utf-8")
    done = run("import", "people.csv")
    assert done.exit_code == status
    assert says in done.stderr


def test_add_and_remove(run: Run) -> None:
    done = run("add", "Anies", "a.jpg", "noface.jpg", "--ballot-number", "1", "--election", "Pilgub 31", "--lang", "en")
    assert (done.exit_code, done.stdout) == (1, "Anies: added, 1 photos.\n")
    assert "noface.jpg not used: There is no face." in done.stderr
    assert run("add", "Putra", "b.jpg", "--relative-of", "Anies", "--relation", "anak").exit_code == 0
    assert run("add", "Putra", "b.jpg", "c.jpg", "--relative-of", "anies", "--relation", "anak").exit_code == 0
    with Gallery.open("gallery.db") as gallery:
        assert gallery.photo_counts() == {"anies": 1, "putra": 2}
    assert run("remove", "Putra", "--photo", 99, "--yes").exit_code == 2
    assert run("remove", "Putra", "--photo", 2, "--yes").stdout == "Dihapus: foto 2 Putra.\n"
    assert run("remove", "Anies", "--yes").exit_code == 2  # the relative would be left behind
    assert run("remove", "Anies", "--with-family", input="n\n").exit_code == 2
    assert run("remove", "Anies", "--with-family", input="").exit_code == 2  # nobody to ask
    assert run("remove", "Anies", "--with-family", input="y\n").stdout == "Dihapus: Putra, Anies.\n"
    assert json.loads(run("list", "--json").stdout)["people"] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("add", "Budi", "gone.jpg"),
        ("add", "Budi", "noface.jpg"),
        ("add", "Budi", "a.jpg", "--role", "boss"),
        ("add", "Budi", "a.jpg", "--ballot-number", "two"),
        ("add", "Budi", "a.jpg", "--role", "family"),
        ("add", "Budi"),
        ("add", " ", "a.jpg"),
        ("import", "gone.csv"),
        ("import", "a.jpg"),
        ("list",),  # no gallery yet
        ("show", "nobody"),
        ("remove", "nobody"),
        ("export", "out.zip"),
        ("list", "--gallery", "people.csv"),
        ("import", "people.csv", "--gallery", "no/folder/g.db"),
        ("list", "--lang", "jv"),
    ],
    ids=lambda arguments: " ".join(arguments),
)
def test_wrong_calls_are_one_clear_line(run: Run, arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr
    assert "Traceback" not in done.stderr
    assert (
        len(done.stderr.splitlines()) == 1
        or "Usage" in done.stderr
        or arguments[:3:2] == ("add", "gone.jpg")
        or "noface.jpg" in arguments
    )
    assert done.exception is None or isinstance(done.exception, SystemExit)


def test_errors_say_what_to_do_and_carry_their_code(run: Run) -> None:
    (line,) = run("list", "--lang", "en").stderr.splitlines()
    assert line.startswith("There is no gallery at gallery.db. Check its place")
    assert line.endswith("[gallery.not_found]")


def test_export_and_import_elsewhere(run: Run) -> None:
    run("import", "people.csv")
    done = run("export", "out.zip")
    assert done.exit_code == 0
    assert "biometrik" in done.stdout
    assert run("export", "out.zip").exit_code == 2  # never over another file unasked
    assert run("export", "out.zip", "--force").exit_code == 0
    done = run("import", "out.zip", "--gallery", "other.db")
    assert (done.exit_code, done.stdout.split(",")[0]) == (0, "2 ditambahkan")
    assert "Pemilu: 1 berubah, 0 ditolak." in done.stdout
    revisions = {
        json.loads(run("list", "--json", "--gallery", g).stdout)["revision"] for g in ("gallery.db", "other.db")
    }
    assert len(revisions) == 1


def test_the_gallery_of_the_environment(run: Run) -> None:
    run("import", "people.csv", env={"FOTONETRAL_GALLERY": "env.db"})
    assert Path("env.db").exists()
    assert not Path("gallery.db").exists()


def test_a_gallery_that_others_can_read_is_told(run: Run) -> None:
    run("import", "people.csv")
    os.chmod("gallery.db", 0o644)  # noqa: PTH101
    assert "chmod 600" in run("list").stderr


def test_looking_needs_no_engine() -> None:
    code = (
        "import sys, vision.command.candidates; "
        "sys.exit(bool({'mediapipe', 'onnxruntime', 'cv2', 'PIL', 'rich', 'dlib'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_script_checks_its_call(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "register_candidates.py"
    for arguments in ([], ["gone.csv"], ["a", "b", "c"]):
        done = subprocess.run(
            [sys.executable, str(script), *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert done.stderr

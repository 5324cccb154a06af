import ast
import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from candidates import Gallery
from candidates.errors import WrongPassphraseError
from vision.command.candidates import SUBCOMMANDS, candidates
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


def test_a_face_is_chosen_on_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    portraits = Path(__file__).resolve().parents[2] / "fixtures" / "portraits"
    poster = Image.new("RGB", (720, 400))
    for at, name in enumerate(("eileen_collins", "grace_hopper")):
        with Image.open(portraits / f"{name}.jpg") as face:
            poster.paste(face.resize((360, 400)), (360 * at, 0))
    poster.save("pasangan.png")

    def run(*arguments: str) -> Any:
        return CliRunner().invoke(candidates, [*arguments, "--gallery", "g.db"])

    refused = run("add", "Eileen Collins", "pasangan.png", "--numbered", "bernomor")
    assert refused.exit_code == 2
    assert "1 (kiri, lebar" in refused.stderr and "--face kiri" in refused.stderr
    (picture,) = (tmp_path / "bernomor").iterdir()
    assert f"Gambar bernomor: bernomor/{picture.name}" in refused.stderr
    assert picture.stat().st_size > 10_000
    assert run("add", "Eileen Collins", "pasangan.png", "--face", "kiri").exit_code == 0
    assert run("add", "Grace Hopper", "pasangan.png", "--face", "kanan").exit_code == 0
    with Gallery.open("g.db", read_only=True) as gallery:
        (left,), (right,) = gallery.references("eileen-collins"), gallery.references("grace-hopper")
    assert np.linalg.norm(left.embedding - right.embedding) > 0.3
    assert run("show", "grace-hopper").stdout.splitlines()[-1].endswith("\tright")
    wrong = run("add", "Grace Hopper", "pasangan.png", "--face", "tengah")
    assert wrong.exit_code == 2 and "kiri, kanan, terbesar" in wrong.stderr


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
    assert (done.exit_code, done.stdout) == (1, "Anies: added, 1 photo.\n")
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


REPORT_HEADER = "table,row,name,outcome,photos_used,photos_rejected,reason,code"


def test_the_report_of_every_row(run: Run) -> None:
    Path("people.csv").write_text(
        "name;relative_of;relation;photos\nPutra;Anies;anak;b.jpg\nAnies;;;a.jpg|noface.jpg\n=1+1;;;c.jpg\nAni;;;gone.jpg\n"
        "Siti;;;\nAhmad;Anies;x;c.jpg\n",
        "utf-8",
    )
    done = run("import", "people.csv", "--report", "hasil.csv", "--lang", "en")
    assert done.exit_code == 1
    data = Path("hasil.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(data.decode("utf-8-sig").splitlines()))
    assert ",".join(rows[0]) == REPORT_HEADER
    told = [(r["row"], r["name"], r["outcome"], r["photos_used"], r["photos_rejected"], r["code"]) for r in rows]
    assert told == [
        ("3", "Anies", "added", "1", "1", "enrolment.no_face"),
        ("4", "'=1+1", "added", "1", "0", ""),
        ("5", "Ani", "rejected", "0", "1", "photos.no_match"),
        ("6", "Siti", "rejected", "0", "0", "table.bad_row"),
        ("7", "Ahmad", "rejected", "0", "0", "table.bad_row"),
        ("2", "Putra", "added", "1", "0", ""),
    ]
    assert rows[0]["reason"].startswith("noface.jpg: There is no face.")
    assert {row["table"] for row in rows} == {"people.csv"}


def test_columns_that_were_not_understood_are_named(run: Run) -> None:
    Path("own.csv").write_text("Nama,No. Urut,NIK,Wilayah,Foto\nAni,2,1,9201.0,a.jpg\nBudi,3,1,99.99,b.jpg\n", "utf-8")
    done = run("import", "own.csv", "--report", "hasil.csv", "--lang", "en")
    assert (done.exit_code, done.stdout.split(",")[0]) == (1, "1 added")
    assert "own.csv:1: Not understood, and so not used: the columns “NIK”." in done.stderr
    assert "own.csv:3: Budi: rejected: Column region: “99.99” is no known region." in done.stderr
    rows = list(csv.DictReader(Path("hasil.csv").read_text("utf-8-sig").splitlines()))
    assert [(row["row"], row["outcome"], row["code"]) for row in rows] == [
        ("2", "added", ""),
        ("3", "rejected", "table.bad_row"),
        ("1", "", "table.unread_columns"),
    ]
    assert "2\t96.01 Kabupaten Sorong" in run("list").stdout


def test_a_report_is_there_while_the_import_runs(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    plain = describe

    def looking(photo: Path | bytes, /, *, name: str | None = None) -> FakeTemplate:
        seen.append(len(Path("hasil.csv").read_text("utf-8-sig").splitlines()))
        return plain(photo, name=name)

    monkeypatch.setattr(f"{__name__}.describe", looking)
    run("import", "people.csv", "--report", "hasil.csv")
    assert seen == [1, 2]


def test_a_report_replaces_reports_only(run: Run) -> None:
    assert run("import", "people.csv", "--report", "hasil.csv").exit_code == 0
    assert run("import", "people.csv", "--report", "hasil.csv").exit_code == 0
    assert len(Path("hasil.csv").read_text("utf-8").splitlines()) == 3
    table = Path("people.csv").read_bytes()
    for path in ("people.csv", "a.jpg", "no/folder/hasil.csv"):
        done = run("import", "people.csv", "--report", path, "--gallery", "other.db")
        assert (done.exit_code, len(done.stderr.splitlines())) == (2, 1)
    assert Path("people.csv").read_bytes() == table
    assert not Path("other.db").exists(), "a gallery into which nothing came is not left behind"


def test_import_a_folder_of_people(run: Run) -> None:
    for name in ("Anies_Baswedan/a.jpg", "Siti/b.jpg", "c.jpg"):
        (Path("calon") / name).parent.mkdir(parents=True, exist_ok=True)
        (Path("calon") / name).write_text(name)
    shared = ("--election", "Pilgub 31", "--region", "3101", "--party", "P", "--role", "wakil")
    done = run("import", "calon", *shared)
    assert (done.exit_code, done.stdout.split(",")[0]) == (1, "2 ditambahkan")
    assert done.stderr.startswith("calon: c.jpg: ditolak: Foto c.jpg tidak di dalam folder orang.")
    people = json.loads(run("list", "--json").stdout)["people"]
    assert [(p["name"], p["role"], p["election"], p["region"], p["party"]) for p in people] == [
        ("Anies Baswedan", "running_mate", "pilgub-31", "31.01", "P"),
        ("Siti", "running_mate", "pilgub-31", "31.01", "P"),
    ]
    assert run("import", "calon", *shared, "--lang", "en").stdout.startswith("0 added, 0 updated, 2 unchanged")
    for arguments in (("calon", "--role", "keluarga"), ("calon", "--role", "boss"), ("people.csv", "--region", "34")):
        done = run("import", *arguments)
        assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)


def test_import_a_spreadsheet(run: Run) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Calon"
    for row in (["Daftar"], ["Nama", "No urut", "Foto"], ["Anies", 1.0, "a.jpg"], ["Ani", None, "gone.jpg"]):
        book.active.append(row)
    book.save("calon.xlsx")
    done = run("import", "calon.xlsx")
    assert (done.exit_code, done.stdout.split(",")[0]) == (1, "1 ditambahkan")
    assert "calon.xlsx [Calon]:4: Ani: foto gone.jpg tidak dipakai" in done.stderr
    Path("rusak.xlsx").write_bytes(Path("calon.xlsx").read_bytes()[:500])
    done = run("import", "rusak.xlsx", "--lang", "en")
    assert done.exit_code == 2
    assert done.stderr.startswith("rusak.xlsx is damaged or no .xlsx file")
    assert done.stderr.endswith("[table.spreadsheet]\n")


def test_export_with_photos(run: Run) -> None:
    run("import", "people.csv")
    Path("folder").mkdir()
    Path("a.jpg").rename("folder/renamed.jpg")
    done = run("export", "out.zip", "--photos", "folder", "--lang", "en")
    assert (done.exit_code, done.stdout.splitlines()[0]) == (1, "out.zip written: 2 people, 2 templates, 1 photos.")
    assert done.stderr == "Putra: the photo b.jpg was not found.\n"
    done = run("export", "out.zip", "--photos", "folder", "--photos", "b.jpg", "--force")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "2 foto." in done.stdout


def test_many_missing_photos_are_counted(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vision.command.candidates.tables.MISSING_NAMED", 1)
    run("import", "people.csv")
    Path("folder").mkdir()
    done = run("export", "out.zip", "--photos", "folder")
    assert done.stderr.splitlines() == ["Anies: foto a.jpg tidak ditemukan.", "… dan 1 foto lain."]


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Encrypt in no time: the real thing takes seconds for each passphrase, on purpose."""
    head = b"age-encryption.org/v1\n"

    def encrypted(data: bytes, passphrase: str) -> bytes:
        return head + passphrase.encode() + b"\n" + data

    def decrypted(path: Path, passphrase: str) -> bytes:
        secret, data = path.read_bytes().removeprefix(head).split(b"\n", 1)
        if secret != passphrase.encode():
            raise WrongPassphraseError("Sandi tidak cocok.", "The passphrase does not fit.")
        return data

    monkeypatch.setattr("candidates.transfer.export.encrypted", encrypted)
    monkeypatch.setattr("candidates.transfer.archive_file.decrypted", decrypted)
    monkeypatch.delenv("FOTONETRAL_PASSPHRASE", raising=False)


@pytest.mark.usefixtures("cheap")
def test_encrypted_copies_by_script(run: Run) -> None:
    run("import", "people.csv")
    Path("sandi.txt").write_text("\ufeffkuda baterai\r\nnothing else\n", "utf-8")
    assert run("export", "a.zip.age", "--passphrase-file", "sandi.txt").exit_code == 0
    env = {"FOTONETRAL_PASSPHRASE": "kuda baterai"}
    done = run("export", "b.zip", "--encrypt", env=env)
    assert done.exit_code == 0
    assert "tanpa sandi itu tidak ada yang dapat membukanya" in done.stdout
    assert done.stderr == "Saran nama: b.zip.age\n"
    assert Path("a.zip.age").read_bytes() == Path("b.zip").read_bytes()
    assert run("import", "a.zip.age", "--gallery", "o.db", env=env).stdout.startswith("2 ditambahkan")
    done = run("import", "b.zip", "--gallery", "o.db", "--passphrase-file", "sandi.txt", "--lang", "en")
    assert done.stdout.startswith("0 added, 0 updated, 2 unchanged")
    done = run("import", "b.zip", "--gallery", "o.db", env={"FOTONETRAL_PASSPHRASE": "kuda"})
    assert (done.exit_code, done.stderr.rpartition("[")[2]) == (2, "archive.wrong_passphrase]\n")


@pytest.mark.usefixtures("cheap")
def test_no_passphrase_no_guess(run: Run) -> None:
    run("import", "people.csv")
    Path("empty.txt").write_text("\nsecond line\n")
    Path("latin.txt").write_bytes(b"\xe9\n")
    for arguments in (("--encrypt",), ("--passphrase-file", "empty.txt"), ("--passphrase-file", "latin.txt")):
        done = run("export", "out.zip.age", *arguments)
        assert (done.exit_code, done.stderr.rpartition("[")[2]) == (2, "archive.passphrase_needed]\n")
    assert not Path("out.zip.age").exists()


@pytest.mark.usefixtures("cheap")
def test_somebody_at_the_terminal_is_asked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("import", "people.csv")
    monkeypatch.setattr("vision.command.candidates.passphrases._at_a_terminal", lambda: True)
    done = run("export", "out.zip.age", "--encrypt", input="kuda\nkuda\n")
    assert done.exit_code == 0
    assert "kuda" not in done.output
    assert done.stderr.splitlines()[0].startswith("Sandi baru: ")
    done = run("import", "out.zip.age", "--gallery", "o.db", "--lang", "en", input="kuda\n")
    assert done.exit_code == 0
    assert "Passphrase of out.zip.age: " in done.stderr
    assert run("export", "two.zip.age", "--encrypt", input="kuda\nkida\n").exit_code != 0
    assert not Path("two.zip.age").exists()


def test_progress_at_a_terminal(run: Run, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    from vision.command.candidates import import_progress
    from vision.command.candidates.shared import Printer

    screen = io.StringIO()
    screen.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")
    with import_progress.import_progress(Printer("id")) as watch:
        assert screen.getvalue() == ""  # a passphrase may still be asked for
        watch.total(2)
        watch.counting(describe)(Path("a.jpg"))
        watch.row("Orang [bold]")
        watch.say.show("satu baris", err=True)
        watch.row("Kedua")
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.getvalue())
    assert "satu baris\n" in shown
    assert "2/2 baris" in shown
    assert "1 foto" in shown
    assert "Kedua" in shown


def test_no_progress_elsewhere(run: Run) -> None:
    done = run("import", "people.csv")
    assert done.stderr == ""


def test_the_gallery_of_the_environment(run: Run) -> None:
    run("import", "people.csv", env={"FOTONETRAL_GALLERY": "env.db"})
    assert Path("env.db").exists()
    assert not Path("gallery.db").exists()


def test_a_gallery_that_others_can_read_is_told(run: Run) -> None:
    run("import", "people.csv")
    os.chmod("gallery.db", 0o644)  # noqa: PTH101
    assert "chmod 600" in run("list").stderr


HEAVY = ("mediapipe", "onnxruntime", "cv2", "PIL", "rich", "dlib", "openpyxl", "numpy")


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [("list",), ("list", "--json"), ("--help",), ("show", "Anies")], ids=" ".join)
def test_looking_loads_nothing_heavy(run: Run, arguments: tuple[str, ...]) -> None:
    run("import", "people.csv")
    code = (
        "import sys; from vision.command.main import fotonetral\n"
        f"fotonetral(['candidates', *{arguments!r}], standalone_mode=False)\n"
        f"print('loaded', sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = ast.literal_eval(done.stdout.splitlines()[-1].removeprefix("loaded "))
    # A person's photos are read with their templates, which are arrays.
    assert set(loaded) <= ({"numpy"} if "show" in arguments else set())


def test_every_command_is_there_and_named_as_the_table_says() -> None:
    for name, place in SUBCOMMANDS.items():
        command = candidates.get_command(click.Context(candidates), name)
        assert command is not None and command.name == name
        assert place.help.endswith(".")
    assert candidates.get_command(click.Context(candidates), "gone") is None


@pytest.mark.slow
def test_the_script_checks_its_call(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "register_candidates.py"
    for arguments in ([], ["gone.csv"], ["a", "b", "c"]):
        done = subprocess.run(
            [sys.executable, str(script), *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        assert done.stderr


def test_two_people_are_told_to_be_two(run: Run) -> None:
    run("import", "people.csv")
    assert run("distinct", "Anies", "putra").stdout == "Anies dan Putra: dicatat sebagai dua orang.\n"
    assert run("distinct").stdout.splitlines()[1:] == ["anies\tputra"]
    assert run("distinct", "putra", "anies", "--lang", "en").stdout == "Putra and Anies: nothing changed.\n"
    assert run("distinct", "anies", "putra", "--undo").stdout == "Anies dan Putra: ditarik kembali.\n"
    assert run("distinct").stdout.splitlines()[1:] == []
    assert run("distinct", "anies").exit_code == run("distinct", "anies", "siapa").exit_code == 2

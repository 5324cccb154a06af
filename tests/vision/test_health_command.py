"""`fotonetral candidates health`: what people and programs read, and the exit status."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from candidates import Calibration, Candidate, Gallery, Reference
from candidates.health import examine
from candidates.importing.photos import as_reference
from tests.made_up import shipping
from vision.command.candidates import candidates

MODEL = "fake"
Run = Callable[..., Result]


def reference(name: str, axis: int, *, model_id: str = MODEL, size_px: float = 120.0) -> Reference:
    """Make a photo of the person of an axis; people lie far apart, photos of one 0.3."""
    vector = np.zeros(64, np.float32)
    vector[axis] = 0.7
    vector[32 + hashlib.sha256(name.encode()).digest()[0] % 32] = 0.2
    digest = hashlib.sha256(name.encode()).hexdigest()
    return Reference(0, "", f"{name}.jpg", digest, model_id, vector, size_px, 50.0)


def fill(path: Path, *people: tuple[str, list[Reference]]) -> None:
    with Gallery.open(path, create=True) as gallery:
        for name, photos in people:
            gallery.put(Candidate(name.casefold(), name), photos)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command in an empty folder, with a face model that is calibrated like the shipped one."""
    rates = np.array([1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0])
    distance = np.array([0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
    table = Calibration(MODEL, "made up", 450, 1e-5, 1.0, distance, rates, rates[::-1].copy())
    monkeypatch.setattr("candidates.matching.calibration._shipped", shipping(table))

    @contextmanager
    def engine(_face_model: Path | None) -> Iterator[tuple[Any, str]]:
        yield None, MODEL

    # By its name, since the package has the command itself under it.
    monkeypatch.setattr(import_module("vision.command.candidates.health"), "face_engine", engine)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FOTONETRAL_GALLERY", raising=False)
    monkeypatch.delenv("FOTONETRAL_FACE_MODEL", raising=False)
    return lambda *arguments, **options: CliRunner().invoke(candidates, ["health", *map(str, arguments)], **options)


def test_nothing_wrong_is_status_0(run: Run) -> None:
    fill(Path("gallery.db"), ("Ani", [reference("a", 0), reference("b", 0)]))
    done = run()
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == "1 orang, 2 foto acuan: 0 perlu diperbaiki, 0 perlu dilihat, 0 saran.\n"


def test_hints_alone_are_status_0(run: Run) -> None:
    fill(Path("gallery.db"), ("Ani", [reference("a", 0)]), ("Budi", [reference("b", 1)]))
    done = run("--lang", "en")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "Hints (2)",
        " - With a single reference photo: Ani and Budi. [poor_reference.only_one]",
        "   Add one or two more, of other days and angles: the face is recognised more easily.",
        "     fotonetral candidates add Ani FOTO.jpg --role candidate",
        "",
        "2 people, 2 reference photos: 0 to put right, 0 to look at, 2 hints.",
    ]


def test_findings_are_status_1_and_say_what_to_do(run: Run) -> None:
    people = ("Ani", [reference("a", 0), reference("b", 0)]), ("Annie", [reference("c", 0), reference("d", 0)])
    fill(Path("own gallery.db"), *people)
    done = run("--gallery", "own gallery.db")
    assert done.exit_code == 1
    assert done.stdout == (
        "Perbaiki dulu (1)\n"
        " - Ani dan Annie mungkin satu orang yang terdaftar dua kali: foto 1 (a.jpg), 2 (b.jpg), 3 (c.jpg), 4 (d.jpg) "
        "saling mirip. [same_person.faces]\n"
        "   Bandingkan fotonya. Bila satu orang, daftarkan semua fotonya pada satu nama dan hapus yang lain; bila dua "
        "orang yang mirip, catat itu (distinct): hasil pengenalan di antara keduanya dapat tertukar.\n"
        "     fotonetral candidates show ani --gallery 'own gallery.db'\n"
        "     fotonetral candidates show annie --gallery 'own gallery.db'\n"
        "     fotonetral candidates remove annie --gallery 'own gallery.db'\n"
        "     fotonetral candidates distinct ani annie --gallery 'own gallery.db'\n"
        "\n"
        "2 orang, 4 foto acuan: 1 perlu diperbaiki, 0 perlu dilihat, 0 saran.\n"
    )


def test_programs_get_codes_ids_and_numbers_but_no_template(run: Run) -> None:
    stray = [reference("a", 0), reference("b", 0), reference("stray", 5)]
    fill(Path("gallery.db"), ("Ani", stray), ("Budi", [reference("x", 1, size_px=20.0)]))
    done = run("--json", "--lang", "en")
    assert done.exit_code == 1
    (line,) = done.stdout.splitlines()
    facts = json.loads(line)
    assert (facts["schema"], facts["people"], facts["photos"]) == ("fotonetral.health/1", 2, 4)
    assert facts["summary"] == {"fix": 1, "look": 1, "hint": 0}
    mixed, poor = facts["findings"]
    assert (mixed["kind"], mixed["code"], mixed["severity"]) == ("mixed_person", "mixed_person.odd_photo", "fix")
    assert mixed["people"] == [{"id": "ani", "name": "Ani"}]
    assert mixed["photos"] == [{"person": "ani", "number": 3, "name": "stray.jpg"}]
    assert mixed["message"].startswith("Among the photos of Ani, photo 3 (stray.jpg)")
    assert mixed["commands"] == ["fotonetral candidates show ani", "fotonetral candidates remove ani --photo 3"]
    assert poor["facts"]["size_px"] == 20
    assert "embedding" not in line
    assert "0.7" not in line


def test_what_is_said_to_do_puts_it_right(run: Run) -> None:
    fill(Path("gallery.db"), ("Ani", [reference("a", 0), reference("b", 0), reference("stray", 5)]))
    last = json.loads(run("--json").stdout)["findings"][0]["commands"][-1].split()
    assert CliRunner().invoke(candidates, [*last[2:], "--yes"]).exit_code == 0
    assert run().exit_code == 0


def test_long_lists_are_cut_for_people_only(run: Run) -> None:
    fill(Path("gallery.db"), *((f"P{n}", []) for n in range(25)))
    done = run()
    assert done.stdout.count("[missing_photo.no_template]") == 20
    assert " … dan 5 lagi seperti ini (--json)" in done.stdout.splitlines()
    assert len(json.loads(run("--json").stdout)["findings"]) == 25


def test_missing_files_are_looked_for_where_asked(run: Run) -> None:
    fill(Path("gallery.db"), ("Ani", [reference("a", 0), reference("b", 0)]))
    Path("photos").mkdir()
    Path("photos/a.jpg").write_bytes(b"a")
    assert run().exit_code == 0
    done = run("--photos", "photos")
    assert done.exit_code == 1
    assert "Berkas foto acuan Ani tidak ditemukan: foto 2 (b.jpg). [missing_photo.file]" in done.stdout


def test_another_face_model_is_told_and_kept_in_the_commands(run: Run) -> None:
    fill(Path("gallery.db"), ("Ani", [reference("a", 0, model_id="old"), reference("b", 0, model_id="old")]))
    done = run("--face-model", "own.onnx")
    assert done.exit_code == 1
    assert "Semua 2 templat wajah dari model lain (old)" in done.stdout
    assert "fotonetral candidates re-embed --photos FOLDER --face-model own.onnx" in done.stdout


@pytest.mark.parametrize(
    "arguments", [(), ("--gallery", "no.txt"), ("--photos", "gone")], ids=["no gallery", "no such file", "no folder"]
)
def test_what_cannot_be_looked_at_is_status_2(run: Run, arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_nothing_is_changed(run: Run) -> None:
    fill(Path("gallery.db"), ("Ani", [reference("a", 0)]), ("Budi", []))
    before = Path("gallery.db").read_bytes()
    assert run().exit_code == 1
    assert Path("gallery.db").read_bytes() == before


@pytest.mark.slow
@pytest.mark.shared
def test_real_faces(shared: Path, tmp_path: Path) -> None:
    """One person under two names, a stray photo, a picture that comes again; nobody else is named."""
    import cv2

    from candidates.choosing import LARGEST, FaceChoice
    from vision.enrolment.reference import Enroller
    from vision.faces import MODEL_ID

    lfw = shared / "faces" / "lfw"
    names = [
        "Abdullah_Gul",
        "Colin_Powell",
        "Gloria_Macapagal_Arroyo",
        "Helen_Clark",
        "John_Kerry",
        "Angela_Merkel",
    ]
    with Enroller() as enroller, Gallery.open(tmp_path / "gallery.db", create=True) as gallery:

        def described(path: Path) -> Reference:
            template = enroller.describe(path, face=FaceChoice(LARGEST))
            return as_reference(template, path.name, template.photo_sha256)

        photos = {name: [described(path) for path in sorted((lfw / name).iterdir())[:4]] for name in names}
        first = lfw / "Abdullah_Gul" / photos["Abdullah_Gul"][0].photo_name
        again = tmp_path / "again.jpg"
        cv2.imwrite(str(again), cv2.resize(cv2.imread(str(first))[4:, 3:], None, fx=1.3, fy=1.3))
        powell, kerry = photos["Colin_Powell"], photos["John_Kerry"]
        gallery.put(Candidate("powell", "Powell"), powell[:2])
        gallery.put(Candidate("colin", "Colin"), powell[2:])
        gallery.put(Candidate("gloria", "Gloria"), [*photos["Gloria_Macapagal_Arroyo"][:3], kerry[0]])
        gallery.put(Candidate("kerry", "Kerry"), kerry[1:])
        gallery.put(Candidate("gul", "Gul"), [photos["Abdullah_Gul"][0], photos["Abdullah_Gul"][3], described(again)])
        gallery.put(Candidate("clark", "Clark"), photos["Helen_Clark"])
        gallery.put(Candidate("merkel", "Merkel"), photos["Angela_Merkel"])
        health = examine(gallery, model_id=MODEL_ID)
    assert [(one.code, [person.id for person in one.people], len(one.photos)) for one in health.findings] == [
        ("mixed_person.of_another", ["gloria", "kerry"], 1),
        ("same_person.faces", ["colin", "powell"], 4),
        ("near_duplicate.picture", ["gul"], 2),
    ]

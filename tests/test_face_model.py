"""A face network of the user's own, from the import to the check, and the way back to the product's.

The network is a tiny one that the test writes; people and photos are the sample ones.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from candidates import Gallery
from candidates.errors import GalleryModelMismatchError, UncalibratedModelError
from tests.face_networks import recognising, write_network
from vision import PhotoChecker
from vision.command.main import fotonetral
from vision.errors import FaceModelError
from vision.faces import MODEL_ID, ArcFaceEmbedder, DlibEmbedder
from vision.models import model_sha256

pytestmark = pytest.mark.slow

Run = Callable[..., Result]
DAY = "2028-10-01"


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return write_network(tmp_path / "tiny.onnx", size=24, nhwc=True, weight=recognising(24))


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `fotonetral` with the gallery of the working folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FOTONETRAL_GALLERY", "g.db")
    monkeypatch.delenv("FOTONETRAL_FACE_MODEL", raising=False)
    return lambda *arguments, **options: CliRunner().invoke(fotonetral, [str(a) for a in arguments], **options)


def state() -> tuple[dict[str, int], str]:
    with Gallery.open("g.db", read_only=True) as gallery:
        return gallery.model_counts(), gallery.revision


def test_there_and_back(run: Run, tiny: Path, fixtures: Path) -> None:
    hopper, portraits = fixtures / "photos/hopper_plain.jpg", fixtures / "portraits"
    own_id = ArcFaceEmbedder(tiny).model_id

    done = run("candidates", "import", fixtures / "candidates.csv", "--face-model", tiny)
    assert done.exit_code == 0, done.stderr
    assert state()[0] == {own_id: 2}
    with Gallery.open("g.db", read_only=True) as gallery:
        lengths = [float(np.linalg.norm(r.embedding)) for r in gallery.references()]
        assert lengths == pytest.approx([1.0, 1.0], abs=1e-6)
        assert {r.embedding.shape for r in gallery.references()} == {(24,)}
    again = run("candidates", "import", fixtures / "candidates.csv", env={"FOTONETRAL_FACE_MODEL": str(tiny)})
    assert again.stdout.startswith("0 ditambahkan, 0 diperbarui, 1 tidak berubah")

    # Nobody knows yet what its distances mean.
    done = run("check", hopper, "--face-model", tiny, "--date", DAY)
    assert done.exit_code == 2
    assert f"[{UncalibratedModelError.code}]" in done.stderr and own_id in done.stderr

    # The product's own network must not be compared with it, nor mixed into it.
    before = state()
    for refused in (
        ("check", hopper, "--date", DAY),
        ("candidates", "import", fixtures / "candidates.csv"),
        ("candidates", "add", "Eileen Collins", portraits / "eileen_collins.jpg"),
    ):
        done = run(*refused, "--lang", "en")
        assert (done.exit_code, done.stdout) == (2, "")
        assert f"2 of “{own_id}”; the model in use now is “{MODEL_ID}”" in done.stderr
        assert "“fotonetral candidates re-embed --photos FOLDER [--face-model FILE]”" in done.stderr
        assert done.stderr.rstrip().endswith("[gallery.model_mismatch]")
    assert state() == before

    done = run("candidates", "re-embed", "--photos", portraits)
    assert (done.exit_code, done.stdout) == (0, "1 orang: 2 templat dibuat ulang, 0 masih dari model lama.\n")
    assert state()[0] == {MODEL_ID: 2}
    assert "re-embed\tgrace-hopper" in run("candidates", "audit").stdout

    done = run("check", hopper, "--date", DAY, "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, [face["match"]["candidate"] for face in told["faces"]]) == (1, ["grace-hopper"])
    assert told["engine"]["models"]["faces"] == model_sha256("face_embedding_sface.onnx")

    done = run("candidates", "re-embed", "--photos", portraits, "--lang", "en")
    assert (done.exit_code, done.stdout) == (0, f"All templates are of “{MODEL_ID}” already.\n")


def test_photos_that_are_missing(run: Run, tiny: Path, fixtures: Path, tmp_path: Path) -> None:
    assert run("candidates", "import", fixtures / "candidates.csv", "--face-model", tiny).exit_code == 0
    own_id = ArcFaceEmbedder(tiny).model_id
    some = tmp_path / "some"
    some.mkdir()
    (some / "another name").write_bytes((fixtures / "portraits/grace_hopper_2.jpg").read_bytes())

    done = run("candidates", "re-embed", "--photos", some, "--lang", "en")
    assert (done.exit_code, done.stdout) == (
        1,
        "1 people: 1 templates made again, 1 still of the old model.\n",
    )
    assert "Grace Hopper: photo grace_hopper.jpg: The photo was not found. Name the photo's folder" in done.stderr
    assert "--drop-missing" in done.stderr
    assert state()[0] == {MODEL_ID: 1, own_id: 1}
    # A mixed gallery is refused whichever of its models is used.
    for face_model in (None, tiny):
        with pytest.raises(GalleryModelMismatchError) as caught:
            PhotoChecker.open("g.db", face_model=face_model)
        assert "1 of" in str(caught.value) and own_id in str(caught.value) and MODEL_ID in str(caught.value)

    done = run("candidates", "re-embed", "--photos", some, "--drop-missing")
    assert (done.exit_code, done.stdout) == (1, "1 orang: 0 templat dibuat ulang, 1 dihapus.\n")
    assert state()[0] == {MODEL_ID: 1}
    # Now nothing is of the other model: dropping everything for want of any photo must be a mistake.
    done = run("candidates", "re-embed", "--photos", tmp_path / "tiny.onnx", "--drop-missing", "--face-model", tiny)
    assert (done.exit_code, done.stderr.split()[-1]) == (2, "[photos.lost]")
    assert state()[0] == {MODEL_ID: 1}


def test_a_network_at_wrong_levels_is_refused(run: Run, tiny: Path, fixtures: Path, tmp_path: Path) -> None:
    """Plain pixels where it wants -1..1: all faces look alike to it."""
    (tmp_path / "tiny.toml").write_text("mean = -4000\nscale = 1")
    done = run("candidates", "import", fixtures / "candidates.csv", "--face-model", tiny, "--lang", "en")
    assert done.exit_code == 2
    assert "does not tell two sample portraits apart" in done.stderr and ".toml" in done.stderr
    assert not (tmp_path / "g.db").exists()


def test_dlibs_network_by_name(run: Run, fixtures: Path) -> None:
    done = run("candidates", "import", fixtures / "candidates.csv", "--face-model", "dlib")
    assert done.exit_code == 0, done.stderr
    assert list(state()[0]) == [DlibEmbedder.model_id]
    photo = fixtures / "photos/hopper_plain.jpg"
    done = run("check", photo, "--face-model", "dlib", "--date", DAY, "--json")
    assert json.loads(done.stdout)["faces"][0]["match"]["strength"] == "strong"
    # A gallery of the network that was usual before says what to do.
    done = run("check", photo, "--date", DAY, "--lang", "en")
    assert done.exit_code == 2 and "re-embed" in done.stderr


def test_a_file_that_is_no_face_network_changes_nothing(run: Run, fixtures: Path, tmp_path: Path) -> None:
    (tmp_path / "no.onnx").write_text("name,role\n")
    for command in (
        ("candidates", "import", fixtures / "candidates.csv"),
        ("candidates", "add", "Grace", fixtures / "portraits/grace_hopper.jpg"),
        ("check", fixtures / "photos/hopper_plain.jpg"),
    ):
        done = run(*command, "--face-model", "no.onnx")
        assert (done.exit_code, done.stdout) == (2, "")
        assert "(N, 3, 112, 112)" in done.stderr and done.stderr.rstrip().endswith("[engine.face_model]")
    assert not Path("g.db").exists()
    with pytest.raises(FaceModelError):
        PhotoChecker.open(face_model=tmp_path / "gone.onnx")


def test_the_sum_of_the_file_that_was_used(tiny: Path, fixtures: Path) -> None:
    with PhotoChecker.open(face_model=tiny) as checker:
        models = checker.check(fixtures / "photos/hopper_plain.jpg").to_dict()["engine"]["models"]
    assert models["faces"] == hashlib.sha256(tiny.read_bytes()).hexdigest()
    assert models["face_detector"] == model_sha256("face_yunet.onnx")

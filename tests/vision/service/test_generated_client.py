"""A client that a generator makes of the OpenAPI document: its functions have names, and answers come back parsed."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.vision.service.serving import DAY, ROOT, Serving, serving
from vision.service.callers.keys import KeyRole, KeyStore

pytestmark = pytest.mark.slow

NAME = "made_client"
"""The package that is generated."""


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory, fixtures: Path) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("generated")
    gallery = folder / "gallery.db"
    command = ["candidates", "import", str(fixtures / "candidates.csv"), "--gallery", str(gallery)]
    main = [sys.executable, "-c", "from vision.command.main import main; main()"]
    done = subprocess.run([*main, *command], capture_output=True, text=True, check=False, cwd=ROOT, timeout=300)
    assert done.returncode == 0, done.stderr
    with serving(folder, real=True, gallery=str(gallery), per_minute=100_000) as one:
        yield one


@pytest.fixture(scope="module")
def made(api: Serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give the folder of the generated package, which can be imported meanwhile."""
    folder = tmp_path_factory.mktemp("made")
    document = folder / "openapi.json"
    with api.client() as client:
        document.write_text(json.dumps(client.get("/openapi.json").json()), "utf-8")
    generator = str(Path(sys.executable).with_name("openapi-python-client"))
    config = folder / "config.yml"
    config.write_text("post_hooks: []\n", "utf-8")
    where = ["--path", str(document), "--output-path", str(folder / NAME), "--config", str(config)]
    command = [generator, "generate", *where, "--meta", "none"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    # Bytes of a photo may be sent as several types, of which generators know one.
    said = {line for line in done.stdout.splitlines() if line.startswith(("ERROR", "Unsupported", "Cannot", "Invalid"))}
    assert said <= {"Unsupported content type image/jpeg"}, done.stdout
    sys.path.insert(0, str(folder))
    yield folder / NAME
    sys.path.remove(str(folder))


@pytest.fixture(scope="module")
def client(api: Serving, made: Path) -> Iterator[Any]:
    _, secret = KeyStore(api.log.parent / "keys.db").create_key("made", KeyRole.MANAGE)
    with part("client").AuthenticatedClient(base_url=api.url, token=secret, timeout=httpx.Timeout(60)) as one:
        yield one


def part(name: str) -> Any:
    return importlib.import_module(f"{NAME}.{name}")


def call(client: Any, name: str, *path: object, **options: Any) -> Any:
    """Call an operation by its tag and id; returns what came back, parsed."""
    return part(f"api.{name}").sync(*path, client=client, **options)


def sent(path: Path) -> Any:
    return part("types").File(payload=BytesIO(path.read_bytes()), file_name=path.name, mime_type="image/jpeg")


def test_operations_have_names(made: Path) -> None:
    names = {path.stem for path in (made / "api").rglob("*.py")} - {"__init__"}
    assert {"check_photos", "fix_photo", "list_policies", "show_person", "log_in", "is_ready", "read_metrics"} <= names
    assert all(name.replace("_", "").isalpha() for name in names)


def test_a_photo(client: Any, fixtures: Path) -> None:
    answer = call(
        client,
        "photos.check_photos",
        body=sent(fixtures / "photos/pair_sign.jpg"),
        region="34.01",
        date=DAY,
        annotated=True,
    )
    assert type(answer).__name__ == "PhotoAnswer"
    assert answer.verdict == "flag"
    assert [one.code for one in answer.findings] == ["candidate.match_with_sign", "pose.peace_two"]
    assert {one.pose for one in answer.hands} >= {"peace_two"}
    (match,) = [face.match for face in answer.faces if face.match is not None]
    assert (type(match).__name__, match.strength) == ("Match", "strong")
    assert (answer.annotated.media_type, answer.preview) == ("image/jpeg", None)
    assert [basis.sentence for basis in answer.bases]
    assert answer.additional_properties == {}, "nothing was dropped, nothing is unknown"


def test_a_post(client: Any, fixtures: Path) -> None:
    photos = [sent(fixtures / name) for name in ("photos/pair_sign.jpg", "broken/truncated.jpg")]
    answer = call(client, "photos.check_photos", body=part("models").CheckForm(photo=photos), region="34.01", date=DAY)
    assert type(answer).__name__ == "PostAnswer"
    assert (answer.verdict, answer.unjudged) == ("flag", [1])
    assert [type(photo).__name__ for photo in answer.photos] == ["PhotoAnswer", "FailedPhoto"]
    assert answer.photos[1].error.code == "photo.truncated"
    assert answer.findings[0].photos[0].photo == 0


def test_a_copy(client: Any, fixtures: Path) -> None:
    answer = call(
        client,
        "photos.fix_photo",
        body=sent(fixtures / "photos/collins_peace.jpg"),
        how=part("models").FixPhotoHow("blur"),
    )
    assert type(answer).__name__ == "FixAnswer"
    assert (answer.kind, answer.before.verdict, answer.after.verdict) == ("blur", "flag", "clear")
    assert answer.copy.data
    assert answer.engine.version


def test_what_cannot_be_judged(client: Any, fixtures: Path) -> None:
    answer = call(client, "photos.check_photos", body=sent(fixtures / "broken/truncated.jpg"))
    assert (type(answer).__name__, answer.code, answer.status) == ("Problem", "photo.truncated", 422)


def test_the_gallery_and_the_system(client: Any) -> None:
    people = call(client, "gallery.list_people")
    assert (type(people).__name__, people.total) == ("People", len(people.people))
    person = call(client, "gallery.show_person", people.people[0].id)
    assert (type(person).__name__, type(person.photos[0]).__name__) == ("PersonDetails", "ReferencePhoto")
    assert call(client, "gallery.examine_gallery").people == people.total
    assert call(client, "system.is_ready").status == "ready"
    assert "fotonetral" in call(client, "system.read_metrics")
    assert call(client, "photos.list_policies").default == "skb-2-2022"
    assert call(client, "session.show_session").role == "manage"

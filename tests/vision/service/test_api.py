"""The API with the real models on the sample photos and gallery: answers keep their contracts, on a real port."""

from __future__ import annotations

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from PIL import Image
from referencing import Registry, Resource

from candidates import Gallery
from tests.media_files import KINDS
from tests.vision.service.serving import DAY, ROOT, Serving, serving
from vision import PhotoChecker
from vision.client import AsyncClient, BusyError, Client, NotAllowedError, Options, PhotoRefusedError, UnreachableError
from vision.service.callers.keys import KeyRole, KeyStore
from vision.service.http import openapi

pytestmark = pytest.mark.slow

RAW = {"Content-Type": "application/octet-stream"}
SCOPE = {"region": "34.01", "date": DAY.isoformat()}
EXPECTED: dict[str, Any] = json.loads((ROOT / "fixtures" / "expected.json").read_text("utf-8"))["photos"]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from vision.command.main import main; main()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, timeout=300)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, fixtures: Path) -> Path:
    folder = tmp_path_factory.mktemp("api")
    done = run("candidates", "import", fixtures / "candidates.csv", "--gallery", folder / "gallery.db")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def api(folder: Path) -> Iterator[Serving]:
    home = folder / "home"
    home.mkdir()
    environment = {"HOME": str(home), "XDG_CACHE_HOME": str(home), "TMPDIR": str(home)}
    gallery = str(folder / "gallery.db")
    with serving(folder, real=True, environment=environment, gallery=gallery, per_minute=100_000) as one:
        yield one
        assert not [path for path in home.rglob("*") if path.is_file()], "neither photos nor a library's notes"


@pytest.fixture(scope="module")
def key(folder: Path) -> str:
    return KeyStore(folder / "keys.db").create_key("admin", KeyRole.MANAGE)[1]


@pytest.fixture
def client(api: Serving, key: str) -> Iterator[httpx.Client]:
    with api.client(headers={"Authorization": f"Bearer {key}"}) as one:
        yield one


def faults(told: object, schema: str) -> list[str]:
    """Return how an answer breaks one of the schemas of the OpenAPI document."""
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": {"schemas": openapi.schemas()}}
    registry: Registry[Any] = Registry().with_resource("urn:api", Resource.from_contents(document))
    validator = Draft202012Validator({"$ref": f"urn:api#/components/schemas/{schema}"}, registry=registry)
    return [error.message for error in validator.iter_errors(told)]


def fine(response: httpx.Response, schema: str, status: int = 200) -> dict[str, Any]:
    assert response.status_code == status, response.text
    told: dict[str, Any] = response.json()
    assert not faults(told, schema)
    return told


def test_the_service_says_what_the_command_says(client: httpx.Client, folder: Path, fixtures: Path) -> None:
    with PhotoChecker.open(gallery=folder / "gallery.db", region="34.01", date=DAY) as checker:
        for name in ("photos/pair_sign.jpg", "photos/collins_plain.jpg", "photos/hopper_thumb_up.jpg"):
            photo = (fixtures / name).read_bytes()
            told = fine(client.post("/v1/check", content=photo, headers=RAW, params=SCOPE), "PhotoAnswer")
            assert told["verdict"] == EXPECTED[name]["verdict"]["with_gallery"]
            mine = checker.check(photo, name="photo").to_dict()
            assert {**told, **mine} == {**told, "timings_ms": mine["timings_ms"]}
            assert told["photo"]["sha256"] == hashlib.sha256(photo).hexdigest()
            assert (told["annotated"], told["preview"]) == (None, None)
            assert len(told["bases"]) == len(told["findings"])
            for basis, finding in zip(told["bases"], told["findings"], strict=True):
                assert finding["message"].endswith(basis["sentence"])
            assert len(told["unread"]) == 1
            assert "embedding" not in json.dumps(told)


def test_marks_are_those_of_the_picture(client: httpx.Client, fixtures: Path) -> None:
    photo = (fixtures / "photos/pair_sign.jpg").read_bytes()
    params = SCOPE | {"annotated": "true", "preview": "true", "language": "en"}
    told = fine(client.post("/v1/check", files=[("photo", photo)], params=params), "PhotoAnswer")
    assert [mark["number"] for mark in told["marks"]] == [1, 2]
    face, hand = told["marks"]
    assert (face["subject"], face["box"]) == ("faces", told["faces"][face["index"]]["box"])
    assert (hand["subject"], hand["box"]) == ("hands", told["hands"][hand["index"]]["box"])
    assert [mark["findings"] for mark in told["marks"]] == [[0], [1]]
    assert "Hopper" in face["label"]
    picture = told["annotated"]
    with Image.open(io.BytesIO(b64decode(picture["data"]))) as opened:
        assert (opened.format, opened.size) == ("JPEG", (picture["width"], picture["height"]))
        assert not opened.getexif()
    with Image.open(io.BytesIO(b64decode(told["preview"]["data"]))) as opened:
        assert (opened.format, opened.size) == ("JPEG", (1501, 700))
    alone = client.post("/v1/check", files=[("photo", photo)], params=params, headers={"Accept": "image/jpeg"})
    assert (alone.headers["content-type"], alone.headers["fotonetral-verdict"]) == ("image/jpeg", "flag")
    assert alone.content == b64decode(picture["data"])


def test_a_post_is_judged_together(client: httpx.Client, fixtures: Path) -> None:
    names = ("photos/collins_plain.jpg", "photos/hopper_thumb_up.jpg", "broken/truncated.jpg")
    files = [("photo", (Path(name).name, (fixtures / name).read_bytes())) for name in names]
    told = fine(client.post("/v1/check", files=files, params=SCOPE), "PostAnswer")
    assert told["verdict"] == "flag"
    assert told["unjudged"] == [2]
    assert [photo["photo"]["name"] for photo in told["photos"]] == ["photo-1", "photo-2", "photo-3"]
    assert told["photos"][2]["error"]["code"] == "photo.truncated"
    assert [told["findings"][at]["message"].endswith(basis["sentence"]) for at, basis in enumerate(told["bases"])]
    assert told["unread"] == told["photos"][0]["unread"]
    nobody = fine(client.post("/v1/check", files=files[:2], params={"region": "75.01"}), "PostAnswer")
    assert len(nobody["unread"]) == 2
    picture = client.post("/v1/check", files=files, headers={"Accept": "image/jpeg"})
    assert (picture.status_code, picture.json()["code"]) == (406, "request.not_acceptable")


@pytest.mark.parametrize("region", ["99.99", "00", "340", "34.1", "Antah Berantah"])
def test_a_region_that_there_is_not_is_refused(client: httpx.Client, fixtures: Path, region: str) -> None:
    photo = (fixtures / "photos/collins_plain.jpg").read_bytes()
    for language in ("id", "en"):
        asked = {"region": region, "language": language}
        refused = client.post("/v1/check", content=photo, headers=RAW, params=asked)
        assert (refused.status_code, refused.json()["code"]) == (422, "request.invalid")
        (error,) = refused.json()["errors"]
        assert error["field"] == "region" and region in error["message"]
        assert ("Yang terdekat" if language == "id" else "The nearest") in error["message"] or region[0] == "A"
    assert client.get("/v1/policies", params={"region": region}).status_code == 422


def test_a_region_is_told_by_name_and_when_nobody_is_looked_for(client: httpx.Client, fixtures: Path) -> None:
    photo = (fixtures / "photos/collins_plain.jpg").read_bytes()
    asked = {"region": "Gunungkidul", "date": "2028-10-01", "language": "en"}
    told = fine(client.post("/v1/check", content=photo, headers=RAW, params=asked), "PhotoAnswer")
    assert told["scope"] == {"region": "34.03", "region_name": "Kabupaten Gunungkidul", "date": "2028-10-01"}
    assert "faces.no_election" in [note["code"] for note in told["notes"]]
    assert any("34.03 Kabupaten Gunungkidul" in note["message"] for note in told["notes"])


def test_formats(client: httpx.Client, fixtures: Path) -> None:
    for path in sorted((fixtures / "formats").iterdir()):
        told = client.post("/v1/check", content=path.read_bytes(), headers={"Content-Type": "image/x-any"})
        fine(told, "PhotoAnswer")


BROKEN = {
    "truncated.jpg": (422, "photo.truncated"),
    "empty.jpg": (422, "photo.empty"),
    "text_as.jpg": (415, "photo.unsupported"),
    "bomb.png": (413, "photo.too_large"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_photos_that_cannot_be_judged(client: httpx.Client, fixtures: Path, name: str) -> None:
    photo = (fixtures / "broken" / name).read_bytes()
    for language in ("id", "en"):
        told = client.post("/v1/check", content=photo, headers=RAW, params={"language": language})
        assert (told.status_code, told.json()["code"]) == BROKEN[name]
        assert not faults(told.json(), "Problem")
        assert told.json()["detail"]
    accept = client.post("/v1/check", content=photo, headers=RAW | {"Accept-Language": "en-GB,id;q=0.5"})
    assert accept.json()["detail"] == told.json()["detail"]


@pytest.mark.parametrize("name", ["klip.mp4", "surat.pdf", "surat.docx", "kamera.NEF", "gambar.jxl", "album.rar"])
def test_what_is_not_looked_at_is_named(client: httpx.Client, fixtures: Path, name: str) -> None:
    kind, data = KINDS[name]
    told = client.post("/v1/check", content=data, headers=RAW).json()
    assert (told["status"], told["code"], told["kind"]) == (415, "media.not_looked_at", kind)
    assert not faults(told, "Problem")
    photo = (fixtures / "photos/no_people.jpg").read_bytes()
    post = client.post("/v1/check", files=[("photo", ("a.jpg", photo)), ("photo", (name, data))])
    answer = fine(post, "PostAnswer")
    assert (answer["verdict"], answer["unjudged"]) == (None, [1])
    assert answer["photos"][1]["error"]["kind"] == kind


def test_polyglots_and_bombs(client: httpx.Client, fixtures: Path) -> None:
    photo = (fixtures / "photos/collins_plain.jpg").read_bytes()
    script = b"<script>alert(1)</script>"
    told = fine(client.post("/v1/check", content=photo + b"PK\x03\x04" + script * 1000, headers=RAW), "PhotoAnswer")
    assert told["verdict"] == "clear"
    for other in (b"GIF89a" + script, b"%PDF-1.7" + photo, b"PK\x03\x04" + photo, b"\x89PNG\r\n\x1a\n" + photo, script):
        one = client.post("/v1/check", content=other, headers=RAW)
        assert one.status_code in (415, 422), one.text
        assert "<script" not in one.text
        assert one.headers["content-type"] == "application/problem+json"
    assert client.post("/v1/check", content=photo, headers=RAW).status_code == 200


def test_fix(client: httpx.Client, fixtures: Path) -> None:
    photo = (fixtures / "photos/collins_peace.jpg").read_bytes()
    told = fine(client.post("/v1/fix", content=photo, headers=RAW, params=SCOPE | {"how": "blur"}), "FixAnswer")
    assert (told["kind"], told["before"]["verdict"], told["after"]["verdict"]) == ("blur", "flag", "clear")
    copy = b64decode(told["copy"]["data"])
    with Image.open(io.BytesIO(copy)) as opened:
        assert (opened.format, opened.size) == ("JPEG", (told["copy"]["width"], told["copy"]["height"]))
        assert not opened.getexif()
    again = fine(client.post("/v1/check", content=copy, headers=RAW, params=SCOPE), "PhotoAnswer")
    assert again["verdict"] == "clear"
    png = client.post(
        "/v1/fix", files=[("photo", photo)], data=SCOPE | {"how": "blur"}, headers={"Accept": "image/png"}
    )
    assert png.headers["content-type"] == "image/png"
    assert png.headers["content-disposition"] == 'attachment; filename="foto-siap.png"'
    assert png.content.startswith(b"\x89PNG")


def test_fix_where_there_is_no_honest_way(client: httpx.Client, fixtures: Path) -> None:
    photo = (fixtures / "photos/hopper_thumb_up.jpg").read_bytes()
    told = fine(client.post("/v1/fix", content=photo, headers=RAW, params=SCOPE), "FixAnswer")
    assert (told["copy"], told["out"]) == (None, None)
    assert told["next_step"]
    picture = client.post("/v1/fix", content=photo, headers=RAW | {"Accept": "image/jpeg"}, params=SCOPE)
    assert (picture.status_code, picture.json()["code"]) == (422, "fix.none")


def test_policies(client: httpx.Client) -> None:
    told = fine(client.get("/v1/policies", params={"language": "en"}), "Policies")
    names = [pack["id"] for pack in told["policies"]]
    assert told["default"] == "skb-2-2022"
    assert {"skb-2-2022", "kulon-progo", "batang", "mesuji", "sultra"} <= set(names)
    local = fine(client.get("/v1/policies", params={"region": "34.01"}), "Policies")
    assert {pack["id"] for pack in local["policies"]} == {"skb-2-2022", "kulon-progo"}


def test_the_gallery_from_end_to_end(client: httpx.Client, fixtures: Path) -> None:
    """Register, look, be recognised, change, add and remove photos, remove: checks follow at once."""
    hopper, plain = (fixtures / "portraits/eileen_collins.jpg").read_bytes(), fixtures / "photos/collins_plain.jpg"
    before = fine(client.post("/v1/check", content=plain.read_bytes(), headers=RAW, params=SCOPE), "PhotoAnswer")
    assert before["verdict"] == "clear"
    form = {
        "name": "  Eileen   Collins ",
        "role": "calon",
        "election": "pilbup-contoh",
        "ballot_number": "3",
        "region": "3401",
        "party": "=cmd()<b>",
    }
    files = [("photo", ("../a.jpg", hopper)), ("photo", ("b.jpg", (fixtures / "photos/no_people.jpg").read_bytes()))]
    told = fine(client.post("/v1/candidates", data=form, files=files), "Registered", 201)
    person = told["person"]
    assert (person["id"], person["name"], person["region"]) == ("eileen-collins", "Eileen Collins", "34.01")
    assert (told["outcome"], told["photos_used"], person["photos"]) == ("added", 1, 1)
    assert [(one["photo"], one["code"]) for one in told["photos_rejected"]] == [("b.jpg", "enrolment.no_face")]
    after = fine(client.post("/v1/check", content=plain.read_bytes(), headers=RAW, params=SCOPE), "PhotoAnswer")
    assert [one["candidates"] for one in after["findings"]] == [["eileen-collins"]]
    again = fine(client.post("/v1/candidates", data=form, files=files[:1]), "Registered")
    assert again["outcome"] == "unchanged"

    listed = fine(client.get("/v1/candidates", params={"search": "COLLINS"}), "People")
    assert [one["id"] for one in listed["people"]] == ["eileen-collins"]
    first = fine(client.get("/v1/candidates", params={"limit": 1}), "People")
    rest = fine(client.get("/v1/candidates", params={"after": first["next"]}), "People")
    assert first["total"] == len(first["people"]) + len(rest["people"])

    shown = fine(client.get("/v1/candidates/eileen-collins"), "PersonDetails")
    assert [photo["name"] for photo in shown["photos"]] == ["a.jpg"]
    fields = {"name": "Eileen M. Collins", "election": "pilbup-contoh", "ballot_number": 1, "region": "34.01"}
    changed = fine(client.put("/v1/candidates/eileen-collins", json=fields), "Person")
    assert (changed["ballot_number"], changed["photos"]) == (1, 1)
    unknown = client.put("/v1/candidates/eileen-collins", json=fields | {"role": "family", "relative_of": "nobody"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "candidate.invalid")

    other = (fixtures / "portraits/grace_hopper.jpg").read_bytes()
    refused = client.post("/v1/candidates/eileen-collins/photos", files=[("photo", ("c.jpg", other))])
    assert (refused.status_code, refused.json()["code"]) == (422, "photos.of_another")
    assert refused.json()["photos_rejected"][0]["photo"] == "c.jpg"
    same = fine(client.post("/v1/candidates/eileen-collins/photos", content=hopper, headers=RAW), "Registered")
    assert same["outcome"] == "unchanged"
    more = fine(
        client.post("/v1/candidates/eileen-collins/photos", content=plain.read_bytes(), headers=RAW), "Registered", 201
    )
    assert more["person"]["photos"] == 2
    numbers = [
        one["number"] for one in fine(client.get("/v1/candidates/eileen-collins/photos"), "ReferencePhotos")["photos"]
    ]
    assert fine(client.delete(f"/v1/candidates/eileen-collins/photos/{numbers[1]}"), "RemovedPhoto") == {
        "removed": numbers[1]
    }
    gone = client.delete(f"/v1/candidates/eileen-collins/photos/{numbers[1]}")
    assert (gone.status_code, gone.json()["code"]) == (404, "candidate.unknown")

    spouse = {"name": "Pat Youngs", "role": "keluarga", "relative_of": "eileen-collins", "relation": "suami"}
    portrait = (fixtures / "photos/hopper_plain.jpg").read_bytes()
    family = fine(client.post("/v1/candidates", data=spouse, files=[("photo", portrait)]), "Registered", 201)
    assert family["person"]["relation"] == "spouse"
    held = client.delete("/v1/candidates/eileen-collins")
    assert (held.status_code, held.json()["code"]) == (409, "candidate.has_relatives")
    removed = client.delete("/v1/candidates/eileen-collins", params={"with_family": "true"})
    assert sorted(fine(removed, "RemovedPeople")["removed"]) == ["eileen-collins", "pat-youngs"]
    last = fine(client.post("/v1/check", content=plain.read_bytes(), headers=RAW, params=SCOPE), "PhotoAnswer")
    assert last["verdict"] == "clear"


def test_the_faces_of_one_poster_are_registered_one_by_one(client: httpx.Client, fixtures: Path) -> None:
    with Image.open(fixtures / "portraits/eileen_collins.jpg") as portrait:
        face = portrait.resize((360, 400))
    poster = Image.new("RGB", (720, 400))
    poster.paste(face, (0, 0))
    poster.paste(face.transpose(Image.Transpose.FLIP_LEFT_RIGHT).rotate(8), (360, 0))
    stream = io.BytesIO()
    poster.save(stream, "PNG")
    files = [("photo", ("pasangan.png", stream.getvalue()))]
    several = client.post("/v1/candidates", data={"name": "Satu", "language": "id"}, files=files)
    assert (several.status_code, several.json()["code"]) == (422, "enrolment.several_faces")
    assert "1 (kiri, lebar" in several.json()["photos_rejected"][0]["message"]
    bad = client.post("/v1/candidates", data={"name": "Satu", "face": "tengah"}, files=files)
    assert (bad.status_code, bad.json()["code"]) == (422, "table.bad_row")
    for name, which in (("Satu", "kiri"), ("Dua", "2")):
        told = fine(client.post("/v1/candidates", data={"name": name, "face": which}, files=files), "Registered", 201)
        shown = fine(client.get(f"/v1/candidates/{told['person']['id']}"), "PersonDetails")
        assert [photo["face"] for photo in shown["photos"]] == [{"kiri": "left"}.get(which, which)]
    changed = client.post("/v1/candidates/dua/photos", data={"face": "left"}, files=files)
    assert changed.json()["code"] == "photos.of_another", "that face is somebody else's"
    for person in ("satu", "dua"):
        fine(client.delete(f"/v1/candidates/{person}"), "RemovedPeople")


def test_people_who_cannot_be_registered(client: httpx.Client, fixtures: Path) -> None:
    nobody = [("photo", (fixtures / "photos/no_people.jpg").read_bytes())]
    portrait = [("photo", (fixtures / "portraits/eileen_collins.jpg").read_bytes())]
    cases: list[tuple[dict[str, str], Any, str]] = [
        ({"name": "Tanpa Wajah"}, nobody, "enrolment.no_face"),
        ({"name": ""}, portrait, "table.bad_row"),
        ({}, portrait, "table.bad_row"),
        ({"name": "A", "ballot_number": "nol"}, portrait, "table.bad_row"),
        ({"name": "A", "role": "raja"}, portrait, "table.bad_row"),
        ({"name": "A", "role": "family"}, portrait, "table.bad_row"),
        ({"name": "A", "role": "family", "relative_of": "tidak ada"}, portrait, "candidate.invalid"),
        ({"name": "A", "nama": "B"}, portrait, "request.invalid"),
        ({"name": "A", "language": "jv"}, portrait, "request.invalid"),
    ]
    for data, files, code in cases:
        told = client.post("/v1/candidates", data=data, files=files)
        assert (told.status_code, told.json()["code"]) == (422, code), told.text
    assert fine(client.get("/v1/candidates"), "People")["total"] == 1


def test_elections(client: httpx.Client) -> None:
    new = {"title": "Pilgub <b>", "level": "province", "region": "34", "active_from": "2028-09-01"}
    told = fine(client.put("/v1/elections/pilgub-2028", json=new), "Election", 201)
    assert told == new | {"id": "pilgub-2028", "active_to": None, "polling_day": None, "people": 0}
    assert fine(client.put("/v1/elections/pilgub-2028", json=new | {"title": "X"}), "Election")["title"] == "X"
    assert fine(client.get("/v1/elections/pilgub-2028"), "Election")["title"] == "X"
    listed = fine(client.get("/v1/elections"), "Elections")["elections"]
    assert {one["id"]: one["people"] for one in listed}["pilbup-contoh"] == 1
    assert fine(client.delete("/v1/elections/pilgub-2028"), "RemovedElection") == {"removed": "pilgub-2028"}
    for method in ("GET", "DELETE"):
        assert client.request(method, "/v1/elections/pilgub-2028").json()["code"] == "election.unknown"
    used = client.delete("/v1/elections/pilbup-contoh")
    assert (used.status_code, used.json()["code"]) == (409, "election.in_use")
    wrong = [
        {"active_from": "x"},
        {"polling_day": 0},
        {"title": 3},
        {"level": "desa"},
        {"region": "x"},
        {"people": 3},
        [],
        "x",
    ]
    for body in [*wrong, {"active_from": "2028-02-01", "active_to": "2028-01-01"}]:
        assert client.put("/v1/elections/a", json=body).status_code == 422, body
    assert client.put("/v1/elections/A B", json={}).json()["code"] == "request.invalid"
    broken = client.put("/v1/elections/a", content=b"{", headers={"Content-Type": "application/json"})
    assert broken.status_code == 422
    large = client.put("/v1/elections/a", json={"title": "x" * 30_000})
    assert large.status_code == 413


def test_health(client: httpx.Client) -> None:
    told = fine(client.get("/v1/candidates/health", params={"language": "en"}), "GalleryHealth")
    assert told["people"] == 1
    assert set(told["summary"]) == {"fix", "look", "hint"}


def test_two_who_look_alike_are_told_at_once_and_answered_once(client: httpx.Client, fixtures: Path) -> None:
    def register(name: str, photo: str) -> dict[str, Any]:
        files = [("photo", (photo, (fixtures / photo).read_bytes()))]
        return fine(client.post("/v1/candidates", data={"name": name}, files=files), "Registered", 201)

    def lookalikes() -> list[str]:
        told = fine(client.get("/v1/candidates/health"), "GalleryHealth")
        return [one["code"] for one in told["findings"] if len(one["people"]) == 2]

    register("Satu Collins", "portraits/eileen_collins.jpg")
    told = register("Dua Collins", "photos/collins_plain.jpg")
    assert any("Satu Collins" in note for note in told["notes"]), told
    assert lookalikes() == ["same_person.faces"]
    pair = "/v1/candidates/dua-collins/distinct/satu-collins"
    assert fine(client.put(pair), "Distinct") == {"people": ["dua-collins", "satu-collins"], "distinct": True}
    assert lookalikes() == []
    shown = fine(client.get("/v1/candidates/satu-collins"), "PersonDetails")
    assert [one["id"] for one in shown["distinct"]] == ["dua-collins"]
    assert fine(client.delete(pair), "Distinct")["distinct"] is False
    assert lookalikes() == ["same_person.faces"]
    for other, status in (("nobody", 404), ("dua-collins", 422)):
        assert client.put(f"/v1/candidates/dua-collins/distinct/{other}").status_code == status
    for person in ("satu-collins", "dua-collins"):
        fine(client.delete(f"/v1/candidates/{person}"), "RemovedPeople")


def test_a_gallery_changed_by_command_is_picked_up_at_once(client: httpx.Client, folder: Path, fixtures: Path) -> None:
    photo = (fixtures / "photos/collins_relaxed.jpg").read_bytes()

    def matched() -> list[str]:
        told = fine(client.post("/v1/check", content=photo, headers=RAW, params=SCOPE), "PhotoAnswer")
        return [face["match"]["candidate"] for face in told["faces"] if face["match"]]

    assert matched() == []
    portrait = fixtures / "portraits/eileen_collins.jpg"
    options = ("--election", "pilbup-contoh", "--region", "34.01", "--gallery", folder / "gallery.db")
    done = run("candidates", "add", "Eileen Collins", portrait, *options)
    assert done.returncode == 0, done.stderr
    assert matched() == ["eileen-collins"]
    assert run("candidates", "remove", "eileen-collins", "--yes", "--gallery", folder / "gallery.db").returncode == 0
    assert matched() == []


def test_ready_and_its_opposite(client: httpx.Client, folder: Path) -> None:
    assert fine(client.get("/healthz"), "Alive")["status"] == "ok"
    assert fine(client.get("/readyz"), "Ready")["gallery"] == "open"
    path = folder / "gallery.db"
    path.rename(folder / "away.db")
    try:
        assert fine(client.get("/readyz"), "Ready", 503)["status"] == "gallery"
        told = client.post("/v1/check", content=b"x", headers=RAW)
        assert (told.status_code, told.json()["code"]) == (503, "gallery.not_found")
        assert str(folder) not in told.text
    finally:
        (folder / "away.db").rename(path)
    assert client.get("/readyz").status_code == 200


def test_a_gallery_in_use_by_another_program_is_waited_for(client: httpx.Client, folder: Path) -> None:
    with Gallery.open(folder / "gallery.db") as gallery:
        with gallery._store.transaction():  # somebody is in the midst of a change
            began = time.monotonic()
            told = client.delete("/v1/candidates/grace-hopper", timeout=30)
        assert (told.status_code, told.json()["code"]) == (503, "gallery.busy")
        assert told.headers["retry-after"] == "2"
        assert time.monotonic() - began < 20
        assert gallery.get("grace-hopper") is not None


def test_a_process_killed_in_mid_request_costs_that_request_alone(
    api: Serving, client: httpx.Client, fixtures: Path
) -> None:
    photo = (fixtures / "photos/meeting.jpg").read_bytes()
    (pid,) = api.workers()
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(client.post, "/v1/check", content=photo + b"killed", headers=RAW)
        while "fotonetral_running 1.0" not in client.get("/metrics").text:
            time.sleep(0.02)
        os.kill(pid, signal.SIGKILL)
        told = asked.result()
    assert (told.status_code, told.json()["code"]) == (503, "engine.crashed")
    fine(client.post("/v1/check", content=photo + b"killed", headers=RAW), "PhotoAnswer")


# The client for other programs


def test_client(api: Serving, key: str, fixtures: Path) -> None:
    scope = Options(region="34.01", date=DAY, language="en")
    with Client(api.url, key) as client:
        assert client.is_ready()
        photo = fixtures / "photos/pair_sign.jpg"
        answer = client.check(photo, scope, annotated=True)
        assert (answer.verdict, answer.photo.width) == ("flag", 1501)
        assert [one.code for one in answer.findings] == ["candidate.match_with_sign", "pose.peace_two"]
        assert answer.annotated is not None
        assert answer.annotated.bytes.startswith(b"\xff\xd8\xff")
        with photo.open("rb") as file:
            assert client.check(file, scope).verdict == "flag"
        post = client.check_post([photo, (fixtures / "broken/truncated.jpg").read_bytes()], scope)
        assert (post.verdict, post.unjudged) == ("flag", (1,))
        assert post.photos[1].error is not None
        fixed = client.fix(fixtures / "photos/collins_peace.jpg", scope, how="blur", form="png")
        assert fixed.copy is not None
        assert fixed.copy.media_type == "image/png"
        assert [pack.id for pack in client.policies(scope)] == ["kulon-progo", "skb-2-2022"]
        with pytest.raises(PhotoRefusedError, match="ends") as refused:
            client.check(fixtures / "broken/truncated.jpg", scope)
        assert refused.value.code == "photo.truncated"
        with pytest.raises(ValueError, match="two photos"):
            client.check_post([photo])
    with Client(api.url, "fn_aaaaaaaa_wrong") as stranger, pytest.raises(NotAllowedError):
        stranger.check(photo)
    with Client("http://127.0.0.1:9", patience=0) as lost:
        assert not lost.is_ready()
        with pytest.raises(UnreachableError):
            lost.policies()


async def _ask(url: str, key: str, photo: Path) -> tuple[object, ...]:
    async with AsyncClient(url, key) as client:
        answer = await client.check(photo)
        post = await client.check_post([photo, photo])
        fixed = await client.fix(photo)
        return answer.verdict, post.verdict, fixed.kind, len(await client.policies())


def test_async_client(api: Serving, key: str, fixtures: Path) -> None:
    import asyncio

    told = asyncio.run(_ask(api.url, key, fixtures / "photos/collins_plain.jpg"))
    assert told == ("clear", "clear", "none", 5)


def test_the_client_waits_for_a_full_service() -> None:
    answers = iter([(503, {"Retry-After": "1"}), (503, {}), (200, {})])

    def answer(_request: httpx.Request) -> httpx.Response:
        status, headers = next(answers)
        body: dict[str, object] = {"policies": []} if status == 200 else {"code": "server.busy", "detail": "full"}
        return httpx.Response(status, json=body, headers=headers)

    client = Client("http://service", patience=5)
    client._http = httpx.Client(base_url="http://service", transport=httpx.MockTransport(answer))
    with pytest.raises(BusyError, match="full") as busy:  # the second says not when
        client.policies()
    assert busy.value.retry_after is None
    assert client.policies() == ()

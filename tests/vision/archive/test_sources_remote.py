"""Object stores and web servers: a real S3 server on loopback, http.server, memory; and what is told without them."""

from __future__ import annotations

import functools
import http.server
import io
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scripts.proofs.archives.bombs import tar_of, zip_of_files
from vision.archive.sources import remote
from vision.archive.sources.listing import list_places
from vision.archive.sources.places import Container, Contents, Listed, PhotoPlace, UnreadablePlace
from vision.archive.sources.reading import read_places
from vision.media.photo import PhotoLimits

pytestmark = pytest.mark.slow

JPEG = b"\xff\xd8\xff\xe0 a photo " * 200
BUCKET = "s3://arsip"


@pytest.fixture(autouse=True)
def _fresh_stores() -> Iterator[None]:
    remote._opened_store.cache_clear()
    yield
    remote._opened_store.cache_clear()


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Give a client of an empty bucket."""
    import boto3
    import s3fs

    for name, value in {
        "AWS_ENDPOINT_URL": s3_server,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/dev/null",
    }.items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    client = boto3.client("s3")
    client.create_bucket(Bucket="arsip")
    yield client
    for found in client.list_objects_v2(Bucket="arsip").get("Contents", []):
        client.delete_object(Bucket="arsip", Key=found["Key"])
    client.close()
    s3fs.S3FileSystem.clear_instance_cache()


def put(client: Any, files: dict[str, bytes]) -> None:
    for key, body in files.items():
        client.put_object(Bucket="arsip", Key=key, Body=body)


def names_of(listed: list[Listed]) -> list[str]:
    return [one.name for one in listed if isinstance(one, PhotoPlace)]


def read(listed: list[Listed], **options: Any) -> list[Contents]:
    return list(read_places([one for one in listed if isinstance(one, PhotoPlace)], **options))


def outcome(one: Contents) -> object:
    return one.error.code if one.error else one.data


def test_s3_folders_and_objects(s3: Any) -> None:
    files = {
        "foto/b.jpg": JPEG,
        "foto/a.JPG": JPEG + b"a",
        "foto/2019/c & d.jpg": JPEG + b"c",
        "foto/2019/é?%20#.jpg": JPEG + b"e",
        "foto/2019/a::b.jpg": JPEG + b"f",
        "foto/empty.jpg": b"",
        "foto/empty.txt": b"",
        "foto/no suffix": JPEG + b"n",
        "foto/text.txt": b"text" * 1000,
        "foto/text.jpg": b"text",
        "foto/.hidden/h.jpg": JPEG,
        "foto/__MACOSX/m.jpg": JPEG,
        "foto/": b"",
        "fotografi/x.jpg": JPEG,
    }
    put(s3, files)
    listed = list(list_places([f"{BUCKET}/foto"]))
    assert names_of(listed) == [
        f"{BUCKET}/foto/{name}"
        for name in (
            *("a.JPG", "b.jpg", "empty.jpg", "empty.txt", "no suffix", "text.jpg", "text.txt"),
            *("2019/a::b.jpg", "2019/c & d.jpg", "2019/é?%20#.jpg"),
        )
    ]
    assert len(listed) == 10
    for one in listed:
        assert isinstance(one, PhotoPlace)
        assert one.stamp is not None
        assert one.modified is not None
        assert abs(one.modified - time.time()) < 600
        assert one.size == len(files[one.name.removeprefix(f"{BUCKET}/")])
    found = {one.place.name.rpartition("/")[2]: outcome(one) for one in read(listed)}
    assert found == {
        "a.JPG": JPEG + b"a",
        "b.jpg": JPEG,
        "empty.jpg": "photo.empty",
        "empty.txt": None,
        "no suffix": JPEG + b"n",
        "text.jpg": b"text",
        "text.txt": None,
        "a::b.jpg": JPEG + b"f",
        "c & d.jpg": JPEG + b"c",
        "é?%20#.jpg": JPEG + b"e",
    }


def test_s3_stamps_change_with_the_contents_alone(s3: Any) -> None:
    put(s3, {"a.jpg": JPEG, "b.jpg": JPEG})
    first = list(list_places([BUCKET]))
    assert list(list_places([BUCKET])) == first
    put(s3, {"b.jpg": JPEG[:-1] + b"?"})
    second = list(list_places([BUCKET]))
    assert second[0] == first[0]
    assert isinstance(first[1], PhotoPlace)
    assert isinstance(second[1], PhotoPlace)
    assert first[1].stamp != second[1].stamp


def test_s3_containers(s3: Any) -> None:
    photos = [(f"{number}.jpg", JPEG + bytes([number])) for number in range(5)]
    put(s3, {"x/a.zip": zip_of_files(photos), "x/b.tar.gz": tar_of(photos, "gz"), "x/c.tar": tar_of(photos)})
    listed = list(list_places([f"{BUCKET}/x/"]))
    assert names_of(listed) == [
        f"{BUCKET}/x/{container}!/{name}" for container in ("a.zip", "b.tar.gz", "c.tar") for name, _ in photos
    ]
    containers = [one for one in listed if isinstance(one, Container)]
    assert [one.unchanged for one in containers] == [False] * 3
    assert [one.data for one in read(listed)] == [data for _, data in photos] * 3
    stamps = {(one.name, one.stamp) for one in containers}
    again = list(list_places([f"{BUCKET}/x"], known=lambda name, stamp: (name, stamp) in stamps))
    assert again == [replace(one, unchanged=True) for one in containers]


def test_s3_one_object_twice_and_folders_in_folders(s3: Any) -> None:
    put(s3, {"x/a.jpg": JPEG, "x/y/b.jpg": JPEG, "z.jpg": JPEG})
    sources = [f"{BUCKET}/z.jpg", f"{BUCKET}/x", f"{BUCKET}/x/y", f"{BUCKET}/x/a.jpg", f"{BUCKET}/z.jpg", BUCKET]
    assert names_of(list(list_places(sources))) == [f"{BUCKET}/{name}" for name in ("z.jpg", "x/a.jpg", "x/y/b.jpg")]


def test_s3_what_is_not_there(s3: Any) -> None:
    put(s3, {"a.jpg": JPEG})
    (told,) = list_places([f"{BUCKET}/nowhere"])
    assert isinstance(told, UnreadablePlace)
    assert told.error.code == "photo.not_found"
    (told,) = list_places(["s3://another-bucket/x"])
    assert isinstance(told, UnreadablePlace)
    assert told.error.code in ("photo.not_found", "archive.address")
    listed = list(list_places([BUCKET]))
    s3.delete_object(Bucket="arsip", Key="a.jpg")
    assert [outcome(one) for one in read(listed)] == ["photo.not_found"]


def test_s3_keys_that_are_no_paths(s3: Any) -> None:
    odd = {"x/a.jpg": JPEG, "x//b.jpg": JPEG, "x/./c.jpg": JPEG + b"c", "x/../d.jpg": JPEG + b"d"}
    put(s3, odd)
    listed = list(list_places([BUCKET]))
    assert names_of(listed) == [f"{BUCKET}/x/{name}" for name in ("a.jpg", "./c.jpg", "../d.jpg")]
    assert [outcome(one) for one in read(listed)] == [JPEG, JPEG + b"c", JPEG + b"d"]
    assert [(one.name, one.error.code) for one in listed if isinstance(one, UnreadablePlace)] == [
        (f"{BUCKET}/x/", "archive.address")
    ]


def test_s3_limits(s3: Any) -> None:
    put(s3, {"large.jpg": JPEG + bytes(5000), "large.dat": JPEG + bytes(5000), "small.jpg": JPEG})
    listed = list(list_places([BUCKET]))
    found = read(listed, limits=PhotoLimits(max_bytes=len(JPEG) + 10))
    assert [outcome(one) for one in found] == ["photo.too_large", "photo.too_large", JPEG]
    lying = [replace(one, size=10) for one in listed if isinstance(one, PhotoPlace)]
    found = list(read_places(lying, limits=PhotoLimits(max_bytes=len(JPEG) + 10)))
    assert [outcome(one) for one in found] == ["photo.too_large", "photo.too_large", JPEG]


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """The standard library's server: pages of folders, no parts of files."""

    def log_message(self, *_: object) -> None:
        pass


class RangeHandler(QuietHandler):
    """A server that gives parts of files, as most do."""

    def do_GET(self) -> None:
        told = self.headers.get("Range")
        path = Path(self.translate_path(self.path))
        if told is None or not path.is_file():
            super().do_GET()
            return
        data = path.read_bytes()
        first, _, last = told.removeprefix("bytes=").partition("-")
        part = data[int(first) : int(last) + 1]
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{int(first) + len(part) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)


def serve(handler: type[http.server.BaseHTTPRequestHandler], folder: Path | None = None) -> Iterator[str]:
    made = handler if folder is None else functools.partial(handler, directory=str(folder))  # type: ignore[call-arg]
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), made) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    yield from serve(QuietHandler, tmp_path)


@pytest.fixture
def ranged_web(tmp_path: Path) -> Iterator[str]:
    yield from serve(RangeHandler, tmp_path)


def test_web_folders(web: str, tmp_path: Path) -> None:
    files = {"b.jpg": JPEG, "a.jpg": JPEG + b"a", "d/c & ü%.jpg": JPEG + b"c", "d/t.txt": b"text", "d/no": JPEG + b"n"}
    for name, data in (files | {".hidden.jpg": JPEG}).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    listed = list(list_places([f"{web}/"]))
    names = ["a.jpg", "b.jpg", "d/c%20%26%20%C3%BC%25.jpg", "d/no", "d/t.txt"]
    assert names_of(listed) == [f"{web}/{name}" for name in names]
    assert all(isinstance(one, PhotoPlace) and one.stamp and one.modified and one.size for one in listed)
    assert list(list_places([f"{web}/"])) == listed
    assert [outcome(one) for one in read(listed)] == [JPEG + b"a", JPEG, JPEG + b"c", JPEG + b"n", None]


def test_one_file_of_a_web_server(web: str, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(JPEG)
    listed = list(list_places([f"{web}/a.jpg", f"{web}/nowhere.jpg"]))
    assert [one.name for one in listed] == [f"{web}/a.jpg", f"{web}/nowhere.jpg"]
    assert isinstance(listed[1], UnreadablePlace)
    assert listed[1].error.code == "photo.not_found"
    assert [outcome(one) for one in read(listed)] == [JPEG]


@pytest.mark.parametrize("server", ["web", "ranged_web"])
def test_containers_of_a_web_server(server: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    base = request.getfixturevalue(server)
    photos = [(f"{number}.jpg", JPEG + bytes([number])) for number in range(5)]
    containers = {"a.tar": tar_of(photos), "b.tgz": tar_of(photos, "gz"), "c.zip": zip_of_files(photos)}
    for name, data in containers.items():
        (tmp_path / name).write_bytes(data)
    listed = list(list_places([f"{base}/{name}" for name in containers]))
    read_whole = ["a.tar", "b.tgz", "c.zip"] if server == "ranged_web" else ["a.tar", "b.tgz"]
    assert [one.name for one in listed if isinstance(one, Container)] == [f"{base}/{name}" for name in read_whole]
    assert [one.data for one in read(listed)] == [data for _, data in photos] * len(read_whole)
    told = [one.error.code for one in listed if isinstance(one, UnreadablePlace)]
    assert told == ([] if server == "ranged_web" else ["archive.unsupported"])


class OddHandler(QuietHandler):
    """A server that means no good."""

    page = b"""<a href="/elsewhere/x.jpg">up</a> <a href="./">here</a> <a href="../">up</a> <a href="?C=N">sort</a>
        <a href="more/">more</a> <a href="//host/x.jpg">another</a> <a href="http://127.0.0.9/x.jpg">another</a>
        <a href="a&amp;b.jpg">a</a> <a href="javascript:alert(1)">b</a> <a href="x/../../../y.jpg">c</a>"""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if self.path.endswith("/"):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(self.page)))
            self.end_headers()
            self.wfile.write(self.page)
        elif "fail" in self.path:
            self.send_error(500)
        elif "locked" in self.path:
            self.send_error(403)
        else:  # no length, no end
            self.send_response(200)
            self.end_headers()
            if self.command == "GET":
                try:
                    self.wfile.write(JPEG)
                    for _ in range(10_000 if "endless" in self.path else 0):
                        self.wfile.write(bytes(2**16))
                except OSError:
                    pass


@pytest.fixture
def odd_web() -> Iterator[str]:
    yield from serve(OddHandler)


def test_web_pages_lead_nowhere_else(odd_web: str) -> None:
    names = set()
    for number, one in enumerate(list_places([f"{odd_web}/album/"])):
        assert one.name.startswith(f"{odd_web}/album/")
        assert "/../" not in one.name
        names.add(one.name)
        if number > 300:
            pytest.fail("folders in folders without an end")
        if isinstance(one, UnreadablePlace):
            assert one.error.code == "archive.address"
    assert f"{odd_web}/album/a&b.jpg" in names
    assert f"{odd_web}/album/more/a&b.jpg" in names


def test_web_files_without_a_length(odd_web: str) -> None:
    limits = PhotoLimits(max_bytes=10 * 2**20)
    places = [
        PhotoPlace(f"{odd_web}/{name}") for name in ("a.jpg", "a", "endless.jpg", "endless", "fail.jpg", "locked.jpg")
    ]
    found = [outcome(one) for one in read_places(places, limits=limits)]
    assert found[:4] == [JPEG, JPEG, "photo.too_large", "photo.too_large"]
    assert found[4:] == ["archive.address", "archive.address"]


def test_web_server_that_is_not_there() -> None:
    address = "http://127.0.0.1:9/a.jpg"
    (told,) = list_places([address])
    assert isinstance(told, UnreadablePlace)
    assert told.error.code == "archive.address"
    assert "127.0.0.1" in told.error.message_en
    assert [outcome(one) for one in read_places([PhotoPlace(address)])] == ["archive.address"]
    assert [one.error.code for one in list_places([f"{address[:-5]}x.zip"]) if isinstance(one, UnreadablePlace)]


def test_slow_web_server(odd_web: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "MOST_SECONDS", 0.0)
    reading = remote.RemoteStream(f"{odd_web}/endless.jpg", None)
    with pytest.raises(Exception, match="not complete"):
        reading.read(100_000_000, seconds=0.0)
    reading.close()


def test_memory_store() -> None:
    import fsspec

    store = fsspec.filesystem("memory")
    store.pipe({"/m/b.jpg": JPEG, "/m/x/a.jpg": JPEG + b"a", "/m/z.zip": zip_of_files([("q.jpg", JPEG)])})
    try:
        listed = list(list_places(["memory://m"]))
        assert names_of(listed) == ["memory://m/b.jpg", "memory://m/z.zip!/q.jpg", "memory://m/x/a.jpg"]
        assert [one.data for one in read(listed)] == [JPEG, JPEG, JPEG + b"a"]
        (told,) = list_places(["memory://nowhere"])
        assert isinstance(told, UnreadablePlace)
        assert told.error.code == "photo.not_found"
    finally:
        store.rm("/m", recursive=True)


@pytest.mark.parametrize(
    ("address", "code"),
    [("unheard-of://x/y", "archive.address"), ("s3://", "archive.address"), ("http://", "archive.address")],
)
def test_addresses_that_mean_nothing(s3: Any, address: str, code: str) -> None:
    listed = list(list_places([address]))
    assert all(isinstance(one, UnreadablePlace | PhotoPlace) for one in listed)
    if address != "s3://":  # that is all buckets
        assert [one.error.code for one in listed if isinstance(one, UnreadablePlace)] == [code]


@pytest.mark.parametrize(
    ("missing", "address"),
    [("fsspec", "s3://bucket/a.jpg"), ("s3fs", "s3://bucket/"), ("aiohttp", "http://127.0.0.1:9/a.jpg")],
)
def test_without_the_extra(missing: str, address: str) -> None:
    program = f"""if True:
        import sys
        sys.modules[{missing!r}] = None
        from vision.archive.sources.listing import list_places
        (told,) = list_places([{address!r}])
        print(told.error.code, told.error.text("id"), told.error.text("en"))
    """
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("archive.no_extra ")
    assert done.stdout.count('pip install "fotonetral[cloud]"') == 2


def test_passwords_do_not_get_into_reports() -> None:
    (told,) = list_places(["https://budi:rahasia@example.org/foto/"])
    assert isinstance(told, UnreadablePlace)
    assert told.name == "https://example.org/foto/"
    assert told.error.code == "archive.address"
    assert "rahasia" not in told.error.text("id") + told.error.text("en")


def test_file_addresses_are_paths(tmp_path: Path) -> None:
    (tmp_path / "a b.jpg").write_bytes(JPEG)
    assert names_of(list(list_places([f"file://{tmp_path}/a%20b.jpg"]))) == [f"{tmp_path}/a b.jpg"]


def test_readers_of_containers_can_be_sought_in(s3: Any) -> None:
    put(s3, {"a.bin": bytes(range(256)) * 100})
    with remote.open_container(f"{BUCKET}/a.bin") as file:
        assert file.seek(-1, io.SEEK_END) == 25599
        assert file.read() == b"\xff"
        file.seek(3)
        assert file.read(2) == b"\3\4"

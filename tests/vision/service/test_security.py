"""Who gets in, and what comes in: keys and roles, hostile bodies, headers. Nothing crashes, leaks, or lets in."""

from __future__ import annotations

import json
import select
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.vision.service.serving import Serving, serving
from vision.service.callers.keys import KeyRole, KeyStore

pytestmark = pytest.mark.slow

RAW = {"Content-Type": "application/octet-stream"}
MB = 2**20
POST = b"POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\n"


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Give a server that is open to nobody, with small limits."""
    folder = tmp_path_factory.mktemp("closed")
    limits = {"photo_mb": 1, "request_mb": 2, "photos": 3, "upload_seconds": 1.5, "per_minute": 100_000}
    with serving(folder, open_to="nobody", gallery=str(folder / "gallery.db"), create_gallery=True, **limits) as one:
        yield one


@pytest.fixture(scope="module")
def store(closed: Serving) -> KeyStore:
    return KeyStore(closed.log.parent / "keys.db")


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture(scope="module")
def checking(store: KeyStore) -> dict[str, str]:
    return bearer(store.create_key("checks", KeyRole.CHECK)[1])


@pytest.fixture(scope="module")
def managing(store: KeyStore) -> dict[str, str]:
    return bearer(store.create_key("manages", KeyRole.MANAGE)[1])


@pytest.fixture
def to_closed(closed: Serving) -> Iterator[httpx.Client]:
    with closed.client() as one:
        yield one


def problem(response: httpx.Response, status: int, code: str) -> None:
    assert (response.status_code, response.json()["code"]) == (status, code), response.text
    assert response.headers["content-type"] == "application/problem+json"


def exchange(server: Serving, *parts: bytes, pause: float = 0.0, seconds: float = 10.0) -> bytes:
    """Send bytes as they are, and return all that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", server.port), seconds) as sent:
        came = b""
        try:
            for part in parts:
                sent.sendall(part)
                time.sleep(pause)
        except OSError:
            pass  # the server has had enough
        try:
            while piece := sent.recv(65536):
                came += piece
        except (TimeoutError, ConnectionError):
            pass
        return came


# Keys and roles

ROUTES = [
    ("POST", "/v1/check"),
    ("POST", "/v1/fix"),
    ("GET", "/v1/policies"),
    ("GET", "/metrics"),
    ("GET", "/v1/candidates"),
    ("POST", "/v1/candidates"),
    ("GET", "/v1/candidates/health"),
    ("GET", "/v1/candidates/a"),
    ("PUT", "/v1/candidates/a"),
    ("DELETE", "/v1/candidates/a"),
    ("GET", "/v1/candidates/a/photos"),
    ("POST", "/v1/candidates/a/photos"),
    ("DELETE", "/v1/candidates/a/photos/1"),
    ("PUT", "/v1/candidates/a/distinct/b"),
    ("DELETE", "/v1/candidates/a/distinct/b"),
    ("GET", "/v1/elections"),
    ("GET", "/v1/elections/a"),
    ("PUT", "/v1/elections/a"),
    ("DELETE", "/v1/elections/a"),
]


def test_every_route_is_in_the_list(to_closed: httpx.Client) -> None:
    document = to_closed.get("/openapi.json").json()
    there = {(method.upper(), path) for path, told in document["paths"].items() for method in told}
    names = {
        "/photos/1": "/photos/{number}",
        "/distinct/b": "/distinct/{other}",
        "/v1/candidates/a": "/v1/candidates/{person}",
        "/v1/elections/a": "/v1/elections/{election}",
    }
    listed = set()
    for method, path in ROUTES:
        for example, name in names.items():
            path = path.replace(example, name)
        listed.add((method, path))
    free = {(m, "/v1/session") for m in ("GET", "POST", "DELETE")} | {("GET", "/healthz"), ("GET", "/readyz")}
    assert there == listed | free


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_no_key_wrong_key_wrong_role(
    to_closed: httpx.Client, store: KeyStore, checking: dict[str, str], method: str, path: str
) -> None:
    none = to_closed.request(method, path)
    problem(none, 401, "auth.missing")
    assert none.headers["www-authenticate"] == "Bearer"
    id_ = next(grant.id for grant in store.grants() if grant.name == "checks")
    wrong = f"fn_{id_}_{'A' * 43}"
    for authorization in (f"Bearer {wrong}", "Bearer fn_aaaaaaaa_x", "Bearer", "Basic YTpi", "fn", f"Token {wrong}"):
        problem(to_closed.request(method, path, headers={"Authorization": authorization}), 401, "auth.invalid")
    if "/v1/candidates" in path or "/v1/elections" in path:
        problem(to_closed.request(method, path, headers=checking), 403, "auth.role")


def test_a_revoked_key_is_refused_at_once_and_an_expired_one_too(to_closed: httpx.Client, store: KeyStore) -> None:
    grant, key = store.create_key("goes", KeyRole.CHECK)
    assert to_closed.get("/v1/policies", headers=bearer(key)).status_code == 200
    assert next(one for one in store.grants() if one.id == grant.id).last_used_at is not None
    store.revoke(grant.id)
    problem(to_closed.get("/v1/policies", headers=bearer(key)), 401, "auth.invalid")


def test_a_wrong_key_is_never_overlooked_in_favour_of_what_is_open(client: httpx.Client) -> None:
    problem(client.get("/v1/policies", headers=bearer("fn_aaaaaaaa_x")), 401, "auth.invalid")
    assert client.get("/v1/policies").status_code == 200


def test_open_to_this_machine_is_not_open_to_what_a_proxy_brings(client: httpx.Client) -> None:
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"):
        problem(client.get("/v1/policies", headers={header: "203.0.113.7"}), 401, "auth.missing")


def test_managing_is_open_to_nobody_without_a_key(client: httpx.Client) -> None:
    problem(client.get("/v1/candidates"), 401, "auth.missing")


# Logging in


def log_in(client: httpx.Client, code: str) -> dict[str, object]:
    told = client.post("/v1/session", json={"code": code})
    assert told.status_code == 200, told.text
    session: dict[str, object] = told.json()
    return session


def test_a_code_gives_a_session(closed: Serving, store: KeyStore) -> None:
    grant, code = store.create_code("staf", KeyRole.CHECK, minutes=5, uses=1)
    with closed.client() as page:
        assert page.get("/v1/session").json()["role"] is None
        typed = page.post("/v1/session", json={"code": f" {code.lower().replace('-', ' ')} "})
        assert typed.status_code == 200
        cookie = typed.headers["set-cookie"].casefold()
        for part in ("fotonetral_session=", "httponly", "samesite=strict", "path=/", "max-age=43200"):
            assert part in cookie
        assert "secure" not in cookie  # over plain http, browsers would not send it back
        session = typed.json()
        assert (session["role"], session["login"]) == ("check", "code")
        assert page.get("/v1/session").json() == session
        problem(page.post("/v1/check", content=b"a", headers=RAW), 403, "auth.csrf")
        problem(page.post("/v1/check", content=b"a", headers=RAW | {"X-CSRF-Token": "x"}), 403, "auth.csrf")
        token = {"X-CSRF-Token": session["csrf"]}
        assert page.post("/v1/check", content=b"a", headers=RAW | token).status_code == 200
        problem(page.get("/v1/candidates"), 403, "auth.role")
        with closed.client() as other:
            problem(other.post("/v1/session", json={"code": code}), 401, "auth.code")  # it was for one login
        store.revoke(grant.id)
        problem(page.get("/v1/policies"), 401, "auth.missing")


def test_logging_out_ends_the_session(closed: Serving, store: KeyStore) -> None:
    _, code = store.create_code("staf", KeyRole.MANAGE, minutes=5, uses=1)
    with closed.client() as page:
        token = {"X-CSRF-Token": str(log_in(page, code)["csrf"])}
        cookie = dict(page.cookies)
        assert page.get("/v1/candidates").status_code == 200
        problem(page.delete("/v1/session"), 403, "auth.csrf")
        assert page.delete("/v1/session", headers=token).json()["role"] is None
        with closed.client(cookies=cookie) as thief:
            problem(thief.get("/v1/candidates"), 401, "auth.missing")


def test_codes_cannot_be_tried_for_long(tmp_path: Path) -> None:
    with serving(tmp_path, open_to="nobody") as server, server.client() as page:
        _, code = KeyStore(tmp_path / "keys.db").create_code("a", KeyRole.CHECK, minutes=5, uses=1)
        told = [page.post("/v1/session", json={"code": "AAAA-AAAA"}) for _ in range(7)]
        assert [one.status_code for one in told] == [401] * 5 + [429] * 2
        assert int(told[-1].headers["retry-after"]) >= 1
        problem(page.post("/v1/session", json={"code": code}), 429, "auth.too_many_attempts")


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_other_sites_get_nothing_done(client: httpx.Client, headers: dict[str, str]) -> None:
    problem(client.post("/v1/check", content=b"a", headers=RAW | headers), 403, "auth.origin")
    problem(client.post("/v1/session", json={"code": "a"}, headers=headers), 403, "auth.origin")


def test_the_own_page_passes(client: httpx.Client, server: Serving) -> None:
    own = {"Origin": server.url, "Sec-Fetch-Site": "same-origin"}
    assert client.post("/v1/check", content=b"own page", headers=RAW | own).status_code == 200


def test_names_that_the_server_does_not_go_by(client: httpx.Client, server: Serving) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "203.0.113.7", "", "localhost.evil.example:80", "[::", "*"):
        answer = exchange(server, f"GET /v1/session HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 421"), host
    for host in ("localhost", f"127.0.0.1:{server.port}", "[::1]", "LOCALHOST:1", "localhost."):
        assert client.get("/v1/session", headers={"Host": host}).status_code == 200, host


# What comes in


def test_too_large_by_its_own_word_is_refused_unread(closed: Serving, checking: dict[str, str]) -> None:
    head = (
        "POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\nContent-Length: 99999999999\r\n"
        f"Authorization: {checking['Authorization']}\r\nExpect: 100-continue\r\n\r\n"
    )
    answer = exchange(closed, head.encode())
    assert answer.startswith(b"HTTP/1.1 413"), answer  # and no "100 Continue" before
    assert b"connection: close" in answer.lower()


@pytest.mark.parametrize("form", [False, True])
def test_too_large_is_told_to_whoever_sends_it_all(
    to_closed: httpx.Client, checking: dict[str, str], form: bool
) -> None:
    body = b"x" * (MB + 1)
    sent = {"files": [("photo", body)]} if form else {"content": body}
    problem(to_closed.post("/v1/check", headers=checking | ({} if form else RAW), **sent), 413, "request.too_large")
    assert to_closed.get("/healthz").status_code == 200


def test_all_together_too_large(to_closed: httpx.Client, checking: dict[str, str]) -> None:
    files = [("photo", b"x" * (MB - 10))] * 3
    problem(to_closed.post("/v1/check", headers=checking, files=files), 413, "request.too_large")


def chunked(checking: dict[str, str], kind: str = "image/jpeg") -> bytes:
    return (
        f"POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n"
        f"Authorization: {checking['Authorization']}\r\n\r\n"
    ).encode()


def test_chunks_without_end(closed: Serving, checking: dict[str, str]) -> None:
    piece = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    began = time.monotonic()
    answer = exchange(closed, chunked(checking), *[piece] * 3000)  # 190 MB
    assert b"413" in answer[:20]
    assert b"request.too_large" in answer
    assert time.monotonic() - began < 8
    assert held(closed) == 0


def test_a_slow_upload_is_ended(closed: Serving, checking: dict[str, str]) -> None:
    began = time.monotonic()
    answer = exchange(closed, chunked(checking), *[b"1\r\nx\r\n"] * 100, pause=0.05)
    assert b"408" in answer[:20]
    assert time.monotonic() - began < 8
    answer = exchange(closed, chunked(checking, "multipart/form-data; boundary=b"), b"5\r\n--b\r\n\r\n")
    assert b"408" in answer[:20]


def test_10_000_parts(to_closed: httpx.Client, checking: dict[str, str]) -> None:
    for name in ("photo", "region", "x"):
        part = f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n\r\n'.encode()
        body = part * 10_000 + b"--b--\r\n"
        headers = checking | {"Content-Type": "multipart/form-data; boundary=b"}
        told = to_closed.post("/v1/check", content=body, headers=headers)
        assert told.status_code in (413, 422), told.text


MALFORMED = {
    "no boundary": ("multipart/form-data", b"x"),
    "another boundary": ("multipart/form-data; boundary=a", b"--b\r\n\r\n"),
    "a boundary too long": (f"multipart/form-data; boundary={'a' * 300}", b"x"),
    "an empty body": ("multipart/form-data; boundary=b", b""),
    "no end": ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="photo"\r\n\r\nabc'),
    "no name": ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nabc\r\n--b--\r\n"),
    "no disposition": ("multipart/form-data; boundary=b", b"--b\r\nA: b\r\n\r\nabc\r\n--b--\r\n"),
    "endless header": ("multipart/form-data; boundary=b", b"--b\r\nA: " + b"x" * 100_000),
    "many headers": ("multipart/form-data; boundary=b", b"--b\r\n" + b"A: b\r\n" * 1000 + b"\r\n"),
    "a nul in a header": ("multipart/form-data; boundary=b", b"--b\r\nA\0: b\r\n\r\nabc\r\n--b--\r\n"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_forms(to_closed: httpx.Client, checking: dict[str, str], name: str) -> None:
    kind, body = MALFORMED[name]
    told = to_closed.post("/v1/check", content=body, headers=checking | {"Content-Type": kind})
    assert told.status_code == 400, told.text
    assert told.json()["code"] == "request.malformed"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/json", "application/x-www-form-urlencoded", "multipart/mixed; boundary=b", ""]
)
def test_other_kinds_of_bodies(to_closed: httpx.Client, checking: dict[str, str], kind: str) -> None:
    told = to_closed.post("/v1/check", content=b"region=34", headers=checking | {"Content-Type": kind})
    problem(told, 415, "request.media_type")


def test_fields_that_cannot_be(to_closed: httpx.Client, checking: dict[str, str]) -> None:
    wrong = {
        "region": "<b>" + "Atlantis" * 12,
        "date": "besok",
        "language": "jv",
        "annotated": "maybe",
        "polcy": "skb-2-2022",
        "policy": "../../etc/passwd",
    }
    for name, value in wrong.items():
        for sent in ({"params": {name: value}}, {"data": {name: value}}):
            told = to_closed.post("/v1/check", headers=checking, files=[("photo", b"a")], **sent)
            assert told.status_code == 422, (name, told.text)
            if name != "policy":
                assert told.json()["errors"][0]["field"] == name
                assert value not in told.json()["detail"]  # of a region the beginning is told, to find the slip
    for name, value, reason in (
        ("date", "2027-02-29", "tidak ada di kalender"),
        ("language", "jv", "harus salah satu dari 'id' atau 'en'"),
    ):
        told = to_closed.post("/v1/check", headers=checking, files=[("photo", b"a")], params={name: value})
        assert told.json()["errors"] == [{"field": name, "message": reason}]
    problem(to_closed.post("/v1/check", headers=checking, files=[("foto", b"a")]), 422, "request.invalid")
    problem(to_closed.post("/v1/check", headers=checking, data={"region": "34"}, files={}), 415, "request.media_type")
    twice = [("photo", (None, b"a")), ("region", (None, b"34")), ("region", (None, b"35"))]
    problem(to_closed.post("/v1/check", headers=checking, files=twice), 422, "request.invalid")
    long = [("photo", (None, b"a")), ("region", (None, b"3" * 2000))]
    problem(to_closed.post("/v1/check", headers=checking, files=long), 422, "request.invalid")
    none = [("region", (None, b"34"))]
    problem(to_closed.post("/v1/check", headers=checking, files=none), 422, "request.invalid")
    four = [("photo", (None, b"a"))] * 4
    problem(to_closed.post("/v1/check", headers=checking, files=four), 413, "request.too_many_photos")


PATHS = [
    ("../../../etc/passwd", "passwd"),
    ("..\\..\\windows\\win.ini", "win.ini"),
    ("C:\\fotos\\a.jpg", "a.jpg"),
    ("/abs/olute.jpg", "olute.jpg"),
    ("a\u202egpj.exe", "a\ufffdgpj.exe"),
    ("<script>alert(1)</script>.jpg", "script>.jpg"),
    ("=cmd|'/c calc'!A1.jpg", "c calc'!A1.jpg"),
    ("x" * 1000, "x" * 200),
]


@pytest.mark.parametrize(("sent", "told"), PATHS)
def test_path_tricks_in_file_names(to_closed: httpx.Client, checking: dict[str, str], sent: str, told: str) -> None:
    head = f'--b\r\nContent-Disposition: form-data; name="photo"; filename="{sent}"\r\n\r\n'
    body = head.encode() + b"a\r\n--b--\r\n"
    headers = checking | {"Content-Type": "multipart/form-data; boundary=b"}
    without = to_closed.post("/v1/check", content=body, headers=headers)
    assert without.json()["photo"]["name"] == "photo"
    with_names = to_closed.post("/v1/check", content=body, headers=headers, params={"names": "true"})
    assert with_names.json()["photo"]["name"] == told
    assert with_names.headers["content-type"] == "application/json"
    assert with_names.headers["x-content-type-options"] == "nosniff"


def test_what_is_no_http(closed: Serving) -> None:
    for sent in (b"\x16\x03\x01\x02\x00\x01\x00", b"GET\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"):
        answer = exchange(closed, sent + b"\r\n\r\n")
        assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 421")), (sent, answer)
        assert b"Traceback" not in answer
    smuggled = POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    first = exchange(closed, smuggled + b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    assert first.count(b"HTTP/1.1 ") <= 2
    assert b"HTTP/1.1 200" not in first.partition(b"\r\n\r\n")[0]
    assert exchange(closed, b"GET / HTTP/1.1\r\nA: " + b"x" * 200_000).startswith(b"HTTP/1.1 400")


def test_methods_and_addresses_that_are_not(to_closed: httpx.Client) -> None:
    problem(to_closed.get("/v1/nothing"), 404, "request.not_found")
    problem(to_closed.get("/v1/check"), 405, "request.method")
    assert to_closed.get("/v1/check").headers["allow"] == "POST"
    assert to_closed.post("/v1/elections/a").headers["allow"] == "DELETE, GET, PUT"
    assert to_closed.post("/v1/candidates/health").headers["allow"] == "GET"
    problem(to_closed.request("TRACE", "/v1/check"), 405, "request.method")
    problem(to_closed.options("/v1/check"), 405, "request.method")
    for path in (
        "/web/../settings.py",
        "/web/%2e%2e/settings.py",
        "/web/..%2fsettings.py",
        "/web//etc/passwd",
        "/web/",
    ):
        assert to_closed.get(path).status_code == 404, path


def test_files_of_the_page_come_compressed_and_answers_do_not(client: httpx.Client) -> None:
    words = client.get("/web/js/words-id.js")
    assert words.headers["content-encoding"] == "gzip"
    assert words.headers["cache-control"] == "no-cache"
    assert "Accept-Encoding" in words.headers["vary"]
    again = client.get("/web/js/words-id.js", headers={"If-None-Match": words.headers["etag"]})
    assert again.status_code == 304
    plain = client.get("/web/js/words-id.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == words.text
    assert "content-encoding" not in client.get("/openapi.json").headers


def test_headers_of_every_answer(client: httpx.Client, server: Serving) -> None:
    answers = [
        client.get("/healthz"),
        client.get("/v1/nothing"),
        client.post("/v1/check", content=b"x", headers=RAW),
        client.post("/v1/check", content=b"raise headers", headers=RAW),
        client.get("/v1/candidates"),
        client.get("/docs"),
        client.get("/openapi.json"),
        client.get("/v1/session", headers={"Host": "evil.example"}),
    ]
    for one in answers:
        policy = one.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "*" not in policy
        assert one.headers["x-content-type-options"] == "nosniff"
        assert one.headers["referrer-policy"] == "no-referrer"
        assert one.headers["cross-origin-opener-policy"] == "same-origin"
        assert one.headers["cross-origin-resource-policy"] == "same-origin"
        assert one.headers["x-frame-options"] == "DENY"
        assert "camera=(self)" in one.headers["permissions-policy"]
        assert one.headers["cache-control"] == "no-store"
        assert "server" not in one.headers
        assert "access-control-allow-origin" not in one.headers
        assert len(one.headers["x-request-id"]) == 16


def test_the_documentation_needs_nothing_from_elsewhere(client: httpx.Client) -> None:
    page = client.get("/docs").text
    assert "<script" not in page
    assert "style=" not in page
    assert "http://" not in page
    assert "https://" not in page
    for code in ("server.busy", "photo.truncated", "enrolment.no_face", "candidate.has_relatives"):
        assert page.count(f'id="{code}"') == 1  # where the problems' own addresses lead
    assert "text/css" in client.get("/docs.css").headers["content-type"]


def test_an_answer_that_nobody_reads_is_not_kept_for_ever(tmp_path: Path) -> None:
    with serving(tmp_path, upload_seconds=1) as server:
        with socket.create_connection(("127.0.0.1", server.port)) as lazy:
            lazy.sendall(POST + b"Content-Length: 5\r\n\r\nlarge")
            time.sleep(4)
            came = 0
            while piece := lazy.recv(2**20):
                came += len(piece)
            assert came < 20_000_000  # the rest was thrown away
        assert httpx.get(f"{server.url}/healthz").status_code == 200


def test_silent_connections_are_closed_and_too_many_are_refused(tmp_path: Path) -> None:
    with serving(tmp_path, connections=5) as server:
        silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(5)]
        time.sleep(0.2)
        answer = exchange(server, b"")
        assert answer.startswith(b"HTTP/1.1 503")
        assert b"server.busy" in answer
        for one in silent:
            one.close()
        time.sleep(0.2)
        assert httpx.get(f"{server.url}/healthz").status_code == 200


# What gets out


def test_nobody_is_named_in_the_log(closed: Serving, to_closed: httpx.Client, managing: dict[str, str]) -> None:
    secret, person = "Rahasia-Foto-Pribadi", "Nama-Seseorang"
    key = managing["Authorization"].split()[1]
    files = [("photo", (f"{secret}.jpg", b"a"))]
    to_closed.post("/v1/check", headers=managing, files=files, params={"names": "true", "region": "34.01"})
    to_closed.post("/v1/check", headers=managing, files=files, params={"token": secret})
    to_closed.get(f"/v1/candidates/{person}", headers=managing | {"User-Agent": secret, "Referer": secret})
    to_closed.get("/v1/candidates", headers=managing, params={"search": person})
    to_closed.get(f"/{secret}/{person}?q={secret}")
    to_closed.request("RAHASIA", "/")
    to_closed.post("/v1/session", json={"code": "RAHASIA1"})
    to_closed.post("/v1/check", headers=managing | RAW, content=b"raise " + secret.encode())
    exchange(closed, f"RAHASIA {secret}\r\n\r\n".encode())
    text = closed.log.read_text("utf-8").casefold()
    for word in (secret, person, "rahasia1", key, key.split("_", 2)[2], "library's", "passwd", "203.0.113"):
        assert word.casefold() not in text, word
    lines = [line for line in closed.lines() if line["event"] == "request"]
    last = next(line for line in reversed(lines) if line["route"] == "/v1/candidates/{person}")
    assert last["status"] == 404
    assert last["caller"]
    failed = next(line for line in reversed(lines) if line["status"] == 500)
    assert failed["code"] == "engine.failed"


def test_no_photo_touches_the_disk(tmp_path: Path) -> None:
    """Server and processes that may write no file at all answer large forms all the same."""
    environment = {"FORBID_FILES": "1", "TMPDIR": str(tmp_path / "none")}
    with serving(tmp_path, environment=environment) as server, server.client() as client:
        pids = [server.process.pid, *server.workers()]
        before = [written(pid) for pid in pids]
        large = bytes(12 * MB)
        for sent in ({"files": [("photo", large)] * 3}, {"content": large, "headers": RAW}):
            assert client.post("/v1/check", **sent).status_code == 200
        after = [written(pid) for pid in pids]
        assert sum(after) - sum(before) < 100_000, "the log alone"
        opened = {str(link.readlink()) for pid in pids for link in Path(f"/proc/{pid}/fd").iterdir()}
        assert not {path for path in opened if path.startswith(("/tmp", "/var/tmp")) and path != str(server.log)}


def written(pid: int) -> int:
    """Return the bytes that a process has sent toward disks."""
    facts = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text().splitlines())
    return int(facts["write_bytes"])


def held(server: Serving) -> float:
    key = KeyStore(server.log.parent / "keys.db").create_key("metrics", KeyRole.CHECK)[1]
    text = httpx.get(f"{server.url}/metrics", headers=bearer(key)).text
    return float(next(line for line in text.splitlines() if line.startswith("fotonetral_held_bytes ")).split()[1])


def test_what_is_held_in_memory_is_bounded_over_all_requests(tmp_path: Path) -> None:
    with serving(tmp_path, pending_mb=3, photo_mb=2) as server:
        sockets = []
        try:
            for _ in range(4):
                one = socket.create_connection(("127.0.0.1", server.port))
                sockets.append(one)
                one.sendall(POST + b"Content-Length: 1100000\r\n\r\n" + b"x" * 1_000_000)  # and then nothing
            answered, _, _ = select.select(sockets, [], [], 5)
            assert len(answered) == 1
            assert b"503" in answered[0].recv(20)
        finally:
            for one in sockets:
                one.close()
        until = time.monotonic() + 5
        while held(server):
            assert time.monotonic() < until
            time.sleep(0.05)


def test_the_log_is_json_with_times_and_sizes(
    closed: Serving, to_closed: httpx.Client, checking: dict[str, str]
) -> None:
    id_ = to_closed.post("/v1/check", headers=checking, files=[("photo", b"abc")] * 2).headers["x-request-id"]
    time.sleep(0.2)
    line = next(one for one in closed.lines() if one.get("id") == id_)
    assert line["route"] == "/v1/check"
    assert (line["status"], line["photos"], line["photo_bytes"], line["verdict"]) == (200, 2, 6, "clear")
    assert line["ms"] > 0
    assert json.dumps(line)

"""A real server under load: full, slow, dying, left by its clients, and told to stop. Processes do as photos say."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.vision.service.serving import Serving, serving

pytestmark = pytest.mark.slow

RAW = {"Content-Type": "application/octet-stream"}


def check(url: str, photo: bytes, **options: object) -> httpx.Response:
    return httpx.post(f"{url}/v1/check", content=photo, headers=RAW, timeout=60, **options)


def until(condition: object, seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.02)


def metric(server: Serving, name: str) -> float:
    text = httpx.get(f"{server.url}/metrics").text
    return float(next(line for line in text.splitlines() if line.startswith(f"fotonetral_{name} ")).split()[1])


def test_a_full_queue_is_refused_at_once_and_nobody_who_was_let_in_is_lost(tmp_path: Path) -> None:
    with serving(tmp_path, workers=1, waiting=2, waiting_seconds=30) as server, ThreadPoolExecutor(8) as threads:
        began = time.monotonic()
        answers = [threads.submit(check, server.url, b"sleep 1.5 %d" % at) for at in range(8)]
        done = [answer.result() for answer in answers]
        fine = [one for one in done if one.status_code == 200]
        refused = [one for one in done if one.status_code == 503]
        assert (len(fine), len(refused)) == (3, 5)
        assert time.monotonic() - began > 4.4  # one after the other
        for one in refused:
            assert one.elapsed.total_seconds() < 1.0
            assert one.json()["code"] == "server.busy"
            assert int(one.headers["retry-after"]) >= 1
        assert check(server.url, b"again").status_code == 200


def test_who_waits_too_long_is_told(tmp_path: Path) -> None:
    with serving(tmp_path, waiting_seconds=0.3) as server, ThreadPoolExecutor(2) as threads:
        first = threads.submit(check, server.url, b"sleep 1.5")
        until(lambda: metric(server, "running") == 1)
        second = check(server.url, b"b")
        assert (second.status_code, second.json()["code"]) == (503, "server.busy")
        assert first.result().status_code == 200


def test_a_process_killed_in_mid_request_costs_that_request_alone(server: Serving) -> None:
    before = server.workers()
    assert len(before) == 2
    with ThreadPoolExecutor(2) as threads:
        answers = [threads.submit(check, server.url, b"sleep 5 %d" % at) for at in range(2)]
        until(lambda: metric(server, "running") == 2)
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        for answer in answers:
            one = answer.result()
            assert (one.status_code, one.json()["code"]) == (503, "engine.crashed")
            assert one.headers["retry-after"] == "1"
            assert one.elapsed.total_seconds() < 4
    for at in range(4):
        assert check(server.url, b"next %d" % at).status_code == 200
    until(lambda: len(server.workers()) == 2)
    assert not set(server.workers()) & set(before)


def test_a_process_that_dies_idle_is_replaced_unseen(server: Serving) -> None:
    before = server.workers()
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    until(lambda: len(server.workers()) == 2 and not set(server.workers()) & set(before))
    assert {check(server.url, b"idle %d" % at).status_code for at in range(4)} == {200}


def test_a_photo_that_processes_die_of_is_not_tried_for_ever(server: Serving) -> None:
    told = [check(server.url, b"crash of its own") for _ in range(4)]
    assert [one.json()["code"] for one in told] == ["engine.crashed"] * 2 + ["photo.unreadable"] * 2
    assert [one.status_code for one in told] == [503, 503, 422, 422]


def test_the_time_limit_ends_the_work(tmp_path: Path) -> None:
    with serving(tmp_path, photo_seconds=0.5) as server:
        (pid,) = server.workers()
        one = check(server.url, b"hang")
        assert (one.status_code, one.json()["code"]) == (503, "engine.timeout")
        assert one.elapsed.total_seconds() < 3
        assert not Path(f"/proc/{pid}").exists()
        assert check(server.url, b"next").status_code == 200
        post = httpx.post(f"{server.url}/v1/check", files=[("photo", b"hang"), ("photo", b"fine")], timeout=30)
        assert [photo.get("error", {}).get("code") for photo in post.json()["photos"]] == ["engine.timeout", None]
        assert post.json()["verdict"] is None


def test_what_a_library_says_is_told_to_nobody(server: Serving) -> None:
    one = check(server.url, b"raise")
    assert (one.status_code, one.json()["code"]) == (500, "engine.failed")
    assert "library" not in one.text
    assert "ZeroDivision" not in one.text
    post = httpx.post(f"{server.url}/v1/check", files=[("photo", b"broken"), ("photo", b"fine")])
    assert post.json()["photos"][0]["error"]["code"] == "photo.unreadable"


def test_work_that_nobody_waits_for_is_ended(tmp_path: Path) -> None:
    with serving(tmp_path, waiting=4) as server:
        (pid,) = server.workers()
        for photo in (b"hang", b"sleep 9 queued"):
            sent = socket.create_connection(("127.0.0.1", server.port))
            head = "POST /v1/check HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\n"
            sent.sendall(f"{head}Content-Length: {len(photo)}\r\n\r\n".encode() + photo)
            until(lambda: metric(server, "running") == 1)
            time.sleep(0.2)
            sent.close()
        until(lambda: metric(server, "waiting") == 0)
        assert check(server.url, b"next").status_code == 200  # though the first would have hung
        assert not Path(f"/proc/{pid}").exists()
        gone = [line for line in server.lines() if line.get("gone")]
        assert [line["status"] for line in gone] == [499, 499]


@pytest.mark.parametrize("signal_", [signal.SIGTERM, signal.SIGINT])
def test_stopping_finishes_what_was_taken_and_lets_nobody_in(tmp_path: Path, signal_: signal.Signals) -> None:
    with serving(tmp_path, waiting=4) as server, ThreadPoolExecutor(3) as threads:
        taken = [threads.submit(check, server.url, b"sleep 1.5 %d" % at) for at in range(2)]
        # The first, until it runs, waits as well: only both numbers say that two were taken.
        until(lambda: metric(server, "running") == 1 and metric(server, "waiting") == 1)
        server.process.send_signal(signal_)
        time.sleep(0.4)
        with pytest.raises(httpx.ConnectError):
            check(server.url, b"late")
        assert [one.result().status_code for one in taken] == [200, 200]
        assert server.process.wait(20) == 0
        assert server.lines()[-1]["event"] == "server.stopped"


def test_stopping_takes_a_bounded_time(tmp_path: Path) -> None:
    with serving(tmp_path, waiting=4, shutdown_seconds=1) as server, ThreadPoolExecutor(3) as threads:
        pids = server.workers()
        taken = [threads.submit(check, server.url, photo) for photo in (b"hang", b"sleep 9")]
        until(lambda: metric(server, "running") == 1 and metric(server, "waiting") == 1)
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 6
        told = [one.result() for one in taken]
        assert {(one.status_code, one.json()["code"]) for one in told} == {(503, "server.stopping")}
        assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_callers_are_slowed_down_one_by_one(tmp_path: Path) -> None:
    with serving(tmp_path, per_minute=6) as server:
        told = [check(server.url, b"photo %d" % at) for at in range(8)]
        assert [one.status_code for one in told[:6]] == [200] * 6
        assert told[-1].status_code == 429
        assert told[-1].json()["code"] == "rate.limited"
        assert 1 <= int(told[-1].headers["retry-after"]) <= 11
        assert httpx.get(f"{server.url}/healthz").status_code == 200


def test_the_same_photo_gets_the_same_answer_from_memory(server: Serving) -> None:
    first = check(server.url, b"same photo")
    again = check(server.url, b"same photo")
    assert "fotonetral-remembered" not in first.headers
    assert again.headers["fotonetral-remembered"] == "true"
    assert again.content == first.content
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    for other in ({"region": "34"}, {"language": "en"}, {"annotated": "true"}, {"date": "2028-01-01"}):
        one = check(server.url, b"same photo", params=other)
        assert one.status_code == 200
        assert "fotonetral-remembered" not in one.headers, other
    failed = [check(server.url, b"broken photo") for _ in range(2)]
    assert {one.status_code for one in failed} == {422}


def test_photos_of_a_post_keep_their_order(server: Serving) -> None:
    photos = [b"sleep 0.6 first", b"second", b"sleep 0.1 third"]
    files = [("photo", (f"{at}.jpg", photo)) for at, photo in enumerate(photos)]
    told = httpx.post(f"{server.url}/v1/check", params={"names": "true"}, files=files).json()
    assert told["schema"] == "fotonetral.post/1"
    assert [photo["photo"]["name"] for photo in told["photos"]] == ["0.jpg", "1.jpg", "2.jpg"]
    assert len({photo["pid"] for photo in told["photos"]}) == 2  # side by side


def test_many_clients_at_once_all_get_an_answer(server: Serving) -> None:
    async def ask() -> list[int]:
        limits = httpx.Limits(max_connections=100)
        async with httpx.AsyncClient(timeout=60, limits=limits) as client:
            wishes = [
                client.post(f"{server.url}/v1/check", content=b"sleep 0.01 %d" % at, headers=RAW) for at in range(200)
            ]
            return [one.status_code for one in await asyncio.gather(*wishes)]

    told = asyncio.run(ask())
    assert set(told) <= {200, 503}
    assert told.count(200) >= 18  # two at work, sixteen in the queue, and whoever came after
    until(lambda: metric(server, "waiting") == 0 and metric(server, "held_bytes") == 0)


def test_threads_do_not_grow(server: Serving) -> None:
    before = len(list(Path(f"/proc/{server.process.pid}/task").iterdir()))
    with ThreadPoolExecutor(10) as threads:
        list(threads.map(lambda at: check(server.url, b"thread %d" % at), range(60)))
    assert len(list(Path(f"/proc/{server.process.pid}/task").iterdir())) <= before + 40
    assert threading.active_count() < 100

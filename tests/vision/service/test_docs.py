"""What docs/service.md tells people to type, typed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.vision.service.serving import ROOT, Serving, serving
from vision.service.callers.keys import KeyRole, KeyStore

DOCS = (ROOT / "docs" / "service.md").read_text("utf-8")
CURL = [
    line
    for line in re.search(r"## With curl\n.*?```sh\n(.*?)```", DOCS, re.S)[1].splitlines()
    if line.startswith("curl ")
]

pytestmark = [pytest.mark.slow, pytest.mark.skipif(shutil.which("curl") is None, reason="no curl")]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("docs")


@pytest.fixture(scope="module")
def documented(place: Path) -> Iterator[Serving]:
    gallery = str(place / "gallery.db")
    with serving(place, real=True, gallery=gallery, create_gallery=True, open_to="nobody") as one:
        yield one


@pytest.fixture(scope="module")
def key(place: Path) -> str:
    return KeyStore(place / "keys.db").create_key("docs", KeyRole.MANAGE)[1]


@pytest.mark.parametrize("at", range(len(CURL)))
def test_curl(documented: Serving, place: Path, key: str, at: int) -> None:
    environment = {**os.environ, "URL": documented.url, "KEY": key, "OUT": str(place)}
    done = subprocess.run(
        ["bash", "-c", CURL[at]], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_pictures_came(place: Path, documented: Serving) -> None:
    for name in ("marked.jpg", "ready.jpg"):
        assert (place / name).read_bytes().startswith(b"\xff\xd8\xff")


def test_without_a_key_curl_says_why(documented: Serving) -> None:
    command = ["curl", "-sS", "--fail-with-body", f"{documented.url}/v1/policies"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 22
    assert "auth.missing" in done.stdout


def test_links_within_the_page() -> None:
    headings = {
        re.sub(r"[^a-z0-9 -]", "", line.strip("# ").lower()).replace(" ", "-")
        for line in DOCS.splitlines()
        if line.startswith("#")
    }
    for target in re.findall(r"\]\(#([a-z0-9-]+)\)", DOCS):
        assert target in headings, target
    for file in ("fotonetral.service", "Containerfile", "nginx.conf", "Caddyfile"):
        assert (ROOT / "docs" / "service" / file).is_file()

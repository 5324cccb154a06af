"""Servers that several tests of a module share."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from serving import Serving, serving


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """Give a server whose processes do as the photo says, open to this machine."""
    with serving(tmp_path_factory.mktemp("server"), workers=2, per_minute=100_000) as one:
        yield one


@pytest.fixture
def client(server: Serving) -> Iterator[httpx.Client]:
    """Give a client of that server."""
    with server.client() as one:
        yield one

"""Servers and pages that several modules of tests share."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.browser import PHONE, Watched, page_in
from tests.vision.service.serving import Serving, serving
from tests.vision.service.web_pages import TOUCH, open_page


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


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    """Give a page on a phone; nothing may go wrong on it unnoticed."""
    with page_in(browser, PHONE, **TOUCH) as one:
        yield one
        assert one.complaints == []


@pytest.fixture
def page(watched: Watched, server: Serving) -> Page:
    """Give the staff page of the module's server, on that phone."""
    return open_page(watched, server.url)

"""A browser for tests of pages that people see: Chromium driven by Playwright. Without one the tests skip visibly.

Use `launch` in a fixture of one module, never of the session: Playwright keeps an event loop in the thread, and tests
that start one of their own fail while it runs.

    @pytest.fixture(scope="module")
    def browser() -> Iterator[Browser]:
        with launch() as browser:
            yield browser
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
FLAGS = (
    "--no-sandbox",  # tests may run as root, in a container
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
    # Pages are told to be still: what moves would make a picture of the page differ from run to run.
    "--force-prefers-reduced-motion",
)
PHONE: ViewportSize = {"width": 360, "height": 740}
DESKTOP: ViewportSize = {"width": 1366, "height": 900}


def found() -> str | None:
    """Return the path of the browser that is installed, else of the one that Playwright fetched, else None."""
    installed = next((path for path in map(shutil.which, NAMES) if path), None)
    if installed is not None:
        return installed
    with sync_playwright() as playwright:
        fetched = playwright.chromium.executable_path
    return fetched if Path(fetched).is_file() else None


def executable() -> str:
    """Return the path of the browser, or skip the test."""
    path = found()
    if path is None:
        pytest.skip(f"no Chromium on this machine (looked for {', '.join(NAMES)})")
    return path


@contextmanager
def launch(*flags: str) -> Iterator[Browser]:
    """Start the browser without a window, with `flags` besides the usual ones; closed at the end of the block."""
    path = executable()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watched:
    """A page, and everything that went wrong on it: console errors and warnings, exceptions, CSP, failed requests."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    """Addresses that the page asked for, itself first; `data:` and `blob:` are no requests."""

    def __post_init__(self) -> None:
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"exception: {error}"))
        self.page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url[:200]}"))
        self.page.on("request", lambda request: self._note_request(request.url))
        # Told to the console as well, but a page that listens may keep it from there.
        self.page.add_init_script(
            "addEventListener('securitypolicyviolation', "
            "event => console.error('CSP: ' + event.violatedDirective + ' ' + event.blockedURI))"
        )

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def _note_request(self, url: str) -> None:
        if not url.startswith(("data:", "blob:")):
            self.requests.append(url)


@contextmanager
def page_in(browser: Browser, viewport: ViewportSize, **context: Any) -> Iterator[Watched]:
    """Give a new page of its own context (`locale`, `color_scheme`, `has_touch`… as Playwright has them), watched."""
    own: BrowserContext = browser.new_context(viewport=viewport, **context)
    try:
        yield Watched(own.new_page())
    finally:
        own.close()


def serious_problems(page: Page) -> list[str]:
    """Return what axe-core finds wrong for people with disabilities, serious or critical: rule, impact, elements."""
    found = Axe().run(page, options={"resultTypes": ["violations"], "preload": False}).response["violations"]
    return [
        f"{problem['id']} ({problem['impact']}): " + "; ".join(str(node["target"]) for node in problem["nodes"][:5])
        for problem in found
        if problem["impact"] in ("serious", "critical")
    ]


def overflow_px(page: Page) -> int:
    """Return by how many pixels the page is wider than the window: 0 where nobody must scroll sideways."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))

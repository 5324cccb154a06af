"""The staff page when things go wrong, and for everybody: keyboard, small windows, slow networks, print."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, ViewportSize, expect

from tests.browser import DESKTOP, PHONE, Watched, launch, overflow_px, page_in, serious_problems
from tests.vision.service.serving import Serving, serving
from tests.vision.service.web_pages import (
    CLEAR,
    FLAGGED,
    NOTHING,
    PAIR,
    SIGN,
    STILL,
    THUMB,
    TOUCH,
    TRUNCATED,
    answered,
    choose,
    forgive,
    open_page,
    sample_service,
)
from vision.service.callers.keys import KeyRole, KeyStore

pytestmark = pytest.mark.slow

BUSY = '{"code": "server.busy", "title": "Penuh", "detail": "Layanan sedang penuh.", "status": 503, "request_id": "1"}'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with sample_service(tmp_path_factory.mktemp("web")) as one:
        yield one


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launch() as one:
        yield one


# What goes wrong ----------------------------------------------------------------------------------------------------


def test_a_broken_photo_is_no_clear_one(page: Page, watched: Watched) -> None:
    choose(page, [TRUNCATED])
    assert answered(page) == "Foto tidak dapat diperiksa"
    assert page.locator(".banner.is-error").is_visible()
    assert "terpotong" in page.inner_text("#answer .step")
    assert "tidak berarti aman" in page.inner_text("#answer .step")
    page.click("text=Pilih foto lain")
    assert page.locator("#start").is_visible()
    forgive(watched, "422")


def test_a_full_service_is_asked_again(page: Page, watched: Watched) -> None:
    full = 2

    def answer(route: Route) -> None:
        nonlocal full
        full -= 1
        if full < 0:
            route.continue_()
        else:
            headers = {"Retry-After": "2" if full else "600"}
            route.fulfill(status=503, headers=headers, content_type="application/problem+json", body=BUSY)

    page.route("**/v1/check*", answer)
    choose(page, [SIGN], wait=False)
    expect(page.locator("#busy .message")).to_contain_text("Layanan sedang penuh.")
    # After two seconds by itself; then in ten minutes, unless somebody presses the button.
    expect(page.locator("#busy .message")).to_contain_text("600 detik")
    assert serious_problems(page) == []
    page.click("text=Coba sekarang")
    assert answered(page) == FLAGGED
    forgive(watched, "503")


def test_the_photo_waits_for_the_connection(page: Page, watched: Watched) -> None:
    page.context.set_offline(True)
    choose(page, [SIGN], wait=False)
    expect(page.locator("#busy .message")).to_contain_text("Sambungan terputus")
    page.context.set_offline(False)
    assert answered(page) == FLAGGED
    forgive(watched, "ERR_INTERNET_DISCONNECTED", "failed:")


def test_an_upload_that_breaks_off_is_sent_again(page: Page, watched: Watched) -> None:
    breaks = 1

    def answer(route: Route) -> None:
        nonlocal breaks
        breaks -= 1
        if breaks < 0:
            route.continue_()
        else:
            route.abort("connectionreset")

    page.route("**/v1/check*", answer)
    choose(page, [SIGN], wait=False)
    expect(page.locator("#busy .message")).to_contain_text("Kiriman terputus")
    assert answered(page) == FLAGGED
    forgive(watched, "ERR_CONNECTION_RESET", "failed:")


def test_a_service_that_is_gone_is_said_to_be(page: Page, watched: Watched) -> None:
    page.route("**/v1/**", lambda route: route.abort("connectionrefused"))
    choose(page, [SIGN])
    assert answered(page) == "Foto belum diperiksa"
    assert "tidak dapat dihubungi" in page.inner_text("#answer .step")
    forgive(watched, "ERR_CONNECTION_REFUSED", "failed:")


def test_the_check_can_be_given_up(page: Page, watched: Watched) -> None:
    page.route("**/v1/check*", lambda route: None)
    choose(page, [SIGN], wait=False)
    page.click("#cancel")
    assert page.locator("#start").is_visible()
    forgive(watched, "failed:")


@pytest.mark.parametrize("body", ["<html>proxy", '{"strange": true}', "[]"])
def test_an_answer_that_is_none_is_an_error(page: Page, watched: Watched, body: str) -> None:
    page.route("**/v1/check*", lambda route: route.fulfill(status=502, body=body, content_type="text/html"))
    choose(page, [SIGN])
    assert answered(page) == "Foto belum diperiksa"
    page.unroute("**/v1/check*")
    page.get_by_role("button", name="Coba lagi").click()
    expect(page.locator("#answer .headline")).to_have_text(FLAGGED)
    forgive(watched, "502")


@dataclass(frozen=True)
class Closed:
    """A server that lets nobody in without a code or key; its processes do as the photo says."""

    serving: Serving
    code: str
    key: str

    def occupy(self, seconds: float) -> int:
        """Have a process busy for that long; return the answer's status."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/octet-stream"}
        with self.serving.client(headers=headers) as client:
            return client.post("/v1/check", content=f"sleep {seconds} ").status_code


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Closed]:
    store = KeyStore(tmp_path / "keys.db")
    code = store.create_code("humas", KeyRole.CHECK, minutes=5, uses=9)[1]
    key = store.create_key("cms", KeyRole.CHECK)[1]
    with serving(tmp_path, open_to="nobody") as one:
        yield Closed(one, code, key)


def test_a_code_lets_in_and_the_photo_waits_meanwhile(browser: Browser, closed: Closed) -> None:
    with page_in(browser, PHONE, **STILL) as watched:
        page = open_page(watched, closed.serving.url)
        assert page.evaluate("document.activeElement.id") == "code"
        assert serious_problems(page) == []
        page.fill("#code", "XXXX-XXXX")
        page.keyboard.press("Enter")
        expect(page.locator("#login [role=alert]")).to_contain_text("Kode salah")
        page.fill("#code", closed.code.lower().replace("-", " "))
        page.keyboard.press("Enter")
        page.wait_for_selector("#choose")
        choose(page, [CLEAR])
        assert answered(page) == NOTHING
        # The session ends behind the page's back: the photo is kept until somebody has logged in again.
        page.context.clear_cookies()
        page.click("#another")
        choose(page, [CLEAR], wait=False)
        expect(page.locator("#login")).to_contain_text("Foto Anda masih ada di halaman ini")
        page.fill("#code", closed.code)
        page.keyboard.press("Enter")
        assert answered(page) == NOTHING
        page.click("#leave")
        expect(page.locator("#code")).to_be_visible()
        forgive(watched, "401", "failed:")  # who is not let in may be hung up on before the photo is there
        assert watched.complaints == []


def test_a_login_in_another_tab_is_taken_over(browser: Browser, closed: Closed) -> None:
    with page_in(browser, PHONE, **STILL) as watched:
        page = open_page(watched, closed.serving.url)
        other = open_page(Watched(page.context.new_page()), closed.serving.url)
        for tab in (page, other):
            tab.fill("#code", closed.code)
            tab.keyboard.press("Enter")
            tab.wait_for_selector("#choose")
        choose(page, [CLEAR])
        assert answered(page) == NOTHING
        forgive(watched, "403")
        assert watched.complaints == []


def test_an_answer_from_before_the_login_takes_nobody_out(browser: Browser, closed: Closed) -> None:
    """How many wait is asked for while a photo is checked; the answer may come after the next login."""
    late: list[Route] = []
    is_checked = False
    nobody = {"role": None, "login": None, "csrf": None, "waiting": 0}
    with page_in(browser, PHONE, **STILL) as watched, ThreadPoolExecutor() as pool:
        page = open_page(watched, closed.serving.url)
        page.fill("#code", closed.code)
        page.keyboard.press("Enter")
        page.wait_for_selector("#choose")
        other = pool.submit(closed.occupy, 6.1)
        page.wait_for_timeout(500)  # it is under way before the photo comes
        page.route("**/v1/session*", lambda route: route.continue_() if is_checked else late.append(route))
        choose(page, [CLEAR])
        assert answered(page) == NOTHING
        assert other.result() == 200
        assert late
        is_checked = True
        page.context.clear_cookies()
        page.click("#another")
        choose(page, [CLEAR], wait=False)
        page.fill("#code", closed.code)
        page.keyboard.press("Enter")
        assert answered(page) == NOTHING
        for question in late:
            question.fulfill(json=nobody)
        page.click("#leave")
        expect(page.locator("#code")).to_be_visible()
        forgive(watched, "401", "failed:")
        assert watched.complaints == []


def test_waiting_in_line_is_told(browser: Browser, closed: Closed) -> None:
    """While other photos are checked, the page says that this one waits, and how many do."""
    with page_in(browser, PHONE, **STILL) as watched, ThreadPoolExecutor() as pool:
        page = open_page(watched, closed.serving.url)
        page.fill("#code", closed.code)
        page.keyboard.press("Enter")
        page.wait_for_selector("#choose")
        others = [pool.submit(closed.occupy, 7.1)]
        page.wait_for_timeout(500)  # the long one is under way before the short one comes
        others.append(pool.submit(closed.occupy, 0.1))
        page.wait_for_timeout(200)
        choose(page, [CLEAR], wait=False)
        expect(page.locator("#busy .busy-note")).to_contain_text("2 permintaan dalam antrean")
        assert answered(page) == NOTHING
        assert [one.result() for one in others] == [200, 200]
        assert watched.complaints == []


# For everybody ------------------------------------------------------------------------------------------------------


def test_without_a_mouse(browser: Browser, server: Serving) -> None:
    with page_in(browser, DESKTOP, **STILL) as watched:
        # Listening from the start: the browser hears of it some time after the call, and a key is pressed at once.
        watched.page.on("filechooser", lambda chooser: chooser.set_files(str(PAIR)))
        page = open_page(watched, server.url)

        def press_until(selector: str) -> None:
            for _ in range(40):
                page.keyboard.press("Tab")
                if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                    return
            pytest.fail(f"the keyboard does not reach {selector}")

        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        press_until("#choose")
        page.keyboard.press("Enter")
        answered(page)
        press_until(".tag")
        page.keyboard.press("Enter")
        assert page.locator(".tag[aria-pressed=true]").count() == 1
        press_until("button.reason")
        assert page.evaluate("document.activeElement.ariaPressed") == "true"  # its mark was chosen
        page.keyboard.press("Space")
        assert page.locator(".tag[aria-pressed=true]").count() == 0
        page.keyboard.press("Space")
        assert page.locator("button.reason[aria-pressed=true]").count() == 1
        press_until("#another")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "start-title"
        assert watched.complaints == []


@pytest.mark.parametrize(
    ("width", "scheme"),
    [(320, "dark"), (360, "light"), (683, "light"), (1366, "dark")],  # 683: a desktop window at 200%
)
def test_it_fits_and_axe_finds_nothing(browser: Browser, server: Serving, width: int, scheme: str) -> None:
    is_phone = width < 500
    size = ViewportSize(width=width, height=740 if is_phone else 900)
    with page_in(browser, size, color_scheme=scheme, **(TOUCH if is_phone else STILL)) as watched:
        page = open_page(watched, server.url)
        page.locator("details.options summary").click()
        assert (overflow_px(page), serious_problems(page)) == (0, [])
        choose(page, [PAIR])
        page.locator("button.reason").first.click()
        assert (overflow_px(page), serious_problems(page)) == (0, [])
        headline = page.locator("#answer .headline").bounding_box()
        assert headline is not None
        assert headline["y"] < 200
        page.emulate_media(color_scheme="light" if scheme == "dark" else "dark")
        assert serious_problems(page) == []
        assert watched.complaints == []


def test_targets_are_large_enough_for_fingers(page: Page) -> None:
    choose(page, [PAIR])
    small = page.evaluate(
        """() => [...document.querySelectorAll("button, a.button, summary, input")].filter((one) => {
            const { width, height } = one.getBoundingClientRect();
            return width && !one.matches(".tag, .skip") && (width < 40 || height < 40);
        }).map((one) => one.outerHTML.slice(0, 80))"""
    )
    assert small == []
    radius = page.locator(".tag").first.bounding_box()
    assert radius is not None
    assert radius["width"] >= 24


def test_it_works_on_a_slow_network(browser: Browser, server: Serving) -> None:
    """At 3G's pace (400 ms, 750 kbit/s) the page can be used, says how far it is, and answers."""
    with page_in(browser, PHONE, **STILL) as watched:
        tools = watched.page.context.new_cdp_session(watched.page)
        tools.send("Network.enable")
        slow = {"offline": False, "latency": 400, "downloadThroughput": 750 * 125, "uploadThroughput": 750 * 125}
        tools.send("Network.emulateNetworkConditions", slow)
        page = open_page(watched, server.url)
        choose(page, [THUMB], wait=False)
        expect(page.locator("#busy .busy-note")).to_contain_text("kB dari")
        assert answered(page) == FLAGGED
        assert watched.complaints == []


def test_the_printed_answer_holds_what_matters(page: Page) -> None:
    choose(page, [PAIR])
    page.emulate_media(media="print")
    assert page.locator(".banner").is_visible()
    assert page.locator(".stage-photo").is_visible()
    assert page.locator("#answer .step").is_visible()
    assert page.locator(".reasons").is_visible()
    for hidden in (".bar", ".fix", ".actions", ".button"):
        assert not page.locator(hidden).first.is_visible()


def test_everything_comes_from_the_service(browser: Browser, server: Serving) -> None:
    with page_in(browser, PHONE, **STILL) as watched:
        page = open_page(watched, server.url)
        choose(page, [PAIR])
        assert all(request.startswith(server.url) for request in watched.requests)
        names = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
        assert all(name.startswith((server.url, "blob:")) for name in names)
        assert watched.complaints == []

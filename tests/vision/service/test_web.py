"""The staff page against a real server with the real models: photos in, verdict, marks, copy, and what goes wrong."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from browser import DESKTOP, PHONE, Watched, launch, overflow_px, page_in, serious_problems
from PIL import Image
from playwright.sync_api import Browser, Page, Route, ViewportSize, expect
from serving import ROOT, Serving, serving
from web_pages import answered, bring, choose, open_page

from vision.service.keys import KeyStore, Role

PHOTOS = ROOT / "fixtures" / "photos"
CLEAR, SIGN, PAIR, THUMB = (
    PHOTOS / f"{name}.jpg" for name in ("collins_plain", "collins_peace", "pair_sign", "hopper_thumb_up")
)
TRUNCATED, HEIC = ROOT / "fixtures" / "broken" / "truncated.jpg", ROOT / "fixtures" / "formats" / "plain.heic"
FLAGGED, NOTHING = "Sebaiknya jangan diunggah dulu.", "Tidak ditemukan tanda keberpihakan."
"""Headlines, as `vision/rules/messages/id.toml` has them."""
CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
STILL: dict[str, Any] = {"reduced_motion": "reduce"}
TOUCH: dict[str, Any] = STILL | {"has_touch": True, "is_mobile": True}
BUSY = '{"code": "server.busy", "title": "Penuh", "detail": "Layanan sedang penuh.", "status": 503, "request_id": "1"}'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("web")
    table, gallery = ROOT / "fixtures" / "candidates.csv", folder / "gallery.db"
    command = [sys.executable, "-c", "from vision.cli import main; main()"]
    enrol = [*command, "candidates", "import", str(table), "--gallery", str(gallery)]
    subprocess.run(enrol, check=True, capture_output=True, cwd=ROOT)
    with serving(folder, real=True, gallery=str(gallery), per_minute=100_000) as one:
        yield one


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launch(*CAMERA) as one:
        yield one


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    """Give a page on a phone; nothing may go wrong on it unnoticed."""
    with page_in(browser, PHONE, **TOUCH) as one:
        yield one
        assert one.complaints == []


@pytest.fixture
def page(watched: Watched, server: Serving) -> Page:
    return open_page(watched, server.url)


def forgive(watched: Watched, *what: str) -> None:
    """Take what the browser itself says of answers that the test asks for off the complaints."""
    watched.complaints[:] = [one for one in watched.complaints if not any(text in one for text in what)]


def sent_to(server: Serving) -> list[int]:
    """Return the bytes of photos in every check so far, as the server counted them."""
    return [
        line["photo_bytes"] for line in server.lines() if line.get("route") == "/v1/check" and "photo_bytes" in line
    ]


# Photos in ----------------------------------------------------------------------------------------------------------


def test_a_chosen_photo_is_answered(page: Page) -> None:
    choose(page, [CLEAR])
    assert answered(page) == NOTHING
    assert page.locator(".banner.is-clear .sign").is_visible()
    assert page.locator(".stage .tag").count() == 0
    # The verdict takes the focus, and is told to those who do not see it.
    assert page.evaluate("document.activeElement.textContent") == NOTHING
    expect(page.locator("#live")).to_contain_text(NOTHING)


@pytest.mark.parametrize("event", ["drop", "paste"])
def test_photos_are_dropped_and_pasted(page: Page, event: str) -> None:
    bring(page, [SIGN], event)
    assert answered(page) == FLAGGED
    # The next one may come straight onto the answer.
    bring(page, [CLEAR], event)
    expect(page.locator("#answer .headline")).to_have_text(NOTHING)


def test_pasted_text_is_no_photo(page: Page) -> None:
    page.evaluate("document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: new DataTransfer() }))")
    expect(page.locator("#notice")).to_have_text("Tidak ada foto dalam yang ditempel.")


def test_the_live_camera_takes_a_photo(browser: Browser, server: Serving) -> None:
    with page_in(browser, DESKTOP, **STILL) as watched:
        page = open_page(watched, server.url)
        page.click("#shoot")
        expect(page.locator("#camera-take")).to_be_enabled()
        assert page.evaluate("document.getElementById('camera-view').videoWidth") > 0
        assert serious_problems(page) == []
        page.click("#camera-take")
        assert answered(page) == NOTHING
        assert page.evaluate("document.getElementById('camera-view').srcObject") is None
        assert watched.complaints == []


def test_without_a_camera_the_page_says_so(browser: Browser, server: Serving) -> None:
    with page_in(browser, DESKTOP, **STILL) as watched:
        watched.page.add_init_script(
            "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'))"
        )
        page = open_page(watched, server.url)
        page.click("#shoot")
        expect(page.locator("#camera-note")).to_contain_text("Kamera tidak diizinkan")
        page.click("#camera-close")
        assert not page.locator("#camera").is_visible()


def test_a_phone_uses_its_own_camera(page: Page) -> None:
    with page.expect_file_chooser() as chosen:
        page.click("#shoot")
    assert chosen.value.element.get_attribute("capture") == "environment"
    chosen.value.set_files(str(CLEAR))
    assert answered(page) == NOTHING


def test_a_large_photo_is_made_smaller_and_keeps_its_answer(page: Page, server: Serving, tmp_path: Path) -> None:
    large = tmp_path / "besar.jpg"
    with Image.open(PAIR) as picture:
        factor = 4000 / picture.width
        picture.resize((4000, round(picture.height * factor)), Image.Resampling.BICUBIC).save(large, quality=95)
    choose(page, [large])
    assert answered(page) == FLAGGED
    (sent,) = sent_to(server)[-1:]
    assert sent < large.stat().st_size / 2
    assert page.locator(".stage .tag").count() == 2


def test_a_photo_that_the_browser_cannot_show_is_shown_by_the_server(page: Page) -> None:
    choose(page, [HEIC])
    assert answered(page) == NOTHING
    picture = page.locator(".stage-photo")
    assert str(picture.get_attribute("src")).startswith("data:image/jpeg;base64,")
    assert page.evaluate("document.querySelector('.stage-photo').complete")


def test_what_is_no_post_is_refused_before_it_is_sent(page: Page) -> None:
    page.evaluate("window.sent = 0")
    page.on("request", lambda request: page.evaluate("window.sent++") if "/v1/check" in request.url else None)
    choose(page, [CLEAR] * 11, wait=False)
    expect(page.locator("#notice")).to_contain_text("Paling banyak 10 foto")
    page.set_input_files("#files", {"name": "rapat.mp4", "mimeType": "video/mp4", "buffer": b"..."})
    expect(page.locator("#notice")).to_contain_text("adalah video")
    page.locator("details.options summary").click()
    page.fill("#region", "Kulon Progo")
    choose(page, [CLEAR], wait=False)
    expect(page.locator("#notice")).to_contain_text("Kode wilayah tidak dikenali")
    assert page.evaluate("window.sent") == 0


def test_a_group_seen_from_afar_is_sent_in_more_detail(
    browser: Browser, server: Serving, shared: Path, tmp_path: Path
) -> None:
    large = tmp_path / "wisuda.jpg"
    with Image.open(shared / "groups" / "scenes" / "graduation.jpg") as picture:
        size = (4000, round(picture.height * 4000 / picture.width))
        picture.convert("RGB").resize(size, Image.Resampling.BICUBIC).save(large, quality=95)
    with page_in(browser, PHONE, **TOUCH) as watched:
        before = len(sent_to(server))
        page = open_page(watched, server.url)
        choose(page, [large])
        assert answered(page) == FLAGGED
        first, second = sent_to(server)[before:]
        assert second > 1.5 * first
        assert page.locator(".tag").count() > 25
        assert overflow_px(page) == 0
        assert watched.complaints == []


def test_options_go_along(page: Page) -> None:
    page.locator("details.options summary").click()
    expect(page.locator("#policy option")).not_to_have_count(1)
    page.select_option("#policy", "kulon-progo")
    page.fill("#region", "34.01")
    page.fill("#day", "2028-10-01")
    with page.expect_request("**/v1/check*") as sent:
        choose(page, [CLEAR])
    assert re.search(r"policy=kulon-progo&region=34\.01&date=2028-10-01", sent.value.url)
    assert page.locator("text=Di Kulon Progo, foto bersama").is_visible()


# The answer ---------------------------------------------------------------------------------------------------------


def test_marks_and_reasons_point_at_each_other(page: Page) -> None:
    with page.expect_response("**/v1/check*") as heard:
        choose(page, [PAIR])
    told = heard.value.json()
    assert answered(page) == FLAGGED
    tags = page.locator(".stage .tag")
    assert tags.all_inner_texts() == [str(mark["number"]) for mark in told["marks"]] == ["1", "2"]
    assert [tag.get_attribute("aria-label") for tag in tags.all()] == [
        f"Tanda {mark['number']}: {mark['label']}" for mark in told["marks"]
    ]
    # The frame of a mark stands where the box is in the photo, whatever size that has in the window.
    box, stage = told["marks"][0]["box"], page.locator(".stage-window").bounding_box()
    frame = page.locator(".stage-frames rect.frame").first.bounding_box()
    assert stage is not None
    assert frame is not None
    scale = stage["width"] / told["photo"]["width"]
    assert abs(frame["x"] + frame["width"] / 2 - stage["x"] - (box[0] + box[2] / 2) * scale) < 2
    assert abs(frame["y"] + frame["height"] / 2 - stage["y"] - (box[1] + box[3] / 2) * scale) < 2

    reasons = page.locator("button.reason")
    assert reasons.count() == len(told["findings"])
    reasons.nth(1).click()
    assert reasons.nth(1).get_attribute("aria-pressed") == "true"
    assert tags.nth(1).get_attribute("aria-pressed") == "true"
    assert "is-dim" in str(tags.nth(0).get_attribute("class"))
    wide = page.locator(".stage-photo").bounding_box()
    assert wide is not None
    assert wide["width"] > 1.5 * stage["width"]
    # A hand is drawn with its fingers once it is looked at.
    assert page.locator(".bones").count() == 1
    page.click(".stage-whole")
    assert reasons.nth(1).get_attribute("aria-pressed") == "false"
    tags.nth(0).click()
    assert reasons.nth(0).get_attribute("aria-pressed") == "true"
    assert page.locator(".reason[aria-pressed=true]").count() == 1


def test_a_corrected_copy_is_made_shown_and_saved(page: Page) -> None:
    choose(page, [PAIR])
    page.locator(".fix .button.main").click()
    page.wait_for_selector(".fix-pictures")
    assert page.locator(".fix .sign.is-clear").is_visible()
    assert page.locator(".fix figure").count() == 2
    assert "Grace Hopper" in page.inner_text(".fix-text")
    with page.expect_download() as saved:
        page.click("a[download]")
    assert saved.value.suggested_filename == "pair_sign-siap-unggah.jpg"
    with Image.open(saved.value.path()) as copy, Image.open(PAIR) as original:
        assert copy.width < original.width
        assert not copy.getexif()


def test_the_copy_is_shared_where_the_device_can(browser: Browser, server: Serving) -> None:
    with page_in(browser, PHONE, **TOUCH) as watched:
        watched.page.add_init_script(
            "navigator.canShare = () => true; navigator.share = async (what) => { window.shared = what.files[0].name; }"
        )
        page = open_page(watched, server.url)
        choose(page, [SIGN])
        page.locator(".fix .button.main").click()
        page.get_by_role("button", name="Bagikan").click()
        assert page.evaluate("window.shared") == "collins_peace-siap-unggah.jpg"


def test_where_there_is_no_honest_copy_the_page_says_why(page: Page) -> None:
    choose(page, [PHOTOS / "hopper_plain.jpg"])
    page.locator(".fix .button.main").click()
    expect(page.locator(".fix h2")).to_have_text("Tidak ada perbaikan yang jujur")
    assert "pilih foto lain" in page.inner_text(".fix-text")
    assert page.locator(".fix a[download]").count() == 0


def test_several_photos_are_one_post(page: Page, watched: Watched) -> None:
    choose(page, [CLEAR, PAIR, THUMB, TRUNCATED])
    assert answered(page) == FLAGGED
    assert page.inner_text(".banner p") == "Satu unggahan, 4 foto"
    tabs = page.locator(".photo-tab")
    assert [tab.get_attribute("aria-label") for tab in tabs.all()] == [
        f"Foto 1: {NOTHING}",
        f"Foto 2: {FLAGGED}",
        f"Foto 3: {FLAGGED}",
        "Foto 4: Tidak dapat diperiksa.",
    ]
    # The first photo with the post's verdict is shown; the others are one tap away.
    assert page.locator(".photo-tab[aria-pressed=true]").get_attribute("aria-label") == f"Foto 2: {FLAGGED}"
    tabs.nth(3).click()
    assert "terpotong" in page.inner_text(".photo-panel")
    assert page.locator(".stage").count() == 0
    # A reason of the post leads to the marks in the photo it is about.
    page.locator(".chip", has_text="Foto 3").last.click()
    assert page.locator(".photo-tab[aria-pressed=true]").get_attribute("aria-label") == f"Foto 3: {FLAGGED}"
    assert page.locator(".tag[aria-pressed=true]").count() == 1
    assert serious_problems(page) == []


def test_back_leads_to_the_start_and_nothing_is_kept(page: Page, watched: Watched) -> None:
    choose(page, [SIGN])
    url = page.get_attribute(".stage-photo", "src")
    assert str(url).startswith("blob:")
    page.go_back()
    assert page.locator("#start").is_visible()
    assert page.inner_html("#answer") == ""
    kept = "url => new Promise((resolve) => { const image = new Image(); image.onload = () => resolve(true);"
    kept += " image.onerror = () => resolve(false); image.src = url; })"
    assert page.evaluate(kept, url) is False
    forgive(watched, "ERR_FILE_NOT_FOUND", "failed: blob:")
    assert page.evaluate("document.activeElement.id") == "start-title"


def test_the_way_back_is_kept_clear(page: Page) -> None:
    """Neither the skip link nor photos that are refused lose the answer, or the reason."""
    choose(page, [SIGN])
    page.focus(".skip")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert page.locator("#answer .headline").is_visible()
    bring(page, [CLEAR] * 11, "drop")
    expect(page.locator("#notice")).to_contain_text("Paling banyak 10 foto")
    assert page.locator("#start").is_visible()


# Languages ----------------------------------------------------------------------------------------------------------


def test_the_language_is_changed_and_remembered(page: Page, watched: Watched, server: Serving) -> None:
    choose(page, [SIGN])
    page.click("[data-language=en]")
    expect(page.locator("#answer .headline")).to_have_text("Better not to post this yet.")
    assert "Hands" not in page.inner_text(".reasons")
    assert "risk" in page.inner_text(".reasons")
    assert page.get_attribute("html", "lang") == "en"
    page = open_page(watched, server.url)
    assert page.inner_text("h1") == "Check a photo before you post it"
    page.click("[data-language=id]")
    expect(page.locator("h1").first).to_have_text("Periksa foto sebelum diunggah")


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


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Closed]:
    folder = tmp_path_factory.mktemp("closed")
    store = KeyStore(folder / "keys.db")
    code = store.create_code("humas", Role.CHECK, minutes=5, uses=9)[1]
    key = store.create_key("cms", Role.CHECK)[1]
    with serving(folder, open_to="nobody") as one:
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


def test_waiting_in_line_is_told(browser: Browser, closed: Closed) -> None:
    """While other photos are checked, the page says that this one waits, and how many do."""
    headers = {"Authorization": f"Bearer {closed.key}", "Content-Type": "application/octet-stream"}

    def occupy(seconds: float) -> int:
        with closed.serving.client(headers=headers) as client:
            return client.post("/v1/check", content=f"sleep {seconds} ").status_code

    with page_in(browser, PHONE, **STILL) as watched, ThreadPoolExecutor() as pool:
        page = open_page(watched, closed.serving.url)
        page.fill("#code", closed.code)
        page.keyboard.press("Enter")
        page.wait_for_selector("#choose")
        others = [pool.submit(occupy, seconds) for seconds in (3.1, 0.1)]
        page.wait_for_timeout(200)
        choose(page, [CLEAR], wait=False)
        expect(page.locator("#busy .busy-note")).to_contain_text("2 permintaan dalam antrean")
        assert answered(page) == NOTHING
        assert [one.result() for one in others] == [200, 200]
        assert watched.complaints == []


# For everybody ------------------------------------------------------------------------------------------------------


def test_without_a_mouse(browser: Browser, server: Serving) -> None:
    with page_in(browser, DESKTOP, **STILL) as watched:
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
        with page.expect_file_chooser() as chosen:
            page.keyboard.press("Enter")
        chosen.value.set_files(str(PAIR))
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

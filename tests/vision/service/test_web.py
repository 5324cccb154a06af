"""The staff page against a real server with the real models: photos in, verdict, marks, copy, language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser import DESKTOP, PHONE, Watched, launch, overflow_px, page_in, serious_problems
from tests.vision.service.serving import ROOT, Serving
from tests.vision.service.web_pages import (
    CLEAR,
    FLAGGED,
    NOTHING,
    PAIR,
    PHOTOS,
    SIGN,
    STILL,
    THUMB,
    TOUCH,
    TRUNCATED,
    answered,
    bring,
    choose,
    forgive,
    open_page,
    sample_service,
)

pytestmark = pytest.mark.slow

HEIC = ROOT / "fixtures" / "formats" / "plain.heic"
CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with sample_service(tmp_path_factory.mktemp("web")) as one:
        yield one


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launch(*CAMERA) as one:
        yield one


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
    page.fill("#region", "340.1")
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

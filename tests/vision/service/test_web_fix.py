"""What the page shows of a mended photo: no tick while raised hands remain that nobody could name."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser import PHONE, launch, page_in, serious_problems
from tests.vision.service.web_pages import EMPTY, run, with_modules

pytestmark = pytest.mark.slow

SHOW = """
const { startLanguage } = await import("/web/js/language.js");
document.body.innerHTML = '<main id="place"></main><p id="live" class="sr" role="status"></p>';
await startLanguage({ id: () => import("/web/js/words-id.js"), en: () => import("/web/js/words-en.js") });
for (const name of ["base", "staff"]) {
  const link = document.createElement("link");
  Object.assign(link, { rel: "stylesheet", href: `/web/${name}.css` });
  document.head.append(link);
  await new Promise((done) => (link.onload = done));
}
const photo = { file: new File([], "foto.jpg"), url: "", sent: { width: 0 } };
const panel = new it.FixPanel({ photo, options: {} });
document.getElementById("place").append(panel.element);
panel.tell(given.told, "auto");
"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with launch() as browser, page_in(browser, PHONE) as watched:
        yield with_modules(watched.page)
        assert watched.complaints == []


def mended(raised_unnamed: int, verdict: str = "clear") -> dict[str, Any]:
    buffer = io.BytesIO()
    Image.new("RGB", (80, 60), (90, 120, 150)).save(buffer, "JPEG")
    data = b64encode(buffer.getvalue()).decode()
    return {
        "after": {"verdict": verdict},
        "raised_unnamed": raised_unnamed,
        "details": ["Ditutup: tangan (tengah foto)."],
        "next_step": "Lihat hasilnya.",
        "copy": {"media_type": "image/jpeg", "width": 80, "height": 60, "data": data},
    }


def show(page: Page, told: dict[str, Any]) -> None:
    page.goto(EMPTY)
    run(page, "fix.js", SHOW, {"told": told})


@pytest.mark.parametrize("count", [1, 3])
def test_no_tick_while_a_raised_hand_could_not_be_named(page: Page, count: int) -> None:
    show(page, mended(count))
    assert page.locator(".sign.is-clear, .is-after.is-clear").count() == 0
    assert page.locator(".fix .sign.is-review").is_visible()
    assert page.inner_text(".fix-look") == f"Lihat sendiri: {count} tangan terangkat tidak dapat dikenali posenya."
    assert serious_problems(page) == []


def test_a_tick_when_none_is_left(page: Page) -> None:
    show(page, mended(0))
    assert page.locator(".fix .sign.is-clear").is_visible()
    assert page.locator(".fix-look").count() == 0


def test_a_copy_with_a_finding_is_as_before(page: Page) -> None:
    show(page, mended(2, "review"))
    assert page.locator(".fix .sign.is-review").is_visible()
    assert "Belum tanpa tanda" in page.inner_text(".is-after figcaption")

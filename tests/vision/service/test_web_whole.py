"""The web page sends as it is what a copy from a canvas would make look like one whole, still photo."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser import PHONE, launch, page_in
from tests.vision.service.serving import Serving
from tests.vision.service.web_pages import (
    CLEAR,
    NOTHING,
    TOUCH,
    answered,
    choose,
    open_page,
    run,
    sample_service,
    shrunk,
    with_modules,
)

pytestmark = pytest.mark.slow

LARGE = (4400, 60)
LOOK = "Mohon dilihat lagi sebelum diunggah."


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launch() as one:
        yield one


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with page_in(browser, PHONE) as watched:
        yield with_modules(watched.page)
        assert watched.complaints == []


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with sample_service(tmp_path_factory.mktemp("web")) as one:
        yield one


def saved(kind: str, size_wh: tuple[int, int] = LARGE, *, pictures: int = 1, **options: Any) -> bytes:
    """Return pictures of soft colours in one file, each of them different."""
    rows = np.linspace(0, 200, size_wh[0] * size_wh[1] * 3).reshape(size_wh[1], size_wh[0], 3)
    images = [Image.fromarray((rows + 20 * n).astype(np.uint8)) for n in range(pictures)]
    buffer = io.BytesIO()
    more = {"save_all": True, "append_images": images[1:]} if pictures > 1 else {}
    images[0].save(buffer, kind, **more, **options)
    return buffer.getvalue()


def jpeg_with(segment: bytes = b"", behind: bytes = b"") -> bytes:
    photo = saved("JPEG")
    part = b"\xff\xe2" + (len(segment) + 2).to_bytes(2) + segment if segment else b""
    return photo[:2] + part + photo[2:] + behind


def video(before: bytes = b"") -> bytes:
    body = b"mp42" + bytes(4) + b"isom"
    return struct.pack(">I4s", 8 + len(body), b"ftyp") + body + before


STAY: dict[str, Callable[[], tuple[str, bytes]]] = {
    "an animated GIF": lambda: ("image/gif", saved("GIF", pictures=3)),
    "an animated PNG": lambda: ("image/png", saved("PNG", pictures=3)),
    "an animated WebP": lambda: ("image/webp", saved("WEBP", pictures=3)),
    "an AVIF with several pictures": lambda: ("image/avif", saved("AVIF", pictures=2)),
    "pages of a TIFF": lambda: ("image/tiff", saved("TIFF", pictures=2)),
    "a JPEG with an index of photos": lambda: ("image/jpeg", jpeg_with(b"MPF\0II*\0" + bytes(40))),
    "a motion photo": lambda: ("image/jpeg", jpeg_with(behind=video())),
    # What looks like the marker of a scan in a video's data must not make the photo look cut off.
    "a motion photo with any data": lambda: ("image/jpeg", jpeg_with(behind=video(b"\xff\xda" * 9))),
    "a JPEG with much behind its end": lambda: ("image/jpeg", jpeg_with(behind=bytes(100_000))),
    "a JPEG that is cut off": lambda: ("image/jpeg", jpeg_with()[:-500]),
    "a JPEG filled up with zeros": lambda: ("image/jpeg", jpeg_with()[:-500] + bytes(500)),
    "a PNG that is cut off": lambda: ("image/png", saved("PNG")[:-500]),
    "a WebP that is cut off": lambda: ("image/webp", saved("WEBP")[:-500]),
}


@pytest.mark.parametrize("name", STAY)
@pytest.mark.parametrize("is_named", [True, False], ids=["", "of no type"])
def test_what_may_hold_more_goes_out_as_it_is(page: Page, name: str, is_named: bool) -> None:
    kind, data = STAY[name]()
    _, sent = shrunk(page, data, kind if is_named else "application/octet-stream")
    assert sent == data


@pytest.mark.parametrize("name", ["an animated GIF", "an animated PNG", "an animated WebP", "a motion photo"])
def test_what_goes_out_as_it_is_is_told_in_its_own_size(page: Page, name: str) -> None:
    kind, data = STAY[name]()
    size, _ = shrunk(page, data, kind)
    assert size == {"width": LARGE[0], "height": LARGE[1], "full": LARGE[0]}


@pytest.mark.parametrize("name", [name for name in STAY if "cut off" in name or "zeros" in name])
def test_half_a_photo_is_not_shown(page: Page, name: str) -> None:
    kind, data = STAY[name]()
    size, _ = shrunk(page, data, kind)
    assert size["width"] == 0


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "BMP"])
def test_still_photos_are_made_smaller(page: Page, kind: str) -> None:
    size, sent = shrunk(page, saved(kind), f"image/{kind.lower()}")
    assert (size["width"], size["full"]) == (2200, 4400)
    assert sent.startswith(b"\xff\xd8")


def test_a_still_photo_with_a_phones_short_notes_behind_it_is_made_smaller(page: Page) -> None:
    size, _ = shrunk(page, jpeg_with(behind=b"Image_UTC_Data1764500000" + bytes(200) + b"SEFT"))
    assert size["width"] == 2200


def test_no_file_breaks_the_look_at_it(page: Page, fixtures: Path) -> None:
    starts = [STAY[name]()[1][:length] for name in STAY for length in (0, 1, 9, 13, 30)]
    files = [list(data) for data in starts] + [list((fixtures / "formats" / "plain.heic").read_bytes()[:200])]
    told = run(page, "whole.js", "return given.map((one) => it.mustStayWhole(new Uint8Array(one)));", files)
    assert all(isinstance(one, bool) for one in told)
    assert told[-1] is True


def test_the_place_in_the_video_of_a_motion_photo_is_blanked(page: Page) -> None:
    place = b"\xa9xyz\x00\x12\x15\xc7+07.8012+110.3645/"
    data = jpeg_with(behind=video(place))
    _, sent = shrunk(page, data)
    assert len(sent) == len(data)
    assert b"07.80" not in sent
    assert b"110.36" not in sent
    assert b"+00.0000+000.0000/" in sent


@pytest.mark.parametrize("kind", ["animation", "motion photo"])
def test_what_was_not_looked_at_is_not_clear(browser: Browser, server: Serving, tmp_path: Path, kind: str) -> None:
    """The photo itself is clear; what else the file holds is told by the server, which has to get it."""
    file = tmp_path / "foto.jpg"
    if kind == "animation":
        with Image.open(CLEAR) as photo:
            frames = [photo.convert("RGB"), photo.convert("RGB").rotate(5)]
        file = tmp_path / "foto.webp"
        frames[0].save(file, save_all=True, append_images=frames[1:], duration=200, quality=90)
    else:
        file.write_bytes(CLEAR.read_bytes() + video())
    with page_in(browser, PHONE, **TOUCH) as watched:
        one = open_page(watched, server.url)
        choose(one, [file])
        assert answered(one) == LOOK
        assert one.locator(".banner.is-clear").count() == 0
        assert one.locator(".stage-photo").count() == 1
        choose_another = one.locator("#another")
        expect(choose_another).to_be_visible()
        assert watched.complaints == []


def test_a_photo_that_cannot_be_proved_whole_is_refused_with_its_reason(
    browser: Browser, server: Serving, tmp_path: Path
) -> None:
    file = tmp_path / "foto.jpg"
    data = CLEAR.read_bytes()
    file.write_bytes(data[: len(data) // 2] + bytes(len(data) // 2))
    with page_in(browser, PHONE, **TOUCH) as watched:
        one = open_page(watched, server.url)
        choose(one, [file])
        assert answered(one) != NOTHING
        expect(one.locator("#answer .banner.is-error")).to_be_visible()


def test_the_usual_message_for_a_file_that_is_too_large(browser: Browser, server: Serving, tmp_path: Path) -> None:
    file = tmp_path / "foto.jpg"
    file.write_bytes(CLEAR.read_bytes() + video(bytes(33 * 2**20)))
    with page_in(browser, PHONE, **TOUCH) as watched:
        one = open_page(watched, server.url)
        choose(one, [file], wait=False)
        # 33 MB are read and looked through first.
        said = "«foto.jpg» terlalu besar: paling banyak 32 MB."
        expect(one.locator("#notice")).to_have_text(said, timeout=60_000)

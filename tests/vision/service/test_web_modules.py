"""The web page's modules alone: the copy that is sent, the words, the numbers over the photo."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser import DESKTOP, launch, page_in
from tests.vision.service.web_pages import run, shrunk, with_modules
from vision import checker
from vision.media import photo
from vision.media.photo import decode_full, open_photo
from vision.report.marks import ranges
from vision.rules import Verdict, headline
from vision.service.http.pages import WEB

pytestmark = pytest.mark.slow

TAKEN = "2026:09:30 16:45:01"
GPS_TAG, EXIF_TAG = 0x8825, 0x8769


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with launch() as browser, page_in(browser, DESKTOP) as watched:
        yield with_modules(watched.page)
        assert watched.complaints == []


def a_photo(
    size_wh: tuple[int, int], kind: str = "JPEG", *, exif: Image.Exif | None = None, quality: int = 90
) -> bytes:
    """Return a smooth picture: a copy of it can be compared pixel by pixel."""
    width, height = size_wh
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    pixels = np.stack([x, y, 255 - x], axis=2).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind, quality=quality, **({} if exif is None else {"exif": exif}))
    return buffer.getvalue()


def with_place() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif.get_ifd(EXIF_TAG)[0x9003] = TAKEN
    place = exif.get_ifd(GPS_TAG)
    place.update({1: "S", 2: (7.0, 48.0, 12.5), 3: "E", 4: (110.0, 21.0, 40.0), 29: "2026:09:30"})
    return exif


@pytest.mark.parametrize(
    ("size_wh", "sent_wh"),
    [
        ((640, 480), (640, 480)),
        ((200, 3998), (200, 3998)),  # just under twice the side: analysed as it is
        ((4000, 300), (2000, 150)),
        ((4608, 346), (2304, 173)),
        ((8000, 600), (2000, 150)),
    ],
)
def test_the_copy_has_the_size_that_is_analysed(page: Page, size_wh: tuple[int, int], sent_wh: tuple[int, int]) -> None:
    size, sent = shrunk(page, a_photo(size_wh))
    assert (size["width"], size["height"], size["full"]) == (*sent_wh, max(size_wh))
    assert open_photo(sent).size_wh == sent_wh
    # Neither the server nor a second look by the checker makes it smaller still.
    assert photo._analysis_wh(sent_wh, photo.ANALYSIS_SIDE) == sent_wh


def test_the_rule_of_sizes_is_the_checkers(page: Page) -> None:
    cases = [
        (w, h, side) for side in (2000, 3000) for w, h in ((1, 1), (3999, 10), (4000, 4000), (6002, 4002), (12000, 9))
    ]
    told = run(page, "shrink.js", "return given.map((one) => it.analysisSize(...one));", cases)
    assert [tuple(one) for one in told] == [photo._analysis_wh((w, h), side) for w, h, side in cases]


def test_the_rule_of_groups_is_the_checkers(page: Page) -> None:
    constants = run(
        page, "shrink.js", "return [it.ANALYSIS_SIDE, it.DETAIL_SIDE, it.GROUP, it.SMALL_FACE_PX, it.WORTHWHILE];"
    )
    own = [photo.ANALYSIS_SIDE, photo.DETAIL_SIDE, checker._GROUP, checker._SMALL_FACE_PX, checker._WORTHWHILE]
    assert constants == own


@pytest.mark.parametrize(
    ("widths", "full", "wanted"),
    [
        ([40, 50, 60, 200], 4000, True),  # the median is under 64
        ([40, 50, 80, 200], 4000, False),
        ([40, 50, 60], 4000, False),  # three people are no group
        ([40, 50, 60, 60], 2500, False),  # there is hardly more to be had
        ([], 4000, False),
    ],
)
def test_small_faces_ask_for_more(page: Page, widths: list[int], full: int, wanted: bool) -> None:
    faces = [{"box": [0, 0, width, width]} for width in widths]
    sent = {"width": 2000, "height": 1500, "full": full}
    told = run(page, "shrink.js", "return it.wantsDetail(given.faces, given.sent);", {"faces": faces, "sent": sent})
    assert told is wanted


@pytest.mark.parametrize("kind", ["image/jpeg", "image/x-unnamed"])  # sent as it is; drawn anew
@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_arrive_upright(page: Page, fixtures: Path, orientation: int, kind: str) -> None:
    original = (fixtures / "exif" / f"orientation_{orientation}.jpg").read_bytes()
    size, sent = shrunk(page, original, kind)
    want, got = decode_full(original), decode_full(sent)
    assert (size["height"], size["width"]) == want.shape[:2]
    assert got.shape == want.shape
    assert np.abs(got.astype(int) - want).mean() < 6


def test_the_copy_looks_like_the_original(page: Page) -> None:
    original = a_photo((4000, 400))
    _, sent = shrunk(page, original)
    want, got = open_photo(original).pixels, open_photo(sent).pixels
    assert np.abs(got.astype(int) - want).mean() < 2


@pytest.mark.parametrize("size_wh", [(600, 400), (4400, 300)], ids=["as it is", "made smaller"])
def test_the_time_goes_along_and_the_place_does_not(page: Page, size_wh: tuple[int, int]) -> None:
    original = a_photo(size_wh, exif=with_place())
    assert Image.open(io.BytesIO(original)).getexif().get_ifd(GPS_TAG)
    _, sent = shrunk(page, original)
    arrived = open_photo(sent)
    assert str(arrived.taken_at) == "2026-09-30 16:45:01"
    assert not Image.open(io.BytesIO(sent)).getexif().get_ifd(GPS_TAG)
    if size_wh[0] < 4000:
        assert len(sent) == len(original)


def test_a_place_written_as_text_is_blanked_too(page: Page) -> None:
    original = a_photo((300, 200))
    packet = b'<x:xmpmeta exif:GPSLatitude="7,48.2345S" exif:GPSLongitude="110,21.6E"/>'
    marked = original[:2] + b"\xff\xe1" + (len(packet) + 2).to_bytes(2) + packet + original[2:]
    _, sent = shrunk(page, marked)
    assert len(sent) == len(marked)
    assert b"7,48" not in sent
    assert b"110,21" not in sent
    assert b'GPSLatitude="0,00.0000S"' in sent


@pytest.mark.parametrize(
    "name", ["formats/plain.heic", "broken/truncated.jpg", "broken/text_as.jpg", "broken/empty.jpg"]
)
def test_what_the_browser_cannot_read_goes_out_as_it_is(page: Page, fixtures: Path, name: str) -> None:
    original = (fixtures / name).read_bytes()
    size, sent = shrunk(page, original, "image/heic" if name.endswith("heic") else "image/jpeg")
    assert size == {"width": 0, "height": 0, "full": 0}
    assert sent == original


def test_a_photo_that_is_cut_off_is_not_drawn_anew(page: Page) -> None:
    whole = a_photo((4400, 300), exif=with_place())
    size, sent = shrunk(page, whole[: len(whole) * 2 // 3])
    assert size["width"] == 0
    assert len(sent) == len(whole) * 2 // 3


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_formats_become_jpegs_with_white_where_nothing_is(page: Page, kind: str) -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (40, 30), (255, 0, 0, 0)).save(buffer, kind)
    _, sent = shrunk(page, buffer.getvalue(), f"image/{kind.lower()}")
    assert open_photo(sent).format == "JPEG"
    assert decode_full(sent).min() >= 250


def words(page: Page, file: str) -> dict[str, str]:
    told: dict[str, str] = run(page, file, "return it.words;")
    return told


@pytest.mark.parametrize("folder", ["", "admin/"])
def test_both_languages_say_the_same_things(page: Page, folder: str) -> None:
    indonesian, english = words(page, f"{folder}words-id.js"), words(page, f"{folder}words-en.js")
    assert indonesian.keys() == english.keys()
    for key, text in indonesian.items():
        assert text.strip() == text
        assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", english[key])), key
    told = " ".join(indonesian.values()).casefold()
    assert "melanggar" not in told
    assert "pelanggaran" not in told


def test_no_word_is_missing_or_idle(page: Page) -> None:
    """Every key that the scripts and pages use has words, and none is left over; some are put together."""
    made = ("busy.", "fix.", "role.", "relation.", "level.", "health.", "people.", "person.", "photos.face.")
    for folder, pages in (("", ("index.html",)), ("admin/", ("admin.html",))):
        known = set(words(page, f"{folder}words-id.js"))
        scripts = [*(WEB / "js").glob("*.js")] if not folder else [*(WEB / "js" / "admin").glob("*.js")]
        text = " ".join(path.read_text("utf-8") for path in scripts if not path.name.startswith("words-"))
        text += " ".join((WEB / name).read_text("utf-8") for name in pages)
        used = set(re.findall(r'\bt\(\s*"([\w.]+)"', text)) | set(
            re.findall(r'data-t(?:-label|-hint)?="([\w.]+)"', text)
        )
        assert used <= known
        own = known if not folder else known - set(words(page, "words-id.js"))
        mentioned = {key for key in own if f'"{key}"' in text}
        assert [key for key in sorted(own - mentioned) if not key.startswith(made)] == []


class Texts(HTMLParser):
    """Collects the text and labels that stand in a page under the keys of the words."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.key: str | None = None

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = dict(attrs)
        self.key = given.get("data-t")
        if "data-t-label" in given:
            self.found.append((given["data-t-label"], given["aria-label"]))

    def handle_data(self, data: str) -> None:
        if self.key:
            self.found.append((self.key, data))
            self.key = None


@pytest.mark.parametrize(("name", "file"), [("index.html", "words-id.js"), ("admin.html", "admin/words-id.js")])
def test_the_pages_say_in_indonesian_what_the_words_say(page: Page, name: str, file: str) -> None:
    reader = Texts()
    source = (WEB / name).read_text("utf-8")
    reader.feed(source)
    known = words(page, file)
    assert len(reader.found) > 5
    assert [(key, text) for key, text in reader.found if known[key] != text] == []
    assert f"<title>{known['title']}</title>" in source
    # The policy of the service's headers allows neither of them.
    assert not re.search(r'\sstyle="|\son\w+="|<style|<script(?![^>]*\ssrc=)', source)


def test_answers_are_explained_in_the_words_of_the_rules(page: Page) -> None:
    for language, file in (("id", "words-id.js"), ("en", "words-en.js")):
        told = words(page, file)
        for verdict in Verdict:
            assert told[f"key.{verdict.value}"] == headline(verdict, language)


def test_numbers_are_written_as_on_the_marked_picture(page: Page) -> None:
    cases = [[1], [1, 2, 3, 7], [2, 4, 5], [1, 2]]
    assert run(page, "dom.js", "return given.map(it.ranges);", cases) == [ranges(one) for one in cases]


def test_tags_stand_in_the_picture_and_on_no_other(page: Page) -> None:
    frames = [[10 + 34 * n, 100, 34 + 34 * n, 130] for n in range(9)] + [[0, 0, 20, 20], [330, 220, 358, 240]]
    centers = run(page, "tags.js", "return it.placeTags(given, 12, [360, 240]);", frames)
    for n, (x, y) in enumerate(centers):
        assert 12 <= x <= 348
        assert 12 <= y <= 228
        assert all(abs(x - a) > 20 or abs(y - b) > 20 for a, b in centers[:n])


def test_the_page_is_small() -> None:
    """Bytes that a phone loads before it can take a photo, uncompressed."""
    own = [WEB / name for name in ("index.html", "base.css", "staff.css", "favicon.svg")]
    scripts = [path for path in (WEB / "js").glob("*.js") if path.name != "words-en.js"]
    assert sum(path.stat().st_size for path in (*own, *scripts)) < 120_000

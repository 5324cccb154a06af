"""The report page of a scan in a browser, on a phone and on a desk: filters, charts, the viewer, decisions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.browser import DESKTOP, PHONE, Watched, launch, overflow_px, page_in, serious_problems
from tests.overview_samples import HOSTILE, facts_of, listed, scan_of_many
from vision.report.listing import Decision, ListedPhoto, Ruling
from vision.report.overview import write_overview

pytestmark = pytest.mark.slow

WIDTHS = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launch() as browser:
        yield browser


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the page of a scan with something of everything."""
    return written(tmp_path_factory.mktemp("report"), scan_of_many())


def written(folder: Path, photos: Sequence[ListedPhoto], **changes: Any) -> Path:
    target = folder / "report.html"
    write_overview(target, facts_of(photos, **changes), lambda: photos, relative_to=folder)
    return target


@contextmanager
def opened(
    browser: Browser, report: Path, size: ViewportSize = DESKTOP, state: str = "", **context: Any
) -> Iterator[Page]:
    """Open the page; at the end nothing may have gone wrong on it, and nothing may have been fetched but itself."""
    with page_in(browser, size, **context) as watched:
        watched.page.goto(report.as_uri() + state)
        expect(watched.page.locator(".status")).not_to_be_empty()
        yield watched.page
        check(watched)


def check(watched: Watched) -> None:
    assert watched.complaints == []
    assert {address.partition("#")[0].rpartition("/")[2] for address in watched.requests} == {"report.html"}
    assert overflow_px(watched.page) == 0


def cards(page: Page) -> Locator:
    return page.locator(".card")


def chart(page: Page, name: str) -> Locator:
    """Give a chart, with the charts open as a phone has them closed."""
    if not page.locator(".facets").evaluate("element => element.open"):
        page.locator(".facets > summary").click()
    return page.locator(f'[data-chart="{name}"]')


@WIDTHS
def test_the_list_shows_the_gravest_first_with_picture_marks_and_reasons(
    browser: Browser, report: Path, size: ViewportSize
) -> None:
    with opened(browser, report, size) as page:
        expect(page.locator(".status")).to_have_text("61 foto. Dilipat menjadi 59 kartu. Ditampilkan 1 sampai 36.")
        expect(cards(page)).to_have_count(36)
        first = cards(page).first
        expect(first.locator("img")).to_have_js_property("complete", True)
        assert first.locator("img").evaluate("image => image.naturalWidth") == 160
        expect(first.locator(".marks .box")).to_have_count(4)
        assert first.locator(".plate").all_text_contents() == ["1", "2", "3", "4"]
        assert [words.rpartition(": ")[2] for words in first.locator(".reasons li").all_text_contents()] == [
            "Budi (2)",
            "dua jari (2)",
            "lima jari (5)",
        ]
        assert first.locator(".reasons .number").first.text_content() == "1Berisiko (tanda 1): "


@WIDTHS
def test_a_bar_of_a_chart_filters_and_lets_go(browser: Browser, report: Path, size: ViewportSize) -> None:
    with opened(browser, report, size) as page:
        bar = chart(page, "kind").get_by_role("button", name="jempol ke bawah")
        bar.click()
        expect(page.locator(".status")).to_have_text("3 foto.")
        expect(bar).to_have_attribute("aria-pressed", "true")
        assert "kind=pose.thumb_down" in page.url
        page.get_by_role("button", name="Lepas saringan jempol ke bawah").click()
        expect(page.locator(".status")).to_contain_text("61 foto.")
        chart(page, "who").get_by_role("button", name="Budi").click()
        expect(page.locator(".status")).to_have_text("5 foto.")
        page.go_back()
        expect(page.locator(".status")).to_contain_text("61 foto.")


def test_months_years_and_folders(browser: Browser, report: Path) -> None:
    with opened(browser, report, DESKTOP) as page:
        months = chart(page, "when")
        months.get_by_role("button", name="Maret 2025").click()
        expect(months.get_by_role("button", name="Maret 2025")).to_have_attribute("aria-label", "Maret 2025: 8 foto")
        expect(page.locator(".status")).to_contain_text("8 foto.")
        months.get_by_role("button", name="2025", exact=True).click()
        assert "when=2025&" in page.url + "&"
        months.get_by_role("button", name="Tanpa tanggal").click()
        expect(page.locator(".status")).to_have_text("3 foto.")
        page.get_by_role("button", name="Lepas saringan Tanpa tanggal").click()
        folders = chart(page, "in")
        # What all have in common is no choice.
        assert folders.locator(".trail button").all_text_contents() == ["Semua", "srv"]
        folders.locator('[data-id="in=/srv/foto"]').click()
        folders.locator('[data-id="in=/srv/foto/2024"]').click()
        expect(page.locator(".status")).to_have_text("3 foto.")
        assert folders.locator(".trail button").all_text_contents() == [
            "Semua",
            "srv",
            "foto",
            "2024",
            "arsip.zip!",
            "dalam",
        ]
        folders.get_by_role("button", name="Semua", exact=True).click()
        expect(page.locator(".status")).to_contain_text("61 foto.")


def test_search_verdict_and_order(browser: Browser, report: Path) -> None:
    with opened(browser, report, PHONE) as page:
        page.get_by_label("Cari", exact=True).fill("IMG_001 rapat")
        expect(page.locator(".status")).to_have_text("10 foto.")
        page.get_by_label("Cari", exact=True).fill("tidak ada itu")
        expect(page.locator(".status")).to_have_text("Tidak ada yang cocok.")
        expect(page.locator(".nothing")).to_contain_text("Lepas salah satu saringan")
        page.get_by_label("Cari", exact=True).fill("")
        page.get_by_role("button", name="Perlu dilihat 3").click()
        expect(cards(page)).to_have_count(3)
        page.get_by_role("button", name="Perlu dilihat 3").click()
        page.get_by_label("Urutan").select_option("name")
        assert cards(page).first.locator(".file").text_content() == "100.jpg"
        page.get_by_label("Urutan").select_option("oldest")
        expect(cards(page).first.locator(".meta")).to_contain_text("3 Januari 2024")
        page.reload()
        expect(page.get_by_label("Urutan")).to_have_value("oldest")


@WIDTHS
def test_copies_unfold_and_fold(browser: Browser, report: Path, size: ViewportSize) -> None:
    with opened(browser, report, size, "#q=mirip") as page:
        expect(cards(page)).to_have_count(1)
        fold = page.get_by_role("button", name="+2 mirip")
        fold.click()
        expect(cards(page)).to_have_count(3)
        close = page.get_by_role("button", name="Tutup 2 mirip")
        expect(close).to_have_attribute("aria-expanded", "true")
        expect(close).to_be_focused()
        close.press("Enter")
        expect(cards(page)).to_have_count(1)
        page.get_by_label("Lipat foto yang mirip").uncheck()
        expect(cards(page)).to_have_count(3)


def test_pages(browser: Browser, report: Path) -> None:
    with opened(browser, report, DESKTOP) as page:
        page.get_by_role("button", name="Berikutnya").click()
        expect(page.locator(".status")).to_contain_text("Ditampilkan 37 sampai 59.")
        expect(page.locator(".pager")).to_contain_text("Halaman 2 dari 2")
        expect(page.get_by_role("heading", name="Foto yang perlu perhatian")).to_be_focused()
        expect(page.get_by_role("button", name="Berikutnya")).to_be_disabled()
        page.get_by_role("button", name="Sebelumnya").click()
        expect(page.locator(".status")).to_contain_text("Ditampilkan 1 sampai 36.")


@WIDTHS
def test_the_viewer_by_keyboard(browser: Browser, report: Path, size: ViewportSize) -> None:
    with opened(browser, report, size) as page:
        opener = cards(page).nth(1).locator(".open")
        opener.focus()
        page.keyboard.press("Enter")
        viewer = page.get_by_role("dialog")
        expect(viewer).to_contain_text("2 dari 59")
        expect(viewer.locator(".large img")).to_have_attribute(
            "alt", "Foto yang diperiksa. Ditandai: 1: Budi (2); 2-3: dua jari (2); 4: lima jari (5)."
        )
        expect(viewer.locator(".findings li")).to_have_count(3)
        expect(viewer.locator(".findings .basis").first).to_contain_text("Dasar: SKB 2/2022")
        page.keyboard.press("ArrowRight")
        expect(viewer).to_contain_text("3 dari 59")
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
        expect(viewer).to_contain_text("1 dari 59")
        page.keyboard.press("ArrowLeft")
        expect(viewer).to_contain_text("1 dari 59")
        page.keyboard.press("m")
        expect(viewer.locator(".marks")).to_be_hidden()
        page.keyboard.press("Escape")
        expect(viewer).to_be_hidden()
        expect(cards(page).first.locator(".open")).to_be_focused()


def test_a_photo_has_an_address_and_back_closes_it(browser: Browser, report: Path) -> None:
    key = scan_of_many()[50].key
    with opened(browser, report, PHONE, f"#view=reported&photo={key[:16]}") as page:
        expect(page.get_by_role("dialog")).to_be_visible()
    with opened(browser, report, PHONE) as page:
        cards(page).first.locator(".open").click()
        page.get_by_role("button", name="Foto berikutnya").click()
        expect(page.get_by_role("dialog")).to_contain_text("2 dari 59")
        page.go_back()
        expect(page.get_by_role("dialog")).to_be_hidden()


def test_swiping_turns(browser: Browser, report: Path) -> None:
    with opened(browser, report, PHONE, has_touch=True, is_mobile=True) as page:
        cards(page).first.locator(".open").tap()
        swipe = """([from, to]) => {
            const stage = document.querySelector(".stage");
            const touch = (x) => new Touch({ identifier: 1, target: stage, clientX: x, clientY: 200 });
            const send = (type, x, touches) =>
              stage.dispatchEvent(new TouchEvent(type, { touches, changedTouches: [touch(x)], bubbles: true }));
            send("touchstart", from, [touch(from)]);
            send("touchend", to, []);
        }"""
        page.evaluate(swipe, [300, 80])
        expect(page.get_by_role("dialog")).to_contain_text("2 dari 59")
        page.evaluate(swipe, [80, 300])
        expect(page.get_by_role("dialog")).to_contain_text("1 dari 59")


def test_links_lead_to_the_originals_and_only_where_there_is_a_file(browser: Browser, tmp_path: Path) -> None:
    odd = tmp_path / "foto #1" / "100% é?.jpg"
    odd.parent.mkdir()
    odd.write_bytes(b"\xff\xd8")
    report = written(tmp_path, [listed(1, places=[str(odd), f"{tmp_path}/lama.zip!/x.jpg"])])
    with opened(browser, report, DESKTOP) as page:
        cards(page).first.locator(".open").click()
        links = page.locator(".place-list a")
        expect(links).to_have_count(1)
        assert links.get_attribute("href") == "foto%20%231/100%25%20%C3%A9%3F.jpg"
        assert links.evaluate("link => link.href") == odd.as_uri()
        assert page.locator(".place-list li").nth(1).text_content() == f"{tmp_path}/lama.zip!/x.jpg"


def test_names_that_are_no_text_link_to_their_bytes(browser: Browser, report: Path) -> None:
    with opened(browser, report, DESKTOP, "#q=aneh") as page:
        cards(page).first.locator(".open").click()
        link = page.locator(".place-list a")
        assert "aneh%3Cb%3E%E9/%3C%2Fscript" not in str(link.get_attribute("href"))
        assert "aneh%3Cb%3E%E9/" in str(link.get_attribute("href"))
        assert page.evaluate("document.scripts.length") == page.locator("script").count()


def test_hostile_names_run_nothing(browser: Browser, report: Path) -> None:
    with opened(browser, report, PHONE) as page:
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        card = cards(page).filter(has_text="alert(1)")
        shown = HOSTILE.rpartition("/")[2].replace("\u2028", "\ufffd").replace("\u202e", "\ufffd")
        expect(card.locator(".file")).to_have_text(shown)
        card.locator(".open").click()
        expect(page.locator(".findings li").first).to_contain_text("Bu </script><script>alert(1)")
        assert page.locator("b").count() == 0


@WIDTHS
def test_decisions_are_kept_and_exported(browser: Browser, report: Path, size: ViewportSize) -> None:
    photos = scan_of_many()
    with opened(browser, report, size) as page:
        expect(page.locator("#progress")).to_have_text("0 dari 61 foto sudah diputuskan")
        cards(page).first.locator(".open").click()
        page.get_by_label("Catatan (boleh kosong)").fill("tangan melambai </script>")
        page.get_by_role("button", name="Keliru").click()
        expect(page.get_by_role("button", name="Keliru")).to_have_attribute("aria-pressed", "true")
        expect(page.get_by_role("button", name="Keliru")).to_be_focused()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("2")
        page.keyboard.press("Escape")
        expect(page.locator("#progress")).to_have_text("2 dari 61 foto sudah diputuskan")
        expect(page.locator(".pending")).to_contain_text("2 keputusan baru di peramban ini, belum disimpan.")
        page.get_by_label("Keputusan", exact=True).select_option("false_alarm")
        expect(cards(page)).to_have_count(1)
        # They are there again when the page is opened again.
        page.reload()
        expect(page.locator("#progress")).to_have_text("2 dari 61 foto sudah diputuskan")
        expect(page.locator(".card .ruling")).to_have_text("Keliru")
        with page.expect_download() as download:
            page.get_by_role("button", name="Simpan berkas keputusan").click()
        assert download.value.suggested_filename.startswith("keputusan-2026-11-27-")
        told = json.loads(Path(download.value.path()).read_text("utf-8"))
        assert told == {
            "schema": "fotonetral.decisions/1",
            "decisions": sorted(
                [
                    {"key": first_keys(photos)[0], "ruling": "false_alarm", "note": "tangan melambai </script>"},
                    {"key": first_keys(photos)[1], "ruling": "handled", "note": ""},
                ],
                key=lambda one: one["key"],
            ),
        }
        expect(page.locator(".pending")).to_contain_text("2 keputusan sudah disimpan sebagai berkas.")


def first_keys(photos: Sequence[ListedPhoto]) -> list[str]:
    """Return the keys of the photos with a candidate in the order of the list: of one day, by name."""
    people = [photo for photo in photos if photo.result.findings and photo.result.findings[0].kind != "pose"]
    return [photo.key for photo in sorted(people, key=lambda photo: photo.places[0])]


def test_a_decision_for_all_that_look_alike_and_taking_it_back(browser: Browser, report: Path) -> None:
    with opened(browser, report, DESKTOP, "#q=mirip") as page:
        cards(page).first.locator(".open").click()
        expect(page.locator(".strip li")).to_have_count(2)
        page.get_by_label("Berlaku juga untuk 2 foto yang mirip").check()
        page.get_by_role("button", name="Benar, sudah dilihat").click()
        expect(page.locator("#progress")).to_have_text("3 dari 61 foto sudah diputuskan")
        page.get_by_role("button", name="Benar, sudah dilihat").click()
        expect(page.locator("#progress")).to_have_text("0 dari 61 foto sudah diputuskan")
        page.get_by_role("button", name="Tutup").click()
        expect(page.locator(".pending")).to_be_hidden()


def test_recorded_decisions_are_shown_and_imported_ones_wait_no_longer(browser: Browser, tmp_path: Path) -> None:
    photo = listed(1)
    report = written(tmp_path, [photo])
    with page_in(browser, DESKTOP) as watched:
        page = watched.page
        page.goto(report.as_uri())
        cards(page).first.locator(".open").click()
        page.keyboard.press("3")
        page.keyboard.press("Escape")
        expect(page.locator(".pending")).to_be_visible()
        ruled = Decision(Ruling.FALSE_ALARM, "", "Sri", datetime(2026, 11, 28))
        written(tmp_path, [replace(photo, decision=ruled)])
        page.reload()
        expect(page.locator(".pending")).to_be_hidden()
        cards(page).first.locator(".open").click()
        expect(page.locator(".recorded")).to_have_text("Tercatat: Keliru (Sri, 28 November 2026)")
        check(watched)


def test_without_storage_the_page_says_so_and_works(browser: Browser, report: Path) -> None:
    with page_in(browser, PHONE) as watched:
        watched.page.add_init_script(
            "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('', 'SecurityError'); } })"
        )
        watched.page.goto(report.as_uri())
        cards(watched.page).first.locator(".open").click()
        watched.page.get_by_role("button", name="Keliru").click()
        watched.page.get_by_role("button", name="Tutup").click()
        expect(watched.page.locator(".pending")).to_contain_text("simpan sebelum halaman ditutup")
        check(watched)


def test_the_sample_asks_what_was_missed(browser: Browser, report: Path) -> None:
    with opened(browser, report, DESKTOP) as page:
        page.get_by_role("link", name="Periksa 5 foto sampel tanpa tanda").click()
        expect(page.get_by_role("heading", name="Sampel foto tanpa tanda")).to_be_focused()
        expect(cards(page)).to_have_count(5)
        cards(page).first.locator(".open").click()
        expect(page.get_by_role("dialog")).to_contain_text("Adakah pose tangan atau wajah calon yang terlewat?")
        page.get_by_role("button", name="Ada tanda yang terlewat").click()
        page.get_by_role("button", name="Tutup").click()
        expect(cards(page).first.locator(".ruling")).to_have_text("Terlewat")


def test_errors_are_a_table_with_reason_and_advice(browser: Browser, report: Path) -> None:
    with opened(browser, report, PHONE) as page:
        page.get_by_role("link", name="Belum diperiksa 4").click()
        row = page.locator(".errors tbody tr").first
        assert row.locator("td").all_text_contents()[:3] == [
            "/srv/foto/rusak/600.jpg",
            "Berkas foto kosong: 0 bita. photo.empty",
            "Salin atau unduh ulang foto dari sumbernya.",
        ]
        page.get_by_label("Keputusan tentang 601.jpg").select_option("handled")
        expect(page.locator(".pending")).to_contain_text("1 keputusan")
        expect(page.get_by_label("Keputusan tentang 601.jpg")).to_have_value("handled")


def test_with_a_baseline_what_is_new_comes_first_and_the_rest_on_demand(browser: Browser, tmp_path: Path) -> None:
    report = written(tmp_path, [listed(1), listed(2, known=True), listed(3, known=True)], baseline="2026-10")
    with opened(browser, report, DESKTOP) as page:
        expect(page.locator(".status")).to_have_text("1 foto.")
        page.get_by_label("Terhadap pemindaian lalu").select_option("all")
        expect(page.locator(".status")).to_have_text("3 foto.")
        page.get_by_label("Terhadap pemindaian lalu").select_option("known")
        expect(page.locator(".status")).to_have_text("2 foto.")
        cards(page).first.locator(".open").click()
        expect(page.get_by_role("dialog")).to_contain_text("Sudah dilaporkan oleh pemindaian sebelumnya.")


def test_without_a_thumbnail_the_marks_stand_on_an_empty_photo(browser: Browser, tmp_path: Path) -> None:
    report = written(tmp_path, [listed(1, "person", picture=None)])
    with opened(browser, report) as page:
        card = cards(page).first
        expect(card.locator("img")).to_have_count(0)
        assert card.locator("svg.marks").get_attribute("viewBox") == "0 0 400 300"
        expect(card.locator(".sketch")).to_have_attribute("width", "400")
        expect(card.locator(".without")).to_have_text("Tanpa gambar kecil: hanya letak tanda")


def test_nothing_to_report(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, written(tmp_path, [])) as page:
        expect(page.locator(".nothing")).to_contain_text("Tidak ada foto yang perlu perhatian.")
        assert page.locator(".tabs a").all_text_contents() == ["Perlu perhatian 0"]


def test_english(browser: Browser, tmp_path: Path) -> None:
    photos = [listed(1, "person", language="en"), listed(2, "error", language="en")]
    report = written(tmp_path, photos, language="en")
    with opened(browser, report, PHONE) as page:
        expect(page.locator(".status")).to_have_text("1 photos.")
        cards(page).first.locator(".open").click()
        expect(page.get_by_role("dialog")).to_contain_text("False alarm: there is no such sign")


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "dark"), (DESKTOP, "light")], ids=["phone", "desktop"])
def test_no_serious_barrier(browser: Browser, report: Path, size: ViewportSize, scheme: str) -> None:
    with opened(browser, report, size, color_scheme=scheme) as page:
        chart(page, "kind")
        assert serious_problems(page) == []
        cards(page).first.locator(".open").click()
        page.get_by_role("button", name="Keliru").click()
        assert serious_problems(page) == []
        page.keyboard.press("Escape")
        page.get_by_role("link", name="Belum diperiksa 4").click()
        expect(page.locator(".errors")).to_be_visible()
        assert serious_problems(page) == []


def test_the_narrowest_phone(browser: Browser, report: Path) -> None:
    with opened(browser, report, {"width": 320, "height": 600}) as page:
        chart(page, "in")
        assert overflow_px(page) == 0
        cards(page).first.locator(".open").click()
        assert page.get_by_role("dialog").evaluate("box => box.scrollWidth - box.clientWidth") == 0


def test_without_script_the_top_still_tells_the_result(browser: Browser, report: Path) -> None:
    with page_in(browser, DESKTOP, java_script_enabled=False) as watched:
        watched.page.goto(report.as_uri())
        assert "Mulai dari sini" in watched.page.inner_text("main")
        assert "memerlukan JavaScript" in watched.page.inner_text("noscript")

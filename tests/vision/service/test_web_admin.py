"""The administrator's page against a real server: people with photos, health, elections, policies, removal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, expect

from candidates import Candidate, Election, Gallery, Relation, Role
from tests.browser import DESKTOP, PHONE, Watched, launch, overflow_px, page_in, serious_problems
from tests.vision.service.serving import ROOT, Serving, serving
from tests.vision.service.web_pages import open_page
from vision.service.callers import keys
from vision.service.callers.keys import KeyStore

pytestmark = pytest.mark.slow

PORTRAITS = ROOT / "fixtures" / "portraits"
MEETING = ROOT / "fixtures" / "photos" / "meeting.jpg"
STILL: dict[str, Any] = {"reduced_motion": "reduce"}
PEOPLE = 230
"""Made-up people without photos: more than two pages of the list."""
HOSTILE = '<img src=x onerror="document.title=1">'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("admin")
    with Gallery.open(folder / "gallery.db", create=True) as gallery:
        gallery.put_election(Election("pilbup-1", "Pemilihan Bupati", "regency", "34.01", date(2028, 9, 1)))
        gallery.put_election(Election("pilgub-1", HOSTILE, "province", "34"))
        for n in range(PEOPLE):
            election = "pilbup-1" if n % 10 else "pilgub-1"
            gallery.put(Candidate(f"orang-{n:03}", f"Orang {n:03}", Role.CANDIDATE, election, n % 5 + 1, "34.01"))
        gallery.put(Candidate("zz-anak", "Zz Anak", Role.FAMILY, relative_of="orang-007", relation=Relation.CHILD))
        gallery.put(Candidate("zz-aneh", HOSTILE, party=HOSTILE))
    return folder


@pytest.fixture(scope="module")
def code(folder: Path) -> str:
    return KeyStore(folder / "keys.db").create_code("pengelola", keys.KeyRole.MANAGE, minutes=30, uses=50)[1]


@pytest.fixture(scope="module")
def server(folder: Path, code: str) -> Iterator[Serving]:
    with serving(folder, real=True, gallery=str(folder / "gallery.db"), per_minute=100_000) as one:
        yield one


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launch() as one:
        yield one


@pytest.fixture(scope="module")
def session(browser: Browser, server: Serving, code: str) -> Any:
    """Log in as an administrator, once: codes may not be tried many times a minute."""
    with page_in(browser, DESKTOP, **STILL) as watched:
        page = open_page(watched, f"{server.url}/admin")
        page.fill("#code", code)
        page.keyboard.press("Enter")
        page.wait_for_selector(".people tbody tr")
        return page.context.storage_state()


@pytest.fixture
def watched(browser: Browser, session: Any) -> Iterator[Watched]:
    with page_in(browser, DESKTOP, storage_state=session, **STILL) as one:
        yield one
        assert one.complaints == []


@pytest.fixture
def page(watched: Watched, server: Serving) -> Page:
    return inside(watched, server)


def inside(watched: Watched, server: Serving) -> Page:
    page = open_page(watched, f"{server.url}/admin")
    page.wait_for_selector(".people tbody tr")
    return page


def visit(page: Page, room: str) -> None:
    page.evaluate("room => { location.hash = room; }", room)


def names(page: Page) -> list[str]:
    return page.locator(".people tbody a").all_inner_texts()


def test_only_administrators_come_in(browser: Browser, server: Serving, folder: Path) -> None:
    staff = KeyStore(folder / "keys.db").create_code("humas", keys.KeyRole.CHECK, minutes=5, uses=1)[1]
    with page_in(browser, PHONE, **STILL) as watched:
        page = open_page(watched, f"{server.url}/admin")
        assert not page.locator("#rooms").is_visible()
        page.fill("#code", staff)
        page.keyboard.press("Enter")
        expect(page.locator(".login")).to_contain_text("Kode ini tidak boleh mengelola galeri")
        assert serious_problems(page) == []
        assert watched.complaints == []


def test_people_come_a_page_at_a_time(page: Page) -> None:
    assert len(names(page)) == 100
    expect(page.locator(".caption", has_text="dari 232 orang")).to_have_text("100 dari 232 orang")
    page.get_by_role("button", name="Tampilkan 100 lagi").click()
    expect(page.locator(".people tbody tr")).to_have_count(200)
    # Who goes on with the keyboard stands at the first of the new ones.
    assert page.evaluate("document.activeElement.textContent") == "Orang 100"
    page.get_by_role("button", name="Tampilkan 32 lagi").click()
    expect(page.locator(".people tbody tr")).to_have_count(232)
    assert not page.locator("text=/Tampilkan .* lagi/").is_visible()


def test_people_are_searched_and_filtered(page: Page) -> None:
    page.get_by_label("Cari nama").fill("ORANG 04")
    expect(page.locator(".people tbody tr")).to_have_count(10)
    page.get_by_label("Pemilu").select_option("pilgub-1")
    expect(page.locator(".people tbody tr")).to_have_count(1)
    assert names(page) == ["Orang 040"]
    page.get_by_label("Cari nama").fill("tidak ada")
    expect(page.locator(".empty")).to_have_text("Tidak ada orang dengan nama itu.")
    # The wish is kept while a person is looked at.
    page.get_by_label("Cari nama").fill("orang 040")
    page.locator(".people tbody a").first.click()
    expect(page.locator("h1")).to_have_text("Orang 040")
    page.go_back()
    expect(page.locator(".people tbody tr")).to_have_count(1)


def test_the_health_is_told_in_plain_words_and_beside_people(page: Page) -> None:
    page.get_by_label("Cari nama").fill("orang 001")
    page.get_by_label("Cari nama").fill("")
    visit(page, "health")
    page.wait_for_selector(".tally")
    first = page.locator(".finding").first
    assert "tidak punya foto acuan" in first.inner_text()
    assert "Tambahkan foto wajahnya." in first.inner_text()
    assert page.locator(".finding").count() == 50
    assert serious_problems(page) == []
    first.locator("a").first.click()
    expect(page.locator(".person .findings")).to_contain_text("tidak punya foto acuan")
    page.click(".back")
    expect(page.locator(".is-health .severity").first).to_be_visible()


def test_two_who_look_alike_are_two_people_when_that_is_answered(page: Page, folder: Path) -> None:
    for name, photo in (("Aa Hopper", "grace_hopper.jpg"), ("Ab Hopper", "grace_hopper_2.jpg")):
        visit(page, "new")
        page.get_by_label("Nama", exact=True).fill(name)
        page.set_input_files("input[type=file]", str(PORTRAITS / photo))
        page.get_by_role("button", name="Daftarkan").click()
        expect(page.locator("h1")).to_have_text(name, timeout=30_000)
    expect(page.locator("#notice")).to_contain_text("Aa Hopper")
    visit(page, "health")
    page.wait_for_selector(".tally")
    visit(page, "person/ab-hopper")
    finding = page.locator(".person .finding", has_text="Aa Hopper")
    finding.get_by_role("button", name="Ini dua orang").click()
    expect(finding.get_by_role("button", name="Batalkan")).to_be_visible()
    assert serious_problems(page) == []
    visit(page, "person/aa-hopper")
    expect(page.locator("h1")).to_have_text("Aa Hopper")
    page.locator(".links li", has_text="Ab Hopper").get_by_role("button").click()
    expect(page.locator(".links").get_by_role("button", name="Ini dua orang")).to_be_visible()
    with Gallery.open(folder / "gallery.db") as gallery:
        assert gallery.distinct() == frozenset()
        for person in ("aa-hopper", "ab-hopper"):
            gallery.remove(person)


def test_somebody_is_registered_changed_and_really_removed(page: Page, folder: Path) -> None:
    page.get_by_role("link", name="Tambah orang").click()
    page.get_by_label("Nama", exact=True).fill("Grace Hopper")
    page.get_by_label("Nomor urut").fill("2")
    page.get_by_label("Pemilu").fill("pilbup-1")
    register = page.get_by_role("button", name="Daftarkan")
    assert register.is_disabled()
    page.set_input_files("input[type=file]", [str(PORTRAITS / "grace_hopper.jpg"), str(MEETING)])
    assert page.locator(".previews img").count() == 2
    register.click()
    expect(page.locator("h1")).to_have_text("Grace Hopper", timeout=30_000)
    # What could be used is used; what could not is told with its reason.
    expect(page.locator("#notice")).to_contain_text("Grace Hopper didaftarkan dengan 1 foto.")
    expect(page.locator("#notice")).to_contain_text("meeting.jpg")
    assert page.locator(".photo-list li").count() == 1

    page.set_input_files("input[type=file]", str(PORTRAITS / "grace_hopper_2.jpg"))
    page.get_by_role("button", name="Tambahkan foto").click()
    expect(page.locator(".photo-list li")).to_have_count(2, timeout=30_000)
    page.get_by_label("Partai").fill("Partai Contoh")
    page.get_by_role("button", name="Simpan").click()
    expect(page.locator("#notice")).to_have_text("Perubahan disimpan.")
    assert page.get_by_label("Partai").input_value() == "Partai Contoh"

    page.locator(".photo-list button").last.click()
    expect(page.locator("#dialog")).to_contain_text("dihapus sungguh-sungguh")
    page.get_by_role("button", name="Batal").click()
    assert page.locator(".photo-list li").count() == 2
    page.locator(".photo-list button").last.click()
    page.click("#confirm")
    expect(page.locator(".photo-list li")).to_have_count(1)

    page.get_by_role("button", name="Hapus orang ini").click()
    expect(page.locator("#dialog")).to_contain_text("Ini tidak dapat dibatalkan")
    assert serious_problems(page) == []
    page.click("#confirm")
    expect(page.locator("#notice")).to_have_text("Grace Hopper dihapus dari galeri.")
    with Gallery.open(folder / "gallery.db", read_only=True) as gallery:
        assert gallery.get("grace-hopper") is None
    assert b"Grace Hopper" not in (folder / "gallery.db").read_bytes()


def test_one_face_of_a_pair_is_chosen(page: Page, folder: Path, tmp_path: Path) -> None:
    pair = tmp_path / "pasangan.png"
    poster = Image.new("RGB", (720, 400))
    for at, name in enumerate(("eileen_collins", "grace_hopper")):
        with Image.open(PORTRAITS / f"{name}.jpg") as face:
            poster.paste(face.resize((360, 400)), (360 * at, 0))
    poster.save(pair)
    visit(page, "new")
    page.get_by_label("Nama", exact=True).fill("Wakil Baru")
    page.set_input_files("input[type=file]", str(pair))
    page.get_by_label("Wajah mana di pasangan.png").select_option("right")
    page.get_by_role("button", name="Daftarkan").click()
    expect(page.locator("h1")).to_have_text("Wakil Baru", timeout=30_000)
    expect(page.locator(".photo-list li")).to_contain_text("wajah kanan")
    assert serious_problems(page) == []
    with Gallery.open(folder / "gallery.db") as gallery:
        (reference,) = gallery.references("wakil-baru")
        assert reference.face == "right" and reference.place is not None and reference.place[0] > 0.5
        gallery.remove("wakil-baru")


def test_no_usable_photo_is_an_error_that_says_why(page: Page, watched: Watched) -> None:
    visit(page, "new")
    page.get_by_label("Nama", exact=True).fill("Rapat")
    page.set_input_files("input[type=file]", str(MEETING))
    page.get_by_role("button", name="Daftarkan").click()
    expect(page.locator("#notice.is-error")).to_contain_text("meeting.jpg:", timeout=30_000)
    assert page.get_by_label("Nama", exact=True).input_value() == "Rapat"
    watched.complaints[:] = [one for one in watched.complaints if "422" not in one]


def test_relatives_go_only_when_asked(page: Page, watched: Watched) -> None:
    visit(page, "person/orang-007")
    expect(page.locator("h1")).to_have_text("Orang 007")
    expect(page.locator(".links")).to_contain_text("Zz Anak")
    page.get_by_role("button", name="Hapus orang ini").click()
    page.click("#confirm")
    expect(page.locator("#notice.is-error")).to_contain_text("masih punya keluarga")
    page.get_by_role("button", name="Hapus orang ini").click()
    page.get_by_label("Hapus juga 1 anggota keluarganya: Zz Anak").check()
    page.click("#confirm")
    expect(page.locator("#notice")).to_contain_text("Zz Anak")
    watched.complaints[:] = [one for one in watched.complaints if "409" not in one]


def test_elections_are_added_changed_and_removed(page: Page) -> None:
    visit(page, "elections")
    page.get_by_role("button", name="Tambah pemilu").click()
    page.get_by_label("Id", exact=True).fill("pilwalkot-9")
    page.get_by_label("Nama", exact=True).fill("Pemilihan Wali Kota")
    page.get_by_label("Tingkat").select_option("regency")
    page.get_by_label("Berlaku dari").fill("2029-01-02")
    page.get_by_role("button", name="Simpan").click()
    expect(page.locator("#notice")).to_have_text("Perubahan disimpan.")
    added = page.locator(".cards > li", has_text="Pemilihan Wali Kota")
    expect(added).to_contain_text("Mulai 2 Januari 2029")
    added.get_by_role("button", name="Ubah").click()
    page.get_by_label("Berlaku sampai").fill("2029-03-04")
    page.get_by_role("button", name="Simpan").click()
    expect(added).to_contain_text("2 Januari 2029 sampai 4 Maret 2029")
    # An election that people belong to cannot be removed.
    assert page.locator(".cards > li", has_text="Pemilihan Bupati").get_by_role("button", name="Hapus").is_disabled()
    added.get_by_role("button", name="Hapus").click()
    page.click("#confirm")
    expect(page.locator("#notice")).to_have_text("Pemilu dihapus.")
    expect(added).to_have_count(0)


def test_policies_are_shown_and_the_language_changes(page: Page) -> None:
    visit(page, "policies")
    expect(page.locator(".cards > li").first).to_be_visible()
    assert page.locator(".badge").inner_text() == "Dipakai"
    page.click("[data-language=en]")
    expect(page.locator(".badge")).to_have_text("In use")
    expect(page.locator("h1")).to_have_text("Rules")


def test_names_are_text_and_nothing_else(page: Page) -> None:
    page.get_by_label("Cari nama").fill("onerror")
    expect(page.locator(".people tbody tr")).to_have_count(1)
    assert names(page) == [HOSTILE]
    page.locator(".people tbody a").click()
    expect(page.locator("h1")).to_have_text(HOSTILE)
    visit(page, "elections")
    expect(page.locator(".cards")).to_contain_text(HOSTILE)
    assert page.title() == "FotoNetral: galeri calon"
    assert page.locator("img[src=x]").count() == 0


def test_an_ended_session_leads_to_the_login(page: Page, watched: Watched) -> None:
    page.context.clear_cookies()
    visit(page, "elections")
    expect(page.locator("#code")).to_be_visible()
    watched.complaints[:] = [one for one in watched.complaints if "401" not in one]


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (360, "dark"), (1366, "dark")])
def test_every_room_fits_and_axe_finds_nothing(
    browser: Browser, server: Serving, session: Any, width: int, scheme: Any
) -> None:
    size = ViewportSize(width=width, height=740)
    with page_in(browser, size, color_scheme=scheme, storage_state=session, **STILL) as watched:
        page = inside(watched, server)
        rooms = {"people": ".people", "person/orang-003": ".person", "new": ".photo-field", "elections": ".cards"}
        for room, ready in (rooms | {"policies": ".cards"}).items():
            visit(page, room)
            page.wait_for_selector(f"#room {ready}")
            assert (room, overflow_px(page), serious_problems(page)) == (room, 0, [])
        assert watched.complaints == []

"""The report page of a scan: what it says, that it needs nothing from outside, and that no name breaks out of it."""

from __future__ import annotations

import io
import json
import re
import tracemalloc
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image

from tests.overview_samples import HOSTILE, facts_of, listed, scan_of_many, thumbnail
from vision import PhotoChecker
from vision.report.listing import Decision, ListedPhoto, Ruling
from vision.report.overview import write_overview
from vision.report.overview.columns import details_block, script_json
from vision.report.overview.entries import Detail, ShownFinding
from vision.report.overview.places import Folders
from vision.report.overview.thumbnails import fitted, plan, within
from vision.report.wording import advice_apart, kind_in_words, parted

ROOM = Path(__file__).resolve().parents[3] / "vision" / "report" / "overview"
WORDS = ROOM.parents[1] / "messages"
VOID = {"meta", "img", "link", "br", "hr", "input"}


class Reader(HTMLParser):
    """Reads a page as a browser does: its words, its tags, its data, and whether each tag is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.blocks: dict[str, Any] = {}
        self.script = self.style = ""
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(self.tags[-1])

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        tag, attributes = self.open[-1] if self.open else ("", {})
        if tag == "style":
            self.style = data
        elif tag == "script" and attributes.get("type") == "application/json":
            self.blocks[str(attributes["id"])] = json.loads(data)
        elif tag == "script":
            self.script = data
        elif data.strip():
            self.words.append(" ".join(data.split()))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def text(self) -> str:
        return " ".join(self.words)

    @property
    def entries(self) -> list[dict[str, Any]]:
        """Give the details of all entries, in the order of the page, with their texts."""
        found = []
        for number in range(len(self.blocks)):
            block = self.blocks.get(f"details-{number}")
            for one in block["entries"] if block else ():
                texts = block["texts"]
                told = [[*f[:2], texts[f[2]], texts[f[3]], texts[f[4]], f[5]] for f in one.get("findings", ())]
                found.append(one | {"findings": told, "error": [texts[at] for at in one.get("error", ())]})
        return found

    @property
    def pictures(self) -> list[bytes]:
        """Give the thumbnails in the order of importance."""
        blocks = [self.blocks[f"pictures-{at}"] for at in range(len(self.blocks)) if f"pictures-{at}" in self.blocks]
        return [b64decode(address.partition(",")[2]) for block in blocks for address in block]

    def column(self, name: str, dtype: str = "<u1") -> list[int]:
        return [int(value) for value in np.frombuffer(b64decode(self.blocks["columns"][name]), dtype)]


def written(folder: Path, photos: Sequence[ListedPhoto], **changes: Any) -> str:
    target = folder / "report.html"
    budget = {"thumbnails_mb": changes.pop("thumbnails_mb")} if "thumbnails_mb" in changes else {}
    write_overview(target, facts_of(photos, **changes), lambda: photos, relative_to=Path("/srv/hasil"), **budget)
    return target.read_text("utf-8")


def read(folder: Path, photos: Sequence[ListedPhoto], **changes: Any) -> Reader:
    return Reader(written(folder, photos, **changes))


def test_the_top_says_what_was_found_and_what_to_do_first(tmp_path: Path) -> None:
    words = read(tmp_path, scan_of_many()).words
    top = words[words.index("Yang dipindai:") - 1 : words.index("Yang tidak dijamin")]
    assert top == [
        "1.065 foto di 1.074 tempat, dipindai 27 November 2026 dengan SKB 2/2022: pedoman netralitas ASN (nasional).",
        "Yang dipindai:",
        "/srv/foto",
        *("✖", "58", "berisiko, sebaiknya tidak dipakai"),
        *("!", "3", "perlu dilihat lagi"),
        *("✔", "1.000", "tidak ditemukan tanda"),
        *("?", "4", "tidak dapat diperiksa"),
        "Mulai dari sini",
        "Lihat dulu 5 foto berisiko dengan wajah calon atau keluarganya",
        "Lihat 53 foto berisiko dengan pose tangan",
        "Putuskan 3 foto yang perlu dilihat lagi",
        "Periksa 5 foto sampel tanpa tanda: adakah yang terlewat?",
        "Urus 4 berkas yang tidak dapat diperiksa",
        "Simpan keputusan Anda sebagai berkas, lalu impor: baru saat itu dihitung.",
    ]


def test_it_accuses_nobody_and_says_what_is_not_vouched_for(tmp_path: Path) -> None:
    page = written(tmp_path, scan_of_many())
    text = Reader(page).text
    assert "bukan tuduhan, bukan penilaian, dan bukan peringkat atas siapa pun. Keputusan ada pada Anda." in text
    assert "Logo, warna, dan latar belakang tidak dibaca" in text
    assert "Wajah hanya dibandingkan dengan 12 orang di galeri." in text
    assert "Sampel acak 1% dari foto itu" in text
    assert "melanggar" not in page.lower()
    assert "violat" not in written(tmp_path, [listed(1, language="en")], language="en").lower()


def test_an_unfinished_scan_without_gallery_and_sample_says_so(tmp_path: Path) -> None:
    text = read(tmp_path, [listed(1)], finished=False, gallery=None).text
    assert "Pemindaian ini belum selesai." in text
    assert "Wajah tidak dibandingkan dengan galeri calon" in text
    assert "tidak ada sampel yang disediakan" in text


def test_nothing_found_is_said_and_vouches_for_nothing(tmp_path: Path) -> None:
    reader = read(tmp_path, [])
    assert "Tidak ada foto yang perlu ditindaklanjuti." in reader.words
    assert reader.blocks["columns"]["count"] == 0
    assert "bukan jaminan" in reader.text


def test_with_a_baseline_what_was_known_before_is_no_work_to_start_with(tmp_path: Path) -> None:
    photos = [listed(1), listed(2, known=True), listed(3, "review", known=True)]
    reader = read(tmp_path, photos, baseline="2026-10")
    assert "Lihat 1 foto berisiko dengan pose tangan" in reader.words
    assert not any("Putuskan" in words for words in reader.words)
    assert "Baru sejak pemindaian sebelumnya (2026-10): 1 foto yang perlu perhatian." in reader.words
    assert reader.blocks["facts"]["baseline"] is True
    assert reader.column("flags") == [0, 1, 1]
    # The totals count all of them, so they lead to all of them.
    assert "#verdict=flag&new=all" in [link["href"] for link in reader.all("a")]


def test_precision_is_told_once_there_are_decisions(tmp_path: Path) -> None:
    ruled = Decision(Ruling.FALSE_ALARM)
    assert "Ketepatan menurut keputusan yang sudah diimpor" not in read(tmp_path, [listed(1)]).words
    text = read(tmp_path, [listed(1, decision=ruled), listed(2)]).text
    assert "Dari 2 foto yang dilaporkan, 1 sudah diputuskan orang: 0 benar, 1 keliru." in text


def test_english_is_complete(tmp_path: Path) -> None:
    reader = read(tmp_path, [listed(1, "person", language="en"), listed(2, "error", language="en")], language="en")
    assert reader.all("html") == [{"lang": "en"}]
    assert "First look at 1 photos at risk with a face of a candidate or a relative" in reader.words
    assert reader.entries[1]["error"][1:] == [
        "The photo file is empty: 0 bytes.",
        "Copy or download the photo again from its source.",
    ]


def test_only_what_people_are_to_look_at_has_an_entry(tmp_path: Path) -> None:
    photos = [listed(1), replace(listed(2, "clear"), audited=False), listed(3, "clear"), listed(4, "error")]
    reader = read(tmp_path, photos)
    assert [one["key"] for one in reader.entries] == [photos[at].key for at in (0, 2, 3)]
    assert reader.column("verdict") == [0, 2, 3]


def test_the_gravest_come_first_and_of_equals_the_newest(tmp_path: Path) -> None:
    photos = [
        listed(1, "error"),
        listed(2, "clear"),
        listed(3, "review"),
        listed(4, "sign", day=datetime(2024, 1, 1)),
        listed(5, "sign", day=datetime(2025, 1, 1)),
        listed(6, "person"),
    ]
    assert [one["key"] for one in read(tmp_path, photos).entries] == [photo.key for photo in reversed(photos)]


def test_an_entry_tells_reasons_marks_rule_advice_and_decision(tmp_path: Path) -> None:
    ruled = Decision(Ruling.FALSE_ALARM, "melambai", "Sri", datetime(2026, 11, 20, 7))
    reader = read(tmp_path, [listed(1, "person", decision=ruled)])
    (entry,) = reader.entries
    assert entry["size"] == [400, 300]
    assert [(severity, shown, short) for severity, shown, short, *_ in entry["findings"]] == [
        (0, "1", "Budi (2)"),
        (0, "2-3", "dua jari (2)"),
        (1, "4", "lima jari (5)"),
    ]
    *_, seen, basis, numbers = entry["findings"][1]
    assert seen.startswith("2 orang memperlihatkan pose dua jari")
    assert basis.startswith("Dasar: daftar pose foto")
    assert numbers == [2, 3]
    # The frame is a little larger than the box (30, 40, 60, 60).
    assert entry["marks"][0] == [1, 0, 26, 36, 69, 69]
    assert entry["decision"] == [3, "melambai", "Sri", "2026-11-20"]
    assert reader.column("ruling") == [3]


def test_copies_are_folded_under_the_gravest_and_errors_and_samples_never(tmp_path: Path) -> None:
    photos = [
        listed(1, "sign", likeness=0b1011),
        listed(2, "person", likeness=0b1001),
        listed(3, "clear", likeness=0b1001),
        listed(4, "error", likeness=0b1001),
    ]
    assert read(tmp_path, photos).column("leader", "<u4") == [0, 0, 2, 3]


def test_equal_bytes_in_several_places_are_one_entry_with_all_places(tmp_path: Path) -> None:
    photo = listed(1, places=["/srv/foto/a/x.jpg", "/srv/foto/b/y.jpg", "/srv/foto/b/x.jpg"])
    reader = read(tmp_path, [photo])
    names = [folder for folder, _ in reader.blocks["facts"]["folders"]]
    (entry,) = reader.entries
    assert [f"{names[folder]}/{file}" for folder, file in entry["places"]] == list(photo.places)
    assert reader.blocks["columns"]["names"] == ["x.jpg/y.jpg"]


@pytest.mark.parametrize(
    ("place", "link"),
    [
        ("/srv/foto/a b/#1 100%.jpg", "../foto/a%20b/"),
        ("/srv/hasil/x.jpg", "./"),
        ("/srv/foto/caf\udce9/x.jpg", "../foto/caf%E9/"),
        ("/srv/foto/é/x.jpg", "../foto/%C3%A9/"),
        ("/x.jpg", "../../"),
        ("/srv/foto/lama.zip!/dalam/x.jpg", None),
        ("/srv/foto/lama.zip!/x.jpg", None),
        ("s3://ember/x.jpg", None),
        ("https://contoh.id/foto/x.jpg", None),
    ],
)
def test_links_lead_to_plain_files_from_where_the_page_lies(place: str, link: str | None) -> None:
    folders = Folders(Path("/srv/hasil"))
    assert folders.place(place) == (0, place.rpartition("/")[2])
    assert folders.listed()[0][1] == link


def test_the_page_fetches_nothing_and_allows_only_its_own_style_and_script(tmp_path: Path) -> None:
    page = written(tmp_path, scan_of_many())
    reader = Reader(page)
    assert not {"link", "iframe", "object", "form", "img"} & {tag for tag, _ in reader.tags}
    assert all("src" not in attributes and "style" not in attributes for _, attributes in reader.tags)
    assert not re.search(r"\son\w+=", page.partition("<script")[0])
    assert not re.search(r"url\(|@import", reader.style)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Function\(|fetch\(", reader.script)
    outside = {str(link["href"]) for link in reader.all("a") if not str(link["href"]).startswith("#")}
    assert {address.partition("/document")[0] for address in outside} == {"https://www.scribd.com"}
    (policy,) = [meta["content"] for meta in reader.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    sums = [b64encode(sha256(part.encode()).digest()).decode() for part in (reader.style, reader.script)]
    assert str(policy).split("; ") == [
        "default-src 'none'",
        "img-src data:",
        f"style-src 'sha256-{sums[0]}'",
        f"script-src 'sha256-{sums[1]}'",
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]


def test_hostile_names_stay_words(tmp_path: Path) -> None:
    place = f"/srv/<b>\udce9\x1b[2J/{HOSTILE}\ud800.jpg"
    photos = [listed(1, "person", places=[place], candidate=HOSTILE)]
    page = written(tmp_path, photos, sources=[HOSTILE], policy_title=HOSTILE, baseline=HOSTILE)
    reader = Reader(page)
    assert [script.get("type") for script in reader.all("script")].count(None) == 1
    assert "alert(1)" not in reader.script
    folder, file = reader.entries[0]["places"][0]
    assert f"{reader.blocks['facts']['folders'][folder][0]}/{file}" == place
    assert reader.blocks["facts"]["people"] == [["budi", HOSTILE]]
    assert not set("\x1b\u202e\u2028") & set(page)
    assert any("</script><script>alert(1)" in words for words in reader.words)


def test_json_in_a_script_ends_nothing_and_comes_back_as_it_was() -> None:
    value = ["</script>", "<!--", "]]>", "&amp;", "\u2028\u2029", "\ud83d", "é"]
    text = script_json(value)
    assert text.isascii()
    assert not set("<>&") & set(text)
    assert json.loads(text) == value


def test_the_same_scan_gives_the_same_bytes(tmp_path: Path) -> None:
    assert written(tmp_path, scan_of_many()) == written(tmp_path, scan_of_many())


def test_thumbnails_fit_the_budget_and_the_gravest_have_theirs(tmp_path: Path) -> None:
    photos = [listed(at, "review") for at in range(40)] + [listed(at, "person") for at in range(100, 110)]
    whole = read(tmp_path, photos)
    assert len(whole.pictures) == 50
    sizes = [(len(picture) + 2) // 3 * 4 for picture in whole.pictures]
    some = read(tmp_path, photos, thumbnails_mb=sum(sizes[:20]) / 1e6)
    assert some.pictures == whole.pictures[:20]
    numbers = some.column("picture", "<i4")
    assert numbers == [*range(20), *[-1] * 30]
    assert not read(tmp_path, photos, thumbnails_mb=0).pictures


def test_copies_get_thumbnails_after_everything_else(tmp_path: Path) -> None:
    photos = [listed(1, "person", likeness=7), listed(2, "person", likeness=7), listed(3, "review")]
    reader = read(tmp_path, photos)
    assert reader.column("leader", "<u4") == [0, 0, 2]
    assert reader.column("picture", "<i4") == [0, 2, 1]


def test_thumbnails_are_as_large_as_their_number_allows() -> None:
    few, *_, many = (plan([40_000] * count, 150_000_000) for count in (10, 4000, 9000, 15_000, 100_000))
    assert [plan([40_000] * count, 150_000_000).side for count in (4000, 9000, 15_000)] == [640, 320, 240]
    assert plan([3000] * 30_000, 150_000_000).side == 640  # small as they are
    assert (few.side, many.side) == (640, 200)
    assert few.most == 10
    assert 20_000 < many.most < 40_000
    noise = np.random.default_rng(0).integers(0, 255, (300, 400, 3), dtype=np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noise).save(stream, "JPEG", quality=95)
    small = fitted(stream.getvalue(), many)
    assert small is not None
    assert Image.open(io.BytesIO(small)).size == (200, 150)
    assert Image.open(io.BytesIO(small)).format == "WEBP"
    # What is small already is not packed again.
    assert fitted(thumbnail(1), few) == thumbnail(1)


def test_what_is_no_picture_is_left_out(tmp_path: Path) -> None:
    broken = b"RIFF" + bytes(60_000)
    photos = [listed(1, picture=b"<svg onload=alert(1)>"), listed(2, picture=broken), listed(3)]
    reader = read(tmp_path, photos)
    assert len(reader.pictures) == 1
    assert reader.column("picture", "<i4").count(-1) == 2


@pytest.mark.parametrize(("budget", "count"), [(0, 0), (3, 0), (4, 1), (11, 1), (12, 2), (100, 3)])
def test_the_budget_counts_what_stands_in_the_page(budget: int, count: int) -> None:
    assert within([3, 4, 1], budget) == count


def test_the_page_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    before = written(tmp_path, [listed(1)])
    calls = 0

    def failing() -> Iterator[ListedPhoto]:
        nonlocal calls
        calls += 1
        yield listed(2)
        if calls == 2:
            raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        write_overview(tmp_path / "report.html", facts_of([]), failing, relative_to=tmp_path)
    assert (tmp_path / "report.html").read_text("utf-8") == before
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.slow
def test_pictures_are_never_all_in_memory(tmp_path: Path) -> None:
    picture = b"\xff\xd8\xff" + bytes(20_000)
    sample = listed(0, picture=picture)

    def many() -> Iterator[ListedPhoto]:
        for at in range(1000):
            yield replace(sample, key=f"{at:064x}", thumbnail=picture + bytes(1))

    write_overview(tmp_path / "first.html", facts_of([]), lambda: [sample], relative_to=tmp_path)  # what is loaded once
    tracemalloc.start()
    try:
        write_overview(tmp_path / "report.html", facts_of([]), many, relative_to=tmp_path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (tmp_path / "report.html").stat().st_size > 26_000_000
    assert peak < 8_000_000


@pytest.mark.slow
def test_real_results_make_a_page(tmp_path: Path, fixtures: Path) -> None:
    photos = []
    with PhotoChecker.open() as checker:
        for at, name in enumerate(("collins_peace.jpg", "pair_sign.jpg", "no_people.jpg")):
            path = fixtures / "photos" / name
            told = checker.check(str(path)).to_answer().kept
            key = sha256(path.read_bytes()).hexdigest()
            photos.append(ListedPhoto(key, (str(path),), told, thumbnail=thumbnail(at), audited=True))
    reader = read(tmp_path, photos, gallery=None)
    assert [kind for kind, _ in reader.blocks["facts"]["kinds"]] == ["pose.peace_two"]
    assert len(reader.entries) == 3
    for entry in reader.entries:
        for _, _, left, top, width, height in entry.get("marks", ()):
            assert 0 <= left <= left + width <= entry["size"][0]
            assert 0 <= top <= top + height <= entry["size"][1]


def test_a_text_that_many_share_is_told_once() -> None:
    finding = ShownFinding(0, "1", "dua jari (2)", "Terlihat pose dua jari.", "Dasar: daftar.", (1,))
    detail = Detail(key="a", places=((0, "x"),), findings=(finding,), step="Ulangi.")
    block = json.loads(script_json(details_block([detail, detail])))
    assert block["texts"] == ["dua jari (2)", "Terlihat pose dua jari.", "Dasar: daftar.", "Ulangi."]
    assert block["entries"][0] == {"key": "a", "places": [[0, "x"]], "findings": [[0, "1", 0, 1, 2, [1]]], "step": 3}


def test_messages_part_into_what_was_seen_and_the_rule() -> None:
    assert parted("Terlihat pose. Dasar: SKB; sanksi.", "id") == ("Terlihat pose.", "Dasar: SKB; sanksi.")
    assert parted("A hand. Basis: SKB.", "en") == ("A hand.", "Basis: SKB.")
    assert parted("Tanpa itu.", "id") == ("Tanpa itu.", "")
    wrong, advice = advice_apart("photo.empty", "0 bita. Salin atau unduh ulang foto dari sumbernya.", "id")
    assert (wrong, advice) == ("0 bita.", "Salin atau unduh ulang foto dari sumbernya.")
    assert advice_apart("lain.kode", "Apa pun.", "id") == ("Apa pun.", "")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("pose.peace_two", "dua jari"),
        ("candidate.match", "wajah calon"),
        ("photo.truncated", "berkas terpotong"),
        ("pose.unheard_of", "pose.unheard_of"),
    ],
)
def test_kinds_have_names(code: str, words: str) -> None:
    assert kind_in_words(code, "id") == words


def test_both_languages_have_the_same_words_to_fill() -> None:
    one, other = (msgspec.toml.decode((WORDS / code / "overview.toml").read_bytes()) for code in ("id", "en"))
    fields = re.compile(r"\{\w+")
    assert {key: set(fields.findall(text)) for key, text in one.items()} == {
        key: set(fields.findall(text)) for key, text in other.items()
    }


def test_every_word_that_the_script_asks_for_is_there() -> None:
    words = msgspec.toml.decode((WORDS / "id" / "overview.toml").read_bytes())
    script = "\n".join(path.read_text("utf-8") for path in sorted(ROOM.glob("*.js")))
    asked = set(re.findall(r"say\(\"(\w+)\"", script))
    assert len(asked) > 40
    assert asked <= set(words)


def test_a_key_that_is_no_digest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        written(tmp_path, [replace(listed(1), key="foto.jpg")])

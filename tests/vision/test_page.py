"""The page about one photo: what it says, that it needs nothing from outside, and that no name breaks out of it."""

from __future__ import annotations

import io
import re
from base64 import b64decode
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from tests.fakes import FakeEngines, a_hand
from tests.made_up import PIXELS, calm, judged
from vision import CheckResult
from vision.command.main import fotonetral
from vision.geometry import Box
from vision.poses import Pose
from vision.report.page import PageFacts, page_of
from vision.rules import Policy, available_packs
from vision.stages.engines import Engines

pytestmark = pytest.mark.slow

FACTS = PageFacts(datetime(2026, 11, 23, 8, 5, tzinfo=UTC), 1)
FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "photos"
HOSTILE = "<script>alert(1)</script> & \"quoted\" 'name' {headline} $title"
VOID = {"meta", "img", "link", "br", "hr", "input"}


class Reader(HTMLParser):
    """Reads a page as a browser does: the words outside of style, the tags, and whether each is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and "style" not in self.open:
            self.words.append(" ".join(data.split()))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def read(result: CheckResult, facts: PageFacts = FACTS) -> Reader:
    reader = Reader(page_of(PIXELS, result, facts))
    assert not reader.open
    return reader


def test_the_words_of_a_page() -> None:
    assert read(judged("arsip/rapat.jpg")).words == [
        "Sebaiknya jangan diunggah dulu. rapat.jpg",
        "✖",
        "Sebaiknya jangan diunggah dulu.",
        "rapat.jpg, dengan tanda",
        "Yang dapat dilakukan",
        judged().next_step,
        "Yang terlihat",
        "1",
        "Tanda 1:",
        judged().messages[0],
        "2-3",
        "Tanda 2-3:",
        judged().messages[1],
        "4",
        "Tanda 4:",
        judged().messages[2],
        "Sumber aturan",
        "1:",
        "SKB 2/2022, lampiran disiplin butir 7 (calon)",
        "2-4:",
        (
            "SKB 2/2022, lampiran disiplin butir 7 (simbol keberpihakan), dirinci oleh daftar pose BKN, Bawaslu, dan "
            "pemerintah daerah"
        ),
        "Yang tidak dibaca",
        (
            "Logo, warna, dan latar belakang tidak dibaca oleh alat ini, tulisan yang kecil, miring, atau terpotong "
            "dapat terlewat, dan orang dalam kartun atau lukisan tidak dikenali, jadi periksa sendiri sebelum "
            "mengunggah."
        ),
        "Foto",
        f"400 \N{MULTIPLICATION SIGN} 300 piksel, SHA-256 {judged().photo.sha256[:16]}",
        "Diperiksa",
        "23 November 2026, pukul 08.05 UTC",
        "Aturan",
        "skb-2-2022",
        "Galeri",
        "revisi revision-1, 1 orang dibandingkan",
        "Alat",
        f"FotoNetral {judged().engine.version}",
        (
            "Halaman ini menunjukkan apa yang berisiko dibaca orang dari foto ini. Isinya bukan tuduhan dan bukan "
            "penilaian atas siapa pun. Keputusan ada pada Anda."
        ),
    ]


def test_the_picture_is_in_the_page_and_its_alt_text_says_the_marks() -> None:
    (image,) = read(judged()).all("img")
    source = str(image["src"])
    assert source.startswith("data:image/jpeg;base64,")
    picture = Image.open(io.BytesIO(b64decode(source.partition(",")[2])))
    assert (str(picture.width), str(picture.height)) == (image["width"], image["height"]) == ("800", "600")
    assert not picture.getexif()
    assert image["alt"] == "Foto yang diperiksa. Ditandai: 1: Budi (2); 2-3: dua jari (2); 4: lima jari (5)."


def test_a_page_fetches_nothing_and_runs_nothing() -> None:
    reader = read(judged())
    assert not {"script", "link", "iframe", "object", "form"} & {tag for tag, _ in reader.tags}
    page = page_of(PIXELS, judged(), FACTS)
    assert not re.search(r"url\(|@import|\son\w+=|javascript:", page)
    outside = [value for tag, attributes in reader.tags for name, value in attributes.items() if name == "src"]
    assert all(str(value).startswith("data:") for value in outside)
    assert {link["href"] for link in reader.all("a")} == {finding.basis.link for finding in judged().findings}


def test_language_and_headings_for_those_who_listen() -> None:
    for language in ("id", "en"):
        reader = read(judged(language=language))
        assert reader.all("html") == [{"lang": language}]
        order = [tag for tag, _ in reader.tags if re.fullmatch(r"h\d", tag)]
        assert order == ["h1", "h2", "h2", "h2", "h2"]
    assert "What you can do" in reader.words


@pytest.mark.parametrize("language", ["id", "en"])
def test_hostile_names_stay_words(language: Any) -> None:
    result = judged(f"{HOSTILE}\x1b[2J\u202egpj.jpg", candidate=HOSTILE, language=language)
    reader = read(result)
    assert not reader.all("script")
    assert any(HOSTILE in words for words in reader.words)
    assert HOSTILE in str(reader.all("img")[0]["alt"])
    assert {name for _, attributes in reader.tags for name in attributes} <= {
        *("lang", "charset", "name", "content", "http-equiv", "class", "src", "width", "height", "alt", "href", "rel"),
        "aria-hidden",
    }
    assert not set("\x1b\u202e") & set("".join(reader.words))


def test_no_path_of_this_machine_is_told() -> None:
    assert "/home/sri/rahasia" not in page_of(PIXELS, judged("/home/sri/rahasia/rapat.jpg"), FACTS)


def test_a_clear_page_vouches_for_no_more_than_was_looked_at() -> None:
    words = read(calm(), PageFacts(FACTS.checked_at)).words
    assert "Tidak ditemukan tanda keberpihakan." in words
    assert "Wajah tidak dibandingkan dengan galeri calon: yang diperiksa hanya pose tangan." in words
    assert "Yang dapat dilakukan" not in words


def test_a_gallery_without_anybody_in_scope_is_said() -> None:
    said = [words for words in read(judged(), PageFacts(FACTS.checked_at)).words if "Galeri tidak memuat" in words]
    assert len(said) == 1


@pytest.mark.parametrize("pack", available_packs())
def test_every_pack_has_its_reminder_and_links_on_the_page(pack: str) -> None:
    result = judged(policy=pack, candidate=None)
    reader = read(result, PageFacts(FACTS.checked_at))
    assert set(Policy.load(pack).reminders("id")) <= set(reader.words)
    assert {finding.basis.link for finding in result.findings} == {link["href"] for link in reader.all("a")}


def test_both_languages_have_the_same_words_to_fill() -> None:
    folder = Path(__file__).resolve().parents[2] / "vision" / "messages"
    one, other = (msgspec.toml.decode((folder / code / "page.toml").read_bytes()) for code in ("id", "en"))
    fields = re.compile(r"\{\w+")
    assert {key: set(fields.findall(text)) for key, text in one.items()} == {
        key: set(fields.findall(text)) for key, text in other.items()
    }


def check(*arguments: str) -> Result:
    return CliRunner().invoke(fotonetral, ["check", *arguments])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three photos with a sign, one with a name that is markup, and one that is damaged."""
    monkeypatch.setattr(Engines, "load", FakeEngines(hands=[a_hand(Pose.PEACE_TWO, Box(10, 20, 20, 20))]).load)
    monkeypatch.delenv("FOTONETRAL_GALLERY", raising=False)
    monkeypatch.chdir(tmp_path)
    stream = io.BytesIO()
    Image.new("RGB", (96, 64), (120, 120, 120)).save(stream, "JPEG")
    for name in ("a.jpg", "<b> & \"c\" 'd'.jpg", "x" * 251 + ".jpg"):
        (tmp_path / name).write_bytes(stream.getvalue())
    (tmp_path / "broken.jpg").write_bytes(stream.getvalue()[:-60])
    return tmp_path


def test_every_judged_photo_has_a_page_and_the_exit_status_is_unchanged(folder: Path) -> None:
    for photos in (["a.jpg"], ["."], ["broken.jpg"]):
        plain, with_pages = check(*photos), check(*photos, "--html", "out")
        assert with_pages.exit_code == plain.exit_code
        assert with_pages.stdout == plain.stdout
    pages = sorted(path.name for path in (folder / "out").iterdir())
    assert pages == ["<b> & \"c\" 'd'.html", "a-2.html", "a.html", "x" * 230 + ".html"]
    for path in (folder / "out").iterdir():
        assert not Reader(path.read_text("utf-8")).open


def test_a_page_that_cannot_be_written_is_an_error_and_the_answers_stand(folder: Path) -> None:
    (folder / "file").write_text("")
    refused = check("a.jpg", "--html", "file")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "file" in refused.stderr


def test_the_text_beside_a_marked_picture_tells_its_numbers(folder: Path) -> None:
    assert "  - [1] Terlihat pose dua jari" in check("a.jpg", "--annotate", "out").stdout
    assert "[1]" not in check("a.jpg").stdout


def test_pages_of_real_photos(tmp_path: Path) -> None:
    photos = [str(FIXTURES / name) for name in ("collins_peace.jpg", "collins_plain.jpg")]
    assert check(*photos, "--html", str(tmp_path), "--lang", "en").exit_code == 1
    signed, plain = (Reader((tmp_path / f"collins_{name}.html").read_text("utf-8")) for name in ("peace", "plain"))
    assert "two fingers (2)" in str(signed.all("img")[0]["alt"])
    assert plain.all("img")[0]["alt"] == "The photo that was checked, without numbered marks."

import subprocess
import sys
from pathlib import Path

import pytest

from candidates.errors import AmbiguousRegionError, RegionError, UnknownRegionError
from candidates.regions import code_of, label_of, region_of
from candidates.regions.listing import regions
from scripts.house import regions as build_regions


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("34", "34 Daerah Istimewa Yogyakarta"),
        ("34.01", "34.01 Kabupaten Kulon Progo"),
        ("3401", "34.01 Kabupaten Kulon Progo"),
        ("34,01", "34.01 Kabupaten Kulon Progo"),  # Indonesian Excel's decimal comma
        ("3401.0", "34.01 Kabupaten Kulon Progo"),  # a number that Excel wrote as text
        ("34.0", "34 Daerah Istimewa Yogyakarta"),
        ("33.1", "33.10 Kabupaten Klaten"),  # Excel drops the last zero
        ("34.01.01", "34.01.01 (Kabupaten Kulon Progo)"),  # a district: only its regency is named
        ("34.01.01.2001", "34.01.01.2001 (Kabupaten Kulon Progo)"),
        ("34.01.05 Kec. Temon", "34.01.05 (Kabupaten Kulon Progo)"),
        ("92.01", "96.01 Kabupaten Sorong"),  # what it was before Papua Barat Daya
        ("9201.0", "96.01 Kabupaten Sorong"),
        ("92.01 Kab. Sorong", "96.01 Kabupaten Sorong"),
        ("96.71 - KOTA SORONG", "96.71 Kota Sorong"),
        ("Kabupaten Kulon Progo (34.01)", "34.01 Kabupaten Kulon Progo"),
        ("34.01 Kulonpogo", "34.01 Kabupaten Kulon Progo"),  # misspelt, but the code says it
        ("Kulon Progo", "34.01 Kabupaten Kulon Progo"),
        ("kab. kulonprogo", "34.01 Kabupaten Kulon Progo"),
        ("Pemerintah Kabupaten Kulon Progo", "34.01 Kabupaten Kulon Progo"),
        ("Kabupaten Sorong", "96.01 Kabupaten Sorong"),
        ("kota sorong", "96.71 Kota Sorong"),
        ("Kota Mobagu", "71.74 Kota Kotamobagu"),
        ("Toli Toli", "72.04 Kabupaten Toli-Toli"),
        ("Provinsi Jawa Barat", "32 Jawa Barat"),
        ("DIY", "34 Daerah Istimewa Yogyakarta"),
        ("DKI Jakarta", "31 Daerah Khusus Ibukota Jakarta"),
        ("Jakarta Selatan", "31.74 Kota Administrasi Jakarta Selatan"),
    ],
)
def test_what_was_meant(written: str, label: str) -> None:
    region = region_of(written)
    assert region.label == label
    assert region_of(label) == region  # what is shown can be given back
    assert code_of(written) == region.code and label_of(region.code) == label


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("99.99", "96.71 Kota Sorong"),
        ("00", "11 Aceh"),
        ("340", "34.01 Kabupaten Kulon Progo"),
        ("34.1", "34.01 Kabupaten Kulon Progo"),  # there is no 34.10
        ("34.99", "34.71 Kota Yogyakarta"),
        ("Kulonpogo", "34.01 Kabupaten Kulon Progo"),
        ("99.99 Kab. Sorong", "96.01 Kabupaten Sorong"),
        ("91.01 Kab. Merauke", "93.01 Kabupaten Merauke"),
        ("Antah Berantah", ""),
        ("Dapil Jateng 1", ""),
        ("34.", ""),
        ("٣٤", ""),  # digits, but no code
        ("9" * 500, "96.71 Kota Sorong"),
        ("a" * 40_000, ""),
    ],
)
def test_what_there_is_not_names_the_nearest(written: str, nearest: str) -> None:
    with pytest.raises(UnknownRegionError) as told:
        region_of(written)
    for text in (told.value.message_id, told.value.message_en):
        assert written[:50] in text and nearest in text and len(text) < 300
    assert told.value.code == "region.unknown"
    assert code_of(written) is None and label_of(written) == written


@pytest.mark.parametrize(
    ("written", "choices"),
    [
        ("Sorong", ("96.01 Kabupaten Sorong", "96.71 Kota Sorong")),
        ("Gorontalo", ("75 Gorontalo", "75.01 Kabupaten Gorontalo", "75.71 Kota Gorontalo")),
        ("34.02 Kulon Progo", ("Kabupaten Bantul", "34.01 Kabupaten Kulon Progo")),
    ],
)
def test_what_can_be_several_names_them(written: str, choices: tuple[str, ...]) -> None:
    with pytest.raises(AmbiguousRegionError) as told:
        region_of(written)
    assert all(choice in text for choice in choices for text in (told.value.message_id, told.value.message_en))


def test_the_list_is_whole() -> None:
    provinces = [code for code in regions() if "." not in code]
    assert (len(provinces), len(regions()) - len(provinces)) == (38, 514)
    assert {"91", "92", "93", "94", "95", "96"} <= set(provinces)
    assert all(code.partition(".")[0] in provinces for code in regions())


@pytest.mark.parametrize("form", ["code", "digits", "label", "name"])
def test_every_region_is_understood(form: str) -> None:
    for code, region in regions().items():
        written = {"code": code, "digits": code.replace(".", ""), "label": region.label, "name": region.name}[form]
        try:
            assert region_of(written) == region
        except AmbiguousRegionError:
            assert region.name in ("Jambi", "Bengkulu", "Gorontalo")  # provinces with a city of the same name


def test_the_list_is_read_when_it_is_asked_for() -> None:
    code = "import candidates.regions.reading as r; print(r.regions.cache_info().currsize)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


def test_where_it_comes_from_is_said() -> None:
    folder = Path(build_regions.OUT).parent
    source = (folder / "SOURCE.md").read_text("utf-8")
    assert build_regions.NOW[0] in source and "ODbL" in source and (folder / "LICENSE-ODbL-1.0.md").is_file()


def test_the_table_is_made_of_two_lists() -> None:
    now = {f"{at:02d}": f"P{at}" for at in range(38)} | {f"00.{at:03d}": f"R{at}" for at in range(514)}
    text = build_regions.table_of(now, now | {"99.01": "R7"})
    assert "00.007,R7,99.01\n" in text and "00.008,R8,\n" in text
    with pytest.raises(build_regions.BuildError, match="successor"):
        build_regions.table_of(now, now | {"99.01": "nowhere"})
    with pytest.raises(build_regions.BuildError, match="37 provinces"):
        build_regions.table_of({code: name for code, name in now.items() if code != "01"}, {})
    with pytest.raises(build_regions.BuildError, match="pinned"):
        build_regions.names_of(b"another package", build_regions.NOW[1])


@pytest.mark.parametrize("wrong", ["Sorong", "99.99"])
def test_both_are_errors_of_regions(wrong: str) -> None:
    with pytest.raises(RegionError):
        region_of(wrong)

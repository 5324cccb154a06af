"""Zips and tars: what the standard library and other programs write is read alike, and damage ends in typed errors."""

from __future__ import annotations

import gzip
import io
import random
import shutil
import subprocess
import tarfile
import time
import zipfile
import zlib
from collections import Counter
from pathlib import Path

import pytest

from scripts.proofs.archives import bombs
from scripts.proofs.archives.bombs import RawMember, tar_of, zip_of, zip_of_files
from scripts.proofs.archives.damage import damaged, read_through, samples
from vision.archive.errors import ArchiveError, ContainerTooLargeError, ContainerUnreadableError
from vision.archive.sources import containers, packed
from vision.archive.sources.containers import container_kind, members_of
from vision.archive.sources.packed import Allowance, BrokenError, UnpackingStream
from vision.archive.sources.zips import zip_entries

RNG = random.Random(5)
FILES = [(f"d{number % 3}/f{number}.jpg", RNG.randbytes(number * 700)) for number in range(9)]
FILES += [("zeros.bin", bytes(300_000)), ("nothing", b"")]


def open_bytes(data: bytes) -> io.BufferedReader:
    return io.BufferedReader(io.BytesIO(data))


def whole(name: str, data: bytes) -> list[tuple[str, bytes]]:
    """Return (name, contents) of all members."""
    return [
        (member.place.name.removeprefix(f"{name}!/"), member.entry.open().read())
        for member in members_of(name, open_bytes(data))
    ]


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zips_of_all_methods(method: int) -> None:
    assert whole("a.zip", zip_of_files(FILES, method)) == FILES


def test_zips_written_as_streams_and_with_wide_fields() -> None:
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.data += data
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as written:
        for name, data in FILES:
            with written.open(zipfile.ZipInfo(name), "w", force_zip64=True) as member:
                member.write(data)
    assert whole("a.zip", bytes(pipe.data)) == FILES


@pytest.mark.slow
def test_zips_with_more_members_than_the_old_form_can_count(monkeypatch: pytest.MonkeyPatch) -> None:
    many = zip_of([RawMember(b"%d.txt" % number, b"") for number in range(65_540)])
    assert sum(1 for _ in members_of("a.zip", open_bytes(many))) == 65_540
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 3)
    wide = zip_of_files(FILES)
    assert b"PK\6\6" in wide
    assert whole("a.zip", wide) == FILES
    assert whole("a.zip", b"before" + wide) == FILES


def test_zips_with_comments_and_bytes_around() -> None:
    data = io.BytesIO(b"#!/bin/sh\n" * 50)
    data.seek(0, io.SEEK_END)
    with zipfile.ZipFile(data, "a") as written:
        for name, contents in FILES:
            written.writestr(name, contents)
        written.comment = b"PK\1\2 a comment"
    assert whole("a.zip", data.getvalue()) == FILES
    assert whole("a.zip", b"more" + data.getvalue()) == FILES


def test_zip_directories_far_from_their_end() -> None:
    data = zip_of_files(FILES)
    end = data.rindex(b"PK\5\6")
    assert whole("a.zip", data[:end] + bytes(40) + data[end:]) == FILES


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("packing", ["", "gz", "bz2", "xz"])
def test_tars_of_all_forms(form: int, packing: str) -> None:
    files = [(("n" * 60 + "/") * 2 + name, data) for name, data in FILES]
    files.append(("é" * 20, b"accents"))
    if form != tarfile.USTAR_FORMAT:
        files.append(("long/" * 200 + "name.jpg", b"long"))
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode=f"w:{packing}", format=form) as written:  # type: ignore[call-overload]
        for name, contents in files:
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(contents), 1_234_567_890
            written.addfile(info, io.BytesIO(contents))
    assert whole(f"a.tar.{packing}", data.getvalue()) == files
    for member in members_of("a.tar", open_bytes(data.getvalue())):
        assert member.place.modified == 1_234_567_890


@pytest.mark.parametrize("options", [["--format=gnu"], ["--format=pax"], ["--format=v7"], ["--format=oldgnu"], ["-z"]])
def test_tars_of_gnu_tar(tmp_path: Path, options: list[str]) -> None:
    if shutil.which("tar") is None:
        pytest.skip("no tar here")
    (tmp_path / "in").mkdir()
    for number in range(5):
        (tmp_path / f"in/é{number}.jpg").write_bytes(RNG.randbytes(3000 * number))
    subprocess.run(["tar", *options, "-cf", "a.tar", "in"], cwd=tmp_path, check=True)
    expected = {f"in/é{number}.jpg": (tmp_path / f"in/é{number}.jpg").read_bytes() for number in range(5)}
    assert dict(whole("a.tar", (tmp_path / "a.tar").read_bytes())) == expected


def test_sparse_members_of_gnu_tar_are_told_and_passed(tmp_path: Path) -> None:
    if shutil.which("tar") is None:
        pytest.skip("no tar here")
    with (tmp_path / "holes.jpg").open("wb") as file:
        for at in range(0, 40 * 2**20, 2**20):
            file.seek(at)
            file.write(b"island" * 700)
    (tmp_path / "z.jpg").write_bytes(b"after")
    for form in ("gnu", "oldgnu", "pax"):
        for options in ([], ["--sparse-version=0.0"], ["--sparse-version=0.1"], ["--sparse-version=1.0"]):
            if options and form != "pax":
                continue
            command = ["tar", f"--format={form}", *options, "-Scf", "a.tar", "holes.jpg", "z.jpg"]
            subprocess.run(command, cwd=tmp_path, check=True)
            with (tmp_path / "a.tar").open("rb") as tar:
                found = [
                    (one.entry.name, one.entry.fault.code if one.entry.fault else one.entry.open().read())
                    for one in members_of("a.tar", tar)
                ]
            assert found == [("holes.jpg", "archive.unsupported"), ("z.jpg", b"after")], (form, options)


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: gzip.compress(data[:700]) + gzip.compress(data[700:])])
def test_packed_streams_may_follow_each_other_and_zeros(pack: object) -> None:
    data = tar_of(FILES)
    packed_data = pack(data)  # type: ignore[operator]
    for tail in (b"", bytes(600), b"not ours"):
        assert whole("a.tgz", packed_data + tail) == FILES


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (zip_of([]), "zip"),
        (zip_of_files(FILES), "zip"),
        (tar_of(FILES), "tar"),
        (tar_of(FILES, "gz"), "gzip"),
        (tar_of(FILES, "bz2"), "bzip2"),
        (tar_of(FILES, "xz"), "xz"),
        (b"\xff\xd8\xff\xe0" + bytes(600), None),
        (bytes(600), None),
        (b"", None),
    ],
)
def test_kinds(head: bytes, kind: str | None) -> None:
    assert container_kind(head[:512]) == kind


def test_names_of_members() -> None:
    raws = [
        RawMember("é.jpg".encode(), b"", flags=0x800),
        RawMember("é.jpg".encode(), b""),  # as macOS writes it
        RawMember(b"\x82.jpg", b""),  # as DOS wrote it
        RawMember(b"\xff\xfe.jpg", b"", flags=0x800),
        RawMember(b"nul\0.jpg", b""),
        RawMember(b"a.jpg#2", b""),
        RawMember(b"a.jpg", b""),
        RawMember(b"a.jpg", b""),
        RawMember(b"../../a.jpg", b""),
        RawMember(b"/a.jpg", b""),
        RawMember(b"folder/", b""),
        RawMember(b"folder\\", b"", attributes=0x10),
    ]
    names = [member.place.name for member in members_of("z.zip", open_bytes(zip_of(raws)))]
    assert names == [
        f"z.zip!/{name}"
        for name in (
            *("é.jpg", "é.jpg#2", "é.jpg#3", "\udcff\udcfe.jpg", "nul\ufffd.jpg", "a.jpg#2", "a.jpg", "a.jpg#3"),
            *("../../a.jpg", "/a.jpg"),
        )
    ]


def test_times_of_zip_members(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Jakarta")
    time.tzset()
    try:
        (member,) = members_of("a.zip", open_bytes(zip_of_files([("a.jpg", b"")])))
        assert member.place.modified == 1_707_877_800.0  # 2024-02-14 09:30 in Jakarta
        stamp = b"UT\5\0\1" + (1_600_000_000).to_bytes(4, "little")
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as written:
            info = zipfile.ZipInfo("a.jpg", (2024, 2, 14, 9, 30, 0))
            info.extra = stamp
            written.writestr(info, b"")
        (member,) = members_of("a.zip", open_bytes(data.getvalue()))
        assert member.place.modified == 1_600_000_000.0
    finally:
        monkeypatch.undo()
        time.tzset()
    impossible = bytearray(zip_of([RawMember(b"a.jpg", b"")]))
    at = impossible.index(b"PK\1\2") + 14
    impossible[at : at + 2] = b"\0\0"
    (member,) = members_of("a.zip", open_bytes(bytes(impossible)))
    assert member.place.modified is None


def test_stamps_of_members() -> None:
    one = {m.place.name: m.place.stamp for m in members_of("a.zip", open_bytes(zip_of_files(FILES)))}
    two = {m.place.name: m.place.stamp for m in members_of("a.zip", open_bytes(zip_of_files(FILES, 0)))}
    assert one == two
    changed = [(name, data[::-1]) for name, data in FILES]
    three = {m.place.name: m.place.stamp for m in members_of("a.zip", open_bytes(zip_of_files(changed)))}
    assert [name for name in one if one[name] == three[name]] == [
        "a.zip!/d0/f0.jpg",
        "a.zip!/zeros.bin",
        "a.zip!/nothing",
    ]
    assert {member.place.stamp for member in members_of("a.tar", open_bytes(tar_of(FILES)))} == {None}


def test_too_many_members(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "MOST_MEMBERS", 5)
    came: list[object] = []
    with pytest.raises(ContainerTooLargeError, match="more than 5"):
        came.extend(members_of("a.zip", open_bytes(zip_of_files(FILES))))
    with pytest.raises(ContainerTooLargeError):
        for member in members_of("a.zip", open_bytes(zip_of_files(FILES))):
            came.append(member)  # noqa: PERF402
    assert len(came) >= 5


@pytest.mark.slow
def test_damage_ends_in_typed_errors() -> None:
    outcomes: Counter[str] = Counter()
    for name, data in damaged(1500, seed=11):
        outcomes += read_through(name, data)
    assert outcomes["read"] > 500
    assert outcomes.total() - outcomes["read"] > 500


def test_a_record_without_a_length_ends() -> None:
    for record in (b"path=x", b"0 path=x", b"2 path=x", b"\x0199 path=x", b"9999 path=x"):
        tar = bombs.tar_header(b"x", 20, b"x") + record.ljust(512, b"\1")
        with pytest.raises(ContainerUnreadableError):
            list(members_of("a.tar", open_bytes(tar + bytes(1024))))


@pytest.mark.slow
def test_cut_anywhere_no_member_is_wrong() -> None:
    for name, data in samples():
        members = list(members_of(name, open_bytes(data)))
        expected = {} if any(member.entry.fault for member in members) else dict(whole(name, data))
        for at in range(0, len(data), 97):
            came: dict[str, bytes | None] = {}
            try:
                for member in members_of(name, open_bytes(data[:at])):
                    try:
                        came[member.entry.name] = member.entry.open().read()
                    except (BrokenError, ArchiveError):
                        came[member.entry.name] = None
            except ArchiveError:
                pass
            else:
                # After the end mark there is padding, and packed padding may be cut off in a byte or two.
                assert at > len(data) - 11_000
            if expected:
                assert all(body is None or body == expected[member] for member, body in came.items())


@pytest.mark.slow
def test_what_swells_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "SLACK_BYTES", 10 * 2**20)
    for packing in ("gz", "bz2", "xz"):
        bomb = bombs.packed_bomb(packing, b"zeros.dat", 64 * 2**20)
        with pytest.raises(ContainerTooLargeError, match="grows more than"):
            list(members_of("a.tar", open_bytes(bomb)))
    calm = tar_of([(f"{number}.jpg", RNG.randbytes(2**20)) for number in range(15)], "gz")
    assert len(list(members_of("a.tar", open_bytes(calm)))) == 15


def test_what_swells_again_and_again_is_stopped_in_zips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "SLACK_BYTES", 10 * 2**20)
    bomb = bombs.overlapping_zip(b"\xff\xd8\xff", 4 * 2**20, 50)
    came = []
    for member in members_of("a.zip", open_bytes(bomb)):
        try:
            came.append(len(member.entry.open().read()))
        except ContainerTooLargeError:
            came.append(-1)
    assert came == [4 * 2**20 + 3] * 2 + [-1] * 48


@pytest.mark.slow
def test_unpacking_holds_little(monkeypatch: pytest.MonkeyPatch) -> None:
    largest = 0
    real = UnpackingStream._step

    def step(self: UnpackingStream, most: int) -> bytes:
        nonlocal largest
        out = real(self, most)
        largest = max(largest, len(out))
        return out

    monkeypatch.setattr(UnpackingStream, "_step", step)
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        (member,) = members_of("a.zip", open_bytes(zip_of_files([("a.bin", bytes(20 * 2**20))], method)))
        assert member.entry.open().read() == bytes(20 * 2**20)
    assert largest <= packed.PIECE_BYTES


def test_dictionaries_that_would_take_gigabytes_are_refused() -> None:
    small = bombs.xz_with_dictionary(tar_of(FILES), 28)
    assert [member.entry.name for member in members_of("a.tar.xz", open_bytes(small))] == [name for name, _ in FILES]
    for code in (33, 38, 40):
        with pytest.raises(ContainerUnreadableError, match="Memory"):
            list(members_of("a.tar.xz", open_bytes(bombs.xz_with_dictionary(tar_of(FILES), code))))
    zipped = bytearray(zip_of_files([("a.jpg", b"x" * 1000)], zipfile.ZIP_LZMA))
    at = zipped.index(b"a.jpg") + 5 + 5  # after the name: version, size of properties, lc/lp/pb
    zipped[at : at + 4] = b"\xff\xff\xff\xff"
    (member,) = members_of("a.zip", open_bytes(bytes(zipped)))
    with pytest.raises(BrokenError, match="Memory"):
        member.entry.open().read()


def test_a_zip_is_read_from_its_own_position() -> None:
    """Members may be read while the directory is walked, in any order of offsets."""
    crc = zlib.crc32(b"one")
    data = zip_of(
        [RawMember(b"1", b"one", crc=crc), RawMember(b"2", b"one", crc=crc, local=0), RawMember(b"3", b"one", crc=crc)]
    )
    assert [entry.open().read() for entry in zip_entries(open_bytes(data), Allowance())] == [b"one"] * 3

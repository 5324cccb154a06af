"""A tree of everything that can be wrong with an archive, and what has to come of each piece of it."""

from __future__ import annotations

import gzip
import os
import random
import socket
import stat
import struct
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from scripts.proofs.archives import bombs
from scripts.proofs.archives.bombs import MEGABYTE, RawMember
from scripts.proofs.archives.odd_names import LONGEST, NAMES, RAW_NAMES
from scripts.proofs.fuzz_photos import default_pictures, mutants

PHOTO = "photo"
"""The bytes of the place are given to whoever judges photos; what comes of them is the decoder's business."""

NO_PHOTO = "no photo"
NOT_LOOKED_AT = "media.not_looked_at"

JPEG_START = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01"
_PATH_MAX = 4096


@dataclass
class HostileTree:
    """What was made. Names are as listing says them, `folder` in front.

    `places` tells what has to come of each: PHOTO, NO_PHOTO or the code of an error, or several of them with `|`
    between. `unreadable` are the folders and containers that have to be told, by code. `containers` are those that have
    to be listed to their end. `left_out` must not come at all.
    """

    folder: str
    places: dict[str, str] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    containers: set[str] = field(default_factory=set)
    left_out: set[str] = field(default_factory=set)


def make_hostile_tree(
    folder: Path, *, full: bool = True, swelling: bool = True, photo: bytes | None = None
) -> HostileTree:
    """Make the tree in an empty folder; `full` makes 300 broken photos, 10,000 empty files and more bombs.

    Without `swelling` there are no bombs: unpacking them as far as they are let takes seconds.

    Without rights to make one thing or another (devices), or with too many (root reads locked files), the tree and
    what is expected of it are those that can be had.
    """
    maker = _Maker(folder, photo or default_pictures()["jpeg"])
    maker.broken_photos(300 if full else 60)
    maker.empty_files(10_000 if full else 200)
    maker.names()
    maker.deep_folders()
    maker.special_files()
    maker.links()
    maker.locked()
    maker.hidden()
    maker.misnamed()
    maker.zips()
    maker.tars()
    if swelling:
        maker.zip_bombs(full=full)
        maker.tar_bombs(full=full)
    return maker.tree


class _Maker:
    def __init__(self, folder: Path, photo: bytes) -> None:
        self.root = folder
        self.photo = photo
        self.tree = HostileTree(os.fspath(folder))

    def file(self, name: str, data: bytes, outcome: str) -> None:
        """Make a file that is a place."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.tree.places[os.fspath(path)] = outcome

    def container(self, name: str, data: bytes, members: dict[str, str], unreadable: str | None = None) -> None:
        """Make a container with members that are places; it is listed to its end, or told with this code."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.tree.places.update({f"{path}!/{member}": outcome for member, outcome in members.items()})
        if unreadable is None:
            self.tree.containers.add(os.fspath(path))
        else:
            self.tree.unreadable[os.fspath(path)] = unreadable

    def broken_photos(self, count: int) -> None:
        for number, (label, data) in enumerate(mutants(default_pictures(), count, seed=6)):
            suffix = label.partition(" ")[0].partition("-")[0]
            self.file(f"broken/{number:03}.{suffix}", data, PHOTO if data else "photo.empty")

    def empty_files(self, count: int) -> None:
        for number in range(count):
            suffix, outcome = (".jpg", "photo.empty") if number % 2 else (".txt", NO_PHOTO)
            self.file(f"empty/{number % 7}/{number:05}{suffix}", b"", outcome)

    def names(self) -> None:
        for name in NAMES:
            self.file(f"names/{name}", self.photo, PHOTO)
        for raw in RAW_NAMES:
            self.file(f"names/{os.fsdecode(raw)}", self.photo, PHOTO)

    def deep_folders(self) -> None:
        """Make folders down to where no path reaches any more; what lies there cannot be had."""
        self.file("deep/" + "d/" * 60 + "photo.jpg", self.photo, PHOTO)
        part = "l" * LONGEST
        path = os.fspath(self.root / "deeper")
        Path(path).mkdir()
        here = os.open(path, os.O_RDONLY)
        while len(path) < _PATH_MAX:
            os.mkdir(part, dir_fd=here)  # a Path would not reach there
            below = os.open(part, os.O_RDONLY, dir_fd=here)
            os.close(here)
            here, path = below, f"{path}/{part}"
        descriptor = os.open("photo.jpg", os.O_WRONLY | os.O_CREAT, dir_fd=here)
        os.write(descriptor, self.photo)
        os.close(descriptor)
        os.close(here)
        self.tree.unreadable[path] = "archive.folder"

    def special_files(self) -> None:
        folder = self.root / "special"
        folder.mkdir()
        os.mkfifo(folder / "pipe.jpg")
        os.mkfifo(folder / "pipe")
        os.mkfifo(folder / "pipe.zip")
        self._socket(folder / "socket.jpg")
        (folder / "zero.jpg").symlink_to("/dev/zero")
        (folder / "random.zip").symlink_to("/dev/urandom")
        for name in ("pipe.jpg", "pipe", "pipe.zip", "socket.jpg", "zero.jpg", "random.zip"):
            self.tree.places[os.fspath(folder / name)] = "archive.not_a_file"
        with suppress(PermissionError):
            os.mknod(folder / "device.jpg", stat.S_IFCHR | 0o666, os.makedev(1, 3))
            self.tree.places[os.fspath(folder / "device.jpg")] = "archive.not_a_file"

    def _socket(self, path: Path) -> None:
        here = os.open(path.parent, os.O_RDONLY)
        try:  # a socket's path may have 107 bytes; this one has few, whatever lies above
            with socket.socket(socket.AF_UNIX) as made:
                made.bind(f"/proc/self/fd/{here}/{path.name}")
        finally:
            os.close(here)

    def links(self) -> None:
        folder = self.root / "links"
        self.file("links/photo.jpg", self.photo, PHOTO)
        links = {
            "good.jpg": ("photo.jpg", PHOTO),
            "nowhere.jpg": ("does not exist", "photo.not_found"),
            "nowhere": ("does not exist", "photo.not_found"),
            "a.jpg": ("b.jpg", "photo.not_found"),
            "b.jpg": ("a.jpg", "photo.not_found"),
            "self": ("self", "photo.not_found"),
        }
        for name, (target, outcome) in links.items():
            (folder / name).symlink_to(target)
            self.tree.places[os.fspath(folder / name)] = outcome
        for name, target in {"round": ".", "up": "..", "root": "/", "proc": "/proc/self"}.items():
            (folder / name).symlink_to(target)
            self.tree.left_out.add(os.fspath(folder / name))

    def locked(self) -> None:
        everything = os.geteuid() == 0
        self.file("locked/photo.jpg", self.photo, PHOTO if everything else "photo.not_found")
        self.file("locked/folder/photo.jpg", self.photo, PHOTO)
        (self.root / "locked/photo.jpg").chmod(0)
        (self.root / "locked/folder").chmod(0)
        if not everything:
            del self.tree.places[os.fspath(self.root / "locked/folder/photo.jpg")]
            self.tree.unreadable[os.fspath(self.root / "locked/folder")] = "archive.folder"

    def hidden(self) -> None:
        for name in (".hidden.jpg", ".trash/photo.jpg", "__MACOSX/photo.jpg", "._photo.jpg", "@eaDir/photo.jpg"):
            self.file(f"hidden/{name}", self.photo, PHOTO)
            path = os.fspath(self.root / "hidden" / name)
            del self.tree.places[path]
            self.tree.left_out.add(path)
        self.file("hidden/shown.jpg", self.photo, PHOTO)

    def misnamed(self) -> None:
        packed = bombs.zip_of_files([("photo.jpg", self.photo)])
        outcomes = {
            "photo.txt": (self.photo, PHOTO),
            "photo": (self.photo, PHOTO),
            "really a photo.zip": (self.photo, PHOTO),
            "text.jpg": (b"no photo at all", PHOTO),
            "text.txt": (b"no photo at all", NO_PHOTO),
            "zip.jpg": (packed, "archive.misnamed"),
            "zip": (packed, "archive.misnamed"),
            "tar": (bombs.tar_of([("photo.jpg", self.photo)]), "archive.misnamed"),
            "album 17.08.2019": (packed, "archive.misnamed"),
            "document.docx": (packed, NOT_LOOKED_AT),
            "photo.jpg.gz": (gzip.compress(self.photo, mtime=0), "archive.misnamed"),
            "log.gz": (gzip.compress(b"log", mtime=0), NO_PHOTO),
            "album.rar": (b"Rar!\x1a\x07\x01\0" + bytes(100), "archive.unsupported"),
            "album.7z": (b"7z\xbc\xaf\x27\x1c" + bytes(100), "archive.unsupported"),
            "huge.jpg": (b"", "photo.too_large"),
            "huge.mp4": (b"\0\0\0\x18ftypmp42", NOT_LOOKED_AT),
        }
        for name, (data, outcome) in outcomes.items():
            self.file(f"misnamed/{name}", data, outcome)
        for name in ("huge.jpg", "huge.mp4"):
            os.truncate(self.root / "misnamed" / name, 2**40)
        self.container("misnamed/page.zip", b"<html>not found</html>", {}, "archive.unreadable")
        self.container("misnamed/page.tar.gz", b"<html>not found</html>", {}, "archive.unreadable")
        self.container("misnamed/nothing.zip", b"", {}, "archive.unreadable")
        self.container("misnamed/really a tar.zip", bombs.tar_of([("photo.jpg", self.photo)]), {"photo.jpg": PHOTO})
        self.container("misnamed/really a zip.tar.gz", packed, {"photo.jpg": PHOTO})

    def zips(self) -> None:
        photo, crc = self.photo, zlib.crc32(self.photo)
        names = ["../../up.jpg", "/etc/absolute.jpg", "C:\\windows.jpg", "..\\..\\back.jpg", "//server/share.jpg"]
        names += [name for name in NAMES if not name.startswith((".", "/"))]
        self.container(
            "zips/names.zip", bombs.zip_of_files([(name, photo) for name in names]), dict.fromkeys(names, PHOTO)
        )
        raw = {b"nul\0.jpg.txt": "nul\ufffd.jpg.txt", b"\xff\xfe.jpg": "\xa0\u25a0.jpg", "é.jpg".encode(): "é.jpg"}
        self.container(
            "zips/raw names.zip",
            bombs.zip_of([RawMember(name, photo, crc=crc) for name in raw]),
            dict.fromkeys(raw.values(), PHOTO),
        )
        self.container(
            "zips/twice.zip",
            bombs.zip_of([RawMember(b"a.jpg", photo, crc=crc)] * 3),
            dict.fromkeys(("a.jpg", "a.jpg#2", "a.jpg#3"), PHOTO),
        )
        link = (stat.S_IFLNK | 0o777) << 16
        device = (stat.S_IFCHR | 0o666) << 16
        honest = bombs.deflated(photo, 0)
        self.container(
            "zips/members.zip",
            bombs.zip_of(
                [
                    RawMember(b"folder/", b""),
                    RawMember(b"good.jpg", photo, crc=crc),
                    RawMember(b"locked.jpg", bytes(12) + photo, crc=crc, flags=1, size=len(photo)),
                    RawMember(b"strange.jpg", b"?", method=9, size=100),
                    RawMember(b"wavpack.jpg", b"?", method=200, size=100),
                    RawMember(b"link.jpg", b"/etc/passwd", crc=zlib.crc32(b"/etc/passwd"), attributes=link),
                    RawMember(b"device.jpg", b"", attributes=device),
                    RawMember(b"wrong.jpg", photo, crc=crc ^ 1),
                    RawMember(b"short.jpg", honest[:-20], method=8, crc=crc, size=len(photo)),
                    RawMember(b"garbage.jpg", b"\xff" * 50, method=8, size=len(photo)),
                    RawMember(b"bigger.jpg", honest, method=8, crc=crc, size=len(photo) - 9),
                    RawMember(b"smaller.jpg", honest, method=8, crc=crc, size=len(photo) + 9),
                    RawMember(b"elsewhere.jpg", photo, crc=crc, local=7),
                    RawMember(b"beyond.jpg", photo, crc=crc, local=2**32 - 2),
                    RawMember(b"empty.jpg", b""),
                    RawMember(b"text.txt", b"text", crc=zlib.crc32(b"text")),
                    RawMember(b"photo.dat", photo, crc=crc),
                    RawMember(b"inner.zip", bombs.zip_of_files([("a.jpg", photo)]), crc=0),
                    RawMember(b"inner.jpg", packed := bombs.zip_of_files([("a.jpg", photo)]), crc=zlib.crc32(packed)),
                    RawMember(b"inner.docx", packed, crc=zlib.crc32(packed)),
                    RawMember(b".hidden.jpg", photo, crc=crc),
                    RawMember(b"__MACOSX/._good.jpg", photo, crc=crc),
                    RawMember(b"last.jpg", photo, crc=crc),
                ]
            ),
            {
                **dict.fromkeys(("good.jpg", "photo.dat", "last.jpg"), PHOTO),
                **dict.fromkeys(("strange.jpg", "wavpack.jpg"), "archive.unsupported"),
                **dict.fromkeys(("link.jpg", "device.jpg"), "archive.not_a_file"),
                **dict.fromkeys(
                    (
                        "wrong.jpg",
                        "short.jpg",
                        "garbage.jpg",
                        "bigger.jpg",
                        "smaller.jpg",
                        "elsewhere.jpg",
                        "beyond.jpg",
                    ),
                    "archive.member",
                ),
                "locked.jpg": "archive.encrypted",
                "empty.jpg": "photo.empty",
                "text.txt": NO_PHOTO,
                "inner.docx": NOT_LOOKED_AT,
                "inner.zip": "archive.nested|archive.member",
                "inner.jpg": "archive.nested",
            },
        )
        self._damaged_zips()

    def zip_bombs(self, *, full: bool) -> None:
        large = (256 if full else 201) * MEGABYTE
        swollen = bombs.deflated(JPEG_START, large)
        self.container(
            "zips/bombs.zip",
            bombs.zip_of(
                [
                    RawMember(b"honest.jpg", swollen, method=8, size=large + len(JPEG_START)),
                    RawMember(b"honest.dat", swollen, method=8, size=large + len(JPEG_START)),
                    RawMember(b"honest.mp4", bombs.deflated(b"video", large), method=8, size=large + 5),
                    RawMember(b"lying.jpg", swollen, method=8, size=10_000),
                    RawMember(b"negative.jpg", swollen, method=8, size=2**32 - 2),
                    RawMember(b"good.jpg", self.photo, crc=zlib.crc32(self.photo)),
                ]
            ),
            {
                **dict.fromkeys(("honest.jpg", "honest.dat", "negative.jpg"), "photo.too_large"),
                "honest.mp4": NOT_LOOKED_AT,
                "lying.jpg": "archive.member",
                "good.jpg": PHOTO,
            },
        )
        nested = bombs.nested_zip(self.photo, 5)
        self.container("zips/nested.zip", nested, {"level4.zip": "archive.nested"})
        for method, name in ((zipfile.ZIP_BZIP2, "bzip2"), (zipfile.ZIP_LZMA, "lzma")) if full else ():
            swollen = bombs.zip_of_files([("zeros.jpg", JPEG_START + bytes(large))], method)
            self.container(f"zips/{name}.zip", swollen, {"zeros.jpg": "photo.too_large"})
        members = 60 if full else 20
        self.container(
            "zips/overlapping.zip",
            bombs.overlapping_zip(JPEG_START, (60 if full else 80) * MEGABYTE, members),
            {f"{number:04}.jpg": f"{PHOTO}|archive.too_large" for number in range(members)},
        )

    def _damaged_zips(self) -> None:
        files = [(f"{number}.jpg", self.photo) for number in range(4)]
        good = bombs.zip_of_files(files)
        directory = good.index(b"PK\1\2")
        self.container("zips/cut.zip", good[: len(good) // 2], {}, "archive.unreadable")
        self.container("zips/cut in directory.zip", good[: directory + 60], {}, "archive.unreadable")
        third = good.index(b"PK\1\2", good.index(b"PK\1\2", directory + 1) + 1)
        damaged = good[:third] + b"????" + good[third + 4 :]
        self.container("zips/damaged.zip", damaged, {"0.jpg": PHOTO, "1.jpg": PHOTO}, "archive.unreadable")
        raws = [RawMember(b"0.jpg", self.photo, crc=zlib.crc32(self.photo))]
        self.container("zips/miscounted.zip", bombs.zip_of(raws, count=9), {"0.jpg": PHOTO}, "archive.unreadable")
        split = bytearray(good)
        struct.pack_into("<2H", split, split.rindex(b"PK\5\6") + 4, 3, 3)
        self.container("zips/split.zip", bytes(split), {}, "archive.unsupported")
        self.container("zips/after a program.zip", b"#!/bin/sh\n" + good, {name: PHOTO for name, _ in files})
        self.container("zips/no members.zip", bombs.zip_of([]), {})
        rng = random.Random(7)
        self.container("zips/noise.zip", b"PK\3\4" + rng.randbytes(5000), {}, "archive.unreadable")

    def tars(self) -> None:
        photo = self.photo
        names = ["../../up.jpg", "/etc/absolute.jpg", "n/" * 150 + "long.jpg"]
        names += [name for name in NAMES if not name.startswith((".", "/"))]
        for packing in ("", "gz", "bz2", "xz"):
            tar = bombs.tar_of([(name, photo) for name in names], packing)
            self.container(f"tars/names.tar{packing and '.'}{packing}", tar, dict.fromkeys(names, PHOTO))
        self.container(
            "tars/things.tar",
            bombs.tar_of_things(photo),
            {
                "d/photo.jpg": PHOTO,
                **dict.fromkeys(
                    ("d/symbolic.jpg", "d/hard.jpg", "d/circle.jpg", "dev/zero.jpg", "dev/disk", "pipe.jpg"),
                    "archive.not_a_file",
                ),
            },
        )
        two = bombs.tar_of([("a.jpg", photo), ("b.jpg", photo)])
        second = two.index(b"b.jpg")
        cut = two[: second + 700]
        self.container("tars/cut.tar", cut, {"a.jpg": PHOTO, "b.jpg": "archive.member"}, "archive.unreadable")
        self.container("tars/no end mark.tar", two[:second], {"a.jpg": PHOTO}, "archive.unreadable")
        packed = gzip.compress(two, mtime=0)
        self.container(
            "tars/cut.tar.gz",
            gzip.compress(cut, mtime=0),
            {"a.jpg": PHOTO, "b.jpg": "archive.member"},
            "archive.unreadable",
        )
        self.container("tars/broken.tgz", packed[:9], {}, "archive.unreadable")
        damaged = two[:second] + b"?" + two[second + 1 :]
        self.container("tars/damaged.tar", damaged, {"a.jpg": PHOTO}, "archive.unreadable")
        self.container("tars/two in one.tar", two + two, dict.fromkeys(("a.jpg", "b.jpg", "a.jpg#2", "b.jpg#2"), PHOTO))
        self.container("tars/no members.tar", bytes(10240), {})
        nested = bombs.tar_of([("in.tar.gz", packed), ("in.tar", two), ("in.jpg", packed), ("photo.jpg", photo)])
        self.container(
            "tars/nested.tar",
            nested,
            {**dict.fromkeys(("in.tar.gz", "in.tar", "in.jpg"), "archive.nested"), "photo.jpg": PHOTO},
        )
        self.container("tars/zstd.tar.zst", b"\x28\xb5\x2f\xfd" + bytes(50), {}, "archive.unsupported")
        dictionary = bombs.xz_with_dictionary(two, 38)
        self.container("tars/dictionary.tar.xz", dictionary, {}, "archive.unreadable")
        self._lying_tars()

    def _lying_tars(self) -> None:
        header, end = bombs.tar_header, bytes(1024)
        body = self.photo.ljust(-(-len(self.photo) // 512) * 512, b"\0")
        good = header(b"good.jpg", len(self.photo)) + body
        lies = {
            "huge": header(b"huge.jpg", bombs.binary_size(2**60)),
            "negative": header(b"negative.jpg", bombs.binary_size(-512)),
            "letters": header(b"letters.jpg", b"999999999999"),
            "long name": header(b"././@LongLink", 2**33 - 1, b"L"),
            "extended": header(b"x", 2**33 - 1, b"x"),
            "bad record": header(b"x", 20, b"x") + b"99999999 path=x".ljust(512, b"\0"),
            "record without a length": header(b"x", 20, b"x") + b"path=x".ljust(512, b"\1"),
            "record of no length": header(b"x", 20, b"x") + b"0 path=x".ljust(512, b"\1"),
            "bad record size": header(b"x", 20, b"x") + b"18 size=-99999999\n".ljust(512, b"\0") + good,
        }
        for name, lie in lies.items():
            members = {"good.jpg": PHOTO}
            if name == "huge":
                members["huge.jpg"] = "photo.too_large"
            self.container(f"tars/lying {name}.tar", good + lie + end, members, "archive.unreadable")
        sparse = header(b"holes.jpg", 0, b"S")
        label = header(b"Backup of 2019", 0, b"V")
        tar = label + sparse + good + end
        self.container("tars/kinds.tar", tar, {"holes.jpg": "archive.unsupported", "good.jpg": PHOTO})

    def tar_bombs(self, *, full: bool) -> None:
        self.container(
            "tars/bomb.tar.gz",
            bombs.packed_bomb("gz", b"zeros.dat", 1300 * MEGABYTE),
            {"zeros.dat": NO_PHOTO},
            "archive.too_large",
        )
        for packing in ("bz2", "xz") if full else ():
            self.container(
                f"tars/bomb.tar.{packing}",
                bombs.packed_bomb(packing, b"zeros.jpg", 1300 * MEGABYTE),
                {"zeros.jpg": "photo.too_large"},
                "archive.too_large",
            )

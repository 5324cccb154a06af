"""Throw damaged photos at the decoder (or the whole checker) in one process and report what came of it.

    python -m scripts.proofs fuzz-photos [--cases 500] [--seed 1] [--check] [FILE ...]

Without files it makes small pictures of every format. Ends with 1 when anything but a typed error came out, or when
the process grew past 1.5 GB.
"""

from __future__ import annotations

import argparse
import io
import random
import resource
import struct
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
from PIL import Image

from vision.errors import FotoNetralError
from vision.media.photo import open_photo

MOST_BYTES = 1_500_000_000
SIZE_VALUES = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 16383, 60000)
Mutation = Callable[[random.Random, bytes, list[bytes]], bytes]


def default_pictures() -> dict[str, bytes]:
    """Make one small picture of every format and of the variants that take other paths through the decoders."""
    rng = np.random.default_rng(11)
    coarse = rng.integers(0, 255, (12, 16, 3), np.uint8)
    image = Image.fromarray(coarse).resize((160, 120), Image.Resampling.BILINEAR)
    exif = Image.Exif()
    exif[0x0112] = 6
    deep = Image.fromarray(rng.integers(0, 65535, (60, 80), np.uint16))
    wanted: dict[str, tuple[Image.Image, str, dict[str, Any]]] = {
        "jpeg": (image, "JPEG", {"exif": exif}),
        "jpeg-progressive": (image, "JPEG", {"progressive": True}),
        "jpeg-cmyk": (image.convert("CMYK"), "JPEG", {}),
        "jpeg-large": (image.resize((4400, 400)), "JPEG", {}),
        "png": (image, "PNG", {"exif": exif}),
        "png-palette": (image.quantize(16), "PNG", {"transparency": 3}),
        "png-16": (deep, "PNG", {}),
        "png-alpha": (image.convert("RGBA"), "PNG", {}),
        "webp": (image, "WEBP", {"exif": exif}),
        "webp-lossless": (image, "WEBP", {"lossless": True}),
        "avif": (image, "AVIF", {"speed": 10}),
        "tiff": (image, "TIFF", {}),
        "tiff-lzw": (image, "TIFF", {"compression": "tiff_lzw"}),
        "tiff-jpeg": (image, "TIFF", {"compression": "jpeg"}),
        "bmp": (image, "BMP", {}),
        "gif": (image, "GIF", {"save_all": True, "append_images": [image.rotate(90)]}),
    }
    pictures = {}
    for label, (picture, kind, options) in wanted.items():
        buffer = io.BytesIO()
        picture.save(buffer, kind, **options)
        pictures[label] = buffer.getvalue()
    buffer = io.BytesIO()
    pillow_heif.from_pillow(image).save(buffer, quality=60)
    return pictures | {"heic": buffer.getvalue()}


def flip_bits(rng: random.Random, data: bytes, _: list[bytes]) -> bytes:
    """Turn over one to thirty bits anywhere."""
    damaged = bytearray(data)
    for _turn in range(rng.randint(1, 30)):
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
    return bytes(damaged)


def cut(rng: random.Random, data: bytes, _: list[bytes]) -> bytes:
    """Leave out the end, sometimes all but a few bytes."""
    return data[: rng.randrange(min(len(data), 64) if rng.random() < 0.2 else len(data))]


def splice(rng: random.Random, data: bytes, others: list[bytes]) -> bytes:
    """Go on with the bytes of another picture, or leave out or repeat a stretch."""
    at = rng.randrange(len(data))
    other = rng.choice([*others, data])
    start = rng.randrange(len(other))
    return data[:at] + other[start : start + rng.randint(1, len(other))] + data[at + rng.randint(0, 64) :]


def blank(rng: random.Random, data: bytes, _: list[bytes]) -> bytes:
    """Overwrite a stretch with zeros or 0xFF, as failed disks do."""
    at, length = rng.randrange(len(data)), rng.randint(1, max(len(data) // 3, 1))
    return data[:at] + rng.choice((b"\0", b"\xff")) * min(length, len(data) - at) + data[at + length :]


def edit_header(rng: random.Random, data: bytes, _: list[bytes]) -> bytes:
    """Write telling sizes (none, huge, negative) where headers keep theirs."""
    damaged = bytearray(data)
    for _turn in range(rng.randint(1, 3)):
        form = rng.choice(("<H", ">H", "<I", ">I"))
        length = struct.calcsize(form)
        value = rng.choice(SIZE_VALUES) & (2 ** (8 * length) - 1)
        at = rng.randrange(max(min(len(damaged), 700) - length, 1))
        damaged[at : at + length] = struct.pack(form, value)
    return bytes(damaged)


MUTATIONS: tuple[Mutation, ...] = (flip_bits, cut, splice, blank, edit_header, edit_header)


def mutants(pictures: dict[str, bytes], cases: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield (label, bytes), the same for the same seed; the labels name picture, mutation and case number."""
    rng = random.Random(seed)
    everything = list(pictures.values())
    labels = list(pictures)
    for number in range(cases):
        label = labels[number % len(labels)]
        mutate = rng.choice(MUTATIONS)
        yield f"{label} {mutate.__name__} #{number}", mutate(rng, pictures[label], everything)


def peak_bytes() -> int:
    """Return the most memory that this process ever held (Linux counts it in kilobytes)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def attack(judge: Callable[[bytes], object], cases: Iterator[tuple[str, bytes]]) -> tuple[Counter[str], list[str], str]:
    """Run every case; return how often each outcome came, the tracebacks, and a line about the slowest case."""
    outcomes: Counter[str] = Counter()
    failures: list[str] = []
    slowest = (0.0, "-")
    for label, data in cases:
        began = time.perf_counter()
        try:
            judge(data)
            outcomes["passed"] += 1
        except FotoNetralError as error:
            outcomes[error.code] += 1
        except Exception:
            outcomes["TRACEBACK"] += 1
            failures.append(f"{label}\n{traceback.format_exc()}")
        slowest = max(slowest, (time.perf_counter() - began, label))
    return outcomes, failures, f"{slowest[0]:.2f} s ({slowest[1]})"


def main(arguments: list[str]) -> int:
    """Parse, run, print; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.proofs fuzz-photos",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="*", type=Path, help="pictures to damage (default: small ones of every format)")
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--check", action="store_true", help="run the whole check, not only the decoder")
    options = parser.parse_args(arguments)
    pictures = {path.name: path.read_bytes() for path in options.files} or default_pictures()
    began = time.perf_counter()
    with ExitStack() as stack:
        judge: Callable[[bytes], object] = open_photo
        if options.check:
            from vision import PhotoChecker

            judge = stack.enter_context(PhotoChecker.open()).check
        outcomes, failures, slowest = attack(judge, mutants(pictures, options.cases, options.seed))
    for failure in failures:
        print(failure, file=sys.stderr)
    for outcome, count in outcomes.most_common():
        print(f"{count:6}  {outcome}")
    print(f"{options.cases} cases, seed {options.seed}, {time.perf_counter() - began:.1f} s; slowest {slowest}")
    print(f"peak memory {peak_bytes() / 1e6:.0f} MB (at most {MOST_BYTES / 1e6:.0f})")
    return 1 if failures or peak_bytes() > MOST_BYTES else 0

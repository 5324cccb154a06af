"""Photos as a scan lists them, made up: of every verdict, with thumbnails, copies, decisions and odd names."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

import numpy as np
from PIL import Image

from tests.fakes import FakeEngines, a_hand
from tests.made_up import PIXELS, calm, judged
from vision import CheckError, PhotoChecker
from vision.contract.answers.check import FailedPhoto, KeptPhoto
from vision.errors import Language, PhotoEmptyError
from vision.geometry import Box
from vision.poses import Pose
from vision.report.listing import Decision, ListedPhoto, ScanFacts
from vision.rules import Policy

HOSTILE = "</script><script>alert(1)</script><!--'\"&\u2028\u202egpj.jpg"
"""The end of a file's name that breaks out of whatever does not escape it."""


@cache
def result_of(kind: str, language: Language = "id", candidate: str = "Budi") -> KeptPhoto | FailedPhoto:
    """Give a result: "person" (a candidate and signs), "sign", "review", "clear", or "error"."""
    if kind == "error":
        empty = PhotoEmptyError("Berkas foto kosong: 0 bita.", "The photo file is empty: 0 bytes.")
        return CheckError("", empty, language).to_answer()
    if kind == "person":
        told = judged("", candidate=candidate, language=language)
    elif kind == "clear":
        told = calm()
    else:
        pose = {"sign": Pose.PEACE_TWO, "review": Pose.THUMB_DOWN}[kind]
        fake = FakeEngines(hands=[a_hand(pose, Box(20, 150, 40, 50))])
        told = PhotoChecker(Policy.load(), language=language, load=fake.load).check(PIXELS, name="")
    return told.to_answer().kept


def thumbnail(seed: int = 0, side: int = 160) -> bytes:
    """Give a small picture, another one for every seed."""
    pixels = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    stream = io.BytesIO()
    large = Image.fromarray(pixels).resize((side, side * 3 // 4), Image.Resampling.BICUBIC)
    large.save(stream, "WEBP", quality=60)
    return stream.getvalue()


def listed(
    number: int,
    kind: str = "sign",
    *,
    places: Iterable[str] | None = None,
    day: datetime | None = datetime(2025, 3, 5, 9, 30),
    picture: bytes | None = b"",
    likeness: int | None = None,
    known: bool = False,
    decision: Decision | None = None,
    language: Language = "id",
    candidate: str = "Budi",
) -> ListedPhoto:
    """Give a listed photo; clear ones are of the audit sample, and all but errors have a thumbnail if not told."""
    if picture == b"":
        picture = None if kind == "error" else thumbnail(number)
    return ListedPhoto(
        key=hashlib.sha256(str(number).encode()).hexdigest(),
        places=tuple(places or [f"/srv/foto/2025/Rapat/IMG_{number:04}.jpg"]),
        result=result_of(kind, language, candidate),
        modified=day,
        thumbnail=picture,
        likeness=likeness,
        known=known,
        audited=kind == "clear",
        decision=decision,
    )


def facts_of(photos: Iterable[ListedPhoto], **changes: Any) -> ScanFacts:
    """Give the facts of a scan that found these photos and 1,000 clear ones."""
    counts = {"clear": 1000, "review": 0, "flag": 0, "error": 0, "places": 1000}
    for photo in photos:
        verdict = "error" if photo.verdict is None else photo.verdict.value
        counts[verdict] += verdict != "clear"
        counts["places"] += len(photo.places)
    told: dict[str, Any] = {
        "sources": ["/srv/foto"],
        "language": "id",
        "policy": "skb-2-2022",
        "policy_title": "SKB 2/2022: pedoman netralitas ASN (nasional)",
        "gallery": "revision-1",
        "people": 12,
        "day": "2026-11-27",
        "version": "0.1.0",
        "finished": True,
        "counts": counts,
        "audit_rate": 0.01,
        "baseline": None,
    }
    return ScanFacts(**(told | changes))


def scan_of_many() -> list[ListedPhoto]:
    """Give a scan with something of everything: 60 reported, 5 of the sample, 4 that could not be judged."""
    photos = [listed(at, "sign", day=datetime(2024 + at % 3, 1 + at % 12, 3)) for at in range(50)]
    photos += [
        listed(at, "person", places=[f"/srv/foto/2026/Apel/{at}.jpg", f"/srv/salinan/{at} (1).jpg"])
        for at in range(100, 104)
    ]
    photos += [
        listed(at, "review", places=[f"/srv/foto/2024/arsip.zip!/dalam/{at}.jpg"], day=None) for at in range(200, 203)
    ]
    # Three shots of one moment.
    photos += [
        listed(at, "sign", places=[f"/srv/foto/2026/Mirip/{at}.jpg"], likeness=0x0F0F_1234_5678_9ABC ^ at % 4)
        for at in range(300, 303)
    ]
    photos += [listed(400, "person", places=[f"/srv/foto/2026/aneh<b>\udce9/{HOSTILE}"], candidate=f"Bu {HOSTILE}")]
    photos += [listed(at, "clear") for at in range(500, 505)]
    photos += [listed(at, "error", places=[f"/srv/foto/rusak/{at}.jpg"]) for at in range(600, 604)]
    return photos

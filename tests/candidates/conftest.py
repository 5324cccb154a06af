"""A fake face engine (a photo's hash is its face), tables on the disk, and a calibration with round numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from candidates import Calibration, Reference

MODEL = "fake-model"


class NoFaceError(Exception):
    """Stands for the engine's enrolment errors: a code, and words in two languages."""

    code = "enrolment.no_face"

    def text(self, language: str = "id") -> str:
        return "Tidak ada wajah." if language == "id" else "No face."


@dataclass(frozen=True)
class FakeTemplate:
    embedding: Any
    photo_sha256: str
    photo_name: str
    model_id: str = MODEL
    size_px: float = 120.0
    sharpness: float = 1.0


def unit_vector(seed: bytes) -> Any:
    rng = np.random.default_rng(int.from_bytes(hashlib.sha256(seed).digest()[:8], "big"))
    vector = rng.normal(size=128)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


@dataclass
class FakeEngine:
    """Describes photos by their bytes; `noface` in them is a photo without a face. Counts its work."""

    model_id: str = MODEL
    described: list[str] = field(default_factory=list)

    def __call__(self, photo: Path | bytes, /, *, name: str | None = None) -> FakeTemplate:
        data, name = (photo, name or "") if isinstance(photo, bytes) else (photo.read_bytes(), photo.name)
        self.described.append(name)
        if b"noface" in data:
            raise NoFaceError
        if b"broken" in data:
            raise RuntimeError("secret detail")
        return FakeTemplate(unit_vector(data), hashlib.sha256(data).hexdigest(), name, self.model_id)


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def make_table(tmp_path: Path) -> Callable[..., Path]:
    """Write a table (text or bytes) with photos a.jpg to f.jpg, noface.jpg and broken.jpg beside it."""

    def make(text: str | bytes, *, elections: str | None = None) -> Path:
        folder = tmp_path / "tables"
        folder.mkdir(exist_ok=True)
        for name in ("a", "b", "c", "d", "e", "f", "noface", "broken"):
            (folder / f"{name}.jpg").write_bytes(name.encode())
        if elections is not None:
            (folder / "elections.csv").write_text(elections, "utf-8")
        table = folder / "candidates.csv"
        table.write_bytes(text if isinstance(text, bytes) else text.encode())
        return table

    return make


@pytest.fixture
def make_reference() -> Callable[..., Reference]:
    def make(person: str, photo: str, *, embedding: Any = None, model_id: str = MODEL, number: int = 0) -> Reference:
        vector = unit_vector(photo.encode()) if embedding is None else np.asarray(embedding, np.float32)
        sha256 = hashlib.sha256(photo.encode()).hexdigest()
        return Reference(number, person, f"{photo}.jpg", sha256, model_id, vector, 100.0)

    return make


@pytest.fixture
def calibration() -> Calibration:
    """FMR 1e-6 at 0.3, ten times more every 0.1, up to 1 at 0.9; measured down to 1e-5; n references count as n."""
    distance = np.array([0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])
    rates = np.array([1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0])
    return Calibration(MODEL, "made up", 450, 1e-5, 1.0, distance, rates, rates[::-1].copy())

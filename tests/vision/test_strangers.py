"""Whose faces are surely different people's, told from how a folder is laid out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.fakes import a_face
from vision.enrolment.strangers import Layout, StrangersReader
from vision.errors import FotoNetralError
from vision.faces import Face
from vision.geometry import Box


class Shades:
    """Finds a face of 60 px for every shade of grey in the top row but black; white ones are 12 px."""

    def find(self, pixels: np.ndarray) -> tuple[Face, ...]:
        shades = [int(shade) for shade in dict.fromkeys(pixels[0, :, 0].tolist()) if shade]
        return tuple(
            a_face(Box(70.0 * n, 10, *((12.0, 12.0) if shade > 250 else (60.0 - n, 60.0))))
            for n, shade in enumerate(shades)
        )

    def close(self) -> None:
        pass


class ShadeModel:
    """The vector of a face is the shade that stands at its place."""

    model_id, size, sha256 = "shades", 2, "0" * 64

    def embed_carefully(self, pixels: np.ndarray, faces: Sequence[Face]) -> np.ndarray:
        return np.array([[pixels[0, int(one.box.left), 0], 1] for one in faces], np.float32).reshape(len(faces), 2)


def photo(path: Path, *shades: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.zeros((80, 70 * max(len(shades), 1), 3), np.uint8)
    for n, shade in enumerate(shades):
        pixels[:, 70 * n : 70 * n + 70] = shade
    cv2.imwrite(str(path), pixels)


@pytest.fixture
def reader() -> StrangersReader:
    return StrangersReader(Shades(), ShadeModel())


def shades_of(group: dict[str, np.ndarray]) -> list[list[int]]:
    return [[int(vector[0]) for vector in own] for own in group.values()]


def test_a_folder_a_person(tmp_path: Path, reader: StrangersReader) -> None:
    photo(tmp_path / "ani/1.png", 10)
    photo(tmp_path / "ani/more/2.png", 12)
    photo(tmp_path / "budi/1.png", 90)
    found = reader.read(tmp_path)
    assert found.layout is Layout.PEOPLE
    assert [shades_of(dict(group)) for group in found.groups] == [[[10, 12], [90]]]
    assert not {"ani", "budi"} & {name for group in found.groups for name in group}, "nobody is named"
    assert found.faces.tolist() == [[10, 1], [90, 1]]


def test_a_photo_a_person(tmp_path: Path, reader: StrangersReader) -> None:
    photo(tmp_path / "a.png", 10)
    photo(tmp_path / "b.png", 20)
    found = reader.read(tmp_path)
    assert found.layout is Layout.PORTRAITS
    assert [shades_of(dict(group)) for group in found.groups] == [[[10], [20]]]


def test_group_photos_are_compared_within_each(tmp_path: Path, reader: StrangersReader) -> None:
    photo(tmp_path / "event/a.png", 10, 20, 30)
    photo(tmp_path / "event/b.png", 10, 20)
    found = reader.read(tmp_path)
    assert found.layout is Layout.PHOTOS
    assert [shades_of(dict(group)) for group in found.groups] == [[[10], [20], [30]], [[10], [20]]]


def test_the_operator_knows_better(tmp_path: Path, reader: StrangersReader) -> None:
    photo(tmp_path / "a/1.png", 10)
    photo(tmp_path / "b/1.png", 20)
    assert reader.read(tmp_path, Layout.PORTRAITS).layout is Layout.PORTRAITS


def test_what_cannot_be_used_is_told(tmp_path: Path, reader: StrangersReader) -> None:
    photo(tmp_path / "good.png", 10)
    photo(tmp_path / "empty.png", 0)
    photo(tmp_path / "tiny.png", 255)
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    told: list[str] = []
    found = StrangersReader(Shades(), ShadeModel(), told.append).read(tmp_path)
    reasons = {Path(name).name: error.code for name, error in found.left_out}
    assert found.photos == 1
    assert set(reasons) == {"empty.png", "tiny.png", "broken.jpg"}
    assert reasons["empty.png"] == "enrolment.no_face"
    assert reasons["tiny.png"] == "enrolment.poor_face", "a poor face resembles everybody"
    assert sorted(told) == ["broken.jpg", "empty.png", "good.png", "tiny.png"]
    assert all(isinstance(error, FotoNetralError) for _, error in found.left_out)


def test_a_folder_without_photos(tmp_path: Path, reader: StrangersReader) -> None:
    found = reader.read(tmp_path)
    assert (found.photos, len(found.left_out)) == (0, 1)

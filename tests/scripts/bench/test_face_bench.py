"""The face benchmark's counts of turned photos, masks and hands, on tiny pictures with a made-up finder."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from scripts.bench.faces import detection, pictures, turned
from vision.geometry import Box

DARK = 100


class FakeFace:
    box = Box(0, 0, 4, 4)


class FakeFinder:
    """Finds a face in a picture that is dark somewhere, and takes its darkest side for its top."""

    def __enter__(self) -> FakeFinder:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def find(self, pixels: NDArray[np.uint8]) -> tuple[FakeFace, ...]:
        return (FakeFace(),) if pixels.min() < DARK else ()

    def turn(self, pixels: NDArray[np.uint8], faces: tuple[object, ...]) -> int:
        if not faces:
            return 0
        sides = [np.rot90(pixels, quarters)[0].mean() for quarters in range(4)]
        return int(np.argmin(sides))


def write(path: Path, dark: tuple[slice, slice] | None = None) -> Path:
    pixels = np.full((24, 32, 3), 220, np.uint8)
    if dark:
        pixels[dark] = 20
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), pixels)
    return path


TOP = (slice(0, 4), slice(None))
LEFT = (slice(None), slice(0, 4))


def test_turned_photos_are_counted_by_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photos = {
        "groups": [write(tmp_path / "top.png", TOP), write(tmp_path / "nobody.png")],
        "masks": [write(tmp_path / "left.png", LEFT)],
    }
    turned.report(FakeFinder(), photos)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[-3:]] == [
        ["groups", "2", "1", "1", "1", "0"],
        ["masks", "1", "0", "0", "0", "1"],
        ["all", "3", "1", "1", "1", "1"],
    ]


def test_photos_with_a_face_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(detection, "FaceFinder", FakeFinder)
    masks = [write(tmp_path / "masked.png", TOP), write(tmp_path / "hidden.png")]
    detection.masks_and_hands(masks, [write(tmp_path / "hand.png")])
    shown = capsys.readouterr().out
    assert "masks (2)" in shown and "hands (1)" in shown
    assert shown.splitlines()[-1].split() == [detection.OURS, "1", "0"]


def test_hands_are_spread_over_each_set(tmp_path: Path) -> None:
    for name, count in zip(pictures.HANDS_ALONE, (90, 45, 3, 1), strict=True):
        for at in range(count):
            write(tmp_path / "hands" / name / f"label{at % 3}" / f"{at:02}.png")
    (tmp_path / "hands" / "rendered" / "labels.jsonl").write_text("{}")
    chosen = pictures.hand_pictures(tmp_path)
    assert len(chosen) == len(set(chosen)) == 45 + 45 + 3 + 1
    assert {path.parent.name for path in chosen if "drgfreeman_rps" in path.parts} == {"label0", "label1", "label2"}

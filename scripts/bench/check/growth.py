"""How the cost of a check grows: with megapixels, with people, with the gallery. Numbers to print, and a picture."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from candidates import Gallery, Scope
from scripts.bench.check.photos import PHOTOS, resized
from scripts.bench.check.recipe import PlainRecipe
from scripts.bench.check.timing import measured
from scripts.bench.gallery import DAY, MODEL, People, write_gallery
from vision import PhotoChecker
from vision.media.photo import decode_full

MEGAPIXELS = (1, 2, 3, 6, 12, 24, 48, 100)
ENROLLED = (10, 100, 1_000, 10_000, 100_000, 300_000)
_FACES, _LIMIT = 10, 0.4
_PLAIN_UP_TO = 24
"""Megapixels from which the recipe is no longer waited for: it takes half a minute."""

Point = tuple[float, float, float]
"""What the cost is told for, ours and the recipe's in milliseconds (NaN where it was not measured)."""


def by_megapixels(checker: PhotoChecker, recipe: PlainRecipe) -> list[Point]:
    """Time one portrait at each of MEGAPIXELS, from the file on."""
    full = decode_full(PHOTOS / "collins_peace.jpg")
    points = []
    with tempfile.TemporaryDirectory() as folder:
        for megapixels in MEGAPIXELS:
            path = Path(folder) / f"{megapixels}.jpg"
            cv2.imwrite(str(path), resized(full, megapixels)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
            plain = _median(lambda path=path: recipe.check(path), 1) if megapixels <= _PLAIN_UP_TO else float("nan")  # type: ignore[misc]
            points.append((float(megapixels), _median(lambda path=path: checker.check(path)), plain))  # type: ignore[misc]
    return points


def by_people(checker: PhotoChecker, recipe: PlainRecipe, data: Path) -> list[Point]:
    """Time every group photo; the count is of the faces that the checker finds."""
    photos = sorted(path for path in (data / "groups").rglob("*.jpg"))
    points = []
    for path in (PHOTOS / "no_people.jpg", *photos):
        people = len(checker.check(path).faces)
        ours = _median(lambda path=path: checker.check(path))  # type: ignore[misc]
        points.append((float(people), ours, _median(lambda path=path: recipe.check(path), 1)))  # type: ignore[misc]
    return sorted(points)


def by_enrolled() -> list[Point]:
    """Time the comparison of ten faces with galleries of made-up people, two references each."""
    people = People(128)
    faces = people.draw(_FACES, 1, 6)
    points = []
    for count in ENROLLED:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "gallery.db"
            enrolled = write_gallery(path, people, count, references=2)
            with Gallery.open(path) as gallery:
                gallery.keep_ready(MODEL)
                vectors = gallery.vectors(MODEL, only=frozenset(gallery.roll(Scope(None, DAY))))
            limits = np.full(_FACES, _LIMIT)
            ours = _median(lambda: vectors.near(faces, limits))  # noqa: B023  timed at once
            plain = _median(lambda: [np.linalg.norm(enrolled - face, axis=1) for face in faces])  # noqa: B023
            points.append((float(count), ours, plain))
            print(f"{count} enrolled: {ours:.2f} / {plain:.2f} ms", flush=True)
    return points


def draw_growth(checker: PhotoChecker, data: Path, out: Path) -> None:
    """Measure all three, print them, and draw them into `out`/growth.png."""
    recipe = PlainRecipe()
    panels = [
        ("megapixels of a portrait", by_megapixels(checker, recipe), True),
        ("people in a group photo", by_people(checker, recipe, data), False),
        ("people enrolled (ten faces compared)", by_enrolled(), True),
    ]
    recipe.close()
    for name, points, _ in panels:
        print(f"\n| {name} | fotonetral ms | plain recipe ms |\n|---|---|---|")
        for where, ours, plain in points:
            print(f"| {where:g} | {ours:.4g} | {'-' if np.isnan(plain) else f'{plain:.4g}'} |")
    _draw(panels, out / "growth.png")


def _draw(panels: Sequence[tuple[str, Sequence[Point], bool]], target: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(panels), figsize=(13, 4.2), layout="constrained")
    for axis, (name, points, is_log) in zip(axes, panels, strict=True):
        where, ours, plain = (np.array(column) for column in zip(*points, strict=True))
        style = "-" if is_log else ""
        axis.plot(where, plain, f"s{style}", color="#b0b7bf", label="plain recipe", markersize=5)
        axis.plot(where, ours, f"o{style}", color="#0f6fb8", label="FotoNetral", markersize=5)
        axis.set(xlabel=name, ylabel="milliseconds", yscale="log", xscale="log" if is_log else "linear")
        axis.grid(visible=True, which="major", alpha=0.3)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].legend(frameon=False)
    figure.savefig(target, dpi=110)
    pyplot.close(figure)


def _median(call: Callable[[], object], rounds: int = 3) -> float:
    """Return the median milliseconds of so many calls, after one that warms up."""
    call()
    return statistics.median(measured(call) for _ in range(rounds))

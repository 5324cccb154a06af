"""Milliseconds a photo, stage by stage, by the number of people and by megapixels: medians of several runs."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from scripts.bench.hands.bench import PLAIN, Engine, HandsBenchmark, Pixels
from scripts.bench.hands.plain_recipe import PlainHands
from scripts.bench.hands.table import table
from vision.media.photo import decode_full, open_photo

PEOPLE = (1, 2, 5, 10, 20, 40)
MEGAPIXELS = (1, 3, 6, 12)
REPEATS = 3
_GROUPS = ("wider_linzaer", "vhuman", "office", "sitcom_scenes", "politician_pairs", "scenes")
_A_CLASS = 3


def report(bench: HandsBenchmark) -> None:
    """Print both tables and the line fitted to hands over people; the plain recipe's columns come with `--plain`."""
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, median of {REPEATS}")
    plain = bench.recipes.get(PLAIN)
    look = plain.look if isinstance(plain, PlainHands) else None
    by_people = photos_by_people(bench)
    print(_people_table(by_people, bench.engine, look))
    group = next((paths[0] for people, paths in reversed(by_people.items()) if people <= 5 and paths), None)
    if group is not None:
        print()
        print(_megapixel_table(group, bench.engine, look))


def photos_by_people(bench: HandsBenchmark) -> dict[int, list[Path]]:
    """Return, for each of PEOPLE, up to three photos with about as many faces found (within a quarter)."""
    counted = [
        (len(bench.engine.faces(open_photo(path).pixels)), path)
        for path in bench.group_photos(*_GROUPS)[:: bench.every]
    ]
    chosen: dict[int, list[Path]] = {}
    for wanted in PEOPLE:
        near = sorted((abs(count - wanted), str(path)) for count, path in counted if abs(count - wanted) <= wanted / 4)
        chosen[wanted] = [Path(path) for _, path in near[:_A_CLASS]]
    return chosen


def milliseconds(run: Callable[[], object]) -> float:
    """Return the median time of REPEATS runs, after one that warms up."""
    run()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        run()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def fitted_line(people: list[float], times: list[float]) -> tuple[float, float]:
    """Return (ms of a photo, ms of each person) by least squares; needs two different numbers of people."""
    each, base = np.polyfit(people, times, 1)
    return float(base), float(each)


def _people_table(by_people: dict[int, list[Path]], engine: Engine, plain: Callable[[Pixels], object] | None) -> str:
    rows: list[list[object]] = []
    people: list[float] = []
    hand_times: list[float] = []
    for wanted, paths in by_people.items():
        timed = [_stages(open_photo(path).pixels, engine, plain) for path in paths]
        people += [row[0] for row in timed]
        hand_times += [row[2] for row in timed]
        if timed:
            rows.append([wanted, len(timed), *(_ms(statistics.median(column)) for column in zip(*timed, strict=True))])
    head = ["people", "photos", "faces found", "faces ms", "hands ms", *(["plain recipe ms"] if plain else [])]
    lines = [table(head, rows)]
    if len(set(people)) > 1:
        base, each = fitted_line(people, hand_times)
        lines.append(f"hands: {base:.0f} ms + {each:.1f} ms a person ({len(people)} photos)")
    return "\n".join(lines)


def _stages(pixels: Pixels, engine: Engine, plain: Callable[[Pixels], object] | None) -> list[float]:
    faces = engine.faces(pixels)
    times = [float(len(faces)), milliseconds(lambda: engine.faces(pixels))]
    times.append(milliseconds(lambda: engine.hands(pixels, faces)))
    if plain is not None:
        times.append(milliseconds(lambda: plain(np.array(pixels))))
    return times


def _megapixel_table(path: Path, engine: Engine, plain: Callable[[Pixels], object] | None) -> str:
    """Time one photo, enlarged to each of MEGAPIXELS and compressed, from the file's bytes on."""
    full = decode_full(path)
    rows: list[list[object]] = []
    for megapixels in MEGAPIXELS:
        data = _enlarged(full, megapixels)
        photo = open_photo(data)
        opening = milliseconds(lambda data=data: open_photo(data))  # type: ignore[misc]
        times = _stages(photo.pixels, engine, None)
        row: list[object] = [megapixels, _ms(times[0]), _ms(opening), _ms(times[1]), _ms(times[2])]
        row.append(_ms(opening + times[1] + times[2]))
        if plain is not None:
            row.append(_ms(milliseconds(lambda data=data: plain(np.array(decode_full(data))))))  # type: ignore[misc]
        rows.append(row)
    head = ["megapixels", "faces found", "open ms", "faces ms", "hands ms", "all ms"]
    return f"{path.parent.name}/{path.name}\n" + table(head + (["plain recipe ms"] if plain else []), rows)


def _enlarged(pixels: Pixels, megapixels: float) -> bytes:
    scale = float(np.sqrt(megapixels * 1e6 / (pixels.shape[0] * pixels.shape[1])))
    how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    resized = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=how))
    _, data = cv2.imencode(".jpg", resized[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
    return bytes(data)


def _ms(value: float) -> str:
    return f"{value:.0f}"

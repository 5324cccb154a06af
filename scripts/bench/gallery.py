"""How long large galleries take to open and to search, and how much memory, beside the plain recipe.

`python -m scripts.bench gallery [--people 1000 30000 300000] [--references 5] [--length 128] [--limits 0.7 0.8]`

The people are made up: draws about 600 faces-to-be with the spread that SFace's embeddings have along their principal
axes (East Asian people), so that strangers come as near as they do there and some are look-alikes. The limit is the one
within which a gallery of that size looks at a face again. Probes are
30 strangers of the same kind, the 30 of many who lie nearest to everybody, and 30 own faces. Every gallery is opened
and searched in a fresh process, once with nothing of it in memory, once again; the answers must be those of computing
every distance. The plain recipe is `face_recognition.face_distance`: NumPy's norm over all rows, face by face.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from candidates import Calibration, Election, Gallery, Scope
from candidates.matching.calibration import FALSE_ALARMS, MatchThresholds
from candidates.matching.index import CLOSER_LOOK
from candidates.people import name_key
from candidates.regions.listing import regions
from candidates.search.vectors import Nearest, Vectors
from scripts import ROOT

MODEL = "made-up"
DAY = date(2028, 6, 1)
FACES = 30
BASES, OWN_PART, WITHIN_PART = 600, 0.5, 0.35
AT_ONCE = 10_000
MIDDLE = 0.27  # length of the mean of all faces
Faces = NDArray[np.float32]


class People:
    """Embeddings of made-up people: `length` numbers with SFace's spread; their length is 1."""

    def __init__(self, length: int) -> None:
        place = np.arange(length) * 128 / length
        # Fitted to the eigenvalues of SFace's embeddings: 0.035 the first, 0.018 the ninth, 0.0054 the 65th.
        spread = 0.035 / (1 + place / 10) * (1 - (place / 128) ** 6) * 128 / length
        self._deviation = np.sqrt(spread)
        self._turn, _ = np.linalg.qr(np.random.default_rng(1).normal(size=(length, length)))
        self._bases = np.random.default_rng(2).normal(size=(BASES, length))

    def draw(self, people: int, references: int, seed: Any) -> Faces:
        """Return (people * references, length) embeddings, a person's in adjacent rows."""
        rng = np.random.default_rng(seed)
        own = rng.normal(size=(people, self._deviation.size)) * OWN_PART
        who = self._bases[rng.integers(0, BASES, people)] * np.sqrt(1 - OWN_PART**2) + own
        photos = rng.normal(size=(people, references, self._deviation.size)) * np.sqrt(WITHIN_PART)
        rows = (who[:, None] * np.sqrt(1 - WITHIN_PART) + photos).reshape(-1, self._deviation.size)
        vectors = rows * self._deviation @ self._turn + MIDDLE / np.sqrt(self._deviation.size)
        return np.asarray((vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32))

    def probes(self, enrolled: Faces, references: int) -> dict[str, Faces]:
        """Return the faces to look for, by kind."""
        many = self.draw(2000, 1, 5)
        near_all = np.argsort(np.linalg.norm(many - many.mean(axis=0), axis=1), kind="stable")[:FACES]
        firsts = np.linspace(0, len(enrolled) // references - 1, FACES).astype(int) * references
        shift = enrolled[firsts + references // 2] - enrolled[firsts + references - 1]
        return {
            "strangers": self.draw(FACES, 1, 6),
            "near everybody": many[near_all],
            "own": enrolled[firsts] + shift / 2,
        }


def write_gallery(path: Path, people: People, count: int, references: int) -> Faces:
    """Write a gallery of so many people, in one go; return their embeddings."""
    elections = [Election("nasional", level="national", active_to=date(2029, 1, 1))]
    regencies = [code for code in regions() if "." in code]
    elections += [Election(f"pilbup-{code}", region=code) for code in regencies]
    enrolled = np.concatenate(
        [people.draw(min(AT_ONCE, count - first), references, [3, first]) for first in range(0, count, AT_ONCE)]
    )
    with Gallery.open(path, create=True) as gallery:
        for election in elections:
            gallery.put_election(election)
        store = gallery._store  # noqa: SLF001
        with store.transaction():
            for number in range(count):
                person = f"orang-nomor-{number:06d}"
                election = elections[0 if number % 10 < 7 else 1 + number % len(regencies)]
                name = f"Orang Nomor {number:06d}"
                facts = (
                    person,
                    name,
                    "candidate",
                    election.id,
                    number % 18 + 1,
                    election.region,
                    "Partai",
                    name_key(name),
                )
                store.write(
                    "INSERT INTO people (id, name, role, election, ballot_number, region, party, name_key)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                    facts,
                )
                for row in range(number * references, (number + 1) * references):
                    sha256 = hashlib.sha256(b"%d" % row).hexdigest()
                    store.write(
                        "INSERT INTO templates (person, photo_name, photo_sha256, model_id, embedding, size_px)"
                        " VALUES (?, ?, ?, ?, ?, ?)",
                        (person, f"{row}.jpg", sha256, MODEL, enrolled[row].tobytes(), 120.0),
                    )
            store.log("add", "bench", f"{count} people")
    # By photo within a person, as the arrays are.
    order = sorted(range(len(enrolled)), key=lambda row: (row // references, hashlib.sha256(b"%d" % row).hexdigest()))
    return enrolled[order]


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Return the milliseconds that a call takes, and its answer."""
    start = time.perf_counter()
    answer = call()
    return (time.perf_counter() - start) * 1000, answer


def memory() -> dict[str, int]:
    """Return the MB of this process that are its own, and those mapped from files."""
    lines = Path("/proc/self/status").read_text("utf-8").splitlines()
    parts = {line.split(":")[0]: int(line.split()[1]) // 1024 for line in lines if line.startswith("Rss")}
    return {"own": parts["RssAnon"], "mapped": parts["RssFile"]}


def busy_seconds() -> tuple[float, float]:
    """Return the processor seconds of the whole machine so far, and of this process."""
    lines = Path("/proc/stat").read_text("utf-8").splitlines()
    ticks = [int(part) for part in lines[0].split()[1:]]
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK"), time.process_time()


def searched(vectors: Vectors, faces: Faces, limit: float, rounds: int) -> tuple[list[float], Nearest]:
    """Return the milliseconds of several equal searches, and what the last one finds."""
    both = [timed(lambda: vectors.near(faces, np.full(len(faces), limit))) for _ in range(rounds)]
    return [ms for ms, _ in both], both[-1][1]


def open_and_search(path: Path, work: Path, limits: list[float], rounds: int) -> dict[str, Any]:
    """Open a gallery, look for the probes; the answers go into the work folder."""
    probes = dict(np.load(work / "probes.npz"))
    before = memory()

    def load() -> Any:
        with Gallery.open(path, read_only=True) as gallery:
            roll = gallery.roll(Scope(None, DAY))
            return roll, gallery.vectors(MODEL, only=frozenset(roll)), gallery.revision

    load_ms, (roll, vectors, _) = timed(load)
    told: dict[str, Any] = {"load_ms": load_ms, "people": len(vectors), "is_mapped": vectors.is_mapped}
    told |= {"before": before, "loaded": memory(), "searches": []}
    answers: dict[str, Any] = {}
    machine_before, own_before = busy_seconds()
    for kind, faces in probes.items():
        for limit in limits:
            times, near = searched(vectors, faces, limit, rounds)
            alone, _ = searched(vectors, faces[:1], limit, rounds)
            answers |= {f"{kind} {limit} {name}": part for name, part in near._asdict().items()}
            told["searches"].append(
                {"kind": kind, "limit": limit, "ms": times, "one_ms": alone, "met": len(near.probe)}
            )
    machine_after, own_after = busy_seconds()
    own = own_after - own_before
    told["others_part"] = max(machine_after - machine_before - own, 0) / own
    # Whoever is met is asked for by name.
    told["person"] = roll[vectors.ids[0]].name
    told["searched"] = memory()
    np.savez(work / "answers.npz", **answers)
    return told


def usual_limit(people: int, references: int) -> float:
    """Return the distance within which a gallery of so many people has a face looked at again."""
    calibration = Calibration.load()
    comparisons = calibration.comparisons(np.full(people, references))
    return round(MatchThresholds.of(calibration, comparisons, false_alarms=FALSE_ALARMS).possible + CLOSER_LOOK, 2)


def in_a_fresh_process(path: Path, work: Path, limits: list[float], rounds: int) -> dict[str, Any]:
    """Open and search in a process of its own."""
    arguments = ["--open", str(path), "--work", str(work), "--rounds", str(rounds), "--limits", *map(str, limits)]
    done = subprocess.run(
        [sys.executable, "-m", "scripts.bench", "gallery", *arguments],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def forget_cached(folder: Path) -> None:
    """Have the system drop what it holds of the files in memory."""
    for file in folder.iterdir():
        handle = os.open(file, os.O_RDONLY)
        os.fsync(handle)
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(handle)


def every_distance(enrolled: Faces, references: int, faces: Faces, limit: float) -> list[tuple[int, int, float]]:
    """Return (face, person, distance) of all pairs within the limit, the long way."""
    found = []
    for which, face in enumerate(faces):
        best = np.empty(len(enrolled) // references)
        for first in range(0, len(best), AT_ONCE):
            rows = slice(first * references, (first + AT_ONCE) * references)
            gaps = enrolled[rows].astype(np.float64) - face
            best[first : first + AT_ONCE] = np.sqrt((gaps * gaps).sum(axis=1)).reshape(-1, references).min(axis=1)
        found += [(which, int(person), float(best[person])) for person in np.flatnonzero(best <= limit)]
    return found


def check_answers(work: Path, enrolled: Faces, references: int, probes: dict[str, Faces], limits: list[float]) -> int:
    """Compare some answers with computing every distance; return how many pairs there are. Raises if one differs."""
    compared = 0
    with np.load(work / "answers.npz") as answers:
        for kind, faces in probes.items():
            some = 3
            expected = every_distance(enrolled, references, faces[:some], max(limits))
            for limit in limits:
                parts = [answers[f"{kind} {limit} {name}"] for name in ("probe", "person", "distance")]
                given = [pair for pair in zip(*(part.tolist() for part in parts), strict=True) if pair[0] < some]
                wanted = [pair for pair in expected if pair[2] <= limit]
                if [pair[:2] for pair in given] != [pair[:2] for pair in wanted]:
                    raise AssertionError(f"{kind} at {limit}: other people")
                if not np.allclose([pair[2] for pair in given], [pair[2] for pair in wanted], rtol=0, atol=1e-12):
                    raise AssertionError(f"{kind} at {limit}: other distances")
                compared += len(given)
    return compared


def spread(times: list[float]) -> str:
    """Return median and range."""
    return f"{statistics.median(times):.0f} ({min(times):.0f}-{max(times):.0f})"


def measure(folder: Path, people: People, count: int, options: argparse.Namespace) -> None:
    """Print what a gallery of one size takes."""
    work, place = folder / "work", folder / f"{count}"
    work.mkdir(exist_ok=True)
    place.mkdir()
    path = place / "gallery.db"
    enrolled = write_gallery(path, people, count, options.references)
    probes: dict[str, Any] = people.probes(enrolled, options.references)
    np.savez(work / "probes.npz", **probes)
    with Gallery.open(path) as gallery:
        write_ms, is_kept = timed(lambda: gallery.keep_ready(MODEL))
    print(f"\n## {count:,} people, {len(enrolled):,} templates of {options.length} numbers")
    sizes = {file.name: file.stat().st_size / 1e6 for file in sorted(place.iterdir())}
    print("on the disk: " + ", ".join(f"{name} {size:,.0f} MB" for name, size in sizes.items()))
    if is_kept:
        print(f"arrays and revision made and written in {write_ms / 1000:.1f} s")
    forget_cached(place)
    limits = options.limits or [usual_limit(count, options.references)]
    cold, warm = (in_a_fresh_process(path, work, limits, options.rounds) for _ in range(2))
    for name, told in (("nothing cached", cold), ("cached", warm)):
        first = told["searches"][0]["ms"][0]
        print(f"{name}: opened in {told['load_ms'] / 1000:.2f} s, first search {first:.0f} ms")
        stages = [
            f"{stage} {told[stage]['own']} + {told[stage]['mapped']}" for stage in ("before", "loaded", "searched")
        ]
        print(f"    memory in MB, its own + mapped files: {', '.join(stages)}")
    print(f"meanwhile other programs took {warm['others_part']:.0%} of the processor time that the searches took")
    compared = check_answers(work, enrolled, options.references, probes, limits)
    print(f"the same as computing every distance: yes ({compared} pairs compared)\n")
    faces = probes["strangers"]
    plain = [timed(lambda face=face: np.linalg.norm(enrolled - face, axis=1))[0] for face in faces[:3]]  # type: ignore[misc]
    print(f"| faces, limit | people met | {FACES} faces | 1 face |\n| --- | --- | --- | --- |")
    for told in warm["searches"]:
        label = f"{told['kind']}, {told['limit']}"
        print(f"| {label} | {told['met']} | {spread(told['ms'][1:])} | {spread(told['one_ms'][1:])} |")
    one = statistics.median(plain)
    print(f"| plain recipe | | {one * FACES:.0f} ({FACES} times one) | {spread(plain)} |", flush=True)


def machine() -> str:
    """Name the processor, its cores, Python and the libraries."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "onnxruntime"))
    cores = len(os.sched_getaffinity(0))
    return f"{model}, {cores} cores (load {os.getloadavg()[0]:.1f}), Python {platform.python_version()}, {versions}"


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.bench gallery",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--people", type=int, nargs="+", default=[1000, 30_000, 300_000])
    parser.add_argument("--references", type=int, default=5)
    parser.add_argument("--length", type=int, default=128, help="numbers in an embedding")
    parser.add_argument("--limits", type=float, nargs="+", help="distances, instead of the usual limit")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--open", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.open:
        print(json.dumps(open_and_search(options.open, options.work, options.limits, options.rounds)))
        return
    print(f"{machine()}\nmilliseconds: median (least-most) of {options.rounds - 1}")
    people = People(options.length)
    for count in options.people:
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder), people, count, options)

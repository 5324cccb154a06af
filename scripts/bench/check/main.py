"""How long checks take, beside the plain recipe and beside what the machine allows.

`python -m scripts.bench check [--data DIR] [--rounds 5] [--parts targets,stages,scan,growth] [--out DIR]`

The plain recipe is what tutorials do: `face_recognition` (load_image_file, face_locations, face_encodings) and one
full-frame MediaPipe HandLandmarker with ten hands, all loaded beforehand. Both sides find faces, turn them into vectors
and look for hands; the checker also matches, names signs and judges. Rounds alternate between the two, so that a busy
machine slows both. DIR is a folder of labelled pictures; without it there is no large group, and the scan goes over
the fixtures. Parts:
- targets: whole checks, processes and memory, each with its target.
- stages: pictures shown to each network, and the least that each stage could take (operations over the measured peak).
- scan: photos a second with one and two processes.
- growth: cost by megapixels, people and enrolled, drawn into the folder `--out` (minutes; needs DIR).
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # as the command and the service have it (`vision.runtime.crew.single_blas`)

from scripts.bench.check import floors
from scripts.bench.check.counting import NETWORKS, counted
from scripts.bench.check.photos import PHOTOS, cut_group, make_empty_photo, make_gallery, make_photo
from scripts.bench.check.recipe import PlainRecipe
from scripts.bench.check.timing import COMMAND, command, in_turn, machine, measured, peak_mb, process, spread
from vision import PhotoChecker
from vision.runtime.quiet import quiet_native

PARTS = ("targets", "stages", "scan", "growth")
_IMPORT = "import time; start = time.perf_counter(); import vision; print((time.perf_counter() - start) * 1000)"
_RECIPE = "from scripts.bench.check.recipe import PlainRecipe"


@dataclass(frozen=True, slots=True)
class CheckBenchmark:
    """What all parts share: a checker with a gallery, the recipe, and the photos by what they show."""

    checker: PhotoChecker
    recipe: PlainRecipe
    gallery: Path
    photos: dict[str, Path]
    rounds: int


def targets(bench: CheckBenchmark) -> None:
    """Print whole checks, processes and memory, each with its target."""
    large, empty = bench.photos["12 MP portrait"], bench.photos["2 MP without people"]
    wanted = {"12 MP portrait": 15, "1.2 MP, 33 people": 2, "2 MP without people": 5}
    print("\nmilliseconds, median (least-most)\n")
    print("| what (found: ours / recipe) | fotonetral | plain recipe | times faster | target |\n|---|---|---|---|---|")
    for name, path in bench.photos.items():
        result, plain = bench.checker.check(path), bench.recipe.check(path)
        found = f"faces {len(result.faces)} / {plain[0]}, hands {len(result.hands)} / {plain[1]}"
        _compare(bench, f"{name}, warm ({found})", bench.checker.check, bench.recipe.check, path, wanted.get(name))
    _compare(
        bench,
        "12 MP portrait, cold: process start to exit",
        lambda path: command("check", "--gallery", str(bench.gallery), str(path)),
        lambda path: process("-m", "scripts.bench.check.recipe", str(path)),
        large,
        None,
    )
    process("-c", _IMPORT)
    imports = [float(process("-c", _IMPORT)) for _ in range(bench.rounds)]
    recipe_imports = [measured(lambda: process("-c", _RECIPE + "; PlainRecipe()")) for _ in range(bench.rounds)]
    print(f"| `import vision` (recipe: a process that imports and loads) | {spread(imports)} | "
          f"{spread(recipe_imports)} | - | under 150 |")  # fmt: skip
    for words in (("--help",), ("candidates", "list", "--gallery", str(bench.gallery))):
        times = [measured(lambda words=words: command(*words)) for _ in range(bench.rounds)]  # type: ignore[misc]
        print(f"| `fotonetral {' '.join(words[:2])}`, process | {spread(times)} | - | - | under 250 |")
    small = ("check", "--gallery", str(bench.gallery), str(PHOTOS / "collins_plain.jpg"))
    times = [measured(lambda: command(*small)) for _ in range(bench.rounds)]
    print(f"| `fotonetral check` of a 0.8 MP portrait, process | {spread(times)} | - | - | under 2000 |")
    print("\n| most memory of a process, MB | fotonetral | plain recipe | target |\n|---|---|---|---|")
    for name, path in (("12 MP portrait", large), ("2 MP without people", empty)):
        ours_mb = peak_mb(COMMAND, "check", "--gallery", str(bench.gallery), str(path))
        plain_mb = peak_mb("from scripts.bench.check.recipe import main; main()", str(path))
        print(f"| {name} | {ours_mb:.0f} | {plain_mb:.0f} | under 600 |")


def _compare(
    bench: CheckBenchmark,
    name: str,
    ours: Callable[[Path], object],
    plain: Callable[[Path], object],
    path: Path,
    wanted: float | None,
) -> None:
    ours(path)
    plain(path)
    mine, theirs = in_turn([lambda: ours(path), lambda: plain(path)], bench.rounds)
    ratio = statistics.median(theirs) / statistics.median(mine)
    target = f"{wanted:g} times" if wanted else "under 2000" if "cold" in name else "-"
    print(f"| {name} | {spread(mine)} | {spread(theirs)} | {ratio:.1f} | {target} |", flush=True)


def stages(bench: CheckBenchmark) -> None:
    """Print what the networks are shown, and each stage's time beside the least it could take."""
    work, peak = floors.operations(), floors.peak_gflops()
    each = ", ".join(f"{name} {gflop:.2f}" for name, gflop in work.items())
    print(f"\npeak {peak:.0f} GFLOP/s (float32 product of matrices, all cores), copying {floors.copy_gb_s():.0f} GB/s")
    print(f"10^9 operations a picture: {each}\n")
    print(f"| pictures shown | {' | '.join(NETWORKS)} |\n|{'---|' * (len(NETWORKS) + 1)}")
    lines = []
    for name, path in bench.photos.items():
        with counted() as shown:
            bench.checker.check(path)
        print(f"| {name} | {' | '.join(str(shown[network]) for network in NETWORKS)} |")
        timings = [bench.checker.check(path).timings_ms for _ in range(bench.rounds)]
        least = floors.stage_floors(shown, work, peak) | {"decode": floors.decode_ms(path, 2 if "12 MP" in name else 1)}
        cells = [
            f"{statistics.median(one[stage] for one in timings):.0f} / {least[stage]:.0f}"
            for stage in ("decode", "faces", "hands", "match")
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    print("\n| milliseconds / the least possible | decode | faces | hands | match |\n|---|---|---|---|---|")
    print("\n".join(lines))


def scan(data: Path, photos: int = 300, large: int = 30) -> None:
    """Print photos a second with one and two processes, models loaded."""
    from scripts.bench.scan import mixed_set, scanned

    print("\n| processes | photos a second | against one | target |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        count = len(mixed_set(data, place / "mixed", photos, large))
        single = 0.0
        for processes in (1, 2):
            took, judged, _ = scanned(place / "mixed", place / f"out-{processes}", processes)
            single = single or took
            target = "1.8" if processes == 2 else "-"
            print(f"| {processes} | {judged / took:.2f} | {single / took:.2f} | {target} |", flush=True)
    print(f"{count} photos, {large} of them of 12 megapixels")


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.bench check", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder of labelled pictures")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--parts", default="targets,stages,scan")
    parser.add_argument("--out", type=Path, help="folder for the plots of the growth")
    options = parser.parse_args(arguments)
    parts = options.parts.split(",")
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    if "growth" in parts and not (options.data and options.out):
        parser.error("growth needs --data and --out")
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory() as folder, quiet_native():
        place = Path(folder)
        gallery = make_gallery(place / "gallery.db")
        group = cut_group(options.data, place / "group.jpg") if options.data else None
        photos = {
            "12 MP portrait": make_photo(place / "photo.jpg"),
            **({"1.2 MP, 33 people": group} if group else {}),
            "0.8 MP, 15 people": PHOTOS / "meeting.jpg",
            "2 MP without people": make_empty_photo(place / "empty.jpg"),
        }
        with PhotoChecker.open(gallery) as checker:
            recipe = PlainRecipe()
            bench = CheckBenchmark(checker, recipe, gallery, photos, options.rounds)
            if "targets" in parts:
                targets(bench)
            if "stages" in parts:
                stages(bench)
            if "growth" in parts:
                from scripts.bench.check.growth import draw_growth

                draw_growth(checker, options.data, options.out)
            recipe.close()
        if "scan" in parts:
            scan(options.data or PHOTOS)

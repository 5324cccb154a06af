"""How long a check takes, beside the plain recipe: whole commands from cold, and calls of a warm process.

`python scripts/bench_check.py [--rounds 5] [--photo FILE] [--group FILE]`

The plain recipe is what tutorials do: `face_recognition` (load_image_file, face_locations, face_encodings) and one
full-frame MediaPipe HandLandmarker with ten hands. Both sides find faces, turn them into vectors and look for hands;
the checker also matches, names signs and judges. Rounds alternate between the two, so that a busy machine slows both.
Without --photo, a 12-megapixel JPEG is made from a fixture, with noise so that it decodes like a camera's.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
TWELVE_MEGAPIXELS = (4000, 3000)
COMMAND = "import sys; from vision.cli import main; main()"
PACKAGES = ("mediapipe", "onnxruntime", "dlib-bin", "face-recognition", "opencv-python", "numpy", "pillow")


class PlainRecipe:
    """The recipe in one warm process."""

    def __init__(self) -> None:
        warnings.filterwarnings("ignore", message="pkg_resources is deprecated")
        import face_recognition
        from plain_recipe import PlainHands

        self._faces = face_recognition
        self._hands = PlainHands(hands=10)

    def check(self, path: Path) -> tuple[int, int]:
        """Return how many faces and hands it finds."""
        pixels = self._faces.load_image_file(str(path))
        places = self._faces.face_locations(pixels)
        vectors = self._faces.face_encodings(pixels, places)
        return len(vectors), len(self._hands.look(pixels))

    def close(self) -> None:
        """Free the network."""
        self._hands.close()


def plain_once(path: Path) -> None:
    """Run the recipe as a program of its own would."""
    recipe = PlainRecipe()
    recipe.check(path)
    recipe.close()


def make_photo(target: Path) -> Path:
    """Write a 12-megapixel JPEG of a fixture: enlarged, cut to 4:3, with a camera's noise."""
    width, height = TWELVE_MEGAPIXELS
    with Image.open(ROOT / "fixtures" / "photos" / "collins_peace.jpg") as small:
        enlarged = small.convert("RGB").resize(
            (width, round(small.height * width / small.width)), Image.Resampling.BICUBIC
        )
    pixels = np.asarray(enlarged.crop((0, 0, width, height)), dtype=np.float32)
    noise = np.random.default_rng(0).normal(0, 4, pixels.shape)
    Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8)).save(target, quality=92)
    return target


def make_gallery(target: Path) -> Path:
    """Write a gallery of one person who looks like nobody, so that faces are turned into vectors and compared."""
    from candidates import Candidate, Gallery, Reference
    from vision.engines import face_model_id

    nobody = np.zeros(128, np.float32)
    nobody[0] = 1
    with Gallery.open(target, create=True) as gallery:
        gallery.put(
            Candidate("nobody", "Nobody"), [Reference(0, "nobody", "n", "0" * 64, face_model_id(), nobody, 99.0)]
        )
    return target


def measured(call: Callable[[], object]) -> float:
    """Return the milliseconds that a call takes."""
    start = time.perf_counter()
    call()
    return (time.perf_counter() - start) * 1000


def a_process(*arguments: str) -> Callable[[], object]:
    """Return a call that runs Python with the arguments, from its start to its end; it may find a sign (status 1)."""

    def run() -> None:
        done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, check=False)
        if done.returncode not in (0, 1) or (done.returncode == 1 and b"Traceback" in done.stderr):
            raise RuntimeError(done.stderr.decode(errors="replace"))

    return run


def row(name: str, ours: list[float], plain: list[float]) -> str:
    """Return a line of the table: medians, ranges and how many times longer the recipe takes."""

    def spread(times: list[float]) -> str:
        return f"{statistics.median(times):.0f} ({min(times):.0f}-{max(times):.0f})"

    ratio = statistics.median(plain) / statistics.median(ours)
    return f"| {name} | {spread(ours)} | {spread(plain)} | {ratio:.1f} |"


def machine() -> str:
    """Name the processor, its cores, Python and the libraries."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.is_file() else []
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "?"
    return f"{model}, {os.cpu_count()} cores (load {load}), Python {platform.python_version()}, {versions}"


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--photo", type=Path, help="photo of 12 megapixels; none: one is made")
    parser.add_argument("--group", type=Path, default=ROOT / "fixtures" / "photos" / "meeting.jpg")
    parser.add_argument("--plain-once", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    if options.plain_once:
        plain_once(options.plain_once)
        return
    from vision import PhotoChecker
    from vision._quiet import quiet_native

    with tempfile.TemporaryDirectory() as folder, quiet_native():
        photo = options.photo or make_photo(Path(folder) / "photo.jpg")
        gallery = make_gallery(Path(folder) / "gallery.db")
        ours_cold = a_process("-c", COMMAND, "check", "--gallery", str(gallery), str(photo))
        plain_cold = a_process(str(Path(__file__).resolve()), "--plain-once", str(photo))
        table = [("cold, 12 megapixels", ours_cold, plain_cold)]
        with PhotoChecker.open(gallery) as checker:
            recipe = PlainRecipe()
            for name, path in (("warm, 12 megapixels", photo), ("warm, group photo", options.group)):
                result = checker.check(path)
                plain = recipe.check(path)
                name += f" (faces {len(result.faces)} / {plain[0]}, hands {len(result.hands)} / {plain[1]})"
                table.append((name, lambda path=path: checker.check(path), lambda path=path: recipe.check(path)))  # type: ignore[misc]
            print("milliseconds: median (least-most)\n")
            print("| what (found: ours / recipe) | fotonetral | plain recipe | ratio |\n| --- | --- | --- | --- |")
            for name, ours, plain_call in table:
                times = [(measured(ours), measured(plain_call)) for _ in range(options.rounds)]
                print(row(name, [one for one, _ in times], [other for _, other in times]), flush=True)
            recipe.close()
    print(f"\n{options.rounds} rounds; {machine()}")


if __name__ == "__main__":
    main()

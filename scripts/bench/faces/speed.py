"""Milliseconds a face for every step, beside dlib and face_recognition in the same run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import dlib
import numpy as np

from candidates import Calibration
from scripts.bench.faces.open_set import Scene
from vision.faces import MODEL_ID, DlibEmbedder, FaceEmbedder, FaceFinder
from vision.faces.alignment import CHIP_SIDE, face_chip, find_landmarks, weights_path
from vision.faces.template import SIDE
from vision.media.photo import open_photo

_RUNS = 7
_CHIPS = 16
_GALLERY = 100


def embedding() -> None:
    """Print the time of one face's vector: dlib's network as it is, and ours."""
    chips = list(np.random.default_rng(0).integers(0, 256, (_CHIPS, CHIP_SIDE, CHIP_SIDE, 3), dtype=np.uint8))
    network = dlib.face_recognition_model_v1(str(weights_path("dlib_face_recognition_resnet_model_v1.dat")))
    own_chips = [cv2.resize(chip, (SIDE, SIDE)) for chip in chips]
    one, two = FaceEmbedder(threads=1), FaceEmbedder(threads=2)
    converted = DlibEmbedder(threads=1)
    print("\nVectors, ms a face: median of runs taken in turn (spread)")
    times = _in_turn(
        {
            "dlib (face_recognition), 1 thread": lambda: [network.compute_face_descriptor(chip) for chip in chips],
            "the same in ONNX Runtime, 1 thread": lambda: converted.network(chips),
            "SFace, one look, 1 thread": lambda: one.embed_chips(own_chips),
            "SFace, one look, 2 threads": lambda: two.embed_chips(own_chips),
        },
        _CHIPS,
    )
    slowest = statistics.median(times["dlib (face_recognition), 1 thread"])
    for name, spent in times.items():
        middle = statistics.median(spent)
        print(f"{name:36}{middle:8.2f} ({min(spent):.2f}-{max(spent):.2f}){slowest / middle:8.1f} x")


def steps(photo: Path) -> None:
    """Print the time of each step on a group photo, beside face_recognition's own functions."""
    import face_recognition

    pixels = np.array(open_photo(photo).pixels)
    with FaceFinder() as finder:
        faces = finder.find(pixels)
        embedder = FaceEmbedder()
        vectors = embedder.embed(pixels, faces)
        rng = np.random.default_rng(0)
        references = {f"p{n}": rng.normal(scale=0.09, size=(3, 128)).astype(np.float32) for n in range(_GALLERY)}
        index = Scene(references, {}, [], {}).index()
        known = np.concatenate(list(references.values()))
        boxes = [(round(f.box.top), round(f.box.right), round(f.box.bottom), round(f.box.left)) for f in faces]
        ours = {
            "find": lambda: finder.find(pixels),
            "align": lambda: [face_chip(pixels, find_landmarks(pixels, face.box)) for face in faces],
            "vector": lambda: embedder.embed(pixels, faces),
            "careful": lambda: embedder.embed_carefully(pixels, faces),
            "match": lambda: index.match(vectors),
        }
        theirs = {
            "find": lambda: face_recognition.face_locations(pixels, number_of_times_to_upsample=1),
            "align": lambda: face_recognition.face_landmarks(pixels, boxes, model="small"),
            "vector": lambda: face_recognition.face_encodings(pixels, boxes, model="small"),
            "careful": lambda: face_recognition.face_encodings(pixels, boxes, model="small"),
            "match": lambda: [face_recognition.face_distance(known, vector) for vector in vectors],
        }
        spent = _in_turn(
            {f"{step} {who}": run for who, them in (("ours", ours), ("theirs", theirs)) for step, run in them.items()},
            len(faces),
        )
    print(f"\nA photo of {len(faces)} faces, {_GALLERY} people with 3 references: ms a face (all found; their vector")
    print("includes the alignment), ours on two threads; careful: those that come near somebody, and references")
    for step in ours:
        own, other = (statistics.median(spent[f"{step} {who}"]) for who in ("ours", "theirs"))
        print(f"{step:10}{own:8.2f}   face_recognition{other:9.2f}{other / own:8.1f} x")
    print(f"(model {MODEL_ID}, calibrated with {Calibration.load().people} people)")


def _in_turn(runs: dict[str, Callable[[], object]], faces: int) -> dict[str, list[float]]:
    """Run everything several times, one after the other, so that a busy moment hits all; ms a face."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run()
    for _ in range(_RUNS):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            times[name].append((time.perf_counter() - start) * 1e3 / faces)
    return times

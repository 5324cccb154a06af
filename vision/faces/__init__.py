"""Finding faces, aligning them, and turning them into vectors. This room does not know who anybody is.

with FaceFinder() as finder:
    embedder = FaceEmbedder()
    faces = finder.find(photo.pixels)               # tuple[Face, ...], reading order
    vectors = embedder.embed(photo.pixels, faces)   # (len(faces), 128) float32

Two others take its place if asked for: dlib's (`DlibEmbedder`), and one that the user brings, `ArcFaceEmbedder(Path(
"model.onnx"))`.

Everything is in analysis pixels, those of `Photo.pixels`.
"""

from vision.faces.arcface import ArcFaceEmbedder
from vision.faces.dlib_embedder import DlibEmbedder
from vision.faces.embedder import MODEL_ID, FaceEmbedder
from vision.faces.face import Face, FaceQuality
from vision.faces.finder import FaceFinder
from vision.faces.model import FaceModel

__all__ = [
    "MODEL_ID",
    "ArcFaceEmbedder",
    "DlibEmbedder",
    "Face",
    "FaceEmbedder",
    "FaceFinder",
    "FaceModel",
    "FaceQuality",
]

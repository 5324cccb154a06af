"""The hand's skin: the rig's mesh, bent by the skeleton; and a forearm, since the rig ends at the wrist."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .glb import read_glb
from .rig import JOINTS, RIG_PATH, Floats, HandShape, Skeleton, load_skeleton, rotation

Ints = NDArray[np.int64]

_RINGS = 48
_ARM_LENGTH = 0.45
_CUFF_STEP = 0.004


@dataclass(frozen=True, slots=True)
class Mesh:
    """A skinned mesh at rest: vertices (v, 3) in metres, faces (f, 3), weights (v, 25), and the wrist's open rim."""

    vertices: Floats
    faces: Ints
    weights: Floats
    rim: Ints

    def posed(self, skeleton: Skeleton, shape: HandShape) -> Floats:
        """Return the vertices (v, 3) of one posed hand, in the wrist frame, by linear blend skinning."""
        rotations, positions = skeleton.pose(shape)
        stretch = skeleton.stretch(shape)[0]
        to_joint = np.linalg.inv(skeleton.bind)
        linear = (rotations[0] * stretch[:, None, :]) @ to_joint[:, :3, :3]
        shift = np.einsum("jab,jb->ja", rotations[0] * stretch[:, None, :], to_joint[:, :3, 3]) + positions[0]
        blended = np.tensordot(self.weights, linear, 1)
        return np.einsum("vab,vb->va", blended, self.vertices) + self.weights @ shift


@dataclass(frozen=True, slots=True)
class Sleeve:
    """Cloth over the forearm: `start` in metres from the wrist, `rgb` sRGB 0..255, `bulk` how far it stands off."""

    rgb: tuple[float, float, float]
    start: float = 0.05
    bulk: float = 1.14


@lru_cache(maxsize=1)
def load_mesh() -> Mesh:
    """Read the rig's mesh, cut off its wrist cap, and subdivide it once."""
    glb, skeleton = read_glb(RIG_PATH), load_skeleton()
    primitive = glb.tree["meshes"][0]["primitives"][0]
    attributes = primitive["attributes"]
    names = [glb.tree["nodes"][node]["name"] for node in glb.tree["skins"][0]["joints"]]
    to_ours = np.array([JOINTS.index(name) for name in names])
    faces = glb.accessor(primitive["indices"]).reshape(-1, 3).astype(np.int64)
    vertices = glb.accessor(attributes["POSITION"]).astype(float)
    joints = to_ours[glb.accessor(attributes["JOINTS_0"]).astype(int)]
    given = glb.accessor(attributes["WEIGHTS_0"]).astype(float)
    weights = np.zeros((len(vertices), len(JOINTS)))
    for influence in range(4):
        np.add.at(weights, (np.arange(len(vertices)), joints[:, influence]), given[:, influence])
    vertices = _to_wrist(vertices, glb.tree)
    normal = np.cross(vertices[faces[:, 1]] - vertices[faces[:, 0]], vertices[faces[:, 2]] - vertices[faces[:, 0]])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-15
    cap = (normal[:, 2] > 0.6) & (vertices[faces].mean(1)[:, 2] > 0.005)
    vertices, faces, weights = _subdivide(vertices, faces[~cap], weights)
    assert skeleton.bind.shape[0] == weights.shape[1]
    return Mesh(vertices, faces, weights / weights.sum(1, keepdims=True), _rim(vertices, faces))


def _to_wrist(vertices: Floats, tree: dict) -> Floats:
    node = next(node for node in tree["nodes"] if node.get("name") == "wrist")
    x, y, z, w = node["rotation"]
    axis = np.array([x, y, z])
    moved = vertices - np.array(node["translation"])
    # Rotation by the inverse quaternion: v + 2 w (v x a) + 2 ((v x a) x a).
    crossed = np.cross(moved, axis)
    return moved + 2 * w * crossed + 2 * np.cross(crossed, axis)


def _edges(faces: Ints) -> Ints:
    return np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), 1)


def _rim(vertices: Floats, faces: Ints) -> Ints:
    edges, uses = np.unique(_edges(faces), axis=0, return_counts=True)
    loop = np.unique(edges[uses == 1])
    loop = loop[vertices[loop, 2] > 0]
    points = vertices[loop] - vertices[loop].mean(0)
    return loop[np.argsort(np.arctan2(points[:, 1], points[:, 0]))]


def _subdivide(vertices: Floats, faces: Ints, values: Floats) -> tuple[Floats, Ints, Floats]:
    """One step of Loop's subdivision; `values` (v, k) are interpolated. Vertices at one place are joined first."""
    keys = np.round(vertices * 1e6).astype(np.int64)
    _, first, back = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    vertices, values, faces = vertices[first], values[first], back.ravel()[faces]
    a, b, c = faces.T
    faces = faces[(a != b) & (b != c) & (c != a)]
    opposite = np.concatenate([faces[:, 2], faces[:, 0], faces[:, 1]])
    edges, which, uses = np.unique(_edges(faces), axis=0, return_inverse=True, return_counts=True)
    which = which.ravel()
    across = np.zeros((len(edges), 3))
    np.add.at(across, which, vertices[opposite])
    ends = vertices[edges[:, 0]] + vertices[edges[:, 1]]
    middle = np.where(uses[:, None] == 2, 3 / 8 * ends + across / 8, ends / 2)
    degree = np.bincount(edges.ravel(), minlength=len(vertices)).astype(float)
    around = np.zeros_like(vertices)
    np.add.at(around, edges[:, 0], vertices[edges[:, 1]])
    np.add.at(around, edges[:, 1], vertices[edges[:, 0]])
    beta = np.where(degree == 3, 3 / 16, 3 / (8 * np.maximum(degree, 1)))[:, None]
    moved = (1 - degree[:, None] * beta) * vertices + beta * around
    border = np.unique(edges[uses != 2])
    moved[border] = vertices[border]
    m0, m1, m2 = which.reshape(3, -1) + len(vertices)
    a, b, c = faces.T
    quarters = [np.stack(corner, 1) for corner in ((a, m0, m2), (b, m1, m0), (c, m2, m1), (m0, m1, m2))]
    halves = (values[edges[:, 0]] + values[edges[:, 1]]) / 2
    return np.concatenate([moved, middle]), np.concatenate(quarters), np.concatenate([values, halves])


def forearm(
    mesh: Mesh, wrist_flexion: float, wrist_deviation: float, sleeve: Sleeve | None
) -> tuple[Floats, Ints, Floats]:
    """Extrude the wrist's rim into a forearm, 0.45 m long, easing into an ellipse.

    Returns vertices (v, 3), faces (f, 3), both ready to follow the hand's own, and each vertex's distance from the
    wrist in metres, negative on skin under a sleeve's edge: the sign tells skin from cloth.
    """
    start = mesh.vertices[mesh.rim]
    centre = start.mean(0)
    offset = start - centre
    around = np.arctan2(offset[:, 1], offset[:, 0])
    radius = np.abs(offset).max(0)
    distances = _ARM_LENGTH * np.linspace(0, 1, _RINGS)
    if sleeve is not None:
        distances = np.sort(np.concatenate([distances, [sleeve.start, sleeve.start + 1e-4, sleeve.start + _CUFF_STEP]]))
    vertices, cloth = [], []
    for ring, along in enumerate(distances):
        part = along / _ARM_LENGTH
        growth = 1 + 0.30 * np.clip(part * 1.3, 0, 1) ** 1.3
        ease = np.clip(part / 0.25, 0, 1)
        ease = ease * ease * (3 - 2 * ease)
        on_cloth = sleeve is not None and along > sleeve.start
        if on_cloth:
            # Loose cloth falls in folds; a close sleeve has hardly any.
            depth = 0.012 + 0.11 * (sleeve.bulk - 1)
            folds = depth * np.sin(along * 95 + 2.2 * np.sin(around)) + 0.5 * depth * np.sin(3 * around + along * 40)
            growth = growth * (sleeve.bulk + folds * np.clip((along - sleeve.start) / 0.03, 0, 1))
        oval = np.stack([radius[0] * np.cos(around), max(radius[1], 0.72 * radius[0]) * np.sin(around)], 1)
        oval = oval * np.asarray(growth).reshape(-1, 1)
        points = np.zeros((len(start), 3))
        points[:, :2] = centre[:2] + (1 - ease) * offset[:, :2] * (1.0 if not on_cloth else sleeve.bulk) + ease * oval
        points[:, 2] = (start[:, 2] - 0.003) * (1 - ease) + ease * centre[2] + along
        if ring == 0:
            points[:, :2] = centre[:2] + 0.985 * offset[:, :2]
        bend = min(1.0, along / 0.06)
        turn = rotation(1, wrist_deviation * bend) @ rotation(0, wrist_flexion * bend)
        vertices.append((points - centre) @ turn.T + centre)
        cloth.append(np.full(len(start), along if on_cloth else -along))
    count = len(start)
    quads = []
    for ring in range(len(distances) - 1):
        here = np.arange(count) + ring * count
        following = (np.arange(count) + 1) % count + ring * count
        quads += [
            np.stack([here, following, here + count], 1),
            np.stack([following, following + count, here + count], 1),
        ]
    return np.concatenate(vertices), np.concatenate(quads), np.concatenate(cloth)

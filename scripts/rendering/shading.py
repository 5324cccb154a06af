"""Light on a hand: skin colour, creases and nails, soft shadows, and the layer that can be laid over any picture."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from .mesh import Sleeve, forearm, load_mesh
from .raster import Fragments, rasterize
from .rig import FINGERS, JOINTS, LANDMARK_JOINTS, Floats, HandShape, joint_name, load_skeleton
from .view import to_camera

HAND_LENGTH = 0.19
"""Metres from the wrist to the tip of the middle finger of the rig."""

SKIN = {
    "pale": (228, 190, 170),
    "light": (214, 168, 142),
    "tan": (186, 134, 104),
    "brown": (134, 88, 64),
    "dark": (84, 54, 42),
}
"""sRGB of the back of the hand under white light."""

_SHADOW_MAP = 320
_MARK_REACH = 0.026
_GAMMA = 2.2


@dataclass(frozen=True, slots=True)
class Light:
    """One lamp and the sky: `direction` to the lamp (camera frame: x right, y up, z to the viewer), `ambient` 0..1."""

    direction: tuple[float, float, float] = (-0.4, 0.6, 0.8)
    ambient: float = 0.45
    tint: tuple[float, float, float] = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Camera:
    """Where the hand is in the picture.

    turn : (3, 3) rotation from the palm view; right : mirror image; size_wh : pixels; hand_px : how long a flat upright
    hand would be; center_xy : where the middle of the palm lies, pixels; distance : metres, the perspective.
    """

    turn: Floats
    right: bool
    size_wh: tuple[int, int]
    hand_px: float
    center_xy: tuple[float, float]
    distance: float = 0.8

    def see(self, points: Floats, middle: Floats) -> Floats:
        """Turn wrist-frame points (n, 3) into the camera frame, metres from the palm's middle."""
        return to_camera(points - middle, self.turn, right=self.right)

    def project(self, seen: Floats) -> Floats:
        """Return pixels (n, 2) of camera-frame points."""
        focal = self.hand_px * self.distance / HAND_LENGTH
        depth = self.distance - seen[:, 2]
        return np.stack(
            [self.center_xy[0] + focal * seen[:, 0] / depth, self.center_xy[1] - focal * seen[:, 1] / depth], 1
        )


@dataclass(frozen=True, slots=True)
class Look:
    """Skin (sRGB), cloth and light."""

    skin: tuple[float, float, float] = SKIN["light"]
    sleeve: Sleeve | None = None
    light: Light = field(default_factory=Light)
    wrist: tuple[float, float] = (0.0, 0.0)
    arm: bool = True


@dataclass(frozen=True, slots=True)
class Layer:
    """A rendered hand without background.

    light : (h, w, 3) float32, linear RGB, premultiplied by alpha; alpha : (h, w) float32 0..1;
    landmarks_xy : (21, 2) pixels; world : (21, 3) metres from the palm's middle, x right, y down, z away
    """

    light: Floats
    alpha: Floats
    landmarks_xy: Floats
    world: Floats

    def over(self, background: np.ndarray) -> np.ndarray:
        """Lay the hand over a picture (h, w, 3) uint8 RGB of the same size; returns uint8 RGB."""
        below = (background.astype(np.float32) / 255) ** _GAMMA
        mixed = self.light + (1 - self.alpha[..., None]) * below
        return (np.clip(mixed, 0, 1) ** (1 / _GAMMA) * 255 + 0.5).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class _Surface:
    """Visible points: normals and camera positions (n, 3), places on the hand at rest (n, 3), cloth and arm marks."""

    normals: Floats
    seen: Floats
    rest: Floats
    along: Floats
    is_arm: np.ndarray


def render_layer(shape: HandShape, camera: Camera, look: Look, *, seed: int, oversample: int = 2) -> Layer:
    """Render one hand. The same arguments give the same layer; `seed` draws the skin's blotches."""
    mesh, skeleton = load_mesh(), load_skeleton()
    _, positions = skeleton.pose(shape)
    joints = positions[0, LANDMARK_JOINTS]
    middle = joints[[0, 5, 9, 17]].mean(0)
    vertices, faces, rest = mesh.posed(skeleton, shape), mesh.faces, mesh.vertices
    along = np.zeros(len(vertices))
    if look.arm:
        arm, arm_faces, arm_along = forearm(mesh, *look.wrist, look.sleeve)
        faces = np.concatenate([faces, arm_faces + len(vertices)])
        vertices, rest = np.concatenate([vertices, arm]), np.concatenate([rest, arm])
        along = np.concatenate([along, arm_along])
    seen, seen_joints = camera.see(vertices, middle), camera.see(joints, middle)
    width, height = camera.size_wh
    points = camera.project(seen) * oversample + (oversample - 1) / 2
    depth = camera.distance - seen[:, 2]
    fragments = rasterize(points, -1 / depth, faces, (width * oversample, height * oversample))
    landmarks_xy = camera.project(seen_joints)
    world = seen_joints * np.array([1.0, -1.0, -1.0])
    normals = _vertex_normals(seen, faces) * (-1 if camera.right else 1)
    corners = faces[fragments.triangle]
    # -1/z is linear on the screen: weights are divided by depth to be right in space.
    weights = fragments.weights / depth[corners]
    weights /= weights.sum(1, keepdims=True)
    mixed = np.einsum("nk,nkd->nd", weights, np.concatenate([normals, rest, seen, along[:, None]], 1)[corners])
    is_arm = fragments.triangle >= len(mesh.faces)
    normal = mixed[:, :3] / (np.linalg.norm(mixed[:, :3], axis=1, keepdims=True) + 1e-9)
    to_eye = np.array([0, 0, camera.distance]) - mixed[:, 6:9]
    normal[(normal * to_eye).sum(1) < 0] *= -1
    surface = _Surface(normal, mixed[:, 6:9], mixed[:, 3:6], mixed[:, 9], is_arm)
    colour = _lit(surface, to_eye, _albedo(surface, look, seed), look.light, _shadow(surface, seen, faces, look.light))
    colour *= _occlusion(fragments, camera, oversample)[:, None]
    full = np.zeros((height * oversample, width * oversample, 3), np.float32)
    full[fragments.mask] = colour
    alpha = cv2.resize(fragments.mask.astype(np.float32), camera.size_wh, interpolation=cv2.INTER_AREA)
    return Layer(cv2.resize(full, camera.size_wh, interpolation=cv2.INTER_AREA), alpha, landmarks_xy, world)


def _vertex_normals(vertices: Floats, faces: np.ndarray) -> Floats:
    flat = np.cross(vertices[faces[:, 1]] - vertices[faces[:, 0]], vertices[faces[:, 2]] - vertices[faces[:, 0]])
    out = np.zeros_like(vertices)
    for corner in range(3):
        for axis in range(3):
            out[:, axis] += np.bincount(faces[:, corner], flat[:, axis], len(vertices))
    return out / (np.linalg.norm(out, axis=1, keepdims=True) + 1e-12)


def _shadow(surface: _Surface, seen: Floats, faces: np.ndarray, light: Light) -> Floats:
    """Return how much of the lamp each point misses, 0..1, from a depth map seen by the lamp, softened over 5 taps."""
    lamp = np.array(light.direction) / np.linalg.norm(light.direction)
    up = np.array([0, 1, 0.0]) if abs(lamp[1]) < 0.9 else np.array([1.0, 0, 0])
    across = np.cross(up, lamp)
    across /= np.linalg.norm(across)
    frame = np.stack([across, np.cross(lamp, across)], 1)
    scale, half = _SHADOW_MAP / 0.34, _SHADOW_MAP / 2
    hits = rasterize(seen @ frame * scale + half, -(seen @ lamp), faces, (_SHADOW_MAP, _SHADOW_MAP))
    height = np.full((_SHADOW_MAP, _SHADOW_MAP), -9.0)
    height[hits.mask] = -hits.depth
    place = surface.seen @ frame * scale + half
    own = surface.seen @ lamp
    missed = np.zeros(len(own))
    for shift in ((0, 0), (2, 1), (-2, 1), (1, -2), (-1, -2)):
        cell = np.rint(place + shift).astype(int)
        inside = ((cell >= 0) & (cell < _SHADOW_MAP)).all(1)
        cell = np.clip(cell, 0, _SHADOW_MAP - 1)
        missed += inside * (own < height[cell[:, 1], cell[:, 0]] - 0.004) / 5
    return missed


def _occlusion(fragments: Fragments, camera: Camera, oversample: int) -> Floats:
    """Return 0..1: darker where the surroundings are nearer to the viewer (screen-space ambient occlusion)."""
    mask = fragments.mask.astype(np.float32)
    depth = np.zeros(mask.shape, np.float32)
    depth[fragments.mask] = -1 / fragments.depth
    total = np.zeros(mask.shape, np.float32)
    for radius in (6, 14, 30):
        sigma = max(radius * oversample * camera.hand_px / 200, 0.8)
        # A wide blur needs no fine picture: it is taken at a sigma of a few pixels.
        shrink = min(1.0, 3 / sigma)
        small = (max(round(mask.shape[1] * shrink), 1), max(round(mask.shape[0] * shrink), 1))
        pair = cv2.resize(np.dstack([depth, mask]), small, interpolation=cv2.INTER_AREA)
        pair = cv2.resize(cv2.GaussianBlur(pair, (0, 0), sigma * shrink), mask.shape[::-1])
        mean = pair[..., 0] / np.maximum(pair[..., 1], 1e-3)
        total += np.clip((depth - mean) / 0.012, 0, 1)
    return 1 - 0.2 * total[fragments.mask]


def _albedo(surface: _Surface, look: Look, seed: int) -> Floats:
    base = (np.array(look.skin) / 255.0) ** _GAMMA
    rest = surface.rest
    # Palms are lighter and pinker than backs, the more so the darker the skin.
    palm = np.clip(-(rest[:, 1] + 0.004) / 0.012, 0, 1)[:, None]
    palm = palm * np.clip(1 - np.abs(surface.along) / 0.2, 0, 1)[:, None]
    pale = np.minimum(base * (1.25 if base.mean() > 0.25 else 1.9) * np.array([1.06, 0.97, 0.95]), 0.85)
    albedo = base * (1 - palm) + pale * palm
    red, nail, crease = _marks(rest)
    red, nail, crease = (mark * ~surface.is_arm for mark in (red, nail, crease))
    albedo *= 1 + red[:, None] * np.array([0.10, -0.06, -0.06])
    albedo *= 1 - 0.24 * crease[:, None]
    polish = np.minimum(base * 1.2 + np.array([0.07, 0.035, 0.035]), 0.8)
    albedo = albedo * (1 - 0.75 * nail[:, None]) + 0.75 * nail[:, None] * polish
    rng = np.random.default_rng(seed)
    fine = np.sin(rest @ (rng.normal(size=(3, 24)) * 420) + rng.uniform(0, 6, 24)).sum(1) / 24
    coarse = np.sin(rest @ (rng.normal(size=(3, 12)) * 90) + rng.uniform(0, 6, 12)).sum(1) / 12
    albedo *= (1 + 0.10 * fine + 0.14 * coarse)[:, None]
    if look.sleeve is not None:
        cloth = surface.along > 0
        weave = np.sin(rest[cloth] @ (rng.normal(size=(3, 16)) * 700) + rng.uniform(0, 6, 16)).sum(1) / 16
        hem = np.abs(surface.along[cloth] - look.sleeve.start - 0.012) < 0.0012
        dye = (np.array(look.sleeve.rgb) / 255.0) ** _GAMMA
        albedo[cloth] = dye * ((1 + 0.12 * weave) * (1 - 0.25 * hem))[:, None]
    return albedo


def _marks(rest: Floats) -> tuple[Floats, Floats, Floats]:
    """Return redness, nails and creases, each (n,) 0..1, of places on the hand at rest."""
    bind = load_skeleton().bind
    red, nail, crease = (np.zeros(len(rest)) for _ in range(3))
    for finger in FINGERS:
        thumb = finger == "thumb"
        parts = ("phalanx-proximal", *(() if thumb else ("phalanx-intermediate",)), "phalanx-distal", "tip")
        for part in parts:
            frame = bind[JOINTS.index(joint_name(finger, part))]
            close = np.nonzero((np.abs(rest - frame[:3, 3]) < _MARK_REACH).all(1))[0]
            x, y, z = ((rest[close] - frame[:3, 3]) @ frame[:3, :3]).T
            red[close] = np.maximum(red[close], np.exp(-(x * x + y * y + z * z) / 0.009**2))
            if part == "tip":
                half_wide, half_long = (0.0068, 0.0085) if thumb else (0.0054, 0.007)
                oval = (x / half_wide) ** 2 + ((z - 0.003) / half_long) ** 2
                nail[close] = np.maximum(nail[close], (y > 0.001) * np.clip((1 - oval) * 4, 0, 1))
                continue
            near = (np.abs(x) < 0.014) & (np.abs(y) < 0.016)
            lines = _line(z, 0.0007) + 0.6 * _line(z - 0.003, 0.0006) + 0.5 * _line(z + 0.0025, 0.0006)
            if part == "phalanx-proximal" and not thumb:
                # The skin fold at a finger's root lies well beyond the knuckle, and only on the palm's side.
                near &= y < 0
                lines = _line(z + 0.022, 0.0007)
            crease[close] = np.maximum(crease[close], near * lines)
    return red, nail, crease


def _line(distance: Floats, width: float) -> Floats:
    return np.exp(-((distance / width) ** 2))


def _lit(surface: _Surface, to_eye: Floats, albedo: Floats, light: Light, shadow: Floats) -> Floats:
    lamp = np.array(light.direction) / np.linalg.norm(light.direction)
    facing = surface.normals @ lamp
    # Wrapped light, more so in red: a cheap stand-in for light that scatters under the skin.
    wrap = np.array([0.35, 0.18, 0.14])
    diffuse = np.clip((facing[:, None] + wrap) / (1 + wrap), 0, 1)
    sky = (0.75 + 0.25 * surface.normals[:, 1])[:, None]
    half = to_eye / np.linalg.norm(to_eye, axis=1, keepdims=True) + lamp
    half /= np.linalg.norm(half, axis=1, keepdims=True)
    gloss = 0.06 * np.clip((surface.normals * half).sum(1), 0, 1) ** 18 * (1 - shadow) * (surface.along <= 0)
    lamp_part = (1.25 - light.ambient) * diffuse * (1 - 0.75 * shadow)[:, None]
    return (albedo * (light.ambient * sky + lamp_part) + gloss[:, None]) * np.array(light.tint)

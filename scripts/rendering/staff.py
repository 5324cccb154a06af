"""A rendered hand raised into a photograph, in the photo's own light, colour, softness and grain."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from .landmarks import pose_rng
from .mesh import Sleeve
from .poses import draw_shape
from .rig import Floats, HandShape
from .scene import Image, hand_turn
from .shading import Camera, Layer, Light, Look, render_layer
from .view import PALM, View, natural_view

_GAMMA = 2.2
_BRIGHTEST_SKIN = 0.85


@dataclass(frozen=True, slots=True)
class Raised:
    """A hand to raise in a photo.

    pose : a pose of `poses.POSES`; right : the person's right hand; center_xy : the palm's middle, pixels;
    hand_px : length from the wrist to the tip of a straight middle finger; skin : sRGB that the hand should have in the
    photo, such as the median of a cheek; sleeve : cloth, or None for a bare arm; wrist : how the forearm bends away
    (flexion, deviation; degrees); softness : blur in pixels; grain : noise, standard deviation of 255; shade : how much
    the arm darkens what is behind it, 0..1; seed : which variant of the pose
    """

    pose: str
    right: bool
    center_xy: tuple[float, float]
    hand_px: float
    skin: tuple[float, float, float]
    sleeve: Sleeve | None = None
    view: View = PALM
    wrist: tuple[float, float] = (0.0, 0.0)
    light: Light = field(default_factory=Light)
    softness: float = 0.8
    grain: float = 2.0
    shade: float = 0.2
    seed: int = 1


def raise_hand(photo: Image, raised: Raised) -> tuple[Image, Floats]:
    """Return the photo (h, w, 3; uint8 RGB) with the hand in it, and the hand's landmarks (21, 2) in its pixels."""
    rng = pose_rng(raised.pose, raised.seed)
    shape = draw_shape(raised.pose, rng)
    size_wh = (photo.shape[1], photo.shape[0])
    view = natural_view(raised.pose, right=raised.right, view=raised.view)
    turn = hand_turn(raised.pose, shape, view, right=raised.right)
    camera = Camera(turn, raised.right, size_wh, raised.hand_px, raised.center_xy, distance=1.2)
    skin = _matched_skin(shape, camera, raised)
    layer = render_layer(shape, camera, Look(skin, raised.sleeve, raised.light, raised.wrist), seed=raised.seed)
    layer = _softened(layer, raised.softness)
    image = layer.over(_shaded(photo, layer.alpha, raised)).astype(np.float32)
    noise = cv2.GaussianBlur(rng.normal(0, 1, photo.shape).astype(np.float32), (0, 0), 0.7) * 2.4
    image += noise * raised.grain * layer.alpha[..., None]
    return np.clip(image + 0.5, 0, 255).astype(np.uint8), layer.landmarks_xy


def _matched_skin(shape: HandShape, camera: Camera, raised: Raised) -> tuple[float, float, float]:
    """Return the skin colour that the light turns into `raised.skin`, measured on a first, small picture."""
    start = np.array(raised.skin)
    small = Camera(camera.turn, camera.right, (160, 160), 110, (80, 80), camera.distance)
    layer = render_layer(
        shape, small, Look(tuple(start), None, raised.light, arm=False), seed=raised.seed, oversample=1
    )
    solid = layer.alpha > 0.9
    # The lit side is what compares with a cheek; shadows between the fingers do not.
    shown = np.percentile(layer.light[solid], 65, axis=0)
    wanted = (start / 255) ** _GAMMA
    linear = wanted * wanted / np.maximum(shown, 1e-3)
    # No skin reflects more than this; a colour cut off at one channel would turn grey, so all are scaled.
    linear *= min(1.0, _BRIGHTEST_SKIN / linear.max())
    return tuple(float(c) for c in 255 * linear ** (1 / _GAMMA))


def _softened(layer: Layer, sigma: float) -> Layer:
    if sigma <= 0:
        return layer
    light, alpha = (cv2.GaussianBlur(part, (0, 0), sigma) for part in (layer.light, layer.alpha))
    return Layer(light, alpha, layer.landmarks_xy, layer.world)


def _shaded(photo: Image, alpha: Floats, raised: Raised) -> Image:
    reach = raised.hand_px * 0.07
    across, _, _ = raised.light.direction
    shift = np.array([[1, 0, -np.sign(across) * reach], [0, 1, reach]], float)
    fallen = cv2.warpAffine(alpha, shift, (photo.shape[1], photo.shape[0]), borderMode=cv2.BORDER_REPLICATE)
    fallen = cv2.GaussianBlur(fallen, (0, 0), reach)
    return np.clip(photo * (1 - raised.shade * fallen[..., None]), 0, 255).astype(np.uint8)

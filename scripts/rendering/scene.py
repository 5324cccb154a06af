"""`render_hand`: a whole picture of one hand, with background, sleeve, skin, light and the camera's faults."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from .landmarks import landmark_positions, pose_rng
from .mesh import Sleeve
from .poses import draw_shape, truth
from .rig import Floats, HandShape, rotation
from .shading import SKIN, Camera, Light, Look, render_layer
from .view import BACK, PALM, UPRIGHT_THUMB, View, lean_to, natural_view, to_camera

Image = NDArray[np.uint8]

VIEWS = (
    *(View(roll=roll) for roll in (-60, -30, 0, 30, 60)),
    *(View(roll=roll, yaw=BACK.yaw) for roll in (-30, 0, 30)),
    View(yaw=-40),
    View(yaw=40),
    View(pitch=-30),
    View(pitch=30),
)
"""The views that `render_hand` draws from unless it is given one."""


@dataclass(frozen=True, slots=True)
class RenderedHand:
    """A picture of a hand and everything that is true about it.

    image : (h, w, 3) uint8 RGB; mask : (h, w) float32 0..1, how much of a pixel the hand and arm cover;
    landmarks_xy : (21, 2) pixels; world : (21, 3) metres from the palm's middle, x right, y down, z away from the
    viewer; fingers : which are extended, None where the pose leaves it open; handedness : `left` or `right`
    """

    image: Image
    mask: NDArray[np.float32]
    landmarks_xy: Floats
    world: Floats
    fingers: dict[str, bool] | None
    handedness: str
    pose: str
    view: View


def render_hand(
    pose: str,
    *,
    seed: int,
    view: View | None = None,
    tone: str | None = None,
    size_wh: tuple[int, int] = (480, 480),
    background: Image | None = None,
    clean: bool = False,
) -> RenderedHand:
    """Render a hand of `pose` (one of POSES or NONE_SHAPES); the same arguments give the same picture.

    tone : a key of SKIN; background : RGB of any size, stretched to cover, instead of a made-up one;
    clean : no blur, noise, colour cast; the view, proportions, light and place vary all the same.
    Raises ValueError for a pose that one hand cannot show.
    """
    rng = pose_rng(pose, seed)
    shape = draw_shape(pose, rng)
    right = bool(rng.integers(2))
    drawn = VIEWS[rng.integers(len(VIEWS))]
    chosen = natural_view(pose, right=right, view=view or drawn)
    chosen = View(*(float(a + rng.normal(0, s)) for a, s in ((chosen.roll, 4), (chosen.yaw, 6), (chosen.pitch, 6))))
    tone = tone or tuple(SKIN)[rng.integers(len(SKIN))]
    width, height = size_wh
    angle = rng.uniform(0, 2 * np.pi)
    lamp = (np.cos(angle) * rng.uniform(0.1, 0.9), 0.3 + abs(np.sin(angle)) * 0.6, rng.uniform(0.35, 1))
    skin = np.array(SKIN[tone]) * rng.uniform(0.9, 1.08) * (1 + rng.normal(0, 0.02, 3))
    sleeve = Sleeve(tuple(rng.uniform(10, 230, 3)), rng.uniform(0.03, 0.09)) if rng.random() < 0.6 else None
    look = Look(tuple(skin), sleeve, Light(lamp, rng.uniform(0.25, 0.6)), (rng.uniform(-15, 15), rng.uniform(-8, 8)))
    camera = Camera(
        turn=hand_turn(pose, shape, chosen, right=right),
        right=right,
        size_wh=size_wh,
        hand_px=rng.uniform(0.38, 0.55) * min(size_wh),
        center_xy=(rng.uniform(0.42, 0.58) * width, rng.uniform(0.46, 0.58) * height),
        distance=rng.uniform(0.4, 1.5),
    )
    behind = _cover(background, size_wh) if background is not None else made_up_background(rng, size_wh)
    layer = render_layer(shape, camera, look, seed=seed)
    image = layer.over(behind)
    if not clean:
        image = worn(image, rng)
    handedness = "right" if right else "left"
    return RenderedHand(image, layer.alpha, layer.landmarks_xy, layer.world, truth(pose), handedness, pose, chosen)


def hand_turn(pose: str, shape: HandShape, view: View, *, right: bool) -> Floats:
    """Return the rotation (3, 3) of a view; for thumb up and down, turned on until the thumb points as named.

    The roll of such a view is the lean away from straight up or down, once the natural roll is taken out.
    """
    matrix = view.matrix()
    if pose not in UPRIGHT_THUMB:
        return matrix
    lean = lean_to(pose, to_camera(landmark_positions(shape)[0], matrix, right=right))
    natural = natural_view(pose, right=right, view=View(yaw=view.yaw)).roll
    return rotation(2, lean + np.clip(view.roll - natural, -45, 45)) @ matrix


def made_up_background(rng: np.random.Generator, size_wh: tuple[int, int]) -> Image:
    """Draw a gradient or soft blobs of colour, (h, w, 3) uint8 RGB."""
    width, height = size_wh
    if rng.random() < 0.5:
        top, bottom = rng.integers(20, 240, (2, 3))
        down = np.linspace(0, 1, height)[:, None, None]
        return np.broadcast_to(top * (1 - down) + bottom * down, (height, width, 3)).astype(np.uint8)
    blobs = cv2.resize(rng.uniform(0, 1, (6, 8, 3)).astype(np.float32), size_wh, interpolation=cv2.INTER_CUBIC)
    return np.clip(rng.integers(60, 200, 3) + 60 * (blobs - 0.5), 0, 255).astype(np.uint8)


def worn(image: Image, rng: np.random.Generator) -> Image:
    """Return the picture with a camera's faults: now and then a blur, always a cast and some noise."""
    if rng.random() < 0.4:
        image = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.3))
    cast = 1 + rng.normal(0, 0.03, 3)
    noise = rng.normal(0, 1, image.shape) * rng.uniform(0, 7)
    return np.clip(image * cast + noise, 0, 255).astype(np.uint8)


def _cover(background: Image, size_wh: tuple[int, int]) -> Image:
    width, height = size_wh
    scale = max(width / background.shape[1], height / background.shape[0])
    size = (max(width, round(background.shape[1] * scale)), max(height, round(background.shape[0] * scale)))
    grown = cv2.resize(background, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return grown[top : top + height, left : left + width]


__all__ = ["BACK", "PALM", "RenderedHand", "hand_turn", "made_up_background", "render_hand", "worn"]

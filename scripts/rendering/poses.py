"""Which joint angles make which pose: the one-hand poses of the vocabulary, and the many shapes of `none`.

A pose is a list of recipes; one is drawn for each hand. A recipe says for each finger whether it is straight, curled or
at given angles, how wide the fingers may be spread, and where the thumb is. Thumb angles come from `reach.py`, the
ranges from looking at contact sheets: every hand drawn from them should still be called by its name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .rig import FINGERS, Floats, HandShape

Angles = tuple[float, ...]

THUMBS: dict[str, Angles] = {
    "up": (-8, 12, 0, -6, -14),
    "up_bent": (-4, 8, 0, 4, 4),
    "out": (-14, 0, 0, -8, -8),
    "out_wide": (-22, 2, 0, -4, -12),
    "open": (-6, 0, 0, -6, -4),
    "near": (8, 12, 0, 2, 6),
    "beside": (18, 14, 0, 2, 8),
    "rest": (8, -6, 0, 12, 16),
    "over_index": (-1.4, -17.9, -11.0, 50.8, 65.8),
    "over_middle": (0.8, -35.0, -20.9, 65.0, 51.1),
    "over_middle_tight": (15.8, -21.3, -7.1, 51.1, 51.0),
    "over_ring": (28.2, -24.8, 0.4, 49.5, 44.3),
    "over_ring_tip": (22.3, -23.2, 8.6, 64.1, 58.3),
    "over_pinky": (42.2, -33.1, 7.1, 48.6, 36.2),
    "over_index_low": (10.4, -15.5, -8.8, 29.7, 53.5),
    "across_palm": (38.3, 17.2, -11.0, 65.0, 85.0),
    "across_palm_low": (34.0, 8.0, -6.0, 58.0, 62.0),
}


@dataclass(frozen=True, slots=True)
class Recipe:
    """One way to make a pose.

    fingers : index..pinky, one letter each: `X` straight, `C` curled, `=` taken from `fixed`
    thumbs : names in THUMBS, one is drawn; or `fixed_thumb`
    spread : the four fingers' spread at its widest and at its narrowest, degrees
    fixed : angles (MCP, PIP, DIP) of a finger marked `=`
    jitter : standard deviation, degrees, of what is fixed (fingers and thumb); contacts want it small
    """

    fingers: str
    thumbs: tuple[str, ...] = ()
    wide: Angles = (0, 0, 0, 0)
    narrow: Angles = (0, 0, 0, 0)
    fixed: dict[int, Angles] = field(default_factory=dict)
    fixed_thumb: Angles | None = None
    jitter: float = 4.0
    loose: float = 1.0


_TUCKED = ("over_middle", "over_middle_tight", "over_ring")
_FAN = (-11.0, -2.0, 6.0, 15.0)
_CLOSED = (9.0, 3.0, -5.0, -13.0)


def _heart(thumb: Angles, index: Angles, loose: float = 1.0) -> Recipe:
    return Recipe("=CCC", fixed={0: index}, fixed_thumb=thumb, jitter=2.0, loose=loose)


# Thumb and index cross below their last joints, and both tips stand out.
_HEART_HIGH: tuple[tuple[Angles, Angles], ...] = (
    ((32.4, -12.9, 5.7, 8.0, -14.0), (62.9, 51.3, -8.0)),
    ((33.1, -18.1, 2.6, 4.1, -8.7), (68.9, 42.6, -6.6)),
    ((27.1, -8.2, -0.4, 11.5, -5.1), (54.0, 64.0, 7.8)),
)

# Index and middle finger make the heart: one bends toward the other, or both do.
_OVER_RING = ("over_ring", "over_ring_tip")
_HEARTS_OF_TWO: tuple[tuple[str, dict[int, Angles]], ...] = (
    ("X=CC", {1: (22.0, 72.0, 38.0)}),
    ("==CC", {0: (14.0, 34.0, 18.0), 1: (30.0, 58.0, 30.0)}),
)

_RING_OPEN = {1: (14.0, 12.0, 6.0), 2: (8.0, 8.0, 5.0), 3: (2.0, 6.0, 4.0)}
_RING_STRAIGHT = {1: (4.0, 6.0, 3.0), 2: (2.0, 4.0, 3.0), 3: (-2.0, 4.0, 3.0)}
_RING_LAZY = {1: (26.0, 20.0, 8.0), 2: (20.0, 16.0, 8.0), 3: (12.0, 12.0, 6.0)}


def _ring(thumb: Angles, index: Angles, rest: dict[int, Angles]) -> Recipe:
    return Recipe(
        "====", wide=(-8, 0, 5, 12), narrow=(-8, 0, 0, 2), fixed={0: index, **rest}, fixed_thumb=thumb, jitter=2.0
    )


RECIPES: dict[str, tuple[Recipe, ...]] = {
    "thumb_up": (Recipe("CCCC", ("up", "up", "up_bent")),),
    "one_index": (Recipe("XCCC", (*_TUCKED, "over_index"), (-8, 0, 0, 0), (4, 0, 0, 0)),),
    "pinky": (Recipe("CCCX", (*_TUCKED, "over_index"), (0, 0, 0, 14), (0, 0, 0, 0)),),
    "peace_two": (
        Recipe("XXCC", ("over_ring", "over_ring_tip", "over_middle_tight"), (-14, 9, 0, 0), (-5, 3, 0, 0)),
        Recipe("XXCC", ("over_ring", "over_ring_tip"), (-3, 1, 0, 0), (5, -2, 0, 0)),
    ),
    "l_two": (Recipe("XCCC", ("out", "out_wide", "up"), (-8, 0, 0, 0), (3, 0, 0, 0)),),
    "call": (Recipe("CCCX", ("out", "out_wide", "up"), (0, 0, 0, 16), (0, 0, 0, 2)),),
    "finger_heart": (
        _heart((20.1, -9.4, 4.4, 19.4, 15.2), (59.3, 75.5, -1.8)),
        _heart((21.8, -7.8, 4.7, 18.9, 6.2), (55.5, 74.8, -6.0)),
        _heart((20.1, -9.5, 11.5, 21.0, 25.3), (63.5, 73.6, 6.0), 1.4),
        _heart((21.8, -3.6, 8.1, 14.7, 19.6), (56.8, 79.4, -8.4), 1.4),
        _heart((18.3, -3.8, 3.2, 42.4, 37.8), (49.0, 67.9, -1.5)),
        _heart((22.1, 7.6, -14.6, 36.6, 44.0), (26.9, 98.2, 14.3), 1.4),
        *(_heart(*_HEART_HIGH[number], loose) for number in range(3) for loose in (0.4, 1.2)),
        *(Recipe(letters, _OVER_RING, fixed=bent, jitter=5.0) for letters, bent in 2 * _HEARTS_OF_TWO),
    ),
    "three_imr": (Recipe("XXXC", ("over_pinky", "over_pinky", "over_ring_tip"), (-12, 0, 11, 0), (0, 0, -1, 0)),),
    "three_mrp": (
        Recipe("=XXX", ("over_index_low",), (0, -5, 4, 14), (0, 0, 0, 0), fixed={0: (70, 85, 55)}),
        Recipe("CXXX", ("over_index",), (0, -5, 4, 14), (0, 0, 0, 0)),
    ),
    "three_tim": (Recipe("XXCC", ("out", "out_wide", "open"), (-12, 8, 0, 0), (1, -1, 0, 0)),),
    "ok": (
        _ring((37.6, 17.2, 33.4, -3.6, -20.0), (44.4, 50.1, 54.0), _RING_OPEN),
        _ring((30.0, -14.1, -7.2, 15.6, -20.0), (47.1, 55.4, 14.9), _RING_STRAIGHT),
        _ring((30.4, -19.6, -6.3, 15.1, -20.0), (58.3, 40.2, 17.9), _RING_OPEN),
        _ring((30.0, -14.1, -7.2, 15.6, -20.0), (47.1, 55.4, 14.9), _RING_LAZY),
    ),
    "ily": (Recipe("XCCX", ("out", "out_wide", "open"), (-10, 0, 0, 12), (0, 0, 0, 2)),),
    "rock": (Recipe("XCCX", ("over_middle", "over_middle_tight", "over_ring"), (-10, 0, 0, 12), (0, 0, 0, 0)),),
    "four": (Recipe("XXXX", ("across_palm", "across_palm_low"), _FAN, _CLOSED),),
    "palm_five": (
        Recipe("XXXX", ("open", "out", "out_wide", "near"), _FAN, _CLOSED),
        Recipe("XXXX", ("near", "beside", "beside"), (2.0, 0.0, -2.0, -4.0), _CLOSED),
    ),
    "fist": (Recipe("CCCC", ("over_middle", "over_middle_tight", "over_index")),),
}
RECIPES["thumb_down"] = RECIPES["thumb_up"]

NONE_SHAPES = ("relaxed_hang", "half_curl", "holding", "flat_grip", "pinch", "pointing", "in_between", "middle")
"""The shapes that `none` is drawn from; each can be asked for by name as well."""

_NONE_SHARES = (0.2, 0.15, 0.15, 0.12, 0.12, 0.08, 0.15, 0.03)

POSES = (*RECIPES, "none")
"""Every pose that can be rendered: ids of the product's vocabulary."""


def draw_shape(pose: str, rng: np.random.Generator, *, proportions: bool = True) -> HandShape:
    """Draw one hand of a pose, or of a shape in NONE_SHAPES.

    `proportions` varies finger lengths by 10% and the palm's width by 8% either way. Raises ValueError for a pose that
    one hand cannot show.
    """
    if pose == "none":
        pose = NONE_SHAPES[rng.choice(len(NONE_SHAPES), p=_NONE_SHARES)]
    if pose in NONE_SHAPES:
        fingers, thumb = _NONE[pose](rng)
    elif pose in RECIPES:
        recipes = RECIPES[pose]
        fingers, thumb = _from_recipe(recipes[rng.integers(len(recipes))], rng)
    else:
        raise ValueError(f"one hand cannot show {pose!r}: expected one of {', '.join((*POSES, *NONE_SHAPES))}")
    lengths, palm = np.ones(5), 1.0
    if proportions:
        lengths = rng.uniform(0.93, 1.07) * rng.uniform(0.97, 1.03, 5)
        palm = rng.uniform(0.92, 1.08)
    return HandShape(fingers[None], thumb[None], lengths[None], np.array([palm]))


def stack_shapes(shapes: list[HandShape]) -> HandShape:
    """Join single hands into one batch."""
    return HandShape(
        np.concatenate([shape.fingers for shape in shapes]),
        np.concatenate([shape.thumb for shape in shapes]),
        np.concatenate([shape.lengths for shape in shapes]),
        np.concatenate([shape.palm for shape in shapes]),
    )


def _from_recipe(recipe: Recipe, rng: np.random.Generator) -> tuple[Floats, Floats]:
    fingers = np.zeros((4, 4))
    # One hand curls and stretches its fingers alike: most of the variation is common, some is each finger's own.
    curl, stretch = rng.uniform(0, 1), rng.uniform(0, 1)
    for finger, letter in enumerate(recipe.fingers):
        if letter == "X":
            fingers[finger, :3] = _straight(stretch, rng)
        elif letter == "C":
            fingers[finger, :3] = _curled(curl * recipe.loose, rng)
        else:
            fingers[finger, :3] = np.array(recipe.fixed[finger]) + rng.normal(0, recipe.jitter, 3)
    spread = rng.uniform(0, 1)
    wide, narrow = np.array(recipe.wide), np.array(recipe.narrow)
    fingers[:, 3] = narrow + spread * (wide - narrow) + rng.normal(0, 1.2, 4)
    centre = recipe.fixed_thumb or THUMBS[recipe.thumbs[rng.integers(len(recipe.thumbs))]]
    return fingers, np.array(centre, float) + rng.normal(0, recipe.jitter, 5)


def _straight(slack: float, rng: np.random.Generator) -> Floats:
    """MCP, PIP, DIP of an extended finger: from bent back to leaning forward, never bent at the PIP beyond 24."""
    mcp = -8 + 22 * slack + rng.normal(0, 4)
    pip = 1 + 12 * slack * rng.uniform(0.3, 1) + abs(rng.normal(0, 3))
    return np.array([mcp, min(pip, 24), 0.5 * pip + rng.normal(0, 2)])


def _curled(looseness: float, rng: np.random.Generator) -> Floats:
    """MCP, PIP, DIP of a curled finger, from a tight fist to a lazy curl (about 60, 85, 45)."""
    tight, lazy = np.array([88.0, 106.0, 62.0]), np.array([64.0, 90.0, 46.0])
    return tight + looseness * (lazy - tight) + rng.normal(0, 3, 3)


def _cascade(rng: np.random.Generator, first: Angles, last: Angles, noise: float) -> Floats:
    """Flexions that run evenly from the index to the pinky, with noise."""
    fingers = np.zeros((4, 4))
    fingers[:, :3] = np.linspace(first, last, 4) + rng.normal(0, noise, (4, 3))
    fingers[:, 3] = rng.normal(0, 2.5, 4) + rng.uniform(0, 1) * np.array([-4, 0, 2, 5])
    return fingers


def _thumb(rng: np.random.Generator, *names: str, noise: float = 7.0) -> Floats:
    return np.array(THUMBS[names[rng.integers(len(names))]], float) + rng.normal(0, noise, 5)


def _relaxed_hang(rng: np.random.Generator) -> tuple[Floats, Floats]:
    bend = rng.uniform(1.0, 1.6)
    fingers = _cascade(rng, (18 * bend, 26 * bend, 12 * bend), (32 * bend, 36 * bend, 18 * bend), 5)
    return fingers, _thumb(rng, "rest", "near", "open")


def _half_curl(rng: np.random.Generator) -> tuple[Floats, Floats]:
    bend = rng.uniform(0.8, 1.15)
    fingers = _cascade(rng, (40 * bend, 52 * bend, 28 * bend), (54 * bend, 64 * bend, 34 * bend), 7)
    return fingers, _thumb(rng, "rest", "near", "over_index_low")


def _holding(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Hold a cylinder: a microphone, a bottle, a flagpole."""
    thick = rng.uniform(0, 1)
    first = np.array([62, 74, 40]) - thick * np.array([26, 28, 12])
    fingers = _cascade(rng, tuple(first), tuple(first + 8), 5)
    return fingers, np.array([30, -8, 4, 18 - 10 * thick, 20 - 10 * thick]) + rng.normal(0, 6, 5)


def _flat_grip(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Hold a certificate, a phone or a folder between straight fingers and the thumb."""
    fingers = _cascade(rng, (46, 16, 10), (56, 22, 12), 6)
    return fingers, np.array([36, -6, 2, 6, 4]) + rng.normal(0, 6, 5)


def _pinch(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Hold a pen or a small thing by the tips, the other fingers half bent, so that it is no OK sign."""
    fingers = _cascade(rng, (50, 46, 20), (62, 70, 36), 5)
    fingers[1, :3] = np.array([54, 50, 22]) + rng.normal(0, 5, 3)
    return fingers, np.array([28, -10, 0, 20, 14]) + rng.normal(0, 5, 5)


def _pointing(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Point lazily: the index half bent, the others loosely curled. A straight one is `one_index`."""
    fingers = _cascade(rng, (50, 70, 36), (58, 80, 40), 6)
    fingers[0, :3] = np.array([36, 40, 18]) + rng.normal(0, 5, 3)
    return fingers, _thumb(rng, "rest", "near", "over_index_low")


def _in_between(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Bend the fingers any way, neighbours alike, at least one of them neither straight nor curled."""
    while True:
        bend = np.clip(rng.uniform(0, 1) + np.cumsum(rng.normal(0, 0.22, 4)), 0, 1)
        if ((bend > 0.28) & (bend < 0.52)).any() and (bend > 0.3).sum() >= 2:
            break
    fingers = np.zeros((4, 4))
    fingers[:, :3] = bend[:, None] * np.array([80, 100, 56]) + rng.normal(0, 4, (4, 3))
    fingers[:, 3] = rng.normal(0, 3, 4)
    return fingers, _thumb(rng, "rest", "near", "open", "over_index_low")


def _middle(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Raise the middle finger alone: rude, and no number in this country's elections."""
    curl = rng.uniform(0, 1.2)
    fingers = np.zeros((4, 4))
    fingers[:, :3] = [_curled(curl, rng) for _ in range(4)]
    fingers[1, :3] = _straight(rng.uniform(0, 1), rng)
    fingers[:, 3] = rng.normal(0, 2, 4)
    return fingers, _thumb(rng, "over_middle", "rest", "near")


_NONE = dict(
    zip(
        NONE_SHAPES,
        (_relaxed_hang, _half_curl, _holding, _flat_grip, _pinch, _pointing, _in_between, _middle),
        strict=True,
    )
)


def truth(pose: str) -> dict[str, bool] | None:
    """Return which fingers of a pose are extended; None where the pose does not say (none, finger heart's two)."""
    fingers = _TRUTH.get(pose)
    return None if fingers is None else {name: name[0].upper() in fingers for name in FINGERS}


_TRUTH = {
    "thumb_up": "T",
    "thumb_down": "T",
    "one_index": "I",
    "pinky": "P",
    "peace_two": "IM",
    "l_two": "TI",
    "call": "TP",
    "three_imr": "IMR",
    "three_mrp": "MRP",
    "three_tim": "TIM",
    "ok": "MRP",
    "ily": "TIP",
    "rock": "IP",
    "four": "IMRP",
    "palm_five": "TIMRP",
    "fist": "",
}

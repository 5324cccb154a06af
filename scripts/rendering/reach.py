"""Maintainers' tool: finds the thumb angles that the pose table (`poses.py`) lists, by inverse kinematics.

`python -m scripts.rendering.reach [NAME ...]` prints one line per reach: the five thumb angles, and the index's four
where it moves as well. Nothing in the product or the tests runs it; it says where the numbers come from.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .rig import FINGERS, JOINTS, Floats, HandShape, joint_name, load_skeleton

CURLED = (80.0, 98.0, 55.0, 0.0)
STRAIGHT = (4.0, 4.0, 3.0, 0.0)
_THUMB_LOW = np.array([-30, -35, -30, -10, -20.0])
_THUMB_HIGH = np.array([75, 60, 40, 65, 85.0])
_RADII = {"thumb": (0.0085, 0.0072), "finger": (0.0088, 0.0078, 0.0066)}


@dataclass(frozen=True, slots=True)
class Posed:
    """Posed joints of a batch: rotations (n, 25, 3, 3) and positions (n, 25, 3)."""

    rotations: Floats
    positions: Floats

    def at(self, finger: str, part: str) -> Floats:
        """Return the positions (n, 3) of one joint; `part` without the word phalanx."""
        return self.positions[:, _joint(finger, part)]

    def axis(self, finger: str, part: str, axis: int) -> Floats:
        """Return one axis (n, 3) of a joint's frame: 0 the thumb's side, 1 the nail's side, 2 back to the wrist."""
        return self.rotations[:, _joint(finger, part), :, axis]


def _joint(finger: str, part: str) -> int:
    return JOINTS.index(joint_name(finger, part if part in ("tip", "metacarpal") else f"phalanx-{part}"))


Goal = Callable[[Posed], Floats]


@dataclass(frozen=True, slots=True)
class Reach:
    """What to search: finger angles (index..pinky), the goal, and whether the index moves too (by 24 degrees)."""

    fingers: tuple[tuple[float, float, float, float], ...]
    goal: Goal
    moves_index: bool = False
    index_contact: float = 0.0


def _square(vector: Floats) -> Floats:
    return (vector**2).sum(-1)


def _dot(a: Floats, b: Floats) -> Floats:
    return (a * b).sum(-1)


def _pad(posed: Posed) -> Floats:
    return posed.at("thumb", "tip") - 0.006 * posed.axis("thumb", "tip", 1)


def over(finger: str, along: float) -> Goal:
    """Lay the thumb's pad on the back of a curled finger's middle bone."""

    def goal(posed: Posed) -> Floats:
        back = posed.axis(finger, "intermediate", 1)
        spot = (1 - along) * posed.at(finger, "intermediate") + along * posed.at(finger, "distal") + 0.0085 * back
        return 1e6 * _square(_pad(posed) - spot) + 40 * (1 - _dot(posed.axis("thumb", "tip", 1), back)) ** 2

    return goal


def across_palm(toward_ring: float) -> Goal:
    """Lay the thumb across the open palm."""

    def goal(posed: Posed) -> Floats:
        base = (1 - toward_ring) * posed.at("index", "proximal") + toward_ring * posed.at("ring", "proximal")
        back = 0.25 * posed.at("middle", "metacarpal") + 0.75 * base
        return 1e6 * _square(posed.at("thumb", "tip") - back - np.array([0.0, -0.022, 0.0]))

    return goal


def ring(posed: Posed) -> Floats:
    """Let the pads of thumb and index touch."""
    back = posed.axis("index", "tip", 1)
    spot = posed.at("index", "tip") - 0.0055 * back
    return 2e6 * _square(_pad(posed) - spot) + 30 * (1 + _dot(posed.axis("thumb", "tip", 1), back)) ** 2


def crossed(thumb_at: float, index_at: float, cosine: float, hook: float = 12.0, beside: float = 60.0) -> Goal:
    """Cross thumb and index near their tips, which stick out: the finger heart.

    thumb_at, index_at : where on the last bone they cross, 0 the joint, 1 the tip; cosine : of the bones' angle;
    hook : how far the thumb's last joint is bent; beside : where on the index the thumb lies, 0 on its pad, 90 on
    its side; degrees
    """

    def goal(posed: Posed) -> Floats:
        thumb = (1 - thumb_at) * posed.at("thumb", "distal") + thumb_at * posed.at("thumb", "tip")
        index = (1 - index_at) * posed.at("index", "distal") + index_at * posed.at("index", "tip")
        under = -posed.axis("index", "distal", 1)
        around = np.radians(beside)
        toward = np.cos(around) * under + np.sin(around) * posed.axis("index", "distal", 0)
        gap = _square(thumb - index - 0.0125 * toward)
        first = posed.at("thumb", "tip") - posed.at("thumb", "distal")
        second = posed.at("index", "tip") - posed.at("index", "distal")
        cos = _dot(first, second) / np.sqrt(_square(first) * _square(second))
        flexed = _dot(posed.axis("thumb", "proximal", 2), posed.axis("thumb", "distal", 2))
        return 1e6 * gap + 60 * (cos - cosine) ** 2 + 300 * np.maximum(0, np.cos(np.radians(hook)) - flexed) ** 2

    return goal


def _collisions(posed: Posed, index_contact: float) -> Floats:
    thumb = [posed.at("thumb", part) for part in ("proximal", "distal", "tip")]
    steps = np.linspace(0, 1, 6)[:, None, None]
    total = np.zeros(len(posed.positions))
    for finger in FINGERS[1:]:
        joints = [posed.at(finger, part) for part in ("proximal", "intermediate", "distal", "tip")]
        for bone, radius in enumerate(_RADII["finger"]):
            points = joints[bone] + steps * (joints[bone + 1] - joints[bone])
            for part, thumb_radius in enumerate(_RADII["thumb"]):
                line = thumb[part] + steps * (thumb[part + 1] - thumb[part])
                touching = index_contact and finger == "index" and bone == 2 and part == 1
                need = index_contact if touching else radius + thumb_radius
                gaps = np.sqrt(_square(points[:, None] - line[None])).min((0, 1))
                total += 3e6 * np.maximum(0, need - gaps) ** 2
    return total


def search(reach: Reach, *, seed: int = 0, rounds: int = 45, width: int = 300) -> tuple[Floats, Floats, float]:
    """Return thumb angles (5,), index angles (4,) and the remaining cost, by the cross-entropy method."""
    rng = np.random.default_rng(seed)
    skeleton = load_skeleton()
    start = np.array([25, 10, 0, 20, 20, *reach.fingers[0][:3]], float)
    low = np.concatenate([_THUMB_LOW, start[5:] - 24])
    high = np.concatenate([_THUMB_HIGH, start[5:] + 24])
    mean, spread = start.copy(), np.array([30, 30, 20, 30, 30, 10, 10, 10.0])
    if not reach.moves_index:
        spread[5:] = 0
    best, best_cost = start, np.inf
    for _ in range(rounds):
        tries = np.clip(mean + spread * rng.normal(size=(width, 8)), low, high)
        tries[0] = best
        fingers = np.broadcast_to(np.array(reach.fingers), (width, 4, 4)).copy()
        fingers[:, 0, :3] = tries[:, 5:]
        shape = HandShape(fingers, tries[:, :5], np.ones((width, 5)), np.ones(width))
        posed = Posed(*skeleton.pose(shape))
        cost = reach.goal(posed) + _collisions(posed, reach.index_contact)
        cost += 0.004 * tries[:, 2] ** 2 + 0.0015 * ((tries - start) ** 2).sum(1)
        order = np.argsort(cost)[: width // 8]
        mean, spread = tries[order].mean(0), 0.3 * spread + 0.7 * (tries[order].std(0) + 0.2 * (spread > 0))
        if cost[order[0]] < best_cost:
            best, best_cost = tries[order[0]], float(cost[order[0]])
    return best[:5], np.array([*best[5:], reach.fingers[0][3]]), best_cost


def _hand(extended: str, **changes: tuple[float, float, float, float]) -> tuple[tuple[float, float, float, float], ...]:
    angles = {f: STRAIGHT if e == "1" else CURLED for f, e in zip(FINGERS[1:], extended, strict=True)}
    angles.update(changes)
    return tuple(angles[finger] for finger in FINGERS[1:])


_OK = _hand("0111", index=(46, 56, 32, -8), middle=(14, 12, 6, 0), ring=(8, 8, 5, 0), pinky=(2, 6, 4, 6))


def _heart(index: tuple[float, float, float], goal: Goal) -> Reach:
    return Reach(_hand("0000", index=(*index, 0)), goal, moves_index=True, index_contact=0.012)


REACHES: dict[str, Reach] = {
    "over_index": Reach(_hand("0000"), over("index", 0.6)),
    "over_middle": Reach(_hand("0000"), over("middle", 0.5)),
    "over_middle_tight": Reach(_hand("1000"), over("middle", 0.6)),
    "over_ring": Reach(_hand("1100"), over("ring", 0.45)),
    "over_ring_tip": Reach(_hand("1100"), over("ring", 0.9)),
    "over_pinky": Reach(_hand("1110"), over("pinky", 0.3)),
    "over_index_low": Reach(_hand("0111", index=(70, 85, 55, 0)), over("index", 0.7)),
    "across_palm": Reach(_hand("1111"), across_palm(1.0)),
    "ring": Reach(_OK, ring, True),
    "ring_round": Reach(((62, 40, 28, -8), *_OK[1:]), ring, True),
    "heart": _heart((60, 80, 20), crossed(0.25, 0.4, 0.0, 20, 80)),
    "heart_side": _heart((50, 70, 15), crossed(0.35, 0.45, 0.1, 15, 70)),
    "heart_bent": _heart((55, 85, 30), crossed(0.2, 0.5, 0.2, 20, 90)),
    "heart_long": _heart((45, 75, 15), crossed(0.3, 0.15, 0.1, 20, 80)),
    "heart_pads": _heart((50, 70, 15), crossed(0.35, 0.35, 0.0, 12, 0)),
    "heart_hook": _heart((45, 85, 30), crossed(0.3, 0.3, -0.2, 25, 0)),
}


def main(names: list[str]) -> None:
    """Print the angles of the named reaches, or of all."""
    for name in names or REACHES:
        thumb, index, cost = search(REACHES[name])
        moved = f" index {np.round(index, 1).tolist()}" if REACHES[name].moves_index else ""
        print(f"{name}: thumb {np.round(thumb, 1).tolist()}{moved} cost {cost:.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])

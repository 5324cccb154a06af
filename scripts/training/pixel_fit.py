"""Fitting the voter on pixels: a few small perceptrons over what the landmark network sees; needs PyTorch.

The landmark network has seen a hundred thousand real hands; a network of our own on the bank's crops learns to tell
renders from photographs instead. Photographs show some of the shapes only, so of a photograph the fit asks which of
those it is: else it would learn that whatever looks real is none of the others.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from scripts.training.samples import Samples
from vision.hands.landmarker import FEATURES
from vision.hands.shapes import CLUTTER, SHAPES

_INDEX = {shape: index for index, shape in enumerate(SHAPES)}
_HIDDEN = 192
_BATCH = 256
_SMOOTHING = 0.04
_SHARES = {"renders": 0.42, "rendered": 0.06, CLUTTER: 0.20}
"""How often a source is drawn; photographs share the rest, those of rare shapes drawn more often than their number."""
_ENOUGH_VIEWS = 60
"""Views (ten photographs or fewer) of a shape that make it one of those that photographs show."""


class PixelNet(nn.Module):
    """Features (n, FEATURES) to logits (n, len(SHAPES))."""

    def __init__(self, mean: NDArray[np.float32], scale: NDArray[np.float32]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.from_numpy(mean))
        self.register_buffer("scale", torch.from_numpy(scale))
        self.layers = nn.Sequential(
            nn.Dropout(0.2), nn.Linear(FEATURES, _HIDDEN), nn.ReLU(), nn.Dropout(0.4), nn.Linear(_HIDDEN, len(SHAPES))
        )

    def forward(self, features: Tensor) -> Tensor:
        """Return the logits."""
        logits: Tensor = self.layers((features - self.mean) / self.scale)
        return logits


def fit(samples: Samples, *, members: int, steps: int, seed: int) -> list[PixelNet]:
    """Fit `members` networks, each for `steps` batches; labels are names of SHAPES (no counts)."""
    targets = torch.from_numpy(np.array([_INDEX[str(label)] for label in samples.labels]))
    allowed = torch.from_numpy(_allowed(samples))
    chance = _chances(samples)
    some = samples.features[np.random.default_rng(seed).permutation(len(samples))[:20_000]].astype(np.float32)
    mean, scale = some.mean(0), some.std(0) + 0.05
    features = torch.from_numpy(samples.features)
    networks = []
    for member in range(members):
        torch.manual_seed(seed + member)
        rng = np.random.default_rng(seed + member)
        net = PixelNet(mean, scale)
        optimiser = torch.optim.AdamW(net.parameters(), lr=1e-3, weight_decay=0.03)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=steps, pct_start=0.1)
        for _ in range(steps):
            picks = torch.from_numpy(rng.choice(len(samples), _BATCH, p=chance))
            logits = net(features[picks].float()).masked_fill(~allowed[picks], -1e4)
            likely = functional.log_softmax(logits, dim=1)
            loss = functional.nll_loss(likely, targets[picks])
            spread = (likely * allowed[picks]).sum(1) / allowed[picks].sum(1)
            optimiser.zero_grad()
            ((1 - _SMOOTHING) * loss - _SMOOTHING * spread.mean()).backward()
            optimiser.step()
            schedule.step()
        networks.append(net.eval())
    return networks


def _real(samples: Samples) -> NDArray[np.bool_]:
    return ~np.isin(samples.sources, [*_SHARES])


def _allowed(samples: Samples) -> NDArray[np.bool_]:
    """Return which shapes the fit weighs against each other for each sample: (n, len(SHAPES))."""
    real = _real(samples)
    names, counts = np.unique(samples.labels[real], return_counts=True)
    shown = {str(name) for name, count in zip(names, counts, strict=True) if count >= _ENOUGH_VIEWS} | {CLUTTER}
    allowed = np.ones((len(samples), len(SHAPES)), dtype=bool)
    allowed[real] = [shape in shown for shape in SHAPES]
    allowed[np.arange(len(samples)), [_INDEX[str(label)] for label in samples.labels]] = True
    return allowed


def _chances(samples: Samples) -> NDArray[np.float64]:
    """Return how likely each sample is drawn: (n,), summing to one."""
    chances = np.zeros(len(samples))
    for source, share in _SHARES.items():
        mine = samples.sources == source
        chances[mine] = share / max(mine.sum(), 1)
    real = _real(samples)
    _, labels, counts = np.unique(samples.labels[real], return_inverse=True, return_counts=True)
    rarity = counts[labels] ** -0.5
    chances[real] = (1 - sum(_SHARES.values())) * rarity / max(rarity.sum(), 1e-9)
    total: NDArray[np.float64] = chances / chances.sum()
    return total


def arrays(networks: list[PixelNet]) -> dict[str, NDArray[np.generic]]:
    """Return the weights as they are stored."""
    stored: dict[str, NDArray[np.generic]] = {
        "mean": networks[0].mean.numpy().astype(np.float32),
        "scale": networks[0].scale.numpy().astype(np.float32),
        "members": np.array(len(networks)),
    }
    for member, net in enumerate(networks):
        linear = [layer for layer in net.layers if isinstance(layer, nn.Linear)]
        for index, layer in enumerate(linear):
            stored[f"w{member}_{index}"] = layer.weight.detach().numpy().T.astype(np.float16)
            stored[f"b{member}_{index}"] = layer.bias.detach().numpy().astype(np.float16)
    return stored

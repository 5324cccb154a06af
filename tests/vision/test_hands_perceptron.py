"""The small networks in plain numpy: the arithmetic by hand, and files that do not fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vision import models
from vision.errors import EngineError
from vision.hands import features, landmarker
from vision.hands.perceptron import Perceptrons
from vision.hands.shapes import SHAPES
from vision.models import model_path

OUT = len(SHAPES)
Layer = tuple[np.ndarray, np.ndarray]


def layer(weight: dict[tuple[int, int], float], bias: dict[int, float], size: tuple[int, int]) -> Layer:
    """A layer that is zero but for some entries: weights (from, to), biases (to)."""
    matrix, row = np.zeros(size), np.zeros(size[1])
    for place, value in weight.items():
        matrix[place] = value
    for index, value in bias.items():
        row[index] = value
    return matrix, row


def stored(
    path: Path, *networks: list[Layer], shapes: tuple[str, ...] = SHAPES, mean: float = 0.0, scale: float = 1.0
) -> Path:
    """Write networks as the training does, mean and scale the same for every number that goes in."""
    numbers = len(networks[0][0][0])
    arrays = {
        f"{kind}{member}_{index}": array.astype(np.float16)
        for member, layers in enumerate(networks)
        for index, pair in enumerate(layers)
        for kind, array in zip("wb", pair, strict=True)
    }
    means, scales = np.full(numbers, mean), np.full(numbers, scale)
    np.savez(path, shapes=np.array(shapes), mean=means, scale=scales, members=np.array(len(networks)), **arrays)
    return path


def softmax(logits: dict[int, float]) -> np.ndarray:
    powers = np.exp([logits.get(index, 0.0) for index in range(OUT)])
    return powers / powers.sum()


def test_one_layer(tmp_path: Path) -> None:
    model = stored(tmp_path / "one.npz", [layer({(0, 3): 2.0, (1, 5): -1.0}, {7: 0.5}, (2, OUT))])
    told = Perceptrons(model).probabilities(np.array([[1.0, 3.0], [0.0, 0.0]], np.float32))
    assert told.shape == (2, OUT) and told.dtype == np.float64
    assert told[0] == pytest.approx(softmax({3: 2.0, 5: -3.0, 7: 0.5}), rel=1e-5)
    assert told[1] == pytest.approx(softmax({7: 0.5}), rel=1e-5)


def test_what_a_hidden_unit_makes_negative_is_nothing(tmp_path: Path) -> None:
    hidden = layer({(0, 0): 1.0, (0, 1): -1.0}, {0: 0.25}, (1, 2))
    last = layer({(0, 2): 2.0, (1, 4): 3.0}, {0: -1.0}, (2, OUT))
    networks = Perceptrons(stored(tmp_path / "two.npz", [hidden, last]))
    told = networks.probabilities(np.array([[0.5], [-0.5]], np.float32))
    assert told[0] == pytest.approx(softmax({0: -1.0, 2: 2 * 0.75}), rel=1e-5)
    assert told[1] == pytest.approx(softmax({0: -1.0, 4: 3 * 0.5}), rel=1e-5)


def test_numbers_are_standardised_first(tmp_path: Path) -> None:
    network = [layer({(0, 1): 1.0}, {}, (1, OUT))]
    model = stored(tmp_path / "scaled.npz", network, mean=5.0, scale=2.0)
    assert Perceptrons(model).probabilities(np.array([[8.0]], np.float32))[0] == pytest.approx(softmax({1: 1.5}))


def test_probabilities_are_averaged_not_logits(tmp_path: Path) -> None:
    one, other = ([layer({}, {index: 4.0}, (1, OUT))] for index in (2, 9))
    told = Perceptrons(stored(tmp_path / "two.npz", one, other)).probabilities(np.zeros((1, 1), np.float32))
    assert told[0] == pytest.approx((softmax({2: 4.0}) + softmax({9: 4.0})) / 2, rel=1e-5)


def test_members_of_two_digits_keep_their_own_layers(tmp_path: Path) -> None:
    networks = [[layer({}, {number: 4.0}, (1, OUT))] for number in range(12)]
    told = Perceptrons(stored(tmp_path / "many.npz", *networks)).probabilities(np.zeros((1, 1), np.float32))
    assert told[0] == pytest.approx(np.mean([softmax({number: 4.0}) for number in range(12)], 0), rel=1e-5)


def test_large_numbers_do_not_overflow(tmp_path: Path) -> None:
    model = stored(tmp_path / "one.npz", [layer({(0, 3): 100.0}, {}, (1, OUT))])
    told = Perceptrons(model).probabilities(np.array([[1e4], [-1e4]], np.float32))
    assert np.isfinite(told).all() and told[0, 3] == pytest.approx(1) and told[1, 3] == pytest.approx(0)


def test_no_rows_no_answers(tmp_path: Path) -> None:
    model = stored(tmp_path / "one.npz", [layer({}, {}, (2, OUT))])
    assert Perceptrons(model).probabilities(np.zeros((0, 2), np.float32)).shape == (0, OUT)


@pytest.mark.parametrize(
    "shapes",
    [
        pytest.param(("peace_two", "seven"), id="shapes that are none of ours"),
        pytest.param(SHAPES[:-1], id="one is missing"),
        pytest.param((SHAPES[1], SHAPES[0], *SHAPES[2:]), id="in another order"),
    ],
)
def test_a_model_of_other_shapes_is_refused(tmp_path: Path, shapes: tuple[str, ...]) -> None:
    model = stored(tmp_path / "other.npz", [layer({}, {}, (1, OUT))], shapes=shapes)
    with pytest.raises(EngineError, match=f"{shapes[0]}.*expected.*{SHAPES[0]}") as caught:
        Perceptrons(model)
    assert caught.value.code == "engine.failed"
    assert "Model penamaan tangan" in caught.value.text("id")


def test_missing_models_are_an_engine_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(models, "_DIRECTORY", tmp_path)
    with pytest.raises(EngineError, match=r"hand_pixels\.npz is missing"):
        Perceptrons(model_path("hand_pixels.npz"))


@pytest.mark.parametrize(
    ("name", "numbers"), [("hand_naming.npz", features.FEATURES), ("hand_pixels.npz", landmarker.FEATURES)]
)
def test_the_shipped_networks_read_what_the_product_gives_them(name: models.ModelName, numbers: int) -> None:
    told = Perceptrons(model_path(name)).probabilities(np.zeros((1, numbers), np.float32))
    assert told.shape == (1, OUT) and told.sum() == pytest.approx(1)

"""Tiny face networks as ONNX files, whose answers can be worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from vision.faces import trial

SIDE = 112
CELLS = 4
"""The picture is averaged in so many cells each way."""


def weights(size: int, *, seed: int = 0) -> NDArray[np.float32]:
    """Return what the network multiplies its cells by, (3 * 16, size) float32: channels, then rows, then columns."""
    return np.random.default_rng(seed).normal(size=(3 * CELLS * CELLS, size)).astype(np.float32)


def write_network(
    path: Path,
    *,
    size: int = 16,
    nhwc: bool = False,
    batch: int | str = "n",
    first: Sequence[tuple[str, float]] = (),
    weight: NDArray[np.float32] | None = None,
    rows: int | None = None,
) -> Path:
    """Write a network that averages the picture in 4 x 4 cells and multiplies them by `weights(size)`.

    `first` are operators on the input, each with its number; `rows` is how many rows the answer is forced to.
    """
    nodes: list[Any] = []
    constants: list[Any] = []
    name = "picture"

    def step(operator: str, *constant: Any, **attributes: Any) -> None:
        nonlocal name
        names = [name]
        for value in constant:
            names.append(f"constant{len(constants)}")
            constants.append(numpy_helper.from_array(np.asarray(value), names[-1]))
        name = f"step{len(nodes)}"
        nodes.append(helper.make_node(operator, names, [name], **attributes))

    if nhwc:
        step("Transpose", perm=[0, 3, 1, 2])
    for operator, value in first:
        step(operator, np.float32(value))
    step("AveragePool", kernel_shape=[SIDE // CELLS] * 2, strides=[SIDE // CELLS] * 2)
    step("Reshape", np.array([rows or -1, 3 * CELLS * CELLS], np.int64))
    step("MatMul", weights(size) if weight is None else weight)
    shape = [batch, SIDE, SIDE, 3] if nhwc else [batch, 3, SIDE, SIDE]
    save(
        path,
        nodes,
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None)],
        constants,
    )
    return path


def save(path: Path, nodes: Any, inputs: Any, outputs: Any, constants: Any = ()) -> Path:
    """Write a network of any nodes."""
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, list(constants))
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), str(path))
    return path


def by_hand(chips: NDArray[np.uint8], weight: NDArray[np.float32], mean: Any = 127.5, scale: Any = 127.5) -> Any:
    """Return the embeddings, (n, size) float64, of chips (n, 112, 112, 3): cells, weights, mirror, length 1."""

    def network(pictures: NDArray[Any]) -> Any:
        cell = SIDE // CELLS
        cells = ((pictures - mean) / scale).reshape(-1, CELLS, cell, CELLS, cell, 3).mean(axis=(2, 4))
        return cells.transpose(0, 3, 1, 2).reshape(len(pictures), -1) @ weight.astype(np.float64)

    both = network(chips.astype(np.float64)) + network(chips[:, :, ::-1].astype(np.float64))
    return both / np.linalg.norm(both, axis=1, keepdims=True)


def recognising(size: int) -> NDArray[np.float32]:
    """Return weights with which the network tells the sample portraits apart, as a real one does."""
    portraits = trial.sample_portraits()
    chips = np.stack([*portraits, *map(trial.altered, portraits)]).astype(np.float64)
    cell = SIDE // CELLS
    both = (chips + chips[:, :, ::-1]) / 2
    cells = ((both - 127.5) / 127.5).reshape(-1, CELLS, cell, CELLS, cell, 3).mean(axis=(2, 4))
    wanted = np.eye(size)[[0, 1, 0, 1]]
    matrix: NDArray[np.float32] = (np.linalg.pinv(cells.transpose(0, 3, 1, 2).reshape(4, -1)) @ wanted).astype(
        np.float32
    )
    return matrix

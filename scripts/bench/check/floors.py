"""The least that each stage could take on this machine: operations over its measured peak, decoding by the decoder."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import onnx
import tflite
from onnx import shape_inference

from scripts.bench.check.counting import NETWORKS
from scripts.bench.check.timing import measured
from vision.models import ModelName, model_path

_FILES: dict[str, ModelName] = dict(
    zip(
        NETWORKS,
        (
            "face_yunet.onnx",
            "palm_detector.onnx",
            "hand_landmarks.onnx",
            "face_embedding_sface.onnx",
        ),
        strict=True,
    )
)
_SIDES = {"face detector": 128, "palm detector": 192, "hand landmarks": 224, "face embedding": 112}
_STAGES = {
    "faces": ("face detector",),
    "hands": ("palm detector", "hand landmarks"),
    "match": ("face embedding",),
}


def operations() -> dict[str, float]:
    """Return the float operations (two a multiplication and addition) of one picture in each network, in 10^9."""
    return {
        name: (_of_tflite(model_path(file)) if file.endswith(".tflite") else _of_onnx(model_path(file), _SIDES[name]))
        for name, file in _FILES.items()
    }


def peak_gflops(side: int = 2048, rounds: int = 7) -> float:
    """Return the machine's peak of float32 operations a second, in 10^9: a product of matrices on all cores at once."""
    matrix = np.random.default_rng(0).random((side, side), dtype=np.float32)
    cores = os.cpu_count() or 1
    with ThreadPoolExecutor(cores) as threads:
        times = [measured(lambda: list(threads.map(lambda _: matrix @ matrix, range(cores)))) for _ in range(rounds)]
    return cores * 2 * side**3 / min(times) / 1e6


def copy_gb_s(megabytes: int = 256, rounds: int = 5) -> float:
    """Return how many gigabytes a second are read and written by one core that copies."""
    source = np.ones(megabytes * 10**6, np.uint8)
    target = np.empty_like(source)
    return max(2 * megabytes / measured(lambda: np.copyto(target, source)) for _ in range(rounds))


def decode_ms(path: Path, reduce_by: int, rounds: int = 5) -> float:
    """Return what libjpeg-turbo alone takes for the file at this reduction: bytes in, pixels out, nothing else."""
    data = np.fromfile(path, np.uint8)
    flags = {1: cv2.IMREAD_COLOR, 2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4}[reduce_by]
    return min(measured(lambda: cv2.imdecode(data, flags | cv2.IMREAD_IGNORE_ORIENTATION)) for _ in range(rounds))


def stage_floors(shown: Mapping[str, int], work: Mapping[str, float], peak: float) -> dict[str, float]:
    """Return the milliseconds that each stage's networks need at the peak, for the pictures shown to them."""
    return {
        stage: sum(shown.get(network, 0) * work[network] for network in networks) / peak * 1000
        for stage, networks in _STAGES.items()
    }


def _of_onnx(model: Path, side: int) -> float:
    graph = onnx.load(str(model))
    axes = graph.graph.input[0].type.tensor_type.shape.dim
    lengths = (1, 3, side, side) if axes[1].dim_value == 3 else (1, side, side, 3)
    for axis, length in zip(axes, lengths, strict=True):
        axis.dim_value = length
    graph = shape_inference.infer_shapes(graph, data_prop=True)
    values = [*graph.graph.value_info, *graph.graph.output]
    shapes = {one.name: [d.dim_value for d in one.type.tensor_type.shape.dim] for one in values}
    weights = {one.name: list(one.dims) for one in graph.graph.initializer}
    casts = {node.output[0]: node.input[0] for node in graph.graph.node if node.op_type == "Cast"}
    total = 0
    for node in graph.graph.node:
        if node.op_type not in ("Conv", "Gemm", "MatMul"):
            continue
        weight = weights[casts.get(node.input[1], node.input[1])]
        places = math.prod(shapes[node.output[0]][2:]) if node.op_type == "Conv" else 1
        total += 2 * places * math.prod(weight)
    return total / 1e9


def _of_tflite(model: Path) -> float:
    file = tflite.Model.GetRootAsModel(model.read_bytes(), 0)
    graph = file.Subgraphs(0)
    wanted = {tflite.BuiltinOperator.CONV_2D: True, tflite.BuiltinOperator.DEPTHWISE_CONV_2D: False}
    total = 0
    for index in range(graph.OperatorsLength()):
        operator = graph.Operators(index)
        code = file.OperatorCodes(operator.OpcodeIndex())
        kind = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
        if kind in wanted:
            places = math.prod(graph.Tensors(operator.Outputs(0)).ShapeAsNumpy()[1:3].tolist())
            total += 2 * places * math.prod(graph.Tensors(operator.Inputs(1)).ShapeAsNumpy().tolist())
    return total / 1e9

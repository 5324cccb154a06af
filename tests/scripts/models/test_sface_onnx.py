"""The converter of OpenCV Zoo's SFace: a small network of the same make gives the same vectors before and after."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from scripts.models.sface_onnx import SFaceError, convert

BLOCK = 8


class Published:
    """Writes a network as OpenCV Zoo's int8 files are: weights in blocks, a normalisation after every layer."""

    def __init__(self) -> None:
        self._rng = np.random.default_rng(0)
        self.weight_nodes: list[Any] = []
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.inputs = [helper.make_tensor_value_info("data", TensorProto.FLOAT, [1, 3, 112, 112])]

    def constant(self, name: str, values: Any) -> str:
        self.constants.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def weights(self, name: str, shape: tuple[int, ...]) -> str:
        rows, columns = shape[0], int(np.prod(shape[1:]))
        blocks = -(-columns // BLOCK)
        parts = [
            self.constant(f"{name}_q", self._rng.integers(-127, 128, (rows, columns)).astype(np.int8)),
            self.constant(f"{name}_s", (0.002 + 0.002 * self._rng.random((rows, blocks))).astype(np.float32)),
            self.constant(f"{name}_z", self._rng.integers(-3, 4, (rows, blocks)).astype(np.int8)),
        ]
        self.weight_nodes.append(helper.make_node("DequantizeLinear", parts, [f"{name}_d"], axis=1, block_size=BLOCK))
        sizes = self.constant(f"{name}_shape", np.array(shape, np.int64))
        self.weight_nodes.append(helper.make_node("Reshape", [f"{name}_d", sizes], [name]))
        # The names that weights had before they were packed are still among the inputs.
        self.inputs.append(helper.make_tensor_value_info(f"{name}_before", TensorProto.FLOAT, list(shape)))
        return name

    def step(self, operator: str, inputs: list[str], **attributes: Any) -> str:
        name = f"{operator.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    def normalised(self, x: str, channels: int) -> str:
        draw = [self._rng.uniform(0.5, 1.5, channels) for _ in range(4)]
        names = [self.constant(f"{x}_{at}", values.astype(np.float32)) for at, values in enumerate(draw)]
        return self.step("BatchNormalization", [x, *names], epsilon=1e-3)

    def convolved(self, x: str, before: int, after: int) -> str:
        weights = self.weights(f"kernel{len(self.nodes)}", (after, before, 3, 3))
        y = self.step("Conv", [x, weights], kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[4, 4])
        slopes = self._rng.uniform(-0.5, 1.2, (after, 1, 1)).astype(np.float32)
        return self.step("PRelu", [self.normalised(y, after), self.constant(f"{y}_slope", slopes)])

    def model(self, *, skip: str = "") -> bytes:
        x = self.step("Sub", ["data", self.constant("mean", np.array([127.5], np.float32))])
        x = self.step("Mul", [x, self.constant("part", np.array([1 / 128], np.float32))])
        x = self.convolved(self.convolved(x, 3, 8), 8, 16)
        if skip != "BatchNormalization":
            x = self.normalised(x, 16)
        x = self.step("Flatten", [x])
        weights, bias = self.weights("fc", (128, 16 * 7 * 7)), self.constant("bias", np.ones(128, np.float32))
        x = self.normalised(self.step("Gemm", [x, weights, bias], transB=1), 128)
        outputs = [helper.make_tensor_value_info(x, TensorProto.FLOAT, [1, 128])]
        graph = helper.make_graph([*self.weight_nodes, *self.nodes], "small", self.inputs, outputs, self.constants)
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
        return bytes(made.SerializeToString())


def test_the_same_vectors_before_and_after() -> None:
    published = Published().model()
    built = convert(published)
    assert built == convert(published), "the same bytes for the same file"
    options = onnxruntime.SessionOptions()
    # Int8 arithmetic, into which ONNX Runtime would turn it, is not what the weights mean.
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    before, after = (onnxruntime.InferenceSession(data, options) for data in (published, built))
    chips = np.random.default_rng(1).integers(0, 256, (4, 3, 112, 112)).astype(np.float32)
    idle = {one.name: np.zeros(one.shape, np.float32) for one in before.get_inputs() if one.name != "data"}
    expected = np.concatenate([before.run(None, {"data": chip[None], **idle})[0] for chip in chips])
    vectors = after.run(["vector"], {"chips": chips})[0]
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(expected, axis=1)
    assert ((vectors * expected).sum(axis=1) / lengths > 0.9999).all()
    assert [one.name for one in after.get_inputs()] == ["chips"]
    kinds = {one.data_type for one in onnx.load_model_from_string(built).graph.initializer}
    assert kinds == {TensorProto.FLOAT16}


def test_another_network_is_refused_with_the_place() -> None:
    with pytest.raises(SFaceError, match="operator 8: expected BatchNormalization, got Flatten"):
        convert(Published().model(skip="BatchNormalization"))

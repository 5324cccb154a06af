"""Write `candidates/least.onnx`, the graph that screens a gallery; for maintainers, the product ships the result.

    python -m scripts.training search-graph [--out FILE]

`rows` (n, k) times `probes` (k, m) are the `products` (n, m), and of each row's products the `least`: (n,). As one
graph they stay in the processor's cache; the same in NumPy takes twice as long. The same version of the package `onnx`
gives the same bytes.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from onnx import TensorProto, checker, helper

from scripts import ROOT

SHIPPED = ROOT / "candidates" / "least.onnx"
_OPSET, _IR_VERSION = 17, 8


def graph() -> bytes:
    """Return the file's bytes."""

    def value(name: str, *shape: str) -> object:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

    nodes = [
        helper.make_node("MatMul", ["rows", "probes"], ["products"]),
        helper.make_node("ReduceMin", ["products"], ["least"], axes=[1], keepdims=0),
    ]
    inputs = [value("rows", "n", "k"), value("probes", "k", "m")]
    body = helper.make_graph(nodes, "least", inputs, [value("least", "n"), value("products", "n", "m")])
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION)
    checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def main(arguments: list[str]) -> None:
    """Write the file."""
    parser = argparse.ArgumentParser(
        prog="python -m scripts.training search-graph",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, default=SHIPPED)
    options = parser.parse_args(arguments)
    options.out.write_bytes(graph())
    print(f"{options.out}: {options.out.stat().st_size} bytes")

"""The few things that must be known of an ONNX file before it is run, read without the `onnx` package.

Fields of the protocol buffer, from onnx.proto: ModelProto.graph, GraphProto.node, initializer and input,
NodeProto.input, output and op_type, TensorProto.name and ValueInfoProto.name.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_GRAPH = 7
_NODE, _INITIALIZER, _INPUT = 1, 5, 11
_NODE_INPUT, _NODE_OUTPUT, _OPERATOR = 1, 2, 4
_TENSOR_NAME, _VALUE_NAME = 8, 1

_CARRYING_ON: Final = {
    "Cast",
    "DequantizeLinear",
    "Identity",
    "QuantizeLinear",
    "Squeeze",
    "Transpose",
    "Unsqueeze",
}
_ARITHMETIC: Final = {"Sub", "Add", "Mul", "Div"}


@dataclass(frozen=True, slots=True)
class _Node:
    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OnnxGraph:
    """A network's operators in the file's order, the names of its inputs, and of what brings its values along."""

    nodes: tuple[_Node, ...] = ()
    inputs: tuple[str, ...] = ()
    initializers: frozenset[str] = frozenset()

    @classmethod
    def read(cls, path: Path) -> OnnxGraph:
        """Read a file; what is no ONNX network has no operators and no inputs."""
        try:
            with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return cls._parsed(data)
        except (ValueError, IndexError):  # mmap knows no empty file, and reading beyond the end is no network either
            return cls()

    @classmethod
    def _parsed(cls, data: mmap.mmap) -> OnnxGraph:
        nodes: list[_Node] = []
        inputs: list[str] = []
        initializers: set[str] = set()
        for _, start, end in _messages(data, 0, len(data), _GRAPH):
            for part, first, last in _parts(data, start, end):
                if part == _NODE:
                    nodes.append(_node(data, first, last))
                elif part == _INPUT:
                    inputs += _texts(data, first, last, _VALUE_NAME)
                elif part == _INITIALIZER:
                    initializers.update(_texts(data, first, last, _TENSOR_NAME))
        return cls(tuple(nodes), tuple(inputs), frozenset(initializers))

    @property
    def used_inputs(self) -> tuple[str, ...]:
        """The inputs that somebody must give: used by an operator, and without a value in the file."""
        used = {name for node in self.nodes for name in node.inputs}
        return tuple(name for name in self.inputs if name in used and name not in self.initializers)

    def begins_with_arithmetic(self, name: str) -> bool:
        """Tell whether the first thing that is done to an input is to subtract from it or scale it."""
        seen = {name}
        for node in self.nodes:
            if seen.isdisjoint(node.inputs):
                continue
            if node.operator not in _CARRYING_ON:
                return node.operator in _ARITHMETIC
            seen.update(node.outputs)
        return False


def _node(data: mmap.mmap, start: int, end: int) -> _Node:
    texts: dict[int, list[str]] = {_NODE_INPUT: [], _NODE_OUTPUT: [], _OPERATOR: []}
    for field, first, last in _parts(data, start, end):
        if field in texts:
            texts[field].append(data[first:last].decode("utf-8", "replace"))
    return _Node("".join(texts[_OPERATOR]), tuple(texts[_NODE_INPUT]), tuple(texts[_NODE_OUTPUT]))


def _texts(data: mmap.mmap, start: int, end: int, field: int) -> list[str]:
    return [data[first:last].decode("utf-8", "replace") for _, first, last in _messages(data, start, end, field)]


def _messages(data: mmap.mmap, start: int, end: int, field: int) -> Iterator[tuple[int, int, int]]:
    return (part for part in _parts(data, start, end) if part[0] == field)


def _parts(data: mmap.mmap, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield number, start and end of a message's texts and messages; what has a fixed length is passed over."""
    while at < end:
        key, at = _number(data, at)
        kind = key & 7
        if kind == 0:
            _, at = _number(data, at)
        elif kind in (1, 5):
            at += 8 if kind == 1 else 4
        elif kind == 2:
            length, at = _number(data, at)
            yield key >> 3, at, at + length
            at += length
        else:
            raise ValueError("no protocol buffer")


def _number(data: mmap.mmap, at: int) -> tuple[int, int]:
    """Return a number of variable length and where it ends."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at

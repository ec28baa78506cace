"""A network as an ONNX graph: whole windows of any length and width, or one token after another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any

import numpy as np

from rnnviz.core.parameters import Array
from rnnviz.storage import naming
from rnnviz.storage.errors import StorageError
from rnnviz.storage.travel.others import other_cell
from rnnviz.storage.travel.portable import PortableModel

_OPERATORS, _FORMAT = 17, 8
"""Versions that runtimes of 2022 already know; nothing here needs newer ones."""


def as_onnx(model: PortableModel, stem: str) -> dict[str, bytes]:
    """Return the graph by the ending of its file, ``.onnx``; its numbers are float32.

    It reads ``ids`` (T, B), or ``numbers`` (T, B, n), and the state before them, ``h`` (L, B, H)
    and of an LSTM ``c``; it returns ``scores`` (T, B, V) and the state after them, ``h_after`` and
    ``c_after``. T and B may be anything each time.

    Raises
    ------
    StorageError
        If onnx is not installed, or has no such cell.
    """
    try:
        import onnx
    except ImportError as error:
        raise StorageError(
            'ONNX files need the package onnx: install it by pip install "rnnviz[onnx]".'
        ) from error
    graph = _Graph(model, onnx.helper, onnx.numpy_helper)
    made = onnx.helper.make_model(
        graph.made(),
        producer_name="rnnviz",
        doc_string=model.heading("ONNX"),
        ir_version=_FORMAT,
        opset_imports=[onnx.helper.make_opsetid("", _OPERATORS)],
    )
    onnx.helper.set_model_props(made, model.metadata)
    return {".onnx": made.SerializeToString(deterministic=True)}


class _Graph:
    """Puts the graph together.

    Parameters
    ----------
    model
        The network.
    helper, numpy_helper
        Those of onnx, which is loaded only when somebody wants it.
    """

    def __init__(self, model: PortableModel, helper: ModuleType, numpy_helper: ModuleType) -> None:
        self._architecture = model.architecture
        self._other = other_cell(self._architecture)
        self._tensors = naming.to_tensors(model.parameters, self._architecture)
        self._states = self._architecture.kind.state_names()
        self._helper, self._to_tensor = helper, numpy_helper.from_array
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def made(self) -> Any:
        """Return the graph."""
        a = self._architecture
        shape = (a.num_layers, "B", a.hidden_size)
        given = ("numbers", 1, ("T", "B", a.vocab_size)) if a.reads_numbers else ("ids", 7, "TB")
        scores = ("scores", 1, ("T", "B", a.output_size))
        self._read()
        return self._helper.make_graph(
            self._nodes,
            "rnnviz",
            [self._value(*given), *(self._value(name, 1, shape) for name in self._states)],
            [
                self._value(*scores),
                *(self._value(f"{name}_after", 1, shape) for name in self._states),
            ],
            self._constants,
        )

    def _read(self) -> None:
        """Add what reads a window, layer by layer, and what makes the scores."""
        layers = range(self._architecture.num_layers)
        x = self._input()
        for name in self._states:
            self._take_apart(name, [f"{name}_{layer}" for layer in layers])
        for layer in layers:
            h = self._recur(x, layer)
            residual = self._architecture.residual and layer > 0
            x = self._node("Add", [h, x], f"x_{layer}") if residual else h
        for name in self._states:
            parts = [f"{name}_{layer}_after" for layer in layers]
            self._node("Concat", parts, f"{name}_after", axis=0)
        self._constant("V", self._tensors["head.weight"].T)
        self._constant("offset", self._tensors["head.bias"])
        self._node("Add", [self._node("MatMul", [x, "V"], "products"), "offset"], "scores")

    def _input(self) -> str:
        if self._architecture.reads_numbers:
            return "numbers"
        self._constant("count", np.array(self._architecture.vocab_size, np.int64))
        self._constant("off_and_on", np.array([0, 1], np.float32))
        return self._node("OneHot", ["ids", "count", "off_and_on"], "one_hot", axis=-1)

    def _take_apart(self, name: str, parts: list[str]) -> None:
        """Cut a state into those of the layers, (1, B, H) each."""
        if len(parts) == 1:
            self._node("Identity", [name], parts[0])
        else:
            self._constant(f"{name}_sizes", np.ones(len(parts), np.int64))
            inputs = [name, f"{name}_sizes"]
            self._nodes.append(self._helper.make_node("Split", inputs, parts, axis=0))

    def _recur(self, x: str, layer: int) -> str:
        """Add a layer; return what it hands up, (T, B, H)."""
        arrays = dict(self._arrays(layer))
        for letter, array in arrays.items():
            self._constant(f"{letter}_{layer}", array)
        attributes: dict[str, Any] = dict(self._other.onnx_attributes)
        if self._architecture.kind.ungated:
            attributes["activations"] = [self._architecture.activation.capitalize()]
        inputs = [x, *(f"{letter}_{layer}" for letter in arrays), ""]
        inputs += [f"{name}_{layer}" for name in self._states]
        outputs = [f"Y_{layer}", *(f"{name}_{layer}_after" for name in self._states)]
        self._nodes.append(
            self._helper.make_node(
                self._other.onnx,
                inputs,
                outputs,
                hidden_size=self._architecture.hidden_size,
                **attributes,
            )
        )
        self._constant(f"direction_{layer}", np.array([1], np.int64))
        return self._node("Squeeze", [f"Y_{layer}", f"direction_{layer}"], f"up_{layer}")

    def _arrays(self, layer: int) -> Iterator[tuple[str, Array]]:
        """Return W, R and B of a layer as ONNX has them: one direction, blocks in its order."""

        def reordered(part: str) -> Array:
            name = f"rnn.{part}_l{layer}"
            array = self._tensors.get(name)
            if array is None:
                array = np.zeros_like(self._tensors[f"rnn.bias_ih_l{layer}"])
            kind = self._architecture.kind
            blocks: Mapping[str, Array] = dict(
                zip(kind.blocks_in_files(), np.split(array, len(kind.blocks)), strict=True)
            )
            return np.concatenate([blocks[block] for block in self._other.onnx_blocks])

        yield "W", reordered("weight_ih")[None]
        yield "R", reordered("weight_hh")[None]
        yield "B", np.concatenate([reordered("bias_ih"), reordered("bias_hh")])[None]

    def _node(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self._nodes.append(self._helper.make_node(operator, inputs, [output], **attributes))
        return output

    def _constant(self, name: str, array: Array | Any) -> None:
        if array.dtype.kind == "f":
            array = array.astype(np.float32)
        self._constants.append(self._to_tensor(np.array(array, order="C"), name))

    def _value(self, name: str, kind: int, shape: Any) -> Any:
        """Describe an input or output; the kinds are ONNX's: 1 is float32, 7 is int64."""
        return self._helper.make_tensor_value_info(name, kind, list(shape))

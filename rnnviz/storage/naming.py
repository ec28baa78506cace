"""The core's parameters under the names and in the layout of a PyTorch state dict.

====== ======================= =====================================================
core   PyTorch                 layout
====== ======================= =====================================================
``U1`` ``rnn.weight_ih_l0``    transposed: ours has a row an input, theirs an output
``W1`` ``rnn.weight_hh_l0``    transposed
``b1`` ``rnn.bias_ih_l0``      the same
--     ``rnn.bias_hh_l0``      PyTorch has two biases a layer: ours is their sum
``V``  ``head.weight``         transposed
``c``  ``head.bias``           the same
====== ======================= =====================================================

What a cell's parameters are called in files, the cell declares. The blocks of a gated cell's
matrices and biases go into PyTorch's order (i, f, g, o for the LSTM). The GRU's own recurrent bias
``d`` is the candidate's part of ``bias_hh``, the rest of it zeros.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rnnviz.core.architecture import Architecture
from rnnviz.core.cells import Cell
from rnnviz.core.cells.declaration import ParameterSpec
from rnnviz.core.parameters import Array, Shape

_OUTPUT = {"V": "head.weight", "c": "head.bias"}


def tensor_names(architecture: Architecture) -> dict[str, str]:
    """Return the PyTorch name of each of the core's parameters."""
    return {name: tensor for name, tensor, _ in _of_layers(architecture)} | _OUTPUT


def second_biases(architecture: Architecture) -> dict[str, str]:
    """Return the names of PyTorch's second biases that we have not, and the first they add to."""
    taken = set(tensor_names(architecture).values())
    return {second: first for first, second in _bias_pairs(architecture) if second not in taken}


def fold_second_biases(
    tensors: Mapping[str, Array], architecture: Architecture
) -> dict[str, Array]:
    """Add what PyTorch's second biases hold to the first, but for what a cell has of its own."""
    folded = dict(tensors)
    owners = {tensor: spec for _, tensor, spec in _of_layers(architecture)}
    for first, second in _bias_pairs(architecture):
        added = folded[second].copy()
        if second in owners:
            owned, blocks = _blocks(architecture.kind, owners[second])
            added.reshape(len(blocks), -1)[[blocks.index(block) for block in owned]] = 0
        # Adding zeros would turn -0.0 into 0.0.
        if added.any():
            with np.errstate(over="ignore"):
                folded[first] = folded[first] + added
    return folded


def tensor_shapes(architecture: Architecture) -> dict[str, Shape]:
    """Return name and shape of the tensors of the core's parameters; nothing is allocated."""
    shapes = architecture.parameter_shapes()
    result = {}
    for name, tensor, spec in _of_layers(architecture):
        _, blocks = _blocks(architecture.kind, spec)
        result[tensor] = (len(blocks) * architecture.hidden_size, *shapes[name][-2::-1])
    return result | {tensor: shapes[name][::-1] for name, tensor in _OUTPUT.items()}


def to_tensors(parameters: Mapping[str, Array], architecture: Architecture) -> dict[str, Array]:
    """Return `parameters` under their PyTorch names, C-contiguous."""
    tensors = {}
    for name, tensor, spec in _of_layers(architecture):
        own, blocks = _blocks(architecture.kind, spec)
        parts = dict(zip(own, np.split(parameters[name], len(own), axis=-1), strict=True))
        nothing = np.zeros_like(parts[own[0]])
        array = np.concatenate([parts.get(block, nothing) for block in blocks], axis=-1)
        tensors[tensor] = np.ascontiguousarray(array.T)
    for name, tensor in _OUTPUT.items():
        tensors[tensor] = np.ascontiguousarray(parameters[name].T)
    return tensors


def from_tensors(tensors: Mapping[str, Array], architecture: Architecture) -> dict[str, Array]:
    """Return what `to_tensors` was given, in arrays of its own."""
    parameters = {}
    for name, tensor, spec in _of_layers(architecture):
        own, blocks = _blocks(architecture.kind, spec)
        parts = dict(zip(blocks, np.split(tensors[tensor].T, len(blocks), axis=-1), strict=True))
        array = np.concatenate([parts[block] for block in own], axis=-1)
        parameters[name] = np.ascontiguousarray(array)
    for name, tensor in _OUTPUT.items():
        parameters[name] = np.array(tensors[tensor].T, order="C")
    return parameters


def _of_layers(architecture: Architecture) -> list[tuple[str, str, ParameterSpec]]:
    """Return the names of every layer's parameters, here and in files, and what they are."""
    return [
        (f"{spec.letter}{layer + 1}", _of_layer(spec.tensor, layer), spec)
        for layer in range(architecture.num_layers)
        for spec in architecture.kind.parameters
    ]


def _of_layer(tensor: str, layer: int) -> str:
    return f"rnn.{tensor}_l{layer}"


def _bias_pairs(architecture: Architecture) -> list[tuple[str, str]]:
    return [
        (_of_layer(spec.tensor, layer), _of_layer(spec.second_tensor, layer))
        for layer in range(architecture.num_layers)
        for spec in architecture.kind.parameters
        if spec.second_tensor
    ]


def _blocks(kind: type[Cell], spec: ParameterSpec) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the blocks of H columns of a parameter, and those of its tensor, in their orders."""
    own = spec.blocks or kind.blocks
    in_order = tuple(block for block in kind.blocks_in_files() if block in own)
    return own, spec.tensor_blocks or in_order


def state_name(state: str, layer: int) -> str:
    """Return the name of a carried state, such as ``h`` of the first layer: ``state.h_l0``."""
    return f"state.{state}_l{layer}"


def slot_prefix(slot: str) -> str:
    """Return what stands before a parameter's name in the name of its optimiser slot."""
    return f"optim.{slot}."


def best_name(tensor: str) -> str:
    """Return the name of a tensor of the best weights."""
    return f"best.{tensor}"


def past_name(step: int) -> str:
    """Return the name of what the run was after an earlier step: a model file, as bytes."""
    return f"past.{step}"


def history_name(name: str) -> str:
    """Return the name of an array of the run's history."""
    return f"history.{name}"

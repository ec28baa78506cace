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

A cell with a recurrent bias of its own, such as the GRU, has it as ``bias_hh``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rnnviz.core.network import Architecture
from rnnviz.core.parameters import Array, Shape

_OUTPUT = {"V": "head.weight", "c": "head.bias"}


def tensor_names(architecture: Architecture) -> dict[str, str]:
    """Return the PyTorch name of each of the core's parameters."""
    names = {}
    for number, cell in enumerate(architecture.make_cells(), start=1):
        layer = number - 1
        names[f"U{number}"] = f"rnn.weight_ih_l{layer}"
        names[f"b{number}"] = f"rnn.bias_ih_l{layer}"
        for name, shape in cell.recurrent_shapes().items():
            kind = "bias" if len(shape) == 1 else "weight"
            names[f"{name}{number}"] = f"rnn.{kind}_hh_l{layer}"
    return names | _OUTPUT


def second_biases(architecture: Architecture) -> dict[str, str]:
    """Return the names of PyTorch's second biases that we have not, and the first they add to."""
    taken = set(tensor_names(architecture).values())
    layers = range(architecture.num_layers)
    pairs = {f"rnn.bias_hh_l{layer}": f"rnn.bias_ih_l{layer}" for layer in layers}
    return {second: first for second, first in pairs.items() if second not in taken}


def tensor_shapes(architecture: Architecture) -> dict[str, Shape]:
    """Return name and shape of the tensors of the core's parameters; nothing is allocated."""
    shapes = architecture.parameter_shapes()
    return {tensor: shapes[name][::-1] for name, tensor in tensor_names(architecture).items()}


def to_tensors(parameters: Mapping[str, Array], architecture: Architecture) -> dict[str, Array]:
    """Return `parameters` under their PyTorch names, C-contiguous."""
    return {
        tensor: np.ascontiguousarray(parameters[name].T)
        for name, tensor in tensor_names(architecture).items()
    }


def from_tensors(tensors: Mapping[str, Array], architecture: Architecture) -> dict[str, Array]:
    """Return what `to_tensors` was given, in arrays of its own."""
    return {
        name: np.array(tensors[tensor].T, order="C")
        for name, tensor in tensor_names(architecture).items()
    }


def state_name(state: str, layer: int) -> str:
    """Return the name of a carried state, such as ``h`` of the first layer: ``state.h_l0``."""
    return f"state.{state}_l{layer}"


def slot_prefix(slot: str) -> str:
    """Return what stands before a parameter's name in the name of its optimiser slot."""
    return f"optim.{slot}."


def history_name(name: str) -> str:
    """Return the name of an array of the run's history."""
    return f"history.{name}"

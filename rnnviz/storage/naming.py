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

The blocks of a gated cell's matrices and biases go into PyTorch's order (i, f, g, o for the LSTM).
The GRU's own recurrent bias ``d`` is the candidate's part of ``bias_hh``, the rest of it zeros.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rnnviz.core.architecture import Architecture
from rnnviz.core.cells import Cell
from rnnviz.core.parameters import Array, Shape

_OUTPUT = {"V": "head.weight", "c": "head.bias"}
_OWN_BIAS = "d"


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
    return {second: first for first, second in _bias_pairs(architecture) if second not in taken}


def fold_second_biases(
    tensors: Mapping[str, Array], architecture: Architecture
) -> dict[str, Array]:
    """Add what PyTorch's second biases hold to the first, but for what a cell has of its own."""
    folded = dict(tensors)
    own = _own_part(architecture)
    for first, second in _bias_pairs(architecture):
        added = folded[second].copy()
        added[own] = 0
        # Adding zeros would turn -0.0 into 0.0.
        if added.any():
            with np.errstate(over="ignore"):
                folded[first] = folded[first] + added
    return folded


def tensor_shapes(architecture: Architecture) -> dict[str, Shape]:
    """Return name and shape of the tensors of the core's parameters; nothing is allocated."""
    shapes = architecture.parameter_shapes()
    result = {tensor: shapes[name][::-1] for name, tensor in tensor_names(architecture).items()}
    return result | {
        second: result[first] for first, second in _bias_pairs(architecture) if second in result
    }


def to_tensors(parameters: Mapping[str, Array], architecture: Architecture) -> dict[str, Array]:
    """Return `parameters` under their PyTorch names, C-contiguous."""
    cell = architecture.make_cells()[0]
    order = _block_order(cell)
    tensors = {}
    for name, tensor in tensor_names(architecture).items():
        array = parameters[name]
        if name.startswith(_OWN_BIAS):
            array = np.zeros(cell.gates * cell.hidden_size, array.dtype)
            array[_own_part(architecture)] = parameters[name]
        elif tensor not in _OUTPUT.values():
            array = _reordered(array, order)
        tensors[tensor] = np.ascontiguousarray(array.T)
    return tensors


def from_tensors(tensors: Mapping[str, Array], architecture: Architecture) -> dict[str, Array]:
    """Return what `to_tensors` was given, in arrays of its own."""
    order = np.argsort(_block_order(architecture.make_cells()[0]))
    parameters = {}
    for name, tensor in tensor_names(architecture).items():
        array = tensors[tensor].T
        if name.startswith(_OWN_BIAS):
            array = array[_own_part(architecture)]
        elif tensor not in _OUTPUT.values():
            array = _reordered(array, order)
        parameters[name] = np.array(array, order="C")
    return parameters


def _bias_pairs(architecture: Architecture) -> list[tuple[str, str]]:
    layers = range(architecture.num_layers)
    return [(f"rnn.bias_ih_l{layer}", f"rnn.bias_hh_l{layer}") for layer in layers]


def _own_part(architecture: Architecture) -> slice:
    """Return where ``d`` stands in ``bias_hh``; nowhere, where the cell has none."""
    cell = architecture.make_cells()[0]
    size = cell.gates * cell.hidden_size
    has_own = _OWN_BIAS in cell.recurrent_shapes()
    return slice(size - cell.hidden_size if has_own else size, size)


def _block_order(cell: Cell) -> list[int]:
    return [cell.gate_names.index(gate) for gate in cell.gates_in_files]


def _reordered(array: Array, order: list[int] | np.ndarray) -> Array:
    blocks = array.reshape(*array.shape[:-1], len(order), -1)
    return blocks[..., order, :].reshape(array.shape)


def state_name(state: str, layer: int) -> str:
    """Return the name of a carried state, such as ``h`` of the first layer: ``state.h_l0``."""
    return f"state.{state}_l{layer}"


def slot_prefix(slot: str) -> str:
    """Return what stands before a parameter's name in the name of its optimiser slot."""
    return f"optim.{slot}."


def best_name(tensor: str) -> str:
    """Return the name of a tensor of the best weights."""
    return f"best.{tensor}"


def history_name(name: str) -> str:
    """Return the name of an array of the run's history."""
    return f"history.{name}"

"""The core's parameters under PyTorch's names."""

import numpy as np
import pytest

from rnnviz.core.architecture import Architecture
from rnnviz.core.cells import CELLS, Cell, VanillaCell
from rnnviz.core.cells.declaration import ParameterSpec
from rnnviz.core.network import Network
from rnnviz.storage.naming import (
    fold_second_biases,
    from_tensors,
    second_biases,
    tensor_names,
    tensor_shapes,
    to_tensors,
)

STACK = Architecture(vocab_size=7, hidden_size=4, num_layers=2)


def test_layers_are_numbered_from_zero_as_pytorch_does() -> None:
    assert tensor_shapes(STACK) == {
        "rnn.weight_ih_l0": (4, 7),
        "rnn.bias_ih_l0": (4,),
        "rnn.weight_hh_l0": (4, 4),
        "rnn.weight_ih_l1": (4, 4),
        "rnn.bias_ih_l1": (4,),
        "rnn.weight_hh_l1": (4, 4),
        "head.weight": (7, 4),
        "head.bias": (7,),
    }


def test_what_is_renamed_comes_back_and_lies_in_one_piece() -> None:
    network = Network(STACK)
    network.parameters.flat[:] = np.arange(network.parameters.size)
    tensors = to_tensors(network.parameters, STACK)
    assert {name: array.shape for name, array in tensors.items()} == tensor_shapes(STACK)
    assert all(array.flags.c_contiguous for array in tensors.values())
    back = from_tensors(tensors, STACK)
    assert back.keys() == network.parameters.keys()
    for name, array in back.items():
        assert np.array_equal(array, network.parameters[name])
        assert array.flags.c_contiguous


def numbered(architecture: Architecture) -> Network:
    network = Network(architecture)
    network.parameters.flat[:] = np.arange(1, network.parameters.size + 1)
    return network


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_comes_back_in_its_own_order(cell: str) -> None:
    architecture = Architecture(vocab_size=7, hidden_size=4, num_layers=3, cell=cell)
    network = numbered(architecture)
    tensors = to_tensors(network.parameters, architecture)
    assert {name: array.shape for name, array in tensors.items()} == tensor_shapes(architecture)
    back = from_tensors(tensors, architecture)
    for name, array in network.parameters.items():
        assert np.array_equal(back[name], array)


def test_the_gates_of_an_lstm_lie_in_pytorchs_order() -> None:
    architecture = Architecture(vocab_size=7, hidden_size=4, cell="lstm")
    network = numbered(architecture)
    tensors = to_tensors(network.parameters, architecture)
    for ours, theirs in (
        ("U1", "rnn.weight_ih_l0"),
        ("W1", "rnn.weight_hh_l0"),
        ("b1", "rnn.bias_ih_l0"),
    ):
        o, i, f, g = np.split(network.parameters[ours].T, 4)
        assert np.array_equal(tensors[theirs], np.concatenate([i, f, g, o]))
    assert second_biases(architecture) == {"rnn.bias_hh_l0": "rnn.bias_ih_l0"}


def test_the_grus_own_bias_is_the_candidates_part_of_the_second() -> None:
    architecture = Architecture(vocab_size=7, hidden_size=4, cell="gru")
    network = numbered(architecture)
    tensors = to_tensors(network.parameters, architecture)
    second = tensors["rnn.bias_hh_l0"]
    assert np.array_equal(second[8:], network.parameters["d1"])
    assert not second[:8].any()
    assert second_biases(architecture) == {}
    foreign = {**tensors, "rnn.bias_hh_l0": np.arange(12, dtype=np.float32)}
    folded = from_tensors(fold_second_biases(foreign, architecture), architecture)
    assert np.array_equal(folded["d1"], np.arange(8, 12))
    added = np.r_[np.arange(8), np.zeros(4)]
    assert np.array_equal(folded["b1"], network.parameters["b1"] + added)


class TwoSpeeds(VanillaCell):
    """Declares a second recurrent matrix, of one of its two blocks, and a bias of the other."""

    name = "two-speeds"
    adds_the_products = False
    blocks = ("h", "s")
    parameters = (
        *Cell.parameters[:2],
        ParameterSpec("W", "recurrent", "weight_hh", blocks=("h",)),
        ParameterSpec("Z", "recurrent", "weight_slow", blocks=("s",)),
        ParameterSpec("e", "recurrent bias", "bias_slow", blocks=("s",), tensor_blocks=blocks),
    )


def test_two_recurrent_matrices_are_two_tensors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CELLS, "two-speeds", TwoSpeeds.checked())
    architecture = Architecture(vocab_size=7, hidden_size=4, num_layers=2, cell="two-speeds")
    network = numbered(architecture)
    tensors = to_tensors(network.parameters, architecture)
    assert {name: array.shape for name, array in tensors.items()} == tensor_shapes(architecture)
    assert np.array_equal(tensors["rnn.weight_slow_l1"], network.parameters["Z2"].T)
    assert np.array_equal(tensors["rnn.bias_slow_l0"], np.r_[np.zeros(4), network.parameters["e1"]])
    back = from_tensors(tensors, architecture)
    for name, array in network.parameters.items():
        assert np.array_equal(back[name], array)


@pytest.mark.parametrize("cell", CELLS.values())
def test_every_cells_tensors_have_names_of_their_own(cell: type[Cell]) -> None:
    assert cell.checked() is cell
    names = tensor_names(Architecture(7, 4, num_layers=2, cell=cell.name))
    assert len(set(names.values())) == len(names)

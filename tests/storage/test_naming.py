"""The core's parameters under PyTorch's names."""

import numpy as np

from rnnviz.core.network import Architecture, Network
from rnnviz.storage.naming import from_tensors, tensor_shapes, to_tensors

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

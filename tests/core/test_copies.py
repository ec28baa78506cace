"""What is a view of something else does not come apart when it is copied or pickled."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rnnviz.core.loss import cross_entropy
from rnnviz.core.network import Network
from rnnviz.core.optimizers import SGD
from rnnviz.core.parameters import ParameterVector

from .cases import Sizes, draw_case

Copy = Callable[[Any], Any]


def through_pickle(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))


WHOLE_COPIES = pytest.mark.parametrize("copied", [copy.deepcopy, through_pickle])


@WHOLE_COPIES
def test_a_copied_vectors_views_are_views_of_its_own_memory(copied: Copy) -> None:
    vector = ParameterVector({"U": (3, 4), "b": (4,)}, np.float64)
    vector.flat[:] = np.arange(16)
    twin = copied(vector)
    assert twin.shapes == vector.shapes
    assert np.array_equal(twin.flat, vector.flat)
    assert twin.flat.dtype == np.float64
    twin.flat[:] = 7
    assert (twin["U"] == 7).all()
    assert vector["U"][0, 1] == 1


@WHOLE_COPIES
def test_a_copied_network_computes_with_parameters_of_its_own(copied: Copy) -> None:
    case = draw_case(Sizes(num_layers=2), seed=0)
    twin = copied(case.network)
    tapes = [network.new_tape(*case.inputs.shape) for network in (case.network, twin)]
    case.network.forward(case.inputs, case.state, tapes[0])
    twin.forward(case.inputs, case.state, tapes[1])
    assert np.array_equal(tapes[0].logits, tapes[1].logits)
    twin.parameters.flat.fill(0)
    twin.forward(case.inputs, case.state, tapes[1])
    assert not tapes[1].logits.any()
    case.network.forward(case.inputs, case.state, tapes[1])
    assert np.array_equal(tapes[0].logits, tapes[1].logits)


@WHOLE_COPIES
def test_a_network_and_its_optimiser_copied_together_stay_together(copied: Copy) -> None:
    case = draw_case(Sizes(), seed=1)
    network: Network
    network, optimizer = copied((case.network, SGD(case.network.parameters.flat)))
    tape = network.new_tape(*case.inputs.shape)
    gradients = network.parameters.zeros_like()

    def loss() -> float:
        network.forward(case.inputs, case.state, tape)
        return cross_entropy(tape.logits, case.targets, tape.d_logits)

    before = loss()
    network.backward(tape, gradients)
    optimizer.update(gradients.flat, 0.01)
    assert loss() < before


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, through_pickle])
def test_a_tape_refuses_to_be_copied(copied: Copy) -> None:
    tape = draw_case(Sizes(), seed=2).network.new_tape(2, 1)
    for part in (tape, tape.layers[0]):
        with pytest.raises(TypeError, match="cannot be copied"):
            copied(part)

"""The Jacobian of a cell's state update, against central differences through the forward pass."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.core.architecture import Architecture
from rnnviz.core.network import Network
from rnnviz.core.tape import State

from ..cases import CELL_KINDS

EPSILON = 1e-6


def one_step(network: Network, token: int, state: State) -> np.ndarray:
    """Return the state after one token, its parts one behind the other."""
    tape = network.new_tape(1, 1)
    network.forward(np.array([[token]]), state, tape)
    return np.concatenate([array[0] for array in tape.final_state()[0].values()])


def pushed(state: State, entry: int, by: float) -> State:
    names, size = list(state[0]), len(next(iter(state[0].values()))[0])
    moved = {name: array.copy() for name, array in state[0].items()}
    moved[names[entry // size]][0, entry % size] += by
    return [moved]


@given(kind=st.sampled_from(CELL_KINDS), seed=st.integers(0, 2**32 - 1), hidden=st.integers(1, 5))
def test_the_jacobian_of_every_step_is_what_central_differences_say(
    kind: tuple[str, str], seed: int, hidden: int
) -> None:
    cell, activation = kind
    rng = np.random.default_rng(seed)
    network = Network(Architecture(4, hidden, cell=cell, activation=activation), np.float64)
    network.parameters.flat[:] = rng.normal(0, 0.8, network.parameters.size)
    state = network.zero_state(3)
    for array in state[0].values():
        array[...] = rng.normal(0, 0.5, array.shape)
    inputs = rng.integers(0, 4, (4, 3))
    tape = network.new_tape(4, 3)
    network.forward(inputs, state, tape)
    for step, stream in np.ndindex(4, 3):
        before = [
            {
                name: array[step, stream : stream + 1].copy()
                for name, array in tape.layers[0].states.items()
            }
        ]
        jacobian = network.cells[0].jacobian(
            network.recurrent_parameters(0), tape.layers[0], step, stream
        )
        token = int(inputs[step, stream])
        columns = [
            one_step(network, token, pushed(before, entry, EPSILON))
            - one_step(network, token, pushed(before, entry, -EPSILON))
            for entry in range(len(jacobian))
        ]
        numeric = np.stack(columns, axis=1) / (2 * EPSILON)
        assert np.allclose(jacobian, numeric, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("cell", ["vanilla", "lstm", "gru"])
def test_a_gradient_goes_back_by_the_transposed_jacobian(cell: str) -> None:
    rng = np.random.default_rng(3)
    network = Network(Architecture(4, 6, cell=cell), np.float64)
    network.parameters.flat[:] = rng.normal(0, 0.8, network.parameters.size)
    tape = network.new_tape(5, 1)
    network.forward(rng.integers(0, 4, (5, 1)), network.zero_state(1), tape)
    tape.d_logits.fill(0)
    tape.d_logits[-1] = rng.normal(size=tape.d_logits[-1].shape)
    network.backward_through_time(tape)
    layer = tape.layers[0]
    # What comes from above reaches the last hidden state alone.
    gradients = np.concatenate(
        [layer.d_states[name][3, 0] for name in network.cells[0].state_names()]
    )
    last = network.parameters["V"] @ tape.d_logits[-1, 0]
    last = np.concatenate([last, np.zeros(len(gradients) - len(last))])
    jacobian = network.cells[0].jacobian(network.recurrent_parameters(0), layer, 4)
    expected = jacobian.T @ last
    if cell == "lstm":
        # dL/dc is taken with h_t held to what it makes of c_t.
        h, c = np.split(expected, 2)
        o = layer.kept[0][3, 0, 0]
        c = c + h * o * (1 - np.tanh(layer.states["c"][4, 0]) ** 2)
        expected = np.concatenate([h, c])
    assert np.allclose(gradients, expected, rtol=1e-9)

"""The Jacobian of a cell's state update, against central differences through the forward pass."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.core.architecture import Architecture
from rnnviz.core.network import Network
from rnnviz.core.tape import State

from ..cases import (
    CELL_KINDS,
    Sizes,
    draw_case,
    run_forward,
    step_by_step_backward,
    step_by_step_forward,
)

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


@pytest.mark.parametrize(("cell", "activation"), CELL_KINDS)
def test_a_gradient_goes_back_by_the_transposed_jacobian(cell: str, activation: str) -> None:
    case = draw_case(Sizes(batch_size=1, cell=cell, activation=activation), seed=3)
    steps = step_by_step_forward(case)
    d_outputs = np.random.default_rng(0).normal(size=(6, 1, 11))
    back, _ = step_by_step_backward(case, steps, d_outputs)
    (layer,), names = run_forward(case).layers, case.network.cells[0].state_names()
    for t, (lines,) in enumerate(step.layers for step in back):
        jacobian = case.network.cells[0].jacobian(case.network.recurrent_parameters(0), layer, t)
        arriving = [lines[f"d{name}_later"] for name in names]
        arriving[0] = arriving[0] + lines[f"d{names[0]}_above"]
        sent = np.concatenate([lines[f"d{name}_before"][0] for name in names])
        assert np.allclose(sent, jacobian.T @ np.concatenate(arriving, axis=-1)[0], rtol=1e-9)

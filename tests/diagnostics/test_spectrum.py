"""Spectra against known eigenvalues, and the averaged Jacobian against central differences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.core.architecture import Architecture
from rnnviz.core.loss import cross_entropy
from rnnviz.core.network import Network
from rnnviz.core.tape import NetworkTape, State
from rnnviz.diagnostics.gradient_flow import gradient_flow, new_probe
from rnnviz.diagnostics.spectral_norm import spectral_norms
from rnnviz.diagnostics.spectrum import LARGEST_STATE, mean_jacobian, spectrum

from ..core.cases import CELL_KINDS


def draw(
    cell: str, activation: str, seed: int, hidden: int, length: int = 4, layers: int = 1
) -> tuple[Network, NetworkTape, State]:
    """Return a random network and its tape of a window of two streams, from a random state."""
    rng = np.random.default_rng(seed)
    architecture = Architecture(4, hidden, layers, cell=cell, activation=activation)
    network = Network(architecture, np.float64)
    network.parameters.flat[:] = rng.normal(0, 0.8, network.parameters.size)
    state = network.zero_state(2)
    for layer in state:
        for array in layer.values():
            array[...] = rng.normal(0, 0.5, array.shape)
    tape = network.new_tape(length, 2)
    network.forward(rng.integers(0, 4, (length, 2)), state, tape)
    return network, tape, state


def linear(matrix: list[list[float]] | np.ndarray, length: int = 3) -> tuple[Network, NetworkTape]:
    """Return a tanh network with this W, columns as rows, at rest at 0, where it is linear."""
    matrix = np.asarray(matrix, float)
    network = Network(Architecture(3, len(matrix)), np.float64)
    network.parameters["W1"][...] = matrix.T
    tape = network.new_tape(length, 1)
    network.forward(np.zeros((length, 1), int), network.zero_state(1), tape)
    return network, tape


def test_a_gradient_may_grow_though_the_averaged_jacobian_has_a_radius_below_1() -> None:
    # Of two ReLU units each wakes only the other: a step's Jacobian has one of W's two entries.
    network = Network(Architecture(2, 2, activation="relu"), np.float64)
    network.parameters["W1"][...] = [[0.0, 1.8], [1.8, 0.0]]
    network.parameters["V"][...] = [[1.0, 0.0], [0.0, 0.5]]
    state = network.zero_state(1)
    state[0]["h"][...] = [[0.01, 0.0]]
    tape = network.new_tape(6, 1)
    network.forward(np.zeros((6, 1), int), state, tape)
    cross_entropy(tape.logits, np.ones((6, 1), int), tape.d_logits)
    network.backward(tape, network.parameters.zeros_like())
    (layer,) = spectrum(network, tape).layers
    assert layer.radius_of_weights == pytest.approx(1.8)
    assert layer.radius_of_jacobian == pytest.approx(0.9)
    norms = gradient_flow(network, tape, new_probe(network, 6)).from_last["h"][0]
    along_the_way = abs(tape.d_logits[-1, 0, 0])
    assert norms[0] == pytest.approx(along_the_way * 1.8**5)


def turn(angle: float, factor: float) -> list[list[float]]:
    c, s = factor * np.cos(angle), factor * np.sin(angle)
    return [[c, -s], [s, c]]


# Eigenvalues that are known without a computation, and the largest singular value.
KNOWN = {
    "a turn by 40 degrees that shrinks to 0.9": (
        turn(np.radians(40), 0.9),
        0.9 * np.exp(1j * np.radians([40, -40])),
        0.9,
    ),
    "a diagonal": ([[0.5, 0, 0], [0, -2.0, 0], [0, 0, 0.1]], [-2.0, 0.5, 0.1], 2.0),
    "the companion matrix of (x-3)(x-2)(x+1)": (
        [[4.0, -1.0, -6.0], [1.0, 0, 0], [0, 1.0, 0]],
        [3, 2, -1],
        None,
    ),
    "a shear, which lengthens though its radius is 1": ([[1.0, 3.0], [0, 1.0]], [1, 1], 3.3027756),
    "one unit": ([[-0.7]], [-0.7], 0.7),
}


@pytest.mark.parametrize("name", KNOWN)
def test_eigenvalues_that_are_known_are_found_for_w_and_for_a_jacobian_at_rest(name: str) -> None:
    matrix, expected, norm = KNOWN[name]
    (layer,) = spectrum(*linear(matrix)).layers
    assert layer.of_weights is not None
    assert layer.of_jacobian is not None
    for values in (layer.of_weights, layer.of_jacobian):
        np.testing.assert_allclose(np.sort_complex(values), np.sort_complex(expected), atol=1e-7)
        assert np.all(np.diff(np.abs(values)) <= 1e-12), "the largest comes first"
    assert layer.radius_of_weights == pytest.approx(np.abs(expected).max())
    if norm is not None:
        assert layer.largest_singular_values == {"h": pytest.approx(norm)}


def test_a_saturated_network_forgets_though_the_radius_of_its_weights_is_7() -> None:
    network, tape = linear(turn(0.3, 7.0))
    network.parameters["b1"][...] = 3.0
    network.forward(np.zeros((3, 1), int), network.zero_state(1), tape)
    (layer,) = spectrum(network, tape).layers
    assert layer.radius_of_weights == pytest.approx(7)
    assert layer.radius_of_jacobian < 0.1


@given(kind=st.sampled_from(CELL_KINDS), seed=st.integers(0, 2**32 - 1), hidden=st.integers(1, 4))
def test_the_averaged_jacobian_is_that_of_central_differences(
    kind: tuple[str, str], seed: int, hidden: int
) -> None:
    network, tape, _ = draw(*kind, seed, hidden)
    epsilon = 1e-6
    for stream in range(2):
        steps = []
        for step in range(4):
            columns = []
            for entry in range(hidden * len(network.cells[0].state_names())):
                ends = []
                for push in (epsilon, -epsilon):
                    state = network.zero_state(1)
                    for name, array in state[0].items():
                        array[...] = tape.layers[0].states[name][step, stream]
                    name = network.cells[0].state_names()[entry // hidden]
                    state[0][name][0, entry % hidden] += push
                    one = network.new_tape(1, 1)
                    network.forward(tape.inputs[step : step + 1, stream : stream + 1], state, one)
                    ends.append(np.concatenate([a[0] for a in one.final_state()[0].values()]))
                columns.append((ends[0] - ends[1]) / (2 * epsilon))
            steps.append(np.stack(columns, axis=1))
        expected = np.mean(steps, axis=0)
        measured = mean_jacobian(network, tape, 0, stream)
        np.testing.assert_allclose(measured, expected, rtol=1e-6, atol=1e-8)
        values = spectrum(network, tape, stream).layers[0].of_jacobian
        assert values is not None
        # Each is a root of the characteristic polynomial.
        size = len(expected)
        for value in values:
            smallest = np.linalg.svd(measured - value * np.eye(size), compute_uv=False)[-1]
            assert smallest < 1e-7 * max(1.0, float(np.linalg.norm(measured)))


@pytest.mark.parametrize(("cell", "gates"), [("lstm", "oifg"), ("gru", "rzn")])
def test_a_cell_with_gates_has_no_single_w_but_a_singular_value_for_each_gate(
    cell: str, gates: str
) -> None:
    network, tape, _ = draw(cell, "tanh", 4, 5, layers=2)
    found = spectrum(network, tape)
    assert found.state_size == (10 if cell == "lstm" else 5)
    for number, layer in enumerate(found.layers, start=1):
        assert layer.of_weights is None
        assert np.isnan(layer.radius_of_weights)
        assert len(layer.of_jacobian) == found.state_size  # type: ignore[arg-type]
        blocks = np.split(network.parameters[f"W{number}"], len(gates), axis=1)
        for gate, block in zip(gates, blocks, strict=True):
            expected = np.linalg.norm(block, 2)
            assert layer.largest_singular_values[gate] == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("scale", [1.0, 1e-300, 1e300, 0.0])
@pytest.mark.parametrize("shape", [(1, 1), (4, 4), (3, 7), (7, 3)])
def test_spectral_norms_are_largest_singular_values(scale: float, shape: tuple[int, int]) -> None:
    matrices = np.random.default_rng(3).normal(size=(5, *shape))
    expected = np.linalg.svd(matrices, compute_uv=False)[:, 0] * scale
    np.testing.assert_allclose(spectral_norms(matrices * scale), expected, rtol=1e-12)


def test_the_spectral_norm_of_a_matrix_that_is_not_finite_is_not_a_number() -> None:
    matrices = np.ones((3, 2, 2))
    matrices[1, 0, 0], matrices[2, 1, 0] = np.nan, -np.inf
    np.testing.assert_allclose(spectral_norms(matrices), [2, np.nan, np.nan])


@pytest.mark.parametrize("kind", CELL_KINDS)
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_network_that_is_not_finite_has_no_eigenvalues_and_warns_nobody(
    kind: tuple[str, str], bad: float
) -> None:
    network, tape, state = draw(*kind, 1, 3)
    for letter in network.cells[0].recurrent_matrices():
        network.parameters[f"{letter}1"][0, :] = bad
    with np.errstate(all="ignore"):
        network.forward(tape.inputs.copy(), state, tape)
    (layer,) = spectrum(network, tape).layers
    assert layer.of_weights is None
    assert layer.of_jacobian is None
    assert np.isnan(list(layer.largest_singular_values.values())).all()


def test_one_unit_one_step_and_single_precision_are_enough() -> None:
    network = Network(Architecture(2, 1, cell="lstm"), np.float32)
    tape = network.new_tape(1, 1)
    network.forward(np.zeros((1, 1), int), network.zero_state(1), tape)
    (layer,) = spectrum(network, tape).layers
    # With weights of zero only the forget gate, s(0) = 1/2, passes the cell state on.
    assert layer.of_jacobian is not None
    np.testing.assert_allclose(layer.of_jacobian, [0.5, 0.0])
    assert layer.of_jacobian.dtype == np.complex128


@pytest.mark.parametrize(("cell", "hidden"), [("vanilla", 513), ("lstm", 257)])
def test_a_state_that_is_too_large_to_watch_is_left_alone(cell: str, hidden: int) -> None:
    network = Network(Architecture(2, hidden, cell=cell), np.float32)
    found = spectrum(network, network.new_tape(1, 1))
    assert found.is_too_large
    assert found.state_size > LARGEST_STATE


def test_looking_changes_nothing_and_the_result_cannot_be_written_to() -> None:
    network, tape, _ = draw("lstm", "tanh", 2, 3, layers=2)
    arrays = [network.parameters.flat]
    arrays += [a for layer in tape.layers for a in (*layer.states.values(), *layer.kept)]
    before = [array.tobytes() for array in arrays]
    for layer in spectrum(network, tape).layers:
        assert layer.of_jacobian is not None
        assert not layer.of_jacobian.flags.writeable
        assert layer.of_jacobian.base is None
    assert [array.tobytes() for array in arrays] == before

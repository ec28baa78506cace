"""How weights begin."""

from __future__ import annotations

import numpy as np
import pytest

from rnnviz.core.architecture import Architecture
from rnnviz.core.cells import CELLS, VanillaCell
from rnnviz.core.cells.declaration import BIAS, INPUT, ParameterSpec
from rnnviz.core.initialization import INITIALIZATIONS, gaussian, identity, orthogonal, uniform
from rnnviz.core.network import Network
from rnnviz.core.parameters import Array

SCHEMES = sorted(INITIALIZATIONS)


def initialized(scheme: str, gain: float = 1.0, seed: int = 0) -> Network:
    network = Network(Architecture(80, 60, num_layers=2), np.float64)
    network.initialize(scheme, gain, np.random.default_rng(seed))
    return network


@pytest.mark.parametrize("name", ["U1", "W1", "U2", "W2", "V"])
def test_uniform_weights_fill_the_interval_of_their_incoming_connections(name: str) -> None:
    weights = initialized("uniform").parameters[name]
    incoming = 80 if name == "U1" else 60
    bound = 1 / np.sqrt(incoming)
    assert 0.99 * bound < weights.max() <= bound
    assert -bound <= weights.min() < -0.99 * bound
    assert weights.mean() == pytest.approx(0, abs=0.05 * bound)
    assert weights.std() == pytest.approx(bound / np.sqrt(3), rel=0.05)


@pytest.mark.parametrize("name", ["U1", "W1", "U2", "W2", "V"])
def test_lecuns_weights_have_the_variance_of_one_over_the_inputs_that_are_on(name: str) -> None:
    weights = initialized("lecun").parameters[name]
    bound = np.sqrt(3 if name == "U1" else 3 / 60)
    assert 0.99 * bound < np.abs(weights).max() <= bound
    assert weights.var() == pytest.approx(bound**2 / 3, rel=0.05)


@pytest.mark.parametrize("cell", sorted(CELLS))
def test_with_lecuns_weights_a_token_is_heard_whatever_the_size_of_the_vocabulary(
    cell: str,
) -> None:
    spread = []
    for vocab_size in (50, 5000):
        network = Network(Architecture(vocab_size, 60, cell=cell), np.float64)
        network.initialize("lecun", 1.0, np.random.default_rng(0))
        tape = network.new_tape(1, 50)
        network.forward(np.arange(50)[None], network.zero_state(50), tape)
        spread.append(float(tape.layers[0].hidden[0].std(axis=0).mean()))
    assert min(spread) > 0.15
    assert spread[1] == pytest.approx(spread[0], rel=0.1)


@pytest.mark.parametrize("name", ["U1", "W1", "U2", "W2", "V"])
def test_gaussian_weights_have_mean_zero_and_a_standard_deviation_of_a_hundredth(
    name: str,
) -> None:
    weights = initialized("gaussian").parameters[name].reshape(-1)
    assert weights.mean() == pytest.approx(0, abs=0.0005)
    assert weights.std() == pytest.approx(0.01, rel=0.05)
    within_one_deviation = np.mean(np.abs(weights) < 0.01)
    assert within_one_deviation == pytest.approx(0.683, abs=0.03)


@pytest.mark.parametrize("gain", [0.5, 1.0, 1.7])
def test_an_orthogonal_recurrent_matrix_is_an_isometry_times_the_gain(gain: float) -> None:
    parameters = initialized("orthogonal", gain).parameters
    for name in ("W1", "W2"):
        w = parameters[name]
        np.testing.assert_allclose(w.T @ w, gain**2 * np.eye(60), atol=1e-13)


def test_orthogonal_matrices_favour_no_sign() -> None:
    # Without the correction by R's signs, LAPACK's choice would make every 1x1 matrix the same.
    rng = np.random.default_rng(0)
    drawn = np.array([orthogonal((1, 1), rng)[0, 0] for _ in range(400)])
    assert set(drawn) == {-1.0, 1.0}
    assert abs(drawn.sum()) < 80
    traces = [np.trace(orthogonal((6, 6), rng)) for _ in range(400)]
    assert np.mean(traces) == pytest.approx(0, abs=0.2)


@pytest.mark.parametrize("gain", [0.5, 1.0])
def test_an_identity_recurrent_matrix_is_the_gain_on_the_diagonal(gain: float) -> None:
    parameters = initialized("identity", gain).parameters
    for name in ("W1", "W2"):
        assert np.array_equal(parameters[name], gain * np.eye(60))


@pytest.mark.parametrize("scheme", ["orthogonal", "identity"])
@pytest.mark.parametrize("name", ["U1", "U2", "V"])
def test_only_recurrent_matrices_are_orthogonal_or_identity(scheme: str, name: str) -> None:
    weights = initialized(scheme, gain=3.0).parameters[name]
    bound = 1 / np.sqrt(weights.shape[0])
    assert 0.9 * bound < np.abs(weights).max() <= bound
    assert np.unique(weights).size == weights.size


@pytest.mark.parametrize("scheme", ["uniform", "gaussian"])
def test_the_gain_is_without_effect_on_other_schemes(scheme: str) -> None:
    assert np.array_equal(
        initialized(scheme, gain=1.0).parameters.flat, initialized(scheme, gain=5.0).parameters.flat
    )


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_bias_becomes_zero_and_every_matrix_is_filled(scheme: str) -> None:
    network = initialized(scheme)
    network.parameters.flat.fill(7.0)
    network.initialize(scheme, 1.0, np.random.default_rng(0))
    for name, view in network.parameters.items():
        if view.ndim == 1:
            assert not view.any(), name
        else:
            assert not (view == 7.0).any(), name
            assert view.any(), name


class Gated(VanillaCell):
    """A recurrent matrix that is not called W, a recurrent bias, and units that begin open."""

    name = "gated"
    parameters = (
        INPUT,
        BIAS,
        ParameterSpec("R", "recurrent", "weight_hh"),
        ParameterSpec("q", "recurrent bias", "bias_hh"),
    )

    def initial_bias(self, forget_bias: float) -> Array:
        return np.linspace(0, 1, self.hidden_size)


def test_a_cell_says_which_matrices_are_recurrent_and_how_its_bias_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(CELLS, "gated", Gated)
    network = Network(Architecture(8, 6, num_layers=2, cell="gated"), np.float64)
    network.initialize("identity", 0.5, np.random.default_rng(0))
    parameters = network.parameters
    for number in (1, 2):
        assert np.array_equal(parameters[f"R{number}"], 0.5 * np.eye(6))
        assert np.array_equal(parameters[f"b{number}"], np.linspace(0, 1, 6))
        assert not parameters[f"q{number}"].any()
        assert not np.array_equal(parameters[f"U{number}"][:6], 0.5 * np.eye(6))


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_same_seed_gives_the_same_weights_and_another_seed_others(scheme: str) -> None:
    weights = initialized(scheme, seed=1).parameters.flat
    assert np.array_equal(weights, initialized(scheme, seed=1).parameters.flat)
    assert not np.array_equal(weights, initialized(scheme, seed=2).parameters.flat)


@pytest.mark.parametrize("scheme", ["uniform", "gaussian", "orthogonal"])
def test_layers_do_not_begin_alike(scheme: str) -> None:
    parameters = initialized(scheme).parameters
    assert not np.array_equal(parameters["W1"], parameters["W2"])


@pytest.mark.parametrize("scheme", SCHEMES)
def test_float32_weights_are_the_float64_ones_rounded(scheme: str) -> None:
    single = Network(Architecture(80, 60, num_layers=2), np.float32)
    single.initialize(scheme, 1.0, np.random.default_rng(0))
    assert np.array_equal(
        single.parameters.flat, initialized(scheme).parameters.flat.astype(np.float32)
    )


def test_each_gate_of_a_wider_recurrent_matrix_begins_as_a_matrix_of_its_own() -> None:
    rng = np.random.default_rng(0)
    gates = np.split(orthogonal((8, 32), rng), 4, axis=1)
    for gate in gates:
        np.testing.assert_allclose(gate.T @ gate, np.eye(8), atol=1e-13)
    assert not np.allclose(gates[0], gates[1])
    assert np.array_equal(identity((8, 24), rng), np.hstack([np.eye(8)] * 3))
    assert np.abs(uniform((4, 400), rng)).max() == pytest.approx(0.5, rel=0.01)
    assert gaussian((4, 400), rng).std() == pytest.approx(0.01, rel=0.1)

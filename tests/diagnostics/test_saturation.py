"""What sits at the flat ends, counted by hand and by brute force over every cell."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.core.architecture import Architecture
from rnnviz.core.network import Network
from rnnviz.core.tape import NetworkTape
from rnnviz.diagnostics.saturation import (
    BINS,
    Saturation,
    dead_label,
    saturated_share,
    saturation,
    series_label,
)

from ..core.cases import CELL_KINDS


def test_the_share_counts_both_ends_beyond_0_95() -> None:
    hidden = np.array([[0.96, -0.96, 0.95, -0.95], [0.0, 0.5, 1.0, -0.9]], np.float32)
    # float32's 0.95 is a hair below the limit.
    assert saturated_share(hidden) == 3 / 8


def test_the_share_of_a_quiet_state_is_zero_and_of_a_full_one_is_one() -> None:
    assert saturated_share(np.zeros((3, 4))) == 0.0
    assert saturated_share(-np.ones((3, 4))) == 1.0


def drawn(
    kind: tuple[str, str], seed: int, length: int, batch: int, hidden: int, layers: int
) -> tuple[Network, NetworkTape, np.ndarray]:
    """Return a network with weights so large that much saturates, after a window."""
    rng = np.random.default_rng(seed)
    cell, activation = kind
    network = Network(Architecture(5, hidden, layers, cell=cell, activation=activation), np.float64)
    network.parameters.flat[:] = rng.normal(0, 2.0, network.parameters.size)
    state = network.zero_state(batch)
    for layer in state:
        for array in layer.values():
            array[...] = rng.normal(0, 0.5, array.shape)
    inputs = rng.integers(0, 5, (length, batch))
    tape = network.new_tape(length, batch)
    # What the window before left behind must not be counted.
    network.forward(rng.integers(0, 5, (length, batch)), state, tape)
    network.forward(inputs, state, tape)
    return network, tape, inputs


def by_the_equations(
    network: Network, tape: NetworkTape, inputs: np.ndarray, number: int
) -> dict[str, np.ndarray]:
    """Return one layer's state and gates (T, B, H) from the textbook's equations.

    Taken one step after the other from the states that came before it and what it read.
    """
    cell, layer = network.cells[number], tape.layers[number]
    parameters = {one.letter: network.parameters[f"{one.letter}{number + 1}"]
                  for one in cell.parameters}  # fmt: skip
    hidden, *others = cell.states
    found: dict[str, list[np.ndarray]] = {}
    for t, tokens in enumerate(inputs):
        x = np.eye(5)[tokens] if number == 0 else tape.layers[number - 1].hidden[t]
        lines = cell.step(parameters, x, {name: array[t] for name, array in layer.states.items()})
        values = {name: lines[name] for name in (hidden.name, *(gate.name for gate in cell.gates))}
        for state in others:
            value = lines[state.name]
            values[state.squashed] = value if state.is_bounded else np.tanh(value)
        for name, value in values.items():
            found.setdefault(name, []).append(value)
    return {name: np.array(steps) for name, steps in found.items()}


@given(
    kind=st.sampled_from(CELL_KINDS),
    seed=st.integers(0, 2**32 - 1),
    length=st.integers(1, 5),
    batch=st.integers(1, 3),
    hidden=st.integers(1, 4),
    layers=st.integers(1, 3),
)
def test_every_share_of_every_cell_is_what_counting_one_by_one_says(
    kind: tuple[str, str], seed: int, length: int, batch: int, hidden: int, layers: int
) -> None:
    network, tape, inputs = drawn(kind, seed, length, batch, hidden, layers)
    measured = saturation(network, tape)
    assert measured.shape == (length, batch, hidden)
    sigmoids = {gate.name for gate in network.cells[0].gates if gate.is_sigmoid}
    for number in range(layers):
        expected = by_the_equations(network, tape, inputs, number)
        assert list(measured.quantities) == list(expected)
        for name, values in expected.items():
            distribution = measured.quantities[name]
            flat = values.ravel().tolist()
            is_sigmoid = name in sigmoids
            if kind[1] == "relu":
                assert distribution.high is None
                assert distribution.low[number] == pytest.approx(
                    sum(v == 0 for v in flat) / len(flat)
                )
                # Only the hidden state of a ReLU is never below 0.
                flat = [v for v in flat if v != 0]
            else:
                over = sum(abs(v) > 0.95 for v in flat) / len(flat)
                assert distribution.high[number] == pytest.approx(over)
                assert (distribution.low is not None) == is_sigmoid
            if is_sigmoid:
                under = sum(v < 0.05 for v in flat) / len(flat)
                assert distribution.low[number] == pytest.approx(under)
            # A state that a GRU was handed beyond 1 belongs to the last bin.
            magnitudes = np.minimum(np.abs(flat), distribution.edges[-1])
            counts = np.histogram(magnitudes, distribution.edges)[0]
            same = np.allclose(distribution.shares[number] * values.size, counts, atol=1e-6)
            # A value on an edge may fall on either side of it by rounding.
            assert same or _is_on_an_edge(magnitudes, distribution.edges)
        if kind[1] == "relu":
            units = expected["h"].reshape(-1, hidden).T.tolist()
            assert measured.dead[number] == sum(all(v == 0 for v in unit) for unit in units)
        else:
            assert measured.dead is None


def _is_on_an_edge(values: np.ndarray, edges: np.ndarray) -> bool:
    return bool((np.abs(values[:, None] - edges[1:-1]) < 1e-12 * edges[-1]).any())


@given(seed=st.integers(0, 2**32 - 1), kind=st.sampled_from(CELL_KINDS))
def test_the_gates_are_those_of_the_equations(seed: int, kind: tuple[str, str]) -> None:
    network, tape, inputs = drawn(kind, seed, 4, 2, 3, 2)
    for number, cell in enumerate(network.cells):
        gates = cell.gate_activations(tape.layers[number])
        expected = by_the_equations(network, tape, inputs, number)
        others = [state.squashed for state in cell.states]
        named = [name for name in expected if name not in others]
        assert list(gates) == named
        assert [gate.name for gate in cell.gates] == named
        for name in named:
            assert np.allclose(gates[name], expected[name], rtol=1e-10, atol=1e-12)


def by_hand(values: np.ndarray, activation: str = "tanh") -> Saturation:
    """Measure a layer whose hidden state is `values` (T, B, H)."""
    length, batch, hidden = values.shape
    network = Network(Architecture(3, hidden, activation=activation), np.float32)
    tape = network.new_tape(length, batch)
    tape.layers[0].hidden[...] = values
    return saturation(network, tape)


def test_a_case_by_hand() -> None:
    measured = by_hand(np.array([[[0.99, -0.96, 0.01]], [[-0.51, 0.951, 0.91]]], np.float32))
    distribution = measured.quantities["h"]
    assert distribution.high.tolist() == [0.5]
    assert distribution.low is None
    places = {0: 1, 20: 1, 36: 1, 38: 2, 39: 1}
    expected = [places.get(bin_, 0) / 6 for bin_ in range(BINS)]
    assert distribution.shares[0].tolist() == pytest.approx(expected)
    labels, numbers = measured.series()
    assert labels == (series_label("h", 0, "high"),)
    assert numbers.tolist() == [0.5]


def test_a_unit_that_one_stream_wakes_at_one_step_is_not_dead() -> None:
    values = np.zeros((3, 2, 4), np.float32)
    values[1, 1, 2] = 0.25
    measured = by_hand(values, "relu")
    assert measured.dead.tolist() == [3]
    assert measured.quantities["h"].low.tolist() == [23 / 24]
    assert measured.quantities["h"].edges[-1] == 0.25
    assert measured.quantities["h"].shares[0].tolist() == [0.0] * 39 + [1 / 24]
    labels, numbers = measured.series()
    assert dict(zip(labels, numbers, strict=True)) == {
        series_label("h", 0, "low"): 23 / 24, dead_label(0): 0.75
    }  # fmt: skip


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 0.0, 1e38, 1e-45])
def test_no_number_is_too_odd_to_be_counted(activation: str, value: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        measured = by_hand(np.full((1, 1, 1), value, np.float32), activation)
    distribution = measured.quantities["h"]
    assert np.isfinite(distribution.edges).all()
    assert (np.diff(distribution.edges) > 0).all()
    assert np.isfinite(distribution.shares).all()
    assert distribution.shares.sum() in (0.0, 1.0)
    if activation == "tanh":
        assert distribution.high[0] == float(abs(value) > 0.95)


def test_the_results_cannot_be_written_to_and_share_no_memory_with_the_tape() -> None:
    for kind in CELL_KINDS:
        network, tape, _ = drawn(kind, 3, 4, 2, 3, 2)
        before = [array.tobytes() for layer in tape.layers for array in layer.kept]
        measured = saturation(network, tape)
        assert before == [array.tobytes() for layer in tape.layers for array in layer.kept]
        arrays = [] if measured.dead is None else [measured.dead]
        for distribution in measured.quantities.values():
            arrays += [distribution.edges, distribution.shares]
            arrays += [a for a in (distribution.low, distribution.high) if a is not None]
        for array in arrays:
            assert not array.flags.writeable
            assert not any(np.shares_memory(array, kept) for kept in tape.layers[0].kept)

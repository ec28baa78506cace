"""The bounds of the gradient: hand-computed, tight where they should be, and never broken."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.core.architecture import Architecture
from rnnviz.core.loss import cross_entropy
from rnnviz.core.network import Network
from rnnviz.core.tape import NetworkTape
from rnnviz.diagnostics.gradient_flow import GradientFlow, gradient_flow, new_probe
from rnnviz.diagnostics.theory import GradientTheory, gradient_theory

from ..core.cases import CELL_KINDS


def run(
    network: Network,
    rng: np.random.Generator,
    length: int,
    batch: int = 1,
    spread: float = 0.0,
    dropout: float = 0.0,
) -> NetworkTape:
    """Return the tape of a window after backward, from a random state of this spread."""
    state = network.zero_state(batch)
    for layer in state:
        for array in layer.values():
            array[...] = rng.normal(0, spread, array.shape)
    inputs, targets = rng.integers(0, network.vocab_size, (2, length, batch))
    tape = network.new_tape(length, batch)
    tape.draw_dropout(dropout, rng)
    network.forward(inputs, state, tape)
    cross_entropy(tape.logits, targets, tape.d_logits)
    network.backward(tape, network.parameters.zeros_like())
    return tape


def measure(
    network: Network, tape: NetworkTape, stream: int = 0
) -> tuple[GradientFlow, GradientTheory]:
    flow = gradient_flow(network, tape, new_probe(network, tape.sequence_length), stream)
    theory = gradient_theory(network, tape, float(flow.from_last["h"][-1, -1]), stream)
    assert theory is not None
    return flow, theory


def below(measured: np.ndarray, bound: np.ndarray) -> bool:
    return bool(np.all(measured <= bound * (1 + 1e-9) + 1e-300))


@given(
    kind=st.sampled_from(CELL_KINDS),
    seed=st.integers(0, 2**32 - 1),
    hidden=st.integers(1, 6),
    length=st.integers(1, 9),
    layers=st.integers(1, 4),
    spread=st.sampled_from([0.1, 0.6, 2.0]),
    residual=st.booleans(),
    dropout=st.sampled_from([0.0, 0.4]),
)
def test_no_gradient_is_above_its_bounds(
    kind: tuple[str, str],
    seed: int,
    hidden: int,
    length: int,
    layers: int,
    spread: float,
    residual: bool,
    dropout: float,
) -> None:
    cell, activation = kind
    rng = np.random.default_rng(seed)
    architecture = Architecture(
        5, hidden, layers, cell=cell, activation=activation, residual=residual
    )
    network = Network(architecture, np.float64)
    network.parameters.flat[:] = rng.normal(0, spread, network.parameters.size)
    tape = run(network, rng, length, batch=2, spread=0.5, dropout=dropout)
    for stream in range(2):
        flow, theory = measure(network, tape, stream)
        of_h = flow.from_last["h"][-1]
        assert below(of_h, theory.norm_product)
        if cell == "vanilla":
            assert theory.proved_bound is not None
            assert below(theory.norm_product, theory.proved_bound)
        if cell == "lstm":
            # The whole state's gradient, c held still while h moves and the other way round.
            probe = new_probe(network, length)
            gradient_flow(network, tape, probe, stream)
            top = probe.layers[-1]
            dh, dc = top.d_states["h"][:, 0], top.d_states["c"][:, 0]
            o, c = top.kept[0][:-1, 0, 0], top.states["c"][1:, 0]
            part = dc - dh * o * (1 - np.tanh(c) ** 2)
            joint = np.sqrt((dh**2).sum(axis=1) + (part**2).sum(axis=1))
            assert below(joint, theory.norm_product)
            assert below(flow.from_last["c"][-1], np.sqrt(2) * theory.norm_product)


@given(
    kind=st.sampled_from(CELL_KINDS),
    seed=st.integers(0, 2**32 - 1),
    spread=st.sampled_from([0.01, 0.3, 1.0, 5.0]),
    length=st.sampled_from([1, 40, 300]),
)
@settings(max_examples=40)
def test_in_single_precision_the_bounds_hold_but_for_rounding_however_it_fades_or_grows(
    kind: tuple[str, str], seed: int, spread: float, length: int
) -> None:
    cell, activation = kind
    rng = np.random.default_rng(seed)
    network = Network(Architecture(5, 6, 2, cell=cell, activation=activation), np.float32)
    network.parameters.flat[:] = rng.normal(0, spread, network.parameters.size)
    with np.errstate(all="ignore"):
        flow, theory = measure(network, run(network, rng, length, batch=2), stream=1)
    of_h = flow.from_last["h"][-1]
    # What has left the range of float32 is no number that could be above anything.
    finite = np.isfinite(of_h) & np.isfinite(theory.norm_product)
    # A unit in the last place of float32 is lost at each step, and its smallest numbers are coarse.
    allowed = 1 + 1e-6 * (length - np.arange(length)[finite])
    assert np.all(of_h[finite] <= theory.norm_product[finite] * allowed + 1e-37)
    if theory.proved_bound is not None:
        # By logarithms, the bound itself may leave the range of float64.
        assert np.all(of_h[finite] <= theory.proved_bound[finite] * allowed + 1e-37)


def test_with_orthogonal_weights_at_gain_0_9_the_measured_curve_lies_on_the_bounds() -> None:
    rng = np.random.default_rng(7)
    network = Network(Architecture(8, 60), np.float64)
    parameters = network.parameters
    orthogonal, _ = np.linalg.qr(rng.normal(size=(60, 60)))
    parameters["W1"][...] = 0.9 * orthogonal
    parameters["U1"][...] = rng.normal(0, 0.01, parameters["U1"].shape)
    parameters["V"][...] = rng.normal(0, 0.1, parameters["V"].shape)
    flow, theory = measure(network, run(network, rng, 25))
    measured = flow.from_last["h"][0]
    assert theory.largest_gain == pytest.approx(0.9)
    assert theory.spectral_radius == pytest.approx(0.9)
    expected = measured[-1] * 0.9 ** np.arange(24, -1, -1)
    for curve in (theory.linear_reference, theory.proved_bound):
        np.testing.assert_allclose(curve, expected)  # type: ignore[arg-type]
    for curve in (theory.linear_reference, theory.proved_bound, theory.norm_product):
        np.testing.assert_allclose(measured, curve, rtol=0.05)  # type: ignore[arg-type]
    # It is a small network: were it none, the slopes would show, and the bound be left.
    parameters["U1"][...] *= 100
    flow, theory = measure(network, run(network, rng, 25))
    assert flow.from_last["h"][0, 0] < 0.5 * theory.proved_bound[0]  # type: ignore[index]


def test_the_product_of_norms_is_that_of_the_matrices_written_out() -> None:
    rng = np.random.default_rng(1)
    network = Network(Architecture(5, 4), np.float64)
    network.parameters.flat[:] = rng.normal(0, 0.7, network.parameters.size)
    tape = run(network, rng, 4)
    flow, theory = measure(network, tape)
    W, h = network.parameters["W1"].T, tape.layers[0].states["h"][1:, 0]
    norms = [np.linalg.norm(np.diag(1 - h[t] ** 2) @ W, 2) for t in range(4)]
    last = flow.from_last["h"][0, 3]
    expected = [
        last * norms[3] * norms[2] * norms[1],
        last * norms[3] * norms[2],
        last * norms[3],
        last,
    ]
    np.testing.assert_allclose(theory.norm_product, expected)
    assert theory.spectral_radius == pytest.approx(np.abs(np.linalg.eigvals(W)).max())
    assert theory.largest_gain == pytest.approx(np.linalg.norm(W, 2))
    np.testing.assert_allclose(
        theory.linear_reference, last * theory.spectral_radius ** np.arange(3, -1, -1)
    )


def test_of_a_normal_distribution_the_proved_bound_is_vacuous() -> None:
    rng = np.random.default_rng(2)
    network = Network(Architecture(5, 50), np.float64)
    network.parameters.flat[:] = rng.normal(0, 50**-0.5, network.parameters.size)
    flow, theory = measure(network, run(network, rng, 20))
    assert theory.largest_gain is not None
    assert theory.proved_bound is not None
    assert theory.largest_gain > 1.5
    assert np.all(np.diff(theory.proved_bound) < 0), "it grows back through time"
    assert flow.from_last["h"][0, 0] < flow.from_last["h"][0, -1]


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_cell_with_gates_has_the_product_alone(cell: str) -> None:
    rng = np.random.default_rng(3)
    network = Network(Architecture(5, 4, 2, cell=cell), np.float64)
    network.parameters.flat[:] = rng.normal(0, 0.5, network.parameters.size)
    _, theory = measure(network, run(network, rng, 5))
    assert theory.norm_product.shape == (5,)
    alone = (theory.linear_reference, theory.proved_bound)
    assert alone == (theory.spectral_radius, theory.largest_gain) == (None, None)


@pytest.mark.parametrize(
    ("weight", "last", "expected"),
    [
        (0.0, 1.0, [0, 0, 1]),
        (1e200, 1.0, [np.inf, 1e200, 1]),
        (1e-200, 1e300, [1e-100, 1e100, 1e300]),
        (0.5, 0.0, [0, 0, 0]),
        (np.nan, 1.0, [np.nan, np.nan, 1]),
    ],
)
def test_extreme_numbers_give_bounds_and_no_warnings(
    weight: float, last: float, expected: list[float]
) -> None:
    network = Network(Architecture(2, 1), np.float64)
    network.parameters["W1"][...] = weight
    tape = network.new_tape(3, 1)
    theory = gradient_theory(network, tape, last)
    assert theory is not None
    for curve in (theory.norm_product, theory.linear_reference, theory.proved_bound):
        np.testing.assert_allclose(curve, expected, rtol=1e-9)  # type: ignore[arg-type]


def test_a_window_of_one_step_in_single_precision_has_bounds_of_one_entry() -> None:
    network = Network(Architecture(2, 1, cell="gru"), np.float32)
    theory = gradient_theory(network, network.new_tape(1, 1), 0.25)
    assert theory is not None
    np.testing.assert_allclose(theory.norm_product, [0.25])
    assert not theory.norm_product.flags.writeable
    assert theory.norm_product.base is None


@pytest.mark.parametrize(("hidden", "length"), [(513, 1), (500, 90)])
def test_what_would_take_too_long_is_not_begun(hidden: int, length: int) -> None:
    network = Network(Architecture(2, hidden), np.float32)
    assert gradient_theory(network, network.new_tape(length, 1), 1.0) is None

"""Networks that read numbers, that answer something else than a token, and that answer late."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.core.architecture import Architecture
from rnnviz.core.gradient_check import each_check
from rnnviz.core.loss import LossName, cross_entropy, squared_error, window_loss
from rnnviz.core.network import Network

from .cases import CELL_KINDS

SEEDS = st.integers(0, 2**32 - 1)
LOSSES: tuple[LossName, ...] = ("cross_entropy", "squared_error")


def draw_network(architecture: Architecture, rng: np.random.Generator) -> Network:
    network = Network(architecture, np.float64)
    network.parameters.flat[:] = rng.normal(0, 0.5, network.parameters.size)
    return network


@settings(max_examples=60)
@given(
    kind=st.sampled_from([kind for kind in CELL_KINDS if kind[1] != "relu"]),
    loss=st.sampled_from(LOSSES),
    reads_numbers=st.booleans(),
    layers=st.integers(1, 2),
    answers=st.integers(1, 4),
    lengths=st.integers(1, 6).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))),
    batch=st.integers(1, 3),
    seed=SEEDS,
)
def test_gradients_equal_central_differences(
    kind: tuple[str, str],
    loss: LossName,
    reads_numbers: bool,
    layers: int,
    answers: int,
    lengths: tuple[int, int],
    batch: int,
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    architecture = Architecture(
        3, 4, layers, kind[0], kind[1], num_outputs=answers, reads_numbers=reads_numbers
    )
    network = draw_network(architecture, rng)
    length, answered = lengths
    inputs = rng.integers(0, 3, (length, batch))
    if reads_numbers:
        inputs = rng.normal(size=(length, batch, 3))
    targets = rng.integers(0, answers, (answered, batch))
    if loss == "squared_error":
        targets = rng.normal(size=(answered, batch, answers))
    checks = list(each_check(network, inputs, targets, loss_name=loss))
    assert len(checks) == len(network.parameters)
    # One answer alone is always right under softmax: its loss and every gradient are zero.
    assert max(check.relative_error for check in checks) < 1e-6


@given(kind=st.sampled_from(CELL_KINDS), seed=SEEDS, length=st.integers(1, 30))
def test_a_one_hot_row_of_numbers_is_read_as_the_token(
    kind: tuple[str, str], seed: int, length: int
) -> None:
    rng = np.random.default_rng(seed)
    tokens = draw_network(Architecture(5, 4, 1, *kind), rng)
    numbers = Network(Architecture(5, 4, 1, *kind, reads_numbers=True), np.float64)
    numbers.parameters.flat[:] = tokens.parameters.flat
    inputs, targets = rng.integers(0, 5, (2, length, 2))
    results = []
    for network, read in ((tokens, inputs), (numbers, np.eye(5)[inputs])):
        tape = network.new_tape(length, 2)
        network.forward(read, network.zero_state(2), tape)
        loss = window_loss(tape, targets)
        gradients = network.parameters.zeros_like()
        network.backward(tape, gradients)
        results.append((tape.logits.copy(), loss, gradients.flat.copy()))
    for one, other in zip(*results, strict=True):
        assert np.allclose(one, other, rtol=1e-10, atol=1e-12)


def test_steps_without_a_target_have_no_loss_and_no_gradient_of_their_own() -> None:
    rng = np.random.default_rng(1)
    network = draw_network(Architecture(3, 4), rng)
    inputs, targets = rng.integers(0, 3, (6, 2)), rng.integers(0, 3, (2, 2))
    tape = network.new_tape(6, 2)
    network.forward(inputs, network.zero_state(2), tape)
    loss = window_loss(tape, targets)
    assert not tape.d_logits[:4].any()
    alone = np.zeros_like(tape.d_logits[4:])
    assert loss == cross_entropy(tape.logits[4:], targets, alone)
    assert np.array_equal(tape.d_logits[4:], alone)


def test_the_squared_error_is_summed_over_steps_and_averaged_over_streams() -> None:
    outputs = np.array([[[1.0], [2.0]], [[0.0], [5.0]]])
    targets = np.array([[[0.0], [2.0]], [[2.0], [4.0]]])
    gradient = np.empty_like(outputs)
    assert squared_error(outputs, targets, gradient) == (1 + 0 + 4 + 1) / 2
    assert np.array_equal(gradient, 2 * (outputs - targets) / 2)


@pytest.mark.parametrize("answers", [None, 1, 4, 40])
def test_a_budget_counts_the_answers(answers: int | None) -> None:
    architecture = Architecture(6, 1, num_outputs=answers)
    affordable = architecture.within(5_000)
    assert affordable is not None
    assert affordable.parameter_count() <= 5_000
    larger = Architecture(6, affordable.hidden_size + 1, num_outputs=answers)
    assert larger.parameter_count() > 5_000
    assert Network(affordable).parameters["V"].shape[1] == (answers or 6)

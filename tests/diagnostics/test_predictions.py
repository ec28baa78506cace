"""The probabilities of what came are those whose logarithms the loss adds up."""

from __future__ import annotations

import numpy as np
import pytest

from rnnviz.core.architecture import Architecture
from rnnviz.core.loss import softmax, window_loss
from rnnviz.core.network import Network
from rnnviz.diagnostics.predictions import target_probabilities


def test_the_loss_is_the_mean_of_their_logarithms() -> None:
    rng = np.random.default_rng(0)
    network = Network(Architecture(vocab_size=7, hidden_size=5), np.float64)
    network.initialize("gaussian", 1.0, rng)
    network.parameters.flat[:] *= 3
    inputs, targets = rng.integers(0, 7, (2, 6, 3))
    tape = network.new_tape(6, 3)
    network.forward(inputs, network.zero_state(3), tape)
    loss = window_loss(tape, targets)
    given = np.stack([target_probabilities(tape, targets, stream) for stream in range(3)])
    assert -np.log(given).sum() / 3 == pytest.approx(loss)
    expected = softmax(tape.logits[:, 1])[np.arange(6), targets[:, 1]]
    np.testing.assert_allclose(given[1], expected)
    assert not target_probabilities(tape, targets).flags.writeable


def test_what_is_all_but_impossible_is_not_quite_so() -> None:
    network = Network(Architecture(vocab_size=3, hidden_size=2))
    network.parameters["c"][:] = (0, 60, 0)
    tape = network.new_tape(1, 1)
    zeros = np.zeros((1, 1), np.intp)
    network.forward(zeros, network.zero_state(1), tape)
    assert target_probabilities(tape, zeros)[0] == pytest.approx(np.exp(-60.0), rel=1e-5)

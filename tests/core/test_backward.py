"""Back-propagation through time, against the textbook's loop and by the laws that it obeys."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings

from rnnviz.core.loss import cross_entropy
from rnnviz.core.network import Architecture, Network, NetworkTape
from rnnviz.core.parameters import ParameterVector

from . import textbook
from .cases import SEEDS, Case, Sizes, all_sizes, as_textbook, draw_case, textbook_streams


def run_backward(case: Case, tape: NetworkTape | None = None) -> tuple[ParameterVector, float]:
    tape = tape or case.network.new_tape(*case.inputs.shape)
    case.network.forward(case.inputs, case.state, tape)
    loss = cross_entropy(tape.logits, case.targets, tape.d_logits)
    gradients = case.network.parameters.zeros_like()
    case.network.backward(tape, gradients)
    return gradients, loss


@settings(deadline=None, max_examples=80)
@given(sizes=all_sizes(), seed=SEEDS)
@example(sizes=Sizes(12, 4, 9, 257, 3, "tanh"), seed=0)
@example(sizes=Sizes(12, 4, 9, 256, 3, "relu"), seed=0)
@example(sizes=Sizes(1, 1, 1, 2, 1, "tanh"), seed=0)
def test_loss_and_every_gradient_equal_the_textbook_loop(sizes: Sizes, seed: int) -> None:
    case = draw_case(sizes, seed)
    tape = case.network.new_tape(*case.inputs.shape)
    gradients, loss = run_backward(case, tape)

    model = as_textbook(case.network.parameters, case)
    streams = textbook_streams(case)
    targets = case.targets.T.tolist()
    expected = model.zeros()
    for b, (stream, stream_targets) in enumerate(zip(streams, targets, strict=True)):
        do = textbook.loss_gradient(stream, stream_targets, sizes.batch_size)
        dh = textbook.backward(model, stream, do, expected)
        for t in range(sizes.sequence_length):
            for layer, column in zip(tape.layers, dh[t], strict=True):
                assert_equal_to_ten_digits(layer.d_hidden[t, b], column[:, 0])

    assert loss == pytest.approx(textbook.loss(streams, targets), rel=1e-12)
    ours = as_textbook(gradients, case)
    assert_equal_to_ten_digits(ours.V, expected.V)
    assert_equal_to_ten_digits(ours.c, expected.c)
    for layer, expected_layer in zip(ours.layers, expected.layers, strict=True):
        assert_equal_to_ten_digits(layer.U, expected_layer.U)
        assert_equal_to_ten_digits(layer.W, expected_layer.W)
        assert_equal_to_ten_digits(layer.b, expected_layer.b)


def assert_equal_to_ten_digits(ours: np.ndarray, expected: np.ndarray) -> None:
    # The absolute part is what adding up to 48 terms of order 1 may leave of a sum that cancels.
    np.testing.assert_allclose(ours, expected, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_the_last_loss_alone_reaches_back_as_the_product_of_jacobians(activation: str) -> None:
    case = draw_case(Sizes(sequence_length=8, batch_size=1, activation=activation), seed=1)
    tape = case.network.new_tape(8, 1)
    run_backward(case, tape)
    tape.d_logits[:-1] = 0
    case.network.backward_through_time(tape)

    model = as_textbook(case.network.parameters, case)
    (stream,) = textbook_streams(case)
    dh = model.V.T @ tape.d_logits[-1].T
    for t in reversed(range(8)):
        np.testing.assert_allclose(tape.layers[0].d_hidden[t, 0], dh[:, 0], rtol=1e-10)
        slopes = [textbook.f_prime(activation, a) for a in stream.a[t][0][:, 0]]
        dh = model.layers[0].W.T @ np.diag(slopes) @ dh


def test_a_loss_sends_nothing_to_later_steps() -> None:
    case = draw_case(Sizes(sequence_length=6, num_layers=2), seed=2)
    tape = case.network.new_tape(*case.inputs.shape)
    run_backward(case, tape)
    tape.d_logits[3:] = 0
    case.network.backward_through_time(tape)
    for layer in tape.layers:
        assert not layer.d_hidden[3:].any()
        assert layer.d_hidden[:3].any(axis=(1, 2)).all()


def test_gradients_are_proportional_to_the_losss_gradient_however_large() -> None:
    case = draw_case(Sizes(num_layers=2), seed=3)
    tape = case.network.new_tape(*case.inputs.shape)
    once, _ = run_backward(case, tape)
    tape.d_logits *= 2.0**60
    enlarged = case.network.parameters.zeros_like()
    case.network.backward(tape, enlarged)
    assert np.array_equal(enlarged.flat, once.flat * 2.0**60)


@pytest.mark.parametrize("vocab_size", [11, 300])
def test_a_token_that_the_window_did_not_read_gets_no_gradient(vocab_size: int) -> None:
    case = draw_case(Sizes(vocab_size=vocab_size), seed=4)
    gradients, _ = run_backward(case)
    read = np.zeros(vocab_size, bool)
    read[case.inputs] = True
    assert read.sum() < vocab_size
    assert np.array_equal(gradients["U1"].any(axis=1), read)


@pytest.mark.parametrize("sequence_length", [2, 40, 400])
@pytest.mark.parametrize("vocab_size", [2, 60, 89, 90, 257])
def test_both_ways_of_summing_by_token_give_the_same(sequence_length: int, vocab_size: int) -> None:
    # At 400 steps and 89 tokens the window is at the limit between the two.
    sizes = Sizes(sequence_length, batch_size=1, hidden_size=3, vocab_size=vocab_size)
    case = draw_case(sizes, seed=10)
    tape = case.network.new_tape(sequence_length, 1)
    product, _ = run_backward(case, tape)
    tape.one_hot = np.zeros((sequence_length, vocab_size)) if tape.one_hot is None else None
    sums, _ = run_backward(case, tape)
    np.testing.assert_allclose(sums["U1"], product["U1"], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize(
    ("count", "vocab_size", "pays"),
    [(25, 256, True), (25, 257, False), (800, 65, True), (800, 100, False), (6400, 96, False)],
)
def test_one_hot_rows_are_kept_only_where_their_product_is_the_faster_way(
    count: int, vocab_size: int, pays: bool
) -> None:
    network = Network(Architecture(vocab_size, 2))
    assert (network.new_tape(count, 1).one_hot is not None) == pays


@pytest.mark.parametrize("vocab_size", [11, 300])
def test_a_used_tape_and_used_gradients_leave_nothing_behind(vocab_size: int) -> None:
    case = draw_case(Sizes(vocab_size=vocab_size, num_layers=2), seed=5)
    other = draw_case(Sizes(vocab_size=vocab_size, num_layers=2), seed=6)
    expected, expected_loss = run_backward(case)

    tape = case.network.new_tape(*case.inputs.shape)
    gradients = case.network.parameters.zeros_like()
    gradients.flat.fill(np.nan)
    for inputs, targets in ((other.inputs, other.targets), (case.inputs, case.targets)):
        case.network.forward(inputs, case.state, tape)
        loss = cross_entropy(tape.logits, targets, tape.d_logits)
        case.network.backward(tape, gradients)
    assert loss == expected_loss
    assert np.array_equal(gradients.flat, expected.flat)


def test_the_backward_pass_twice_over_one_forward_pass_gives_the_same() -> None:
    case = draw_case(Sizes(num_layers=3), seed=7)
    tape = case.network.new_tape(*case.inputs.shape)
    once, _ = run_backward(case, tape)
    again = case.network.parameters.zeros_like()
    case.network.backward(tape, again)
    assert np.array_equal(again.flat, once.flat)


def test_the_backward_pass_leaves_the_parameters_alone() -> None:
    case = draw_case(Sizes(num_layers=2), seed=8)
    before = case.network.parameters.flat.copy()
    run_backward(case)
    assert np.array_equal(case.network.parameters.flat, before)


@pytest.mark.parametrize("vocab_size", [40, 300])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_float32_gradients_agree_with_float64_within_its_precision(
    activation: str, vocab_size: int
) -> None:
    sizes = Sizes(25, 4, 32, vocab_size, num_layers=2, activation=activation)
    double = draw_case(sizes, seed=9)
    single = Network(double.network.architecture, np.float32)
    single.parameters.flat[:] = double.network.parameters.flat
    gradients, loss = run_backward(
        Case(sizes, 9, single, double.inputs, double.targets, double.state)
    )
    reference, reference_loss = run_backward(double)
    assert gradients.flat.dtype == np.float32
    assert loss == pytest.approx(reference_loss, rel=1e-6)
    for name, view in gradients.items():
        error = np.linalg.norm(view - reference[name]) / np.linalg.norm(reference[name])
        assert 0 < error < 50 * np.finfo(np.float32).eps, name

"""Back-propagation through time, against the same step by step and by the laws it obeys."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rnnviz.core.architecture import Architecture
from rnnviz.core.loss import cross_entropy
from rnnviz.core.network import Network
from rnnviz.core.parameters import ParameterVector
from rnnviz.core.sparse_rows import SparseRows
from rnnviz.core.tape import NetworkTape

from . import textbook
from .cases import (
    CELL_KINDS,
    SEEDS,
    Case,
    Sizes,
    all_sizes,
    draw_case,
    in_float32,
    step_by_step_backward,
    step_by_step_forward,
)

EVERY_CELL = pytest.mark.parametrize(("cell", "activation"), CELL_KINDS)
# What holds dL/dh_t, and the LSTM's dL/dc_t, on a layer's tape.


def run_backward(case: Case, tape: NetworkTape | None = None) -> tuple[ParameterVector, float]:
    tape = tape or case.new_tape()
    case.network.forward(case.inputs, case.state, tape)
    loss = cross_entropy(tape.logits, case.targets, tape.d_logits)
    gradients = case.network.parameters.zeros_like()
    case.network.backward(tape, gradients)
    return gradients, loss


@settings(max_examples=150)
@given(sizes=all_sizes(), seed=SEEDS)
@example(sizes=Sizes(12, 4, 9, 257, 3, "tanh"), seed=0)
@example(sizes=Sizes(12, 4, 9, 256, 3, "relu"), seed=0)
@example(sizes=Sizes(1, 1, 1, 2, 1, "tanh"), seed=0)
@example(sizes=Sizes(12, 4, 9, 257, 3, cell="lstm", residual=True, dropout=0.3), seed=0)
@example(sizes=Sizes(12, 4, 9, 257, 3, cell="gru", residual=True, dropout=0.3), seed=0)
@example(sizes=Sizes(1, 1, 1, 2, 1, carried=False, cell="lstm"), seed=0)
@example(sizes=Sizes(1, 1, 1, 2, 1, carried=False, cell="gru"), seed=0)
def test_loss_and_every_gradient_equal_those_step_by_step(sizes: Sizes, seed: int) -> None:
    case = draw_case(sizes, seed)
    tape = case.new_tape()
    gradients, loss = run_backward(case, tape)

    steps = step_by_step_forward(case)
    do = textbook.loss_gradient(steps, case.targets)
    back, expected = step_by_step_backward(case, steps, do)
    for t, step in enumerate(back):
        for layer, lines in zip(tape.layers, step.layers, strict=True):
            for name, d_steps in layer.d_states.items():
                assert_equal_to_ten_digits(d_steps[t], lines[f"d{name}"])

    assert loss == pytest.approx(textbook.loss(steps, case.targets), rel=1e-12)
    assert gradients.keys() == expected.keys()
    for name, array in expected.items():
        assert_equal_to_ten_digits(gradients[name], array, name)


def assert_equal_to_ten_digits(ours: np.ndarray, expected: np.ndarray, name: str = "") -> None:
    # The absolute part is what adding up to 48 terms of order 1 may leave of a sum that cancels.
    np.testing.assert_allclose(ours, expected, rtol=1e-10, atol=1e-14, err_msg=name)


@EVERY_CELL
@pytest.mark.parametrize("residual", [False, True])
def test_a_step_along_any_direction_changes_the_loss_by_the_gradient(
    cell: str, activation: str, residual: bool
) -> None:
    # With given dropout masks, which check_gradients does not use.
    sizes = Sizes(num_layers=3, activation=activation, cell=cell, residual=residual, dropout=0.3)
    case = draw_case(sizes, seed=11)
    gradients, _ = run_backward(case)
    parameters = case.network.parameters.flat
    kept = parameters.copy()
    rng = np.random.default_rng(0)
    for _ in range(5):
        direction = rng.normal(size=parameters.size)
        losses = []
        for sign in (1, -1):
            parameters[:] = kept + sign * 1e-5 * direction
            losses.append(run_backward(case)[1])
        change = (losses[0] - losses[1]) / 2e-5
        assert change == pytest.approx(gradients.flat @ direction, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_the_last_loss_alone_reaches_back_as_the_product_of_jacobians(activation: str) -> None:
    case = draw_case(Sizes(sequence_length=8, batch_size=1, activation=activation), seed=1)
    tape = case.network.new_tape(8, 1)
    run_backward(case, tape)
    tape.d_logits[:-1] = 0
    case.network.backward_through_time(tape)

    steps, parameters = step_by_step_forward(case), case.network.parameters
    dh = parameters["V"] @ tape.d_logits[-1, 0]
    for t in reversed(range(8)):
        np.testing.assert_allclose(tape.layers[0].d_hidden[t, 0], dh, rtol=1e-10)
        a = steps[t].layers[0]["a"][0]
        slopes = 1 / np.cosh(a) ** 2 if activation == "tanh" else (a > 0).astype(float)
        dh = parameters["W1"] @ np.diag(slopes) @ dh


@EVERY_CELL
def test_a_loss_sends_nothing_to_later_steps_and_something_to_all_before(
    cell: str, activation: str
) -> None:
    sizes = Sizes(sequence_length=6, num_layers=2, activation=activation, cell=cell)
    case = draw_case(sizes, seed=2)
    tape = case.new_tape()
    run_backward(case, tape)
    tape.d_logits[3:] = 0
    case.network.backward_through_time(tape)
    for layer in tape.layers:
        for number, name in enumerate(layer.states):
            reached = layer.d_states[name].any(axis=(1, 2))
            assert not reached[3:].any()
            # A state beside the hidden one may be read only later, and has none of it till then.
            assert reached[:3].all() if number == 0 else reached[0]
            assert (reached[:-1] >= reached[1:]).all(), "the way back ends once it has begun"


@EVERY_CELL
@pytest.mark.parametrize("residual", [False, True])
def test_gradients_are_proportional_to_the_losss_gradient_however_large(
    cell: str, activation: str, residual: bool
) -> None:
    sizes = Sizes(num_layers=2, activation=activation, cell=cell, residual=residual)
    case = draw_case(sizes, seed=3)
    tape = case.new_tape()
    once, _ = run_backward(case, tape)
    tape.d_logits *= 2.0**60
    enlarged = case.network.parameters.zeros_like()
    case.network.backward(tape, enlarged)
    assert np.array_equal(enlarged.flat, once.flat * 2.0**60)


@EVERY_CELL
@pytest.mark.parametrize("vocab_size", [11, 300])
def test_a_token_that_the_window_did_not_read_gets_no_gradient(
    cell: str, activation: str, vocab_size: int
) -> None:
    case = draw_case(Sizes(vocab_size=vocab_size, activation=activation, cell=cell), seed=4)
    gradients, _ = run_backward(case)
    read = np.zeros(vocab_size, bool)
    read[case.inputs] = True
    assert read.sum() < vocab_size
    assert np.array_equal(gradients["U1"].any(axis=1), read)


@pytest.mark.parametrize("sequence_length", [2, 40, 400])
@pytest.mark.parametrize("vocab_size", [2, 60, 89, 90, 257])
def test_both_ways_of_summing_by_token_give_the_same(
    sequence_length: int, vocab_size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = Sizes(sequence_length, batch_size=1, hidden_size=3, vocab_size=vocab_size)
    case = draw_case(sizes, seed=10)
    results = []
    for pays in (True, False):
        monkeypatch.setattr("rnnviz.core.tape.one_hot_pays", lambda *_, pays=pays: pays)
        tape = case.network.new_tape(sequence_length, 1)
        assert (tape.factors[0] is not None) == pays
        results.append(run_backward(case, tape)[0])
    np.testing.assert_allclose(results[0].flat, results[1].flat, rtol=1e-11, atol=1e-13)


@settings(max_examples=100)
@given(
    tokens=st.lists(st.integers(0, 30), min_size=1, max_size=60),
    copied=st.sampled_from([1, 200, 1 << 22]),
)
def test_rows_summed_by_token_are_those_added_one_by_one(tokens: list[int], copied: int) -> None:
    width = 5
    gradients = ParameterVector({"U1": (31, width), "b1": (width,)}, np.float64)
    d_projection = np.random.default_rng(0).normal(size=(len(tokens), 2 * width))[:, :width]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rnnviz.core.sparse_rows._LARGEST_COPY", copied)
        sparse_rows = SparseRows.summed(np.array(tokens)[:, None], d_projection, gradients)
    sparse_rows.spread(gradients)
    expected = np.zeros((31, width))
    np.add.at(expected, tokens, d_projection)
    np.testing.assert_allclose(gradients["U1"], expected, rtol=1e-12, atol=1e-12)
    assert sparse_rows.ids.tolist() == sorted(set(tokens))


@pytest.mark.parametrize(
    ("count", "vocab_size", "pays"),
    [(25, 256, True), (25, 257, False), (800, 128, True), (800, 129, False), (32000, 65, True)],
)
def test_one_hot_rows_are_kept_only_where_their_product_is_the_faster_way(
    count: int, vocab_size: int, pays: bool
) -> None:
    network = Network(Architecture(vocab_size, 2))
    assert (network.new_tape(count, 1).factors[0] is not None) == pays


@EVERY_CELL
@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("vocab_size", [11, 300])
def test_a_used_tape_and_used_gradients_leave_nothing_behind(
    cell: str, activation: str, residual: bool, vocab_size: int
) -> None:
    sizes = Sizes(
        vocab_size=vocab_size, num_layers=3, activation=activation, cell=cell, residual=residual,
        dropout=0.3,
    )  # fmt: skip
    case, other = draw_case(sizes, seed=5), draw_case(sizes, seed=6)
    expected, expected_loss = run_backward(case)

    tape = case.new_tape()
    gradients = case.network.parameters.zeros_like()
    gradients.flat.fill(np.nan)
    for inputs, targets in ((other.inputs, other.targets), (case.inputs, case.targets)):
        case.network.forward(inputs, case.state, tape)
        loss = cross_entropy(tape.logits, targets, tape.d_logits)
        case.network.backward(tape, gradients)
    assert loss == expected_loss
    assert np.array_equal(gradients.flat, expected.flat)


@EVERY_CELL
@pytest.mark.parametrize("residual", [False, True])
def test_the_backward_pass_twice_over_one_forward_pass_gives_the_same(
    cell: str, activation: str, residual: bool
) -> None:
    sizes = Sizes(num_layers=3, activation=activation, cell=cell, residual=residual, dropout=0.3)
    case = draw_case(sizes, seed=7)
    tape = case.new_tape()
    once, _ = run_backward(case, tape)
    again = case.network.parameters.zeros_like()
    case.network.backward(tape, again)
    assert np.array_equal(again.flat, once.flat)


@EVERY_CELL
def test_the_backward_pass_leaves_the_parameters_and_the_masks_alone(
    cell: str, activation: str
) -> None:
    sizes = Sizes(num_layers=2, activation=activation, cell=cell, residual=True, dropout=0.3)
    case = draw_case(sizes, seed=8)
    before = case.network.parameters.flat.copy()
    (mask,) = case.masks
    assert mask is not None
    mask_before = mask.copy()
    run_backward(case)
    assert np.array_equal(case.network.parameters.flat, before)
    assert np.array_equal(mask, mask_before)


@EVERY_CELL
@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("vocab_size", [40, 300])
def test_float32_gradients_agree_with_float64_within_its_precision(
    cell: str, activation: str, residual: bool, vocab_size: int
) -> None:
    sizes = Sizes(
        25, 4, 32, vocab_size, num_layers=2, activation=activation, cell=cell, residual=residual
    )
    double = draw_case(sizes, seed=9)
    gradients, loss = run_backward(in_float32(double))
    reference, reference_loss = run_backward(double)
    assert gradients.flat.dtype == np.float32
    assert loss == pytest.approx(reference_loss, rel=1e-6)
    for name, view in gradients.items():
        error = np.linalg.norm(view - reference[name]) / np.linalg.norm(reference[name])
        assert 0 < error < 50 * np.finfo(np.float32).eps, name


@EVERY_CELL
def test_the_rows_read_put_in_their_places_are_the_whole_gradient(
    cell: str, activation: str
) -> None:
    case = draw_case(Sizes(vocab_size=300, activation=activation, cell=cell), seed=11)
    tape = case.new_tape()
    whole, _ = run_backward(case, tape)
    packed = case.network.parameters.zeros_like()
    packed.flat.fill(7)
    sparse_rows = case.network.backward_by_row(tape, packed)
    assert sparse_rows is not None
    assert sparse_rows.ids.tolist() == np.unique(case.inputs).tolist()
    vector = sparse_rows.packed(packed.flat)
    rest = whole.flat[whole["U1"].size :]
    assert np.array_equal(vector[-rest.size :], rest)
    assert np.array_equal(sparse_rows.rows(packed.flat), whole["U1"][sparse_rows.ids])
    sparse_rows.spread(packed)
    assert np.array_equal(packed.flat, whole.flat)

"""The forward pass, against the same step by step and against itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from rnnviz.core.loss import cross_entropy
from rnnviz.core.parameters import Array
from rnnviz.core.tape import NetworkTape, State

from .cases import (
    CELL_KINDS,
    SEEDS,
    Case,
    Sizes,
    all_sizes,
    draw_case,
    in_float32,
    run_forward,
    step_by_step_forward,
)

EVERY_CELL = pytest.mark.parametrize(("cell", "activation"), CELL_KINDS)


def stream_state(state: State, stream: int) -> State:
    return [{name: array[stream : stream + 1] for name, array in s.items()} for s in state]


@settings(max_examples=120)
@given(sizes=all_sizes(), seed=SEEDS)
def test_states_and_logits_equal_those_step_by_step(sizes: Sizes, seed: int) -> None:
    case = draw_case(sizes, seed)
    tape = run_forward(case)
    for t, step in enumerate(step_by_step_forward(case)):
        np.testing.assert_allclose(tape.logits[t], step.output["o"], rtol=0, atol=1e-12)
        for layer, lines, before in zip(tape.layers, step.layers, step.before, strict=True):
            assert layer.states.keys() == before.keys()
            for name, array in layer.states.items():
                np.testing.assert_allclose(array[t], before[name], rtol=0, atol=1e-12)
                np.testing.assert_allclose(array[t + 1], lines[name], rtol=0, atol=1e-12)


@settings(max_examples=40)
@given(sizes=all_sizes(), seed=SEEDS)
def test_a_stream_alone_gives_what_it_gives_in_a_batch(sizes: Sizes, seed: int) -> None:
    case = draw_case(sizes, seed)
    together = run_forward(case)
    alone = case.network.new_tape(sizes.sequence_length, 1)
    for b in range(sizes.batch_size):
        for layer, mask in enumerate(case.masks):
            alone.dropout_masks[layer] = None if mask is None else mask[:, b : b + 1]
        case.network.forward(case.inputs[:, b : b + 1], stream_state(case.state, b), alone)
        np.testing.assert_allclose(alone.logits[:, 0], together.logits[:, b], rtol=0, atol=1e-12)


@EVERY_CELL
@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize("split", [1, 5, 9])
def test_the_state_carried_over_two_windows_gives_one_long_window(
    cell: str, activation: str, residual: bool, split: int
) -> None:
    sizes = Sizes(
        sequence_length=10, num_layers=2, activation=activation, cell=cell, residual=residual
    )
    case = draw_case(sizes, seed=1)
    whole = run_forward(case)
    first = case.network.new_tape(split, 3)
    second = case.network.new_tape(10 - split, 3)
    case.network.forward(case.inputs[:split], case.state, first)
    case.network.forward(case.inputs[split:], first.final_state(), second)
    in_two = np.concatenate([first.logits, second.logits])
    np.testing.assert_allclose(in_two, whole.logits, rtol=0, atol=1e-12)
    for halves, one in zip(second.final_state(), whole.final_state(), strict=True):
        assert halves.keys() == one.keys()
        for name in halves:
            np.testing.assert_allclose(halves[name], one[name], rtol=0, atol=1e-12)


@EVERY_CELL
def test_a_tapes_own_final_state_starts_its_next_window(cell: str, activation: str) -> None:
    case = draw_case(Sizes(num_layers=2, activation=activation, cell=cell), seed=2)
    tape = run_forward(case)
    copied = [{name: array.copy() for name, array in layer.items()} for layer in tape.final_state()]
    case.network.forward(case.targets, tape.final_state(), tape)
    fresh = case.network.new_tape(*case.targets.shape)
    case.network.forward(case.targets, copied, fresh)
    assert np.array_equal(tape.logits, fresh.logits)
    for layer, start in zip(tape.layers, copied, strict=True):
        assert np.array_equal(layer.hidden_before[0], start["h"])
        for name, array in start.items():
            assert np.array_equal(layer.states[name][0], array)


@EVERY_CELL
def test_the_final_state_is_the_last_state_of_every_layer(cell: str, activation: str) -> None:
    # The recurrence goes on from h_t itself, without what a residual connection adds to it.
    sizes = Sizes(num_layers=3, activation=activation, cell=cell, residual=True)
    case = draw_case(sizes, seed=3)
    tape = run_forward(case)
    for state, layer in zip(tape.final_state(), tape.layers, strict=True):
        assert np.array_equal(state["h"], layer.hidden[-1])
        for name, array in layer.states.items():
            assert np.array_equal(state[name], array[-1])


@EVERY_CELL
def test_a_used_tape_gives_bit_for_bit_what_a_new_one_gives(cell: str, activation: str) -> None:
    sizes = Sizes(num_layers=3, activation=activation, cell=cell, residual=True, dropout=0.3)
    case = draw_case(sizes, seed=4)
    used = case.new_tape()
    case.network.forward(case.targets, case.network.zero_state(3), used)
    case.network.forward(case.inputs, case.state, used)
    assert np.array_equal(used.logits, run_forward(case).logits)


@EVERY_CELL
@pytest.mark.parametrize("num_layers", [1, 2])
@pytest.mark.parametrize("vocab_size", [11, 200])
@pytest.mark.parametrize("at_once", [1, 2])
def test_a_window_projected_a_few_steps_at_a_time_gives_the_same_bit_for_bit(
    cell: str,
    activation: str,
    num_layers: int,
    vocab_size: int,
    at_once: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sizes = Sizes(7, vocab_size=vocab_size, num_layers=num_layers, activation=activation, cell=cell)
    case = draw_case(sizes, seed=8)
    whole, parts = run_and_back(case)
    bytes_a_step = whole.layers[0].projection[0].nbytes
    monkeypatch.setattr("rnnviz.core.tape._PROJECTED_BYTES", at_once * bytes_a_step)
    tape, gradients = run_and_back(case)
    assert len(tape.layers[0].projection) == at_once
    assert np.array_equal(tape.logits, whole.logits)
    assert np.array_equal(gradients, parts)


def run_and_back(case: Case) -> tuple[NetworkTape, Array]:
    tape = run_forward(case)
    cross_entropy(tape.logits, case.targets, tape.d_logits)
    gradients = case.network.parameters.zeros_like()
    case.network.backward(tape, gradients)
    return tape, gradients.flat


def test_the_tape_keeps_its_own_copy_of_the_inputs() -> None:
    case = draw_case(Sizes(), seed=5)
    inputs = case.inputs.copy()
    tape = case.network.new_tape(*inputs.shape)
    case.network.forward(inputs, case.state, tape)
    inputs[...] = 0
    assert np.array_equal(tape.inputs, case.inputs)


@pytest.mark.parametrize("kind", [np.uint8, np.int32, np.int64])
def test_token_ids_may_be_of_any_integer_type(kind: type) -> None:
    case = draw_case(Sizes(vocab_size=200), seed=6)
    tape = case.network.new_tape(*case.inputs.shape)
    case.network.forward(case.inputs.astype(kind), case.state, tape)
    assert np.array_equal(tape.logits, run_forward(case).logits)


@pytest.mark.parametrize("shape", [(6, 1), (1, 3), (3,), (5, 3), (3, 6)])
def test_a_window_of_another_shape_than_the_tapes_is_refused(shape: tuple[int, ...]) -> None:
    case = draw_case(Sizes(sequence_length=6, batch_size=3), seed=7)
    tape = case.network.new_tape(6, 3)
    with pytest.raises(ValueError, match=r"\(6, 3\)"):
        case.network.forward(np.zeros(shape, int), case.state, tape)


@EVERY_CELL
def test_a_state_of_another_batch_size_than_the_tapes_is_refused(
    cell: str, activation: str
) -> None:
    case = draw_case(Sizes(batch_size=3, activation=activation, cell=cell), seed=8)
    tape = case.network.new_tape(*case.inputs.shape)
    with pytest.raises(ValueError, match=r"\(3, 5\)"):
        case.network.forward(case.inputs, case.network.zero_state(1), tape)


@EVERY_CELL
def test_the_forward_pass_leaves_parameters_and_state_alone(cell: str, activation: str) -> None:
    case = draw_case(Sizes(num_layers=2, activation=activation, cell=cell), seed=9)
    parameters = case.network.parameters.flat.copy()
    state = [{name: array.copy() for name, array in layer.items()} for layer in case.state]
    run_forward(case)
    assert np.array_equal(case.network.parameters.flat, parameters)
    for layer, before in zip(case.state, state, strict=True):
        for name, array in before.items():
            assert np.array_equal(layer[name], array)


@EVERY_CELL
@pytest.mark.parametrize("residual", [False, True])
def test_float32_agrees_with_float64_within_its_precision(
    cell: str, activation: str, residual: bool
) -> None:
    sizes = Sizes(25, 4, 32, 40, 2, activation, cell=cell, residual=residual)
    double = draw_case(sizes, seed=10)
    tape = run_forward(in_float32(double))
    reference = run_forward(double).logits
    assert tape.logits.dtype == np.float32
    error = np.linalg.norm(tape.logits - reference) / np.linalg.norm(reference)
    assert 0 < error < 20 * np.finfo(np.float32).eps


@pytest.mark.parametrize(("cell", "names"), [("vanilla", "h"), ("lstm", "hc"), ("gru", "h")])
def test_a_network_that_has_read_nothing_starts_from_zero(cell: str, names: str) -> None:
    state = draw_case(Sizes(num_layers=2, cell=cell), seed=0).network.zero_state(4)
    assert len(state) == 2
    for layer in state:
        assert layer.keys() == set(names)
        for array in layer.values():
            assert array.shape == (4, 5)
            assert not array.any()

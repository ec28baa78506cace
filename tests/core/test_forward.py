"""The forward pass, against the textbook's loop and against itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from rnnviz.core.network import Network, NetworkTape, State

from .cases import SEEDS, Case, Sizes, all_sizes, draw_case, textbook_streams


def run_forward(case: Case) -> NetworkTape:
    tape = case.network.new_tape(*case.inputs.shape)
    case.network.forward(case.inputs, case.state, tape)
    return tape


def stream_state(state: State, stream: int) -> State:
    return [{name: array[stream : stream + 1] for name, array in s.items()} for s in state]


@settings(deadline=None, max_examples=60)
@given(sizes=all_sizes(), seed=SEEDS)
def test_states_and_logits_equal_the_textbook_loop(sizes: Sizes, seed: int) -> None:
    case = draw_case(sizes, seed)
    tape = run_forward(case)
    for b, stream in enumerate(textbook_streams(case)):
        for t in range(sizes.sequence_length):
            np.testing.assert_allclose(tape.logits[t, b], stream.o[t][:, 0], rtol=0, atol=1e-12)
            for layer, h in zip(tape.layers, stream.h[t], strict=True):
                np.testing.assert_allclose(layer.hidden[t, b], h[:, 0], rtol=0, atol=1e-12)


@settings(deadline=None, max_examples=40)
@given(sizes=all_sizes(), seed=SEEDS)
def test_a_stream_alone_gives_what_it_gives_in_a_batch(sizes: Sizes, seed: int) -> None:
    case = draw_case(sizes, seed)
    together = run_forward(case)
    alone = case.network.new_tape(sizes.sequence_length, 1)
    for b in range(sizes.batch_size):
        case.network.forward(case.inputs[:, b : b + 1], stream_state(case.state, b), alone)
        np.testing.assert_allclose(alone.logits[:, 0], together.logits[:, b], rtol=0, atol=1e-12)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("split", [1, 5, 9])
def test_the_state_carried_over_two_windows_gives_one_long_window(
    activation: str, split: int
) -> None:
    case = draw_case(Sizes(sequence_length=10, num_layers=2, activation=activation), seed=1)
    whole = run_forward(case)
    first = case.network.new_tape(split, 3)
    second = case.network.new_tape(10 - split, 3)
    case.network.forward(case.inputs[:split], case.state, first)
    case.network.forward(case.inputs[split:], first.final_state(), second)
    in_two = np.concatenate([first.logits, second.logits])
    np.testing.assert_allclose(in_two, whole.logits, rtol=0, atol=1e-12)
    for halves, one in zip(second.final_state(), whole.final_state(), strict=True):
        np.testing.assert_allclose(halves["h"], one["h"], rtol=0, atol=1e-12)


def test_a_tapes_own_final_state_starts_its_next_window() -> None:
    case = draw_case(Sizes(num_layers=2), seed=2)
    tape = run_forward(case)
    copied = [{"h": layer["h"].copy()} for layer in tape.final_state()]
    case.network.forward(case.targets, tape.final_state(), tape)
    fresh = case.network.new_tape(*case.targets.shape)
    case.network.forward(case.targets, copied, fresh)
    assert np.array_equal(tape.logits, fresh.logits)
    for layer, start in zip(tape.layers, copied, strict=True):
        assert np.array_equal(layer.hidden_before[0], start["h"])


def test_the_final_state_is_the_last_hidden_state_of_every_layer() -> None:
    case = draw_case(Sizes(num_layers=3), seed=3)
    tape = run_forward(case)
    for state, layer in zip(tape.final_state(), tape.layers, strict=True):
        assert np.array_equal(state["h"], layer.hidden[-1])


def test_a_used_tape_gives_bit_for_bit_what_a_new_one_gives() -> None:
    case = draw_case(Sizes(num_layers=2), seed=4)
    used = case.network.new_tape(*case.inputs.shape)
    case.network.forward(case.targets, case.network.zero_state(3), used)
    case.network.forward(case.inputs, case.state, used)
    assert np.array_equal(used.logits, run_forward(case).logits)


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


def test_a_state_of_another_batch_size_than_the_tapes_is_refused() -> None:
    case = draw_case(Sizes(batch_size=3), seed=8)
    tape = case.network.new_tape(*case.inputs.shape)
    with pytest.raises(ValueError, match=r"\(3, 5\)"):
        case.network.forward(case.inputs, case.network.zero_state(1), tape)


def test_the_forward_pass_leaves_parameters_and_state_alone() -> None:
    case = draw_case(Sizes(num_layers=2), seed=9)
    parameters = case.network.parameters.flat.copy()
    state = [layer["h"].copy() for layer in case.state]
    run_forward(case)
    assert np.array_equal(case.network.parameters.flat, parameters)
    for layer, before in zip(case.state, state, strict=True):
        assert np.array_equal(layer["h"], before)


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_float32_agrees_with_float64_within_its_precision(activation: str) -> None:
    sizes = Sizes(25, 4, 32, 40, num_layers=2, activation=activation)
    double = draw_case(sizes, seed=10)
    single = Network(double.network.architecture, np.float32)
    single.parameters.flat[:] = double.network.parameters.flat
    tape = single.new_tape(*double.inputs.shape)
    single.forward(double.inputs, double.state, tape)
    reference = run_forward(double).logits
    assert tape.logits.dtype == np.float32
    error = np.linalg.norm(tape.logits - reference) / np.linalg.norm(reference)
    assert 0 < error < 20 * np.finfo(np.float32).eps


def test_a_network_that_has_read_nothing_starts_from_zero() -> None:
    state = draw_case(Sizes(num_layers=2), seed=0).network.zero_state(4)
    assert len(state) == 2
    for layer in state:
        assert layer["h"].shape == (4, 5)
        assert not layer["h"].any()

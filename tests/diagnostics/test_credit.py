"""The credit matrix, against backward passes of one loss each and central differences."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.core.architecture import Architecture
from rnnviz.core.cells import CELLS
from rnnviz.core.loss import cross_entropy
from rnnviz.core.network import Network
from rnnviz.core.tape import NetworkTape
from rnnviz.diagnostics import credit
from rnnviz.diagnostics.credit import CreditProbe, credit_matrix, credit_size
from rnnviz.diagnostics.gradient_flow import gradient_flow, new_probe

from ..core.cases import CELL_KINDS, SEEDS, Case, Sizes, all_sizes, draw_case


def read(case: Case) -> NetworkTape:
    """Return the case's tape after forward, loss and backward."""
    tape = case.new_tape()
    case.network.forward(case.inputs, case.state, tape)
    cross_entropy(tape.logits, case.targets, tape.d_logits)
    case.network.backward(tape, case.network.parameters.zeros_like())
    return tape


def one_loss_alone(case: Case, step: int, stream: int) -> dict[str, np.ndarray]:
    """Return dL_t/dh_k (num_layers, T, H) by a backward pass that has only this loss."""
    tape = case.new_tape()
    case.network.forward(case.inputs, case.state, tape)
    cross_entropy(tape.logits, case.targets, tape.d_logits)
    only = np.zeros_like(tape.d_logits)
    only[step, stream] = tape.d_logits[step, stream] * tape.batch_size
    tape.d_logits[...] = only
    case.network.backward(tape, case.network.parameters.zeros_like())
    return {
        name: np.stack([layer.d_states[name][:, stream] for layer in tape.layers])
        for name in tape.layers[0].d_states
    }


def one_by_one(case: Case, stream: int) -> dict[str, np.ndarray]:
    """Return all norms, (num_layers, T, T), from one backward pass a loss."""
    passes = [one_loss_alone(case, step, stream) for step in range(len(case.inputs))]
    return {
        name: np.stack([np.linalg.norm(one[name], axis=-1) for one in passes], axis=1)
        for name in passes[0]
    }


@given(sizes=all_sizes(), seed=SEEDS, data=st.data())
def test_every_row_is_the_backward_pass_of_its_loss_alone(
    sizes: Sizes, seed: int, data: st.DataObject
) -> None:
    case = draw_case(sizes, seed)
    tape = read(case)
    stream = data.draw(st.integers(0, sizes.batch_size - 1))
    matrix = credit_matrix(case.network, tape, CreditProbe(case.network, len(case.inputs)), stream)
    expected = one_by_one(case, stream)
    assert matrix.first == 0
    assert set(matrix.norms) == set(expected)
    for name, norms in matrix.norms.items():
        np.testing.assert_allclose(norms, expected[name], rtol=1e-9, atol=1e-280)
        assert not np.triu(norms, 1).any()


@given(sizes=all_sizes(), seed=SEEDS, kept=st.integers(1, 12), at_once=st.integers(1, 5))
def test_of_a_long_window_the_last_steps_are_as_in_the_whole_one(
    sizes: Sizes, seed: int, kept: int, at_once: int
) -> None:
    case = draw_case(sizes, seed)
    tape, length = read(case), sizes.sequence_length
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(credit, "LARGEST_SIZE", kept)
        patch.setattr(credit, "MOST_AT_ONCE", at_once)
        probe = CreditProbe(case.network, length)
    matrix = credit_matrix(case.network, tape, probe)
    first = max(0, length - kept)
    assert (matrix.first, matrix.size) == (first, min(length, kept))
    assert probe.losses_at_once <= at_once
    for name, norms in one_by_one(case, 0).items():
        np.testing.assert_allclose(
            matrix.norms[name], norms[:, first:, first:], rtol=1e-9, atol=1e-280
        )


@given(sizes=all_sizes(), seed=SEEDS)
def test_the_gradients_of_all_losses_add_up_to_that_of_their_sum(sizes: Sizes, seed: int) -> None:
    """Norms do not add, but the vectors that they are of do: differentiation is linear."""
    case = draw_case(sizes, seed)
    tape = read(case)
    probe = CreditProbe(case.network, len(case.inputs))
    assert probe.losses_at_once == len(case.inputs)
    credit_matrix(case.network, tape, probe)
    for theirs, whole in zip(probe.layers, tape.layers, strict=True):
        for name, gradient in whole.d_states.items():
            total = gradient[:, 0] * tape.batch_size
            scale = np.abs(theirs.d_states[name]).max() + 1e-300
            np.testing.assert_allclose(
                theirs.d_states[name].sum(axis=1), total, rtol=1e-9, atol=1e-12 * scale
            )


@given(sizes=all_sizes(), seed=SEEDS)
def test_the_last_row_is_the_gradient_flow_of_the_last_loss(sizes: Sizes, seed: int) -> None:
    case = draw_case(sizes, seed)
    tape, length = read(case), len(case.inputs)
    matrix = credit_matrix(case.network, tape, CreditProbe(case.network, length))
    flow = gradient_flow(case.network, tape, new_probe(case.network, length))
    for name, norms in matrix.norms.items():
        np.testing.assert_allclose(norms[:, -1], flow.from_last[name], rtol=1e-9, atol=1e-280)


@pytest.mark.parametrize(("cell", "activation"), CELL_KINDS)
def test_an_entry_is_the_slope_of_its_loss_in_its_state(cell: str, activation: str) -> None:
    """The last step's loss as a function of the first state, by central differences."""
    sizes = Sizes(sequence_length=2, batch_size=1, cell=cell, activation=activation)
    case = draw_case(sizes, 11)
    tape = read(case)
    matrix = credit_matrix(case.network, tape, CreditProbe(case.network, 2))
    # What another state does through the h of its own step, this test does not know.
    names, epsilon = [name for name in matrix.norms if name in ("h", "c")], 1e-6

    def loss_of_second(name: str, push: np.ndarray) -> float:
        # The second step alone, begun from the first one's states with a push.
        second = case.network.new_tape(1, 1)
        state = [{key: array[1].copy() for key, array in tape.layers[0].states.items()}]
        before = state[0][name].copy()
        state[0][name] += push
        if name == "c":
            # The hidden state shows what the cell state holds, and moves with it.
            state[0]["h"] *= np.tanh(state[0]["c"]) / np.tanh(before)
        case.network.forward(case.inputs[1:], state, second)
        return float(cross_entropy(second.logits, case.targets[1:], second.d_logits))

    for name in names:
        slopes = [
            (loss_of_second(name, push) - loss_of_second(name, -push)) / (2 * epsilon)
            for push in epsilon * np.eye(sizes.hidden_size)
        ]
        assert matrix.norms[name][0, 1, 0] == pytest.approx(float(np.linalg.norm(slopes)), rel=1e-5)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("batch", [1, 3])
def test_looking_changes_no_bit_of_the_network_or_the_tape(cell: str, batch: int) -> None:
    sizes = Sizes(batch_size=batch, num_layers=2, cell=cell, dropout=0.3, residual=True)
    case = draw_case(sizes, 3, np.float32)
    tape = read(case)

    def everything() -> list[bytes]:
        arrays = [case.network.parameters.flat, tape.logits, tape.d_logits, tape.inputs]
        arrays += [mask for mask in tape.dropout_masks if mask is not None]
        for layer in tape.layers:
            arrays += [*layer.states.values(), *layer.kept, *layer.d_states.values()]
            arrays += [layer.projection, layer.d_projection, layer.products.carried]
        return [array.tobytes() for array in arrays]

    before = everything()
    for stream in range(batch):
        credit_matrix(case.network, tape, CreditProbe(case.network, 6), stream)
    assert everything() == before


def test_a_used_probe_leaves_no_trace_in_the_next_measurement() -> None:
    sizes = Sizes(num_layers=2, cell="lstm", residual=True)
    case = draw_case(sizes, 1)
    first, second = read(case), read(draw_case(sizes, 2))
    probe = CreditProbe(case.network, 6)
    credit_matrix(case.network, second, probe, 2)
    used = credit_matrix(case.network, first, probe)
    fresh = credit_matrix(case.network, first, CreditProbe(case.network, 6))
    assert all(used.norms[name].tobytes() == fresh.norms[name].tobytes() for name in "hc")


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_network_that_is_not_finite_gives_numbers_that_are_not_and_warns_nobody(
    cell: str, value: float
) -> None:
    case = draw_case(Sizes(num_layers=2, cell=cell), 4, np.float32)
    case.network.parameters["W1"][...] = value
    with np.errstate(all="ignore"):
        tape = read(case)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        matrix = credit_matrix(case.network, tape, CreditProbe(case.network, 6))
    norms = matrix.norms["h"]
    assert not np.isfinite(norms[0, -1, 0])
    assert not np.triu(norms, 1).any()


def test_a_gradient_that_vanishes_is_zero_and_its_own_character_keeps_its_share() -> None:
    case = draw_case(Sizes(sequence_length=60), 5, np.float32)
    case.network.parameters["W1"][...] *= 1e-3
    norms = credit_matrix(case.network, read(case), CreditProbe(case.network, 60)).norms["h"][0]
    assert norms[-1, 0] == 0
    assert (norms.diagonal() > 0).all()


@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_norms_keep_their_digits_where_float32_squares_would_leave_its_range(scale: float) -> None:
    case = draw_case(Sizes(sequence_length=4), 8, np.float32)
    tape, probe = read(case), CreditProbe(case.network, 4)
    plain = credit_matrix(case.network, tape, probe).norms["h"]
    tape.d_logits *= np.float32(scale)
    scaled = credit_matrix(case.network, tape, probe).norms["h"]
    np.testing.assert_allclose(scaled, plain * scale, rtol=1e-5)


def test_a_window_of_one_step_and_one_unit_has_one_number() -> None:
    case = draw_case(Sizes(sequence_length=1, batch_size=1, hidden_size=1), 2)
    tape = read(case)
    matrix = credit_matrix(case.network, tape, CreditProbe(case.network, 1))
    expected = abs(tape.d_logits[0, 0] @ case.network.parameters["V"][0])
    np.testing.assert_allclose(matrix.norms["h"], [[[expected]]], rtol=1e-12)


def test_the_results_cannot_be_written_to_and_share_no_memory_with_the_probe() -> None:
    case = draw_case(Sizes(cell="lstm"), 2)
    matrix = credit_matrix(case.network, read(case), CreditProbe(case.network, 6))
    for array in matrix.norms.values():
        assert not array.flags.writeable
        assert array.base is None


def test_a_probe_for_another_length_is_refused() -> None:
    case = draw_case(Sizes(), 2)
    with pytest.raises(ValueError, match="7 steps, the tape has 6"):
        credit_matrix(case.network, read(case), CreditProbe(case.network, 7))


@pytest.mark.parametrize(
    ("architecture", "length"),
    [
        (Architecture(65, 100), 2000),
        (Architecture(65, 512, 3, cell="lstm", residual=True), 2000),
        (Architecture(20_000, 64, cell="gru"), 500),
    ],
)
def test_however_long_the_window_time_and_memory_are_bounded(
    architecture: Architecture, length: int
) -> None:
    network = Network(architecture)
    probe = CreditProbe(network, length)
    size, hidden = credit_size(network, length), architecture.hidden_size
    assert probe.size == size <= credit.LARGEST_SIZE
    recurrent = sum(len(cell.blocks) for cell in network.cells) * hidden**2
    assert size**2 * recurrent <= 8e9
    held = [
        array.nbytes
        for layer in probe.layers
        for array in (*layer.kept, layer.d_hidden, layer.d_projection, layer.projection)
    ]
    assert sum(held) <= 64e6
    assert math.ceil(size / probe.losses_at_once) <= 64

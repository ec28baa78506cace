"""One stream of a window, copied into all streams of a tape that may be shorter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.core.cells import CELLS
from rnnviz.core.loss import cross_entropy

from .cases import SEEDS, Sizes, all_sizes, draw_case, run_forward


@given(sizes=all_sizes(), seed=SEEDS, data=st.data())
def test_every_stream_of_the_copy_sends_back_what_the_one_stream_does(
    sizes: Sizes, seed: int, data: st.DataObject
) -> None:
    case = draw_case(sizes, seed)
    tape = run_forward(case)
    cross_entropy(tape.logits, case.targets, tape.d_logits)
    stream = data.draw(st.integers(0, sizes.batch_size - 1))
    steps = data.draw(st.integers(1, sizes.sequence_length))
    copies = data.draw(st.integers(1, 4))
    copy = case.network.new_tape(steps, copies)
    copy.copy_stream(tape, stream)
    copy.d_logits[...] = tape.d_logits[-steps:, stream : stream + 1]
    case.network.backward_through_time(copy)
    case.network.backward_through_time(tape)
    for mine, theirs in zip(copy.layers, tape.layers, strict=True):
        for name, gradient in theirs.d_states.items():
            expected = np.repeat(gradient[-steps:, stream : stream + 1], copies, axis=1)
            np.testing.assert_allclose(mine.d_states[name], expected, rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("cell", CELLS)
def test_a_copy_with_no_residual_room_goes_through_the_layers_alone(cell: str) -> None:
    case = draw_case(Sizes(num_layers=3, cell=cell), 6)
    tape, again = case.new_tape(), case.new_tape()
    for one in (tape, again):
        case.network.forward(case.inputs, case.state, one)
        cross_entropy(one.logits, case.targets, one.d_logits)
    case.network.backward_through_time(tape)
    again.layers[-1].d_hidden[...] = again.d_logits @ case.network.parameters["V"].T
    case.network.backward_through_layers(again.layers, again.dropout_masks, None)
    for mine, theirs in zip(again.layers, tape.layers, strict=True):
        np.testing.assert_allclose(mine.d_hidden, theirs.d_hidden, rtol=1e-9, atol=1e-14)

"""One step recorded: the same numbers as the fast passes', and nothing is touched."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from hypothesis import example, given, settings

from rnnviz.core.clipping import clip_gradients
from rnnviz.core.loss import window_loss
from rnnviz.core.optimizers import OPTIMIZERS
from rnnviz.core.parameters import Array, ParameterVector
from rnnviz.core.tape import NetworkTape
from rnnviz.diagnostics.one_step.record import StepRecord, record_step
from rnnviz.diagnostics.one_step.subject import StepSubject

from ...core import textbook
from ...core.cases import CELL_KINDS
from .subjects import Kind, all_kinds, draw_subject

TOLERANCE = 1e-10


def assert_same(ours: object, theirs: object, what: str) -> None:
    """Compare to 1e-10 of the largest entry, or of 1e-4 where that is larger.

    Where a prediction is all but certain, p - 1 keeps few of its digits on either way.
    """
    ours, theirs = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    scale = max(1e-4, float(np.abs(theirs).max(initial=0)))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOLERANCE * scale, err_msg=what)


def fast_tape(subject: StepSubject) -> tuple[NetworkTape, ParameterVector, float]:
    """Return the window's tape after the fast forward and backward passes, and the gradients."""
    network = copy.deepcopy(subject.network)
    tape = network.new_tape(subject.sequence_length, subject.batch_size)
    tape.dropout_masks[: len(subject.masks)] = subject.masks
    network.forward(subject.inputs, subject.state, tape)
    loss = window_loss(tape, subject.targets, subject.loss)
    gradients = network.parameters.zeros_like()
    network.backward(tape, gradients)
    return tape, gradients, loss


@settings(max_examples=150, deadline=None)
@given(kind=all_kinds())
def test_the_record_is_what_the_fast_passes_compute(kind: Kind) -> None:
    subject = draw_subject(kind)
    record, (tape, gradients, loss) = record_step(subject), fast_tape(subject)
    for t, (step, back) in enumerate(zip(record.forward, record.backward, strict=True)):
        assert_same(step.output["o"], tape.logits[t], "o")
        assert_same(back.output["do"], tape.d_logits[t], "do")
        for layer, lines, ways in zip(tape.layers, step.layers, back.layers, strict=True):
            for name, states in layer.states.items():
                assert_same(lines[name], states[t + 1], name)
                assert_same(ways[f"d{name}"], layer.d_states[name][t], f"d{name}")
    assert record.loss == pytest.approx(loss, rel=TOLERANCE)
    for name, gradient in gradients.items():
        assert_same(record.gradients[name], gradient, f"d{name}")


CERTAIN = Kind(
    cell=("vanilla", "relu"), layers=2, residual=True, dropout=True, length=4, asked=2, batch=3,
    hidden=1, vocab=300, answers=2, reads_numbers=True, loss="cross_entropy", clip_mode="none",
    clip_threshold=0.001, optimizer="adagrad", updates_done=0, seed=1,
)  # fmt: skip
"""Its predictions are so certain that the gradients are of the order of 1e-10."""


@settings(max_examples=150, deadline=None)
@given(kind=all_kinds())
@example(kind=CERTAIN)
def test_clipping_and_update_are_what_the_fast_ones_do(kind: Kind) -> None:
    subject = draw_subject(kind)
    record, (_, gradients, _) = record_step(subject), fast_tape(subject)
    report = clip_gradients(gradients.flat, kind.clip_mode, kind.clip_threshold)
    assert float(record.clipping["norm"]) == pytest.approx(report.norm_before, rel=TOLERANCE)
    if kind.clip_mode == "norm":
        factor = report.norm_after / report.norm_before if report.norm_before else 1.0
        assert float(record.clipping["factor"]) == pytest.approx(factor, rel=1e-9)
    for name, gradient in gradients.items():
        assert_same(record.clipped[name], gradient, f"clipped d{name}")
    parameters = copy.deepcopy(subject.network.parameters)
    optimizer = OPTIMIZERS[kind.optimizer](parameters.flat, subject.momentum)
    slots = {
        slot: ParameterVector(parameters.shapes, flat=flat)
        for slot, flat in optimizer.slots.items()
    }
    for slot, arrays in subject.slots.items():
        for name, array in arrays.items():
            slots[slot][name][...] = array
    optimizer.steps = subject.updates_done
    optimizer.update(gradients.flat, subject.learning_rate)
    for name, lines in record.updates.items():
        assert_same(lines["new"], parameters[name], name)
        for slot, vector in slots.items():
            assert_same(lines[slot], vector[name], f"{slot} of {name}")
            assert_same(lines[f"{slot}_before"], subject.slots[slot][name], f"{slot} before")


@settings(max_examples=40, deadline=None)
@given(kind=all_kinds())
def test_softmax_and_loss_are_the_textbook_s_entry_by_entry(kind: Kind) -> None:
    subject = draw_subject(kind)
    record = record_step(subject)
    first, batch = subject.first_asked - 1, subject.batch_size
    asked, empty = record.losses[first:], record.losses[:first]
    assert not any(empty)
    if kind.loss == "squared_error":
        outputs = np.array([step.output["o"] for step in record.forward[first:]])
        expected = ((outputs - subject.targets) ** 2).sum(axis=-1)
        assert_same([lines["L"] for lines in asked], expected, "L")
        return
    steps = list(record.forward[first:])
    for step, lines in zip(steps, asked, strict=True):
        for o, p in zip(step.output["o"], lines["p"], strict=True):
            assert_same(p, textbook.softmax(o[:, None])[:, 0], "p")
    assert record.loss == pytest.approx(textbook.loss(steps, subject.targets), rel=TOLERANCE)
    total = sum(lines["L"].sum() for lines in asked) / batch
    assert record.loss == pytest.approx(total, rel=TOLERANCE)
    do = [back.output["do"] for back in record.backward[first:]]
    assert_same(do, textbook.loss_gradient(steps, subject.targets), "do")
    assert not any(back.output["do"].any() for back in record.backward[:first])


@settings(max_examples=40, deadline=None)
@given(kind=all_kinds())
def test_what_it_brought_is_the_loss_of_the_new_weights_on_the_same_window(kind: Kind) -> None:
    subject = draw_subject(kind)
    record = record_step(subject)
    for name, lines in record.updates.items():
        subject.network.parameters[name][...] = lines["new"]
    assert record.loss_after == pytest.approx(fast_tape(subject)[2], rel=TOLERANCE)


def arrays_of(record: StepRecord) -> list[Array]:
    groups = [record.parameters, record.gradients, record.clipped, record.clipping]
    groups += [*record.losses, *record.updates.values()]
    for step, back in zip(record.forward, record.backward, strict=True):
        groups += [*step.before, *step.layers, step.output, *back.layers, back.output]
    return [array for group in groups for array in group.values()]


@pytest.mark.parametrize("cell", CELL_KINDS)
@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_looking_changes_nothing_and_nothing_can_be_changed(
    cell: tuple[str, str], optimizer: str, dtype: type
) -> None:
    kind = Kind(cell, 2, True, True, batch=2, clip_mode="norm", optimizer=optimizer, dtype=dtype)
    subject = draw_subject(kind)
    before = pickle.dumps(subject)
    record = record_step(subject)
    assert pickle.dumps(subject) == before
    ours = [subject.network.parameters.flat, subject.inputs, subject.targets, *subject.masks]
    ours += [array for layer in subject.state for array in layer.values()]
    ours += [array for slot in subject.slots.values() for array in slot.values()]
    for array in arrays_of(record):
        assert array.dtype == np.float64
        assert not array.flags.writeable
        assert not any(np.shares_memory(array, one) for one in ours)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_network_that_is_not_finite_is_recorded_as_it_is(bad: float) -> None:
    subject = draw_subject(Kind(clip_mode="norm", optimizer="adam"))
    subject.network.parameters.flat[:] = bad
    assert not np.isfinite(record_step(subject).loss_after)

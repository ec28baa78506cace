"""What is said of a phase: of a step that goes well, and of one that does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rnnviz.core.cells import CELLS
from rnnviz.diagnostics.one_step.phases import phases_of
from rnnviz.diagnostics.one_step.record import record_step
from rnnviz.gui.wording.inside import phase_words

from ...diagnostics.one_step.slow_cell import SlowCell
from ...diagnostics.one_step.subjects import Kind, draw_subject

RELU = Kind(cell=("vanilla", "relu"), layers=2, seed=3)


def said_of_result(subject) -> str:
    record = record_step(subject)
    return phase_words(record, phases_of(record)[-1], 0)


def test_a_step_that_helps_says_by_how_much() -> None:
    said = said_of_result(draw_subject(RELU))
    assert "it fell" in said
    assert "Take the step to make this real." in said


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_step_that_overflows_says_that_it_fails() -> None:
    subject = draw_subject(RELU)
    subject.network.parameters.flat[:] *= 1e200
    assert said_of_result(subject).startswith("The loss of this step is not finite.")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_step_that_goes_too_far_says_that_the_next_ones_fail() -> None:
    said = said_of_result(replace(draw_subject(RELU), learning_rate=1e306))
    assert "it would not be finite" in said


def said_at(kind: str, t: int, cell: str) -> str:
    record = record_step(draw_subject(Kind(cell=(cell, "tanh"))))
    phase = next(p for p in phases_of(record) if (p.kind, p.t) == (kind, t))
    return phase_words(record, phase, 0)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (
            "vanilla",
            "Its state h₂ is made of this (through U) and of h₁ (what it remembers, through W). V",
        ),
        (
            "lstm",
            "From this (through U) and from h₁ (what it remembers, through W) come the input gate, "
            "forget gate, candidate and output gate. The gates decide",
        ),
        (
            "gru",
            "From this (through U) and from h₁ (what it remembers, through W) come the reset gate, "
            "update gate and candidate. The gates decide",
        ),
        (
            "slow",
            "Its hidden state h₂ is made of this (through U), of h₁ (what it remembers, through W) "
            "and of s₁ (through Z). Its slow state s₂ is made of s₁ and of h₂. V",
        ),
    ],
)
def test_of_a_step_it_is_said_what_its_cell_reads(cell, said, monkeypatch) -> None:
    monkeypatch.setitem(CELLS, "slow", SlowCell.checked())
    assert said in said_at("forward", 2, cell)


@pytest.mark.parametrize("cell", ["vanilla", "lstm", "gru"])
@pytest.mark.parametrize("is_carried", [True, False])
def test_a_state_is_carried_only_where_it_is_not_zeros(cell, is_carried) -> None:
    subject = draw_subject(Kind(cell=(cell, "tanh")))
    for layer in subject.state:
        for array in layer.values():
            array[...] = is_carried
    record = record_step(subject)
    said = phase_words(record, phases_of(record)[0], 0)
    where = "what it carries from the window before" if is_carried else "zeros to begin with"
    assert f"h₀ ({where}, through W)" in said


@pytest.mark.parametrize("cell", ["vanilla", "lstm", "gru"])
def test_a_gradient_is_the_sum_of_two_parts(cell) -> None:
    assert (
        "One part comes from the loss at t = 3, another from t = 4, through W. Their sum is the "
        "gradient at h₃."
    ) in said_at("backward", 3, cell)


def test_a_gradient_is_the_sum_of_all_parts_that_a_cell_has(monkeypatch) -> None:
    monkeypatch.setitem(CELLS, "slow", SlowCell.checked())
    assert (
        "One part comes from the loss at t = 3, another from t = 4, through W, and another from "
        "s₃. Their sum is the gradient at h₃. f'(a₃), the slope of tanh there, scales it."
    ) in said_at("backward", 3, "slow")
    assert (
        "and another from s₄. Their sum is the gradient at h₄. Nothing comes from later, for the "
        "window ends here."
    ) in said_at("backward", 4, "slow")


@pytest.mark.parametrize("cell", ["vanilla", "lstm", "gru"])
def test_at_the_windows_end_a_gradient_has_one_part(cell) -> None:
    assert (
        "All of the gradient at h₄ comes from the loss at t = 4. Nothing comes from later, for "
        "the window ends here."
    ) in said_at("backward", 4, cell)


def test_adagrads_sum_does_not_begin_at_nothing() -> None:
    record = record_step(draw_subject(replace(RELU, optimizer="adagrad")))
    update = next(phase for phase in phases_of(record) if phase.kind == "update")
    assert "s is the sum of all g² so far and of what it began with. The learning rate" in (
        phase_words(record, update, 0)
    )

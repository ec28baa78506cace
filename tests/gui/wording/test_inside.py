"""What is said of a phase: of a step that goes well, and of one that does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rnnviz.diagnostics.one_step.phases import phases_of
from rnnviz.diagnostics.one_step.record import record_step
from rnnviz.gui.wording.inside import phase_words

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

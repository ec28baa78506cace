"""What training is drawn over: the one place that knows where a step stands."""

from dataclasses import replace

import numpy as np
import pytest

from rnnviz.gui.plotting.axes.training_axis import (
    AXES,
    STEPS,
    TrainingAxis,
    is_over_training,
)
from rnnviz.gui.wording.numbers import MINUS
from rnnviz.training.commands import NewRun
from rnnviz.training.configuration import Configuration
from rnnviz.training.record.progress import ProgressView
from rnnviz.training.session import Session
from rnnviz.training.snapshot import Snapshot

UNITS = list(AXES)


@pytest.fixture(scope="module")
def snapshot() -> Snapshot:
    """Return a run of 200 steps of 25 tokens, each of half a second."""
    session = Session()
    session.apply(NewRun(Configuration(hidden_size=3)))
    steps = np.array([0.0, 200.0])
    progress = ProgressView(steps, 25 * steps, steps / 2)
    return replace(session.snapshot(), run_id="one", step=200, progress=progress)


def since(unit="steps", **forks: int) -> TrainingAxis:
    return TrainingAxis(unit, forks)


def test_as_long_as_nobody_asks_a_step_stands_where_it_is(snapshot) -> None:
    steps = np.array([1.0, 50.0, 200.0])
    assert TrainingAxis().axis == STEPS
    assert TrainingAxis().along(snapshot, steps) is steps
    assert TrainingAxis().span(snapshot) == (0, 200)
    assert TrainingAxis().in_words(snapshot, 45, 50) == "steps 45 to 50"
    assert TrainingAxis().in_words(snapshot, 1050, 1050) == "step 1,050"


@pytest.mark.parametrize(("unit", "a_step"), [("steps", 1), ("tokens", 25), ("seconds", 0.5)])
def test_the_fork_is_at_0_whatever_is_counted(snapshot, unit, a_step) -> None:
    axis = since(unit, one=120)
    assert axis.place(snapshot, 120) == 0
    places = axis.along(snapshot, np.array([20.0, 120.0, 200.0]))
    assert places == pytest.approx(a_step * np.array([-100, 0, 80]))
    assert axis.span(snapshot) == pytest.approx((-120 * a_step, 80 * a_step))


def test_steps_are_told_as_the_axis_counts_them(snapshot) -> None:
    axis = since(one=120)
    assert axis.in_words(snapshot, 101, 120) == f"steps {MINUS}19 to 0 since the fork"
    assert axis.in_words(snapshot, 121, 121) == "step 1 since the fork"
    assert axis.axis.format(-1900.0) == f"{MINUS}1,900"


def test_a_run_without_a_fork_counts_from_its_start_and_the_axis_says_so(snapshot) -> None:
    axis = TrainingAxis("tokens", {"another": 120}, has_others=True)
    assert axis.place(snapshot, 120) == 120 * 25
    assert axis.in_words(snapshot, 1, 5) == "steps 1 to 5"
    assert axis.axis.title == "tokens trained on since the fork, or the start"
    assert since("tokens", another=120).axis.title == "tokens trained on since the fork"


def test_a_branch_has_taken_no_time_before_its_fork(snapshot) -> None:
    steps = np.array([0.0, 120.0, 200.0])
    progress = ProgressView(steps, 25 * steps, np.array([np.nan, 0.0, 40.0]))
    branch = replace(snapshot, progress=progress)
    axis = since("seconds", one=120)
    assert axis.place(branch, 200) == 40
    assert np.isnan(axis.place(branch, 100))
    assert axis.span(branch) == (0, 40)
    # Whoever took no time at the fork cannot say how long it was since.
    assert np.isnan(since("seconds", one=60).place(branch, 200))
    assert since("seconds", one=60).span(branch) == (0, 40)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("has_others", [False, True])
def test_every_axis_of_training_is_known_as_one(unit, has_others) -> None:
    assert is_over_training(TrainingAxis(unit).axis)
    assert is_over_training(TrainingAxis(unit, {"one": 1}, has_others).axis)

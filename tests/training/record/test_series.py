"""A series of a few numbers over a run, and how often what is dear is measured."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.training.commands import NewRun, TakeStep, Watch
from rnnviz.training.observation.diagnostics.saturation import SATURATION
from rnnviz.training.observation.diagnostics.spectrum import SPECTRUM
from rnnviz.training.observation.throttle import LARGEST_SHARE, Throttle
from rnnviz.training.record.series import DiagnosticSeries
from rnnviz.training.session import Session
from rnnviz.training.snapshot import RunState

from ..helpers import small


@given(st.lists(st.integers(0, 50), max_size=300))
def test_a_series_is_bounded_and_holds_only_what_was_measured(strides: list[int]) -> None:
    series = DiagnosticSeries(("step squared", "minus step"), capacity=8)
    steps = np.cumsum(np.array(strides, int))
    for step in steps.tolist():
        series.append(step, (step**2, -step))
    view = series.view()
    assert len(view.steps) <= 8
    assert np.array_equal(view.values, np.stack([view.steps**2, -view.steps], axis=1))
    assert (np.diff(view.steps) > 0).all()
    assert set(view.steps) <= set(steps.tolist())


def test_a_long_series_reaches_from_its_beginning_to_its_end() -> None:
    series = DiagnosticSeries(("x",), capacity=16)
    for step in range(10_000):
        series.append(step, (step,))
    steps = series.view().steps
    assert steps[0] < 2_000
    assert steps[-1] > 8_000
    assert np.diff(steps).max() <= 2 * np.diff(steps).min()


def test_of_one_step_the_last_measurement_counts() -> None:
    series = DiagnosticSeries(("x",))
    series.append(3, (1.0,))
    series.append(3, (2.0,))
    assert series.view().values.tolist() == [[2.0]]


def test_an_earlier_step_takes_back_what_was_noted_of_later_ones_alone() -> None:
    series = DiagnosticSeries(("x",))
    for step in (1, 5, 30):
        series.append(step, (float(step),))
    series.view()
    series.append(29, (2.0,))
    assert series.view().steps.tolist() == [1, 5, 29]
    series.append(5, (7.0,))
    assert series.view().steps.tolist() == [1, 5]
    assert series.view().values.tolist() == [[1.0], [7.0]]
    series.append(0, (8.0,))
    assert series.view().steps.tolist() == [0]


def test_a_failed_step_costs_the_series_nothing_of_what_was_before() -> None:
    session = Session()
    session.apply(NewRun(small(corpus="adding", clip_mode="none")))
    watched = frozenset({SATURATION})
    session.apply(Watch(watched))
    for _ in range(4):
        session.apply(TakeStep())
    trainer = session.trainer
    assert trainer is not None

    def overflowing(*arguments: Any) -> Any:
        trainer.bptt.gradients.flat[:] = np.inf
        return None

    trainer.network.backward_by_row = overflowing  # type: ignore[method-assign]
    session.apply(TakeStep())
    del trainer.network.backward_by_row
    # Another panel is shown, for which the window is looked at once more.
    session.apply(Watch(watched | {SPECTRUM}))
    snapshot = session.snapshot()
    assert snapshot is not None
    assert snapshot.state is RunState.FAILED
    assert snapshot.series[SATURATION].steps.tolist() == [0, 1, 2, 3, 4]


def test_a_view_is_frozen_and_does_not_change() -> None:
    series = DiagnosticSeries(("x",))
    series.append(1, (1.0,))
    view = series.view()
    assert series.view() is view
    series.append(2, (2.0,))
    assert view.steps.tolist() == [1]
    with pytest.raises(ValueError, match="read-only"):
        view.values[0, 0] = 5


@given(st.floats(1e-4, 10))
def test_what_took_long_rests_until_its_share_of_the_time_is_small(seconds: float) -> None:
    now = [100.0]
    pace = Throttle(lambda: now[0])
    assert pace.is_due()
    began = pace.began()
    now[0] += seconds
    pace.ended(began)
    assert not pace.is_due()
    assert pace.is_due(idle=1.01 * seconds)
    assert not pace.is_due(idle=0.99 * seconds)
    now[0] = 100.0 + 0.99 * seconds / LARGEST_SHARE
    assert not pace.is_due()
    now[0] = 100.0 + 1.01 * seconds / LARGEST_SHARE
    assert pace.is_due()

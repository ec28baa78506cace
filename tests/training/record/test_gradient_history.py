"""Gradient norms by steps back: true measurements in bounded memory, read back bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.training.observation.diagnostics.gradient_flow import GRADIENT_FLOW
from rnnviz.training.observation.kinds.diagnostic import Diagnostic
from rnnviz.training.record.gradient_history import RECENT_WINDOWS, GradientHistory, RecentGradients
from rnnviz.training.record.history import History
from rnnviz.training.state.bits import same_bits

from ..helpers import small_trainer

LABELS = ("h1", "h2")
CAPACITIES = st.sampled_from([2, 4, 6, 16, 64])


def rows_at(history: GradientHistory) -> dict[int, np.ndarray]:
    view = history.view()
    return dict(zip(view.steps.astype(int).tolist(), view.logarithms, strict=True))


def norms_of(step: int, length: int) -> np.ndarray:
    """Return the norms (states, T) of two layers."""
    return np.random.default_rng(step).lognormal(0, 5, (2, length))


@given(
    count=st.integers(0, 400),
    capacity=st.sampled_from([2, 4, 16]),
    lengths=st.lists(st.integers(1, 12), min_size=1, max_size=4),
)
@settings(max_examples=30)
def test_gradient_rows_are_true_measurements_at_every_multiple_of_the_interval(
    count: int, capacity: int, lengths: list[int]
) -> None:
    history = GradientHistory(LABELS, capacity, largest_lag=9)
    for step in range(1, count + 1):
        if history.is_due(step):
            history.append(step, norms_of(step, lengths[step % len(lengths)]))
    rows = rows_at(history)
    assert len(rows) <= capacity
    assert list(rows) == list(range(history.interval, count + 1, history.interval))
    for step, row in rows.items():
        norms = norms_of(step, lengths[step % len(lengths)])
        lags = min(norms.shape[-1], 9)
        expected = np.log10(norms[:, ::-1][:, :lags])
        np.testing.assert_allclose(row[:, :lags], expected, rtol=1e-5, atol=1e-6)
        assert np.isnan(row[:, lags:]).all()


def test_a_view_is_of_the_moment_and_costs_nothing_while_nothing_is_new() -> None:
    history = GradientHistory(capacity=4)
    for step in range(1, 30):
        if history.is_due(step):
            history.append(step, np.full((1, 3), float(step)))
        view = history.view()
        assert view is history.view()
        assert view.interval == history.interval
        assert view.steps.tolist() == list(range(history.interval, step + 1, history.interval))
    losses = History()
    for step in range(1, 5):
        losses.append_validation(step, 1.0 / step)
        assert losses.view().validation_steps.tolist() == list(range(1, step + 1))


def test_a_norm_that_underflowed_stays_a_number() -> None:
    history = GradientHistory()
    history.append(1, np.array([[0.0, 1e-200, 1.0]]))
    logarithms = history.view().logarithms[0, 0]
    assert logarithms[0] == 0
    assert (logarithms[1:] == -37).all()


@given(first=st.integers(0, 200), more=st.integers(0, 200))
@settings(max_examples=20)
def test_a_gradient_history_that_was_saved_and_read_goes_on_as_the_whole_one(
    first: int, more: int
) -> None:
    whole, half = GradientHistory(LABELS, 16), GradientHistory(LABELS, 16)
    for step in range(1, first + 1):
        for history in (whole, half):
            if history.is_due(step):
                history.append(step, norms_of(step, 3 + step % 5))
    arrays = {name: array.copy() for name, array in half.to_arrays().items()}
    assert all(np.isfinite(array).all() for array in arrays.values())
    half = GradientHistory.from_arrays(arrays, LABELS)
    half.capacity = 16
    assert same_bits(half.to_arrays(), whole.to_arrays())
    half._rows, half._steps = half._rows[:16], half._steps[:16]
    for step in range(first + 1, first + more + 1):
        for history in (whole, half):
            if history.is_due(step):
                history.append(step, norms_of(step, 3 + step % 5))
    assert same_bits(half.view(), whole.view())


def gradient_arrays(rows: object, steps: object, interval: object) -> dict[str, np.ndarray]:
    return {
        "gradient_rows": np.array(rows, np.float32),
        "gradient_steps": np.array(steps, float),
        "gradient_interval": np.array(interval, float),
    }


ROW = [0.0, 1.0]


@pytest.mark.parametrize(
    "arrays",
    [
        {},
        gradient_arrays(ROW, [1], [1]),
        gradient_arrays([ROW], [1, 2], [1]),
        gradient_arrays([ROW], [1], [[1]]),
        gradient_arrays([ROW], [1], [0]),
        gradient_arrays([ROW], [1], [-1]),
        gradient_arrays([ROW], [3], [1.5]),
        gradient_arrays([ROW], [np.nan], [1]),
        gradient_arrays([ROW], [1], [np.nan]),
        gradient_arrays([ROW], [1], [np.inf]),
        gradient_arrays([[np.nan, 0.0]], [1], [1]),
        gradient_arrays([ROW], [3], [2]),
        gradient_arrays([ROW, ROW], [4, 2], [2]),
        gradient_arrays([ROW, ROW], [2, 2], [2]),
        gradient_arrays([ROW], [-2], [2]),
        gradient_arrays(np.zeros((513, 2)), np.arange(1, 514), [1]),
        gradient_arrays(np.zeros((1, 1025)), [1], [1]),
        gradient_arrays(np.zeros((1, 2, 5)), [1], [1]),
        gradient_arrays(np.zeros((1, 1, 1, 5)), [1], [1]),
    ],
)
def test_gradient_arrays_that_do_not_belong_together_are_refused(
    arrays: dict[str, np.ndarray],
) -> None:
    with pytest.raises(ValueError, match=r"gradient|history"):
        GradientHistory.from_arrays(arrays)


def test_the_rows_of_the_first_format_are_those_of_one_layer() -> None:
    view = GradientHistory.from_arrays(gradient_arrays([ROW, ROW], [2, 4], [2])).view()
    assert view.logarithms.tolist() == [[ROW], [ROW]]


def test_a_full_history_whose_rows_are_far_apart_goes_on() -> None:
    steps = 1024 * np.arange(1, 513)
    history = GradientHistory.from_arrays(gradient_arrays(np.zeros((512, 2)), steps, [1]))
    history.append(513 * 1024, np.ones((1, 2)))
    for step in range(513 * 1024 + 1, 513 * 1024 + 5000):
        if history.is_due(step):
            history.append(step, np.ones((1, 2)))
    assert len(rows_at(history)) <= 512
    assert history.interval == 2048


@pytest.mark.parametrize("count", [1, 2, 49, 50, 120])
def test_the_recent_gradients_are_those_of_the_last_fifty_windows(count: int) -> None:
    recent = RecentGradients(GradientHistory(LABELS))
    for step in range(1, count + 1):
        recent.append(step, norms_of(step, 7))
    kept = range(max(1, count - RECENT_WINDOWS + 1), count + 1)
    view = recent.view()
    assert view is recent.view()
    assert view.steps.tolist() == list(kept)
    by_lag = np.array([norms_of(step, 7)[1, ::-1] for step in kept])
    shares = (0.1, 0.5, 0.9)
    absolute = view.quantiles("h2", shares, relative=False)
    expected = 10 ** np.quantile(np.log10(by_lag), shares, axis=0)
    np.testing.assert_allclose(absolute, expected, rtol=1e-4)
    relative = view.quantiles("h2", shares)
    expected = 10 ** np.quantile(np.log10(by_lag / by_lag[:, :1]), shares, axis=0)
    np.testing.assert_allclose(relative, expected, rtol=1e-4)
    assert view.median("h2").tolist() == relative[1].tolist()
    assert view.median("h2")[0] == 1


def test_a_state_that_is_read_one_step_later_is_measured_from_its_first_size_above_0() -> None:
    """Its gradient is 0 at the loss itself, beside which every other would be endless."""
    recent = RecentGradients(GradientHistory(LABELS))
    sizes = np.array([[1e-3, 1e-2, 1e-1, 1.0], [2.0, 8.0, 4.0, 0.0]])
    for step, scale in enumerate((1.0, 3.0, 9.0), 1):
        recent.append(step, scale * sizes)
    view = recent.view()
    np.testing.assert_allclose(view.median("h1"), [1, 0.1, 0.01, 0.001], rtol=1e-5)
    np.testing.assert_allclose(view.median("h2"), [np.nan, 1, 2, 0.5], rtol=1e-5)
    absolute = view.quantiles("h2", (0.0, 1.0), relative=False)
    np.testing.assert_allclose(absolute, np.outer((1, 9), [np.nan, 4, 8, 2]), rtol=1e-5)
    recent.append(4, np.array([[1.0] * 4, [16.0] * 4]))
    # Only one of the windows has a size at the loss itself.
    np.testing.assert_allclose(recent.view().median("h2"), [1, 1, 2, 0.5], rtol=1e-5)


@pytest.mark.parametrize("sizes", [[0.0] * 4, [5.0, 0.0, 0.0, 2.0], [0.0, 0.0, 0.0, 2.0]])
def test_a_gradient_that_is_there_at_the_loss_or_nowhere_is_beside_its_size_there(
    sizes: list[float],
) -> None:
    recent = RecentGradients(GradientHistory(("h1",)))
    recent.append(1, np.array([sizes]))
    by_lag = np.maximum(sizes[::-1], 1e-37)
    np.testing.assert_allclose(recent.view().median("h1"), by_lag / by_lag[0], rtol=1e-4)


def test_windows_of_another_length_are_not_compared_with_those_before() -> None:
    recent = RecentGradients(GradientHistory(LABELS))
    assert recent.view().median("h1").shape == (0,)
    for step in range(1, 10):
        recent.append(step, norms_of(step, 7))
    recent.append(10, norms_of(10, 5))
    assert recent.view().steps.tolist() == [10]
    assert recent.view().median("h1").shape == (5,)


def test_a_run_that_goes_on_knows_the_recent_gradients_of_before() -> None:
    trainer = small_trainer()
    for _ in range(60):
        trainer.step()
    view = trainer.state.recent_gradients.view()
    assert view.steps.tolist() == list(range(11, 61))
    resumed = GradientHistory.from_arrays(trainer.gradient_history.to_arrays(), view.labels)
    assert same_bits(RecentGradients(resumed).view(), view)


def test_a_window_that_somebody_watches_is_among_the_recent_ones() -> None:
    trainer = small_trainer()
    trainer.gradient_history.interval = 64
    for watched in (frozenset[Diagnostic](), frozenset({GRADIENT_FLOW})):
        trainer.step(watched)
    trainer.observe()
    view = trainer.state.recent_gradients.view()
    assert view.steps.tolist() == [2]
    assert trainer.gradient_history.view().steps.tolist() == []

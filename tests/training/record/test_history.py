"""The past in bounded memory, against a plain list."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.training.record.gradient_history import GradientHistory
from rnnviz.training.record.history import History
from rnnviz.training.state.bits import same_bits

from ..helpers import arrays_in

CAPACITIES = st.sampled_from([2, 4, 6, 16, 64])


def rows_of(count: int, seed: int) -> list[tuple[float, float, float, bool]]:
    rng = np.random.default_rng(seed)
    numbers = rng.lognormal(0, 3, (count, 3)).tolist()
    clipped = (rng.random(count) < 0.3).tolist()
    return [(*row, flag) for row, flag in zip(numbers, clipped, strict=True)]


def filled(rows: list[tuple[float, float, float, bool]], capacity: int = 2048) -> History:
    history = History(capacity)
    for row in rows:
        history.append(*row)
    return history


def expected_interval(count: int, capacity: int) -> int:
    interval = 1
    while count > capacity * interval:
        interval *= 2
    return interval


@given(count=st.integers(0, 2500), capacity=CAPACITIES, seed=st.integers(0, 1000))
@settings(max_examples=40)
def test_every_interval_shows_the_true_lowest_highest_and_mean_value(
    count: int, capacity: int, seed: int
) -> None:
    rows = rows_of(count, seed)
    view = filled(rows, capacity).view()
    assert view.interval == expected_interval(count, capacity)
    parts = [rows[start : start + view.interval] for start in range(0, count, view.interval)]
    assert len(parts) <= capacity
    for column, series in enumerate([view.loss, view.norm_before, view.norm_after]):
        values = [[row[column] for row in part] for part in parts]
        assert series.low.tolist() == [min(part) for part in values]
        assert series.high.tolist() == [max(part) for part in values]
        means = [math.fsum(part) / len(part) for part in values]
        np.testing.assert_allclose(series.mean, means, rtol=1e-12)
    assert view.clipped_steps.tolist() == [sum(row[3] for row in part) for part in parts]
    ends = [min(start + view.interval, count) for start in range(0, count, view.interval)]
    assert view.steps.tolist() == ends
    recent = [row[3] for row in rows[-1000:]]
    assert (view.recent_clipped, view.recent_steps) == (sum(recent), len(recent))


@given(count=st.integers(1, 600), capacity=CAPACITIES)
@settings(max_examples=20)
def test_the_smoothed_loss_is_the_exponential_mean_at_each_intervals_end(
    count: int, capacity: int
) -> None:
    rows = rows_of(count, 1)
    history = filled(rows, capacity)
    losses = np.array([row[0] for row in rows])
    smoothed = []
    for end in range(1, count + 1):
        weights = 0.98 ** np.arange(end - 1, -1, -1)
        smoothed.append(float((weights * losses[:end]).sum() / weights.sum()))
    view = history.view()
    ends = view.steps.astype(int) - 1
    np.testing.assert_allclose(view.smoothed_loss, np.array(smoothed)[ends], rtol=1e-9)
    assert history.smoothed_loss == pytest.approx(smoothed[-1], rel=1e-9)


def test_an_empty_history_has_an_empty_view_and_no_smoothed_loss() -> None:
    history = History()
    view = history.view()
    assert len(view.steps) == len(view.loss.mean) == len(view.validation_loss) == 0
    assert view.recent_steps == 0
    assert history.smoothed_loss is None


@given(
    count=st.integers(1, 1500),
    capacity=CAPACITIES,
    looks=st.lists(st.integers(0, 1499), max_size=20),
)
@settings(max_examples=30)
def test_looking_at_it_on_the_way_changes_no_bit(
    count: int, capacity: int, looks: list[int]
) -> None:
    rows = rows_of(count, 2)
    looked_at = History(capacity)
    for number, row in enumerate(rows):
        looked_at.append(*row)
        if number in looks:
            looked_at.view()
    assert same_bits(looked_at.view(), filled(rows, capacity).view())


@given(first=st.integers(0, 900), more=st.integers(0, 900), capacity=CAPACITIES)
@settings(max_examples=30)
def test_a_history_that_was_saved_and_read_goes_on_as_the_whole_one(
    first: int, more: int, capacity: int
) -> None:
    rows = rows_of(first + more, 3)
    whole = filled(rows, capacity)
    saved = filled(rows[:first], capacity).to_arrays()
    again = History.from_arrays({name: array.copy() for name, array in saved.items()}, capacity)
    assert same_bits(again.to_arrays(), saved)
    for row in rows[first:]:
        again.append(*row)
    assert same_bits(again.view(), whole.view())
    assert again.step_count == first + more
    assert again.smoothed_loss == whole.smoothed_loss


@given(count=st.integers(0, 300), capacity=CAPACITIES, cut=st.integers(0, 300))
@settings(max_examples=30)
def test_validation_losses_are_true_bounded_and_saved(count: int, capacity: int, cut: int) -> None:
    measured = [(10 * number, 1 / number) for number in range(1, count + 1)]
    history = History(capacity)
    for number, (step, loss) in enumerate(measured):
        if number == cut:
            history = History.from_arrays(history.to_arrays(), capacity)
        history.append_validation(step, loss)
    view = history.view()
    kept = list(zip(view.validation_steps.tolist(), view.validation_loss.tolist(), strict=True))
    assert len(kept) == min(len(kept), capacity)
    stride = 1
    while -(-count // stride) > capacity:
        stride *= 2
    assert kept == measured[::stride]


def test_a_history_that_begins_late_counts_its_steps_from_there() -> None:
    history = History()
    history.first_step = 5000
    history.append(1.0, 1.0, 1.0, False)
    assert history.view().steps.tolist() == [5001]
    assert History.from_arrays(history.to_arrays()).view().steps.tolist() == [5001]


@pytest.mark.parametrize("capacity", [0, 1, 7, -2])
def test_a_capacity_that_cannot_be_halved_is_refused(capacity: int) -> None:
    with pytest.raises(ValueError, match="even number"):
        History(capacity)
    with pytest.raises(ValueError, match="even number"):
        GradientHistory(capacity=capacity)


def test_views_are_read_only_and_keep_their_numbers() -> None:
    history = filled(rows_of(50, 4))
    history.append_validation(10, 1.0)
    view = history.view()
    arrays = list(arrays_in(view))
    assert len(arrays) == 14
    before = [array.copy() for array in arrays]
    assert not any(array.flags.writeable for array in arrays)
    for row in rows_of(3000, 5):
        history.append(*row)
    history.view()
    assert same_bits(arrays, before)


def damaged(arrays: dict[str, np.ndarray], **changes: Any) -> dict[str, np.ndarray]:
    return {name: array.copy() for name, array in arrays.items()} | changes


HISTORY = filled(rows_of(300, 6), 64)
HISTORY.append_validation(10, 2.0)
SOUND = HISTORY.to_arrays()


def with_state(index: int, value: float) -> dict[str, np.ndarray]:
    state = SOUND["state"].copy()
    state[index] = value
    return damaged(SOUND, state=state)


def with_entry(name: str, index: tuple[int, int], value: float) -> dict[str, np.ndarray]:
    array = SOUND[name].copy()
    array[index] = value
    return damaged(SOUND, **{name: array})


@pytest.mark.parametrize(
    "arrays",
    [
        {},
        {name: array for name, array in SOUND.items() if name != "bins"},
        {name: array for name, array in SOUND.items() if name != "state"},
        damaged(SOUND, bins=SOUND["bins"][:-1]),
        damaged(SOUND, bins=SOUND["bins"][:, :-1]),
        damaged(SOUND, bins=np.zeros((5000, 12))),
        damaged(SOUND, recent=np.zeros(999)),
        damaged(SOUND, validation=np.zeros(4)),
        damaged(SOUND, validation=np.zeros((70, 2))),
        damaged(SOUND, validation=np.array([[np.inf, 1.0]])),
        damaged(SOUND, validation=np.array([[np.nan, 1.0]])),
        damaged(SOUND, validation=np.array([[-3.0, 1.0]])),
        damaged(SOUND, state=SOUND["state"][:-1]),
        with_entry("bins", (0, 0), np.nan),
        with_entry("bins", (3, 4), np.inf),
        with_entry("bins", (1, 9), 7.0),
        with_state(0, 0.0),
        with_state(0, -8.0),
        with_state(0, 2.5),
        with_state(0, 1e300),
        with_state(1, -1.0),
        with_state(2, 299.0),
        with_state(2, 1e300),
        with_state(3, np.nan),
        with_state(5, -1.0),
        with_state(6, 0.5),
    ],
)
def test_arrays_that_do_not_belong_together_are_refused(arrays: dict[str, np.ndarray]) -> None:
    with pytest.raises(ValueError, match="history"):
        History.from_arrays(arrays, 64)


def memory_of(*histories: object) -> int:
    total = 0
    for history in histories:
        for value in vars(history).values():
            total += value.nbytes if isinstance(value, np.ndarray) else 0
            total += 100 * len(value) if isinstance(value, list) else 0
    return total


def test_ten_million_steps_stay_far_below_50_megabytes() -> None:
    steps = 10_000_000
    history = History()
    rng = np.random.default_rng(0)
    block = np.zeros((256, 5))
    lowest, total = math.inf, 0.0
    for number in range(-(-steps // 256)):
        # A block as `append` would leave it; the loop of Python calls alone would take 20 s.
        block[:, :3] = rng.random((256, 3)) + 1
        if number % 40 == 0:
            block[number % 256, 0] = 1e-3 * (number + 1)
        lowest, total = min(lowest, block[:, 0].min()), total + block[:, 0].sum()
        history._pending[...] = block
        history._pending_count = 256
        history._fold()
    for number in range(10_000):
        history.append_validation(1000 * number, 1.0)
    gradients = GradientHistory()
    norms = np.ones((1, 1000))
    step = 0
    while step < steps:
        step += gradients.interval - step % gradients.interval
        gradients.append(step, norms)
    view = history.view()
    assert history.step_count >= steps
    assert view.loss.low.min() == lowest
    assert (view.loss.mean * np.diff(view.steps, prepend=0)).sum() == pytest.approx(total)
    assert history.capacity // 2 <= len(view.steps) <= history.capacity
    assert 256 <= len(gradients.view().steps) <= 512
    assert memory_of(history, gradients) < 5e6
    assert sum(array.nbytes for array in arrays_in(view)) < 1e6

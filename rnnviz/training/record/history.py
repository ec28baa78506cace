"""A run's losses and norms in bounded memory: the true minimum and maximum of every interval.

The run is cut into equal intervals of steps. When the capacity is full, neighbours are merged and
the interval doubles, so that memory stays the same however long the run is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rnnviz.core.parameters import Array
from rnnviz.diagnostics.read_only import read_only
from rnnviz.training.record.saved_arrays import are_counts, finite_array

RECENT_STEPS = 1000
_PENDING_STEPS = 256
_SMOOTHING = 0.98
SMOOTHED_STEPS = round(1 / (1 - _SMOOTHING))
"""Over about so many steps the smoothed loss is a mean."""


class StepResult(NamedTuple):
    """What one training step left behind, in the metrics file's order.

    `loss` and `validation_loss` are in the source's unit, such as nats per token;
    `validation_loss` is None for the steps after which it was not measured; `seconds` counts from
    the run's (or the resumption's) start.
    """

    step: int
    epoch: float
    tokens: int
    loss: float
    validation_loss: float | None
    gradient_norm: float
    clipped_gradient_norm: float
    learning_rate: float
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class SeriesView:
    """One quantity over the run, an entry an interval of steps.

    Attributes
    ----------
    low, high, mean
        (n,) the smallest, the largest and the mean value of each interval.
    """

    low: Array
    high: Array
    mean: Array


@dataclass(frozen=True, slots=True, eq=False)
class HistoryView:
    """The run's past as it was when the view was taken; read-only arrays of its own.

    Attributes
    ----------
    steps
        (n,) the last step of each interval; intervals are equal but for the newest.
    interval
        Steps an interval.
    loss, norm_before, norm_after
        The loss as a `StepResult` has it, the global gradient norm before and after clipping.
    smoothed_loss
        (n,) an exponential mean of the loss over about `SMOOTHED_STEPS`, at each interval's end.
    clipped_steps
        (n,) how many steps of each interval were clipped.
    validation_steps, validation_loss
        (m,) when the loss on what is held out was measured, and what it was.
    recent_clipped, recent_steps
        How many of the last `recent_steps` (at most 1,000) steps were clipped.
    """

    steps: Array
    interval: int
    loss: SeriesView
    norm_before: SeriesView
    norm_after: SeriesView
    smoothed_loss: Array
    clipped_steps: Array
    validation_steps: Array
    validation_loss: Array
    recent_clipped: int
    recent_steps: int


# The columns of a raw row, and of the bins that rows are folded into.
_LOSS, _BEFORE, _AFTER, _SMOOTH, _CLIPPED, _COLUMNS = range(6)
_MEASURED = slice(_LOSS, _AFTER + 1)


class History:
    """Loss, gradient norms, clipping and validation loss of a run, in bounded memory.

    Parameters
    ----------
    capacity
        The largest number of intervals; even.
    """

    def __init__(self, capacity: int = 1024) -> None:
        if capacity < 2 or capacity % 2:
            raise ValueError("a history's capacity is an even number of at least 2")
        self.capacity = capacity
        self.interval = 1
        self.first_step = 0
        self._count = 0
        self._low = np.full((capacity, 3), np.inf)
        self._high = np.full((capacity, 3), -np.inf)
        self._sum = np.zeros((capacity, 3))
        self._steps_in = np.zeros(capacity)
        self._smooth = np.zeros(capacity)
        self._clipped = np.zeros(capacity)
        self._pending = np.zeros((_PENDING_STEPS, _COLUMNS))
        self._pending_count = 0
        self._recent = np.zeros(RECENT_STEPS, bool)
        self._smooth_sum = 0.0
        self._smooth_weight = 0.0
        self._validation: list[tuple[int, float]] = []
        self._validation_kept: Array | None = None
        self._validation_stride = 1
        self._validation_seen = 0

    def __getstate__(self) -> dict[str, object]:
        """Have copies make their views anew: an array that is copied can be written to."""
        return self.__dict__ | {"_validation_kept": None}

    @property
    def step_count(self) -> int:
        """How many steps were appended."""
        return self._count + self._pending_count

    @property
    def smoothed_loss(self) -> float | None:
        """The exponential mean of the loss, or None before the first step."""
        return self._smooth_sum / self._smooth_weight if self._smooth_weight else None

    def append(self, loss: float, norm_before: float, norm_after: float, clipped: bool) -> None:
        """Record one step; all values finite."""
        self._smooth_sum = _SMOOTHING * self._smooth_sum + (1 - _SMOOTHING) * loss
        self._smooth_weight = _SMOOTHING * self._smooth_weight + (1 - _SMOOTHING)
        smooth = self._smooth_sum / self._smooth_weight
        self._recent[self.step_count % RECENT_STEPS] = clipped
        self._pending[self._pending_count] = (loss, norm_before, norm_after, smooth, clipped)
        self._pending_count += 1
        if self._pending_count == _PENDING_STEPS:
            self._fold()

    def append_validation(self, step: int, loss: float) -> None:
        """Record a loss on what is held out.

        At most `capacity` measurements are kept: when there are more, every second one goes.
        """
        if self._validation_seen % self._validation_stride == 0:
            self._validation.append((step, loss))
            self._validation_kept = None
        self._validation_seen += 1
        if len(self._validation) > self.capacity:
            self._validation = self._validation[::2]
            self._validation_stride *= 2

    def view(self) -> HistoryView:
        """Return the past as arrays of its own."""
        self._fold()
        used = -(-self._count // self.interval)
        counts = self._steps_in[:used]
        validation = self._validation_array()
        recent_steps = min(self._count, RECENT_STEPS)

        def series(column: int) -> SeriesView:
            return SeriesView(
                low=read_only(self._low[:used, column].copy()),
                high=read_only(self._high[:used, column].copy()),
                mean=read_only(self._sum[:used, column] / counts),
            )

        return HistoryView(
            steps=read_only(self.first_step + np.cumsum(counts)),
            interval=self.interval,
            loss=series(_LOSS),
            norm_before=series(_BEFORE),
            norm_after=series(_AFTER),
            smoothed_loss=read_only(self._smooth[:used].copy()),
            clipped_steps=read_only(self._clipped[:used].copy()),
            validation_steps=validation[:, 0],
            validation_loss=validation[:, 1],
            recent_clipped=int(np.count_nonzero(self._recent[:recent_steps])),
            recent_steps=recent_steps,
        )

    def _validation_array(self) -> Array:
        """Return (m, 2) steps and losses; made anew only where there is a new one."""
        if self._validation_kept is None:
            pairs = np.array(self._validation, dtype=float).reshape(-1, 2)
            self._validation_kept = read_only(pairs)
        return self._validation_kept

    def _fold(self) -> None:
        """Move the pending rows into the bins, a block at a time."""
        start = 0
        while start < self._pending_count:
            if self._count == self.capacity * self.interval:
                self._merge_neighbours()
            room = self.capacity * self.interval - self._count
            stop = min(self._pending_count, start + room)
            self._fold_rows(self._pending[start:stop])
            start = stop
        self._pending_count = 0

    def _fold_rows(self, rows: Array) -> None:
        bins = (self._count + np.arange(len(rows))) // self.interval
        starts = np.flatnonzero(np.diff(bins, prepend=-1))
        stops = np.append(starts[1:], len(rows))
        used = bins[starts]
        measured = rows[:, _MEASURED]
        low, high = np.minimum.reduceat(measured, starts), np.maximum.reduceat(measured, starts)
        self._low[used] = np.minimum(self._low[used], low)
        self._high[used] = np.maximum(self._high[used], high)
        # Added one after the other, so that a mean does not depend on when the rows were folded.
        np.add.at(self._sum, bins, measured)
        self._clipped[used] += np.add.reduceat(rows[:, _CLIPPED], starts)
        self._steps_in[used] += stops - starts
        self._smooth[used] = rows[stops - 1, _SMOOTH]
        self._count += len(rows)

    def _merge_neighbours(self) -> None:
        half = self.capacity // 2
        self._low[:half] = np.minimum(self._low[0::2], self._low[1::2])
        self._high[:half] = np.maximum(self._high[0::2], self._high[1::2])
        self._smooth[:half] = self._smooth[1::2]
        for total in (self._sum, self._clipped, self._steps_in):
            total[:half] = total[0::2] + total[1::2]
            total[half:] = 0
        self._low[half:], self._high[half:] = np.inf, -np.inf
        self.interval *= 2

    def to_arrays(self) -> dict[str, Array]:
        """Return everything as named arrays, for a model file."""
        self._fold()
        return {
            "bins": np.concatenate(
                [
                    self._low,
                    self._high,
                    self._sum,
                    np.stack([self._steps_in, self._smooth, self._clipped], axis=1),
                ],
                axis=1,
            )[: -(-self._count // self.interval)],
            "recent": self._recent.astype(float),
            "validation": self._validation_array().copy(),
            "state": np.array(
                [
                    self.interval,
                    self.first_step,
                    self._count,
                    self._smooth_sum,
                    self._smooth_weight,
                    self._validation_stride,
                    self._validation_seen,
                ],
                dtype=float,
            ),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array], capacity: int = 1024) -> History:
        """Rebuild what `to_arrays` returned.

        Raises
        ------
        ValueError
            Where the arrays do not belong together.
        """
        history = cls(capacity)
        bins, recent, validation, state = (
            finite_array(arrays, name) for name in ("bins", "recent", "validation", "state")
        )
        if state.shape != (7,) or not are_counts(state[[0, 1, 2, 5, 6]]) or state[0] < 1:
            raise ValueError("the history's state is not what this version writes")
        interval, first_step, count = (int(value) for value in state[:3])
        used = -(-count // interval)
        if used > capacity or bins.shape != (used, 12) or recent.shape != (RECENT_STEPS,):
            raise ValueError("the history's arrays do not fit its length")
        steps_in = np.full(used, float(interval))
        steps_in[used - 1 :] = count - (used - 1) * interval
        if not np.array_equal(bins[:, 9], steps_in):
            raise ValueError("the history's intervals are not of equal length")
        if validation.ndim != 2 or validation.shape[1] != 2 or len(validation) > capacity:
            raise ValueError("the history's validation losses are not pairs")
        if not are_counts(validation[:, 0]):
            raise ValueError("the history's validation losses are not those of steps")
        history.interval, history.first_step, history._count = interval, first_step, count
        history._low[:used], history._high[:used] = bins[:, 0:3], bins[:, 3:6]
        history._sum[:used] = bins[:, 6:9]
        history._steps_in[:used] = bins[:, 9]
        history._smooth[:used], history._clipped[:used] = bins[:, 10], bins[:, 11]
        history._recent[:] = recent != 0
        history._smooth_sum, history._smooth_weight = float(state[3]), float(state[4])
        history._validation = [(int(step), float(loss)) for step, loss in validation]
        history._validation_stride = max(1, int(state[5]))
        history._validation_seen = int(state[6])
        return history

"""How far the gradient reached back, over a run and lately, in bounded memory."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.parameters import Array
from rnnviz.diagnostics.read_only import read_only
from rnnviz.training.record.saved_arrays import are_counts, finite_array

RECENT_WINDOWS = 50
"""How many windows say what is usual: each alone tells of its text as much as of the network."""
SMALLEST_NORM = 1e-37
"""What is smaller, and nothing, is recorded as this."""
_SMALLEST_LOGARITHM = np.float32(math.log10(SMALLEST_NORM))
# Stands for NaN in files, whose values are all finite.
_NOT_MEASURED = 99.0


@dataclass(frozen=True, slots=True, eq=False)
class GradientHistoryView:
    """How far the gradient reached back, over the run; read-only arrays of its own.

    Attributes
    ----------
    labels
        The layers' states, as ``rnnviz.core.architecture.Architecture.state_labels`` has them.
    logarithms
        (n, states, lags) log10 of the norm of dL_T/dh_{T-lag}, or of dL_T/dc_{T-lag}; NaN where a
        window was shorter than that. One row a measured step.
    steps
        (n,) the measured steps.
    interval
        Steps between measurements.
    """

    labels: tuple[str, ...]
    logarithms: NDArray[np.float32]
    steps: Array
    interval: int


class GradientHistory:
    """Gradient norms by steps back, measured at every interval-th step.

    The interval doubles when the capacity is full and every second row goes: each row that is
    kept is a true measurement of one step, and a long run costs ever less.

    Parameters
    ----------
    labels
        The states of the layers, in the order of the rows of norms.
    capacity
        The largest number of measured steps; even.
    largest_lag
        How many steps back are kept at the most.
    """

    def __getstate__(self) -> dict[str, object]:
        """Have copies make their views anew: an array that is copied can be written to."""
        return self.__dict__ | {"_view": None}

    def __init__(
        self, labels: tuple[str, ...] = ("h1",), capacity: int = 512, largest_lag: int = 1024
    ) -> None:
        if capacity < 2 or capacity % 2:
            raise ValueError("a history's capacity is an even number of at least 2")
        self.labels = labels
        self.capacity = capacity
        self.largest_lag = largest_lag
        self.interval = 1
        self._rows = np.full((capacity, len(labels), 0), np.nan, np.float32)
        self._steps = np.zeros(capacity)
        self._count = 0
        self._view: GradientHistoryView | None = None

    def is_due(self, step: int) -> bool:
        """Whether `step` is one of those that are measured."""
        return step % self.interval == 0

    def append(self, step: int, norms: Array) -> None:
        """Record norms (states, T) in the order of the window, for a step that is due."""
        self._view = None
        lags = min(norms.shape[-1], self.largest_lag)
        if lags > self._rows.shape[-1]:
            wider = np.full((*self._rows.shape[:-1], lags), np.nan, np.float32)
            wider[..., : self._rows.shape[-1]] = self._rows
            self._rows = wider
        while self._count == self.capacity:
            self.interval *= 2
            kept = np.flatnonzero(self._steps % self.interval == 0)
            self._count = len(kept)
            self._rows[: self._count] = self._rows[kept]
            self._steps[: self._count] = self._steps[kept]
        if not self.is_due(step):
            return
        row = self._rows[self._count]
        row.fill(np.nan)
        row[:, :lags] = _by_lag(norms, lags)
        self._steps[self._count] = step
        self._count += 1

    def view(self) -> GradientHistoryView:
        """Return the measurements, the same arrays until there is a new one."""
        if self._view is None:
            self._view = self._new_view()
        return self._view

    def _new_view(self) -> GradientHistoryView:
        return GradientHistoryView(
            labels=self.labels,
            logarithms=read_only(self._rows[: self._count].copy()),
            steps=read_only(self._steps[: self._count].copy()),
            interval=self.interval,
        )

    def to_arrays(self) -> dict[str, Array]:
        """Return everything as named arrays, for a model file."""
        view = self.view()
        return {
            "gradient_rows": np.nan_to_num(view.logarithms, nan=_NOT_MEASURED),
            "gradient_steps": view.steps.copy(),
            "gradient_interval": np.array([self.interval], dtype=float),
        }

    @classmethod
    def from_arrays(
        cls, arrays: Mapping[str, Array], labels: tuple[str, ...] = ("h1",)
    ) -> GradientHistory:
        """Rebuild what `to_arrays` returned.

        Raises
        ------
        ValueError
            Where the arrays do not belong together.
        """
        history = cls(labels)
        rows, steps, interval = (
            finite_array(arrays, f"gradient_{name}") for name in ("rows", "steps", "interval")
        )
        if rows.ndim == 2:
            rows = rows[:, None]  # the first version of the format knew one layer's h only
        if (
            rows.ndim != 3
            or rows.shape[1] != len(labels)
            or steps.shape != (len(rows),)
            or interval.shape != (1,)
        ):
            raise ValueError("the gradient history's arrays do not fit each other")
        if len(rows) > history.capacity or rows.shape[2] > history.largest_lag:
            raise ValueError("the gradient history is longer than this version writes")
        if not are_counts(interval) or interval[0] < 1:
            raise ValueError("the gradient history's interval is not a number of steps")
        if not are_counts(steps) or (steps % interval).any() or (np.diff(steps) <= 0).any():
            raise ValueError("the gradient history's steps are not multiples of its interval")
        history._rows = np.full((history.capacity, *rows.shape[1:]), np.nan, np.float32)
        history._rows[: len(rows)] = np.where(rows == _NOT_MEASURED, np.nan, rows)
        history._steps[: len(rows)] = steps
        history._count = len(rows)
        history.interval = int(interval[0])
        return history


@dataclass(frozen=True, slots=True, eq=False)
class RecentGradientsView:
    """The gradients of the last windows that were measured; read-only arrays of its own.

    Attributes
    ----------
    labels
        As in a `GradientHistoryView`.
    logarithms
        (n, states, lags) as in a `GradientHistoryView`, of windows of one length; n is at most
        `RECENT_WINDOWS`.
    steps
        (n,) the steps of these windows, ascending.
    """

    labels: tuple[str, ...]
    logarithms: NDArray[np.float32]
    steps: Array

    def quantiles(
        self, label: str, shares: Sequence[float], *, relative: bool = True
    ) -> NDArray[np.float64]:
        """Return curves that these shares of the windows do not exceed, each lag for itself.

        Parameters
        ----------
        label
            Of which layer's state.
        shares
            From 0 to 1; 0.5 is the median.
        relative
            Whether each window's gradient is taken relative to its first size, or as it is; see
            `from_first_size`.

        Returns
        -------
        NDArray
            (shares, lags) sizes, not their logarithms, by steps back; NaN where no window has a
            size yet, and no lags where no window was measured yet.
        """
        logarithms = self.logarithms[:, self.labels.index(label)]
        if not len(logarithms):
            return np.empty((len(shares), 0))
        begun = from_first_size(logarithms, relative=relative)
        # NaN comes last.
        ranked = np.sort(begun, axis=0).astype(np.float64)
        last = np.maximum(np.count_nonzero(~np.isnan(ranked), axis=0) - 1, 0)
        places = np.asarray(shares, np.float64)[:, None] * last
        below = np.floor(places).astype(np.intp)
        above = np.minimum(below + 1, last)
        low, high = (np.take_along_axis(ranked, at, axis=0) for at in (below, above))
        return np.asarray(10.0 ** (low + (places - below) * (high - low)))

    def median(self, label: str) -> NDArray[np.float64]:
        """Return (lags,) the median share of its first size that the gradient keeps, by lag.

        Entry k is that of k steps back; that of the first size is 1. Empty where no window was
        measured yet.
        """
        curve: NDArray[np.float64] = self.quantiles(label, (0.5,))[0]
        return curve


class RecentGradients:
    """The gradients of the last `RECENT_WINDOWS` windows that were measured, whoever asked.

    Parameters
    ----------
    history
        Whose newest rows stand for what was measured before.
    """

    def __getstate__(self) -> dict[str, object]:
        """Have copies make their views anew: an array that is copied can be written to."""
        return self.__dict__ | {"_view": None}

    def __init__(self, history: GradientHistory) -> None:
        view = history.view()
        self.labels = history.labels
        self._largest_lag = history.largest_lag
        self._windows: deque[tuple[int, NDArray[np.float32]]] = deque(maxlen=RECENT_WINDOWS)
        self._view: RecentGradientsView | None = None
        recent = slice(-RECENT_WINDOWS, None)
        for step, row in zip(view.steps[recent], view.logarithms[recent], strict=True):
            self._note(int(step), row[:, np.isfinite(row[0])])

    def append(self, step: int, norms: Array) -> None:
        """Record the norms (states, T) of a step's window, in the order of the window."""
        self._note(step, _by_lag(norms, min(norms.shape[-1], self._largest_lag)))

    def view(self) -> RecentGradientsView:
        """Return the gradients, the same arrays until there is a new one."""
        if self._view is None:
            none = np.empty((0, len(self.labels), 0), np.float32)
            rows = [row for _, row in self._windows]
            self._view = RecentGradientsView(
                labels=self.labels,
                logarithms=read_only(np.stack(rows) if rows else none),
                steps=read_only(np.array([step for step, _ in self._windows], float)),
            )
        return self._view

    def _note(self, step: int, row: NDArray[np.float32]) -> None:
        if self._windows and self._windows[-1][1].shape != row.shape:
            # Windows of another length are other measurements.
            self._windows.clear()
        self._windows.append((step, row))
        self._view = None


def from_first_size(
    logarithms: NDArray[np.float32], *, relative: bool = True
) -> NDArray[np.float32]:
    """Return gradients from their first size on, relative to it or as they are.

    The first size is that at the loss's own step (lag 0). Where that is 0 it is the first above 0:
    a state that is read only one step later has no gradient before.

    Parameters
    ----------
    logarithms
        (n, lags) of one state, as in a `GradientHistoryView`.
    relative
        Whether they are taken relative to their first sizes.

    Returns
    -------
    NDArray
        (n, lags), NaN before the first size; a gradient that is 0 everywhere stays what it is.
    """
    is_above = logarithms > _SMALLEST_LOGARITHM
    lags = np.where(logarithms[:, 0] <= _SMALLEST_LOGARITHM, is_above.argmax(axis=1), 0)[:, None]
    firsts = np.take_along_axis(logarithms, lags, axis=1) if relative else np.float32(0)
    is_before = np.arange(logarithms.shape[1]) < lags
    return np.where(is_before, np.float32(np.nan), logarithms - firsts)


def _by_lag(norms: Array, lags: int) -> NDArray[np.float32]:
    """Return log10 of norms (states, T) by steps back, as many as `lags`."""
    by_lag = np.maximum(norms[:, ::-1][:, :lags], SMALLEST_NORM)
    return np.asarray(np.log10(by_lag), np.float32)

"""How far the gradient reached back over a run, in bounded memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.parameters import Array
from rnnviz.diagnostics.read_only import read_only
from rnnviz.training.saved_arrays import are_counts, finite_array

SMALLEST_NORM = 1e-37
"""What is smaller, and nothing, is recorded as this."""
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
        row[:, :lags] = np.log10(np.maximum(norms[:, ::-1][:, :lags], SMALLEST_NORM))
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

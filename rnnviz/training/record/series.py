"""How a few numbers went over a run while somebody looked, in bounded memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rnnviz.core.parameters import Array
from rnnviz.diagnostics.read_only import read_only


@dataclass(frozen=True, slots=True, eq=False)
class DiagnosticSeriesView:
    """The numbers by training step; read-only arrays of its own.

    Attributes
    ----------
    labels
        What each column of `values` is.
    steps
        (n,) the measured steps, ascending.
    values
        (n, len(labels)) float64; NaN where something could not be measured.
    """

    labels: tuple[str, ...]
    steps: Array
    values: Array


class DiagnosticSeries:
    """Numbers by training step, taken whenever a diagnostic was measured for the window.

    When the capacity is full, every second measurement goes, so that a long run costs no more than
    a short one. Nobody looked, nothing measured: it has gaps where its panel was hidden.

    Parameters
    ----------
    labels
        What each number is.
    capacity
        The largest number of measurements; even.
    """

    def __getstate__(self) -> dict[str, object]:
        """Have copies make their views anew: an array that is copied can be written to."""
        return self.__dict__ | {"_view": None}

    def __init__(self, labels: Sequence[str], capacity: int = 512) -> None:
        if capacity < 2 or capacity % 2:
            raise ValueError("a series's capacity is an even number of at least 2")
        self.labels = tuple(labels)
        self._rows: Array = np.zeros((capacity, len(self.labels)))
        self._steps: Array = np.zeros(capacity)
        self._count = 0
        self._stride = 1
        self._skipped = 0
        self._view: DiagnosticSeriesView | None = None

    def append(self, step: int, values: Sequence[float] | Array) -> None:
        """Record what was measured at `step`; of one step the last word counts.

        What was noted of later steps is forgotten: a step that failed was measured, but not done.
        """
        if self._count and step < self._steps[self._count - 1]:
            self._count = int(np.searchsorted(self._steps[: self._count], step, side="right"))
            self._view = None
        if self._count and step == self._steps[self._count - 1]:
            self._rows[self._count - 1] = values
            self._view = None
            return
        self._skipped += 1
        if self._count and self._skipped < self._stride:
            return
        self._skipped = 0
        if self._count == len(self._steps):
            self._count //= 2
            self._rows[: self._count] = self._rows[1::2].copy()
            self._steps[: self._count] = self._steps[1::2].copy()
            self._stride *= 2
        self._rows[self._count] = values
        self._steps[self._count] = step
        self._count += 1
        self._view = None

    def view(self) -> DiagnosticSeriesView:
        """Return the measurements, the same arrays until there is a new one."""
        if self._view is None:
            self._view = DiagnosticSeriesView(
                labels=self.labels,
                steps=read_only(self._steps[: self._count].copy()),
                values=read_only(self._rows[: self._count].copy()),
            )
        return self._view

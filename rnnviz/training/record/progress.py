"""How many tokens and seconds a run's steps took: what else than steps it can be plotted over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from rnnviz.core.parameters import Array
from rnnviz.diagnostics.read_only import read_only

Unit = Literal["steps", "tokens", "seconds"]


@dataclass(frozen=True, slots=True, eq=False)
class ProgressView:
    """A run's progress at some of its steps; read-only arrays of its own.

    Attributes
    ----------
    steps, tokens, seconds
        (n,) how many there had been, ascending; the seconds are NaN where nobody took the time.
    """

    steps: Array
    tokens: Array
    seconds: Array

    @property
    def first_step(self) -> int:
        """The first step whose time is known: at first the one at which the run began."""
        return int(self.steps[~np.isnan(self.seconds)][0])

    def at(self, steps: Array, unit: Unit) -> Array:
        """Return how far the run was after each of these steps, NaN where that is unknown."""
        if unit == "steps":
            return steps
        reached: Array = np.interp(steps, self.steps, getattr(self, unit))
        return reached


class Progress:
    """Notes how far a run is whenever somebody looks, in bounded memory and in no file.

    Between two notes a run is taken to go on evenly.

    Parameters
    ----------
    step, tokens
        Where it begins; of what was before, no time is known.
    capacity
        The largest number of notes; even.
    """

    def __init__(self, step: int = 0, tokens: int = 0, capacity: int = 128) -> None:
        self._capacity = capacity
        self._rows: list[tuple[float, float, float]] = [(step, tokens, 0.0)]
        if step:
            self._rows.insert(0, (0.0, 0.0, np.nan))
        self._stride = 1
        self._skipped = 0
        self._newest = self._rows[-1]

    def note(self, step: int, tokens: int, seconds: float) -> None:
        """Take note of how far it is; of what came after this step, nothing is true any more."""
        while len(self._rows) > 1 and self._rows[-1][0] >= step:
            self._rows.pop()
        self._newest = (step, tokens, seconds)
        self._skipped += 1
        if self._skipped < self._stride or step == self._rows[-1][0]:
            return
        self._skipped = 0
        self._rows.append(self._newest)
        if len(self._rows) > self._capacity:
            self._rows[1:] = self._rows[2::2]
            self._stride *= 2

    def view(self) -> ProgressView:
        """Return the notes, the newest always among them."""
        rows = self._rows
        if self._newest[0] > rows[-1][0]:
            rows = [*rows, self._newest]
        steps, tokens, seconds = np.array(rows).T
        return ProgressView(*(read_only(column.copy()) for column in (steps, tokens, seconds)))

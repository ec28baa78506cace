"""What a run may come to: a measured quantity within bounds, at whatever step."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from rnnviz.training.claims.quantities import QUANTITIES, MeasurableRun, before_and_after
from rnnviz.training.observation.throttle import Throttle


@dataclass(frozen=True, slots=True)
class Goal:
    """One measured quantity and its bounds.

    Attributes
    ----------
    quantity
        A key of `QUANTITIES`.
    above, below
        Bounds; None for none.
    lag
        Steps back, for the quantities that need them; else 0.
    of
        Of what, for the quantities that need to be told; else empty.
    """

    quantity: str
    above: float | None = field(default=None, kw_only=True)
    below: float | None = field(default=None, kw_only=True)
    lag: int = field(default=0, kw_only=True)
    of: str = field(default="", kw_only=True)

    @property
    def label(self) -> str:
        """What is measured, in a few words."""
        return self._filled_in(QUANTITIES[self.quantity].label)

    @property
    def words(self) -> str:
        """What is measured, as a part of a sentence."""
        return self._filled_in(QUANTITIES[self.quantity].words)

    def _filled_in(self, words: str) -> str:
        before, after = before_and_after(self.of)
        return words.format(lag=self.lag, of=self.of, before=before, after=after)

    def is_about(self, other: Goal) -> bool:
        """Tell whether both measure the same."""
        return (self.quantity, self.lag, self.of) == (other.quantity, other.lag, other.of)

    def holds(self, measured: float) -> bool:
        """Tell whether a measurement lies within the bounds; NaN never does."""
        low = -math.inf if self.above is None else self.above
        high = math.inf if self.below is None else self.below
        return low < measured < high


def measured(goal: Goal, run: MeasurableRun) -> float:
    """Measure what a goal is about, with the run as it is; NaN where there is nothing."""
    with np.errstate(all="ignore"):
        return QUANTITIES[goal.quantity].measure(run, goal)


class GoalWatch:
    """Measures what somebody wants to bring about, while training runs no more than it can bear.

    Parameters
    ----------
    goals
        What is wanted.
    clock
        Seconds, monotonic.
    """

    def __init__(
        self, goals: tuple[Goal, ...] = (), clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self.goals = goals
        self._throttle = Throttle(clock)
        self._place: tuple[str, int, int] | None = None
        self._found: Mapping[Goal, float] = {}

    def measured(self, run_id: str, run: MeasurableRun, *, rests: bool) -> Mapping[Goal, float]:
        """Return what was measured of a run last, for each goal.

        Parameters
        ----------
        run_id
            Of the run and of no other.
        run
            As it is now.
        rests
            Whether it rests, and what is shown has to be of this very step.
        """
        place = run_id, run.step_count, len(run.state.journal.entries)
        if not self.goals or place == self._place:
            return self._found
        is_other = self._place is None or self._place[0] != run_id
        if is_other or rests or self._throttle.is_due():
            began = self._throttle.began()
            self._place = place
            self._found = {goal: measured(goal, run) for goal in self.goals}
            self._throttle.ended(began)
        return self._found

"""Earlier states of a run, kept whole, from which every other one can be had again."""

from __future__ import annotations

import bisect
import copy
import math
import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnviz.training.record.gradient_history import RecentGradients
from rnnviz.training.state.checkpoint import BestWeights, Checkpoint, Sample
from rnnviz.training.state.journal import Journal, StepFailed
from rnnviz.training.state.training_state import TrainingState

_SHARE = 0.005
"""What keeping a state takes is so much of what the steps take till the next.

About as much again it costs them: what they work with has left the processor's cache.
"""
_FIRST_STEPS = 16
_PROTOCOL = 5
_EARLY = 100.0
"""In steps: below it, the beginning is not looked at any more closely."""


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    step: int
    data: bytes
    best: BestWeights | None
    samples: tuple[Sample, ...]


class KeptStates:
    """Keeps states of one run as it goes on, within a budget of memory.

    One is kept whenever that takes little of the time since the last one. Where there is no more
    room, one goes without which the least is missed: those that stay are spread evenly, half over
    all steps, and half over their logarithms, for a network learns most in its first steps.

    Parameters
    ----------
    state
        The run as it is now: the first that is kept.
    clock
        Seconds that this thread was busy: what keeping costs is a share of what training does.

    Attributes
    ----------
    num_bytes
        What they take of the memory.
    needed
        Bytes that one more would have taken, where not even one had room; else 0.
    """

    def __init__(
        self,
        state: TrainingState,
        clock: Callable[[], float] = time.thread_time,
    ) -> None:
        self._clock = clock
        self._kept: list[_Kept] = []
        self._due_step = 0
        self._ended_at, self._ended_step = 0.0, 0
        self.num_bytes = 0
        self.needed = 0
        self.steps: NDArray[np.int64] = np.empty(0, np.int64)
        """After how many steps each was kept, ascending; read only."""
        self._keep(state)

    def after_step(self, state: TrainingState) -> None:
        """Keep the run as it is now, if that is due."""
        if state.step >= self._due_step:
            self._keep(state)

    def nearest(self, step: int) -> TrainingState | None:
        """Return a copy of the last state that was kept at this step or before it; None if none.

        It is as the run was right after its step, before anything else was done to it.
        """
        index = bisect.bisect_right(self.steps.tolist(), step) - 1
        if index < 0:
            return None
        kept = self._kept[index]
        state: TrainingState = pickle.loads(kept.data)
        state.best, state.samples = kept.best, kept.samples
        state.recent_gradients = RecentGradients(state.gradient_history)
        return state

    def checkpoints(self, most: int, journal: Journal) -> tuple[Checkpoint, ...]:
        """Return some of them, spread as they are, for a file that knows no more of a run.

        The beginning is left out, which follows from the settings, and those from which a step
        failed: a file does not tell what such a run goes back to.
        """
        failed = {entry.step for entry in journal.entries if isinstance(entry, StepFailed)}
        steps = [step for step in self.steps.tolist() if step and step not in failed]
        chosen = _spread(np.array(steps, np.float64), most)
        states = [self.nearest(steps[index]) for index in chosen]
        return tuple(state.checkpoint() for state in states if state is not None)

    def take(self, state: TrainingState) -> None:
        """Keep a state that comes from elsewhere, such as a file; the steps have to ascend."""
        self._keep(state)

    def _keep(self, state: TrainingState) -> None:
        began = self._clock()
        if self._kept and self._kept[-1].step >= state.step:
            return
        bare = copy.copy(state)
        # The best weights and the texts change seldom, and are never written to: they are shared.
        bare.best, bare.samples = None, ()
        bare.score, bare.series = None, {}
        del bare.recent_gradients
        kept = _Kept(state.step, pickle.dumps(bare, _PROTOCOL), state.best, state.samples)
        self._kept.append(kept)
        self.fit(state.configuration.past_memory)
        now, done = self._clock(), state.step - self._ended_step
        of_a_step = (began - self._ended_at) / done if done > 0 else 0.0
        # Counted in steps: to look at a clock after each would cost as much again.
        self._due_step = state.step + _steps_to_go(now - began, of_a_step)
        self._ended_at, self._ended_step = now, state.step

    def fit(self, megabytes: int) -> None:
        """Let go as many as do not fit into the budget."""
        largest = max((len(one.data) for one in self._kept), default=self.needed)
        self._thin(megabytes * 1_000_000)
        self.needed = 0 if self._kept else largest
        self._note_steps()

    def fit_loosely(self, megabytes: int) -> None:
        """Let go as many as do not fit into the budget, but for one."""
        self._thin(megabytes * 1_000_000, spared=1)
        self._note_steps()

    def _note_steps(self) -> None:
        self.steps = np.array([one.step for one in self._kept], np.int64)
        self.steps.setflags(write=False)

    def _thin(self, budget: int, spared: int = 0) -> None:
        """Let the one go first without which the least is missed."""
        self.num_bytes = self._size()
        while self.num_bytes > budget and len(self._kept) > spared:
            steps = np.array([one.step for one in self._kept], np.float64)
            del self._kept[_least_missed(steps)]
            self.num_bytes = self._size()

    def _size(self) -> int:
        bests = {id(one.best): one.best for one in self._kept if one.best is not None}
        weights = sum(array.nbytes for best in bests.values() for array in best.parameters.values())
        return weights + sum(len(one.data) for one in self._kept)


def _steps_to_go(cost: float, of_a_step: float) -> int:
    """Return how many steps are due before another state is, from what either takes, in seconds."""
    if not of_a_step:
        return _FIRST_STEPS  # none was done yet
    return max(1, math.ceil(cost / _SHARE / of_a_step))


def _least_missed(steps: NDArray[np.float64]) -> int:
    """Return which of these steps is missed the least: first and last stay as long as any do."""
    at = (steps - steps[0]) / max(1.0, steps[-1] - steps[0])
    early = np.log(steps - steps[0] + _EARLY)
    at += (early - early[0]) / max(1.0, early[-1] - early[0])
    between = at[2:] - at[:-2]
    return int(between.argmin()) + 1 if between.size else len(steps) - 1


def _spread(steps: NDArray[np.float64], most: int) -> list[int]:
    """Return the indices of at most so many steps that are missed the most."""
    left = list(range(len(steps)))
    while len(left) > most:
        del left[_least_missed(steps[left])]
    return left

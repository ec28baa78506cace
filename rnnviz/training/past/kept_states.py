"""Earlier states of a run, kept whole, from which every other one can be had again."""

from __future__ import annotations

import bisect
import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rnnviz.training.configuration import Configuration
from rnnviz.training.past.blocks import Blocks
from rnnviz.training.past.replay import can_begin_with
from rnnviz.training.record.gradient_history import RecentGradients
from rnnviz.training.state.checkpoint import BestWeights, Checkpoint, Sample
from rnnviz.training.state.journal import Journal, StepFailed
from rnnviz.training.state.training_state import TrainingState

_SHARE = 0.005
"""What keeping a state takes is so much of what the steps take till the next.

About as much again it costs them: what they work with has left the processor's cache.
"""
_FIRST_STEPS = 16
_EARLY = 100.0
"""In steps: below it, the beginning is not looked at any more closely."""


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """A state; what is never written to, and is mostly the same, it has in common with others."""

    step: int
    blocks: Blocks
    knows_no_other: bool
    configuration: Configuration
    tokens: tuple[str, ...]
    journal: Journal
    best: BestWeights | None
    samples: tuple[Sample, ...]

    @classmethod
    def of(cls, state: TrainingState, before: _Kept | None) -> _Kept:
        bare = copy.copy(state)
        bare.best, bare.samples, bare.tokens = None, (), ()
        bare.score, bare.series = None, {}
        del bare.recent_gradients, bare.configuration, bare.journal
        knows_no_other = state.last_finite.knows_no_other
        # One that nothing leads to has to know itself what a step that fails goes back to.
        is_led_to = before is not None and before.is_told_of_in(state.journal)
        if knows_no_other or is_led_to:
            del bare.last_finite
        return cls(
            step=state.step,
            blocks=Blocks.of(bare, None if before is None else before.blocks),
            knows_no_other=knows_no_other,
            configuration=state.configuration,
            tokens=state.tokens,
            journal=state.journal.copy(),
            best=state.best,
            samples=state.samples,
        )

    def made_again(self) -> TrainingState:
        state = self.blocks.made_again()
        assert isinstance(state, TrainingState)
        state.configuration, state.tokens = self.configuration, self.tokens
        state.journal = self.journal.copy()
        state.best, state.samples = self.best, self.samples
        state.recent_gradients = RecentGradients(state.gradient_history)
        if "last_finite" not in vars(state):
            state.forget_last_finite()
            state.last_finite.is_lost = not self.knows_no_other
        return state

    def is_told_of_in(self, journal: Journal) -> bool:
        """Tell whether a journal, later, knows what followed: not where it was begun anew since."""
        return self.journal.first_step == journal.first_step <= self.step

    def num_bytes_beside(self, one: _Kept | None = None, other: _Kept | None = None) -> int:
        """Return what goes when it goes, and these stay: its neighbours in time."""
        weights = 0
        bests = [near.best for near in (one, other) if near is not None]
        if self.best is not None and not any(self.best is best for best in bests):
            weights = sum(array.nbytes for array in self.best.parameters.values())
        return weights + self.blocks.num_bytes_beside(
            None if one is None else one.blocks, None if other is None else other.blocks
        )


class KeptStates:
    """Keeps states of one run as it goes on, within a budget of memory.

    One is kept whenever that takes little of the time since the last one. Where there is no more
    room, one goes without which the least is missed: those that stay are spread evenly, half over
    all steps, and half over their logarithms, for a network learns most in its first steps.

    Of its histories only what has changed since the state before takes memory. What a step that
    fails goes back to, the last finite weights and slots, is as large as the weights and slots
    themselves, and is left out: one step done again knows it. So who wants all of the very step
    that was kept, or goes on from where a step failed, begins at an earlier state. The first one
    has it, for none is before it.

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

    @property
    def num_bytes_of_last(self) -> int:
        """What the last one takes where it has nothing in common with others, as in a file."""
        return self._kept[-1].num_bytes_beside() if self._kept else 0

    def after_step(self, state: TrainingState) -> None:
        """Keep the run as it is now, if that is due."""
        if state.step >= self._due_step:
            self._keep(state)

    def nearest(self, step: int) -> TrainingState | None:
        """Return a copy of the last state that was kept at this step or before it; None if none.

        It is as the run was right after its step, before anything else was done to it. Its last
        finite weights may be lost; see `LastFinite.is_lost`.
        """
        index = bisect.bisect_right(self.steps.tolist(), step) - 1
        return None if index < 0 else self._kept[index].made_again()

    def nearest_to_go_on(self, step: int, journal: Journal) -> TrainingState | None:
        """Return the last one from which the journal leads to all of this step; None if none.

        It is at this step or before it, where it knows what a step that fails goes back to, or
        where nobody asks: a step of more that succeeds knows it again.
        """
        for kept in reversed(self._kept[: bisect.bisect_right(self.steps.tolist(), step)]):
            if not kept.is_told_of_in(journal):
                break
            state = kept.made_again()
            if can_begin_with(state, journal, step):
                return state
        return None

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
        last = self._kept[-1] if self._kept else None
        kept = _Kept.of(state, last)
        self._kept.append(kept)
        self._set_steps(np.append(self.steps, kept.step))
        self.num_bytes += kept.num_bytes_beside(last)
        self.fit(state.configuration.past_memory)
        now, done = self._clock(), state.step - self._ended_step
        of_a_step = (began - self._ended_at) / done if done > 0 else 0.0
        # Counted in steps: to look at a clock after each would cost as much again.
        self._due_step = state.step + _steps_to_go(now - began, of_a_step)
        self._ended_at, self._ended_step = now, state.step

    def fit(self, megabytes: int) -> None:
        """Let go as many as do not fit into the budget."""
        last = self._kept[-1] if self._kept else None
        self._thin(megabytes * 1_000_000)
        if self._kept:
            self.needed = 0
        elif last is not None:
            self.needed = last.num_bytes_beside()

    def fit_loosely(self, megabytes: int) -> None:
        """Let go as many as do not fit into the budget, but for one."""
        self._thin(megabytes * 1_000_000, spared=1)

    def _thin(self, budget: int, spared: int = 0) -> None:
        """Let the one go first without which the least is missed."""
        while self.num_bytes > budget and len(self._kept) > spared:
            self._let_go(_least_missed(self.steps.astype(np.float64)))

    def _let_go(self, index: int) -> None:
        gone = self._kept.pop(index)
        self._set_steps(np.delete(self.steps, index))
        before = self._kept[index - 1] if index else None
        after = self._kept[index] if index < len(self._kept) else None
        # What both neighbours lack, no other one has: each was made out of the one before.
        self.num_bytes -= gone.num_bytes_beside(before, after)

    def _set_steps(self, steps: NDArray[np.int64]) -> None:
        self.steps = steps
        self.steps.setflags(write=False)


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

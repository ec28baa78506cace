"""Looking at a run as it was after an earlier step, while it stays as it is."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator

from rnnviz.training.past.kept_states import KeptStates
from rnnviz.training.past.replay import can_begin_with, done_again
from rnnviz.training.state.training_state import TrainingState
from rnnviz.training.trainer import Trainer


class LookBack:
    """A trainer of a run's past: at once of the nearest state that was kept, a moment later exact.

    Of the very step that was kept all that can be seen, and saved in a file, is there at once. What
    a failure of the next step would go back to is not: it is known when that step itself was done
    again, from an earlier state.

    It is looked at with the watched text of now. Nothing that is done with it reaches the run.

    Parameters
    ----------
    run
        The run's own trainer.
    kept
        The run's earlier states.
    step
        Which step to look at; the nearest that there is of the run's where it is none.
    exactly
        Whether to do again what was done since the nearest state; else that is what is looked at.
    before
        What was looked at until now, from which it may be nearer.
    clock
        Seconds, monotonic.

    Attributes
    ----------
    trainer
        Of the state that is to be seen now. Another one takes its place when the step is reached.
    wanted
        The step that is to be seen at last.
    """

    def __init__(
        self,
        run: Trainer,
        kept: KeptStates,
        step: int,
        *,
        exactly: bool,
        before: LookBack | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._run = run
        self._clock = clock
        step = min(step, run.step_count)
        journal = run.state.journal
        state = _nearest(run, kept, step, before)
        # Before a fault, or before a file was opened, nobody knows how one state led to the next.
        exactly = exactly and journal.first_step <= state.step <= step
        begin: TrainingState | None = state
        if exactly and not can_begin_with(state, journal, step):
            begin = kept.nearest_to_go_on(step, journal) or _beginning(run)
            if not can_begin_with(state, journal, step + 1):
                # Its next step failed: what that led to is seen when it was done again.
                exactly, state = begin is not None, begin or state
        self.wanted = step if exactly else state.step
        self.trainer = self._again = self._trainer_of(state)
        self._steps: Iterator[None] | None = None
        if not exactly:
            return
        if begin is not state:
            deque(done_again(self.trainer, journal, step), maxlen=0)  # what was done right after it
            self.trainer = self._trainer_of(state)
        if begin is not None:
            self._again = self.trainer if begin is state else self._trainer_of(begin)
            self._steps = done_again(self._again, journal, step)
            if step == begin.step:
                self.advance(0.0)  # no step, but what was done right after it

    @property
    def is_exact(self) -> bool:
        """Whether what is to be seen now is the step that is to be seen at last."""
        return self.is_done or self._again is not self.trainer

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do again."""
        return self._steps is None

    def advance(self, seconds: float) -> bool:
        """Go on towards the step for about so long, one step at least; tell whether it is there.

        Raises
        ------
        RnnvizError
            Where the run's journal does not lead there.
        """
        if self._steps is not None:
            until = self._clock() + seconds
            for _ in self._steps:
                if self._clock() >= until:
                    return False
            self._steps = None
            self.trainer = self._again = self._trainer_of(self._again.state)
        return True

    def _trainer_of(self, state: TrainingState) -> Trainer:
        text = self._run.configuration.watched_text
        state.configuration = state.configuration.with_value("watched_text", text)
        return Trainer(state, self._run.dataset)


def _nearest(run: Trainer, kept: KeptStates, step: int, before: LookBack | None) -> TrainingState:
    """Return the last state at or before a step that can be had at once, or the earliest."""
    state = kept.nearest(step)
    if before is not None and before.is_exact:
        seen = before.trainer.state
        if seen.step <= step and (state is None or seen.step > state.step):
            return seen
    state = state or _beginning(run)
    if state is None:
        state = kept.nearest(int(kept.steps[0])) if len(kept.steps) else run.state.copy()
    assert state is not None
    return state


def _beginning(run: Trainer) -> TrainingState | None:
    """Return the run before its first step, where its journal tells how it began."""
    begun_with = run.state.journal.begun_with
    return None if begun_with is None else TrainingState.fresh(begun_with, run.dataset)

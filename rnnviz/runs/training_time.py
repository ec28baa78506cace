"""How much of a processor a run's steps take, whoever watches them."""

from __future__ import annotations

import time
from collections.abc import Callable

from rnnviz.training.trainer import Trainer


class TrainingTime:
    """Adds up a trainer's `processor_seconds`: what its steps take in the thread that does them.

    Looking at a run must not cost it a race: a step that was looked at counts as much as the one
    before it that was not, and what is done between two steps does not count at all. A run that
    nobody looks at and that races with nobody is not timed step by step, for that takes time too.

    Parameters
    ----------
    clock
        Seconds of this thread's processor time.

    Attributes
    ----------
    step_seconds
        What a step of the run took last that nobody looked at; 0 before there was one.
    """

    def __init__(self, clock: Callable[[], float] = time.thread_time) -> None:
        self._clock = clock
        self._trainer: Trainer | None = None
        self._step = 0
        self._since = 0.0
        self.step_seconds = 0.0

    def lap(self, trainer: Trainer | None) -> None:
        """Count the steps since the last lap: nothing but them was done."""
        now, steps = self._clock(), self._steps_of(trainer)
        if trainer is not None and steps > 0:
            trainer.processor_seconds += now - self._since
            self.step_seconds = (now - self._since) / steps
        self._since = now

    def lap_with_more(self, trainer: Trainer | None) -> None:
        """Count the steps since the last lap, but nothing else that was done."""
        now, steps = self._clock(), self._steps_of(trainer)
        if trainer is not None and steps > 0:
            trainer.processor_seconds += steps * self.step_seconds or now - self._since
        self._since = now

    def _steps_of(self, trainer: Trainer | None) -> int:
        """Return how many steps were done since the last lap; 0 for one that was not there."""
        before, step = self._step, 0 if trainer is None else trainer.step_count
        self._step = step
        if trainer is self._trainer:
            return step - before
        self._trainer, self.step_seconds = trainer, 0.0
        return 0

"""A run under command: its state, its pace and its snapshots. No Qt, no threads."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from rnnviz.core.errors import RnnvizError
from rnnviz.data import Progress
from rnnviz.training.checkpoint import Checkpoint
from rnnviz.training.commands import (
    Change,
    Command,
    Diagnostic,
    NewRun,
    Pause,
    Reset,
    Resume,
    SetSpeed,
    TakeStep,
    Train,
    Watch,
    Write,
)
from rnnviz.training.loading import new_trainer, resumed_trainer
from rnnviz.training.remarks import remarks
from rnnviz.training.snapshot import RunState, Snapshot
from rnnviz.training.trainer import EVERYTHING, Trainer, NonFiniteError

_STREAM_PER_SNAPSHOT = 2
_FIRST_STREAM = 160
_RATE_SECONDS = 1.0


class Session:
    """Obeys commands, does steps when they are due, and can be looked at.

    ::

        IDLE --Train--> RUNNING --Pause--> PAUSED --Train--> RUNNING
        RUNNING --limit reached--> FINISHED --Train--> RUNNING
        RUNNING --loss or gradient not finite--> FAILED --Train--> RUNNING
        any --TakeStep--> PAUSED (or FAILED, or FINISHED)
        any --Reset, NewRun--> IDLE          any --Resume--> PAUSED

    Parameters
    ----------
    progress
        Told how a text's reading comes along; may raise to give it up.
    clock
        Seconds, monotonic.
    """

    def __init__(
        self,
        progress: Progress | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.state = RunState.IDLE
        self.reason = ""
        self.run_id = 0
        self.notices: deque[str] = deque()
        self._trainer: Trainer | None = None
        self._progress = progress
        self._clock = clock
        self._watched: frozenset[Diagnostic] = EVERYTHING
        self._steps_per_second: float | None = None
        self._next_step_at = 0.0
        self._observed_step = -1
        self._rate: deque[tuple[float, int]] = deque(maxlen=64)

    @property
    def trainer(self) -> Trainer | None:
        """The run under command; None before the first NewRun or Resume."""
        return self._trainer

    def apply(self, command: Command) -> None:
        """Obey one command.

        Raises
        ------
        RnnvizError
            Where it cannot be obeyed; nothing has changed then.
        """
        match command:
            case NewRun(configuration):
                self._begin(new_trainer(configuration, self._progress), RunState.IDLE)
            case Resume(checkpoint):
                self._begin(resumed_trainer(checkpoint, progress=self._progress), RunState.PAUSED)
            case SetSpeed(steps_per_second):
                self._steps_per_second = steps_per_second
                self._next_step_at = self._clock()
            case Watch(diagnostics):
                self._watch(diagnostics)
            case _:
                self._apply_to_run(command)

    def _apply_to_run(self, command: Command) -> None:
        trainer = self._trainer
        if trainer is None:
            return
        match command:
            case Train():
                self._train(trainer)
            case Pause() if self.state is RunState.RUNNING:
                self.state = RunState.PAUSED
            case TakeStep():
                self._take_step(trainer)
            case Reset():
                fresh = Trainer(trainer.configuration, trainer.dataset)
                self._begin(fresh, RunState.IDLE)
            case Change(name, value):
                trainer.change(name, value)
                if name in ("temperature", "prompt") and self.state is not RunState.RUNNING:
                    trainer.scribe.restart_stream(trainer.configuration, _FIRST_STREAM)
                elif name == "prompt":
                    trainer.scribe.restart_stream(trainer.configuration)
            case Write(length):
                trainer.scribe.restart_stream(trainer.configuration, length)

    @property
    def seconds_to_wait(self) -> float | None:
        """How long until the next step is due: 0 for now, None for not before a command."""
        if self.state is not RunState.RUNNING:
            return None
        if self._steps_per_second is None:
            return 0.0
        return max(0.0, self._next_step_at - self._clock())

    def advance(self, observe: bool) -> None:
        """Do the step that is due.

        Parameters
        ----------
        observe
            Whether a snapshot of this step will be wanted.
        """
        trainer = self._trainer
        if trainer is None or self.state is not RunState.RUNNING:
            return
        if self._steps_per_second is not None:
            now = self._clock()
            late = now - self._next_step_at
            interval = 1.0 / self._steps_per_second
            # A step that was missed by more than an interval is dropped, not caught up with.
            self._next_step_at = now + interval - (late if 0 <= late < interval else 0.0)
            observe = observe or interval > 0.05
        self._step(trainer, observe)

    def snapshot(self) -> Snapshot | None:
        """Return what a frame shows; None before there is a run."""
        trainer = self._trainer
        if trainer is None:
            return None
        if self.state is RunState.RUNNING:
            trainer.scribe.continue_stream(trainer.configuration, _STREAM_PER_SNAPSHOT)
        watched = self._watched
        wants_history = {Diagnostic.LOSS, Diagnostic.CLIPPING} & watched
        history = trainer.history.view() if wants_history else None
        has_text = trainer.reader is not None
        references = trainer.dataset.references if has_text else None
        smoothed = trainer.history.smoothed_loss
        wants_text = Diagnostic.TEXT in watched
        wants_gradients = Diagnostic.GRADIENT_HISTORY in watched
        return Snapshot(
            run_id=self.run_id,
            state=self.state,
            reason=self.reason,
            configuration=trainer.configuration,
            title=trainer.dataset.title,
            step=trainer.step_count,
            epoch=trainer.epoch,
            tokens_seen=trainer.tokens_seen,
            tokens_per_second=self._tokens_per_second(trainer),
            loss=trainer.last_loss,
            smoothed_loss=smoothed,
            vocab_size=trainer.network.vocab_size,
            parameter_count=trainer.network.parameters.size,
            references=references,
            remarks=remarks(
                trainer.configuration, smoothed, references, history, trainer.last_window
            ),
            history=history,
            window=trainer.last_window,
            gradient_history=trainer.gradient_history.view() if wants_gradients else None,
            stream=trainer.scribe.stream() if wants_text else None,
            samples=tuple(trainer.scribe.samples) if wants_text else (),
        )

    def checkpoint(self) -> Checkpoint:
        """Return the run's state for a model file.

        Raises
        ------
        RnnvizError
            Where there is no run.
        """
        if self._trainer is None:
            raise RnnvizError("There is nothing to save yet.")
        return self._trainer.checkpoint()

    def _begin(self, trainer: Trainer, state: RunState) -> None:
        self._trainer = trainer
        self.run_id += 1
        self.state, self.reason = state, ""
        self._rate.clear()
        self.notices.extend(trainer.dataset.notices)
        trainer.observe(self._watched)
        trainer.scribe.restart_stream(trainer.configuration, _FIRST_STREAM)

    def _watch(self, diagnostics: frozenset[Diagnostic]) -> None:
        added = diagnostics - self._watched
        self._watched = diagnostics
        if added and self._trainer is not None and self.state is not RunState.RUNNING:
            self._trainer.observe(diagnostics)

    def _train(self, trainer: Trainer) -> None:
        if trainer.reader is None:
            raise RnnvizError(trainer.dataset.notices[-1])
        if self.state is not RunState.RUNNING:
            self.state, self.reason = RunState.RUNNING, ""
            self._next_step_at = self._clock()
            self._rate.clear()
            trainer.scribe.restart_stream(trainer.configuration)

    def _take_step(self, trainer: Trainer) -> None:
        if trainer.reader is None:
            raise RnnvizError(trainer.dataset.notices[-1])
        self.state, self.reason = RunState.PAUSED, ""
        self._step(trainer, observe=True)
        trainer.scribe.restart_stream(trainer.configuration, _FIRST_STREAM)

    def _step(self, trainer: Trainer, observe: bool) -> None:
        try:
            trainer.step(self._watched if observe else frozenset())
        except NonFiniteError as failure:
            self.state, self.reason = RunState.FAILED, str(failure)

    def _tokens_per_second(self, trainer: Trainer) -> float:
        """Measure over about the last second of training."""
        if self.state is not RunState.RUNNING:
            return 0.0
        now = self._clock()
        self._rate.append((now, trainer.tokens_seen))
        while len(self._rate) > 2 and now - self._rate[1][0] > _RATE_SECONDS:
            self._rate.popleft()
        then, tokens = self._rate[0]
        return (trainer.tokens_seen - tokens) / (now - then) if now > then else 0.0

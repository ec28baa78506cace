"""A run under command: its state, its pace and its snapshots. No Qt, no threads."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Literal

from rnnviz.core.errors import RnnvizError
from rnnviz.data import Reading
from rnnviz.data.text.reading import ALONE
from rnnviz.diagnostics.gradient_report import CheckSubject
from rnnviz.diagnostics.one_step.subject import StepSubject
from rnnviz.training.claims.goal import Goal
from rnnviz.training.claims.watch import ClaimWatch
from rnnviz.training.commands import (
    Change,
    ComeBack,
    Command,
    LookAt,
    NewRun,
    Pause,
    Redo,
    Reset,
    Restart,
    Resume,
    SetSpeed,
    TakeStep,
    Train,
    Undo,
    UseBest,
    Watch,
    Write,
)
from rnnviz.training.configuration import DATA_SETTINGS, SETTINGS, Configuration, Effect, Value
from rnnviz.training.configuration.setting import is_whole_number
from rnnviz.training.live_run import LiveRun
from rnnviz.training.loading import make_trainer, new_trainer, opened_trainer
from rnnviz.training.observation.kinds.diagnostic import Diagnostic
from rnnviz.training.onlooker import Onlooker, Standing
from rnnviz.training.snapshot import RunState, Snapshot, WindowView
from rnnviz.training.speed_limit import SpeedLimit, check_speed
from rnnviz.training.state.checkpoint import Checkpoint
from rnnviz.training.trainer import NonFiniteError, NoTextError, Trainer
from rnnviz.training.undo.stack import UndoStack

# Steps that are so many seconds apart can be followed: each is looked at after it was done.
_FOLLOWED = 0.05
# The past is computed in pieces of so many seconds, between which requests are obeyed.
_SLICE = 0.02


class Session:
    """Obeys commands, does steps when they are due, and can be looked at.

    ::

        IDLE --Train--> RUNNING --Pause--> PAUSED --Train--> RUNNING
        RUNNING --steps asked for are done--> FINISHED --Train--> RUNNING
        RUNNING --loss or gradient not finite--> FAILED --Train--> RUNNING
        RUNNING --fault of the program--> PAUSED
        any --TakeStep--> PAUSED (or FAILED)            any --UseBest--> PAUSED
        any --Reset, NewRun, Restart--> IDLE          any --Resume--> PAUSED
        any --Undo, Redo of a Reset or Restart--> PAUSED (or IDLE, before its first step)

    Parameters
    ----------
    reading
        What goes along with reading texts; its progress may raise to give it up.
    clock
        Seconds, monotonic.
    """

    def __init__(
        self, reading: Reading = ALONE, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self.state = RunState.IDLE
        self.reason = ""
        self.notices: deque[str] = deque()
        self._run: LiveRun | None = None
        self._undo = UndoStack()
        self._reading = reading
        self._speed = SpeedLimit(clock)
        self._finish_at: int | None = None
        self._onlooker = Onlooker(clock)

    @property
    def trainer(self) -> Trainer | None:
        """The run under command; None before the first one."""
        return None if self._run is None else self._run.trainer

    @property
    def run_id(self) -> str:
        """Of the run under command, as in its snapshots; empty before the first one."""
        return "" if self._run is None else self._run.run_id

    def apply(self, command: Command) -> None:
        """Obey one command.

        Raises
        ------
        RnnvizError
            Where it cannot be obeyed; nothing has changed then.
        """
        match command:
            case NewRun(configuration, claims):
                trainer = new_trainer(configuration, self._reading)
                run = LiveRun(trainer, ClaimWatch(claims, configuration))
                self._begin(run, RunState.IDLE, trainer.notices)
                self._undo.clear()
            case Resume(checkpoint):
                trainer = opened_trainer(checkpoint, self._reading)
                if trainer.configuration.validation_interval:
                    # A file holds no score: how much is answered rightly is seen again at once.
                    trainer.renew_score()
                run = LiveRun(trainer, ClaimWatch())
                run.take_past(checkpoint.past)
                self._begin(run, RunState.PAUSED, trainer.notices)
                self._undo.clear()
            case Restart(changes):
                self._restart(dict(changes))
            case SetSpeed(steps_per_second):
                self._speed.choose(steps_per_second)
            case Watch(diagnostics, goals):
                self._watch(diagnostics, goals)
            case _:
                if self._run is not None:
                    self._apply_to_run(command, self._run)

    def _apply_to_run(self, command: Command, run: LiveRun) -> None:
        trainer = run.trainer
        match command:
            case Train(steps, steps_per_second):
                self._train(trainer, steps, steps_per_second)
            case Pause() if self.state is RunState.RUNNING:
                self._rest(run, RunState.PAUSED)
            case TakeStep():
                self._take_step(run)
            case Reset():
                self._require_text(trainer)
                trainer.release_buffers()  # it may be kept for long, beside the next run
                self._begin_anew("reset", make_trainer(trainer.configuration, trainer.dataset))
            case Undo() | Redo():
                self._go_through_changes(run, again=isinstance(command, Redo))
            case UseBest():
                self._use_best(run)
            case Change(name, value, goes_on):
                before = trainer.configuration
                goes_on = self._undo.begin_change(name, goes_on=goes_on)
                self._change(run, name, value, goes_on=goes_on)
                self._undo.note_setting(name, before, trainer.configuration)
            case Write() | LookAt() | ComeBack():
                self._onlooker.obey(command, run)

    def _restart(self, changes: dict[str, Value]) -> None:
        trainer = self.trainer
        before = Configuration() if trainer is None else trainer.configuration
        configuration = Configuration.from_mapping(before.to_mapping() | changes)
        if trainer is not None and DATA_SETTINGS.isdisjoint(changes):
            self._require_text(trainer)
            begun = make_trainer(configuration, trainer.dataset, self._reading.progress)
            self._begin_anew("new run", begun)
        else:
            begun = new_trainer(configuration, self._reading)
            self._begin_anew("new run", begun, begun.notices)

    def _go_through_changes(self, run: LiveRun, *, again: bool) -> None:
        """Undo what was changed last, or do again what was undone last."""
        entry = self._undo.next(again=again)
        back = entry.put_away
        if back is None:
            self._change(run, entry.name, entry.after if again else entry.before)
        else:
            # What is watched now stays so: only what was trained is taken back.
            notices = back.watch(run.trainer.configuration.watched_text)
            state = RunState.PAUSED if back.trainer.step_count else RunState.IDLE
            self._begin(back, state, notices)
            run.put_away()
        self._undo.note_done(again=again, put_away=None if back is None else run)

    def _change(self, run: LiveRun, name: str, value: Value, *, goes_on: bool = False) -> None:
        self.notices.extend(run.change(name, value, goes_on=goes_on))
        effects = SETTINGS[name].effects
        if Effect.OTHER_WATCHED in effects:
            self._onlooker.watch_anew(run)
        if Effect.REWRITES in effects and self.state is not RunState.RUNNING:
            self._onlooker.write_anew(run)
        elif Effect.OTHER_PROMPT in effects:
            self._onlooker.write_anew(run, 0)

    @property
    def seconds_to_wait(self) -> float | None:
        """Seconds until the next step may be due: 0 for now, None for not before a command."""
        return self._speed.seconds_to_wait if self.state is RunState.RUNNING else None

    def advance(self, look: bool, until: float = 0.0) -> Snapshot | None:
        """Do the step that is due; before its time, do nothing.

        Parameters
        ----------
        look
            Whether a snapshot is wanted.
        until
            Till then, by `time.perf_counter`, go on with further steps, where nobody looks and no
            speed is set; 0 for one step.

        Returns
        -------
        Snapshot or None
            Where one was wanted: the run as it was before this step, with the window that the step
            reads. At a speed at which every step can be followed, and where training ended with
            this step, the run as it is now, wanted or not.
        """
        run = self._run
        if run is None or self.state is not RunState.RUNNING:
            return None
        interval = self._speed.take_step()
        if interval is None:
            return None
        trainer, onlooker = run.trainer, self._onlooker
        # Of the present nothing is looked at while the past is seen alone.
        watched = onlooker.watched if run.is_looked_at else frozenset()
        idle = interval if interval > _FOLLOWED else 0.0
        if idle:
            self._step(run, noted=onlooker.watched)
            if watched and trainer.may_observe(watched, idle):
                trainer.observe(watched)
        before = onlooker.without_window(run, self._standing()) if look or idle else None
        if not idle and look:
            self._step(run, watched, noted=onlooker.watched)
        elif not idle:
            self._step(run)
            ends = 0.0 if interval else until
            while ends and self.state is RunState.RUNNING and time.perf_counter() < ends:
                self._step(run)
        picture = None if before is None else onlooker.with_window(before, run)
        return picture if self.state is RunState.RUNNING else self.snapshot()

    def snapshot(self) -> Snapshot | None:
        """Return what a frame shows; None before there is a run."""
        run = self._run
        if run is None:
            return None
        if self.state is not RunState.RUNNING and run.shown.window_is_outdated:
            run.shown.observe(self._onlooker.watched)
        return self._onlooker.with_window(self._onlooker.without_window(run, self._standing()), run)

    def glance(self, diagnostics: frozenset[Diagnostic]) -> WindowView | None:
        """Look at the watched text, as `Trainer.glance` does; None where the past is seen."""
        run = self._run
        if run is None or run.look_back is not None:
            return None
        return run.trainer.glance(diagnostics)

    @property
    def is_looking_back(self) -> bool:
        """Whether a step of the past is on its way, for which `look_further_back` works."""
        look_back = None if self._run is None else self._run.look_back
        return look_back is not None and not look_back.is_done

    def look_further_back(self) -> Snapshot | None:
        """Work for a moment at the step of the past that is wanted; return it once it is there."""
        run = self._run
        if run is None:
            return None
        try:
            # Where training runs, it and the past take turns, a step each.
            seconds = 0.0 if self.state is RunState.RUNNING else _SLICE
            is_there = self._onlooker.look_further_back(run, seconds)
        except RnnvizError as error:
            self._onlooker.obey(ComeBack(), run)
            self.notices.append(f"That step cannot be shown. {error}")
            is_there = True
        return self.snapshot() if is_there else None

    def _standing(self) -> Standing:
        return Standing(self.state, self.reason, self._undo.view())

    def forget_past(self) -> None:
        """Give back the memory of earlier states and runs: nobody will look at them any more."""
        self._undo.clear()
        if self._run is not None:
            self._run.look_back = None
            self._run.kept.fit(0)

    def pause_after_fault(self) -> None:
        """Stop a run whose step raised what nobody expected, so that it can still be saved."""
        if self._run is not None:
            self._run.look_back = None
        if self.state is RunState.RUNNING:
            self.state = RunState.PAUSED

    def checkpoint(self, *, with_past: bool = False) -> Checkpoint:
        """Return the run's state for a model file, with some of its earlier ones or without.

        Raises
        ------
        RnnvizError
            Where there is no run.
        """
        return self._required("There is nothing to save yet.").checkpoint(with_past=with_past)

    def seen_checkpoint(self, *, with_past: bool = False) -> Checkpoint:
        """Return the state of the step that is seen; one of the past has no earlier ones.

        Raises
        ------
        RnnvizError
            Where there is no run, or that step is still being computed.
        """
        run = self._required("There is no network yet.")
        if run.look_back is not None and not run.look_back.is_exact:
            raise RnnvizError("That step is still being computed: try again when it is there.")
        if run.look_back is None:
            return run.checkpoint(with_past=with_past)
        return run.shown.checkpoint()

    def check_subject(self) -> CheckSubject:
        """Return a copy of the network and its next window, to check the gradients of.

        Raises
        ------
        RnnvizError
            Where there is no run.
        """
        return self._required().shown.check_subject()

    def step_subject(self) -> StepSubject:
        """Return a copy of all that the next step depends on, to look into that.

        Raises
        ------
        RnnvizError
            Where there is no run, or nothing that its next step could read.
        """
        return self._required().shown.step_subject()

    def _required(self, refusal: str = "There is no network yet to look into.") -> LiveRun:
        """Return the run; where there is none, refuse with a sentence."""
        if self._run is None:
            raise RnnvizError(refusal)
        return self._run

    def _begin_anew(
        self, kind: Literal["reset", "new run"], trainer: Trainer, notices: tuple[str, ...] = ()
    ) -> None:
        """Begin a run from its first step; what was claimed of the one before is of this one."""
        before = self._run
        claims = ClaimWatch() if before is None else before.claims
        run = LiveRun(trainer, claims.begun_anew(trainer.configuration))
        self._begin(run, RunState.IDLE, notices)
        if before is not None:
            before.put_away()
            self._undo.note_run(kind, before, run)

    def _begin(self, run: LiveRun, state: RunState, notices: tuple[str, ...] = ()) -> None:
        self._onlooker.look(run.trainer)
        self._run = run
        self.state, self.reason = state, ""
        self._onlooker.forget_speed()
        self.notices.extend(notices)

    def _rest(self, run: LiveRun, state: RunState) -> None:
        """Stop running; what stays on the screen belongs to the step that was reached."""
        self.state = state
        self._onlooker.look(run.shown)

    def _watch(self, diagnostics: frozenset[Diagnostic], goals: tuple[Goal, ...]) -> None:
        has_more = self._onlooker.watch(diagnostics, goals)
        if self._run is None:
            return
        shown = self._run.shown
        shown.release_unwatched(diagnostics)
        if has_more and (self.state is not RunState.RUNNING or shown is not self.trainer):
            shown.observe(diagnostics)

    def _train(self, trainer: Trainer, steps: int | None, steps_per_second: float | None) -> None:
        self._require_text(trainer)
        check_speed(steps_per_second)
        if steps is not None and not (is_whole_number(steps) and steps > 0):
            raise RnnvizError("The number of steps to train is a whole number above 0.")
        self._finish_at = None if steps is None else trainer.step_count + steps
        self._speed.lead(steps_per_second)
        if self.state is not RunState.RUNNING:
            self.state, self.reason = RunState.RUNNING, ""
            self._speed.begin()
            self._onlooker.forget_speed()

    def _take_step(self, run: LiveRun) -> None:
        self._require_text(run.trainer)
        run.look_back = None
        self.state, self.reason = RunState.PAUSED, ""
        self._step(run, noted=self._onlooker.watched)
        self._onlooker.look(run.trainer)

    def _use_best(self, run: LiveRun) -> None:
        best = run.trainer.state.use_best()
        run.look_back = None
        run.claims.weights_replaced()
        self.state, self.reason = RunState.PAUSED, ""
        self._onlooker.look(run.trainer)
        measured = run.trainer.configuration.source.tested_in_words(best.loss)
        self.notices.append(
            f"The weights of step {best.step:,} are back: {measured}, the least so far."
        )

    def _require_text(self, trainer: Trainer) -> None:
        """Refuse to train without a text, or to give a trained model up for one that cannot be."""
        if not trainer.dataset.can_train:
            raise NoTextError(trainer.dataset.notices[-1])

    def _step(
        self,
        run: LiveRun,
        watched: frozenset[Diagnostic] = frozenset(),
        noted: frozenset[Diagnostic] = frozenset(),
    ) -> None:
        try:
            done = run.trainer.step(watched, noted=noted)
        except NonFiniteError as failure:
            self._rest(run, RunState.FAILED)
            self.reason = str(failure)
            # Who trains on goes on from the last finite weights and a state of zeros.
            run.claims.weights_replaced()
        else:
            run.claims.after_step(done.step, run.trainer)
            run.kept.after_step(run.trainer.state)
            if self.state is RunState.RUNNING and done.step == self._finish_at:
                self._rest(run, RunState.FINISHED)

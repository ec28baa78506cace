"""Who looks at a run: what is watched of it, what it writes meanwhile, and the pictures."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from rnnviz.training.claims.goal import Goal, GoalWatch
from rnnviz.training.commands import ComeBack, LookAt, Write
from rnnviz.training.live_run import LiveRun
from rnnviz.training.memory_estimate import bytes_needed
from rnnviz.training.observation.kinds.diagnostic import Diagnostic
from rnnviz.training.observation.kinds.of_record import RunRecord, measure_record
from rnnviz.training.observation.registry import EVERYTHING
from rnnviz.training.remarks.rules import remarks
from rnnviz.training.snapshot import RunState, Snapshot, StepNumbers
from rnnviz.training.speed_limit import TokenRate
from rnnviz.training.text_generator import LiveStream, LiveText
from rnnviz.training.trainer import Trainer
from rnnviz.training.undo.view import UndoView


@dataclass(frozen=True, slots=True)
class Standing:
    """How a run stands, beside what it knows itself.

    Attributes
    ----------
    state, reason, undo
        As in a `Snapshot`.
    """

    state: RunState
    reason: str
    undo: UndoView

    @property
    def runs(self) -> bool:
        """Whether it trains."""
        return self.state is RunState.RUNNING


class Onlooker:
    """Looks at a run and makes the pictures of it; training is the same whether it does or not.

    Parameters
    ----------
    clock
        Seconds, monotonic.

    Attributes
    ----------
    watched
        Of these what was measured is carried.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.watched: frozenset[Diagnostic] = EVERYTHING
        self._goals = GoalWatch()
        self._stream, self._stream_of_now = LiveStream(), LiveStream()
        self._looked_at: StepNumbers | None = None
        self._rate = TokenRate(clock)

    def watch(self, diagnostics: frozenset[Diagnostic], goals: tuple[Goal, ...]) -> bool:
        """Watch these from now on; tell whether one is among them that was not before."""
        if goals != self._goals.goals:
            self._goals = GoalWatch(goals)
        added = diagnostics - self.watched
        self.watched = diagnostics
        return bool(added)

    def look(self, trainer: Trainer) -> None:
        """Have what is shown be of the weights as they are, for it stays on the screen."""
        trainer.observe(self.watched)
        # One of the past goes on to the step that is wanted, while this one is seen.
        loss = trainer.history.smoothed_loss
        self._looked_at = StepNumbers(trainer.step_count, trainer.epoch, loss)
        self._stream.restart(trainer)

    def obey(self, command: Write | LookAt | ComeBack, run: LiveRun) -> None:
        """Show something else of a run.

        Raises
        ------
        RnnvizError
            Where there is no such text or step.
        """
        match command:
            case Write(length):
                self._stream.write(run.shown, length)
                if run.shows_both:
                    self._stream_of_now.write(run.trainer, length)
            case LookAt(step, exactly, beside_now):
                were_both = run.shows_both
                run.look_at(step, exactly=exactly)
                run.is_beside_now = beside_now
                if beside_now:
                    run.trainer.observe(self.watched)
                    if not were_both:
                        self._stream_of_now.restart(run.trainer)
                self.look(run.shown)
            case ComeBack() if run.look_back is not None:
                run.look_back = None
                self.look(run.trainer)

    def watch_anew(self, run: LiveRun) -> None:
        """Have the past, where it is seen, be of the watched text of now."""
        if run.look_back is not None:
            run.look_at(run.look_back.wanted, exactly=True)
            self.look(run.shown)

    def look_further_back(self, run: LiveRun, seconds: float) -> bool:
        """Work at the step of the past that is wanted; tell whether it is there, and look at it.

        Raises
        ------
        RnnvizError
            Where the run's journal does not lead there.
        """
        if run.look_back is None or not run.look_back.advance(seconds):
            return False
        self.look(run.shown)
        return True

    def write_anew(self, run: LiveRun, length: int | None = None) -> None:
        """Begin the text anew, with a few lines unless another length is given."""
        self._stream.restart(run.shown, length)
        if run.shows_both:
            self._stream_of_now.restart(run.trainer, length)

    def forget_speed(self) -> None:
        """Measure anew how many tokens are read a second."""
        self._rate.clear()

    def without_window(self, run: LiveRun, standing: Standing) -> Snapshot:
        """Return all of a snapshot that does not depend on the window."""
        trainer = run.trainer
        state = trainer.state
        written, of_now = (
            partial(write, run, standing) for write in (self._written, self._written_of_now)
        )
        record = RunRecord(state, written, of_now)
        tokens_per_second = self._rate.measure(state.tokens_seen) if standing.runs else 0.0
        return Snapshot(
            run_id=run.run_id,
            state=standing.state,
            reason=standing.reason,
            configuration=trainer.configuration,
            title=trainer.dataset.title,
            step=trainer.step_count,
            epoch=trainer.epoch,
            tokens_seen=state.tokens_seen,
            tokens_per_second=tokens_per_second,
            learning_rate=trainer.learning_rate,
            loss=state.last_loss,
            smoothed_loss=trainer.history.smoothed_loss,
            vocab_size=trainer.network.vocab_size,
            hidden_size=trainer.network.hidden_size,
            parameter_count=trainer.network.parameters.size,
            best_step=None if state.best is None else state.best.step,
            undo=standing.undo,
            memory_needed=bytes_needed(trainer.configuration, trainer.network.vocab_size),
            text_bytes=trainer.dataset.num_bytes,
            references=trainer.dataset.reference_lines,
            score=trainer.score,
            claims=run.claims.view(),
            goals=self._goals.measured(run.run_id, trainer, rests=not standing.runs),
            progress=trainer.note_progress(),
            remarks=(),
            recorded=measure_record(record, self.watched),
            window=None,
            recent_gradients=state.recent_gradients.view(),
            series={},
            timeline=run.timeline(),
            of_past=None if run.look_back is None else self._looked_at,
            window_of_now=None,
            origins=state.origins,
            lineage=run.lineage(),
        )

    def with_window(self, snapshot: Snapshot, run: LiveRun) -> Snapshot:
        """Add the window that was looked at last, and what follows from it."""
        series, window = run.trainer.series(self.watched), run.shown.last_window
        whole = dataclasses.replace(snapshot, window=window, series=series)
        if whole.is_of_past:
            # What is striking is said of now.
            beside = run.trainer.last_window if run.is_beside_now else None
            return dataclasses.replace(whole, window_of_now=beside)
        return dataclasses.replace(whole, remarks=remarks(whole))

    def _written(self, run: LiveRun, standing: Standing) -> LiveText | None:
        """Return what the network writes, a little more of it while training runs."""
        if standing.runs and run.look_back is None:
            self._stream.write_on(run.trainer)
        return run.shown.text_generator.stream()

    def _written_of_now(self, run: LiveRun, standing: Standing) -> LiveText | None:
        """Return what the network of now writes, where it is seen beside its past."""
        if not run.shows_both:
            return None
        if standing.runs:
            self._stream_of_now.write_on(run.trainer)
        return run.trainer.text_generator.stream()

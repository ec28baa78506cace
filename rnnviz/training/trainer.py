"""What steps a run, changes it between steps, and looks at it."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from functools import partial

import numpy as np

from rnnviz.core.clipping import ClipMode, clip_gradients
from rnnviz.core.tape import NetworkTape
from rnnviz.data import Dataset, NoTextError, Reader, Trait, Window
from rnnviz.diagnostics.gradient_flow import GradientFlow
from rnnviz.diagnostics.gradient_report import CheckSubject
from rnnviz.diagnostics.one_step.subject import StepSubject
from rnnviz.training.configuration import SETTINGS, Configuration, ConfigurationError, Effect, Value
from rnnviz.training.memory_estimate import check_memory_to_record
from rnnviz.training.non_finite import NonFiniteError, failure, in_gradient, in_loss, in_update
from rnnviz.training.observation.diagnostics.gradient_flow import GRADIENT_FLOW
from rnnviz.training.observation.kinds.diagnostic import Diagnostic
from rnnviz.training.observation.kinds.of_window import StepContext, WindowDiagnostic
from rnnviz.training.observation.kinds.watched_text import WatchedText, kept, watchable
from rnnviz.training.observation.registry import EVERYTHING
from rnnviz.training.observation.runner import DiagnosticsRunner
from rnnviz.training.problems.registry import problem_of
from rnnviz.training.record.gradient_history import GradientHistory
from rnnviz.training.record.history import History, StepResult
from rnnviz.training.record.progress import Progress, ProgressView
from rnnviz.training.record.series import DiagnosticSeriesView
from rnnviz.training.score import Score
from rnnviz.training.snapshot import WindowView
from rnnviz.training.state.building import check_fit, new_reader
from rnnviz.training.state.checkpoint import Checkpoint
from rnnviz.training.state.training_state import TrainingState
from rnnviz.training.subjects import check_subject, step_subject
from rnnviz.training.text_generator import NoText, TextGenerator, is_sample_step
from rnnviz.training.truncated_bptt import TruncatedBPTT

__all__ = ["NoTextError", "NonFiniteError", "Trainer"]


class Trainer:
    """Trains one network on one dataset.

    A step is forward, loss, backward, clip, update, in this order, on the next window. Looking
    at it (`observe`, samples, validation) uses buffers and random generators of its own: the
    same seed and settings give the same losses bit for bit, whoever watches.

    Parameters
    ----------
    state
        The run, between two steps; every step changes it, and all that lasts is in it.
    dataset
        What it is trained on. Where a text's training part is empty the network
        can be looked at and write, but not train.

    Attributes
    ----------
    processor_seconds
        What its steps took of a processor, as whoever drives it adds it up; in no file.

    Raises
    ------
    RnnvizError
        Where the text is too short for the window.
    """

    def __init__(self, state: TrainingState, dataset: Dataset) -> None:
        configuration = state.configuration
        self.state = state
        self.dataset = dataset
        self.network = state.network
        self._problem = problem_of(configuration)
        # Who writes reads the prompt at once, with the weights that there are.
        self.text_generator = self._problem.text_generator(
            self.network, dataset, configuration.seed
        )
        # Not a method: who holds on to itself is given back late, with a text and all buffers.
        write = partial(_written, self.text_generator, state)
        self.reader: Reader = new_reader(configuration, dataset, write)
        self.reader.restore(state.epoch, state.position)
        self.bptt = TruncatedBPTT(self.network, dataset.loss)
        self.last_window: WindowView | None = None
        self.processor_seconds = 0.0
        self._progress = Progress(state.step, state.tokens_seen)
        self._started = time.perf_counter()
        self._validation = self._problem.validation(self.network, dataset, configuration)
        self._observer = DiagnosticsRunner(
            self.network, dataset, self._problem, write, state.series
        )
        text, self.watched_notices = kept(self._problem, dataset, configuration.watched_text)
        state.configuration = configuration.with_value("watched_text", text)
        self._watch_text()

    @property
    def configuration(self) -> Configuration:
        """The settings in force."""
        return self.state.configuration

    @property
    def step_count(self) -> int:
        """How many steps were done."""
        return self.state.step

    @property
    def history(self) -> History:
        """Loss, norms and clipping of its steps."""
        return self.state.history

    @property
    def gradient_history(self) -> GradientHistory:
        """How far the gradient reached back."""
        return self.state.gradient_history

    @property
    def score(self) -> Score | None:
        """How the network did when it was last tested; None where nothing is right or wrong."""
        return self.state.score

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences to tell the person, about the data and about the watched text."""
        return (*self.dataset.notices, *self.watched_notices)

    @property
    def epoch(self) -> float:
        """How many times the text was read, the present reading's share included."""
        return self.reader.epoch + self.reader.progress_in_epoch

    @property
    def learning_rate(self) -> float:
        """Of the last step, or of the first, as the schedule has it with the settings of now."""
        return self.configuration.learning_rate_at(max(1, self.step_count), self.reader.epoch)

    def step(
        self,
        watched: frozenset[Diagnostic] = frozenset(),
        *,
        noted: frozenset[Diagnostic] = frozenset(),
    ) -> StepResult:
        """Do one training step.

        Parameters
        ----------
        watched
            Where it is not empty, and training can bear it, `last_window` becomes what `observe`
            would have shown before: the window that this step reads, or the watched text.
        noted
            Which diagnostics of its update are added to what `series` returns.

        Raises
        ------
        NonFiniteError
            Where the loss, a gradient or an update is not finite. The weights are then the last
            ones with which both loss and gradient were finite, the window will be read again,
            and from a state of zeros, which may have been what overflowed.
        NoTextError
            Where there is nothing to train on.
        """
        try:
            return self._step(watched, noted)
        except Exception as error:
            self.state.recover_from(error)
            raise
        finally:
            # What was not done, whatever failed, reads the same window when it is done.
            self.reader.epoch, self.reader.position = self.state.epoch, self.state.position

    def _step(self, watched: frozenset[Diagnostic], noted: frozenset[Diagnostic]) -> StepResult:
        state, reader, bptt = self.state, self.reader, self.bptt
        configuration, number = state.configuration, state.step + 1
        parameters, optimizer = self.network.parameters, state.optimizer
        window = reader.next_window()
        with np.errstate(all="ignore"):
            tape, loss = bptt.forward(window, state.carried, configuration.dropout, state.rng)
            rate = configuration.learning_rate_at(number, reader.epoch)
            per_token = loss / len(window.targets)
            if not math.isfinite(per_token):
                raise self._failure(in_loss(tape))
            sparse_rows, packed = bptt.backward(tape, by_row=optimizer.leaves_zeros)
            mode: ClipMode = configuration.clip_mode  # type: ignore[assignment]
            due = state.gradient_history.is_due(number)
            flow = self._look(tape, window, watched, due) if due or watched else None
            report = clip_gradients(packed, mode, configuration.clip_threshold)
            if not math.isfinite(report.norm_before):
                if sparse_rows is not None:
                    sparse_rows.spread(bptt.gradients)
                raise self._failure(in_gradient(bptt.gradients))
            last = state.last_finite
            last.keep(parameters, optimizer, sparse_rows)
            optimizer.update(packed, rate, sparse_rows, report.norm_after, last.slots)
            overflow = in_update(parameters, optimizer, report.norm_after, rate)
            if overflow is not None:
                raise self._failure(overflow)
            if noted:
                self._observer.note_updates(number, last.before_update, parameters, noted)
        if flow is not None:
            norms = np.concatenate(list(flow.from_last.values()))
            state.recent_gradients.append(number, norms)
            if due:
                state.gradient_history.append(number, norms)
        if configuration.window_start == "carried":
            bptt.carry(tape, state.carried)
        state.epoch, state.position = reader.epoch, reader.position
        state.step = number
        state.tokens_seen += tape.sequence_length * tape.batch_size
        state.last_loss = per_token
        state.history.append(per_token, report.norm_before, report.norm_after, report.clipped)
        validation_loss = self._after_step(number)
        return StepResult(
            step=number,
            epoch=self.epoch,
            tokens=state.tokens_seen,
            loss=per_token,
            validation_loss=validation_loss,
            gradient_norm=report.norm_before,
            clipped_gradient_norm=report.norm_after,
            learning_rate=rate,
            seconds=time.perf_counter() - self._started,
        )

    def _failure(self, reason: str) -> NonFiniteError:
        weights, last = self.network.parameters.flat, self.state.last_finite.parameters.flat
        can_go_back = not np.array_equal(weights, last)
        return failure(self.state.step + 1, reason, can_go_back=can_go_back)

    def observe(self, watched: frozenset[Diagnostic] = EVERYTHING) -> None:
        """Renew `last_window` with the weights as they are, changing nothing.

        It is of the watched text, or else of the window that is read next. Whoever looks twice sees
        the same. Where there is no text, the network looks at one that it writes itself for this.
        """
        with np.errstate(all="ignore"):
            self.last_window = self._observer.window(self.step_count, watched, self._read_next)

    def glance(self, diagnostics: frozenset[Diagnostic]) -> WindowView | None:
        """Look at the watched text with the weights as they are, changing nothing.

        None where there is none, or training cannot bear another glance yet.
        """
        with np.errstate(all="ignore"):
            return self._observer.glance(self.step_count, diagnostics)

    @property
    def window_is_outdated(self) -> bool:
        """Whether the last look was at a window of another length or number of streams, or none."""
        text, window = self._observer.watched_text, self.last_window
        shape = self.reader.shown_shape if text is None else text.shape
        return window is None or (len(window.tokens), window.streams) != shape

    def _read_next(self) -> StepContext:
        window = self.reader.peek_window()
        tape = self._forward(window)
        self.network.backward(tape, self.bptt.gradients)
        return self._observer.context(self.state.step, tape, window.targets)

    def _look(
        self, tape: NetworkTape, window: Window, watched: frozenset[Diagnostic], due: bool
    ) -> GradientFlow | None:
        """Measure what is watched, if training can bear it, and the gradient flow, if that is due.

        Returns
        -------
        GradientFlow or None
            The window's, if it was measured.
        """
        context = self._observer.context(self.state.step, tape, window.targets)
        if due:
            context.measure(GRADIENT_FLOW)
        if watched and self.may_observe(watched):
            self.last_window = self._observer.window(context.step, watched, lambda: context)
        return context.measured.get(GRADIENT_FLOW)

    def _watch_text(self) -> None:
        """Look at the watched text from now on, or no longer."""
        text = self.configuration.watched_text
        self._observer.watched_text = None
        if text:
            window, _ = self._problem.watched_window(self.dataset, text)
            self._observer.watched_text = WatchedText(self.network, window, self.dataset.loss)
        if self.last_window is not None:
            # Not for one frame is anything else shown under the new text's name.
            self.observe(frozenset(self.last_window.measured))

    def _was_measured(self, watched: frozenset[Diagnostic]) -> bool:
        """Tell whether `last_window` has all of these that a window can have."""
        window = self.last_window
        return window is not None and all(
            one in window.measured for one in watched if isinstance(one, WindowDiagnostic)
        )

    def may_observe(self, watched: frozenset[Diagnostic], idle: float = 0.0) -> bool:
        """Tell whether training can bear to be observed, where it would rest for `idle` seconds."""
        return self._observer.is_due(watched, idle) or not self._was_measured(watched)

    def note_progress(self) -> ProgressView:
        """Note how far it is, and return how far it was at the steps that were noted."""
        state = self.state
        self._progress.note(state.step, state.tokens_seen, self.processor_seconds)
        return self._progress.view()

    def look_ahead(self) -> NetworkTape:
        """Read the next window with the weights as they are, changing nothing.

        The tape is the trainer's own, until its next step.
        """
        with np.errstate(all="ignore"):
            return self._forward(self.reader.peek_window())

    def _forward(self, window: Window) -> NetworkTape:
        """Read a window as a step would, with nothing dropped."""
        return self.bptt.forward(window, self.state.carried, 0.0, self.state.rng)[0]

    def release_unwatched(self, watched: frozenset[Diagnostic]) -> None:
        """Give back the memory of the diagnostics that nobody watches any more."""
        self._observer.release_unwatched(watched)

    def series(self, watched: frozenset[Diagnostic]) -> Mapping[Diagnostic, DiagnosticSeriesView]:
        """Return how the numbers of the diagnostics that are watched went over the run."""
        return self._observer.series(watched)

    def check_subject(self) -> CheckSubject:
        """Return what a gradient check needs, copied: these weights and the window read next."""
        with np.errstate(all="ignore"):
            window = self.reader.peek_window()
        before = self.bptt.state_before(window, self.state.carried)
        return check_subject(self.state, self.dataset, window, before)

    def step_subject(self) -> StepSubject:
        """Return all that the next step depends on, copied; the step is not taken.

        Raises
        ------
        NoTextError
            Where there is nothing to train on.
        RnnvizError
            Where the step, written out, does not fit into this computer's memory.
        """
        if not self.dataset.can_train:
            raise NoTextError(self.dataset.notices[-1])
        check_memory_to_record(self.configuration, self.network.vocab_size)
        reader, state = self.reader, self.state
        try:
            window = reader.next_window()
            epoch = reader.epoch
        finally:
            reader.epoch, reader.position = state.epoch, state.position
        before = self.bptt.state_before(window, state.carried)
        return step_subject(state, self.dataset, window, before, epoch)

    def held_out_loss(self) -> float | None:
        """Measure the weights as they are on what is held out, changing nothing but `score`.

        In the loss's unit per token; None where there is none, or the loss is not finite.
        """
        with np.errstate(all="ignore"):
            loss = self._validation.loss()
        self.state.score = self._validation.score
        return loss if loss is not None and math.isfinite(loss) else None

    def renew_score(self) -> None:
        """Renew `score`; do nothing where no answer is right or wrong."""
        if Trait.SCORED in self.configuration.source.traits:
            self.held_out_loss()

    def change(self, name: str, value: Value, *, goes_on: bool = False) -> None:
        """Change one live setting; `goes_on` is as in `rnnviz.training.commands.Change`.

        Raises
        ------
        ConfigurationError
            Where the setting is not live or the value not allowed.
        RnnvizError
            Where the text is too short for the new window, or the window too large for this
            computer. Nothing is changed then.
        """
        if name not in SETTINGS or not SETTINGS[name].live:
            raise ConfigurationError(f"{name} cannot be changed while a run is under way.")
        state, before = self.state, self.configuration
        configuration = before.with_value(name, value)
        if Effect.OTHER_WATCHED in SETTINGS[name].effects:
            text = configuration.watched_text
            text, self.watched_notices = watchable(self._problem, self.dataset, text)
            configuration = configuration.with_value(name, text)
        effects = SETTINGS[name].effects if configuration != before else frozenset()
        if effects & {Effect.OTHER_WINDOWS, Effect.OTHER_OPTIMIZER, Effect.OTHER_WATCHED}:
            check_fit(configuration, self.dataset)
        if Effect.OTHER_WINDOWS in effects:
            self.reader = self.reader.resized(
                configuration.sequence_length, configuration.batch_size
            )
            self.release_buffers()
            effects |= {Effect.EMPTY_STATE} if self.dataset.cuts_by_length else frozenset()
        state.change(name, configuration, effects, goes_on=goes_on)
        state.epoch, state.position = self.reader.epoch, self.reader.position
        if not self._problem.have_same_validation(before, configuration):
            self._validation = self._problem.validation(self.network, self.dataset, configuration)
        if Effect.OTHER_WATCHED in effects:
            self._watch_text()

    def release_buffers(self) -> None:
        """Give back the windows' buffers, most of a run's memory; the next step makes new ones."""
        self.bptt.release_buffers()

    def checkpoint(self) -> Checkpoint:
        """Return this step's state, copied."""
        return self.state.checkpoint()

    def _after_step(self, number: int) -> float | None:
        interval = self.state.configuration.validation_interval
        validation_loss = None
        if interval and number % interval == 0:
            validation_loss = self.held_out_loss()
            if validation_loss is not None:
                self.state.keep_best(validation_loss)
        if is_sample_step(number):
            self.state.keep_sample(self.text_generator.sample(number, self.configuration))
        return validation_loss


def _written(text_generator: TextGenerator | NoText, state: TrainingState) -> str:
    """Write a text with the weights as they are; one that answers writes none."""
    sample = text_generator.sample(state.step, state.configuration)
    return "" if sample is None else sample.text

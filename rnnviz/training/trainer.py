"""One run: it steps, takes changes between steps, and can be looked at and saved."""

from __future__ import annotations

import dataclasses
import math
import time
from collections.abc import Mapping

import numpy as np

from rnnviz.core.clipping import ClipMode, clip_gradients
from rnnviz.core.errors import RnnvizError
from rnnviz.core.network import Network
from rnnviz.core.optimizers import OPTIMIZERS, Optimizer
from rnnviz.core.tape import NetworkTape
from rnnviz.data import Dataset, Reader, Window
from rnnviz.diagnostics.gradient_report import CheckSubject
from rnnviz.diagnostics.read_only import read_only
from rnnviz.training.commands import Diagnostic
from rnnviz.training.configuration import SETTINGS, Configuration, ConfigurationError, Value
from rnnviz.training.memory_estimate import check_memory
from rnnviz.training.observation.registry import DIAGNOSTICS
from rnnviz.training.observation.runner import DiagnosticsRunner
from rnnviz.training.record.gradient_history import GradientHistory, RecentGradients
from rnnviz.training.record.history import History, StepRecord
from rnnviz.training.record.series import DiagnosticSeriesView
from rnnviz.training.snapshot import WindowView
from rnnviz.training.state.checkpoint import BestWeights, Checkpoint, Sample
from rnnviz.training.state.checkpointing import checkpoint_of, copied, fill, restore
from rnnviz.training.state.last_finite import LastFinite, NonFiniteError
from rnnviz.training.text_generator import TextGenerator, is_sample_step, new_text_generator
from rnnviz.training.truncated_bptt import TruncatedBPTT
from rnnviz.training.validation import (
    TaskScore,
    TaskValidation,
    have_same_validation,
    new_validation,
)

__all__ = ["EVERYTHING", "NoTextError", "NonFiniteError", "Trainer"]

EVERYTHING = frozenset(Diagnostic)


class NoTextError(RnnvizError):
    """A step was asked of a run whose text is not at hand."""


class Trainer:
    """Trains one network on one text, or on one task.

    A step is forward, loss, backward, clip, update, in this order, on the next window. Looking
    at it (`observe`, samples, validation) uses buffers and random generators of its own: the
    same seed and settings give the same losses bit for bit, whoever watches.

    Parameters
    ----------
    configuration
        The run's settings.
    dataset
        The text or the task. Where a text's training part is empty the network can be looked at
        and write, but not train.
    checkpoint
        Where given, the run goes on from it instead of from fresh weights.

    Raises
    ------
    RnnvizError
        Where the text is too short for the window, the network too large for this computer, or
        the checkpoint does not fit.
    """

    def __init__(
        self,
        configuration: Configuration,
        dataset: Dataset,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        self.dataset = dataset
        self._check_memory(configuration)
        self.configuration = configuration
        architecture = configuration.architecture(dataset.vocabulary.size)
        self.network = Network(architecture, configuration.dtype)
        self.reader: Reader | None = dataset.new_reader(
            sequence_length=configuration.sequence_length,
            batch_size=configuration.batch_size,
            seed=configuration.seed,
        )
        self.generator = np.random.default_rng(configuration.seed)
        self.history = History()
        self.gradient_history = GradientHistory(architecture.state_labels())
        self.last_window: WindowView | None = None
        self.last_loss: float | None = None
        self.best: BestWeights | None = None
        self.step_count = 0
        self.tokens_seen = 0
        self.place_without_text = (0, 0)
        """Epoch and position, where there is no text to have a reader of."""
        self._started = time.perf_counter()
        self._validation = new_validation(self.network, dataset, configuration)
        self._observer = DiagnosticsRunner(self.network, dataset, lambda: self._own_sample().text)
        if checkpoint is None:
            self.network.initialize(
                configuration.initialization,
                configuration.initialization_gain,
                self.generator,
                configuration.forget_bias,
            )
        self.optimizer = self._new_optimizer(configuration)
        self.bptt = TruncatedBPTT(
            self.network, dataset.loss, configuration.batch_size, self.generator
        )
        if checkpoint is not None:
            restore(self, checkpoint)
        self.recent_gradients = RecentGradients(self.gradient_history)
        self._last_finite = LastFinite(self.network.parameters, self.optimizer)
        # Who writes reads the prompt at once, with the weights that there are.
        self.text_generator = new_text_generator(self.network, dataset, configuration.seed)
        if checkpoint is None:
            self.text_generator.write_sample(0, configuration)
        else:
            self.text_generator.samples = list(checkpoint.samples)

    @property
    def epoch(self) -> float:
        """How many times the text was read, the present reading's share included."""
        if self.reader is None:
            return float(self.place_without_text[0])
        return self.reader.epoch + self.reader.progress_in_epoch

    @property
    def learning_rate(self) -> float:
        """Of the last step, or of the first, as the schedule has it with the settings of now."""
        epoch = self.place_without_text[0] if self.reader is None else self.reader.epoch
        return self.configuration.learning_rate_at(max(1, self.step_count), epoch)

    def step(
        self, watched: frozenset[Diagnostic] = frozenset(), *, notes_updates: bool = False
    ) -> StepRecord:
        """Do one training step.

        Parameters
        ----------
        watched
            Where it is not empty, and training can bear it, `last_window` becomes the window that
            this step reads, with these diagnostics, as `observe` would have shown it before.
        notes_updates
            Whether the update's size is added to what `series` returns.

        Raises
        ------
        NonFiniteError
            Where the loss, a gradient or an update is not finite. The weights are then the last
            ones with which both loss and gradient were finite, the window will be read again,
            and from a state of zeros, which may have been what overflowed.
        NoTextError
            Where there is nothing to train on.
        """
        if self.reader is None:
            raise NoTextError("There is no text to train on: open one first.")
        place = self.reader.epoch, self.reader.position
        try:
            return self._step(self.reader, watched, notes_updates)
        except NonFiniteError:
            self.reader.epoch, self.reader.position = place
            self.bptt.reset_state(self.configuration.batch_size)
            raise

    def _step(
        self,
        reader: Reader,
        watched: frozenset[Diagnostic],
        notes_updates: bool,
    ) -> StepRecord:
        configuration, number = self.configuration, self.step_count + 1
        window = reader.next_window()
        with np.errstate(all="ignore"):
            tape, loss = self.bptt.forward(window, configuration.dropout)
            rate = configuration.learning_rate_at(number, reader.epoch)
            per_token = loss / len(window.targets)
            if not math.isfinite(per_token):
                raise self._last_finite.failure_of_loss(tape, number)
            sparse_rows, packed = self.bptt.backward(tape, by_row=self.optimizer.leaves_zeros)
            mode: ClipMode = configuration.clip_mode  # type: ignore[assignment]
            due = self.gradient_history.is_due(number)
            flow = self._observer.gradient_flow(tape) if due else None
            if watched and (self._observer.is_due() or not self._was_measured(watched)):
                self.last_window = self._observer.window(
                    self.step_count, tape, window.targets, watched, flow
                )
                flow = self.last_window.gradient_flow
            report = clip_gradients(packed, mode, configuration.clip_threshold)
            if not math.isfinite(report.norm_before):
                if sparse_rows is not None:
                    sparse_rows.spread(self.bptt.gradients)
                raise self._last_finite.failure_of_gradient(self.bptt.gradients, number)
            self._last_finite.keep(sparse_rows)
            self.optimizer.update(packed, rate, sparse_rows)
            failure = self._last_finite.failure_of_update(number, report.norm_after, rate)
            if failure is not None:
                raise failure
            if notes_updates:
                before, after = self._last_finite.before_update, self.network.parameters
                self._observer.note_updates(number, before, after)
        if flow is not None:
            norms = np.concatenate(list(flow.from_last.values()))
            self.recent_gradients.append(number, norms)
            if due:
                self.gradient_history.append(number, norms)
        if configuration.window_start == "carried":
            self.bptt.carry(tape)
        self.step_count = number
        self.tokens_seen += tape.sequence_length * tape.batch_size
        self.last_loss = per_token
        self.history.append(per_token, report.norm_before, report.norm_after, report.clipped)
        validation_loss = self._after_step(number)
        return StepRecord(
            step=number,
            epoch=self.epoch,
            tokens=self.tokens_seen,
            loss=per_token,
            validation_loss=validation_loss,
            gradient_norm=report.norm_before,
            clipped_gradient_norm=report.norm_after,
            learning_rate=rate,
            seconds=time.perf_counter() - self._started,
        )

    def observe(self, watched: frozenset[Diagnostic] = EVERYTHING) -> None:
        """Renew `last_window` from the next window with the weights as they are, changing nothing.

        Whoever looks twice sees the same. Where there is no text, the network looks at one that
        it writes itself for this.
        """
        with np.errstate(all="ignore"):
            window = self.reader.peek_window() if self.reader else self._own_window()
            tape, _ = self.bptt.forward(window, 0.0)
            self.network.backward(tape, self.bptt.gradients)
            self.last_window = self._observer.window(self.step_count, tape, window.targets, watched)

    def _was_measured(self, watched: frozenset[Diagnostic]) -> bool:
        """Tell whether `last_window` has all of these that a window can have."""
        window = self.last_window
        return window is not None and watched & DIAGNOSTICS.keys() <= window.measured

    def may_observe(self, watched: frozenset[Diagnostic], idle: float) -> bool:
        """Tell whether training can bear to be observed, where it would rest for `idle` seconds."""
        return self._observer.is_due(idle) or not self._was_measured(watched)

    def look_ahead(self) -> NetworkTape:
        """Read the next window with the weights as they are, changing nothing.

        The tape is the trainer's own, until its next step.
        """
        with np.errstate(all="ignore"):
            window = self.reader.peek_window() if self.reader else self._own_window()
            return self.bptt.forward(window, 0.0)[0]

    def release_unwatched(self, watched: frozenset[Diagnostic]) -> None:
        """Give back the memory of the diagnostics that nobody watches any more."""
        self._observer.release_unwatched(watched)

    def series(self, watched: frozenset[Diagnostic]) -> Mapping[Diagnostic, DiagnosticSeriesView]:
        """Return how the numbers of the diagnostics that are watched went over the run."""
        return self._observer.series(watched)

    def check_subject(self) -> CheckSubject:
        """Return what a gradient check needs, copied: these weights and the window read next."""
        with np.errstate(all="ignore"):
            window = self.reader.peek_window() if self.reader else self._own_window()
        network = Network(self.network.architecture, self.network.dtype)
        network.parameters.flat[:] = self.network.parameters.flat
        return CheckSubject(
            step=self.step_count,
            title=self.dataset.title,
            level=self.configuration.token,
            network=network,
            inputs=read_only(window.inputs.copy()),
            targets=read_only(window.targets.copy()),
            state=[copied(layer) for layer in self.bptt.state_before(window)],
            dropout=self.configuration.dropout,
            loss=self.dataset.loss,
        )

    def held_out_loss(self) -> float | None:
        """Measure the weights as they are on held-out text or sequences, changing nothing.

        In the loss's unit per token; None where there is none, or the loss is not finite.
        """
        with np.errstate(all="ignore"):
            loss = self._validation.loss()
        return loss if loss is not None and math.isfinite(loss) else None

    def test_on_task(self) -> None:
        """Renew `score`; do nothing in a run on a text."""
        if isinstance(self._validation, TaskValidation):
            self.held_out_loss()

    @property
    def score(self) -> TaskScore | None:
        """How the network did when it was last tested on a task; None for a text."""
        return self._validation.score if isinstance(self._validation, TaskValidation) else None

    def change(self, name: str, value: Value) -> None:
        """Change one live setting.

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
        configuration = self.configuration.with_value(name, value)
        if name in ("sequence_length", "batch_size", "optimizer"):
            self._check_memory(configuration)
        optimizer = self.optimizer
        if configuration.optimizer != self.configuration.optimizer:
            optimizer = self._new_optimizer(configuration)
        if name == "sequence_length" and self.reader is not None:
            self.reader = self.reader.resized(sequence_length=configuration.sequence_length)
        elif name == "batch_size" and configuration.batch_size != self.configuration.batch_size:
            if self.reader is not None:
                self.reader = self.reader.resized(batch_size=configuration.batch_size)
            # Without the text a place in other streams cannot be told.
            self.place_without_text = (self.place_without_text[0], 0)
            self.bptt.reset_state(configuration.batch_size)
        elif name == "window_start" and value == "zeros":
            self.bptt.reset_state(configuration.batch_size)
        if optimizer is not self.optimizer:
            self._last_finite.take_optimizer(optimizer)
            self.optimizer = optimizer
        tested_alike = have_same_validation(self.configuration, configuration)
        self.configuration = configuration
        if name == "momentum":
            self.optimizer.momentum = configuration.momentum
        if name in ("sequence_length", "batch_size"):
            self.release_buffers()
        if not tested_alike:
            self._validation = new_validation(self.network, self.dataset, configuration)
            self.best = None

    def use_best(self) -> BestWeights:
        """Return to the weights that did best on what is held out, and to an empty hidden state.

        Steps are counted on, and the optimiser remembers what it does of all of them.

        Raises
        ------
        RnnvizError
            Where no weights were tested yet.
        """
        if self.best is None:
            raise RnnvizError(
                "There are no best weights yet: they are those with the least loss on what is held "
                "out, which is measured at the validation interval."
            )
        fill(self.network.parameters, self.best.parameters)
        self.bptt.reset_state(self.configuration.batch_size)
        self._last_finite = LastFinite(self.network.parameters, self.optimizer)
        return self.best

    def release_buffers(self) -> None:
        """Give back the windows' buffers, most of a run's memory; the next step makes new ones."""
        self.bptt.release_buffers()

    def checkpoint(self) -> Checkpoint:
        """Return this step's state, copied."""
        return checkpoint_of(self)

    def _after_step(self, number: int) -> float | None:
        interval = self.configuration.validation_interval
        validation_loss = None
        if interval and number % interval == 0:
            validation_loss = self.held_out_loss()
            if validation_loss is not None:
                self.history.append_validation(number, validation_loss)
                if self.best is None or validation_loss < self.best.loss:
                    self.best = BestWeights(
                        number, validation_loss, copied(self.network.parameters)
                    )
        if is_sample_step(number):
            self.text_generator.write_sample(number, self.configuration)
        return validation_loss

    def _own_sample(self) -> Sample:
        assert isinstance(self.text_generator, TextGenerator), "a task needs no text"
        return self.text_generator.sample(self.step_count, self.configuration)

    def _own_window(self) -> Window:
        length = self.configuration.sequence_length
        text = self._own_sample().text
        ids = self.dataset.vocabulary.encode(text, unknown="skip").astype(np.intp)
        ids = np.resize(ids if ids.size else [0], length + 1).reshape(-1, 1)
        return Window(inputs=ids[:-1], targets=ids[1:], starts_epoch=True)

    def _new_optimizer(self, configuration: Configuration) -> Optimizer:
        kind = OPTIMIZERS[configuration.optimizer]
        return kind(
            self.network.parameters.flat,
            configuration.momentum,
            configuration.initial_accumulator_value,
        )

    def _check_memory(self, configuration: Configuration) -> None:
        if not self.dataset.can_train:
            # Without a text to train on it only looks at what it writes itself.
            configuration = dataclasses.replace(configuration, batch_size=1)
        check_memory(configuration, self.dataset.vocabulary.size)

"""All that a run is between two steps."""

from __future__ import annotations

import copy
from collections.abc import Set

import numpy as np

from rnnviz.core.errors import RnnvizError
from rnnviz.core.network import Network
from rnnviz.core.optimizers import Optimizer
from rnnviz.core.parameters import ParameterVector
from rnnviz.core.tape import State
from rnnviz.data import Dataset
from rnnviz.training.configuration import Configuration, Effect
from rnnviz.training.non_finite import NonFiniteError
from rnnviz.training.observation.kinds.diagnostic import Diagnostic
from rnnviz.training.problems.registry import problem_of
from rnnviz.training.record.gradient_history import GradientHistory, RecentGradients
from rnnviz.training.record.history import History
from rnnviz.training.record.series import DiagnosticSeries
from rnnviz.training.score import Score
from rnnviz.training.state.bits import same_bits
from rnnviz.training.state.building import (
    copied,
    fill,
    network_for,
    new_optimizer,
    optimizer_from,
    place_from,
    records_from,
)
from rnnviz.training.state.checkpoint import BestWeights, Checkpoint, Sample
from rnnviz.training.state.journal import BestUsed, Journal, SettingChanged, StepFailed
from rnnviz.training.state.last_finite import LastFinite
from rnnviz.training.state.origin import Origin

_LOOKED_AT = {"recent_gradients", "series", "score", "origins"}
"""What only looking leaves behind: a claim, too, may renew the score between two tests; and what a
branch is told apart by, which changes nothing of what it does."""


class TrainingState:
    """One run between two steps: a trainer steps it, and nothing else of a run lasts.

    It belongs to a dataset, by its fingerprint, and knows nothing of readers, buffers and clocks.
    An attribute is part of what is compared unless it is said to be left out.

    Parameters
    ----------
    configuration
        The settings in force.
    dataset
        What it is trained on.
    network
        The weights.
    optimizer
        What updates them, with its slots and its count of updates.
    rng
        Draws what dropout leaves out.

    Attributes
    ----------
    tokens, title, fingerprint, can_train
        Of the dataset.
    carried
        The state that the last window ended with, one dict of (B, H) a layer: the next one begins
        with it.
    epoch, position
        The reader's place in the text.
    step, tokens_seen
        Steps done, and tokens trained on.
    last_loss
        The last step's, per token; None where there was none.
    history, gradient_history
        How it went.
    best
        The best weights so far, if they were ever tested.
    last_finite
        What it goes back to when a step fails.
    samples
        The texts written so far.
    score
        How it did when it was last tested, whoever asked; None where nothing is right or wrong.
    journal
        What was done to it between its steps.
    origins
        Which runs it has left as a branch, the last one first; empty where it is none.
    recent_gradients, series
        What was measured while somebody looked.
    """

    def __init__(
        self,
        configuration: Configuration,
        dataset: Dataset,
        network: Network,
        optimizer: Optimizer,
        rng: np.random.Generator,
    ) -> None:
        self.configuration = configuration
        self.tokens = dataset.vocabulary.tokens
        self.title = dataset.title
        self.fingerprint = dataset.fingerprint
        self.can_train = dataset.can_train
        self.network = network
        self.optimizer = optimizer
        self.rng = rng
        self.carried: State = network.zero_state(configuration.batch_size)
        self.epoch = self.position = self.step = self.tokens_seen = 0
        self.last_loss: float | None = None
        self.history = History()
        self.gradient_history = GradientHistory(network.architecture.state_labels())
        self.best: BestWeights | None = None
        self.last_finite = LastFinite(network.parameters, optimizer)
        self.samples: tuple[Sample, ...] = ()
        self.score: Score | None = None
        self.journal = Journal()
        self.origins: tuple[Origin, ...] = ()
        self.recent_gradients = RecentGradients(self.gradient_history)
        self.series: dict[Diagnostic, DiagnosticSeries] = {}

    @classmethod
    def fresh(cls, configuration: Configuration, dataset: Dataset) -> TrainingState:
        """Return a run before its first step.

        Raises
        ------
        RnnvizError
            Where the text is too short for the window, or the network too large for this computer.
        """
        network = network_for(configuration, dataset)
        rng = np.random.default_rng(configuration.seed)
        network.initialize(
            configuration.initialization,
            configuration.initialization_gain,
            rng,
            configuration.forget_bias,
        )
        optimizer = new_optimizer(network, configuration)
        state = cls(configuration, dataset, network, optimizer, rng)
        state.journal = Journal(begun_with=configuration)
        problem = problem_of(configuration)
        state.keep_sample(
            problem.text_generator(network, dataset, configuration.seed).sample(0, configuration)
        )
        return state

    @classmethod
    def from_checkpoint(
        cls, checkpoint: Checkpoint, configuration: Configuration, dataset: Dataset
    ) -> TrainingState:
        """Return a run that goes on with what fits its settings; the rest begins anew.

        Parameters
        ----------
        checkpoint
            What a run was.
        configuration
            The settings to go on with, of the same network.
        dataset
            What to go on with; where it is another text, from its beginning.

        Raises
        ------
        RnnvizError
            Where the checkpoint's parts do not belong together, or as in `fresh`.
        """
        before = checkpoint.configuration
        is_same_text = checkpoint.fingerprint == dataset.fingerprint
        network = network_for(configuration, dataset)
        fill(network.parameters, checkpoint.parameters)
        optimizer = optimizer_from(checkpoint, network, configuration)
        labels = network.architecture.state_labels()
        rng, history, gradient_history = records_from(checkpoint, labels)
        state = cls(configuration, dataset, network, optimizer, rng)
        state.history, state.gradient_history = history, gradient_history
        state.recent_gradients = RecentGradients(gradient_history)
        state.step, state.tokens_seen = checkpoint.step, checkpoint.tokens_seen
        state.samples, state.origins = checkpoint.samples, checkpoint.origins
        # The same text may stand in another place by now.
        file = configuration.text_file
        is_same_run = is_same_text and configuration == before.with_value("text_file", file)
        if checkpoint.journal is None or not is_same_run:
            state.journal = Journal(checkpoint.step)
        else:
            state.journal = checkpoint.journal.of_text_in(file)
        if is_same_text and problem_of(configuration).have_same_validation(before, configuration):
            state.best = checkpoint.best
        carries = configuration.window_start == "carried"
        is_same_length = before.sequence_length == configuration.sequence_length
        has_same_streams = before.batch_size == configuration.batch_size and (
            is_same_length or not dataset.cuts_by_length
        )
        if carries and has_same_streams:
            for layer, saved in zip(state.carried, checkpoint.carried_state, strict=True):
                fill(layer, saved)
        if is_same_text:
            state.epoch, state.position = place_from(checkpoint, configuration, dataset)
        return state

    def copy(self) -> TrainingState:
        """Return the same run once more, which has nothing in common with this one."""
        return copy.deepcopy(self)

    def differences(self, other: TrainingState) -> tuple[str, ...]:
        """Name what training determines and is not the same in another run, bit for bit.

        Left out is what only looking leaves behind: `recent_gradients`, `series` and `score`; and
        `origins`, for what is done again does not know which run it is.
        """
        mine, theirs = self._determined(), other._determined()
        return tuple(name for name in mine if not same_bits(mine[name], theirs[name]))

    def _determined(self) -> dict[str, object]:
        # The optimiser's parameters are the network's.
        optimizer = _public(self.optimizer) | {"name": self.optimizer.name, "parameters": None}
        return {
            **{name: value for name, value in vars(self).items() if name not in _LOOKED_AT},
            "network": self.network.parameters,
            "optimizer": optimizer,
            "rng": self.rng.bit_generator.state,
            "history": self.history.to_arrays(),
            "gradient_history": self.gradient_history.to_arrays(),
            "last_finite": _public(self.last_finite),
        }

    def checkpoint(self) -> Checkpoint:
        """Return what a model file holds of it, copied and frozen."""
        shapes = self.network.parameters.shapes
        return Checkpoint(
            configuration=self.configuration,
            tokens=self.tokens,
            parameters=copied(self.network.parameters),
            slots={
                name: copied(ParameterVector(shapes, flat=slot))
                for name, slot in self.optimizer.slots.items()
            },
            optimizer_steps=self.optimizer.steps,
            carried_state=tuple(copied(layer) for layer in self.carried),
            step=self.step,
            tokens_seen=self.tokens_seen,
            epoch=self.epoch,
            position=self.position,
            rng=dict(self.rng.bit_generator.state),
            history=self.history.to_arrays() | self.gradient_history.to_arrays(),
            samples=self.samples,
            fingerprint=self.fingerprint,
            title=self.title,
            best=self.best,
            journal=self.journal.copy(),
            origins=self.origins,
        )

    def change(
        self,
        name: str,
        configuration: Configuration,
        effects: Set[Effect],
        *,
        goes_on: bool = False,
    ) -> None:
        """Take settings of which one is another; the place in the text is the reader's to tell.

        Parameters
        ----------
        name
            The setting.
        configuration
            The new settings, of the same network.
        effects
            What the change entails.
        goes_on
            Whether it goes on with the last change of that setting.
        """
        if configuration == self.configuration:
            return
        before, self.configuration = self.configuration, configuration
        if Effect.EMPTY_STATE in effects:
            self.reset_carried()
        if Effect.OTHER_OPTIMIZER in effects:
            self.optimizer = new_optimizer(self.network, configuration)
            self.last_finite.take_optimizer(self.optimizer)
        if Effect.OTHER_MOMENTUM in effects:
            self.optimizer.momentum = configuration.momentum
        if not problem_of(configuration).have_same_validation(before, configuration):
            self.best = self.score = None
        value = getattr(configuration, name)
        self.journal.note(SettingChanged(self.step, name, value, goes_on))
        if Effect.OTHER_WINDOWS in effects and not self.can_train:
            # Where the text has room for them, and at which place they go on, only it would tell.
            self.journal = Journal(self.step)

    def reset_carried(self) -> None:
        """Have the next window, of B streams, begin with a state of zeros."""
        self.carried = self.network.zero_state(self.configuration.batch_size)

    def recover_from(self, error: Exception) -> None:
        """Make good, as far as that is possible, what a step has changed that was not done."""
        if isinstance(error, NonFiniteError):
            self.go_back()
        elif not isinstance(error, RnnvizError):
            # Of what nobody expected, nobody knows how far it came: it may have drawn numbers.
            self.journal = Journal(self.step)

    def go_back(self) -> None:
        """Return to the last finite weights, and to a state of zeros: it may have overflowed."""
        self.last_finite.go_back(self.network.parameters, self.optimizer)
        self.reset_carried()
        self.journal.note(StepFailed(self.step, self.last_finite.knows_no_other))

    def use_best(self) -> BestWeights:
        """Return to the weights that did best on what is held out, and to a state of zeros.

        Steps are counted on, and the optimiser remembers what it does of all of them.

        Raises
        ------
        RnnvizError
            Where no weights were tested yet.
        """
        if self.best is None:
            raise RnnvizError(
                "There are no best weights yet: the held-out loss, which decides, has not "
                "been measured so far."
            )
        fill(self.network.parameters, self.best.parameters)
        self.reset_carried()
        self.forget_last_finite()
        self.journal.note(BestUsed(self.step))
        return self.best

    def forget_last_finite(self) -> None:
        """Know no weights to go back to but those of now."""
        self.last_finite = LastFinite(self.network.parameters, self.optimizer)

    def keep_best(self, validation_loss: float) -> None:
        """Note the loss on what is held out, and the weights where they did better than ever."""
        self.history.append_validation(self.step, validation_loss)
        if self.best is None or validation_loss < self.best.loss:
            self.best = BestWeights(self.step, validation_loss, copied(self.network.parameters))

    def keep_sample(self, sample: Sample | None) -> None:
        """Keep a text in the place of one of the same step; do nothing where none was written."""
        if sample is not None:
            earlier = tuple(kept for kept in self.samples if kept.step < sample.step)
            self.samples = (*earlier, sample)


def _public(part: object) -> dict[str, object]:
    """Return what a part of a run has, but for what only it itself works with."""
    return {name: value for name, value in vars(part).items() if not name.startswith("_")}

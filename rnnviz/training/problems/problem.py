"""What training, files and the window ask of every kind of source."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Generic, Protocol, TypeVar

from numpy.typing import NDArray

from rnnviz.core.network import Network
from rnnviz.core.tape import NetworkTape
from rnnviz.data import DataError, Dataset, Reading, ReferenceLine, Window
from rnnviz.training.configuration import Configuration
from rnnviz.training.configuration.groups.training import LARGEST_SEQUENCE_LENGTH
from rnnviz.training.record.history import HistoryView
from rnnviz.training.remarks.losses import beside_guess
from rnnviz.training.remarks.remark import Remark
from rnnviz.training.score import Score
from rnnviz.training.snapshot import Answer, PredictedText
from rnnviz.training.state.checkpoint import Checkpoint
from rnnviz.training.text_generator import NoText, TextGenerator

LONGEST_WATCHED = LARGEST_SEQUENCE_LENGTH
"""The most time steps of a watched text, for which there must be memory."""

AnyDataset = TypeVar("AnyDataset", bound=Dataset)


class Validation(Protocol):
    """Measures a network on what is held out, without touching the run's state."""

    @property
    def score(self) -> Score | None:
        """What the last measurement found; None before it, and where nothing is right or wrong."""

    def loss(self) -> float | None:
        """Measure; None where nothing is held out."""


class Problem(ABC, Generic[AnyDataset]):
    """How a network is trained on one kind of source.

    What is so of the source itself stands in ``rnnviz.data.Source``; what a kind has in common
    with most others need not be said again.
    """

    @abstractmethod
    def load(self, configuration: Configuration, reading: Reading) -> AnyDataset:
        """Read what a configuration names.

        Raises
        ------
        DataError
            Where it cannot be read or does not fit.
        """

    @abstractmethod
    def resume(
        self, configuration: Configuration, checkpoint: Checkpoint, reading: Reading
    ) -> AnyDataset:
        """Read it again for a network that was trained on the like; a notice says what differs.

        Raises
        ------
        DataError
            Where it cannot be read or does not fit.
        """

    def without_data(self, checkpoint: Checkpoint, reason: str) -> AnyDataset | None:
        """Return what a network is looked at with where nothing can be read.

        Parameters
        ----------
        checkpoint
            Of the network.
        reason
            A sentence that says why.

        Returns
        -------
        Dataset or None
            None where a network is of no use then.
        """
        return None

    @abstractmethod
    def validation(
        self, network: Network, dataset: AnyDataset, configuration: Configuration
    ) -> Validation:
        """Return what measures a run's network on what is held out."""

    def have_same_validation(self, one: Configuration, other: Configuration) -> bool:
        """Tell whether losses that are measured on what is held out compare."""
        return True

    def places_to_test(self, sequence_length: int) -> int:
        """Return how many time steps of how many streams are tested at once, for their memory."""
        return 0

    def text_generator(
        self, network: Network, dataset: AnyDataset, seed: int
    ) -> TextGenerator | NoText:
        """Return who writes with a network."""
        return NoText()

    def known_part(self, dataset: AnyDataset, text: str) -> tuple[str, tuple[str, ...]]:
        """Return what of a text of a person's own is known, and sentences about the rest."""
        return text, ()

    def watched_window(self, dataset: AnyDataset, text: str) -> tuple[Window, tuple[str, ...]]:
        """Read a text of a person's own as a window of one stream, to look at a network with.

        Returns
        -------
        window
            Of at most `LONGEST_WATCHED` steps; it begins with a state of zeros.
        notices
            Sentences about what of the text was left out.

        Raises
        ------
        DataError
            Where there is no such window, or something of the text is not known.
        """
        window = self.read_watched(dataset, text)
        if len(window.inputs) > LONGEST_WATCHED:
            return self.shortened(dataset, window, LONGEST_WATCHED)
        return window, ()

    def read_watched(self, dataset: AnyDataset, text: str) -> Window:
        """Read a text for `watched_window`, however long it is; raises as that does."""
        raise DataError(f"{dataset.title} is not read from a text.")

    def shortened(
        self, dataset: AnyDataset, window: Window, length: int
    ) -> tuple[Window, tuple[str, ...]]:
        """Return what of a longer window is watched, as `watched_window` does: here none is.

        Raises
        ------
        DataError
            Where all of it is needed.
        """
        raise DataError(
            f"A sequence to watch has at most {length:,} time steps, and this one has "
            f"{len(window.inputs):,}."
        )

    def answers(
        self, dataset: AnyDataset, tape: NetworkTape, targets: NDArray[Any]
    ) -> tuple[Answer, ...]:
        """Read what the network answers in the first stream, where it is asked something.

        Parameters
        ----------
        dataset
            Of the run.
        tape
            After a forward pass.
        targets
            As the window has them: the answers to its last T' steps.
        """
        return ()

    def predictions(
        self, dataset: AnyDataset, tape: NetworkTape, targets: NDArray[Any]
    ) -> PredictedText | None:
        """Return how probable the network thought each token of the first stream.

        Parameters
        ----------
        dataset, tape, targets
            As in `answers`.

        Returns
        -------
        PredictedText or None
            None where it is asked for something else than the next token.
        """
        return None

    def loss_remark(
        self,
        loss: float,
        references: tuple[ReferenceLine, ...],
        history: HistoryView | None,
        score: Score | None,
    ) -> Remark | None:
        """Return what is worth saying of a loss."""
        return beside_guess(loss, references[0], score) if references else None

"""What a long-memory task is: sequences drawn at random, and an answer at their end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.loss import UNITS, LossName
from rnnviz.data.errors import DataError
from rnnviz.data.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True, eq=False)
class Sequences:
    """B sequences of T steps with the answers to their last T' steps.

    Attributes
    ----------
    inputs
        (T, B) ids of symbols, or (T, B, n) float64 numbers.
    targets
        (T', B) ids of answers, or (T', B, 1) float64 numbers.
    """

    inputs: NDArray[Any]
    targets: NDArray[Any]


class Task(ABC):
    """A source of sequences in which what matters comes long before it is asked for.

    Attributes
    ----------
    name, title, description
        What configurations and files call it, what people do, and what it asks for.
    question
        What is asked at the end of a sequence, with a question mark.
    symbols
        What it reads: one character a symbol, or a letter for each of the numbers of a step.
    reads_numbers
        Whether a step is numbers instead of a symbol.
    answers
        The classes to choose from, or the name of the one number to estimate.
    loss
        ``cross_entropy`` for classes, ``squared_error`` for a number.
    shortest
        The least sequence length that it can be asked at.
    chance
        The loss a step of who knows the task but not the sequence.
    chance_label, criterion
        What that is, and when a sequence is answered wrongly, in a few words.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    description: ClassVar[str]
    question: ClassVar[str]
    symbols: ClassVar[tuple[str, ...]]
    reads_numbers: ClassVar[bool] = False
    answers: ClassVar[tuple[str, ...]]
    loss: ClassVar[LossName] = "cross_entropy"
    shortest: ClassVar[int]
    chance: ClassVar[float]
    chance_label: ClassVar[str] = "guessing"
    criterion: ClassVar[str] = "a wrong answer"

    @property
    def vocabulary(self) -> Vocabulary:
        """The symbols, numbered."""
        return Vocabulary(self.symbols)

    @property
    def loss_unit(self) -> str:
        """What its loss is in: ``nats per answer`` or ``squared error``."""
        unit = UNITS[self.loss]
        return f"{unit} per answer" if self.loss == "cross_entropy" else unit

    @abstractmethod
    def matters(self, label: str) -> bool:
        """Tell whether a step that `input_labels` writes so has to do with the answer."""

    def answered_steps(self, sequence_length: int) -> int:
        """Return T': how many of the last steps are to be answered."""
        return 1

    def check_length(self, sequence_length: int) -> None:
        """Refuse a length at which the task cannot be asked.

        Raises
        ------
        DataError
            Saying the least length.
        """
        if sequence_length < self.shortest:
            raise DataError(
                f"{self.title} needs a sequence length of at least {self.shortest}, "
                f"not {sequence_length}."
            )

    @abstractmethod
    def draw(self, rng: np.random.Generator, sequence_length: int, batch_size: int) -> Sequences:
        """Draw B sequences of T steps; `sequence_length` is at least `shortest`."""

    @abstractmethod
    def input_labels(self, inputs: NDArray[Any]) -> tuple[str, ...]:
        """Write the steps (T,) or (T, n) of one sequence for people."""

    def are_wrong(self, outputs: NDArray[Any], targets: NDArray[Any]) -> NDArray[np.bool_]:
        """Tell which sequences (B,) are answered wrongly.

        Parameters
        ----------
        outputs
            (T', B, n), of which the largest is the answer; what is not a number is wrong.
        targets
            As in `Sequences`.
        """
        right = (outputs.argmax(axis=-1) == targets) & ~np.isnan(outputs).any(axis=-1)
        wrong: NDArray[np.bool_] = ~right.all(axis=0)
        return wrong


class SymbolTask(Task):
    """A task whose steps are symbols."""

    def input_labels(self, inputs: NDArray[Any]) -> tuple[str, ...]:
        """Return the symbols."""
        return tuple(self.symbols[index] for index in inputs.tolist())

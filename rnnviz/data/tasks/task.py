"""What a long-memory task is: sequences drawn at random, and an answer at their end."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from rnnviz.data.errors import DataError
from rnnviz.data.source import Source, Trait
from rnnviz.data.text.vocabulary import Vocabulary


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


class Task(Source):
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
    guess, criterion
        What that is, and when a sequence is answered wrongly, in a few words.
    """

    kind: ClassVar[str] = "task"
    noun: ClassVar[str] = "task"
    kind_in_words: ClassVar[str] = (
        "a task, in which the end of a sequence asks for something from its beginning"
    )
    held_out: ClassVar[str] = "new sequences"
    traits: ClassVar[frozenset[Trait]] = frozenset({Trait.SCORED, Trait.MARKED})
    name: ClassVar[str]
    title: ClassVar[str]
    description: ClassVar[str]
    question: ClassVar[str]
    symbols: ClassVar[tuple[str, ...]]
    answers: ClassVar[tuple[str, ...]]
    chance: ClassVar[float]
    guess: ClassVar[str] = "guessing"
    criterion: ClassVar[str] = "a wrong answer"

    @property
    def menu_title(self) -> str:
        """What a menu of all sources calls it."""
        return f"Task: {self.title.lower()}"

    @property
    def phrase(self) -> str:
        """What a network of it was made for."""
        return f"the task {self.title.lower()}"

    @property
    def num_outputs(self) -> int:
        """One for each answer."""
        return len(self.answers)

    def token(self, level: str) -> str:
        """Return the noun for what one step reads."""
        return "time step"

    def per(self, level: str = "token") -> str:
        """Return the noun for what one loss is of."""
        return "answer"

    def vocabulary(self, level: str, tokens: tuple[str, ...]) -> Vocabulary:
        """Return its own symbols, numbered.

        Raises
        ------
        DataError
            If these are others.
        """
        if tokens != self.symbols:
            raise DataError(f"{self.title} is read in other symbols.")
        return Vocabulary(tokens)

    def vocabulary_in_words(self, level: str, size: int) -> str:
        """Count symbols and answers, or numbers."""
        if self.reads_numbers:
            return f"{size:,} numbers a step"
        return f"{size:,} symbols, {len(self.answers):,} answers"

    def loss_of_guess(self, vocab_size: int) -> float:
        """Return the loss of who knows the task but not the sequence."""
        return self.chance

    @abstractmethod
    def matters(self, label: str) -> bool:
        """Tell whether a step that `input_labels` writes so has to do with the answer."""

    def answered_steps(self, sequence_length: int) -> int:
        """Return T': how many of the last steps are to be answered."""
        return 1

    @abstractmethod
    def draw(self, rng: np.random.Generator, sequence_length: int, batch_size: int) -> Sequences:
        """Draw B sequences of T steps; `sequence_length` is at least `shortest`."""

    @abstractmethod
    def input_labels(self, inputs: NDArray[Any]) -> tuple[str, ...]:
        """Write the steps (T,) or (T, n) of one sequence for people."""

    @abstractmethod
    def read(self, text: str) -> NDArray[Any]:
        """Read the steps of one sequence, (T, 1) or (T, 1, n), as `written` writes them.

        Raises
        ------
        DataError
            Where they are written in something else.
        """

    def right_answers(self, inputs: NDArray[Any]) -> NDArray[Any]:
        """Return the right answers to sequences that somebody wrote.

        Parameters
        ----------
        inputs
            As in `Sequences`.

        Returns
        -------
        NDArray
            The targets, as in `Sequences`.

        Raises
        ------
        DataError
            Where these are no sequences of the task.
        """
        raise DataError(f"{self.title} draws its sequences itself.")

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

    def written(self, level: str, tokens: Sequence[str], targets: Sequence[str]) -> str:
        """Write its symbols, one after the other."""
        return "".join(tokens)

    def read(self, text: str) -> NDArray[Any]:
        """Read symbols; spaces between them are left out."""
        symbols = "".join(text.split())
        if not set(symbols) <= set(self.symbols):
            known = " ".join(self.symbols)
            raise DataError(f"A sequence of {self.title.lower()} is written in {known} alone.")
        return np.array([self.symbols.index(one) for one in symbols], np.intp).reshape(-1, 1)

    def input_labels(self, inputs: NDArray[Any]) -> tuple[str, ...]:
        """Return the symbols."""
        return tuple(self.symbols[index] for index in inputs.tolist())

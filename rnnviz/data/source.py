"""What a network can learn from, as it is known before anything of it is read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import Enum, auto
from typing import ClassVar

from rnnviz.core.loss import UNITS, LossName
from rnnviz.data.errors import DataError
from rnnviz.data.token_vocabulary import TokenVocabulary


class Trait(Enum):
    """Something that is so of some of what is learned from, and that others ask for."""

    TEXT = auto()
    """What is read is a text, in characters or in words."""
    OWN_FILE = auto()
    """It is read from a file that the person names."""
    SPLIT = auto()
    """The share at its end that is held out is a choice."""
    EPOCHS = auto()
    """It has an end, and is read again and again."""
    CONTINUOUS = auto()
    """Window follows window, so that the hidden state can be carried on."""
    WRITES = auto()
    """The network predicts what it reads next, and so can write on."""
    SCORED = auto()
    """An answer is right or wrong, so that there is a share of wrong ones."""
    MARKED = auto()
    """It is known which of the steps that are read an answer depends on."""


class Source(ABC):
    """Something to learn from: a text, a task, or what else has a class and a name.

    Attributes
    ----------
    kind
        By this, ``rnnviz.training`` and the window find what they have for sources like this.
    noun
        What people call such a source: ``text``, ``task``.
    kind_in_words
        What sources like this are, with an article, for who chooses among kinds; where it is
        empty, the choice goes without saying it.
    held_out
        What it is tested on, in words.
    traits
        What is so of it.
    loss
        Which loss its targets have.
    reads_numbers
        Whether a step is numbers instead of a token.
    shortest
        The least sequence length that it can be learned at.
    guess
        What the simplest guess is called, whose loss is the first to compare with.
    """

    kind: ClassVar[str]
    noun: ClassVar[str]
    kind_in_words: ClassVar[str] = ""
    held_out: ClassVar[str]
    traits: ClassVar[frozenset[Trait]]
    loss: ClassVar[LossName] = "cross_entropy"
    reads_numbers: ClassVar[bool] = False
    shortest: ClassVar[int] = 1
    guess: ClassVar[str] = "uniform guess"

    @property
    @abstractmethod
    def name(self) -> str:
        """What configurations and files call it."""

    @property
    @abstractmethod
    def title(self) -> str:
        """What people call it."""

    @property
    @abstractmethod
    def description(self) -> str:
        """What there is to learn, in a sentence."""

    @property
    def menu_title(self) -> str:
        """What a menu of all sources calls it."""
        return self.title

    @property
    @abstractmethod
    def phrase(self) -> str:
        """What a network of it was made for: ``a text``, ``the task adding``."""

    @property
    def num_outputs(self) -> int | None:
        """How many numbers the network puts out; None for one a token."""
        return None

    @abstractmethod
    def token(self, level: str) -> str:
        """Return the noun for what one step reads, where texts are read at this level."""

    @abstractmethod
    def per(self, level: str = "token") -> str:
        """Return the noun for what one loss is of, where texts are read at this level."""

    @property
    def loss_unit(self) -> str:
        """What its loss is in: ``nats per token``, or ``squared error``."""
        unit = UNITS[self.loss]
        return f"{unit} per {self.per()}" if self.loss == "cross_entropy" else unit

    def tested_in_words(self, loss: float) -> str:
        """Say a loss that was measured on what is held out."""
        return f"{loss:.3g} {self.loss_unit} on {self.held_out}"

    @abstractmethod
    def vocabulary(self, level: str, tokens: tuple[str, ...]) -> TokenVocabulary:
        """Return the vocabulary of these tokens, which may come from a file.

        Raises
        ------
        DataError
            If they cannot be what is read.
        """

    @abstractmethod
    def vocabulary_in_words(self, level: str, size: int) -> str:
        """Say what a vocabulary of this size is made of."""

    @abstractmethod
    def loss_of_guess(self, vocab_size: int) -> float:
        """Return the loss of who guesses most simply, in this source's unit."""

    def matters(self, label: str) -> bool:
        """Tell whether a step that a dataset's `input_labels` writes so decides an answer."""
        return False

    def written(self, level: str, tokens: Sequence[str], targets: Sequence[str]) -> str:
        """Write a window down, so that it can be read again.

        Parameters
        ----------
        level
            At which texts are read.
        tokens, targets
            As a dataset's `input_labels` and `target_labels` write one stream of it.

        Returns
        -------
        str
            Empty where a window of this source cannot be written down.
        """
        return ""

    def check_length(self, sequence_length: int) -> None:
        """Refuse a length at which it cannot be learned.

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

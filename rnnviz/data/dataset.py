"""What every dataset is to the rest of the program, whatever was read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, Self

from numpy.typing import NDArray

from rnnviz.core.loss import LossName
from rnnviz.data.token_vocabulary import Ids, TokenVocabulary
from rnnviz.data.windows import Window


@dataclass(frozen=True, slots=True)
class ReferenceLine:
    """A loss that needs no network, to compare one with.

    Attributes
    ----------
    name
        The same one for every dataset of a kind.
    label
        What people call it.
    loss
        In the dataset's unit.
    """

    name: str
    label: str
    loss: float


class Reader(Protocol):
    """Reads a dataset window after window.

    Attributes
    ----------
    sequence_length, batch_size
        T and B.
    epoch, position
        Which epoch the last window belonged to, from 0, and where in it reading goes on.
    """

    sequence_length: int
    batch_size: int
    epoch: int
    position: int

    @property
    def windows_per_epoch(self) -> int:
        """The number of windows in a whole epoch; 0 where there is no end."""

    @property
    def progress_in_epoch(self) -> float:
        """The share of the epoch that was read, 0 to 1."""

    @property
    def shown_shape(self) -> tuple[int, int]:
        """T and B of what `peek_window` returns."""

    def next_window(self) -> Window:
        """Return the next window and move on.

        Raises
        ------
        NoTextError
            Where there is nothing to train on.
        """

    def peek_window(self) -> Window:
        """Return what `next_window` would, and stay; without a text what the network writes."""

    def resized(self, sequence_length: int | None = None, batch_size: int | None = None) -> Reader:
        """Return a reader with another window that goes on from here; this one stays as it is.

        Raises
        ------
        DataError
            Where there is no such window.
        """

    def restore(self, epoch: int, position: int) -> None:
        """Go back to where a reader like this one stood.

        Raises
        ------
        DataError
            If this place, which may come from a file, is none of this reader's; it then stays
            where it is.
        """


class Dataset(Protocol):
    """A source as a network meets it: read, numbered, and ready to be cut into windows."""

    @property
    def name(self) -> str:
        """What configurations and files call it."""

    @property
    def title(self) -> str:
        """What people call it."""

    @property
    def vocabulary(self) -> TokenVocabulary:
        """What is read, numbered."""

    @property
    def loss(self) -> LossName:
        """Which loss its targets have."""

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences to tell the person."""

    @property
    def fingerprint(self) -> str:
        """SHA-256, in hexadecimal: the same fingerprint and seed, the same training."""

    @property
    def can_train(self) -> bool:
        """Whether there is anything to train on."""

    @property
    def training_tokens(self) -> int | None:
        """How many tokens there are to train on; None where they have no end."""

    @property
    def cuts_by_length(self) -> bool:
        """Whether windows of another length make other streams, which carry no state on."""

    @property
    def num_bytes(self) -> int:
        """The memory of its tokens, which runs that read the same file share."""

    @property
    def reference_lines(self) -> tuple[ReferenceLine, ...]:
        """The losses to compare a network with, the simplest guess's first."""

    def new_reader(
        self, *, sequence_length: int, batch_size: int, seed: int, write: Callable[[], str] = str
    ) -> Reader:
        """Return a reader from the beginning.

        Where there is nothing to train on it refuses to, and shows what the network would `write`.

        Raises
        ------
        DataError
            Where there is no window of this size.
        """

    def text_to_read(self, count: int, least: int) -> tuple[str, Ids] | None:
        """Return what the text is called, and its tokens; None where what is read is no text.

        Both are empty where it is one that is not at hand.

        Parameters
        ----------
        count
            Of so many tokens at the most.
        least
            What is held out is taken where it has so many.
        """

    def input_labels(self, inputs: NDArray[Any]) -> tuple[str, ...]:
        """Write what one stream read, (T,) or (T, n)."""

    def target_labels(self, targets: NDArray[Any]) -> tuple[str, ...]:
        """Write what one stream was asked, (T',) or (T', 1)."""

    def with_notices(self, *notices: str) -> Self:
        """Return the same with more to tell the person."""

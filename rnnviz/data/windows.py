"""Windows: T consecutive tokens of each of B parallel streams, in order, epoch after epoch."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnviz.data.errors import DataError
from rnnviz.data.token_vocabulary import Ids
from rnnviz.data.wording import counted


@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """What one training step reads.

    Attributes
    ----------
    inputs
        Token ids, shape (T, B), C-contiguous; of some tasks numbers, (T, B, n).
    targets
        Of a text the token after each input, shape (T, B), C-contiguous; of a task the answers to
        the last steps, ids (T', B) or numbers (T', B, 1).
    starts_epoch
        The streams begin anew, so the carried state must be zeroed before this window.
    begins
        Which streams begin a text with it, shape (B,), so that their carried state must be zeroed;
        None where none does.
    """

    inputs: NDArray[Any] = field(repr=False)
    targets: NDArray[Any] = field(repr=False)
    starts_epoch: bool
    begins: NDArray[np.bool_] | None = None


class WindowReader:
    """Reads B parallel streams, T tokens at a time.

    The ids are cut into B streams of the same length (up to B - 1 tokens at the very end are
    left over). Window after window follows in each stream, so the hidden state can be carried;
    where fewer than T + 1 tokens are left, the next window begins a new epoch at position 0.

    Parameters
    ----------
    ids
        Token ids, shape (length,); not copied, and not to be changed.
    sequence_length
        T, in tokens.
    batch_size
        B, the number of streams.

    Raises
    ------
    DataError
        If a number is less than 1, or the streams are shorter than T + 1.
    """

    def __init__(self, ids: Ids, *, sequence_length: int, batch_size: int) -> None:
        _check_fit(ids.size, sequence_length, batch_size)
        self._ids = ids
        self.sequence_length = sequence_length
        self.batch_size = batch_size
        self.stream_length = ids.size // batch_size
        """Tokens in each stream."""
        self.epoch = 0
        """Number of the epoch that the last window belonged to, from 0."""
        self.position = 0
        """Tokens consumed in each stream in this epoch."""
        # Seen as (stream_length, B), so that a slice of rows is a window, still in the ids' memory.
        self._streams = ids[: self.stream_length * batch_size].reshape(batch_size, -1).T

    @property
    def windows_per_epoch(self) -> int:
        """The number of windows of this size in a whole epoch."""
        return (self.stream_length - 1) // self.sequence_length

    @property
    def progress_in_epoch(self) -> float:
        """The share of the epoch's predictions that was made, 0 to 1."""
        return self.position / (self.stream_length - 1)

    @property
    def shown_shape(self) -> tuple[int, int]:
        """T and B of what `peek_window` returns."""
        return self.sequence_length, self.batch_size

    def next_window(self) -> Window:
        """Return the next window and move on."""
        position = self.position
        end = position + self.sequence_length
        if end >= self.stream_length:
            self.epoch += 1
            position, end = 0, self.sequence_length
        self.position = end
        # One copy, a token longer than the window, serves as inputs and targets both.
        tokens = self._streams[position : end + 1].astype(np.intp, "C")
        return Window(tokens[:-1], tokens[1:], position == 0)

    def peek_window(self) -> Window:
        """Return what `next_window` would, and stay."""
        epoch, position = self.epoch, self.position
        window = self.next_window()
        self.epoch, self.position = epoch, position
        return window

    def resized(
        self, sequence_length: int | None = None, batch_size: int | None = None
    ) -> "WindowReader":
        """Return a reader of the same ids with another window; this one stays as it is.

        Another sequence length goes on from the same position. Another batch size cuts other
        streams: it goes on at the same share of the epoch, and the carried state, which belongs
        to the old streams, is the caller's to zero.

        Raises
        ------
        DataError
            As the constructor does.
        """
        reader = WindowReader(
            self._ids,
            sequence_length=self.sequence_length if sequence_length is None else sequence_length,
            batch_size=self.batch_size if batch_size is None else batch_size,
        )
        reader.epoch = self.epoch
        reader.position = self.position * (reader.stream_length - 1) // (self.stream_length - 1)
        return reader

    def restore(self, epoch: int, position: int) -> None:
        """Go back to where a reader of the same streams stood.

        Raises
        ------
        DataError
            If this place, which may come from a file, is none of these streams; the reader then
            stays where it is.
        """
        check_place(epoch, position, self.stream_length)
        self.epoch, self.position = epoch, position


def check_place(epoch: int, position: int, stream_length: int) -> None:
    """Refuse a place that is none of streams of this length."""
    if epoch < 0 or not 0 <= position < stream_length:
        raise DataError(
            f"The place in the text that was saved, token {position:,} in epoch {epoch:,}, is "
            f"none of its {stream_length:,}."
        )


def _check_fit(length: int, sequence_length: int, batch_size: int) -> None:
    """Raise a sentence with what would fit, if the streams are shorter than a window."""
    if sequence_length < 1 or batch_size < 1:
        raise DataError("The sequence length and the batch size must be at least 1.")
    stream_length = length // batch_size
    if stream_length > sequence_length:
        return
    advice = []
    if stream_length >= 2:
        advice.append(f"a sequence length of at most {stream_length - 1:,}")
    if length > sequence_length:
        advice.append(f"a batch size of at most {length // (sequence_length + 1):,}")
    if not advice and length >= 2:
        advice.append(f"a sequence length of at most {length - 1:,} with a batch size of 1")
    streams = "one stream" if batch_size == 1 else f"each of {batch_size:,} streams"
    raise DataError(
        f"The text gives {counted(length, 'token')} to train on, so {streams} has "
        f"{stream_length:,}, but a window of sequence length {sequence_length:,} needs "
        f"{sequence_length + 1:,}" + (f": {' or '.join(advice)} would fit." if advice else ".")
    )

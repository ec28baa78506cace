"""Windows of several texts, of which none holds the end of one and the beginning of another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rnnviz.data.errors import DataError
from rnnviz.data.token_vocabulary import Ids
from rnnviz.data.windows import Window, check_place
from rnnviz.data.wording import counted


class TextsReader:
    """Reads B parallel streams of windows, T tokens each, of texts that stay by themselves.

    Each text is cut into windows from its beginning; up to T tokens at its end are left over, and
    so is a text that is shorter than T + 1. All windows, in order, make B streams of the same
    number of windows (up to B - 1 at the very end are left over). Where a stream comes to another
    text, its state is to be zeroed, and not that of the others.

    Parameters
    ----------
    ids
        Token ids of all texts, one after the other, shape (length,); not copied, and not to be
        changed.
    bounds
        Where in them each text but the first begins, ascending.
    sequence_length
        T, in tokens.
    batch_size
        B, the number of streams.

    Raises
    ------
    DataError
        If there are fewer than B windows.
    """

    def __init__(
        self, ids: Ids, bounds: Sequence[int], *, sequence_length: int, batch_size: int
    ) -> None:
        if sequence_length < 1 or batch_size < 1:
            raise DataError("The sequence length and the batch size must be at least 1.")
        edges = np.array([0, *bounds, ids.size], np.intp)
        counts = np.maximum(np.diff(edges) - 1, 0) // sequence_length
        _check_fit(int(counts.sum()), np.diff(edges), sequence_length, batch_size)
        self._ids, self._bounds = ids, bounds
        self._edges = edges
        # Of each text the number of its first window among all.
        self._first = np.concatenate(([0], np.cumsum(counts)))
        self.sequence_length = sequence_length
        self.batch_size = batch_size
        self.windows_per_epoch: int = int(counts.sum()) // batch_size
        self.epoch = 0
        self.position = 0
        """Tokens consumed in each stream in this epoch."""

    @property
    def progress_in_epoch(self) -> float:
        """The share of the epoch's windows that was read, 0 to 1."""
        return self.position / (self.windows_per_epoch * self.sequence_length)

    @property
    def shown_shape(self) -> tuple[int, int]:
        """T and B of what `peek_window` returns."""
        return self.sequence_length, self.batch_size

    def next_window(self) -> Window:
        """Return the next window and move on."""
        number = self.position // self.sequence_length
        if number == self.windows_per_epoch:
            self.epoch += 1
            number = 0
        self.position = (number + 1) * self.sequence_length
        windows = number + self.windows_per_epoch * np.arange(self.batch_size)
        texts = np.searchsorted(self._first, windows, side="right") - 1
        into = windows - self._first[texts]
        starts = self._edges[texts] + into * self.sequence_length
        tokens = self._ids[np.arange(self.sequence_length + 1)[:, None] + starts].astype(np.intp)
        begins = into == 0
        return Window(tokens[:-1], tokens[1:], number == 0, begins if begins.any() else None)

    def peek_window(self) -> Window:
        """Return what `next_window` would, and stay."""
        epoch, position = self.epoch, self.position
        window = self.next_window()
        self.epoch, self.position = epoch, position
        return window

    def resized(
        self, sequence_length: int | None = None, batch_size: int | None = None
    ) -> TextsReader:
        """Return a reader of the same texts with another window; this one stays as it is.

        It goes on at the same share of the epoch. Another window cuts other streams, and the
        carried state, which belongs to the old ones, is the caller's to zero.

        Raises
        ------
        DataError
            As the constructor does.
        """
        reader = TextsReader(
            self._ids,
            self._bounds,
            sequence_length=self.sequence_length if sequence_length is None else sequence_length,
            batch_size=self.batch_size if batch_size is None else batch_size,
        )
        number = self.position // self.sequence_length
        number = number * reader.windows_per_epoch // self.windows_per_epoch
        reader.epoch, reader.position = self.epoch, number * reader.sequence_length
        return reader

    def restore(self, epoch: int, position: int) -> None:
        """Go back to where a reader of the same streams stood; raises as `WindowReader` does."""
        check_place(epoch, position, self.windows_per_epoch * self.sequence_length + 1)
        self.epoch, self.position = epoch, position


def longest_text(ids: Ids, bounds: Sequence[int]) -> Ids:
    """Return the longest text among several, the first of those, as a view."""
    edges = zip((0, *bounds), (*bounds, ids.size), strict=True)
    begin, end = max(edges, key=lambda edges: edges[1] - edges[0])
    return ids[begin:end]


def _check_fit(
    windows: int, lengths: NDArray[np.intp], sequence_length: int, batch_size: int
) -> None:
    """Raise a sentence with what would fit, if there is not a window for each stream."""
    if windows >= batch_size:
        return
    advice = f"a batch size of at most {windows:,}"
    if not windows:
        advice = f"a sequence length of at most {lengths.max() - 1:,} with a batch size of 1"
    streams = "one stream needs one" if batch_size == 1 else f"{batch_size:,} streams need as many"
    raise DataError(
        f"The {lengths.size:,} texts to train on, each by itself, give "
        f"{counted(windows, 'window')} of sequence length {sequence_length:,}, but {streams} at "
        f"least: {advice} would fit."
    )

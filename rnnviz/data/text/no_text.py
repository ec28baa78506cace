"""A reader where the text is not at hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnnviz.data.errors import NoTextError
from rnnviz.data.token_vocabulary import TokenVocabulary
from rnnviz.data.windows import Window


class NoTextReader:
    """Refuses to train, and keeps the place in the text for when it is back.

    What it shows is a window of one stream that the network writes itself.

    Parameters
    ----------
    vocabulary
        Of the text.
    write
        Returns what the network writes.
    sequence_length, batch_size
        T and B of the run.
    """

    windows_per_epoch = 0
    progress_in_epoch = 0.0

    def __init__(
        self,
        vocabulary: TokenVocabulary,
        write: Callable[[], str],
        *,
        sequence_length: int,
        batch_size: int,
    ) -> None:
        self._vocabulary = vocabulary
        self._write = write
        self.sequence_length = sequence_length
        self.batch_size = batch_size
        self.epoch = 0
        self.position = 0

    @property
    def shown_shape(self) -> tuple[int, int]:
        """T and B of what `peek_window` returns."""
        return self.sequence_length, 1

    def next_window(self) -> Window:
        """Refuse, with a `NoTextError`."""
        raise NoTextError("There is no text to train on: open one first.")

    def peek_window(self) -> Window:
        """Return the window that the network writes with its weights as they are."""
        ids = self._vocabulary.encode(self._write(), unknown="skip").astype(np.intp)
        ids = np.resize(ids if ids.size else [0], self.sequence_length + 1).reshape(-1, 1)
        return Window(inputs=ids[:-1], targets=ids[1:], starts_epoch=True)

    def resized(
        self, sequence_length: int | None = None, batch_size: int | None = None
    ) -> NoTextReader:
        """Return a reader at the same place; in other streams it cannot be told, and is 0."""
        reader = NoTextReader(
            self._vocabulary,
            self._write,
            sequence_length=self.sequence_length if sequence_length is None else sequence_length,
            batch_size=self.batch_size if batch_size is None else batch_size,
        )
        reader.epoch = self.epoch
        reader.position = self.position if reader.batch_size == self.batch_size else 0
        return reader

    def restore(self, epoch: int, position: int) -> None:
        """Keep this place, whatever it is: the text will tell whether it has it."""
        self.epoch, self.position = epoch, position

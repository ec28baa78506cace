"""A text that several runs train on: its ids lie in memory once, whichever processes they are in.

The memory is given back by the process that started the others; should that one be killed, by
Python's own process that keeps account of such memory, once the last of them has ended.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rnnviz.data import TextDataset
from rnnviz.runs.shared_memory import attached, new_memory

if TYPE_CHECKING:
    from multiprocessing.shared_memory import SharedMemory


class TextToShare(Protocol):
    """A text that was read once, for all who ask for it."""

    def open(self) -> TextDataset:
        """Return the dataset, the same for everybody, with ids that nobody else's views are of.

        Raises
        ------
        FileNotFoundError
            Where it has been given back.
        """

    def keep(self) -> SharedMemory | None:
        """Return what holds its memory, to be given to `give_back`; None where nothing need.

        Raises
        ------
        FileNotFoundError
            Where it has been given back.
        """


@dataclass(frozen=True, slots=True, eq=False)
class TextHere:
    """A text for the runs of one process: the same array for all."""

    dataset: TextDataset

    def open(self) -> TextDataset:
        """See `TextToShare`."""
        return _with_ids(self.dataset, self.dataset.training_ids, self.dataset.validation_ids)

    def keep(self) -> None:
        """See `TextToShare`."""
        return


@dataclass(frozen=True, slots=True, eq=False)
class SharedText:
    """A text for runs in several processes, to be sent to them: it holds all but the ids.

    Attributes
    ----------
    memory
        The name of the memory that they lie in, those to train on first.
    dtype
        Of each.
    training_length, validation_length
        How many there are.
    bare
        The dataset without them.
    """

    memory: str
    dtype: np.dtype[np.unsignedinteger[Any]]
    training_length: int
    validation_length: int
    bare: TextDataset = field(repr=False)

    def open(self) -> TextDataset:
        """See `TextToShare`."""
        return self.lying_in(attached(self.memory))

    def lying_in(self, memory: SharedMemory) -> TextDataset:
        """Return the dataset with the ids that lie in this memory, which lasts as long as they."""
        length = self.training_length + self.validation_length
        ids = np.asarray(_ArrayInterface(memory, self.dtype, length))
        return _with_ids(self.bare, ids[: self.training_length], ids[self.training_length :])

    def keep(self) -> SharedMemory:
        """See `TextToShare`."""
        return attached(self.memory)


def shared(dataset: TextDataset, memory: str) -> tuple[TextToShare, TextDataset]:
    """Have others see a dataset's ids.

    Parameters
    ----------
    dataset
        What was read.
    memory
        The name of the memory that they are to lie in; empty where nobody else is in another
        process.

    Returns
    -------
    text
        To be sent to others.
    dataset
        The same as before, with the ids that all see.

    Raises
    ------
    OSError
        Where there is no room for them; the dataset is as it was.
    """
    if memory:
        return _put_into_memory(dataset, memory)
    text = TextHere(dataset)
    return text, text.open()


def _put_into_memory(dataset: TextDataset, name: str) -> tuple[SharedText, TextDataset]:
    parts = dataset.training_ids, dataset.validation_ids
    nothing = parts[0][:0].copy()
    text = SharedText(
        name, parts[0].dtype, parts[0].size, parts[1].size, _with_ids(dataset, nothing, nothing)
    )
    memory = new_memory(sum(part.nbytes for part in parts), name)
    assert memory.buf is not None  # until it is closed
    length = text.training_length + text.validation_length
    np.concatenate(parts, out=np.frombuffer(memory.buf, text.dtype, length))
    return text, text.lying_in(memory)


def _with_ids(
    dataset: TextDataset, training: NDArray[Any], validation: NDArray[Any]
) -> TextDataset:
    # Views of its own: when they are gone, nobody uses this dataset any more.
    return dataclasses.replace(dataset, training_ids=training[:], validation_ids=validation[:])


class _ArrayInterface:
    """What NumPy makes an array of that holds its memory as long as the array lasts.

    An array of the memory's own buffer would not do: such memory cannot be closed before it.
    """

    def __init__(self, memory: SharedMemory, dtype: np.dtype[Any], length: int) -> None:
        assert memory.buf is not None  # until it is closed
        self._memory = memory
        seen = np.frombuffer(memory.buf, dtype, length)
        seen.setflags(write=False)
        self.__array_interface__ = seen.__array_interface__

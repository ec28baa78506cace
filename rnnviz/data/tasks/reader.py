"""Windows of a task: new sequences at every step, the same ones for the same seed."""

from __future__ import annotations

import numpy as np

from rnnviz.data.errors import DataError
from rnnviz.data.tasks.task import Sequences, Task
from rnnviz.data.windows import Window

_TRAINING, _HELD_OUT = 3, 4


class TaskReader:
    """Draws windows of B whole sequences, without end.

    The window number k depends on the seed and on k alone, so that a run goes on where it was
    saved. Sequences have nothing to do with each other: no state is carried between them, and there
    is no epoch.

    Parameters
    ----------
    task
        What is asked.
    sequence_length, batch_size
        T and B.
    seed
        The run's.

    Raises
    ------
    DataError
        Where the task cannot be asked at this length.
    """

    epoch = 0
    windows_per_epoch = 0
    progress_in_epoch = 0.0

    def __init__(self, task: Task, *, sequence_length: int, batch_size: int, seed: int) -> None:
        task.check_length(sequence_length)
        self._task = task
        self._seed = seed
        self.sequence_length = sequence_length
        self.batch_size = batch_size
        self.position = 0
        """How many windows were drawn."""

    @property
    def shown_shape(self) -> tuple[int, int]:
        """T and B of what `peek_window` returns."""
        return self.sequence_length, self.batch_size

    def next_window(self) -> Window:
        """Return the next window and move on."""
        window = self.peek_window()
        self.position += 1
        return window

    def peek_window(self) -> Window:
        """Return what `next_window` would, and stay."""
        rng = np.random.default_rng([self._seed, _TRAINING, self.position])
        drawn = self._task.draw(rng, self.sequence_length, self.batch_size)
        return Window(drawn.inputs, drawn.targets, True)

    def resized(
        self, sequence_length: int | None = None, batch_size: int | None = None
    ) -> TaskReader:
        """Return a reader with another window, as many windows on; this one stays as it is."""
        reader = TaskReader(
            self._task,
            sequence_length=self.sequence_length if sequence_length is None else sequence_length,
            batch_size=self.batch_size if batch_size is None else batch_size,
            seed=self._seed,
        )
        reader.position = self.position
        return reader

    def restore(self, epoch: int, position: int) -> None:
        """Go back to where a reader stood.

        Raises
        ------
        DataError
            If this place, which may come from a file, is none of a task.
        """
        if epoch != 0 or position < 0:
            raise DataError("The place in the task that was saved is not a number of windows.")
        self.position = position


def held_out(task: Task, sequence_length: int, number: int, batch_size: int) -> Sequences:
    """Draw the batch `number` of the sequences that every network is tested with.

    Its generator is none of a run's: a spawn key comes fifth or later in what NumPy mixes into a
    generator's state, where a run's seed, 3 and position, four numbers of 32 bits at the most, have
    nothing.
    """
    task.check_length(sequence_length)
    seeds = np.random.SeedSequence([sequence_length, number], spawn_key=(_HELD_OUT,))
    return task.draw(np.random.default_rng(seeds), sequence_length, batch_size)

"""A task as a dataset: without end, and always at hand."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from numpy.typing import NDArray

from rnnviz.core.loss import LossName
from rnnviz.data.dataset import ReferenceLine
from rnnviz.data.tasks.reader import TaskReader
from rnnviz.data.tasks.task import Task
from rnnviz.data.text.vocabulary import Vocabulary

_VERSION = 1
"""Goes up when a task draws other sequences to train on than before."""


@dataclass(frozen=True, slots=True, eq=False)
class TaskDataset:
    """A task as a network meets it, a ``rnnviz.data.Dataset``.

    Attributes
    ----------
    task
        What is asked.
    notices
        Sentences to tell the person.
    """

    task: Task
    notices: tuple[str, ...] = ()

    can_train = True
    training_tokens = None
    cuts_by_length = False
    num_bytes = 0

    @property
    def name(self) -> str:
        """What configurations and files call it."""
        return self.task.name

    @property
    def title(self) -> str:
        """What people call it."""
        return self.task.title

    @property
    def loss(self) -> LossName:
        """Which loss its answers have."""
        return self.task.loss

    @property
    def vocabulary(self) -> Vocabulary:
        """The symbols that are read."""
        return Vocabulary(self.task.symbols)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what decides the sequences beside seed and length."""
        task = self.task
        header = ["task", _VERSION, task.name, task.symbols, task.answers]
        return hashlib.sha256(json.dumps(header).encode("ascii")).hexdigest()

    @property
    def reference_lines(self) -> tuple[ReferenceLine, ...]:
        """The loss of who knows the task but not the sequence."""
        return (ReferenceLine("chance", self.task.guess, self.task.chance),)

    def new_reader(
        self, *, sequence_length: int, batch_size: int, seed: int, write: Callable[[], str] = str
    ) -> TaskReader:
        """Return a reader of new sequences, which nobody has to write; raises as `TaskReader`."""
        return TaskReader(
            self.task, sequence_length=sequence_length, batch_size=batch_size, seed=seed
        )

    def text_to_read(self, count: int, least: int) -> None:
        """Return None: there is no text."""

    def input_labels(self, inputs: NDArray[Any]) -> tuple[str, ...]:
        """Write what one stream read, (T,) or (T, n)."""
        return self.task.input_labels(inputs)

    def target_labels(self, targets: NDArray[Any]) -> tuple[str, ...]:
        """Write the answers of one stream, (T',) or (T', 1)."""
        if self.task.loss == "squared_error":
            return tuple(f"{value:.2f}" for (value,) in targets.tolist())
        return tuple(self.task.answers[index] for index in targets.tolist())

    def with_notices(self, *notices: str) -> Self:
        """Return the same with more to tell the person."""
        return dataclasses.replace(self, notices=(*self.notices, *notices))

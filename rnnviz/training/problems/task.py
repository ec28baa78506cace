"""Tasks: sequences without end, and a question at the end of each."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from rnnviz.core.network import Network
from rnnviz.core.tape import NetworkTape
from rnnviz.data import TASKS, Reading, TaskDataset, Window
from rnnviz.training.configuration import Configuration
from rnnviz.training.problems.answers import answers
from rnnviz.training.problems.problem import Problem
from rnnviz.training.problems.task_validation import TaskValidation, task_batch
from rnnviz.training.snapshot import Answer
from rnnviz.training.state.checkpoint import Checkpoint


class LongMemory(Problem[TaskDataset]):
    """Answers what stood at the beginning of a sequence at its end."""

    def load(self, configuration: Configuration, reading: Reading) -> TaskDataset:
        """Take the task, which is always at hand."""
        return TaskDataset(TASKS[configuration.corpus])

    def resume(
        self, configuration: Configuration, checkpoint: Checkpoint, reading: Reading
    ) -> TaskDataset:
        """Take the task again."""
        dataset = self.load(configuration, reading)
        if dataset.fingerprint == checkpoint.fingerprint:
            return dataset
        return dataset.with_notices(
            "The task draws other sequences than when the model was last trained; they are "
            "counted anew."
        )

    def validation(
        self, network: Network, dataset: TaskDataset, configuration: Configuration
    ) -> TaskValidation:
        """Return what asks new sequences, as long as those that are learned from."""
        return TaskValidation(network, dataset.task, configuration.sequence_length)

    def have_same_validation(self, one: Configuration, other: Configuration) -> bool:
        """Tell whether both are tested at one length, that at which they learn."""
        return one.sequence_length == other.sequence_length

    def places_to_test(self, sequence_length: int) -> int:
        """Return the places of the sequences that are tested side by side."""
        return task_batch(sequence_length) * sequence_length

    def read_watched(self, dataset: TaskDataset, text: str) -> Window:
        """Read one sequence, all of it: its answer depends on all."""
        task = dataset.task
        inputs = task.read(text)
        task.check_length(len(inputs))
        return Window(inputs, task.right_answers(inputs), True)

    def answers(
        self, dataset: TaskDataset, tape: NetworkTape, targets: NDArray[Any]
    ) -> tuple[Answer, ...]:
        """Read what the network answers to the first sequence."""
        return answers(dataset, tape, targets)

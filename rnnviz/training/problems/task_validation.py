"""The loss on a task's held-out sequences, and how many are answered wrongly."""

from __future__ import annotations

import numpy as np

from rnnviz.core.loss import window_loss
from rnnviz.core.network import Network
from rnnviz.core.tape import NetworkTape
from rnnviz.data import Task, held_out
from rnnviz.training.score import Score

# So many sequences of a task decide whether it is solved, unless they are long: then as many as
# have half a million steps.
_SEQUENCES, _FIRST_SEQUENCES, _LARGEST_TASK = 10_000, 1_000, 500_000
_WORTH_ASKING = 0.05
_TASK_BATCH, _PLACES_AT_ONCE = 250, 1 << 14


def task_batch(sequence_length: int) -> int:
    """Return how many sequences are tested side by side."""
    return max(1, min(_TASK_BATCH, _PLACES_AT_ONCE // sequence_length))


class TaskValidation:
    """Measures a network on a task's held-out sequences, without touching the run's state.

    The sequences are the same for every network. A first thousand tells whether it is worth
    asking more: only a network that answers 19 of 20 rightly is asked all 10,000, fewer where
    they are long.

    Parameters
    ----------
    network
        The network.
    task, sequence_length
        What it is asked, and how long the sequences are.

    Attributes
    ----------
    score
        The last one; None before the first.
    """

    def __init__(self, network: Network, task: Task, sequence_length: int) -> None:
        self._network = network
        self._task = task
        self._length = sequence_length
        self._batch = task_batch(sequence_length)
        self._tape: NetworkTape | None = None
        self.score: Score | None = None

    def loss(self) -> float:
        """Return the loss per answered step, and renew `score`."""
        largest = min(_SEQUENCES, max(_FIRST_SEQUENCES // 4, _LARGEST_TASK // self._length))
        self._prepare()
        wrong = count = 0
        total = 0.0
        while count < largest:
            if count >= _FIRST_SEQUENCES and wrong > _WORTH_ASKING * count:
                break
            batch_wrong, loss = self._ask(count // self._batch)
            wrong, total, count = wrong + batch_wrong, total + loss, count + self._batch
        self.score = Score(wrong, count, total * self._batch / count)
        return self.score.loss

    def _prepare(self) -> None:
        if self._tape is None:
            self._tape = self._network.new_tape(self._length, self._batch)
        self._network.prepare(self._tape)

    def _ask(self, number: int) -> tuple[int, float]:
        """Return how many of a batch are answered wrongly, and the loss per answered step."""
        assert self._tape is not None
        drawn = held_out(self._task, self._length, number, self._batch)
        state = self._network.zero_state(self._batch)
        self._network.forward(drawn.inputs, state, self._tape, prepared=True)
        loss = window_loss(self._tape, drawn.targets, self._task.loss)
        outputs = self._tape.logits[-len(drawn.targets) :]
        wrong = self._task.are_wrong(outputs, drawn.targets)
        return int(np.count_nonzero(wrong)), loss / len(drawn.targets)

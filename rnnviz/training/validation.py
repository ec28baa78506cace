"""The loss on held-out text, or on a task's held-out sequences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.core.loss import cross_entropy, window_loss
from rnnviz.core.network import Network
from rnnviz.core.sparse_rows import Ids
from rnnviz.core.tape import NetworkTape
from rnnviz.data import Dataset, Task, TaskDataset, TextDataset, held_out
from rnnviz.training.configuration import Configuration

# Enough for a standard error of about 0.01 nats, at a few hundredths of what the 1,000 steps
# between two measurements cost (hidden 100, batch 1: 5 against 190 ms).
_LARGEST_COUNT = 8192
SEQUENCE_LENGTH = 16
LARGEST_BATCH = 16
# So many sequences of a task decide whether it is solved, unless they are long: then as many as
# have half a million steps.
_SEQUENCES, _FIRST_SEQUENCES, _LARGEST_TASK = 10_000, 1_000, 500_000
_WORTH_ASKING = 0.05
SOLVED = 0.01
"""A task is solved where less than this share of the sequences is answered wrongly."""
_TASK_BATCH, _PLACES_AT_ONCE = 250, 1 << 14


class Validation:
    """Measures a network on held-out text, without touching the run's state.

    The text's first 8,192 tokens at the most are read as up to 16 streams side by side, each
    from a state of zeros that is carried from window to window.

    Parameters
    ----------
    network
        The network.
    ids
        (n,) held-out token ids; fewer than 2 measure nothing.
    """

    def __init__(self, network: Network, ids: Ids) -> None:
        self._network = network
        self._tapes: dict[int, NetworkTape] = {}
        count = min(len(ids), _LARGEST_COUNT)
        self.is_possible = count >= 2
        if not self.is_possible:
            return
        batch_size = max(1, min(LARGEST_BATCH, count // (SEQUENCE_LENGTH + 1)))
        length = count // batch_size
        self._streams = np.ascontiguousarray(
            ids[: length * batch_size].reshape(batch_size, length).T.astype(np.intp)
        )

    def loss(self) -> float | None:
        """Return nats per token; None where there is no held-out text."""
        if not self.is_possible:
            return None
        length: int = self._streams.shape[0]
        batch_size: int = self._streams.shape[1]
        state = self._network.zero_state(batch_size)
        for tape in self._tapes.values():
            self._network.prepare(tape)
        total = 0.0
        for start in range(0, length - 1, SEQUENCE_LENGTH):
            tokens = self._streams[start : start + SEQUENCE_LENGTH + 1]
            tape = self._tape(len(tokens) - 1, batch_size)
            self._network.forward(tokens[:-1], state, tape, prepared=True)
            total += cross_entropy(tape.logits, tokens[1:], tape.d_logits)
            state = tape.final_state()
        return total / (length - 1)

    def _tape(self, sequence_length: int, batch_size: int) -> NetworkTape:
        """Return the buffers of a whole window, or of the shorter one at the end."""
        if sequence_length not in self._tapes:
            tape = self._tapes[sequence_length] = self._network.new_tape(
                sequence_length, batch_size
            )
            self._network.prepare(tape)
        return self._tapes[sequence_length]


@dataclass(frozen=True, slots=True)
class TaskScore:
    """How a network did on held-out sequences.

    Attributes
    ----------
    wrong, sequences
        How many of how many it answered wrongly.
    loss
        Its loss per answered step.
    """

    wrong: int
    sequences: int
    loss: float

    @property
    def wrong_share(self) -> float:
        """From 0 to 1."""
        return self.wrong / self.sequences


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
        self.score: TaskScore | None = None

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
        self.score = TaskScore(wrong, count, total * self._batch / count)
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


def new_validation(
    network: Network, dataset: Dataset, configuration: Configuration
) -> Validation | TaskValidation:
    """Return what measures a run's network on what is held out."""
    if isinstance(dataset, TaskDataset):
        return TaskValidation(network, dataset.task, configuration.sequence_length)
    assert isinstance(dataset, TextDataset)
    return Validation(network, dataset.validation_ids)


def have_same_validation(one: Configuration, other: Configuration) -> bool:
    """Tell whether held-out losses compare: a task is tested at the length that it is learned at.

    A text is tested in windows of its own, whatever the run's are.
    """
    return one.task is None or one.sequence_length == other.sequence_length

"""What a network answers to a task."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnnviz.core.loss import softmax
from rnnviz.core.tape import NetworkTape
from rnnviz.data import TaskDataset
from rnnviz.training.snapshot import Answer


def answers(dataset: TaskDataset, tape: NetworkTape, targets: NDArray[Any]) -> tuple[Answer, ...]:
    """Read what the network answers to the first sequence.

    Parameters
    ----------
    dataset
        Of the run.
    tape
        After a forward pass.
    targets
        As the window has them: the answers to its last T' steps.
    """
    task, first = dataset.task, tape.sequence_length - len(targets)
    outputs = tape.logits[first:, :1].astype(np.float64)
    if task.loss == "squared_error":
        given = tuple(f"{value:.2f}" for value in outputs[:, 0, 0].tolist())
        shares: list[list[float]] = [[] for _ in given]
    else:
        given = tuple(task.answers[index] for index in outputs[:, 0].argmax(axis=-1).tolist())
        shares = softmax(outputs[:, 0]).tolist()
    expected = dataset.target_labels(targets[:, 0])
    return tuple(
        Answer(
            step=first + t,
            expected=expected[t],
            given=given[t],
            is_right=not task.are_wrong(outputs[t : t + 1], targets[t : t + 1, :1])[0],
            probabilities=tuple(zip(task.answers, shares[t], strict=False)),
        )
        for t in range(len(targets))
    )

"""The sum of two numbers that were marked long ago."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from rnnviz.data.errors import DataError
from rnnviz.data.tasks.task import Sequences, Task

_TOLERANCE = 0.04
_MARK = "*"
_MARKED = 2


class Adding(Task):
    """The adding problem of Hochreiter & Schmidhuber (1997).

    Each of T steps has a number drawn evenly between 0 and 1, and a mark that is 1 at two of them,
    one in each half, and else 0. After the last step the network says the sum of the two marked
    numbers. Who always says 1 has a mean squared error of 1/6, the variance of that sum.
    """

    name: ClassVar[str] = "adding"
    title: ClassVar[str] = "Adding"
    description: ClassVar[str] = (
        "A sequence holds many numbers between 0 and 1. Two of them are marked, one in each "
        "half, and at the end the network has to say their sum."
    )
    question: ClassVar[str] = "What is the marked numbers' sum?"
    symbols: ClassVar[tuple[str, ...]] = ("x", "m")
    reads_numbers: ClassVar[bool] = True
    answers: ClassVar[tuple[str, ...]] = ("sum",)
    loss: ClassVar[Literal["cross_entropy", "squared_error"]] = "squared_error"
    shortest: ClassVar[int] = 2
    chance: ClassVar[float] = 1 / 6
    guess: ClassVar[str] = "always saying 1"
    criterion: ClassVar[str] = f"a sum that is off by more than {_TOLERANCE}"

    def matters(self, label: str) -> bool:
        """Tell the marked numbers from the others."""
        return label.endswith(_MARK)

    def draw(self, rng: np.random.Generator, sequence_length: int, batch_size: int) -> Sequences:
        """Draw B sequences of T steps."""
        length, streams = sequence_length, np.arange(batch_size)
        inputs = np.zeros((length, batch_size, 2))
        inputs[..., 0] = rng.random((length, batch_size))
        targets = np.zeros((1, batch_size, 1))
        for first, end in ((0, length // 2), (length // 2, length)):
            places = rng.integers(first, end, batch_size)
            inputs[places, streams, 1] = 1
            targets[0, :, 0] += inputs[places, streams, 0]
        return Sequences(inputs, targets)

    def input_labels(self, inputs: NDArray[Any]) -> tuple[str, ...]:
        """Write the numbers with two digits, a marked one with an asterisk."""
        return tuple(f"{value:.2f}{_MARK if mark else ''}" for value, mark in inputs.tolist())

    def written(self, level: str, tokens: Sequence[str], targets: Sequence[str]) -> str:
        """Write the numbers as they are shown, with two digits."""
        return " ".join(tokens)

    def read(self, text: str) -> NDArray[Any]:
        """Read numbers, a marked one with an asterisk."""
        steps = text.split()
        try:
            values = [float(step.removesuffix(_MARK)) for step in steps]
        except ValueError:
            values = [math.nan]
        if not all(0 <= value <= 1 for value in values):
            raise DataError(
                "A sequence for adding is written as numbers from 0 to 1 with spaces between "
                f"them and an asterisk behind the marked ones, such as 0.5 0.25{_MARK}."
            )
        marks = [step.endswith(_MARK) for step in steps]
        return np.stack((values, marks), axis=-1).reshape(-1, 1, 2).astype(np.float64)

    def right_answers(self, inputs: NDArray[Any]) -> NDArray[Any]:
        """Return the sums of the marked numbers."""
        if (inputs[..., 1].sum(axis=0) != _MARKED).any():
            raise DataError(f"In a sequence to add {_MARKED} numbers are marked with an asterisk.")
        sums: NDArray[Any] = (inputs[..., 0] * inputs[..., 1]).sum(axis=0)[None, :, None]
        return sums

    def are_wrong(self, outputs: NDArray[Any], targets: NDArray[Any]) -> NDArray[np.bool_]:
        """Tell which sums are off by more than the tolerance; what is not a number is wrong."""
        right = np.abs(outputs - targets) <= _TOLERANCE
        wrong: NDArray[np.bool_] = ~right.all(axis=(0, 2))
        return wrong

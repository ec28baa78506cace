"""Which of two symbols came first, long ago."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from rnnviz.data.errors import DataError
from rnnviz.data.tasks.task import Sequences, SymbolTask

_DISTRACTORS = 4


class TemporalOrder(SymbolTask):
    """The temporal order problem of Hochreiter & Schmidhuber (1997), as Pascanu et al. pose it.

    A sequence of T distractors, drawn from c, d, e, f, holds two symbols drawn from A and B: one
    between the steps T/10 and 2T/10, the other between 4T/10 and 5T/10. After the last step the
    network says which of the four pairs it was (Pascanu, Mikolov & Bengio 2013, section 4.1).
    """

    name: ClassVar[str] = "temporal-order"
    title: ClassVar[str] = "Temporal order"
    description: ClassVar[str] = (
        "Two letters, each A or B, are hidden among distractors in the first half of a "
        "sequence. At the end, the network has to say which came first and which second."
    )
    question: ClassVar[str] = "Which two letters, in which order?"
    symbols: ClassVar[tuple[str, ...]] = ("c", "d", "e", "f", "A", "B")
    answers: ClassVar[tuple[str, ...]] = ("AA", "AB", "BA", "BB")
    shortest: ClassVar[int] = 5
    chance: ClassVar[float] = math.log(4)

    def matters(self, label: str) -> bool:
        """Tell A and B from the distractors."""
        return label in ("A", "B")

    def draw(self, rng: np.random.Generator, sequence_length: int, batch_size: int) -> Sequences:
        """Draw B sequences of T steps."""
        length = sequence_length
        inputs = rng.integers(0, _DISTRACTORS, (length, batch_size))
        letters = rng.integers(0, 2, (2, batch_size))
        streams = np.arange(batch_size)
        for letter, tenths in zip(letters, (1, 4), strict=True):
            first, last = tenths * length // 10, (tenths + 1) * length // 10
            places = rng.integers(first, last + 1, batch_size)
            inputs[places, streams] = _DISTRACTORS + letter
        return Sequences(inputs, (2 * letters[0] + letters[1])[None])

    def right_answers(self, inputs: NDArray[Any]) -> NDArray[Any]:
        """Return the pairs of letters."""
        are_letters = inputs >= _DISTRACTORS
        if (are_letters.sum(axis=0) != 2).any():
            raise DataError("In a sequence of temporal order two letters are A or B.")
        first, second = inputs.T[are_letters.T].reshape(-1, 2).T - _DISTRACTORS
        pairs: NDArray[Any] = (2 * first + second)[None]
        return pairs

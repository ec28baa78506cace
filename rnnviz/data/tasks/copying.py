"""Ten symbols to be written again after a long wait."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from rnnviz.data.errors import DataError
from rnnviz.data.tasks.task import Sequences, SymbolTask

_COPIED = 10
_KINDS = 8
_BLANK, _SIGNAL = _KINDS, _KINDS + 1


class Copying(SymbolTask):
    """The copying memory task (Hochreiter & Schmidhuber 1997; Arjovsky, Shah & Bengio 2016).

    Ten symbols drawn from eight kinds, then blanks, then a signal and ten blanks more, during which
    the network writes the ten symbols in their order. Who has kept none of them loses ln 8 nats a
    symbol. Arjovsky et al. ask for the blanks before the signal as well; here the ten symbols
    alone have a loss.
    """

    name: ClassVar[str] = "copying"
    title: ClassVar[str] = "Copying"
    description: ClassVar[str] = (
        "Ten symbols are shown, then nothing for a while. After a signal, the network has to "
        "repeat them in their order."
    )
    question: ClassVar[str] = "Which symbols stood at the beginning?"
    symbols: ClassVar[tuple[str, ...]] = (*"abcdefgh", "\N{MIDDLE DOT}", "?")
    answers: ClassVar[tuple[str, ...]] = tuple("abcdefgh")
    shortest: ClassVar[int] = 2 * _COPIED + 1
    chance: ClassVar[float] = math.log(_KINDS)
    criterion: ClassVar[str] = "any of the ten symbols wrong"

    def matters(self, label: str) -> bool:
        """Tell the symbols, and the signal to write them, from the blanks."""
        return label != self.symbols[_BLANK]

    def answered_steps(self, sequence_length: int) -> int:
        """Return 10."""
        return _COPIED

    def draw(self, rng: np.random.Generator, sequence_length: int, batch_size: int) -> Sequences:
        """Draw B sequences of T steps."""
        inputs = np.full((sequence_length, batch_size), _BLANK)
        shown = rng.integers(0, _KINDS, (_COPIED, batch_size))
        inputs[:_COPIED] = shown
        inputs[-_COPIED - 1] = _SIGNAL
        return Sequences(inputs, shown)

    def right_answers(self, inputs: NDArray[Any]) -> NDArray[Any]:
        """Return the symbols at the beginning."""
        wanted = np.full_like(inputs, _BLANK)
        wanted[:_COPIED] = inputs[:_COPIED]
        wanted[-_COPIED - 1] = _SIGNAL
        if (inputs != wanted).any() or (inputs[:_COPIED] >= _KINDS).any():
            kinds, blank = "".join(self.answers), self.symbols[_BLANK]
            raise DataError(
                f"A sequence to copy has {_COPIED} symbols of {kinds}, then {blank}, and "
                f"{self.symbols[_SIGNAL]} before the last {_COPIED}."
            )
        return inputs[:_COPIED].copy()

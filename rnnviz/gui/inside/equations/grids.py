"""Which entries of a vector or a matrix are shown, where all would be too many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.core.parameters import Array
from rnnviz.diagnostics.one_step.record import StepRecord
from rnnviz.gui.inside.equations.items import Piece
from rnnviz.gui.inside.shown import MOST_DRAWN, Shown, outputs_of

_FIRST = 5


@dataclass(frozen=True, slots=True)
class Axis:
    """One direction of a matrix.

    Attributes
    ----------
    length
        How many entries there are.
    shown
        Which of them are shown.
    """

    length: int
    shown: tuple[int, ...]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.length - len(self.shown)


@dataclass(frozen=True, slots=True)
class Window:
    """What is chosen to be shown at one time step.

    Attributes
    ----------
    record
        Of the step.
    shown
        The units.
    t
        The time step, from 1; 0 where there is none.
    """

    record: StepRecord
    shown: Shown
    t: int

    def axes(self, piece: Piece) -> tuple[Axis, Axis]:
        """Return what is shown of a piece's value: of its rows, and of its columns."""
        value = piece.value
        assert value is not None
        rows, columns = (*value.shape, 1, 1)[:2]
        return self._axis(rows), self._axis(columns)

    def _axis(self, length: int) -> Axis:
        if length <= MOST_DRAWN:
            return Axis(length, tuple(range(length)))
        network, t = self.record.subject.network, max(1, self.t)
        size = network.hidden_size
        if length == size:
            return Axis(length, self.shown.units)
        if length == network.output_size:
            return Axis(length, self._tokens(outputs_of(self.record, t, self.shown.stream), t))
        if length % size == 0 and size <= MOST_DRAWN:
            return Axis(length, tuple(range(min(length, MOST_DRAWN))))
        return Axis(length, tuple(range(min(length, _FIRST))))

    def _tokens(self, outputs: tuple[int, ...], t: int) -> tuple[int, ...]:
        """Return the outputs that are drawn, and the token that is read where it is one of them."""
        subject = self.record.subject
        if subject.network.architecture.reads_numbers:
            return outputs
        token = int(subject.inputs[t - 1, self.shown.stream])
        reads = subject.network.vocab_size == subject.network.output_size
        return outputs if token in outputs or not reads else (token, *outputs[: MOST_DRAWN - 1])


def part(value: Array, rows: Axis, columns: Axis) -> Array:
    """Return the entries of a value that are shown, (rows, columns)."""
    whole = value if value.ndim == 2 else np.reshape(value, (1, 1))
    found: Array = whole[np.ix_(rows.shown, columns.shown)]
    return found

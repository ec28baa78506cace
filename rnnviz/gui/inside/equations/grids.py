"""Which entries of a vector or a matrix are shown, where all would be too many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rnnviz.core.parameters import Array
from rnnviz.diagnostics.one_step.record import StepRecord
from rnnviz.gui.inside.drawing.shapes import Entry
from rnnviz.gui.inside.equations.items import Piece
from rnnviz.gui.inside.equations.lines import StepLine
from rnnviz.gui.inside.shown import MOST_DRAWN, Shown, outputs_of, target_of
from rnnviz.gui.wording.tokens import visible_character

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
    labels
        The tokens that they are; empty where they are units.
    """

    length: int
    shown: tuple[int, ...]
    labels: tuple[str, ...] = ()

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
        if piece.transposed:
            return self._axis(rows, is_row=False), self._axis(columns, is_row=True)
        return self._axis(rows, is_row=True), self._axis(columns, is_row=False)

    def entries(self, line: StepLine) -> tuple[Entry, ...]:
        """Return which numbers of a line are shown."""
        rows, *columns = line.shape or (0,)
        if not line.shape:
            return ((),)
        shown = [line.first + row for row in self._axis(rows, is_row=True).shown]
        if not columns:
            if line.place.part in ("output", "loss", "output back"):
                # First what was asked for.
                target = target_of(self.record, self.t, self.shown.stream)
                shown.sort(key=lambda row: row != target)
            return tuple((row,) for row in shown)
        across = self._axis(columns[0], is_row=False).shown
        return tuple((row, column) for row in shown for column in across)

    def _axis(self, length: int, *, is_row: bool) -> Axis:
        subject = self.record.subject
        network = subject.network
        if length == network.hidden_size:
            return Axis(length, self.shown.units)
        if length == network.output_size:
            shown = tuple(range(length))
            if length > MOST_DRAWN:
                shown = self._tokens(is_row=is_row)
            named = [subject.answers[n] for n in shown if subject.answers[n]]
            return Axis(length, shown, tuple(visible_character(label) for label in named))
        if length <= MOST_DRAWN:
            return Axis(length, tuple(range(length)))
        whole = length % network.hidden_size == 0 and network.hidden_size <= MOST_DRAWN
        return Axis(length, tuple(range(MOST_DRAWN if whole else _FIRST)))

    def _tokens(self, *, is_row: bool) -> tuple[int, ...]:
        """Return tokens that matter at this time step; of the whole window where it is none.

        Those are the ones that are drawn as outputs, and first the one that is read. Of the window,
        they are in rows those that are asked for, and in columns those that are read.
        """
        subject, stream = self.record.subject, self.shown.stream
        reads_numbers = subject.network.architecture.reads_numbers
        if not self.t:
            ids = subject.targets if is_row or reads_numbers else subject.inputs
            return tuple(dict.fromkeys(ids[:, stream].tolist()))[:_FIRST]
        outputs = outputs_of(self.record, self.t, stream)
        if reads_numbers or subject.network.vocab_size != subject.network.output_size:
            return outputs
        token = int(subject.inputs[self.t - 1, stream])
        return outputs if token in outputs else (token, *outputs[: MOST_DRAWN - 1])


def part(value: Array, rows: Axis, columns: Axis) -> Array:
    """Return the entries of a value that are shown, (rows, columns)."""
    whole = value if value.ndim == 2 else np.reshape(value, (1, 1))
    found: Array = whole[np.ix_(rows.shown, columns.shown)]
    return found

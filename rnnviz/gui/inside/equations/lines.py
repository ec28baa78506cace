"""The equations of a phase, one after the other, each with the numbers that it is about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rnnviz.diagnostics.one_step.arithmetic import as_sent
from rnnviz.diagnostics.one_step.equation import parse
from rnnviz.diagnostics.one_step.expression import Equation, Expression
from rnnviz.diagnostics.one_step.phases import Phase, Place, line_at
from rnnviz.diagnostics.one_step.record import StepRecord
from rnnviz.diagnostics.one_step.scope import Found, Scope
from rnnviz.gui.inside.drawing.shapes import Entry


@dataclass(frozen=True, slots=True)
class StepLine:
    """One equation of a line; of several gates' gradients in one line, that of one gate.

    Attributes
    ----------
    place
        Of the line.
    equation
        For one value of its index.
    shape
        Of what it computes, as it is written: ``()``, ``(rows,)`` or ``(rows, columns)``.
    first
        In which row of the line's value it begins.
    sent
        The right side of what step t+1 sends, as it writes it itself, where that is what arrives;
        else None.
    """

    place: Place
    equation: Equation
    shape: tuple[int, ...]
    first: int = 0
    sent: Expression | None = None

    @property
    def is_computed(self) -> bool:
        """Whether it has a right side, and is more than a name for what is read."""
        has_right = self.equation.right is not None or self.sent is not None
        return has_right and self.place.name not in ("x", "m")

    @property
    def arrives_nothing(self) -> bool:
        """Whether it is what step t+1 sends, where there is none."""
        return self.equation.left.part == "later" and self.sent is None

    def holds(self, entry: Entry) -> bool:
        """Tell whether a number of the line is this equation's."""
        if not self.shape:
            return True
        return self.first <= entry[0] < self.first + self.shape[0]

    def nearest(self, entry: Entry) -> Entry:
        """Return the number of this equation that stands where one of another does."""
        if not self.shape:
            return ()
        row, column = (*entry, 0, 0)[:2]
        row = self.first + max(0, min(row - self.first, self.shape[0] - 1))
        if len(self.shape) == 1:
            return (row,)
        return row, max(0, min(column, self.shape[1] - 1))

    def scope(self, record: StepRecord, stream: int) -> Scope:
        """Return what its symbols stand for."""
        return Scope(record, self.place, stream)

    def found(self, record: StepRecord) -> Found:
        """Return what the record has for its left side."""
        return Scope(record, self.place).recorded(self.equation.left)


def lines_of(record: StepRecord, phase: Phase) -> tuple[StepLine, ...]:
    """Return the equations of a phase in their order."""
    return tuple(line for place in phase.places for line in _lines_at(record, place))


def _lines_at(record: StepRecord, place: Place) -> list[StepLine]:
    lines = []
    for equation in _equations(line_at(record, place).equation):
        found = Scope(record, place).recorded(equation.left)
        shape = found.as_written(0).shape
        # A column is written with one index.
        written = shape[:1] if len(shape) == 2 and shape[1] == 1 and _is_vector(found) else shape
        _, whole = as_sent(Scope(record, place), equation)
        sent = whole.right if equation.right is None else None
        lines.append(StepLine(place, equation, written, found.first, sent))
    return lines


def _is_vector(found: Found) -> bool:
    return found.value.ndim - found.by_stream == 1


@lru_cache(maxsize=1024)
def _equations(text: str) -> tuple[Equation, ...]:
    return tuple(one for equation in parse(text) for one in equation.each())

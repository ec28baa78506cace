"""What a drawing asks of a record: the numbers of a line, as far as they are known by now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from rnnviz.core.parameters import Array
from rnnviz.diagnostics.one_step.phases import Phase, Place, line_at
from rnnviz.diagnostics.one_step.record import StepRecord
from rnnviz.gui.inside.drawing.shapes import Glow, Hidden


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """What is to be seen of a record at one phase.

    Attributes
    ----------
    record
        Of the step.
    phases
        Its phases.
    now
        The present one's number.
    made, read
        The line that is computed now, and those that it reads.
    hidden
        What is asked for and not shown.
    """

    record: StepRecord
    phases: Sequence[Phase]
    now: int
    made: Place | None = None
    read: frozenset[Place] = frozenset()
    hidden: Hidden = field(default_factory=dict)

    @property
    def phase(self) -> Phase:
        """The present phase."""
        return self.phases[self.now]

    def glow(self, place: Place) -> Glow:
        """Tell whether what is computed now makes or reads what stands at a place."""
        if place == self.made:
            return "output"
        return "input" if place in self.read else ""


class Lookup:
    """Finds lines of a record, fast, and tells which phase computes them.

    Parameters
    ----------
    record, phases
        Of one step.
    """

    def __init__(self, record: StepRecord, phases: Sequence[Phase]) -> None:
        self.record = record
        self._phase_of = {
            place: number for number, phase in enumerate(phases) for place in phase.places
        }
        self._values: dict[Place, Array] = {}
        self._largest = _largest_gradient(record)

    @property
    def largest_gradient(self) -> float:
        """The largest of the gradients of states and outputs."""
        return self._largest

    def has(self, place: Place) -> bool:
        """Tell whether there is such a line."""
        return place in self._phase_of

    def is_known(self, place: Place, now: int) -> bool:
        """Tell whether a line was computed by a phase of a number, or before."""
        if is_before(place):
            return True
        phase = self._phase_of.get(place)
        return phase is not None and phase <= now

    def value(self, place: Place) -> Array:
        """Return a line's value, in rows."""
        value = self._values.get(place)
        if value is None:
            if is_before(place):
                value = self.record.forward[0].before[place.layer - 1][place.name]
            else:
                value = line_at(self.record, place).value
            self._values[place] = value
        return value

    def column(self, place: Place, stream: int, entries: Sequence[int]) -> tuple[float, ...]:
        """Return some entries of a line of one stream."""
        return tuple(self.value(place)[stream, list(entries)].tolist())


def before(name: str, layer: int) -> Place:
    """Return where the state stands with which the window begins: at t = 0, in no phase."""
    return Place("forward", name, 0, layer)


def is_before(place: Place) -> bool:
    """Tell whether a place is that of a state with which the window begins."""
    return place.part == "forward" and place.t == 0


def _largest_gradient(record: StepRecord) -> float:
    largest = 0.0
    for step in record.backward:
        for lines in (step.output, *step.layers):
            for name in ("do", "dh"):
                if name in lines:
                    sizes = np.abs(lines[name])
                    largest = max(largest, float(sizes[np.isfinite(sizes)].max(initial=0.0)))
    return largest

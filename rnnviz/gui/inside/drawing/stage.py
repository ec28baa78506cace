"""What all parts of the unfolded drawing share: where steps stand, and what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF

from rnnviz.core.architecture import Architecture
from rnnviz.diagnostics.one_step.phases import Place
from rnnviz.diagnostics.one_step.subject import StepSubject
from rnnviz.gui.inside.drawing.metrics import Metrics
from rnnviz.gui.inside.drawing.shapes import Cells, Words
from rnnviz.gui.inside.drawing.values import Lookup, Sight
from rnnviz.gui.inside.shown import Shown

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """Where the time steps stand.

    Attributes
    ----------
    metrics
        All other sizes.
    lefts
        Where each begins; first the states before the window, then steps 1 to T.
    width, height
        Of the whole drawing.
    open_at
        The step that is open, from 1.
    """

    metrics: Metrics
    lefts: tuple[float, ...]
    width: float
    height: float
    open_at: int

    def extent(self, t: int) -> tuple[float, float]:
        """Return from where to where a step reaches."""
        width = self.metrics.open_width if t == self.open_at else self.metrics.closed_width
        return self.lefts[t], self.lefts[t] + width

    def between(self, left: float, right: float) -> range:
        """Return the steps of which something is seen between two places."""
        seen = [t for t in range(len(self.lefts)) if self._touches(t, left, right)]
        return range(seen[0], seen[-1] + 1) if seen else range(0)

    def _touches(self, t: int, left: float, right: float) -> bool:
        start, end = self.extent(t)
        return end + self.metrics.slot >= left and start - 2 * self.metrics.slot <= right


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """One picture in the making.

    Attributes
    ----------
    lookup
        Finds numbers.
    shown
        Which units.
    outputs
        Which outputs of each time step.
    largest_output
        The size of the largest of them.
    arrangement
        Where the steps stand.
    sight
        What is known of them.
    """

    lookup: Lookup
    shown: Shown
    outputs: tuple[tuple[int, ...], ...]
    largest_output: float
    arrangement: Arrangement
    sight: Sight

    @property
    def m(self) -> Metrics:
        """The sizes."""
        return self.arrangement.metrics

    @property
    def subject(self) -> StepSubject:
        """What the step is of."""
        return self.lookup.record.subject

    @property
    def architecture(self) -> Architecture:
        """The network's."""
        return self.subject.network.architecture

    def knows(self, place: Place) -> bool:
        """Tell whether a line is computed by now."""
        return self.lookup.is_known(place, self.sight.now)

    def is_open(self, t: int, layer: int) -> bool:
        """Tell whether the inside of a cell is drawn: without gates, that of all layers."""
        if t != self.arrangement.open_at:
            return False
        return self.architecture.kind.ungated or layer == max(1, self.sight.phase.layer)

    def state_left(self, t: int) -> float:
        """Return where the columns of the states of a step begin."""
        left = self.arrangement.lefts[t]
        return left + self.m.diagram.slots * self.m.slot if t == self.arrangement.open_at else left

    def reading_left(self, t: int) -> float:
        """Return where what is read stands: below the first column that it goes into."""
        return self.arrangement.lefts[t] if self.is_open(t, 1) else self.state_left(t)

    def state_top(self, name: str, layer: int) -> float:
        """Return where the column of a state begins."""
        return self.m.layer_top(layer) + self.m.height(self.m.diagram.states[name])

    def answer(self, number: int) -> str:
        """Return the label of an output."""
        return self.subject.answers[number]

    def cells(self, key: Key, place: Place, room: QRectF, entries: Sequence[int]) -> Cells:
        """Return a column of numbers; only its outline, where they are not known yet."""
        known, is_o = self.knows(place), place.part == "output"
        return Cells(
            key=key,
            place=place,
            rect=room,
            values=self.lookup.column(place, self.shown.stream, entries) if known else (),
            entries=tuple((entry,) for entry in entries),
            ramp="probability" if place.part == "loss" else "signed",
            reach=self.largest_output if is_o else 2.0 if place.name == "c" else 1.0,
            glow=self.sight.glow(place),
            hidden=self.sight.hidden.get(place, frozenset()),
        )

    def gradient(self, key: Key, place: Place, room: QRectF, entries: Sequence[int]) -> Cells:
        """Return a column of gradients."""
        cells = self.cells(key, place, room, entries)
        return replace(cells, ramp="gradient", reach=self.lookup.largest_gradient)

    def label(self, cells: Cells, tex: str, *, back: bool = False) -> Words:
        """Return the symbol above a column."""
        room, high = cells.rect, self.m.label
        above = QRectF(room.x() - 12, room.y() - high, room.width() + 24, high)
        return Words(
            ("label", cells.key),
            above,
            tex=tex,
            role="backward" if back else "forward",
            size=13 * self.m.scale,
        )

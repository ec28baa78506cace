"""Lays out the network unfolded: its time steps side by side, the present one open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF, QSizeF

from rnnviz.diagnostics.one_step.phases import Place
from rnnviz.gui.inside.drawing.cell_diagrams import DIAGRAMS, CellDiagram
from rnnviz.gui.inside.drawing.folded import WIDTH, folded_picture
from rnnviz.gui.inside.drawing.layers import layer_shapes, state_shapes
from rnnviz.gui.inside.drawing.metrics import COLUMN_WIDTHS, Metrics, Rows, fitted, step_gap
from rnnviz.gui.inside.drawing.outputs import asking_shapes, output_shapes
from rnnviz.gui.inside.drawing.plain_diagram import plain_diagram
from rnnviz.gui.inside.drawing.shapes import Badge, Picture, Shape, Tile, Wire, Words
from rnnviz.gui.inside.drawing.stage import Arrangement, Stage
from rnnviz.gui.inside.drawing.values import Lookup, Sight
from rnnviz.gui.inside.shown import MOST_DRAWN, Shown, outputs_of
from rnnviz.gui.style.palette import ColorRole
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.wording.tokens import visible_character

_MARGIN = 18.0
_LETTER, _LONGEST = 7.4, 7
_BESIDE_LABELS = 16.0


class TimeSteps:
    """Draws one record.

    Parameters
    ----------
    lookup
        Finds its numbers.
    shown
        Which of them are drawn.
    theme
        Colours, type and scale.
    """

    def __init__(self, lookup: Lookup, shown: Shown, theme: Theme) -> None:
        record = lookup.record
        self._lookup = lookup
        self._shown = shown
        self._theme = theme
        self._subject = record.subject
        self._outputs = tuple(
            outputs_of(record, t + 1, shown.stream) for t in range(len(record.forward))
        )
        self._diagram = diagram_of(lookup)
        o = (abs(v) for step in record.forward for v in step.output["o"][shown.stream].tolist())
        self._largest_output = max(o, default=1.0)
        architecture = record.subject.network.architecture
        read = min(MOST_DRAWN, architecture.vocab_size) if architecture.reads_numbers else 0
        self._inputs = tuple(range(read))
        self._layers = architecture.num_layers

    # -- where --------------------------------------------------------------------------------

    @property
    def num_steps(self) -> int:
        """T."""
        return len(self._outputs)

    @property
    def shares(self) -> dict[str, str]:
        """How much of the hidden state and of the outputs is drawn, where it is not all."""
        architecture = self._subject.network.architecture
        counts = {
            "h": (len(self._shown.units), architecture.hidden_size),
            "o": (len(self._outputs[0]), architecture.output_size),
        }
        return {row: f"{few} of {all_:,}" for row, (few, all_) in counts.items() if few < all_}

    def arranged(self, size: QSizeF, open_at: int) -> Arrangement:
        """Place the time steps in a room of a size; what is wider is to be scrolled."""
        rows = Rows(len(self._shown.units), len(self._outputs[0]), len(self._inputs), self._layers)
        metrics = fitted(self._theme, rows, self._diagram, size.height())
        for column_width in COLUMN_WIDTHS:
            metrics = replace(metrics, column_width=column_width)
            arrangement = self._side_by_side(metrics, size, open_at)
            if arrangement.width <= size.width():
                break
        return arrangement

    def _side_by_side(self, metrics: Metrics, size: QSizeF, open_at: int) -> Arrangement:
        scale = metrics.scale
        widths = [metrics.closed_width] * (self.num_steps + 1)
        widths[open_at] = metrics.open_width
        margin = _MARGIN * scale
        free = size.width() - sum(widths) - 2 * margin
        labels = self._longest_label * _LETTER * scale + _BESIDE_LABELS * scale
        gap = max(step_gap(scale, free, self.num_steps), labels)
        lefts, x = [], margin
        for width in widths:
            lefts.append(x)
            x += width + gap
        height = max(metrics.bottom, size.height())
        return Arrangement(metrics, tuple(lefts), x - gap + margin, height, open_at)

    @property
    def _longest_label(self) -> int:
        """How many letters the labels beside the outputs have."""
        answers = self._subject.answers
        shown = {number for outputs in self._outputs for number in outputs}
        return min(_LONGEST, max(len(visible_character(answers[n])) for n in shown))

    # -- what ---------------------------------------------------------------------------------

    def laid_out(self, size: QSizeF, sight: Sight) -> TimeStepsLayout:
        """Lay out what is to be seen at a phase in a room of a size."""
        return TimeStepsLayout(self, self.arranged(size, sight.phase.t or 1), sight)

    def picture(self, arrangement: Arrangement, sight: Sight, steps: range) -> Picture:
        """Draw some of the time steps; 0 is for the states before the window."""
        stage = Stage(
            self._lookup, self._shown, self._outputs, self._largest_output, arrangement, sight
        )
        wires: list[Wire] = []
        others: list[Shape] = []
        for t in steps:
            for shape in self._step(stage, t):
                if isinstance(shape, Wire):
                    wires.append(shape)
                else:
                    others.append(shape)
        # What glows lies over its neighbours, and numbers over all wires.
        wires.sort(key=lambda wire: bool(wire.glow))
        others.sort(key=lambda shape: not isinstance(shape, Badge))
        return Picture((*wires, *others))

    def _step(self, stage: Stage, t: int) -> Iterator[Shape]:
        layers = range(1, self._layers + 1)
        if t == 0:
            for layer in layers:
                yield from state_shapes(stage, 0, layer)
            return
        yield from self._reading(stage, t)
        for layer in layers:
            yield from layer_shapes(stage, t, layer)
        yield from output_shapes(stage, t)
        yield from asking_shapes(stage, t)

    def _reading(self, stage: Stage, t: int) -> Iterator[Shape]:
        """Draw what is read, and which time step it is."""
        m, left = stage.m, stage.reading_left(t)
        place = Place("forward", "x", t, 1)
        if self._inputs:
            room = QRectF(left, m.inputs_top, m.column, m.inputs_height)
            yield stage.cells(("x", t), place, room, self._inputs)
        else:
            token = int(self._subject.inputs[t - 1, self._shown.stream])
            text = visible_character(self._subject.tokens[token])
            width = 1.25 * m.tile if len(text) <= 2 else m.column + 16 * m.scale
            room = QRectF(left + (m.column - width) / 2, m.inputs_top, width, m.tile)
            yield Tile(("x", t), room, text, faint=not stage.knows(place))
        is_open = t == stage.arrangement.open_at
        below = QRectF(left - 20, m.inputs_top + m.inputs_height + 2, m.column + 40, m.label)
        role: ColorRole = "ink" if is_open else "soft"
        yield Words(("t", t), below, f"t = {t}", role=role, bold=is_open, size=12 * m.scale)


@dataclass(frozen=True, slots=True, eq=False)
class TimeStepsLayout:
    """Where the time steps stand at a phase.

    Attributes
    ----------
    steps
        What is drawn.
    arrangement
        Where it stands.
    sight
        What is known.
    """

    steps: TimeSteps
    arrangement: Arrangement
    sight: Sight

    @property
    def width(self) -> float:
        """Of the whole drawing."""
        return self.arrangement.width

    @property
    def height(self) -> float:
        """Of the whole drawing."""
        return self.arrangement.height

    @property
    def gutter_width(self) -> float:
        """How wide the folded network is."""
        return WIDTH * self.arrangement.metrics.scale

    @property
    def focus(self) -> QRectF:
        """The step that is open, and of it what is looked at."""
        m, phase = self.arrangement.metrics, self.sight.phase
        left, right = self.arrangement.extent(self.arrangement.open_at)
        top, high = m.outputs_top, m.outputs_bottom - m.outputs_top
        if phase.layer:
            top, high = m.layer_top(phase.layer), m.layer
        return QRectF(left, top, right - left, high)

    def picture(self, left: float, right: float) -> Picture:
        """Draw the steps of which something is seen between two places."""
        seen = self.arrangement.between(left, right)
        return self.steps.picture(self.arrangement, self.sight, seen)

    def gutter(self) -> Picture:
        """Draw the folded network."""
        return folded_picture(self.arrangement.metrics, self.steps.shares)


def diagram_of(lookup: Lookup) -> CellDiagram:
    """Return how the cell of a record is drawn."""
    architecture = lookup.record.subject.network.architecture
    diagram = DIAGRAMS.get(architecture.cell)
    if diagram is None:
        diagram = plain_diagram(architecture.kind, lookup.record.forward[0].layers[0].lines())
    return diagram

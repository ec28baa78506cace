"""The sizes of a drawing, in pixels: what a column of cells, a gap and a layer take."""

from __future__ import annotations

from dataclasses import dataclass

from rnnviz.gui.inside.drawing.cell_diagrams import CellDiagram, Height
from rnnviz.gui.style.theme import Theme

COLUMN_WIDTHS = (54.0, 50.0, 46.0)
"""How wide a column of cells may be, in designed pixels: narrower, where more has to be seen."""
_LEAST_CELL, _MOST_CELL = 15.0, 27.0
_BETWEEN_COLUMNS = 3.0
_SLOT_GAP = 18.0
_STEP_GAP, _MOST_STEP_GAP = 36.0, 96.0
_FOR_PROBABILITIES = 38.0
_LABEL = 17.0
_GAP, _MOST_GAP = 22.0, 42.0
_LOSS, _TILE = 20.0, 28.0
_MARGIN = 14.0


@dataclass(frozen=True, slots=True)
class Rows:
    """How many cells stand above each other in each part of a drawing.

    Attributes
    ----------
    units
        In a column of a layer's state.
    outputs
        In what is put out.
    inputs
        In what is read; 0 where that is a token.
    layers
        How many layers there are.
    """

    units: int
    outputs: int
    inputs: int
    layers: int


@dataclass(frozen=True, slots=True)
class Metrics:
    """Sizes, in pixels of the window.

    Attributes
    ----------
    scale
        Pixels to a designed one.
    cell
        The height of a cell.
    gap
        Between layers, and around them.
    rows, diagram
        What they are for.
    top
        Where the drawing begins.
    column_width
        Of a column of cells, in designed pixels.
    """

    scale: float
    cell: float
    gap: float
    rows: Rows
    diagram: CellDiagram
    top: float
    column_width: float = COLUMN_WIDTHS[0]

    @property
    def column(self) -> float:
        """How wide a column of cells is."""
        return self.column_width * self.scale

    @property
    def second_column(self) -> float:
        """From where on, to the right of a column, its gradient stands."""
        return self.column + _BETWEEN_COLUMNS * self.scale

    @property
    def slot(self) -> float:
        """From one slot of an open cell to the next."""
        return self.column + _SLOT_GAP * self.scale

    @property
    def closed_width(self) -> float:
        """How wide a closed step is: a column and its gradient."""
        return self.second_column + self.column

    @property
    def open_width(self) -> float:
        """How wide an open step is, with room for what is put out and its probabilities."""
        inside = self.diagram.slots * self.slot + self.closed_width
        return inside + _FOR_PROBABILITIES * self.scale

    @property
    def label(self) -> float:
        """How high the words above a column are."""
        return _LABEL * self.scale

    @property
    def units(self) -> float:
        """How high a column of a state is."""
        return self.rows.units * self.cell

    def height(self, of: Height) -> float:
        """Return a height of the diagram in pixels."""
        return of[0] * self.units + of[1] * self.scale

    @property
    def layer(self) -> float:
        """How high a layer is, without the words above it."""
        return self.height(self.diagram.height)

    # -- from top to bottom -------------------------------------------------------------------

    @property
    def loss_top(self) -> float:
        """Where the losses stand."""
        return self.top

    @property
    def tiles_top(self) -> float:
        """Where predictions and targets stand."""
        return self.loss_top + _LOSS * self.scale

    @property
    def tile(self) -> float:
        """How high a token's tile is."""
        return _TILE * self.scale

    @property
    def outputs_top(self) -> float:
        """Where the column of what is put out begins."""
        return self.tiles_top + self.tile + 4 * self.scale + self.label

    @property
    def outputs_bottom(self) -> float:
        """Where it ends."""
        return self.outputs_top + self.rows.outputs * self.cell

    def layer_top(self, layer: int) -> float:
        """Return where a layer, from 1, begins below its words."""
        above = self.rows.layers - layer
        first = self.outputs_bottom + self.gap + self.label
        return first + above * (self.layer + self.gap + self.label)

    @property
    def inputs_top(self) -> float:
        """Where what is read stands."""
        return self.layer_top(1) + self.layer + self.gap

    @property
    def inputs_height(self) -> float:
        """How high what is read is."""
        return self.rows.inputs * self.cell if self.rows.inputs else self.tile

    @property
    def bottom(self) -> float:
        """Where the drawing ends."""
        return self.inputs_top + self.inputs_height + 20 * self.scale


def fitted(theme: Theme, rows: Rows, diagram: CellDiagram, height: float) -> Metrics:
    """Return sizes with which a drawing fills a height, as far as its numbers stay legible.

    Parameters
    ----------
    theme
        Its scale.
    rows, diagram
        What is drawn.
    height
        In pixels.
    """
    scale = theme.scale
    count = rows.outputs + rows.inputs + rows.layers * rows.units * diagram.height[0]
    least = Metrics(scale, 0.0, _GAP * scale, rows, diagram, _MARGIN * scale / 2)
    free = height - least.bottom
    cell = max(_LEAST_CELL * scale, min(_MOST_CELL * scale, free / count))
    left = max(0.0, free - count * cell)
    gap = min(_MOST_GAP, _GAP + left / scale / (rows.layers + 1)) * scale
    rest = max(0.0, left - (gap - _GAP * scale) * (rows.layers + 1))
    return Metrics(scale, cell, gap, rows, diagram, _MARGIN * scale / 2 + rest / 2)


def step_gap(scale: float, free: float, steps: int) -> float:
    """Return how far two time steps are apart, where so much room is left for all the gaps."""
    wanted = free / scale / max(1, steps)
    return min(_MOST_STEP_GAP, max(_STEP_GAP, wanted)) * scale

"""Lays out the parameters: each as a matrix of cells, and below it what the step does to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, QSizeF

from rnnviz.core.parameters import Array, layer_of, letter_of
from rnnviz.diagnostics.one_step.phases import PhaseKind, Place
from rnnviz.gui.inside.drawing.metrics import COLUMN_WIDTHS
from rnnviz.gui.inside.drawing.shapes import Cells, Gauge, Glow, Halo, Picture, Ramp, Shape, Words
from rnnviz.gui.inside.drawing.values import Lookup, Sight
from rnnviz.gui.inside.shown import MOST_DRAWN, Shown
from rnnviz.gui.style.theme import Theme
from rnnviz.gui.wording.numbers import format_number
from rnnviz.gui.wording.tokens import visible_character

WIDTH = 112.0
"""How wide the words at the left are, in designed pixels."""

_MOST = 4
_LEAST_CELL, _MOST_CELL = 13.0, 24.0
_TITLE, _LABELS, _ROW_GAP, _BLOCK_GAP = 24.0, 15.0, 9.0, 30.0
_ABOVE, _MARGIN = 38.0, 16.0


@dataclass(frozen=True, slots=True)
class Stage:
    """What is shown of each parameter in one row.

    Attributes
    ----------
    title
        What the row is called.
    since
        The kind of phase from which on it is known; None for always.
    name
        The line in an update; empty for the weights themselves and for the gradient.
    ramp
        The meaning of its colours.
    """

    title: str
    since: PhaseKind | None
    name: str
    ramp: Ramp


STAGES = (
    Stage("weights", None, "", "signed"),
    Stage("gradient", "gradients", "", "gradient"),
    Stage("after clipping", "clip", "g", "gradient"),
    Stage("step", "update", "update", "gradient"),
    Stage("new weights", "update", "new", "signed"),
)
_ORDER: tuple[PhaseKind, ...] = ("gradients", "clip", "update", "result")


@dataclass(frozen=True, slots=True)
class Block:
    """A parameter, or what of it belongs to one gate.

    Attributes
    ----------
    parameter
        Its name in the record.
    tex
        What stands above it.
    first
        In which row of the parameter, as it is written, it begins.
    rows, columns
        Which of its entries are shown; of a vector one column.
    row_labels, column_labels
        The tokens that these are; empty where they are units.
    """

    parameter: str
    tex: str
    first: int
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    row_labels: tuple[str, ...] = ()
    column_labels: tuple[str, ...] = ()
    size: str = ""


class Weights:
    """Draws the parameters of one record.

    Parameters
    ----------
    lookup
        Finds its numbers.
    shown
        Which units are drawn.
    theme
        Colours, type and scale.
    """

    def __init__(self, lookup: Lookup, shown: Shown, theme: Theme) -> None:
        self._lookup = lookup
        self._shown = shown
        self._theme = theme
        self._record = lookup.record
        self._subject = lookup.record.subject
        self._blocks = tuple(self._all_blocks())
        self._reach = {stage.title: self._largest(stage) for stage in STAGES}

    def laid_out(self, size: QSizeF, sight: Sight) -> WeightsLayout:
        """Place the parameters in a room of a size."""
        scale = self._theme.scale
        highest = max(len(block.rows) for block in self._blocks)
        fixed = _ABOVE + _TITLE + _LABELS + len(STAGES) * _ROW_GAP + _MARGIN
        cell = (size.height() / scale - fixed) / (len(STAGES) * highest)
        cell = max(_LEAST_CELL, min(_MOST_CELL, cell)) * scale
        for width in COLUMN_WIDTHS:
            lefts, x = [], _MARGIN * scale
            for block in self._blocks:
                x += self._label_width(block) * scale
                lefts.append(x)
                x += width * scale * len(block.columns) + _BLOCK_GAP * scale
            if x <= size.width():
                break
        height = fixed * scale + len(STAGES) * highest * cell
        return WeightsLayout(
            self, sight, tuple(lefts), x, max(height, size.height()), cell, width * scale, highest
        )

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What there is, from the left to the right."""
        return self._blocks

    @property
    def scale(self) -> float:
        """Pixels to a designed one."""
        return self._theme.scale

    @staticmethod
    def _label_width(block: Block) -> float:
        return 7.4 * max((min(7, len(label)) for label in block.row_labels), default=0)

    # -- which entries ------------------------------------------------------------------------

    def _all_blocks(self) -> Iterator[Block]:
        architecture = self._subject.network.architecture
        kind, layers = architecture.kind, architecture.num_layers
        blocks_of = {spec.letter: spec.blocks or kind.blocks for spec in kind.parameters}
        in_order = kind.blocks_in_files()
        for name, value in self._record.parameters.items():
            letter, layer = letter_of(name), layer_of(name)
            gates = blocks_of.get(letter, ("",))
            above = f"^{{({layer})}}" if layer and layers > 1 else ""
            rows, columns = value.T.shape if value.ndim == 2 else (value.shape[0], 1)
            # As people name the gates, which is not how they lie in memory.
            for gate in sorted(gates, key=lambda gate: in_order.index(gate) if gate else 0):
                number = gates.index(gate)
                below = f"_{{{gate}}}" if len(gates) > 1 or (letter == "d" and gate) else ""
                below = below if letter != "d" else ""
                high = rows // len(gates)
                row_axis, row_labels = self._axis(letter, layer, high, is_row=True)
                column_axis, column_labels = self._axis(letter, layer, columns, is_row=False)
                if value.ndim == 1:
                    column_axis, column_labels = (0,), ()
                whole = len(row_axis) == high and len(column_axis) == columns
                yield Block(
                    name,
                    letter + below + above,
                    number * high,
                    row_axis,
                    column_axis,
                    row_labels,
                    column_labels,
                    "" if whole else f"{high} × {columns}" if columns > 1 else f"of {high}",
                )

    def _axis(
        self, letter: str, layer: int | None, length: int, *, is_row: bool
    ) -> tuple[tuple[int, ...], tuple[str, ...]]:
        """Return which entries of a direction are shown, and what tokens they are."""
        subject, stream = self._subject, self._shown.stream
        if is_row and letter in ("V", "c"):
            answers = [visible_character(label) for label in subject.answers]
            if length <= MOST_DRAWN:
                return tuple(range(length)), tuple(answers)
            asked = subject.targets[:, stream].tolist()
            chosen = tuple(dict.fromkeys(asked))[:_MOST]
            return chosen, tuple(answers[number] for number in chosen)
        reads_tokens = not subject.network.architecture.reads_numbers
        if not is_row and letter == "U" and layer == 1 and reads_tokens:
            tokens = [visible_character(label) for label in subject.tokens]
            if length <= MOST_DRAWN:
                return tuple(range(length)), tuple(tokens)
            read = subject.inputs[:, stream].tolist()
            chosen = tuple(dict.fromkeys(read))[:_MOST]
            return chosen, tuple(tokens[number] for number in chosen)
        if length <= MOST_DRAWN:
            return tuple(range(length)), ()
        return self._shown.units[:_MOST], ()

    # -- numbers ------------------------------------------------------------------------------

    def place(self, stage: Stage, parameter: str) -> Place | None:
        """Return the line of which a row shows the value; None for the weights themselves."""
        if stage.name:
            return Place("update", stage.name, parameter=parameter)
        return Place("gradients", parameter) if stage.since is not None else None

    def value(self, stage: Stage, parameter: str) -> Array:
        """Return what a row shows of a parameter, as it is written."""
        place = self.place(stage, parameter)
        value = self._record.parameters[parameter] if place is None else self._lookup.value(place)
        return value.T if value.ndim == 2 else value[:, np.newaxis]

    def _largest(self, stage: Stage) -> float:
        sizes = [np.abs(self.value(stage, name)) for name in self._record.parameters]
        return max(float(size[np.isfinite(size)].max(initial=0.0)) for size in sizes) or 1.0

    def cells(
        self, stage: Stage, block: Block, rect: QRectF, sight: Sight, known: bool
    ) -> Iterator[Cells]:
        """Go through the columns of a block in one row."""
        place = self.place(stage, block.parameter)
        value = self.value(stage, block.parameter) if known else None
        is_vector = self._record.parameters[block.parameter].ndim == 1
        width = rect.width() / len(block.columns)
        rows = [block.first + row for row in block.rows]
        for number, column in enumerate(block.columns):
            numbers = () if value is None else tuple(value[rows, column].tolist())
            entries = tuple((row,) if is_vector else (row, column) for row in rows)
            yield Cells(
                key=(stage.title, block.tex, column),
                place=place or Place("result", ""),
                rect=QRectF(rect.x() + number * width, rect.y(), width, rect.height()),
                values=numbers,
                entries=entries,
                ramp=stage.ramp,
                reach=self._reach[stage.title],
                labels=block.row_labels if number == 0 else (),
                hidden=sight.hidden.get(place, frozenset()) if place is not None else frozenset(),
            )

    def gauges(self, sight: Sight, width: float) -> Iterator[Shape]:
        """Go through what is said of all parameters together, above them."""
        record, scale, now = self._record, self._theme.scale, sight.phase.kind
        since = _ORDER.index(now) if now in _ORDER else -1
        room = QRectF(_MARGIN * scale, 8 * scale, min(width, 420 * scale), 26 * scale)
        if since == _ORDER.index("clip") or since == _ORDER.index("update"):
            if Place("clip", "norm") in sight.hidden:
                return
            norm = float(record.clipping["norm"])
            threshold = self._subject.clip_threshold if self._subject.clip_mode != "none" else None
            text = f"norm of all gradients {format_number(norm)}"
            if threshold is not None:
                text += f", threshold {format_number(threshold)}"
            yield Gauge(("norm",), room, (norm,), (text,), "backward", threshold)
        elif now == "result" and not sight.hidden:
            losses = record.loss, record.loss_after
            said = (f"loss before {losses[0]:.4f}", f"loss after {losses[1]:.4f}")
            high = QRectF(room.x(), room.y() - 4 * scale, room.width(), 40 * scale)
            yield Gauge(("loss",), high, losses, said, "forward", None)


@dataclass(frozen=True, slots=True, eq=False)
class WeightsLayout:
    """Where the parameters stand.

    Attributes
    ----------
    weights
        What is drawn.
    sight
        What is known.
    lefts
        Where each block begins.
    width, height
        Of the whole drawing.
    cell, column
        The size of a cell.
    highest
        The rows of the highest block.
    """

    weights: Weights
    sight: Sight
    lefts: tuple[float, ...]
    width: float
    height: float
    cell: float
    column: float
    highest: int

    @property
    def gutter_width(self) -> float:
        """How wide the words at the left are."""
        return WIDTH * self.weights.scale

    @property
    def focus(self) -> QRectF:
        """The block that is looked at."""
        made = self.sight.made
        if made is None or made.part in ("clip", "result"):
            # What is said of all of them stands above them.
            return QRectF(0, 0, self.lefts[0], _ABOVE * self.weights.scale)
        name = made.parameter or made.name
        seen = [n for n, block in enumerate(self.weights.blocks) if block.parameter == name]
        number = seen[0] if seen else 0
        return self._rect(number, self._present_stage)

    @property
    def _present_stage(self) -> int:
        made = self.sight.made
        kinds = {"gradients": 1, "clip": 2, "update": 4, "result": 4}
        if made is not None and made.part == "update":
            return {"g": 2, "new": 4}.get(made.name, 3)
        return kinds.get(self.sight.phase.kind, 0)

    def _top(self, stage: int) -> float:
        scale = self.weights.scale
        above = (_ABOVE + _TITLE + _LABELS) * scale
        return above + stage * (self.highest * self.cell + _ROW_GAP * scale)

    def _rect(self, block: int, stage: int) -> QRectF:
        one = self.weights.blocks[block]
        width, height = len(one.columns) * self.column, len(one.rows) * self.cell
        return QRectF(self.lefts[block], self._top(stage), width, height)

    def picture(self, left: float, right: float) -> Picture:
        """Draw the blocks between two places."""
        shapes: list[Shape] = list(self.weights.gauges(self.sight, right - left))
        for number in range(len(self.weights.blocks)):
            rect = self._rect(number, 0)
            if rect.right() >= left - 20 and rect.left() <= right + 80:
                shapes += self._block(number)
        return Picture(tuple(shapes))

    def _block(self, number: int) -> Iterator[Shape]:
        block, scale = self.weights.blocks[number], self.weights.scale
        rect = self._rect(number, 0)
        title = QRectF(rect.x() - 20, _ABOVE * scale, rect.width() + 40, _TITLE * scale)
        yield Words(("title", block.tex), title, tex=block.tex, role="ink", size=18 * scale)
        labels = rect.y() - _LABELS * scale
        for column, label in enumerate(block.column_labels):
            room = QRectF(rect.x() + column * self.column, labels, self.column, _LABELS * scale)
            yield Words(("column", block.tex, column), room, label, mono=True, size=12 * scale)
        if block.size:
            last = self._rect(number, len(STAGES) - 1)
            below = QRectF(rect.x() - 20, last.bottom() + 1, rect.width() + 40, 14 * scale)
            yield Words(("size", block.tex), below, block.size, size=11 * scale)
        for stage_number, stage in enumerate(STAGES):
            room = self._rect(number, stage_number)
            glow = self._glow(block, stage)
            if glow:
                yield Halo(("halo", stage.title, block.tex), room, "backward", glow)
            yield from self.weights.cells(stage, block, room, self.sight, self._knows(stage))

    def _glow(self, block: Block, stage: Stage) -> Glow:
        place = self.weights.place(stage, block.parameter)
        return "" if place is None else self.sight.glow(place)

    def _knows(self, stage: Stage) -> bool:
        if stage.since is None:
            return True
        now = self.sight.phase.kind
        return now in _ORDER and _ORDER.index(stage.since) <= _ORDER.index(now)

    def gutter(self) -> Picture:
        """Draw the words at the left."""
        scale = self.weights.scale
        words = []
        for number, stage in enumerate(STAGES):
            high = self.highest * self.cell
            room = QRectF(0, self._top(number), self.gutter_width - 4 * scale, high)
            role = "backward" if stage.ramp == "gradient" else "ink"
            known = self._knows(stage)
            words.append(
                Words(
                    ("row", stage.title),
                    room,
                    stage.title,
                    role=role if known else "faint",  # type: ignore[arg-type]
                    bold=number == self._present_stage,
                    align=1,
                    size=12 * scale,
                )
            )
        return Picture(tuple(words))

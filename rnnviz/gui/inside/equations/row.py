"""One equation laid out: its symbols in a row, and below each what it stands for in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF

from rnnviz.diagnostics.one_step.phases import Place
from rnnviz.gui.inside.drawing.shapes import Cells, Entry, Ramp
from rnnviz.gui.inside.equations.grids import Axis, Window, part
from rnnviz.gui.inside.equations.items import Piece
from rnnviz.gui.inside.typesetting import find

Detail = Literal["numbers", "narrow", "some", "colours"]

_CELL, _NARROW = (50.0, 18.0), 40.0
_TINY = 11.0
_BRACKET = 4.0
_MOST_NUMBERS, _FEW_NUMBERS = 48, 16
_LETTER, _LONGEST_LABEL = 7.4, 7
_BETWEEN, _TIGHT = 3.0, 0.55
_BREAKS = ("+", "-")
_NOWHERE = Place("result", "")
_AIR_BETWEEN_LINES = 14.0
_WAYS: tuple[tuple[Detail, float, bool], ...] = (
    ("numbers", 1.4, False),
    ("numbers", 1.2, False),
    ("numbers", 1.0, False),
    ("narrow", 1.0, False),
    ("narrow", 1.0, True),
    ("some", 1.0, False),
    ("colours", 1.0, False),
)
"""How a row may be set, the best first: with how much detail, how much larger than usual, and
whether it goes on below where it is too long for one line."""


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A piece and where it stands.

    Attributes
    ----------
    piece
        What it is.
    symbol_at
        Where its symbol begins: the left end of its baseline.
    symbol_width
        How wide that is.
    grid
        Where its numbers stand; empty for a sign.
    rows, columns
        Which of them.
    columns_of_cells
        The numbers, column by column; none where they are drawn as a picture of colours.
    first
        In which row of the line's value its first row stands.
    """

    piece: Piece
    symbol_at: QPointF
    symbol_width: float
    grid: QRectF
    rows: Axis
    columns: Axis
    cells: tuple[Cells, ...] = ()

    @property
    def rect(self) -> QRectF:
        """The room of symbol and numbers."""
        top = self.symbol_at.y() - 26
        whole = QRectF(self.symbol_at.x(), top, self.symbol_width, 34)
        return whole if self.grid.isEmpty() else whole.united(self.grid)


@dataclass(frozen=True, slots=True)
class Style:
    """How a row is set.

    Attributes
    ----------
    size
        Pixels to an em of the symbols.
    scale
        Pixels of the window to a designed one.
    largest_gradient
        The size of a gradient whose colour is full.
    in_full
        Whether all numbers are written, however wide that is.
    """

    size: float
    scale: float
    largest_gradient: float
    in_full: bool = False


class Row:
    """An equation in numbers.

    Parameters
    ----------
    pieces
        Of the equation, with their values.
    window
        What is shown of them.
    style
        How it is set.
    room
        How much there is; with less than they need, rows are set smaller, and matrices in colours
        alone.

    Attributes
    ----------
    placed
        The pieces and where they stand.
    size
        Pixels to an em of its symbols.
    """

    def __init__(self, pieces: Sequence[Piece], window: Window, style: Style, room: QSizeF) -> None:
        self._window = window
        self._style = style
        self._scale, self.size = style.scale, style.size
        ways = [way for way in _WAYS if way[0] in ("numbers", "narrow") or not style.in_full]
        for detail, grown, goes_on_below in ways:
            self._scale, self.size = style.scale * grown, style.size * grown
            self.placed = self._place(pieces, detail)
            if goes_on_below:
                self.placed = self._in_lines(room.width())
            if self.width <= room.width() and self.height <= room.height():
                break
        # The numbers are looked up once it is known how they are set.
        self.placed = tuple(
            replace(one, cells=self._cells(one)) if not one.grid.isEmpty() else one
            for one in self.placed
        )

    @property
    def width(self) -> float:
        """How wide it is."""
        return max((one.rect.right() for one in self.placed), default=0.0)

    @property
    def height(self) -> float:
        """How high it is."""
        return max((one.rect.bottom() for one in self.placed), default=0.0)

    def _place(self, pieces: Sequence[Piece], detail: Detail) -> tuple[Placed, ...]:
        size, scale = self.size, self._scale
        symbols = [find(piece.tex) if piece.tex else None for piece in pieces]
        ascent = max((s.ascent for s in symbols if s is not None), default=0.7) * size
        descent = max((s.descent for s in symbols if s is not None), default=0.2) * size
        highest = max((self._rows_of(piece) for piece in pieces), default=1)
        middle = ascent + descent + 12 * scale + highest * _CELL[1] * scale / 2
        placed: list[Placed] = []
        x, tight = 0.0, 1.0 if detail == "numbers" else _TIGHT
        for piece, symbol in zip(pieces, symbols, strict=True):
            space = piece.space * size * tight
            x += space
            width = 0.0 if symbol is None else symbol.width * size
            rows, columns, grid = self._grid(piece, detail)
            label = self._label_width(rows) if not grid.isEmpty() else 0.0
            whole = max(width, grid.width())
            at = QPointF(x + label + (whole - width) / 2, ascent)
            grid.moveCenter(QPointF(x + label + whole / 2, middle))
            placed.append(Placed(piece, at, width, grid, rows, columns))
            x += label + whole + space + _BETWEEN * scale * tight
            if piece.raised:
                x += find(piece.raised).width * 0.8 * size
        return tuple(placed)

    def _in_lines(self, width: float) -> tuple[Placed, ...]:
        """Break the row before a sign where it is wider than that: below the right side's start."""
        signs = [n for n, one in enumerate(self.placed) if one.piece.tex in _BREAKS]
        if not signs:
            return self.placed
        ends = [*signs[1:], len(self.placed)]
        lines, left, down = list(self.placed), self.placed[0].rect.right(), 0.0
        across = 0.0
        for first, end in zip(signs, ends, strict=True):
            part = self.placed[first:end]
            if max(one.rect.right() for one in part) + across > width:
                across = left - part[0].rect.left()
                down += self.height + _AIR_BETWEEN_LINES * self._scale
            for number, one in enumerate(part, first):
                lines[number] = replace(
                    one,
                    symbol_at=one.symbol_at + QPointF(across, down),
                    grid=one.grid.translated(across, down),
                )
        return tuple(lines)

    def _rows_of(self, piece: Piece) -> int:
        return 1 if piece.value is None else len(self._window.axes(piece)[0].shown)

    def _label_width(self, rows: Axis) -> float:
        longest = max((len(label) for label in rows.labels), default=0)
        return (min(longest, _LONGEST_LABEL) * _LETTER + 15 if longest else 0.0) * self._scale

    def _grid(self, piece: Piece, detail: Detail) -> tuple[Axis, Axis, QRectF]:
        if piece.value is None:
            return Axis(0, ()), Axis(0, ()), QRectF()
        rows, columns = self._window.axes(piece)
        scale = self._scale
        wide, high = (_CELL[0] if detail == "numbers" else _NARROW) * scale, _CELL[1] * scale
        most = _FEW_NUMBERS if detail == "some" else _MOST_NUMBERS
        is_large = len(rows.shown) * len(columns.shown) > most
        is_large = is_large and not self._style.in_full
        if len(columns.shown) > 1 and (detail == "colours" or is_large):
            wide = _TINY * scale
        brackets = 2 * _BRACKET * scale if piece.value.ndim == 2 else 0.0
        width = wide * len(columns.shown) + brackets
        return rows, columns, QRectF(0, 0, width, high * len(rows.shown))

    def _cells(self, placed: Placed) -> tuple[Cells, ...]:
        piece, rows, columns, grid = placed.piece, placed.rows, placed.columns, placed.grid
        assert piece.value is not None
        shown = part(piece.value, rows, columns)
        inset = _BRACKET * self._scale if piece.value.ndim == 2 else 0.0
        width = (grid.width() - 2 * inset) / len(columns.shown)
        ramp, reach = self._ramp(piece)
        return tuple(
            Cells(
                key=(piece.tex, column),
                place=piece.place or _NOWHERE,
                rect=QRectF(grid.x() + inset + n * width, grid.y(), width, grid.height()),
                values=tuple(shown[:, n].tolist()),
                entries=tuple(self._entry(piece, row, column) for row in rows.shown),
                ramp=ramp,
                reach=reach,
                labels=rows.labels if n == 0 else (),
                label_gap=5.0 + 1.6 * _BRACKET,
                bare=width < 0.6 * _NARROW * self._scale,
            )
            for n, column in enumerate(columns.shown)
        )

    def _entry(self, piece: Piece, row: int, column: int) -> Entry:
        """Return which number of its own line an entry of a piece is."""
        assert piece.value is not None
        if piece.value.ndim == 0:
            return ()
        if piece.transposed:
            row, column = column, row
        found = piece.found
        row += found.first if found is not None else 0
        is_vector = found is not None and found.value.ndim - found.by_stream == 1
        return (row,) if is_vector or found is None else (row, column)

    def _ramp(self, piece: Piece) -> tuple[Ramp, float]:
        assert piece.value is not None
        if piece.role == "backward":
            return "gradient", self._style.largest_gradient
        if piece.place is not None and piece.place.name == "p":
            return "probability", 1.0
        if piece.value.ndim == 0 or piece.found is None:
            return "plain", 1.0
        largest = float(np.abs(piece.value).max(initial=0.0))
        return "signed", max(1.0, largest) if piece.role == "forward" else largest or 1.0

"""A matrix as a picture, with a bar that tells what its colours mean."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtGui import QImage, QPixmap, QTransform
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPixmapItem

from rnnviz.gui.plotting.axes.axis import Axis
from rnnviz.gui.plotting.axes.layers import LAYER_HEAT
from rnnviz.gui.plotting.axes.transform import Mask, Scale
from rnnviz.gui.plotting.items.color_ramps import (
    HIGHEST,
    LOWEST,
    MIDDLE,
    MISSING,
    HeatMapKind,
    color_table,
)
from rnnviz.gui.plotting.items.item import Canvas, Column, PlotItem
from rnnviz.gui.style.palette import ColorRole

Bytes = NDArray[np.uint8]
Extent = tuple[float, float, float, float]

_LOG10_E = math.log10(math.e)
_ROLES: dict[HeatMapKind, ColorRole] = {
    "signed": "positive",
    "magnitude": "backward",
    "loss": "forward",
}


class HeatMap(PlotItem):
    """A matrix of values as one colour a cell; not-a-number is drawn as nothing.

    Parameters
    ----------
    kind
        ``"signed"``: plum, nothing, teal, centred on 0. ``"magnitude"``: nothing to orange.
        ``"loss"``: nothing to blue.
    levels
        The values at both ends of the colours.
    value_axis
        What the values are: their name and unit, and, where ``kind`` is ``"log"``, that the colour
        is that of the logarithm.
    logarithms
        Whether the values are decimal logarithms already, of sizes that are what people are told.
    """

    def __init__(
        self,
        canvas: Canvas,
        name: str,
        kind: HeatMapKind = "signed",
        *,
        levels: tuple[float, float] = (-1.0, 1.0),
        value_axis: Axis | None = None,
        logarithms: bool = False,
    ) -> None:
        super().__init__(canvas, name, _ROLES[kind])
        self.kind: HeatMapKind = kind
        self.value_axis = value_axis or Axis()
        self.levels = levels
        self._logarithms = logarithms
        self.extent: Extent = (0.0, 1.0, 0.0, 1.0)
        self.values: NDArray[np.generic] | None = None
        self._indices: Bytes = np.zeros((0, 0), np.uint8)
        self._is_straight = True
        self._table = color_table(kind, canvas.theme.palette)
        self._picture = QGraphicsPixmapItem()
        self._picture.setZValue(LAYER_HEAT)
        # The bounding rectangle, not the picture's mask, which Qt would have to compute.
        self._picture.setShapeMode(QGraphicsPixmapItem.ShapeMode.BoundingRectShape)

    @property
    def graphics(self) -> list[QGraphicsItem]:
        """The picture."""
        return [self._picture]

    @property
    def table(self) -> list[int]:
        """The 256 colours in force."""
        return self._table

    def set_data(self, values: ArrayLike, extent: Extent | None = None) -> None:
        """Show another matrix.

        Parameters
        ----------
        values
            Shape ``(rows, columns)``; row 0 is at the lower end of y. Values of type ``uint8`` are
            indices of colours already, as :meth:`quantize` makes them: 0 is nothing.
        extent
            ``(x of the left edge, of the right edge, y of row 0's outer edge, of the last's)`` in
            data units; without it, cell *k* is centred on *k*.
        """
        matrix = np.asarray(values)
        if matrix.ndim != 2:
            raise ValueError(f"{self.name}: a matrix is needed, not shape {matrix.shape}.")
        rows, columns = matrix.shape
        self.values = matrix
        self.extent = extent or (-0.5, columns - 0.5, -0.5, rows - 0.5)
        self._indices = np.ascontiguousarray(
            matrix if matrix.dtype == np.uint8 else self.quantize(matrix)
        )
        self._draw()
        self._place()
        self._changed(self)

    def clear(self) -> None:
        """Show nothing."""
        self.set_data(np.zeros((0, 0), np.uint8))
        self.values = None

    def set_levels(self, low: float, high: float) -> None:
        """Give the ends of the colours other values."""
        if (low, high) != self.levels:
            self.levels = (low, high)
            if self.values is not None and self.values.dtype != np.uint8:
                self._indices = np.ascontiguousarray(self.quantize(self.values))
                self._draw()
                self._place()
            self._changed(self)

    def quantize(self, values: ArrayLike) -> Bytes:
        """Return the colours' indices of values, 1 to 255, and 0 for not-a-number."""
        low, high = self.levels
        # A copy in single precision, in which the work below is done in place.
        with np.errstate(over="ignore"):
            scaled = np.array(values, dtype=np.float32)
        if self.value_axis.kind == "log":
            low, high = math.log10(low), math.log10(high)
            np.maximum(scaled, np.float32(self.value_axis.floor), out=scaled)
            np.log(scaled, out=scaled)
            scaled *= np.float32(_LOG10_E)
        if self.kind == "signed":
            # The middle index is exactly zero, whatever the levels.
            reach = max(abs(low), abs(high)) or 1.0
            factor, offset = (HIGHEST - MIDDLE) / reach, float(MIDDLE)
        else:
            factor = (HIGHEST - LOWEST) / ((high - low) or 1.0)
            offset = LOWEST - low * factor
        # What overflows here is far beyond the last colour, and gets it.
        with np.errstate(over="ignore"):
            scaled *= np.float32(factor)
            scaled += np.float32(offset + 0.5)
        np.clip(scaled, LOWEST, HIGHEST, out=scaled)
        if not math.isfinite(float(scaled.sum(dtype=np.float64)) if scaled.size else 0.0):
            np.nan_to_num(scaled, copy=False, nan=MISSING)
        return scaled.astype(np.uint8)

    def words_of(self, value: float) -> str:
        """Return what a cell's value is called."""
        if math.isnan(value):
            return "none"
        if self._logarithms:
            return Axis("log").format(float(_size_of(value)))
        return self.value_axis.format(value)

    def column_at(self, x: float) -> float:
        """Return the middle of the column of cells at a place in data units."""
        left, right, _, _ = self.extent
        columns: int = self._indices.shape[1]
        width = (right - left) / max(columns, 1)
        return left + (math.floor((x - left) / width) + 0.5) * width

    def value_at(self, x: float, y: float) -> float | None:
        """Return the value of the cell at a place in data units; ``None`` outside of it."""
        if self.values is None or not self.values.size:
            return None
        left, right, bottom, top = self.extent
        rows, columns = self.values.shape
        column = math.floor((x - left) / (right - left) * columns)
        row = math.floor((y - bottom) / (top - bottom) * rows)
        if not (0 <= column < columns and 0 <= row < rows):
            return None
        value = float(self.values[row, column])
        if self.values.dtype == np.uint8:
            return self._value_of_index(int(value))
        return value

    def refresh(self) -> None:
        """Move the picture to where its extent stands now."""
        self._place()

    def restyle(self) -> None:
        """Take the colours from the theme."""
        self._table = color_table(self.kind, self._theme.palette)
        self._draw()
        self._place()

    def columns(self) -> list[Column]:
        """Return one row a cell: its centre and its value."""
        if self.values is None:
            return []
        rows, columns = self.values.shape
        left, right, bottom, top = self.extent
        x = left + (np.arange(columns) + 0.5) * (right - left) / max(columns, 1)
        y = bottom + (np.arange(rows) + 0.5) * (top - bottom) / max(rows, 1)
        values = self.values.astype(np.float64).ravel()
        if self.values.dtype == np.uint8:
            values = np.array([self._value_of_index(k) for k in range(256)])[self.values.ravel()]
        if self._logarithms:
            values = _size_of(values)
        of_y = self._mapping.y.axis
        told = np.repeat(y + of_y.first, columns)
        return [("", np.tile(x, rows)), (of_y.title or "row", told), (self.name, values)]

    def rows_in_view(self) -> Mask:
        """Tell of which cells something is seen."""
        if self.values is None:
            return np.zeros(0, bool)
        rows, columns = self.values.shape
        left, right, bottom, top = self.extent
        x, y = np.linspace(left, right, columns + 1), np.linspace(bottom, top, rows + 1)
        across = self._mapping.x.are_in_view(x[:-1], x[1:])
        along = self._mapping.y.are_in_view(y[:-1], y[1:])
        return (along[:, None] & across).ravel()

    def _value_of_index(self, index: int) -> float:
        if index == MISSING:
            return math.nan
        low, high = self.levels
        if self.kind == "signed":
            return (index - MIDDLE) / (HIGHEST - MIDDLE) * max(abs(low), abs(high))
        share = (index - LOWEST) / (HIGHEST - LOWEST)
        if self.value_axis.kind == "log":
            return float(10.0 ** (math.log10(low) + share * (math.log10(high) - math.log10(low))))
        return low + share * (high - low)

    def _draw(self) -> None:
        if self._mapping.x.axis.is_logarithmic:
            # `_place` draws what is seen.
            return
        self._picture.setPixmap(indexed_pixmap(self._indices, self._table))
        self._is_straight = True

    def _place(self) -> None:
        rows, columns = self._indices.shape
        if not rows or not columns:
            return
        left, right, bottom, top = self.extent
        scale_x, scale_y = self._mapping.x, self._mapping.y
        if scale_x.axis.is_logarithmic:
            drawn, x, width = self._bent(scale_x, left, right)
            columns = drawn.shape[1]
            self._picture.setPixmap(indexed_pixmap(drawn, self._table))
            self._is_straight = False
            if not columns:
                return
        else:
            if not self._is_straight:
                self._draw()
            x = scale_x.place(left)
            width = scale_x.place(right) - x
        y = scale_y.place(bottom)
        height = scale_y.place(top) - y
        self._picture.setTransform(QTransform(width / columns, 0, 0, height / rows, x, y))

    def _bent(self, scale: Scale, left: float, right: float) -> tuple[Bytes, float, float]:
        """Return what is seen on a log axis, a column a pixel, where it begins, and its width."""
        columns = self._indices.shape[1]
        axis = scale.axis
        low, high = axis.forward(np.array([left, right], dtype=np.float64)).tolist()
        low, high = max(low, scale.low), min(high, scale.high)
        x, end = scale.place(low), scale.place(high)
        width = max(round(end - x), 0) if high > low else 0
        middles = low + (np.arange(width) + 0.5) / max(width, 1) * (high - low)
        places = (10.0**middles - left) / (right - left) * columns
        shown = np.clip(places.astype(np.intp), 0, columns - 1)
        return np.ascontiguousarray(self._indices[:, shown]), x, end - x


def _size_of(logarithm: ArrayLike) -> NDArray[np.float64]:
    return np.asarray(10.0 ** np.asarray(logarithm, np.float64))


def indexed_pixmap(indices: Bytes, table: list[int]) -> QPixmap:
    """Return indices ``(rows, columns)`` in colours; the pixmap shares no memory with them."""
    rows, columns = indices.shape
    if not rows or not columns:
        return QPixmap()
    image = QImage(indices.data, columns, rows, columns, QImage.Format.Format_Indexed8)
    image.setColorTable(table)
    # Converted into the screen's format here, while the array is certainly alive.
    return QPixmap.fromImage(image)

"""A level that stood elsewhere before: a horizontal line with the way that led to it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QLineF
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem

from rnnviz.gui.plotting.axes.layers import LAYER_LEVEL
from rnnviz.gui.plotting.axes.transform import Mask, as_floats
from rnnviz.gui.plotting.items.item import NOTHING, Canvas, Column, repeats
from rnnviz.gui.plotting.items.lines import HorizontalLine
from rnnviz.gui.plotting.items.paths import line_path
from rnnviz.gui.style.palette import ColorRole

_LEAST = 36
"""The line itself is so long at the least, in designed pixels: somebody may want to grasp it."""


class SteppedLine(HorizontalLine):
    """A horizontal line from where it took its value; before that, where it stood then.

    Without a way, it reaches across the whole plot.

    Parameters
    ----------
    canvas, name, role, label
        As a `HorizontalLine` has them.
    """

    def __init__(
        self, canvas: Canvas, name: str, role: ColorRole, *, label: str | None = None
    ) -> None:
        self._way = QGraphicsPathItem()
        self._way.setZValue(LAYER_LEVEL)
        self._x = self._y = NOTHING
        super().__init__(canvas, name, role, "solid", label=label, label_on="line")

    def set_way(self, x: ArrayLike, y: ArrayLike) -> None:
        """Say where it stood, and since when.

        Parameters
        ----------
        x, y
            Shape ``(N,)`` each, in data units, x ascending: from where on it stood at which value,
            at none where that is not-a-number. The last one is that of its present value.
        """
        before = self._x, self._y
        self._x, self._y = as_floats(x), as_floats(y)
        if not repeats(before, (self._x, self._y)):
            self.refresh()
            self._changed(self)

    @property
    def left(self) -> float:
        """The pixel at which it begins; a little left of that where it would be too short."""
        rect = self._mapping.rect
        begin = self._mapping.x.to_pixel(float(self._x[-1])) if len(self._x) else math.nan
        if math.isnan(begin):
            return rect.left()
        if begin > rect.right() + 1:
            return begin
        return max(rect.left(), min(begin, rect.right() - self._theme.px(_LEAST)))

    @property
    def shown(self) -> bool:
        """Whether there is a line in the visible range; the way to it does not count."""
        return super().shown and self.left < self._mapping.rect.right()

    @property
    def graphics(self) -> list[QGraphicsItem]:
        """The line, and the way that led to it."""
        return [*super().graphics, self._way]

    def refresh(self) -> None:
        """Draw the line again, and the way that led to it."""
        super().refresh()
        self._set_path(self._way, self._path() if len(self._x) > 1 else QPainterPath())

    def restyle(self) -> None:
        """Take the colour from the theme."""
        super().restyle()
        self._way.setPen(self._line.pen())

    def columns(self) -> list[Column]:
        """Return its values, and from where on each of them held; without a way, its value."""
        if len(self._x) <= 1:
            return super().columns()
        x = self._mapping.x.axis.title or "x"
        return [(f"{self.name}: {x}", self._x), (self.name, self._y)]

    def rows_in_view(self) -> Mask:
        """Tell which of its values are seen."""
        if len(self._x) <= 1:
            return super().rows_in_view()
        ends = np.append(self._x[1:], np.inf)
        return self._mapping.x.are_in_view(self._x, ends)

    def _across(self, pixel: float) -> QLineF:
        return QLineF(self.left, pixel, self._mapping.rect.right(), pixel)

    def _path(self) -> QPainterPath:
        """Return the way: level after level, and up or down from each to the next."""
        y = self._y.copy()
        # Where a hand drags it, it is no longer where the run has it.
        y[-1] = np.nan if self.value is None else self.value
        rect = self._mapping.rect
        ends = np.repeat(self._mapping.x.to_pixels(self._x), 2)[1:]
        ends = np.clip(np.floor(ends) + 0.5, rect.left() - 1, rect.right() + 1)
        return line_path(ends, np.repeat(np.floor(self._mapping.y.to_pixels(y)) + 0.5, 2)[:-1])
